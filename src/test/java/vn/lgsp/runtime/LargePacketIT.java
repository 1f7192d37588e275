package vn.lgsp.runtime;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import vn.lgsp.Campaign;
import vn.lgsp.FreePorts;

/**
 * Packets that are larger than what is left of the heap go from agency to agency and to the axis and back, in both forms, and nothing of
 * them is lost, doubled or left behind when the bus is killed in the middle (EXT-20, MSG-05, MSG-06, DLV-03).
 */
final class LargePacketIT {
    /** A bus with the embedded database and broker that has nothing to do needs 64 MB of it. */
    private static final String HEAP = System.getProperty("lgsp.packet-heap", "112m");

    private static final int MEGABYTES = 50;
    /** Of those that a kill cuts. */
    private static final int KILLED = Campaign.size("lgsp.packet-killed", 8, MEGABYTES);

    private static final String ONE = DeskCity.ONE;
    private static final String TWO = DeskCity.TWO;
    private static final String FAR = DeskCity.FAR;
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    private Path folder;

    private final int port = FreePorts.one();
    private LargeAxis axis;
    private DeskCity city;
    private ChildBus bus;
    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    @BeforeEach
    void start() throws IOException {
        axis = new LargeAxis();
        city = new DeskCity(folder);
        bus = run("document-axis");
    }

    @AfterEach
    void stop() {
        bus.close();
        city.close();
        axis.close();
    }

    /** @param scheme how the axis is spoken to in this life of the bus */
    private ChildBus run(String scheme) {
        return ChildBus.run(
                        folder,
                        city.bus(axis.address(), scheme, "answerTimeout: 30s")
                                .grant("so-hai", "edoc-axis-forward", "")
                                .setting("lgsp.data-port", Integer.toString(port))
                                .setting("lgsp.guarantee.accept-timeout", "1s")
                                .prepare(),
                        "-Xmx" + HEAP,
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=4", // the ciphers of the processor are used by the better compiler only
                        "-Xlog:gc:file=" + folder.resolve("gc-" + scheme + ".log"))
                .ready();
    }

    @Test
    void packets_of_fifty_megabytes_go_both_ways_and_what_a_kill_cuts_is_neither_lost_nor_doubled_nor_left()
            throws Exception {
        String idle = memory();
        // from the axis to an agency
        LargePacket incoming = LargePacket.of(MEGABYTES, FAR, 1, ONE);
        axis.holds("doc-1", incoming);
        collect();
        assertThat(axis.told()).containsEntry("doc-1", "done");
        String id = waitingForOne();
        assertThat(LargePacket.sum(http.send(signed("/downloadEdoc", Map.of("docId", id)), BodyHandlers.ofInputStream())
                        .body()))
                .isEqualTo(incoming.sum());
        done(id);

        // from an agency to the axis, out of a form
        LargePacket outgoing = LargePacket.of(MEGABYTES, TWO, 2, FAR);
        JsonNode sent = restSend(outgoing);
        assertThat(sent.path("success").asBoolean()).as(sent + bus.err()).isTrue();
        await().atMost(Duration.ofSeconds(120))
                .untilAsserted(() -> assertThat(axis.taken()).hasSize(1));
        assertThat(axis.taken().get(0).sum()).isEqualTo(outgoing.sum());
        assertThat(axis.taken().get(0).form()).isEqualTo("sdk");
        System.out.printf(
                "LargePacketIT -Xmx%s, %d MB there and back: idle %s, after %s%n", HEAP, MEGABYTES, idle, memory());

        // the axis reads one packet, the parts of another are written, and the bus dies
        LargePacket read = LargePacket.of(KILLED, ONE, 3, FAR);
        LargePacket written = LargePacket.of(KILLED, ONE, 4, TWO, FAR);
        CountDownLatch reading = axis.readsNoFurther();
        ok(sdkSend(read));
        assertThat(reading.await(120, TimeUnit.SECONDS)).isTrue();
        long before = database();
        CompletableFuture<JsonNode> cut = CompletableFuture.supplyAsync(() -> sdkSend(written));
        await().atMost(Duration.ofSeconds(120))
                .pollInterval(Duration.ofMillis(1))
                .until(() -> database() > before + (2 << 20) || cut.isDone());
        bus.kill();
        long killed = System.nanoTime();
        assertThatThrownBy(() -> cut.get(60, TimeUnit.SECONDS)).hasRootCauseInstanceOf(IOException.class);
        assertThat(axis.taken()).hasSize(1);
        axis.readsAgain();

        // from now on the axis is spoken to in the REST form; the agency sends again what it heard nothing of
        bus = run("document-axis-rest");
        ok(sdkSend(written));
        await().atMost(Duration.ofSeconds(120))
                .untilAsserted(() -> assertThat(axis.taken()).hasSize(3));
        assertThat(axis.taken().stream().skip(1).map(LargeAxis.Taken::sum))
                .containsExactlyInAnyOrder(read.sum(), written.sum());
        assertThat(axis.taken().stream().skip(1).map(LargeAxis.Taken::form)).containsOnly("rest");
        String inside = rest("/v1/syncReceivedEdocList?messageType=edoc&fromDate=2026/01/01&toDate=2099/01/01")
                .path("data")
                .path(0)
                .path("docId")
                .asText();
        assertThat(restFetch(inside)).isEqualTo(written.sum());
        assertThat(city.restDone(port, inside, "done").path("success").asBoolean())
                .isTrue();

        LargePacket last = LargePacket.of(KILLED, FAR, 5, ONE);
        axis.holds("doc-5", last);
        collect();
        assertThat(axis.told()).containsEntry("doc-5", "done");
        id = waitingForOne();
        assertThat(sdkFetch(id)).isEqualTo(last.sum());
        done(id);

        // what nobody needs is gone: at once when it is delivered, and ten times the accept time-out after a kill
        await().atMost(Duration.ofSeconds(30)).until(() -> System.nanoTime() - killed > TimeUnit.SECONDS.toNanos(12));
        assertThat(bus.err()).doesNotContain("OutOfMemory").doesNotContain("blocked for");
        assertThat(axis.taken()).hasSize(3);
        assertThat(axis.complaints()).isEmpty();
        bus.stop();
        assertThat(GuaranteedCity.sql(folder, "select owner_id from sealed_parts"))
                .isZero();
        assertThat(GuaranteedCity.sql(folder, "select owner_id from sealed_part"))
                .isZero();
        try (Stream<Path> spool = Files.list(folder.resolve("data/spool"))) {
            assertThat(spool).isEmpty();
        }
    }

    private void ok(JsonNode answer) {
        assertThat(answer.path("status").asText()).as(answer + bus.err()).isEqualTo("OK");
    }

    private String waitingForOne() {
        return sdk("/getReceivedEdocList", Map.of("servicetype", "eDoc", "messagetype", "edoc"))
                .path("data")
                .path(0)
                .path("docId")
                .asText();
    }

    private void done(String id) {
        ok(sdk("/updateStatus", Map.of("docid", id, "status", "done")));
    }

    private String memory() throws IOException {
        try (Stream<String> lines = Files.lines(Path.of("/proc/" + bus.process().pid() + "/status"))) {
            return lines.filter(line -> line.startsWith("VmHWM"))
                    .findFirst()
                    .map(line -> line.replaceAll("\\s+", " "))
                    .orElse("");
        }
    }

    private long database() {
        try (Stream<Path> files = Files.list(folder.resolve("data/database"))) {
            return files.mapToLong(file -> file.toFile().length()).sum();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private void collect() throws Exception {
        var answer = http.send(
                HttpRequest.newBuilder(bus.uri("/api/edoc-axis-collect/v1/collect"))
                        .timeout(Duration.ofMinutes(2))
                        .header("X-Api-Key", TestBus.KEY)
                        .header("Content-Type", "application/json")
                        .POST(BodyPublishers.ofString("{}"))
                        .build(),
                BodyHandlers.ofString());
        assertThat(answer.statusCode()).as(answer.body() + bus.err()).isEqualTo(200);
        assertThat(answer.body()).as(bus.err()).doesNotContain("\"error\"", "\"code\"");
    }

    private HttpRequest signed(String path, Map<String, String> parameters) {
        return DeskCity.signed(
                desk(), DeskCity.SECRET, path, parameters, BodyPublishers.ofString("{}"), Instant.now(), all -> {});
    }

    private String desk() {
        return "http://127.0.0.1:" + port + "/api/edoc-document-desk/v1";
    }

    private JsonNode sdk(String path, Map<String, String> parameters) {
        return city.sdk(port, path, parameters);
    }

    private JsonNode sdkSend(LargePacket packet) {
        return json(DeskCity.signed(
                desk(),
                DeskCity.SECRET,
                "/sendEdoc",
                Map.of("from", ONE, "servicetype", "eDoc", "messagetype", "edoc", "hash-file", packet.unpadded()),
                packet.body(),
                Instant.now(),
                all -> {}));
    }

    private String sdkFetch(String id) throws Exception {
        try (InputStream answer = http.send(signed("/getEdoc", Map.of("docId", id)), BodyHandlers.ofInputStream())
                .body()) {
            return LargePacket.sumOfBase64(answer, "\"data\":\"");
        }
    }

    private HttpRequest.Builder restRequest(String path) {
        return HttpRequest.newBuilder(URI.create(desk() + path))
                .timeout(Duration.ofMinutes(2))
                .header("X-SystemId", "SYS-SO-2")
                .header("X-SecretKey", DeskCity.SECRET);
    }

    private JsonNode rest(String path) {
        return city.rest(port, path);
    }

    private String restFetch(String id) throws Exception {
        try (InputStream answer = http.send(
                        restRequest("/v1/getEdoc?docId=" + id).build(), BodyHandlers.ofInputStream())
                .body()) {
            return LargePacket.sumOfBase64(answer, "\"edxml\":\"");
        }
    }

    private JsonNode restSend(LargePacket packet) {
        return json(restRequest("/v1/sendEdoc")
                .header("Content-Type", "multipart/form-data; boundary=bien")
                .POST(packet.body(
                        "--bien\r\nContent-Disposition: form-data; name=\"messagetype\"\r\n\r\nedoc\r\n--bien\r\n"
                                + "Content-Disposition: form-data; name=\"edocFile\"; filename=\"a.edxml\"\r\n"
                                + "Content-Type: application/xml\r\n\r\n",
                        "\r\n--bien--\r\n"))
                .build());
    }

    private JsonNode json(HttpRequest request) {
        try {
            return JSON.readTree(
                    http.send(request, BodyHandlers.ofString(UTF_8)).body());
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(stopped);
        }
    }
}
