package vn.lgsp.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.util.Locale;
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

/** Conditions and ranges go to the provider as they came, and its answers to them come back (RFC 9110 sections 13 and 14; BUS-15). */
final class ConditionalRequestTest {
    @TempDir
    static Path folder;

    private static RawPeer archive;
    private static TestBus bus;

    @BeforeAll
    static void start() {
        archive = RawPeer.that(RawPeer.Talk::hang);
        bus = TestBus.in(folder)
                .system("archive", archive.port(), "breaker: { of: 0 }")
                .passThrough("relay", "archive")
                .passThrough("flow", "archive", "answer: streamed")
                .grant("relay")
                .grant("flow")
                .start();
        assertThat(bus.bus().refusedServices()).isEmpty();
    }

    @AfterAll
    static void stop() {
        bus.close();
        archive.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"relay", "flow"})
    void what_has_not_changed_is_304_without_a_body_and_the_connection_goes_on(String service) {
        archive.does(talk ->
                talk.say("HTTP/1.1 304 Not Modified\r\nETag: \"v7\"\r\nLast-Modified: Sun, 01 Mar 2026 05:00:00 GMT\r\n"
                        + "Cache-Control: private\r\nContent-Length: 1234\r\n\r\n"));
        try (Wire wire = Wire.to(bus.port())) {
            Wire.Answer answer = wire.send(request(
                            "GET",
                            service,
                            "If-None-Match: \"v7\", W/\"v6\"",
                            "If-Modified-Since: Sun, 01 Mar 2026 05:00:00 GMT"))
                    .answer();

            assertThat(answer.status()).isEqualTo(304);
            assertThat(answer.header("ETag")).isEqualTo("\"v7\"");
            assertThat(answer.header("Last-Modified")).isEqualTo("Sun, 01 Mar 2026 05:00:00 GMT");
            assertThat(answer.header("Cache-Control")).isEqualTo("private");
            assertThat(answer.header("X-LGSP-Result")).isEqualTo("00");
            assertThat(head())
                    .contains("if-none-match: \"v7\", w/\"v6\"", "if-modified-since: sun, 01 mar 2026 05:00:00 gmt");
            // what streams is closed after its last byte
            await().untilAsserted(() -> assertThat(record(answer).outcome()).contains(Outcome.ANSWERED));
            assertThat(record(answer).answer().orElseThrow().bytes()).isZero();

            archive.does(talk -> talk.say(200, "text/plain", "new"));
            assertThat(wire.send(request("GET", service)).answer().body()).isEqualTo("new");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "412, If-Match: \"v1\"",
        "412, 'If-Unmodified-Since: Sun, 01 Mar 2026 05:00:00 GMT'",
        "412, If-None-Match: *",
        "416, Range: bytes=9-"
    })
    void an_answer_to_the_caller_s_own_condition_passes_though_no_card_documents_it(int status, String condition) {
        archive.does(talk -> {
            talk.body();
            talk.say("HTTP/1.1 " + status
                    + " It\r\nETag: \"v7\"\r\nContent-Range: bytes */5\r\nContent-Length: 3\r\n\r\nsay");
        });

        Wire.Answer answer = ask("POST", "relay", condition, "Content-Type: text/plain", "Content-Length: 0");

        assertThat(answer.status()).isEqualTo(status);
        assertThat(answer.body()).isEqualTo("say");
        assertThat(answer.header("ETag")).isEqualTo("\"v7\"");
        assertThat(answer.header("X-LGSP-Result")).isEqualTo("01");
        assertThat(head()).contains(condition.toLowerCase(Locale.ROOT));

        Wire.Answer unasked = ask("GET", "relay");
        assertThat(unasked.status()).isEqualTo(502);
        assertThat(unasked.json().path("code").asText()).isEqualTo("provider-refused");
    }

    @ParameterizedTest
    @ValueSource(strings = {"relay", "flow"})
    void a_part_that_is_asked_for_comes_as_206_with_its_range(String service) {
        archive.does(talk -> talk.say(
                "HTTP/1.1 206 Partial\r\nContent-Range: bytes 2-4/10\r\nAccept-Ranges: bytes\r\nETag: \"v7\"\r\n"
                        + "Content-Length: 3\r\n\r\ncde"));

        Wire.Answer answer = ask("GET", service, "Range: bytes=2-4", "If-Range: \"v7\"");

        assertThat(answer.status()).isEqualTo(206);
        assertThat(answer.body()).isEqualTo("cde");
        assertThat(answer.header("Content-Range")).isEqualTo("bytes 2-4/10");
        assertThat(answer.header("Accept-Ranges")).isEqualTo("bytes");
        assertThat(head()).contains("range: bytes=2-4", "if-range: \"v7\"");
    }

    @Test
    void a_head_with_a_condition_is_answered_304_too() {
        archive.does(talk -> talk.say("HTTP/1.1 304 Not Modified\r\nETag: \"v7\"\r\n\r\n"));
        try (Wire wire = Wire.to(bus.port())) {
            Wire.Answer answer =
                    wire.send(request("HEAD", "relay", "If-None-Match: \"v7\"")).answerWithoutBody();
            assertThat(answer.status()).isEqualTo(304);
            assertThat(answer.header("Content-Length")).isEmpty();
        }
    }

    private static String head() {
        return archive.heads().get(archive.heads().size() - 1).toLowerCase(Locale.ROOT);
    }

    private static Wire.Answer ask(String method, String service, String... headers) {
        try (Wire wire = Wire.to(bus.port())) {
            return wire.send(request(method, service, headers)).answer();
        }
    }

    private static String request(String method, String service, String... headers) {
        StringBuilder request = new StringBuilder(
                method + " /api/" + service + "/v1/x HTTP/1.1\r\nHost: bus\r\nX-Api-Key: " + TestBus.KEY + "\r\n");
        for (String header : headers) {
            request.append(header).append("\r\n");
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
