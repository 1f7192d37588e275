package vn.lgsp.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static vn.lgsp.runtime.LargeContent.BLOCK;
import static vn.lgsp.runtime.LargeContent.MIB;
import static vn.lgsp.runtime.LargeContent.content;
import static vn.lgsp.runtime.LargeContent.sha256;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Messages that are kept, and are larger than what is left of the heap (BUS-08, MSG-05, MSG-06, DLV-03). */
final class LargePacketIT {
    /** A bus that has nothing to do lives in some 60 MB. */
    private static final String HEAP = "-Xmx96m";

    private static final int MEGABYTES = 50;

    @TempDir
    private static Path folder;

    private static Vertx vertx = Vertx.vertx();
    private static HttpServer provider;
    private static ChildBus bus;
    private static final List<String> TAKEN = new CopyOnWriteArrayList<>();

    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    @BeforeAll
    static void start() throws Exception {
        provider = vertx.createHttpServer().requestHandler(LargePacketIT::take);
        provider.listen(0, "127.0.0.1")
                .toCompletionStage()
                .toCompletableFuture()
                .get(10, TimeUnit.SECONDS);
        TestBus.Builder builder = TestBus.in(folder)
                .system("archive", provider.actualPort(), "answerTimeout: 30s")
                .service("paper-keep", """
                        service: paper-keep
                        version: 1
                        name: { vi: Giữ giấy, en: Papers }
                        description: Papers.
                        contact: the test
                        mode: guaranteed
                        deliveries:
                          - { to: archive, retry: { first: 100ms, longest: 500ms, attempts: 1000 } }
                        criterion: near-real-time
                        personalData: false
                        limits: { request: 75MB, bodyTimeout: 2m }
                        operations:
                          - { id: keep, method: POST, path: /papers, accepts: [application/octet-stream, application/json] }
                        """, TestBus.Builder.route("paper-keep", "- setBody: { constant: '{}' }"))
                .write("routes/test/paper-keep--to-archive.camel.yaml", TestBus.Builder.route("paper-keep--to-archive", """
                        - to: lgsp-http:archive/papers
                        """))
                .service(
                        "paper-map",
                        TestBus.Builder.card(
                                "paper-map",
                                "archive",
                                "limits: { request: 75MB }",
                                "{ id: map, method: POST, path: /papers, accepts: [application/json] }"),
                        TestBus.Builder.route("paper-map", """
                                - transform: { jq: { expression: "{ n: 1 }" } }
                                - to: lgsp-http:archive/papers
                                """))
                .grant("paper-keep")
                .grant("paper-map")
                .setting("lgsp.guarantee.sweep", "50ms")
                .setting("lgsp.guarantee.accept-timeout", "1s");
        bus = ChildBus.run(folder, builder.prepare(), HEAP, "-Xlog:gc:file=" + folder.resolve("gc.log")).ready();
    }

    @AfterAll
    static void stop() throws Exception {
        bus.close();
        vertx.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
    }

    private static void take(HttpServerRequest request) {
        MessageDigest digest = sha256();
        request.handler(chunk -> digest.update(chunk.getBytes()));
        request.endHandler(end -> {
            TAKEN.add(HexFormat.of().formatHex(digest.digest()));
            request.response().putHeader("Content-Type", "application/json").end("{}");
        });
    }

    private static String digestOf(int mib) {
        MessageDigest digest = sha256();
        for (int i = 0; i < mib * MIB / BLOCK.length; i++) {
            digest.update(BLOCK);
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    private HttpResponse<String> send(String service, String type, String messageId) throws Exception {
        return http.send(
                HttpRequest.newBuilder(bus.uri("/api/" + service + "/v1/papers"))
                        .timeout(Duration.ofMinutes(2))
                        .header("X-Api-Key", TestBus.KEY)
                        .header("Content-Type", type)
                        .header("Idempotency-Key", messageId)
                        .POST(BodyPublishers.ofInputStream(() -> content(MEGABYTES)))
                        .build(),
                BodyHandlers.ofString());
    }

    @Test
    void a_message_of_fifty_megabytes_is_kept_and_delivered_and_a_repeat_of_it_is_known() throws Exception {
        HttpResponse<String> first = send("paper-keep", "application/octet-stream", "m-1");
        assertThat(first.statusCode()).as(first.body()).isEqualTo(202);
        HttpResponse<String> repeat = send("paper-keep", "application/octet-stream", "m-1");
        assertThat(repeat.statusCode()).as(repeat.body()).isEqualTo(202);

        await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> assertThat(TAKEN).isNotEmpty());
        assertThat(TAKEN).containsExactly(digestOf(MEGABYTES));
        HttpResponse<String> other = send("paper-map", "application/json", "m-2");
        assertThat(other.statusCode()).as(other.body()).isEqualTo(413);
        assertThat(other.body()).contains("message-too-large");
        assertThat(bus.process().isAlive()).isTrue();
        assertThat(bus.err()).doesNotContain("OutOfMemory").doesNotContain("blocked for");
    }
}
