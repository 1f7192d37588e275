package vn.lgsp.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static vn.lgsp.runtime.LargeContent.BLOCK;
import static vn.lgsp.runtime.LargeContent.MARKER;
import static vn.lgsp.runtime.LargeContent.MIB;
import static vn.lgsp.runtime.LargeContent.content;
import static vn.lgsp.runtime.LargeContent.pour;
import static vn.lgsp.runtime.LargeContent.sha256;

import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import vn.lgsp.Campaign;

/** Bodies that are larger than the heap of the bus (BUS-08, MSG-05). */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
final class LargeBodyIT {
    private static final int HEAP = Campaign.size("lgsp.campaign.heap", 128, 256);
    private static final int LARGE = HEAP * 6 / 5;

    @TempDir
    private static Path folder;

    private static Vertx vertx = Vertx.vertx();
    private static HttpServer provider;
    private static ChildBus bus;
    private static Promise<Void> gate = Promise.promise();

    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    @BeforeAll
    static void start() throws Exception {
        provider = vertx.createHttpServer().requestHandler(LargeBodyIT::serve);
        provider.listen(0, "127.0.0.1")
                .toCompletionStage()
                .toCompletableFuture()
                .get(10, TimeUnit.SECONDS);
        String limits = "\nlimits: { request: 400MB, answer: 400MB, bodyTimeout: 5m }";
        bus = ChildBus.run(
                        folder,
                        TestBus.in(folder)
                                .system("archive", provider.actualPort(), "answerTimeout: 1m", "idleTimeout: 1m")
                                .passThrough("held-relay", "archive", "answer: held" + limits)
                                .passThrough("streamed-relay", "archive", "answer: streamed" + limits)
                                .grant("held-relay")
                                .grant("streamed-relay")
                                .prepare(),
                        "-Xmx" + HEAP + "m",
                        "-XX:TieredStopAtLevel=4") // the ciphers of the processor are used by the better compiler only
                .ready();
    }

    @AfterAll
    static void stop() throws Exception {
        bus.close();
        vertx.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
    }

    /** Takes anything and answers its digest; gives {@code /large/{n}} as n MiB, {@code /gated/{n}} the second half at the gate. */
    private static void serve(HttpServerRequest request) {
        if (request.method().name().equals("POST")) {
            MessageDigest digest = sha256();
            request.handler(chunk -> digest.update(chunk.getBytes()));
            request.endHandler(end ->
                    request.response().setStatusCode(201).end(HexFormat.of().formatHex(digest.digest())));
            return;
        }
        String[] parts = request.path().split("/", -1);
        int blocks = Integer.parseInt(parts[2]) * MIB / BLOCK.length;
        HttpServerResponse response = request.response();
        response.putHeader("Content-Type", "application/octet-stream")
                .putHeader("Content-Length", Long.toString((long) blocks * BLOCK.length));
        if (parts[1].equals("gated")) {
            pour(response, blocks / 2, () -> gate.future()
                    .onComplete(open -> pour(response, blocks - blocks / 2, response::end)));
        } else {
            pour(response, blocks, response::end);
        }
    }

    private static String digestOf(int mib) {
        MessageDigest digest = sha256();
        for (int i = 0; i < mib * MIB / BLOCK.length; i++) {
            digest.update(BLOCK);
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    private HttpResponse<String> send(String service, int mib) throws IOException, InterruptedException {
        return http.send(
                HttpRequest.newBuilder(bus.uri("/api/" + service + "/v1/store"))
                        .timeout(Duration.ofMinutes(3))
                        .header("X-Api-Key", TestBus.KEY)
                        .header("Content-Type", "application/octet-stream")
                        .POST(BodyPublishers.ofInputStream(() -> content(mib)))
                        .build(),
                BodyHandlers.ofString());
    }

    private String fetch(String service, String path) throws IOException, InterruptedException {
        HttpResponse<InputStream> answer = http.send(
                HttpRequest.newBuilder(bus.uri("/api/" + service + "/v1/" + path))
                        .timeout(Duration.ofMinutes(3))
                        .header("X-Api-Key", TestBus.KEY)
                        .build(),
                BodyHandlers.ofInputStream());
        assertThat(answer.statusCode()).isEqualTo(200);
        MessageDigest digest = sha256();
        byte[] buffer = new byte[64 << 10];
        try (InputStream body = answer.body()) {
            for (int read = body.read(buffer); read >= 0; read = body.read(buffer)) {
                digest.update(buffer, 0, read);
            }
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    @Order(1)
    @ParameterizedTest
    @ValueSource(strings = {"streamed-relay", "held-relay"})
    void more_than_the_heap_arrives_whole(String service) throws Exception {
        String before = memory();
        long begun = System.nanoTime();

        assertThat(send(service, LARGE).body()).isEqualTo(digestOf(LARGE));

        long sent = System.nanoTime();
        assertThat(fetch(service, "large/" + LARGE)).isEqualTo(digestOf(LARGE));

        long fetched = System.nanoTime();
        await().untilAsserted(() -> assertThat(spools()).isEmpty());
        System.out.printf(
                "LargeBodyIT %s: %d MB up in %.1f s, down in %.1f s; memory of the bus before: %s, after: %s%n",
                service, LARGE, (sent - begun) / 1e9, (fetched - sent) / 1e9, before, memory());
        assertThat(bus.process().isAlive()).isTrue();
        assertThat(bus.err()).doesNotContain("OutOfMemory").doesNotContain("blocked for");
    }

    @Test
    @Order(2)
    void what_waits_on_the_disk_cannot_be_read_and_is_gone_afterwards() throws Exception {
        gate = Promise.promise();
        CompletableFuture<String> fetched = CompletableFuture.supplyAsync(() -> {
            try {
                return fetch("held-relay", "gated/100");
            } catch (IOException | InterruptedException failed) {
                throw new IllegalStateException(failed);
            }
        });

        await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> assertThat(spools())
                .singleElement()
                .satisfies(spool -> assertThat(Files.size(spool)).isGreaterThan(45L * MIB)));
        byte[] waiting = Files.readAllBytes(spools().get(0));
        assertThat(new String(waiting, StandardCharsets.ISO_8859_1)).doesNotContain(MARKER);
        assertThat(mostFrequentByteShare(waiting)).isLessThan(0.005); // as noise: 1 in 256
        gate.complete();

        assertThat(fetched.get(60, TimeUnit.SECONDS)).isEqualTo(digestOf(100));
        await().untilAsserted(() -> assertThat(spools()).isEmpty());
    }

    private static double mostFrequentByteShare(byte[] bytes) {
        int[] counts = new int[256];
        for (byte each : bytes) {
            counts[each & 0xff]++;
        }
        int most = 0;
        for (int count : counts) {
            most = Math.max(most, count);
        }
        return (double) most / bytes.length;
    }

    @Test
    @Order(3)
    void a_caller_that_goes_away_in_the_middle_of_the_download_leaves_no_spool() throws Exception {
        try (Socket caller = ask("/api/held-relay/v1/large/100")) {
            assertThat(new String(caller.getInputStream().readNBytes(MIB), StandardCharsets.ISO_8859_1))
                    .startsWith("HTTP/1.1 200 ");
            assertThat(spools()).hasSize(1);
        }

        await().atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> assertThat(spools()).isEmpty());
    }

    @Test
    @Order(4)
    void a_caller_that_goes_away_while_the_answer_is_still_held_leaves_no_spool() throws Exception {
        gate = Promise.promise();
        try (Socket caller = ask("/api/held-relay/v1/gated/100")) {
            assertThat(caller.isConnected()).isTrue();
            await().atMost(Duration.ofSeconds(30))
                    .untilAsserted(() -> assertThat(spools()).hasSize(1));
        }
        gate.complete();

        await().atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> assertThat(spools()).isEmpty());
    }

    private static Socket ask(String path) throws IOException {
        Socket socket = new Socket();
        socket.setReceiveBufferSize(64 << 10);
        socket.setSoTimeout(30_000);
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), bus.dataPort()));
        socket.getOutputStream()
                .write(("GET " + path + " HTTP/1.1\r\nHost: localhost\r\nX-Api-Key: " + TestBus.KEY + "\r\n\r\n")
                        .getBytes(StandardCharsets.US_ASCII));
        return socket;
    }

    @Test
    @Order(5)
    void twenty_bodies_of_ten_megabytes_at_once() throws Exception {
        String expected = digestOf(10);
        List<CompletableFuture<String>> all = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            int turn = i;
            CompletableFuture<String> next = new CompletableFuture<>();
            all.add(next);
            new Thread(() -> {
                        try {
                            String service = turn % 4 < 2 ? "held-relay" : "streamed-relay";
                            next.complete(turn % 2 == 0 ? send(service, 10).body() : fetch(service, "large/10"));
                        } catch (IOException | InterruptedException | AssertionError failed) {
                            next.completeExceptionally(failed);
                        }
                    })
                    .start();
        }
        for (CompletableFuture<String> each : all) {
            assertThat(each.get(2, TimeUnit.MINUTES)).isEqualTo(expected);
        }
        await().untilAsserted(() -> assertThat(spools()).isEmpty());
        System.out.println("LargeBodyIT 20 x 10 MB at once: memory of the bus after: " + memory());
        assertThat(bus.err()).doesNotContain("OutOfMemory");
    }

    @Test
    @Order(6)
    void their_records_say_how_each_ended() throws SQLException {
        assertThat(bus.stop()).isEqualTo(143);
        List<String> outcomes = new ArrayList<>();
        try (var connection = DriverManager.getConnection(
                        "jdbc:h2:file:" + folder.resolve("data/database/lgsp")
                                + ";MODE=PostgreSQL;DATABASE_TO_LOWER=TRUE",
                        "lgsp",
                        "");
                var statement = connection.createStatement();
                var row = statement.executeQuery(
                        "select outcome, count(*) from exchange_record group by outcome order by 1")) {
            while (row.next()) {
                outcomes.add(row.getString(1) + " " + row.getInt(2));
            }
        }
        assertThat(outcomes).containsExactly("abandoned 2", "answered 25");
    }

    /** Spool files with a name, and those that the bus holds open without one. */
    private static List<Path> spools() throws IOException {
        Path named = folder.resolve("data/spool");
        List<Path> found = new ArrayList<>();
        if (Files.isDirectory(named)) {
            try (Stream<Path> files = Files.list(named)) {
                found.addAll(files.toList());
            }
        }
        Path open = Path.of("/proc", Long.toString(bus.process().pid()), "fd");
        if (Files.isDirectory(open)) {
            try (Stream<Path> files = Files.list(open)) {
                files.filter(LargeBodyIT::isUnlinkedSpool).forEach(found::add);
            }
        }
        return found;
    }

    private static boolean isUnlinkedSpool(Path descriptor) {
        try {
            String target = Files.readSymbolicLink(descriptor).toString();
            return target.contains("/spool/") && target.endsWith("(deleted)");
        } catch (IOException closedMeanwhile) {
            return false;
        }
    }

    private static String memory() throws IOException {
        Path status = Path.of("/proc", Long.toString(bus.process().pid()), "status");
        if (!Files.isReadable(status)) {
            return "not known here";
        }
        try (Stream<String> lines = Files.lines(status)) {
            return String.join(
                    ", ",
                    lines.filter(line -> line.startsWith("VmRSS") || line.startsWith("VmHWM"))
                            .map(line -> line.replaceAll("\\s+", " "))
                            .toList());
        }
    }
}
