package vn.lgsp.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import vn.lgsp.city.SampleCity;
import vn.lgsp.city.SampleKeys;
import vn.lgsp.hub.Fault;
import vn.lgsp.hub.Faults;
import vn.lgsp.hub.Hub;
import vn.lgsp.hub.Received;
import vn.lgsp.record.ExchangeRecord;

/**
 * The connectors of the national platforms and the hub in a box, written apart from each other, with the credentials of the sample
 * city: each connector with each fault, and what caller and record hear of it.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
final class NationalConnectorsTest {
    private static final String PERSON = "/api/population-resident-lookup/v1/residents";
    private static final String COMPANY = "/api/business-company-lookup/v1/companies/0000000001";
    private static final String INSURED = "/api/insurance-household-lookup/v1/persons";
    private static final String DIRECT = "/api/person-direct/v1/person";
    private static final String PROVINCE = "/api/person-by-province/v1/person";
    private static final String NEXT = "/api/person-next/v1/person";

    private static final String CATALOGUE = "/api/shared-catalogue-lookup/v1/catalogues/madantoc";
    private static final String CIVIL = "/api/civil-register/v1/dossiers/";
    private static final String ORDER = "/api/postal-order/v1/orders/";
    private static final String EVENTS = "/api/postal-events/v1/events/000000000000000000000000";
    private static final String PROCEDURE = "/api/portal-procedure/v1/procedures/0.000000";
    private static final String DOSSIER = "/api/portal-dossier/v1/dossiers/";

    /** Which simulator plays what a call reaches. */
    private static final Map<String, String> PLAYS = Map.ofEntries(
            Map.entry(PERSON, "ndxp"),
            Map.entry(COMPANY, "ndxp"),
            Map.entry(INSURED, "ndxp"),
            Map.entry(DIRECT, "population"),
            Map.entry(PROVINCE, "lgsp-other"),
            Map.entry(NEXT, "ndxp-2"),
            Map.entry(CATALOGUE, "ndxp"),
            Map.entry(CIVIL, "ndxp"),
            Map.entry(ORDER, "vnpost"),
            Map.entry(EVENTS, "vnpost"),
            Map.entry(PROCEDURE, "portal"),
            Map.entry(DOSSIER, "portal"));

    /** Each dossier and each order is another one. */
    private static final AtomicInteger NUMBERS = new AtomicInteger();

    private static final String PAYLOAD = """
            <dan:TraCuuThongTinCongDan xmlns:dan="http://dancuquocgia.bca"><dan:MaYeuCau>LGSP-1</dan:MaYeuCau>\
            <dan:MaDVC>0.000000</dan:MaDVC><dan:MaTichHop>037</dan:MaTichHop><dan:MaCanBo>CB0001</dan:MaCanBo>\
            <dan:MaDonVi>H99.01</dan:MaDonVi><dan:TaiKhoan>canbo.mau</dan:TaiKhoan><dan:SoDienThoai>0</dan:SoDienThoai>\
            <dan:SoDinhDanh>001000000000</dan:SoDinhDanh><dan:HoVaTen>NGƯỜI DÙNG THỬ NGHIỆM</dan:HoVaTen>\
            <dan:NgayThangNamSinh><dan:NgayThangNam>20000101</dan:NgayThangNam></dan:NgayThangNamSinh></dan:TraCuuThongTinCongDan>""";

    @TempDir
    static Path folder;

    private static Hub hub;

    /** The axis' id of a document that waits there; to be told that it is being processed it stays. */
    private static String waiting = "";

    private static TestBus bus;

    @BeforeAll
    static void start() throws Exception {
        hub = Hub.start(0, Clock.systemUTC());
        waiting = hub.deliver(
                        EdocPackets.document(DeskCity.FAR, 8, DeskCity.ONE).getBytes(StandardCharsets.UTF_8))
                .get(0);
        TestBus.Builder made = TestBus.in(folder)
                .setting("lgsp.city.hub-port", String.valueOf(hub.port()))
                .registry(text -> SampleCity.registry()
                        .replace("answerTimeout: 10s", "answerTimeout: 1500ms\n      breaker: { of: 0 }")
                        .replaceFirst("\ngrants:\n", "\ngrants:\n" + grants())
                        .replace("\naccounts:\n", axes() + "\naccounts:\n"))
                .service("population", "population-resident-lookup")
                .service("business", "business-company-lookup")
                .service("insurance", "insurance-household-lookup")
                .service("shared", "shared-catalogue-lookup")
                .service("postal", "postal-event-gather")
                .service("archive", "archive-document-relay");
        for (String family : List.of(
                "business-registration",
                "lgsp",
                "social-insurance",
                "catalogue-upload",
                "hcm",
                "catalogue",
                "civil-status",
                "civil-status-state",
                "civil-status-list",
                "civil-status-catalogue",
                "opencps",
                "portal",
                "six-step-dossiers",
                "judicial-record",
                "judicial-record-list",
                "postal-events")) {
            String file = "transforms/_replies/" + family + ".reply.yaml";
            made.write(file, Files.readString(Path.of(file)));
        }
        ask(made, "person-direct", "population-national", "{}");
        ask(made, "person-by-province", "other-lgsp", "{ system: other-lgsp, path: /dancu/1.0/tracuu }");
        ask(made, "person-next", "ndxp-2", "{ system: ndxp-2, path: /dancu/1.0/tracuu }");
        civilStatus(made);
        postal(made);
        portal(made);
        sixSteps(made);
        remaining(made);
        AXES.forEach((path, plays) -> documents(made, path.split("/")[2], "test-" + plays));
        documents(made, "documents-list-login", "test-axis-login");
        documents(made, "documents-send-login", "test-axis-login");
        reading(made, "procedures", "other-lgsp", "/procedures", """
                - to:
                    uri: kamelet:ndxp-gateway
                    parameters: { system: other-lgsp, api: apiDungChung, operation: danhMucThuTuc, family: hanoi }
                """);
        String registry = "instance: VN-test, member: 000.00.00.G22, subsystem: registry";
        reading(made, "x-road-soap", "security-server", "/person", """
                - setBody: { constant: '<r:findPerson xmlns:r="http://registry.example.vn/v1"><r:personId>001000000000</r:personId></r:findPerson>' }
                - to:
                    uri: kamelet:x-road
                    parameters: { %s, service: findPerson, version: v1, expectsNamespace: "http://registry.example.vn/v1" }
                - setHeader: { name: Content-Type, constant: application/xml }
                """.formatted(registry));
        reading(made, "x-road-rest", "security-server", "/person", """
                - to: { uri: "kamelet:x-road-rest", parameters: { %s, service: persons, path: /001000000000 } }
                - to: lgsp-validate:test/x-road-rest/answer.schema.json
                """.formatted(registry));
        for (String level : List.of("", "-services")) {
            reading(made, "status" + level, "status-provider", "/status", """
                    - to: { uri: "kamelet:connection-status%s", parameters: { system: status-provider } }
                    """.formatted(level));
            String file = "connectors/connection-status" + level + ".kamelet.yaml";
            made.write(file, Files.readString(Path.of(file)));
        }
        made.write("transforms/test/x-road-rest/answer.schema.json", "{\"required\":[\"personId\"]}");
        for (String file : List.of(
                "connectors/x-road.kamelet.yaml",
                "connectors/x-road-rest.kamelet.yaml",
                "connectors/document-axis-send.kamelet.yaml",
                "connectors/document-axis-list.kamelet.yaml",
                "connectors/document-axis-fetch.kamelet.yaml",
                "connectors/document-axis-update-status.kamelet.yaml",
                "connectors/ndxp-gateway.kamelet.yaml",
                "transforms/_replies/hanoi.reply.yaml")) {
            made.write(file, Files.readString(Path.of(file)));
        }
        bus = made.start();
        assertThat(bus.bus().refusedServices()).isEmpty();
    }

    private static void civilStatus(TestBus.Builder made) {
        made.write("transforms/test/civil-register/dossier.values.yaml", """
                partner: civil-status
                direction: out
                dates:
                  - { at: /ngayTiepNhan, notation: dd/MM/yyyy }
                """);
        service(made, "civil-register", "civil-status", "/dossiers/{number}", """
                - transform:
                    jq:
                      expression: >-
                        { maDonVi: 9900001, module: "LTKS", maHoSo: $number, ngayTiepNhan: "2026-01-15", data: ("<hotich><hoso><nksHoTen>"
                        + ("TRẺ <THỬ> & \\"NGHIỆM\\"" | @html) + "</nksHoTen><nksGioiTinh>1</nksGioiTinh></hoso></hotich>") }
                - to: lgsp-values:test/civil-register/dossier.values.yaml
                - to: { uri: "kamelet:civil-status", parameters: { operation: dangKyHoTich } }
                """);
        service(made, "civil-state", "civil-status", "/dossiers/{number}", """
                - transform: { jq: { expression: "{ maDonVi: 9900001, maHoSo: $number }" } }
                - to: { uri: "kamelet:civil-status", parameters: { operation: traTrangThaiHoSo, family: civil-status-state } }
                """);
        service(made, "civil-list", "civil-status", "/modules/{number}", """
                - transform: { jq: { expression: "{ module: $number, ngayCapNhat: \\"15/01/2026\\" }" } }
                - to: { uri: "kamelet:civil-status", parameters: { operation: dsHoSoDangKy, family: civil-status-list } }
                """);
        service(made, "civil-newer", "ndxp", "/dossiers/{number}", """
                - transform:
                    jq:
                      expression: >-
                        { maDonVi: 9900001, module: "BS", maHoSo: $number, ngayTiepNhan: "15/01/2026",
                        data: ({ maHoSoMCDT: $number, maHoSoLT: $number, module: "BS", ngayTiepNhan: "15/01/2026", maDonVi: 9900001 } | tojson) }
                - to:
                    uri: kamelet:ndxp-gateway
                    parameters: { api: apiLienThongKSKT, operation: nhanHoSoDKHT, family: civil-status }
                """);
        service(made, "civil-province", "other-lgsp", "/catalogues/{number}", """
                - transform: { jq: { expression: "{ MaDanhMuc: $number }" } }
                - to: { uri: "lgsp-http:other-lgsp/ecs/lienthonghotich/danhmuc", parameters: { method: POST } }
                - to: lgsp-reply:lgsp
                - to: lgsp-reply:civil-status-catalogue?success=0
                """);
    }

    private static void postal(TestBus.Builder made) {
        service(made, "postal-order", "vnpost", "/orders/{number}", """
                - transform:
                    jq:
                      expression: >-
                        { CustomerCode: "H99TEST", OrderNumber: $number, CODAmount: 0, SenderName: "Bộ phận Một cửa", SenderAddress: "Số 1 Phố Mẫu",
                        ReceiverName: "Người Dùng Thử Nghiệm", ReceiverAddress: "Số 2 Phố Mẫu", ReceiverTel: "0990000000" }
                - to: { uri: "kamelet:postal", parameters: { operation: order/post, success: "0" } }
                """);
        service(made, "postal-events", "vnpost", "/events/{number}", """
                - setVariable: { name: lastId, jq: { expression: $number, resultType: java.lang.String } }
                - setVariable: { name: pagesize, constant: "10" }
                - to:
                    uri: kamelet:postal
                    parameters: { operation: tracking, method: GET, query: "pagesize,lastId", family: postal-events }
                """);
        service(made, "postal-cancel", "vnpost", "/orders/{number}", """
                - setVariable: { name: OrderNumber, jq: { expression: $number, resultType: java.lang.String } }
                - setVariable: { name: CustomerCode, constant: H99TEST }
                - to:
                    uri: kamelet:postal
                    parameters: { operation: order/cancel, query: "CustomerCode,OrderNumber", success: "0" }
                """);
        service(made, "catalogue-upload", "shared-catalogues", "/catalogues/{catalogue}", """
                - transform: { jq: { expression: "[{ MaTonGiao: \\"09\\", TenTonGiao: \\"Tôn giáo mẫu\\" }]" } }
                - to:
                    uri: kamelet:shared-catalogues
                    parameters: { operation: "Category/{catalogue}", method: POST, family: catalogue-upload }
                """);
    }

    private static void portal(TestBus.Builder made) {
        service(made, "portal-procedure", "portal", "/procedures/{number}", """
                - transform: { jq: { expression: "{ maTTHC: $number }" } }
                - to:
                    uri: kamelet:public-service-portal
                    parameters: { path: mapi/share, service: LayThuTuc, unit: 000.00.00.H99 }
                """);
        service(made, "portal-guess", "test-portal", "/procedures/{number}", """
                - transform: { jq: { expression: "{ maTTHC: $number }" } }
                - to:
                    uri: kamelet:public-service-portal
                    parameters: { system: test-portal, path: mapi/share, service: LayThuTuc, unit: 000.00.00.H99 }
                """);
        made.write("transforms/test/portal-dossier/dossier.values.yaml", """
                partner: portal
                direction: out
                codes:
                  - { at: /data/*/LoaiDoiTuong, table: applicant-kind }
                  - { at: /data/*/TrangThaiHoSo, table: dossier-state }
                dates:
                  - { at: /data/*/NgayTiepNhan, notation: yyyyMMddHHmmss }
                """);
        service(made, "portal-dossier", "portal", "/dossiers/{number}", """
                - transform:
                    jq:
                      expression: >-
                        { isUpdating: "False", data: [{ MaHoSo: $number, MaTTHC: "0.000000", ChuHoSo: "Người Dùng Thử Nghiệm",
                        LoaiDoiTuong: "citizen", NgayTiepNhan: "2026-01-15T08:30:00", TrangThaiHoSo: "received", TaiLieuNop: [] }] }
                - to: lgsp-values:test/portal-dossier/dossier.values.yaml
                - to:
                    uri: kamelet:public-service-portal
                    parameters: { path: mapi/integration, service: DongBoHoSoMC, unit: 000.00.00.H99 }
                """);
        service(made, "portal-dossier-lookup", "portal", "/dossiers/{number}", """
                - transform: { jq: { expression: "{ mahoso: $number }" } }
                - to:
                    uri: kamelet:public-service-portal
                    parameters: { path: mapi/share, service: TraCuuHoSo, unit: 000.00.00.H99 }
                """);
    }

    /** Two of the six steps; the others differ from the first in their paths. */
    private static void sixSteps(TestBus.Builder made) {
        reading(made, "six-step-number", "portal-dossier-number", "/number", """
                - transform: { jq: { expression: '{ MaDonVi: "H99.01" }' } }
                - to: { uri: "kamelet:six-step-dossiers", parameters: { system: portal-dossier-number, path: next-number } }
                """);
        reading(made, "six-step-files", "portal-dossier-file", "/files", """
                - transform:
                    jq: { expression: '{ files: { name: "đơn.pdf", type: "application/pdf", content: "ZG9u" } }' }
                - to:
                    uri: kamelet:six-step-dossiers
                    parameters: { system: portal-dossier-file, path: files, multipart: files }
                """);
    }

    /**
     * An operation of a partner that no other service here calls, by a connector and its parameters alone.
     *
     * @param call the connector with its parameters, as YAML
     * @param body what is sent, in jq; {@code $number} is what the test gives
     * @param expected stands in the answer
     */
    private record Remaining(String id, String simulator, String call, String body, String expected) {
        @Override
        public String toString() {
            return id;
        }

        String steps() {
            StringBuilder text = new StringBuilder("- jq: { expression: '$operation == \"" + id + "\"' }\n  steps:\n");
            text.append("    - transform:\n        jq:\n          expression: >-\n            ")
                    .append(body)
                    .append('\n');
            for (String step : call.split(" \\| ")) {
                text.append("    - to: ").append(step).append('\n');
            }
            return text.toString();
        }
    }

    private static final List<Remaining> REMAINING = remaining();

    private static List<Remaining> remaining() {
        List<Remaining> all = new ArrayList<>();
        // 7.4, in the order in which a dossier lives
        String dossier = "{ maDonVi: 9900001, maHoSo: $number }";
        all.add(civil("register-newer", "dangKyHoTich", "civil-status", """
                { maDonVi: 9900001, module: "BS", maHoSo: $number, ngayTiepNhan: "15/01/2026", data: ({ maHoSoMCDT: $number,
                maHoSoLT: "LT-1", module: "BS", ngayTiepNhan: "15/01/2026", maDonVi: 9900001 } | tojson) }""", "\"status\":1"));
        all.add(civil("catalogue", "danhMuc", "civil-status", "{ loaiDanhMuc: 3 }", "Tày"));
        all.add(civil("state", "traTrangThaiHoSo", "civil-status-state", dossier, "\"status\":1"));
        all.add(civil("state-eligible", "traTrangThaiHoSo", "civil-status-state", dossier, "\"status\":3"));
        all.add(civil("result", "ketQuaDangKyHS", "civil-status", dossier, "\"quyenSo\":\"01/2026\""));
        all.add(civil(
                "list",
                "dsHoSoDangKy",
                "civil-status-list",
                "{ module: \"BS\", ngayCapNhat: \"15/01/2026\" }",
                "BS-1\""));
        all.add(civil(
                "record", "traHoSo", "civil-status", "{ module: \"BS\", maHoSo: $number }", "\"hoTen\":\"LT-1\""));
        all.add(civil(
                "records",
                "traDanhSachHoSo",
                "civil-status-list",
                "{ maTinh: \"99\", module: \"BS\", dsMaHoSo: [$number] }",
                "[{\"maHoSo\":\"BS-1\""));
        String province =
                "{ uri: 'kamelet:ndxp-gateway', parameters: { system: other-lgsp, api: ecs, version: '', operation:"
                        + " lienthonghotich/%s, family: lgsp } } | lgsp-reply:civil-status-catalogue?success=0";
        all.add(new Remaining(
                "province-units",
                "lgsp-other",
                province.formatted("danhsachdonvihanhchinh"),
                "{ MaDonViCha: \"99\" }",
                "[{\"MaDonVi\":\"00991\",\"TenDonvi\":"));
        all.add(new Remaining(
                "province-catalogue",
                "lgsp-other",
                province.formatted("danhmuc"),
                "{ MaDanhMuc: \"residence\" }",
                "Tạm trú"));
        // 7.5
        all.add(judicial("judicial-take", "nhanHoSoDangKy", "judicial-record", """
                { idMinistryJustice: "1", idReceivedDec: "LL-1", dateReceivedDec: "15/01/2026", declarationWSForm: { fullName: "NGƯỜI THỬ",
                genderId: 1, birthDateStr: "01/01/2000", nationalityId: "VN", idTypeId: 3, identifyNo: "001099000001", phone: "0990000000",
                declareDate: "15/01/2026", declareTypeId: 3844, requestQty: 1, objectRequestId: 71, formType: 1 } }""", "\"ID\":\"990001\""));
        all.add(judicial(
                "judicial-state",
                "traTrangThaiHs",
                "judicial-record",
                "{ idReceivedDec: \"LL-1\", infoType: 1, identifyNo: \"001099000001\" }",
                "\"DEC_STATUS_ID\":3"));
        all.add(judicial("judicial-record", "traHoSo", "judicial-record", "{ infoType: 1 }", "NGƯỜI THỬ"));
        all.add(judicial("judicial-catalogue", "traDanhMuc", "judicial-record-list", "{ infoType: 2 }", "Kinh"));
        all.add(judicial(
                "judicial-mark",
                "danhDauHsThanhCong",
                "judicial-record",
                "{ declarationId: \"990001\", infoType: 1 }",
                "\"STATUS\":1"));
        all.add(judicial("judicial-states", "traDsTrangThaiHs", "judicial-record", "{}", "\"RECEIVE_NO\":\"LL-1\""));
        // 7.6
        all.add(catalogue("catalogues", "1.0/AllCategory", "madantoc"));
        all.add(catalogue("catalogue-columns", "Metadata/madantoc", "PropertyCode"));
        // 7.7
        all.add(new Remaining(
                "postal-document",
                "vnpost",
                "{ uri: 'kamelet:postal', parameters: { operation: order/document, success: '0' } }",
                """
                { CustomerCode: "H99TEST", OrderNumber: $number, Procedure: { Code: "0.000000", Title: "Thủ tục thử nghiệm", Category: "", Elements: [] },
                IsSendDocument: true, DocumentSender: { Name: "Bộ phận Một cửa", Phone: "0990000000", ProvinceCode: "99" }, IsReceiveResult: false,
                State: 0 }""".replace("\n", "\n            "),
                "\"Status\":\"0\""));
        // 7.8
        read(all, "LayThuTuc", "{ maTTHC: \"0.000000\" }", "LINHVUCTHUCHIEN");
        read(all, "LayDanhSachTTHC", "{}", "TENTTHC");
        read(all, "LayDanhMucCoQuan", "{}", "\"CAPDONVI\":\"2\"");
        read(all, "LayDanhMucLinhVuc", "{}", "MALINHVUC");
        write(all, "DongBoHoSoMC", """
                { isUpdating: "False", data: [{ MaHoSo: $number, MaTTHC: "0.000000", ChuHoSo: "Người Thử", LoaiDoiTuong: "1",
                NgayTiepNhan: "20260115083000", TrangThaiHoSo: "2" }] }""");
        write(all, "CapNhatTienDoHoSoMC", """
                { data: [{ MaHoSo: $number, NguoiXuLy: "Cán bộ mẫu", ThoiDiemXuLy: "20260116083000", TrangThai: "4" }] }""");
        read(all, "TraCuuHoSo", "{ mahoso: $number }", "\"TrangThaiHoSo\":\"4\"");
        read(all, "LayDanhSachHoiDapGuiTuDVCQG", "{}", "\"CAUHOIID\":\"CH-1\"");
        read(all, "LayNoiDungTraLoiTheoCauHoi", "{ cauhoiid: \"CH-1\" }", "\"result\":[]");
        write(
                all,
                "DongBoKetQuaHoiDapGuiTuDVCQG",
                "{ data: [{ cauhoiid: \"CH-1\", noidungtraloi: \"Trả lời mẫu\" }] }");
        read(all, "LayNoiDungTraLoiTheoCauHoi", "{ cauhoiid: \"CH-1\" }", "Trả lời mẫu");
        write(all, "DongBoHoiDap", "{ data: [{ cauhoiid: \"H99-1\", noidung: \"Câu hỏi mẫu\" }] }");
        read(all, "LayDanhSachHoiDapBoCoQuan", "{}", "Câu hỏi mẫu");
        read(all, "TraCuuTechID", "{ provider: \"vneid\", mstorcmnd: \"001099000001\" }", "TECHID");
        // 7.9
        for (String operation : List.of("SyncDocument", "UpdateDocumentTraces")) {
            all.add(new Remaining(
                    "hub-" + operation.toLowerCase(java.util.Locale.ROOT),
                    "lgsp-other",
                    "{ uri: 'kamelet:ndxp-gateway', parameters: { system: other-lgsp, api: Document, version: '', operation: "
                            + operation + ", family: opencps, success: 'true' } }",
                    "{ DocTypeCode: \"0.000000\", DocCode: $number, CitizenName: \"Người Thử\", Status: 2, Attachments: [] }",
                    "\"Status\":true"));
        }
        return all;
    }

    private static Remaining civil(String id, String operation, String family, String body, String expected) {
        return new Remaining(
                "civil-" + id,
                "ndxp",
                "{ uri: 'kamelet:civil-status', parameters: { operation: %s, family: %s } }"
                        .formatted(operation, family),
                body.replace("\n", "\n            "),
                expected);
    }

    private static Remaining judicial(String id, String operation, String family, String body, String expected) {
        return new Remaining(
                id,
                "ndxp",
                "{ uri: 'kamelet:ndxp-gateway', parameters: { api: apiLyLichTuPhap, operation: %s, family: %s, success: '1' } }"
                        .formatted(operation, family),
                body.replace("\n", "\n            "),
                expected);
    }

    private static Remaining catalogue(String id, String operation, String expected) {
        return new Remaining(
                id,
                "ndxp",
                "{ uri: 'kamelet:shared-catalogues', parameters: { operation: %s } }".formatted(operation),
                "null",
                expected);
    }

    private static void read(List<Remaining> all, String service, String body, String expected) {
        all.add(portal(all.size(), "share", service, body, expected));
    }

    private static void write(List<Remaining> all, String service, String body) {
        all.add(portal(all.size(), "integration", service, body, "\"error_code\":0"));
    }

    private static Remaining portal(int at, String path, String service, String body, String expected) {
        return new Remaining(
                "portal-" + at,
                "portal",
                "{ uri: 'kamelet:public-service-portal', parameters: { path: mapi/%s, service: %s, unit: 000.00.00.H99 } }"
                        .formatted(path, service),
                body.replace("\n", "\n            "),
                expected);
    }

    /** One service with an operation for each. */
    private static void remaining(TestBus.Builder made) {
        StringBuilder operations = new StringBuilder();
        StringBuilder whens = new StringBuilder("- choice:\n    when:\n");
        for (Remaining one : REMAINING) {
            operations.append("  - { id: %1$s, method: GET, path: \"/%1$s/{number}\" }\n".formatted(one.id()));
            whens.append(one.steps().indent(6));
        }
        made.service(
                "remaining",
                """
                service: remaining
                version: 1
                name: { vi: Các nghiệp vụ còn lại, en: Remaining operations }
                description: Asks what no other service asks.
                contact: the test
                providers: [civil-status, other-lgsp, ndxp, shared-catalogues, vnpost, portal]
                mode: mapped
                criterion: real-time
                personalData: true
                operations:
                %s""".formatted(operations),
                TestBus.Builder.route(
                        "remaining", whens + "- setHeader: { name: Content-Type, constant: application/json }\n"));
    }

    @Test
    void each_operation_of_the_partners_is_called_by_a_connector_and_its_parameters() {
        for (Remaining one : REMAINING) {
            HttpResponse<String> answer = call("/api/remaining/v1/" + one.id() + "/BS-1");

            assertThat(answer.statusCode()).as("%s: %s", one, answer.body()).isEqualTo(200);
            assertThat(answer.body()).as(one.toString()).contains(one.expected());
            List<Received> seen = hub.received(one.simulator());
            assertThat(seen.get(seen.size() - 1).checks())
                    .as(one.toString())
                    .isNotEmpty()
                    .allMatch(Received.Check::passed);
        }
    }

    private static void service(TestBus.Builder made, String service, String system, String path, String steps) {
        made.service(
                service,
                """
                service: %s
                version: 1
                name: { vi: Hỏi, en: Ask }
                description: Asks a national system.
                contact: the test
                providers: [%s]
                mode: mapped
                criterion: real-time
                personalData: true
                operations:
                  - { id: ask, method: GET, path: "%s" }
                """.formatted(service, system, path),
                TestBus.Builder.route(
                        service, steps + "- setHeader: { name: Content-Type, constant: application/json }\n"));
    }

    private static String grants() {
        return Stream.concat(
                        Stream.of(
                                "person-direct",
                                "person-by-province",
                                "person-next",
                                "shared-catalogue-lookup",
                                "civil-register",
                                "civil-state",
                                "civil-list",
                                "civil-newer",
                                "civil-province",
                                "postal-order",
                                "postal-events",
                                "portal-procedure",
                                "portal-guess",
                                "portal-dossier",
                                "portal-dossier-lookup",
                                "postal-cancel",
                                "catalogue-upload",
                                "procedures",
                                "x-road-soap",
                                "x-road-rest",
                                "status",
                                "status-services",
                                "six-step-number",
                                "six-step-files",
                                "remaining",
                                "documents-list-login",
                                "documents-send-login"),
                        AXES.keySet().stream().map(path -> path.split("/")[2]).sorted())
                .map(service -> "  - { id: t-%s, consumer: tax-office-portal, service: %s/v1, purpose: a test }\n"
                        .formatted(service, service))
                .reduce("", String::concat);
    }

    private static void ask(TestBus.Builder made, String service, String system, String parameters) {
        made.service(service, """
                service: %s
                version: 1
                name: { vi: Hỏi, en: Ask }
                description: Asks for one person.
                contact: the test
                providers: [%s]
                mode: mapped
                criterion: real-time
                personalData: true
                operations:
                  - { id: ask, method: GET, path: /person }
                """.formatted(service, system), TestBus.Builder.route(service, """
                - setBody: { constant: '%s' }
                - to: { uri: "kamelet:population", parameters: %s }
                - setHeader: { name: Content-Type, constant: application/xml }
                """.formatted(
                        PAYLOAD, parameters)));
    }

    @AfterAll
    static void stop() {
        bus.close();
        hub.close();
    }

    @BeforeEach
    void calm() {
        hub.simulators().forEach(simulator -> hub.faults(simulator).clear());
    }

    private static HttpResponse<String> call(String path) {
        return bus.send(request(path));
    }

    private static HttpRequest request(String path) {
        String number = path.endsWith("s/") ? "H99.01-260115-%04d".formatted(NUMBERS.incrementAndGet()) : "";
        HttpRequest.Builder call = HttpRequest.newBuilder(bus.uri(path + number))
                .header("X-Api-Key", SampleKeys.TAX_OFFICE.key())
                .header("X-Request-Id", "ho-so-9");
        String body = path.equals(PERSON)
                ? "{\"id\":\"001000000000\",\"fullName\":\"Người Dùng Thử Nghiệm\",\"birthDate\":\"2000-01-01\"}"
                : path.equals(INSURED) ? "{\"number\":\"0199000001\"}" : "";
        return body.isEmpty()
                ? call.GET().build()
                : call.header("Content-Type", "application/json")
                        .POST(BodyPublishers.ofString(body))
                        .build();
    }

    static Stream<String> connectors() {
        return PLAYS.keySet().stream().sorted();
    }

    @ParameterizedTest
    @MethodSource("connectors")
    void what_is_asked_is_answered_with_zeros_and_vietnamese_intact(String path) {
        HttpResponse<String> answer = call(path);

        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        assertThat(answer.body()).contains(expected(path));
        if (path.equals(PERSON)) {
            assertThat(TestBus.json(answer).at("/citizens/0/id").asText()).isEqualTo("001000000000");
            assertThat(TestBus.json(answer).at("/citizens/0/fullName/given").asText())
                    .isEqualTo("NGHIỆM");
        }
        assertThat(bus.recordOf(answer).correlation()).isEqualTo("ho-so-9");
        List<Received> seen = hub.received(simulatorOf(path));
        assertThat(seen.get(seen.size() - 1).checks()).isNotEmpty().allSatisfy(check -> assertThat(check.passed())
                .as(check.toString())
                .isTrue());
    }

    private static String expected(String path) {
        return switch (path) {
            case INSURED -> "\"0";
            case CATALOGUE -> "{\"MaDanToc\":\"02\",\"TenDanToc\":\"Tày\"}";
            case CIVIL -> "\"status\":1";
            case ORDER -> "Thành công";
            case EVENTS -> "\"EventTime\":\"2026-01-15T10:01:00\"";
            case PROCEDURE -> "Thủ tục thử nghiệm";
            case DOSSIER -> "\"error_code\":0";
            default -> "00";
        };
    }

    private static String simulatorOf(String path) {
        return Objects.requireNonNull(PLAYS.get(path), path);
    }

    private static final String GATEWAY = "/api/procedures/v1/procedures";

    private static final String NUMBER = "/api/six-step-number/v1/number";
    private static final String FILES = "/api/six-step-files/v1/files";
    private static final String X_ROAD = "/api/x-road-soap/v1/person";
    private static final String STATUS = "/api/status/v1/status";
    private static final String STATUS_SERVICES = "/api/status-services/v1/status";
    private static final String X_ROAD_REST = "/api/x-road-rest/v1/person";

    /** The connectors of the document axis, each in both forms. */
    private static final Map<String, String> AXES = Map.of(
            "/api/documents-list-sdk/v1/documents", "axis",
            "/api/documents-send-sdk/v1/documents", "axis",
            "/api/documents-list-rest/v1/documents", "axis-rest",
            "/api/documents-send-rest/v1/documents", "axis-rest",
            "/api/documents-fetch-sdk/v1/documents", "axis",
            "/api/documents-state-sdk/v1/documents", "axis",
            "/api/documents-fetch-rest/v1/documents", "axis-rest",
            "/api/documents-state-rest/v1/documents", "axis-rest");

    private static String axes() {
        return Stream.of(
                        "axis axis document-axis ",
                        "axis-rest axis-rest document-axis-rest ",
                        "axis-rest axis-login document-axis-rest , login: { user: lgsp-test, secret: \"sample:example-secret\" }")
                .map(named -> named.split(" ", 4))
                .map(axis -> """

                          - id: test-%2$s
                            agency: H99.20
                            name: Trục thử
                            connection:
                              address: http://127.0.0.1:${lgsp.city.hub-port:18097}/%1$s
                              answerTimeout: 1500ms
                              breaker: { of: 0 }
                              credential: { scheme: %3$s, user: SYS-TEST-01, secret: "sample:example-secret" %4$s }""".formatted((Object[]) axis).indent(2))
                .reduce("""

                          - id: test-portal
                            agency: H99.20
                            name: Cổng thử
                            connection:
                              address: http://127.0.0.1:${lgsp.city.hub-port:18097}/portal/XrdAdapter/RestService/forward
                              answerTimeout: 1500ms
                              breaker: { of: 0 }
                              credential: { scheme: session, user: lgsp-test, secret: "sample:example-secret", life: 50m }
                              headers: [{ name: dstcode, value: "VN:GOV:000.00.00.G22:dvcqg" }]""".indent(2), String::concat);
    }

    private static void documents(TestBus.Builder made, String service, String system) {
        String what = service.split("-", -1)[1];
        String body = what.equals("send")
                ? "- setBody: { constant: '%s' }".formatted(EdocPackets.document(DeskCity.ONE, 7, DeskCity.FAR))
                : "";
        String more =
                switch (what) {
                    case "send" -> ", from: %s, to: %s".formatted(DeskCity.ONE, DeskCity.FAR);
                    case "fetch" -> ", docId: " + waiting;
                    case "state" -> ", docId: %s, state: processing".formatted(waiting);
                    default -> "";
                };
        reading(made, service, system, "/documents", """
                %s
                - to: { uri: "kamelet:document-axis-%s", parameters: { system: %s%s } }
                """.formatted(
                        body, what.equals("state") ? "update-status" : what, system, more));
    }

    /** A service that maps, with one operation by GET. */
    private static void reading(TestBus.Builder made, String service, String system, String path, String steps) {
        made.service(service, """
                service: %s
                version: 1
                name: { vi: Hỏi, en: Ask }
                description: Asks what a connector calls.
                contact: the test
                providers: [%s]
                mode: mapped
                criterion: real-time
                personalData: false
                operations:
                  - { id: ask, method: GET, path: %s }
                """.formatted(service, system, path), TestBus.Builder.route(service, steps));
    }

    /** A switch of the hub; {@code once} acts on one call. Those after which a token has to be got again come last. */
    private record Broken(Fault fault, String value, boolean once) {
        static final List<Broken> ALL = List.of(
                new Broken(Fault.DOWN, "before", false),
                new Broken(Fault.DOWN, "after", false),
                new Broken(Fault.SLOW, "4000", false),
                new Broken(Fault.TRUNCATED, "connection", false),
                new Broken(Fault.TRUNCATED, "body", false),
                new Broken(Fault.FAILURE_INSIDE_200, "", false),
                new Broken(Fault.DUPLICATE, "", false),
                new Broken(Fault.EXPIRED_TOKEN, "", true),
                new Broken(Fault.WRONG_SIGNATURE, "", false),
                new Broken(Fault.CLOCK_DRIFT, "600", false),
                new Broken(Fault.EXPIRED_TOKEN, "", false));

        @Override
        public String toString() {
            return "`" + fault.label() + "`" + (value.isEmpty() ? "" : " `" + value + "`") + (once ? ", once" : "");
        }
    }

    /** What the caller hears, and what the record has. */
    private record Ending(int status, String code, String outcome, String error, String partnerCode) {
        private static final Ending IMPOSSIBLE = new Ending(0, "", "", "", "");

        static Ending of(HttpResponse<String> answer) {
            ExchangeRecord record = bus.recordOf(answer);
            return new Ending(
                    answer.statusCode(),
                    answer.statusCode() < 400 ? "" : TestBus.code(answer),
                    record.outcome().orElseThrow().label(),
                    record.error().orElse(""),
                    record.partnerCode().orElse("").replaceAll("\\d+s$", "…s"));
        }

        String row() {
            return equals(IMPOSSIBLE)
                    ? "not played | | | "
                    : status + quoted(" ", code) + " | " + outcome + " | " + quoted("", error) + " | "
                            + quoted("", partnerCode);
        }

        private static String quoted(String before, String text) {
            return text.isEmpty() ? "" : before + "`" + text + "`";
        }
    }

    @Test
    @Order(Integer.MAX_VALUE) // a token that was refused twice is not asked for anew for a while
    void what_each_fault_of_the_hub_does_to_each_connector_is_told_by_the_page() throws IOException {
        Map<String, String> all = new TreeMap<>(PLAYS);
        all.putAll(AXES);
        all.put(GATEWAY, "lgsp-other");
        all.put(NUMBER, "six-step");
        all.put(FILES, "six-step");
        all.put(X_ROAD, "security-server");
        all.put(X_ROAD_REST, "security-server");
        all.put(STATUS, "status");
        all.put(STATUS_SERVICES, "status");
        Map<String, Map<Broken, Ending>> matrix = new TreeMap<>();
        for (Broken broken : Broken.ALL) {
            await().atMost(Duration.ofSeconds(60)).until(() -> all.keySet().stream()
                    .allMatch(path -> call(path).statusCode() == 200));
            endings(all, broken).forEach((path, ending) -> matrix.computeIfAbsent(path, first -> new LinkedHashMap<>())
                    .put(broken, ending));
        }

        matrix.forEach((path, endings) -> endings.forEach((broken, ending) -> assertThat(ending.error())
                .as("%s %s: the record says what the caller hears", path, broken)
                .isEqualTo(ending.code())));
        Path page = Path.of("docs/reference/connector-faults.md");
        String mark = "<!-- from here on this page is written by NationalConnectorsTest -->\n";
        String text = Files.readString(page);
        String expected = text.substring(0, text.indexOf(mark) + mark.length()) + tables(matrix);
        if (Boolean.getBoolean("lgsp.write-pages")) {
            Files.writeString(page, expected);
        }
        assertThat(text).isEqualTo(expected);
    }

    /** All connectors at once, for some faults take their time; but one after the other where a fault acts on one call. */
    private static Map<String, Ending> endings(Map<String, String> plays, Broken broken) {
        Map<String, Ending> endings = new TreeMap<>();
        if (broken.once()) {
            plays.forEach((path, simulator) ->
                    endings.put(path, breaks(simulator, broken) ? Ending.of(call(path)) : Ending.IMPOSSIBLE));
        } else {
            Map<String, Boolean> possible = new TreeMap<>();
            plays.values().stream().distinct().forEach(simulator -> possible.put(simulator, breaks(simulator, broken)));
            Map<String, CompletableFuture<Ending>> calls = new TreeMap<>();
            plays.forEach((path, simulator) -> calls.put(
                    path,
                    Boolean.TRUE.equals(possible.get(simulator))
                            ? CompletableFuture.supplyAsync(() -> ending(path, simulator, broken))
                            : CompletableFuture.completedFuture(Ending.IMPOSSIBLE)));
            calls.forEach((path, ending) -> endings.put(path, ending.join()));
        }
        plays.values().forEach(simulator -> hub.faults(simulator).clear());
        return endings;
    }

    /**
     * Once more where only a kept connection was gone, which the hub had closed for the fault before; where that was one to a token endpoint,
     * once more after that has rested. The portal alone refuses a login without a code.
     */
    private static Ending ending(String path, String simulator, Broken broken) {
        Ending first = Ending.of(call(path));
        boolean breaksOff = broken.fault() == Fault.DOWN || broken.fault() == Fault.TRUNCATED;
        if (first.code().equals("token-unavailable") && !breaksOff && !simulator.equals("portal")) {
            return await().atMost(Duration.ofSeconds(60))
                    .until(() -> Ending.of(call(path)), again -> !again.partnerCode()
                            .isEmpty());
        }
        return first.code().equals("provider-unreachable") && !breaksOff ? Ending.of(call(path)) : first;
    }

    private static boolean breaks(String simulator, Broken broken) {
        try {
            Faults.Switch turned = broken.value().isEmpty()
                    ? hub.faults(simulator).set(broken.fault())
                    : hub.faults(simulator).set(broken.fault(), broken.value());
            if (broken.once()) {
                turned.times(1);
            }
        } catch (IllegalArgumentException notPlayed) {
            return false;
        }
        if (broken.fault() == Fault.WRONG_SIGNATURE && TOKENS.contains(simulator)) {
            hub.faults(simulator).set(Fault.EXPIRED_TOKEN); // what a token is asked for with is not seen before
        }
        return true;
    }

    private static final Set<String> TOKENS = Set.of("ndxp", "ndxp-2", "lgsp-other", "vnpost", "portal", "six-step");

    private static String tables(Map<String, Map<Broken, Ending>> matrix) {
        StringBuilder text = new StringBuilder();
        matrix.forEach((path, endings) -> {
            text.append("\n## ")
                    .append(TITLES.getOrDefault(path, path.split("/")[2]))
                    .append("\n\n| fault | caller | outcome | error | partnerCode |\n|---|---|---|---|---|\n");
            endings.forEach((broken, ending) -> text.append("| ")
                    .append(broken)
                    .append(" | ")
                    .append(ending.row())
                    .append(" |\n"));
        });
        return text.toString().replaceAll(" +\\|", " |");
    }

    /** What a section of the page is called; without one, by the name of the service. */
    private static final Map<String, String> TITLES = Map.ofEntries(
            Map.entry(PERSON, "`population`, through NDXP"),
            Map.entry(DIRECT, "`population`, direct"),
            Map.entry(PROVINCE, "`population`, through the LGSP of another province"),
            Map.entry(NEXT, "`population`, through the second instance of NDXP"),
            Map.entry(COMPANY, "`business-registration`"),
            Map.entry(INSURED, "`social-insurance`"),
            Map.entry(CATALOGUE, "`shared-catalogues`"),
            Map.entry(CIVIL, "`civil-status`, registering"),
            Map.entry(ORDER, "`postal`, orders"),
            Map.entry(EVENTS, "`postal`, events"),
            Map.entry(PROCEDURE, "`public-service-portal`, reading"),
            Map.entry(DOSSIER, "`public-service-portal`, writing"),
            Map.entry(NUMBER, "`six-step-dossiers`, the next number"),
            Map.entry(FILES, "`six-step-dossiers`, files"),
            Map.entry(X_ROAD, "`x-road`"),
            Map.entry(X_ROAD_REST, "`x-road-rest`"),
            Map.entry(STATUS, "`connection-status`"),
            Map.entry(STATUS_SERVICES, "`connection-status-services`"),
            Map.entry(GATEWAY, "`ndxp-gateway`, of another province"),
            Map.entry("/api/documents-list-sdk/v1/documents", "`document-axis-list`, form of the SDK"),
            Map.entry("/api/documents-list-rest/v1/documents", "`document-axis-list`, REST form"),
            Map.entry("/api/documents-send-sdk/v1/documents", "`document-axis-send`, form of the SDK"),
            Map.entry("/api/documents-send-rest/v1/documents", "`document-axis-send`, REST form"),
            Map.entry("/api/documents-fetch-sdk/v1/documents", "`document-axis-fetch`, form of the SDK"),
            Map.entry("/api/documents-fetch-rest/v1/documents", "`document-axis-fetch`, REST form"),
            Map.entry("/api/documents-state-sdk/v1/documents", "`document-axis-update-status`, form of the SDK"),
            Map.entry("/api/documents-state-rest/v1/documents", "`document-axis-update-status`, REST form"));

    @Test
    void a_dossier_of_civil_status_is_registered_followed_and_listed() {
        HttpResponse<String> registered = call(CIVIL);
        String number = "H99.01-260115-%04d".formatted(NUMBERS.get());
        assertThat(registered.statusCode()).isEqualTo(200);

        assertThat(Stream.of(1, 2, 3).map(time -> state(number))).containsExactly(1, 3, 4);
        assertThat(call("/api/civil-list/v1/modules/LTKS").body()).contains("\"id\":\"" + number + "\"");
        HttpResponse<String> unknown = call("/api/civil-state/v1/dossiers/H99.01-000000-0000");
        assertThat(TestBus.code(unknown)).isEqualTo("provider-failed");
        assertThat(bus.recordOf(unknown).partnerCode()).contains("201");
        assertThat(call("/api/civil-newer/v1/dossiers/H99.01-260115-9001").statusCode())
                .isEqualTo(200);
        hub.faults("ndxp").set(Fault.FAILURE_INSIDE_200);
        HttpResponse<String> newer = call("/api/civil-newer/v1/dossiers/H99.01-260115-9002");
        assertThat(TestBus.code(newer)).isEqualTo("provider-failed");
        assertThat(bus.recordOf(newer).partnerCode()).contains("500");
        assertThat(TestBus.code(call("/api/civil-list/v1/modules/LTKS"))).isEqualTo("provider-failed");
    }

    private static int state(String number) {
        return TestBus.json(call("/api/civil-state/v1/dossiers/" + number))
                .path("status")
                .asInt();
    }

    @Test
    void catalogues_of_civil_status_at_a_province_come_out_of_two_envelopes() {
        assertThat(call("/api/civil-province/v1/catalogues/sex").body())
                .isEqualTo("[{\"Code\":\"1\",\"Name\":\"Nam\"},{\"Code\":\"2\",\"Name\":\"Nữ\"}]");
        hub.faults("lgsp-other").set(Fault.FAILURE_INSIDE_200);
        HttpResponse<String> failed = call("/api/civil-province/v1/catalogues/sex");
        assertThat(TestBus.code(failed)).isEqualTo("provider-failed");
    }

    @Test
    void postal_events_are_read_on_from_the_last_one() {
        String last = "000000000000000000000000";
        int pages = 0;
        while (true) {
            JsonNode page = TestBus.json(call("/api/postal-events/v1/events/" + last));
            if (page.isEmpty()) {
                break;
            }
            String next = page.get(page.size() - 1).at("/_id/$oid").asText();
            assertThat(next).isGreaterThan(last);
            last = next;
            pages++;
        }
        assertThat(pages).isGreaterThanOrEqualTo(3);
        HttpResponse<String> wrong = call("/api/postal-events/v1/events/7");
        assertThat(TestBus.code(wrong)).isEqualTo("provider-refused");
    }

    @Test
    void an_order_is_cancelled_once() {
        call(ORDER);
        String order = "/api/postal-cancel/v1/orders/H99.01-260115-%04d".formatted(NUMBERS.get());
        assertThat(call(order).statusCode()).isEqualTo(200);
        HttpResponse<String> again = call(order);
        assertThat(TestBus.code(again)).isEqualTo("provider-failed");
        assertThat(bus.recordOf(again).partnerCode()).contains("1");
    }

    @Test
    void rows_are_sent_to_a_catalogue_and_a_reason_in_place_of_done_is_a_failure() {
        assertThat(call("/api/catalogue-upload/v1/catalogues/matongiao").body())
                .isEqualTo("{\"MSG\":\"Done\",\"Count\":1}");
        HttpResponse<String> refused = call("/api/catalogue-upload/v1/catalogues/khongco");
        assertThat(TestBus.code(refused)).isEqualTo("provider-failed");
        assertThat(refused.body()).doesNotContain("Không có");
    }

    @Test
    void a_feed_that_repeats_its_page_gives_no_event_twice() {
        JsonNode first = gathered("null");
        String last = "\"" + first.path("watermark").asText() + "\"";
        hub.faults("vnpost").set(Fault.DUPLICATE);

        JsonNode repeated = gathered(last);
        hub.faults("vnpost").clear();
        call(ORDER);
        JsonNode next = gathered(last);

        assertThat(first.path("items").size()).isGreaterThanOrEqualTo(25);
        assertThat(repeated.path("items")).isEmpty();
        assertThat(repeated.path("more").asBoolean()).isFalse();
        assertThat(next.path("items")).hasSize(2);
    }

    private static JsonNode gathered(String watermark) {
        HttpRequest ask = HttpRequest.newBuilder(bus.uri("/api/postal-event-gather/v1/pages"))
                .header("X-Api-Key", SampleKeys.TAX_OFFICE.key())
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(
                        "{\"scheduledAt\":\"2026-03-01T19:00:00Z\",\"page\":1,\"count\":0,\"watermark\":" + watermark
                                + "}"))
                .build();
        HttpResponse<String> answer = bus.send(ask);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return TestBus.json(answer);
    }

    @Test
    void a_dossier_that_the_portal_has_taken_has_its_codes_and_its_times() {
        assertThat(call(DOSSIER).statusCode()).isEqualTo(200);
        String number = "H99.01-260115-%04d".formatted(NUMBERS.get());

        JsonNode dossier = TestBus.json(call("/api/portal-dossier-lookup/v1/dossiers/" + number))
                .at("/result/0");

        assertThat(dossier.path("LoaiDoiTuong").asText()).isEqualTo("1");
        assertThat(dossier.path("TrangThaiHoSo").asText()).isEqualTo("2");
        assertThat(dossier.path("NgayTiepNhan").asText()).isEqualTo("20260115083000");
    }

    @Test
    void the_portal_is_logged_in_to_once_and_again_when_it_has_forgotten_the_session() {
        assertThat(call(PROCEDURE).statusCode()).isEqualTo(200);
        long logins = logins();
        assertThat(call(PROCEDURE).statusCode()).isEqualTo(200);
        assertThat(call(DOSSIER).statusCode()).isEqualTo(200);
        assertThat(logins()).as("one session for all").isEqualTo(logins);

        hub.faults("portal").set(Fault.EXPIRED_TOKEN).times(1);
        assertThat(call(DOSSIER).statusCode()).isEqualTo(200);
        assertThat(logins()).isEqualTo(logins + 1);

        hub.faults("portal").set(Fault.FAILURE_INSIDE_200, "7");
        HttpResponse<String> failed = call(PROCEDURE);
        assertThat(TestBus.code(failed)).isEqualTo("provider-failed");
        assertThat(bus.recordOf(failed).partnerCode()).contains("7");
        assertThat(logins()).as("no code of an ended session").isEqualTo(logins + 1);
        assertThat(failed.body()).doesNotContain("session");
        hub.faults("portal").clear();

        hub.faults("portal").set(Fault.EXPIRED_TOKEN);
        HttpResponse<String> never = call(PROCEDURE);
        assertThat(bus.recordOf(never).partnerCode()).as("not again and again").contains("5");
        assertThat(bus.recordOf(call(PROCEDURE)).partnerCode()).contains("5");
        assertThat(logins()).isEqualTo(logins + 2);
        hub.faults("portal").clear();
        await().atMost(Duration.ofSeconds(30)).until(() -> call(PROCEDURE).statusCode() == 200);
    }

    @Test
    void a_portal_whose_codes_nobody_has_named_is_logged_in_to_once_for_each_code() {
        String guess = "/api/portal-guess/v1/procedures/0.000000";
        assertThat(call(guess).statusCode()).isEqualTo(200);
        long logins = logins();

        hub.faults("portal").set(Fault.FAILURE_INSIDE_200, "7");
        for (int i = 0; i < 10; i++) {
            assertThat(bus.recordOf(call(guess)).partnerCode()).contains("7");
        }
        assertThat(logins()).as("it was no ended session").isEqualTo(logins + 1);
        hub.faults("portal").clear();

        hub.faults("portal").set(Fault.EXPIRED_TOKEN).times(1);
        assertThat(call(guess).statusCode()).isEqualTo(200);
        assertThat(logins()).as("this was one").isEqualTo(logins + 2);
    }

    private static long logins() {
        return hub.received("portal").stream()
                .filter(seen -> seen.operation().equals("login"))
                .count();
    }

    @Test
    void a_portal_that_no_longer_knows_the_password_is_not_asked_again_and_again() {
        assertThat(call(PROCEDURE).statusCode()).isEqualTo(200);
        hub.faults("portal").set(Fault.EXPIRED_TOKEN).times(1);
        hub.faults("portal").set(Fault.WRONG_SIGNATURE);
        long logins = logins();

        HttpResponse<String> refused = call(PROCEDURE);
        HttpResponse<String> next = call(DOSSIER);
        hub.faults("portal").clear();

        assertThat(TestBus.code(refused)).isEqualTo("token-unavailable");
        assertThat(TestBus.code(next)).isEqualTo("token-unavailable");
        assertThat(logins()).isBetween(logins + 1, logins + 2);
        await().until(() -> call(PROCEDURE).statusCode() == 200);
    }

    private static final String LIST_BY_LOGIN = "/api/documents-list-login/v1/documents";
    private static final String SEND_BY_LOGIN = "/api/documents-send-login/v1/documents";

    /** What the axis saw of these operations. */
    private static List<Received> axisSaw(String operation) {
        return hub.received("axis-rest").stream()
                .filter(seen -> seen.path().endsWith(operation))
                .toList();
    }

    @Test
    void an_axis_with_a_login_is_logged_in_to_once_and_again_when_a_token_ends_on_its_way() {
        hub.settings("axis-rest").put("login", "required");
        try {
            await().until(() -> call(LIST_BY_LOGIN).statusCode() == 200);
            int logins = axisSaw("auth/login").size();
            assertThat(call(LIST_BY_LOGIN).statusCode()).isEqualTo(200);
            assertThat(call(SEND_BY_LOGIN).statusCode()).isEqualTo(200);
            assertThat(axisSaw("auth/login")).as("one token for all").hasSize(logins);

            int sent = axisSaw("sendEdoc").size();
            hub.faults("axis-rest").set(Fault.EXPIRED_TOKEN).times(1);
            assertThat(call(SEND_BY_LOGIN).statusCode()).isEqualTo(200);
            assertThat(axisSaw("auth/login")).hasSize(logins + 1).last().satisfies(login -> assertThat(login.isRight())
                    .as("%s", login.checks())
                    .isTrue());
            assertThat(axisSaw("sendEdoc").stream().skip(sent).map(Received::status))
                    .as("refused, and once more")
                    .containsExactly(401, 200);
        } finally {
            hub.settings("axis-rest").put("login", "off");
        }
    }

    @Test
    void an_axis_whose_login_refuses_or_is_down_is_not_called_and_not_asked_again_and_again() {
        hub.settings("axis-rest").put("login", "required");
        try {
            for (Fault fault : List.of(Fault.WRONG_SIGNATURE, Fault.DOWN)) {
                await().until(() -> call(LIST_BY_LOGIN).statusCode() == 200);
                hub.faults("axis-rest").set(Fault.EXPIRED_TOKEN).times(1);
                hub.faults("axis-rest").set(fault).on("auth/login");
                int logins = axisSaw("auth/login").size();

                HttpResponse<String> refused = call(LIST_BY_LOGIN);
                int lists = axisSaw("syncReceivedEdocList").size();
                HttpResponse<String> next = call(LIST_BY_LOGIN);
                hub.faults("axis-rest").clear();

                assertThat(TestBus.code(refused)).as("%s", fault).isEqualTo("token-unavailable");
                assertThat(TestBus.code(next)).as("%s", fault).isEqualTo("token-unavailable");
                assertThat(axisSaw("syncReceivedEdocList")).hasSize(lists);
                assertThat(axisSaw("auth/login")).hasSizeBetween(logins + 1, logins + 2);
                assertThat(bus.recordOf(refused).partnerCode())
                        .isEqualTo(fault == Fault.WRONG_SIGNATURE ? Optional.of("401") : Optional.empty());
                assertThat(refused.body() + bus.recordOf(refused)).doesNotContain("example-secret", "Bearer");
            }
            await().until(() -> call(LIST_BY_LOGIN).statusCode() == 200);
        } finally {
            hub.settings("axis-rest").put("login", "off");
        }
    }

    @Test
    void who_shows_a_wrong_signature_is_told_so() {
        hub.faults("population").set(Fault.WRONG_SIGNATURE);
        HttpResponse<String> refused = call(DIRECT);
        assertThat(TestBus.code(refused)).isIn("provider-refused", "provider-failed");
        assertThat(bus.recordOf(refused).partnerCode()).isPresent();
        assertThat(call(PERSON).statusCode()).isEqualTo(200);
    }

    @Test
    void a_platform_that_stops_and_comes_back_is_told_apart_and_asked_again() {
        assertThat(call(COMPANY).statusCode()).isEqualTo(200);
        hub.pause();
        try {
            assertThat(TestBus.code(call(COMPANY))).isEqualTo("provider-unreachable");
        } finally {
            hub.resume();
        }
        await().until(() -> call(COMPANY).statusCode() == 200);
    }
}
