package vn.lgsp.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import vn.lgsp.source.SourceFile;
import vn.lgsp.source.Value;

/** An integrator reads of each connector that calls any system how long, how often and with which secret it calls. */
final class CallConnectorsTest {
    private static final List<String> SUBJECTS =
            List.of("time-outs", "retry rules", "circuit breaker", "tls", "authentication", "secrets");
    private static final Pattern FIELD = Pattern.compile("`((?:connection|queue|lgsp)\\.[A-Za-z.]+[A-Za-z])`");

    @ParameterizedTest
    @ValueSource(strings = {"rest-call", "soap-call", "jms-send", "jms-request"})
    void a_connector_says_in_its_own_text_where_each_of_them_stands(String connector) {
        Path file = Path.of("connectors", connector + ".kamelet.yaml");

        String text = SourceFile.value(connector, SourceFile.text(connector, file))
                .at("spec")
                .flatMap(spec -> spec.at("definition"))
                .flatMap(definition -> definition.at("description"))
                .map(Value::text)
                .orElse("");

        assertThat(text.toLowerCase(Locale.ROOT))
                .contains(
                        "time-out",
                        "retry rules",
                        "circuit breaker",
                        "tls",
                        "authentication",
                        "secrets",
                        "by reference");
    }

    @Test
    void the_page_has_a_row_for_each_of_them_and_names_fields_and_settings_that_there_are() {
        List<List<String>> rows = Page.at("docs/reference/connectors.md").rows().stream()
                .filter(row -> SUBJECTS.contains(row.get(0).toLowerCase(Locale.ROOT)))
                .toList();
        Set<String> named = rows.stream()
                .flatMap(row -> FIELD.matcher(String.join(" ", row)).results())
                .map(found -> found.group(1))
                .collect(Collectors.toCollection(TreeSet::new));
        Set<String> known = Stream.of("registry", "configuration")
                .flatMap(page -> Page.at("docs/reference/" + page + ".md").rows().stream())
                .flatMap(row -> Stream.of(row.get(0).split(", ")))
                .map(name -> name.replace("`", ""))
                .collect(Collectors.toCollection(TreeSet::new));

        assertThat(rows).hasSize(SUBJECTS.size()).allSatisfy(row -> assertThat(row.subList(1, 5))
                .doesNotContain(""));
        assertThat(named).hasSizeGreaterThan(9);
        assertThat(known).containsAll(named);
    }
}
