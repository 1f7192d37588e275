package vn.lgsp.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The connector {@code ndxp-gateway} with each family of envelopes, and with two gateways side by side (EXT-02, EXT-12). */
final class GatewayFamiliesTest {
    private static final List<String> FAMILIES = List.of(
            "hanoi",
            "lgsp",
            "opencps",
            "hcm",
            "portal",
            "judicial-record",
            "business-registration",
            "civil-status",
            "catalogue-upload",
            "document-axis");

    @TempDir
    static Path folder;

    private static StubPeer first;
    private static StubPeer second;
    private static TestBus bus;
    private static TestBus.Builder files;

    @BeforeAll
    static void start() throws Exception {
        first = StubPeer.answering(200, "application/json", "{}");
        second = StubPeer.answering(200, "application/json", "{}");
        TestBus.Builder made = TestBus.in(folder)
                .system("ndxp", first.port(), "breaker: { of: 0 }")
                .system("ndxp-2", second.port(), "breaker: { of: 0 }")
                .write(
                        "connectors/ndxp-gateway.kamelet.yaml",
                        Files.readString(Path.of("connectors/ndxp-gateway.kamelet.yaml")));
        for (String family : FAMILIES) {
            String file = "transforms/_replies/" + family + ".reply.yaml";
            made.write(file, Files.readString(Path.of(file)));
            String success = family.equals("opencps") || family.equals("judicial-record") ? ", success: \"1\"" : "";
            service(made, "of-" + family, "ndxp", "family: " + family + success);
        }
        service(made, "of-next", "ndxp-2", "family: hanoi, system: ndxp-2, version: \"\"");
        service(made, "of-nobody", "ndxp", "family: unheard-of");
        files = made;
        bus = made.start();
    }

    private static void service(TestBus.Builder made, String service, String system, String parameters) {
        made.service(service, """
                        service: %s
                        version: 1
                        name: { vi: Hỏi, en: Ask }
                        description: Asks behind a gateway.
                        contact: the test
                        providers: [%s]
                        mode: mapped
                        criterion: real-time
                        personalData: false
                        operations:
                          - { id: ask, method: GET, path: "/{so}" }
                        """.formatted(service, system), TestBus.Builder.route(service, """
                        - to: { uri: "kamelet:ndxp-gateway", parameters: { api: apiX, operation: "hoi/{so}", query: so, %s } }
                        - setHeader: { name: Content-Type, constant: application/json }
                        """.formatted(parameters)))
                .grant(service);
    }

    @AfterAll
    static void stop() {
        bus.close();
        first.close();
        second.close();
    }

    private static HttpResponse<String> ask(String family, String reply) {
        first.behaves(StubPeer.fixed(200, "application/json", reply));
        return bus.get("/api/of-" + family + "/v1/007");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "hanoi                 | {\"code\":\"00\"} | {\"code\":\"01\",\"cause\":\"E-17\"} | E-17",
                "lgsp                  | {\"code\":\"200\",\"response\":{}} | {\"code\":\"500\",\"status\":\"-3\"} | -3",
                "opencps               | {\"Status\":\"1\"} | {\"Status\":\"0\",\"Message\":\"Đỗ\"} | 0",
                "hcm                   | {\"response_code\":\"00\",\"response_data\":[]} | {\"response_code\":\"-1\"} | -1",
                "hanoi                 | {\"code\":\"00\",\"data\":[]} | {\"code\":\"01\"} | 01",
                "portal                | {\"error_code\":0} | {\"error_code\":7,\"message\":\"Đỗ\"} | 7",
                "portal                | {\"session\":\"s\",\"error_code\":0} | {\"session\":\"\",\"error_code\":\"1\"} | 1",
                "judicial-record       | {\"STATUS\":1} | {\"STATUS\":9,\"DESCRIPTION\":\"Đỗ\"} | 9",
                "business-registration | {\"Data\":{},\"Status\":\"1\"} | {\"Status\":\"0\",\"Message\":\"Đỗ\"} | 0",
                "civil-status          | {\"status\":1} | {\"title\":\"Đỗ\",\"errors\":{},\"status\":500} | 500",
                "civil-status          | {\"status\":\"1\"} | {\"status\":0,\"errorCode\":201,\"errorDescription\":\"Đỗ\"} | 201",
                "lgsp                  | {\"code\":200,\"status\":\"ok\",\"response\":[]} | {\"code\":401,\"response\":\"Đỗ\"} | 401",
                "business-registration | {\"Data\":[],\"DataCount\":0,\"Status\":1} | {\"Data\":null,\"Status\":0} | 0",
                "catalogue-upload      | {\"MSG\":\"Done\",\"Count\":3} | {\"MSG\":\"Đỗ đã có\"} | ~~",
                "document-axis         | {\"status\":\"OK\",\"ErrorCode\":\"0\"} | {\"status\":\"FAIL\",\"ErrorCode\":\"-2\"} | -2"
            })
    void a_failure_inside_a_200_is_one_result_whatever_the_family(
            String family, String success, String failure, String code) {
        HttpResponse<String> good = ask(family, success);
        assertThat(good.statusCode()).isEqualTo(200);
        assertThat(good.headers().firstValue("X-LGSP-Result")).contains("00");

        HttpResponse<String> failed = ask(family, failure);
        assertThat(TestBus.code(failed)).isEqualTo("provider-failed");
        assertThat(failed.headers().firstValue("X-LGSP-Result")).contains("01");
        assertThat(failed.body()).doesNotContain("Đỗ");
        assertThat(bus.recordOf(failed).partnerCode().orElse("")).isEqualTo(code == null ? "" : code);

        assertThat(TestBus.code(ask(family, "{\"cut\":"))).isEqualTo("provider-invalid");
    }

    @Test
    void the_newer_failure_of_civil_status_is_one_under_a_status_500_too_and_its_text_stays_here() {
        first.behaves(StubPeer.fixed(
                500, "application/problem+json", "{\"title\":\"Đỗ\",\"errors\":{\"so\":[\"Đỗ\"]},\"status\":500}"));
        HttpResponse<String> failed = bus.get("/api/of-civil-status/v1/007");

        assertThat(TestBus.code(failed)).isEqualTo("provider-failed");
        assertThat(failed.headers().firstValue("X-LGSP-Result")).contains("01");
        assertThat(bus.recordOf(failed).partnerCode()).contains("HTTP 500");
        assertThat(failed.body()).doesNotContain("Đỗ");
    }

    @Test
    void two_gateways_stand_side_by_side_and_one_of_them_has_no_version_in_its_paths() {
        second.behaves(StubPeer.fixed(200, "application/json", "{\"code\":\"00\"}"));
        assertThat(ask("hanoi", "{\"code\":\"00\"}").statusCode()).isEqualTo(200);
        assertThat(bus.get("/api/of-next/v1/007").statusCode()).isEqualTo(200);
        assertThat(first.last().uri()).isEqualTo("/apiX/1.0/hoi/007?so=007");
        assertThat(second.last().uri()).isEqualTo("/apiX/hoi/007?so=007");
    }

    @Test
    void a_family_that_nobody_has_is_refused_before_anything_runs() {
        assertThat(bus.bus().refusedServices()).asString().contains("of-nobody");
        assertThat(bus.get("/api/of-nobody/v1/007").statusCode()).isEqualTo(503);
    }

    @Test
    void a_system_of_central_to_local_scope_is_added_to_the_running_bus_by_files_alone() {
        try (StubPeer ministry =
                StubPeer.answering(200, "application/json", "{\"ketQua\":\"TC\",\"duLieu\":{\"so\":\"007\"}}")) {
            files.write("transforms/_replies/ministry.reply.yaml", """
                    # A family that nobody has met before.
                    success:
                      - { at: /ketQua, is: [TC] }
                    code: [/maLoi]
                    payload: /duLieu
                    """)
                    .system("ministry", ministry.port(), "breaker: { of: 0 }");
            service(files, "of-ministry", "ministry", "family: ministry, system: ministry, version: v2");
            files.prepare();

            await().atMost(Duration.ofSeconds(60))
                    .until(() -> bus.get("/api/of-ministry/v1/007").statusCode() == 200);
            assertThat(bus.get("/api/of-ministry/v1/007").body()).isEqualTo("{\"so\":\"007\"}");
            assertThat(ministry.last().uri()).isEqualTo("/apiX/v2/hoi/007?so=007");
            ministry.behaves(StubPeer.fixed(200, "application/json", "{\"ketQua\":\"KTC\",\"maLoi\":\"E-4\"}"));
            HttpResponse<String> failed = bus.get("/api/of-ministry/v1/007");
            assertThat(TestBus.code(failed)).isEqualTo("provider-failed");
            assertThat(bus.recordOf(failed).partnerCode()).contains("E-4");
        }
    }
}
