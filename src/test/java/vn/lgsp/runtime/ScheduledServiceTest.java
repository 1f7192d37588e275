package vn.lgsp.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import vn.lgsp.message.ExchangeId;
import vn.lgsp.operate.PasswordHash;

/** A service that the bus starts by itself, on the real way (DLV-08). */
final class ScheduledServiceTest {
    private static final Duration SOON = Duration.ofSeconds(20);

    @TempDir
    private Path folder;

    private final ShiftedClock clock = new ShiftedClock();

    private TestBus.Builder bus(StubPeer registry, String schedule) {
        return TestBus.in(folder)
                .passThrough("registry-poll", "registry", "schedule: " + schedule)
                .edit(
                        "routes/test/registry-poll.card.yaml",
                        "  - { id: write,",
                        "  - { id: poll, method: GET, path: \"/changes\" }\n  - { id: write,")
                .edit(
                        "routes/test/registry-poll.card.yaml",
                        "path: \"/{rest+}\", answers",
                        "path: \"/of/{rest+}\", answers")
                .system("registry", registry.port())
                .grant("registry-poll")
                .clock(clock)
                .registry(text -> text.replace(
                        "operators: []",
                        "operators:\n  - user: van-hanh\n    passwordHash: "
                                + PasswordHash.make("mat-khau-van-hanh", 210_000)
                                        .stored()
                                + "\n    rights: [switch]\n"));
    }

    private static JsonNode shown(TestBus bus) {
        return TestBus.json(bus.send(operator(bus, "").build()));
    }

    private static HttpRequest.Builder operator(TestBus bus, String act) {
        String port = "http://127.0.0.1:" + bus.bus().managementPort();
        return HttpRequest.newBuilder(URI.create(port + "/services/registry-poll/v1" + act))
                .header("Origin", port)
                .header(
                        "Authorization",
                        "Basic "
                                + Base64.getEncoder()
                                        .encodeToString(GuaranteedCity.OPERATOR.getBytes(StandardCharsets.UTF_8)));
    }

    private static void turn(TestBus bus, String act) {
        assertThat(bus.send(operator(bus, "/" + act + "?reason=test")
                                .POST(BodyPublishers.noBody())
                                .build())
                        .statusCode())
                .isEqualTo(200);
    }

    @Test
    void an_instant_that_comes_starts_the_operation_in_the_name_of_the_account_and_is_recorded_and_shown() {
        try (StubPeer registry = StubPeer.answering(200, "application/json", "[]");
                TestBus bus = bus(registry, "{ every: 10m, as: asker-key, operation: poll }")
                        .start()) {
            await().atMost(SOON).until(() -> shown(bus).path("schedule").has("next"));
            assertThat(registry.received()).isEmpty();
            started(bus);

            toTheNextInstant(bus);
            await().atMost(SOON).untilAsserted(() -> assertThat(
                            shown(bus).at("/schedule/runs/0/result").asText())
                    .isEqualTo("00"));

            assertThat(registry.received()).singleElement().satisfies(call -> {
                assertThat(call.method()).isEqualTo("GET");
                assertThat(call.uri()).isEqualTo("/changes");
            });
            String exchange = shown(bus).at("/schedule/runs/0/exchange").asText();
            assertThat(bus.bus().record(ExchangeId.of(exchange)).orElseThrow())
                    .containsEntry("form", "SCHEDULE")
                    .containsEntry("system", "asker")
                    .containsEntry("operation", "GET /changes")
                    .containsEntry("outcome", "answered");
        }
    }

    private void toTheNextInstant(TestBus bus) {
        Instant next = Instant.parse(shown(bus).at("/schedule/next").asText());
        clock.forward(Duration.between(clock.instant(), next).plusSeconds(1));
    }

    /** The schedule has been seen for the first time, so that the next instant is one of it. */
    private void started(TestBus bus) {
        await().atMost(SOON).pollDelay(Duration.ofSeconds(1)).until(() -> shown(bus)
                .has("schedule"));
    }

    @Test
    void a_run_under_an_account_that_nobody_knows_is_refused_like_any_call_and_reaches_nobody() {
        try (StubPeer registry = StubPeer.answering(200, "application/json", "[]");
                TestBus bus = bus(registry, "{ every: 10m, as: nobody-known, operation: poll }")
                        .start()) {
            started(bus);
            toTheNextInstant(bus);
            await().atMost(SOON).untilAsserted(() -> assertThat(
                            shown(bus).at("/schedule/runs/0/error").asText())
                    .isEqualTo("consumer-unknown"));
            assertThat(registry.received()).isEmpty();
        }
    }

    @Test
    void a_service_that_is_stopped_is_not_started_by_its_schedule_either() {
        try (StubPeer registry = StubPeer.answering(200, "application/json", "[]");
                TestBus bus = bus(registry, "{ every: 10m, as: asker-key, operation: poll }")
                        .start()) {
            started(bus);
            turn(bus, "stop");
            toTheNextInstant(bus);
            started(bus);
            assertThat(shown(bus).at("/schedule/runs")).isEmpty();

            turn(bus, "start");
            await().atMost(SOON).untilAsserted(() -> assertThat(
                            shown(bus).at("/schedule/runs/0/result").asText())
                    .as("within a minute the instant is not missed yet")
                    .isEqualTo("00"));
            assertThat(registry.received()).hasSize(1);
        }
    }

    @Test
    void what_was_missed_while_the_bus_was_down_is_run_once_at_start_and_the_same_instant_never_twice() {
        try (StubPeer registry = StubPeer.answering(200, "application/json", "[]")) {
            TestBus.Builder builder = bus(registry, "{ every: 10m, as: asker-key, operation: poll, catchUp: true }");
            try (TestBus bus = builder.start()) {
                started(bus);
            }
            clock.forward(Duration.ofHours(3));
            for (int starts = 0; starts < 2; starts++) {
                try (TestBus bus = builder.start()) {
                    await().atMost(SOON).untilAsserted(() -> assertThat(
                                    shown(bus).at("/schedule/runs/0/result").asText())
                            .isEqualTo("00"));
                    started(bus);
                    assertThat(shown(bus).at("/schedule/runs")).hasSize(1);
                }
            }
            assertThat(registry.received()).hasSize(1);
        }
    }

    @Test
    void a_run_that_ends_while_the_bus_stops_is_noted_as_what_it_was() {
        try (StubPeer registry = StubPeer.answering(200, "application/json", "[]")) {
            registry.behaves(request -> registry.later(
                    1_000, () -> StubPeer.fixed(200, "application/json", "[]").handle(request)));
            TestBus.Builder builder = bus(registry, "{ every: 10m, as: asker-key, operation: poll }");
            try (TestBus bus = builder.start()) {
                started(bus);
                toTheNextInstant(bus);
                await().atMost(SOON).until(() -> registry.begun() == 1);
            }
            try (TestBus bus = builder.start()) {
                started(bus);
                assertThat(shown(bus).at("/schedule/runs/0/result").asText()).isEqualTo("00");
            }
        }
    }
}
