package vn.lgsp.deliver;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import vn.lgsp.axis.FileHash;
import vn.lgsp.message.Content;

/** The provincial REST form: JSON and multipart, the answer says {@code success} (wire-formats 4). */
final class AxisRest implements AxisForm {
    private static final Content NOTHING = Content.of(new byte[0]);
    private static final ZoneId CITY = ZoneId.of("Asia/Ho_Chi_Minh");
    private static final DateTimeFormatter DAY = DateTimeFormatter.ofPattern("uuuu/MM/dd");
    /** What is no work any more: this form lists by days, also what was confirmed. */
    private static final Set<String> ENDED = Set.of("done", "fail");

    private final int days;
    private final Supplier<Instant> now;
    private final String fileName;

    /**
     * @param days how far back it lists
     * @param fileName of a packet that is sent, without its ending
     */
    AxisRest(int days, Supplier<Instant> now, String fileName) {
        this.days = days;
        this.now = now;
        this.fileName = fileName;
    }

    @Override
    public Sheet sheet(Task task, Slip slip) {
        Map<String, String> headers = new LinkedHashMap<>();
        return switch (task) {
            case SEND -> {
                // a packet cannot hold its own digest, so it cannot end its part and go on with another
                String boundary = "lgsp-"
                        + FileHash.of(slip.packet(), FileHash.Style.PADDED).substring(0, 40);
                headers.put("Content-Type", "multipart/form-data; boundary=" + boundary);
                yield new Sheet("POST", "/v1/sendEdoc", headers, form(slip, boundary));
            }
            case LIST -> {
                LocalDate today = LocalDate.ofInstant(now.get(), CITY);
                yield new Sheet(
                        "GET",
                        "/v1/syncReceivedEdocList?messageType=" + encoded(slip.messageType()) + "&fromDate="
                                + encoded(DAY.format(today.minusDays(days))) + "&toDate=" + encoded(DAY.format(today)),
                        headers,
                        NOTHING);
            }
            case FETCH ->
                new Sheet("GET", "/v1/getEdoc?docId=" + encoded(slip.needed("docId", slip.docId())), headers, NOTHING);
            case UPDATE_STATUS -> {
                headers.put("Content-Type", "application/json");
                yield new Sheet(
                        "POST",
                        "/v1/updateStatus",
                        headers,
                        Content.of(AxisForm.object()
                                .put("docId", slip.needed("docId", slip.docId()))
                                .put("status", slip.needed("status", slip.status()))
                                .toString()
                                .getBytes(StandardCharsets.UTF_8)));
            }
            case SENT_LIST, COUNT, AGENCIES, REGISTER_AGENCY, DELETE_AGENCY, SYNCHRONISE_UNITS ->
                throw new vn.lgsp.failure.BusException(
                        vn.lgsp.failure.ErrorCode.BUS_FAILED,
                        "the REST form of the document axis has no such operation: use the form of the SDK");
        };
    }

    private Content form(Slip slip, String boundary) {
        String head = "--" + boundary + "\r\nContent-Disposition: form-data; name=\"messagetype\"\r\n\r\n"
                + slip.messageType() + "\r\n--" + boundary
                + "\r\nContent-Disposition: form-data; name=\"edocFile\"; filename=\"" + fileName
                + ".edxml\"\r\nContent-Type: application/xml\r\n\r\n";
        return Content.joined(
                Content.of(head.getBytes(StandardCharsets.UTF_8)),
                slip.packet(),
                Content.of(("\r\n--" + boundary + "--\r\n").getBytes(StandardCharsets.UTF_8)));
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    @Override
    public Optional<Answer> answer(Task task, JsonNode said) {
        if (!said.path("success").isBoolean()) {
            return Optional.empty();
        }
        JsonNode data = said.path("data");
        if (!said.get("success").booleanValue()) {
            String code = data.path("errorCode").asText("");
            return Optional.of(Answer.failed(code.isEmpty() ? "?" : code));
        }
        return switch (task) {
            case SEND ->
                said.hasNonNull("docId")
                        ? Optional.of(Answer.of(
                                AxisForm.object().put("docId", said.get("docId").asText())))
                        : Optional.empty();
            case LIST -> list(data).map(Answer::of);
            case FETCH ->
                data.path("edxml").isTextual()
                        ? Optional.of(Answer.of(AxisForm.object()
                                .put("packet", data.get("edxml").textValue())))
                        : Optional.empty();
            case UPDATE_STATUS -> Optional.of(Answer.of(AxisForm.object()));
            case SENT_LIST, COUNT, AGENCIES, REGISTER_AGENCY, DELETE_AGENCY, SYNCHRONISE_UNITS -> Optional.empty();
        };
    }

    private static Optional<ArrayNode> list(JsonNode data) {
        if (!data.isArray()) {
            return Optional.empty();
        }
        ArrayNode items = AxisForm.array();
        for (JsonNode one : data) {
            ObjectNode item = AxisForm.object();
            AxisForm.copy(one, item, "docId", "docId");
            AxisForm.copy(one, item, "messageType", "messageType");
            AxisForm.copy(one, item, "from", "from");
            AxisForm.copy(one, item, "to", "to");
            AxisForm.copy(one, item, "status", "status");
            if (!item.has("docId")) {
                return Optional.empty();
            }
            if (!ENDED.contains(item.path("status").asText(""))) {
                items.add(item);
            }
        }
        return Optional.of(items);
    }
}
