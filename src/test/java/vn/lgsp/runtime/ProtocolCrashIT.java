package vn.lgsp.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import vn.lgsp.Campaign;
import vn.lgsp.FreePorts;
import vn.lgsp.guarantee.ProtocolStep;

/**
 * A real bus is killed, by SIGKILL, right after each step of the protocol, and started again: what a source repeats until it is
 * acknowledged arrives at both destinations under one delivery id each, and what a source gives up arrives at both or at none (DLV-03,
 * DLV-05). One bus dies after the other on the same data, so each start has to clear up after the death before it.
 */
final class ProtocolCrashIT {
    /** All but one: no delivery of this service waits for another. */
    private static final Set<ProtocolStep> STEPS = EnumSet.complementOf(EnumSet.of(ProtocolStep.NEXT_POSTED));

    @TempDir
    private Path folder;

    @Test
    void killed_after_each_step_with_the_embedded_database_nothing_is_lost_half_or_doubled() throws Exception {
        killedAfterEachStep(Map.of(), STEPS);
    }

    @Test
    void killed_after_steps_with_postgresql_nothing_is_lost_half_or_doubled() throws Exception {
        try (EmbeddedPostgres postgres = EmbeddedPostgres.start()) {
            killedAfterEachStep(
                    Map.of(
                            "lgsp.database.url",
                            postgres.getJdbcUrl("postgres", "postgres"),
                            "lgsp.database.user",
                            "postgres"),
                    Campaign.isOn()
                            ? STEPS
                            : EnumSet.of(ProtocolStep.ACCEPTED_COMMITTED, ProtocolStep.OUTCOME_COMMITTED));
        }
    }

    private void killedAfterEachStep(Map<String, String> database, Set<ProtocolStep> steps) throws Exception {
        try (GuaranteedCity city = GuaranteedCity.in(folder)) {
            int port = FreePorts.one();
            TestBus.Builder builder = city.bus()
                    .setting("lgsp.data-port", Integer.toString(port))
                    .setting("lgsp.guarantee.accept-timeout", "1s");
            database.forEach(builder::setting);
            Map<String, String> settings = builder.prepare();
            Map<Integer, String> acknowledged = new LinkedHashMap<>();
            int number = 0;
            for (ProtocolStep step : steps) {
                try (ChildBus bus = start(settings, step)) {
                    int given = ++number;
                    int repeated = ++number;
                    // Whoever comes first meets the step; a source that gives up does not send again.
                    send(city, port, given, "urn:given-up:" + given).ifPresent(id -> acknowledged.put(given, id));
                    send(city, port, repeated, "urn:repeated:" + repeated)
                            .ifPresent(id -> acknowledged.put(repeated, id));
                    assertThat(bus.process().waitFor(60, TimeUnit.SECONDS))
                            .as("%s was reached: %s", step, bus.err())
                            .isTrue();
                    assertThat(bus.process().exitValue()).as("%s: killed", step).isEqualTo(137);
                }
            }
            try (ChildBus bus = start(settings)) {
                for (int repeated = 2; repeated <= number; repeated += 2) {
                    String first = acknowledged.get(repeated);
                    String now = send(city, port, repeated, "urn:repeated:" + repeated)
                            .orElseThrow();
                    assertThat(Optional.ofNullable(first).orElse(now))
                            .as("birth %s is acknowledged under one exchange", repeated)
                            .isEqualTo(now);
                    acknowledged.put(repeated, now);
                }
                for (Map.Entry<Integer, String> one : acknowledged.entrySet()) {
                    await().atMost(Duration.ofSeconds(60))
                            .untilAsserted(() -> assertThat(states(city, port, one.getValue()))
                                    .as("birth %s", one.getKey())
                                    .containsExactly("delivered", "delivered"));
                }
                settled(city, number, acknowledged.keySet());
                assertThat(bus.process().isAlive()).isTrue();
            }
        }
    }

    /** What was acknowledged is at both; what was not is at both or at none; and everything came under one id for each destination. */
    private static void settled(GuaranteedCity city, int number, Set<Integer> acknowledged) {
        await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> {
            for (int i = 1; i <= number; i++) {
                boolean insured = city.atInsurance().contains(GuaranteedCity.number(i));
                boolean archived = city.atArchive().contains(GuaranteedCity.number(i));
                assertThat(insured).as("birth %s is at both or at none", i).isEqualTo(archived);
                if (acknowledged.contains(i)) {
                    assertThat(insured)
                            .as("birth %s, acknowledged, is there", i)
                            .isTrue();
                }
            }
        });
        Map<String, Set<String>> ids = city.insurance().received().stream()
                .collect(Collectors.groupingBy(
                        seen -> GuaranteedCity.numberIn(seen.text()),
                        Collectors.mapping(seen -> seen.headers().get("Idempotency-Key"), Collectors.toSet())));
        assertThat(ids.values()).allSatisfy(one -> assertThat(one).hasSize(1));
        Map<String, Set<String>> archived = city.archive().taken().stream()
                .collect(Collectors.groupingBy(
                        taken -> GuaranteedCity.numberIn(taken.text()),
                        Collectors.mapping(ArchiveConsumer.Taken::delivery, Collectors.toSet())));
        assertThat(archived.values()).allSatisfy(one -> assertThat(one).hasSize(1));
    }

    private static List<String> states(GuaranteedCity city, int port, String exchange) {
        List<String> states = new ArrayList<>();
        for (JsonNode delivery : city.state(port, exchange).path("deliveries")) {
            states.add(delivery.path("state").asText());
        }
        Collections.sort(states);
        return states;
    }

    /** The exchange under which the bus acknowledged it; empty when it died meanwhile. */
    private static Optional<String> send(GuaranteedCity city, int port, int number, String messageId) {
        try {
            HttpResponse<String> answer = city.send(port, number, messageId);
            return GuaranteedCity.acknowledged(answer);
        } catch (UncheckedIOException cut) {
            return Optional.empty();
        }
    }

    private ChildBus start(Map<String, String> settings, ProtocolStep... until) throws IOException {
        Path file = Files.createTempFile(folder, "bus", ".properties");
        StringBuilder text = new StringBuilder();
        settings.forEach(
                (name, value) -> text.append(name).append('=').append(value).append('\n'));
        Files.writeString(file, text);
        List<String> arguments = new ArrayList<>(List.of(file.toString()));
        for (ProtocolStep step : until) {
            arguments.add(step.name());
        }
        ChildBus bus = ChildBus.of(HaltingBus.class, folder, List.of("-Xmx256m"), arguments);
        // What the last one left may bring this one to its step before it says that it runs.
        return until.length == 0 ? bus.ready() : bus.readyOrOver();
    }
}
