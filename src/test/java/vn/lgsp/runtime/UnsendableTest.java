package vn.lgsp.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a route sets and nobody can send ends the exchange, with an answer and a record, and holds no place (BUS-03). */
final class UnsendableTest {
    private static final String CARD = """
            service: %s
            version: 1
            name: { vi: Thử, en: Try }
            description: A test.
            contact: the test
            providers: [archive]
            mode: mapped
            criterion: real-time
            personalData: false
            operations:
              - { id: write, method: POST, path: /run, query: [kind], accepts: [application/json] }
            """;

    @TempDir
    Path folder;

    @Test
    void a_header_with_a_line_break_and_a_status_that_is_none_end_as_bus_failed() {
        try (StubPeer archive = StubPeer.answering(200, "application/json", "{\"status\":201}");
                TestBus bus = TestBus.in(folder)
                        .service("odd-header", CARD.formatted("odd-header"), TestBus.Builder.route("odd-header", """
                                - setHeader: { name: Content-Type, simple: "application/${variable.kind}" }
                                - to: lgsp-http:archive/x
                                """))
                        .service("odd-status", CARD.formatted("odd-status"), TestBus.Builder.route("odd-status", """
                                - to: lgsp-http:archive/x
                                - setHeader: { name: CamelHttpResponseCode, jq: { expression: ".status" } }
                                """))
                        .system("archive", archive.port())
                        .grant("odd-header")
                        .grant("odd-status")
                        .start()) {
            assertThat(bus.bus().refusedServices()).isEmpty();

            HttpResponse<String> header = bus.post("/api/odd-header/v1/run?kind=x%0Ay", "application/json", "{}");
            HttpResponse<String> good = bus.post("/api/odd-header/v1/run?kind=json", "application/json", "{}");
            HttpResponse<String> status = bus.post("/api/odd-status/v1/run", "application/json", "{}");

            assertThat(header.statusCode()).isEqualTo(500);
            assertThat(TestBus.code(header)).isEqualTo("bus-failed");
            assertThat(bus.recordOf(header).error()).contains("bus-failed");
            assertThat(good.statusCode()).isEqualTo(200);
            assertThat(status.statusCode()).isIn(201, 500);
            assertThat(bus.recordOf(status).status()).isEqualTo(status.statusCode());
            assertThat(bus.waiting("archive")).isZero();
        }
    }
}
