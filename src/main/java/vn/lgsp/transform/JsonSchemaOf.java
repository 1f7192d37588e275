package vn.lgsp.transform;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.core.util.Separators;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import vn.lgsp.parse.JsonParsers;

/** Describes the JSON form of an element of an XML Schema as a JSON Schema. */
final class JsonSchemaOf {
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
    private static final JsonMapper WRITER = JsonParsers.own();

    /** Patterns that say the same in both languages; the others are held by the XML Schema alone. */
    private static final Pattern SAME =
            Pattern.compile("(?!.*-\\[)(?:[A-Za-z0-9 _,:;/@#%&=()\\[\\]{}|?*+-]|\\\\[.\\\\d/+*?|()\\[\\]{}-])*");

    /** A name with its namespace, {@code {namespace}local}. */
    private static final String NAME = "^(\\{[^{}]+\\})?[^{}:\\s]+$";

    /** The smallest and largest of the whole numbers that the standard bounds. */
    private static final Map<String, List<String>> RANGES = Map.ofEntries(
            Map.entry("long", List.of("-9223372036854775808", "9223372036854775807")),
            Map.entry("int", List.of("-2147483648", "2147483647")),
            Map.entry("short", List.of("-32768", "32767")),
            Map.entry("byte", List.of("-128", "127")),
            Map.entry("unsignedLong", List.of("0", "18446744073709551615")),
            Map.entry("unsignedInt", List.of("0", "4294967295")),
            Map.entry("unsignedShort", List.of("0", "65535")),
            Map.entry("unsignedByte", List.of("0", "255")),
            Map.entry("nonNegativeInteger", List.of("0", "")),
            Map.entry("positiveInteger", List.of("1", "")),
            Map.entry("nonPositiveInteger", List.of("", "0")),
            Map.entry("negativeInteger", List.of("", "-1")));

    private final ObjectNode document = NODES.objectNode();
    private final ObjectNode definitions = NODES.objectNode();
    private final Map<ComplexForm, String> names = new HashMap<>();

    JsonSchemaOf(ElementForm root, String title) {
        document.put("$schema", "https://json-schema.org/draft/2020-12/schema");
        document.put("title", title);
        document.setAll(element(root));
        if (!definitions.isEmpty()) {
            document.set("$defs", definitions);
        }
    }

    String text() {
        return pretty(document);
    }

    /** Indented as the house indents, with a line's end at its end. */
    static String pretty(JsonNode node) {
        DefaultIndenter indenter = new DefaultIndenter("  ", "\n");
        DefaultPrettyPrinter printer = new DefaultPrettyPrinter(
                        Separators.createDefaultInstance().withObjectFieldValueSpacing(Separators.Spacing.AFTER))
                .withArrayIndenter(indenter)
                .withObjectIndenter(indenter);
        try {
            return WRITER.writer(printer).writeValueAsString(node) + "\n";
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException("a JSON tree could not be written", impossible);
        }
    }

    private ObjectNode element(ElementForm element) {
        if (element.type() instanceof AnyForm) {
            return NODES.objectNode().put("type", "string").put("contentMediaType", "application/xml");
        }
        ObjectNode type =
                element.type() instanceof TextType text ? text(text) : reference((ComplexForm) element.type());
        if (!element.nillable() && element.filled().isEmpty()) {
            return type;
        }
        ObjectNode schema = NODES.objectNode();
        ArrayNode any = schema.putArray("anyOf").add(type);
        if (element.filled().isPresent()) {
            any.addObject().put("const", "");
        }
        if (element.nillable()) {
            any.addObject().put("type", "null");
            if (element.type() instanceof ComplexForm complex) {
                nil(complex, Optional.empty(), any);
                complex.derived().forEach((name, derived) -> nil(derived, Optional.of(name), any));
            }
        }
        return schema;
    }

    /** A type that is met a second time, or has a name, stands among the definitions. */
    private ObjectNode reference(ComplexForm type) {
        if (type.isPlain() && type.derived().isEmpty()) {
            return text(type.text().orElseThrow());
        }
        String name = names.get(type);
        if (name == null) {
            name = free(type.name().map(javax.xml.namespace.QName::getLocalPart).orElse("type"));
            names.put(type, name);
            definitions.set(name, NODES.objectNode()); // holds the place, and the order
            definitions.set(name, complex(type));
        }
        return NODES.objectNode().put("$ref", "#/$defs/" + name);
    }

    private String free(String wanted) {
        Set<String> taken = new HashSet<>(names.values());
        String name = wanted.replaceAll("[^A-Za-z0-9_.-]", "_");
        for (int i = 2; taken.contains(name); i++) {
            name = wanted.replaceAll("[^A-Za-z0-9_.-]", "_") + i;
        }
        return name;
    }

    private ObjectNode complex(ComplexForm type) {
        ObjectNode itself = object(type, Optional.empty());
        if (type.derived().isEmpty()) {
            return itself;
        }
        ObjectNode schema = NODES.objectNode();
        ArrayNode any = schema.putArray("anyOf");
        if (!type.isAbstract()) {
            any.add(type.isPlain() ? text(type.text().orElseThrow()) : itself);
        }
        type.derived().forEach((name, derived) -> any.add(object(derived, Optional.of(name))));
        return schema;
    }

    /** @param named the type as {@code xsi:type} names it */
    private ObjectNode object(ComplexForm type, Optional<String> named) {
        ObjectNode schema = NODES.objectNode().put("type", "object");
        ObjectNode properties = NODES.objectNode();
        ArrayNode required = NODES.arrayNode();
        attributes(type, named, properties, required);
        if (type.text().isPresent()) {
            properties.set(ComplexForm.VALUE, text(type.text().get()));
        } else if (type.isOrdered()) {
            properties.set(ComplexForm.CONTENT, content(type));
        } else {
            Map<String, Integer> needed = new LinkedHashMap<>();
            type.model().ifPresent(model -> needed(model, true, needed));
            type.children().forEach((name, child) -> {
                ObjectNode one = element(child.element());
                if (child.list()) {
                    one = NODES.objectNode().put("type", "array").set("items", one);
                    if (needed.containsKey(name)) {
                        one.put("minItems", needed.get(name));
                    }
                }
                properties.set(name, one);
            });
            needed.keySet().forEach(required::add);
        }
        if (!required.isEmpty()) {
            schema.set("required", required);
        }
        schema.put("additionalProperties", false);
        schema.set("properties", properties);
        return schema;
    }

    /** An element that is null, and says something all the same. */
    private static void nil(ComplexForm type, Optional<String> named, ArrayNode any) {
        if (type.attributes().isEmpty() && named.isEmpty()) {
            return;
        }
        ObjectNode schema = any.addObject().put("type", "object");
        ArrayNode required = schema.putArray("required").add(ComplexForm.NIL);
        schema.put("additionalProperties", false);
        ObjectNode properties = schema.putObject("properties");
        properties.putObject(ComplexForm.NIL).put("const", true);
        attributes(type, named, properties, required);
    }

    private static void attributes(
            ComplexForm type, Optional<String> named, ObjectNode properties, ArrayNode required) {
        named.ifPresent(name -> {
            properties.putObject(ComplexForm.TYPE).put("const", name);
            required.add(ComplexForm.TYPE);
        });
        type.attributes().forEach((name, attribute) -> {
            properties.set(
                    ComplexForm.ATTRIBUTE + name,
                    name.equals(ComplexForm.ANY_ATTRIBUTE) ? anyAttribute() : text(attribute.type()));
            if (attribute.required()) {
                required.add(ComplexForm.ATTRIBUTE + name);
            }
        });
    }

    private static ObjectNode anyAttribute() {
        ObjectNode schema = NODES.objectNode().put("type", "object").put("minProperties", 1);
        schema.putObject("propertyNames").put("pattern", NAME);
        schema.putObject("additionalProperties").put("type", "string");
        return schema;
    }

    private ObjectNode content(ComplexForm type) {
        ObjectNode list = NODES.objectNode().put("type", "array");
        ArrayNode any = NODES.arrayNode();
        if (type.isMixed()) {
            any.addObject().put("type", "string").put("minLength", 1);
        }
        type.children().forEach((name, child) -> {
            ObjectNode one = any.addObject().put("type", "object");
            one.putArray("required").add(name);
            one.put("additionalProperties", false);
            one.putObject("properties").set(name, element(child.element()));
        });
        list.putObject("items").set("anyOf", any);
        if (any.isEmpty()) {
            list.put("maxItems", 0).remove("items");
        }
        return list;
    }

    private static void needed(ComplexForm.Particle particle, boolean around, Map<String, Integer> found) {
        boolean itself = around && particle.least() > 0;
        if (particle instanceof ComplexForm.One one) {
            if (itself) {
                found.put(one.element().local(), one.least());
            }
            return;
        }
        ComplexForm.Group group = (ComplexForm.Group) particle;
        boolean all =
                group.kind() != ComplexForm.Group.Kind.CHOICE || group.parts().size() == 1;
        group.parts().forEach(part -> needed(part, itself && all, found));
    }

    private static ObjectNode text(TextType type) {
        ObjectNode schema = NODES.objectNode();
        TextType.Facets facets = type.facets();
        if (!facets.values().isEmpty() && type.kind() != TextType.Kind.LIST && type.kind() != TextType.Kind.FLOAT) {
            ArrayNode values = schema.putArray("enum");
            facets.values().forEach(value -> add(type, value, values));
            return schema;
        }
        switch (type.kind()) {
            case BOOLEAN -> schema.put("type", "boolean");
            case BINARY -> schema.put("type", "string").put("contentEncoding", "base64");
            case NAME -> schema.put("type", "string").put("pattern", NAME);
            case DECIMAL -> number(type, schema);
            case FLOAT -> {
                ArrayNode any = schema.putArray("anyOf");
                any.addObject().put("type", "number");
                any.addObject().putArray("enum").add("INF").add("-INF").add("NaN");
            }
            case LIST -> {
                schema.put("type", "array").set("items", text(type.members().get(0)));
                bound(facets, schema, "Items");
            }
            default -> {
                schema.put("type", "string");
                if (type.members().isEmpty()) {
                    bound(facets, schema, "Length");
                    patterns(facets, schema);
                }
            }
        }
        return schema;
    }

    private static void add(TextType type, String value, ArrayNode values) {
        try {
            values.add(type.json(value));
        } catch (TextType.Unfit unfit) {
            throw new IllegalStateException("a compiled schema lists a value that its type does not have", unfit);
        }
    }

    private static void bound(TextType.Facets facets, ObjectNode schema, String what) {
        Map<String, String> bounds = facets.bounds();
        Optional<String> exact = Optional.ofNullable(bounds.get("length"));
        exact.or(() -> Optional.ofNullable(bounds.get("minLength")))
                .ifPresent(least -> schema.put("min" + what, Integer.valueOf(least)));
        exact.or(() -> Optional.ofNullable(bounds.get("maxLength")))
                .ifPresent(most -> schema.put("max" + what, Integer.valueOf(most)));
    }

    private static void patterns(TextType.Facets facets, ObjectNode schema) {
        for (List<String> alternatives : facets.patterns()) {
            if (alternatives.stream().allMatch(pattern -> SAME.matcher(pattern).matches()) && !schema.has("pattern")) {
                schema.put("pattern", "^(?:" + String.join("|", alternatives) + ")$");
            }
        }
    }

    private static void number(TextType type, ObjectNode schema) {
        schema.put("type", type.isWhole() ? "integer" : "number");
        List<String> range = RANGES.getOrDefault(type.builtin(), List.of("", ""));
        Map<String, String> bounds = type.members().isEmpty() ? type.facets().bounds() : Map.of();
        limit(schema, "minimum", bounds.getOrDefault("minInclusive", range.get(0)));
        limit(schema, "maximum", bounds.getOrDefault("maxInclusive", range.get(1)));
        limit(schema, "exclusiveMinimum", bounds.getOrDefault("minExclusive", ""));
        limit(schema, "exclusiveMaximum", bounds.getOrDefault("maxExclusive", ""));
    }

    private static void limit(ObjectNode schema, String name, String value) {
        if (!value.isEmpty()) {
            schema.put(name, new BigDecimal(value));
        }
    }
}
