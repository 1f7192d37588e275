package vn.lgsp.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.ResourceBundle;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import vn.lgsp.failure.Finding;
import vn.lgsp.failure.Rule;

/**
 * The page of the rules is made of the texts that integrators read. Run it with {@code -Dlgsp.write-pages=true} to write the page
 * anew.
 */
final class RulesPageTest {
    private static final Path PAGE = Path.of("docs/reference/rules.md");
    private static final String BEGIN = "<!-- from here on this page is written by RulesPageTest -->\n";

    /** The groups of the page, each with the beginnings of the ids in it. */
    private static final Map<String, List<String>> GROUPS = groups();

    private static Map<String, List<String>> groups() {
        Map<String, List<String>> groups = new LinkedHashMap<>();
        groups.put("Files that cannot be read", List.of("file-", "yaml-", "document-"));
        groups.put("Fields of cards and of the registry", List.of("field-", "entry-", "item-", "text-length"));
        groups.put("Values", List.of("value-"));
        groups.put("Service cards", List.of("card-", "operation-", "unit-"));
        groups.put(
                "The registry",
                List.of(
                        "registry-",
                        "agency-",
                        "property-",
                        "grant-",
                        "key-",
                        "password-",
                        "placeholder-unset",
                        "placeholder-form",
                        "address",
                        "ip-",
                        "secret-unset",
                        "secret-file",
                        "secret-sample",
                        "secret-literal",
                        "secret-empty",
                        "security-",
                        "account-"));
        groups.put("The form of a route", List.of("route-", "steps-"));
        groups.put("Routes in XML", List.of("xml-"));
        groups.put("Steps", List.of("step-", "option-", "stop-", "content-type"));
        groups.put(
                "Expressions",
                List.of("language-", "expression-", "simple-", "variable-", "bean-", "jsonpath-", "secret-in-route"));
        groups.put(
                "Endpoints",
                List.of("endpoint-", "system-", "pass-through-", "call-", "axis-", "hand-on-", "mailbox-"));
        groups.put("Mappings and schemas", List.of("mapping-", "schema-", "code-", "reply-", "openapi-"));
        groups.put("Connectors and templates", List.of("connector-", "template-", "parameter-", "placeholder-unknown"));
        groups.put("Guaranteed services", List.of("delivery-", "guaranteed-"));
        groups.put("Contracts", List.of("contract-"));
        groups.put("All files as one set", List.of("service-", "route-id-twice"));
        groups.put("Found by building", List.of("build-", "deploy-failed", "revision-"));
        groups.put("Samples", List.of("sample-"));
        groups.put("Scenarios", List.of("scenario-"));
        groups.put("Packets of electronic documents", List.of("edoc-"));
        return groups;
    }

    @Test
    void the_page_tells_every_rule_with_its_reason_and_its_remedy() throws Exception {
        String page = Files.readString(PAGE);
        String introduction = page.substring(0, page.indexOf(BEGIN) + BEGIN.length());
        String expected = introduction + tables();
        if (Boolean.getBoolean("lgsp.write-pages")) {
            Files.writeString(PAGE, expected);
        }

        assertThat(page).isEqualTo(expected);
    }

    @Test
    void every_rule_has_all_its_texts_in_both_languages_and_there_is_no_text_of_no_rule() {
        TreeSet<String> expected = new TreeSet<>();
        TreeSet<String> translated = new TreeSet<>();
        for (Rule rule : Rule.values()) {
            expected.addAll(List.of(rule.id() + ".wrong", rule.id() + ".remedy", rule.id() + ".reason"));
            translated.addAll(List.of(rule.id() + ".wrong", rule.id() + ".remedy"));
        }

        assertThat(keys(Locale.ENGLISH)).isEqualTo(expected);
        TreeSet<String> vietnamese = keys(Finding.VIETNAMESE);
        vietnamese.removeIf(key -> key.endsWith(".reason"));
        assertThat(vietnamese).isEqualTo(translated);
        for (String key : translated) {
            String text = texts(Finding.VIETNAMESE).getString(key);
            assertThat(text)
                    .as(key)
                    .doesNotContainPattern("\\b[A-Z]\\w*Exception|java\\.|org\\.")
                    .isNotBlank();
            assertThat(text)
                    .as(key + " is translated")
                    .isNotEqualTo(texts(Locale.ENGLISH).getString(key));
            assertThat(arguments(text))
                    .as(key)
                    .isEqualTo(arguments(texts(Locale.ENGLISH).getString(key)));
        }
        expected.forEach(key -> assertThat(texts(Locale.ENGLISH).getString(key))
                .as(key)
                .isNotBlank()
                .doesNotContainPattern("\\b[A-Z]\\w*Exception|java\\.|org\\.(?!$|[^a-z])"));
    }

    private static TreeSet<String> arguments(String text) {
        TreeSet<String> found = new TreeSet<>();
        java.util.regex.Matcher argument =
                java.util.regex.Pattern.compile("\\{[0-9]}").matcher(text);
        while (argument.find()) {
            found.add(argument.group());
        }
        return found;
    }

    private static TreeSet<String> keys(Locale language) {
        TreeSet<String> keys = new TreeSet<>(texts(language).keySet());
        keys.removeIf(key -> key.equals("near") || key.startsWith("word."));
        return keys;
    }

    private static ResourceBundle texts(Locale language) {
        return ResourceBundle.getBundle(
                "vn.lgsp.failure.rules",
                language,
                ResourceBundle.Control.getNoFallbackControl(ResourceBundle.Control.FORMAT_PROPERTIES));
    }

    private static String tables() {
        StringBuilder page = new StringBuilder();
        List<Rule> left = new ArrayList<>(Arrays.asList(Rule.values()));
        GROUPS.forEach((title, beginnings) -> {
            List<Rule> rules = left.stream()
                    .filter(rule -> !rule.id().equals("route-id-twice") || beginnings.contains("route-id-twice"))
                    .filter(rule -> beginnings.stream().anyMatch(rule.id()::startsWith))
                    .toList();
            left.removeAll(rules);
            page.append("\n## ").append(title).append("\n\n| rule | refuses | why | remedy |\n|---|---|---|---|\n");
            rules.forEach(rule -> page.append(row(rule)));
        });
        assertThat(left).as("rules that belong to no group of the page").isEmpty();
        return page.toString();
    }

    private static String row(Rule rule) {
        return Stream.of(
                                "<a id=\"" + rule.id() + "\"></a>`" + rule.id() + "`",
                                shown(rule, ".wrong"),
                                texts(Locale.ENGLISH).getString(rule.id() + ".reason"),
                                shown(rule, ".remedy"))
                        .map(cell -> cell.replace("|", "\\|").replace("<any", "&lt;any"))
                        .reduce("|", (row, cell) -> row + " " + cell + " |")
                + "\n";
    }

    /** The text with dots where the names of a finding stand. */
    private static String shown(Rule rule, String part) {
        String text = new java.text.MessageFormat(texts(Locale.ENGLISH).getString(rule.id() + part), Locale.ROOT)
                .format(new String[] {"…", "…", "…", "…"});
        return text.replaceFirst("^…(?=['a-z])", "").replace("<", "&lt;").replace("*", "\\*");
    }
}
