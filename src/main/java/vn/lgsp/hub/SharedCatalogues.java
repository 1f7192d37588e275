package vn.lgsp.hub;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The shared catalogues: columns, rows, upload and the list of all. */
final class SharedCatalogues implements Api {
    private static final int MOST_ROWS = 10_000;

    private final Map<String, Catalogue> catalogues = new LinkedHashMap<>();

    /**
     * @param columns of which the first is the key; one whose name begins with {@code Ngay} is a day
     * @param rows by key
     */
    private record Catalogue(String name, List<String> columns, Map<String, ObjectNode> rows) {}

    SharedCatalogues() {
        add("madantoc", "Danh mục dân tộc", List.of("MaDanToc", "TenDanToc"), "01", "Kinh", "02", "Tày", "05", "Khmer");
        add("magioitinh", "Danh mục giới tính", List.of("MaGioiTinh", "TenGioiTinh"), "1", "Nam", "2", "Nữ");
        add("matongiao", "Danh mục tôn giáo", List.of("MaTonGiao", "TenTonGiao"), "00", "Không", "01", "Phật giáo");
        add("maquocgia", "Danh mục quốc gia", List.of("MaQuocGia", "TenQuocGia"), "VN", "Việt Nam");
        add(
                "donvihanhchinhcap1",
                "Đơn vị hành chính cấp 1",
                List.of("MaDonViCap1", "TenDonVi"),
                "98",
                "Tỉnh Thử",
                "99",
                "Tỉnh Mẫu");
        add(
                "donvihanhchinhcap3",
                "Đơn vị hành chính cấp 3",
                List.of("MaDonViCap3", "TenDonVi"),
                "00991",
                "Phường Thử Nghiệm",
                "00992",
                "Xã Mẫu");
        List<String> organisation = List.of(
                "MaDinhDanhCap1",
                "TenDonVi",
                "DiaChi",
                "Email",
                "SoDienThoai",
                "Fax",
                "Website",
                "QdBanHanhQdSuaDoi",
                "NgayBanHanhQd",
                "CoQuanBanHanhQd");
        add(
                "qlvanbandieuhanhcap1",
                "Mã định danh cơ quan, tổ chức cấp 1",
                organisation,
                "H98",
                "UBND tỉnh Thử",
                "Số 98 Phố Thử",
                "",
                "",
                "",
                "",
                "0/QĐ-MAU",
                "05/01/2026",
                "Văn phòng Mẫu",
                "H99",
                "UBND thành phố Mẫu",
                "Số 01 Phố Mẫu",
                "",
                "",
                "",
                "",
                "0/QĐ-MAU",
                "05/01/2026",
                "Văn phòng Mẫu");
    }

    private void add(String code, String name, List<String> columns, String... values) {
        Map<String, ObjectNode> rows = new LinkedHashMap<>();
        for (int i = 0; i < values.length; i += columns.size()) {
            ObjectNode row = Json.object();
            for (int j = 0; j < columns.size(); j++) {
                row.put(columns.get(j), values[i + j]);
            }
            rows.put(values[i], row);
        }
        catalogues.put(code, new Catalogue(name, columns, rows));
    }

    @Override
    public Optional<Answer> answer(Call call, String operation) {
        if (operation.equals("AllCategory")) {
            call.operation("AllCategory");
            ArrayNode all = Json.array();
            catalogues.forEach(
                    (code, catalogue) -> all.addObject().put("Code", code).put("Name", catalogue.name()));
            return Optional.of(call.isGet() ? Answer.json(all) : Answer.notAllowed("GET"));
        }
        boolean metadata = operation.startsWith("Metadata/");
        if (!metadata && !operation.startsWith("Category/")) {
            return Optional.empty();
        }
        call.operation(metadata ? "Metadata" : call.isPost() ? "Category upload" : "Category");
        if (call.fails()) {
            return Optional.of(message(call.failure("Hệ thống danh mục đang bận")));
        }
        Catalogue catalogue = catalogues.get(operation.substring(operation.indexOf('/') + 1));
        if (!call.check("catalogue", catalogue != null, "is known") || catalogue == null) {
            return Optional.of(call.isPost() ? message("Không có danh mục này") : Answer.json(Json.array()));
        }
        if (metadata) {
            return Optional.of(call.isGet() ? columns(catalogue) : Answer.notAllowed("GET"));
        }
        if (call.isPost()) {
            return Optional.of(upload(call, catalogue));
        }
        ArrayNode rows = Json.array();
        catalogue.rows().values().forEach(row -> {
            rows.add(row);
            if (call.has(Fault.DUPLICATE)) {
                rows.add(row);
            }
        });
        return Optional.of(call.isGet() ? Answer.json(rows) : Answer.notAllowed("GET, POST"));
    }

    private static Answer columns(Catalogue catalogue) {
        ArrayNode columns = Json.array();
        for (String column : catalogue.columns()) {
            columns.addObject()
                    .put("PropertyCode", column)
                    .put("PropertyName", column)
                    .put("PropertyType", column.startsWith("Ngay") ? "DateTime" : "String");
        }
        return Answer.json(columns);
    }

    private static Answer upload(Call call, Catalogue catalogue) {
        Optional<JsonNode> rows = Json.read(call.body()).filter(JsonNode::isArray);
        if (!call.check("JSON", rows.isPresent(), "an array")) {
            return message("Dữ liệu không phải mảng JSON");
        }
        List<ObjectNode> taken = new ArrayList<>();
        int number = 0;
        for (JsonNode row : rows.get()) {
            number++;
            String key = Json.text(row, catalogue.columns().get(0));
            List<String> unknown = new ArrayList<>();
            row.fieldNames().forEachRemaining(name -> {
                if (!catalogue.columns().contains(name)) {
                    unknown.add(name);
                }
            });
            if (!row.isObject() || key.isBlank() || !unknown.isEmpty()) {
                call.check("rows", false, "record " + number);
                return message("Bản ghi " + number + " không hợp lệ");
            }
            taken.add((ObjectNode) row);
        }
        if (catalogue.rows().size() + taken.size() > MOST_ROWS) {
            return message("Danh mục đã đầy");
        }
        taken.forEach(
                row -> catalogue.rows().put(Json.text(row, catalogue.columns().get(0)), row));
        return Answer.json(Json.object().put("MSG", "Done").put("Count", taken.size()));
    }

    private static Answer message(String reason) {
        return Answer.json(Json.object().put("MSG", reason));
    }
}
