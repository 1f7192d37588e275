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
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import vn.lgsp.Campaign;

/**
 * A huge attachment from SOAP to SOAP and a huge body from REST to REST, through a heap of 256 MB: whole, and without the process growing
 * by more than 64 MB over what it takes when nothing passes (BUS-08, BUS-18, MSG-05). As a campaign they are of 500 MB and of 1 GiB.
 */
final class HugeBodyIT {
    private static final int ATTACHMENT = Campaign.size("lgsp.campaign.attachment", 150, 500);
    private static final int BODY = Campaign.size("lgsp.campaign.body", 300, 1024);
    private static final long MOST_GROWTH = 64;
    private static final String TYPE = SoapParcel.mtom("", "text/xml").contentType();
    private static final byte[] AFTER = ("\r\n--" + SoapParcel.BOUNDARY + "--\r\n").getBytes(StandardCharsets.US_ASCII);
    private static final byte[] BEFORE = beginning();

    @TempDir
    private static Path folder;

    private static final Vertx VERTX = Vertx.vertx();
    private static HttpServer provider;
    private static ChildBus bus;
    private static Promise<Void> gate = Promise.promise();
    private static volatile String received = "";

    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private static byte[] beginning() {
        byte[] whole = SoapParcel.mtom(
                        SoapService.envelope(
                                SoapService.SOAP_11,
                                "",
                                SoapService.greet(
                                        "<x:Include xmlns:x=\"http://www.w3.org/2004/08/xop/include\" href=\"cid:a\"/>")),
                        "text/xml")
                .part("a", new byte[0])
                .bytes();
        return Arrays.copyOf(whole, whole.length - AFTER.length);
    }

    @BeforeAll
    static void start() throws Exception {
        provider = VERTX.createHttpServer().requestHandler(HugeBodyIT::serve);
        provider.listen(0, "127.0.0.1")
                .toCompletionStage()
                .toCompletableFuture()
                .get(10, TimeUnit.SECONDS);
        bus = ChildBus.run(
                        folder,
                        TestBus.in(folder)
                                .system("archive", provider.actualPort(), "answerTimeout: 1m", "idleTimeout: 1m")
                                .passThrough(
                                        "relay",
                                        "archive",
                                        "answer: streamed\nlimits: { request: 1100MB, answer: 1100MB, bodyTimeout: 5m }")
                                .service(
                                        "greeter",
                                        SoapService.CARD
                                                .replace("providers: [registry]", "providers: [archive]")
                                                .replace("mode: mapped", "mode: pass-through")
                                                .replace(
                                                        "request: 256KB, bodyTimeout: 2s",
                                                        "request: 600MB, answer: 600MB, bodyTimeout: 5m"),
                                        TestBus.Builder.route(
                                                "greeter", "- to: lgsp-soap:archive/soap?passThrough=true"))
                                .write("routes/test/greeter.wsdl", SoapService.WSDL)
                                .grant("relay")
                                .grant("greeter")
                                .prepare(),
                        "-Xmx256m",
                        "-XX:TieredStopAtLevel=4") // the ciphers of the processor are used by the better compiler only
                .ready();
    }

    @AfterAll
    static void stop() throws Exception {
        bus.close();
        VERTX.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
    }

    /** Digests what it takes once the gate is open; {@code /soap} gives as large an attachment back, if it was asked by a large one. */
    private static void serve(HttpServerRequest request) {
        MessageDigest digest = sha256();
        long[] bytes = {0};
        request.handler(chunk -> {
            bytes[0] += chunk.length();
            digest.update(chunk.getBytes());
        });
        request.endHandler(end -> {
            received = HexFormat.of().formatHex(digest.digest());
            HttpServerResponse response = request.response();
            if (request.path().equals("/soap")) {
                int blocks = bytes[0] > ATTACHMENT * (long) MIB ? ATTACHMENT * 16 : 16;
                response.putHeader("Content-Type", TYPE)
                        .putHeader(
                                "Content-Length",
                                Long.toString(BEFORE.length + (long) blocks * BLOCK.length + AFTER.length));
                response.write(Buffer.buffer(BEFORE));
                pour(response, blocks, () -> response.end(Buffer.buffer(AFTER)));
            } else {
                int blocks = (int) (bytes[0] / BLOCK.length);
                response.putHeader("Content-Type", "application/octet-stream")
                        .putHeader("Content-Length", Long.toString((long) blocks * BLOCK.length));
                pour(response, blocks, response::end);
            }
        });
        request.pause();
        gate.future().onComplete(open -> request.resume());
    }

    private static String digest(InputStream content) throws IOException {
        MessageDigest digest = sha256();
        byte[] buffer = new byte[64 << 10];
        for (int read = content.read(buffer); read >= 0; read = content.read(buffer)) {
            digest.update(buffer, 0, read);
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    /** Sends it, and gives back the digest of the answer. */
    private String exchange(String path, String type, byte[] before, int mib, byte[] after) {
        try {
            HttpResponse<InputStream> answer = http.send(
                    HttpRequest.newBuilder(bus.uri(path))
                            .timeout(Duration.ofMinutes(5))
                            .header("X-Api-Key", TestBus.KEY)
                            .header("Content-Type", type)
                            .POST(BodyPublishers.ofInputStream(() -> content(before, mib, after)))
                            .build(),
                    BodyHandlers.ofInputStream());
            try (InputStream body = answer.body()) {
                assertThat(answer.statusCode()).isEqualTo(200);
                return digest(body);
            }
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(stopped);
        }
    }

    @Test
    void a_huge_attachment_passes_from_soap_to_soap_and_back() throws Exception {
        gate = Promise.promise();
        gate.complete();
        for (int i = 0; i < 20; i++) {
            exchange("/soap/greeter/v1", TYPE, BEFORE, 4, AFTER);
        }
        String expected = digest(content(BEFORE, ATTACHMENT, AFTER));
        long idle = resident();
        gate = Promise.promise();
        long begun = System.nanoTime();

        try (Highest highest = new Highest()) {
            CompletableFuture<String> answer =
                    CompletableFuture.supplyAsync(() -> exchange("/soap/greeter/v1", TYPE, BEFORE, ATTACHMENT, AFTER));
            await().atMost(Duration.ofMinutes(2)).untilAsserted(() -> assertThat(spools())
                    .singleElement()
                    .satisfies(spool -> assertThat(Files.size(spool)).isGreaterThan(ATTACHMENT * (long) MIB)));
            try (InputStream waiting = Files.newInputStream(spools().get(0))) {
                assertThat(new String(waiting.readNBytes(8 * MIB), StandardCharsets.ISO_8859_1))
                        .doesNotContain(MARKER, "Envelope");
            }
            gate.complete();

            assertThat(answer.get(5, TimeUnit.MINUTES)).isEqualTo(expected);
            assertThat(received).isEqualTo(expected);
            tell("SOAP to SOAP, attachment of " + ATTACHMENT + " MB there and back", begun, idle, highest.mib());
            assertThat(highest.mib() - idle).as("growth in MB").isLessThanOrEqualTo(MOST_GROWTH);
        }
        await().untilAsserted(() -> assertThat(spools()).isEmpty());
        assertThat(bus.err()).doesNotContain("OutOfMemory").doesNotContain("blocked for");
    }

    @Test
    void a_huge_body_passes_from_rest_to_rest_and_back() throws Exception {
        gate = Promise.promise();
        gate.complete();
        for (int i = 0; i < 20; i++) {
            exchange("/api/relay/v1/store", "application/octet-stream", new byte[0], 4, new byte[0]);
        }
        String expected = digest(content(BODY));
        long idle = resident();
        long begun = System.nanoTime();

        try (Highest highest = new Highest()) {
            assertThat(exchange("/api/relay/v1/store", "application/octet-stream", new byte[0], BODY, new byte[0]))
                    .isEqualTo(expected);
            assertThat(received).isEqualTo(expected);
            tell("REST to REST, body of " + BODY + " MiB there and back", begun, idle, highest.mib());
            assertThat(highest.mib() - idle).as("growth in MB").isLessThanOrEqualTo(MOST_GROWTH);
        }
        assertThat(bus.err()).doesNotContain("OutOfMemory").doesNotContain("blocked for");
    }

    private static void tell(String what, long begun, long idle, long most) {
        System.out.printf(
                "HugeBodyIT %s: %.1f s; memory of the bus %d MB before, at most %d MB, growth %d MB%n",
                what, (System.nanoTime() - begun) / 1e9, idle, most, most - idle);
    }

    private static List<Path> spools() throws IOException {
        Path spool = folder.resolve("data/spool");
        if (!Files.isDirectory(spool)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(spool)) {
            return files.toList();
        }
    }

    /** What the bus holds in memory now, in MiB. */
    private static long resident() {
        Path status = Path.of("/proc", Long.toString(bus.process().pid()), "status");
        try (Stream<String> lines = Files.lines(status)) {
            return lines.filter(line -> line.startsWith("VmRSS"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")) / 1024)
                    .findFirst()
                    .orElseThrow();
        } catch (IOException unknown) {
            throw new UncheckedIOException(unknown);
        }
    }

    /** Looks at the memory of the bus until it is closed. */
    private static final class Highest implements AutoCloseable {
        private final long timer;
        private volatile long most = resident();

        Highest() {
            timer = VERTX.setPeriodic(50, now -> most = Math.max(most, resident()));
        }

        long mib() {
            return most;
        }

        @Override
        public void close() {
            VERTX.cancelTimer(timer);
        }
    }
}
