package vn.lgsp.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import jakarta.jws.WebMethod;
import jakarta.jws.WebParam;
import jakarta.jws.WebResult;
import jakarta.jws.WebService;
import jakarta.jws.soap.SOAPBinding;
import jakarta.xml.bind.annotation.XmlElement;
import jakarta.xml.bind.annotation.XmlRootElement;
import jakarta.xml.ws.BindingProvider;
import jakarta.xml.ws.Dispatch;
import jakarta.xml.ws.Service;
import jakarta.xml.ws.WebServiceFeature;
import jakarta.xml.ws.handler.MessageContext;
import java.io.StringReader;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import javax.xml.namespace.QName;
import javax.xml.transform.Source;
import javax.xml.transform.stream.StreamSource;
import javax.xml.xpath.XPathFactory;
import org.apache.cxf.Bus;
import org.apache.cxf.BusFactory;
import org.apache.cxf.binding.soap.SoapFault;
import org.apache.cxf.bus.extension.ExtensionManagerBus;
import org.apache.cxf.ws.addressing.WSAddressingFeature;
import org.assertj.core.api.ThrowableAssert;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.w3c.dom.Element;

/** A real JAX-WS client, CXF, made from the contract that the bus tells (BUS-06). */
final class SoapClientTest {
    private static final QName SERVICE = new QName(SoapService.NAMESPACE, "GreeterService");

    @TempDir
    static Path folder;

    private static StubPeer provider;
    private static TestBus bus;
    private static Bus cxf;

    /** The contract in Java, as its owner's tools made it years ago. */
    @WebService(name = "Greeter", targetNamespace = SoapService.NAMESPACE)
    @SOAPBinding(parameterStyle = SOAPBinding.ParameterStyle.BARE)
    interface Greeter {
        @WebMethod(operationName = "Greet", action = "urn:test:greeter:greet")
        @WebResult(name = "GreetResponse", targetNamespace = SoapService.NAMESPACE, partName = "parameters")
        GreetResponse greet(
                @WebParam(name = "Greet", targetNamespace = SoapService.NAMESPACE, partName = "parameters")
                        Greet parameters);
    }

    @XmlRootElement(name = "Greet", namespace = SoapService.NAMESPACE)
    static final class Greet {
        @XmlElement(namespace = SoapService.NAMESPACE)
        String name = "";
    }

    @XmlRootElement(name = "GreetResponse", namespace = SoapService.NAMESPACE)
    static final class GreetResponse {
        @XmlElement(namespace = SoapService.NAMESPACE)
        String text = "";
    }

    @BeforeAll
    static void start() {
        provider = StubPeer.answering(200, "text/plain", "");
        bus = inParts(SoapService.addTo(TestBus.in(folder), provider)).start();
        assertThat(bus.bus().refusedServices()).isEmpty();
        cxf = new ExtensionManagerBus();
        BusFactory.setThreadDefaultBus(cxf);
    }

    /** The same service once more, its contract in three files, and bound to SOAP 1.1 alone. */
    private static TestBus.Builder inParts(TestBus.Builder builder) {
        int types = SoapService.WSDL.indexOf("<xsd:schema");
        int end = SoapService.WSDL.indexOf("</xsd:schema>") + "</xsd:schema>".length();
        int second = SoapService.WSDL.indexOf("<wsdl:binding name=\"Greeter12\"");
        int service = SoapService.WSDL.indexOf("<wsdl:service");
        String head = SoapService.WSDL.substring(0, SoapService.WSDL.indexOf("<wsdl:types>"));
        String schema = SoapService.WSDL
                .substring(types, end)
                .replace("<xsd:schema ", "<xsd:schema xmlns:xsd=\"http://www.w3.org/2001/XMLSchema\" ");
        return builder.service(
                        "parted",
                        SoapService.CARD.replace("service: greeter", "service: parted"),
                        TestBus.Builder.route("parted", """
                                - to: xslt:file:transforms/test/parted/request.xsl
                                - to: lgsp-http:registry/names
                                - to: xslt:file:transforms/test/parted/response.xsl"""))
                .copyOf("transforms/test/greeter/request.xsl", "transforms/test/parted/request.xsl", same -> same)
                .copyOf("transforms/test/greeter/response.xsl", "transforms/test/parted/response.xsl", same -> same)
                .write("transforms/test/parted/greeter.xsd", schema)
                .write(
                        "routes/test/parted.binding.wsdl",
                        head + "<wsdl:types><xsd:schema><xsd:import namespace=\"urn:test:greeter\""
                                + " schemaLocation=\"../../transforms/test/parted/greeter.xsd\"/></xsd:schema></wsdl:types>"
                                + SoapService.WSDL.substring(
                                        SoapService.WSDL.indexOf("</wsdl:types>") + "</wsdl:types>".length(), second)
                                + "</wsdl:definitions>")
                .write(
                        "routes/test/parted.wsdl",
                        head + "<wsdl:import namespace=\"urn:test:greeter\" location=\"parted.binding.wsdl\"/>"
                                + SoapService.WSDL.substring(service).replaceFirst("<wsdl:port name=\"Port12\".*", ""))
                .grant("parted");
    }

    @AfterAll
    static void stop() {
        BusFactory.setThreadDefaultBus(null);
        cxf.shutdown(true);
        bus.close();
        provider.close();
    }

    @ParameterizedTest
    @CsvSource({"Port11, SOAP 1.1", "Port12, SOAP 1.2"})
    void a_proxy_from_the_contract_is_answered_in_its_version(String port, String form) {
        Greeter greeter = proxy(port, TestBus.KEY);

        assertThat(greeter.greet(name("Lê Thử & <𠮷>")).text).isEqualTo("Xin chào Lê Thử & <𠮷>");
        assertThat(bus.records().get(0).form()).isEqualTo(form);
        assertThat(bus.records().get(0).operation()).contains("SOAP greet");
    }

    @ParameterizedTest
    @CsvSource({"Port11, SOAP 1.1", "Port11Soap12, SOAP 1.2"})
    void a_contract_in_parts_of_one_version_gives_clients_of_both(String port, String form) throws Exception {
        Greeter greeter =
                Service.create(bus.uri("/soap/parted/v1?wsdl").toURL(), SERVICE).getPort(port(port), Greeter.class);
        authenticate((BindingProvider) greeter, TestBus.KEY);

        assertThat(greeter.greet(name("Lê Thử")).text).isEqualTo("Xin chào Lê Thử");
        assertThat(bus.records().get(0).form()).isEqualTo(form);
    }

    @Test
    void a_proxy_with_ws_addressing_is_answered() {
        Greeter greeter = proxy("Port11", TestBus.KEY, new WSAddressingFeature());

        assertThat(greeter.greet(name("An")).text).isEqualTo("Xin chào An");
    }

    @ParameterizedTest
    @CsvSource({"Port11", "Port12"})
    void a_dispatch_sends_and_gets_payloads(String port) throws Exception {
        Dispatch<Source> dispatch = service().createDispatch(port(port), Source.class, Service.Mode.PAYLOAD);
        authenticate(dispatch, TestBus.KEY);

        Source answer = dispatch.invoke(new StreamSource(new StringReader(SoapService.greet("Bình"))));

        javax.xml.transform.dom.DOMResult dom = new javax.xml.transform.dom.DOMResult();
        javax.xml.transform.TransformerFactory.newDefaultInstance()
                .newTransformer()
                .transform(answer, dom);
        assertThat(XPathFactory.newDefaultInstance().newXPath().evaluate("string(/*)", dom.getNode()))
                .isEqualTo("Xin chào Bình");
    }

    @ParameterizedTest
    @CsvSource({"Port11, Client", "Port12, Sender"})
    void a_client_sees_who_must_act_and_the_code_even_when_it_is_not_known(String port, String code) {
        SoapFault fault = fault(() -> proxy(port, "key-unknown").greet(name("An")));

        assertThat(fault.getFaultCode().getLocalPart()).isEqualTo(code);
        assertThat(detail(fault, "code")).isEqualTo("consumer-unknown");
        assertThat(detail(fault, "exchange")).hasSize(36);
        assertThat(detail(fault, "retry")).isEqualTo("false");
    }

    @ParameterizedTest
    @CsvSource({"Port11, Server", "Port12, Receiver"})
    void a_client_sees_the_failure_of_a_provider_as_a_fault_of_the_other_side(String port, String code) {
        provider.behaves(request -> request.response().setStatusCode(503).end());
        try {
            SoapFault fault = fault(() -> proxy(port, TestBus.KEY).greet(name("An")));

            assertThat(fault.getFaultCode().getLocalPart()).isEqualTo(code);
            assertThat(detail(fault, "code")).startsWith("provider-");
            assertThat(detail(fault, "partnerCode")).isEqualTo("HTTP 503");
        } finally {
            SoapService.echoes(provider);
        }
    }

    /** What CXF read; a client with SAAJ beside it gets it as a SOAPFaultException. */
    private static SoapFault fault(ThrowableAssert.ThrowingCallable call) {
        Throwable cause = catchThrowable(call).getCause();
        assertThat(cause).isInstanceOf(SoapFault.class);
        return (SoapFault) Objects.requireNonNull(cause);
    }

    private static String detail(SoapFault fault, String name) {
        Element error = (Element) fault.getDetail().getFirstChild();
        return error.getElementsByTagNameNS("urn:lgsp:error", name).item(0).getTextContent();
    }

    private static Greeter proxy(String port, String key, WebServiceFeature... features) {
        Greeter greeter = service().getPort(port(port), Greeter.class, features);
        authenticate((BindingProvider) greeter, key);
        return greeter;
    }

    private static void authenticate(BindingProvider client, String key) {
        client.getRequestContext()
                .put(MessageContext.HTTP_REQUEST_HEADERS, new HashMap<>(Map.of("X-Api-Key", List.of(key))));
    }

    private static Service service() {
        try {
            return Service.create(bus.uri("/soap/greeter/v1?wsdl").toURL(), SERVICE);
        } catch (java.net.MalformedURLException wrong) {
            throw new IllegalArgumentException(wrong);
        }
    }

    private static QName port(String name) {
        return new QName(SoapService.NAMESPACE, name);
    }

    private static Greet name(String name) {
        Greet greet = new Greet();
        greet.name = name;
        return greet;
    }
}
