package vn.lgsp.soap;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.net.URI;
import javax.xml.namespace.QName;
import org.junit.jupiter.api.Test;

final class WsdlTest {
    private static final String GOOD = """
            <definitions xmlns="http://schemas.xmlsoap.org/wsdl/" xmlns:soap="http://schemas.xmlsoap.org/wsdl/soap/">
              <types><s:schema xmlns:s="http://www.w3.org/2001/XMLSchema" targetNamespace="urn:x">
                <s:import namespace="urn:y"/>
                <s:element name="Hỏi"><s:complexType><s:sequence><s:element name="Inner"/></s:sequence></s:complexType></s:element>
              </s:schema></types>
              <service name="X"><port name="P"><soap:address location="http://old/"/></port></service>
            </definitions>
            """;

    @Test
    void the_address_is_set_and_the_rest_stays() {
        String told = new String(Wsdl.read("x.wsdl", GOOD.getBytes(UTF_8)).at(URI.create("http://h/a?b=1&c=2")), UTF_8);

        assertThat(told)
                .contains("<soap:address location=\"http://h/a?b=1&amp;c=2\"/>")
                .contains("name=\"Hỏi\"");
        assertThat(told).doesNotContain("old");
    }

    @Test
    void it_declares_what_stands_at_the_top_of_a_schema() {
        Wsdl wsdl = Wsdl.read("x.wsdl", GOOD.getBytes(UTF_8));

        assertThat(wsdl.declares(new QName("urn:x", "Hỏi"))).isTrue();
        assertThat(wsdl.declares(new QName("urn:x", "Inner"))).isFalse();
        assertThat(wsdl.declares(new QName("urn:y", "Hỏi"))).isFalse();
    }

    @Test
    void a_contract_that_is_wrong_or_in_parts_is_refused_with_its_file_and_the_remedy() {
        refused(GOOD.replace("</definitions>", ""), "x.wsdl:8: it is not well-formed XML");
        refused("<!DOCTYPE definitions>" + GOOD, "it has a DOCTYPE");
        refused(
                GOOD.replace("<types>", "<import namespace=\"urn:z\" location=\"z.wsdl\"/><types>"),
                "its import refers");
        refused(GOOD.replace("<s:import ", "<s:import schemaLocation=\"y.xsd\" "), "its import refers to another file");
        refused(GOOD.replace("<s:import namespace", "<s:include schemaLocation"), "its include refers to another file");
        refused(GOOD.replace("soap:address", "soap:other"), "it has no SOAP address");
        refused("<definitions/>", "it is not WSDL 1.1");
    }

    private static void refused(String text, String why) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Wsdl.read("x.wsdl", text.getBytes(UTF_8)))
                .withMessageStartingWith("x.wsdl")
                .withMessageContaining(why);
    }
}
