package vn.lgsp.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import vn.lgsp.city.SampleCity;
import vn.lgsp.city.SampleKeys;
import vn.lgsp.hub.Fault;
import vn.lgsp.hub.Hub;
import vn.lgsp.hub.Received;

/**
 * The connectors of the national platforms and the hub in a box, written apart from each other, with the credentials of the sample
 * city: each connector with each fault, and what caller and record hear of it.
 */
final class NationalConnectorsTest {
    private static final String PERSON = "/api/population-resident-lookup/v1/residents";
    private static final String COMPANY = "/api/business-company-lookup/v1/companies/0000000001";
    private static final String INSURED = "/api/insurance-household-lookup/v1/persons";
    private static final String DIRECT = "/api/person-direct/v1/person";
    private static final String PROVINCE = "/api/person-by-province/v1/person";
    private static final String NEXT = "/api/person-next/v1/person";

    /** Which simulator plays what a call reaches. */
    private static final Map<String, String> PLAYS = Map.of(
            PERSON,
            "ndxp",
            COMPANY,
            "ndxp",
            INSURED,
            "ndxp",
            DIRECT,
            "population",
            PROVINCE,
            "lgsp-other",
            NEXT,
            "ndxp-2");

    private static final String PAYLOAD = """
            <dan:TraCuuThongTinCongDan xmlns:dan="http://dancuquocgia.bca"><dan:MaYeuCau>LGSP-1</dan:MaYeuCau>\
            <dan:MaDVC>0.000000</dan:MaDVC><dan:MaTichHop>037</dan:MaTichHop><dan:MaCanBo>CB0001</dan:MaCanBo>\
            <dan:MaDonVi>H99.01</dan:MaDonVi><dan:TaiKhoan>canbo.mau</dan:TaiKhoan><dan:SoDienThoai>0</dan:SoDienThoai>\
            <dan:SoDinhDanh>001000000000</dan:SoDinhDanh><dan:HoVaTen>NGƯỜI DÙNG THỬ NGHIỆM</dan:HoVaTen>\
            <dan:NgayThangNamSinh><dan:NgayThangNam>20000101</dan:NgayThangNam></dan:NgayThangNamSinh></dan:TraCuuThongTinCongDan>""";

    @TempDir
    static Path folder;

    private static Hub hub;
    private static TestBus bus;

    @BeforeAll
    static void start() throws Exception {
        hub = Hub.start(0, Clock.systemUTC());
        TestBus.Builder made = TestBus.in(folder)
                .setting("lgsp.city.hub-port", String.valueOf(hub.port()))
                .registry(text -> SampleCity.registry()
                        .replace("answerTimeout: 10s", "answerTimeout: 1500ms\n      breaker: { of: 0 }")
                        .replaceFirst("\ngrants:\n", "\ngrants:\n" + grants()))
                .service("population", "population-resident-lookup")
                .service("business", "business-company-lookup")
                .service("insurance", "insurance-household-lookup");
        for (String family : List.of("business-registration", "lgsp", "social-insurance", "catalogue-upload", "hcm")) {
            String file = "transforms/_replies/" + family + ".reply.yaml";
            made.write(file, Files.readString(Path.of(file)));
        }
        ask(made, "person-direct", "population-national", "{}");
        ask(made, "person-by-province", "other-lgsp", "{ system: other-lgsp, path: /dancu/1.0/tracuu }");
        ask(made, "person-next", "ndxp-2", "{ system: ndxp-2, path: /dancu/1.0/tracuu }");
        bus = made.start();
        assertThat(bus.bus().refusedServices()).isEmpty();
    }

    private static String grants() {
        return Stream.of("person-direct", "person-by-province", "person-next")
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
        for (String simulator : List.of("ndxp", "ndxp-2", "lgsp-other", "population")) {
            hub.faults(simulator).clear();
        }
    }

    private static HttpResponse<String> call(String path) {
        HttpRequest.Builder call = HttpRequest.newBuilder(bus.uri(path))
                .header("X-Api-Key", SampleKeys.TAX_OFFICE.key())
                .header("X-Request-Id", "ho-so-9");
        String body = path.equals(PERSON)
                ? "{\"id\":\"001000000000\",\"fullName\":\"Người Dùng Thử Nghiệm\",\"birthDate\":\"2000-01-01\"}"
                : path.equals(INSURED) ? "{\"number\":\"0199000001\"}" : "";
        return bus.send(
                body.isEmpty()
                        ? call.GET().build()
                        : call.header("Content-Type", "application/json")
                                .POST(BodyPublishers.ofString(body))
                                .build());
    }

    static Stream<String> connectors() {
        return PLAYS.keySet().stream().sorted();
    }

    @ParameterizedTest
    @MethodSource("connectors")
    void what_is_asked_is_answered_with_zeros_and_vietnamese_intact(String path) {
        HttpResponse<String> answer = call(path);

        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        assertThat(answer.body()).contains(path.equals(INSURED) ? "\"0" : "00");
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

    private static String simulatorOf(String path) {
        return Objects.requireNonNull(PLAYS.get(path), path);
    }

    static Stream<Arguments> faults() {
        return connectors()
                .flatMap(path -> Stream.of(
                        Arguments.of(path, Fault.DOWN, "", "provider-unreachable"),
                        Arguments.of(path, Fault.SLOW, "4000", "provider-timeout"),
                        Arguments.of(path, Fault.TRUNCATED, "connection", "provider-unreachable"),
                        Arguments.of(path, Fault.TRUNCATED, "body", "provider-invalid"),
                        Arguments.of(path, Fault.FAILURE_INSIDE_200, "", "provider-failed"),
                        // the population database itself gives no tokens
                        path.equals(DIRECT)
                                ? Arguments.of(path, Fault.CLOCK_DRIFT, "100000", "provider-refused")
                                : Arguments.of(path, Fault.EXPIRED_TOKEN, "", "")));
    }

    @ParameterizedTest(name = "{0} {1} {2}")
    @MethodSource("faults")
    void each_fault_has_its_code_for_the_caller_and_in_the_record(
            String path, Fault fault, String value, String expected) {
        assertThat(call(path).statusCode()).isEqualTo(200);
        String simulator = simulatorOf(path);
        if (value.isEmpty()) {
            hub.faults(simulator).set(fault).times(fault == Fault.EXPIRED_TOKEN ? 1 : 5);
        } else {
            hub.faults(simulator).set(fault, value);
        }

        HttpResponse<String> answer = call(path);

        if (expected.isEmpty()) {
            assertThat(answer.statusCode()).as("renewed in flight").isEqualTo(200);
        } else {
            assertThat(TestBus.code(answer)).as(answer.body()).isEqualTo(expected);
            assertThat(bus.recordOf(answer).error())
                    .hasValueSatisfying(code -> assertThat(code).hasToString(expected));
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
