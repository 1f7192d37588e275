package vn.lgsp.hub;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What the LGSP of another province offers beside what the national gateway has, each in the envelope of its family. */
final class ProvinceApis {
    private static final Map<String, List<String>> CATALOGUES = Map.of(
            "sex", List.of("1", "Nam", "2", "Nữ"),
            "nation", List.of("01", "Kinh", "02", "Tày"),
            "relationship", List.of("01", "Cha", "02", "Mẹ"),
            "residence", List.of("1", "Thường trú", "2", "Tạm trú"));

    private ProvinceApis() {}

    /** Dossiers: {@code {Status, Message}}. */
    static final class Dossiers implements Api {
        @Override
        public Optional<Answer> answer(Call call, String operation) {
            if (!List.of("SyncDocument", "UpdateDocumentTraces").contains(operation)) {
                return Optional.empty();
            }
            call.operation(operation);
            if (!call.isPost()) {
                return Optional.of(Answer.notAllowed("POST"));
            }
            Optional<ObjectNode> asked = Json.object(call.body());
            List<String> missing =
                    asked.map(body -> Json.missing(body, "DocCode")).orElse(List.of("JSON"));
            boolean right = call.check("fields", missing.isEmpty(), "missing: " + missing) && !call.fails();
            return Optional.of(Answer.json(
                    Json.object().put("Status", right).put("Message", right ? "Thành công" : "Không thành công")));
        }
    }

    /** Civil status catalogues: {@code {error_code0, message, data}} in the LGSP envelope. */
    static final class CivilCatalogues implements Api {
        @Override
        public Optional<Answer> answer(Call call, String operation) {
            boolean units = operation.equals("lienthonghotich/danhsachdonvihanhchinh");
            if (!units && !operation.equals("lienthonghotich/danhmuc")) {
                return Optional.empty();
            }
            call.operation(operation);
            if (!call.isPost()) {
                return Optional.of(Answer.notAllowed("POST"));
            }
            if (call.fails()) {
                return Optional.of(SocialInsurance.envelope(
                        "200",
                        "1",
                        Json.object().put("error_code0", call.failure("1")).put("message", "Lỗi danh mục")));
            }
            ObjectNode asked = Json.object(call.body()).orElseGet(Json::object);
            ArrayNode data = Json.array();
            if (units) {
                data.addObject().put("MaDonVi", "00991").put("TenDonvi", "Phường Thử Nghiệm");
            } else {
                List<String> pairs = CATALOGUES.getOrDefault(Json.text(asked, "MaDanhMuc"), List.of());
                for (int i = 0; i < pairs.size(); i += 2) {
                    data.addObject().put("Code", pairs.get(i)).put("Name", pairs.get(i + 1));
                }
            }
            return Optional.of(SocialInsurance.envelope(
                    "200",
                    "1",
                    Json.object().put("error_code0", "0").put("message", "").set("data", data)));
        }
    }

    /** An API named by its action: {@code {response_code, response_data}}. */
    static final class Procedures implements Api {
        static final String NAME = "APITraCuuDanhMucThuTucHanhChinhTheoMaLinhVuc";

        @Override
        public Optional<Answer> answer(Call call, String operation) {
            call.operation(NAME);
            if (call.fails()) {
                return Optional.of(
                        Answer.json(Json.object().put("response_code", "-1").put("response_data", "Không thành công")));
            }
            ArrayNode data = Json.array();
            data.addObject().put("MaTTHC", "0.000000").put("TenTTHC", "Thủ tục thử nghiệm");
            return Optional.of(
                    Answer.json(Json.object().put("response_code", "00").<ObjectNode>set("response_data", data)));
        }
    }

    /** A service by the rule of Hanoi: {@code 00} or {@code 01}, the finer cause in a field of its own. */
    static final class Shared implements Api {
        @Override
        public Optional<Answer> answer(Call call, String operation) {
            if (!operation.equals("danhMucThuTuc")) {
                return Optional.empty();
            }
            call.operation(operation);
            if (call.fails()) {
                return Optional.of(Answer.json(
                        Json.object().put("code", "01").put("cause", call.failure("DATABASE_UNREACHABLE"))));
            }
            ArrayNode data = Json.array();
            data.addObject().put("MaTTHC", "0.000000").put("TenTTHC", "Thủ tục thử nghiệm");
            return Optional.of(Answer.json(Json.object().put("code", "00").<ObjectNode>set("data", data)));
        }
    }
}
