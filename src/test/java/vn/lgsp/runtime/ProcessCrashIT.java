package vn.lgsp.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
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
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import vn.lgsp.Campaign;
import vn.lgsp.FreePorts;
import vn.lgsp.guarantee.ProtocolStep;

/**
 * The shipped process {@code civil-birth-enrol} over three agencies, on a real bus that is killed, by SIGKILL, between its steps and inside of
 * them, and started again on the same data: each agency gets each birth under one delivery id, none before the one before it has it, and
 * each with what the ones before it answered (BUS-11).
 */
final class ProcessCrashIT {
    private static final String SERVICE = "civil-birth-enrol";
    private static final ObjectMapper JSON = new ObjectMapper();

    /** Where the bus dies: at which step of the protocol, and which time that it comes there. */
    private record Death(ProtocolStep at, int time) {}

    /** What came where, in the order in which it came. */
    private record Call(String agency, String birth, String delivery, JsonNode content) {}

    private final List<Call> calls = new CopyOnWriteArrayList<>();
    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(5))
            .build();

    @TempDir
    private Path folder;

    @Test
    void killed_between_and_inside_its_steps_with_the_embedded_database_a_process_goes_on_where_it_was()
            throws Exception {
        killed(Map.of(), deaths());
    }

    @Test
    void killed_between_and_inside_its_steps_with_postgresql_a_process_goes_on_where_it_was() throws Exception {
        try (EmbeddedPostgres postgres = EmbeddedPostgres.start()) {
            killed(
                    Map.of(
                            "lgsp.database.url",
                            postgres.getJdbcUrl("postgres", "postgres"),
                            "lgsp.database.user",
                            "postgres"),
                    Campaign.isOn()
                            ? deaths()
                            : List.of(
                                    new Death(ProtocolStep.NEXT_POSTED, 1),
                                    new Death(ProtocolStep.OUTCOME_COMMITTED, 2)));
        }
    }

    /** Each kind of death at one of the three steps; in a campaign at each of them. */
    private static List<Death> deaths() {
        List<Death> deaths = new ArrayList<>(List.of(
                new Death(ProtocolStep.ACCEPTED_COMMITTED, 1),
                new Death(ProtocolStep.NEXT_POSTED, 1),
                new Death(ProtocolStep.NEXT_POSTED, 2)));
        List<ProtocolStep> inside = List.of(
                ProtocolStep.ATTEMPT_COMMITTED,
                ProtocolStep.DESTINATION_ANSWERED,
                ProtocolStep.OUTCOME_COMMITTED,
                ProtocolStep.REFERENCE_ACKNOWLEDGED);
        for (int time = 1; time <= 3; time++) {
            for (int i = 0; i < inside.size(); i++) {
                if (Campaign.isOn() || i % 3 + 1 == time) {
                    deaths.add(new Death(inside.get(i), time));
                }
            }
        }
        return deaths;
    }

    private void killed(Map<String, String> database, List<Death> deaths) throws Exception {
        int broker = FreePorts.one();
        try (StubPeer insurance =
                        agency("social-insurance", "soDangKy", birth -> "{\"bienNhan\":\"BH-" + birth + "\"}");
                StubPeer city = agency(
                        "city-archive", "registrationNo", birth -> "{\"bytes\":1,\"sha256\":\"sha-" + birth + "\"}");
                ArchiveConsumer archive = ArchiveConsumer.at(broker)) {
            int port = FreePorts.one();
            TestBus.Builder builder = TestBus.in(folder)
                    .service("civil", SERVICE)
                    .system("social-insurance", insurance.port(), "answerTimeout: 2s")
                    .system("city-archive", city.port(), "answerTimeout: 2s")
                    .queue("civil-archive", ArchiveConsumer.ACCOUNT, ArchiveConsumer.KEY, "5s")
                    .grant(SERVICE)
                    .setting("lgsp.data-port", Integer.toString(port))
                    .setting("lgsp.broker.port", Integer.toString(broker))
                    .setting("lgsp.guarantee.sweep", "50ms")
                    .setting("lgsp.guarantee.accept-timeout", "1s");
            database.forEach(builder::setting);
            Map<String, String> settings = builder.prepare();
            Map<String, String> accepted = new LinkedHashMap<>();
            int number = 0;
            for (Death death : deaths) {
                try (ChildBus bus = start(settings, death.at().name(), Integer.toString(death.time()))) {
                    String birth = "KS-2026-" + ++number;
                    send(port, birth).ifPresent(id -> accepted.put(birth, id));
                    assertThat(bus.process().waitFor(60, TimeUnit.SECONDS))
                            .as("%s was reached: %s", death, bus.err())
                            .isTrue();
                    assertThat(bus.process().exitValue())
                            .as("%s: killed", death)
                            .isEqualTo(137);
                }
            }
            try (ChildBus bus = start(settings)) {
                for (int i = 1; i <= number; i++) {
                    String birth = "KS-2026-" + i;
                    String id = send(port, birth).orElseThrow();
                    assertThat(Optional.ofNullable(accepted.put(birth, id)).orElse(id))
                            .as("%s is one process", birth)
                            .isEqualTo(id);
                }
                for (String id : accepted.values()) {
                    await().atMost(Duration.ofSeconds(60))
                            .untilAsserted(() -> assertThat(states(port, id)).containsOnly("delivered"));
                }
                await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> assertThat(
                                archive.taken().stream().map(taken -> GuaranteedCity.numberIn(taken.text())))
                        .containsAll(accepted.keySet()));
                accepted.forEach((birth, id) -> settled(birth, id, archive.taken()));
                assertThat(bus.process().isAlive()).isTrue();
            }
        }
    }

    /** One delivery id at each agency, each after the one before it, and the third with what the first two have answered. */
    private void settled(String birth, String exchange, List<ArchiveConsumer.Taken> archived) {
        List<String> order = calls.stream()
                .filter(call -> call.birth().equals(birth))
                .map(Call::agency)
                .toList();
        assertThat(order)
                .as("%s: the archive is called only when the office is called no more", birth)
                .containsSubsequence("social-insurance", "city-archive")
                .isSortedAccordingTo(Comparator.reverseOrder());
        for (String agency : List.of("social-insurance", "city-archive")) {
            assertThat(calls.stream()
                            .filter(call ->
                                    call.birth().equals(birth) && call.agency().equals(agency))
                            .map(Call::delivery)
                            .distinct())
                    .as("%s at %s", birth, agency)
                    .hasSize(1);
        }
        assertThat(calls.stream()
                        .filter(call ->
                                call.birth().equals(birth) && call.agency().equals("city-archive"))
                        .map(call -> call.content().path("insuranceReceipt").asText()))
                .containsOnly("BH-" + birth);
        List<ArchiveConsumer.Taken> filed = archived.stream()
                .filter(taken -> GuaranteedCity.numberIn(taken.text()).equals(birth))
                .toList();
        assertThat(filed.stream().map(ArchiveConsumer.Taken::delivery).collect(Collectors.toSet()))
                .hasSize(1);
        assertThat(filed)
                .allSatisfy(taken ->
                        assertThat(taken.text()).contains(">BH-" + birth + "<").contains(">sha-" + birth + "<"))
                .allSatisfy(taken -> assertThat(taken.exchange()).isEqualTo(exchange));
    }

    /** An agency over HTTP: the same answer for the same birth, however often it comes. */
    private StubPeer agency(String name, String number, UnaryOperator<String> answer) {
        List<StubPeer> self = new CopyOnWriteArrayList<>();
        StubPeer agency = StubPeer.answering(request -> {
            List<StubPeer.Seen> received = self.get(0).received();
            StubPeer.Seen seen = received.get(received.size() - 1);
            JsonNode content = read(seen.text());
            String birth = content.path(number).asText();
            calls.add(new Call(name, birth, seen.headers().get("Idempotency-Key"), content));
            StubPeer.fixed(201, "application/json", answer.apply(birth)).handle(request);
        });
        self.add(agency);
        return agency;
    }

    private static JsonNode read(String json) {
        try {
            return JSON.readTree(json);
        } catch (IOException noJson) {
            throw new UncheckedIOException(noJson);
        }
    }

    /** The exchange under which the bus accepted it; empty when it died meanwhile. */
    private Optional<String> send(int port, String birth) throws InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:" + port + "/api/" + SERVICE + "/v1/births"))
                .timeout(Duration.ofSeconds(30))
                .header("X-Api-Key", TestBus.KEY)
                .header("Content-Type", "application/json")
                .header("Idempotency-Key", "urn:birth:" + birth)
                .POST(BodyPublishers.ofString("""
                        {"registrationNo": "%s", "registeredOn": "2026-02-03",
                         "child": {"personalId": "001326000021", "name": "NGUYỄN THỊ MẪU", "bornOn": "2026-01-30"}}
                        """.formatted(birth)))
                .build();
        try {
            HttpResponse<String> answer = http.send(request, BodyHandlers.ofString());
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(202);
            return Optional.of(JSON.readTree(answer.body()).path("exchange").asText());
        } catch (IOException cut) {
            return Optional.empty();
        }
    }

    private Set<String> states(int port, String exchange) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/exchanges/" + exchange))
                .timeout(Duration.ofSeconds(30))
                .header("X-Api-Key", TestBus.KEY)
                .build();
        Set<String> states = new HashSet<>();
        JSON.readTree(http.send(request, BodyHandlers.ofString()).body())
                .path("deliveries")
                .forEach(delivery -> states.add(delivery.path("state").asText()));
        return states;
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
