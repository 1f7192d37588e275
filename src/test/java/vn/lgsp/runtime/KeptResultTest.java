package vn.lgsp.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.vertx.core.buffer.Buffer;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a step leaves for the steps after it, and what cannot be kept of it (BUS-11, DLV-04). */
final class KeptResultTest {
    @TempDir
    static Path folder;

    private static StubPeer desk;
    private static StubPeer archive;
    private static TestBus bus;

    @BeforeAll
    static void start() {
        desk = StubPeer.answering(200, "application/json", "{}");
        archive = StubPeer.answering(200, "application/json", "{}");
        bus = TestBus.in(folder)
                .system("desk-1", desk.port())
                .system("archive", archive.port())
                .grant("paper-notify")
                .service(
                        "paper-notify",
                        PinnedRevisionTest.card(
                                "[ { to: desk-1, keepResult: true, retry: { first: 10ms, longest: 20ms, attempts: 5 } }, { to: archive, after: desk-1 } ]"),
                        TestBus.Builder.route(
                                "paper-notify", "- transform: { jq: { expression: \"{ accepted: $exchangeId }\" } }"))
                .write(
                        "routes/test/paper-notify--to-desk-1.camel.yaml",
                        TestBus.Builder.route("paper-notify--to-desk-1", "- to: lgsp-http:desk-1/papers"))
                .write(
                        "routes/test/paper-notify--to-archive.camel.yaml",
                        TestBus.Builder.route("paper-notify--to-archive", """
                                - transform: { jq: { expression: "$desk1Result | fromjson" } }
                                - to: lgsp-http:archive/store
                                """))
                .setting("lgsp.guarantee.sweep", "50ms")
                .setting("lgsp.deliver.memory-limit", "4MB")
                .start();
        assertThat(bus.bus().refusedServices()).isEmpty();
    }

    @AfterAll
    static void stop() {
        bus.close();
        desk.close();
        archive.close();
    }

    private static String arrives(String messageId, String state) {
        HttpResponse<String> accepted = bus.send(bus.request("/api/paper-notify/v1/papers")
                .header("Content-Type", "application/json")
                .header("Idempotency-Key", messageId)
                .POST(BodyPublishers.ofString("{\"so\":1}"))
                .build());
        assertThat(accepted.statusCode()).as(accepted.body()).isEqualTo(202);
        String exchange = TestBus.json(accepted).path("accepted").asText();
        await().atMost(Duration.ofSeconds(60))
                .until(() -> delivery(exchange, "desk-1").path("state").asText().equals(state));
        return exchange;
    }

    private static JsonNode delivery(String exchange, String destination) {
        for (JsonNode delivery : TestBus.json(bus.get("/exchanges/" + exchange)).path("deliveries")) {
            if (delivery.path("destination").asText().equals(destination)) {
                return delivery;
            }
        }
        throw new AssertionError("no delivery to " + destination);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void a_result_that_cannot_be_kept_parks_its_delivery_at_once_and_is_told(int kind) {
        Buffer answer = kind == 0
                ? Buffer.buffer("\"" + "a".repeat(1 << 20) + "\"")
                : Buffer.buffer(new byte[] {'"', (byte) 0xC3, '"'});
        desk.behaves(request ->
                request.response().putHeader("Content-Type", "application/json").end(answer));
        int before = desk.begun();

        String exchange = arrives("m-" + kind, "parked");

        assertThat(delivery(exchange, "desk-1").path("attempts").asInt()).isEqualTo(1);
        assertThat(delivery(exchange, "desk-1").at("/reason/code").asText()).isEqualTo("result-unkeepable");
        assertThat(delivery(exchange, "archive").path("state").asText()).isEqualTo("waiting");
        assertThat(desk.begun() - before).as("the destination has it once").isEqualTo(1);
    }

    @Test
    void a_result_of_the_largest_size_reaches_the_step_after_it() {
        String result = "\"" + "a".repeat((1 << 20) - 2) + "\"";
        desk.behaves(StubPeer.fixed(200, "application/json", result));

        arrives("m-good", "delivered");

        await().atMost(Duration.ofSeconds(60)).until(() -> archive.received().stream()
                .anyMatch(seen -> seen.text().equals(result)));
    }
}
