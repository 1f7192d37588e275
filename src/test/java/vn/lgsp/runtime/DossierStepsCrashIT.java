package vn.lgsp.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import vn.lgsp.Campaign;
import vn.lgsp.FreePorts;
import vn.lgsp.city.SampleKeys;
import vn.lgsp.guarantee.ProtocolStep;
import vn.lgsp.hub.Hub;

/**
 * The shipped process {@code portal-dossier-submit} on a real bus that is killed, by SIGKILL, between its six steps and inside of them, and
 * started again on the same data, against the hub: one dossier at the portal for each that was handed over (EXT-18).
 */
final class DossierStepsCrashIT {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int STEPS = 5;

    /** Where the bus dies: at which step of the protocol, and which time that it comes there. */
    private record Death(ProtocolStep at, int time) {}

    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(5))
            .build();

    @TempDir
    private Path folder;

    /** The dossier is made and nobody has noted it; in a campaign everywhere inside and between the steps. */
    private static List<Death> deaths() {
        List<Death> deaths = new ArrayList<>(List.of(new Death(ProtocolStep.DESTINATION_ANSWERED, 3)));
        if (Campaign.isOn()) {
            for (ProtocolStep inside : List.of(
                    ProtocolStep.ATTEMPT_COMMITTED,
                    ProtocolStep.DESTINATION_ANSWERED,
                    ProtocolStep.OUTCOME_COMMITTED,
                    ProtocolStep.NEXT_POSTED)) {
                for (int time = 1; time <= (inside == ProtocolStep.NEXT_POSTED ? STEPS - 1 : STEPS); time++) {
                    deaths.add(new Death(inside, time));
                }
            }
        }
        return deaths;
    }

    @Test
    void killed_between_and_inside_its_steps_a_dossier_is_at_the_portal_once() throws Exception {
        int port = FreePorts.one();
        try (Hub hub = Hub.start(0, Clock.systemUTC());
                StubPeer desk = StubPeer.answering(201, "application/json", "{}")) {
            Map<String, String> settings = DossierStepsTest.services(folder, hub, desk)
                    .registry(text -> DossierStepsTest.registry())
                    .setting("lgsp.data-port", Integer.toString(port))
                    .setting("lgsp.guarantee.accept-timeout", "1s")
                    .prepare();
            Map<String, String> accepted = new LinkedHashMap<>();
            for (Death death : deaths()) {
                String receipt = "MC-2026-%d".formatted(7001 + accepted.size());
                try (ChildBus bus = start(settings, death.at().name(), Integer.toString(death.time()))) {
                    accepted.put(receipt, send(port, receipt).orElse(""));
                    assertThat(bus.process().waitFor(60, TimeUnit.SECONDS))
                            .as("%s was reached: %s", death, bus.err())
                            .isTrue();
                    assertThat(bus.process().exitValue())
                            .as("%s: killed", death)
                            .isEqualTo(137);
                }
            }
            try (ChildBus bus = start(settings)) {
                for (Map.Entry<String, String> one : accepted.entrySet()) {
                    String id = send(port, one.getKey()).orElseThrow();
                    assertThat(one.getValue()).as("one process").isIn("", id);
                    await().atMost(Duration.ofSeconds(60))
                            .untilAsserted(() ->
                                    assertThat(states(port, id)).hasSize(6).containsOnly("delivered"));
                    String number = DossierStepsTest.number(desk, one.getKey());
                    assertThat(DossierStepsTest.made(hub, "new dossier", number))
                            .as(number)
                            .isEqualTo(1);
                    assertThat(DossierStepsTest.made(hub, "new progress", number))
                            .as(number)
                            .isEqualTo(1);
                }
                assertThat(hub.received("six-step").stream()
                                .flatMap(seen -> seen.checks().stream())
                                .filter(check -> check.name().equals("new dossier") && check.passed()))
                        .as("no dossier beside them")
                        .hasSize(accepted.size());
                assertThat(bus.process().isAlive()).isTrue();
            }
        }
    }

    /** The exchange under which the bus accepted it; empty when it died meanwhile. */
    private Optional<String> send(int port, String receipt) throws InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:" + port + "/api/portal-dossier-submit/v1/dossiers"))
                .timeout(Duration.ofSeconds(30))
                .header("X-Api-Key", SampleKeys.ONE_STOP.key())
                .header("Content-Type", "application/json")
                .header("Idempotency-Key", receipt)
                .POST(BodyPublishers.ofString(DossierStepsTest.dossier(receipt)))
                .build();
        try {
            HttpResponse<String> answer = http.send(request, BodyHandlers.ofString());
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(202);
            return Optional.of(JSON.readTree(answer.body()).path("exchange").asText());
        } catch (IOException cut) {
            return Optional.empty();
        }
    }

    private List<String> states(int port, String exchange) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/exchanges/" + exchange))
                .timeout(Duration.ofSeconds(30))
                .header("X-Api-Key", SampleKeys.ONE_STOP.key())
                .build();
        JsonNode state =
                JSON.readTree(http.send(request, BodyHandlers.ofString()).body());
        return state.path("deliveries").findValuesAsText("state");
    }

    private ChildBus start(Map<String, String> settings, String... until) throws IOException {
        Path file = Files.createTempFile(folder, "bus", ".properties");
        StringBuilder text = new StringBuilder();
        settings.forEach(
                (name, value) -> text.append(name).append('=').append(value).append('\n'));
        Files.writeString(file, text);
        List<String> arguments =
                Stream.concat(Stream.of(file.toString()), Stream.of(until)).toList();
        ChildBus bus = ChildBus.of(HaltingBus.class, folder, List.of("-Xmx256m"), arguments);
        return until.length == 0 ? bus.ready() : bus.readyOrOver();
    }
}
