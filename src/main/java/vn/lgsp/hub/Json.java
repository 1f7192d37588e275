package vn.lgsp.hub;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import vn.lgsp.parse.JsonParsers;

/** JSON as the simulators read and write it. */
final class Json {
    private static final JsonMapper MAPPER = JsonParsers.content();

    private Json() {}

    static ObjectNode object() {
        return JsonNodeFactory.instance.objectNode();
    }

    static ArrayNode array() {
        return JsonNodeFactory.instance.arrayNode();
    }

    static Optional<JsonNode> read(byte[] text) {
        try {
            return Optional.ofNullable(MAPPER.readTree(text)).filter(node -> !node.isMissingNode());
        } catch (IOException | JsonParsers.NumberTooWide notJson) {
            return Optional.empty();
        }
    }

    static Optional<ObjectNode> object(byte[] text) {
        return read(text).filter(JsonNode::isObject).map(ObjectNode.class::cast);
    }

    static byte[] bytes(JsonNode node) {
        try {
            return MAPPER.writeValueAsBytes(node);
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException("a tree of JSON cannot be written", impossible);
        }
    }

    /** The text of a field, a number as it is written; blank when there is none. */
    static String text(JsonNode object, String field) {
        JsonNode value = object.path(field);
        return value.isValueNode() && !value.isNull() ? value.asText() : "";
    }

    /** Those of the fields that are not there, or blank. */
    static List<String> missing(JsonNode object, String... fields) {
        List<String> missing = new ArrayList<>();
        for (String field : fields) {
            if (text(object, field).isBlank()) {
                missing.add(field);
            }
        }
        return missing;
    }
}
