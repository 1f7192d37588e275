package vn.lgsp.hub;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Judicial records: {@code {STATUS, DESCRIPTION, ...}}, 1 being success here. */
final class JudicialRecord implements Api {
    private static final int MOST = 1_000;
    private static final String DAY = "[0-3][0-9]/[01][0-9]/[0-9]{4}";
    private static final List<List<String>> CATALOGUES = List.of(
            List.of("VN", "Việt Nam"),
            List.of("01", "Kinh"),
            List.of("99", "Tỉnh Mẫu"),
            List.of("3", "Thẻ căn cước công dân"),
            List.of("71", "Công dân Việt Nam"));

    private final Map<String, ObjectNode> declarations = new LinkedHashMap<>();
    private int last = 990_000;

    @Override
    public Optional<Answer> answer(Call call, String operation) {
        if (!List.of(
                        "nhanHoSoDangKy",
                        "traTrangThaiHs",
                        "traHoSo",
                        "traDanhMuc",
                        "danhDauHsThanhCong",
                        "traDsTrangThaiHs")
                .contains(operation)) {
            return Optional.empty();
        }
        call.operation(operation);
        if (!call.isPost()) {
            return Optional.of(Answer.notAllowed("POST"));
        }
        if (call.fails()) {
            return Optional.of(failure("Hệ thống lý lịch tư pháp đang bận"));
        }
        Optional<ObjectNode> asked = Json.object(call.body());
        if (!call.check("JSON", asked.isPresent(), "an object")) {
            return Optional.of(failure("Không phải JSON"));
        }
        return Optional.of(
                switch (operation) {
                    case "nhanHoSoDangKy" -> take(call, asked.get());
                    case "traTrangThaiHs" -> state(asked.get());
                    case "traHoSo" -> records();
                    case "traDanhMuc" -> catalogue(asked.get());
                    case "danhDauHsThanhCong" -> mark(asked.get());
                    default -> states();
                });
    }

    private Answer take(Call call, ObjectNode asked) {
        List<String> missing = Json.missing(asked, "idReceivedDec", "dateReceivedDec");
        JsonNode form = asked.path("declarationWSForm");
        List<String> missingInForm = Json.missing(
                form,
                "fullName",
                "genderId",
                "birthDateStr",
                "nationalityId",
                "idTypeId",
                "identifyNo",
                "phone",
                "declareDate",
                "declareTypeId",
                "requestQty",
                "objectRequestId",
                "formType");
        boolean day = Json.text(asked, "dateReceivedDec").matches(DAY);
        if (!call.check("fields", missing.isEmpty() && missingInForm.isEmpty(), "missing: " + missing + missingInForm)
                || !call.check("dateReceivedDec", day, "dd/MM/yyyy")) {
            return failure("Thiếu hoặc sai trường bắt buộc");
        }
        String number = Json.text(asked, "idReceivedDec");
        ObjectNode known = declarations.get(number);
        ObjectNode kept = known != null
                ? known
                : Json.object()
                        .put("ID", String.valueOf(++last))
                        .put("RECEIVE_NO", number)
                        .put("FULL_NAME", Json.text(form, "fullName"))
                        .put("DEC_STATUS_ID", 3);
        declarations.put(number, kept);
        if (declarations.size() > MOST) {
            declarations.remove(declarations.keySet().iterator().next());
        }
        return Answer.json(success().put("ID", Json.text(kept, "ID")));
    }

    private Answer state(ObjectNode asked) {
        ObjectNode known = declarations.get(Json.text(asked, "idReceivedDec"));
        if (known == null) {
            return failure("Không có hồ sơ");
        }
        int state = known.path("DEC_STATUS_ID").asInt();
        known.put("DEC_STATUS_ID", Math.min(5, state + 1));
        return Answer.json(success()
                .put("DEC_STATUS_ID", state)
                .put("DEC_STATUS_NAME", state == 3 ? "Đã tiếp nhận" : state == 4 ? "Đang xử lý" : "Đã cấp")
                .put("APPROVE_DATE", state == 5 ? "20/01/2026" : "")
                .put("ISSUE_DATE", state == 5 ? "21/01/2026" : ""));
    }

    private Answer records() {
        ArrayNode list = Json.array();
        declarations.values().forEach(list::add);
        return Answer.json(success().<ObjectNode>set("LISTCONTENT", list));
    }

    private static Answer catalogue(ObjectNode asked) {
        String type = Json.text(asked, "infoType");
        if (!type.matches("[1-5]")) {
            return failure("Không có danh mục này");
        }
        List<String> entry = CATALOGUES.get(Integer.parseInt(type) - 1);
        return Answer.json(
                Json.array().add(Json.object().put("ID", entry.get(0)).put("NAME", entry.get(1))));
    }

    private Answer mark(ObjectNode asked) {
        List<String> wanted = Arrays.asList(Json.text(asked, "declarationId").split(";", -1));
        long known = declarations.values().stream()
                .filter(declaration -> wanted.contains(Json.text(declaration, "ID")))
                .count();
        return known == wanted.size() ? Answer.json(success()) : failure("Không có hồ sơ");
    }

    private Answer states() {
        ArrayNode list = Json.array();
        declarations.values().forEach(declaration -> list.addObject()
                .put("DECLARATION_ID", Json.text(declaration, "ID"))
                .put("APPOINTMENT_NO", "")
                .put("RECEIVE_NO", Json.text(declaration, "RECEIVE_NO"))
                .put("DEC_STATUS_ID", declaration.path("DEC_STATUS_ID").asInt()));
        return Answer.json(success().<ObjectNode>set("LISTCONTENT", list));
    }

    private static ObjectNode success() {
        return Json.object().put("STATUS", 1).put("DESCRIPTION", "Thành công");
    }

    private static Answer failure(String description) {
        return Answer.json(Json.object().put("STATUS", 0).put("DESCRIPTION", description));
    }
}
