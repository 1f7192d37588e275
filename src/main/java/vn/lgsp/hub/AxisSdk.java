package vn.lgsp.hub;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The axis as its SDK speaks to it: parameters in signed headers, replies {@code {status, ErrorCode, ErrorDesc}}. */
final class AxisSdk implements Simulator {
    private static final List<String> READ_BY_GET = List.of("downloadEdoc", "countReceiveEdoc", "countReceiveStatus");
    private static final List<String> WRITTEN_BY_POST = List.of(
            "getReceivedEdocList",
            "getSentEdocList",
            "sendEdoc",
            "getEdoc",
            "updateStatus",
            "getAgenciesList",
            "getAgenciesListQD20",
            "getSynchronizeUnit",
            "registerAgency",
            "deleteAgency");

    private final Axis axis;
    private final Settings settings;

    AxisSdk(Axis axis, Settings settings) {
        this.axis = axis;
        this.settings = settings;
    }

    @Override
    public Answer answer(Call call) {
        String operation = call.path().replaceFirst("^/+", "");
        boolean get = READ_BY_GET.contains(operation);
        if (!get && !WRITTEN_BY_POST.contains(operation)) {
            return Answer.notFound();
        }
        if (get ? !call.isGet() : !call.isPost()) {
            return Answer.notAllowed(get ? "GET" : "POST");
        }
        call.operation(operation);
        Optional<Axis.Centre> centre = axis.find(call.header(AxisSignature.PREFIX + "systemid"));
        if (!call.check("systemid", centre.isPresent(), centre.isPresent() ? "known" : "not known")) {
            return failure("15", Axis.meaning("15"));
        }
        AxisSignature.Verdict verdict =
                AxisSignature.verdict(call.headers(), centre.orElseThrow().secret());
        boolean signed = verdict.isRight() && !call.has(Fault.WRONG_SIGNATURE);
        if (!call.check("signature", signed, verdict.isRight() ? "HMAC-SHA256 of sign-header" : verdict.wrong())) {
            return failure("15", Axis.meaning("15"));
        }
        if (!call.check(
                "timestamp",
                AxisSignature.isNow(verdict.value("timestamp"), settings.get("clock-window"), call.now()),
                "ddMMyyyy'T'HHmmss+SSSS, within " + settings.get("clock-window") + " s")) {
            return failure("15", "timestamp");
        }
        if (call.fails()) {
            String code = call.failure("20");
            return failure(code, Axis.meaning(code));
        }
        try {
            return perform(call, operation, centre.orElseThrow(), verdict);
        } catch (Axis.Refusal refused) {
            call.check("packet", false, String.valueOf(refused.getMessage()));
            return failure(refused.code(), Axis.meaning(refused.code()));
        }
    }

    private Answer perform(Call call, String operation, Axis.Centre centre, AxisSignature.Verdict signed)
            throws Axis.Refusal {
        return switch (operation) {
            case "sendEdoc" -> send(call, centre, signed);
            case "getReceivedEdocList" -> received(call, centre, type(signed));
            case "getSentEdocList" -> sent(centre, type(signed), signed.value("docid"));
            case "getEdoc" -> {
                Axis.Document found = document(centre, signed);
                byte[] base64 = Base64.getEncoder().encode(found.content());
                byte[] begin = "{\"status\":\"OK\",\"ErrorCode\":\"0\",\"ErrorDesc\":\"Thanh cong\",\"data\":\""
                        .getBytes(StandardCharsets.US_ASCII);
                byte[] body = Arrays.copyOf(begin, begin.length + base64.length + 2);
                System.arraycopy(base64, 0, body, begin.length, base64.length);
                body[body.length - 2] = '"';
                body[body.length - 1] = '}';
                yield Answer.of(200, Answer.JSON, body);
            }
            case "downloadEdoc" ->
                Answer.of(
                        200,
                        "application/octet-stream",
                        document(centre, signed).content());
            case "updateStatus" -> {
                String status = signed.value("status");
                if (!call.check("status", status.matches("processing|done|fail"), "processing, done or fail")) {
                    throw new Axis.Refusal("20", "the status is not known");
                }
                if (!axis.settle(centre, signed.value("docid"), status, call.now())) {
                    throw new Axis.Refusal("20", "there is no such document for this system");
                }
                yield Answer.json(success());
            }
            case "countReceiveEdoc" -> count(centre, Axis.DOCUMENTS);
            case "countReceiveStatus" -> count(centre, Axis.STATES);
            case "getAgenciesList" -> agencies(false, "");
            case "getAgenciesListQD20" -> agencies(true, signed.value("level"));
            case "getSynchronizeUnit" -> units();
            case "registerAgency" -> register(call, centre);
            default -> {
                if (!axis.delete(signed.value("agencycode"), centre.system(), call.now())) {
                    throw new Axis.Refusal("18", "there is no such agency of this system");
                }
                yield Answer.json(success());
            }
        };
    }

    private Answer send(Call call, Axis.Centre centre, AxisSignature.Verdict signed) throws Axis.Refusal {
        Optional<byte[]> packet = AxisSignature.packet(call.body(), signed.value("hash-file"));
        if (!call.check("hash-file", packet.isPresent(), "SHA-256 of the packet, with or without zeros")) {
            return failure("10", Axis.meaning("10"));
        }
        List<String> to = new ArrayList<>();
        if (!signed.value("to").isEmpty()) {
            Optional<JsonNode> list = Json.read(signed.value("to").getBytes(StandardCharsets.UTF_8))
                    .filter(JsonNode::isArray);
            if (!call.check("to", list.isPresent(), "a JSON array")) {
                throw new Axis.Refusal("18", "to is no JSON array");
            }
            list.get().forEach(organId -> to.add(organId.asText()));
        }
        String type = type(signed);
        List<Axis.Document> made = settings.get("same-packet").equals("once")
                ? axis.sendOnce(centre, signed.value("from"), to, type, packet.get(), call.now())
                : axis.send(Optional.of(centre), signed.value("from"), to, type, packet.get(), call.now());
        if (call.has(Fault.DUPLICATE)) {
            axis.send(Optional.of(centre), signed.value("from"), to, type, packet.get(), call.now());
        }
        call.check("packet", true, made.size() + (made.size() == 1 ? " receiver" : " receivers"));
        if (type.equals(Axis.DOCUMENTS)) {
            partnersAnswer(call, made);
        }
        return Answer.json(success().put("DocId", made.get(0).sent()));
    }

    /** What agencies of the other centre would report, when the hub is set to play them. */
    private void partnersAnswer(Call call, List<Axis.Document> made) throws Axis.Refusal {
        for (String code : settings.get("partner-answers").split(",", -1)) {
            for (Axis.Document document : made) {
                if (!code.isEmpty() && document.to().endsWith(".H98")) {
                    axis.answer(document, code, call.now());
                }
            }
        }
    }

    private Answer received(Call call, Axis.Centre centre, String type) {
        ArrayNode data = Json.array();
        for (Axis.Document document : axis.waiting(centre, type)) {
            ObjectNode entry = Json.object()
                    .put("docId", document.id())
                    .put("serviceType", "eDoc")
                    .put("messageType", type)
                    .put("created_time", Axis.TIME.format(document.created()))
                    .put("updated_time", Axis.TIME.format(document.updated()))
                    .put("from", document.packet().from())
                    .put("to", document.to())
                    .put("status", document.transport())
                    .put("status_desc", "");
            data.add(entry);
            if (call.has(Fault.DUPLICATE)) {
                data.add(entry.deepCopy());
            }
        }
        return Answer.json(success().<ObjectNode>set("data", data));
    }

    private Answer sent(Axis.Centre centre, String type, String id) {
        ArrayNode data = Json.array();
        for (Axis.Document document : axis.sent(centre, type, id)) {
            data.addObject()
                    .put("serviceType", "eDoc")
                    .put("messageType", type)
                    .put("title", document.packet().subject())
                    .put("notation", document.packet().code())
                    .put("fromCode", document.packet().from())
                    .put("toCode", document.to())
                    .put("senderDocId", document.sent())
                    .put("receiverDocId", document.id())
                    .put("sentTime", Axis.TIME.format(document.created()))
                    .put("receivedTime", document.waits() ? "" : Axis.TIME.format(document.updated()))
                    .put("sendStatus", "done")
                    .put("sendStatusDesc", "")
                    .put("receiveStatus", document.business().isEmpty() ? document.transport() : document.business())
                    .put("receiveStatusDesc", Axis.stateName(document.business()));
        }
        return Answer.json(success().<ObjectNode>set("data", data));
    }

    private Answer count(Axis.Centre centre, String type) {
        return Answer.json(success().put("count", axis.waiting(centre, type).size()));
    }

    private Answer agencies(boolean decision20, String level) {
        ArrayNode data = Json.array();
        for (Axis.Agency agency : axis.agencies()) {
            String depth = String.valueOf(agency.code().split("\\.", -1).length);
            if (!decision20 || level.isEmpty() || depth.equals(level)) {
                ObjectNode entry = Json.object()
                        .put("id", agency.id())
                        .put("pid", agency.parent())
                        .put("code", decision20 ? agency.code() : agency.code102())
                        .put("name", agency.name())
                        .put("mail", agency.mail())
                        .put("oldCode", "");
                if (decision20) {
                    entry.put("code102", agency.code102());
                }
                data.add(entry);
            }
        }
        return Answer.json(success().<ObjectNode>set("data", data));
    }

    private Answer units() {
        ArrayNode data = Json.array();
        for (Axis.Agency agency : axis.units()) {
            data.addObject()
                    .put("id", agency.id())
                    .put("pid", agency.parent())
                    .put("code", agency.code102())
                    .put("name", agency.name())
                    .put("mail", agency.mail())
                    .put("oldCode", "")
                    .put("code102", agency.code102())
                    .put("version", String.valueOf(agency.version()))
                    .put("centerCode", agency.centre())
                    .put("deleted", agency.deleted())
                    .put("modifyDate", agency.modified())
                    .put("isAgency", true);
        }
        return Answer.json(success().<ObjectNode>set("data", data));
    }

    private Answer register(Call call, Axis.Centre centre) throws Axis.Refusal {
        Optional<ObjectNode> asked = Json.object(call.body());
        List<String> missing =
                asked.map(body -> Json.missing(body, "id", "code", "name")).orElse(List.of("JSON"));
        if (!call.check("fields", missing.isEmpty(), "missing: " + missing)) {
            throw new Axis.Refusal("20", "fields are missing");
        }
        ObjectNode body = asked.orElseThrow();
        boolean known = axis.register(
                Json.text(body, "id"),
                Json.text(body, "pcode"),
                Axis.shown(Json.text(body, "code")),
                Json.text(body, "name"),
                Json.text(body, "mail"),
                centre.system(),
                call.now());
        if (!call.check("organisation", known, "id and code are no other system's")) {
            throw new Axis.Refusal("20", "the id or the code is another system's");
        }
        return Answer.json(success());
    }

    private Axis.Document document(Axis.Centre centre, AxisSignature.Verdict signed) throws Axis.Refusal {
        return axis.find(centre, signed.value("docid"))
                .orElseThrow(() -> new Axis.Refusal("20", "there is no such document for this system"));
    }

    private static String type(AxisSignature.Verdict signed) throws Axis.Refusal {
        String type = signed.value("messagetype");
        if (!List.of(Axis.DOCUMENTS, Axis.STATES).contains(type)) {
            throw new Axis.Refusal("20", "messagetype is neither edoc nor status");
        }
        return type;
    }

    private static ObjectNode success() {
        return Json.object().put("status", "OK").put("ErrorCode", "0").put("ErrorDesc", "Thanh cong");
    }

    private static Answer failure(String code, String text) {
        return Answer.json(Json.object()
                .setAll(Map.<String, JsonNode>of(
                        "status", Json.object().textNode("FAIL"),
                        "ErrorCode", Json.object().textNode(code),
                        "ErrorDesc", Json.object().textNode(text))));
    }
}
