package vn.lgsp.unit;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import vn.lgsp.catalogue.CardFile;
import vn.lgsp.catalogue.Operation;
import vn.lgsp.failure.Finding;
import vn.lgsp.failure.Rule;
import vn.lgsp.source.SourceFile;
import vn.lgsp.source.Value;

/**
 * What a service's own route says of the content: by which schemas it validates, and of which kind its answer is. The contract of the
 * service is made of it, so that the two cannot differ (API-11).
 *
 * @param validated schemas, by their names below the home of the bus
 * @param types media types of the answer, as far as the route sets them to constants; empty where it sets none
 * @param computed whether the media type may also be another one, which only the exchange shows
 * @param statuses beside 2xx and 404 that a provider documents, and that go on to the caller
 * @param anySuccess whether the status of a good answer is the provider's own 2xx; otherwise it is 200
 * @param form the XML Schema and the element by which the answer is made into JSON, if that is the last that happens to it
 */
public record RouteContent(
        Set<String> validated,
        Set<String> types,
        boolean computed,
        Set<Integer> statuses,
        boolean anySuccess,
        Optional<Form> form) {
    private static final Pattern ENDPOINT = Pattern.compile("(lgsp-[a-z]+):([^?]*)(?:\\?(.*))?");
    private static final String TRANSFORMS = "transforms/";
    private static final List<String> CALLS =
            List.of("lgsp-http", "lgsp-soap", "lgsp-jms", "lgsp-call", "lgsp-axis", "lgsp-mailbox", "lgsp-hand-on");
    /** Whose answer keeps its status. */
    private static final List<String> WITH_STATUS = List.of("lgsp-http", "lgsp-call");

    private static final List<String> CHANGES = List.of("setBody", "transform", "convertBodyTo", "split", "multicast");

    /**
     * An element of an XML Schema.
     *
     * @param file below the folder of the mappings
     */
    public record Form(String file, String element) {}

    /** What any step adds to. */
    private record Seen(Set<String> validated, Set<Integer> statuses) {}

    /** What holds after a step. */
    private record State(Set<String> types, boolean computed, boolean anySuccess, Optional<Form> form) {
        static final State UNTOUCHED = new State(Set.of(), false, false, Optional.empty());

        State changed(Optional<Form> other) {
            return new State(types, computed, anySuccess, other);
        }

        State or(State other) {
            Set<String> both = new TreeSet<>(types);
            both.addAll(other.types);
            return new State(
                    both,
                    computed || other.computed,
                    anySuccess || other.anySuccess,
                    form.equals(other.form) ? form : Optional.empty());
        }
    }

    /**
     * Reads the route of a unit that keeps the rules.
     *
     * @throws vn.lgsp.failure.Refused when its route cannot be made
     */
    public static RouteContent of(Unit unit) {
        Seen seen = new Seen(new TreeSet<>(), new TreeSet<>());
        Value route = Expansion.of(unit, unit.name(unit.routeFile())).root();
        State end = route.items().stream()
                .findFirst()
                .flatMap(entry -> entry.at("route"))
                .flatMap(written -> written.at("from"))
                .flatMap(from -> from.at("steps"))
                .map(steps -> after(steps, State.UNTOUCHED, seen))
                .orElse(State.UNTOUCHED);
        return new RouteContent(seen.validated, end.types, end.computed, seen.statuses, end.anySuccess, end.form);
    }

    private static State after(Value steps, State before, Seen seen) {
        State state = before;
        for (Value step : steps.items()) {
            for (Map.Entry<String, Value.Field> field : step.fields().entrySet()) {
                state = after(
                        RouteWords.camelCase(field.getKey()), field.getValue().value(), state, seen);
            }
        }
        return state;
    }

    private static State after(String step, Value written, State before, Seen seen) {
        switch (step) {
            case "choice" -> {
                List<State> ways = new ArrayList<>();
                part(written, "when").items().forEach(when -> ways.add(after(part(when, "steps"), before, seen)));
                Optional<Value> otherwise = written.at("otherwise");
                ways.add(otherwise.isPresent() ? after(part(otherwise.get(), "steps"), before, seen) : before);
                return ways.stream().reduce(State::or).orElse(before);
            }
            case "filter" -> {
                return after(part(written, "steps"), before, seen).or(before);
            }
            case "to" -> {
                return called(written, before, seen);
            }
            case "setHeader" -> {
                return header(written, before);
            }
            case "setHeaders" -> {
                State state = before;
                for (Value each : part(written, "headers").items()) {
                    state = header(each, state);
                }
                return state;
            }
            default -> {
                State inside = after(part(written, "steps"), before, seen);
                return CHANGES.contains(step) ? inside.changed(Optional.empty()) : inside;
            }
        }
    }

    private static State header(Value written, State before) {
        if (written.textAt("name").equalsIgnoreCase("CamelHttpResponseCode")) {
            return new State(before.types, before.computed, true, before.form);
        }
        if (!written.textAt("name").equalsIgnoreCase("Content-Type")) {
            return before;
        }
        Value expression = written.at("expression")
                .filter(nested -> !nested.fields().isEmpty())
                .orElse(written);
        Value constant = part(expression, "constant");
        String text = constant.fields().isEmpty() ? constant.text() : constant.textAt("expression");
        return text.isEmpty()
                ? new State(before.types, true, before.anySuccess, before.form)
                : new State(Set.of(mediaType(text)), false, before.anySuccess, before.form);
    }

    private static String mediaType(String contentType) {
        return contentType.replaceFirst(";.*", "").strip().toLowerCase(Locale.ROOT);
    }

    private static State called(Value to, State before, Seen seen) {
        String uri = to.fields().isEmpty() ? to.text() : to.textAt("uri");
        Matcher endpoint = ENDPOINT.matcher(uri);
        if (!endpoint.matches()) { // a stylesheet
            return before.changed(Optional.empty());
        }
        String scheme = endpoint.group(1);
        if (scheme.equals("lgsp-validate")) {
            if (option(to, endpoint, "operation").isEmpty()) {
                seen.validated.add(TRANSFORMS + endpoint.group(2));
            }
            return before;
        }
        if (CALLS.contains(scheme)) { // the answer has a media type of its own
            for (String status : option(to, endpoint, "answers").split("[ ,]+")) {
                if (status.matches("[2-5][0-9]{2}") && !status.equals("404")) {
                    seen.statuses.add(Integer.valueOf(status));
                }
            }
            return new State(Set.of(), false, WITH_STATUS.contains(scheme), Optional.empty());
        }
        return before.changed(
                scheme.equals("lgsp-json")
                        ? Optional.of(new Form(endpoint.group(2), option(to, endpoint, "element")))
                        : Optional.empty());
    }

    /** The value of an option of an endpoint, wherever it is written; empty where it is not. */
    private static String option(Value to, Matcher endpoint, String name) {
        Optional<String> written =
                to.at("parameters").map(parameters -> parameters.textAt(name)).filter(text -> !text.isEmpty());
        if (written.isPresent()) {
            return written.get();
        }
        for (String option : String.valueOf(endpoint.group(3)).split("&", -1)) {
            if (option.startsWith(name + "=")) {
                return option.substring(name.length() + 1).replace("%2C", ",");
            }
        }
        return "";
    }

    private static Value part(Value written, String name) {
        return written.at(name).orElseGet(() -> new Value.Nothing(written.place()));
    }

    /**
     * The schema of one side of an operation, by its name below the home of the bus: the one that the card names, or else {@code
     * request.…} or {@code response.…} in the service's folder of mappings, if the route validates by it.
     *
     * @param named by the card
     * @param usual names that it has where the card names none
     */
    public Optional<String> schema(Unit unit, Optional<String> named, List<String> usual) {
        return named.map(List::of).orElse(usual).stream()
                .map(name -> folder(unit) + name)
                .filter(validated::contains)
                .findFirst();
    }

    /** The folder of the mappings of this service, below the home of the bus. */
    public static String folder(Unit unit) {
        return TRANSFORMS + unit.card().domain() + "/" + unit.base() + "/";
    }

    /** Where the card says of the content what the route does not hold to. */
    static List<Finding> check(Unit unit) {
        if (unit.card().operations().stream()
                .allMatch(operation -> operation.schemas().equals(Operation.Schemas.UNNAMED))) {
            return List.of();
        }
        RouteContent content = of(unit);
        String name = unit.name(unit.routeFile().resolveSibling(unit.base() + CardFile.SUFFIX));
        Value card = SourceFile.value(name, unit.text(name).orElse(""));
        Map<String, Value> written = new TreeMap<>();
        part(card, "operations").items().forEach(each -> written.put(each.textAt("id"), each));
        Findings found = new Findings();
        for (Operation operation : unit.card().operations()) {
            Value here = written.getOrDefault(operation.id(), card);
            Value schemas = part(here, "schemas");
            operation.schemas().request().ifPresent(file -> content.check(unit, part(schemas, "request"), file, found));
            operation.schemas().answer().ifPresent(file -> content.check(unit, part(schemas, "answer"), file, found));
        }
        return found.sorted();
    }

    private void check(Unit unit, Value written, String file, Findings found) {
        String name = folder(unit) + file;
        if (!unit.files().containsKey(name)) {
            found.add(Rule.OPERATION_SCHEMA_MISSING, written.place(), file, folder(unit));
        } else if (!validated.contains(name)) {
            found.add(Rule.OPERATION_SCHEMA_UNUSED, written.place(), file, name.substring(TRANSFORMS.length()));
        }
    }
}
