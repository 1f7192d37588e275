package vn.lgsp.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import vn.lgsp.hub.Fault;
import vn.lgsp.hub.Hub;
import vn.lgsp.hub.Received;
import vn.lgsp.soap.XRoad;

/** Services behind an X-Road security server, by both of its protocols, and what its faults mean in either spelling (EXT-01, EXT-12). */
final class XRoadTest {
    private static final String PROVIDER = "instance: VN-test, member: 000.00.00.G22, subsystem: registry";
    private static final String SOAP = "/api/person-soap/v1/person";
    private static final String REST = "/api/person-rest/v1/person/001000000000";
    private static final String METADATA = "/api/services/v1/services";

    @TempDir
    static Path folder;

    private static Hub hub;
    private static RawPeer newer;
    private static TestBus bus;

    @BeforeAll
    static void start() throws Exception {
        hub = Hub.start(0, Clock.systemUTC());
        newer = RawPeer.that(talk -> talk.say(200, "application/json", """
                {"service":[{"objectType":"SERVICE","xroadInstance":"VN-test","memberClass":"GOV","memberCode":"000.00.00.G22",\
                "subsystemCode":"registry","serviceCode":"persons","serviceType":"OPENAPI",\
                "endpointList":[{"method":"GET","path":"*"}]}]}"""));
        String client = "headers: [{ name: X-Road-Client, value: VN-test/GOV/000.00.00.H99/lgsp }]";
        TestBus.Builder made = TestBus.in(folder)
                .systemAt("security-server", hub.url("security-server"), "breaker: { of: 0 }", client)
                .systemAt(
                        "stranger",
                        hub.url("security-server"),
                        "breaker: { of: 0 }",
                        "headers: [{ name: X-Road-Client, value: VN-test/GOV/000.00.00.H98/lgsp }]")
                .systemAt(
                        "watched",
                        hub.url("security-server"),
                        "breaker: { of: 4, failures: 50%, open: 60s, trials: 1 }",
                        client)
                .systemAt("nameless", hub.url("security-server"), "breaker: { of: 0 }")
                .system("newer", newer.port(), client);
        for (String file : List.of("connectors/x-road.kamelet.yaml", "connectors/x-road-rest.kamelet.yaml")) {
            made.write(file, Files.readString(Path.of(file)));
        }
        for (String system : List.of("security-server", "stranger", "nameless")) {
            service(
                    made,
                    system.equals("security-server") ? "person-soap" : "person-soap-" + system,
                    system,
                    "/person",
                    """
                    - setBody: { constant: '<r:findPerson xmlns:r="http://registry.example.vn/v1"><r:personId>001000000000</r:personId></r:findPerson>' }
                    - to:
                        uri: kamelet:x-road
                        parameters: { system: %s, %s, service: findPerson, version: v1, partyClass: GOV, expectsNamespace: "http://registry.example.vn/v1" }
                    - setHeader: { name: Content-Type, constant: application/xml }
                    """.formatted(system, PROVIDER));
        }
        for (String system : List.of("security-server", "stranger", "watched")) {
            service(
                    made,
                    system.equals("security-server") ? "person-rest" : "person-rest-" + system,
                    system,
                    "/person/{id}",
                    """
                    - to:
                        uri: kamelet:x-road-rest
                        parameters: { system: %s, %s, service: persons, path: "/{id}", partyClass: GOV }
                    """.formatted(system, PROVIDER));
        }
        metadata(made, "services", "security-server");
        metadata(made, "services-newer", "newer");
        bus = made.start();
        assertThat(bus.bus().refusedServices()).isEmpty();
    }

    private static void service(TestBus.Builder made, String service, String system, String path, String steps) {
        made.service(service, """
                        service: %s
                        version: 1
                        name: { vi: Hỏi, en: Ask }
                        description: Asks what lies behind X-Road.
                        contact: the test
                        providers: [%s]
                        mode: mapped
                        criterion: real-time
                        personalData: false
                        operations:
                          - { id: ask, method: GET, path: "%s" }
                        """.formatted(service, system, path), TestBus.Builder.route(service, steps))
                .grant(service);
    }

    /** What a security server offers, whichever spelling its metadata has. */
    private static void metadata(TestBus.Builder made, String service, String system) {
        service(made, service, system, "/services", """
                - to:
                    uri: kamelet:x-road-rest
                    parameters: { system: %s, %s, service: listMethods }
                - transform:
                    jq:
                      expression: "[.service[] | { code: (.service_code // .serviceCode), kind: (.service_type // .serviceType) }]"
                - setHeader: { name: Content-Type, constant: application/json }
                """.formatted(system, PROVIDER));
    }

    @AfterAll
    static void stop() {
        bus.close();
        hub.close();
        newer.close();
    }

    @BeforeEach
    void calm() {
        hub.reset("security-server");
    }

    private static HttpResponse<String> ask(String path) {
        return bus.send(
                bus.request(path).header("X-Request-Id", "ho-so-7").GET().build());
    }

    private static Received last() {
        List<Received> all = hub.received("security-server");
        return all.get(all.size() - 1);
    }

    @Test
    void a_soap_service_is_called_with_the_headers_of_the_protocol_and_correlation_in_them() {
        HttpResponse<String> answer = ask(SOAP);

        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        assertThat(answer.body()).contains("001000000000", "NGƯỜI DÙNG THỬ NGHIỆM");
        assertThat(last().isRight()).as(last().checks().toString()).isTrue();
        assertThat(new String(last().requestBody().bytes(), StandardCharsets.UTF_8))
                .contains(
                        "xsd\">" + bus.recordOf(answer).id() + "</xrd:id>",
                        "xsd\">ho-so-7</xrd:issue>",
                        "xsd\">4.0</xrd:protocolVersion>",
                        ":partyCode>T01<",
                        ":serviceVersion>v1<");
    }

    @Test
    void the_client_is_the_same_with_slashes_percent_encoded_and_with_colons() {
        XRoad.Head head =
                new XRoad.Head("VN/GOV/G22/a/b", Optional.empty(), "1", "2", Optional.empty(), Optional.empty());

        assertThat(XRoad.blocks("VN:GOV:000.00.00.H99:lgsp", head))
                .isEqualTo(XRoad.blocks("VN/GOV/000.00.00.H99/lgsp", head))
                .isEqualTo(XRoad.blocks("VN/GOV/000.00.00.H99/lg%73p", head));
    }

    @Test
    void a_rest_service_is_called_with_the_headers_of_the_protocol() {
        HttpResponse<String> answer = ask(REST);

        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        assertThat(TestBus.json(answer).path("name").asText()).isEqualTo("NGƯỜI DÙNG THỬ NGHIỆM");
        assertThat(last().path()).endsWith("/r1/VN-test/GOV/000.00.00.G22/registry/persons/001000000000");
        assertThat(last().isRight()).as(last().checks().toString()).isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "AccessDenied, provider-refused",
        "UnknownService, provider-refused",
        "ServiceDisabled, provider-failed",
        "ServiceFailed, provider-failed",
        "NetworkError, provider-unreachable",
        "LoggingFailed, provider-failed",
        "ServiceFailed.MissingBody, provider-refused"
    })
    void a_fault_means_the_same_in_either_spelling_and_keeps_its_code(String fault, String cause) {
        for (String style : List.of("legacy", "new")) {
            hub.settings("security-server").put("fails", fault).put("fault-style", style);
            for (String path : List.of(SOAP, REST)) {
                HttpResponse<String> answer = ask(path);

                assertThat(TestBus.code(answer)).as("%s %s", style, path).isEqualTo(cause);
                String code = bus.recordOf(answer).partnerCode().orElseThrow();
                assertThat(code)
                        .startsWith(style.equals("legacy") ? "Server.ServerProxy." : "server.serverproxy.")
                        .matches(kept -> kept.replace("_", "")
                                .toLowerCase(java.util.Locale.ROOT)
                                .endsWith(fault.toLowerCase(java.util.Locale.ROOT)));
            }
        }
    }

    @Test
    void who_may_not_call_hears_it_by_both_protocols_and_who_has_no_identifier_does_not_call() {
        for (String path :
                List.of("/api/person-soap-stranger/v1/person", "/api/person-rest-stranger/v1/person/001000000000")) {
            HttpResponse<String> refused = ask(path);
            assertThat(TestBus.code(refused)).as(path).isEqualTo("provider-refused");
            assertThat(bus.recordOf(refused).partnerCode()).hasValue("Server.ServerProxy.AccessDenied");
        }
        int before = hub.received("security-server").size();
        assertThat(TestBus.code(ask("/api/person-soap-nameless/v1/person"))).isEqualTo("bus-failed");
        assertThat(hub.received("security-server")).hasSize(before);
    }

    @Test
    void a_fault_of_one_service_does_not_suspend_the_security_server_for_all_others() {
        hub.settings("security-server").put("fails", "AccessDenied");
        for (int i = 0; i < 6; i++) {
            assertThat(TestBus.code(ask("/api/person-rest-watched/v1/person/001000000000")))
                    .isEqualTo("provider-refused");
        }
        hub.reset("security-server");
        assertThat(ask("/api/person-rest-watched/v1/person/001000000000").statusCode())
                .isEqualTo(200);
    }

    @Test
    void a_failure_inside_of_a_200_is_one_and_what_is_cut_is_no_answer() {
        hub.faults("security-server").set(Fault.FAILURE_INSIDE_200);
        HttpResponse<String> failed = ask(SOAP);
        assertThat(TestBus.code(failed)).isEqualTo("provider-failed");
        assertThat(bus.recordOf(failed).partnerCode()).hasValue("Server.ServerProxy.ServiceFailed");

        hub.faults("security-server").clear();
        hub.faults("security-server").set(Fault.TRUNCATED, "body");
        assertThat(TestBus.code(ask(SOAP))).isEqualTo("provider-invalid");
        hub.faults("security-server").clear();
        hub.faults("security-server").set(Fault.DOWN);
        assertThat(TestBus.code(ask(SOAP))).isEqualTo("provider-unreachable");
        assertThat(TestBus.code(ask(REST))).isEqualTo("provider-unreachable");
    }

    @Test
    void metadata_is_read_in_either_spelling() {
        for (String path : List.of(METADATA, "/api/services-newer/v1/services")) {
            HttpResponse<String> offered = ask(path);
            assertThat(offered.statusCode()).as(offered.body()).isEqualTo(200);
            assertThat(offered.body()).as(path).isEqualTo("[{\"code\":\"persons\",\"kind\":\"OPENAPI\"}]");
        }
    }
}
