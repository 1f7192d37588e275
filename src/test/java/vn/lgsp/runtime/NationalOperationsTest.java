package vn.lgsp.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import vn.lgsp.catalogue.CodeTable;
import vn.lgsp.city.SampleCity;
import vn.lgsp.city.SampleKeys;
import vn.lgsp.codes.CatalogueRows;
import vn.lgsp.codes.Preview;
import vn.lgsp.codes.TableText;
import vn.lgsp.hub.Fault;
import vn.lgsp.hub.Hub;
import vn.lgsp.hub.Received;

/**
 * What wire-formats 7 and 9.4 list beside the operations that the samples call: each by parameters of its connector alone, with its own
 * dates and codes (EXT-06, EXT-07, EXT-08, EXT-12, EXT-29).
 */
final class NationalOperationsTest {
    private static final String SOAP =
            "<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\"><s:Body>%s</s:Body></s:Envelope>";

    @TempDir
    static Path folder;

    private static final List<String> services = new ArrayList<>();
    private static Hub hub;
    private static RawPeer peer;
    private static TestBus bus;
    private static volatile String asked = "";

    @BeforeAll
    static void start() throws Exception {
        hub = Hub.start(0, Clock.systemUTC());
        peer = RawPeer.that(NationalOperationsTest::otherOperations);
        TestBus.Builder made = TestBus.in(folder).setting("lgsp.city.hub-port", String.valueOf(hub.port()));
        for (String connector : List.of(
                "business-registration",
                "social-insurance",
                "shared-catalogues",
                "population",
                "ndxp-gateway",
                "connection-status",
                "connection-status-services",
                "document-axis-send",
                "document-axis-update-status")) {
            copy(made, "connectors/" + connector + ".kamelet.yaml");
        }
        for (String family :
                List.of("business-registration", "lgsp", "social-insurance", "catalogue", "judicial-record", "hanoi")) {
            copy(made, "transforms/_replies/" + family + ".reply.yaml");
        }
        copy(made, "transforms/_codes/gender.codes.yaml");
        service(made, "dossiers-of-days", "business-registration", """
                - setVariable: { name: from_date, constant: 15/01/2026 }
                - setVariable: { name: to_date, constant: 20/01/2026 }
                - setVariable: { name: offset, constant: "1" }
                - setVariable: { name: limit, constant: "9" }
                - to: { uri: "kamelet:business-registration", parameters: { operation: danhSachHoSo, query: "from_date,to_date,offset,limit" } }
                """);
        service(made, "dossiers-of-today", "business-registration", """
                - setVariable: { name: from_ts, constant: "08:00" }
                - setVariable: { name: to_ts, constant: "10:00" }
                - to: { uri: "kamelet:business-registration", parameters: { operation: danhSachHoSoTrongNgay, query: "from_ts,to_ts" } }
                """);
        service(made, "dossier-state", "business-registration", """
                - setVariable: { name: in_journal_no, constant: "0009900001" }
                - to: { uri: "kamelet:business-registration", parameters: { operation: tinhTrangHoSo, query: in_journal_no } }
                """);
        for (String service : List.of("insured-number", "insured-household")) {
            made.write("transforms/test/" + service + "/person.values.yaml", """
                    partner: national-social-insurance
                    direction: out
                    codes:
                      - { at: /gioiTinh, table: gender }
                    dates:
                      - { at: /ngaySinh, notation: [yyyyMMdd, yyyy] }
                    """);
        }
        String person = "hoTen: \"LÊ ÁNH DƯƠNG\", ngaySinh: \"1954\", loaiNgaySinh: \"1\", gioiTinh: \"female\"";
        service(made, "insured-number", "national-social-insurance", """
                - transform: { jq: { expression: '{ %s, maTinhKs: "99", maHuyenKs: "009", maXaKs: "00991", isKs: "1" }' } }
                - to: lgsp-values:test/insured-number/person.values.yaml
                - to: { uri: "kamelet:social-insurance", parameters: { operation: getMaSoBhxhTheoTieuChi } }
                """.formatted(person));
        service(made, "insured-household", "national-social-insurance", """
                - transform: { jq: { expression: '{ maTinh: "99", %s, soSo: "", maThe: "", isKs: "1" }' } }
                - to: lgsp-values:test/insured-household/person.values.yaml
                - to: { uri: "kamelet:social-insurance", parameters: { operation: getTraCuuThongTinHgd } }
                """.formatted(person));
        service(made, "catalogue-columns", "shared-catalogues", """
                - setVariable: { name: catalogue, constant: qlvanbandieuhanhcap1 }
                - to: { uri: "kamelet:shared-catalogues", parameters: { operation: "Metadata/{catalogue}" } }
                """);
        service(made, "catalogues", "shared-catalogues", """
                - to: { uri: "kamelet:shared-catalogues", parameters: { operation: 1.0/AllCategory } }
                """);
        service(made, "judicial-words", "ndxp", """
                - transform: { jq: { expression: "{ infoType: 1 }" } }
                - to:
                    uri: kamelet:ndxp-gateway
                    parameters: { system: ndxp, api: apiLyLichTuPhap, operation: traDsTrangThaiHs, family: judicial-record, success: "1" }
                """);
        service(made, "person-by-card", "population-national", """
                - setBody:
                    constant: '<dan:TraCuuThongTinCongDan xmlns:dan="http://dancuquocgia.bca"><dan:MaYeuCau>LGSP-1</dan:MaYeuCau><dan:MaDVC>0.000000</dan:MaDVC><dan:MaTichHop>037</dan:MaTichHop><dan:MaCanBo>CB0001</dan:MaCanBo><dan:SoCMND>099000001</dan:SoCMND><dan:HoVaTen>NGUYỄN THỊ MẪU</dan:HoVaTen><dan:NgayThangNamSinh>1999-01-31</dan:NgayThangNamSinh></dan:TraCuuThongTinCongDan>'
                - to: kamelet:population
                """);
        service(made, "relative-verify", "another-population", """
                - setBody: { constant: '<q:XacMinhThongTinNhanThan xmlns:q="http://gtel.vn/qldc"><q:MaYeuCau>LGSP-2</q:MaYeuCau></q:XacMinhThongTinNhanThan>' }
                - to:
                    uri: kamelet:population
                    parameters:
                      system: another-population
                      path: /xacminh
                      mediaType: text/xml
                      expectsNamespace: http://gtel.vn/qldc
                      expectsName: XacMinhThongTinNhanThanResponse
                """);
        service(made, "citizens-by-pages", "another-population", """
                - setBody: { constant: '<d:DongBo xmlns:d="http://dancuquocgia.bca"><d:TuNgay>20260101</d:TuNgay><d:DenNgay>20260131</d:DenNgay><d:Loai>1</d:Loai><d:Trang>2</d:Trang><d:SoBanGhi>50</d:SoBanGhi></d:DongBo>' }
                - to: { uri: "kamelet:population", parameters: { system: another-population, path: /dongbo, action: "urn:dong-bo" } }
                """);
        service(made, "status-of-system", "status-provider", """
                - to: { uri: "kamelet:connection-status", parameters: { system: status-provider } }
                """);
        service(made, "status-of-services", "status-provider", """
                - to: { uri: "kamelet:connection-status-services", parameters: { system: status-provider } }
                """);
        String packet = EdocPackets.document(DeskCity.ONE, 7, DeskCity.FAR);
        for (String codes : List.of("", ", finalCodes: \"99\"")) {
            service(made, "document-send" + (codes.isEmpty() ? "" : "-final"), "axis-sdk", """
                    - setBody: { constant: '%s' }
                    - to: { uri: "kamelet:document-axis-send", parameters: { system: axis-sdk, from: %s%s } }
                    """.formatted(
                            packet, DeskCity.ONE, codes));
        }
        service(made, "document-told", "axis-rest", """
                - to: { uri: "kamelet:document-axis-update-status", parameters: { system: axis-rest, docId: no-such-document, state: "06" } }
                """);
        services.add("axis-organisations");
        made.service("axis-organisations", """
                service: axis-organisations
                version: 1
                name: { vi: Mã định danh, en: Codes of organisations }
                description: The organisations of the document axis, as a catalogue of each level.
                contact: the test
                providers: [axis-sdk]
                mode: mapped
                criterion: near-real-time
                personalData: false
                operations:
                  - { id: columns, method: GET, path: "/catalogues/{level}/columns" }
                  - { id: rows, method: GET, path: "/catalogues/{level}" }
                """, TestBus.Builder.route("axis-organisations", """
                - choice:
                    when:
                      - jq: { expression: "$operation == \\"columns\\"" }
                        steps:
                          - setBody: { constant: '[{"PropertyCode":"code"},{"PropertyCode":"name"},{"PropertyCode":"code102"}]' }
                    otherwise:
                      steps:
                        - to: lgsp-axis:axis-sdk/agencies
                - setHeader: { name: Content-Type, constant: application/json }
                """));
        bus = made.registry(text -> SampleCity.registry()
                        .replace("answerTimeout: 10s", "answerTimeout: 10s\n      breaker: { of: 0 }")
                        .replaceFirst("\naccounts:\n", """

                          - id: another-population
                            agency: H99.20
                            name: Cơ sở dữ liệu thử
                            connection: { address: "http://127.0.0.1:%d", breaker: { of: 0 } }

                        accounts:
                        """.formatted(peer.port()))
                        .replaceFirst("\ngrants:\n", "\ngrants:\n" + grants()))
                .start();
        assertThat(bus.bus().refusedServices()).isEmpty();
    }

    private static void copy(TestBus.Builder made, String file) throws IOException {
        made.write(file, Files.readString(Path.of(file)));
    }

    private static void service(TestBus.Builder made, String service, String system, String steps) {
        services.add(service);
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
                  - { id: ask, method: GET, path: /it }
                """.formatted(service, system),
                TestBus.Builder.route(
                        service,
                        steps + "- setHeader: { name: Content-Type, constant: application/"
                                + (system.contains("population") ? "xml" : "json") + " }\n"));
    }

    private static String grants() {
        StringBuilder grants = new StringBuilder();
        services.forEach(service ->
                grants.append("  - { id: t-%s, consumer: tax-office-portal, service: %s/v1, purpose: a test }\n"
                        .formatted(service, service)));
        return grants.toString();
    }

    private static void otherOperations(RawPeer.Talk talk) throws IOException {
        asked = talk.head() + new String(talk.body(), StandardCharsets.UTF_8);
        talk.say(
                200,
                "text/xml; charset=utf-8",
                SOAP.formatted(
                        talk.head().contains("/xacminh")
                                ? "<a:XacMinhThongTinNhanThanResponse xmlns:a=\"http://gtel.vn/qldc\"><a:KetQua>01</a:KetQua></a:XacMinhThongTinNhanThanResponse>"
                                : "<n:CongdanCollection xmlns:n=\"http://www.mic.gov.vn/dancu/1.0\"><n:CongDan><n:NhomMau>02</n:NhomMau></n:CongDan></n:CongdanCollection>"));
    }

    @AfterAll
    static void stop() {
        bus.close();
        peer.close();
        hub.close();
    }

    @BeforeEach
    void calm() {
        hub.simulators().forEach(simulator -> hub.faults(simulator).clear());
        hub.settings("status").put("down", "");
    }

    private static HttpResponse<String> call(String service) {
        return bus.send(HttpRequest.newBuilder(bus.uri("/api/" + service + "/v1/it"))
                .header("X-Api-Key", SampleKeys.TAX_OFFICE.key())
                .build());
    }

    private static String answer(String service) {
        HttpResponse<String> answer = call(service);
        assertThat(answer.statusCode()).as("%s %s", service, answer.body()).isEqualTo(200);
        return answer.body();
    }

    private static JsonNode json(String service) {
        answer(service);
        return TestBus.json(call(service));
    }

    private static void right(String simulator) {
        List<Received> seen = hub.received(simulator);
        assertThat(seen.get(seen.size() - 1).checks()).isNotEmpty().allSatisfy(check -> assertThat(check.passed())
                .as(check.toString())
                .isTrue());
    }

    @Test
    void dossiers_of_business_registration_are_listed_by_days_and_by_times_of_the_day() {
        assertThat(json("dossiers-of-days")).hasSize(2);
        right("ndxp");
        assertThat(json("dossiers-of-today")).hasSize(2);
        right("ndxp");
        assertThat(json("dossier-state").path("PROCESS_STATUS").asText()).isEqualTo("3");
        right("ndxp");
    }

    @Test
    void a_number_of_social_insurance_is_found_by_a_year_of_birth_and_the_partners_code_of_a_gender() {
        assertThat(json("insured-number").at("/dataThongTinHgd/maSoBhxh").asText())
                .isEqualTo("0199000002");
        right("ndxp");
        assertThat(json("insured-household").at("/dataThongTinHgd/maHo").asText())
                .isEqualTo("0990000001");
        right("ndxp");
    }

    @Test
    void a_catalogue_tells_its_columns_and_which_catalogues_there_are() {
        assertThat(json("catalogue-columns").findValuesAsText("PropertyType")).contains("DateTime", "String");
        assertThat(json("catalogues").findValuesAsText("Code")).contains("madantoc", "qlvanbandieuhanhcap1");
    }

    @Test
    void judicial_records_are_asked_through_the_gateway_and_a_failure_inside_of_a_200_is_one() {
        assertThat(json("judicial-words").path("STATUS").asText()).isEqualTo("1");
        hub.faults("ndxp").set(Fault.FAILURE_INSIDE_200);
        HttpResponse<String> failed = call("judicial-words");
        assertThat(TestBus.code(failed)).isEqualTo("provider-failed");
        assertThat(bus.recordOf(failed).partnerCode()).contains("0");
        hub.faults("ndxp").clear();
        hub.faults("ndxp").set(Fault.TRUNCATED, "body");
        assertThat(TestBus.code(call("judicial-words"))).isEqualTo("provider-invalid");
    }

    @Test
    void a_citizen_is_found_by_an_old_card_and_a_day_of_birth_as_text() {
        assertThat(answer("person-by-card")).contains("001099000001", "NGUYỄN");
        right("population");
    }

    @Test
    void the_other_operations_of_the_population_database_are_called_by_parameters() {
        assertThat(answer("relative-verify")).contains("KetQua>01<");
        assertThat(asked)
                .startsWith("POST /xacminh ")
                .containsPattern("(?im)^content-type: text/xml; charset=utf-8\r?$")
                .contains("XacMinhThongTinNhanThan", "http://gtel.vn/qldc");
        assertThat(answer("citizens-by-pages")).contains("NhomMau>02<");
        assertThat(asked)
                .startsWith("POST /dongbo ")
                .containsPattern("(?im)^content-type: application/xml; charset=utf-8\r?$")
                .containsPattern("(?im)^soapaction: \"urn:dong-bo\"\r?$")
                .contains("Trang>2<");
    }

    @Test
    void codes_of_organisations_are_taken_from_the_axis_in_both_notations() {
        String file = """
                name: Mã định danh cơ quan
                version: "0"
                sources:
                  - { service: axis-organisations/v1, catalogue: "1", code: code, name: name, partners: { qcvn102: code102 } }
                  - { service: axis-organisations/v1, catalogue: "2", code: code, name: name, partners: { qcvn102: code102 } }
                codes:
                  - { code: H99.01, name: Sở cũ, parent: H99, partners: { qcvn102: "28.22.H99" } }
                  - { code: H97, name: Đã sáp nhập }
                """;
        CodeTable table = CodeTable.read("organisation.codes.yaml", "organisation", file);
        CatalogueRows rows = table.sources().stream()
                .map(source -> CatalogueRows.of(
                        source,
                        bytes("axis-organisations/v1/catalogues/" + source.catalogue() + "/columns"),
                        bytes("axis-organisations/v1/catalogues/" + source.catalogue())))
                .reduce((one, other) -> one.and("2", other))
                .orElseThrow();

        Preview preview = Preview.of(table, file, rows, LocalDate.of(2026, 7, 1));

        CodeTable after = CodeTable.read(
                "organisation.codes.yaml",
                "organisation",
                TableText.of("organisation.codes.yaml", file, table, preview, "operator"));
        assertThat(after.codes())
                .filteredOn(code -> List.of("H99", "H99.01", "H97").contains(code.code()))
                .extracting(code -> code.code() + code.of("qcvn102") + code.last())
                .containsExactlyInAnyOrder(
                        "H99.01[000.00.01.H99, 28.22.H99]Optional.empty",
                        "H97[]Optional[2026-06-30]",
                        "H99[000.00.00.H99]Optional.empty");
    }

    private static byte[] bytes(String path) {
        HttpResponse<String> answer = bus.send(HttpRequest.newBuilder(bus.uri("/api/" + path))
                .header("X-Api-Key", SampleKeys.TAX_OFFICE.key())
                .build());
        assertThat(answer.statusCode()).as("%s %s", path, answer.body()).isEqualTo(200);
        return answer.body().getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void which_codes_of_the_axis_are_for_good_is_a_parameter() {
        hub.faults("axis").set(Fault.FAILURE_INSIDE_200, "99");

        HttpResponse<String> later = call("document-send");
        HttpResponse<String> never = call("document-send-final");

        assertThat(TestBus.code(later)).isEqualTo("provider-failed");
        assertThat(bus.recordOf(later).partnerCode()).contains("99");
        assertThat(TestBus.code(never)).isEqualTo("provider-refused");
        assertThat(bus.recordOf(never).partnerCode()).contains("99");
        hub.faults("axis").set(Fault.FAILURE_INSIDE_200, "18");
        assertThat(TestBus.code(call("document-send"))).isEqualTo("provider-refused");
    }

    @Test
    void a_state_of_two_digits_is_told_to_the_axis_where_a_route_sets_one() {
        assertThat(TestBus.code(call("document-told"))).isEqualTo("provider-failed");
        List<Received> seen = hub.received("axis-rest");
        assertThat(new String(seen.get(seen.size() - 1).requestBody().bytes(), StandardCharsets.UTF_8))
                .contains("\"status\":\"06\"");
    }

    @Test
    void a_system_tells_its_status_at_two_levels_with_each_part_that_is_down() {
        assertThat(json("status-of-system").path("code").asText()).isEqualTo("00");
        assertThat(json("status-of-services").findValuesAsText("code")).containsOnly("00");
        for (String down :
                List.of("database DATABASE_UNREACHABLE", "cache CACHE_UNREACHABLE", "http DEPENDENCY_UNREACHABLE")) {
            hub.settings("status").put("down", down.split(" ")[0]);
            assertThat(json("status-of-services").findValuesAsText("cause"))
                    .as(down)
                    .isNotEmpty()
                    .containsOnly(down.split(" ")[1]);
            assertThat(json("status-of-system").path("code").asText()).isEqualTo("00");
        }
        hub.faults("status").set(Fault.FAILURE_INSIDE_200);
        assertThat(Stream.of("status-of-system", "status-of-services").map(NationalOperationsTest::call))
                .allSatisfy(failed -> {
                    assertThat(TestBus.code(failed)).isEqualTo("provider-failed");
                    assertThat(bus.recordOf(failed).partnerCode()).contains("SYSTEM_UNAVAILABLE");
                });
    }
}
