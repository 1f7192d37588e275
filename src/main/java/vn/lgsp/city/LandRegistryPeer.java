package vn.lgsp.city;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import vn.lgsp.parse.JsonParsers;

/**
 * A land registry: {@code GET /parcels/{number}}, and the changes of its parcels, oldest first and two at a time, {@code GET
 * /changes?after=N}. East and west grew up apart: each has its own field names, and its own words for a parcel that it does not have (404);
 * changes only the east tells.
 */
final class LandRegistryPeer {
    private static final String PATH = "/parcels/";
    private static final String CHANGES = "/changes";
    private static final int CHANGES_AT_ONCE = 2;
    /** Numbers leave as they are written in the file: 120.50 stays 120.50. */
    private static final ObjectMapper JSON = JsonParsers.content();

    private final Map<String, Buffer> parcels;
    private final List<JsonObject> changes;
    private final JsonObject unknown;

    private LandRegistryPeer(String file, JsonObject unknown) {
        this.parcels = parcels(file);
        this.changes = changes(parcels.values());
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
        } else if (request.path().equals(CHANGES) && !changes.isEmpty()) {
            tellChanges(request);
        } else if (parcel == null) {
            HttpPeer.answer(request.response(), 404, unknown);
        } else {
            request.response().putHeader("content-type", "application/json").end(parcel);
        }
    }

    private void tellChanges(HttpServerRequest request) {
        String after = request.getParam("after", "0");
        if (!after.matches("[0-9]{1,9}")) {
            HttpPeer.answer(request.response(), 400, new JsonObject().put("maLoi", "DD-400"));
            return;
        }
        int from = Math.min(Integer.parseInt(after), changes.size());
        int to = Math.min(from + CHANGES_AT_ONCE, changes.size());
        HttpPeer.answer(
                request.response(),
                200,
                new JsonObject()
                        .put("changes", new JsonArray(changes.subList(from, to)))
                        .put("left", changes.size() - to));
    }

    /** The parcels that say when they changed, numbered from 1 in this order. */
    private static List<JsonObject> changes(Collection<Buffer> parcels) {
        List<JsonObject> found = new ArrayList<>(parcels.stream()
                .map(JsonObject::new)
                .filter(parcel -> parcel.containsKey("updated"))
                .sorted(Comparator.comparing(parcel -> parcel.getString("updated")))
                .map(parcel -> new JsonObject()
                        .put("parcelNo", parcel.getString("parcelNo"))
                        .put("updated", parcel.getString("updated")))
                .toList());
        for (int i = 0; i < found.size(); i++) {
            found.get(i).put("seq", i + 1);
        }
        return List.copyOf(found);
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
