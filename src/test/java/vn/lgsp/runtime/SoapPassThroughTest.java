package vn.lgsp.runtime;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static vn.lgsp.runtime.SoapService.SOAP_11;
import static vn.lgsp.runtime.SoapService.SOAP_12;
import static vn.lgsp.runtime.SoapService.envelope;
import static vn.lgsp.runtime.SoapService.greet;

import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import vn.lgsp.message.Outcome;
import vn.lgsp.record.ExchangeRecord;

/**
 * SOAP to SOAP, untouched: the envelope is read to know what is asked for, and the bytes go on as they came, with or without attachments
 * (BUS-15, BUS-18, MSG-01, MSG-05).
 */
final class SoapPassThroughTest {
    private static final String SECRET = "LÊ THỬ 001000000000";
    private static final String ODD =
            "<?xml version='1.0' encoding='UTF-8' ?>\r\n<!-- c --><s:Envelope  xmlns:s=\"%s\" >"
                    + "<s:Header><k:Khoa xmlns:k=\"urn:k\" s:mustUnderstand=\"1\">x</k:Khoa></s:Header>\n<s:Body>"
                    + greet("Đỗ<![CDATA[&]]>")
                    + " </s:Body></s:Envelope>\n<!-- end -->";

    @TempDir
    static Path folder;

    private static StubPeer provider;
    private static TestBus bus;

    @BeforeAll
    static void start() {
        provider = StubPeer.answering(200, "text/xml", "");
        TestBus.Builder builder = TestBus.in(folder).system("registry", provider.port());
        builder.system(
                "signing",
                provider.port(),
                "security:",
                "  answer: { certificates: ['sha256:" + "0".repeat(64) + "'] }");
        relay(builder, "greeter", "");
        relay(builder, "streamer", "answer: streamed");
        relay(builder, "proved", "", "signing");
        bus = builder.grant("asker", "greeter", "operations: [greet]")
                .grant("streamer")
                .grant("proved")
                .setting("lgsp.receive.memory-limit", "128KB")
                .setting("lgsp.record.refusal-rate", "1000")
                .start();
        assertThat(bus.bus().refusedServices()).isEmpty();
    }

    private static void relay(TestBus.Builder builder, String service, String more) {
        relay(builder, service, more, "registry");
    }

    private static void relay(TestBus.Builder builder, String service, String more, String system) {
        builder.service(
                        service,
                        SoapService.CARD
                                .replace("service: greeter", "service: " + service)
                                .replace("mode: mapped", "mode: pass-through\n" + more)
                                .replace("registry", system)
                                .replace("request: 256KB", "request: 8MB, answer: 8MB"),
                        TestBus.Builder.route(service, "- to: lgsp-soap:" + system + "/soap?passThrough=true"))
                .write("routes/test/" + service + ".wsdl", SoapService.WSDL);
    }

    @AfterAll
    static void stop() {
        bus.close();
        provider.close();
    }

    @Test
    void nothing_passes_to_a_system_whose_answers_have_to_be_signed() {
        int before = provider.begun();

        HttpResponse<String> answer = post("proved", "text/xml", bytes(envelope(SOAP_11, "", greet("An"))));

        assertThat(answer.body()).contains("route-refused");
        assertThat(provider.begun()).isEqualTo(before);
    }

    @ParameterizedTest
    @CsvSource({"greeter,1.1", "greeter,1.2", "streamer,1.1", "streamer,1.2"})
    void an_envelope_and_its_answer_pass_byte_by_byte(String service, String version) {
        String namespace = version.equals("1.1") ? SOAP_11 : SOAP_12;
        String type = version.equals("1.1")
                ? "text/xml;charset=\"utf-8\""
                : "application/soap+xml;charset=utf-8;action=\"urn:test:greeter:greet\"";
        String envelope = ODD.formatted(namespace);
        String back = envelope.replace("Greet", "GreetResponse").replace("\n", "\n\t");
        answers(200, type + " ; x=y", back);

        HttpResponse<String> answer = post(service, type, bytes(envelope), "SOAPAction", "\"urn:test:greeter:greet\"");

        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        assertThat(answer.body()).isEqualTo(back);
        assertThat(answer.headers().firstValue("Content-Type")).contains(type + " ; x=y");
        StubPeer.Seen seen = last();
        assertThat(seen.text()).isEqualTo(envelope);
        assertThat(seen.uri()).isEqualTo("/soap");
        assertThat(seen.headers().get("Content-Type")).isEqualTo(type);
        assertThat(seen.headers().get("SOAPAction")).isEqualTo("\"urn:test:greeter:greet\"");
        assertThat(seen.headers().contains("X-Api-Key")).isFalse();
        await().untilAsserted(() -> assertThat(bus.recordOf(answer).outcome()).contains(Outcome.ANSWERED));
        ExchangeRecord record = bus.recordOf(answer);
        assertThat(record.form()).isEqualTo("SOAP " + version);
        assertThat(record.operation()).contains("SOAP greet");
        assertThat(record.request().orElseThrow().bytes()).isEqualTo(bytes(envelope).length);
        assertThat(record.answer().orElseThrow().bytes()).isEqualTo(bytes(back).length);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            500 | 1.1 | <faultcode>s:Client.Sai</faultcode><faultstring>bí mật</faultstring> | Client.Sai
            500 | 1.2 | <s:Code><s:Value>s:Sender</s:Value><s:Subcode><s:Value>m:DC-17</s:Value></s:Subcode></s:Code> | DC-17
            400 | 1.2 | <s:Code><s:Value>s:Sender</s:Value></s:Code> | Sender
            200 | 1.1 | <faultcode>s:Server</faultcode> | Server
            """)
    void a_fault_passes_with_its_status_and_is_recorded_with_its_code(
            int status, String version, String fault, String code) {
        String back = envelope(version.equals("1.1") ? SOAP_11 : SOAP_12, "", "<s:Fault>" + fault + "</s:Fault>");
        answers(status, version.equals("1.1") ? "text/xml" : "application/soap+xml", back);

        HttpResponse<String> answer = post("greeter", "text/xml", bytes(envelope(SOAP_11, "", greet("An"))));

        assertThat(answer.statusCode()).isEqualTo(status);
        assertThat(answer.body()).isEqualTo(back);
        assertThat(answer.headers().firstValue("X-LGSP-Result")).contains("01");
        ExchangeRecord record = bus.recordOf(answer);
        assertThat(record.outcome()).contains(Outcome.FAILED);
        assertThat(record.error()).contains("provider-failed");
        assertThat(record.partnerCode()).contains(code);
        assertThat(record.status()).isEqualTo(status);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            200 | text/html | provider-invalid | ''
            500 | text/html | provider-failed  | HTTP 500
            500 | text/xml  | provider-failed  | HTTP 500
            400 | text/xml  | provider-refused | HTTP 400
            401 | text/xml  | provider-refused | HTTP 401
            302 | text/xml  | provider-refused | HTTP 302
            503 | text/html | provider-failed  | HTTP 503
            """)
    void what_is_no_soap_is_not_handed_on(int status, String type, String code, String partnerCode) {
        answers(status, type, "<html><body>" + SECRET + "</body></html>");

        HttpResponse<String> answer = post("streamer", "text/xml", bytes(envelope(SOAP_11, "", greet("An"))));

        assertThat(answer.statusCode()).isEqualTo(500);
        assertThat(answer.body()).contains("<code>" + code + "</code>").doesNotContain(SECRET);
        assertThat(bus.recordOf(answer).partnerCode().orElse("")).isEqualTo(partnerCode);
    }

    @Test
    void an_empty_202_passes() {
        provider.behaves(request -> request.response().setStatusCode(202).end());

        HttpResponse<String> answer = post("greeter", "text/xml", bytes(envelope(SOAP_11, "", greet("An"))));

        assertThat(answer.statusCode()).isEqualTo(202);
        assertThat(answer.body()).isEmpty();
    }

    @Test
    void only_what_is_granted_known_and_one_whole_envelope_passes() {
        int before = provider.begun();
        String good = envelope(SOAP_11, "", greet(SECRET));

        for (HttpResponse<String> answer : List.of(
                post("greeter", "text/xml", bytes(envelope(SOAP_11, "", "<g:Other xmlns:g=\"urn:test:greeter\"/>"))),
                post("greeter", "text/xml", bytes(good), "SOAPAction", "urn:another"),
                post("greeter", "application/soap+xml", bytes(good)),
                post("greeter", "text/xml; charset=us-ascii", bytes(good)),
                post("greeter", "text/xml", bytes(good.substring(0, good.length() - 3))),
                post("greeter", "text/xml", bytes(good + good)),
                post("greeter", "text/xml", bytes("<!DOCTYPE a [<!ENTITY b \"c\">]>" + good)),
                post("greeter", "text/xml", bytes(envelope(SOAP_11, "", greet("An") + greet("An")))),
                post("greeter", "text/xml", new byte[0]))) {
            assertThat(answer.statusCode()).isEqualTo(500);
            assertThat(answer.body()).contains("<code>message-invalid</code>").doesNotContain(SECRET);
            assertThat(bus.recordOf(answer).outcome()).contains(Outcome.REFUSED);
        }
        assertThat(post(
                                "greeter",
                                "text/xml",
                                bytes(envelope(SOAP_11, "", "<g:Dismiss xmlns:g=\"urn:test:greeter\">x</g:Dismiss>")))
                        .body())
                .contains("<code>grant-missing</code>");
        assertThat(post("greeter", "text/xml", bytes(envelope(SOAP_11, "", greet("x".repeat(150_000)))))
                        .body())
                .contains("<code>message-too-large</code>");
        assertThat(post("greeter", "text/plain", bytes(good)).body()).contains("<code>media-type-unsupported</code>");
        assertThat(provider.begun()).isEqualTo(before);
    }

    // Attachments

    static Stream<SoapParcel> parcels() {
        byte[] large = new byte[3 << 20];
        new Random(7).nextBytes(large);
        SoapParcel mtom = SoapParcel.mtom(
                envelope(
                        SOAP_11,
                        "",
                        greet("<x:Include xmlns:x=\"http://www.w3.org/2004/08/xop/include\" href=\"cid:a%40b\"/>")),
                "text/xml");
        SoapParcel swa = SoapParcel.swa(envelope(SOAP_12, "", greet("cid:a@b")), "application/soap+xml");
        return Stream.of(
                mtom.part("a@b", bytes("nhỏ\r\n--khác\r\n")),
                mtom.part("a@b", large),
                swa.part("a@b", large).part("", large),
                swa.part("a@b", new byte[0]));
    }

    @ParameterizedTest
    @MethodSource("parcels")
    void a_message_with_attachments_passes_byte_by_byte_whatever_its_size(SoapParcel parcel) throws Exception {
        byte[] content = parcel.bytes();
        provider.behaves(request -> request.response()
                .putHeader("Content-Type", parcel.contentType())
                .end(Buffer.buffer(content)));
        for (String service : new String[] {"greeter", "streamer"}) {
            HttpResponse<byte[]> answer =
                    bus.http().send(request(service, parcel.contentType(), content), BodyHandlers.ofByteArray());

            assertThat(answer.statusCode()).as(new String(answer.body(), UTF_8)).isEqualTo(200);
            assertThat(last().body()).isEqualTo(content);
            assertThat(last().headers().get("Content-Type")).isEqualTo(parcel.contentType());
            assertThat(answer.body()).isEqualTo(content);
            assertThat(answer.headers().firstValue("Content-Type")).contains(parcel.contentType());
            assertThat(bus.recordOf(answer).operation()).contains("SOAP greet");
        }
        await().untilAsserted(() -> assertThat(spools()).isEmpty());
    }

    @Test
    void what_was_spooled_is_gone_when_nobody_may_get_it() {
        int before = provider.begun();
        byte[] content = SoapParcel.swa(
                        envelope(SOAP_11, "", "<g:Dismiss xmlns:g=\"urn:test:greeter\">x</g:Dismiss>"), "text/xml")
                .part("a", new byte[2 << 20])
                .bytes();

        assertThat(post("greeter", SoapParcel.swa("", "text/xml").contentType(), content)
                        .body())
                .contains("<code>grant-missing</code>");
        await().untilAsserted(() -> assertThat(spools()).isEmpty());
        assertThat(provider.begun()).isEqualTo(before);
    }

    /** Each is refused before anybody is called, with a reason that names the rule. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void parts_that_are_none_are_refused_at_once(int padding) {
        int before = provider.begun();
        String good = envelope(SOAP_11, "", greet(SECRET));
        SoapParcel swa = SoapParcel.swa(good, "text/xml");
        SoapParcel mtom = SoapParcel.mtom(
                envelope(
                        SOAP_11,
                        "",
                        greet("<x:Include xmlns:x=\"http://www.w3.org/2004/08/xop/include\" href=\"cid:a\"/>")),
                "text/xml");
        byte[] pad = new byte[padding * 300_000];
        String type = swa.contentType();
        String whole = new String(swa.part("p", pad).bytes(), ISO_8859_1);
        SoapParcel many = swa;
        for (int i = 0; i < 100; i++) {
            many = many.part("many" + i, new byte[0]);
        }

        refused("names no boundary", type.replaceAll("; boundary=[^;]*", ""), whole);
        refused("names no boundary", type.replace("boundary=", "boundary=\"a\\\"b\"; x="), whole);
        refused("does not occur", type.replace("boundary=\"", "boundary=\"x"), "--y\r\n");
        refused(
                "does not begin with the boundary",
                type.replace("boundary=\"", "boundary=\"x"),
                "z".repeat(5000) + whole);
        refused("was cut off", type, whole.substring(0, whole.length() - 10));
        refused("was cut off", type, whole.substring(0, whole.length() - 4));
        refused("goes on after its last part", type, whole + "z".repeat(5000));
        refused("more than 100 parts", type, new String(many.bytes(), ISO_8859_1));
        refused("two parts of one Content-ID", type, text(swa.part("a", pad).part("a", pad)));
        refused(
                "head of more than",
                type,
                whole.replaceFirst("Content-ID", "X-A: " + "a".repeat(9000) + "\r\nContent-ID"));
        refused("head of more than", type, whole.replaceFirst("\r\n\r\n", "\r\nX: y".repeat(4000) + "\r\n\r\n"));
        refused("whose head is none", type, whole.replaceFirst("Content-ID:", "Content ID:"));
        refused("whose head is none", type, whole.replaceFirst("\r\nContent-ID:", "\nContent-ID:"));
        refused("says content-id twice", type, whole.replaceFirst("Content-ID:", "Content-ID: <z>\r\nContent-ID:"));
        refused("begins as its boundary does", type, text(swa.part("p", bytes("\r\n--" + SoapParcel.BOUNDARY + "x"))));
        refused("no part of the name", type + "; start=\"<z>\"", whole);
        refused("of another type than", type.replace("type=\"text/xml\"", "type=\"text/plain\""), whole);
        refused("does not have", mtom.contentType(), text(mtom.part("b", pad)));
        refused(
                "twice",
                mtom.contentType(),
                text(SoapParcel.mtom(
                                envelope(
                                        SOAP_11,
                                        "",
                                        greet(
                                                "<x:Include xmlns:x=\"http://www.w3.org/2004/08/xop/include\" href=\"cid:a\"/>"
                                                        + "<x:Include xmlns:x=\"http://www.w3.org/2004/08/xop/include\" href=\"cid:a\"/>")),
                                "text/xml")
                        .part("a", pad)));
        refused(
                "an envelope of more than",
                type,
                text(SoapParcel.swa(envelope(SOAP_11, "", greet("x".repeat(150_000))), "text/xml")
                        .part("a", pad)));
        assertThat(provider.begun()).isEqualTo(before);
    }

    private static void refused(String reason, String type, String content) {
        long begun = System.nanoTime();
        HttpResponse<String> answer = post("greeter", type, content.getBytes(ISO_8859_1));
        assertThat(answer.statusCode()).as(reason).isEqualTo(500);
        assertThat(answer.body())
                .contains("<code>message-invalid</code>", reason)
                .doesNotContain(SECRET);
        assertThat(System.nanoTime() - begun)
                .as("nanoseconds until it is refused")
                .isLessThan(1_000_000_000L);
        assertThat(bus.recordOf(answer).error()).contains("message-invalid");
    }

    private static String text(SoapParcel parcel) {
        return new String(parcel.bytes(), ISO_8859_1);
    }

    private static List<Path> spools() throws IOException {
        Path spool = folder.resolve("data/spool");
        if (!Files.isDirectory(spool)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(spool)) {
            return files.toList();
        }
    }

    private static void answers(int status, String type, String body) {
        provider.behaves(StubPeer.fixed(status, type, body));
    }

    private static StubPeer.Seen last() {
        return provider.last();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }

    private static HttpRequest request(String service, String type, byte[] content, String... headers) {
        HttpRequest.Builder request = bus.request("/soap/" + service + "/v1").header("Content-Type", type);
        for (int i = 0; i < headers.length; i += 2) {
            request.header(headers[i], headers[i + 1]);
        }
        return request.POST(BodyPublishers.ofByteArray(content)).build();
    }

    private static HttpResponse<String> post(String service, String type, byte[] content, String... headers) {
        return bus.send(request(service, type, content, headers));
    }
}
