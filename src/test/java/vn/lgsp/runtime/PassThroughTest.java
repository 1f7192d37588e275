package vn.lgsp.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import vn.lgsp.message.Outcome;
import vn.lgsp.record.ExchangeRecord;

/** Content that passes through: byte for byte, with its headers, and with a record that proves it (BUS-15, MSG-01). */
final class PassThroughTest {
    @TempDir
    Path folder;

    @Test
    void a_document_passes_untouched_and_its_record_holds_sizes_and_digests() {
        try (StubPeer archive = StubPeer.answering(201, "application/json", "{\"ok\":\"được\"}");
                TestBus bus = TestBus.in(folder)
                        .passThrough("paper-relay", "archive")
                        .system("archive", archive.port())
                        .grant("paper-relay")
                        .start()) {
            assertThat(bus.bus().refusedServices()).isEmpty();

            HttpResponse<String> answer = bus.send(bus.request("/api/paper-relay/v1/in/box?tag=a%20b")
                    .header("Content-Type", "text/plain")
                    .header("X-Note", "kept")
                    .header("Cookie", "not=passed")
                    .header("X-Request-Id", "corr-1")
                    .POST(BodyPublishers.ofString("một tài liệu"))
                    .build());

            assertThat(answer.statusCode()).isEqualTo(400); // no query parameter is documented
            assertThat(TestBus.code(answer)).isEqualTo("message-invalid");

            answer = bus.send(bus.request("/api/paper-relay/v1/in/box%2F1")
                    .header("Content-Type", "text/plain")
                    .header("X-Note", "kept")
                    .header("Cookie", "not=passed")
                    .header("X-Request-Id", "corr-1")
                    .POST(BodyPublishers.ofString("một tài liệu"))
                    .build());

            assertThat(answer.statusCode()).isEqualTo(201);
            assertThat(answer.body()).isEqualTo("{\"ok\":\"được\"}");
            assertThat(answer.headers().firstValue("X-LGSP-Result")).contains("00");
            assertThat(answer.headers().firstValue("X-Request-Id")).contains("corr-1");
            assertThat(archive.received()).singleElement().satisfies(seen -> {
                assertThat(seen.uri()).isEqualTo("/in/box%2F1");
                assertThat(seen.text()).isEqualTo("một tài liệu");
                assertThat(seen.headers().get("x-note")).isEqualTo("kept");
                assertThat(seen.headers().get("cookie")).isNull();
                assertThat(seen.headers().get("x-api-key")).isNull();
                assertThat(seen.headers().get("x-request-id")).isEqualTo("corr-1");
                assertThat(seen.headers().get("x-lgsp-consumer-agency")).isEqualTo("T01");
            });
            ExchangeRecord record = bus.recordOf(answer);
            assertThat(record.outcome()).contains(Outcome.ANSWERED);
            assertThat(record.operation()).contains("POST /{rest+}");
            assertThat(record.correlation()).isEqualTo("corr-1");
            assertThat(record.request().orElseThrow().bytes())
                    .isEqualTo("một tài liệu".getBytes(StandardCharsets.UTF_8).length);
            assertThat(record.answer().orElseThrow().bytes())
                    .isEqualTo(answer.body().getBytes(StandardCharsets.UTF_8).length);
            assertThat(record.unit()).isPresent();
        }
    }
}
