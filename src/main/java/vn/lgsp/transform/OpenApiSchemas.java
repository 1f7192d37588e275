package vn.lgsp.transform;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.JsonSchemaException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The schemas of an OpenAPI document as JSON Schemas of draft 2020-12. Those of 3.1 are that already, but for where they lie; those
 * of 3.0 say nullable, and exclusive bounds, in a way of their own. What is {@code readOnly} need not be in a request, and what is
 * {@code writeOnly} need not be in an answer.
 */
final class OpenApiSchemas {
    private static final String DRAFT = "https://json-schema.org/draft/2020-12/schema";
    private static final int MOST_HOPS = 16;

    /** Keywords that hold one schema, several by name, or a list of them. */
    private static final Set<String> ONE = Set.of(
            "items",
            "additionalProperties",
            "not",
            "contains",
            "propertyNames",
            "if",
            "then",
            "else",
            "unevaluatedItems",
            "unevaluatedProperties");

    private static final Set<String> NAMED = Set.of("properties", "patternProperties", "dependentSchemas");
    private static final Set<String> LISTED = Set.of("allOf", "anyOf", "oneOf", "prefixItems");

    /** What these say holds of content as it is written; all others are for people, or are handled here. */
    private static final Set<String> HELD = Set.of(
            "type",
            "enum",
            "const",
            "multipleOf",
            "maximum",
            "exclusiveMaximum",
            "minimum",
            "exclusiveMinimum",
            "maxLength",
            "minLength",
            "pattern",
            "maxItems",
            "minItems",
            "uniqueItems",
            "maxContains",
            "minContains",
            "maxProperties",
            "minProperties",
            "dependentRequired",
            "format");

    /** What gives a schema another address than its place in the document. */
    private static final List<String> ADDRESSES =
            List.of("$id", "$anchor", "$dynamicAnchor", "$dynamicRef", "$recursiveRef", "$recursiveAnchor");

    private static final Map<String, String> BOUNDS =
            Map.of("exclusiveMinimum", "minimum", "exclusiveMaximum", "maximum");

    private final OpenApiFile file;
    private final Side side;

    OpenApiSchemas(OpenApiFile file, Side side) {
        this.file = file;
        this.side = side;
    }

    /**
     * The schema that stands here, with all that it refers to.
     *
     * @throws vn.lgsp.failure.Refused when it is none
     */
    Contract contract(String name, String pointer) {
        // a list that grows while it is gone through
        List<String> places = new ArrayList<>(List.of(pointer));
        ObjectNode whole = JsonNodeFactory.instance.objectNode().put("$schema", DRAFT);
        whole.put("$ref", "#/$defs/0");
        ObjectNode defs = whole.putObject("$defs");
        for (int i = 0; i < places.size(); i++) {
            defs.set(String.valueOf(i), schema(places.get(i), places));
        }
        Contract.mistakes(whole).entrySet().stream().findFirst().ifPresent(mistake -> {
            String[] steps = mistake.getKey().split("/", 4); // nothing, $defs, number, the rest
            String place = steps.length < 3 ? pointer : places.get(Integer.parseInt(steps[2]));
            throw file.refusal(
                    place + (steps.length < 4 ? "" : "/" + steps[3]),
                    // it begins with a path of what was made of the document
                    mistake.getValue().replaceFirst("^\\$\\S*: ", ""));
        });
        try {
            return new Contract(name, whole);
        } catch (JsonSchemaException wrong) {
            throw file.refusal(pointer, String.valueOf(wrong.getMessage()));
        }
    }

    /** The types that the schema here names, itself or by what it is made of; none where it names none. */
    Set<String> types(String pointer) {
        Set<String> found = new LinkedHashSet<>();
        types(pointer, found, new HashSet<>());
        return found;
    }

    private void types(String pointer, Set<String> found, Set<String> seen) {
        if (seen.size() > MOST_HOPS || !seen.add(pointer)) {
            return;
        }
        JsonNode schema = file.at(pointer);
        if (schema.path("$ref").isTextual()) {
            types(file.referred(pointer), found, seen);
        }
        JsonNode type = schema.path("type");
        if (type.isTextual()) {
            found.add(type.asText());
        }
        type.forEach(each -> found.add(each.asText()));
        for (String keyword : List.of("allOf", "anyOf", "oneOf")) {
            for (int i = 0; i < schema.path(keyword).size(); i++) {
                types(pointer + "/" + keyword + "/" + i, found, seen);
            }
        }
    }

    private JsonNode schema(String pointer, List<String> places) {
        JsonNode schema = file.at(pointer);
        if (schema.isBoolean()) {
            return schema;
        }
        if (!schema.isObject()) {
            throw file.refusal(pointer, "here must stand a schema");
        }
        ObjectNode made = JsonNodeFactory.instance.objectNode();
        if (schema.path("$ref").isTextual()) {
            String target = file.referred(pointer);
            if (!places.contains(target)) {
                places.add(target);
            }
            made.put("$ref", "#/$defs/" + places.indexOf(target));
            if (file.isOld()) {
                return made; // what stands beside it counts for nothing
            }
        }
        requireNoAddress(schema, pointer);
        for (var keyword : schema.properties()) {
            String name = keyword.getKey();
            String here = pointer + OpenApiFile.step(name);
            JsonNode value = keyword.getValue();
            if (HELD.contains(name)) {
                made.set(name, value);
            } else if (ONE.contains(name)) {
                made.set(name, schema(here, places));
            } else if (NAMED.contains(name)) {
                ObjectNode each = made.putObject(name);
                value.fieldNames().forEachRemaining(one -> each.set(one, schema(here + OpenApiFile.step(one), places)));
            } else if (LISTED.contains(name)) {
                ArrayNode each = made.putArray(name);
                for (int i = 0; i < value.size(); i++) {
                    each.add(schema(here + "/" + i, places));
                }
            } else if (name.equals("required")) {
                made.set(name, value.isArray() ? required(pointer, value) : value);
            }
        }
        if (file.isOld()) {
            fromOld(schema, made, pointer);
        }
        format(made);
        return made;
    }

    private void requireNoAddress(JsonNode schema, String pointer) {
        for (String keyword : ADDRESSES) {
            if (schema.has(keyword)) {
                throw file.refusal(
                        pointer + "/" + keyword, "it uses " + keyword + ": refer by $ref to a place in this file");
            }
        }
        if (schema.has("$schema") && !schema.path("$schema").asText().equals(DRAFT)) {
            throw file.refusal(pointer + "/$schema", "it is a schema of another draft than 2020-12");
        }
    }

    private ArrayNode required(String pointer, JsonNode written) {
        ArrayNode made = JsonNodeFactory.instance.arrayNode();
        String notHere = side == Side.REQUEST ? "readOnly" : "writeOnly";
        for (JsonNode name : written) {
            String property = pointer + "/properties" + OpenApiFile.step(name.asText());
            boolean own = !file.at(property).path(notHere).asBoolean();
            if (own
                    && (file.at(property).isMissingNode()
                            || !file.at(file.target(property)).path(notHere).asBoolean())) {
                made.add(name);
            }
        }
        return made;
    }

    /** What 3.0 says in another way. */
    private void fromOld(JsonNode schema, ObjectNode made, String pointer) {
        BOUNDS.forEach((exclusive, bound) -> {
            JsonNode flag = schema.path(exclusive);
            made.remove(exclusive);
            if (!flag.isMissingNode() && !flag.isBoolean()) {
                throw file.refusal(pointer + "/" + exclusive, "in OpenAPI 3.0 " + exclusive + " is true or false");
            }
            JsonNode value = flag.asBoolean() ? made.remove(bound) : null;
            if (value != null) {
                made.set(exclusive, value);
            }
        });
        if (schema.path("nullable").asBoolean() && schema.path("type").isTextual()) {
            made.putArray("type").add(schema.path("type")).add("null");
        }
    }

    /** The formats of OpenAPI that JSON Schema does not know. */
    private static void format(ObjectNode made) {
        String format = made.path("format").asText();
        ArrayNode all = made.path("allOf") instanceof ArrayNode there ? there : JsonNodeFactory.instance.arrayNode();
        switch (format) {
            case "int32" -> all.addObject().put("minimum", Integer.MIN_VALUE).put("maximum", Integer.MAX_VALUE);
            case "int64" -> all.addObject().put("minimum", Long.MIN_VALUE).put("maximum", Long.MAX_VALUE);
            case "byte" ->
                all.addObject().put("pattern", "^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$");
            default -> {
                return;
            }
        }
        made.set("allOf", all);
    }
}
