package vn.lgsp.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import vn.lgsp.FreePorts;
import vn.lgsp.guarantee.ProtocolStep;
import vn.lgsp.message.Outcome;
import vn.lgsp.record.ExchangeRecord;

/** A guaranteed service whose route says by the content who gets a message, of those that its card names (BUS-05). */
final class ChosenRecipientsTest {
    private static final String SERVICE = "paper-notify";

    @TempDir
    private Path folder;

    private final StubPeer desk = StubPeer.answering(200, "application/json", "{}");
    private final StubPeer archive = StubPeer.answering(200, "application/json", "{}");
    private final HttpClient http = HttpClient.newHttpClient();

    @AfterEach
    void stop() {
        desk.close();
        archive.close();
    }

    private TestBus.Builder bus(String steps) {
        return TestBus.in(folder)
                .system("desk", desk.port())
                .system("archive", archive.port())
                .grant(SERVICE)
                .service(
                        SERVICE,
                        PinnedRevisionTest.card("[ { to: desk }, { to: archive } ]")
                                .replace("mode: guaranteed", "mode: guaranteed\nrecipients: chosen"),
                        TestBus.Builder.route(SERVICE, steps))
                .write(
                        "routes/test/paper-notify--to-desk.camel.yaml",
                        TestBus.Builder.route("paper-notify--to-desk", "- to: lgsp-http:desk/papers"))
                .write(
                        "routes/test/paper-notify--to-archive.camel.yaml",
                        TestBus.Builder.route("paper-notify--to-archive", "- to: lgsp-http:archive/store"))
                .setting("lgsp.guarantee.sweep", "50ms");
    }

    private static final String CHOOSES = """
            - setVariable: { name: recipients, jq: { expression: ".to" } }
            - transform: { jq: { expression: "{ accepted: $exchangeId }" } }
            """;

    private Optional<String> send(int port, String content, String messageId) {
        try {
            HttpResponse<String> answer = http.send(
                    HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/api/paper-notify/v1/papers"))
                            .timeout(Duration.ofSeconds(20))
                            .header("X-Api-Key", TestBus.KEY)
                            .header("Content-Type", "application/json")
                            .header("Idempotency-Key", messageId)
                            .POST(BodyPublishers.ofString(content))
                            .build(),
                    BodyHandlers.ofString());
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(202);
            return Optional.of(TestBus.json(answer).path("accepted").asText());
        } catch (IOException cut) {
            return Optional.empty();
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(stopped);
        }
    }

    /** Waits until an exchange is delivered; gives back to whom. */
    private List<String> delivered(int port, String exchange) {
        List<String> to = new ArrayList<>();
        await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> {
            JsonNode state = TestBus.json(http.send(
                    HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/exchanges/" + exchange))
                            .header("X-Api-Key", TestBus.KEY)
                            .build(),
                    BodyHandlers.ofString()));
            assertThat(state.path("state").asText()).isEqualTo("delivered");
            to.clear();
            state.path("deliveries")
                    .forEach(delivery -> to.add(delivery.path("destination").asText()));
        });
        return to;
    }

    @Test
    void only_those_that_the_message_names_get_it() {
        try (TestBus bus = bus(CHOOSES).start()) {
            String one =
                    send(bus.port(), "{\"to\":[\"archive\"],\"n\":1}", "m-1").orElseThrow();
            String both = send(bus.port(), "{\"to\":[\"archive\",\"desk\",\"desk\"],\"n\":2}", "m-2")
                    .orElseThrow();
            String text = send(bus.port(), "{\"to\":\"desk\",\"n\":3}", "m-3").orElseThrow();

            assertThat(delivered(bus.port(), one)).containsExactly("archive");
            assertThat(delivered(bus.port(), both)).containsExactlyInAnyOrder("desk", "archive");
            assertThat(delivered(bus.port(), text)).containsExactly("desk");
            assertThat(desk.received()).hasSize(2).noneMatch(seen -> seen.text().contains("\"n\":1"));
            assertThat(archive.received()).hasSize(2).noneMatch(seen -> seen.text()
                    .contains("\"n\":3"));
            // a repeat is the exchange of the first time
            assertThat(send(bus.port(), "{\"to\":[\"archive\"],\"n\":1}", "m-1"))
                    .contains(one);
            assertThat(delivered(bus.port(), one)).containsExactly("archive");
        }
    }

    @Test
    void a_message_that_names_nobody_or_somebody_else_is_refused_and_nothing_of_it_is_kept() {
        try (TestBus bus = bus(CHOOSES).start()) {
            for (String content : List.of(
                    "{\"to\":[]}",
                    "{\"to\":\"\"}",
                    "{\"to\":null}",
                    "{}",
                    "{\"to\":[\"elsewhere\"]}",
                    "{\"to\":[\"desk\",\"elsewhere\"]}",
                    "{\"to\":[\"desk,archive\"]}",
                    "{\"to\":[\"desk\",null]}",
                    "{\"to\":[[\"desk\"]]}",
                    "{\"to\":{\"a\":\"desk\"}}",
                    "{\"to\":true}")) {
                HttpResponse<String> answer = bus.post("/api/paper-notify/v1/papers", "application/json", content);

                assertThat(answer.statusCode()).as(content).isEqualTo(400);
                assertThat(TestBus.code(answer)).as(content).isEqualTo("message-invalid");
                assertThat(answer.body()).doesNotContain("elsewhere");
                ExchangeRecord record = bus.recordOf(answer);
                assertThat(record.outcome()).as(content).contains(Outcome.REFUSED);
                String exchange = answer.headers().firstValue("X-LGSP-Exchange").orElseThrow();
                assertThat(TestBus.code(bus.get("/exchanges/" + exchange)))
                        .as(content)
                        .isEqualTo("exchange-unknown");
                assertThat(desk.begun() + archive.begun()).as(content).isZero();
            }
        }
    }

    @Test
    void a_route_that_forgets_to_choose_delivers_to_nobody() {
        try (TestBus bus = bus("- transform: { jq: { expression: \"{ accepted: $exchangeId }\" } }")
                .start()) {
            assertThat(TestBus.code(bus.post("/api/paper-notify/v1/papers", "application/json", "{\"to\":[\"desk\"]}")))
                    .isEqualTo("message-invalid");
        }
    }

    @Test
    void a_bus_that_is_killed_while_it_accepts_delivers_to_the_chosen_only() throws Exception {
        int port = FreePorts.one();
        Map<String, String> settings = bus(CHOOSES)
                .setting("lgsp.data-port", Integer.toString(port))
                .setting("lgsp.guarantee.accept-timeout", "1s")
                .prepare();
        List<ProtocolStep> deaths = List.of(
                ProtocolStep.ACCEPTING_COMMITTED, ProtocolStep.REFERENCES_POSTED, ProtocolStep.ACCEPTED_COMMITTED);
        for (ProtocolStep death : deaths) {
            try (ChildBus bus = child(settings, death.name())) {
                send(port, "{\"to\":[\"archive\"],\"n\":\"" + death + "\"}", "m-" + death);
                assertThat(bus.process().waitFor(60, TimeUnit.SECONDS)).isTrue();
            }
        }
        try (ChildBus bus = child(settings)) {
            for (ProtocolStep death : deaths) {
                String exchange = send(port, "{\"to\":[\"archive\"],\"n\":\"" + death + "\"}", "m-" + death)
                        .orElseThrow();
                assertThat(delivered(port, exchange)).containsExactly("archive");
            }
            assertThat(bus.process().isAlive()).isTrue();
        }
        assertThat(desk.received()).isEmpty();
    }

    private ChildBus child(Map<String, String> settings, String... step) {
        try {
            Path file = Files.createTempFile(folder, "bus", ".properties");
            StringBuilder text = new StringBuilder();
            settings.forEach(
                    (name, value) -> text.append(name).append('=').append(value).append('\n'));
            Files.writeString(file, text);
            List<String> arguments = new ArrayList<>(List.of(file.toString()));
            arguments.addAll(List.of(step));
            ChildBus bus = ChildBus.of(HaltingBus.class, folder, List.of("-Xmx256m"), arguments);
            return step.length == 0 ? bus.ready() : bus.readyOrOver();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }
}
