package vn.lgsp.transform;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.xml.parsers.DocumentBuilderFactory;
import org.apache.camel.builder.RouteBuilder;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import vn.lgsp.failure.BusException;
import vn.lgsp.failure.ErrorCode;

class ValidateXmlTest {
    private static final String XSD = "http://www.w3.org/2001/XMLSchema";

    private final Path folder;
    private final Workbench bench;

    ValidateXmlTest(@TempDir Path outer) throws IOException {
        folder = Files.createDirectory(outer.resolve("transforms"));
        bench = new Workbench(folder);
    }

    @AfterEach
    void close() throws Exception {
        bench.close();
    }

    @Test
    void content_that_holds_is_handed_on_byte_for_byte_from_a_stream_too() throws Exception {
        schema(element("<xsd:element name='n' type='xsd:int' maxOccurs='9'/>"));
        byte[] content = "<a xmlns='urn:t'><!-- ế --><n> 007 </n></a>".getBytes(UTF_8);

        assertThat(bench.send(content).getMessage().getBody()).isEqualTo(content);
        assertThat(bench.send(new ByteArrayInputStream(content)).getMessage().getBody(byte[].class))
                .isEqualTo(content);
    }

    @Test
    void a_refusal_names_elements_and_rules_and_never_a_value_or_an_unknown_name() throws Exception {
        schema(element("<xsd:element name='n' type='xsd:int' maxOccurs='9'/>"));
        String body = "<a xmlns='urn:t' nguyen='LÊ'><n>LÊ THỬ</n><n at='LÊ'>99999999999</n><LETHU>1</LETHU></a>";

        BusException request = catchThrowableOfType(BusException.class, () -> bench.send(body));
        BusException answer = catchThrowableOfType(BusException.class, () -> bench.send(body, true, exchange -> {}));

        assertThat(request.code()).isEqualTo(ErrorCode.MESSAGE_INVALID);
        assertThat(answer.code()).isEqualTo(ErrorCode.PROVIDER_INVALID);
        assertThat(request.detail())
                .isEqualTo("the request breaks x/request.xsd: /a has an attribute that it may not have;"
                        + " /a/n breaks the rule type; /a/* is not the element that must stand here");
        assertThat(request).hasNoCause();
    }

    @Test
    void each_content_is_checked_as_if_it_were_the_first_whatever_became_of_those_before() throws Exception {
        schema(element("<xsd:element name='n' type='xsd:ID' maxOccurs='9'/>"));
        String good = "<a xmlns='urn:t'><n>same</n>" + "<!-- -->".repeat(64) + "</a>";

        for (int i = 0; i < 500; i++) {
            assertThat(bench.send(good).getMessage().getBody()).isEqualTo(good.getBytes(UTF_8));
            for (String bad : new String[] {
                "<a xmlns='urn:t'><n>same</n><n>same</n></a>", "<a xmlns='urn:t'><n>same", "<a>".repeat(65), "<b/>"
            }) {
                assertThatThrownBy(() -> bench.send(bad)).isInstanceOf(BusException.class);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "<a xmlns='urn:t'><n>1</n>",
                "<a xmlns='urn:t'><n>&#0;</n></a>",
                "<!DOCTYPE a SYSTEM 'http://127.0.0.1:1/a.dtd'><a xmlns='urn:t'><n>1</n></a>"
            })
    void what_is_not_acceptable_xml_is_refused_without_its_text(String body) throws Exception {
        schema(element("<xsd:element name='n' type='xsd:int'/>"));

        BusException refused = catchThrowableOfType(BusException.class, () -> bench.send(body));

        assertThat(refused.code()).isEqualTo(ErrorCode.MESSAGE_INVALID);
        assertThat(refused).hasNoCause();
        assertThat(refused.detail()).matches("the request (is not well-formed XML at|has a DOCTYPE).*");
    }

    @Test
    void a_schema_that_the_content_hints_at_is_not_read() throws Exception {
        schema(element("<xsd:element name='n' type='xsd:int'/>"));
        Path other = Files.writeString(folder.resolve("other.xsd"), element("<xsd:element name='m'/>"));
        String body =
                "<a xmlns='urn:t' xmlns:xsi='http://www.w3.org/2001/XMLSchema-instance' xsi:schemaLocation='urn:t "
                        + other.toUri() + "'><m/></a>";

        assertThat(catchThrowableOfType(BusException.class, () -> bench.send(body)))
                .hasMessageContaining("/a/* is not the element that must stand here");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "<xsd:include schemaLocation='other.xsd'/>",
                "<xsd:import namespace='urn:o' schemaLocation='http://127.0.0.1:1/o.xsd'/>",
                "<xsd:import namespace='urn:o'/>",
                "<xsd:element name='b' type='t:none'/>",
                "<xsd:nothing/>",
                "<"
            })
    void what_is_not_a_schema_in_one_file_is_refused_when_the_route_is_built(String part) throws Exception {
        Files.createDirectories(folder.resolve("x"));
        Files.writeString(folder.resolve("x/other.xsd"), element(""));
        String text =
                "<xsd:schema targetNamespace='urn:t' xmlns:t='urn:t' xmlns:xsd='" + XSD + "'>" + part + "</xsd:schema>";

        assertThatThrownBy(() -> schema(text)).hasStackTraceContaining("is not a usable XML Schema");
    }

    @Test
    void the_contract_of_the_birth_notice_holds_the_schema_that_the_bus_checks() throws Exception {
        Element checked = document(Path.of("transforms/civil/civil-birth-notify/birth.xsd"));
        Document contract =
                document(Path.of("routes/civil/civil-birth-notify.wsdl")).getOwnerDocument();

        Element inline =
                (Element) contract.getElementsByTagNameNS(XSD, "schema").item(0);

        assertThat(inline.getElementsByTagName("*").getLength()).isGreaterThan(30);
        assertThat(inline.getAttribute("targetNamespace")).isEqualTo(checked.getAttribute("targetNamespace"));
        // where a file stands alone, its prefixes are its own
        checked.removeAttributeNS("http://www.w3.org/2000/xmlns/", "ks");
        checked.removeAttributeNS("http://www.w3.org/2000/xmlns/", "xsd");
        assertThat(inline.isEqualNode(checked)).isTrue();
    }

    private static Element document(Path file) throws Exception {
        DocumentBuilderFactory factory = DocumentBuilderFactory.newDefaultNSInstance();
        factory.setIgnoringComments(true);
        Element root = factory.newDocumentBuilder()
                .parse(new ByteArrayInputStream(Files.readAllBytes(file)))
                .getDocumentElement();
        unindent(root);
        return root;
    }

    private static void unindent(Node node) {
        for (Node child = node.getFirstChild(), next; child != null; child = next) {
            next = child.getNextSibling();
            if (child.getNodeType() == Node.TEXT_NODE) {
                node.removeChild(child);
            } else {
                unindent(child);
            }
        }
    }

    private static String element(String content) {
        return "<xsd:schema targetNamespace='urn:t' elementFormDefault='qualified' xmlns:xsd='" + XSD + "'>"
                + "<xsd:element name='a'><xsd:complexType><xsd:sequence>" + content
                + "</xsd:sequence></xsd:complexType></xsd:element></xsd:schema>";
    }

    private void schema(String text) throws Exception {
        Files.createDirectories(folder.resolve("x"));
        Files.writeString(folder.resolve("x/request.xsd"), text);
        bench.route(new RouteBuilder() {
            @Override
            public void configure() {
                from(Workbench.IN).to("lgsp-validate:x/request.xsd");
            }
        });
    }
}
