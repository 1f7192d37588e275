package vn.lgsp.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A provider that tells failure inside of a 200, over the running bus (API-03). */
final class ReplyFamilyTest {
    @Test
    void a_failure_inside_a_200_is_recorded_with_the_providers_code_and_a_success_hands_on_what_is_inside(
            @TempDir Path folder) throws IOException {
        try (StubPeer provider = StubPeer.answering(200, "application/json", "");
                TestBus bus = TestBus.in(folder)
                        .system("registry", provider.port())
                        .grant("ask")
                        .service("ask", """
                                service: ask
                                version: 1
                                name: { vi: Hỏi, en: Ask }
                                description: Asks.
                                contact: the test
                                providers: [registry]
                                mode: mapped
                                criterion: real-time
                                personalData: false
                                operations:
                                  - { id: ask, method: GET, path: /x }
                                """, TestBus.Builder.route("ask", """
                                        - to: lgsp-http:registry/x
                                        - to: lgsp-reply:hcm
                                        - setHeader: { name: Content-Type, constant: application/json }"""))
                        .write(
                                "transforms/_replies/hcm.reply.yaml",
                                Files.readString(Path.of("transforms/_replies/hcm.reply.yaml")))
                        .start()) {
            assertThat(bus.bus().refusedServices()).isEmpty();
            provider.behaves(StubPeer.fixed(200, "application/json", "{\"response_code\":\"-1\",\"x\":\"Đỗ\"}"));
            HttpResponse<String> failed = bus.get("/api/ask/v1/x");
            provider.behaves(StubPeer.fixed(
                    200, "application/json", "{\"response_code\":\"00\",\"response_data\":{\"gia\":1.50}}"));
            HttpResponse<String> answered = bus.get("/api/ask/v1/x");

            assertThat(failed.statusCode()).isEqualTo(502);
            assertThat(TestBus.code(failed)).isEqualTo("provider-failed");
            assertThat(failed.headers().firstValue("X-LGSP-Result")).contains("01");
            assertThat(failed.body()).doesNotContain("Đỗ");
            assertThat(bus.recordOf(failed).partnerCode()).contains("-1");
            assertThat(answered.headers().firstValue("X-LGSP-Result")).contains("00");
            assertThat(answered.body()).isEqualTo("{\"gia\":1.50}");
        }
    }
}
