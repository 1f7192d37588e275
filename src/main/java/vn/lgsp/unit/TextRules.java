package vn.lgsp.unit;

import com.jayway.jsonpath.InvalidPathException;
import com.jayway.jsonpath.JsonPath;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import vn.lgsp.failure.Rule;
import vn.lgsp.source.Nearest;
import vn.lgsp.source.Place;
import vn.lgsp.source.Section;
import vn.lgsp.source.Value;

/** What any text of a step may hold: an expression, a name, a value. It sees the message only, and holds no secret. */
final class TextRules {
    private static final Pattern SIMPLE_START = Pattern.compile("\\$(?:simple)?\\{");
    /** The functions of the simple language that see the message only; none may have another inside it. */
    private static final Pattern SIMPLE = Pattern.compile(
            "\\$(simple)?\\{\\s*(body|null|uuid|exchangeId|((header|headers|variable|variables)[.:][A-Za-z0-9_-]+)|date:[^${}]*)\\s*}");

    private static final List<String> FUNCTIONS =
            List.of("body", "date", "exchangeId", "header", "headers", "null", "uuid", "variable", "variables");
    private static final Pattern FUNCTION = Pattern.compile("\\s*([A-Za-z]+)");
    /** Close to {@code exchangeId}, and something else. */
    private static final Set<String> NOT_MISSPELT = Set.of("exchange");

    /** Camel would make the bean, or an object of the class, that an option or a value names so. */
    private static final Pattern REFERENCE = Pattern.compile("\\s*(RAW[({])?\\s*#");

    private static final Pattern CREDENTIAL = Pattern.compile("(?i)\\b(bearer|basic)\\s+[a-z0-9+/=._~-]{8,}");
    private static final Pattern USER_IN_ADDRESS = Pattern.compile("//[^/@\\s:]+:[^/@\\s]+@");
    private static final Pattern SECRET_OPTION = Pattern.compile(
            "(?i)(^|[?&;\\s])[a-z_.-]*(password|passwd|secret|api[_-]?key|access[_-]?token)=[^$&{}\\s]+");
    private static final Pattern SECRET_NAME =
            Pattern.compile("(?i)(proxy-)?authorization|cookie|.*(password|secret|token|api-?key).*");

    private final Findings found;
    private final Set<Place> secrets = new HashSet<>();

    TextRules(Findings found) {
        this.found = found;
    }

    /** @param name of what holds it: a step, an option, a header */
    void check(Value written, String name) {
        String text = written.text();
        functions(offset -> written.place(), text);
        if (text.startsWith("global:") || text.startsWith("route:")) {
            found.add(Rule.VARIABLE_OUTLIVES, written.place(), Section.brief(text));
        }
        if (REFERENCE.matcher(text).lookingAt()) {
            found.add(Rule.BEAN_REFERENCE, written.place(), Section.brief(text));
        }
        if (CREDENTIAL.matcher(text).find()
                || USER_IN_ADDRESS.matcher(text).find()
                || SECRET_OPTION.matcher(text).find()) {
            secret(written, name);
        }
    }

    /** The text of a file that Camel reads as an expression: it may say what may stand in the route. */
    void checkFile(String file, String text) {
        functions(
                offset -> new Place(
                        file,
                        1
                                + (int) text.chars()
                                        .limit(offset)
                                        .filter(c -> c == '\n')
                                        .count()),
                text);
    }

    /** Whether this text holds nothing but functions that see the message only. */
    static boolean seesTheMessageOnly(String text) {
        Findings found = new Findings();
        new TextRules(found).checkFile("", text);
        return found.isEmpty();
    }

    /** @param places of what stands at an offset of the text */
    private void functions(IntFunction<Place> places, String text) {
        Matcher start = SIMPLE_START.matcher(text);
        Matcher good = SIMPLE.matcher(text);
        while (start.find()) {
            if (good.find(start.start()) && good.start() == start.start()) {
                continue;
            }
            Place place = places.apply(start.start());
            String rest = text.substring(start.end());
            Matcher name = FUNCTION.matcher(rest);
            String function = name.lookingAt() ? name.group(1) : "";
            Optional<String> nearest =
                    NOT_MISSPELT.contains(function) ? Optional.empty() : Nearest.of(function, FUNCTIONS);
            if (nearest.isPresent() && !FUNCTIONS.contains(function)) {
                found.add(Rule.SIMPLE_UNKNOWN, place, nearest, function, String.join(", ", FUNCTIONS));
            } else {
                int end = rest.indexOf('}');
                String shown = start.group() + (end < 0 ? rest : rest.substring(0, end + 1));
                found.add(Rule.SIMPLE_REACHES, place, Section.brief(shown));
            }
        }
    }

    /** A header or variable whose name says that its value is a secret must not have one that stands here. */
    void checkNamed(String name, Value written) {
        if (SECRET_NAME.matcher(name).matches()
                && !written.text().isEmpty()
                && !SIMPLE_START.matcher(written.text()).find()) {
            secret(written, name);
        }
    }

    /** Once for each place: the name of a header says more than that of its language. */
    private void secret(Value written, String name) {
        if (secrets.add(written.place())) {
            found.add(Rule.SECRET_IN_ROUTE, written.place(), name);
        }
    }

    /** Camel would find out at the first call. */
    void checkJsonPath(Value expression) {
        String text = expression.fields().isEmpty() ? expression.text() : expression.textAt("expression");
        if (text.startsWith("resource:")) {
            return;
        }
        try {
            JsonPath.compile(text);
        } catch (InvalidPathException | IllegalArgumentException broken) {
            found.add(
                    Rule.JSONPATH_BROKEN,
                    expression.at("expression").orElse(expression).place(),
                    Section.brief(text));
        }
    }
}
