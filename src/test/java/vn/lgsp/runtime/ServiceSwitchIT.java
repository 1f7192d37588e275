package vn.lgsp.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.IntSupplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import vn.lgsp.Campaign;
import vn.lgsp.message.ExchangeId;

/** Two hundred turns of the switches of twenty services, by command and by console, while callers use all of them (BUS-22). */
final class ServiceSwitchIT {
    private static final Logger LOG = LoggerFactory.getLogger(ServiceSwitchIT.class);
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final long SEED = 20_260_301;
    private static final int TURNS = Campaign.size("lgsp.campaign.turns", 60, 200);
    private static final int CALLERS = 6;
    private static final int BETWEEN = 15;
    /** Nobody turns the switches of the last five. */
    private static final int TURNED = 15;

    private static final List<String> SERVICES =
            IntStream.range(0, 20).mapToObj(number -> "service-" + number).toList();
    private static final List<String> ACTS = List.of("start", "stop", "disable");
    private static final List<String> STATES = List.of("started", "stopped", "disabled");
    private static final Map<String, String> ANSWERS =
            Map.of("started", "good", "stopped", "service-stopped", "disabled", "service-disabled");

    @TempDir
    Path folder;

    /** One call: when it began and ended, and {@code good} or its error code. */
    private record Call(String service, long began, long ended, String answer, String exchange) {}

    /** One turn that was done, and when it was asked for and confirmed. */
    private record Turn(String service, String state, long asked, long confirmed) {}

    @Test
    void nobody_else_is_disturbed_every_answer_is_true_and_the_last_turn_survives_a_restart() throws Exception {
        List<Turn> turns = new ArrayList<>();
        ConcurrentLinkedQueue<Call> calls = new ConcurrentLinkedQueue<>();
        StubPeer provider = StubPeer.answering(200, "application/json", "{}");
        try {
            try (TestBus bus = bus(provider).start()) {
                AtomicBoolean over = new AtomicBoolean();
                List<Thread> callers = IntStream.range(0, CALLERS)
                        .mapToObj(number -> new Thread(() -> call(bus, new Random(SEED + number), over, calls)))
                        .toList();
                callers.forEach(Thread::start);
                turnAtRandom(bus, turns, calls::size);
                over.set(true);
                for (Thread caller : callers) {
                    caller.join(30_000);
                }

                everyAnswerFitsTheSwitch(calls, turns);
                nobodyElseWasDisturbed(calls);
                recordsTellTheSame(bus, calls);
            }
            try (TestBus bus = bus(provider).start()) {
                theLastTurnIsInForce(bus, turns);
            }
            theLedgerHoldsEveryTurn(turns);
        } finally {
            provider.close();
        }
    }

    private TestBus.Builder bus(StubPeer provider) {
        TestBus.Builder bus =
                TestBus.in(folder).system("office", provider.port()).setting("lgsp.record.refusal-rate", "100000");
        for (String service : SERVICES) {
            bus.passThrough(service, "office").grant(service);
        }
        return Switchboard.with(bus);
    }

    private static void call(TestBus bus, Random random, AtomicBoolean over, ConcurrentLinkedQueue<Call> calls) {
        while (!over.get()) {
            String service = SERVICES.get(random.nextInt(SERVICES.size()));
            long began = System.nanoTime();
            HttpResponse<String> answer = bus.get("/api/" + service + "/v1/x");
            calls.add(new Call(
                    service,
                    began,
                    System.nanoTime(),
                    answer.statusCode() == 200 ? "good" : TestBus.code(answer),
                    answer.headers().firstValue("X-LGSP-Exchange").orElseThrow()));
        }
    }

    /** Some calls come between two turns. */
    private static void turnAtRandom(TestBus bus, List<Turn> turns, IntSupplier calls) {
        Random random = new Random(SEED);
        Switchboard operator = Switchboard.of(bus);
        for (int i = 0; i < TURNS; i++) {
            String service = SERVICES.get(random.nextInt(TURNED));
            int before = calls.getAsInt();
            await().pollInterval(Duration.ofMillis(1)).until(() -> calls.getAsInt() >= before + BETWEEN);
            int which = random.nextInt(ACTS.size());
            String act = ACTS.get(which);
            long asked = System.nanoTime();
            boolean changed;
            if (random.nextBoolean()) {
                HttpResponse<String> answer = operator.turn(service, act, "turn " + i);
                assertThat(answer.statusCode()).isEqualTo(200);
                changed = Switchboard.json(answer).path("changed").asBoolean();
            } else {
                JsonNode answer = Switchboard.json(operator.turnByConsole(service, act, "turn " + i));
                assertThat(answer.path("status").asInt()).isEqualTo(200);
                changed = answer.at("/value/changed").asText().equals("true");
            }
            if (changed) {
                turns.add(new Turn(service, STATES.get(which), asked, System.nanoTime()));
            }
        }
    }

    /** A call that began after one turn was confirmed, and ended before the next was asked for, saw the state between them. */
    private static void everyAnswerFitsTheSwitch(ConcurrentLinkedQueue<Call> calls, List<Turn> turns) {
        int certain = 0;
        for (Call call : calls) {
            assertThat(call.answer()).isIn("good", "service-stopped", "service-disabled");
            List<Turn> its = turns.stream()
                    .filter(turn -> turn.service().equals(call.service()))
                    .toList();
            boolean disturbed = its.stream()
                    .anyMatch(turn -> turn.asked() - call.ended() < 0 && turn.confirmed() - call.began() > 0);
            if (!disturbed) {
                String state = its.stream()
                        .filter(turn -> turn.confirmed() - call.began() <= 0)
                        .reduce((earlier, later) -> later)
                        .map(Turn::state)
                        .orElse("started");
                assertThat(call.answer()).as(call.service()).isEqualTo(ANSWERS.get(state));
                certain++;
            }
        }
        assertThat(certain).isGreaterThan(calls.size() / 2);
        LOG.atInfo()
                .addKeyValue("calls", calls.size())
                .addKeyValue("between-turns", certain)
                .addKeyValue("turns", turns.size())
                .addKeyValue(
                        "turn-p50-ms",
                        millis(
                                turns.stream()
                                        .map(turn -> turn.confirmed() - turn.asked())
                                        .toList(),
                                0.5))
                .addKeyValue(
                        "turn-max-ms",
                        millis(
                                turns.stream()
                                        .map(turn -> turn.confirmed() - turn.asked())
                                        .toList(),
                                1))
                .log("every answer fits the switch");
    }

    private static void nobodyElseWasDisturbed(ConcurrentLinkedQueue<Call> calls) {
        List<Call> others = calls.stream()
                .filter(call -> SERVICES.indexOf(call.service()) >= TURNED)
                .toList();

        assertThat(others).hasSizeGreaterThan(50).allMatch(call -> call.answer().equals("good"));
        List<Long> times =
                others.stream().map(call -> call.ended() - call.began()).toList();
        LOG.atInfo()
                .addKeyValue("calls", others.size())
                .addKeyValue("p50-ms", millis(times, 0.5))
                .addKeyValue("p99-ms", millis(times, 0.99))
                .log("services that nobody turned");
        assertThat(Duration.ofMillis((long) millis(times, 0.5))).isLessThan(Duration.ofSeconds(1));
    }

    private static void recordsTellTheSame(TestBus bus, ConcurrentLinkedQueue<Call> calls) {
        for (Call call : calls) {
            var record = bus.bus().records().find(ExchangeId.of(call.exchange()));
            assertThat(record).as(call.exchange()).isPresent();
            assertThat(record.get().error().orElse("good")).isEqualTo(call.answer());
            assertThat(record.get().service().orElseThrow().id().value()).isEqualTo(call.service());
        }
    }

    private static Map<String, String> lastStates(List<Turn> turns) {
        Map<String, String> states = new HashMap<>();
        SERVICES.forEach(service -> states.put(service, "started"));
        turns.forEach(turn -> states.put(turn.service(), turn.state()));
        return states;
    }

    private static void theLastTurnIsInForce(TestBus bus, List<Turn> turns) {
        Map<String, String> told = new HashMap<>();
        Switchboard.of(bus)
                .services()
                .forEach(service -> told.put(
                        service.path("service").asText().replace("/v1", ""),
                        service.path("state").asText()));

        assertThat(told).isEqualTo(lastStates(turns));
        told.forEach((service, state) -> {
            HttpResponse<String> answer = bus.get("/api/" + service + "/v1/x");
            String seen = answer.statusCode() == 200 ? "good" : TestBus.code(answer);
            assertThat(seen).as(service).isEqualTo(ANSWERS.get(state));
        });
    }

    private void theLedgerHoldsEveryTurn(List<Turn> turns) throws IOException {
        List<String> written = new ArrayList<>();
        for (String line : Files.readAllLines(folder.resolve("data/deployments.jsonl"))) {
            JsonNode entry = JSON.readTree(line);
            if (STATES.contains(entry.path("action").asText())) {
                assertThat(entry.path("who").asText()).isEqualTo("operator:" + Switchboard.SWITCHER);
                assertThat(entry.path("reason").asText()).startsWith("turn ");
                written.add(entry.path("service").asText() + " "
                        + entry.path("action").asText());
            }
        }
        assertThat(written)
                .containsExactlyElementsOf(turns.stream()
                        .map(turn -> turn.service() + "/v1 " + turn.state())
                        .toList());
    }

    private static double millis(List<Long> nanos, double quantile) {
        List<Long> sorted = new ArrayList<>(nanos);
        Collections.sort(sorted);
        int index = (int) Math.ceil(quantile * sorted.size()) - 1;
        return sorted.get(Math.max(0, index)) / 1_000_000.0;
    }
}
