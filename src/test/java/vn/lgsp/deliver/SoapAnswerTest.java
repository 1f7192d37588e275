package vn.lgsp.deliver;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_16;
import static java.nio.charset.StandardCharsets.UTF_16LE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.ByteArrayInputStream;
import java.nio.charset.Charset;
import java.util.Optional;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.w3c.dom.Document;
import vn.lgsp.failure.BusException;
import vn.lgsp.failure.ErrorCode;
import vn.lgsp.soap.EnvelopeWriter;
import vn.lgsp.soap.SoapVersion;

class SoapAnswerTest {
    private static final String SOAP_11 = "http://schemas.xmlsoap.org/soap/envelope/";
    private static final String SOAP_12 = "http://www.w3.org/2003/05/soap-envelope";
    private static final String SECRET = "LÊ THỬ 001000000000";

    @Test
    void the_payload_is_wrapped_byte_for_byte_without_its_declaration() {
        String payload = "<dan:Hoi xmlns:dan=\"urn:x\">Lê  Thử 𠮷 &#13; <!-- c --> <![CDATA[<&]]></dan:Hoi>";

        for (String declaration :
                new String[] {"", "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n", "\uFEFF", "<?xml version='1.0'?>"}) {
            assertThat(new String(
                                    EnvelopeWriter.wrap(SoapVersion.SOAP_11, (declaration + payload).getBytes(UTF_8)),
                                    UTF_8)
                            .replace("\n<dan", "<dan"))
                    .isEqualTo("<soapenv:Envelope xmlns:soapenv=\"" + SOAP_11 + "\"><soapenv:Body>" + payload
                            + "</soapenv:Body></soapenv:Envelope>");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "  \n", "<?xml version=\"1.0\"?>", "<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?><a/>"})
    void a_payload_that_cannot_be_wrapped_is_our_own_failure(String payload) {
        BusException failure = catchThrowableOfType(
                BusException.class, () -> EnvelopeWriter.wrap(SoapVersion.SOAP_11, payload.getBytes(UTF_8)));

        assertThat(failure.code()).isEqualTo(ErrorCode.BUS_FAILED);
    }

    @ParameterizedTest
    @ValueSource(strings = {SOAP_11, SOAP_12})
    void the_payload_comes_out_with_the_namespaces_that_it_inherits(String soap) throws Exception {
        String answer = "<?xml version=\"1.0\"?>\n<s:Envelope xmlns:s=\"" + soap
                + "\" xmlns:xsi=\"urn:xsi\" xmlns=\"urn:outer\">"
                + "<s:Header><t xmlns=\"urn:t\"><Body/></t></s:Header>"
                + "<s:Body xmlns:p=\"urn:p\" xmlns:q=\"urn:hidden\">\n"
                + "<p:Dap xmlns:q=\"urn:q\" a=\"1 &quot;&#10;&lt;\" q:b=\"x\" xsi:type=\"p:T\"><Ten>Lê &amp; Thử<![CDATA[ <&]]>&#13; 𠮷</Ten>"
                + "<q:m xmlns=\"\"><n/></q:m><!-- note --><?pi x?></p:Dap>\n</s:Body></s:Envelope>\n";

        Document payload = parse(unwrap(answer, "urn:p", "Dap"));

        var root = payload.getDocumentElement();
        assertThat(root.getNamespaceURI()).isEqualTo("urn:p");
        assertThat(root.getAttribute("a")).isEqualTo("1 \"\n<");
        assertThat(root.getAttributeNS("urn:q", "b")).isEqualTo("x");
        assertThat(root.getAttributeNS("urn:xsi", "type")).isEqualTo("p:T");
        assertThat(root.lookupNamespaceURI("p")).isEqualTo("urn:p");
        assertThat(root.lookupNamespaceURI("q")).isEqualTo("urn:q");
        assertThat(root.getElementsByTagNameNS("urn:outer", "Ten").item(0).getTextContent())
                .isEqualTo("Lê & Thử <&\r 𠮷");
        assertThat(root.getElementsByTagName("n").item(0).getNamespaceURI()).isNull();
    }

    @Test
    void an_answer_in_the_encoding_that_it_names_comes_out_right_however_it_names_it() {
        String declared = "<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?>";

        assertThat(text(declared, "Café à Hà", ISO_8859_1, Optional.empty())).isEqualTo("Café à Hà");
        assertThat(text("", "Café à Hà", ISO_8859_1, Optional.of("iso-8859-1"))).isEqualTo("Café à Hà");
        assertThat(text(declared, "Café à Hà", ISO_8859_1, Optional.of("ISO-8859-1")))
                .isEqualTo("Café à Hà");
        assertThat(text("", "Lê Thử", UTF_8, Optional.empty())).isEqualTo("Lê Thử");
        assertThat(text("\uFEFF", "Lê Thử", UTF_8, Optional.of("utf-8"))).isEqualTo("Lê Thử");
        assertThat(text("<?xml version=\"1.0\" encoding=\"UTF-16\"?>", "Lê Thử", UTF_16, Optional.empty()))
                .isEqualTo("Lê Thử");
        assertThat(text("\uFEFF<?xml version=\"1.0\" encoding=\"UTF-16\"?>", "Lê Thử", UTF_16LE, Optional.of("UTF-16")))
                .isEqualTo("Lê Thử");
        assertThat(text("", "Lê ă", Charset.forName("windows-1258"), Optional.of("windows-1258")))
                .isEqualTo("Lê ă");
    }

    @Test
    void names_that_differ_do_no_harm_where_both_lead_to_the_same_text() {
        assertThat(text("<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?>", "LE THU", UTF_8, Optional.of("utf-8")))
                .isEqualTo("LE THU");
    }

    @Test
    void an_answer_that_is_not_in_the_encoding_that_it_names_is_refused() {
        refused(envelope("Café", "").getBytes(ISO_8859_1), Optional.empty());
        refused(envelope("Café", "<?xml version=\"1.0\" encoding=\"UTF-8\"?>").getBytes(ISO_8859_1), Optional.empty());
        refused(
                envelope("Lê Thử", "<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?>")
                        .getBytes(UTF_8),
                Optional.of("utf-8"));
        refused(
                envelope("Lê Thử", "<?xml version=\"1.0\" encoding=\"UTF-8\"?>").getBytes(UTF_8),
                Optional.of("iso-8859-1"));
        refused(envelope("Lê Thử", "").getBytes(UTF_8), Optional.of("us-ascii"));
        refused(envelope("Lê Thử", "").getBytes(UTF_8), Optional.of("no-such-charset"));
        refused(envelope("Lê Thử", "").getBytes(UTF_8), Optional.of("no such/charset"));
        refused(
                envelope("Lê Thử", "<?xml version=\"1.0\" encoding=\"klingon\"?>")
                        .getBytes(UTF_8),
                Optional.empty());
    }

    @Test
    void an_answer_that_was_cut_off_anywhere_is_refused() {
        String whole = envelope("<a>" + SECRET + "</a>", "<?xml version=\"1.0\"?>");

        for (int length = 0; length < whole.length(); length++) {
            refused(whole.substring(0, length).getBytes(UTF_8), Optional.empty());
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "   ",
                "{\"total\": 1}",
                "<html><body>LÊ THỬ 001000000000</body></html>",
                "<!DOCTYPE html><html/>",
                "<p:Dap xmlns:p=\"urn:p\"/>",
                "<Envelope><Body><p:Dap xmlns:p=\"urn:p\"/></Body></Envelope>",
                "<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\"/>",
                "<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\"><s:Header/></s:Envelope>",
                "<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\"><s:Body/></s:Envelope>",
                "<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\"><s:Body>LÊ THỬ 001000000000</s:Body></s:Envelope>",
                "<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\"><s:Body><p:Dap xmlns:p=\"urn:p\"/><p:Dap xmlns:p=\"urn:p\"/></s:Body></s:Envelope>",
                "<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\"><s:Body><p:Dap xmlns:p=\"urn:p\">&x;</p:Dap></s:Body></s:Envelope>",
                "<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\"><s:Body><p:Dap xmlns:p=\"urn:p\">&#0;</p:Dap></s:Body></s:Envelope>",
                "<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\"><s:Body><p:Dap xmlns:p=\"urn:p\"/></s:Body></s:Envelope>trailing",
            })
    void what_is_no_soap_answer_is_refused(String answer) {
        refused(answer.getBytes(UTF_8), Optional.empty());
    }

    @Test
    void a_doctype_is_refused_before_an_entity_can_grow_or_a_file_be_fetched() {
        StringBuilder laughs = new StringBuilder("<!DOCTYPE s:Envelope [<!ENTITY a0 \"ha\">");
        for (int i = 1; i < 30; i++) {
            laughs.append("<!ENTITY a" + i + " \"&a" + (i - 1) + ";&a" + (i - 1) + ";\">");
        }
        String file = "<!DOCTYPE s:Envelope [<!ENTITY a29 SYSTEM \"file:///etc/hostname\">]>";

        assertThat(refused(envelope("&a29;", laughs + "]>").getBytes(UTF_8), Optional.empty())
                        .detail())
                .contains("DOCTYPE");
        assertThat(refused(envelope("&a29;", file).getBytes(UTF_8), Optional.empty())
                        .detail())
                .contains("DOCTYPE");
    }

    @Test
    void an_answer_that_is_too_deep_or_has_too_many_attributes_is_refused() {
        StringBuilder many = new StringBuilder("<a");
        for (int i = 0; i < 201; i++) {
            many.append(" a" + i + "=\"\"");
        }

        assertThat(text("", "<a>".repeat(61) + "</a>".repeat(61), UTF_8, Optional.empty()))
                .isEmpty();
        refused(envelope("<a>".repeat(62) + "</a>".repeat(62), "").getBytes(UTF_8), Optional.empty());
        refused(envelope("<a>".repeat(100_000), "").getBytes(UTF_8), Optional.empty());
        refused(envelope(many + "/>", "").getBytes(UTF_8), Optional.empty());
    }

    @Test
    void a_fault_gives_its_code_and_never_its_text() {
        String fault11 = "<s:Envelope xmlns:s=\"" + SOAP_11
                + "\"><s:Body><s:Fault><faultcode>s:Client.NotAllowed</faultcode><faultstring>" + SECRET
                + "</faultstring><detail><faultcodes>x</faultcodes></detail></s:Fault></s:Body></s:Envelope>";
        String fault12 = "<s:Envelope xmlns:s=\"" + SOAP_12
                + "\"><s:Body><s:Fault><s:Code><s:Value>s:Sender</s:Value><s:Subcode><s:Value>m:Limit"
                + "</s:Value></s:Subcode></s:Code><s:Reason><s:Text xml:lang=\"vi\">" + SECRET
                + "</s:Text></s:Reason></s:Fault></s:Body></s:Envelope>";
        String wordy = fault11.replace("s:Client.NotAllowed", SECRET);

        assertThat(failed(fault11).partnerCode()).contains("Client.NotAllowed");
        assertThat(failed(fault12).partnerCode()).contains("Limit");
        assertThat(failed(wordy).partnerCode()).isEmpty();
        assertThat(failed(fault11).detail()).isEqualTo("the provider answered with a SOAP fault");
        refused(fault11.substring(0, fault11.length() - 5).getBytes(UTF_8), Optional.empty());
    }

    @Test
    void an_error_inside_a_success_gives_its_code_or_the_name_of_its_element() {
        assertThat(failed(envelope("", "").replace("p:Dap", "p:Loi")).partnerCode())
                .contains("Loi");
        assertThat(failed(error("<MaLoi> E-102 </MaLoi><MoTa>" + SECRET + "</MoTa>"))
                        .partnerCode())
                .contains("E-102");
        assertThat(failed(error("<Code>77</Code>")).partnerCode()).contains("77");
        assertThat(failed(error("<p:ErrorCode>A.b_c</p:ErrorCode>")).partnerCode())
                .contains("A.b_c");
        assertThat(failed(error("<MaLoi>" + SECRET + "</MaLoi>")).partnerCode()).contains("ThongBao");
        assertThat(failed(error("<x><MaLoi>deeper</MaLoi></x>")).partnerCode()).contains("ThongBao");
        assertThat(failed(error("").replace("urn:p", "urn:other").replace("ThongBao", "Dap"))
                        .partnerCode())
                .contains("Dap");
    }

    private static String error(String inside) {
        return envelope(inside, "").replace("p:Dap", "p:ThongBao");
    }

    private static BusException failed(String answer) {
        BusException failure = catchThrowableOfType(BusException.class, () -> unwrap(answer, "urn:p", "Dap"));
        assertThat(failure.code()).isEqualTo(ErrorCode.PROVIDER_FAILED);
        assertNoContent(failure);
        return failure;
    }

    private static BusException refused(byte[] answer, Optional<String> charset) {
        BusException failure =
                catchThrowableOfType(BusException.class, () -> SoapAnswer.unwrap(answer, charset, "urn:p", "Dap"));
        assertThat(failure).as(new String(answer, UTF_8)).isNotNull();
        assertThat(failure.code()).isEqualTo(ErrorCode.PROVIDER_INVALID);
        assertThat(failure.partnerCode()).isEmpty();
        assertNoContent(failure);
        return failure;
    }

    private static void assertNoContent(BusException failure) {
        assertThat(failure.detail())
                .doesNotContain("001000000000")
                .doesNotContain("LÊ")
                .doesNotContain("Caf");
        assertThat(failure.getCause()).isNull();
    }

    private static String text(String before, String content, Charset charset, Optional<String> contentType) {
        byte[] payload = SoapAnswer.unwrap(envelope(content, before).getBytes(charset), contentType, "urn:p", "Dap");
        return new String(payload, UTF_8).replaceAll("<[^>]*>", "");
    }

    private static String envelope(String content, String before) {
        return before + "<s:Envelope xmlns:s=\"" + SOAP_11 + "\"><s:Body><p:Dap xmlns:p=\"urn:p\">" + content
                + "</p:Dap></s:Body></s:Envelope>";
    }

    private static byte[] unwrap(String answer, String namespace, String name) {
        return SoapAnswer.unwrap(answer.getBytes(UTF_8), Optional.empty(), namespace, name);
    }

    private static Document parse(byte[] xml) throws Exception {
        return DocumentBuilderFactory.newDefaultNSInstance()
                .newDocumentBuilder()
                .parse(new ByteArrayInputStream(xml));
    }
}
