package vn.lgsp.unit;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import vn.lgsp.failure.Refused;
import vn.lgsp.failure.Rule;
import vn.lgsp.source.Nearest;
import vn.lgsp.source.Place;
import vn.lgsp.source.Value;

/**
 * A route in Camel's XML IO DSL, read into the tree of the YAML file that says the same. It understands the steps and languages that
 * a service's route may have; every other element is refused by its name, so that nothing is lost on the way.
 */
final class XmlRoute {
    private static final String STEPS = "steps";
    /** Steps whose parts are steps of another name: in YAML these stand in a list of this name. */
    private static final Map<String, String> LISTS = Map.of("setHeaders", "headers", "setVariables", "variables");

    private final Findings wrong = new Findings();

    private XmlRoute() {}

    /**
     * The list of what the file holds.
     *
     * @throws Refused naming files, lines and mistakes
     */
    static Value read(String file, String text) {
        XmlElement root = XmlElement.read(file, text);
        XmlRoute reader = new XmlRoute();
        Value document = reader.document(root);
        if (!reader.wrong.isEmpty()) {
            throw new Refused(reader.wrong.sorted());
        }
        return document;
    }

    private Value document(XmlElement root) {
        List<Value> entries = new ArrayList<>();
        List<XmlElement> written = root.children();
        if (root.name().equals("route") || root.name().equals("templatedRoute")) {
            written = List.of(root);
        } else if (!root.name().equals("routes") && !root.name().equals("templatedRoutes")) {
            wrong.add(Rule.XML_ROOT, root.place(), root.name());
            return new Value.Nothing(root.place());
        }
        for (XmlElement element : written) {
            switch (element.name()) {
                case "route" -> entries.add(entry(element, "route", route(element)));
                case "templatedRoute" -> entries.add(entry(element, "templatedRoute", templated(element)));
                default -> refuse(element, Set.of("route", "templatedRoute"));
            }
        }
        return new Value.Items(root.place(), entries);
    }

    /** In XML the steps stand beside {@code from}, in YAML inside of it. */
    private Value route(XmlElement route) {
        noText(route);
        List<XmlElement> steps = new ArrayList<>(route.children());
        Map<String, Value.Field> fields = attributes(route);
        if (steps.isEmpty() || !steps.get(0).name().equals("from")) {
            wrong.add(Rule.XML_FROM, route.place());
        } else {
            XmlElement from = steps.remove(0);
            noText(from);
            from.children().forEach(inside -> refuse(inside, Set.of()));
            Map<String, Value.Field> entry = attributes(from);
            entry.put(STEPS, steps(from.place(), steps));
            fields.put("from", new Value.Field(from.place(), new Value.Fields(from.place(), entry)));
        }
        return new Value.Fields(route.place(), fields);
    }

    private Value templated(XmlElement templated) {
        Map<String, Value.Field> fields = attributes(templated);
        List<Value> parameters = new ArrayList<>();
        for (XmlElement child : templated.children()) {
            if (child.name().equals("parameter")) {
                noText(child);
                parameters.add(new Value.Fields(child.place(), attributes(child)));
            } else {
                refuse(child, Set.of("parameter"));
            }
        }
        noText(templated);
        fields.put("parameters", new Value.Field(templated.place(), new Value.Items(templated.place(), parameters)));
        return new Value.Fields(templated.place(), fields);
    }

    private Value.Field steps(Place place, List<XmlElement> steps) {
        List<Value> translated = new ArrayList<>();
        for (XmlElement step : steps) {
            if (RouteWords.steps().contains(step.name())) {
                translated.add(entry(step, step.name(), step(step)));
            } else {
                refuse(step, RouteWords.steps());
            }
        }
        return new Value.Field(place, new Value.Items(place, translated));
    }

    private Value step(XmlElement step) {
        Map<String, Value.Field> fields = attributes(step);
        List<XmlElement> rest = new ArrayList<>();
        for (XmlElement child : step.children()) {
            boolean expression = RouteWords.takesExpression(step.name()) && rest.isEmpty() && isLanguage(child.name());
            if (expression) {
                fields.put(child.name(), new Value.Field(child.place(), language(child)));
            } else {
                rest.add(child);
            }
        }
        noText(step);
        if (step.name().equals("choice")) {
            choice(step, fields, rest);
        } else if (LISTS.containsKey(step.name())) {
            list(step, fields, rest);
        } else if (RouteWords.options(step.name()).contains(STEPS)) {
            fields.put(STEPS, steps(step.place(), rest));
        } else {
            rest.forEach(child -> refuse(child, Set.of()));
        }
        return new Value.Fields(step.place(), fields);
    }

    private void choice(XmlElement choice, Map<String, Value.Field> fields, List<XmlElement> parts) {
        List<Value> when = new ArrayList<>();
        for (XmlElement part : parts) {
            if (part.name().equals("when")) {
                when.add(step(part));
            } else if (part.name().equals("otherwise") && !fields.containsKey("otherwise")) {
                fields.put("otherwise", new Value.Field(part.place(), step(part)));
            } else {
                refuse(part, Set.of("when", "otherwise"));
            }
        }
        fields.put("when", new Value.Field(choice.place(), new Value.Items(choice.place(), when)));
    }

    private void list(XmlElement step, Map<String, Value.Field> fields, List<XmlElement> parts) {
        String part = step.name().substring(0, step.name().length() - 1);
        List<Value> translated = new ArrayList<>();
        for (XmlElement child : parts) {
            if (child.name().equals(part)) {
                translated.add(step(child));
            } else {
                refuse(child, Set.of(part));
            }
        }
        fields.put(
                LISTS.getOrDefault(step.name(), part),
                new Value.Field(step.place(), new Value.Items(step.place(), translated)));
    }

    private static boolean isLanguage(String name) {
        return RouteWords.languages().contains(name)
                || RouteWords.forbiddenLanguages().contains(name);
    }

    /** A forbidden one is left to the rules, which say why. */
    private Value language(XmlElement language) {
        Map<String, Value.Field> fields = attributes(language);
        language.children().forEach(child -> refuse(child, Set.of()));
        if (!language.text().isBlank()) {
            fields.put(
                    "expression",
                    new Value.Field(language.place(), Value.Scalar.text(language.place(), language.text())));
        }
        return new Value.Fields(language.place(), fields);
    }

    private static Map<String, Value.Field> attributes(XmlElement element) {
        return new LinkedHashMap<>(element.attributes());
    }

    private static Value.Fields entry(XmlElement element, String name, Value value) {
        return new Value.Fields(element.place(), Map.of(name, new Value.Field(element.place(), value)));
    }

    private void noText(XmlElement element) {
        if (!element.text().isBlank()) {
            wrong.add(Rule.XML_TEXT, element.place(), element.name());
        }
    }

    /** @param known what may stand there */
    private void refuse(XmlElement element, Set<String> known) {
        Optional<Rule> refusal = RouteWords.refusal(element.name());
        String words = String.join(", ", new TreeSet<>(known));
        if (refusal.isPresent()) {
            wrong.add(refusal.get(), element.place(), element.name(), String.join(", ", RouteWords.steps()));
        } else {
            wrong.add(
                    known.isEmpty() ? Rule.XML_ELEMENT_SURPLUS : Rule.XML_ELEMENT,
                    element.place(),
                    Nearest.of(element.name(), known),
                    element.name(),
                    words);
        }
    }
}
