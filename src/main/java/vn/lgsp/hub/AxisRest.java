package vn.lgsp.hub;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** The axis behind the REST front end of a province: the same documents, replies {@code {success, message, ...}}. */
final class AxisRest implements Simulator {
    private static final DateTimeFormatter DAY = DateTimeFormatter.ofPattern("uuuu/MM/dd");
    private static final ZoneId CITY = ZoneId.of("Asia/Ho_Chi_Minh");
    private static final int MOST_TOKENS = 1_000;

    private final Axis axis;
    private final Settings settings;
    private final Map<String, Instant> tokens = new LinkedHashMap<>();

    AxisRest(Axis axis, Settings settings) {
        this.axis = axis;
        this.settings = settings;
    }

    @Override
    public Answer answer(Call call) {
        String operation = call.path().replaceFirst("^/+v1/", "");
        boolean get = List.of("syncReceivedEdocList", "getEdoc").contains(operation);
        if (!get && !List.of("auth/login", "sendEdoc", "updateStatus").contains(operation)) {
            return Answer.notFound();
        }
        call.operation(operation);
        if (get != call.isGet() || !get && !call.isPost()) {
            return Answer.notAllowed(get ? "GET" : "POST");
        }
        if (operation.equals("auth/login")) {
            return login(call);
        }
        Optional<Axis.Centre> centre = axis.find(call.header("X-SystemId"))
                .filter(known -> Digests.exactly(known.secret(), call.header("X-SecretKey")));
        boolean known = centre.isPresent() && !call.has(Fault.WRONG_SIGNATURE);
        if (!call.check("X-SystemId and X-SecretKey", known, known ? "known" : "not known")) {
            return failure("15", "");
        }
        if (!mayCall(call)) {
            return Answer.json(401, Json.object().put("success", false).put("message", "Token đã hết hạn"))
                    .with("WWW-Authenticate", "Bearer");
        }
        if (call.fails()) {
            return failure(call.failure("20"), "");
        }
        try {
            return switch (operation) {
                case "sendEdoc" -> send(call, centre.orElseThrow());
                case "syncReceivedEdocList" -> list(call, centre.orElseThrow());
                case "getEdoc" -> fetch(call, centre.orElseThrow());
                default -> update(call, centre.orElseThrow());
            };
        } catch (Axis.Refusal refused) {
            call.check("request", false, String.valueOf(refused.getMessage()));
            return failure(refused.code(), "");
        }
    }

    private Answer login(Call call) {
        ObjectNode asked = Json.object(call.body()).orElseGet(Json::object);
        boolean right = Json.text(asked, "username").equals(PopulationDoor.USER)
                && Digests.exactly(Json.text(asked, "password"), PopulationDoor.SECRET)
                && !call.has(Fault.WRONG_SIGNATURE);
        if (!call.check("user name and password", right, right ? "right" : "not known")) {
            return Answer.json(Json.object().put("code", 401).put("message", "Sai tên đăng nhập hoặc mật khẩu"));
        }
        boolean formed = call.query("allow_anonymous").equals("true")
                && asked.path("applicationCode").isTextual()
                && asked.path("typeObjs").equals(Json.array().add(0).add(1));
        if (!call.check("form of the login", formed, "allow_anonymous=true, applicationCode and typeObjs [0,1]")) {
            return Answer.json(Json.object().put("code", 400).put("message", "Yêu cầu không hợp lệ"));
        }
        String token = UUID.randomUUID().toString();
        tokens.put(token, call.now().plusSeconds(settings.number("token-life")));
        if (tokens.size() > MOST_TOKENS) {
            tokens.remove(tokens.keySet().iterator().next());
        }
        ObjectNode reply = Json.object().put("code", 200).put("message", "OK");
        reply.putObject("data").put("token", token);
        return Answer.json(reply);
    }

    private boolean mayCall(Call call) {
        String header = call.header("Authorization");
        if (header.isEmpty() && settings.get("login").equals("off")) {
            return true;
        }
        String token = header.startsWith("Bearer ") ? header.substring(7).strip() : "";
        if (call.has(Fault.EXPIRED_TOKEN)) {
            tokens.remove(token);
        }
        return call.check("token", call.now().isBefore(tokens.getOrDefault(token, Instant.MIN)), "lives");
    }

    private Answer send(Call call, Axis.Centre centre) throws Axis.Refusal {
        Optional<Multipart> form = Multipart.read(call.header("Content-Type"), call.body());
        byte[] packet = form.map(parts -> parts.bytes("edocFile")).orElse(new byte[0]);
        if (!call.check("edocFile", packet.length > 0, "a part of multipart/form-data")) {
            throw new Axis.Refusal("10", "there is no edocFile");
        }
        String type = form.map(parts -> parts.text("messagetype") + parts.text("messageType"))
                .orElse("");
        if (!call.check("messageType", List.of(Axis.DOCUMENTS, Axis.STATES).contains(type), "edoc or status")) {
            throw new Axis.Refusal("20", "messagetype is neither edoc nor status");
        }
        List<Axis.Document> made = settings.get("same-packet").equals("once")
                ? axis.sendOnce(centre, "", List.of(), type, packet, call.now())
                : axis.send(Optional.of(centre), "", List.of(), type, packet, call.now());
        if (call.has(Fault.DUPLICATE)) {
            axis.send(Optional.of(centre), "", List.of(), type, packet, call.now());
        }
        return Answer.json(Json.object()
                .put("success", true)
                .put("message", "OK")
                .put("docId", made.get(0).sent()));
    }

    private Answer list(Call call, Axis.Centre centre) throws Axis.Refusal {
        String type = call.query("messageType");
        if (!call.check("messageType", List.of(Axis.DOCUMENTS, Axis.STATES).contains(type), "edoc or status")) {
            throw new Axis.Refusal("20", "messageType is neither edoc nor status");
        }
        LocalDate from = day(call, "fromDate", LocalDate.MIN);
        LocalDate to = day(call, "toDate", LocalDate.MAX);
        ArrayNode data = Json.array();
        for (Axis.Document document : axis.waiting(centre, type)) {
            LocalDate created = LocalDate.ofInstant(document.created(), CITY);
            if (!created.isBefore(from) && !created.isAfter(to)) {
                ObjectNode entry = Json.object()
                        .put("serviceType", "eDoc")
                        .put("messageType", type)
                        .put("docId", document.id())
                        .put("from", document.packet().from())
                        .put("to", document.to())
                        .put("status", document.transport())
                        .put("statusDesc", "")
                        .put("createdTime", Axis.TIME.format(document.created()))
                        .put("updatedTime", Axis.TIME.format(document.updated()));
                data.add(entry);
                if (call.has(Fault.DUPLICATE)) {
                    data.add(entry.deepCopy());
                }
            }
        }
        return Answer.json(Json.object()
                .put("success", true)
                .put("message", "OK")
                .put("count", data.size())
                .<ObjectNode>set("data", data));
    }

    private static LocalDate day(Call call, String name, LocalDate open) throws Axis.Refusal {
        String text = call.query(name);
        if (text.isEmpty()) {
            return open;
        }
        try {
            return LocalDate.parse(text, DAY);
        } catch (DateTimeParseException notADay) {
            throw new Axis.Refusal("20", name + " is not yyyy/MM/dd");
        }
    }

    private Answer fetch(Call call, Axis.Centre centre) throws Axis.Refusal {
        Axis.Document found = axis.find(centre, call.query("docId"))
                .orElseThrow(() -> new Axis.Refusal("20", "there is no such document for this system"));
        ObjectNode data = Json.object()
                .put("docId", found.id())
                .put("from", found.packet().from())
                .put("fromName", found.packet().fromName())
                .put("edocCode", found.packet().code())
                .put("edocAbstract", found.packet().subject())
                .put("edxml", Base64.getEncoder().encodeToString(found.content()));
        ArrayNode attachments = data.putArray("attachments");
        try {
            for (Packet.File file : Packet.files(found.content())) {
                attachments
                        .addObject()
                        .put("fileName", file.name())
                        .put("fileContent", Base64.getEncoder().encodeToString(file.content()));
            }
        } catch (Packet.Malformed broken) {
            throw new Axis.Refusal("21", String.valueOf(broken.getMessage()));
        }
        return Answer.json(
                Json.object().put("success", true).put("message", "OK").<ObjectNode>set("data", data));
    }

    private Answer update(Call call, Axis.Centre centre) throws Axis.Refusal {
        ObjectNode asked = Json.object(call.body()).orElseGet(Json::object);
        String status = Json.text(asked, "status");
        Axis.Document found = axis.find(centre, Json.text(asked, "docId"))
                .orElseThrow(() -> new Axis.Refusal("20", "there is no such document for this system"));
        boolean transport = status.matches("processing|done|fail");
        if (!call.check("status", transport || Axis.isBusinessState(status), "a keyword or a state of two digits")) {
            throw new Axis.Refusal("20", "the status is not known");
        }
        if (transport) {
            axis.settle(centre, found.id(), status, call.now());
        } else {
            axis.answer(found, status, call.now());
        }
        return Answer.json(Json.object().put("success", true).put("message", "OK"));
    }

    private static Answer failure(String code, String docId) {
        ObjectNode failure = Json.object().put("success", false).put("message", Axis.meaning(code));
        failure.putObject("data")
                .put("docId", docId)
                .put("status", "FAIL")
                .put("errorCode", code)
                .put("errorDesc", Axis.meaning(code));
        return Answer.json(failure);
    }
}
