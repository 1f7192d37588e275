package vn.lgsp.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.URI;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import vn.lgsp.message.ExchangeId;
import vn.lgsp.message.Outcome;
import vn.lgsp.record.ExchangeRecord;

/** When a provider is suspended, what is repeated and what never, and what a connector sends (BUS-03, BUS-07). */
final class CallRulesTest {
    private static final String BREAKER = "breaker: { failures: 50%, of: 4, open: 2s, trials: 2 }";
    private static final String OFF = "breaker: { of: 0 }";

    @TempDir
    static Path folder;

    private static RawPeer provider;
    private static TestBus bus;
    private static int begun;

    @BeforeAll
    static void start() throws Exception {
        provider = RawPeer.that(RawPeer.Talk::hang);
        TestBus.Builder made = TestBus.in(folder);
        for (String connector : List.of("rest-call", "soap-call")) {
            made.write(
                    "connectors/" + connector + ".kamelet.yaml",
                    Files.readString(Path.of("connectors", connector + ".kamelet.yaml")));
        }
        bus = made.system("weak", provider.port(), "answerTimeout: 300ms", BREAKER)
                .system("other", provider.port(), "answerTimeout: 300ms", BREAKER)
                .system(
                        "narrow",
                        provider.port(),
                        "answerTimeout: 2s",
                        "waitingCalls: 1",
                        "breaker: { of: 2, open: 10s }")
                .system(
                        "patient",
                        provider.port(),
                        "answerTimeout: 2s",
                        OFF,
                        "retry: { attempts: 3, wait: 20ms, honoursIdempotencyKey: true }")
                .system("unsure", provider.port(), "answerTimeout: 2s", OFF, "retry: { attempts: 3, wait: 20ms }")
                .system("faults", provider.port(), BREAKER)
                .passThrough("weakly", "weak")
                .passThrough("otherwise", "other")
                .passThrough("tightly", "narrow")
                .passThrough("patiently", "patient")
                .service("called", card("called", "patient"), TestBus.Builder.route("called", """
                        - setVariable: { name: khoa, simple: "${variable.key}" }
                        - setVariable: { name: loai, constant: text/csv }
                        - choice:
                            when:
                              - simple: "${variable.way} == 'put'"
                                steps:
                                  - setBody: { constant: '{"so":"0012"}' }
                                  - to: { uri: "kamelet:rest-call", parameters: { system: patient, path: "/papers/{number}", method: PUT, headers: "Idempotency-Key:khoa,Accept:loai" } }
                            otherwise:
                              steps:
                                - to: { uri: "kamelet:rest-call", parameters: { system: patient, path: "/papers/{number}", answers: "404", headers: "X-Ho-So,If-Match:dieuKien", query: "trang,page[so]:way", gzip: true } }
                        """))
                .service("unsurely", card("unsurely", "unsure"), TestBus.Builder.route("unsurely", """
                        - setBody: { constant: '{"so":"0012"}' }
                        - to: { uri: "kamelet:rest-call", parameters: { system: unsure, path: "/papers/{number}", method: PUT, headers: "Idempotency-Key:key" } }
                        """))
                .service("soaped", card("soaped", "faults"), TestBus.Builder.route("soaped", """
                        - setBody: { constant: "<hoi/>" }
                        - to: { uri: "kamelet:soap-call", parameters: { system: faults, path: /tracuu, version: "1.1", action: "urn:a/hoi", expectsName: tra } }
                        - setBody: { constant: "{}" }
                        """))
                .grant("weakly")
                .grant("otherwise")
                .grant("tightly")
                .grant("patiently")
                .grant("called")
                .grant("unsurely")
                .service("emptily", card("emptily", "faults"), TestBus.Builder.route("emptily", """
                        - to: lgsp-soap:faults/dong?action=urn:a/dong&emptyBody=both
                        - setHeader: { name: CamelHttpResponseCode, constant: "204" }
                        """))
                .grant("soaped")
                .grant("emptily")
                .start();
        assertThat(bus.bus().refusedServices()).isEmpty();
    }

    private static String card(String service, String system) {
        return TestBus.Builder.card(
                service,
                system,
                "",
                "{ id: read, method: GET, path: \"/papers/{number}\", query: [trang, way, key], headers: [X-Ho-So] }");
    }

    @AfterAll
    static void stop() {
        bus.close();
        provider.close();
    }

    @BeforeEach
    void count() {
        begun = provider.heads().size();
    }

    private static int calls() {
        return provider.heads().size() - begun;
    }

    private static void heals(String service) {
        provider.does(says(200, ""));
        await().atMost(Duration.ofSeconds(10)).until(() -> get(service).status() == 200);
        for (int i = 0; i < 6; i++) {
            assertThat(get(service).status()).isEqualTo(200);
        }
        count(provider);
    }

    private static void count(RawPeer peer) {
        begun = peer.heads().size();
    }

    @Test
    void a_provider_that_fails_too_often_is_suspended_told_everywhere_and_tried_again_after_a_while() {
        heals("weakly");
        provider.does(says(500, ""));
        for (int i = 0; i < 4; i++) {
            refused(get("weakly"), 502, "provider-failed");
            if (suspended("weak")) {
                break;
            }
        }
        int seen = calls();

        Wire.Answer answer = get("weakly");

        refused(answer, 503, "provider-suspended");
        assertThat(answer.json().path("retry").asBoolean()).isTrue();
        assertThat(answer.json().path("stage").asText()).isEqualTo("deliver");
        assertThat(answer.header("Retry-After")).isIn("1", "2");
        assertThat(calls()).isEqualTo(seen);
        assertThat(suspended("weak")).isTrue();
        assertThat(health()).contains("{\"name\":\"providers\",\"kind\":\"notice\",\"status\":\"DOWN\"}");
        assertThat(bus.waiting("weak")).isZero();
        assertThat(get("otherwise").json().path("code").asText()).isEqualTo("provider-failed");

        heals("weakly");
        assertThat(suspended("weak")).isFalse();
        assertThat(health()).contains("{\"name\":\"providers\",\"kind\":\"notice\",\"status\":\"UP\"}");
    }

    @Test
    void trials_that_fail_suspend_it_again() {
        heals("weakly");
        provider.does(RawPeer.Talk::close);
        await().until(() -> get("weakly").json().path("code").asText().equals("provider-suspended"));
        await().until(() -> get("weakly").json().path("code").asText().equals("provider-unreachable"));
        await().until(() -> get("weakly").json().path("code").asText().equals("provider-suspended"));
        heals("weakly");
    }

    @Test
    void a_provider_that_is_silent_is_suspended_too() {
        heals("weakly");
        provider.does(RawPeer.Talk::hang);

        await().atMost(Duration.ofSeconds(10))
                .until(() -> get("weakly").json().path("code").asText().equals("provider-suspended"));

        heals("weakly");
    }

    @Test
    void what_the_caller_got_wrong_what_is_not_http_and_who_went_away_suspend_nobody() {
        heals("weakly");
        for (RawPeer.Script script :
                List.<RawPeer.Script>of(says(404, ""), says(401, ""), says(302, ""), talk -> talk.say("SSH-2.0\r\n\r\n")
                        .hang())) {
            provider.does(script);
            for (int i = 0; i < 5; i++) {
                assertThat(get("weakly").json().path("code").asText()).isNotEqualTo("provider-suspended");
            }
        }
        provider.does(RawPeer.Talk::hang);
        for (int i = 0; i < 5; i++) {
            int before = provider.heads().size();
            try (Wire wire = Wire.to(bus.port())) {
                wire.send(request("GET", "/api/weakly/v1/x"));
                await().until(() -> provider.heads().size() > before);
                wire.reset();
            }
        }
        await().until(() -> bus.waiting("weak") == 0);
        assertThat(suspended("weak")).isFalse();
    }

    @Test
    void a_full_bulkhead_says_nothing_about_the_provider() {
        provider.does(RawPeer.Talk::hang);
        try (Wire first = Wire.to(bus.port())) {
            first.send(request("GET", "/api/tightly/v1/x"));
            await().until(() -> bus.waiting("narrow") == 1);
            for (int i = 0; i < 4; i++) {
                refused(get("tightly"), 503, "provider-busy");
            }
            assertThat(first.answer().status()).isEqualTo(504);
        }
        assertThat(suspended("narrow")).isFalse();
    }

    @Test
    void a_soap_fault_is_an_answer_and_suspends_nobody() {
        provider.does(talk -> {
            talk.body();
            talk.say(
                    500,
                    "text/xml",
                    "<s:Envelope xmlns:s='http://schemas.xmlsoap.org/soap/envelope/'><s:Body><s:Fault><faultcode>s:Client</faultcode>"
                            + "<faultstring>x</faultstring></s:Fault></s:Body></s:Envelope>");
        });
        for (int i = 0; i < 8; i++) {
            refused(get("soaped", "/papers/1"), 502, "provider-failed");
        }
        assertThat(provider.heads().get(provider.heads().size() - 1))
                .startsWith("POST /tracuu ")
                .containsIgnoringCase("soapaction: \"urn:a/hoi\"");
        assertThat(suspended("faults")).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET", "HEAD"})
    void what_changes_nothing_is_repeated_as_often_as_the_registry_says(String method) {
        AtomicInteger nth = new AtomicInteger();
        provider.does(talk -> {
            if (nth.incrementAndGet() < 3) {
                talk.close();
            } else {
                talk.say("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
            }
        });

        Wire.Answer answer = ask(method, "/api/patiently/v1/x");

        assertThat(answer.status()).isEqualTo(200);
        assertThat(calls()).isEqualTo(3);
        provider.does(RawPeer.Talk::close);
        count();
        assertThat(ask("GET", "/api/patiently/v1/x").json().path("code").asText())
                .isEqualTo("provider-unreachable");
        assertThat(calls()).isLessThanOrEqualTo(4); // a connection that was kept may have been closed meanwhile
        assertThat(bus.waiting("patient")).isZero();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 500, 502, 503, 504})
    void a_post_is_never_repeated(int status) {
        provider.does(status == 0 ? RawPeer.Talk::close : says(status, "Retry-After: 0\r\n"));

        Wire.Answer answer =
                ask("POST", "/api/patiently/v1/x", "Content-Type: text/plain", "Content-Length: 0", "Idempotent: no");

        assertThat(answer.status()).isEqualTo(502);
        assertThat(calls()).isEqualTo(1);
    }

    @Test
    void an_answer_that_is_late_or_an_error_of_its_own_is_not_repeated() {
        provider.does(says(500, ""));
        refused(get("patiently"), 502, "provider-failed");
        assertThat(calls()).isEqualTo(1);

        count();
        provider.does(RawPeer.Talk::hang);
        refused(get("patiently"), 504, "provider-timeout");
        assertThat(calls()).isEqualTo(1);
    }

    @Test
    void a_wait_that_the_provider_asks_for_is_kept_or_handed_to_the_caller() {
        AtomicInteger nth = new AtomicInteger();
        provider.does(talk -> {
            if (nth.incrementAndGet() == 1) {
                talk.say("HTTP/1.1 503 Later\r\nRetry-After: 1\r\nContent-Length: 0\r\n\r\n");
            } else {
                talk.say(200, "text/plain", "good");
            }
        });
        long start = System.nanoTime();
        assertThat(get("patiently").status()).isEqualTo(200);
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThanOrEqualTo(Duration.ofMillis(990));
        assertThat(calls()).isEqualTo(2);

        count();
        provider.does(says(503, "Retry-After: 120\r\n"));
        Wire.Answer answer = get("patiently");
        refused(answer, 502, "provider-failed");
        assertThat(answer.header("Retry-After")).isEqualTo("120");
        assertThat(calls()).isEqualTo(1);

        provider.does(says(503, "Retry-After: Fri, 31 Dec 9999 23:59:59 GMT\r\n"));
        assertThat(Long.parseLong(get("patiently").header("Retry-After"))).isGreaterThan(1_000_000_000L);
    }

    @Test
    void a_change_is_repeated_only_under_an_idempotency_key_and_with_the_same_bytes() {
        AtomicInteger nth = new AtomicInteger();
        String[] bodies = new String[2];
        provider.does(talk -> {
            int now = nth.getAndIncrement();
            bodies[now % 2] = new String(talk.body(), StandardCharsets.UTF_8);
            if (now == 0) {
                talk.say("HTTP/1.1 503 Later\r\nContent-Length: 0\r\n\r\n");
            } else {
                talk.say(200, "application/json", "{}");
            }
        });
        assertThat(get("called", "/papers/0012?way=put&key=k-1").status()).isEqualTo(200);
        assertThat(calls()).isEqualTo(2);
        assertThat(bodies).containsOnly("{\"so\":\"0012\"}");
        assertThat(provider.heads().subList(begun, begun + 2))
                .allSatisfy(head ->
                        assertThat(head).startsWith("PUT /papers/0012 ").containsIgnoringCase("idempotency-key: k-1"));
        assertThat(provider.heads().get(begun)).containsIgnoringCase("accept: text/csv");

        count();
        nth.set(0);
        refused(get("called", "/papers/0012?way=put"), 502, "provider-failed");
        assertThat(calls()).isEqualTo(1);

        // the key may be the caller's own: only a system that is known to honour it may get it twice
        count();
        nth.set(0);
        refused(get("unsurely", "/papers/0012?key=k-1"), 502, "provider-failed");
        assertThat(calls()).isEqualTo(1);
    }

    @Test
    void a_connector_sends_the_headers_and_the_query_that_it_names_and_nothing_else() {
        provider.does(says(200, "Content-Type: application/json\r\n"));

        assertThat(ask("GET", "/api/called/v1/papers/a%20b?trang=1%262&way=%C4%91", "X-Ho-So: HS-7", "X-Other: 1")
                        .status())
                .isEqualTo(200);

        assertThat(provider.heads().get(begun))
                .startsWith("GET /papers/a%20b?trang=1%262&page%5Bso%5D=%C4%91 ")
                .containsIgnoringCase("x-ho-so: HS-7")
                .containsIgnoringCase("accept: application/json")
                .containsIgnoringCase("accept-encoding: gzip")
                .doesNotContainIgnoringCase("if-match")
                .doesNotContainIgnoringCase("x-other");
        count();
        assertThat(get("called", "/papers/1").status()).isEqualTo(200);
        assertThat(provider.heads().get(begun)).startsWith("GET /papers/1 ").doesNotContainIgnoringCase("x-ho-so");
    }

    @Test
    void a_value_that_no_header_can_carry_ends_the_exchange_before_anybody_is_called() {
        Wire.Answer answer = get("called", "/papers/1?way=put&key=a%0D%0AX-Evil:%201");

        refused(answer, 500, "bus-failed");
        assertThat(answer.body()).contains("Idempotency-Key").doesNotContain("Evil");
        assertThat(calls()).isZero();
    }

    private static RawPeer.Script says(int status, String headers) {
        return talk -> {
            talk.body();
            talk.say("HTTP/1.1 " + status + " It\r\n" + headers + "Content-Length: 2\r\n\r\n{}");
        };
    }

    private static boolean suspended(String system) {
        return bus.metrics().contains("lgsp_provider_suspended{system=\"" + system + "\"} 1");
    }

    @Test
    void a_soap_call_whose_messages_are_empty_sends_an_empty_body_and_takes_nothing_but_one() throws Exception {
        String open = "<e:Envelope xmlns:e=\"http://schemas.xmlsoap.org/soap/envelope/\">";
        byte[][] seen = new byte[1][];
        provider.does(talk -> {
            seen[0] = talk.body();
            talk.say(200, "text/xml", open + "<e:Header/><e:Body> <!-- none --> </e:Body></e:Envelope>");
        });

        Wire.Answer answer = get("emptily", "/papers/1");

        assertThat(answer.status()).isEqualTo(204);
        assertThat(new String(seen[0], StandardCharsets.UTF_8)).contains("<soapenv:Body/></soapenv:Envelope>");
        for (String wrong : List.of(
                "<e:Body><tra>bi-mat</tra></e:Body>",
                "<e:Body><e:Fault><faultcode>e:Server</faultcode><faultstring>bi-mat</faultstring></e:Fault></e:Body>")) {
            provider.does(talk -> talk.say(200, "text/xml", open + wrong + "</e:Envelope>"));
            Wire.Answer failed = get("emptily", "/papers/1");
            refused(failed, 502, "provider-failed");
            assertThat(failed.body()).doesNotContain("bi-mat");
        }
        for (String broken : List.of("<e:Body>bi-mat</e:Body>", "", "<e:Body/><e:Body/>", "<e:Body>")) {
            provider.does(talk -> talk.say(200, "text/xml", open + broken + "</e:Envelope>"));
            refused(get("emptily", "/papers/1"), 502, "provider-invalid");
        }
    }

    private static String health() {
        return bus.send(HttpRequest.newBuilder(
                                URI.create("http://127.0.0.1:" + bus.bus().managementPort() + "/observe/health"))
                        .build())
                .body();
    }

    private static void refused(Wire.Answer answer, int status, String code) {
        assertThat(answer.json().path("code").asText()).as(answer.body()).isEqualTo(code);
        assertThat(answer.status()).isEqualTo(status);
        ExchangeRecord record = bus.bus()
                .records()
                .find(ExchangeId.of(answer.header("X-LGSP-Exchange")))
                .orElseThrow();
        assertThat(record.error()).contains(code);
        assertThat(record.outcome()).contains(Outcome.FAILED);
    }

    private static Wire.Answer get(String service) {
        return get(service, "/x");
    }

    private static Wire.Answer get(String service, String path) {
        return ask("GET", "/api/" + service + "/v1" + path);
    }

    private static Wire.Answer ask(String method, String path, String... headers) {
        try (Wire wire = Wire.to(bus.port())) {
            wire.send(request(method, path, headers));
            return method.equals("HEAD") ? wire.answerWithoutBody() : wire.answer();
        }
    }

    private static String request(String method, String path, String... headers) {
        StringBuilder request =
                new StringBuilder(method + " " + path + " HTTP/1.1\r\nHost: bus\r\nX-Api-Key: " + TestBus.KEY + "\r\n");
        for (String header : headers) {
            request.append(header).append("\r\n");
        }
        return request.append("\r\n").toString();
    }
}
