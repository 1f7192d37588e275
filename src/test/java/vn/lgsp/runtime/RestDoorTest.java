package vn.lgsp.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import vn.lgsp.message.ExchangeId;
import vn.lgsp.message.Outcome;
import vn.lgsp.record.ExchangeRecord;

/** HEAD, OPTIONS, header parameters and content negotiation, as a REST caller meets them on the wire (BUS-07, BUS-08). */
final class RestDoorTest {
    private static final String BODY = "{\"so\":\"0012\",\"ten\":\"Đất ở\"}";

    @TempDir
    static Path folder;

    private static StubPeer archive;
    private static TestBus bus;

    @BeforeAll
    static void start() {
        archive = StubPeer.answering(request -> {
            String body = request.path().equals("/gone") ? "no such paper" : BODY;
            request.response()
                    .putHeader("Content-Length", String.valueOf(body.getBytes(StandardCharsets.UTF_8).length));
            if (request.path().equals("/gone")) {
                request.response().setStatusCode(404).end(body);
            } else {
                request.response()
                        .putHeader("Content-Type", "application/json")
                        .putHeader("ETag", "\"v7\"")
                        .putHeader("X-Note", "kept")
                        .end(BODY);
            }
        });
        bus = TestBus.in(folder)
                .system("archive", archive.port())
                .passThrough("relay", "archive")
                .passThrough("flow", "archive", "answer: streamed")
                .service("papers", card("papers", """
                          - { id: read, method: GET, path: "/papers/{number}", answers: [404], headers: [X-Ho-So, If-Match] }
                          - { id: write, method: POST, path: "/papers/{number}", accepts: [application/json] }
                          - { id: drop, method: DELETE, path: "/drafts/{number}" }
                        """), TestBus.Builder.route("papers", """
                        - to: lgsp-http:archive/papers/{number}?method=GET
                        - transform: { jq: { expression: "{so: .so, ten: .ten, hoSo: $xHoSo, dieuKien: $ifMatch}" } }
                        - setHeader: { name: Content-Type, constant: application/json }
                        - setHeader: { name: ETag, constant: '"v8"' }
                        """))
                .service("agreed", card("agreed", """
                          - { id: read, method: GET, path: /agreed, produces: [application/json, text/csv, application/xml] }
                          - { id: plain, method: GET, path: /unsaid, produces: [text/plain] }
                          - { id: other, method: GET, path: /other, produces: [text/html] }
                        """), TestBus.Builder.route("agreed", """
                        - setHeader: { name: X-Kind, simple: "${variable.answerType}" }
                        - choice:
                            when:
                              - simple: "${variable.answerType} == 'text/csv'"
                                steps:
                                  - setBody: { constant: "so\\n0012\\n" }
                                  - setHeader: { name: Content-Type, constant: text/csv }
                              - simple: "${variable.answerType} == 'text/plain'"
                                steps:
                                  - setBody: { constant: "0012" }
                            otherwise:
                              steps:
                                - setBody: { constant: '{"so":"0012"}' }
                                - setHeader: { name: Content-Type, constant: "application/json; charset=utf-8" }
                        """))
                .service(
                        "changes",
                        card("changes", """
                          - { id: put, method: PUT, path: "/papers/{number}", accepts: [application/json] }
                          - { id: patch, method: PATCH, path: "/papers/{number}", accepts: [application/json] }
                          - { id: drop, method: DELETE, path: "/papers/{number}" }
                        """).replace("mode: mapped", "mode: pass-through"),
                        TestBus.Builder.route("changes", """
                        - to: lgsp-http:archive?passThrough=true
                        """))
                .service("shelf", card("shelf", """
                          - { id: read, method: GET, path: "/{name}" }
                          - { id: drop, method: DELETE, path: "/{name}" }
                        """), TestBus.Builder.route("shelf", """
                        - to: lgsp-http:archive/{name}?method=GET
                        """))
                .service(
                        "worn",
                        card("worn", """
                          - { id: read, method: GET, path: "/papers/{number}", answers: [404] }
                        """) + "deprecated: { since: 2026-01-01, sunset: 2026-07-01, successor: 2 }\n",
                        TestBus.Builder.route("worn", """
                        - to: lgsp-http:archive/{number}?method=GET&answers=404
                        """))
                .grant("worn")
                .grant("shelf")
                .grant("changes")
                .grant("relay")
                .grant("flow")
                .grant("asker", "papers", "operations: [read, drop]")
                .grant("agreed")
                .start();
        assertThat(bus.bus().refusedServices()).isEmpty();
    }

    private static String card(String service, String operations) {
        return """
                service: %s
                version: 1
                name: { vi: Giấy tờ, en: Papers }
                description: Papers of the archive.
                contact: the test
                providers: [archive]
                mode: mapped
                criterion: real-time
                personalData: false
                operations:
                %s
                """.formatted(service, operations.indent(0).stripTrailing());
    }

    @AfterAll
    static void stop() {
        bus.close();
        archive.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"PUT", "PATCH", "DELETE"})
    void what_changes_something_reaches_its_provider_by_its_own_method(String method) {
        String body = method.equals("DELETE") ? "" : "{\"so\":\"0012\"}";
        HttpRequest.Builder request = bus.request("/api/changes/v1/papers/0012");
        if (!body.isEmpty()) {
            request.header("Content-Type", "application/json");
        }

        HttpResponse<String> answer = bus.send(
                request.method(method, body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body))
                        .build());

        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        StubPeer.Seen seen = archive.last();
        assertThat(seen.method() + " " + seen.uri()).isEqualTo(method + " /papers/0012");
        assertThat(seen.text()).isEqualTo(body);
        assertThat(bus.recordOf(answer).form()).isEqualTo("REST " + method);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/api/relay/v1/x", "/api/flow/v1/x", "/api/papers/v1/papers/0012", "/api/relay/v1/gone"})
    void head_has_the_status_and_the_headers_of_get_and_no_body(String path) {
        try (Wire wire = Wire.to(bus.port())) {
            Wire.Answer get = wire.send(request("GET", path, "X-Ho-So: 7")).answer();
            Wire.Answer head = wire.send(request("HEAD", path, "X-Ho-So: 7")).answerWithoutBody();

            assertThat(head.status()).isEqualTo(get.status());
            assertThat(get.content()).isNotEmpty();
            for (String name : List.of("Content-Type", "ETag", "X-Note", "X-LGSP-Result")) {
                assertThat(head.header(name)).as(name).isEqualTo(get.header(name));
            }
            assertThat(head.header("Content-Length")).isEqualTo(String.valueOf(get.content().length));
            ExchangeRecord record = record(head);
            assertThat(record.form()).isEqualTo("REST HEAD");
            assertThat(record.operation()).isEqualTo(record(get).operation());
            assertThat(record.answer().orElseThrow().bytes()).isZero();

            // the next answer is read right, so no byte of a body was sent
            assertThat(wire.send(request("GET", path, "X-Ho-So: 7")).answer().status())
                    .isEqualTo(get.status());
        }
    }

    @Test
    void what_passes_through_reaches_its_provider_as_head_and_what_is_mapped_as_its_connector_says() {
        int before = archive.received().size();

        ask("HEAD", "/api/relay/v1/x");
        ask("HEAD", "/api/papers/v1/papers/0012");

        assertThat(archive.received().subList(before, before + 2))
                .extracting(StubPeer.Seen::method)
                .containsExactly("HEAD", "GET");
    }

    @Test
    void head_needs_the_grant_of_get() {
        try (Wire wire = Wire.to(bus.port())) {
            assertThat(wire.send("HEAD /api/papers/v1/papers/1 HTTP/1.1\r\nHost: bus\r\n\r\n")
                            .answerWithoutBody()
                            .status())
                    .isEqualTo(401);
            Wire.Answer none =
                    wire.send(request("HEAD", "/api/papers/v1/drafts/1")).answerWithoutBody();
            assertThat(none.status()).isEqualTo(405);
            assertThat(none.header("Allow")).isEqualTo("DELETE, OPTIONS");
        }
    }

    @Test
    void options_tells_the_methods_of_an_address_to_anybody_and_is_recorded_without_a_caller() {
        int before = archive.received().size();
        try (Wire wire = Wire.to(bus.port())) {
            Wire.Answer answer = wire.send("OPTIONS /api/papers/v1/papers/0012 HTTP/1.1\r\nHost: bus\r\n\r\n")
                    .answer();

            assertThat(answer.status()).isEqualTo(204);
            assertThat(answer.header("Allow")).isEqualTo("GET, HEAD, OPTIONS, POST");
            assertThat(answer.header("Content-Length")).isEmpty();
            assertThat(answer.header("X-LGSP-Result")).isEqualTo("00");
            ExchangeRecord record = record(answer);
            assertThat(record.outcome()).contains(Outcome.ANSWERED);
            assertThat(record.operation()).contains("OPTIONS /papers/{number}");
            assertThat(record.account()).isEmpty();
            assertThat(archive.received()).hasSize(before);
        }
    }

    @ParameterizedTest
    @CsvSource({"/api/worn/v1/papers/0012, 200", "/api/worn/v1/papers/gone, 404"})
    void what_is_going_to_end_says_so_with_every_answer(String path, int status) {
        Wire.Answer answer = ask("GET", path);

        assertThat(answer.status()).isEqualTo(status);
        assertThat(answer.header("Deprecation")).isEqualTo("@1767200400");
        assertThat(answer.header("Sunset")).isEqualTo("Wed, 01 Jul 2026 16:59:59 GMT");
        assertThat(answer.header("Link")).isEqualTo("</api/worn/v2>; rel=\"successor-version\"");
        assertThat(ask("GET", "/api/papers/v1/papers/0012").header("Deprecation"))
                .isEmpty();
    }

    @Test
    void the_contract_of_what_is_going_to_end_says_so() {
        JsonNode contract = ask("GET", "/api/worn/v1/openapi.json").json();

        assertThat(contract.at("/paths/~1papers~1{number}/get/deprecated").asBoolean())
                .isTrue();
        assertThat(contract.at("/info/description").asText())
                .contains("Deprecated since 2026-01-01; it answers until 2026-07-01; version 2 takes its place.");
        assertThat(contract.at("/x-lgsp/deprecated/sunset").asText()).isEqualTo("2026-07-01");
    }

    @Test
    void the_address_of_the_contract_is_no_value_of_a_path_unless_it_is_encoded() {
        assertThat(ask("GET", "/api/shelf/v1/openapi.json")
                        .json()
                        .path("openapi")
                        .asText())
                .isEqualTo("3.1.0");
        assertThat(ask("OPTIONS", "/api/shelf/v1/openapi.json").header("Allow"))
                .isEqualTo("DELETE, GET, HEAD, OPTIONS");
        assertThat(ask("OPTIONS", "/api/papers/v1/openapi.json").header("Allow"))
                .isEqualTo("GET, HEAD, OPTIONS");

        Wire.Answer answer = ask("GET", "/api/shelf/v1/openapi%2Ejson");

        assertThat(answer.json().path("so").isMissingNode()).isFalse();
        assertThat(archive.last().uri()).isEqualTo("/openapi.json");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/api/papers/v1/nothing", "/api/nobody/v1/x", "/api/papers/v2/papers/1"})
    void options_of_an_address_that_nobody_offers_is_refused(String path) {
        Wire.Answer answer = ask("OPTIONS", path);

        assertThat(answer.status()).isEqualTo(404);
        assertThat(answer.json().path("code").asText()).isEqualTo("service-unknown");
        assertThat(record(answer).outcome()).contains(Outcome.REFUSED);
    }

    @Test
    void a_header_that_the_card_names_is_a_variable_and_any_other_stays_out() {
        Wire.Answer answer =
                ask("GET", "/api/papers/v1/papers/0012", "x-HO-so: HS-7", "If-Match: \"v7\"", "X-Other: 1");

        assertThat(answer.json().path("hoSo").asText()).isEqualTo("HS-7");
        assertThat(answer.json().path("dieuKien").asText()).isEqualTo("\"v7\"");
        assertThat(archive.last().headers().names()).noneMatch(name -> List.of("x-ho-so", "if-match", "x-other")
                .contains(name.toLowerCase(java.util.Locale.ROOT)));
        assertThat(ask("GET", "/api/papers/v1/papers/0012").json().path("hoSo").isNull())
                .isTrue();
    }

    @Test
    void a_header_parameter_that_comes_twice_or_is_not_printable_is_refused_and_not_shown() {
        Wire.Answer twice = ask("GET", "/api/papers/v1/papers/0012", "X-Ho-So: secret-1", "X-Ho-So: secret-2");
        assertThat(twice.status()).isEqualTo(400);
        assertThat(twice.body()).contains("X-Ho-So is there twice").doesNotContain("secret");

        Wire.Answer letters = ask("GET", "/api/papers/v1/papers/0012", "X-Ho-So: hồ sơ");
        assertThat(letters.status()).isEqualTo(400);
        assertThat(letters.body()).contains("percent-encode").doesNotContain("hồ");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            '*/*'                                    | application/json; charset=utf-8
            application/*                            | application/json; charset=utf-8
            text/csv                                 | text/csv
            TEXT/CSV; header=present                 | text/csv
            'application/json;q=0.2, text/*;q=0.9'   | text/csv
            '*/*, application/json;q=0, application/xml;q=0' | text/csv
            'text/html, application/json;q=0.001'    | application/json; charset=utf-8
            'nonsense, application/json;q=much, text/csv' | text/csv
            """)
    void the_documented_media_type_that_the_caller_likes_best_is_agreed_on(String accept, String type) {
        Wire.Answer answer = ask("GET", "/api/agreed/v1/agreed", "Accept: " + accept);

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.header("Content-Type")).isEqualTo(type);
    }

    @ParameterizedTest
    @ValueSource(strings = {"text/html", "application/json;q=0", "*/*;q=0", "nonsense", "", "application/json;q=2"})
    void what_cannot_be_met_is_refused_with_what_is_documented(String accept) {
        int before = archive.received().size();

        Wire.Answer answer = ask("GET", "/api/agreed/v1/agreed", "Accept: " + accept);

        assertThat(answer.status()).isEqualTo(406);
        assertThat(answer.json().path("code").asText()).isEqualTo("not-acceptable");
        assertThat(answer.json().path("detail").asText()).contains("application/json or text/csv or application/xml");
        assertThat(record(answer).error()).contains("not-acceptable");
        assertThat(archive.received()).hasSize(before);
    }

    @Test
    void a_route_that_does_not_say_answers_in_the_agreed_type_and_one_that_says_another_is_wrong() {
        Wire.Answer unsaid = ask("GET", "/api/agreed/v1/unsaid");
        assertThat(unsaid.header("Content-Type")).isEqualTo("text/plain");

        Wire.Answer undocumented = ask("GET", "/api/agreed/v1/other");
        assertThat(undocumented.status()).isEqualTo(500);
        assertThat(undocumented.json().path("detail").asText()).contains("media type that the card does not document");

        Wire.Answer another = ask("GET", "/api/agreed/v1/agreed", "Accept: application/xml");
        assertThat(another.status()).isEqualTo(500);
        assertThat(another.json().path("detail").asText()).contains("answerType");
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
            request.append(new String(header.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8))
                    .append("\r\n");
        }
        return request.append("\r\n").toString();
    }

    private static ExchangeRecord record(Wire.Answer answer) {
        return bus.bus()
                .records()
                .find(ExchangeId.of(answer.header("X-LGSP-Exchange")))
                .orElseThrow();
    }
}
