package vn.lgsp.hub;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.text.Normalizer;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** Social insurance in the LGSP envelope: {@code {code, status, correlationId, response}}, the answer deep inside. */
final class SocialInsurance implements Api {
    private static final String BY_NUMBER = "getTraCuuTtHgdByMaSoBhxh";
    private static final String NUMBER_OF = "getMaSoBhxhTheoTieuChi";
    private static final String HOUSEHOLD = "getTraCuuThongTinHgd";

    /** The names of the national gateway, and those of a province. */
    private static final Map<String, String> OPERATIONS = Map.of(
            BY_NUMBER,
            BY_NUMBER,
            NUMBER_OF,
            NUMBER_OF,
            HOUSEHOLD,
            HOUSEHOLD,
            "BaoHiemXaHoi/TraCuuThongTinHoGiaDinh",
            BY_NUMBER,
            "BaoHiemXaHoi/TraCuuMaSoBhxhTheoTieuChi",
            NUMBER_OF);

    private static final List<Insured> INSURED = List.of(
            new Insured("0199000001", "Người Dùng Thử Nghiệm", "20000101", "0", "1", "0099-01", "00991"),
            new Insured("0199000002", "Lê Ánh Dương", "1954", "1", "2", "0099-02", "00992"));

    /** Nobody real. */
    private record Insured(
            String number, String name, String born, String bornForm, String gender, String book, String ward) {}

    @Override
    public Optional<Answer> answer(Call call, String operation) {
        Optional<String> known = Optional.ofNullable(OPERATIONS.get(operation));
        if (known.isEmpty()) {
            return Optional.empty();
        }
        call.operation(known.get());
        if (!call.isPost()) {
            return Optional.of(Answer.notAllowed("POST"));
        }
        Optional<ObjectNode> asked = Json.object(call.body());
        if (!call.check("JSON", asked.isPresent(), "an object")) {
            return Optional.of(envelope("400", "0", Json.object().put("message", "Dữ liệu không phải JSON")));
        }
        if (call.fails()) {
            String code = call.failure("1");
            return Optional.of(
                    code.equals("outer")
                            ? envelope("500", "0", Json.object().put("message", "Hệ thống BHXH đang bận"))
                            : inner(known.get(), Json.object(), code));
        }
        return Optional.of(
                switch (known.get()) {
                    case BY_NUMBER -> byNumber(call, asked.get());
                    case NUMBER_OF -> numberOf(call, asked.get());
                    default -> household(call, asked.get());
                });
    }

    private static Answer byNumber(Call call, ObjectNode asked) {
        String number = Json.text(asked, "maSoBhxh");
        if (!call.check("fields", number.matches("[0-9]{10}"), "maSoBhxh, ten digits")) {
            return inner(BY_NUMBER, Json.object(), "2");
        }
        ObjectNode found = INSURED.stream()
                .filter(insured -> insured.number().equals(number))
                .findFirst()
                .map(insured -> Json.object()
                        .put("hoTen", insured.name())
                        .put("soSoCu", insured.book())
                        .put("ngaySinh", insured.born())
                        .put("loaiNgaySinh", insured.bornForm())
                        .put("gioiTinh", insured.gender())
                        .put("maTinhKs", "99")
                        .put("maHuyenKs", "009")
                        .put("maXaKs", insured.ward())
                        .put("trangThai", "1"))
                .orElseGet(() -> Json.object().put("trangThai", "0"));
        return inner(BY_NUMBER, found, "0");
    }

    private static Answer numberOf(Call call, ObjectNode asked) {
        List<String> missing = Json.missing(asked, "hoTen", "ngaySinh", "loaiNgaySinh", "gioiTinh");
        if (!call.check("fields", missing.isEmpty() && isBorn(asked), "missing: " + missing)) {
            return inner(NUMBER_OF, Json.object(), "2");
        }
        return inner(
                NUMBER_OF,
                find(asked)
                        .map(insured ->
                                Json.object().put("maSoBhxh", insured.number()).put("trangThai", "1"))
                        .orElseGet(() -> Json.object().put("trangThai", "0")),
                "0");
    }

    private static Answer household(Call call, ObjectNode asked) {
        List<String> missing = Json.missing(asked, "maTinh", "hoTen", "ngaySinh", "loaiNgaySinh", "gioiTinh");
        if (!call.check("fields", missing.isEmpty() && isBorn(asked), "missing: " + missing)) {
            return inner(HOUSEHOLD, Json.object(), "2");
        }
        return inner(
                HOUSEHOLD,
                find(asked)
                        .map(insured -> Json.object()
                                .put("maSo", insured.number())
                                .put("hoTen", insured.name())
                                .put("maHo", "0990000001")
                                .put("diaChi", "Thôn Mẫu")
                                .put("trangThai", "1"))
                        .orElseGet(() -> Json.object().put("trangThai", "0")),
                "0");
    }

    private static boolean isBorn(ObjectNode asked) {
        String form =
                switch (Json.text(asked, "loaiNgaySinh")) {
                    case "0" -> "[0-9]{8}";
                    case "1" -> "[0-9]{4}";
                    case "2" -> "[0-9]{6}";
                    default -> "none";
                };
        return Json.text(asked, "ngaySinh").matches(form)
                && Json.text(asked, "gioiTinh").matches("[123]");
    }

    private static Optional<Insured> find(ObjectNode asked) {
        return INSURED.stream()
                .filter(insured -> plain(insured.name()).equals(plain(Json.text(asked, "hoTen")))
                        && insured.born().equals(Json.text(asked, "ngaySinh"))
                        && insured.gender().equals(Json.text(asked, "gioiTinh")))
                .findFirst();
    }

    private static Answer inner(String operation, ObjectNode data, String errorCode) {
        ObjectNode response = Json.object();
        response.putObject("TST_" + operation.substring(0, 1).toUpperCase(Locale.ROOT) + operation.substring(1)
                        + "Response")
                .putObject("successful")
                .put("errorCode", errorCode)
                .set("dataThongTinHgd", data);
        return envelope("200", "1", response);
    }

    static Answer envelope(String code, String status, ObjectNode response) {
        return Answer.json(Json.object()
                .put("code", code)
                .put("status", status)
                .put("correlationId", UUID.randomUUID().toString())
                .set("response", response));
    }

    private static String plain(String name) {
        return Normalizer.normalize(name, Normalizer.Form.NFC).toUpperCase(Locale.ROOT);
    }
}
