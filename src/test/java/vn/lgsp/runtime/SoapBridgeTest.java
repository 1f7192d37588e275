package vn.lgsp.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static vn.lgsp.runtime.SoapService.SOAP_11;
import static vn.lgsp.runtime.SoapService.SOAP_12;
import static vn.lgsp.runtime.SoapService.envelope;

import io.vertx.core.Handler;
import io.vertx.core.http.HttpServerRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import vn.lgsp.failure.ErrorCode;
import vn.lgsp.message.Outcome;
import vn.lgsp.record.ExchangeRecord;

/** A mapped SOAP service in front of a SOAP provider: versions, faults, one-way operations, header blocks, rpc (BUS-06, API-03). */
final class SoapBridgeTest {
    private static final String NOTE = "<n:Note xmlns:n=\"urn:test:note\"><text>Đỗ</text></n:Note>";
    private static final String NOTED = "<n:Noted xmlns:n=\"urn:test:note\"><text>Đỗ</text></n:Noted>";

    @TempDir
    static Path folder;

    private static StubPeer provider;
    private static TestBus bus;

    @BeforeAll
    static void start() {
        provider = StubPeer.answering(200, "text/xml", "");
        TestBus.Builder builder = TestBus.in(folder).system("registry", provider.port());
        bridge(builder, "first-bridge", "action: \"urn:test:note:note\"");
        bridge(builder, "second-bridge", "version: \"1.2\", action: \"urn:test:note:note\"");
        bridge(builder, "third-bridge", "version: \"1.2\", headers: \"true\"");
        bridge(builder, "fourth-bridge", "version: \"1.1\", headers: \"true\"");
        bus = builder.service(
                        "note-quote",
                        card(
                                "note-quote",
                                "{ namespace: \"urn:test:note\", element: Note, headers: [\"{urn:test:head}Ma\", \"{urn:test:head}Chuoi\"] }"),
                        TestBus.Builder.route("note-quote", """
                                - setBody: { simple: "<q>${variable.Ma}|${variable.Chuoi}</q>" }
                                - convertBodyTo: { type: "byte[]" }"""))
                .write("routes/test/note-quote.wsdl", WSDL)
                .grant("note-quote")
                .service(
                        "note-tell",
                        card("note-tell", "{ namespace: \"urn:test:note\", element: Note, oneWay: true }"),
                        TestBus.Builder.route("note-tell", """
                                - to:
                                    uri: lgsp-soap:registry/tell
                                    parameters: { oneWay: "true" }"""))
                .write(
                        "routes/test/note-tell.wsdl",
                        WSDL.replaceAll("<wsdl:output message=[^>]*/>|<wsdl:output>.*?</wsdl:output>", ""))
                .grant("note-tell")
                .service(
                        "note-rpc",
                        card("note-rpc", "{ namespace: \"urn:test:rpc\", element: find }")
                                + "deprecated: { since: 2026-01-01 }\n",
                        TestBus.Builder.route("note-rpc", """
                                - to:
                                    uri: lgsp-soap:registry/rpc
                                    parameters: { expectsNamespace: "urn:test:rpc", expectsName: findResponse }"""))
                .write("routes/test/note-rpc.wsdl", RPC)
                .grant("note-rpc")
                .setting("lgsp.record.refusal-rate", "1000")
                .start();
        assertThat(bus.bus().refusedServices()).isEmpty();
    }

    private static void bridge(TestBus.Builder builder, String service, String options) {
        builder.service(
                        service,
                        card(
                                service,
                                "{ namespace: \"urn:test:note\", element: Note, headers: [\"{urn:test:head}Ma\", \"{urn:test:head}Chuoi\"] }"),
                        TestBus.Builder.route(service, """
                                - to:
                                    uri: lgsp-soap:registry/notes
                                    parameters: { expectsNamespace: "urn:test:note", expectsName: Noted, %s }
                                """.formatted(options)))
                .write("routes/test/" + service + ".wsdl", WSDL)
                .grant(service);
    }

    private static String card(String service, String soap) {
        return TestBus.Builder.card(service, "registry", "", "{ id: note, soap: " + soap + " }");
    }

    @AfterAll
    static void stop() {
        bus.close();
        provider.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {SOAP_11, SOAP_12})
    void a_system_of_soap_1_2_is_called_in_1_2_and_its_answer_read_in_either_version(String answers) {
        provider.behaves(answer(200, "application/soap+xml", envelope(answers, "", NOTED)));

        HttpResponse<String> answer = ask("second-bridge", SOAP_11, "", NOTE);

        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        assertThat(answer.body())
                .startsWith("<soapenv:Envelope xmlns:soapenv=\"" + SOAP_11)
                .contains("Đỗ");
        StubPeer.Seen seen = last();
        assertThat(seen.headers().get("Content-Type"))
                .isEqualTo("application/soap+xml; charset=utf-8; action=\"urn:test:note:note\"");
        assertThat(seen.headers().contains("SOAPAction")).isFalse();
        assertThat(seen.text())
                .startsWith("<soapenv:Envelope xmlns:soapenv=\"" + SOAP_12)
                .contains("<text>Đỗ</text>");
    }

    @ParameterizedTest
    @ValueSource(strings = {SOAP_11, SOAP_12})
    void a_system_of_soap_1_1_is_called_in_1_1_whatever_the_caller_speaks(String asks) {
        provider.behaves(answer(200, "text/xml", envelope(SOAP_11, "", NOTED)));

        HttpResponse<String> answer = ask("first-bridge", asks, "", NOTE);

        assertThat(answer.body()).startsWith("<soapenv:Envelope xmlns:soapenv=\"" + asks);
        assertThat(last().headers().get("Content-Type")).isEqualTo("text/xml; charset=utf-8");
        assertThat(last().headers().get("SOAPAction")).isEqualTo("\"urn:test:note:note\"");
        assertThat(last().text()).startsWith("<soapenv:Envelope xmlns:soapenv=\"" + SOAP_11);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            first-bridge  | 500 | <faultcode>s:Client.KhongHopLe</faultcode><faultstring>bí mật</faultstring> | Client.KhongHopLe
            first-bridge  | 200 | <faultcode>s:Server</faultcode><faultstring>bí mật</faultstring> | Server
            first-bridge  | 500 | <faultcode>s:Server bí mật</faultcode> | ''
            second-bridge | 500 | <s:Code><s:Value>s:Receiver</s:Value></s:Code><s:Reason><s:Text xml:lang="vi">bí mật</s:Text></s:Reason> | Receiver
            second-bridge | 400 | <s:Code><s:Value>s:Sender</s:Value><s:Subcode><s:Value>m:DC-17</s:Value></s:Subcode></s:Code> | DC-17
            second-bridge | 500 | <s:Code><s:Value>s:Sender</s:Value><s:Subcode><s:Value>m:A</s:Value><s:Subcode><s:Value>m:B.2</s:Value></s:Subcode></s:Subcode></s:Code><s:Detail><s:Value>x</s:Value></s:Detail> | B.2
            """)
    void the_code_of_a_fault_is_kept_for_callers_of_either_version(
            String service, int status, String fault, String code) {
        String version = service.equals("first-bridge") ? SOAP_11 : SOAP_12;
        provider.behaves(answer(status, "text/xml", envelope(version, "", "<s:Fault>" + fault + "</s:Fault>")));

        for (String asks : new String[] {SOAP_11, SOAP_12}) {
            HttpResponse<String> answer = ask(service, asks, "", NOTE);

            assertThat(answer.statusCode()).isEqualTo(500);
            assertThat(answer.body())
                    .startsWith("<soapenv:Envelope xmlns:soapenv=\"" + asks)
                    .contains("<code>provider-failed</code>")
                    .doesNotContain("bí mật");
            if (code.isEmpty()) {
                assertThat(answer.body()).doesNotContain("partnerCode");
            } else {
                assertThat(answer.body()).contains("<partnerCode>" + code + "</partnerCode>");
            }
            assertThat(bus.recordOf(answer).partnerCode())
                    .isEqualTo(java.util.Optional.of(code).filter(c -> !c.isEmpty()));
        }
    }

    @Test
    void a_400_that_is_no_fault_is_a_refusal() {
        provider.behaves(answer(400, "text/html", "<html><body>bí mật</body></html>"));

        HttpResponse<String> answer = ask("second-bridge", SOAP_11, "", NOTE);

        assertThat(answer.body()).contains("<code>provider-refused</code>", "<partnerCode>HTTP 400</partnerCode>");
    }

    // One-way

    @ParameterizedTest
    @ValueSource(ints = {200, 202, 204})
    void a_one_way_operation_is_acknowledged_by_http_alone_when_the_provider_did_so(int status) {
        provider.behaves(request -> request.response().setStatusCode(status).end());

        HttpResponse<String> answer = ask("note-tell", SOAP_12, "", NOTE);

        assertThat(answer.statusCode()).isEqualTo(202);
        assertThat(answer.body()).isEmpty();
        assertThat(answer.headers().firstValue("Content-Type")).isEmpty();
        ExchangeRecord record = bus.recordOf(answer);
        assertThat(record.status()).isEqualTo(202);
        assertThat(record.outcome()).contains(Outcome.ANSWERED);
        assertThat(record.answer().orElseThrow().bytes()).isZero();
        assertThat(last().text()).contains("<text>Đỗ</text>");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            202 | <s:Fault><faultcode>s:Server.Day</faultcode></s:Fault> | provider-failed  | Server.Day
            500 | <s:Fault><faultcode>s:Server.Day</faultcode></s:Fault> | provider-failed  | Server.Day
            200 | <n:Noted xmlns:n="urn:test:note"/>                     | provider-invalid | ''
            201 | <n:Noted xmlns:n="urn:test:note"/>                     | provider-refused | HTTP 201
            404 | <n:Noted xmlns:n="urn:test:note"/>                     | provider-refused | HTTP 404
            503 | <n:Noted xmlns:n="urn:test:note"/>                     | provider-failed  | HTTP 503
            """)
    void what_is_no_acknowledgement_of_a_one_way_call_is_a_fault_of_the_bus(
            int status, String body, String code, String partnerCode) {
        provider.behaves(answer(status, "text/xml", envelope(SOAP_11, "", body)));

        HttpResponse<String> answer = ask("note-tell", SOAP_11, "", NOTE);

        assertThat(answer.statusCode()).isEqualTo(500);
        assertThat(answer.body()).contains("<code>" + code + "</code>");
        assertThat(bus.recordOf(answer).partnerCode().orElse("")).isEqualTo(partnerCode);
    }

    // Header blocks

    @Test
    void header_blocks_that_the_card_names_go_on_and_no_others_do() {
        provider.behaves(answer(200, "application/soap+xml", envelope(SOAP_12, "", NOTED)));
        String blocks = "<h:Ma xmlns:h=\"urn:test:head\" s:mustUnderstand=\"1\" s:actor=\"\">GD-Đ&amp;1</h:Ma>"
                + "<h:Chuoi xmlns:h=\"urn:test:head\" loai=\"2\"><h:Buoc>1</h:Buoc></h:Chuoi>"
                + "<h:Khac xmlns:h=\"urn:test:head\">bí mật</h:Khac>";

        HttpResponse<String> answer = ask("third-bridge", SOAP_11, blocks, NOTE);

        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        String header = last().text().replaceAll("(?s).*<soapenv:Header>(.*)</soapenv:Header>.*", "$1");
        assertThat(header)
                .contains("lgspsoap:mustUnderstand=\"1\" xmlns:lgspsoap=\"" + SOAP_12 + "\"")
                .contains(">GD-Đ&amp;1</h:Ma>")
                .contains("loai=\"2\"><h:Buoc>1</h:Buoc></h:Chuoi>")
                .doesNotContain("Khac", "actor", "s:mustUnderstand");
        assertThat(header.indexOf("h:Ma")).isLessThan(header.indexOf("h:Chuoi"));

        ask("second-bridge", SOAP_11, blocks, NOTE);

        assertThat(last().text()).doesNotContain("Header", "GD-");
    }

    @Test
    void what_a_named_header_block_holds_is_a_variable_of_the_route() {
        HttpResponse<String> answer = ask(
                "note-quote",
                SOAP_12,
                "<h:Ma xmlns:h=\"urn:test:head\"> GD-Đ1 </h:Ma><Chuoi xmlns=\"urn:test:head\"><Buoc>1</Buoc></Chuoi>",
                NOTE);

        assertThat(answer.body())
                .contains("<q>GD-Đ1|<Chuoi xmlns:s=\"" + SOAP_12
                        + "\" xmlns=\"urn:test:head\"><Buoc>1</Buoc></Chuoi></q>");
    }

    @Test
    void a_header_block_of_1_2_goes_on_in_1_1() {
        provider.behaves(answer(200, "text/xml", envelope(SOAP_11, "", NOTED)));

        ask(
                "fourth-bridge",
                SOAP_12,
                "<h:Ma xmlns:h=\"urn:test:head\" s:mustUnderstand=\"true\" s:role=\"http://www.w3.org/2003/05/soap-envelope/role/next\">7</h:Ma>",
                NOTE);

        assertThat(last().text())
                .contains("lgspsoap:mustUnderstand=\"1\" xmlns:lgspsoap=\"" + SOAP_11 + "\"")
                .doesNotContain("role");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "<h:Khac xmlns:h=\"urn:test:head\" s:mustUnderstand=\"1\">bí mật</h:Khac>",
                "<h:Ma xmlns:h=\"urn:test:other\" s:mustUnderstand=\"1\">bí mật</h:Ma>",
                "<h:Ma xmlns:h=\"urn:test:head\">bí mật</h:Ma><h:Ma xmlns:h=\"urn:test:head\">2</h:Ma>",
            })
    void a_block_that_must_be_understood_and_is_not_named_and_a_named_one_twice_are_refused(String blocks) {
        int before = provider.begun();

        HttpResponse<String> answer = ask("third-bridge", SOAP_11, blocks, NOTE);

        assertThat(answer.statusCode()).isEqualTo(500);
        assertThat(answer.body()).contains("<code>message-invalid</code>").doesNotContain("bí mật");
        assertThat(bus.recordOf(answer).error()).contains(ErrorCode.MESSAGE_INVALID.code());
        assertThat(provider.begun()).isEqualTo(before);
    }

    // rpc/literal

    @Test
    void an_operation_of_style_rpc_is_known_by_its_name_and_answered_by_its_response() {
        provider.behaves(answer(
                200,
                "text/xml",
                envelope(
                        SOAP_11, "", "<r:findResponse xmlns:r=\"urn:test:rpc\"><return>Đỗ</return></r:findResponse>")));

        HttpResponse<String> answer =
                ask("note-rpc", SOAP_11, "", "<r:find xmlns:r=\"urn:test:rpc\"><id>007</id><name>An</name></r:find>");

        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        assertThat(answer.body()).contains("<return>Đỗ</return></r:findResponse>");
        assertThat(last().text()).contains("<id>007</id><name>An</name></r:find>");
        assertThat(ask("note-rpc", SOAP_11, "", "<find><id>007</id></find>").body())
                .contains("message-invalid");
        assertThat(answer.headers().firstValue("Deprecation")).contains("@1767200400");
        assertThat(answer.headers().firstValue("Sunset")).isEmpty();
    }

    private static Handler<HttpServerRequest> answer(int status, String type, String body) {
        return StubPeer.fixed(status, type + "; charset=utf-8", body);
    }

    private static StubPeer.Seen last() {
        return provider.last();
    }

    private static HttpResponse<String> ask(String service, String version, String header, String payload) {
        return bus.send(bus.request("/soap/" + service + "/v1")
                .header("Content-Type", version.equals(SOAP_11) ? "text/xml" : "application/soap+xml")
                .POST(BodyPublishers.ofString(envelope(version, header, payload)))
                .build());
    }

    private static final String WSDL = SoapService.contract("urn:test:note", "Note");

    private static final String RPC = """
            <wsdl:definitions name="rpc" targetNamespace="urn:test:rpc" xmlns:r="urn:test:rpc"
                xmlns:wsdl="http://schemas.xmlsoap.org/wsdl/" xmlns:xsd="http://www.w3.org/2001/XMLSchema"
                xmlns:soap="http://schemas.xmlsoap.org/wsdl/soap/">
              <wsdl:message name="find"><wsdl:part name="id" type="xsd:string"/><wsdl:part name="name" type="xsd:string"/></wsdl:message>
              <wsdl:message name="found"><wsdl:part name="return" type="xsd:string"/></wsdl:message>
              <wsdl:portType name="Finder">
                <wsdl:operation name="find"><wsdl:input message="r:find"/><wsdl:output message="r:found"/></wsdl:operation>
              </wsdl:portType>
              <wsdl:binding name="Finder11" type="r:Finder">
                <soap:binding style="rpc" transport="http://schemas.xmlsoap.org/soap/http"/>
                <wsdl:operation name="find">
                  <soap:operation soapAction=""/>
                  <wsdl:input><soap:body use="literal" namespace="urn:test:rpc"/></wsdl:input>
                  <wsdl:output><soap:body use="literal" namespace="urn:test:rpc"/></wsdl:output>
                </wsdl:operation>
              </wsdl:binding>
              <wsdl:service name="Finder">
                <wsdl:port name="Port11" binding="r:Finder11"><soap:address location="http://to.be.set/"/></wsdl:port>
              </wsdl:service>
            </wsdl:definitions>
            """;
}
