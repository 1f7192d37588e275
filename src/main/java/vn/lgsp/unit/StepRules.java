package vn.lgsp.unit;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import vn.lgsp.failure.Finding;
import vn.lgsp.failure.Rule;
import vn.lgsp.source.Nearest;
import vn.lgsp.source.Section;
import vn.lgsp.source.Value;

/** Which steps a route may have, with which options. */
final class StepRules {
    /** Steps that may be written with a text instead of fields, and the field that the text is. */
    private static final Set<String> SHORT =
            Set.of("to", "convertBodyTo", "removeHeader", "removeHeaders", "removeVariable");

    /** Languages in which a text may hold functions, in the route as in a file that it names. */
    private static final Set<String> FUNCTIONS = Set.of("jsonpath", "simple");

    /** Steps without which Camel cannot tell what they are to do. */
    private static final List<List<String>> NEEDED = List.of(
            List.of("setHeader", "name"),
            List.of("headers", "name"),
            List.of("setVariable", "name"),
            List.of("variables", "name"),
            List.of("removeHeader", "name"),
            List.of("removeHeaders", "pattern"),
            List.of("removeVariable", "name"),
            List.of("convertBodyTo", "type"));

    private final Findings found;
    private final TextRules texts;
    private final EndpointRules endpoints;
    private final PartsRules parts;

    StepRules(Findings found, TextRules texts, EndpointRules endpoints, PartsRules parts) {
        this.found = found;
        this.texts = texts;
        this.endpoints = endpoints;
        this.parts = parts;
    }

    /** @param steps what stands behind {@code steps:} */
    void check(Value steps) {
        if (!(steps instanceof Value.Items list)) {
            found.add(Rule.STEPS_FORM, steps.place());
            return;
        }
        for (Value step : list.values()) {
            if (step.fields().size() != 1) {
                found.add(Rule.STEP_FORM, step.place());
            }
            step.fields().forEach((written, field) -> step(written, field));
        }
    }

    private void step(String written, Value.Field field) {
        String name = RouteWords.camelCase(written);
        Optional<Rule> refusal = RouteWords.refusal(name);
        if (refusal.isPresent()) {
            found.add(refusal.get(), field.place(), written, String.join(", ", RouteWords.steps()));
        } else if (!RouteWords.steps().contains(name)) {
            Set<String> known = new TreeSet<>(RouteWords.steps());
            found.add(
                    Rule.STEP_UNKNOWN,
                    field.place(),
                    Nearest.of(written, known),
                    Section.brief(written),
                    String.join(", ", known));
        } else if (field.value() instanceof Value.Scalar || field.value() instanceof Value.Items) {
            shortForm(name, field);
        } else {
            if (name.equals("to")) {
                endpoints.check(field.value());
            }
            if (name.equals("multicast") || name.equals("split")) {
                parts.check(name, written, field);
            }
            node(name, field);
        }
    }

    private void shortForm(String name, Value.Field field) {
        Value value = field.value();
        if (!SHORT.contains(name) || value instanceof Value.Items) {
            found.add(
                    Rule.FIELD_NOT_FIELDS,
                    field.place(),
                    name,
                    Finding.word(value.what()),
                    String.join(", ", RouteWords.options(name)));
        } else if (name.equals("to")) {
            endpoints.check(value);
        } else if (name.equals("convertBodyTo")) {
            type(value);
        } else {
            text(value, name);
        }
    }

    /** A step, or a part of one, that is written with fields. */
    private void node(String name, Value.Field written) {
        Value node = written.value();
        Set<String> known = RouteWords.options(name);
        String label = node.textAt("name");
        int expressions = 0;
        for (var entry : node.fields().entrySet()) {
            String option = RouteWords.camelCase(entry.getKey());
            Value.Field field = entry.getValue();
            Value value = field.value();
            boolean language = RouteWords.languages().contains(option) || option.equals("expression");
            if (RouteWords.takesExpression(name) && language) {
                expressions++;
                texts.checkNamed(label, constant(option, value));
            }
            option(name, known, entry.getKey(), field);
        }
        boolean understood =
                node.fields().keySet().stream().map(RouteWords::camelCase).allMatch(known::contains);
        if (RouteWords.takesExpression(name) && expressions != 1 && understood) {
            found.add(
                    expressions == 0 ? Rule.EXPRESSION_MISSING : Rule.EXPRESSION_TWICE,
                    written.place(),
                    name,
                    String.join(", ", RouteWords.languages()));
        }
        for (List<String> needed : NEEDED) {
            if (needed.get(0).equals(name) && node.at(needed.get(1)).isEmpty()) {
                found.add(Rule.FIELD_MISSING, written.place(), needed.get(1), "'" + name + "'");
            }
        }
    }

    /** The text of a constant or a simple expression, which is the value itself unless it holds a function. */
    private static Value constant(String language, Value value) {
        boolean literal = language.equals("constant") || language.equals("simple");
        Value inner = language.equals("expression")
                ? value.at("constant").or(() -> value.at("simple")).orElse(new Value.Nothing(value.place()))
                : literal ? value : new Value.Nothing(value.place());
        return inner.at("expression").orElse(inner);
    }

    private void option(String node, Set<String> known, String written, Value.Field field) {
        String option = RouteWords.camelCase(written);
        Value value = field.value();
        boolean ofLanguage = RouteWords.languages().contains(node);
        if (!ofLanguage && RouteWords.forbiddenLanguages().contains(option)) {
            found.add(Rule.LANGUAGE_FORBIDDEN, field.place(), written, String.join(", ", RouteWords.languages()));
        } else if (RouteWords.forbiddenOptions().contains(option)) {
            found.add(Rule.OPTION_FORBIDDEN, field.place(), written);
        } else if (!known.contains(option)) {
            found.add(
                    RouteWords.takesExpression(node) || node.equals("expression")
                            ? Rule.LANGUAGE_UNKNOWN
                            : Rule.OPTION_UNKNOWN,
                    field.place(),
                    Nearest.of(written, known),
                    Section.brief(written),
                    node,
                    String.join(", ", known));
        } else if (option.equals("steps")) {
            check(value);
        } else if (option.equals("resultType") || option.equals("type")) {
            type(value);
        } else if (option.equals("parameters") || option.equals("uri")) {
            return; // the endpoint's
        } else if (option.equals("aggregationStrategy") && value instanceof Value.Scalar) {
            return; // the parts'
        } else {
            if (option.equals("jsonpath")) {
                texts.checkJsonPath(value);
            }
            if (FUNCTIONS.contains(option) || (FUNCTIONS.contains(node) && option.equals("expression"))) {
                endpoints.checkFunctions(value);
            }
            part(option, field);
        }
    }

    /** The value of an option: a text, fields of its own, or a list of either. */
    private void part(String option, Value.Field field) {
        Value value = field.value();
        if (value instanceof Value.Scalar) {
            text(value, option);
        }
        for (Value item : value.items()) {
            part(option, new Value.Field(item.place(), item));
        }
        if (value instanceof Value.Fields fields) {
            if (RouteWords.isPart(option)) {
                node(option, field);
            } else {
                found.add(Rule.FIELD_NOT_VALUE, fields.place(), option, Finding.word("fields"));
            }
        }
    }

    private void text(Value value, String name) {
        texts.check(value, name);
        endpoints.checkResource(value);
    }

    private void type(Value type) {
        if (!RouteWords.types().contains(type.text())) {
            found.add(
                    Rule.CONTENT_TYPE,
                    type.place(),
                    Nearest.of(type.text(), RouteWords.types()),
                    Section.brief(type.text()),
                    String.join(", ", RouteWords.types()));
        }
    }
}
