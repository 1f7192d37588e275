package vn.lgsp.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import vn.lgsp.failure.ErrorCode;
import vn.lgsp.message.ExchangeId;
import vn.lgsp.message.Outcome;
import vn.lgsp.message.Stage;
import vn.lgsp.record.ExchangeRecord;

/**
 * Providers that do the wrong thing, in every way we could think of, behind content that passes through, a JSON connector and a
 * SOAP connector. The caller gets an honest error without anything from inside, the record says what happened, nothing stays
 * occupied, and the next request is served (BUS-03, BUS-15, BUS-20, MSG-09).
 */
final class MisbehavingProviderTest {
    /** In what providers answer when they do wrong; must never reach a caller or a record. */
    private static final String INNER = "inner-secret-10.1.2.3";

    private static final String PARCEL =
            "{\"parcelNo\":\"0012-345\",\"districtCode\":\"01\",\"areaM2\":1.0,\"landUse\":\"ODT\",\"updated\":\"2026-05-01\"}";
    private static final String NOBODY = "<CongdanCollection xmlns=\"http://www.mic.gov.vn/dancu/1.0\"/>";

    @TempDir
    static Path folder;

    private static RawPeer provider;
    private static RawPeer elsewhere;
    private static ServerSocket nobody;
    private static TestBus bus;
    private static LogCapture log;

    /** The ways to a provider. */
    private enum Way {
        RELAY("GET", "/api/relay/v1/x", "archive", "application/json", "{\"good\":true}"),
        STREAM("GET", "/api/stream/v1/x", "archive", "application/json", "{\"good\":true}"),
        JSON("GET", "/api/land-parcel-lookup/v1/parcels/01/0012-345", "land-registry-east", "application/json", PARCEL),
        SOAP(
                "GET",
                "/api/population-citizen-lookup/v1/citizens/001000000000",
                "population",
                "text/xml; charset=utf-8",
                envelope(NOBODY));

        private final String method;
        private final String path;
        private final String system;
        private final String type;
        private final String good;

        Way(String method, String path, String system, String type, String good) {
            this.method = method;
            this.path = path;
            this.system = system;
            this.type = type;
            this.good = good;
        }

        RawPeer.Script good() {
            return talk -> {
                talk.body();
                talk.say(200, type, good);
            };
        }
    }

    /**
     * What comes of it.
     *
     * @param code of the failure, or empty where it is the provider's right to answer so
     */
    private record End(int status, Optional<ErrorCode> code, Stage stage, Optional<String> partner, boolean cut) {
        static End passes(int status) {
            return new End(status, Optional.empty(), Stage.ANSWER, Optional.empty(), false);
        }

        static End fails(ErrorCode code) {
            return new End(code.status(), Optional.of(code), Stage.DELIVER, Optional.empty(), false);
        }

        /** The answer had begun to stream: all that is left is to cut it off, and to record why. */
        static End cut(ErrorCode code) {
            return new End(200, Optional.of(code), Stage.DELIVER, Optional.empty(), true);
        }

        End at(Stage where) {
            return new End(status, code, where, partner, cut);
        }

        End with(String partnerCode) {
            return new End(status, code, stage, Optional.of(partnerCode), cut);
        }
    }

    private record Case(String name, Way way, RawPeer.Script script, End end) {
        @Override
        public String toString() {
            return name + ", " + way;
        }
    }

    @BeforeAll
    static void start() throws IOException {
        provider = RawPeer.that(RawPeer.Talk::hang);
        elsewhere = RawPeer.that(Way.RELAY.good());
        nobody = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        String quick = "answerTimeout: 700ms";
        String idle = "idleTimeout: 1s\n      breaker: { of: 0 }"; // each failure shall be met, not spared
        Path secret = Files.writeString(folder.resolve("secret"), "secret of the bus");
        log = LogCapture.everything();
        bus = TestBus.in(folder)
                .system("archive", provider.port(), quick, idle)
                .system("land-registry-east", provider.port(), quick, idle)
                .system("land-registry-west", provider.port(), quick, idle)
                .system(
                        "population",
                        provider.port(),
                        quick,
                        idle,
                        "credential: { scheme: hashed-basic, user: bus, secret: \"file:" + secret + "\" }")
                .system("small", provider.port(), "answerTimeout: 1500ms", "waitingCalls: 2", "breaker: { of: 0 }")
                .systemAt("renamed", "http://localhost:" + provider.port(), "addresses: [127.0.0.2]")
                .systemAt("unnamed", "http://no-such-host.invalid:1", "addresses: [127.0.0.2]")
                .passThrough("relay", "archive", "limits: { answer: 64KB, request: 10MB, bodyTimeout: 1s }")
                .passThrough("stream", "archive", "answer: streamed\nlimits: { answer: 64KB, request: 10MB }")
                .passThrough("large", "archive", "limits: { answer: 100MB, request: 100MB }")
                .passThrough("flow", "archive", "answer: streamed\nlimits: { answer: 1GB }")
                .passThrough("narrow", "small")
                .passThrough("moved", "renamed")
                .passThrough("lost", "unnamed")
                .service("land", "land-parcel-lookup")
                .service("population", "population-citizen-lookup")
                .grant("relay")
                .grant("stream")
                .grant("large")
                .grant("flow")
                .grant("narrow")
                .grant("moved")
                .grant("lost")
                .grant("land-parcel-lookup")
                .grant("population-citizen-lookup")
                .setting("lgsp.deliver.memory-limit", "64KB")
                .start();
        assertThat(bus.bus().refusedServices()).isEmpty();
    }

    @AfterAll
    static void stop() throws IOException {
        bus.close();
        provider.close();
        elsewhere.close();
        nobody.close();
        log.close();
        assertThat(log.text().toLowerCase(java.util.Locale.ROOT))
                .contains("vn.lgsp")
                .doesNotContain(INNER);
    }

    @AfterEach
    void nothing_stays_occupied() {
        await().atMost(Duration.ofSeconds(10)).untilAsserted(() -> {
            for (String system : List.of("archive", "land-registry-east", "population", "small")) {
                assertThat(bus.waiting(system)).as(system).isZero();
            }
        });
        assertThat(elsewhere.connections()).isZero();
    }

    static Stream<Case> cases() {
        List<Case> all = new ArrayList<>();
        everywhere(all, "it hangs before the head", RawPeer.Talk::hang, End.fails(ErrorCode.PROVIDER_TIMEOUT));
        everywhere(
                all,
                "it hangs in the head",
                talk -> talk.say("HTTP/1.1 200 OK\r\nContent-Le").hang(),
                End.fails(ErrorCode.PROVIDER_TIMEOUT));
        body(
                all,
                "it hangs in the body",
                talk -> talk.say("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n" + INNER)
                        .hang(),
                ErrorCode.PROVIDER_TIMEOUT);
        everywhere(all, "it cuts before the head", RawPeer.Talk::close, End.fails(ErrorCode.PROVIDER_UNREACHABLE));
        everywhere(
                all,
                "it cuts in the head",
                talk -> talk.say("HTTP/1.1 200 OK\r\nContent-Le").close(),
                End.fails(ErrorCode.PROVIDER_UNREACHABLE));
        body(
                all,
                "it cuts in a body with a length",
                talk -> talk.say("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n" + INNER)
                        .close(),
                ErrorCode.PROVIDER_UNREACHABLE);
        body(
                all,
                "it cuts in a chunk",
                talk -> talk.say("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nff\r\n" + INNER)
                        .close(),
                ErrorCode.PROVIDER_UNREACHABLE);
        body(
                all,
                "it cuts between chunks",
                talk -> talk.say("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n")
                        .close(),
                ErrorCode.PROVIDER_UNREACHABLE);
        everywhere(
                all,
                "it speaks another protocol",
                talk -> talk.say("SSH-2.0-" + INNER + "\r\n\r\n").hang(),
                End.fails(ErrorCode.PROVIDER_INVALID));
        everywhere(
                all,
                "its status is no number",
                talk -> talk.say("HTTP/1.1 abc " + INNER + "\r\n\r\n").hang(),
                End.fails(ErrorCode.PROVIDER_INVALID));
        everywhere(
                all,
                "its length is no number",
                talk -> talk.say("HTTP/1.1 200 OK\r\nContent-Length: " + INNER + "\r\n\r\n")
                        .hang(),
                End.fails(ErrorCode.PROVIDER_INVALID));
        everywhere(
                all,
                "its head is endless",
                talk -> talk.say("HTTP/1.1 200 OK\r\nX-Long: " + "x".repeat(70_000) + "\r\n\r\n")
                        .hang(),
                End.fails(ErrorCode.PROVIDER_INVALID));
        everywhere(
                all,
                "its chunk has no length",
                talk -> {
                    talk.say("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
                    pause(100);
                    talk.say(INNER + "\r\n\r\n").hang();
                },
                End.fails(ErrorCode.PROVIDER_INVALID));

        for (Way way : List.of(Way.RELAY, Way.STREAM)) {
            all.add(new Case("200 with a page", way, says(200, "text/html", "<html>"), End.passes(200)));
            all.add(new Case("empty 200", way, says(200, "text/plain", ""), End.passes(200)));
            all.add(new Case("204", way, talk -> talk.say("HTTP/1.1 204 No\r\n\r\n"), End.passes(204)));
            all.add(new Case("documented 404", way, says(404, "text/plain", "none"), End.passes(404)));
            all.add(new Case("gzip that nobody asked for", way, gzip(way), End.passes(200)));
        }
        for (Way way : List.of(Way.JSON, Way.SOAP)) {
            End invalid = End.fails(ErrorCode.PROVIDER_INVALID).at(way == Way.JSON ? Stage.TRANSFORM : Stage.DELIVER);
            all.add(new Case("200 with a page", way, says(200, "text/html", "<html>" + INNER), invalid));
            all.add(new Case("empty 200", way, says(200, way.type, ""), invalid));
            all.add(new Case(
                    "204",
                    way,
                    talk -> talk.say("HTTP/1.1 204 No\r\n\r\n"),
                    way == Way.JSON
                            ? invalid
                            : End.fails(ErrorCode.PROVIDER_REFUSED).with("HTTP 204")));
            all.add(new Case("gzip that nobody asked for", way, gzip(way), End.passes(200)));
            all.add(new Case(
                    "half of it", way, says(200, way.type, way.good.substring(0, way.good.length() / 2)), invalid));
        }
        all.add(new Case(
                "documented 404",
                Way.JSON,
                says(404, "text/html", INNER),
                new End(404, Optional.of(ErrorCode.RECORD_NOT_FOUND), Stage.DELIVER, Optional.empty(), false)));
        all.add(new Case(
                "404",
                Way.SOAP,
                says(404, "text/html", INNER),
                End.fails(ErrorCode.PROVIDER_REFUSED).with("HTTP 404")));
        all.add(new Case(
                "bytes that are not in UTF-8",
                Way.JSON,
                raw("application/json", PARCEL.replace("ODT", "\u00e9").getBytes(StandardCharsets.ISO_8859_1)),
                End.fails(ErrorCode.PROVIDER_INVALID).at(Stage.TRANSFORM)));
        all.add(new Case(
                "a charset that is declared, and is not that of JSON",
                Way.JSON,
                raw("application/json; charset=utf-16", PARCEL.getBytes(StandardCharsets.UTF_16)),
                End.fails(ErrorCode.PROVIDER_INVALID).at(Stage.TRANSFORM)));
        all.add(new Case(
                "a charset that is declared, and another one used",
                Way.SOAP,
                raw("text/xml; charset=utf-8", envelope("<x>\u00e9</x>").getBytes(StandardCharsets.ISO_8859_1)),
                End.fails(ErrorCode.PROVIDER_INVALID)));
        all.add(new Case(
                "two charsets that contradict each other",
                Way.SOAP,
                raw(
                        "text/xml; charset=iso-8859-1",
                        ("<?xml version='1.0' encoding='utf-8'?>" + envelope("<x>được</x>"))
                                .getBytes(StandardCharsets.UTF_8)),
                End.fails(ErrorCode.PROVIDER_INVALID)));
        all.add(new Case(
                "a charset that nobody knows",
                Way.SOAP,
                raw("text/xml; charset=" + INNER, envelope(NOBODY).getBytes(StandardCharsets.UTF_8)),
                End.fails(ErrorCode.PROVIDER_INVALID)));
        String fault = envelope("<soapenv:Fault><faultcode>soapenv:Server.Database</faultcode><faultstring>" + INNER
                + "</faultstring></soapenv:Fault>");
        End faulty = End.fails(ErrorCode.PROVIDER_FAILED).with("Server.Database");
        all.add(new Case("SOAP fault with 500", Way.SOAP, says(500, "text/xml", fault), faulty));
        all.add(new Case("SOAP fault with 200", Way.SOAP, says(200, "text/xml", fault), faulty));
        all.add(new Case(
                "error inside 200",
                Way.SOAP,
                says(200, "text/xml", envelope("<Loi><MaLoi>E42</MaLoi><MoTa>" + INNER + "</MoTa></Loi>")),
                End.fails(ErrorCode.PROVIDER_FAILED).with("E42")));
        all.add(new Case(
                "error inside 200",
                Way.JSON,
                says(200, "application/json", "{\"error\":\"" + INNER + "\"}"),
                End.fails(ErrorCode.PROVIDER_INVALID).at(Stage.TRANSFORM)));
        for (int status : List.of(301, 401, 403, 407, 418)) {
            everywhere(
                    all,
                    "it says " + status,
                    talk -> {
                        talk.body();
                        talk.say("HTTP/1.1 " + status + " " + INNER + "\r\nLocation: http://127.0.0.1:"
                                + elsewhere.port() + "/" + INNER + "\r\nWWW-Authenticate: Basic realm=\"" + INNER
                                + "\"\r\nProxy-Authenticate: Basic\r\nContent-Length: " + INNER.length() + "\r\n\r\n"
                                + INNER);
                    },
                    End.fails(ErrorCode.PROVIDER_REFUSED).with("HTTP " + status));
        }
        for (int status : List.of(500, 503)) {
            everywhere(
                    all,
                    "it says " + status,
                    says(status, "text/html", INNER),
                    End.fails(ErrorCode.PROVIDER_FAILED).with("HTTP " + status));
        }
        all.add(new Case("too large by its length", Way.RELAY, large(true), End.fails(ErrorCode.PROVIDER_INVALID)));
        all.add(new Case("too large by its chunks", Way.RELAY, large(false), End.fails(ErrorCode.PROVIDER_INVALID)));
        all.add(new Case("too large by its chunks", Way.STREAM, large(false), End.cut(ErrorCode.PROVIDER_INVALID)));
        all.add(new Case("too large by its length", Way.STREAM, large(true), End.fails(ErrorCode.PROVIDER_INVALID)));
        all.add(new Case("too large to be read", Way.JSON, large(true), End.fails(ErrorCode.PROVIDER_INVALID)));
        all.add(new Case("too large to be read", Way.SOAP, large(false), End.fails(ErrorCode.PROVIDER_INVALID)));
        for (Way way : Way.values()) {
            all.add(new Case("it trickles", way, trickle(way), End.passes(200)));
            all.add(new Case("a hundred headers", way, headers(way), End.passes(200)));
            all.add(new Case("it closes after its answer", way, closing(way), End.passes(200)));
            all.add(new Case("an end that only the cut tells", way, untilClose(way), End.passes(200)));
            all.add(new Case("it says 100 first", way, hundred(way), End.passes(200)));
        }
        return all.stream();
    }

    private static void everywhere(List<Case> all, String name, RawPeer.Script script, End end) {
        for (Way way : Way.values()) {
            all.add(new Case(name, way, script, end));
        }
    }

    /** What breaks in the body comes too late for a streamed answer's status. */
    private static void body(List<Case> all, String name, RawPeer.Script script, ErrorCode code) {
        for (Way way : Way.values()) {
            all.add(new Case(name, way, script, way == Way.STREAM ? End.cut(code) : End.fails(code)));
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void whatever_a_provider_does_the_caller_hears_an_honest_word_and_the_record_says_why(Case one) {
        provider.does(one.script());

        Wire.Answer answer = ask(one.way());

        End end = one.end();
        assertThat(answer.status()).isEqualTo(end.status());
        assertThat(answer.whole()).isEqualTo(!end.cut());
        if (!end.cut()) {
            assertThat(answer.body() + answer.headers())
                    .doesNotContain(INNER)
                    .doesNotContain("127.0.0.1")
                    .doesNotContain(String.valueOf(provider.port()));
        }
        ExchangeId id = ExchangeId.of(answer.header("X-LGSP-Exchange"));
        await().atMost(Duration.ofSeconds(3)).untilAsserted(() -> {
            ExchangeRecord record = bus.bus().records().find(id).orElseThrow();
            assertThat(record.error()).isEqualTo(end.code().map(ErrorCode::code));
            assertThat(record.outcome())
                    .contains(
                            end.code().isEmpty() || end.code().get() == ErrorCode.RECORD_NOT_FOUND
                                    ? Outcome.ANSWERED
                                    : Outcome.FAILED);
            assertThat(record.failedAt())
                    .isEqualTo(end.code().map(code -> end.stage().label()));
            assertThat(record.partnerCode()).isEqualTo(end.partner());
            assertThat(record.provider().orElseThrow().value()).isEqualTo(one.way().system);
            assertThat(record.status()).isEqualTo(end.status());
            assertThat(record.toString()).doesNotContain(INNER);
        });
        if (end.code().isPresent() && !end.cut()) {
            assertThat(answer.header("Content-Type")).isEqualTo("application/problem+json");
            assertThat(answer.json().path("code").asText())
                    .isEqualTo(end.code().get().code());
            assertThat(answer.json().path("stage").asText())
                    .isEqualTo(end.stage().label());
            assertThat(answer.header("X-LGSP-Result")).isEqualTo("01");
        } else if (end.status() == 404) {
            assertThat(answer.header("X-LGSP-Result")).isEqualTo("01");
        }
        served(one.way());
    }

    @Test
    void a_provider_that_is_not_there_is_unreachable() throws IOException {
        int port = nobody.getLocalPort();
        nobody.close();
        try (TestBus alone = TestBus.in(folder.resolve("alone"))
                .system("archive", port)
                .system("land-registry-east", port)
                .system("land-registry-west", port)
                .system("population", port)
                .passThrough("relay", "archive")
                .passThrough("stream", "archive", "answer: streamed")
                .service("land", "land-parcel-lookup")
                .service("population", "population-citizen-lookup")
                .grant("relay")
                .grant("stream")
                .grant("land-parcel-lookup")
                .grant("population-citizen-lookup")
                .start()) {
            for (Way way : Way.values()) {
                try (Wire wire = Wire.to(alone.port())) {
                    Wire.Answer answer = wire.send(request(way)).answer();
                    assertThat(answer.status()).isEqualTo(502);
                    assertThat(answer.json().path("code").asText()).isEqualTo("provider-unreachable");
                    assertThat(answer.json().path("stage").asText()).isEqualTo("deliver");
                    assertThat(answer.body()).doesNotContain("127.0.0.1").doesNotContain(String.valueOf(port));
                }
                assertThat(alone.waiting(way.system)).isZero();
            }
            assertThat(alone.records()).hasSize(4).allSatisfy(record -> assertThat(record.error())
                    .contains("provider-unreachable"));
        }
    }

    @Test
    void a_name_that_leads_to_an_address_that_is_not_registered_is_not_followed() {
        provider.does(Way.RELAY.good());
        int before = provider.connections();

        Wire.Answer answer = ask("GET", "/api/moved/v1/x");

        assertThat(answer.status()).isEqualTo(502);
        assertThat(answer.json().path("code").asText()).isEqualTo("provider-unreachable");
        assertThat(answer.body()).doesNotContain("localhost").doesNotContain("127.0.0");
        assertThat(record(answer).error()).contains("provider-unreachable");
        assertThat(bus.waiting("renamed")).isZero();
        assertThat(provider.connections()).isEqualTo(before);
    }

    @Test
    void a_name_that_nobody_knows_is_unreachable_and_stays_inside() {
        Wire.Answer answer = ask("GET", "/api/lost/v1/x");

        assertThat(answer.status()).isEqualTo(502);
        assertThat(answer.json().path("code").asText()).isEqualTo("provider-unreachable");
        assertThat(answer.body()).doesNotContain("invalid:").doesNotContain("no-such-host");
        assertThat(bus.waiting("unnamed")).isZero();
    }

    @Test
    void a_connection_that_the_provider_gave_up_while_it_was_idle_does_not_fail_the_next_lookup() {
        for (Way way : List.of(Way.RELAY, Way.JSON)) {
            AtomicInteger given = new AtomicInteger();
            provider.does(talk -> {
                if (talk.nth() > 1) {
                    given.incrementAndGet();
                    talk.close(); // as one does whose keep-alive just ran out
                } else {
                    talk.body();
                    talk.say(200, way.type, way.good);
                }
            });
            int connections = provider.connections();
            for (int i = 0; i < 6; i++) {
                assertThat(ask(way).status()).isEqualTo(200);
            }
            assertThat(given.get()).isPositive();
            assertThat(provider.connections()).isGreaterThan(connections + 2);
        }
    }

    @Test
    void a_request_with_a_body_is_never_sent_twice() {
        provider.does(talk -> {
            talk.body();
            if (talk.nth() > 1) {
                talk.close();
            } else {
                talk.say(200, "text/plain", "good");
            }
        });
        int heads = provider.heads().size();
        List<Integer> statuses = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            statuses.add(post("/api/relay/v1/x", "text").status());
        }
        assertThat(statuses).contains(200, 502).containsOnly(200, 502);
        assertThat(provider.heads().size() - heads).isEqualTo(4);
    }

    @Test
    void a_lookup_whose_new_connection_breaks_too_is_not_tried_again() {
        provider.does(Way.RELAY.good());
        ask(Way.RELAY);
        provider.does(RawPeer.Talk::close);
        int heads = provider.heads().size();
        int kept = provider.open();
        int connections = provider.connections();

        assertThat(ask(Way.RELAY).json().path("code").asText()).isEqualTo("provider-unreachable");
        assertThat(provider.connections()).isEqualTo(connections + 1);
        assertThat(provider.heads().size() - heads).isBetween(2, kept + 1);
    }

    @Test
    void an_answer_that_comes_before_the_request_has_been_read_reaches_the_caller() {
        for (String path : List.of("/api/relay/v1/x", "/api/stream/v1/x")) {
            provider.does(talk -> {
                talk.say("HTTP/1.1 404 Early\r\nContent-Length: 5\r\n\r\nearly");
                talk.hang();
            });
            int open = provider.open();
            try (Wire wire = Wire.to(bus.port())) {
                wire.send("POST " + path + " HTTP/1.1\r\nHost: bus\r\nX-Api-Key: " + TestBus.KEY
                        + "\r\nContent-Type: text/plain\r\nContent-Length: 1000000\r\n\r\n" + "x".repeat(1_000));
                Wire.Answer answer = wire.answer();

                assertThat(answer.status()).isEqualTo(404);
                assertThat(answer.body()).isEqualTo("early");
                await().untilAsserted(() -> assertThat(record(answer).outcome()).contains(Outcome.ANSWERED));
            }
            await().untilAsserted(() -> assertThat(provider.open()).isLessThanOrEqualTo(open));
        }
        served(Way.RELAY);
    }

    @Test
    void a_provider_that_stops_reading_is_the_one_that_is_late() {
        provider.does(talk -> pause(20_000));
        try (Wire wire = Wire.to(bus.port())) {
            wire.send("POST /api/relay/v1/x HTTP/1.1\r\nHost: bus\r\nX-Api-Key: " + TestBus.KEY
                    + "\r\nContent-Type: text/plain\r\nContent-Length: 10000000\r\n\r\n");
            Thread sender = new Thread(() -> wire.offer("x".repeat(10_000_000)));
            sender.setDaemon(true);
            sender.start();
            Wire.Answer answer = wire.answer();

            assertThat(answer.json().path("code").asText()).isEqualTo("provider-timeout");
            assertThat(answer.status()).isEqualTo(504);
            assertThat(record(answer).outcome()).contains(Outcome.FAILED);
        }
        served(Way.RELAY);
    }

    @Test
    void beyond_its_limit_of_waiting_calls_a_provider_is_busy_and_the_refusal_is_held_back() throws Exception {
        provider.does(RawPeer.Talk::hang);
        try (Wire first = Wire.to(bus.port());
                Wire second = Wire.to(bus.port());
                Wire third = Wire.to(bus.port())) {
            first.send(request("GET", "/api/narrow/v1/x"));
            second.send(request("GET", "/api/narrow/v1/x"));
            await().untilAsserted(() -> assertThat(bus.waiting("small")).isEqualTo(2));

            long start = System.nanoTime();
            Wire.Answer refused = third.send(request("GET", "/api/narrow/v1/x")).answer();

            assertThat(Duration.ofNanos(System.nanoTime() - start))
                    .isBetween(Duration.ofMillis(240), Duration.ofMillis(1_400));
            assertThat(refused.status()).isEqualTo(503);
            assertThat(refused.header("Retry-After")).isEqualTo("1");
            assertThat(refused.json().path("code").asText()).isEqualTo("provider-busy");
            assertThat(refused.json().path("stage").asText()).isEqualTo("deliver");
            assertThat(record(refused).outcome()).contains(Outcome.FAILED);
            assertThat(first.answer().status()).isEqualTo(504);
            assertThat(second.answer().status()).isEqualTo(504);
        }
        served(Way.RELAY);
    }

    @Test
    void a_caller_that_goes_away_while_it_waits_is_abandoned_and_the_provider_released_at_once() {
        provider.does(RawPeer.Talk::hang);
        int open = provider.open();
        long start;
        String correlation = "gone-waiting";
        try (Wire wire = Wire.to(bus.port())) {
            wire.send(request("GET", "/api/narrow/v1/x")
                    .replace("\r\n\r\n", "\r\nX-Request-Id: " + correlation + "\r\n\r\n"));
            await().untilAsserted(() -> assertThat(bus.waiting("small")).isEqualTo(1));
            start = System.nanoTime();
            wire.reset();
        }
        await().until(() -> bus.waiting("small") == 0);
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofMillis(1_300));
        abandoned(correlation);
        await().untilAsserted(() -> assertThat(provider.open()).isLessThanOrEqualTo(open));
    }

    @Test
    void a_caller_that_goes_away_in_the_middle_of_its_request_is_abandoned_and_the_provider_released() {
        provider.does(RawPeer.Talk::hang);
        int heads = provider.heads().size();
        int open = provider.open();
        try (Wire wire = Wire.to(bus.port())) {
            wire.send("POST /api/large/v1/x HTTP/1.1\r\nHost: bus\r\nX-Request-Id: gone-up\r\nX-Api-Key: " + TestBus.KEY
                    + "\r\nContent-Type: text/plain\r\nContent-Length: 1000000\r\n\r\n" + "x".repeat(1_000));
            await().until(() -> provider.heads().size() > heads);
            wire.reset();
        }
        abandoned("gone-up");
        await().untilAsserted(() -> assertThat(provider.open()).isLessThanOrEqualTo(open));
    }

    @Test
    void a_caller_that_goes_away_in_the_middle_of_its_answer_is_abandoned_and_the_provider_released() {
        for (String service : List.of("flow", "large")) {
            provider.does(talk -> {
                talk.say("HTTP/1.1 200 OK\r\nContent-Length: 90000000\r\n\r\n");
                byte[] some = new byte[100_000];
                for (int i = 0; i < 900; i++) {
                    talk.say(some);
                }
            });
            int open = provider.open();
            try (Wire wire = Wire.to(bus.port())) {
                wire.send(request("GET", "/api/" + service + "/v1/x")
                        .replace("\r\n\r\n", "\r\nX-Request-Id: gone-down-" + service + "\r\n\r\n"));
                assertThat(wire.answerWithoutBody().status()).isEqualTo(200);
                wire.reset();
            }
            abandoned("gone-down-" + service);
            await().untilAsserted(() -> assertThat(provider.open()).isLessThanOrEqualTo(open + 1));
            await().untilAsserted(() -> assertThat(bus.waiting("archive")).isZero());
        }
        served(Way.RELAY);
    }

    private static void abandoned(String correlation) {
        await().atMost(Duration.ofSeconds(15)).untilAsserted(() -> assertThat(bus.records().stream()
                        .filter(record -> record.correlation().equals(correlation))
                        .toList())
                .singleElement()
                .satisfies(record -> assertThat(record.outcome()).contains(Outcome.ABANDONED)));
    }

    private static void served(Way way) {
        provider.does(way.good());
        assertThat(ask(way).status()).isEqualTo(200);
    }

    private static ExchangeRecord record(Wire.Answer answer) {
        return bus.bus()
                .records()
                .find(ExchangeId.of(answer.header("X-LGSP-Exchange")))
                .orElseThrow();
    }

    private static Wire.Answer ask(Way way) {
        return ask(way.method, way.path);
    }

    private static Wire.Answer ask(String method, String path) {
        try (Wire wire = Wire.to(bus.port())) {
            return wire.send(request(method, path)).answer();
        }
    }

    private static Wire.Answer post(String path, String body) {
        try (Wire wire = Wire.to(bus.port())) {
            return wire.send("POST " + path + " HTTP/1.1\r\nHost: bus\r\nX-Api-Key: " + TestBus.KEY
                            + "\r\nContent-Type: text/plain\r\nContent-Length: " + body.length() + "\r\n\r\n" + body)
                    .answer();
        }
    }

    private static String request(Way way) {
        return request(way.method, way.path);
    }

    private static String request(String method, String path) {
        return method + " " + path + " HTTP/1.1\r\nHost: bus\r\nX-Api-Key: " + TestBus.KEY + "\r\n\r\n";
    }

    private static String envelope(String payload) {
        return "<soapenv:Envelope xmlns:soapenv=\"http://schemas.xmlsoap.org/soap/envelope/\"><soapenv:Body>" + payload
                + "</soapenv:Body></soapenv:Envelope>";
    }

    private static RawPeer.Script says(int status, String type, String body) {
        return talk -> {
            talk.body();
            talk.say(status, type, body);
        };
    }

    private static RawPeer.Script raw(String type, byte[] body) {
        return talk -> {
            talk.body();
            talk.say("HTTP/1.1 200 OK\r\nContent-Type: " + type + "\r\nContent-Length: " + body.length + "\r\n\r\n")
                    .say(body);
        };
    }

    private static RawPeer.Script gzip(Way way) {
        return talk -> {
            talk.body();
            ByteArrayOutputStream packed = new ByteArrayOutputStream();
            try (GZIPOutputStream zip = new GZIPOutputStream(packed)) {
                zip.write(way.good.getBytes(StandardCharsets.UTF_8));
            }
            talk.say("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Type: " + way.type + "\r\nContent-Length: "
                            + packed.size() + "\r\n\r\n")
                    .say(packed.toByteArray());
        };
    }

    private static RawPeer.Script large(boolean declared) {
        return talk -> {
            talk.body();
            talk.say("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n"
                    + (declared ? "Content-Length: 200000\r\n\r\n" : "Transfer-Encoding: chunked\r\n\r\n"));
            for (int i = 0; i < 10; i++) {
                talk.say(declared ? "x".repeat(20_000) : "4e20\r\n" + "x".repeat(20_000) + "\r\n");
            }
            talk.hang();
        };
    }

    private static RawPeer.Script trickle(Way way) {
        return talk -> {
            talk.body();
            byte[] body = way.good.getBytes(StandardCharsets.UTF_8);
            talk.say(
                    "HTTP/1.1 200 OK\r\nContent-Type: " + way.type + "\r\nContent-Length: " + body.length + "\r\n\r\n");
            int step = Math.max(1, body.length / 12);
            for (int at = 0; at < body.length; at += step) {
                talk.say(java.util.Arrays.copyOfRange(body, at, Math.min(body.length, at + step)));
                pause(150);
            }
        };
    }

    /** The provider's own pace; no test waits by it. */
    private static void pause(long millis) {
        try {
            TimeUnit.MILLISECONDS.sleep(millis);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    private static RawPeer.Script headers(Way way) {
        return talk -> {
            talk.body();
            StringBuilder head = new StringBuilder("HTTP/1.1 200 OK\r\nContent-Type: " + way.type + "\r\n");
            for (int i = 0; i < 100; i++) {
                head.append("X-Header-").append(i).append(": value ").append(i).append("\r\n");
            }
            talk.say(head + "Content-Length: " + way.good.length() + "\r\n\r\n" + way.good);
        };
    }

    private static RawPeer.Script closing(Way way) {
        return talk -> {
            talk.body();
            talk.say("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Type: " + way.type + "\r\nContent-Length: "
                            + way.good.length() + "\r\n\r\n" + way.good)
                    .close();
        };
    }

    private static RawPeer.Script untilClose(Way way) {
        return talk -> {
            talk.body();
            talk.say("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Type: " + way.type + "\r\n\r\n" + way.good)
                    .close();
        };
    }

    private static RawPeer.Script hundred(Way way) {
        return talk -> {
            talk.body();
            talk.say("HTTP/1.1 100 Continue\r\n\r\n").say(200, way.type, way.good);
        };
    }
}
