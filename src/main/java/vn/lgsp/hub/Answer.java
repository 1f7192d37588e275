package vn.lgsp.hub;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What a simulator answers.
 *
 * @param headers beside the type
 */
record Answer(int status, String type, List<Map.Entry<String, String>> headers, byte[] body) {
    static final String JSON = "application/json;charset=utf-8";

    static Answer json(JsonNode body) {
        return json(200, body);
    }

    static Answer json(int status, JsonNode body) {
        return new Answer(status, JSON, List.of(), Json.bytes(body));
    }

    static Answer xml(int status, String body) {
        return new Answer(status, "text/xml;charset=utf-8", List.of(), body.getBytes(StandardCharsets.UTF_8));
    }

    static Answer of(int status, String type, byte[] body) {
        return new Answer(status, type, List.of(), body);
    }

    /** As a gateway says that it has no such operation. */
    static Answer notFound() {
        return json(404, Json.object().put("code", "404").put("message", "No matching resource found"));
    }

    static Answer notAllowed(String method) {
        return json(405, Json.object().put("code", "405").put("message", "Method not allowed"))
                .with("Allow", method);
    }

    Answer with(String name, String value) {
        List<Map.Entry<String, String>> more = new ArrayList<>(headers);
        more.add(Map.entry(name, value));
        return new Answer(status, type, List.copyOf(more), body);
    }
}
