package vn.lgsp.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import jakarta.jms.JMSException;
import jakarta.jms.TextMessage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import vn.lgsp.Campaign;
import vn.lgsp.FreePorts;

/**
 * Messages are sent to the queue of a guaranteed service while the bus, with its broker, is killed at random moments and started again
 * on the same data: each that the broker has taken arrives, and under one name of its delivery however often (DLV-03, DLV-05, BUS-21).
 * What lies on the disk in between shows nothing of the content (MSG-06).
 *
 * <p>{@code -Dlgsp.kills=40} kills more often, {@code -Dlgsp.seed=...} at the moments of an earlier run.
 */
final class JmsKillIT {
    private static final int KILLS = Campaign.size("lgsp.kills", 2, 40);
    private static final long SEED = Long.getLong("lgsp.seed", System.nanoTime());
    private static final int SENDERS = 4;
    private static final String MARKER = "DAU-HIEU-4712";

    @TempDir
    private Path folder;

    private final Random random = new Random(SEED);
    private final AtomicInteger numbers = new AtomicInteger();
    /** Those that the broker has said to have. */
    private final Set<Integer> sent = ConcurrentHashMap.newKeySet();

    private final Map<Integer, Set<String>> arrived = new ConcurrentHashMap<>();
    private volatile boolean over;

    @Test
    void killed_at_random_moments_nothing_that_was_sent_is_lost_and_nothing_is_doubled() throws Exception {
        int brokerPort = FreePorts.one();
        try (StubPeer destination = StubPeer.answering(
                request -> request.response().setStatusCode(201).end("{}"))) {
            destination.behaves(request -> {
                StubPeer.Seen last = destination.received().stream()
                        .filter(seen -> seen.headers() == request.headers())
                        .findFirst()
                        .orElseThrow();
                int number = Integer.parseInt(last.text().replaceAll("\\D*\"so\":(\\d+).*", "$1"));
                arrived.computeIfAbsent(number, one -> ConcurrentHashMap.newKeySet())
                        .add(request.getHeader("Idempotency-Key"));
                request.response().setStatusCode(201).end("{}");
            });
            Map<String, String> settings = TestBus.in(folder)
                    .setting("lgsp.broker.port", Integer.toString(brokerPort))
                    .setting("lgsp.guarantee.accept-timeout", "1s")
                    .system("registry", destination.port())
                    .grant("note")
                    .service(
                            "note",
                            """
                            service: note
                            version: 1
                            name: { vi: Ghi chú, en: Note }
                            description: Takes notes.
                            contact: the test
                            mode: guaranteed
                            deliveries: [ { to: registry, retry: { first: 50ms, longest: 1s } } ]
                            criterion: near-real-time
                            personalData: false
                            operations:
                              - { id: take, accepts: [application/json], jms: { concurrency: 8 } }
                            """,
                            TestBus.Builder.route(
                                    "note", "- setHeader: { name: Content-Type, constant: application/json }"))
                    .write(
                            "routes/test/note--to-registry.camel.yaml",
                            TestBus.Builder.route("note--to-registry", "- to: lgsp-http:registry/notes"))
                    .prepare();
            List<Thread> senders = new ArrayList<>();
            for (int i = 0; i < SENDERS; i++) {
                Thread sender = new Thread(() -> sendOn(brokerPort), "sender-" + i);
                sender.start();
                senders.add(sender);
            }
            try {
                for (int kill = 1; kill <= KILLS; kill++) {
                    try (ChildBus bus =
                            ChildBus.run(folder, settings, "-Xmx256m").readyOrOver()) {
                        assertThat(bus.process().waitFor(200 + random.nextInt(2_300), TimeUnit.MILLISECONDS))
                                .as("ended by itself: " + bus.err())
                                .isFalse();
                        bus.kill();
                        assertThat(filesWithContent())
                                .as("kill %s, seed %s", kill, SEED)
                                .isEmpty();
                    }
                }
                try (ChildBus bus = ChildBus.run(folder, settings, "-Xmx256m").ready()) {
                    int before = sent.size();
                    await().atMost(Duration.ofSeconds(30)).until(() -> sent.size() > before + 20);
                    over = true;
                    for (Thread sender : senders) {
                        sender.join();
                    }
                    await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> assertThat(arrived.keySet())
                            .as("seed %s", SEED)
                            .containsAll(sent));
                    assertThat(bus.process().isAlive()).isTrue();
                }
            } finally {
                over = true;
            }
            assertThat(arrived.values()).as("seed %s", SEED).allSatisfy(names -> assertThat(names)
                    .hasSize(1));
            System.out.printf(
                    "JmsKillIT: %d kills, %d messages sent, %d arrived, seed %d%n",
                    KILLS, sent.size(), arrived.size(), SEED);
        }
    }

    /** Sends one message after the other; each again, under its id, until the broker has said that it has it. */
    private void sendOn(int brokerPort) {
        int number = numbers.incrementAndGet();
        while (!over) {
            try (JmsClient client = JmsClient.connect(brokerPort, "asker-key", TestBus.KEY)) {
                while (!over) {
                    TextMessage note = client.text("{\"so\":" + number + ",\"ten\":\"" + MARKER + "\"}");
                    note.setStringProperty("lgsp_message_id", "so-" + number);
                    note.setStringProperty("ten", MARKER);
                    client.send("lgsp.in.note", note);
                    sent.add(number);
                    number = numbers.incrementAndGet();
                    LockSupport.parkNanos(Duration.ofMillis(5).toNanos());
                }
            } catch (JMSException away) {
                LockSupport.parkNanos(Duration.ofMillis(100).toNanos());
            }
        }
    }

    private List<Path> filesWithContent() throws IOException {
        try (Stream<Path> files = Files.walk(folder.resolve("data"))) {
            return files.filter(Files::isRegularFile)
                    .filter(JmsKillIT::hasContent)
                    .toList();
        }
    }

    private static boolean hasContent(Path file) {
        try {
            String all = Files.readString(file, StandardCharsets.ISO_8859_1);
            return Stream.of(StandardCharsets.UTF_8, StandardCharsets.UTF_16LE, StandardCharsets.UTF_16BE)
                    .anyMatch(
                            charset -> all.contains(new String(MARKER.getBytes(charset), StandardCharsets.ISO_8859_1)));
        } catch (IOException gone) {
            return false;
        }
    }
}
