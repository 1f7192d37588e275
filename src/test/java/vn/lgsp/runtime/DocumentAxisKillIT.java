package vn.lgsp.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static vn.lgsp.runtime.DeskCity.FAR;
import static vn.lgsp.runtime.DeskCity.ONE;
import static vn.lgsp.runtime.DeskCity.TWO;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
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
import vn.lgsp.Campaign;
import vn.lgsp.FreePorts;

/**
 * Documents both ways between agencies and the axis, over a real bus that is killed by SIGKILL while they flow, and an axis that goes away
 * and comes back: none is lost, and none is there twice. With {@code -Dlgsp.axis.documents=1000} so many each way.
 */
final class DocumentAxisKillIT {
    private static final int DOCUMENTS = Campaign.size("lgsp.axis.documents", 50, 1_000);
    private static final int KILLS = Campaign.size("lgsp.axis.kills", 1, 10);
    private static final Pattern SUBJECT = Pattern.compile("van-ban-([0-9]+)<");

    @TempDir
    private Path folder;

    private final AtomicBoolean over = new AtomicBoolean();
    private final AtomicInteger acknowledged = new AtomicInteger();

    @Test
    void killed_in_the_middle_of_an_exchange_the_bus_loses_no_document_and_doubles_none() throws Exception {
        int port = FreePorts.one();
        ExecutorService parties = Executors.newFixedThreadPool(4);
        try (DeskCity city = new DeskCity(folder)) {
            Map<String, String> settings =
                    city.bus().setting("lgsp.data-port", Integer.toString(port)).prepare();
            for (int i = 1; i <= DOCUMENTS; i++) {
                city.axis.holds("edoc", ONE, EdocPackets.document(FAR, 10_000 + i, ONE));
            }
            Map<String, Integer> atTwo = new ConcurrentHashMap<>();
            Map<String, Integer> atOne = new ConcurrentHashMap<>();
            List<Future<?>> running = new ArrayList<>();
            ChildBus bus = started(settings);
            try {
                running.add(parties.submit(() -> send(city, port)));
                running.add(parties.submit(() -> DeskCity.repeat(over, () -> collect(port))));
                running.add(parties.submit(() -> DeskCity.repeat(over, () -> takeByRest(city, port, atTwo))));
                running.add(parties.submit(() -> DeskCity.repeat(over, () -> takeBySdk(city, port, atOne))));
                Random random = new Random(20261121);
                for (int kill = 1; kill <= KILLS; kill++) {
                    int least = kill * DOCUMENTS / (KILLS + 1);
                    await().atMost(Duration.ofMinutes(5))
                            .pollInterval(Duration.ofMillis(20))
                            .until(() -> acknowledged.get() >= least);
                    if (random.nextBoolean()) {
                        city.axis.misbehaves(request -> {
                            request.connection().close();
                            return true;
                        });
                    }
                    bus.kill();
                    bus = started(settings);
                    city.axis.misbehaves(request -> false);
                }
                await().atMost(Duration.ofMinutes(10)).untilAsserted(() -> {
                    assertThat(numbers(atTwo)).hasSize(DOCUMENTS);
                    assertThat(numbers(atOne)).hasSize(DOCUMENTS);
                    assertThat(Set.copyOf(axisHas(city))).hasSize(DOCUMENTS);
                    assertThat(city.axis.isEmpty()).isTrue();
                });
                over.set(true);
                for (Future<?> party : running) {
                    party.get(2, TimeUnit.MINUTES);
                }
            } finally {
                over.set(true);
                bus.stop();
            }
            List<Integer> sent = IntStream.rangeClosed(1, DOCUMENTS).boxed().toList();
            assertThat(numbers(atTwo)).as("in the city").containsExactlyElementsOf(sent);
            assertThat(axisHas(city)).as("at the axis").containsExactlyElementsOf(sent);
            assertThat(numbers(atOne))
                    .as("from the axis")
                    .containsExactlyElementsOf(
                            sent.stream().map(number -> 10_000 + number).toList());
            assertThat(city.axis.complaints()).isEmpty();
        } finally {
            parties.shutdownNow();
        }
    }

    /** A machine that does much else may take minutes for a start, and give one up: then it is started again, as a service manager does it. */
    private ChildBus started(Map<String, String> settings) {
        for (int tries = 1; ; tries++) {
            ChildBus bus = ChildBus.run(folder.resolve("run"), settings);
            await().atMost(Duration.ofMinutes(5))
                    .pollInterval(Duration.ofMillis(100))
                    .until(() -> bus.out().contains("Ctrl-C stops the bus.")
                            || !bus.process().isAlive());
            if (bus.process().isAlive()) {
                return bus;
            }
            assertThat(tries).as(bus.err()).isLessThan(5);
        }
    }

    private static List<Integer> numbers(Map<String, Integer> taken) {
        List<Integer> found = new ArrayList<>(taken.values());
        Collections.sort(found);
        return found;
    }

    private static List<Integer> axisHas(DeskCity city) {
        List<Integer> found = new ArrayList<>();
        city.axis.sent().forEach(doc -> found.add(number(doc.text())));
        Collections.sort(found);
        return found;
    }

    private static int number(String packet) {
        Matcher subject = SUBJECT.matcher(packet);
        assertThat(subject.find()).isTrue();
        return Integer.parseInt(subject.group(1));
    }

    /** An agency sends a document again until it hears OK. */
    private void send(DeskCity city, int port) {
        for (int i = 1; i <= DOCUMENTS && !over.get(); ) {
            try {
                JsonNode answer = city.sdkSend(port, "edoc", ONE, EdocPackets.document(ONE, i, TWO, FAR));
                if (answer.path("status").asText().equals("OK")) {
                    acknowledged.incrementAndGet();
                    i++;
                }
            } catch (UncheckedIOException down) {
                DeskCity.pause();
            }
        }
    }

    /** What a document system does: it takes each once by its id, and confirms what it has. */
    private void takeByRest(DeskCity city, int port, Map<String, Integer> taken) {
        for (JsonNode item :
                city.rest(port, "/v1/syncReceivedEdocList?messageType=edoc").path("data")) {
            String id = item.path("docId").asText();
            JsonNode packet = city.rest(port, "/v1/getEdoc?docId=" + id).at("/data/edxml");
            if (packet.isTextual()) {
                taken.putIfAbsent(id, number(text(packet)));
                city.restDone(port, id, "done");
            }
        }
    }

    private void takeBySdk(DeskCity city, int port, Map<String, Integer> taken) {
        for (JsonNode item : city.sdk(
                        port, "/getReceivedEdocList", Map.of("servicetype", "eDoc", "messagetype", "edoc"))
                .path("data")) {
            String id = item.path("docId").asText();
            JsonNode packet = city.sdk(port, "/getEdoc", Map.of("docId", id)).path("data");
            if (packet.isTextual()) {
                taken.putIfAbsent(id, number(text(packet)));
                city.sdk(port, "/updateStatus", Map.of("docid", id, "status", "done"));
            }
        }
    }

    private static String text(JsonNode base64) {
        return new String(Base64.getDecoder().decode(base64.asText()), StandardCharsets.UTF_8);
    }

    /** Collects as the schedule does, only more often. */
    private static void collect(int port) {
        java.net.http.HttpRequest request = java.net.http.HttpRequest.newBuilder(
                        java.net.URI.create("http://127.0.0.1:" + port + "/api/edoc-axis-collect/v1/collect"))
                .timeout(Duration.ofSeconds(60))
                .header("X-Api-Key", TestBus.KEY)
                .header("Content-Type", "application/json")
                .POST(java.net.http.HttpRequest.BodyPublishers.ofString("{}"))
                .build();
        try {
            java.net.http.HttpClient.newHttpClient()
                    .send(request, java.net.http.HttpResponse.BodyHandlers.discarding());
        } catch (java.io.IOException down) {
            throw new UncheckedIOException(down);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }
}
