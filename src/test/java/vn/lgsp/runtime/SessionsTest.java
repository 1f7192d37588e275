package vn.lgsp.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import vn.lgsp.parse.JsonParsers;

/** Sessions and tokens that end on the way, with portals that say so, do not say so, or lie (EXT-02, EXT-18). */
final class SessionsTest {
    @TempDir
    static Path folder;

    /** A portal on bare sockets: it knows its sessions, and says what the test tells it. */
    private static final class Portal implements AutoCloseable {
        private final RawPeer peer = RawPeer.that(this::serve);
        private final Set<String> sessions = ConcurrentHashMap.newKeySet();
        private final AtomicInteger logins = new AtomicInteger();
        private final Queue<String> asked = new ConcurrentLinkedQueue<>();
        private volatile Supplier<String> says = () -> "0";
        private volatile String padding = "";

        private void serve(RawPeer.Talk talk) throws IOException {
            JsonNode body = JsonParsers.content().readTree(talk.body());
            if (talk.head().startsWith("POST /mapi/login ")) {
                String session = "s-hidden-" + logins.incrementAndGet();
                sessions.add(session);
                talk.say(200, "application/json", "{\"session\":\"" + session + "\",\"error_code\":0}");
                return;
            }
            String session = body.path("session").asText();
            String code = sessions.contains(session) ? says.get() : "5";
            asked.add(session + ":" + code);
            talk.say(
                    200,
                    "application/json",
                    "{\"result\":[{\"so\":\"0012\"}" + padding + "],\"error_code\":" + code + "}");
        }

        void endSessions() {
            sessions.clear();
        }

        /** How often it is logged in to while this is done. */
        int loginsWhile(Runnable done) {
            int before = logins.get();
            asked.clear();
            done.run();
            return logins.get() - before;
        }

        @Override
        public void close() {
            peer.close();
        }
    }

    private static final Portal one = new Portal();
    private static final Portal two = new Portal();
    private static final AtomicInteger tokens = new AtomicInteger();
    private static volatile boolean expired;
    private static RawPeer gateway;
    private static TestBus bus;
    private static int systems;
    private static final int SYSTEMS = 7;

    @BeforeAll
    static void start() throws Exception {
        gateway = RawPeer.that(SessionsTest::gateway);
        String secret =
                Files.writeString(folder.resolve("secret"), "cs-example-hidden").toString();
        TestBus.Builder made = TestBus.in(folder)
                .system(
                        "ndxp",
                        gateway.port(),
                        "credential: { scheme: oauth2, user: ck, secret: \"file:%s\" }".formatted(secret))
                .system(
                        "two",
                        two.peer.port(),
                        "credential: { scheme: session, user: u, secret: \"file:%s\", expired: [\"5\"] }"
                                .formatted(secret));
        // one portal under several credentials, so that what the bus has learned under one is not known under the next
        for (int i = 1; i <= SYSTEMS; i++) {
            made.system(
                    "one-" + i,
                    one.peer.port(),
                    "credential: { scheme: session, user: u-%d, secret: \"file:%s\" }".formatted(i, secret));
            service(made, "asks-" + i, "one-" + i, calls("one-" + i));
        }
        made.system(
                "named",
                one.peer.port(),
                "credential: { scheme: session, user: u, secret: \"file:%s\", expired: [\"5\"] }".formatted(secret));
        service(made, "asks-named", "named", calls("named"));
        service(made, "asks-all", "named, two, ndxp", calls("named") + calls("two") + calls("ndxp") + calls("named"));
        bus = made.start();
        assertThat(bus.bus().refusedServices()).isEmpty();
    }

    private static void gateway(RawPeer.Talk talk) throws IOException {
        talk.body();
        if (talk.head().startsWith("POST /token ")) {
            expired = false;
            one.endSessions(); // so that whoever asks there afterwards finds it ended again
            talk.say(200, "application/json", "{\"access_token\":\"t" + tokens.incrementAndGet() + "\"}");
        } else if (expired) {
            talk.say(401, "application/json", "{}");
        } else {
            talk.say(200, "application/json", "{\"result\":[{\"so\":\"0012\"}],\"error_code\":0}");
        }
    }

    private static String calls(String system) {
        return """
                - setBody: { constant: '{"service":"LayThuTuc"}' }
                - to: lgsp-http:%s/mapi/share?method=POST
                """.formatted(system);
    }

    private static void service(TestBus.Builder made, String service, String systems, String steps) {
        made.service(service, """
                        service: %s
                        version: 1
                        name: { vi: Hỏi, en: Ask }
                        description: Asks a portal.
                        contact: the test
                        providers: [%s]
                        mode: mapped
                        criterion: real-time
                        personalData: false
                        operations:
                          - { id: ask, method: GET, path: "/" }
                          - { id: tell, method: POST, path: "/", accepts: [application/json] }
                        """.formatted(service, systems), TestBus.Builder.route(service, steps + """
                        - setHeader: { name: Content-Type, constant: application/json }
                        """))
                .grant(service);
    }

    @AfterAll
    static void stop() {
        bus.close();
        one.close();
        two.close();
        gateway.close();
    }

    /** A service whose portal the bus has logged in to, and of which it knows nothing else. */
    private static String fresh() {
        one.says = () -> "0";
        String service = "asks-" + ++systems;
        assertThat(said(ask(service))).isEqualTo("0");
        return service;
    }

    private static HttpResponse<String> ask(String service) {
        return bus.get("/api/" + service + "/v1/");
    }

    private static HttpResponse<String> tell(String service) {
        return bus.post("/api/" + service + "/v1/", "application/json", "{}");
    }

    private static String said(HttpResponse<String> answer) {
        assertThat(answer.statusCode()).as("%s", answer.body()).isEqualTo(200);
        return TestBus.json(answer).path("error_code").asText();
    }

    @Test
    void a_code_that_never_means_the_session_costs_one_login_and_one_more_call_however_often_it_comes() {
        String service = fresh();
        one.says = () -> "7";

        assertThat(one.loginsWhile(() -> assertThat(said(ask(service))).isEqualTo("7")))
                .isEqualTo(1);
        assertThat(one.asked).as("once more in the new session").hasSize(2).doesNotHaveDuplicates();
        assertThat(one.loginsWhile(() -> {
                    for (int i = 0; i < 20; i++) {
                        assertThat(said(ask(service))).isEqualTo("7");
                    }
                }))
                .isZero();
        assertThat(one.asked).as("nor a call").hasSize(20);

        one.says = () -> "0";
        one.endSessions();
        assertThat(one.loginsWhile(() -> assertThat(said(ask(service))).isEqualTo("0")))
                .as("a session that really ends")
                .isEqualTo(1);
    }

    @Test
    void who_fails_and_answers_in_turn_is_not_logged_in_to_for_each_failure() {
        String service = fresh();
        AtomicInteger turn = new AtomicInteger();
        one.says = () -> turn.incrementAndGet() % 2 == 1 ? "7" : "0";

        assertThat(one.loginsWhile(() -> {
                    for (int i = 0; i < 20; i++) {
                        said(ask(service));
                    }
                }))
                .isEqualTo(1);
        assertThat(one.asked).hasSize(21);
    }

    @Test
    void many_who_meet_a_failure_at_once_cost_one_login() throws Exception {
        String service = fresh();
        int callers = 40;
        CountDownLatch all = new CountDownLatch(callers);
        one.says = () -> {
            all.countDown();
            try {
                all.await(20, TimeUnit.SECONDS); // so that every one of them has asked in the first session
            } catch (InterruptedException stopped) {
                Thread.currentThread().interrupt();
            }
            return "7";
        };

        assertThat(one.loginsWhile(() -> {
                    List<CompletableFuture<HttpResponse<String>>> asking = IntStream.range(0, callers)
                            .mapToObj(i ->
                                    CompletableFuture.supplyAsync(() -> ask(service), task -> new Thread(task).start()))
                            .toList();
                    asking.forEach(answer -> assertThat(said(answer.join())).isEqualTo("7"));
                }))
                .isEqualTo(1);
        assertThat(one.asked).hasSizeBetween(callers + 1, 2 * callers);
    }

    @Test
    void what_may_change_something_is_not_asked_twice_for_a_code_that_may_mean_anything() {
        String service = fresh();
        one.says = () -> "7"; // and it has done it all the same

        assertThat(one.loginsWhile(() -> assertThat(said(tell(service))).isEqualTo("7")))
                .isZero();
        assertThat(one.asked).hasSize(1);
        one.says = () -> "0";
        assertThat(one.loginsWhile(() -> assertThat(said(tell(service))).isEqualTo("0")))
                .as("the next one has a new session")
                .isEqualTo(1);
        assertThat(one.asked).hasSize(1);

        one.says = () -> "7";
        assertThat(one.loginsWhile(() -> {
                    for (int i = 0; i < 20; i++) {
                        assertThat(said(tell(service))).isEqualTo("7");
                    }
                }))
                .as("that one knew it too")
                .isZero();
        assertThat(one.asked).hasSize(20);
    }

    @Test
    void a_code_that_is_named_for_an_ended_session_has_every_call_made_once_more() {
        one.says = () -> "0";
        assertThat(said(tell("asks-named"))).isEqualTo("0");
        one.endSessions();
        assertThat(one.loginsWhile(() -> assertThat(said(tell("asks-named"))).isEqualTo("0")))
                .isEqualTo(1);
        assertThat(one.asked).hasSize(2);

        one.says = () -> "7";
        assertThat(one.loginsWhile(() -> assertThat(said(ask("asks-named"))).isEqualTo("7")))
                .as("any other is a failure")
                .isZero();

        one.says = () -> "5";
        assertThat(one.loginsWhile(() -> {
                    for (int i = 0; i < 20; i++) {
                        assertThat(said(tell("asks-named"))).isEqualTo("5");
                    }
                }))
                .as("who says it of fresh ones too is not believed for a while")
                .isEqualTo(1);
        assertThat(one.asked).hasSize(21);
    }

    @Test
    void an_answer_of_many_megabytes_is_read_for_its_code_and_goes_on_whole() {
        String service = fresh();
        one.padding = ",\"%s\"".formatted("x".repeat(9 << 20));
        one.says = () -> "7";

        assertThat(one.loginsWhile(() -> {
                    HttpResponse<String> answer = ask(service);
                    assertThat(said(answer)).isEqualTo("7");
                    assertThat(answer.body()).hasSizeGreaterThan(9 << 20);
                }))
                .isEqualTo(1);
        one.padding = "";
        assertThat(one.asked).hasSize(2);
    }

    @Test
    void sessions_and_passwords_are_in_no_log_no_answer_and_no_record() {
        try (LogCapture log = LogCapture.everything()) {
            String service = fresh();
            one.says = () -> "7";
            HttpResponse<String> failed = ask(service);
            one.endSessions();
            HttpResponse<String> renewed = ask(service);

            assertThat(log.text() + failed.body() + renewed.body() + bus.records())
                    .doesNotContain("s-hidden")
                    .doesNotContain("cs-example-hidden");
        }
    }

    @Test
    void a_service_asks_three_systems_one_after_the_other_whose_sessions_and_tokens_all_end_on_the_way() {
        one.says = () -> "0";
        assertThat(said(ask("asks-all"))).isEqualTo("0");
        for (int round = 0; round < 3; round++) {
            one.endSessions();
            two.endSessions();
            expired = true;
            int given = tokens.get();
            int logins = one.loginsWhile(() -> assertThat(two.loginsWhile(
                            () -> assertThat(said(tell("asks-all"))).isEqualTo("0")))
                    .isEqualTo(1));
            assertThat(logins).as("for each of its two calls").isEqualTo(2);
            assertThat(tokens.get()).isEqualTo(given + 1);
        }
    }
}
