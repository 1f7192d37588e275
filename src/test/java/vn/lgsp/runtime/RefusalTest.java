package vn.lgsp.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import vn.lgsp.failure.ErrorCode;
import vn.lgsp.message.ExchangeId;
import vn.lgsp.message.Outcome;
import vn.lgsp.message.Stage;
import vn.lgsp.record.ExchangeRecord;

/**
 * Who may not pass, and what must not pass. Every refusal has its status, code and stage, is recorded, reaches no provider, and
 * leaves the bus as able as before (BUS-03, BUS-04, SEC-01, SEC-03, LOG-01).
 *
 * <p>It is always 2026-03-01T00:00:00Z here.
 */
final class RefusalTest {
    private static final String OK = "/api/relay/v1/good";

    @TempDir
    static Path folder;

    private static StubPeer archive;
    private static StubPeer registry;
    private static TestBus bus;
    private int before;

    @BeforeAll
    static void start() {
        archive = StubPeer.answering(200, "application/json", "{\"ok\":true}");
        registry = StubPeer.answering(
                200, "application/json", "{\"parcelNo\":\"0012-345\",\"districtCode\":\"01\",\"areaM2\":1.0}");
        String limits = "limits: { request: 64KB, bodyTimeout: 1s }";
        bus = TestBus.in(folder)
                .systemAt("archive", "http://127.0.0.1:" + archive.port() + "/base")
                .system("land-registry-east", registry.port())
                .system("land-registry-west", registry.port())
                .passThrough("relay", "archive", limits)
                .passThrough("forbidden", "archive")
                .passThrough("ended", "archive")
                .passThrough("ending", "archive")
                .passThrough("coming", "archive")
                .passThrough("begun", "archive")
                .passThrough("only-reading", "archive")
                .service("boxes", BOXES, TestBus.Builder.route("boxes", "- to: lgsp-http:archive?passThrough=true"))
                .service("note", NOTE, TestBus.Builder.route("note", """
                        - to: xslt:file:transforms/test/note/request.xsl
                        - to: lgsp-http:archive/notes"""))
                .write("transforms/test/note/request.xsl", NOTE_MAPPING)
                .service("land", "land-parcel-lookup")
                .grant("relay")
                .grant("boxes")
                .grant("note")
                .grant("land-parcel-lookup")
                .grant("asker", "ended", "expires: 2026-02-28T23:59:59Z")
                .grant("asker", "ending", "expires: 2026-03-01T00:00:00Z")
                .grant("asker", "coming", "validFrom: 2026-03-01T00:00:01Z")
                .grant("asker", "begun", "validFrom: 2026-03-01T00:00:00Z")
                .grant("asker", "only-reading", "operations: [read]")
                .account("late-key", "late", "key-late", "expires: 2026-03-01T00:00:00Z")
                .account("closed-key", "closed", "key-closed", "")
                .grant("late", "relay", "")
                .grant("closed", "relay", "")
                .registry(text -> text.replace(
                                "agencies:\n",
                                "agencies:\n  - { code: T03, name: Cơ quan đã giải thể, validTo: 2026-02-28 }\n")
                        .replace("- id: closed\n    agency: T01", "- id: closed\n    agency: T03"))
                .setting("lgsp.receive.head-timeout", "2s")
                .setting("lgsp.record.refusal-rate", "1000")
                .clock(Clock.fixed(Instant.parse("2026-03-01T00:00:00Z"), ZoneOffset.UTC))
                .start();
        assertThat(bus.bus().refusedServices()).isEmpty();
    }

    private static final String BOXES = """
            service: boxes
            version: 1
            name: { vi: Hộp, en: Boxes }
            description: One documented path.
            contact: the test
            providers: [archive]
            mode: pass-through
            criterion: real-time
            personalData: false
            operations:
              - { id: list, method: GET, path: /boxes, query: [tag, since] }
              - { id: read, method: GET, path: "/boxes/{id}" }
              - { id: put, method: PUT, path: "/boxes/{id}", accepts: [application/json] }
              - { id: drop, method: DELETE, path: "/boxes/{id}" }
            """;

    private static final String NOTE = """
            service: note
            version: 1
            name: { vi: Ghi chú, en: Note }
            description: Takes XML.
            contact: the test
            providers: [archive]
            mode: mapped
            criterion: real-time
            personalData: false
            limits: { request: 64KB, bodyTimeout: 1s }
            operations:
              - { id: write, method: POST, path: /notes, accepts: [application/xml] }
            """;

    private static final String NOTE_MAPPING = """
            <xsl:stylesheet version="3.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform">
              <xsl:mode on-no-match="shallow-copy"/>
            </xsl:stylesheet>
            """;

    @AfterAll
    static void stop() {
        bus.close();
        archive.close();
        registry.close();
    }

    @BeforeEach
    void remember() {
        before = archive.begun() + registry.begun();
    }

    // Who asks

    @Test
    void a_caller_without_a_key_is_refused() {
        Wire.Answer answer = ask(line("GET", OK) + "\r\n");

        refused(answer, ErrorCode.CONSUMER_UNKNOWN, Stage.IDENTIFY);
        assertThat(answer.header("WWW-Authenticate")).isEqualTo("ApiKey realm=\"lgsp\"");
    }

    @ParameterizedTest
    @ValueSource(strings = {"key-unknown", "", "key-asker ", "KEY-ASKER", "key-asker,key-asker", "khóa"})
    void a_caller_with_an_unknown_key_is_refused(String key) {
        // a header's value is read without the space around it
        if (key.strip().equals(TestBus.KEY)) {
            assertThat(ask(line("GET", OK) + "X-Api-Key: " + key + "\r\n\r\n").status())
                    .isEqualTo(200);
            return;
        }
        refused(ask(line("GET", OK) + "X-Api-Key: " + key + "\r\n\r\n"), ErrorCode.CONSUMER_UNKNOWN, Stage.IDENTIFY);
    }

    @Test
    void a_credential_that_is_there_twice_is_refused_so_that_nobody_stands_in_the_record_for_another() {
        String twice = "X-Api-Key: " + TestBus.KEY + "\r\nX-Api-Key: key-unknown\r\n\r\n";

        refused(ask(line("GET", OK) + twice), ErrorCode.MESSAGE_INVALID, Stage.RECEIVE);
    }

    @Test
    void a_key_is_not_taken_from_the_query() {
        refused(
                ask(line("GET", OK + "?X-Api-Key=" + TestBus.KEY) + "\r\n"),
                ErrorCode.CONSUMER_UNKNOWN,
                Stage.IDENTIFY);
    }

    @Test
    void an_account_is_refused_from_the_instant_it_expires() {
        refused(ask(line("GET", OK) + "X-Api-Key: key-late\r\n\r\n"), ErrorCode.CONSUMER_UNKNOWN, Stage.IDENTIFY);
    }

    @Test
    void an_account_of_an_agency_whose_code_was_closed_yesterday_is_refused() {
        refused(ask(line("GET", OK) + "X-Api-Key: key-closed\r\n\r\n"), ErrorCode.CONSUMER_UNKNOWN, Stage.IDENTIFY);
    }

    // What they may

    @Test
    void a_caller_without_a_grant_is_refused_and_the_record_names_caller_service_and_operation() {
        Wire.Answer answer = ask(get("/api/forbidden/v1/x"));

        ExchangeRecord record = refused(answer, ErrorCode.GRANT_MISSING, Stage.AUTHORISE);
        assertThat(record.system().orElseThrow().value()).isEqualTo("asker");
        assertThat(record.agency().orElseThrow().value()).isEqualTo("T01");
        assertThat(record.service().orElseThrow()).hasToString("forbidden/v1");
        assertThat(record.operation()).contains("GET /{rest+}");
        assertThat(record.grant()).isEmpty();
    }

    @Test
    void a_grant_that_ended_a_second_ago_or_ends_now_opens_nothing() {
        refused(ask(get("/api/ended/v1/x")), ErrorCode.GRANT_MISSING, Stage.AUTHORISE);
        refused(ask(get("/api/ending/v1/x")), ErrorCode.GRANT_MISSING, Stage.AUTHORISE);
    }

    @Test
    void a_grant_that_begins_in_a_second_opens_nothing_and_one_that_begins_now_does() {
        refused(ask(get("/api/coming/v1/x")), ErrorCode.GRANT_MISSING, Stage.AUTHORISE);
        assertThat(ask(get("/api/begun/v1/x")).status()).isEqualTo(200);
    }

    @Test
    void a_grant_for_one_operation_opens_no_other() {
        refused(ask(post("/api/only-reading/v1/x", "text/plain", "x")), ErrorCode.GRANT_MISSING, Stage.AUTHORISE);
        assertThat(ask(get("/api/only-reading/v1/x")).status()).isEqualTo(200);
    }

    // What they ask for

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/api/nobody-has-this/v1/x",
                "/api/relay/v2/x",
                "/api/relay/v0/x",
                "/api/relay/v1000/x",
                "/api/relay/v99999999999/x",
                "/api/relay/1/x",
                "/api/relay/x",
                "/api/relay",
                "/api/relay/",
                "/api/relay/v1",
                "/api/RELAY/v1/x",
                "/api/rel%61y/v1/x",
                "/api//v1/x",
                "/api/",
                "/",
                "/index.html",
                "/API/relay/v1/x",
                "/soap/relay/v1",
                "/observe/metrics",
                "/api/boxes/v1/other",
                "/api/boxes/v1",
                "*"
            })
    void an_address_that_nobody_offers_is_refused(String path) {
        ExchangeRecord record = refused(ask(get(path)), ErrorCode.SERVICE_UNKNOWN, Stage.AUTHORISE);
        assertThat(record.operation()).isEmpty();
    }

    @Test
    void a_method_that_the_address_does_not_offer_is_refused_with_those_that_it_does() {
        Wire.Answer answer = ask(line("POST", "/api/boxes/v1/boxes/1") + key() + "Content-Length: 0\r\n\r\n");

        refused(answer, ErrorCode.METHOD_NOT_ALLOWED, Stage.AUTHORISE);
        assertThat(answer.header("Allow")).isEqualTo("DELETE, GET, HEAD, OPTIONS, PUT");
    }

    @ParameterizedTest
    @ValueSource(strings = {"TRACE", "PATCH", "PROPFIND", "get", "X", "FOO-BAR"})
    void other_methods_are_refused_and_one_that_is_no_known_word_is_not_recorded(String method) {
        Wire.Answer answer = ask(line(method, "/api/boxes/v1/boxes/1") + key() + "\r\n");

        ExchangeRecord record = refused(answer, ErrorCode.METHOD_NOT_ALLOWED, Stage.AUTHORISE);
        assertThat(answer.header("Allow")).isEqualTo("DELETE, GET, HEAD, OPTIONS, PUT");
        assertThat(record.form())
                .isEqualTo(List.of("TRACE", "PATCH").contains(method) ? "REST " + method : "REST OTHER");
    }

    @Test
    void head_is_refused_without_a_body_so_that_the_next_answer_is_read_right() {
        try (Wire wire = Wire.to(bus.port())) {
            Wire.Answer answer = wire.send(line("HEAD", "/api/boxes/v1/other") + key() + "\r\n")
                    .answerWithoutBody();
            assertThat(answer.status()).isEqualTo(404);
            assertThat(Integer.parseInt(answer.header("Content-Length"))).isPositive();
            recorded(answer, ErrorCode.SERVICE_UNKNOWN, Stage.AUTHORISE);

            assertThat(wire.send(get(OK)).answer().status()).isEqualTo(200);
        }
    }

    @Test
    void connect_opens_no_tunnel() {
        try (Wire wire = Wire.to(bus.port())) {
            Wire.Answer answer = wire.send(
                            "CONNECT 127.0.0.1:" + archive.port() + " HTTP/1.1\r\nHost: bus\r\n" + key() + "\r\n")
                    .answer();
            assertThat(answer.status()).isBetween(400, 499);
            assertThat(archive.begun() + registry.begun()).isEqualTo(before);
        }
        good();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "other=1",
                "tag=1&other=2",
                "tag=1&tag=2",
                "tag=1&t%61g=2",
                "TAG=1",
                "tag[]=1",
                "=1",
                "tag=%zz",
                "%zz=1",
                "tag=1;since=2&other"
            })
    void a_query_that_is_not_documented_or_says_something_twice_is_refused(String query) {
        refused(ask(get("/api/boxes/v1/boxes?" + query)), ErrorCode.MESSAGE_INVALID, Stage.AUTHORISE);
    }

    // What they send

    @Test
    void a_body_is_refused_where_none_is_documented() {
        refused(
                ask(line("GET", "/api/boxes/v1/boxes/1") + key()
                        + "Content-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"),
                ErrorCode.MESSAGE_INVALID,
                Stage.RECEIVE);
        refused(
                ask(line("DELETE", "/api/boxes/v1/boxes/1") + key()
                        + "Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n"),
                ErrorCode.MESSAGE_INVALID,
                Stage.RECEIVE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"text/html", "application/jsonp", "multipart/form-data; boundary=x", "json", "*/*", ""})
    void a_media_type_that_is_not_documented_is_refused(String type) {
        refused(ask(post("/api/relay/v1/x", type, "{}")), ErrorCode.MEDIA_TYPE_UNSUPPORTED, Stage.RECEIVE);
    }

    @Test
    void a_body_without_a_media_type_is_refused() {
        refused(
                ask(line("POST", "/api/relay/v1/x") + key() + "Content-Length: 2\r\n\r\n{}"),
                ErrorCode.MEDIA_TYPE_UNSUPPORTED,
                Stage.RECEIVE);
    }

    @Test
    void json_in_another_charset_than_utf_8_is_refused() {
        refused(
                ask(post("/api/relay/v1/x", "application/json; charset=windows-1258", "{}")),
                ErrorCode.MEDIA_TYPE_UNSUPPORTED,
                Stage.RECEIVE);
        refused(
                ask(post("/api/relay/v1/x", "Application/JSON ; a=b; Charset=\"ISO-8859-1\"", "{}")),
                ErrorCode.MEDIA_TYPE_UNSUPPORTED,
                Stage.RECEIVE);
        assertThat(ask(post("/api/relay/v1/x", "Application/JSON;Charset=\"UTF-8\"", "{}"))
                        .status())
                .isEqualTo(200);
    }

    @Test
    void a_body_that_declares_to_be_too_large_is_refused_before_a_byte_of_it_is_sent() {
        for (String path : List.of("/api/relay/v1/x", "/api/land-parcel-lookup/v1/parcels")) {
            refused(
                    ask(line("POST", path) + key()
                            + "Content-Type: application/json\r\nContent-Length: 9223372036854775807\r\n\r\n"),
                    ErrorCode.MESSAGE_TOO_LARGE,
                    Stage.RECEIVE);
        }
    }

    @Test
    void a_chunked_body_is_refused_when_it_grows_too_large() {
        String chunk = "4000\r\n" + "x".repeat(0x4000) + "\r\n";
        try (Wire wire = Wire.to(bus.port())) {
            wire.send(line("POST", "/api/land-parcel-lookup/v1/parcels") + key()
                    + "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n");
            for (int i = 0; i < 5; i++) {
                wire.offer(chunk);
            }
            refused(wire.answer(), ErrorCode.MESSAGE_TOO_LARGE, Stage.RECEIVE);
        }
    }

    @Test
    void a_chunked_body_that_passes_through_is_cut_off_when_it_grows_too_large() {
        String chunk = "4000\r\n" + "x".repeat(0x4000) + "\r\n";
        try (Wire wire = Wire.to(bus.port())) {
            wire.send(line("POST", "/api/relay/v1/x") + key()
                    + "Content-Type: text/plain\r\nTransfer-Encoding: chunked\r\n\r\n");
            for (int i = 0; i < 5; i++) {
                wire.offer(chunk);
            }
            Wire.Answer answer = wire.answer();
            assertThat(answer.status()).isEqualTo(413);
            recorded(answer, ErrorCode.MESSAGE_TOO_LARGE, Stage.RECEIVE);
            assertThat(archive.received())
                    .noneMatch(
                            seen -> seen.method().equals("POST") && seen.text().length() > 10_000);
        }
        await().untilAsserted(() -> assertThat(bus.waiting("archive")).isZero());
        good();
    }

    @Test
    void malformed_json_is_refused_with_its_place_and_without_its_content() {
        for (String body : List.of(
                "{\"district\":\"01\",", "{'secret-word':1}", "{\"district\":secret-word}", "{} {}", "nul", "\u0000")) {
            Wire.Answer answer = ask(post("/api/land-parcel-lookup/v1/parcels", "application/json", body));

            refused(answer, ErrorCode.MESSAGE_INVALID, Stage.TRANSFORM);
            assertThat(answer.body()).doesNotContain("secret-word");
        }
        assertThat(ask(post("/api/land-parcel-lookup/v1/parcels", "application/json", "{\"district\":secret}"))
                        .json()
                        .path("detail")
                        .asText())
                .contains("line 1");
    }

    @Test
    void json_nested_ten_thousand_deep_is_refused() {
        for (String body :
                List.of("[".repeat(10_000) + "]".repeat(10_000), "{\"a\":".repeat(10_000) + "1" + "}".repeat(10_000))) {
            refused(
                    ask(post("/api/land-parcel-lookup/v1/parcels", "application/json", body)),
                    ErrorCode.MESSAGE_INVALID,
                    Stage.TRANSFORM);
        }
    }

    @Test
    void json_that_says_a_member_twice_or_is_not_utf_8_is_refused() {
        refused(
                ask(post(
                        "/api/land-parcel-lookup/v1/parcels",
                        "application/json",
                        "{\"district\":\"01\",\"number\":\"0012-345\",\"number\":\"0012-346\"}")),
                ErrorCode.MESSAGE_INVALID,
                Stage.TRANSFORM);
        byte[] latin = "{\"district\":\"01\",\"number\":\"\u00e9\"}".getBytes(StandardCharsets.ISO_8859_1);
        refused(
                ask(concat(
                        head("POST", "/api/land-parcel-lookup/v1/parcels", "application/json", latin.length), latin)),
                ErrorCode.MESSAGE_INVALID,
                Stage.TRANSFORM);
    }

    @Test
    void an_empty_body_where_the_contract_asks_for_content_is_refused() {
        refused(
                ask(line("POST", "/api/land-parcel-lookup/v1/parcels") + key() + "Content-Length: 0\r\n\r\n"),
                ErrorCode.MESSAGE_INVALID,
                Stage.TRANSFORM);
        refused(
                ask(line("POST", "/api/note/v1/notes") + key() + "Content-Length: 0\r\n\r\n"),
                ErrorCode.MESSAGE_INVALID,
                Stage.TRANSFORM);
    }

    @Test
    void good_xml_passes_the_mapping_that_the_refusals_below_are_about() {
        Wire.Answer answer = ask(post("/api/note/v1/notes", "application/xml", "<note>được</note>"));

        assertThat(answer.status()).isEqualTo(200);
        assertThat(archive.received()).last().satisfies(seen -> assertThat(seen.text())
                .endsWith("<note>được</note>"));
    }

    @Test
    void xml_that_is_malformed_or_deep_is_refused_with_its_place_and_without_its_content() {
        for (String body : List.of(
                "<note>secret-word",
                "<note>&secret-word;</note>",
                "<secret-word></other>",
                "secret-word",
                "<a>".repeat(200) + "</a>".repeat(200),
                "<?xml version='1.0' encoding='secret-word'?><note/>")) {
            Wire.Answer answer = ask(post("/api/note/v1/notes", "application/xml", body));

            refused(answer, ErrorCode.MESSAGE_INVALID, Stage.TRANSFORM);
            assertThat(answer.body()).doesNotContain("secret-word");
        }
    }

    @Test
    void xml_with_a_doctype_is_refused_and_nothing_of_it_is_opened() throws IOException {
        Path secret = Files.writeString(folder.resolve("secret.txt"), "secret-word");
        StringBuilder laughs = new StringBuilder("<!DOCTYPE note [<!ENTITY l0 \"ha\">");
        for (int i = 1; i < 10; i++) {
            laughs.append("<!ENTITY l")
                    .append(i)
                    .append(" \"")
                    .append(("&l" + (i - 1) + ";").repeat(10))
                    .append("\">");
        }
        for (String body : List.of(
                "<!DOCTYPE note><note/>",
                laughs + "]><note>&l9;</note>",
                "<!DOCTYPE note [<!ENTITY x SYSTEM \"" + secret.toUri() + "\">]><note>&x;</note>",
                "<!DOCTYPE note SYSTEM \"http://127.0.0.1:" + archive.port() + "/evil.dtd\"><note/>",
                "<!DOCTYPE note [<!ENTITY % x SYSTEM \"http://127.0.0.1:" + archive.port() + "/evil\">%x;]><note/>")) {
            Wire.Answer answer = ask(post("/api/note/v1/notes", "application/xml", body));

            refused(answer, ErrorCode.MESSAGE_INVALID, Stage.TRANSFORM);
            assertThat(answer.body()).doesNotContain("secret-word");
        }
    }

    // How they send it

    @Test
    void a_chunked_body_passes_whole() {
        assertThat(ask(line("POST", "/api/relay/v1/chunks") + key() + "Content-Type: text/plain\r\n"
                                + "Transfer-Encoding: chunked\r\n\r\n5\r\nwhole\r\n6\r\n truth\r\n0\r\n\r\n")
                        .status())
                .isEqualTo(200);
        assertThat(archive.received()).last().satisfies(seen -> assertThat(seen.text())
                .isEqualTo("whole truth"));
    }

    @ParameterizedTest
    @CsvSource({"/api/note/v1/notes, application/xml", "/api/relay/v1/x, text/plain"})
    void a_body_that_drips_is_refused_within_the_time_that_the_card_allows(String path, String type) {
        try (Wire wire = Wire.to(bus.port())) {
            long start = System.nanoTime();
            Wire.Answer answer = wire.send(
                            line("POST", path) + key() + "Content-Type: " + type + "\r\nContent-Length: 1000\r\n\r\n")
                    .drip("<note>" + "x".repeat(900), 20)
                    .answer();

            assertThat(Duration.ofNanos(System.nanoTime() - start))
                    .isBetween(Duration.ofMillis(950), Duration.ofSeconds(8));
            assertThat(answer.status()).isEqualTo(408);
            assertThat(answer.header("Connection")).isEqualToIgnoringCase("close");
            recorded(answer, ErrorCode.REQUEST_TIMEOUT, Stage.RECEIVE);
            assertThat(wire.isClosedWithin(5_000)).isTrue();
        }
        await().untilAsserted(() -> assertThat(bus.waiting("archive")).isZero());
        good();
    }

    @Test
    void a_head_that_drips_or_never_comes_costs_only_its_connection() {
        try (Wire dripping = Wire.to(bus.port());
                Wire silent = Wire.to(bus.port())) {
            long start = System.nanoTime();
            dripping.drip("GET /api/relay/v1/x HTTP/1.1\r\nX-Slow: " + "x".repeat(200), 50);
            assertThat(dripping.isClosedWithin(10_000)).isTrue();
            assertThat(silent.isClosedWithin(10_000)).isTrue();
            assertThat(Duration.ofNanos(System.nanoTime() - start))
                    .isBetween(Duration.ofMillis(1_900), Duration.ofSeconds(15));
        }
        good();
    }

    @Test
    void an_answer_says_how_long_its_connection_may_be_silent_which_is_less_than_the_port_waits() {
        try (Wire wire = Wire.to(bus.port())) {
            assertThat(wire.send(get("/api/relay/v1/x")).answer().header("Keep-Alive"))
                    .isEqualTo("timeout=1");
        }
    }

    @Test
    void a_connection_that_carries_several_requests_at_once_is_not_taken_for_a_silent_one() {
        archive.behaves(request -> {
            if (request.uri().endsWith("/slow")) {
                request.response().setStatusCode(200);
                archive.later(3_500, () -> request.response().end("late"));
            } else {
                request.response().end("soon");
            }
        });
        try (Wire wire = Wire.to(bus.port())) {
            wire.send(get("/api/relay/v1/soon") + get("/api/relay/v1/slow"));

            assertThat(wire.answer().body()).isEqualTo("soon");
            assertThat(wire.answer().body()).isEqualTo("late");
        } finally {
            archive.behaves(StubPeer.fixed(200, "application/json", "{\"ok\":true}"));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET /api/relay/v1/x\r\n\r\n",
                "GET /api/relay/v1/x HTTP/9.9 x\r\n\r\n",
                "SSH-2.0-OpenSSH_9.2p1\r\n\r\n",
                "GET /api/relay/v1/x HTTP/1.1\r\nno colon\r\n\r\n",
                "GET /api/relay/v1/x HTTP/1.1\r\nBad Name: x\r\n\r\n",
                "POST /api/relay/v1/x HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
                "POST /api/relay/v1/x HTTP/1.1\r\nContent-Length: 1x\r\n\r\n"
            })
    void what_is_not_http_is_refused_recorded_and_its_connection_closed(String text) {
        try (Wire wire = Wire.to(bus.port())) {
            Wire.Answer answer = wire.send(text).answer();

            refused(answer, ErrorCode.MESSAGE_INVALID, Stage.RECEIVE);
            assertThat(answer.header("Connection")).isEqualToIgnoringCase("close");
            assertThat(wire.isClosedWithin(5_000)).isTrue();
        }
    }

    @Test
    void another_protocol_is_refused_before_the_way() {
        try (Wire wire = Wire.to(bus.port())) {
            assertThat(wire.send("GET /api/relay/v1/x FTP/1.1\r\n\r\n").answer().status())
                    .isEqualTo(501);
            assertThat(wire.isClosedWithin(5_000)).isTrue();
        }
        good();
    }

    @Test
    void a_request_line_or_a_header_that_is_too_long_is_refused() {
        refused(ask(get("/api/relay/v1/" + "x".repeat(9_000))), ErrorCode.MESSAGE_INVALID, Stage.RECEIVE);
        refused(
                ask(line("GET", OK) + key() + "X-Long: " + "x".repeat(17_000) + "\r\n\r\n"),
                ErrorCode.MESSAGE_INVALID,
                Stage.RECEIVE);
        refused(
                ask(line("GET", OK) + key() + "X-Many: x\r\n".repeat(2_000) + "\r\n"),
                ErrorCode.MESSAGE_INVALID,
                Stage.RECEIVE);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Content-Length: 5\r\nContent-Length: 6",
                "Content-Length: 5, 6",
                "Content-Length: 5\r\nTransfer-Encoding: xchunked",
                "Transfer-Encoding: xchunked",
                "Transfer-Encoding: chunked, identity",
                "Transfer-Encoding: gzip, chunked",
                "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity",
                "Transfer-Encoding : chunked",
                "Transfer-Encoding: \u000bchunked"
            })
    void a_request_whose_end_can_be_read_in_two_ways_is_refused_and_nothing_after_it_is_read(String framing) {
        try (Wire wire = Wire.to(bus.port())) {
            wire.send(line("POST", "/api/relay/v1/x") + key() + "Content-Type: text/plain\r\n" + framing
                    + "\r\n\r\n0\r\n\r\n" + get("/api/relay/v1/smuggled" + framing.hashCode()));
            Wire.Answer answer = wire.answer();

            refused(answer, ErrorCode.MESSAGE_INVALID, Stage.RECEIVE);
            assertThat(wire.isClosedWithin(5_000)).isTrue();
        }
        assertThat(archive.received()).noneMatch(seen -> seen.uri().endsWith("smuggled" + framing.hashCode()));
    }

    @Test
    void a_request_with_a_length_and_chunks_is_one_request_by_its_chunks() {
        try (Wire wire = Wire.to(bus.port())) {
            wire.send(line("POST", "/api/relay/v1/both") + key() + "Content-Type: text/plain\r\n"
                    + "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n"
                    + "5\r\nwhole\r\n0\r\n\r\n" + get("/api/relay/v1/next"));

            Wire.Answer first = wire.answer();
            if (first.status() == 200) {
                assertThat(wire.answer().status()).isEqualTo(200);
                assertThat(archive.received())
                        .filteredOn(seen -> seen.uri().equals("/base/both"))
                        .singleElement()
                        .satisfies(seen -> assertThat(seen.text()).isEqualTo("whole"));
            } else {
                recorded(first, ErrorCode.MESSAGE_INVALID, Stage.RECEIVE);
            }
        }
        good();
    }

    @Test
    void a_caller_that_waits_before_it_sends_its_body_is_refused_before_it_has_sent_it() {
        try (Wire wire = Wire.to(bus.port())) {
            wire.send(line("POST", "/api/forbidden/v1/x") + key()
                    + "Content-Type: text/plain\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n");

            refused(wire.answer(), ErrorCode.GRANT_MISSING, Stage.AUTHORISE);
        }
        try (Wire wire = Wire.to(bus.port())) {
            wire.send(line("POST", "/api/relay/v1/x") + key()
                    + "Content-Type: text/plain\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n");

            assertThat(wire.answer().status()).isEqualTo(100);
            assertThat(wire.send("whole").answer().status()).isEqualTo(200);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"has space", "x<script>", "đ", "a\tb", "%0d%0a"})
    void a_request_id_that_is_none_is_replaced(String id) {
        Wire.Answer answer = ask(line("GET", OK) + key() + "X-Request-Id: " + id + "\r\n\r\n");

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.header("X-Request-Id")).isEqualTo(answer.header("X-LGSP-Exchange"));
        assertThat(record(answer).correlation()).isEqualTo(answer.header("X-LGSP-Exchange"));
        assertThat(archive.received()).last().satisfies(seen -> assertThat(
                        seen.headers().get("x-request-id"))
                .isEqualTo(answer.header("X-LGSP-Exchange")));
    }

    @Test
    void a_request_id_that_is_too_long_is_replaced() {
        Wire.Answer answer = ask(line("GET", OK) + key() + "X-Request-Id: " + "x".repeat(129) + "\r\n\r\n");

        assertThat(answer.header("X-Request-Id")).isEqualTo(answer.header("X-LGSP-Exchange"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/api/relay/v1/..",
                "/api/relay/v1/../..",
                "/api/relay/v1/a/../../../other",
                "/api/relay/v1/./x",
                "/api/relay/v1/x/.",
                "/api/relay/v1/%2e%2e/other",
                "/api/relay/v1/.%2E/other",
                "/api/relay/v1/%2E",
                "/api/relay/v1/..%2fother",
                "/api/relay/v1/x%2f..%2f..%2fother",
                "/api/relay/v1/..%5cother",
                "/api/relay/v1/..\\other",
                "/api/relay/v1/..;/other",
                "/api/relay/v1/%2e%2e;a=b/other",
                "/api/relay/v1//other",
                "/api/relay/v1//evil.example/x",
                "/api/relay/v1/a//b",
                "/api/relay/v1/%zz",
                "/api/relay/v1/a%00b",
                "/api/relay/v1/a%0d%0ab",
                "/api/relay/v1/%c0%ae%c0%ae/other",
                "/api/boxes/v1/boxes/..",
                "/api/boxes/v1/boxes/%2e%2e",
                "/api/boxes/v1/boxes/..%2fother",
                "/api/boxes/v1//boxes/1",
                "/api/boxes/v1/boxes//1",
                "/api/boxes/v1/boxes/1/",
                "/api/boxes/v1/boxes/1/2",
                "/api/boxes/v1/boxes/1/../../other",
                "/api/boxes/v1/x/../boxes/1",
                "/api/x/../relay/v1/y"
            })
    void no_path_leads_to_another_place_at_the_provider_than_the_template_says(String path) {
        refused(ask(get(path)), ErrorCode.SERVICE_UNKNOWN, Stage.AUTHORISE);
    }

    @Test
    void names_with_dots_and_encoded_letters_are_not_tricks() {
        for (String path : List.of("/a..b", "/...", "/.hidden", "/a%20b", "/a%2Fb", "/x;v=1", "/b/", "/%C4%91")) {
            assertThat(ask(get("/api/relay/v1" + path)).status()).as(path).isEqualTo(200);
            assertThat(archive.received()).last().satisfies(seen -> assertThat(seen.uri())
                    .isEqualTo("/base" + path));
        }
    }

    // What remains of it

    @Test
    void a_flood_of_equal_refusals_is_recorded_as_a_rate_and_every_one_is_counted(@TempDir Path own) {
        int flood = 400;
        try (TestBus flooded = TestBus.in(own)
                .system("archive", archive.port())
                .passThrough("relay", "archive")
                .grant("relay")
                .setting("lgsp.record.refusal-rate", "5")
                .start()) {
            try (Wire wire = Wire.to(flooded.port())) {
                for (int i = 0; i < flood; i++) {
                    assertThat(wire.send(line("GET", OK) + "\r\n").answer().status())
                            .isEqualTo(401);
                }
                assertThat(wire.send(get(OK)).answer().status()).isEqualTo(200);
            }
            await().atMost(Duration.ofSeconds(20)).untilAsserted(() -> {
                List<ExchangeRecord> refusals = flooded.records().stream()
                        .filter(record -> record.error().isPresent())
                        .toList();
                assertThat(refusals.stream().mapToInt(ExchangeRecord::count).sum())
                        .isEqualTo(flood);
                assertThat(refusals).hasSizeLessThan(flood / 2).allSatisfy(record -> assertThat(record.error())
                        .contains("consumer-unknown"));
            });
        }
    }

    @Test
    void a_persons_number_stays_out_of_records_log_metrics_and_files_wherever_it_was_sent(@TempDir Path own)
            throws IOException {
        String person = "001099012345";
        String secret = "key-of-nobody-" + person;
        StubPeer failing = StubPeer.answering(500, "text/plain", "no such person: " + person);
        try (failing;
                LogCapture log = LogCapture.everything();
                TestBus private_ = TestBus.in(own)
                        .system("archive", archive.port())
                        .system("failing", failing.port())
                        .system("land-registry-east", registry.port())
                        .system("land-registry-west", failing.port())
                        .passThrough("relay", "archive")
                        .passThrough("broken", "failing")
                        .service(
                                "boxes",
                                BOXES,
                                TestBus.Builder.route("boxes", "- to: lgsp-http:archive?passThrough=true"))
                        .service("note", NOTE, TestBus.Builder.route("note", """
                                - to: xslt:file:transforms/test/note/request.xsl
                                - to: lgsp-http:failing/notes"""))
                        .write("transforms/test/note/request.xsl", NOTE_MAPPING)
                        .service("land", "land-parcel-lookup")
                        .grant("relay")
                        .grant("broken")
                        .grant("boxes")
                        .grant("note")
                        .grant("land-parcel-lookup")
                        .setting("lgsp.record.refusal-rate", "1000")
                        .start()) {
            String header = "X-Person: " + person + "\r\nCookie: id=" + person + "\r\n";
            String land = "/api/land-parcel-lookup/v1/parcels";
            List<String> requests = List.of(
                    line("GET", "/api/relay/v1/citizens/" + person) + key() + header + "\r\n",
                    line("GET", "/api/broken/v1/citizens/" + person) + key() + header + "\r\n",
                    line("GET", "/api/relay/v1/citizens?id=" + person) + key() + "\r\n",
                    line("GET", "/api/boxes/v1/boxes?" + person + "=1") + key() + "\r\n",
                    line("GET", "/api/boxes/v1/boxes?tag=" + person + "&tag=" + person) + key() + "\r\n",
                    line("GET", "/api/boxes/v1/boxes?tag=" + person) + key() + "\r\n",
                    line("GET", "/api/" + person + "/v1/x") + key() + "\r\n",
                    line("GET", "/" + person) + key() + "\r\n",
                    line("GET", "/api/relay/v1/" + person + "/../x") + key() + "\r\n",
                    line(person, "/api/relay/v1/x") + key() + "\r\n",
                    line("GET", OK) + "X-Api-Key: " + secret + "\r\n\r\n",
                    line("GET", OK) + key() + "X-Request-Id: id of " + person + "\r\n\r\n",
                    line("GET", land + "/02/" + person) + key() + "\r\n",
                    line("GET", land + "/03/" + person) + key() + "\r\n",
                    post("/api/relay/v1/x", person + "/x", "{}"),
                    post("/api/relay/v1/x", "application/json; charset=" + person, "{}"),
                    post("/api/broken/v1/x", "text/plain", person),
                    post(land, "application/json", "{\"" + person + "\":" + person + "}"),
                    post(land, "application/json", "{\"district\":" + person),
                    post(land, "application/json", "{\"district\":\"02\",\"number\":\"" + person + "\"}"),
                    post("/api/note/v1/notes", "application/xml", "<a><" + person + "/></a>"),
                    post("/api/note/v1/notes", "application/xml", "<_" + person + ">&" + person + ";</b>"),
                    post("/api/note/v1/notes", "application/xml", "<note>" + person + "</note>"),
                    "GET /" + person + " HTTP/1.1\r\n" + person + "\r\n\r\n");
            for (String request : requests) {
                try (Wire wire = Wire.to(private_.port())) {
                    Wire.Answer answer = wire.send(request).answer();
                    if (answer.status() >= 400) {
                        assertThat(answer.body() + answer.headers()).doesNotContain(person);
                    }
                }
            }

            assertThat(private_.records()).hasSizeGreaterThanOrEqualTo(requests.size());
            assertThat(private_.records().toString()).doesNotContain(person);
            assertThat(private_.metrics()).contains("lgsp_provider_waiting").doesNotContain(person);
            assertThat(log.text()).contains("vn.lgsp").doesNotContain(person);
        }
        assertThat(filesHolding(own.resolve("data"), person)).isEmpty();
    }

    private static List<Path> filesHolding(Path root, String text) throws IOException {
        List<Path> holding = new ArrayList<>();
        try (Stream<Path> files = Files.walk(root)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                if (new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1).contains(text)) {
                    holding.add(file);
                }
            }
        }
        return holding;
    }

    // How a test asks, and what a refusal is

    private static String line(String method, String path) {
        return method + " " + path + " HTTP/1.1\r\nHost: bus\r\n";
    }

    private static String key() {
        return "X-Api-Key: " + TestBus.KEY + "\r\n";
    }

    private static String get(String path) {
        return line("GET", path) + key() + "\r\n";
    }

    private static byte[] head(String method, String path, String type, int length) {
        return (line(method, path) + key() + "Content-Type: " + type + "\r\nContent-Length: " + length + "\r\n\r\n")
                .getBytes(StandardCharsets.UTF_8);
    }

    private static String post(String path, String type, String body) {
        return new String(
                        head("POST", path, type, body.getBytes(StandardCharsets.UTF_8).length), StandardCharsets.UTF_8)
                + body;
    }

    private static byte[] concat(byte[] first, byte[] second) {
        ByteArrayOutputStream both = new ByteArrayOutputStream();
        both.writeBytes(first);
        both.writeBytes(second);
        return both.toByteArray();
    }

    private static Wire.Answer ask(String request) {
        return ask(request.getBytes(StandardCharsets.UTF_8));
    }

    private static Wire.Answer ask(byte[] request) {
        try (Wire wire = Wire.to(bus.port())) {
            return wire.send(request).answer();
        }
    }

    private static void good() {
        assertThat(ask(get(OK)).status()).isEqualTo(200);
    }

    private static ExchangeRecord record(Wire.Answer answer) {
        ExchangeId id = ExchangeId.of(answer.header("X-LGSP-Exchange"));
        return bus.bus().records().find(id).orElseThrow(() -> new AssertionError("no record of " + answer));
    }

    /** Right in everything that is seen of it, recorded, unseen by any provider; and the bus serves on. */
    private ExchangeRecord refused(Wire.Answer answer, ErrorCode code, Stage stage) {
        assertThat(answer.json().path("code").asText()).isEqualTo(code.code());
        assertThat(answer.status()).isEqualTo(code.status());
        assertThat(answer.header("Content-Type")).isEqualTo("application/problem+json");
        assertThat(answer.json().path("status").asInt()).isEqualTo(code.status());
        assertThat(answer.json().path("stage").asText()).isEqualTo(stage.label());
        assertThat(answer.json().path("result").asText()).isEqualTo("01");
        assertThat(answer.json().path("type").asText()).isEqualTo("urn:lgsp:error:" + code.code());
        assertThat(answer.json().path("instance").asText()).isEqualTo("urn:uuid:" + answer.header("X-LGSP-Exchange"));
        assertThat(answer.json().path("retry").asBoolean()).isEqualTo(code.retry());
        assertThat(answer.json().path("detail").asText()).isNotBlank();
        ExchangeRecord record = recorded(answer, code, stage);
        assertThat(archive.begun() + registry.begun()).isEqualTo(before);
        good();
        before++;
        return record;
    }

    private static ExchangeRecord recorded(Wire.Answer answer, ErrorCode code, Stage stage) {
        assertThat(answer.header("X-LGSP-Result")).isEqualTo("01");
        ExchangeRecord record = record(answer);
        assertThat(record.outcome()).contains(Outcome.REFUSED);
        assertThat(record.error()).contains(code.code());
        assertThat(record.failedAt()).contains(stage.label());
        assertThat(record.status()).isEqualTo(code.status());
        assertThat(record.result()).contains("01");
        assertThat(record.count()).isEqualTo(1);
        return record;
    }
}
