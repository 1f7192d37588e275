package vn.lgsp.transform;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import vn.lgsp.catalogue.Operation;
import vn.lgsp.failure.BusException;

/**
 * A path, query or header parameter of an operation. It came as text, and is held against its schema as what that text stands for.
 *
 * @param called for people, such as {@code the query parameter trang}
 * @param variable of the exchange, which holds what came
 * @param mayBeEmpty whether an empty text counts as none
 * @param separator between the items of a list; empty where several come as one
 * @param json whether the text is JSON
 * @param types what it may be; none where the schema does not say
 * @param itemTypes what its items may be
 */
record OpenApiParameter(
        String called,
        String variable,
        boolean required,
        boolean mayBeEmpty,
        String separator,
        boolean json,
        Set<String> types,
        Set<String> itemTypes,
        Optional<Contract> contract) {
    /** Header parameters that OpenAPI describes elsewhere. */
    private static final Set<String> NOT_HEADERS = Set.of("accept", "content-type", "authorization");

    private static final Map<String, String> SEPARATORS = Map.of("spaceDelimited", " ", "pipeDelimited", "|");

    /**
     * Reads the one that stands here.
     *
     * @param schemas of requests
     * @return empty for one that does not count, such as a cookie that may be left out
     */
    static Optional<OpenApiParameter> of(OpenApiFile file, OpenApiSchemas schemas, String name, String pointer) {
        JsonNode written = file.at(pointer);
        String parameter = written.path("name").asText();
        String in = written.path("in").asText();
        boolean required = written.path("required").asBoolean();
        if (in.equals("cookie")) {
            if (required) {
                throw file.refusal(pointer, "it needs a cookie, and none comes through");
            }
            return Optional.empty();
        }
        if (parameter.isEmpty() || !Set.of("path", "query", "header").contains(in)) {
            throw file.refusal(pointer, "a parameter has a name, and in: path, query, header or cookie");
        }
        if (in.equals("header") && NOT_HEADERS.contains(parameter.toLowerCase(java.util.Locale.ROOT))) {
            return Optional.empty();
        }
        boolean json = written.has("content");
        String schema = json ? content(file, pointer) : pointer + "/schema";
        boolean there = !file.at(schema).isMissingNode();
        Set<String> types = there ? schemas.types(schema) : Set.of();
        String usual = in.equals("query") ? "form" : "simple";
        String style = written.path("style").asText(usual);
        if (!json && (types.contains("object") || (!style.equals(usual) && !SEPARATORS.containsKey(style)))) {
            throw file.refusal(
                    pointer,
                    "the parameter " + parameter + " is an object, or of the style " + style
                            + ", which the bus does not read: take it out of the document, or give it as text");
        }
        boolean several = style.equals("form") && written.path("explode").asBoolean(true);
        String items = there ? file.target(schema) + "/items" : schema;
        return Optional.of(new OpenApiParameter(
                "the " + in + " parameter " + parameter,
                in.equals("header") ? Operation.variable(parameter) : parameter,
                required || in.equals("path"),
                written.path("allowEmptyValue").asBoolean(),
                several ? "" : SEPARATORS.getOrDefault(style, ","),
                json,
                types,
                file.at(items).isMissingNode() ? Set.of() : schemas.types(items),
                there ? Optional.of(schemas.contract(name, schema)) : Optional.empty()));
    }

    private static String content(OpenApiFile file, String pointer) {
        List<String> types = new ArrayList<>();
        file.at(pointer + "/content").fieldNames().forEachRemaining(types::add);
        if (types.size() != 1 || !OpenApiContent.isJson(types.get(0))) {
            throw file.refusal(
                    pointer + "/content", "the content of a parameter is application/json, or it has a schema");
        }
        return pointer + "/content" + OpenApiFile.step(types.get(0)) + "/schema";
    }

    /** What is wrong with what came, and never what came. */
    List<String> reasons(Function<String, JsonNode> variables, Side side) {
        JsonNode came = variables.apply(variable);
        if (came.isNull()) {
            return required ? List.of(called + " is missing") : List.of();
        }
        String text = came.asText();
        if ((mayBeEmpty && text.isEmpty()) || contract.isEmpty()) {
            return List.of();
        }
        if (json) {
            try {
                return contract.get().reasons(Json.read(text, side), called, called + " ");
            } catch (BusException unreadable) {
                return List.of(called + " is not valid JSON");
            }
        }
        List<String> first = List.of();
        for (JsonNode meant : meanings(text)) {
            List<String> reasons = contract.get().reasons(meant, called, called + " ");
            if (reasons.isEmpty()) {
                return reasons;
            }
            first = first.isEmpty() ? reasons : first;
        }
        return first;
    }

    private List<JsonNode> meanings(String text) {
        List<JsonNode> found = new ArrayList<>();
        if (types.contains("array")) {
            ArrayNode items = JsonNodeFactory.instance.arrayNode();
            for (String item : separator.isEmpty()
                    ? new String[] {text}
                    : text.split(java.util.regex.Pattern.quote(separator), -1)) {
                items.add(meanings(item, itemTypes).get(0));
            }
            found.add(items);
        }
        if (!types.equals(Set.of("array"))) {
            found.addAll(meanings(text, types));
        }
        return found;
    }

    /** What a text may stand for, the most likely first; at least itself. */
    static List<JsonNode> meanings(String text, Set<String> types) {
        List<JsonNode> found = new ArrayList<>();
        JsonNode number = OpenApiFile.number(text);
        if (number.isNumber() && (types.contains("integer") || types.contains("number"))) {
            found.add(number);
        }
        if (types.contains("boolean") && (text.equals("true") || text.equals("false"))) {
            found.add(BooleanNode.valueOf(text.equals("true")));
        }
        if (types.contains("null") && text.isEmpty()) {
            found.add(NullNode.getInstance());
        }
        if (found.isEmpty() || types.contains("string")) {
            found.add(TextNode.valueOf(text));
        }
        return found;
    }
}
