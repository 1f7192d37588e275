package vn.lgsp.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import vn.lgsp.message.Gzip;

/** Messages that are larger than a body may be in memory: here that is little (BUS-08, MSG-01, MSG-06, DLV-05). */
final class HeldMessageTest {
    private static final String TYPE = "application/octet-stream";
    private static final AtomicInteger CALLS = new AtomicInteger();

    @TempDir
    private static Path folder;

    private static StubPeer archive;
    private static RawPeer hasty;
    private static TestBus bus;

    @BeforeAll
    static void start() throws IOException {
        Path secret = Files.writeString(folder.resolve("secret"), "mat-khau-cua-bus");
        Files.setPosixFilePermissions(secret, PosixFilePermissions.fromString("rw-------"));
        archive = StubPeer.answering(200, "application/json", "{}");
        hasty = RawPeer.that(HeldMessageTest::hasty);
        bus = TestBus.in(folder)
                .system("archive", archive.port())
                .system(
                        "hasty",
                        hasty.port(),
                        "credential: { scheme: oauth2, user: ck-bus, secret: \"file:" + secret
                                + "\", tokenPath: /token }")
                .service("paper-keep", """
                        service: paper-keep
                        version: 1
                        name: { vi: Giữ giấy, en: Papers }
                        description: Papers.
                        contact: the test
                        mode: guaranteed
                        deliveries:
                          - { to: archive, retry: { first: 50ms, longest: 100ms, attempts: 1000 } }
                        criterion: near-real-time
                        personalData: false
                        limits: { request: 1MB }
                        operations:
                          - { id: keep, method: POST, path: /papers, accepts: [application/octet-stream, application/json] }
                        """, TestBus.Builder.route("paper-keep", """
                        - setBody: { constant: "{}" }
                        - transform: { jq: { expression: "{ id: $exchangeId }" } }
                        """))
                .write(
                        "routes/test/paper-keep--to-archive.camel.yaml",
                        TestBus.Builder.route("paper-keep--to-archive", """
                        - to: lgsp-http:archive/papers
                        """))
                .service(
                        "paper-map",
                        TestBus.Builder.card(
                                "paper-map",
                                "archive",
                                "limits: { request: 1MB }",
                                "{ id: map, method: POST, path: /papers, accepts: [application/json, application/octet-stream] }"),
                        TestBus.Builder.route("paper-map", """
                                - choice:
                                    when:
                                      - simple: "${header.Content-Type} == 'application/json'"
                                        steps:
                                          - transform: { jq: { expression: "{ n: 1 }" } }
                                - to: lgsp-http:archive/papers
                                """))
                .service(
                        "paper-form",
                        TestBus.Builder.card(
                                "paper-form",
                                "archive",
                                "limits: { request: 1MB }",
                                "{ id: map, method: POST, path: /papers, accepts: [application/x-www-form-urlencoded] }"),
                        TestBus.Builder.route("paper-form", """
                                - to: lgsp-http:archive/papers
                                """))
                .service(
                        "paper-hurry",
                        TestBus.Builder.card(
                                "paper-hurry",
                                "hasty",
                                "limits: { request: 32MB }",
                                "{ id: map, method: POST, path: /papers, accepts: [application/octet-stream] }"),
                        TestBus.Builder.route("paper-hurry", """
                                - to: lgsp-http:hasty/papers
                                """))
                .service("paper-steps", """
                        service: paper-steps
                        version: 1
                        name: { vi: Giữ giấy, en: Papers }
                        description: Papers.
                        contact: the test
                        mode: guaranteed
                        deliveries:
                          - { to: archive, keepResult: true }
                          - { to: hasty, after: archive }
                        criterion: near-real-time
                        personalData: false
                        limits: { request: 1MB }
                        operations:
                          - { id: keep, method: POST, path: /papers, accepts: [application/octet-stream] }
                        """, TestBus.Builder.route("paper-steps", """
                        - setBody: { constant: "{}" }
                        - transform: { jq: { expression: "{ id: $exchangeId }" } }
                        """))
                .write(
                        "routes/test/paper-steps--to-archive.camel.yaml",
                        TestBus.Builder.route("paper-steps--to-archive", """
                        - setVariable: { name: whole, simple: "${body}" }
                        - to: lgsp-http:archive/papers
                        - setBody: { variable: whole }
                        """))
                .write(
                        "routes/test/paper-steps--to-hasty.camel.yaml",
                        TestBus.Builder.route("paper-steps--to-hasty", """
                        - to: lgsp-http:hasty/papers
                        """))
                .service("paper-deep", """
                        service: paper-deep
                        version: 1
                        name: { vi: Giữ giấy, en: Papers }
                        description: Papers.
                        contact: the test
                        mode: guaranteed
                        deliveries:
                          - { to: archive }
                        criterion: near-real-time
                        personalData: false
                        limits: { request: 1MB }
                        operations:
                          - { id: keep, method: POST, path: /papers, accepts: [application/octet-stream] }
                        """, TestBus.Builder.route("paper-deep", """
                        - setBody: { constant: "{}" }
                        - transform: { jq: { expression: "{ id: $exchangeId }" } }
                        """))
                .write(
                        "routes/test/paper-deep--to-archive.camel.yaml",
                        TestBus.Builder.route("paper-deep--to-archive", """
                        - transform: { jq: { expression: "{ n: 1 }" } }
                        - to: lgsp-http:archive/papers
                        """))
                .grant("paper-keep")
                .grant("paper-steps")
                .grant("paper-deep")
                .grant("paper-map")
                .grant("paper-form")
                .grant("paper-hurry")
                .setting("lgsp.receive.memory-limit", "16KB")
                .setting("lgsp.guarantee.sweep", "50ms")
                .setting("lgsp.deploy.watch", "false")
                .start();
    }

    @AfterAll
    static void stop() {
        bus.close();
        archive.close();
        hasty.close();
    }

    @BeforeEach
    void well() {
        archive.behaves(StubPeer.fixed(200, "application/json", "{}"));
    }

    private static byte[] noise(int seed, int size) {
        byte[] noise = new byte[size];
        new Random(seed).nextBytes(noise);
        return noise;
    }

    private static HttpResponse<String> send(String service, String type, String id, BodyPublisher body) {
        return bus.send(bus.request("/api/" + service + "/v1/papers")
                .header("Content-Type", type)
                .header("Idempotency-Key", id)
                .POST(body)
                .build());
    }

    private static HttpResponse<String> keep(String id, byte[] content) {
        return send("paper-keep", TYPE, id, BodyPublishers.ofByteArray(content));
    }

    private static String accepted(HttpResponse<String> answer) {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(202);
        return TestBus.json(answer).path("id").asText();
    }

    private static long arrived(byte[] content) {
        return archive.received().stream()
                .filter(seen -> Arrays.equals(seen.body(), content))
                .count();
    }

    private static int parts() {
        return GuaranteedCity.sql(folder, "select owner_id from sealed_part");
    }

    private static JsonNode delivery(String exchange) {
        return TestBus.json(bus.get("/exchanges/" + exchange))
                .path("deliveries")
                .path(0);
    }

    @Test
    void a_message_that_is_held_is_sealed_in_parts_until_its_destination_has_it_and_a_repeat_is_known() {
        byte[] content = noise(1, 600_000);
        archive.behaves(StubPeer.fixed(503, "text/plain", "later"));
        String id = accepted(keep("m-1", content));

        await().atMost(Duration.ofSeconds(40)).until(() -> arrived(content) >= 2);
        assertThat(parts()).isEqualTo(3);
        assertThat(accepted(keep("m-1", content))).isEqualTo(id);
        HttpResponse<String> other = keep("m-1", noise(2, 600_000));
        assertThat(other.statusCode()).isEqualTo(409);
        assertThat(TestBus.code(other)).isEqualTo("message-conflict");
        await().atMost(Duration.ofSeconds(40)).untilAsserted(() -> assertThat(parts())
                .as("those of the repeat and of the conflict are gone")
                .isEqualTo(3));

        archive.behaves(StubPeer.fixed(200, "application/json", "{}"));
        await().atMost(Duration.ofSeconds(40))
                .untilAsserted(
                        () -> assertThat(delivery(id).path("state").asText()).isEqualTo("delivered"));
        await().atMost(Duration.ofSeconds(40))
                .untilAsserted(() -> assertThat(parts()).isZero());
        assertThat(archive.received().stream()
                        .filter(seen -> Arrays.equals(seen.body(), content))
                        .map(seen -> seen.headers().get("Idempotency-Key"))
                        .distinct())
                .hasSize(1);
    }

    @Test
    void a_part_that_was_altered_parks_the_delivery_and_nothing_of_it_leaves() {
        byte[] content = noise(3, 400_000);
        archive.behaves(StubPeer.fixed(503, "text/plain", "later"));
        String id = accepted(keep("m-3", content));
        await().atMost(Duration.ofSeconds(40)).until(() -> arrived(content) >= 1);

        assertThat(GuaranteedCity.sql(
                        folder,
                        "update sealed_part set content = ? where number = 1 and owner_id = ?",
                        noise(4, 400_000 - (256 << 10) + 28),
                        java.util.UUID.fromString(id)))
                .isEqualTo(1);
        await().atMost(Duration.ofSeconds(40))
                .untilAsserted(
                        () -> assertThat(delivery(id).path("state").asText()).isEqualTo("parked"));
        assertThat(delivery(id).path("reason").path("code").asText()).isEqualTo("integrity-broken");
        assertThat(archive.received().stream().filter(seen -> seen.body().length > 300_000))
                .allSatisfy(seen -> assertThat(seen.body().length).isIn(400_000, 600_000));
        GuaranteedCity.sql(folder, "delete from sealed_parts where owner_id = ?", java.util.UUID.fromString(id));
    }

    @Test
    void a_mapping_refuses_what_is_held_and_a_step_that_streams_takes_it() {
        byte[] content = noise(5, 50_000);
        int before = archive.received().size();
        HttpResponse<String> mapped = send("paper-map", "application/json", "m-5", BodyPublishers.ofByteArray(content));
        assertThat(mapped.statusCode()).isEqualTo(413);
        assertThat(TestBus.code(mapped)).isEqualTo("message-too-large");
        assertThat(archive.received()).hasSize(before);

        HttpResponse<String> streamed = send("paper-map", TYPE, "m-6", BodyPublishers.ofByteArray(content));
        assertThat(streamed.statusCode()).as(streamed.body()).isEqualTo(200);
        assertThat(arrived(content)).isEqualTo(1);
    }

    @Test
    void more_than_the_card_takes_and_more_than_fits_under_gzip_is_refused() {
        byte[] large = noise(7, (1 << 20) + 1);
        for (BodyPublisher body : new BodyPublisher[] {
            BodyPublishers.ofByteArray(large),
            BodyPublishers.ofInputStream(() -> new java.io.ByteArrayInputStream(large)) // without saying how long it is
        }) {
            HttpResponse<String> refused = send("paper-keep", TYPE, "m-7", body);
            assertThat(refused.statusCode()).isEqualTo(413);
            assertThat(TestBus.code(refused)).isEqualTo("message-too-large");
        }
        HttpResponse<String> packed = bus.send(bus.request("/api/paper-map/v1/papers")
                .header("Content-Type", TYPE)
                .header("Content-Encoding", "gzip")
                .POST(BodyPublishers.ofByteArray(Gzip.deflate(new byte[100_000])))
                .build());
        assertThat(packed.statusCode()).isEqualTo(413);

        byte[] chunked = noise(8, 300_000);
        accepted(send(
                "paper-keep",
                TYPE,
                "m-8",
                BodyPublishers.ofInputStream(() -> new java.io.ByteArrayInputStream(chunked))));
        await().atMost(Duration.ofSeconds(40)).until(() -> arrived(chunked) == 1);
    }

    @Test
    void a_form_that_is_held_is_refused_and_not_sent_on_as_it_came() {
        String form = "text=" + "a".repeat(50_000);
        HttpResponse<String> answer =
                send("paper-form", "application/x-www-form-urlencoded", "m-9", BodyPublishers.ofString(form));
        assertThat(arrived(form.getBytes(StandardCharsets.US_ASCII))).isZero();
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(413);
        assertThat(TestBus.code(answer)).isEqualTo("message-too-large");
    }

    @Test
    void a_token_that_is_refused_before_the_content_has_gone_is_renewed_and_the_call_made_once_more() {
        byte[] content = noise(10, 24 << 20);
        HttpResponse<String> answer = send("paper-hurry", TYPE, "m-10", BodyPublishers.ofByteArray(content));
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        assertThat(TestBus.json(answer).path("bytes").asInt()).isEqualTo(content.length);
        assertThat(CALLS).hasValue(2);
    }

    @Test
    void a_repeat_is_compared_beside_the_thread_that_commits_for_everybody() throws InterruptedException {
        byte[] content = noise(11, 300_000);
        String id = accepted(keep("m-11", content));
        Thread committer = Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().equals("lgsp-committer"))
                .findFirst()
                .orElseThrow();
        AtomicBoolean over = new AtomicBoolean();
        AtomicInteger reading = new AtomicInteger();
        Thread watch = new Thread(() -> {
            while (!over.get()) {
                if (Arrays.stream(committer.getStackTrace())
                        .anyMatch(frame -> frame.getClassName().startsWith("vn.lgsp.hold.HeldFile"))) {
                    reading.incrementAndGet();
                }
            }
        });
        watch.start();
        for (int i = 0; i < 20; i++) {
            assertThat(accepted(keep("m-11", content))).isEqualTo(id);
        }
        over.set(true);
        watch.join();
        assertThat(reading).hasValue(0);
        await().atMost(Duration.ofSeconds(40))
                .untilAsserted(
                        () -> assertThat(delivery(id).path("state").asText()).isEqualTo("delivered"));
        await().atMost(Duration.ofSeconds(40))
                .untilAsserted(() -> assertThat(parts()).isZero());
    }

    @Test
    void a_result_that_is_held_is_not_kept_as_an_empty_one() {
        parked("paper-steps", "m-12", noise(12, 100_000), "result-unkeepable");
    }

    @Test
    void a_delivery_that_looks_into_what_is_held_is_parked() {
        parked("paper-deep", "m-13", noise(13, 100_000), "message-too-large");
    }

    private static void parked(String service, String id, byte[] content, String code) {
        String exchange = accepted(send(service, TYPE, id, BodyPublishers.ofByteArray(content)));
        await().atMost(Duration.ofSeconds(40))
                .untilAsserted(() ->
                        assertThat(delivery(exchange).path("state").asText()).isEqualTo("parked"));
        assertThat(delivery(exchange).path("reason").path("code").asText()).isEqualTo(code);
        GuaranteedCity.sql(folder, "delete from sealed_parts where owner_id = ?", java.util.UUID.fromString(exchange));
    }

    /** Gives tokens, and does not take the first that it sees: it says so before it reads the content. */
    private static void hasty(RawPeer.Talk talk) throws IOException {
        if (talk.head().startsWith("POST /token ")) {
            talk.body();
            talk.say(200, "application/json", "{\"access_token\":\"tok-" + CALLS.get() + "\",\"expires_in\":3600}");
        } else if (CALLS.incrementAndGet() == 1) {
            talk.say(401, "text/plain", "").hang();
        } else {
            talk.say(200, "application/json", "{\"bytes\":" + talk.body().length + "}");
        }
    }
}
