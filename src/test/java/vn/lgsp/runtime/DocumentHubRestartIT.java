package vn.lgsp.runtime;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static vn.lgsp.runtime.DeskCity.ONE;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import vn.lgsp.FreePorts;

/**
 * Documents from an agency to the axis, from the axis to the agency, and a report on each that goes out, while the hub that plays the axis
 * is killed by SIGKILL at random moments and started again: none is lost, and none is there twice. With {@code
 * -Dlgsp.axis.documents=1000 -Dlgsp.axis.restarts=20} so many each way, and {@code -Dlgsp.axis.seed=…} the same moments again.
 *
 * <p>The hub keeps what it has taken over a kill, and knows a packet that it is sent again by its bytes; each time is in its journal. So the
 * bus is held to more than the outcome: it may send a packet again only after the hub has died that had it.
 */
final class DocumentHubRestartIT {
    private static final int DOCUMENTS = Integer.getInteger("lgsp.axis.documents", 40);
    private static final int RESTARTS = Integer.getInteger("lgsp.axis.restarts", 3);
    private static final int AHEAD = 20;
    private static final String FAR = "000.00.01.H98";
    private static final String FAR_SYSTEM = "SYS-TEST-02";
    private static final String FAR_SECRET = "example-secret-2";
    private static final Pattern NUMBER = Pattern.compile("2026/01/15,([0-9]+)/VP");
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    private Path folder;

    private final AtomicBoolean over = new AtomicBoolean();
    private final AtomicInteger progress = new AtomicInteger();
    private final Map<String, Integer> lives = new HashMap<>();
    private int life;
    private int repeats;
    private final Map<String, Integer> far = new ConcurrentHashMap<>();
    private final Map<String, Integer> documents = new ConcurrentHashMap<>();
    private final Map<String, Integer> reports = new ConcurrentHashMap<>();

    @Test
    void killed_and_started_again_while_documents_flow_the_hub_has_each_once_and_so_has_the_agency() throws Exception {
        long seed = Long.getLong("lgsp.axis.seed", System.nanoTime());
        int port = FreePorts.one();
        String axis = "http://127.0.0.1:" + port + "/axis";
        Path kept = folder.resolve("hub");
        ExecutorService parties = Executors.newFixedThreadPool(5);
        long began = System.nanoTime();
        ChildBus hub = hub(port, kept);
        try (DeskCity city = new DeskCity(folder);
                TestBus bus = city.bus(axis, "document-axis", "answerTimeout: 60s", "breaker: { open: 500ms }")
                        .start()) {
            List<Future<?>> running = List.of(
                    parties.submit(() -> send(city, bus.port())),
                    parties.submit(() -> sendFromFar(city, axis)),
                    parties.submit(() -> DeskCity.repeat(over, () -> takeByFar(city, axis))),
                    parties.submit(() -> DeskCity.repeat(over, () -> AxisCity.collect(bus))),
                    parties.submit(() -> DeskCity.repeat(over, () -> {
                        take(city, bus.port(), "edoc", documents);
                        take(city, bus.port(), "status", reports);
                    })));
            // each document is there three times: sent, received by the agency, reported on
            int all = 3 * DOCUMENTS;
            for (int moment :
                    new Random(seed).ints(RESTARTS, 0, all * 9 / 10).sorted().toArray()) {
                await().atMost(Duration.ofMinutes(5))
                        .pollInterval(Duration.ofMillis(5))
                        .until(() -> progress.get() >= moment || isBroken(running));
                hub.kill();
                readLife(kept.resolve("axis.jsonl"));
                hub = hub(port, kept);
            }
            await().atMost(Duration.ofMinutes(10))
                    .until(() -> isBroken(running)
                            || far.size() >= DOCUMENTS && documents.size() >= DOCUMENTS && reports.size() >= DOCUMENTS);
            over.set(true);
            for (Future<?> party : running) {
                party.get(2, TimeUnit.MINUTES);
            }
            // what is there twice would still come
            takeByFar(city, axis);
            assertThat(AxisCity.collect(bus).statusCode()).isEqualTo(200);
            take(city, bus.port(), "edoc", documents);
            take(city, bus.port(), "status", reports);
        } catch (org.awaitility.core.ConditionTimeoutException stuck) {
            throw new AssertionError(
                    "seed " + seed + ": " + far.size() + " at the far agency, " + documents.size() + " documents and "
                            + reports.size() + " reports at the agency",
                    stuck);
        } finally {
            over.set(true);
            hub.kill();
            parties.shutdownNow();
        }
        readLife(kept.resolve("axis.jsonl"));
        System.out.printf(
                "%d documents each way, %d restarts of the hub, seed %d: %d packets sent again, %d s%n",
                DOCUMENTS, RESTARTS, seed, repeats, TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - began));
        List<Integer> sent = IntStream.rangeClosed(1, DOCUMENTS).boxed().toList();
        assertThat(far.values()).as("at the far agency, seed %d", seed).containsExactlyInAnyOrderElementsOf(sent);
        assertThat(reports.values()).as("reports, seed %d", seed).containsExactlyInAnyOrderElementsOf(sent);
        assertThat(documents.values())
                .as("from the axis, seed %d", seed)
                .containsExactlyInAnyOrderElementsOf(
                        sent.stream().map(number -> 10_000 + number).toList());
    }

    private ChildBus hub(int port, Path kept) {
        ChildBus hub = ChildBus.command(
                folder,
                List.of("-Xmx192m", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"),
                "hub",
                "--port",
                Integer.toString(port),
                "--set",
                "axis=same-packet:once",
                "--keep",
                kept.toString());
        await().atMost(Duration.ofMinutes(2))
                .pollInterval(Duration.ofMillis(20))
                .until(() ->
                        hub.out().contains("Ctrl-C stops it.") || !hub.process().isAlive());
        assertThat(hub.process().isAlive()).as(hub.err()).isTrue();
        slow(port);
        return hub;
    }

    /** A packet is taken, and its answer still to come, for long enough that a kill falls between. */
    private static void slow(int port) {
        try {
            HttpClient.newHttpClient()
                    .send(
                            HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/hub/faults/axis"))
                                    .PUT(HttpRequest.BodyPublishers.ofString(
                                            "[{\"fault\":\"slow\",\"value\":\"30\",\"operation\":\"sendEdoc\"}]"))
                                    .build(),
                            HttpResponse.BodyHandlers.discarding());
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    private static boolean isBroken(List<Future<?>> running) {
        return running.stream().anyMatch(party -> {
            try {
                return party.isDone() && party.get() != null;
            } catch (InterruptedException | java.util.concurrent.ExecutionException broken) {
                return true;
            }
        });
    }

    /**
     * How often the bus sent a packet again in the life of the hub that is over; each time only in a later one than that which took it before.
     * What was in the lives before, its journal may have left out since.
     */
    private void readLife(Path journal) throws Exception {
        life++;
        String text = Files.readString(journal);
        // a kill may have cut the last line off
        for (String line :
                (Iterable<String>) text.substring(0, text.lastIndexOf('\n') + 1).lines()::iterator) {
            JsonNode event = JSON.readTree(line);
            if (event.path("life").asInt() < life) {
                continue;
            }
            String sent = event.path("sent").asText();
            if (event.path("event").asText().equals("again")
                    && event.path("centre").asText().equals("SYS-TEST-01")) {
                repeats++;
                assertThat(life)
                        .as("a packet that was sent again while the hub lived that had it")
                        .isGreaterThan(lives.get(sent));
            }
            if (!sent.isEmpty()) {
                lives.put(sent, life);
            }
        }
    }

    /** An agency sends a document again until it hears OK; never far ahead, so that some are on their way at each restart. */
    private void send(DeskCity city, int port) {
        for (int i = 1; i <= DOCUMENTS && !over.get(); ) {
            if (i > far.size() + AHEAD) {
                DeskCity.pause();
                continue;
            }
            JsonNode answer = city.sdkSend(port, "edoc", ONE, EdocPackets.document(ONE, i, FAR));
            if (answer.path("status").asText().equals("OK")) {
                i++;
            } else {
                DeskCity.pause();
            }
        }
    }

    private JsonNode atFar(DeskCity city, String axis, String path, Map<String, String> what, byte[] body) {
        Map<String, String> all = new HashMap<>(what);
        all.put("systemid", FAR_SYSTEM);
        return city.sdk(axis, FAR_SECRET, path, all, body, Instant.now(), signed -> {});
    }

    private boolean sends(DeskCity city, String axis, String type, String packet) {
        byte[] body = packet.getBytes(UTF_8);
        return atFar(
                        city,
                        axis,
                        "/sendEdoc",
                        Map.of(
                                "from",
                                FAR,
                                "servicetype",
                                "eDoc",
                                "messagetype",
                                type,
                                "hash-file",
                                AxisStub.unpadded(body)),
                        body)
                .path("status")
                .asText()
                .equals("OK");
    }

    private void sendFromFar(DeskCity city, String axis) {
        for (int i = 1; i <= DOCUMENTS && !over.get(); ) {
            try {
                if (sends(city, axis, "edoc", EdocPackets.document(FAR, 10_000 + i, ONE))) {
                    i++;
                    continue;
                }
            } catch (UncheckedIOException down) {
                // the hub is dead at the moment
            }
            DeskCity.pause();
        }
    }

    /** The far agency takes each document once by its id, reports on it, and only then confirms it. */
    private void takeByFar(DeskCity city, String axis) {
        for (JsonNode item : atFar(
                        city,
                        axis,
                        "/getReceivedEdocList",
                        Map.of("servicetype", "eDoc", "messagetype", "edoc"),
                        "{}".getBytes(UTF_8))
                .path("data")) {
            String id = item.path("docId").asText();
            JsonNode packet = atFar(city, axis, "/getEdoc", Map.of("docId", id), "{}".getBytes(UTF_8))
                    .path("data");
            if (!packet.isTextual()) {
                continue;
            }
            int number = number(packet);
            if (far.putIfAbsent(id, number) == null) {
                progress.incrementAndGet();
            }
            if (sends(city, axis, "status", EdocPackets.status(FAR, ONE, number, "03"))) {
                atFar(city, axis, "/updateStatus", Map.of("docid", id, "status", "done"), "{}".getBytes(UTF_8));
            }
        }
    }

    private void take(DeskCity city, int port, String type, Map<String, Integer> taken) {
        for (JsonNode item : city.sdk(port, "/getReceivedEdocList", Map.of("servicetype", "eDoc", "messagetype", type))
                .path("data")) {
            String id = item.path("docId").asText();
            JsonNode packet = city.sdk(port, "/getEdoc", Map.of("docId", id)).path("data");
            if (packet.isTextual()) {
                if (taken.putIfAbsent(id, number(packet)) == null) {
                    progress.incrementAndGet();
                }
                city.sdk(port, "/updateStatus", Map.of("docid", id, "status", "done"));
            }
        }
    }

    private static int number(JsonNode base64) {
        Matcher number = NUMBER.matcher(new String(Base64.getDecoder().decode(base64.asText()), UTF_8));
        assertThat(number.find()).isTrue();
        return Integer.parseInt(number.group(1));
    }
}
