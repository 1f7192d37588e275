package vn.lgsp.runtime;

import java.util.List;

/** A SOAP service of a test: it greets by name, through a provider that gives back what it is sent. */
final class SoapService {
    static final String NAMESPACE = "urn:test:greeter";
    static final String SOAP_11 = "http://schemas.xmlsoap.org/soap/envelope/";
    static final String SOAP_12 = "http://www.w3.org/2003/05/soap-envelope";

    private SoapService() {}

    /** The service {@code greeter}, which {@code asker} may use for its operation {@code greet} only. */
    static TestBus.Builder addTo(TestBus.Builder builder, StubPeer provider) {
        echoes(provider);
        return builder.system("registry", provider.port())
                .service("greeter", CARD, TestBus.Builder.route("greeter", """
                        - to: xslt:file:transforms/test/greeter/request.xsl
                        - to: lgsp-http:registry/names
                        - to: xslt:file:transforms/test/greeter/response.xsl"""))
                .write("routes/test/greeter.wsdl", WSDL)
                .write("transforms/test/greeter/request.xsl", REQUEST)
                .write("transforms/test/greeter/response.xsl", RESPONSE)
                .grant("asker", "greeter", "operations: [greet]");
    }

    /** The provider gives back what it was sent. */
    static void echoes(StubPeer provider) {
        provider.behaves(request -> {
            List<StubPeer.Seen> seen = provider.received();
            request.response()
                    .putHeader("Content-Type", "application/xml")
                    .end(io.vertx.core.buffer.Buffer.buffer(
                            seen.get(seen.size() - 1).body()));
        });
    }

    static String envelope(String namespace, String header, String body) {
        return "<s:Envelope xmlns:s=\"" + namespace + "\">"
                + (header.isEmpty() ? "" : "<s:Header>" + header + "</s:Header>") + "<s:Body>" + body
                + "</s:Body></s:Envelope>";
    }

    static String greet(String name) {
        return "<g:Greet xmlns:g=\"" + NAMESPACE + "\"><g:name>" + name + "</g:name></g:Greet>";
    }

    static final String CARD = """
            service: greeter
            version: 1
            name: { vi: Chào hỏi, en: Greeter }
            description: Greets.
            contact: the test
            providers: [registry]
            mode: mapped
            criterion: real-time
            personalData: false
            limits: { request: 256KB, bodyTimeout: 2s }
            operations:
              - id: greet
                soap: { namespace: "urn:test:greeter", element: Greet, action: "urn:test:greeter:greet" }
              - id: dismiss
                soap: { namespace: "urn:test:greeter", element: Dismiss }
            """;

    private static final String REQUEST = """
            <xsl:stylesheet version="3.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform" xmlns:g="urn:test:greeter"
                exclude-result-prefixes="g">
              <xsl:template match="/g:Greet"><name><xsl:value-of select="g:name"/></name></xsl:template>
            </xsl:stylesheet>
            """;

    private static final String RESPONSE = """
            <xsl:stylesheet version="3.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform">
              <xsl:template match="/name">
                <GreetResponse xmlns="urn:test:greeter"><text>Xin chào <xsl:value-of select="."/></text></GreetResponse>
              </xsl:template>
            </xsl:stylesheet>
            """;

    /** The contract of a service that has the one operation {@code element}, without an action. */
    static String contract(String namespace, String element) {
        return WSDL.replaceAll("(?s)<wsdl:operation name=\"Dismiss\">.*?</wsdl:operation>\\s*", "")
                .replace(" soapAction=\"urn:test:greeter:greet\"", " soapAction=\"\"")
                .replace("urn:test:greeter", namespace)
                .replace("\"Greet\"", "\"" + element + "\"")
                .replace("\"g:Greet\"", "\"g:" + element + "\"");
    }

    static final String WSDL = """
            <?xml version="1.0" encoding="UTF-8"?>
            <!-- Lời chào: a contract with both versions of SOAP -->
            <wsdl:definitions name="greeter" targetNamespace="urn:test:greeter" xmlns:g="urn:test:greeter"
                xmlns:wsdl="http://schemas.xmlsoap.org/wsdl/" xmlns:xsd="http://www.w3.org/2001/XMLSchema"
                xmlns:soap="http://schemas.xmlsoap.org/wsdl/soap/" xmlns:soap12="http://schemas.xmlsoap.org/wsdl/soap12/">
              <wsdl:types>
                <xsd:schema targetNamespace="urn:test:greeter" elementFormDefault="qualified">
                  <xsd:element name="Greet">
                    <xsd:complexType><xsd:sequence><xsd:element name="name" type="xsd:string"/></xsd:sequence></xsd:complexType>
                  </xsd:element>
                  <xsd:element name="GreetResponse">
                    <xsd:complexType><xsd:sequence><xsd:element name="text" type="xsd:string"/></xsd:sequence></xsd:complexType>
                  </xsd:element>
                  <xsd:element name="Dismiss" type="xsd:string"/>
                </xsd:schema>
              </wsdl:types>
              <wsdl:message name="Greet"><wsdl:part name="parameters" element="g:Greet"/></wsdl:message>
              <wsdl:message name="GreetResponse"><wsdl:part name="parameters" element="g:GreetResponse"/></wsdl:message>
              <wsdl:message name="Dismiss"><wsdl:part name="parameters" element="g:Dismiss"/></wsdl:message>
              <wsdl:portType name="Greeter">
                <wsdl:operation name="Greet"><wsdl:input message="g:Greet"/><wsdl:output message="g:GreetResponse"/></wsdl:operation>
                <wsdl:operation name="Dismiss"><wsdl:input message="g:Dismiss"/><wsdl:output message="g:GreetResponse"/></wsdl:operation>
              </wsdl:portType>
              <wsdl:binding name="Greeter11" type="g:Greeter">
                <soap:binding style="document" transport="http://schemas.xmlsoap.org/soap/http"/>
                <wsdl:operation name="Greet">
                  <soap:operation soapAction="urn:test:greeter:greet"/>
                  <wsdl:input><soap:body use="literal"/></wsdl:input><wsdl:output><soap:body use="literal"/></wsdl:output>
                </wsdl:operation>
                <wsdl:operation name="Dismiss">
                  <wsdl:input><soap:body use="literal"/></wsdl:input><wsdl:output><soap:body use="literal"/></wsdl:output>
                </wsdl:operation>
              </wsdl:binding>
              <wsdl:binding name="Greeter12" type="g:Greeter">
                <soap12:binding style="document" transport="http://schemas.xmlsoap.org/soap/http"/>
                <wsdl:operation name="Greet">
                  <soap12:operation soapAction="urn:test:greeter:greet"/>
                  <wsdl:input><soap12:body use="literal"/></wsdl:input><wsdl:output><soap12:body use="literal"/></wsdl:output>
                </wsdl:operation>
                <wsdl:operation name="Dismiss">
                  <wsdl:input><soap12:body use="literal"/></wsdl:input><wsdl:output><soap12:body use="literal"/></wsdl:output>
                </wsdl:operation>
              </wsdl:binding>
              <wsdl:service name="GreeterService">
                <wsdl:port name="Port11" binding="g:Greeter11"><soap:address location="http://to.be.set/"/></wsdl:port>
                <wsdl:port name="Port12" binding="g:Greeter12"><soap12:address location="http://to.be.set/"/></wsdl:port>
              </wsdl:service>
            </wsdl:definitions>
            """;
}
