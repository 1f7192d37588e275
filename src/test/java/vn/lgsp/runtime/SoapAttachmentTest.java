package vn.lgsp.runtime;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static vn.lgsp.runtime.SoapService.SOAP_11;
import static vn.lgsp.runtime.SoapService.SOAP_12;
import static vn.lgsp.runtime.SoapService.envelope;

import io.vertx.core.buffer.Buffer;
import jakarta.jws.WebMethod;
import jakarta.jws.WebParam;
import jakarta.jws.WebResult;
import jakarta.jws.WebService;
import jakarta.jws.soap.SOAPBinding;
import jakarta.xml.bind.annotation.XmlAccessType;
import jakarta.xml.bind.annotation.XmlAccessorType;
import jakarta.xml.bind.annotation.XmlElement;
import jakarta.xml.bind.annotation.XmlRootElement;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.cxf.Bus;
import org.apache.cxf.bus.extension.ExtensionManagerBus;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Attachments and base64 are the same to a service that maps: MTOM and SwA in, JSON out, and back (BUS-06, BUS-18). */
final class SoapAttachmentTest {
    private static final String XOP =
            "<xop:Include xmlns:xop=\"http://www.w3.org/2004/08/xop/include\" href=\"cid:%s\"/>";
    private static final byte[] LARGE = noise(400_000);
    private static final byte[] ODD = "\r\n--lgsp-\r\n--=_ranh'gioi\r\n\r\n\0é".getBytes(ISO_8859_1);

    @TempDir
    static Path folder;

    private static StubPeer provider;
    private static TestBus bus;

    private static byte[] noise(int length) {
        byte[] noise = new byte[length];
        new Random(11).nextBytes(noise);
        return noise;
    }

    @BeforeAll
    static void start() {
        provider = StubPeer.answering(200, "application/json", "");
        TestBus.Builder builder = TestBus.in(folder).system("registry", provider.port());
        for (String version : new String[] {"1.1", "1.2"}) {
            String service = version.equals("1.1") ? "paper-first" : "paper-second";
            builder.service(
                            service,
                            card(service, "{ id: send, method: POST, path: /papers, accepts: [application/json] }"),
                            TestBus.Builder.route(service, """
                                    - to: lgsp-xml:test/%1$s/paper.xsd?element=Paper
                                    - to:
                                        uri: lgsp-soap:registry/papers
                                        parameters: { version: "%2$s", action: "urn:test:paper:send", attachments: "Body,Photo", expectsNamespace: "urn:test:paper", expectsName: Paper }
                                    - to: lgsp-json:test/%1$s/paper.xsd?element=Paper
                                    - setHeader: { name: Content-Type, constant: application/json }""".formatted(service, version)))
                    .write("transforms/test/" + service + "/paper.xsd", SCHEMA)
                    .grant(service);
        }
        bus = builder.service(
                        "paper-take",
                        card("paper-take", "{ id: send, soap: { namespace: \"urn:test:paper\", element: Paper } }"),
                        TestBus.Builder.route("paper-take", """
                                - to: lgsp-json:test/paper-take/paper.xsd?element=Paper
                                - setHeader: { name: Content-Type, constant: application/json }
                                - to: lgsp-http:registry/papers?method=POST
                                - to: lgsp-xml:test/paper-take/paper.xsd?element=Paper"""))
                .write("transforms/test/paper-take/paper.xsd", SCHEMA)
                .write("routes/test/paper-take.wsdl", WSDL)
                .grant("paper-take")
                .service(
                        "paper-relay",
                        card("paper-relay", "{ id: send, soap: { namespace: \"urn:test:paper\", element: Paper } }")
                                .replace("mode: mapped", "mode: pass-through"),
                        TestBus.Builder.route("paper-relay", "- to: lgsp-soap:registry/relay?passThrough=true"))
                .write("routes/test/paper-relay.wsdl", WSDL)
                .grant("paper-relay")
                .setting("lgsp.record.refusal-rate", "1000")
                .start();
        assertThat(bus.bus().refusedServices()).isEmpty();
    }

    private static String card(String service, String operation) {
        return TestBus.Builder.card(service, "registry", "limits: { request: 1MB }", operation);
    }

    @AfterAll
    static void stop() {
        bus.close();
        provider.close();
    }

    // REST to MTOM and back

    @ParameterizedTest
    @CsvSource({"paper-first,text/xml", "paper-second,application/soap+xml"})
    void base64_of_json_travels_as_mtom_and_the_parts_of_the_answer_come_back_as_base64(String service, String type) {
        String soap = type.equals("text/xml") ? SOAP_11 : SOAP_12;
        SoapParcel back = SoapParcel.mtom(
                        envelope(soap, "", paper(XOP.formatted("x%2By@p"), XOP.formatted("photo"))), type)
                .part("photo", LARGE)
                .part("x+y@p", ODD);
        provider.behaves(request ->
                request.response().putHeader("Content-Type", back.contentType()).end(Buffer.buffer(back.bytes())));

        HttpResponse<String> answer = bus.post(
                "/api/" + service + "/v1/papers",
                "application/json",
                "{\"Title\":\"Đơn <1>\",\"Body\":\"" + base64(LARGE) + "\",\"Photo\":\"" + base64(ODD) + "\"}");

        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        assertThat(TestBus.json(answer).path("Body").asText()).isEqualTo(base64(ODD));
        assertThat(TestBus.json(answer).path("Photo").asText()).isEqualTo(base64(LARGE));
        StubPeer.Seen seen = provider.last();
        List<byte[]> parts = parts(seen);
        assertThat(seen.headers().get("Content-Type"))
                .startsWith("multipart/related; type=\"application/xop+xml\"; boundary=\"")
                .contains("; start-info=\"" + type + "\"");
        assertThat(seen.headers().get("Content-Type").endsWith("; action=\"urn:test:paper:send\""))
                .isEqualTo(soap.equals(SOAP_12));
        String root = new String(parts.get(0), UTF_8);
        assertThat(root)
                .startsWith("<soapenv:Envelope xmlns:soapenv=\"" + soap)
                .contains("Đơn &lt;1&gt;", "href=\"cid:part-1@lgsp\"", "href=\"cid:part-2@lgsp\"");
        assertThat(parts.get(1)).isEqualTo(LARGE);
        assertThat(parts.get(2)).isEqualTo(ODD);
    }

    @Test
    void an_element_that_is_absent_or_empty_has_no_part_and_one_that_is_no_base64_is_refused() {
        provider.behaves(StubPeer.fixed(200, "text/xml", envelope(SOAP_11, "", paper("", ""))));

        HttpResponse<String> answer =
                bus.post("/api/paper-first/v1/papers", "application/json", "{\"Title\":\"a\",\"Body\":\"\"}");

        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        assertThat(parts(provider.last())).hasSize(1);
        int before = provider.begun();
        HttpResponse<String> refused =
                bus.post("/api/paper-first/v1/papers", "application/json", "{\"Title\":\"a\",\"Body\":\"bí mật\"}");
        assertThat(TestBus.code(refused)).isEqualTo("message-invalid");
        assertThat(provider.begun()).isEqualTo(before);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 4})
    void an_answer_whose_parts_do_not_fit_is_the_providers_failure(int wrong) {
        SoapParcel good = SoapParcel.mtom(envelope(SOAP_11, "", paper(XOP.formatted("a"), "")), "text/xml");
        SoapParcel back = List.of(
                        good,
                        good.part("b", ODD),
                        good.part("a", ODD).part("b", ODD),
                        good.part("a", ODD).part("", ODD),
                        good.part("a", "quoted-printable", ODD))
                .get(wrong);
        provider.behaves(request ->
                request.response().putHeader("Content-Type", back.contentType()).end(Buffer.buffer(back.bytes())));

        HttpResponse<String> answer =
                bus.post("/api/paper-first/v1/papers", "application/json", "{\"Title\":\"a\",\"Body\":\"\"}");

        assertThat(TestBus.code(answer)).isEqualTo("provider-invalid");
        assertThat(answer.statusCode()).isEqualTo(502);
    }

    // MTOM and SwA to REST

    static Stream<SoapParcel> requests() {
        String include = XOP.formatted("a");
        return Stream.of(
                SoapParcel.mtom(envelope(SOAP_11, "", paper(include, "")), "text/xml")
                        .part("a", LARGE),
                SoapParcel.mtom(envelope(SOAP_12, "", paper(include, "")), "application/soap+xml")
                        .part("a", LARGE),
                SoapParcel.swa(envelope(SOAP_11, "", paper("cid:a", "")), "text/xml")
                        .part("a", LARGE),
                SoapParcel.swa(
                                envelope(
                                        SOAP_12,
                                        "",
                                        paper("cid:a", "")
                                                .replace("<Body>", "<Body href=\"cid:a\">")
                                                .replace("cid:a</Body>", "</Body>")),
                                "application/soap+xml")
                        .part("a", LARGE),
                SoapParcel.swa(envelope(SOAP_11, "", paper("cid:a", "")), "text/xml")
                        .part("a", "base64", Base64.getMimeEncoder().encode(LARGE)));
    }

    @ParameterizedTest
    @MethodSource("requests")
    void attachments_of_a_soap_caller_reach_a_rest_provider_as_base64(SoapParcel parcel) {
        provider.behaves(request -> request.response()
                .putHeader("Content-Type", "application/json")
                .end("{\"Title\":\"b\",\"Body\":\"" + base64(ODD) + "\"}"));

        HttpResponse<String> answer = post(parcel);

        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        assertThat(answer.body()).contains("Body>" + base64(ODD) + "<");
        assertThat(provider.last().text()).contains("\"Body\":\"" + base64(LARGE) + "\"");
    }

    static Stream<SoapParcel> wrong() {
        SoapParcel mtom = SoapParcel.mtom(envelope(SOAP_11, "", paper(XOP.formatted("a"), "")), "text/xml");
        SoapParcel swa = SoapParcel.swa(envelope(SOAP_11, "", paper("cid:a", "")), "text/xml");
        return Stream.of(
                mtom,
                mtom.part("b", ODD),
                mtom.part("a", ODD).part("a", ODD),
                mtom.part("a", ODD).part("b", ODD),
                mtom.part("a", ODD).part("", ODD),
                mtom.part("a", "base64", ODD),
                mtom.part("a", "x-uuencode", ODD),
                SoapParcel.mtom(envelope(SOAP_11, "", paper(XOP.formatted("a"), XOP.formatted("a"))), "text/xml")
                        .part("a", ODD),
                SoapParcel.mtom(
                                envelope(SOAP_11, "", paper(XOP.formatted("a").replace("cid:", "http://x/"), "")),
                                "text/xml")
                        .part("a", ODD),
                SoapParcel.mtom(envelope(SOAP_12, "", paper(XOP.formatted("a"), "")), "text/xml")
                        .part("a", ODD),
                swa,
                swa.part("b", ODD),
                SoapParcel.swa(envelope(SOAP_11, "", paper("cid:a", "cid:a")), "text/xml")
                        .part("a", ODD));
    }

    @ParameterizedTest
    @MethodSource("wrong")
    void a_request_whose_parts_and_references_do_not_fit_is_refused_before_anybody_is_called(SoapParcel parcel) {
        int before = provider.begun();

        HttpResponse<String> answer = post(parcel);

        assertThat(answer.statusCode()).isEqualTo(500);
        assertThat(answer.body()).contains("<code>message-invalid</code>");
        assertThat(bus.recordOf(answer).error()).contains("message-invalid");
        assertThat(provider.begun()).isEqualTo(before);
    }

    /** As the tools of an owner of a SOAP system make it. */
    @WebService(name = "Papers", targetNamespace = "urn:test:paper")
    @SOAPBinding(parameterStyle = SOAPBinding.ParameterStyle.BARE)
    interface Papers {
        @WebMethod(operationName = "Paper")
        @WebResult(name = "Paper", targetNamespace = "urn:test:paper", partName = "paper")
        Paper send(@WebParam(name = "Paper", targetNamespace = "urn:test:paper", partName = "paper") Paper paper);
    }

    @XmlRootElement(name = "Paper", namespace = "urn:test:paper")
    @XmlAccessorType(XmlAccessType.FIELD)
    static final class Paper {
        @XmlElement(name = "Title", namespace = "urn:test:paper")
        String title = "";

        @XmlElement(name = "Body", namespace = "urn:test:paper")
        byte[] body = {};
    }

    @ParameterizedTest
    @CsvSource({"paper-take, 1.1", "paper-take, 1.2", "paper-relay, 1.1", "paper-relay, 1.2"})
    void a_client_of_cxf_sends_mtom_and_gets_the_same_bytes_back(String service, String version) {
        provider.behaves(request -> {
            StubPeer.Seen seen = provider.last();
            request.response()
                    .putHeader("Content-Type", seen.headers().get("Content-Type"))
                    .end(Buffer.buffer(seen.body()));
        });
        Bus cxf = new ExtensionManagerBus();
        try {
            Papers papers = CxfProxy.of(cxf, Papers.class, bus.uri("/soap/" + service + "/v1"), version, true);
            Paper paper = new Paper();
            paper.title = "Đơn";
            paper.body = LARGE;

            Paper back = papers.send(paper);

            assertThat(back.title).isEqualTo("Đơn");
            assertThat(back.body).isEqualTo(LARGE);
            if (service.equals("paper-relay")) {
                assertThat(provider.last().headers().get("Content-Type")).startsWith("multipart/related");
            }
            assertThat(bus.records().get(0).form()).isEqualTo("SOAP " + version);
        } finally {
            cxf.shutdown(true);
        }
    }

    @Test
    void attachments_at_a_rest_address_are_refused() {
        HttpResponse<String> answer = bus.post("/api/paper-first/v1/papers", "multipart/related; boundary=a", "--a--");

        assertThat(TestBus.code(answer)).isEqualTo("media-type-unsupported");
    }

    private static HttpResponse<String> post(SoapParcel parcel) {
        return bus.send(bus.request("/soap/paper-take/v1")
                .header("Content-Type", parcel.contentType())
                .POST(BodyPublishers.ofByteArray(parcel.bytes()))
                .build());
    }

    private static String paper(String body, String photo) {
        return "<Paper xmlns=\"urn:test:paper\"><Title>a</Title><Body>" + body + "</Body>"
                + (photo.isEmpty() ? "" : "<Photo>" + photo + "</Photo>") + "</Paper>";
    }

    private static String base64(byte[] content) {
        return Base64.getEncoder().encodeToString(content);
    }

    /** The contents of the parts, by the boundary of the head. */
    private static List<byte[]> parts(StubPeer.Seen seen) {
        Matcher boundary =
                Pattern.compile("boundary=\"([^\"]+)\"").matcher(seen.headers().get("Content-Type"));
        assertThat(boundary.find()).isTrue();
        String body = "\r\n" + new String(seen.body(), ISO_8859_1);
        String[] pieces = body.split("\r\n--" + Pattern.quote(boundary.group(1)), -1);
        assertThat(pieces[pieces.length - 1]).isEqualTo("--\r\n");
        return Stream.of(pieces)
                .skip(1)
                .limit(pieces.length - 2L)
                .map(piece -> piece.substring(piece.indexOf("\r\n\r\n") + 4).getBytes(ISO_8859_1))
                .toList();
    }

    private static final String SCHEMA = """
            <xs:schema targetNamespace="urn:test:paper" elementFormDefault="qualified"
                xmlns:xs="http://www.w3.org/2001/XMLSchema">
              <xs:element name="Paper">
                <xs:complexType>
                  <xs:sequence>
                    <xs:element name="Title" type="xs:string"/>
                    <xs:element name="Body" type="xs:base64Binary"/>
                    <xs:element name="Photo" type="xs:base64Binary" minOccurs="0"/>
                  </xs:sequence>
                </xs:complexType>
              </xs:element>
            </xs:schema>
            """;

    private static final String WSDL = SoapService.contract("urn:test:paper", "Paper");
}
