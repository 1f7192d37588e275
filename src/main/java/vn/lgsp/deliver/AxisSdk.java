package vn.lgsp.deliver;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import vn.lgsp.axis.FileHash;
import vn.lgsp.axis.HeaderSignature;
import vn.lgsp.message.Content;

/** The form of the SDK: all parameters are headers, the answer is JSON with {@code status} and {@code ErrorCode} (wire-formats 3). */
final class AxisSdk implements AxisForm {
    private static final Content NOTHING = Content.of("{}".getBytes(StandardCharsets.UTF_8));

    private static final Content LINE_BREAK = Content.of("\r\n".getBytes(StandardCharsets.UTF_8));

    private final FileHash.Style hashFile;

    AxisSdk(FileHash.Style hashFile) {
        this.hashFile = hashFile;
    }

    @Override
    public Sheet sheet(Task task, Slip slip) {
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("Content-Type", task == Task.SEND ? "application/octet-stream" : "application/json");
        switch (task) {
            case SEND -> {
                put(headers, "from", slip.needed("from", slip.from()));
                put(headers, "servicetype", "eDoc");
                put(headers, "messagetype", slip.messageType());
                slip.to().ifPresent(to -> {
                    ArrayNode codes = AxisForm.array();
                    for (String code : to.split(",", -1)) {
                        codes.add(code.strip());
                    }
                    put(headers, "to", codes.toString());
                });
                put(headers, "hash-file", FileHash.of(slip.packet(), hashFile));
                // the SDK writes a line break behind the packet; its hash is without
                return new Sheet("POST", "/sendEdoc", headers, Content.joined(slip.packet(), LINE_BREAK));
            }
            case LIST -> {
                put(headers, "servicetype", "eDoc");
                put(headers, "messagetype", slip.messageType());
                return new Sheet("POST", "/getReceivedEdocList", headers, NOTHING);
            }
            case SENT_LIST -> {
                put(headers, "servicetype", "eDoc");
                put(headers, "messagetype", slip.messageType());
                put(headers, "docId", slip.needed("docId", slip.docId()));
                return new Sheet("POST", "/getSentEdocList", headers, NOTHING);
            }
            case FETCH -> {
                put(headers, "docId", slip.needed("docId", slip.docId()));
                return new Sheet("POST", "/getEdoc", headers, NOTHING);
            }
            case UPDATE_STATUS -> {
                put(headers, "docid", slip.needed("docId", slip.docId()));
                put(headers, "status", slip.needed("status", slip.status()));
                return new Sheet("POST", "/updateStatus", headers, NOTHING);
            }
            case AGENCIES -> {
                slip.level().ifPresent(level -> put(headers, "level", level));
                return new Sheet("POST", "/getAgenciesListQD20", headers, NOTHING);
            }
            case COUNT -> {
                put(headers, "servicetype", "eDoc");
                put(headers, "messagetype", slip.messageType());
                return new Sheet(
                        "GET",
                        slip.messageType().equals("status") ? "/countReceiveStatus" : "/countReceiveEdoc",
                        headers,
                        Content.of(new byte[0]));
            }
            case REGISTER_AGENCY -> {
                return new Sheet("POST", "/registerAgency", headers, slip.packet());
            }
            case DELETE_AGENCY -> {
                put(headers, "AgencyCode", slip.needed("agencyCode", slip.agency()));
                return new Sheet("POST", "/deleteAgency", headers, NOTHING);
            }
            case SYNCHRONISE_UNITS -> {
                return new Sheet("POST", "/getSynchronizeUnit", headers, NOTHING);
            }
        }
        throw new IllegalStateException("no such task");
    }

    private static void put(Map<String, String> headers, String name, String value) {
        headers.put(HeaderSignature.PREFIX + name, value);
    }

    @Override
    public Optional<Answer> answer(Task task, JsonNode said) {
        String status = said.path("status").asText("");
        String code = said.path("ErrorCode").asText("");
        if (status.equals("FAIL") || !(code.isEmpty() || code.equals("0"))) {
            return Optional.of(Answer.failed(code.isEmpty() ? "?" : code));
        }
        if (!status.equals("OK")) {
            return Optional.empty();
        }
        return switch (task) {
            case SEND ->
                said.hasNonNull("DocId")
                        ? Optional.of(Answer.of(
                                AxisForm.object().put("docId", said.get("DocId").asText())))
                        : Optional.empty();
            case LIST -> list(said.path("data")).map(Answer::of);
            case COUNT ->
                said.path("count").isIntegralNumber()
                                || said.path("count").asText().matches("[0-9]{1,9}")
                        ? Optional.of(Answer.of(
                                AxisForm.object().put("count", said.get("count").asLong())))
                        : Optional.empty();
            case SENT_LIST, AGENCIES, SYNCHRONISE_UNITS ->
                said.path("data").isArray() ? Optional.of(Answer.of(said.get("data"))) : Optional.empty();
            case FETCH ->
                said.path("data").isTextual()
                        ? Optional.of(Answer.of(
                                AxisForm.object().put("packet", said.get("data").textValue())))
                        : Optional.empty();
            case UPDATE_STATUS, REGISTER_AGENCY, DELETE_AGENCY -> Optional.of(Answer.of(AxisForm.object()));
        };
    }

    private static Optional<ArrayNode> list(JsonNode data) {
        if (!data.isArray()) {
            return Optional.empty();
        }
        ArrayNode items = AxisForm.array();
        for (JsonNode one : data) {
            ObjectNode item = AxisForm.object();
            AxisForm.copy(one, item, "docId", "docId", "DocId", "docid");
            AxisForm.copy(one, item, "messageType", "messageType");
            AxisForm.copy(one, item, "from", "from");
            AxisForm.copy(one, item, "to", "to");
            AxisForm.copy(one, item, "status", "status");
            if (!item.has("docId")) {
                return Optional.empty();
            }
            items.add(item);
        }
        return Optional.of(items);
    }
}
