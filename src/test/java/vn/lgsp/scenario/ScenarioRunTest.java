package vn.lgsp.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import vn.lgsp.command.TrialBus;
import vn.lgsp.failure.Finding;
import vn.lgsp.runtime.BusSettings;
import vn.lgsp.runtime.Configuration;
import vn.lgsp.runtime.RegistryDocument;
import vn.lgsp.unit.Unit;

/** Scenarios that are wrong fail, each with exactly what is wrong, where, expected and found: a check that cannot fail is none. */
class ScenarioRunTest {
    private static final String LAND = "transforms/land/land-parcel-lookup/";
    private static final String CIVIL = "transforms/civil/civil-birth-notify/";
    private static final String ARCHIVE = "transforms/archive/archive-document-relay/";
    private static final String VIEW = "transforms/land/land-parcel-view/";
    private static final String PARCEL = """
            scenario: A test of the tester
            given:
              land-registry-east:
                headers: { X-Test: "1" }
                json: { parcelNo: "0012", districtCode: "01", areaM2: 12.50, owner: { name: Lê Thử } }
            when:
              get: /parcels/01/0012
            then:
            """;
    private static final String BIRTH = """
            scenario: A test of the tester
            given:
              social-insurance: { status: 422 }
            when:
              soap: 1.1
              file: samples/birth.xsd/least.in.xml
            then:
            """;
    private static final String DOCUMENT = """
            scenario: A test of the tester
            given:
              city-archive: { text: "Trang 0007" }
            when:
              get: /documents/doc-1
            then:
            """;

    /** @param expected the findings behind {@code <folder>scenarios/<name>.scenario.yaml}, without the remedy */
    private record Wrong(String name, String folder, String text, List<String> expected) {
        @Override
        public String toString() {
            return name;
        }
    }

    @TempDir
    private static Path home;

    private static final Map<String, ScenarioResult> RESULTS = new LinkedHashMap<>();

    static List<Wrong> wrong() {
        return List.of(
                new Wrong(
                        "status",
                        LAND,
                        PARCEL + "  answer: { status: 404 }",
                        List.of(":9: answer.status: expected 404, found 200")),
                new Wrong(
                        "of-a-called-service",
                        VIEW,
                        PARCEL.replace("/parcels/01/0012", "/01/0012")
                                + "  answer: { status: 404, at: { /parcel/number: \"0012\" } }",
                        List.of(":9: answer.status: expected 404, found 200")),
                new Wrong(
                        "header",
                        LAND,
                        PARCEL + "  answer:\n    headers: { Content-Type: text/html, X-None: a }",
                        List.of(
                                ":10: answer.headers.Content-Type: expected text/html, found application/json",
                                ":10: answer.headers.X-None: expected a, found nothing")),
                new Wrong(
                        "code",
                        LAND,
                        PARCEL + "  answer: { code: record-not-found }",
                        List.of(":9: answer.code: expected record-not-found, found nothing")),
                new Wrong(
                        "body",
                        LAND,
                        PARCEL + """
                          answer:
                            json:
                              parcel:
                                number: "0013"
                                district: "01"
                                area: { value: "12.5", unit: m2 }
                        """,
                        List.of(
                                ":12: answer /parcel/number: expected \"0013\", found \"0012\"",
                                ":14: answer /parcel/area/value: expected \"12.5\", found \"12.50\"",
                                ":12: answer /parcel/holder: expected nothing, found \"Lê Thử\"")),
                new Wrong(
                        "body-of-another-kind",
                        LAND,
                        PARCEL + "  answer: { text: parcel 0012 }",
                        List.of(
                                ":9: answer: expected \"parcel 0012\", found"
                                        + " \"{\"parcel\":{\"number\":\"0012\",\"district\":\"01\",\"area\":{\"value\":\"12.50\",\"unit\":\"m2\"},\"holder\":\"Lê Thử\"}}\"")),
                new Wrong(
                        "part",
                        LAND,
                        PARCEL + """
                          answer:
                            at:
                              /parcel/holder: Lê Thật
                              /parcel/owner: anybody
                              /parcel/area: { value: "12.50", unit: ha }
                        """,
                        List.of(
                                ":11: answer /parcel/holder: expected \"Lê Thật\", found \"Lê Thử\"",
                                ":12: answer /parcel/owner: expected \"anybody\", found nothing",
                                ":13: answer /parcel/area/unit: expected \"ha\", found \"m2\"")),
                new Wrong(
                        "text",
                        ARCHIVE,
                        DOCUMENT + "  answer: { text: Trang 0008 }",
                        List.of(":7: answer: expected \"Trang 0008\", found \"Trang 0007\"")),
                new Wrong(
                        "record",
                        LAND,
                        PARCEL + "  record: { outcome: failed, provider: land-registry-west, error: bus-failed }",
                        List.of(
                                ":9: record.outcome: expected failed, found answered",
                                ":9: record.provider: expected land-registry-west, found land-registry-east",
                                ":9: record.error: expected bus-failed, found nothing")),
                new Wrong(
                        "called-too-often",
                        LAND,
                        PARCEL + "  peers:\n    land-registry-east: []",
                        List.of(":10: peer 'land-registry-east' was called 1 times, not 0: GET /parcels/0012")),
                new Wrong(
                        "called-too-seldom",
                        LAND,
                        PARCEL
                                + "  peers: { land-registry-east: [GET /parcels/0012, GET /parcels/0012], land-registry-west: [GET /parcels/0012] }",
                        List.of(
                                ":9: peer 'land-registry-east' was called 1 times, not 2: GET /parcels/0012",
                                ":9: peer 'land-registry-west' was called 0 times, not 1: nothing")),
                new Wrong(
                        "called-otherwise",
                        LAND,
                        PARCEL + """
                          peers:
                            land-registry-east:
                              - request: GET /parcels/0013
                                headers: { Accept: text/html }
                                text: something
                        """,
                        List.of(
                                ":11: peers.land-registry-east[1].request: expected GET /parcels/0013, found GET /parcels/0012",
                                ":12: peers.land-registry-east[1].headers.Accept: expected text/html, found application/json",
                                ":13: peers.land-registry-east[1]: expected \"something\", found nothing")),
                new Wrong(
                        "not-given",
                        LAND,
                        PARCEL.replace("land-registry-east", "land-registry-west") + "  answer: { status: 502 }",
                        List.of(
                                ":7: the service called 'land-registry-east' (GET /parcels/0012), and the scenario gives no answer of"
                                        + " it")),
                new Wrong(
                        "delivery",
                        CIVIL,
                        BIRTH + """
                          deliveries:
                            social-insurance: { state: delivered, attempts: 2, reason: provider-timeout }
                            civil-archive: parked
                        """,
                        List.of(
                                ":9: deliveries.social-insurance.state: expected delivered, found parked",
                                ":9: deliveries.social-insurance.attempts: expected 2, found 1",
                                ":9: deliveries.social-insurance.reason: expected provider-timeout, found provider-refused",
                                ":10: deliveries.civil-archive.state: expected parked, found delivered")),
                new Wrong(
                        "fault",
                        CIVIL,
                        BIRTH.replace("least.in", "no-mother.invalid")
                                + "  answer: { status: 200, code: grant-missing }\n  deliveries: { civil-archive: delivered }",
                        List.of(
                                ":8: answer.status: expected 200, found 500",
                                ":8: answer.code: expected grant-missing, found message-invalid",
                                ":9: deliveries.civil-archive.state: expected delivered, found nothing")),
                new Wrong(
                        "answer-xml",
                        CIVIL,
                        BIRTH + """
                          answer:
                            xml: |
                              <ThongBaoKhaiSinhResponse xmlns="urn:thanhphomau:hotich:khaisinh:1.0">
                                <MaGiaoDich>${exchange}</MaGiaoDich>
                                <KetQua>01</KetQua>
                              </ThongBaoKhaiSinhResponse>
                            at: { /ThongBaoKhaiSinhResponse/KetQua: "02", /ThongBaoKhaiSinhResponse/LyDo: a }
                        """,
                        List.of(
                                ":12: answer /ThongBaoKhaiSinhResponse/KetQua: expected \"01\", found \"00\"",
                                ":14: answer /ThongBaoKhaiSinhResponse/KetQua: expected \"02\", found \"00\"",
                                ":14: answer /ThongBaoKhaiSinhResponse/LyDo: expected \"a\", found nothing")),
                new Wrong(
                        "queue",
                        CIVIL,
                        BIRTH + """
                          deliveries: { civil-archive: delivered }
                          peers:
                            civil-archive:
                              - headers: { lgsp_exchange: another }
                                file: samples/archive.xsl/other.out.xml
                        """,
                        List.of(
                                ":11: peers.civil-archive[1].headers.lgsp_exchange: expected another, found <id>",
                                "samples/archive.xsl/other.out.xml:2: peers.civil-archive[1] /TaiLieu/SoHieu: expected"
                                        + " \"KS-2026-000017\", found \"KS-2026-000018\"")));
    }

    @BeforeAll
    static void run() throws IOException {
        for (String folder : List.of("routes", "transforms", "connectors")) {
            try (Stream<Path> files = Files.walk(Path.of(folder))) {
                for (Path file : files.filter(Files::isRegularFile)
                        .filter(file -> !file.toString().contains("/scenarios/"))
                        .toList()) {
                    Path copy = home.resolve(file.toString());
                    Files.createDirectories(copy.resolveSibling(""));
                    Files.copy(file, copy);
                }
            }
        }
        for (Wrong wrong : wrong()) {
            write(wrong.folder() + "scenarios/" + wrong.name() + ".scenario.yaml", wrong.text());
        }
        // one that calls another service
        write("routes/land/land-parcel-view.card.yaml", """
                service: land-parcel-view
                version: 1
                name: { vi: Xem thửa đất, en: Parcel view }
                description: One parcel, by the service that knows it.
                contact: the test
                mode: mapped
                criterion: real-time
                personalData: true
                calls: { as: tax-office-portal-key, services: [land-parcel-lookup/v1] }
                operations:
                  - { id: view, method: GET, path: "/{district}/{number}" }
                """);
        write("routes/land/land-parcel-view.camel.yaml", """
                # A route of a test.
                - route:
                    id: land-parcel-view
                    description: A route of a test.
                    from:
                      uri: direct:land-parcel-view
                      steps:
                        - to: lgsp-call:land-parcel-lookup/v1/by-number
                """);
        write(
                CIVIL + "samples/archive.xsl/other.out.xml",
                Files.readString(Path.of(CIVIL, "samples/archive.xsl/least.out.xml"))
                        .replace("KS-2026-000018", "KS-2026-000017"));
        // one that is not deployed: its route calls a step that is not there
        write("routes/population/population-citizen-lookup.camel.yaml", """
                # A route of a test.
                - route:
                    id: population-citizen-lookup
                    description: A route of a test.
                    from:
                      uri: direct:population-citizen-lookup
                      steps:
                        - to: exec:rm
                """);
        write("transforms/population/population-citizen-lookup/scenarios/not-deployed.scenario.yaml", """
                scenario: A test of the tester
                when: { get: /citizens/001000000000 }
                then:
                  answer: { status: 200 }
                """);
        Configuration configuration = Configuration.of(Map.of());
        List<Scenario> scenarios = new ArrayList<>();
        for (Unit unit : Unit.all(home)) {
            ScenarioFile.Found found = ScenarioFile.all(unit);
            assertThat(found.findings()).isEmpty();
            scenarios.addAll(found.scenarios());
        }
        new ScenarioRun(
                        home,
                        RegistryDocument.readWithoutSecrets(BusSettings.from(configuration), configuration),
                        TrialBus::start)
                .run(scenarios, result -> RESULTS.put(result.scenario().name(), result));
    }

    private static List<Finding> findings(String scenario) {
        return Optional.ofNullable(RESULTS.get(scenario)).orElseThrow().findings();
    }

    private static void write(String file, String text) throws IOException {
        Path path = home.resolve(file);
        Files.createDirectories(path.resolveSibling(""));
        Files.writeString(path, text);
    }

    @ParameterizedTest
    @MethodSource("wrong")
    void what_is_not_as_expected_is_told(Wrong wrong) {
        String file = wrong.folder() + "scenarios/" + wrong.name() + ".scenario.yaml";
        assertThat(findings(wrong.name()))
                .extracting(finding -> finding.toString()
                        .replaceFirst(": mend the service; or, if .*", "")
                        .replaceFirst(": write one under 'given', or mend the service", "")
                        .replaceAll("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "<id>"))
                .containsExactlyElementsOf(wrong.expected().stream()
                        .map(text -> text.startsWith(":") ? file + text : wrong.folder() + text)
                        .toList());
    }

    @Test
    void a_service_that_is_not_deployed_is_told_with_its_reasons() {
        assertThat(findings("not-deployed"))
                .singleElement()
                .extracting(Finding::toString)
                .asString()
                .startsWith("transforms/population/population-citizen-lookup/scenarios/not-deployed.scenario.yaml:"
                        + " population-citizen-lookup/v1 was not deployed: ")
                .contains("exec");
    }

    @Test
    void no_text_shows_a_stack_trace_or_a_path_of_the_house() {
        assertThat(RESULTS.values())
                .hasSize(wrong().size() + 1)
                .flatExtracting(ScenarioResult::findings)
                .extracting(Finding::toString)
                .noneMatch(text -> text.contains("Exception")
                        || text.contains("vn.lgsp")
                        || text.contains(home.toString())
                        || text.contains("\n"));
    }
}
