package vn.lgsp.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How the bus gets, uses and renews the tokens of gateways, and what it says when it has none (EXT-02, EXT-03). */
final class TokenCallsTest {
    private static final Pattern BEARER = Pattern.compile("(?im)^authorization: Bearer (\\S+)$");

    @TempDir
    static Path folder;

    private static RawPeer gateway;
    private static TestBus bus;

    private static final AtomicInteger given = new AtomicInteger();
    private static final AtomicInteger calls = new AtomicInteger();
    private static final Set<String> taken = ConcurrentHashMap.newKeySet();
    private static final Queue<String> bodies = new ConcurrentLinkedQueue<>();
    private static volatile RawPeer.Script tokenEndpoint = TokenCallsTest::give;
    private static volatile boolean refusesAll;
    private static volatile boolean failsEachSecond;

    @BeforeAll
    static void start() throws Exception {
        gateway = RawPeer.that(TokenCallsTest::serve);
        Path secret = Files.writeString(folder.resolve("secret"), "cs-example-hidden\n");
        Path key = Files.writeString(folder.resolve("key"), "SK-EXAMPLE");
        // each system its own account, so that none has a token before its test asks for it
        UnaryOperator<String> oauth2 =
                user -> "credential: { scheme: oauth2, user: ck-%s, secret: \"file:%s\" }".formatted(user, secret);
        String off = "breaker: { of: 0 }";
        TestBus.Builder made = TestBus.in(folder)
                .system("gateway", gateway.port(), "answerTimeout: 2s", off, oauth2.apply("gateway"))
                .system("crowded", gateway.port(), "answerTimeout: 20s", off, oauth2.apply("crowded"))
                .system("streamed", gateway.port(), off, oauth2.apply("streamed"))
                .system("stormy", gateway.port(), off, oauth2.apply("stormy"))
                .system("refusing", gateway.port(), off, oauth2.apply("refusing"))
                .system("mixed", gateway.port(), off, oauth2.apply("mixed"))
                .system(
                        "down",
                        gateway.port(),
                        "answerTimeout: 300ms",
                        "breaker: { of: 4, open: 10s }",
                        oauth2.apply("down"))
                .system(
                        "late",
                        gateway.port(),
                        "answerTimeout: 300ms",
                        "connectTimeout: 200ms",
                        off,
                        oauth2.apply("late"))
                .system("garbled", gateway.port(), off, oauth2.apply("garbled"))
                .system(
                        "partner",
                        gateway.port(),
                        off,
                        "credential: { scheme: oauth2, style: lgspaccesstoken, user: ck-example, secret: \"file:"
                                + secret + "\", tokenPath: /oauth/token, tokenSystem: giver, timestamp: seconds }",
                        "lgspAccessToken: { accessKey: AK-EXAMPLE, secretKey: \"file:" + key
                                + "\", appName: lgsp-test, partnerCode: 000.00.00.H26 }",
                        "headers: [ { name: X-Road-Client, value: VN/GOV/H99/lgsp }, { name: ESB_SOURCE_TYPE, value: h99 },"
                                + " { name: ESB_SOURCE_USERNAME, value: h99 } ]",
                        "secretHeaders: [ { name: X-Authentication-Token, secret: \"file:" + key
                                + "\" }, { name: ApiKey, secret: \"file:" + key
                                + "\" }, { name: AuthHash, user: key-name, secret: \"file:" + key + "\" } ]")
                .system("giver", gateway.port(), off, shared(secret, ""))
                .system("first-of-two", gateway.port(), off, shared(secret, ", tokenSystem: giver"))
                .system("second-of-two", gateway.port(), off, shared(secret, ", tokenSystem: giver"));
        for (String system : List.of(
                "gateway",
                "crowded",
                "streamed",
                "stormy",
                "refusing",
                "mixed",
                "down",
                "late",
                "garbled",
                "partner",
                "giver",
                "first-of-two",
                "second-of-two")) {
            made.passThrough("to-" + system, system, "answer: streamed").grant("to-" + system);
        }
        bus = made.service("mapped-call", card(), TestBus.Builder.route("mapped-call", """
                        - setBody: { constant: '{"so":"0012","ten":"Nguyễn"}' }
                        - to: lgsp-http:gateway/apiX/1.0/hoi?method=POST
                        """))
                .grant("mapped-call")
                .start();
        assertThat(bus.bus().refusedServices()).isEmpty();
    }

    private static String shared(Path secret, String giver) {
        return "credential: { scheme: oauth2, user: ck-shared, secret: \"file:%s\"%s }".formatted(secret, giver);
    }

    private static String card() {
        return TestBus.Builder.card("mapped-call", "gateway", "", "{ id: read, method: GET, path: \"/hoi\" }");
    }

    @AfterAll
    static void stop() {
        bus.close();
        gateway.close();
    }

    @BeforeEach
    void calm() {
        tokenEndpoint = TokenCallsTest::give;
        refusesAll = false;
        failsEachSecond = false;
        given.set(0);
        calls.set(0);
        bodies.clear();
    }

    private static void serve(RawPeer.Talk talk) throws IOException {
        if (talk.head().startsWith("POST /token ") || talk.head().startsWith("POST /oauth/token ")) {
            tokenEndpoint.answer(talk);
            return;
        }
        String body = new String(talk.body(), StandardCharsets.UTF_8);
        int nth = calls.incrementAndGet();
        bodies.add(body);
        if (failsEachSecond && nth % 2 == 0) {
            talk.say(500, "application/json", "{\"code\":\"101503\"}");
            return;
        }
        Matcher bearer = BEARER.matcher(talk.head());
        if (refusesAll || talk.head().contains("/forbidden") || !bearer.find() || !taken.contains(bearer.group(1))) {
            talk.say(401, "application/json", "{\"code\":\"900901\"}");
        } else {
            talk.say(200, "application/json", "{\"ten\":\"Nguyễn Thị Mẫu\",\"so\":\"0012\"}");
        }
    }

    private static void give(RawPeer.Talk talk) throws IOException {
        talk.body();
        String token = "tok-hidden-" + given.incrementAndGet();
        taken.add(token);
        talk.say(
                200,
                "application/json",
                "{\"access_token\":\"" + token + "\",\"token_type\":\"Bearer\",\"expires_in\":3600}");
    }

    private static HttpResponse<String> get(String service) {
        return bus.get("/api/to-" + service + "/v1/apiX/1.0/hoi");
    }

    @Test
    void a_token_is_asked_for_once_and_used_for_all_calls() {
        assertThat(get("gateway").statusCode()).isEqualTo(200);
        int before = given.get();
        for (int i = 0; i < 5; i++) {
            assertThat(get("gateway").body()).contains("Nguyễn Thị Mẫu").contains("\"0012\"");
        }
        assertThat(given.get()).isEqualTo(before);
    }

    @Test
    void five_hundred_calls_at_once_ask_for_one_token() {
        tokenEndpoint = talk -> {
            // until all are there
            await().atMost(Duration.ofSeconds(20)).until(() -> bus.waiting("crowded") >= 500);
            give(talk);
        };
        List<CompletableFuture<HttpResponse<String>>> crowd = IntStream.range(0, 500)
                .mapToObj(i -> bus.http()
                        .sendAsync(bus.request("/api/to-crowded/v1/x").GET().build(), BodyHandlers.ofString()))
                .toList();
        crowd.forEach(call -> assertThat(call.join().statusCode()).isEqualTo(200));
        assertThat(given.get()).isEqualTo(1);
        assertThat(calls.get()).isEqualTo(500);
    }

    @Test
    void a_token_that_ends_in_flight_is_renewed_once_and_the_call_repeated_with_its_whole_body() {
        assertThat(bus.get("/api/mapped-call/v1/hoi").statusCode()).isEqualTo(200);
        taken.clear();
        given.set(0);
        bodies.clear();

        HttpResponse<String> answer = bus.get("/api/mapped-call/v1/hoi");

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(given.get()).isEqualTo(1);
        assertThat(bodies)
                .containsExactly("{\"so\":\"0012\",\"ten\":\"Nguyễn\"}", "{\"so\":\"0012\",\"ten\":\"Nguyễn\"}");
    }

    @Test
    void content_that_has_streamed_cannot_be_sent_twice_and_the_caller_is_told_to() {
        HttpRequest upload = bus.request("/api/to-streamed/v1/x")
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString("{\"a\":\"" + "x".repeat(200_000) + "\"}"))
                .build();
        assertThat(bus.send(upload).statusCode()).isEqualTo(200);
        taken.clear();

        HttpResponse<String> stale = bus.send(upload);
        assertThat(stale.statusCode()).isEqualTo(503);
        assertThat(TestBus.code(stale)).isEqualTo("token-stale");
        assertThat(TestBus.json(stale).path("retry").asBoolean()).isTrue();
        assertThat(bus.recordOf(stale).partnerCode()).hasValue("HTTP 401");
        assertThat(bus.send(upload).statusCode()).isEqualTo(200);
    }

    @Test
    void systems_that_are_reached_with_one_credential_have_one_token_which_the_next_one_ends() {
        tokenEndpoint = talk -> {
            taken.clear(); // who gives a new one ends the one before
            give(talk);
        };
        for (int i = 0; i < 3; i++) {
            assertThat(get("first-of-two").statusCode()).isEqualTo(200);
            assertThat(get("second-of-two").statusCode()).isEqualTo(200);
            assertThat(get("giver").statusCode()).isEqualTo(200);
        }
        assertThat(given.get()).isEqualTo(1);

        taken.clear();
        calls.set(0);
        for (int i = 0; i < 3; i++) {
            assertThat(get("first-of-two").statusCode()).isEqualTo(200);
            assertThat(get("second-of-two").statusCode()).isEqualTo(200);
            assertThat(get("giver").statusCode()).isEqualTo(200);
        }
        assertThat(given.get()).isEqualTo(2);
        assertThat(calls.get()).as("one of them was repeated").isEqualTo(10);

        tokenEndpoint = RawPeer.Talk::close;
        taken.clear();
        assertThat(TestBus.json(get("second-of-two")).path("detail").asText())
                .contains("there is no token for second-of-two");
    }

    @Test
    void a_storm_of_401_renews_once_and_every_call_is_repeated_once() {
        assertThat(get("stormy").statusCode()).isEqualTo(200);
        taken.clear();
        given.set(0);
        calls.set(0);
        List<CompletableFuture<HttpResponse<String>>> crowd = IntStream.range(0, 100)
                .mapToObj(i -> bus.http()
                        .sendAsync(bus.request("/api/to-stormy/v1/x").GET().build(), BodyHandlers.ofString()))
                .toList();
        crowd.forEach(call -> assertThat(call.join().statusCode())
                .as("%s", call.join().body())
                .isEqualTo(200));
        assertThat(given.get()).isEqualTo(1);
        assertThat(calls.get()).isBetween(101, 200);
    }

    @Test
    void a_call_that_a_system_refuses_does_not_break_another_one_that_has_come_to_its_connection() {
        assertThat(bus.get("/api/mapped-call/v1/hoi").statusCode()).isEqualTo(200);
        failsEachSecond = true;
        for (int round = 0; round < 10; round++) {
            List<CompletableFuture<HttpResponse<String>>> crowd = IntStream.range(0, 100)
                    .mapToObj(i -> bus.http()
                            .sendAsync(
                                    bus.request("/api/mapped-call/v1/hoi").GET().build(), BodyHandlers.ofString()))
                    .toList();
            crowd.forEach(call -> {
                if (call.join().statusCode() != 200) {
                    assertThat(TestBus.code(call.join())).isEqualTo("provider-failed");
                }
            });
        }
    }

    @Test
    void who_refuses_every_token_is_not_asked_for_more_and_the_caller_hears_it() {
        refusesAll = true;
        for (int i = 0; i < 20; i++) {
            HttpResponse<String> answer = get("refusing");
            assertThat(TestBus.code(answer)).isEqualTo("provider-refused");
            assertThat(bus.recordOf(answer).partnerCode()).hasValue("HTTP 401");
        }
        assertThat(given.get()).isEqualTo(2);
        assertThat(calls.get()).as("one of them was repeated").isEqualTo(21);
    }

    @Test
    void one_operation_that_is_refused_does_not_cost_the_others_their_token() {
        for (int i = 0; i < 10; i++) {
            assertThat(get("mixed").statusCode()).isEqualTo(200);
            assertThat(TestBus.code(bus.get("/api/to-mixed/v1/apiX/1.0/forbidden")))
                    .isEqualTo("provider-refused");
        }
        assertThat(given.get()).isEqualTo(2);
    }

    @Test
    void a_token_endpoint_that_is_down_is_told_and_suspends_the_system() {
        tokenEndpoint = RawPeer.Talk::close;
        HttpResponse<String> first = get("down");
        assertThat(first.statusCode()).isEqualTo(503);
        assertThat(TestBus.code(first)).isEqualTo("token-unavailable");
        assertThat(TestBus.json(first).path("retry").asBoolean()).isTrue();
        assertThat(bus.recordOf(first).error())
                .hasValueSatisfying(code -> assertThat(code).hasToString("token-unavailable"));
        await().atMost(Duration.ofSeconds(20))
                .until(() -> TestBus.code(get("down")).equals("provider-suspended"));
        assertThat(calls.get()).as("it was not called without a token").isZero();
        assertThat(bus.metrics()).contains("lgsp_provider_suspended{system=\"down\"} 1");
    }

    @Test
    void a_token_endpoint_that_is_late_refuses_or_talks_nonsense_is_told() {
        tokenEndpoint = RawPeer.Talk::hang;
        assertThat(TestBus.code(get("late"))).isEqualTo("token-unavailable");
        tokenEndpoint = talk -> {
            talk.body();
            talk.say("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"access_token\":\"ha")
                    .close();
        };
        assertThat(TestBus.code(get("garbled"))).isEqualTo("token-unavailable");
        for (String answer : List.of("{\"access_token\":\"a b\"}", "x".repeat(100_000))) {
            tokenEndpoint = talk -> {
                talk.body();
                talk.say(200, "application/json", answer);
            };
            assertThat(TestBus.code(get("garbled"))).isEqualTo("token-unavailable");
        }
        tokenEndpoint = talk -> {
            talk.body();
            talk.say(401, "application/json", "{\"error\":\"invalid_client\",\"hint\":\"cs-example-hidden\"}");
        };
        await().atMost(Duration.ofSeconds(40)).untilAsserted(() -> {
            HttpResponse<String> refused = get("garbled");
            assertThat(TestBus.code(refused)).isEqualTo("token-unavailable");
            assertThat(bus.recordOf(refused).partnerCode()).hasValue("HTTP 401");
            assertThat(refused.body()).doesNotContain("invalid_client");
        });
    }

    @Test
    void a_partner_gets_all_that_it_wants_to_see_on_each_call_and_on_that_for_a_token() {
        AtomicInteger seen = new AtomicInteger();
        tokenEndpoint = talk -> {
            assertThat(new String(talk.body(), StandardCharsets.UTF_8)).isEqualTo("grant_type=client_credentials");
            assertThat(talk.head())
                    .startsWith("POST /oauth/token ")
                    .containsPattern("(?im)^content-type: application/x-www-form-urlencoded$")
                    .containsPattern("(?im)^x-authentication-token: SK-EXAMPLE$")
                    .containsPattern("(?im)^esb_source_type: h99$")
                    .containsPattern("(?im)^lgspaccesstoken: eyJBY2Nlc3NLZXkiOiJBSy1FWEFNUExFIiwiU2Vj[A-Za-z0-9+/=]+$")
                    .containsPattern("(?im)^authorization: Basic Y2stZXhhbXBsZTpjcy1leGFtcGxlLWhpZGRlbg==$");
            seen.incrementAndGet();
            taken.add("tok-hidden-partner");
            talk.say(200, "application/json", "{\"access_token\":\"tok-hidden-partner\",\"expires_in\":3600}");
        };
        HttpResponse<String> answer = bus.send(bus.request("/api/to-partner/v1/x")
                .header("lgspaccesstoken", "of-the-caller")
                .header("ApiKey", "of-the-caller")
                .header("X-Authentication-Token", "of-the-caller")
                .header("Authorization", "Basic of-the-caller")
                .GET()
                .build());

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(seen.get()).isEqualTo(1);
        assertThat(gateway.heads().get(gateway.heads().size() - 1))
                .containsPattern("(?im)^lgspaccesstoken: eyJBY2Nlc3NLZXkiOiJBSy1FWEFNUExFIiwiU2Vj[A-Za-z0-9+/=]+$")
                .containsPattern("(?im)^authorization: Bearer tok-hidden-partner$")
                .containsPattern("(?im)^x-authentication-token: SK-EXAMPLE$")
                .containsPattern("(?im)^esb_source_type: h99$")
                .containsPattern("(?im)^esb_source_username: h99$")
                .containsPattern("(?im)^x-road-client: VN/GOV/H99/lgsp$")
                .containsPattern("(?im)^apikey: SK-EXAMPLE$")
                .containsPattern("(?im)^authhash: a2V5LW5hbWU6U0stRVhBTVBMRQ==$")
                .containsPattern("(?im)^timestamp: [0-9]{10}$")
                .doesNotContain("of-the-caller");
    }

    @Test
    void tokens_and_secrets_are_in_no_log_no_answer_and_no_file() throws Exception {
        try (LogCapture log = LogCapture.everything()) {
            assertThat(get("gateway").statusCode()).isEqualTo(200);
            taken.clear();
            HttpResponse<String> again = get("gateway");
            tokenEndpoint = RawPeer.Talk::close;
            taken.clear();
            HttpResponse<String> none = get("gateway");
            assertThat(log.text() + again.body() + none.body())
                    .doesNotContain("tok-hidden")
                    .doesNotContain("cs-example-hidden")
                    .doesNotContain("Y2stZ2F0ZXdheT");
        }
        try (Stream<Path> files = Files.walk(folder.resolve("data"))) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                assertThat(new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1))
                        .as(file.toString())
                        .doesNotContain("tok-hidden")
                        .doesNotContain("cs-example-hidden");
            }
        }
    }
}
