package vn.lgsp.city;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.Map;
import vn.lgsp.parse.JsonParsers;

/**
 * A land registry: {@code GET /parcels/{number}}. East and west grew up apart: each has its own field names, and its own
 * words for a parcel that it does not have (404).
 */
final class LandRegistryPeer {
    private static final String PATH = "/parcels/";
    /** Numbers leave as they are written in the file: 120.50 stays 120.50. */
    private static final ObjectMapper JSON = JsonParsers.content();

    private final Map<String, Buffer> parcels;
    private final JsonObject unknown;

    private LandRegistryPeer(String file, JsonObject unknown) {
        this.parcels = parcels(file);
        this.unknown = unknown;
    }

    static HttpPeer east(Vertx vertx, int port) {
        JsonObject unknown = new JsonObject().put("maLoi", "DD-404").put("thongBao", "Không tìm thấy thửa đất");
        return HttpPeer.start(vertx, port, new LandRegistryPeer("parcels-east.json", unknown)::handle);
    }

    static HttpPeer west(Vertx vertx, int port) {
        JsonObject unknown = new JsonObject().put("error", new JsonObject().put("code", "parcel-not-found"));
        return HttpPeer.start(vertx, port, new LandRegistryPeer("parcels-west.json", unknown)::handle);
    }

    private void handle(HttpServerRequest request) {
        Buffer parcel =
                request.path().startsWith(PATH) ? parcels.get(request.path().substring(PATH.length())) : null;
        if (!request.method().equals(HttpMethod.GET)) {
            HttpPeer.answer(request.response().putHeader("allow", "GET"), 405, new JsonObject());
        } else if (parcel == null) {
            HttpPeer.answer(request.response(), 404, unknown);
        } else {
            request.response().putHeader("content-type", "application/json").end(parcel);
        }
    }

    private static Map<String, Buffer> parcels(String file) {
        try {
            Map<String, Buffer> found = new HashMap<>();
            for (Map.Entry<String, JsonNode> parcel :
                    JSON.readTree(SampleCity.resource(file)).properties()) {
                found.put(parcel.getKey(), Buffer.buffer(written(parcel.getValue())));
            }
            return Map.copyOf(found);
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }

    private static byte[] written(JsonNode parcel) throws JsonProcessingException {
        return JSON.writeValueAsBytes(parcel);
    }
}
