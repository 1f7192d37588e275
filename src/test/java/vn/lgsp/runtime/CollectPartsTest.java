package vn.lgsp.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.vertx.core.http.HttpServerRequest;
import java.lang.management.ManagementFactory;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import vn.lgsp.message.Outcome;
import vn.lgsp.record.ExchangeRecord;

/**
 * Services that ask several providers and answer with what there is: what is missing is named, whatever the providers do (BUS-10).
 * What a provider says in its failure never reaches the caller (MSG-09).
 */
final class CollectPartsTest {
    private static final String INNER = "inner-secret-10.1.2.3";
    private static final int TIMEOUT_MS = 4_000;

    @TempDir
    static Path folder;

    private static StubPeer east;
    private static StubPeer west;
    private static TestBus bus;
    private static LogCapture log;

    private static String card(String service, String more) {
        return """
                service: %s
                version: 1
                name: { vi: Gộp các phần, en: Parts }
                description: Collects parts.
                contact: the test
                providers: [east, west]
                mode: mapped
                criterion: real-time
                personalData: false
                %s
                operations:
                  - { id: read, method: GET, path: "/things/{id}" }
                  - { id: write, method: POST, path: /things, accepts: [application/json] }
                """.formatted(service, more);
    }

    /** Both are asked side by side. */
    private static final String BOTH = """
            - multicast:
                aggregationStrategy: "#parts"
                parallelProcessing: true
                timeout: %d
                steps:
                  - to: { id: east, uri: "lgsp-http:east/things/{id}", parameters: { method: GET, answers: "404,409" } }
                  - pipeline:
                      id: west
                      steps:
                        - to: { uri: "lgsp-http:west/things/{id}", parameters: { method: GET, answers: "404" } }
                        - setVariable: { name: id, constant: changed-by-the-branch }
            """.formatted(TIMEOUT_MS);

    @BeforeAll
    static void start() {
        log = LogCapture.everything();
        east = StubPeer.answering(200, "application/json", "{}");
        west = StubPeer.answering(200, "application/json", "{}");
        bus = TestBus.in(folder)
                .system("east", east.port(), "answerTimeout: 30s", "waitingCalls: 400")
                .system("west", west.port(), "answerTimeout: 30s", "waitingCalls: 400")
                .service("parts-both", card("parts-both", ""), TestBus.Builder.route("parts-both", BOTH))
                .service("parts-after", card("parts-after", ""), TestBus.Builder.route("parts-after", BOTH + """
                                - setHeader: { name: X-Id, simple: "${variable.id}" }
                                - transform: { jq: { expression: "{ id: $id, names: (.parts | keys), missing: .missing }" } }
                                """))
                .service(
                        "parts-patient",
                        card("parts-patient", ""),
                        TestBus.Builder.route("parts-patient", BOTH.replace("timeout: " + TIMEOUT_MS, "timeout: 8000")))
                .service(
                        "parts-small",
                        card("parts-small", "limits: { answer: 1KB }"),
                        TestBus.Builder.route("parts-small", BOTH))
                .service("parts-in-turn", card("parts-in-turn", ""), TestBus.Builder.route("parts-in-turn", """
                        - multicast:
                            aggregationStrategy: "#parts"
                            steps:
                              - to: { id: east, uri: "lgsp-http:east/first", parameters: { method: GET } }
                              - to: { id: west, uri: "lgsp-http:west/second", parameters: { method: GET } }
                        """))
                .service("parts-enriched", card("parts-enriched", ""), TestBus.Builder.route("parts-enriched", """
                        - to: { uri: "lgsp-http:east/things/{id}", parameters: { method: GET, answers: "404" } }
                        - multicast:
                            aggregationStrategy: "#parts"
                            parallelProcessing: true
                            timeout: 4000
                            steps:
                              - setBody: { id: thing, simple: "${body}" }
                              - to: { id: price, uri: "lgsp-http:west/prices/{id}", parameters: { method: GET } }
                        - transform: { jq: { expression: ".parts.thing + { price: (.parts.price.amount // null) }" } }
                        """))
                .service("parts-kept", card("parts-kept", ""), TestBus.Builder.route("parts-kept", """
                        - multicast:
                            aggregationStrategy: "#parts"
                            steps:
                              - pipeline:
                                  id: east
                                  steps:
                                    - to: { uri: "lgsp-http:east/a", parameters: { method: GET, answers: "409" } }
                                    - removeHeader: CamelHttpResponseCode
                        """))
                .service("parts-nested", card("parts-nested", ""), TestBus.Builder.route("parts-nested", """
                        - multicast:
                            aggregationStrategy: "#parts"
                            parallelProcessing: true
                            steps:
                              - multicast:
                                  id: inside
                                  aggregationStrategy: "#parts"
                                  parallelProcessing: true
                                  timeout: 4000
                                  steps:
                                    - to: { id: east, uri: "lgsp-http:east/a", parameters: { method: GET } }
                                    - to: { id: west, uri: "lgsp-http:west/b", parameters: { method: GET } }
                              - setBody: { id: text, constant: "<a>1</a>" }
                        """))
                .service("parts-list", card("parts-list", ""), TestBus.Builder.route("parts-list", """
                        - split:
                            jq: { expression: ".items" }
                            aggregationStrategy: "#parts"
                            parallelProcessing: true
                            timeout: 4000
                            steps:
                              - setVariable: { name: id, jq: { expression: ".", resultType: java.lang.String } }
                              - to: { uri: "lgsp-http:east/things/{id}", parameters: { method: GET, answers: "404" } }
                              - transform: { jq: { expression: "{ id: $id, name: .name }" } }
                        """))
                .grant("parts-both")
                .grant("parts-after")
                .grant("parts-small")
                .grant("parts-patient")
                .grant("parts-in-turn")
                .grant("parts-enriched")
                .grant("parts-nested")
                .grant("parts-kept")
                .grant("parts-list")
                .start();
    }

    @AfterAll
    static void stop() {

        bus.close();
        east.close();
        west.close();
        log.close();
    }

    @BeforeEach
    void both_are_well() {
        east.behaves(
                StubPeer.fixed(200, "application/json", "{\"from\": \"east\", \"number\": 1.00000000000000000001}"));
        west.behaves(StubPeer.fixed(200, "text/xml", "<from>\"west\"</from>"));
    }

    @AfterEach
    void nothing_stays_occupied_and_nothing_from_inside_is_told() {
        await().atMost(Duration.ofSeconds(10)).until(() -> bus.waiting("east") == 0 && bus.waiting("west") == 0);
        assertThat(log.text()).doesNotContain(INNER);
    }

    private static HttpResponse<String> both() {
        return bus.get("/api/parts-both/v1/things/7");
    }

    @Test
    void json_comes_digit_by_digit_anything_else_as_text_and_nothing_is_missing() {
        HttpResponse<String> answer = both();

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.headers().firstValue("Content-Type")).contains("application/json");
        assertThat(answer.headers().firstValue("X-LGSP-Result")).contains("00");
        assertThat(answer.body())
                .isEqualTo("{\"parts\":{\"east\":{\"from\": \"east\", \"number\": 1.00000000000000000001},"
                        + "\"west\":\"<from>\\\"west\\\"</from>\"},\"missing\":[]}");
        assertThat(bus.recordOf(answer).provider().orElseThrow().value()).isEqualTo("west");
    }

    @Test
    void they_are_asked_side_by_side() {
        List<HttpServerRequest> waiting = new ArrayList<>();
        // each answers only when both have been asked
        io.vertx.core.Handler<HttpServerRequest> together = request -> {
            synchronized (waiting) {
                waiting.add(request);
                if (waiting.size() == 2) {
                    waiting.forEach(one -> one.response()
                            .putHeader("Content-Type", "application/json")
                            .end("1"));
                }
            }
        };
        east.behaves(together);
        west.behaves(together);

        assertThat(both().body()).isEqualTo("{\"parts\":{\"east\":1,\"west\":1},\"missing\":[]}");
    }

    @Test
    void without_parallel_processing_they_are_asked_one_after_the_other() {
        List<String> order = new java.util.concurrent.CopyOnWriteArrayList<>();
        east.behaves(request -> east.later(100, () -> {
            order.add("east ends");
            StubPeer.fixed(200, "application/json", "1").handle(request);
        }));
        west.behaves(request -> {
            order.add("west begins");
            StubPeer.fixed(200, "application/json", "2").handle(request);
        });

        assertThat(bus.get("/api/parts-in-turn/v1/things/7").body())
                .isEqualTo("{\"parts\":{\"east\":1,\"west\":2},\"missing\":[]}");
        assertThat(order).containsExactly("east ends", "west begins");
    }

    @Test
    void one_that_hangs_is_named_and_the_answer_does_not_wait_for_it() {
        west.behaves(request -> {});

        HttpResponse<String> answer = both();

        assertThat(TestBus.json(answer).path("missing").toString())
                .isEqualTo("[{\"part\":\"west\",\"code\":\"provider-timeout\"}]");
        assertThat(TestBus.json(answer).path("parts").path("east").path("from").asText())
                .isEqualTo("east");
        ExchangeRecord record = bus.recordOf(answer);
        assertThat(record.outcome()).contains(Outcome.ANSWERED);
        assertThat(record.duration().orElseThrow())
                .isBetween(Duration.ofMillis(TIMEOUT_MS - 50), Duration.ofSeconds(15));
        // it is given up at once, and not when its own time-out is over
        await().atMost(Duration.ofSeconds(2)).until(() -> bus.waiting("west") == 0);
    }

    @Test
    void whatever_one_does_wrong_has_its_code_and_none_of_its_words() {
        record Wrong(io.vertx.core.Handler<HttpServerRequest> behaviour, String code) {}
        List<Wrong> wrongs = List.of(
                new Wrong(StubPeer.fixed(500, "text/plain", INNER), "provider-failed"),
                new Wrong(StubPeer.fixed(403, "application/json", "{\"why\":\"" + INNER + "\"}"), "provider-refused"),
                new Wrong(StubPeer.fixed(302, "text/plain", INNER), "provider-refused"),
                new Wrong(StubPeer.fixed(404, "application/json", "{\"why\":\"" + INNER + "\"}"), "record-not-found"),
                new Wrong(StubPeer.fixed(409, "application/json", "{\"why\":\"" + INNER + "\"}"), "provider-refused"),
                new Wrong(StubPeer.fixed(200, "application/json", "<html>" + INNER + "</html>"), "provider-invalid"),
                new Wrong(
                        StubPeer.fixed(200, "application/json", "{\"a\":1,\"a\":\"" + INNER + "\"}"),
                        "provider-invalid"),
                new Wrong(StubPeer.fixed(200, "application/json", "{\"cut\":\"" + INNER), "provider-invalid"),
                new Wrong(StubPeer.fixed(200, "application/json", "1}, \"" + INNER + "\": {"), "provider-invalid"),
                new Wrong(
                        StubPeer.fixed(200, "application/json", "[".repeat(100) + "]".repeat(100)), "provider-invalid"),
                new Wrong(
                        request -> request.response()
                                .putHeader("Content-Type", "text/plain")
                                .end(io.vertx.core.buffer.Buffer.buffer(new byte[] {(byte) 0xff, (byte) 0xfe, 1})),
                        "provider-invalid"),
                new Wrong(request -> request.connection().close(), "provider-unreachable"));
        for (Wrong wrong : wrongs) {
            east.behaves(wrong.behaviour());

            HttpResponse<String> answer = both();

            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(answer.body()).doesNotContain(INNER);
            assertThat(TestBus.json(answer).path("missing").toString())
                    .isEqualTo("[{\"part\":\"east\",\"code\":\"" + wrong.code() + "\"}]");
            assertThat(TestBus.json(answer).path("parts").has("east")).isFalse();
            assertThat(TestBus.json(answer).path("parts").path("west").asText()).isEqualTo("<from>\"west\"</from>");
        }
        assertThat(log.text()).contains("part.missing");
    }

    @Test
    void when_both_fail_the_exchange_fails_as_the_first_did() {
        east.behaves(StubPeer.fixed(500, "text/plain", INNER));
        west.behaves(StubPeer.fixed(403, "text/plain", INNER));

        HttpResponse<String> answer = both();

        assertThat(answer.statusCode()).isEqualTo(502);
        assertThat(TestBus.code(answer)).isEqualTo("provider-failed");
        assertThat(answer.body()).doesNotContain(INNER);
        ExchangeRecord record = bus.recordOf(answer);
        assertThat(record.outcome()).contains(Outcome.FAILED);
        assertThat(record.error()).contains("provider-failed");
        assertThat(record.partnerCode()).contains("HTTP 500");
        assertThat(record.failedAt()).contains("deliver");
    }

    @Test
    void there_is_no_such_record_only_if_all_say_so() {
        east.behaves(StubPeer.fixed(404, "application/json", "{}"));
        west.behaves(StubPeer.fixed(503, "application/json", "{}"));
        assertThat(TestBus.code(both())).isEqualTo("provider-failed");

        west.behaves(StubPeer.fixed(404, "application/json", "{}"));
        HttpResponse<String> answer = both();
        assertThat(answer.statusCode()).isEqualTo(404);
        assertThat(TestBus.code(answer)).isEqualTo("record-not-found");
    }

    @Test
    void when_both_hang_the_time_of_the_parts_ends_it() {
        east.behaves(request -> {});
        west.behaves(request -> {});

        HttpResponse<String> answer = both();

        assertThat(answer.statusCode()).isEqualTo(504);
        assertThat(TestBus.code(answer)).isEqualTo("provider-timeout");
        assertThat(bus.recordOf(answer).duration().orElseThrow()).isLessThan(Duration.ofSeconds(15));
    }

    @Test
    void the_route_goes_on_behind_the_parts_with_what_it_had_before_them() {
        west.behaves(request -> {});

        HttpResponse<String> answer = bus.get("/api/parts-after/v1/things/7");

        assertThat(answer.body())
                .isEqualTo(
                        "{\"id\":\"7\",\"names\":[\"east\"],\"missing\":[{\"part\":\"west\",\"code\":\"provider-timeout\"}]}");
    }

    @Test
    void parts_that_are_too_much_together_fail_the_exchange() {
        east.behaves(StubPeer.fixed(200, "application/json", "\"" + "a".repeat(600) + "\""));
        west.behaves(StubPeer.fixed(200, "application/json", "\"" + "b".repeat(600) + "\""));

        HttpResponse<String> answer = bus.get("/api/parts-small/v1/things/7");

        assertThat(answer.statusCode()).isEqualTo(502);
        assertThat(TestBus.code(answer)).isEqualTo("provider-invalid");
    }

    @Test
    void what_was_fetched_is_enriched_and_goes_without_what_is_missing() {
        east.behaves(StubPeer.fixed(200, "application/json", "{\"name\":\"house\"}"));
        west.behaves(StubPeer.fixed(200, "application/json", "{\"amount\":12}"));
        assertThat(bus.get("/api/parts-enriched/v1/things/7").body()).isEqualTo("{\"name\":\"house\",\"price\":12}");

        west.behaves(request -> {});
        assertThat(bus.get("/api/parts-enriched/v1/things/7").body()).isEqualTo("{\"name\":\"house\",\"price\":null}");

        east.behaves(StubPeer.fixed(404, "application/json", "{}"));
        assertThat(TestBus.code(bus.get("/api/parts-enriched/v1/things/7"))).isEqualTo("record-not-found");
    }

    @Test
    void a_refusal_that_a_connector_documents_is_a_part_if_the_branch_says_so() {
        east.behaves(StubPeer.fixed(409, "application/json", "{\"taken\":true}"));

        assertThat(bus.get("/api/parts-kept/v1/things/7").body())
                .isEqualTo("{\"parts\":{\"east\":{\"taken\":true}},\"missing\":[]}");
    }

    @Test
    void parts_may_hold_parts() {
        west.behaves(request -> {});

        assertThat(bus.get("/api/parts-nested/v1/things/7").body())
                .isEqualTo(
                        "{\"parts\":{\"inside\":{\"parts\":{\"east\":{\"from\": \"east\", \"number\": 1.00000000000000000001}},"
                                + "\"missing\":[{\"part\":\"west\",\"code\":\"provider-timeout\"}]},\"text\":\"<a>1</a>\"},\"missing\":[]}");
    }

    @Test
    void each_item_of_a_list_is_a_part_in_its_place_and_a_missing_one_is_named_by_it() {
        east.behaves(request -> {
            if (request.uri().endsWith("/13")) {
                StubPeer.fixed(404, "application/json", "{}").handle(request);
            } else if (request.uri().endsWith("/17")) {
                request.connection().close();
            } else {
                // out of order
                east.later(ThreadLocalRandom.current().nextInt(1, 20), () -> StubPeer.fixed(
                                200,
                                "application/json",
                                "{\"name\":\"" + request.uri().replaceFirst(".*/", "n") + "\"}")
                        .handle(request));
            }
        });
        StringBuilder items = new StringBuilder("0");
        for (int i = 1; i < 60; i++) {
            items.append(',').append(i);
        }

        HttpResponse<String> answer =
                bus.post("/api/parts-list/v1/things", "application/json", "{\"items\":[" + items + "]}");

        JsonNode document = TestBus.json(answer);
        assertThat(document.path("parts")).hasSize(60);
        for (int i = 0; i < 60; i++) {
            JsonNode part = document.path("parts").get(i);
            if (i == 13 || i == 17) {
                assertThat(part.isNull()).isTrue();
            } else {
                assertThat(part.toString()).isEqualTo("{\"id\":\"" + i + "\",\"name\":\"n" + i + "\"}");
            }
        }
        assertThat(document.path("missing").toString())
                .isEqualTo(
                        "[{\"part\":13,\"code\":\"record-not-found\"},{\"part\":17,\"code\":\"provider-unreachable\"}]");
    }

    @Test
    void a_list_of_more_items_than_can_be_branches_is_refused_and_nobody_is_asked() {
        int before = east.begun();

        HttpResponse<String> answer =
                bus.post("/api/parts-list/v1/things", "application/json", "{\"items\":[0" + ",0".repeat(1_000) + "]}");

        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(TestBus.json(answer).path("code").asText()).isEqualTo("message-invalid");
        assertThat(east.begun()).isEqualTo(before);
    }

    @Test
    void an_empty_list_has_no_parts() {
        assertThat(bus.post("/api/parts-list/v1/things", "application/json", "{\"items\":[]}")
                        .body())
                .isEqualTo("{\"parts\":[],\"missing\":[]}");
    }

    @Test
    void a_caller_that_goes_away_releases_all_of_them() {
        east.behaves(request -> {});
        west.behaves(request -> {});
        int before = bus.records().size();
        int begun = east.begun() + west.begun();
        try (Wire caller = Wire.to(bus.port())) {
            caller.send("GET /api/parts-patient/v1/things/7 HTTP/1.1\r\nHost: bus\r\nX-Api-Key: " + TestBus.KEY
                    + "\r\n\r\n");
            await().atMost(Duration.ofSeconds(5)).until(() -> east.begun() + west.begun() == begun + 2);
            caller.reset();
        }

        await().atMost(Duration.ofSeconds(5)).until(() -> bus.waiting("east") == 0 && bus.waiting("west") == 0);
        await().atMost(Duration.ofSeconds(5)).until(() -> bus.records().size() == before + 1);
        await().atMost(Duration.ofSeconds(5)).until(() -> bus.records()
                .get(0)
                .outcome()
                .filter(Outcome.ABANDONED::equals)
                .isPresent());
    }

    @Test
    void two_hundred_at_once_with_one_provider_that_hangs_hold_no_thread_and_all_end() {
        west.behaves(request -> {});
        both();
        int threads = ManagementFactory.getThreadMXBean().getThreadCount();

        List<CompletableFuture<HttpResponse<String>>> answers = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            answers.add(bus.http()
                    .sendAsync(
                            bus.request("/api/parts-patient/v1/things/" + i)
                                    .GET()
                                    .build(),
                            BodyHandlers.ofString()));
        }
        await().atMost(Duration.ofSeconds(10)).until(() -> bus.waiting("west") > 150);
        int with = ManagementFactory.getThreadMXBean().getThreadCount();

        for (CompletableFuture<HttpResponse<String>> answer : answers) {
            assertThat(TestBus.json(answer.join()).path("missing").toString())
                    .as(answer.join().body())
                    .isEqualTo("[{\"part\":\"west\",\"code\":\"provider-timeout\"}]");
        }
        // the client of this test makes threads of its own while it is busy
        assertThat(with - threads).isLessThan(100);
    }

    @Test
    void late_answers_beside_the_time_out_are_in_or_missing_and_never_both() {
        // answers come exactly when the time is over, again and again
        west.behaves(request -> west.later(
                TIMEOUT_MS - 30 + ThreadLocalRandom.current().nextInt(60),
                () -> StubPeer.fixed(200, "application/json", "2").handle(request)));
        List<CompletableFuture<HttpResponse<String>>> answers = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            answers.add(bus.http()
                    .sendAsync(
                            bus.request("/api/parts-both/v1/things/" + i).GET().build(), BodyHandlers.ofString()));
        }
        for (CompletableFuture<HttpResponse<String>> answer : answers) {
            JsonNode document = TestBus.json(answer.join());
            if (answer.join().statusCode() != 200) {
                // a machine that is busy: not even the quick one was in time
                assertThat(document.path("code").asText())
                        .as(answer.join().body())
                        .isEqualTo("provider-timeout");
                continue;
            }
            boolean here = document.path("parts").has("west");
            assertThat(document.path("missing").size()).isEqualTo(here ? 0 : 1);
            assertThat(document.path("parts").path("east").isObject()).isTrue();
        }
    }
}
