package vn.lgsp.soap;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.net.URI;
import java.util.Map;
import java.util.Optional;
import javax.xml.namespace.QName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

final class WsdlTest {
    private static final URI HERE = URI.create("http://h/a?b=1&c=2");
    private static final String GOOD = """
            <definitions xmlns="http://schemas.xmlsoap.org/wsdl/" xmlns:soap="http://schemas.xmlsoap.org/wsdl/soap/"
                xmlns:x="urn:x" targetNamespace="urn:x">
              <types><s:schema xmlns:s="http://www.w3.org/2001/XMLSchema" targetNamespace="urn:x">
                <s:import namespace="urn:y"/>
                <s:element name="Hỏi"><s:complexType><s:sequence><s:element name="Inner"/></s:sequence></s:complexType></s:element>
              </s:schema></types>
              <message name="M"><part name="p" element="x:Hỏi"/></message>
              <portType name="T"><operation name="ask"><input message="x:M"/><output message="x:M"/></operation></portType>
              <binding name="B" type="x:T">
                <soap:binding transport="http://schemas.xmlsoap.org/soap/http"/>
                <operation name="ask"><soap:operation soapAction="urn:x/ask" style="document"/>
                  <input><soap:header message="x:M" part="h" use="literal"/><soap:body use="literal"/></input>
                  <output><soap:body use="literal"/></output></operation>
              </binding>
              <service name="X"><port name="P" binding="x:B"><soap:address location="http://old/"/></port></service>
            </definitions>
            """;

    private static Wsdl read(String text) {
        return read(Map.of("routes/d/x.wsdl", text));
    }

    private static Wsdl read(Map<String, String> files) {
        return Wsdl.read(
                "routes/d/x.wsdl", name -> Optional.ofNullable(files.get(name)).map(text -> text.getBytes(UTF_8)));
    }

    private static String told(Wsdl wsdl) {
        return new String(wsdl.at(HERE), UTF_8);
    }

    @Test
    void the_address_is_set_and_the_rest_stays() {
        assertThat(told(read(GOOD)))
                .contains("<soap:address location=\"http://h/a?b=1&amp;c=2\"/>")
                .contains("name=\"Hỏi\"")
                .doesNotContain("old");
    }

    @Test
    void it_declares_what_stands_at_the_top_of_a_schema() {
        Wsdl wsdl = read(GOOD);

        assertThat(wsdl.declares(new QName("urn:x", "Hỏi"))).isTrue();
        assertThat(wsdl.declares(new QName("urn:x", "Inner"))).isFalse();
        assertThat(wsdl.declares(new QName("urn:y", "Hỏi"))).isFalse();
    }

    @Test
    void it_tells_what_is_bound_by_element_and_action() {
        assertThat(read(GOOD).operations())
                .containsExactly(
                        new Wsdl.Bound("ask", Optional.of(new QName("urn:x", "Hỏi")), false, "urn:x/ask", false));
        assertThat(read(GOOD.replace("style=\"document\"", "style=\"rpc\"")
                                .replace(
                                        "<soap:body use=\"literal\"/></input>",
                                        "<soap:body use=\"literal\" namespace=\"urn:r\"/></input>")
                                .replace("<output message=\"x:M\"/>", ""))
                        .operations())
                .containsExactly(
                        new Wsdl.Bound("ask", Optional.of(new QName("urn:r", "ask")), true, "urn:x/ask", true));
        assertThat(read(GOOD.replace("<part name=\"p\"", "<part name=\"h\" element=\"x:Head\"/><part name=\"p\""))
                        .operations())
                .extracting(bound -> bound.element().orElseThrow().getLocalPart())
                .containsExactly("Hỏi");
    }

    @ParameterizedTest
    @CsvSource({"soap/, soap12/", "soap12/, soap/"})
    void a_version_of_soap_that_the_file_leaves_out_is_added_after_the_other(String there, String added) {
        String base = "http://schemas.xmlsoap.org/wsdl/";
        String file = GOOD.replace("xmlns:soap=\"" + base + "soap/\"", "xmlns:soap=\"" + base + there + "\"")
                .replace("soapAction=", "soapActionRequired=\"true\" soapAction=");

        Element root = Wsdl.parse("x.wsdl", read(file).at(HERE)).getDocumentElement();

        NodeList bindings = root.getElementsByTagNameNS(Wsdl.WSDL, "binding");
        assertThat(bindings.getLength()).isEqualTo(2);
        Element twin = (Element) bindings.item(1);
        assertThat(twin.getAttribute("type")).isEqualTo("x:T");
        assertThat(twin.getElementsByTagNameNS(base + there, "*").getLength()).isZero();
        Element action =
                (Element) twin.getElementsByTagNameNS(base + added, "operation").item(0);
        assertThat(action.getAttribute("soapAction")).isEqualTo("urn:x/ask");
        assertThat(action.hasAttribute("soapActionRequired")).isFalse();
        assertThat(twin.getElementsByTagNameNS(base + added, "body").getLength())
                .isEqualTo(2);
        NodeList ports = root.getElementsByTagNameNS(Wsdl.WSDL, "port");
        assertThat(ports.getLength()).isEqualTo(2);
        Element port = (Element) ports.item(1);
        assertThat(port.getAttribute("binding")).isEqualTo("x:" + twin.getAttribute("name"));
        assertThat(port.getAttribute("name")).isNotEqualTo("P");
        assertThat(((Element) port.getElementsByTagNameNS(base + added, "address")
                                .item(0))
                        .getAttribute("location"))
                .isEqualTo(HERE.toString());
    }

    @Test
    void a_port_that_the_bus_does_not_serve_is_not_told() {
        String jms = GOOD.replace("<service name=\"X\">", """
                <binding name="J" type="x:T"><soap:binding transport="http://www.w3.org/2010/soapjms/"/></binding>
                <binding name="H" type="x:T"><h:binding xmlns:h="http://schemas.xmlsoap.org/wsdl/http/" verb="GET"/></binding>
                <service name="X"><port name="PJ" binding="x:J"><soap:address location="jms:inner"/></port>
                <port name="PH" binding="x:H"><h:address xmlns:h="http://schemas.xmlsoap.org/wsdl/http/" location="http://10.0.0.7/"/></port>
                """);

        assertThat(told(read(jms)))
                .doesNotContain("jms:inner")
                .doesNotContain("10.0.0.7")
                .contains("name=\"P\"");
    }

    @Test
    void a_contract_in_parts_is_told_in_parts_that_refer_to_each_other_by_the_address() {
        Map<String, String> files = Map.of(
                "routes/d/x.wsdl",
                GOOD.replace("<types>", "<import namespace=\"urn:z\" location=\"x.messages.wsdl\"/><types>")
                        .replace("<s:import ", "<s:import schemaLocation=\"../../transforms/d/x/types.xsd\" ")
                        .replace(
                                "<s:element name=\"Hỏi\">",
                                "<s:include schemaLocation=\"x.more.xsd\"/><s:element name=\"Hỏi\">"),
                "routes/d/x.messages.wsdl",
                "<definitions xmlns=\"http://schemas.xmlsoap.org/wsdl/\" targetNamespace=\"urn:z\">"
                        + "<import namespace=\"urn:x\" location=\"x.wsdl\"/></definitions>",
                "routes/d/x.more.xsd",
                "<schema xmlns=\"http://www.w3.org/2001/XMLSchema\"><element name=\"Chameleon\"/></schema>",
                "transforms/d/x/types.xsd",
                "<schema xmlns=\"http://www.w3.org/2001/XMLSchema\" targetNamespace=\"urn:y\">"
                        + "<include schemaLocation=\"sub/types.xsd\"/><element name=\"Y\"/></schema>",
                "transforms/d/x/sub/types.xsd",
                "<schema xmlns=\"http://www.w3.org/2001/XMLSchema\" targetNamespace=\"urn:y\"><element name=\"Z\"/></schema>");
        Wsdl wsdl = read(files);

        String here = "\"http://h/a?b=1&amp;c=2";
        assertThat(told(wsdl))
                .contains("location=" + here + "?wsdl=x.messages.wsdl\"")
                .contains("schemaLocation=" + here + "?xsd=types.xsd\"")
                .contains("schemaLocation=" + here + "?xsd=x.more.xsd\"");
        assertThat(part(wsdl, "wsdl=x.messages.wsdl")).contains("location=" + here + "\"");
        assertThat(part(wsdl, "xsd=types.xsd")).contains("schemaLocation=" + here + "?xsd=2-types.xsd\"");
        assertThat(part(wsdl, "xsd=2-types.xsd")).contains("name=\"Z\"");
        assertThat(wsdl.part("xsd=other.xsd", HERE)).isEmpty();
        assertThat(wsdl.part("wsdl=x.wsdl", HERE)).isEmpty();
        assertThat(wsdl.declares(new QName("urn:x", "Chameleon"))).isTrue();
        assertThat(wsdl.declares(new QName("urn:y", "Z"))).isTrue();
    }

    private static String part(Wsdl wsdl, String query) {
        return new String(wsdl.part(query, HERE).orElseThrow(), UTF_8);
    }

    @Test
    void a_contract_that_is_wrong_or_has_parts_elsewhere_is_refused_with_its_file_and_the_remedy() {
        refused(GOOD.replace("</definitions>", ""), "x.wsdl:17: it is not well-formed XML");
        refused("<!DOCTYPE definitions>" + GOOD, "it has a DOCTYPE");
        for (String elsewhere :
                new String[] {"z.wsdl", "http://10.0.0.7/z.wsdl", "/etc/passwd", "../../../z", "file:///z"}) {
            refused(
                    GOOD.replace("<types>", "<import namespace=\"urn:z\" location=\"" + elsewhere + "\"/><types>"),
                    "its import refers to '" + elsewhere + "', which is no file of the service");
        }
        refused(GOOD.replace("<s:import ", "<s:import schemaLocation=\"y.xsd\" "), "its import refers to 'y.xsd'");
        refused(GOOD.replace("<s:import namespace", "<s:include schemaLocation"), "its include refers to 'urn:y'");
        refused(GOOD.replace("soap:address", "soap:other"), "it has no SOAP address");
        refused(GOOD.replace("binding=\"x:B\"", "binding=\"x:C\""), "it has no SOAP address");
        refused("<definitions/>", "it is not WSDL 1.1");
    }

    private static void refused(String text, String why) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> read(text))
                .withMessageStartingWith("routes/d/x.wsdl")
                .withMessageContaining(why);
    }

    /** So that what is told is read by a parser that asks nobody. */
    @Test
    void what_is_told_is_well_formed() {
        Document document = Wsdl.parse("x.wsdl", read(GOOD).at(HERE));

        assertThat(document.getDocumentElement().getLocalName()).isEqualTo("definitions");
    }
}
