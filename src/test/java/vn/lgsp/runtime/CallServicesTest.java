package vn.lgsp.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Handler;
import io.vertx.core.http.HttpServerRequest;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import vn.lgsp.message.Outcome;
import vn.lgsp.record.ExchangeRecord;

/** A route that calls another service of the bus: an exchange of its own, by the way again (BUS-10). */
final class CallServicesTest {
    /** As many services that call the next one as exchanges may wait for one another, and one more. */
    private static final int CHAIN = 10;

    @TempDir
    static Path folder;

    private static final Handler<HttpServerRequest> KNOWN =
            StubPeer.fixed(200, "application/json", "{\"name\":\"Nguyễn Văn Ổn\"}");

    private static StubPeer registry;
    private static TestBus bus;

    private static String card(String service, String more, String operations) {
        return """
                service: %s
                version: 1
                name: { vi: Gọi dịch vụ, en: Calls }
                description: Calls a service.
                contact: the test
                mode: mapped
                criterion: real-time
                personalData: false
                %s
                operations:
                %s
                """.formatted(service, more, operations.indent(2).stripTrailing());
    }

    private static final String BY_NUMBER = """
            - { id: all, method: GET, path: /people/all }
            - { id: by-number, method: GET, path: "/people/{number}", query: [lang], headers: [X-Form] }
            - { id: note, method: POST, path: /notes, accepts: [application/json] }
            """;

    private static String caller(String account, String called) {
        return "calls: { as: %s, services: [%s] }".formatted(account, called);
    }

    @BeforeAll
    static void start() {
        registry = StubPeer.answering(KNOWN);
        TestBus.Builder home = TestBus.in(folder)
                .setting("lgsp.deploy.watch", "false")
                .system("registry", registry.port(), "answerTimeout: 500ms")
                .account("front-key", "front", "key-front", "")
                .account("unheard-key", "unheard", "key-unheard", "")
                .service(
                        "people",
                        card("people", "providers: [registry]", BY_NUMBER),
                        TestBus.Builder.route("people", """
                        - to: { uri: "lgsp-http:registry/p/{number}", parameters: { method: GET, answers: "404", query: lang, headers: X-Form } }
                        - setHeader: { name: Content-Type, constant: application/json }
                        """))
                .passThrough("files", "registry", "answer: streamed")
                .service(
                        "front",
                        card("front", caller("front-key", "people/v1, files/v1"), """
                                - { id: by-number, method: GET, path: "/{number}" }
                                - { id: note, method: POST, path: /notes, accepts: [application/json] }
                                """),
                        TestBus.Builder.route("front", """
                                - setVariable: { name: lang, constant: "v i" }
                                - setVariable: { name: xForm, constant: m01 }
                                - choice:
                                    when:
                                      - simple: "${variable.number} == null"
                                        steps:
                                          - to: "lgsp-call:people/v1/note"
                                    otherwise:
                                      steps:
                                        - to: "lgsp-call:people/v1/by-number"
                                        - setHeader: { name: X-Called, constant: people }
                                - transform: { jq: { expression: "{ person: . }" } }
                                """))
                .service(
                        "reader",
                        card(
                                "reader",
                                caller("front-key", "files/v1"),
                                "- { id: read, method: GET, path: \"/{rest+}\" }"),
                        TestBus.Builder.route("reader", """
                                - to: "lgsp-call:files/v1/read?answers=409"
                                """))
                .service(
                        "stranger",
                        card(
                                "stranger",
                                caller("unheard-key", "people/v1"),
                                "- { id: by-number, method: GET, path: \"/{number}\" }"),
                        TestBus.Builder.route("stranger", """
                                - to: "lgsp-call:people/v1/by-number"
                                """))
                .service(
                        "nobody",
                        card(
                                "nobody",
                                caller("no-such-account", "people/v1"),
                                "- { id: by-number, method: GET, path: \"/{number}\" }"),
                        TestBus.Builder.route("nobody", """
                                - to: "lgsp-call:people/v1/by-number"
                                """))
                .service(
                        "parts",
                        card(
                                "parts",
                                "providers: [registry]\n" + caller("front-key", "people/v1"),
                                "- { id: read, method: GET, path: \"/{number}\" }"),
                        TestBus.Builder.route("parts", """
                                - multicast:
                                    aggregationStrategy: "#parts"
                                    parallelProcessing: true
                                    steps:
                                      - to: { id: person, uri: "lgsp-call:people/v1/by-number" }
                                      - to: { id: house, uri: "lgsp-http:registry/house", parameters: { method: GET } }
                                """))
                .grant("front")
                .grant("reader")
                .grant("stranger")
                .grant("nobody")
                .grant("parts")
                .grant("front", "people", "")
                .grant("front", "files", "");
        for (int i = 0; i < CHAIN; i++) {
            String service = "chain-" + (char) ('a' + i);
            String next = "chain-" + (char) ('a' + i + 1);
            boolean last = i == CHAIN - 1;
            home.service(
                            service,
                            card(
                                    service,
                                    last ? "providers: [registry]" : caller("front-key", next + "/v1"),
                                    "- { id: go, method: GET, path: / }"),
                            TestBus.Builder.route(
                                    service,
                                    last
                                            ? "- to: { uri: \"lgsp-http:registry/end\", parameters: { method: GET } }"
                                            : "- to: \"lgsp-call:" + next + "/v1/go\""))
                    .grant(service)
                    .grant("front", service, "");
        }
        bus = home.start();
        assertThat(bus.bus().refusedServices()).isEmpty();
    }

    @AfterAll
    static void stop() {
        bus.close();
        registry.close();
    }

    @BeforeEach
    void everybodyIsWell() {
        registry.behaves(KNOWN);
    }

    /** The exchanges that were begun by this one. */
    private static List<ExchangeRecord> called(HttpResponse<?> answer) {
        String id = answer.headers().firstValue("X-LGSP-Exchange").orElseThrow();
        return bus.records().stream()
                .filter(record ->
                        record.form().equals("CALL") && record.correlation().equals(id))
                .toList();
    }

    private static String partnerCode(HttpResponse<?> answer) {
        return bus.recordOf(answer).partnerCode().orElse("");
    }

    @Test
    void what_is_called_is_an_exchange_of_its_own_in_the_name_of_the_account_on_the_card() {
        HttpResponse<String> answer = bus.get("/api/front/v1/001%2F0990%2000001");

        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        assertThat(answer.body()).isEqualTo("{\"person\":{\"name\":\"Nguyễn Văn Ổn\"}}");
        StubPeer.Seen asked = registry.last();
        assertThat(asked.uri()).isEqualTo("/p/001%2F0990%2000001?lang=v%20i");
        assertThat(asked.headers().get("X-Form")).isEqualTo("m01");
        ExchangeRecord own = bus.recordOf(answer);
        assertThat(own.form()).isEqualTo("REST GET");
        assertThat(called(answer)).singleElement().satisfies(record -> {
            assertThat(record.system().orElseThrow().toString()).isEqualTo("front");
            assertThat(record.service().orElseThrow().toString()).isEqualTo("people/v1");
            assertThat(record.operation()).contains("GET /people/{number}");
            assertThat(record.outcome()).contains(Outcome.ANSWERED);
            assertThat(record.provider().orElseThrow().toString()).isEqualTo("registry");
        });
    }

    @Test
    void a_body_goes_along_and_so_does_a_failure_of_the_called_service_under_its_own_code() {
        registry.behaves(StubPeer.fixed(503, "text/plain", "inner-secret"));
        HttpResponse<String> refused = bus.post("/api/front/v1/notes", "application/json", "{}");
        assertThat(TestBus.code(refused)).isEqualTo("bus-failed"); // people has no {number} there: its own mistake
        assertThat(called(refused)).singleElement().satisfies(record -> assertThat(record.error())
                .contains("bus-failed"));

        HttpResponse<String> failed = bus.get("/api/front/v1/7");
        assertThat(TestBus.code(failed)).isEqualTo("provider-failed");
        assertThat(partnerCode(failed)).isEqualTo("HTTP 503");
        assertThat(failed.body()).contains("people/v1").doesNotContain("inner-secret");

        registry.behaves(StubPeer.fixed(404, "text/plain", ""));
        HttpResponse<String> unknown = bus.get("/api/front/v1/8");
        assertThat(unknown.statusCode()).isEqualTo(404);
        assertThat(TestBus.code(unknown)).isEqualTo("record-not-found");

        registry.behaves(request -> {});
        HttpResponse<String> late = bus.get("/api/front/v1/9");
        assertThat(late.statusCode()).isEqualTo(504);
        assertThat(TestBus.code(late)).isEqualTo("provider-timeout");
        assertThat(called(late)).singleElement().satisfies(record -> assertThat(record.error())
                .contains("provider-timeout"));
    }

    @Test
    void without_a_grant_or_a_known_account_nobody_is_called_and_the_caller_is_not_blamed() {
        int before = registry.begun();

        HttpResponse<String> ungranted = bus.get("/api/stranger/v1/1");
        HttpResponse<String> unknown = bus.get("/api/nobody/v1/1");

        assertThat(ungranted.statusCode()).isEqualTo(502);
        assertThat(TestBus.code(ungranted)).isEqualTo("provider-refused");
        assertThat(partnerCode(ungranted)).isEqualTo("grant-missing");
        assertThat(called(ungranted)).singleElement().satisfies(record -> assertThat(record.error())
                .contains("grant-missing"));
        assertThat(partnerCode(unknown)).isEqualTo("consumer-unknown");
        assertThat(registry.begun()).isEqualTo(before);
    }

    @Test
    void an_answer_that_streams_is_read_whole_or_refused_and_one_that_breaks_off_is_a_failure() {
        registry.behaves(StubPeer.fixed(409, "text/plain", "taken"));
        HttpResponse<String> documented = bus.get("/api/reader/v1/a/b");
        assertThat(documented.statusCode()).isEqualTo(409);
        assertThat(documented.body()).isEqualTo("taken");
        assertThat(registry.last().uri()).isEqualTo("/a/b");

        registry.behaves(StubPeer.fixed(200, "text/plain", "x".repeat(2 << 20)));
        HttpResponse<String> large = bus.get("/api/reader/v1/large");
        assertThat(TestBus.code(large)).isEqualTo("provider-invalid");
        assertThat(called(large)).singleElement().satisfies(record -> assertThat(record.error())
                .contains("provider-invalid"));

        registry.behaves(request -> {
            request.response().putHeader("Content-Length", "100").write("half");
            registry.later(50, () -> request.connection().close());
        });
        HttpResponse<String> cut = bus.get("/api/reader/v1/cut");
        assertThat(TestBus.code(cut)).isEqualTo("provider-unreachable");
        assertThat(called(cut)).singleElement().satisfies(record -> assertThat(record.error())
                .contains("provider-unreachable"));
    }

    @Test
    void a_called_service_may_be_a_part_of_an_answer() {
        registry.behaves(request -> {
            if (request.path().equals("/house")) {
                StubPeer.fixed(200, "application/json", "{\"house\":1}").handle(request);
            } else {
                StubPeer.fixed(500, "text/plain", "").handle(request);
            }
        });

        HttpResponse<String> answer = bus.get("/api/parts/v1/5");

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(TestBus.json(answer).at("/parts/house/house").asInt()).isEqualTo(1);
        assertThat(TestBus.json(answer).at("/missing/0/part").asText()).isEqualTo("person");
        assertThat(TestBus.json(answer).at("/missing/0/code").asText()).isEqualTo("provider-failed");
        assertThat(called(answer)).hasSize(1);
    }

    @Test
    void no_value_makes_another_operation_of_the_one_that_is_called() {
        int before = registry.begun();

        HttpResponse<String> another = bus.get("/api/front/v1/all");

        assertThat(another.statusCode()).isEqualTo(400);
        assertThat(TestBus.code(another)).isEqualTo("message-invalid");
        assertThat(called(another)).isEmpty();
        assertThat(registry.begun()).isEqualTo(before);
    }

    @Test
    void the_rest_of_a_path_goes_on_as_it_came() {
        HttpResponse<String> answer = bus.get("/api/reader/v1/a%20b/%C3%A1%25");

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(registry.last().uri()).isEqualTo("/a%20b/%C3%A1%25");
    }

    @Test
    void services_wait_for_one_another_eight_deep_and_no_deeper() {
        HttpResponse<String> deepest = bus.get("/api/chain-b/v1/");
        HttpResponse<String> tooDeep = bus.get("/api/chain-a/v1/");

        assertThat(deepest.statusCode()).as(deepest.body()).isEqualTo(200);
        assertThat(tooDeep.statusCode()).isEqualTo(500);
        assertThat(TestBus.code(tooDeep)).isEqualTo("route-refused");
    }

    @Test
    void an_edit_of_the_called_service_holds_from_the_next_call_on_and_calls_that_lead_back_are_refused()
            throws IOException {
        Path route = folder.resolve("home/routes/test/people.camel.yaml");
        Path card = folder.resolve("home/routes/test/people.card.yaml");
        String before = Files.readString(route);
        String cardBefore = Files.readString(card);
        try {
            Files.writeString(
                    route,
                    before.replace(
                            "- setHeader:", "- setBody: { constant: '{\"name\":\"edited\"}' }\n        - setHeader:"));
            bus.bus().deployer().apply("van.a", Optional.empty());
            assertThat(bus.get("/api/front/v1/1").body()).isEqualTo("{\"person\":{\"name\":\"edited\"}}");

            Files.writeString(
                    card, cardBefore.replace("mode: mapped", "mode: mapped\n" + caller("front-key", "front/v1")));
            bus.bus().deployer().apply("van.a", Optional.empty());
            assertThat(bus.bus().refusedServices()).containsOnlyKeys("people/v1");
            assertThat(bus.bus().refusedServices().get("people/v1"))
                    .asString()
                    .contains("people/v1 > front/v1 > people/v1");
            assertThat(bus.get("/api/front/v1/1").body()).isEqualTo("{\"person\":{\"name\":\"edited\"}}");
        } finally {
            Files.writeString(route, before);
            Files.writeString(card, cardBefore);
            bus.bus().deployer().apply("van.a", Optional.empty());
        }
    }
}
