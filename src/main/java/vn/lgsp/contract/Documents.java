package vn.lgsp.contract;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import vn.lgsp.parse.JsonParsers;

/** JSON that keeps every digit. */
final class Documents {
    private static final JsonMapper JSON = JsonParsers.content();

    private Documents() {}

    static ObjectNode object() {
        return JSON.createObjectNode();
    }

    static ArrayNode list() {
        return JSON.createArrayNode();
    }

    /** @throws IllegalArgumentException when it is no JSON */
    static JsonNode read(String text) {
        try {
            return JSON.readTree(text);
        } catch (JsonProcessingException broken) {
            throw new IllegalArgumentException("it is no JSON", broken);
        }
    }

    static String text(JsonNode document) {
        try {
            return JSON.writerWithDefaultPrettyPrinter().writeValueAsString(document);
        } catch (JsonProcessingException unwritable) {
            throw new IllegalStateException("a document of plain nodes cannot be written", unwritable);
        }
    }
}
