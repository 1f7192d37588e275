package vn.lgsp.hub;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.w3c.dom.Element;

/**
 * Civil status: JSON that carries XML text, or JSON text in the newer module. A dossier goes one step forward each time its state is
 * asked for, from received over eligible to completed.
 */
final class CivilStatus implements Api {
    private static final int MOST = 1_000;
    private static final String AGENCY = "9900001";
    private static final List<String> MODULES = List.of("LTKS", "LTKT", "LTKH", "BS");
    private static final List<Integer> STATES = List.of(1, 3, 4);
    private static final Map<String, List<String>> CATALOGUES = Map.of(
            "1", List.of("VN", "Việt Nam"),
            "2", List.of("VN", "Việt Nam"),
            "3", List.of("01", "Kinh", "02", "Tày"),
            "4", List.of("99", "Tỉnh Mẫu", "009", "Quận Đông"),
            "5", List.of("01", "Thẻ căn cước", "02", "Hộ chiếu"));

    private final Map<String, Dossier> dossiers = new LinkedHashMap<>();

    private static final class Dossier {
        private final String agency;
        private final String module;
        private final String received;
        private final String name;
        private int step;

        Dossier(String agency, String module, String received, String name) {
            this.agency = agency;
            this.module = module;
            this.received = received;
            this.name = name;
        }
    }

    @Override
    public Optional<Answer> answer(Call call, String operation) {
        boolean newer = operation.equals("nhanHoSoDKHT");
        if (!newer
                && !List.of(
                                "dangKyHoTich",
                                "danhMuc",
                                "traTrangThaiHoSo",
                                "ketQuaDangKyHS",
                                "dsHoSoDangKy",
                                "traHoSo",
                                "traDanhSachHoSo")
                        .contains(operation)) {
            return Optional.empty();
        }
        call.operation(operation);
        if (!call.isPost()) {
            return Optional.of(Answer.notAllowed("POST"));
        }
        Optional<ObjectNode> asked = Json.object(call.body());
        if (call.fails()) {
            return Optional.of(
                    newer
                            ? newerFailure("Hệ thống hộ tịch đang bận")
                            : failure(call.failure("500"), "Hệ thống hộ tịch đang bận"));
        }
        if (!call.check("JSON", asked.isPresent(), "an object")) {
            return Optional.of(newer ? newerFailure("Không phải JSON") : failure("302", "Không phải JSON"));
        }
        return Optional.of(
                switch (operation) {
                    case "dangKyHoTich", "nhanHoSoDKHT" -> register(call, asked.get(), newer);
                    case "danhMuc" -> catalogue(asked.get());
                    case "traTrangThaiHoSo" -> state(asked.get());
                    case "ketQuaDangKyHS" -> result(asked.get());
                    case "traHoSo" -> record(asked.get());
                    case "dsHoSoDangKy" -> list(asked.get());
                    default -> records(asked.get());
                });
    }

    private Answer register(Call call, ObjectNode asked, boolean newer) {
        if (!call.check("maDonVi", Json.text(asked, "maDonVi").equals(AGENCY), "is known")) {
            return newer ? newerFailure("maDonVi") : failure("106", "Mã đơn vị không đúng");
        }
        String module = Json.text(asked, "module");
        List<String> missing = Json.missing(asked, "maHoSo", "ngayTiepNhan");
        if (!call.check("module", MODULES.contains(module), "LTKS, LTKT, LTKH or BS")
                || !call.check("fields", missing.isEmpty(), "missing: " + missing)) {
            return newer ? newerFailure("module") : failure("302", "Kiểu dữ liệu không hợp lệ");
        }
        Optional<String> name = module.equals("BS")
                ? Json.object(Json.text(asked, "data").getBytes(StandardCharsets.UTF_8))
                        .map(data -> Json.text(data, "maHoSoLT"))
                : subject(Json.text(asked, "data"));
        if (!call.check("data", name.isPresent(), module.equals("BS") ? "JSON text" : "XML text")) {
            return newer ? newerFailure("data") : failure("500", "Dữ liệu không đúng");
        }
        String number = Json.text(asked, "maHoSo");
        boolean fresh = !dossiers.containsKey(number);
        call.check("new dossier", fresh, fresh ? "not seen before" : "seen before");
        if (fresh) {
            dossiers.put(number, new Dossier(AGENCY, module, Json.text(asked, "ngayTiepNhan"), name.get()));
            if (dossiers.size() > MOST) {
                dossiers.remove(dossiers.keySet().iterator().next());
            }
        }
        return Answer.json(Json.object().put("status", 1).put("errorCode", 0).put("description", "Đã tiếp nhận"));
    }

    /** The name of the person it is about; empty when the text is not as it has to be. */
    private static Optional<String> subject(String data) {
        return Xml.read(data.getBytes(StandardCharsets.UTF_8))
                .filter(root -> "hotich".equals(root.getLocalName()))
                .flatMap(root -> Xml.children(root).stream()
                        .filter(element -> "hoso".equals(element.getLocalName()))
                        .findFirst())
                .map(dossier -> Xml.children(dossier).stream()
                        .filter(element ->
                                String.valueOf(element.getLocalName()).endsWith("HoTen"))
                        .findFirst()
                        .map(Element::getTextContent)
                        .orElse(""));
    }

    private static Answer catalogue(ObjectNode asked) {
        List<String> pairs = CATALOGUES.getOrDefault(Json.text(asked, "loaiDanhMuc"), List.of());
        if (pairs.isEmpty()) {
            return failure("302", "Không có danh mục này");
        }
        ArrayNode list = Json.array();
        for (int i = 0; i < pairs.size(); i += 2) {
            list.addObject().put("ma", pairs.get(i)).put("ten", pairs.get(i + 1));
        }
        return Answer.json(Json.object().put("status", 1).<ObjectNode>set("danhMuc", list));
    }

    private Answer state(ObjectNode asked) {
        Dossier dossier = dossiers.get(Json.text(asked, "maHoSo"));
        if (dossier == null) {
            return Answer.json(
                    Json.object().put("status", 0).put("errorCode", 201).put("description", "Không có hồ sơ"));
        }
        int state = STATES.get(dossier.step);
        dossier.step = Math.min(dossier.step + 1, STATES.size() - 1);
        return Answer.json(Json.object().put("status", state));
    }

    private Answer result(ObjectNode asked) {
        Dossier dossier = dossiers.get(Json.text(asked, "maHoSo"));
        if (dossier == null) {
            return failure("201", "Không có hồ sơ");
        }
        if (dossier.step < STATES.size() - 1) {
            return failure("200", "Hồ sơ chưa hoàn thành");
        }
        return Answer.json(Json.object()
                .put("status", 1)
                .put("errorCode", 0)
                .<ObjectNode>set(
                        "ketQua",
                        shown(Json.text(asked, "maHoSo"), dossier)
                                .put("so", "0001")
                                .put("quyenSo", "01/2026")
                                .put("ngayDangKy", "15/01/2026")));
    }

    private Answer record(ObjectNode asked) {
        String number = Json.text(asked, "maHoSo");
        return Optional.ofNullable(dossiers.get(number))
                .map(dossier -> Answer.json(Json.object()
                        .put("status", 1)
                        .put("errorCode", 0)
                        .<ObjectNode>set("hoSo", shown(number, dossier))))
                .orElseGet(() -> failure("201", "Không có hồ sơ"));
    }

    private Answer list(ObjectNode asked) {
        ArrayNode list = Json.array();
        dossiers.forEach((number, dossier) -> {
            if (dossier.module.equals(Json.text(asked, "module"))) {
                list.addObject().put("id", number).put("maDonVi", dossier.agency);
            }
        });
        return Answer.json(list);
    }

    private Answer records(ObjectNode asked) {
        ArrayNode list = Json.array();
        for (JsonNode number : asked.path("dsMaHoSo")) {
            Optional.ofNullable(dossiers.get(number.asText()))
                    .ifPresent(dossier -> list.add(shown(number.asText(), dossier)));
        }
        return Answer.json(list);
    }

    private static ObjectNode shown(String number, Dossier dossier) {
        return Json.object()
                .put("maHoSo", number)
                .put("module", dossier.module)
                .put("maDonVi", dossier.agency)
                .put("ngayTiepNhan", dossier.received)
                .put("hoTen", dossier.name);
    }

    private static Answer failure(String code, String description) {
        return Answer.json(Json.object()
                .put("status", 0)
                .put("errorCode", code.matches("[0-9]{1,9}") ? Integer.parseInt(code) : 500)
                .put("description", description));
    }

    private static Answer newerFailure(String what) {
        ObjectNode failure = Json.object().put("title", "Dữ liệu không hợp lệ").put("status", 500);
        failure.putObject("errors").put("data", what);
        return Answer.json(failure);
    }
}
