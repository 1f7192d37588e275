package vn.lgsp.runtime;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static vn.lgsp.runtime.SoapService.SOAP_11;
import static vn.lgsp.runtime.SoapService.SOAP_12;
import static vn.lgsp.runtime.SoapService.envelope;

import io.vertx.core.buffer.Buffer;
import jakarta.activation.DataHandler;
import jakarta.jws.WebMethod;
import jakarta.jws.WebParam;
import jakarta.jws.WebResult;
import jakarta.jws.WebService;
import jakarta.jws.soap.SOAPBinding;
import jakarta.xml.bind.annotation.XmlAccessType;
import jakarta.xml.bind.annotation.XmlAccessorType;
import jakarta.xml.bind.annotation.XmlAttachmentRef;
import jakarta.xml.bind.annotation.XmlElement;
import jakarta.xml.bind.annotation.XmlRootElement;
import jakarta.xml.ws.Holder;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.apache.cxf.Bus;
import org.apache.cxf.BusFactory;
import org.apache.cxf.bus.extension.ExtensionManagerBus;
import org.apache.cxf.buslifecycle.BusLifeCycleManager;
import org.apache.cxf.jaxws.EndpointImpl;
import org.apache.cxf.transport.http.netty.server.NettyHttpServerEngineFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import vn.lgsp.FreePorts;

/** MTOM out of a door, SOAP with Attachments to a system, both against CXF, and parts that do not fit (BUS-06, BUS-18, SEC-01). */
final class SoapPartsIT {
    private static final byte[] LARGE = noise(300_000);
    private static final byte[] ODD = "\r\n--lgsp-\r\n--=_ranh'gioi\r\n\r\n\0é".getBytes(ISO_8859_1);

    @TempDir
    static Path folder;

    private static Bus cxf;
    private static int port;
    private static StubPeer odd;
    private static TestBus bus;

    private static byte[] noise(int length) {
        byte[] noise = new byte[length];
        new Random(13).nextBytes(noise);
        return noise;
    }

    /** As the tools of an owner of a SOAP system make it: a reference to a part stands in the element. */
    @WebService(name = "Papers", targetNamespace = "urn:test:paper")
    @SOAPBinding(parameterStyle = SOAPBinding.ParameterStyle.BARE)
    interface Papers {
        @WebMethod(operationName = "Paper")
        @WebResult(name = "Paper", targetNamespace = "urn:test:paper", partName = "paper")
        Referring send(
                @WebParam(name = "Paper", targetNamespace = "urn:test:paper", partName = "paper") Referring paper);
    }

    @XmlRootElement(name = "Paper", namespace = "urn:test:paper")
    @XmlAccessorType(XmlAccessType.FIELD)
    static final class Referring {
        @XmlElement(name = "Title", namespace = "urn:test:paper")
        String title = "";

        @XmlElement(name = "Body", namespace = "urn:test:paper")
        @XmlAttachmentRef
        @SuppressWarnings("NullAway.Init") // JAXB sets it
        DataHandler body;
    }

    @WebService(
            serviceName = "Papers",
            portName = "Port",
            endpointInterface = "vn.lgsp.runtime.SoapPartsIT$Papers",
            targetNamespace = "urn:test:paper")
    static final class ReferringPapers implements Papers {
        @Override
        public Referring send(Referring paper) {
            paper.title = "đã nhận " + paper.title;
            return paper;
        }
    }

    /** The contract binds a part of the message with mime:content. */
    @WebService(name = "Bound", targetNamespace = "urn:test:paper")
    @SOAPBinding(parameterStyle = SOAPBinding.ParameterStyle.BARE)
    interface Bound {
        @WebMethod(operationName = "Paper")
        void send(
                @WebParam(
                                mode = WebParam.Mode.INOUT,
                                name = "Paper",
                                targetNamespace = "urn:test:paper",
                                partName = "paper")
                        Holder<Plain> paper,
                @WebParam(mode = WebParam.Mode.INOUT, name = "Body", targetNamespace = "", partName = "Body")
                        Holder<DataHandler> body);
    }

    @XmlRootElement(name = "Paper", namespace = "urn:test:paper")
    @XmlAccessorType(XmlAccessType.FIELD)
    static final class Plain {
        @XmlElement(name = "Title", namespace = "urn:test:paper")
        String title = "";

        @XmlElement(name = "Body", namespace = "urn:test:paper")
        @SuppressWarnings("NullAway.Init") // JAXB sets it, where the element is there: an empty one would be written
        byte[] body;
    }

    @WebService(
            serviceName = "Bound",
            portName = "Port",
            endpointInterface = "vn.lgsp.runtime.SoapPartsIT$Bound",
            targetNamespace = "urn:test:paper")
    static final class BoundPapers implements Bound {
        @Override
        public void send(Holder<Plain> paper, Holder<DataHandler> body) {
            paper.value.title = "đã nhận " + paper.value.title + (paper.value.body == null ? "" : " hai lần");
        }
    }

    @WebService(name = "Papers", targetNamespace = "urn:test:paper")
    @SOAPBinding(parameterStyle = SOAPBinding.ParameterStyle.BARE)
    interface Asked {
        @WebMethod(operationName = "Paper")
        @WebResult(name = "Paper", targetNamespace = "urn:test:paper", partName = "paper")
        Plain send(@WebParam(name = "Paper", targetNamespace = "urn:test:paper", partName = "paper") Plain paper);
    }

    @BeforeAll
    static void start() throws IOException {
        port = FreePorts.some(1).get(0);
        odd = StubPeer.answering(200, "text/xml", "");
        cxf = new ExtensionManagerBus();
        Files.writeString(folder.resolve("bound.wsdl"), BOUND);
        Files.writeString(folder.resolve("referring.wsdl"), REFERRING);
        Bus before = BusFactory.getAndSetThreadDefaultBus(cxf);
        try {
            NettyHttpServerEngineFactory engines = cxf.getExtension(NettyHttpServerEngineFactory.class);
            cxf.getExtension(BusLifeCycleManager.class).unregisterLifeCycleListener(engines);
            engines.createNettyHttpServerEngine("127.0.0.1", port, "http");
            publish(new ReferringPapers(), "/papers", "referring.wsdl");
            publish(new BoundPapers(), "/bound", "bound.wsdl");
        } finally {
            BusFactory.setThreadDefaultBus(before);
        }
        TestBus.Builder builder = TestBus.in(folder)
                .system("cxf", port)
                .system("odd", odd.port(), "answerTimeout: 3s", "idleTimeout: 1s");
        for (String[] one : new String[][] {
            {"ref", "cxf", "papers", "swaRef"},
            {"mime", "cxf", "bound", "mime"},
            {"odd-ref", "odd", "", "swaRef"},
            {"odd-mime", "odd", "", "mime"}
        }) {
            builder.service(
                            "send-" + one[0],
                            card(
                                    "send-" + one[0],
                                    one[1],
                                    "{ id: send, method: POST, path: /, accepts: [application/json] }"),
                            TestBus.Builder.route(
                                    "send-" + one[0], """
                                    - to: lgsp-xml:test/%1$s/paper.xsd?element=Paper
                                    - to:
                                        uri: kamelet:soap-call
                                        parameters: { system: %2$s, path: "/%3$s", attachments: Body, attachmentsAs: %4$s, expectsNamespace: "urn:test:paper", expectsName: Paper }
                                    - to: lgsp-json:test/%1$s/paper.xsd?element=Paper
                                    - setHeader: { name: Content-Type, constant: application/json }
                                    """.formatted("send-" + one[0], one[1], one[2], one[3])))
                    .write("transforms/test/send-" + one[0] + "/paper.xsd", SCHEMA)
                    .grant("send-" + one[0]);
        }
        bus = builder.service(
                        "paper-give",
                        card(
                                "paper-give",
                                "odd",
                                "{ id: give, soap: { namespace: \"urn:test:paper\", element: Paper, attachments: [Body, Photo] } }"),
                        TestBus.Builder.route("paper-give", """
                                - to: lgsp-json:test/paper-give/paper.xsd?element=Paper
                                - setHeader: { name: Content-Type, constant: application/json }
                                - to: lgsp-http:odd/papers?method=POST
                                - transform: { jq: { expression: "." } }
                                - choice:
                                    when:
                                      - jsonpath: { expression: "$[?(@.Title == 'text')]" }
                                        steps: [ { setBody: { constant: "<Paper xmlns='urn:test:paper'><Title>a</Title><Body>b&#237; m&#7853;t</Body></Paper>" } } ]
                                    otherwise:
                                      steps: [ { to: "lgsp-xml:test/paper-give/paper.xsd?element=Paper" } ]
                                """))
                .write("transforms/test/paper-give/paper.xsd", SCHEMA)
                .write("routes/test/paper-give.wsdl", SoapService.contract("urn:test:paper", "Paper"))
                .grant("paper-give")
                .service(
                        "paper-tell",
                        card(
                                "paper-tell",
                                "odd",
                                "{ id: tell, soap: { namespace: \"urn:test:paper\", element: Paper, oneWay: true, headers: [\"{urn:test:h}Ma\"] } }"),
                        TestBus.Builder.route(
                                "paper-tell",
                                "- to: { uri: \"kamelet:soap-call\", parameters: { system: odd, oneWay: \"true\", headers: \"true\" } }"))
                .write(
                        "routes/test/paper-tell.wsdl",
                        SoapService.contract("urn:test:paper", "Paper")
                                .replaceAll("<wsdl:output[^>]*/>", "")
                                .replaceAll("<wsdl:output>.*?</wsdl:output>", ""))
                .grant("paper-tell")
                .write(
                        "connectors/soap-call.kamelet.yaml",
                        Files.readString(Path.of("connectors/soap-call.kamelet.yaml")))
                .setting("lgsp.record.refusal-rate", "1000")
                .start();
        assertThat(bus.bus().refusedServices()).isEmpty();
    }

    private static void publish(Object papers, String path, String contract) {
        EndpointImpl endpoint = new EndpointImpl(cxf, papers);
        endpoint.setAddress("http://127.0.0.1:" + port + path);
        endpoint.setWsdlLocation(folder.resolve(contract).toUri().toString());
        endpoint.publish();
    }

    private static String card(String service, String system, String operation) {
        return TestBus.Builder.card(service, system, "limits: { request: 1MB }", operation);
    }

    @AfterAll
    static void stop() {
        bus.close();
        odd.close();
        NettyHttpServerEngineFactory.destroyForPort(port);
        cxf.shutdown(true);
    }

    // SOAP with Attachments to a system of CXF

    static Stream<Arguments> contents() {
        return Stream.of("ref", "mime")
                .flatMap(way -> Stream.of(LARGE, ODD, new byte[] {0}).map(content -> Arguments.of(way, content)));
    }

    @ParameterizedTest
    @MethodSource("contents")
    void cxf_reads_what_is_sent_as_swa_and_what_it_sends_back_comes_back_byte_by_byte(String way, byte[] content) {
        HttpResponse<String> answer = bus.post(
                "/api/send-" + way + "/v1/",
                "application/json",
                "{\"Title\":\"Đơn <1>\",\"Body\":\"" + base64(content) + "\"}");

        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        assertThat(TestBus.json(answer).path("Title").asText()).isEqualTo("đã nhận Đơn <1>");
        assertThat(TestBus.json(answer).path("Body").asText()).isEqualTo(base64(content));
    }

    @Test
    void an_element_that_becomes_a_part_is_not_in_the_envelope_and_its_content_id_begins_with_its_name() {
        odd.behaves(StubPeer.fixed(200, "text/xml", envelope(SOAP_11, "", paper(""))));

        assertThat(send("mime", ODD).statusCode()).isEqualTo(200);
        String mime = new String(last().body(), ISO_8859_1);
        assertThat(send("ref", ODD).statusCode()).isEqualTo(200);
        String ref = new String(last().body(), ISO_8859_1);

        assertThat(last().headers().get("Content-Type"))
                .startsWith("multipart/related; type=\"text/xml\"; boundary=\"")
                .doesNotContain("xop");
        assertThat(mime).contains("Content-ID: <Body=").doesNotContain("<Body>", "cid:");
        assertThat(ref).contains("cid:part-1@lgsp</", "Content-ID: <part-1@lgsp>");
    }

    @Test
    void an_element_that_is_to_be_a_part_and_holds_no_base64_is_refused_before_anybody_is_called() {
        int before = odd.begun();

        for (String way : List.of("ref", "mime")) {
            HttpResponse<String> answer = bus.post(
                    "/api/send-odd-" + way + "/v1/", "application/json", "{\"Title\":\"a\",\"Body\":\"bí mật\"}");
            assertThat(TestBus.code(answer)).isEqualTo("message-invalid");
            assertThat(answer.body()).doesNotContain("bí mật");
        }
        assertThat(odd.begun()).isEqualTo(before);
    }

    // What a system sends that does not fit

    static Stream<Arguments> misfits() {
        SoapParcel ref = SoapParcel.swa(envelope(SOAP_11, "", paper("cid:a")), "text/xml");
        SoapParcel bare = SoapParcel.swa(envelope(SOAP_11, "", paper("")), "text/xml");
        SoapParcel gone = SoapParcel.swa(
                envelope(SOAP_11, "", "<Paper xmlns=\"urn:test:paper\"><Title>a</Title></Paper>"), "text/xml");
        SoapParcel many = ref;
        for (int i = 0; i < 101; i++) {
            many = many.part("a" + i, new byte[0]);
        }
        return Stream.of(
                Arguments.of("ref", "no part", ref),
                Arguments.of(
                        "ref", "a part without a Content-ID", ref.part("a", ODD).part("", ODD)),
                Arguments.of("ref", "the only part without a Content-ID", ref.part("", ODD)),
                Arguments.of("ref", "two of one Content-ID", ref.part("a", ODD).part("a", ODD)),
                Arguments.of("ref", "one that nothing refers to", bare.part("b", ODD)),
                Arguments.of("ref", "one named after an element, which no option says", gone.part("Body=1@x", ODD)),
                Arguments.of("ref", "packed", ref.part("a", "gzip", gzip(ODD))),
                Arguments.of("ref", "more than 100 parts", many),
                Arguments.of("mime", "no Content-ID", gone.part("", ODD)),
                Arguments.of(
                        "mime",
                        "two of one Content-ID",
                        gone.part("Body=1@x", ODD).part("Body=1@x", ODD)),
                Arguments.of(
                        "mime", "two of one name", gone.part("Body=1@x", ODD).part("Body=2@x", ODD)),
                Arguments.of("mime", "another name", gone.part("BodyScan=1@x", ODD)));
    }

    @ParameterizedTest(name = "{0}: {1}")
    @MethodSource("misfits")
    void an_answer_whose_parts_do_not_fit_is_the_failure_of_its_system(String way, String what, SoapParcel parcel) {
        odd.behaves(request -> request.response()
                .putHeader("Content-Type", parcel.contentType())
                .end(Buffer.buffer(parcel.bytes())));

        assertInvalid(send(way, ODD));
    }

    @Test
    void a_part_named_after_its_element_comes_back_as_that_element() {
        SoapParcel parcel = SoapParcel.swa(
                        envelope(SOAP_12, "", "<p:Paper xmlns:p=\"urn:test:paper\"><p:Title>a</p:Title></p:Paper>"),
                        "application/soap+xml")
                .part("Body", ODD);
        odd.behaves(request -> request.response()
                .putHeader("Content-Type", parcel.contentType())
                .end(Buffer.buffer(parcel.bytes())));

        HttpResponse<String> answer = send("mime", LARGE);

        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        assertThat(TestBus.json(answer).path("Body").asText()).isEqualTo(base64(ODD));
    }

    @ParameterizedTest
    @ValueSource(strings = {"ref", "mime"})
    void an_answer_that_is_cut_off_in_a_part_is_the_failure_of_its_system(String way) {
        SoapParcel parcel = SoapParcel.swa(envelope(SOAP_11, "", paper("cid:a")), "text/xml")
                .part("a", LARGE);
        odd.behaves(request -> request.response()
                .putHeader("Content-Type", parcel.contentType())
                .end(Buffer.buffer(parcel.begun())));

        assertInvalid(send(way, ODD));
    }

    @Test
    void an_answer_whose_last_part_never_ends_is_given_up() {
        SoapParcel parcel = SoapParcel.swa(envelope(SOAP_11, "", paper("cid:a")), "text/xml")
                .part("a", ODD);
        odd.behaves(request -> request.response()
                .setChunked(true)
                .putHeader("Content-Type", parcel.contentType())
                .write(Buffer.buffer(parcel.begun())));

        HttpResponse<String> answer = send("ref", ODD);

        assertThat(TestBus.code(answer)).isEqualTo("provider-timeout");
        assertThat(bus.recordOf(answer).error()).contains("provider-timeout");
    }

    @Test
    void attachments_that_unfold_to_more_than_a_mapping_may_read_are_refused_within_a_second() {
        SoapParcel parcel = SoapParcel.swa(envelope(SOAP_11, "", paper("cid:a")), "text/xml")
                .part("a", new byte[16 << 20]);
        Buffer packed = Buffer.buffer(gzip(parcel.bytes()));
        odd.behaves(request -> request.response()
                .putHeader("Content-Type", parcel.contentType())
                .putHeader("Content-Encoding", "gzip")
                .end(packed));

        long began = System.nanoTime();
        assertInvalid(send("ref", ODD));
        assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(10));
    }

    // What a caller sends

    @ParameterizedTest
    @ValueSource(strings = {"/soap/paper-give/v1", "/api/send-ref/v1/"})
    void a_bomb_of_attachments_is_refused_at_every_door(String path) {
        SoapParcel parcel = SoapParcel.swa(envelope(SOAP_11, "", paper("cid:a")), "text/xml")
                .part("a", new byte[16 << 20]);
        int before = odd.begun();

        HttpResponse<String> answer = bus.send(bus.request(path)
                .header("Content-Type", path.startsWith("/soap") ? parcel.contentType() : "application/json")
                .header("Content-Encoding", "gzip")
                .POST(BodyPublishers.ofByteArray(gzip(parcel.bytes())))
                .build());

        assertThat(answer.statusCode()).isEqualTo(path.startsWith("/soap") ? 500 : 413);
        assertThat(bus.recordOf(answer).error()).contains("message-too-large");
        assertThat(odd.begun()).isEqualTo(before);
    }

    // MTOM out of the door

    @ParameterizedTest
    @CsvSource({"1.1, true", "1.2, false"})
    void a_client_of_cxf_gets_the_elements_that_the_card_names_as_mtom(String version, boolean mtom) {
        odd.behaves(StubPeer.fixed(200, "application/json", "{\"Title\":\"Đơn\",\"Body\":\"" + base64(LARGE) + "\"}"));
        Asked papers = CxfProxy.of(cxf, Asked.class, bus.uri("/soap/paper-give/v1"), version, mtom);
        Plain paper = new Plain();
        paper.title = "Đơn";
        paper.body = ODD;

        Plain back = papers.send(paper);

        assertThat(back.title).isEqualTo("Đơn");
        assertThat(back.body).isEqualTo(LARGE);
        // base64 inside of the envelope would be larger by a third
        assertThat(bus.records().get(0).answer().orElseThrow().bytes()).isBetween(300_000L, 302_000L);
    }

    @Test
    void a_caller_who_does_not_take_parts_gets_base64_in_the_envelope() {
        odd.behaves(StubPeer.fixed(200, "application/json", "{\"Title\":\"a\",\"Body\":\"" + base64(ODD) + "\"}"));

        HttpResponse<String> answer = ask("text/xml");
        HttpResponse<String> silent = bus.post("/soap/paper-give/v1", "text/xml", envelope(SOAP_11, "", paper("")));
        HttpResponse<String> parts = ask("text/xml, multipart/*;q=0.5");

        assertThat(answer.headers().firstValue("Content-Type")).contains("text/xml; charset=utf-8");
        assertThat(answer.body()).contains("Body>" + base64(ODD) + "<");
        assertThat(silent.request().headers().map()).doesNotContainKey("Accept");
        assertThat(silent.headers().firstValue("Content-Type")).contains("text/xml; charset=utf-8");
        assertThat(parts.headers().firstValue("Content-Type").orElseThrow())
                .startsWith("multipart/related; type=\"application/xop+xml\"");
        assertThat(parts.body()).contains("xop:Include");
    }

    @Test
    void an_element_that_the_card_names_and_that_holds_no_base64_does_not_leave() {
        odd.behaves(StubPeer.fixed(200, "application/json", "{\"Title\":\"text\"}"));

        HttpResponse<String> answer = ask("*/*");

        assertThat(answer.statusCode()).isEqualTo(500);
        assertThat(answer.body()).contains("<code>provider-invalid</code>").doesNotContain("bí mật");
    }

    // The connector soap-call

    @Test
    void a_one_way_call_hands_header_blocks_on_and_has_no_answer() {
        odd.behaves(request -> request.response().setStatusCode(202).end());

        HttpResponse<String> answer = bus.post(
                "/soap/paper-tell/v1",
                "text/xml",
                envelope(SOAP_11, "<h:Ma xmlns:h=\"urn:test:h\">HS-7</h:Ma>", paper("")));

        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(202);
        assertThat(last().text()).contains("HS-7</h:Ma>", "<Title>a</Title>");
    }

    private static HttpResponse<String> ask(String accept) {
        return bus.send(bus.request("/soap/paper-give/v1")
                .header("Content-Type", "text/xml")
                .header("Accept", accept)
                .POST(BodyPublishers.ofString(envelope(SOAP_11, "", paper(""))))
                .build());
    }

    private static HttpResponse<String> send(String way, byte[] content) {
        return bus.post(
                "/api/send-odd-" + way + "/v1/",
                "application/json",
                "{\"Title\":\"a\",\"Body\":\"" + base64(content) + "\"}");
    }

    private static StubPeer.Seen last() {
        return odd.last();
    }

    private static void assertInvalid(HttpResponse<String> answer) {
        assertThat(TestBus.code(answer)).as(answer.body()).isEqualTo("provider-invalid");
        assertThat(answer.statusCode()).isEqualTo(502);
        assertThat(bus.recordOf(answer).error()).contains("provider-invalid");
    }

    private static String paper(String body) {
        return "<Paper xmlns=\"urn:test:paper\"><Title>a</Title><Body>" + body + "</Body></Paper>";
    }

    private static String base64(byte[] content) {
        return Base64.getEncoder().encodeToString(content);
    }

    private static byte[] gzip(byte[] content) {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(packed)) {
            out.write(content);
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        return packed.toByteArray();
    }

    private static final String SCHEMA = """
            <xs:schema targetNamespace="urn:test:paper" elementFormDefault="qualified"
                xmlns:xs="http://www.w3.org/2001/XMLSchema">
              <xs:element name="Paper">
                <xs:complexType>
                  <xs:sequence>
                    <xs:element name="Title" type="xs:string"/>
                    <xs:element name="Body" type="xs:base64Binary" minOccurs="0"/>
                    <xs:element name="Photo" type="xs:base64Binary" minOccurs="0"/>
                  </xs:sequence>
                </xs:complexType>
              </xs:element>
            </xs:schema>
            """;

    private static final String BOUND = """
            <wsdl:definitions name="bound" targetNamespace="urn:test:paper" xmlns:p="urn:test:paper"
                xmlns:wsdl="http://schemas.xmlsoap.org/wsdl/" xmlns:xsd="http://www.w3.org/2001/XMLSchema"
                xmlns:soap="http://schemas.xmlsoap.org/wsdl/soap/" xmlns:mime="http://schemas.xmlsoap.org/wsdl/mime/">
              <wsdl:types>
                <xsd:schema targetNamespace="urn:test:paper" elementFormDefault="qualified">
                  <xsd:element name="Paper">
                    <xsd:complexType><xsd:sequence><xsd:element name="Title" type="xsd:string"/>
                      <xsd:element name="Body" type="xsd:base64Binary" minOccurs="0"/></xsd:sequence></xsd:complexType>
                  </xsd:element>
                </xsd:schema>
              </wsdl:types>
              <wsdl:message name="In"><wsdl:part name="paper" element="p:Paper"/><wsdl:part name="Body" type="xsd:base64Binary"/></wsdl:message>
              <wsdl:message name="Out"><wsdl:part name="paper" element="p:Paper"/><wsdl:part name="Body" type="xsd:base64Binary"/></wsdl:message>
              <wsdl:portType name="Bound">
                <wsdl:operation name="Paper"><wsdl:input message="p:In"/><wsdl:output message="p:Out"/></wsdl:operation>
              </wsdl:portType>
              <wsdl:binding name="BoundSoap" type="p:Bound">
                <soap:binding style="document" transport="http://schemas.xmlsoap.org/soap/http"/>
                <wsdl:operation name="Paper">
                  <soap:operation soapAction=""/>
                  <wsdl:input><mime:multipartRelated>
                    <mime:part><soap:body parts="paper" use="literal"/></mime:part>
                    <mime:part><mime:content part="Body" type="application/octet-stream"/></mime:part>
                  </mime:multipartRelated></wsdl:input>
                  <wsdl:output><mime:multipartRelated>
                    <mime:part><soap:body parts="paper" use="literal"/></mime:part>
                    <mime:part><mime:content part="Body" type="application/octet-stream"/></mime:part>
                  </mime:multipartRelated></wsdl:output>
                </wsdl:operation>
              </wsdl:binding>
              <wsdl:service name="Bound">
                <wsdl:port name="Port" binding="p:BoundSoap"><soap:address location="http://to.be.set/"/></wsdl:port>
              </wsdl:service>
            </wsdl:definitions>
            """;

    /** The schema of swaRef would be fetched; to the contract a reference is an address. */
    private static final String REFERRING = BOUND.replaceAll(
                    "(?s)<mime:multipartRelated>.*?</mime:multipartRelated>", "<soap:body use=\"literal\"/>")
            .replace("<wsdl:part name=\"Body\" type=\"xsd:base64Binary\"/>", "")
            .replace("name=\"Body\" type=\"xsd:base64Binary\"", "name=\"Body\" type=\"xsd:anyURI\"")
            .replace("Bound", "Papers");
}
