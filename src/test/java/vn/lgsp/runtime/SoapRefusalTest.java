package vn.lgsp.runtime;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static vn.lgsp.runtime.SoapService.SOAP_11;
import static vn.lgsp.runtime.SoapService.SOAP_12;
import static vn.lgsp.runtime.SoapService.envelope;
import static vn.lgsp.runtime.SoapService.greet;

import java.io.ByteArrayInputStream;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import vn.lgsp.failure.ErrorCode;
import vn.lgsp.message.Outcome;
import vn.lgsp.message.Stage;
import vn.lgsp.record.ExchangeRecord;

/**
 * What is refused at the SOAP address: each by a fault of the right version, with its code, and a record; nothing reaches the
 * provider (BUS-06, SEC-01, LOG-01).
 */
final class SoapRefusalTest {
    private static final String SECRET = "LÊ THỬ 001000000000";
    private static final String SECURITY =
            "<w:Security xmlns:w=\"urn:oasis:wsse\" s:mustUnderstand=\"1\">" + SECRET + "</w:Security>";

    @TempDir
    static Path folder;

    private static StubPeer provider;
    private static TestBus bus;
    private int before;

    /** How one version looks on the wire. */
    private enum Version {
        V11(SOAP_11, "text/xml", "Client", "Server"),
        V12(SOAP_12, "application/soap+xml", "Sender", "Receiver");

        final String namespace;
        final String type;
        final String sender;
        final String receiver;

        Version(String namespace, String type, String sender, String receiver) {
            this.namespace = namespace;
            this.type = type;
            this.sender = sender;
            this.receiver = receiver;
        }
    }

    @BeforeAll
    static void start() {
        provider = StubPeer.answering(200, "text/plain", "");
        bus = SoapService.addTo(TestBus.in(folder), provider)
                .passThrough("relay", "registry")
                .passThrough("forbidden", "registry")
                .service(
                        "closed",
                        SoapService.CARD.replace("service: greeter", "service: closed"),
                        TestBus.Builder.route("closed", "- to: lgsp-http:registry/closed"))
                .write("routes/test/closed.wsdl", SoapService.WSDL)
                .grant("relay")
                .setting("lgsp.record.refusal-rate", "1000")
                .setting("lgsp.receive.memory-limit", "128KB")
                .start();
        assertThat(bus.bus().refusedServices()).isEmpty();
    }

    @AfterAll
    static void stop() {
        bus.close();
        provider.close();
    }

    @BeforeEach
    void remember() {
        before = provider.begun();
    }

    // What is served, so that the refusals below are about what they say

    @ParameterizedTest
    @EnumSource
    void a_good_request_is_answered_in_its_version(Version version) {
        HttpResponse<String> answer = ask(version, envelope(version.namespace, "", greet("An")));

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.headers().firstValue("Content-Type")).contains(version.type + "; charset=utf-8");
        assertThat(answer.headers().firstValue("X-LGSP-Result")).contains("00");
        assertThat(parse(answer).getDocumentElement().getNamespaceURI()).isEqualTo(version.namespace);
        assertThat(text(answer, SoapService.NAMESPACE, "text")).isEqualTo("Xin chào An");
        ExchangeRecord record = bus.recordOf(answer);
        assertThat(record.form()).isEqualTo(version == Version.V11 ? "SOAP 1.1" : "SOAP 1.2");
        assertThat(record.operation()).contains("SOAP greet");
        assertThat(record.grant()).contains("asker-greeter");
        assertThat(record.status()).isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "urn:test:greeter:greet",
                "\"urn:test:greeter:greet\"",
                "\"\"",
                "",
            })
    void the_action_of_the_contract_quoted_or_not_or_none_is_taken(String action) {
        assertThat(ask(Version.V11, envelope(SOAP_11, "", greet("An")), "SOAPAction", action)
                        .statusCode())
                .isEqualTo(200);
    }

    @Test
    void an_envelope_above_64_kib_and_one_in_utf_16_are_read() {
        String large = "x".repeat(100_000);

        assertThat(text(ask(Version.V11, envelope(SOAP_11, "", greet(large))), SoapService.NAMESPACE, "text"))
                .isEqualTo("Xin chào " + large);
        assertThat(text(
                        post(
                                "/soap/greeter/v1",
                                "text/xml; charset=\"utf-16\"",
                                envelope(SOAP_11, "", greet("Đỗ")).getBytes(java.nio.charset.StandardCharsets.UTF_16)),
                        SoapService.NAMESPACE,
                        "text"))
                .isEqualTo("Xin chào Đỗ");
    }

    @Test
    void header_blocks_that_need_not_be_understood_or_are_for_another_are_passed_over() {
        for (String header : List.of(
                SECURITY.replace("\"1\"", "\"0\""),
                SECURITY.replace("s:mustUnderstand=\"1\"", ""),
                SECURITY.replace("s:mustUnderstand", "s:actor=\"urn:another\" s:mustUnderstand"),
                "<a:MessageID xmlns:a=\"http://www.w3.org/2005/08/addressing\" s:mustUnderstand=\"1\">urn:x:1</a:MessageID>")) {
            assertThat(ask(Version.V11, envelope(SOAP_11, header, greet("An"))).statusCode())
                    .as(header)
                    .isEqualTo(200);
        }
        assertThat(ask(
                                Version.V12,
                                envelope(
                                        SOAP_12,
                                        SECURITY.replace(
                                                "s:mustUnderstand",
                                                "s:role=\"http://www.w3.org/2003/05/soap-envelope/role/none\" s:mustUnderstand"),
                                        greet("An")))
                        .statusCode())
                .isEqualTo(200);
    }

    @Test
    void a_message_id_in_any_place_or_the_same_in_all_is_taken() {
        String old = messageId("2004/08", "http://schemas.xmlsoap.org/ws/2004/08/addressing", "urn:x:1");
        String recent = messageId("2005/08", "http://www.w3.org/2005/08/addressing", " urn:x:1 ");

        assertThat(ask(Version.V11, envelope(SOAP_11, old + recent, greet("An")), "Idempotency-Key", "urn:x:1")
                        .statusCode())
                .isEqualTo(200);
        assertThat(ask(Version.V12, envelope(SOAP_12, "", greet("An")), "Idempotency-Key", "x".repeat(200))
                        .statusCode())
                .isEqualTo(200);
    }

    // The envelope

    @ParameterizedTest
    @EnumSource
    void an_envelope_of_no_known_version_is_a_version_mismatch(Version version) {
        HttpResponse<String> answer =
                ask(version, envelope("http://www.w3.org/2001/12/soap-envelope", "", greet(SECRET)));

        refused(answer, version, "VersionMismatch", ErrorCode.MESSAGE_INVALID, Stage.RECEIVE);
        if (version == Version.V12) {
            assertThat(answer.body()).contains("SupportedEnvelope qname=\"soapenv:Envelope\"");
        }
        assertThat(bus.recordOf(answer).form()).isEqualTo("SOAP");
    }

    @Test
    void an_envelope_under_the_content_type_of_the_other_version_is_refused_in_the_version_that_it_is_in() {
        refused(
                post("/soap/greeter/v1", "text/xml", bytes(envelope(SOAP_12, "", greet(SECRET)))),
                Version.V12,
                ErrorCode.MESSAGE_INVALID);
        refused(
                post("/soap/greeter/v1", "application/soap+xml", bytes(envelope(SOAP_11, "", greet(SECRET)))),
                Version.V11,
                ErrorCode.MESSAGE_INVALID);
    }

    @ParameterizedTest
    @EnumSource
    void a_body_that_is_not_in_the_encoding_that_it_names_is_refused(Version version) {
        String good = envelope(version.namespace, "", greet("Café LÊ"));
        for (HttpResponse<String> answer : List.of(
                post(
                        "/soap/greeter/v1",
                        version.type + "; charset=utf-8",
                        good.replace("LÊ", "").getBytes(ISO_8859_1)),
                post(
                        "/soap/greeter/v1",
                        version.type + "; charset=iso-8859-1",
                        bytes("<?xml version=\"1.0\" encoding=\"UTF-8\"?>" + good)),
                post("/soap/greeter/v1", version.type + "; charset=us-ascii", bytes(good)),
                post("/soap/greeter/v1", version.type + "; charset=klingon", bytes(good)),
                post("/soap/greeter/v1", version.type + "; charset=utf-8; charset=iso-8859-1", bytes(good)),
                post("/soap/greeter/v1", version.type + "; charset=\"utf-8", bytes(good)))) {
            refused(answer, version, ErrorCode.MESSAGE_INVALID);
        }
    }

    @ParameterizedTest
    @EnumSource
    void a_doctype_is_refused_and_nothing_of_it_is_opened(Version version) {
        String laughs = "<!DOCTYPE s:Envelope [<!ENTITY a \"haha\"><!ENTITY b \"&a;&a;\">]>";
        String file = "<!DOCTYPE s:Envelope [<!ENTITY b SYSTEM \"file:///etc/hostname\">]>";
        String remote = "<!DOCTYPE s:Envelope SYSTEM \"http://127.0.0.1:" + provider.port() + "/evil.dtd\">";
        for (String doctype : List.of(laughs, file, remote)) {
            HttpResponse<String> answer = ask(version, doctype + envelope(version.namespace, "", greet("&b;")));

            refused(answer, version, ErrorCode.MESSAGE_INVALID);
            assertThat(reason(answer)).contains("DOCTYPE");
        }
    }

    @ParameterizedTest
    @EnumSource
    void what_is_no_envelope_with_one_element_and_nothing_beside_it_is_refused(Version version) {
        String open = "<s:Envelope xmlns:s=\"" + version.namespace + "\">";
        String body = "<s:Body>" + greet(SECRET) + "</s:Body>";
        for (String text : List.of(
                "  ",
                "{\"name\":\"" + SECRET + "\"}",
                "<html><body>" + SECRET + "</body></html>",
                greet(SECRET),
                open + "</s:Envelope>",
                open + "<s:Header/></s:Envelope>",
                open + "<s:Body/></s:Envelope>",
                open + "<s:Body>" + SECRET + "</s:Body></s:Envelope>",
                open + "<s:Body>" + SECRET + greet("An") + "</s:Body></s:Envelope>",
                open + "<s:Body>" + greet("An") + greet("An") + "</s:Body></s:Envelope>",
                open + body + "<other>" + SECRET + "</other></s:Envelope>",
                open + body + "<s:Header/></s:Envelope>",
                open + "<s:Header/><s:Header/>" + body + "</s:Envelope>",
                open + "<other/>" + body + "</s:Envelope>",
                open + body + "</s:Envelope>" + SECRET,
                open + body + "</s:Envelope>" + open + body + "</s:Envelope>",
                open + body,
                "<?xml version=\"1.1\"?>" + open + body + "</s:Envelope>",
                open + "<s:Body>" + greet("&" + "unknown;") + "</s:Body></s:Envelope>",
                open + "<s:Body>" + greet("<a>".repeat(70) + "</a>".repeat(70)) + "</s:Body></s:Envelope>",
                open + "<s:Body>" + greet("<a" + attributes(201) + "/>") + "</s:Body></s:Envelope>")) {
            refused(ask(version, text), version, ErrorCode.MESSAGE_INVALID);
        }
        refused(ask(version, ""), version, ErrorCode.MESSAGE_INVALID);
    }

    @ParameterizedTest
    @EnumSource
    void an_element_that_the_service_does_not_know_is_refused_with_those_that_it_knows(Version version) {
        for (String payload : List.of(
                "<g:Other xmlns:g=\"urn:test:greeter\">" + SECRET + "</g:Other>",
                "<Greet xmlns=\"urn:other\"/>",
                "<Greet/>",
                "<s:Fault/>")) {
            HttpResponse<String> answer = ask(version, envelope(version.namespace, "", payload));

            refused(answer, version, ErrorCode.MESSAGE_INVALID);
            assertThat(reason(answer)).contains("{urn:test:greeter}Greet, {urn:test:greeter}Dismiss");
            assertThat(bus.recordOf(answer).operation()).isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource
    void another_action_than_that_of_the_contract_is_refused(Version version) {
        String good = envelope(version.namespace, "", greet(SECRET));

        refused(ask(version, good, "SOAPAction", "\"urn:test:greeter:other\""), version, ErrorCode.MESSAGE_INVALID);
        refused(ask(version, good, "SOAPAction", "urn:test:greeter"), version, ErrorCode.MESSAGE_INVALID);
        refused(
                post("/soap/greeter/v1", version.type + "; action=\"urn:test:other;x\"; charset=utf-8", bytes(good)),
                version,
                ErrorCode.MESSAGE_INVALID);
    }

    @ParameterizedTest
    @EnumSource
    void a_header_block_that_must_be_understood_and_is_not_is_refused_by_its_name(Version version) {
        String next = version == Version.V11
                ? "s:actor=\"http://schemas.xmlsoap.org/soap/actor/next\""
                : "s:role=\"http://www.w3.org/2003/05/soap-envelope/role/ultimateReceiver\"";
        for (String header : List.of(SECURITY, SECURITY.replace("s:must", next + " s:must"), "<x/>" + SECURITY)) {
            HttpResponse<String> answer = ask(version, envelope(version.namespace, header, greet(SECRET)));

            refused(answer, version, "MustUnderstand", ErrorCode.MESSAGE_INVALID, Stage.RECEIVE);
            assertThat(reason(answer)).contains("header block Security");
            if (version == Version.V12) {
                assertThat(answer.body()).contains("qname=\"block:Security\" xmlns:block=\"urn:oasis:wsse\"");
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void message_ids_that_differ_or_are_none_are_refused(Version version) {
        String one = messageId("a", "http://www.w3.org/2005/08/addressing", "urn:x:1");
        String other = messageId("b", "http://schemas.xmlsoap.org/ws/2004/08/addressing", "urn:x:2");

        refused(
                ask(version, envelope(version.namespace, one, greet("An")), "Idempotency-Key", "urn:x:2"),
                version,
                ErrorCode.MESSAGE_INVALID);
        refused(
                ask(version, envelope(version.namespace, one + other, greet("An"))),
                version,
                ErrorCode.MESSAGE_INVALID);
        for (String id : List.of("", "x".repeat(201), "two words", "đ", "a&#9;b")) {
            refused(
                    ask(version, envelope(version.namespace, one.replace("urn:x:1", id), greet("An"))),
                    version,
                    ErrorCode.MESSAGE_INVALID);
        }
    }

    // The head

    @ParameterizedTest
    @ValueSource(strings = {"application/json", "text/plain", "application/xml", "multipart/form-data; boundary=x"})
    void other_media_types_are_refused(String type) {
        HttpResponse<String> answer =
                post("/soap/greeter/v1", type, bytes("--x\r\n\r\n" + envelope(SOAP_11, "", greet(SECRET))));

        refused(answer, Version.V11, ErrorCode.MEDIA_TYPE_UNSUPPORTED);
        assertThat(reason(answer)).contains(type.startsWith("multipart") ? "attachments" : "text/xml");
    }

    @Test
    void broken_attachments_of_soap_1_2_are_refused_in_soap_1_2() {
        refused(
                post(
                        "/soap/greeter/v1",
                        "multipart/related; type=\"application/xop+xml\"; start-info=\"application/soap+xml\"; boundary=x",
                        bytes("--x")),
                Version.V12,
                ErrorCode.MESSAGE_INVALID);
    }

    @ParameterizedTest
    @EnumSource
    void a_request_that_is_too_large_is_refused(Version version) {
        HttpResponse<String> answer = ask(version, envelope(version.namespace, "", greet("x".repeat(140_000))));

        refused(answer, version, ErrorCode.MESSAGE_TOO_LARGE);
    }

    @ParameterizedTest
    @EnumSource
    void a_body_that_does_not_come_in_time_is_refused(Version version) {
        try (Wire wire = Wire.to(bus.port())) {
            Wire.Answer answer = wire.send("POST /soap/greeter/v1 HTTP/1.1\r\nHost: bus\r\nX-Api-Key: " + TestBus.KEY
                            + "\r\nContent-Type: " + version.type + "\r\nContent-Length: 1000\r\n\r\n<s:Envelope")
                    .answer();

            assertThat(answer.status()).isEqualTo(500);
            assertThat(answer.header("Content-Type")).startsWith(version.type);
            assertThat(answer.body()).contains("<code>request-timeout</code>").contains("<retry>true</retry>");
        }
    }

    // Who asks, and for what

    @ParameterizedTest
    @EnumSource
    void a_caller_that_is_not_known_is_refused_by_a_fault_and_not_challenged(Version version) {
        HttpResponse<String> answer = bus.send(HttpRequest.newBuilder(bus.uri("/soap/greeter/v1"))
                .header("Content-Type", version.type)
                .POST(BodyPublishers.ofString(envelope(version.namespace, "", greet(SECRET))))
                .build());

        refused(answer, version, version.sender, ErrorCode.CONSUMER_UNKNOWN, Stage.IDENTIFY);
        assertThat(answer.headers().firstValue("WWW-Authenticate")).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void a_service_without_a_grant_is_refused_before_the_body_is_read(Version version) {
        try (Wire wire = Wire.to(bus.port())) {
            Wire.Answer answer = wire.send("POST /soap/closed/v1 HTTP/1.1\r\nHost: bus\r\nX-Api-Key: " + TestBus.KEY
                            + "\r\nContent-Type: " + version.type
                            + "\r\nContent-Length: 1000\r\nExpect: 100-continue\r\n\r\n")
                    .answer();

            assertThat(answer.status()).isEqualTo(500);
            assertThat(answer.body()).contains("<code>grant-missing</code>");
            assertThat(provider.begun()).isEqualTo(before);
        }
    }

    @ParameterizedTest
    @EnumSource
    void an_operation_without_a_grant_is_refused_where_another_is_granted(Version version) {
        HttpResponse<String> answer =
                ask(version, envelope(version.namespace, "", "<g:Dismiss xmlns:g=\"urn:test:greeter\">x</g:Dismiss>"));

        ExchangeRecord record = refused(answer, version, version.sender, ErrorCode.GRANT_MISSING, Stage.AUTHORISE);
        assertThat(record.operation()).contains("SOAP dismiss");
        assertThat(record.grant()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "/soap/nobody/v1, the form is",
        "/soap/greeter/v2, the form is",
        "/soap/greeter, the form is",
        "/soap/, the form is",
        "/soap/greeter/v1/more, the SOAP address of greeter/v1 is /soap/greeter/v1",
        "/soap/relay/v1, its address is /api/relay/v1"
    })
    void an_address_that_nobody_offers_is_refused_by_a_fault_too(String path, String detail) {
        for (Version version : Version.values()) {
            HttpResponse<String> answer =
                    post(path, version.type, bytes(envelope(version.namespace, "", greet(SECRET))));

            refused(answer, version, version.sender, ErrorCode.SERVICE_UNKNOWN, Stage.AUTHORISE);
            assertThat(reason(answer)).contains(detail);
        }
    }

    @Test
    void a_rest_request_cannot_call_a_soap_operation() {
        for (String path : List.of("/api/greeter/v1", "/api/greeter/v1/")) {
            HttpResponse<String> answer = bus.post(path, "text/xml", envelope(SOAP_11, "", greet("An")));

            assertThat(answer.statusCode()).isEqualTo(404);
            assertThat(TestBus.json(answer).path("detail").asText()).contains("/soap/greeter/v1");
        }
        assertThat(provider.begun()).isEqualTo(before);
    }

    @Test
    void a_query_is_refused() {
        refused(
                post("/soap/greeter/v1?name=" + "x", "text/xml", bytes(envelope(SOAP_11, "", greet("An")))),
                Version.V11,
                Version.V11.sender,
                ErrorCode.MESSAGE_INVALID,
                Stage.AUTHORISE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/soap/greeter/v1", "/soap/greeter/v1?singleWsdl"})
    void a_get_that_asks_for_no_contract_is_refused_by_a_problem(String path) {
        HttpResponse<String> answer = bus.get(path);

        assertThat(answer.statusCode()).isEqualTo(405);
        assertThat(answer.headers().firstValue("Allow")).contains("OPTIONS, POST");
        assertThat(TestBus.code(answer)).isEqualTo("method-not-allowed");
        assertThat(bus.recordOf(answer).error()).contains(ErrorCode.METHOD_NOT_ALLOWED.code());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "/soap/greeter/v1 | OPTIONS, POST",
                "/soap/greeter/v1/ | OPTIONS, POST",
                "/soap/greeter/v1?wsdl | GET, HEAD, OPTIONS"
            })
    void options_tells_what_the_address_takes_and_asks_for_no_credential(String path, String methods) {
        HttpResponse<String> answer = bus.send(HttpRequest.newBuilder(bus.uri(path))
                .method("OPTIONS", BodyPublishers.noBody())
                .build());

        assertThat(answer.statusCode()).isEqualTo(204);
        assertThat(answer.headers().firstValue("Allow")).contains(methods);
        assertThat(bus.recordOf(answer).operation()).contains("OPTIONS /");
        assertThat(bus.recordOf(answer).form()).isEqualTo("SOAP");
        assertThat(bus.recordOf(answer).account()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/soap/nobody/v1", "/soap/greeter/v1/more", "/soap/greeter"})
    void options_of_an_address_that_is_not_a_soap_service_is_refused(String path) {
        HttpResponse<String> answer = bus.send(HttpRequest.newBuilder(bus.uri(path))
                .method("OPTIONS", BodyPublishers.noBody())
                .build());

        assertThat(answer.statusCode()).isIn(401, 404);
        assertThat(bus.recordOf(answer).error()).isPresent();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/soap/greeter/v1/openapi.json?wsdl", "/api/greeter/v1/openapi.json?wsdl"})
    void the_contract_of_one_kind_is_not_told_at_the_address_of_the_other(String path) {
        HttpResponse<String> answer = bus.get(path);

        assertThat(answer.statusCode()).isIn(401, 404);
        assertThat(answer.body()).doesNotContain("openapi\"", "definitions");
    }

    // What the other side does

    @ParameterizedTest
    @EnumSource
    void a_failure_of_the_provider_is_the_receivers_fault(Version version) {
        provider.behaves(StubPeer.fixed(500, "text/plain", SECRET));
        try {
            HttpResponse<String> answer = ask(version, envelope(version.namespace, "", greet("An")));

            fault(answer, version, version.receiver, ErrorCode.PROVIDER_FAILED, Stage.DELIVER);
            assertThat(text(answer, "urn:lgsp:error", "partnerCode")).isEqualTo("HTTP 500");
            assertThat(bus.recordOf(answer).status()).isEqualTo(500);
            assertThat(bus.recordOf(answer).outcome()).contains(Outcome.FAILED);
        } finally {
            SoapService.echoes(provider);
        }
    }

    // The contract

    @ParameterizedTest
    @ValueSource(strings = {"?wsdl", "?WSDL", "?Wsdl"})
    void the_contract_is_told_to_everybody_with_the_address_that_they_used(String query) {
        HttpResponse<String> answer = bus.send(
                HttpRequest.newBuilder(bus.uri("/soap/greeter/v1" + query)).build());

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.headers().firstValue("Content-Type")).contains("text/xml; charset=utf-8");
        assertThat(answer.body())
                .contains("<soap:address location=\"" + bus.uri("/soap/greeter/v1") + "\"/>")
                .contains("<soap12:address location=\"" + bus.uri("/soap/greeter/v1") + "\"/>")
                .contains("Lời chào");
        ExchangeRecord record = bus.recordOf(answer);
        assertThat(record.service().orElseThrow()).hasToString("greeter/v1");
        assertThat(record.operation()).contains("GET ?wsdl");
        assertThat(record.system()).isEmpty();
        assertThat(record.status()).isEqualTo(200);
        assertThat(record.outcome()).contains(Outcome.ANSWERED);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/soap/nobody/v1?wsdl", "/soap/relay/v1?wsdl", "/soap/greeter/v1/more?wsdl"})
    void a_contract_that_is_not_there_is_refused_and_recorded(String path) {
        HttpResponse<String> answer = bus.get(path);

        assertThat(answer.statusCode()).isEqualTo(404);
        assertThat(TestBus.code(answer)).isEqualTo("service-unknown");
        assertThat(bus.recordOf(answer).error()).contains(ErrorCode.SERVICE_UNKNOWN.code());
    }

    @ParameterizedTest
    @ValueSource(strings = {"bus\"/><evil", "a b", "", "bus:port", "[::1", "user@bus", "bus/path"})
    void a_host_that_is_none_does_not_get_into_the_contract(String host) {
        try (Wire wire = Wire.to(bus.port())) {
            Wire.Answer answer = wire.send("GET /soap/greeter/v1?wsdl HTTP/1.1\r\nHost: " + host + "\r\n\r\n")
                    .answer();

            assertThat(answer.status()).isEqualTo(400);
            assertThat(answer.body()).doesNotContain("location=").doesNotContain("evil");
        }
    }

    @Test
    void a_part_that_the_contract_does_not_have_is_unknown() {
        for (String part : List.of("wsdl=x", "xsd=types.xsd", "xsd=..%2Fgreeter.card.yaml", "wsdl=greeter.wsdl")) {
            HttpResponse<String> answer = bus.get("/soap/greeter/v1?" + part);

            assertThat(answer.statusCode()).as(part).isEqualTo(404);
            assertThat(TestBus.code(answer)).isEqualTo("service-unknown");
        }
    }

    @Test
    void the_contract_tells_the_public_address_where_one_is_set(@TempDir Path own) {
        try (TestBus proxied = SoapService.addTo(TestBus.in(own), provider)
                .setting("lgsp.receive.public-address", "https://lgsp.example.vn/bus")
                .start()) {
            assertThat(proxied.get("/soap/greeter/v1?wsdl").body())
                    .contains("<soap:address location=\"https://lgsp.example.vn/bus/soap/greeter/v1\"/>");
        }
    }

    @Test
    void a_trusted_proxy_tells_the_address_and_nobody_else_can_bend_it(@TempDir Path own, @TempDir Path other) {
        String forwarded = "for=203.0.113.9;host=lgsp.example.vn;proto=https";
        try (TestBus proxied = SoapService.addTo(TestBus.in(own), provider)
                .passThrough("relay", "registry")
                .setting("lgsp.receive.trusted-proxies", "10.0.0.0/8, 127.0.0.1")
                .start()) {
            assertThat(proxied.send(proxied.request("/soap/greeter/v1?wsdl")
                                    .header("Forwarded", forwarded)
                                    .build())
                            .body())
                    .contains("<soap:address location=\"https://lgsp.example.vn/soap/greeter/v1\"/>");
            assertThat(TestBus.json(proxied.send(proxied.request("/api/relay/v1/openapi.json")
                                    .header("X-Forwarded-Host", "lgsp.example.vn:8443")
                                    .header("X-Forwarded-Proto", "https")
                                    .header("X-Forwarded-Prefix", "/bus")
                                    .build()))
                            .at("/servers/0/url")
                            .asText())
                    .isEqualTo("https://lgsp.example.vn:8443/bus/api/relay/v1");
            assertThat(proxied.get("/soap/greeter/v1?wsdl").body()).contains("\"http://127.0.0.1:" + proxied.port());
        }
        try (TestBus unproxied = SoapService.addTo(TestBus.in(other), provider)
                .setting("lgsp.receive.trusted-proxies", "10.0.0.0/8")
                .start()) {
            assertThat(unproxied
                            .send(unproxied
                                    .request("/soap/greeter/v1?wsdl")
                                    .header("Forwarded", forwarded)
                                    .header("X-Forwarded-Host", "lgsp.example.vn")
                                    .build())
                            .body())
                    .contains("\"http://127.0.0.1:" + unproxied.port())
                    .doesNotContain("example.vn");
        }
    }

    @Test
    void a_service_whose_contract_is_missing_or_has_a_part_elsewhere_is_refused_by_itself(@TempDir Path own) {
        try (TestBus mended = SoapService.addTo(TestBus.in(own), provider)
                .service(
                        "missing",
                        SoapService.CARD.replace("service: greeter", "service: missing"),
                        TestBus.Builder.route("missing", "- to: lgsp-http:registry/x"))
                .service(
                        "split",
                        SoapService.CARD.replace("service: greeter", "service: split"),
                        TestBus.Builder.route("split", "- to: lgsp-http:registry/x"))
                .write(
                        "routes/test/split.wsdl",
                        SoapService.WSDL.replace(
                                "<wsdl:types>", "<wsdl:import namespace=\"urn:x\" location=\"x.wsdl\"/><wsdl:types>"))
                .start()) {
            assertThat(mended.bus().refusedServices()).containsOnlyKeys("missing/v1", "split/v1");
            assertThat(mended.bus().refusedServices()).hasEntrySatisfying("split/v1", reasons -> assertThat(reasons)
                    .singleElement()
                    .asString()
                    .contains("refers to 'x.wsdl', which is no file of the service"));
            assertThat(mended.get("/soap/greeter/v1?wsdl").statusCode()).isEqualTo(200);
        }
    }

    private static String attributes(int count) {
        StringBuilder all = new StringBuilder();
        for (int i = 0; i < count; i++) {
            all.append(" a").append(i).append("=\"\"");
        }
        return all.toString();
    }

    private static String messageId(String prefix, String namespace, String id) {
        String name = "p" + prefix.replaceAll("[^a-z]", "");
        return "<" + name + ":MessageID xmlns:" + name + "=\"" + namespace + "\">" + id + "</" + name + ":MessageID>";
    }

    private static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }

    private static HttpResponse<String> ask(Version version, String text, String... header) {
        return post("/soap/greeter/v1", version.type + "; charset=utf-8", bytes(text), header);
    }

    private static HttpResponse<String> post(String path, String type, byte[] body, String... header) {
        HttpRequest.Builder request =
                bus.request(path).header("Content-Type", type).POST(BodyPublishers.ofByteArray(body));
        return bus.send((header.length == 0 ? request : request.headers(header)).build());
    }

    private void refused(HttpResponse<String> answer, Version version, ErrorCode code) {
        refused(answer, version, version.sender, code, Stage.RECEIVE);
    }

    /** A fault, and nothing reached the provider. */
    private ExchangeRecord refused(
            HttpResponse<String> answer, Version version, String fault, ErrorCode code, Stage stage) {
        ExchangeRecord record = fault(answer, version, fault, code, stage);
        assertThat(record.outcome()).contains(Outcome.REFUSED);
        assertThat(provider.begun()).isEqualTo(before);
        return record;
    }

    private static ExchangeRecord fault(
            HttpResponse<String> answer, Version version, String fault, ErrorCode code, Stage stage) {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(500);
        assertThat(answer.headers().firstValue("Content-Type")).contains(version.type + "; charset=utf-8");
        assertThat(answer.headers().firstValue("X-LGSP-Result")).contains("01");
        assertThat(answer.body()).doesNotContain("001000000000").doesNotContain("LÊ");
        Document document = parse(answer);
        assertThat(document.getDocumentElement().getNamespaceURI()).isEqualTo(version.namespace);
        String value =
                version == Version.V11 ? text(answer, "", "faultcode") : text(answer, version.namespace, "Value");
        assertThat(value).isEqualTo("soapenv:" + fault);
        assertThat(text(answer, "urn:lgsp:error", "code")).isEqualTo(code.code());
        assertThat(text(answer, "urn:lgsp:error", "stage")).isEqualTo(stage.label());
        assertThat(text(answer, "urn:lgsp:error", "exchange"))
                .isEqualTo(answer.headers().firstValue("X-LGSP-Exchange").orElseThrow());
        assertThat(text(answer, "urn:lgsp:error", "retry")).isEqualTo(Boolean.toString(code.retry()));
        ExchangeRecord record = bus.recordOf(answer);
        assertThat(record.error()).contains(code.code());
        assertThat(record.status()).isEqualTo(500);
        assertThat(record.form()).startsWith("SOAP");
        return record;
    }

    private static String reason(HttpResponse<String> answer) {
        return Stream.of(text(answer, "", "faultstring"), text(answer, SOAP_12, "Text"))
                .filter(text -> !text.isEmpty())
                .findFirst()
                .orElseThrow();
    }

    private static String text(HttpResponse<String> answer, String namespace, String name) {
        NodeList found = parse(answer).getElementsByTagNameNS(namespace.isEmpty() ? "*" : namespace, name);
        return found.getLength() == 0 ? "" : ((Element) found.item(0)).getTextContent();
    }

    private static Document parse(HttpResponse<String> answer) {
        try {
            return DocumentBuilderFactory.newDefaultNSInstance()
                    .newDocumentBuilder()
                    .parse(new ByteArrayInputStream(answer.body().getBytes(UTF_8)));
        } catch (Exception broken) {
            throw new AssertionError("no XML: " + answer.body(), broken);
        }
    }
}
