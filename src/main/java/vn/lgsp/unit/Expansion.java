package vn.lgsp.unit;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import vn.lgsp.failure.Finding;
import vn.lgsp.failure.Refused;
import vn.lgsp.failure.Rule;
import vn.lgsp.source.Place;
import vn.lgsp.source.Value;

/**
 * Puts the steps of connectors and route templates where a route calls them, their parameters filled in. So what Camel gets is one
 * plain route: a connector makes no route, endpoint or MBean of its own, and whoever looks at the tree sees every step, each with
 * the file and line that it was written on.
 *
 * <p>A parameter is written {@code {{name}}}, {@code {{name:default}}}, or {@code {{?name}}} for an option that is left out when
 * nobody gives it: as Camel itself reads it.
 */
public final class Expansion {
    /** Where connectors stand, and how their files end. */
    public static final String CONNECTORS = "connectors/";

    public static final String CONNECTOR_SUFFIX = ".kamelet.yaml";

    /** Where route templates stand. */
    public static final String TEMPLATES = "routes/_templates/";

    private static final String KAMELET = "kamelet:";
    private static final String TEMPLATED = "templatedRoute";
    private static final Pattern NAME = Pattern.compile("[a-z0-9]+(-[a-z0-9]+)*");
    private static final Pattern PLACEHOLDER = Pattern.compile("\\{\\{([^{}]*)}}");
    private static final Pattern KEBAB = Pattern.compile("-([a-z])");
    /** Steps whose parts run side by side: what belongs together there must be one step. */
    private static final Set<String> SIDE_BY_SIDE = Set.of("multicast", "loadBalance");

    private final Function<String, Optional<String>> texts;
    private final Set<String> used = new TreeSet<>();
    private final List<Finding> wrong = new ArrayList<>();
    private final Deque<String> open = new ArrayDeque<>();

    private Expansion(Function<String, Optional<String>> texts) {
        this.texts = texts;
    }

    /**
     * One route of a unit.
     *
     * @param file one of the unit's route files, by its name below the home
     * @throws Refused with all that cannot be expanded
     */
    public static RouteTree of(Unit unit, String file) {
        Expansion expansion = new Expansion(unit::text);
        RouteTree written = RouteTree.read(
                file,
                unit.text(file).orElseThrow(() -> new Refused(Finding.of(Rule.UNIT_ROUTE_MISSING, file, 0, file))));
        RouteTree expanded = new RouteTree(file, expansion.file(written.root()));
        if (!expansion.wrong.isEmpty()) {
            throw new Refused(expansion.wrong);
        }
        return expanded;
    }

    /**
     * The connectors and templates that a route uses, and those that these use, by their names below the home: as far as it can be
     * read.
     *
     * @param texts of the files of the home, by name
     */
    static Set<String> used(String file, String text, Function<String, Optional<String>> texts) {
        // most routes use none, and the others need not be right
        if (!text.contains(KAMELET) && !text.contains("emplated")) {
            return Set.of();
        }
        Expansion expansion = new Expansion(texts);
        try {
            expansion.file(RouteTree.read(file, text).root());
        } catch (IllegalArgumentException unreadable) {
            return expansion.used;
        }
        return expansion.used;
    }

    private Value file(Value root) {
        if (!(root instanceof Value.Items entries)) {
            return checked(root);
        }
        List<Value> expanded = new ArrayList<>();
        for (Value entry : entries.values()) {
            Optional<Value.Field> templated = only(entry, TEMPLATED);
            expanded.add(templated.isPresent() ? templated(templated.get(), entry.place()) : walk(entry, ""));
        }
        return checked(new Value.Items(entries.place(), expanded));
    }

    /** Whatever placeholder is left would be asked of the environment. */
    private Value checked(Value root) {
        if (wrong.isEmpty()) {
            refusePlaceholders(root);
        }
        return root;
    }

    private void refusePlaceholders(Value value) {
        if (value instanceof Value.Scalar scalar && scalar.text().contains("{{")) {
            wrong(Rule.PLACEHOLDER_UNKNOWN, scalar.place(), scalar.text());
        } else if (value instanceof Value.Items items) {
            items.values().forEach(this::refusePlaceholders);
        } else if (value instanceof Value.Fields fields) {
            fields.byName().forEach((name, field) -> {
                if (name.contains("{{")) {
                    wrong(Rule.PLACEHOLDER_UNKNOWN, field.place(), name);
                }
                refusePlaceholders(field.value());
            });
        }
    }

    /** @param parent the name of the step that {@code value} belongs to */
    private Value walk(Value value, String parent) {
        if (value instanceof Value.Items items) {
            return new Value.Items(
                    items.place(),
                    items.values().stream().map(item -> walk(item, parent)).toList());
        }
        if (!(value instanceof Value.Fields fields)) {
            return value;
        }
        Map<String, Value.Field> walked = new LinkedHashMap<>();
        fields.byName().forEach((name, field) -> {
            String step = camelCase(name);
            Value inner = step.equals("steps") && field.value() instanceof Value.Items steps
                    ? steps(steps, parent)
                    : walk(field.value(), step);
            walked.put(name, new Value.Field(field.place(), inner));
        });
        return new Value.Fields(fields.place(), walked);
    }

    private Value.Items steps(Value.Items steps, String parent) {
        List<Value> expanded = new ArrayList<>();
        for (Value step : steps.values()) {
            Optional<Call> call = call(step);
            if (call.isEmpty()) {
                expanded.add(walk(step, ""));
                continue;
            }
            List<Value> connector = connector(call.get());
            if (SIDE_BY_SIDE.contains(parent)) {
                Map<String, Value.Field> together = new LinkedHashMap<>();
                call.get().id().ifPresent(name -> together.put("id", new Value.Field(name.place(), name)));
                Value inside = new Value.Items(step.place(), connector);
                together.put("steps", new Value.Field(step.place(), inside));
                expanded.add(fields(step.place(), "pipeline", new Value.Fields(step.place(), together)));
            } else {
                expanded.addAll(connector);
            }
        }
        return new Value.Items(steps.place(), expanded);
    }

    /**
     * A call of a connector.
     *
     * @param id of the step, which names the branch that it is
     */
    private record Call(Place place, Optional<Value> id, String connector, Map<String, Value> parameters) {}

    private Optional<Call> call(Value step) {
        Optional<Value.Field> to = only(step, "to");
        if (to.isEmpty()) {
            return Optional.empty();
        }
        Value target = to.get().value();
        Map<String, Value> parameters = new TreeMap<>();
        if (target instanceof Value.Fields options) {
            options.byName().forEach((name, field) -> {
                if (name.equals("parameters") && field.value() instanceof Value.Fields given) {
                    given.byName().forEach((parameter, value) -> parameters.put(parameter, value.value()));
                }
            });
            target = options.byName().containsKey("uri")
                    ? options.byName().get("uri").value()
                    : target;
        }
        if (!(target instanceof Value.Scalar uri) || !uri.text().startsWith(KAMELET)) {
            return Optional.empty();
        }
        String[] parts = uri.text().substring(KAMELET.length()).split("\\?", 2);
        if (parts.length == 2) {
            for (String option : parts[1].split("&")) {
                String[] pair = option.split("=", 2);
                parameters.put(
                        decoded(pair[0]), Value.Scalar.text(uri.place(), decoded(pair.length == 2 ? pair[1] : "")));
            }
        }
        return Optional.of(new Call(uri.place(), at(to.get().value(), "id"), parts[0], parameters));
    }

    private static String decoded(String text) {
        try {
            return URLDecoder.decode(text, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException notEncoded) {
            return text;
        }
    }

    /** The steps of a connector, its parameters filled in. */
    private List<Value> connector(Call call) {
        String file = CONNECTORS + call.connector() + CONNECTOR_SUFFIX;
        Optional<Value> read = opened(file, call.connector());
        if (read.isEmpty()) {
            wrong(Rule.CONNECTOR_MISSING, call.place(), call.connector(), file);
            return List.of();
        }
        if (open.contains(file)) {
            wrong(Rule.CONNECTOR_RING, call.place(), call.connector());
            return List.of();
        }
        Value connector = read.get();
        Optional<Value> definition = at(connector, "spec", "definition");
        Optional<Value> template = at(connector, "spec", "template");
        Optional<Value> from = template.flatMap(value -> at(value, "from"));
        boolean sound = from.flatMap(value -> at(value, "uri"))
                        .filter(uri -> text(uri).equals("kamelet:source"))
                        .isPresent()
                && from.flatMap(value -> at(value, "steps"))
                        .filter(Value.Items.class::isInstance)
                        .isPresent()
                && holdsOnly(template.get(), "from")
                && holdsOnly(from.get(), "uri", "steps", "description");
        if (!sound) {
            Place place = template.map(Value::place).orElse(connector.place());
            wrong(Rule.CONNECTOR_FORM, place, call.connector());
            return List.of();
        }
        Map<String, Optional<String>> declared = new TreeMap<>();
        definition.flatMap(value -> at(value, "properties")).ifPresent(properties -> {
            if (properties instanceof Value.Fields fields) {
                fields.byName()
                        .forEach((name, field) ->
                                declared.put(name, at(field.value(), "default").map(Expansion::text)));
            }
        });
        Set<String> required = new TreeSet<>();
        definition.flatMap(value -> at(value, "required")).ifPresent(names -> {
            if (names instanceof Value.Items items) {
                items.values().forEach(name -> required.add(text(name)));
            }
        });
        Map<String, String> values = filled(file, call.place(), call.parameters(), declared, required);
        open.push(file);
        try {
            Value steps = from.flatMap(value -> at(value, "steps")).orElseThrow();
            Value.Items filled = (Value.Items) filled(steps, values, declared.keySet());
            return steps(filled, "").values();
        } finally {
            open.pop();
        }
    }

    /** A route of a template, its parameters filled in. */
    private Value templated(Value.Field templated, Place place) {
        String template =
                at(templated.value(), "routeTemplateRef").map(Expansion::text).orElse("");
        String file = TEMPLATES + template + Unit.ROUTE_SUFFIX;
        Optional<Value> read = opened(file, template);
        if (read.isEmpty()) {
            wrong(Rule.TEMPLATE_MISSING, templated.place(), template, file);
            return nothing(place);
        }
        Map<String, Value> given = new TreeMap<>();
        boolean sound = holdsOnly(templated.value(), "routeTemplateRef", "routeId", "parameters");
        for (Value parameter : items(at(templated.value(), "parameters"))) {
            Optional<Value> name = at(parameter, "name");
            Optional<Value> value = at(parameter, "value");
            sound &= name.isPresent() && value.isPresent() && holdsOnly(parameter, "name", "value");
            if (name.isPresent() && value.isPresent()) {
                given.put(text(name.get()), value.get());
            }
        }
        if (!sound) {
            wrong(Rule.TEMPLATE_CALL, templated.place(), template);
            return nothing(place);
        }
        List<Value> entries = items(read);
        Optional<Value.Field> body = entries.size() == 1 ? only(entries.get(0), "routeTemplate") : Optional.empty();
        Optional<Value> from = body.flatMap(field -> at(field.value(), "from"));
        if (body.isEmpty()
                || from.isEmpty()
                || !at(body.get().value(), "id").map(Expansion::text).orElse("").equals(template)
                || !holdsOnly(body.get().value(), "id", "description", "parameters", "from")) {
            wrong(Rule.TEMPLATE_FORM, read.get().place(), template);
            return nothing(place);
        }
        Map<String, Optional<String>> declared = new TreeMap<>();
        Set<String> required = new TreeSet<>();
        for (Value parameter : items(at(body.get().value(), "parameters"))) {
            String name = at(parameter, "name").map(Expansion::text).orElse("");
            Optional<String> otherwise = at(parameter, "defaultValue").map(Expansion::text);
            declared.put(name, otherwise);
            if (otherwise.isEmpty()
                    && !at(parameter, "required")
                            .map(Expansion::text)
                            .orElse("true")
                            .equals("false")) {
                required.add(name);
            }
        }
        Map<String, String> values = filled(file, templated.place(), given, declared, required);
        Map<String, Value.Field> route = new LinkedHashMap<>();
        at(templated.value(), "routeId").ifPresent(id -> route.put("id", new Value.Field(id.place(), id)));
        at(body.get().value(), "description")
                .ifPresent(text -> route.put("description", new Value.Field(text.place(), text)));
        route.put("from", new Value.Field(from.get().place(), from.get()));
        Value filled = filled(new Value.Fields(place, route), values, declared.keySet());
        return fields(place, "route", walk(filled, ""));
    }

    /**
     * The value of each parameter that has one.
     *
     * @param file of the connector or the template
     */
    private Map<String, String> filled(
            String file,
            Place place,
            Map<String, Value> given,
            Map<String, Optional<String>> declared,
            Set<String> required) {
        Map<String, String> values = new TreeMap<>();
        declared.forEach((name, otherwise) -> otherwise.ifPresent(value -> values.put(name, value)));
        given.forEach((name, value) -> {
            if (!declared.containsKey(name)) {
                wrong(Rule.PARAMETER_UNKNOWN, value.place(), name, file, names(declared.keySet()));
            } else if (value instanceof Value.Scalar scalar) {
                values.put(name, scalar.text());
            } else {
                wrong(Rule.PARAMETER_MISSING, value.place(), name, file);
            }
        });
        required.stream()
                .filter(name -> !values.containsKey(name))
                .forEach(name -> wrong(Rule.PARAMETER_MISSING, place, name, file));
        return values;
    }

    private static String names(Set<String> declared) {
        return declared.isEmpty() ? "-" : String.join(", ", declared);
    }

    /** @param declared what is not among these is left for {@link #refusePlaceholders} */
    private static Value filled(Value value, Map<String, String> values, Set<String> declared) {
        if (value instanceof Value.Scalar scalar) {
            String text = filled(scalar.text(), values, declared);
            return text.equals(scalar.text()) ? scalar : Value.Scalar.text(scalar.place(), text);
        } else if (value instanceof Value.Items items) {
            return new Value.Items(
                    items.place(),
                    items.values().stream()
                            .map(item -> filled(item, values, declared))
                            .toList());
        } else if (value instanceof Value.Fields fields) {
            Map<String, Value.Field> filled = new LinkedHashMap<>();
            fields.byName().forEach((name, field) -> {
                if (!isLeftOut(field.value(), values, declared)) {
                    filled.put(name, new Value.Field(field.place(), filled(field.value(), values, declared)));
                }
            });
            return new Value.Fields(fields.place(), filled);
        }
        return value;
    }

    private static String filled(String text, Map<String, String> values, Set<String> declared) {
        return PLACEHOLDER.matcher(text).replaceAll(found -> {
            String[] parts = found.group(1).split(":", 2);
            String name = parts[0].startsWith("?") ? parts[0].substring(1) : parts[0];
            boolean known = declared.contains(name) && (values.containsKey(name) || parts.length == 2);
            return Matcher.quoteReplacement(
                    known ? values.getOrDefault(name, parts.length == 2 ? parts[1] : "") : found.group());
        });
    }

    /** Whether this is an option that nobody gave. */
    private static boolean isLeftOut(Value value, Map<String, String> values, Set<String> declared) {
        Matcher whole = PLACEHOLDER.matcher(value instanceof Value.Scalar scalar ? scalar.text() : "");
        return whole.matches()
                && whole.group(1).startsWith("?")
                && declared.contains(whole.group(1).substring(1))
                && !values.containsKey(whole.group(1).substring(1));
    }

    /** A connector or a template, which this route now uses. */
    private Optional<Value> opened(String file, String name) {
        Optional<String> text = NAME.matcher(name).matches() ? texts.apply(file) : Optional.empty();
        text.ifPresent(found -> used.add(file));
        return text.map(found -> RouteTree.read(file, found).root());
    }

    private void wrong(Rule rule, Place place, String... arguments) {
        wrong.add(Finding.of(rule, place.file(), place.line(), arguments));
    }

    private static Value nothing(Place place) {
        return new Value.Nothing(place);
    }

    private static Value.Fields fields(Place place, String name, Value value) {
        return new Value.Fields(place, Map.of(name, new Value.Field(place, value)));
    }

    /** The value of the one field of {@code value}, if that has this name. */
    private static Optional<Value.Field> only(Value value, String name) {
        return value instanceof Value.Fields fields && fields.byName().size() == 1
                ? fields.byName().entrySet().stream()
                        .filter(field -> camelCase(field.getKey()).equals(name))
                        .map(Map.Entry::getValue)
                        .findFirst()
                : Optional.empty();
    }

    private static boolean holdsOnly(Value value, String... names) {
        return value instanceof Value.Fields fields
                && Set.of(names)
                        .containsAll(fields.byName().keySet().stream()
                                .map(Expansion::camelCase)
                                .toList());
    }

    private static Optional<Value> at(Value value, String... path) {
        Optional<Value> found = Optional.of(value);
        for (String name : path) {
            found = found.filter(Value.Fields.class::isInstance)
                    .map(Value.Fields.class::cast)
                    .flatMap(fields -> fields.byName().entrySet().stream()
                            .filter(field -> camelCase(field.getKey()).equals(name))
                            .map(field -> field.getValue().value())
                            .findFirst());
        }
        return found;
    }

    private static List<Value> items(Optional<Value> value) {
        return value.filter(Value.Items.class::isInstance)
                .map(items -> ((Value.Items) items).values())
                .orElse(List.of());
    }

    private static String text(Value value) {
        return value instanceof Value.Scalar scalar ? scalar.text() : "";
    }

    /** Camel reads {@code route-template-ref} as {@code routeTemplateRef}. */
    private static String camelCase(String name) {
        return KEBAB.matcher(name).replaceAll(letter -> letter.group(1).toUpperCase(Locale.ROOT));
    }
}
