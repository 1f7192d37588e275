package vn.lgsp.transform;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.camel.builder.RouteBuilder;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import vn.lgsp.failure.BusException;
import vn.lgsp.failure.ErrorCode;

class StylesheetTest {
    private final Path folder;
    private final Workbench bench;

    StylesheetTest(@TempDir Path outer) throws IOException {
        folder = Files.createDirectory(outer.resolve("transforms"));
        bench = new Workbench(folder);
    }

    @AfterEach
    void close() throws Exception {
        bench.close();
    }

    @Test
    void a_route_names_a_stylesheet_from_the_home_of_the_bus_wherever_that_was_started() throws Exception {
        Files.createDirectory(folder.resolve("x"));
        Files.writeString(folder.resolve("x/request.xsl"), stylesheet("<xsl:template match='/'><r/></xsl:template>"));
        route("file:transforms/x/request.xsl");

        assertThat(result("<a/>")).isEqualTo("<r/>");
    }

    @Test
    void json_is_seen_in_the_xml_form_of_the_standard_with_every_digit_and_letter() throws Exception {
        template("<xsl:copy-of select='.'/>");

        String xml = result(Json.read(
                "{\"a\\u0001\\\\\":[1,-2.50,1e3,123456789012345678901234567890,null,true,false],\"b\":\"\\u0000\\\\n Lê 𠮷\",\"c\":{}}",
                Side.REQUEST));

        assertThat(xml)
                .isEqualTo("<map xmlns=\"http://www.w3.org/2005/xpath-functions\">"
                        + "<array key=\"a\\u0001\\\\\" escaped-key=\"true\"><number>1</number><number>-2.50</number><number>1E+3</number>"
                        + "<number>123456789012345678901234567890</number><null/><boolean>true</boolean><boolean>false</boolean></array>"
                        + "<string key=\"b\" escaped=\"true\">\\u0000\\\\n Lê 𠮷</string><map key=\"c\"/></map>");
    }

    @Test
    void that_form_goes_back_to_the_same_json() throws Exception {
        write(
                "<xsl:output method='text'/><xsl:template match='/'><xsl:value-of select='xml-to-json(*)'/></xsl:template>");
        String json = "{\"a\\u0001\\\\\":[1,-2.5,null,true,\"x\"],\"b\":\"\\u0000\\\\n Lê 𠮷\",\"c\":{}}";

        byte[] back = bench.send(Json.read(json, Side.REQUEST)).getMessage().getBody(byte[].class);

        assertThat(Json.read(back, Side.REQUEST)).isEqualTo(Json.read(json, Side.REQUEST));
    }

    @Test
    void xml_is_read_in_its_own_encoding_and_written_in_utf_8_bytes() throws Exception {
        template("<b><xsl:value-of select='.'/></b>");
        String declared = "<?xml version='1.0' encoding='ISO-8859-1'?><a>Café</a>";

        assertThat(result(declared.getBytes(ISO_8859_1))).isEqualTo("<b>Café</b>");
        assertThat(result("<a>Lê 𠮷</a>".getBytes(UTF_8))).isEqualTo("<b>Lê 𠮷</b>");
        assertThat(result("<a>Lê 𠮷</a>")).isEqualTo("<b>Lê 𠮷</b>");
        assertThat(result(new ByteArrayInputStream("<a>Lê 𠮷</a>".getBytes(UTF_8))))
                .isEqualTo("<b>Lê 𠮷</b>");
        assertThat(bench.send("<a/>").getMessage().getBody()).isInstanceOf(byte[].class);
    }

    @Test
    void parameters_are_variables_and_the_exchange_id_and_never_headers() throws Exception {
        write("<xsl:param name='id' select=\"'none'\"/><xsl:param name='exchangeId'/><xsl:param name='n' select='0'/>"
                + "<xsl:template match='/'><r><xsl:value-of select=\"$id, $exchangeId, $n + 1\"/></r></xsl:template>");

        byte[] with = bench.send("<a/>", false, exchange -> {
                    exchange.setVariable("id", "007");
                    exchange.setVariable("n", 4);
                    exchange.setVariable("exchangeId", "forged");
                    exchange.getMessage().setHeader("id", "header");
                })
                .getMessage()
                .getBody(byte[].class);
        byte[] without = bench.send(
                        "<a/>", false, exchange -> exchange.getMessage().setHeader("id", "header"))
                .getMessage()
                .getBody(byte[].class);

        assertThat(with).asString(UTF_8).contains("<r>007 " + Workbench.EXCHANGE + " 5</r>");
        assertThat(without).asString(UTF_8).contains("<r>none " + Workbench.EXCHANGE + " 1</r>");
    }

    @Test
    void a_stylesheet_may_import_and_look_up_what_lies_below_the_folder() throws Exception {
        Files.createDirectories(folder.resolve("shared"));
        Files.writeString(folder.resolve("shared/codes.xml"), "<codes><c k='1'>one</c></codes>");
        Files.writeString(
                folder.resolve("shared/lib.xsl"),
                stylesheet(
                        "<xsl:template name='look'><xsl:value-of select=\"doc('codes.xml')//c[@k='1']\"/></xsl:template>"));
        write(
                "<xsl:import href='../shared/lib.xsl'/><xsl:template match='/'><r><xsl:call-template name='look'/></r></xsl:template>");

        assertThat(result("<a/>")).isEqualTo("<r>one</r>");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "doc('../../outside.xml')",
                "document('../../outside.xml')",
                "document('OUTSIDE')",
                "doc('file:/etc/passwd')",
                "doc('http://127.0.0.1:1/x')",
                "unparsed-text('OUTSIDE')",
                "unparsed-text('http://127.0.0.1:1/x')",
                "unparsed-text-lines('OUTSIDE')",
                "json-doc('OUTSIDE')",
                "collection('file:/etc')",
                "uri-collection('file:/etc')",
                "transform(map{'stylesheet-location':'OUTSIDE'})",
                "parse-xml('&lt;!DOCTYPE a [&lt;!ENTITY x SYSTEM \"OUTSIDE\">]>&lt;a>&amp;x;&lt;/a>')",
                "environment-variable('PATH')",
                "system-property('java.home')",
                "Q{java:java.lang.System}getProperty('java.home')"
            })
    void a_stylesheet_reaches_nothing_else(String expression) throws Exception {
        Path outside = Files.writeString(folder.resolveSibling("outside.xml"), "<secret>\"hidden\"</secret>");
        try {
            template("<r><xsl:copy-of select=\""
                    + expression
                            .replace("\"", "&quot;")
                            .replace("OUTSIDE", outside.toUri().toString()) + "\"/></r>");
        } catch (Exception refused) {
            assertThat(refused).hasStackTraceContaining("this is not a usable stylesheet");
            return;
        }
        try {
            assertThat(result("<a/>")).isIn("<r/>", "<r></r>");
        } catch (BusException refused) {
            assertThat(refused.detail()).startsWith("the request does not fit the mapping x/request.xsl");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "<xsl:result-document href='out.xml'><a/></xsl:result-document>",
                "<xsl:evaluate xpath='string(.)'/>",
                "<xsl:source-document href='../../outside.xml'><a/></xsl:source-document>",
                "<xsl:message terminate='yes'>LÊ THỬ</xsl:message>",
                "<xsl:sequence select=\"error(xs:QName('LÊ'), 'LÊ THỬ')\"/>",
                "<xsl:value-of select='xs:integer(.)'/>",
                "<xsl:value-of select='xs:date(.) + .'/>"
            })
    void a_run_that_fails_says_where_and_nothing_of_the_content_and_prints_nothing(String instruction)
            throws Exception {
        Files.writeString(folder.resolveSibling("outside.xml"), "<secret/>");
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        PrintStream out = System.out;
        PrintStream err = System.err;
        try (PrintStream trap = new PrintStream(printed, true, UTF_8)) {
            System.setOut(trap);
            System.setErr(trap);
            template(instruction);
            BusException failure =
                    catchThrowableOfType(BusException.class, () -> bench.send("<a>LÊ THỬ</a>", true, exchange -> {}));
            assertThat(failure.code()).isEqualTo(ErrorCode.PROVIDER_INVALID);
            assertThat(failure).hasNoCause();
            assertThat(failure.detail())
                    .startsWith("the provider's answer does not fit the mapping x/request.xsl")
                    .doesNotContain("LÊ");
        } catch (Exception refused) {
            assertThat(refused).hasStackTraceContaining("this is not a usable stylesheet");
        } finally {
            System.setOut(out);
            System.setErr(err);
        }
        assertThat(printed.toString(UTF_8)).isEmpty();
    }

    @Test
    void what_a_stylesheet_says_is_not_printed() throws Exception {
        PrintStream err = System.err;
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        try (PrintStream trap = new PrintStream(printed, true, UTF_8)) {
            System.setErr(trap);
            template("<r><xsl:message><xsl:value-of select='.'/></xsl:message></r>");
            assertThat(result("<a>LÊ THỬ</a>")).isEqualTo("<r/>");
        } finally {
            System.setErr(err);
        }
        assertThat(printed.toString(UTF_8)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "LÊ THỬ",
                "{\"a\":1}",
                "<a>LÊ THỬ",
                "<a>&x;</a>",
                "<a/><b/>",
                "<?xml version='1.0' encoding='klingon'?><a/>",
                "<!DOCTYPE a><a/>",
                "<!DOCTYPE a SYSTEM 'http://127.0.0.1:1/a.dtd'><a/>",
                "<!DOCTYPE a [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><a>&x;</a>"
            })
    void content_that_is_not_acceptable_xml_is_refused_by_side(String body) throws Exception {
        template("<r/>");

        BusException request = catchThrowableOfType(BusException.class, () -> bench.send(body.getBytes(UTF_8)));
        BusException answer =
                catchThrowableOfType(BusException.class, () -> bench.send(body.getBytes(UTF_8), true, exchange -> {}));

        assertThat(request.code()).isEqualTo(ErrorCode.MESSAGE_INVALID);
        assertThat(answer.code()).isEqualTo(ErrorCode.PROVIDER_INVALID);
        assertThat(request.detail()).doesNotContain("LÊ").doesNotContain("etc/");
        assertThat(request.detail().contains("has a DOCTYPE")).isEqualTo(body.startsWith("<!DOCTYPE"));
        assertThat(request).hasNoCause();
    }

    @Test
    void xml_that_lies_about_its_encoding_or_exceeds_the_limits_is_refused() throws Exception {
        template("<r/>");
        StringBuilder attributes = new StringBuilder("<a");
        for (int i = 0; i < 201; i++) {
            attributes.append(" a" + i + "=''");
        }

        assertThat(result("<a>".repeat(64) + "</a>".repeat(64))).isEqualTo("<r/>");
        assertThat(refusal("<a>Café</a>".getBytes(ISO_8859_1))).contains("not in the encoding");
        assertThat(refusal("<a>".repeat(65) + "</a>".repeat(65))).contains("exceeds what the bus reads of XML");
        assertThat(refusal(attributes + "/>")).contains("exceeds what the bus reads of XML");
        assertThat(refusal("<" + "a".repeat(1001) + "/>")).contains("exceeds what the bus reads of XML");
    }

    @Test
    void a_stylesheet_that_does_not_end_is_our_own_failure() throws Exception {
        write("<xsl:template match='/' name='x'><a><xsl:call-template name='x'/></a></xsl:template>");

        BusException failure = catchThrowableOfType(BusException.class, () -> bench.send("<a/>"));

        assertThat(failure.code()).isEqualTo(ErrorCode.BUS_FAILED);
        assertThat(failure).hasMessage("the mapping x/request.xsl does not end");
    }

    @Test
    void a_stylesheet_with_a_mistake_is_refused_when_the_route_is_built_with_its_line() {
        assertThatThrownBy(() -> template("\n<xsl:value-of select='1 +'/>"))
                .hasStackTraceContaining("x/request.xsl:2: this is not a usable stylesheet");
        assertThatThrownBy(() -> route("file:/etc/passwd"))
                .hasStackTraceContaining("is not a file in the folder of the mappings");
        assertThatThrownBy(() -> route("http://127.0.0.1:1/x.xsl"))
                .hasStackTraceContaining("is not a file in the folder of the mappings");
    }

    @Test
    void a_stylesheet_with_a_doctype_is_refused_and_so_is_one_that_it_imports() throws Exception {
        Files.createDirectories(folder.resolve("x"));
        String doctype = "<!DOCTYPE x [<!ENTITY e SYSTEM \"file:///etc/hostname\">]>\n";
        Files.writeString(
                folder.resolve("x/part.xsl"), doctype + stylesheet("<xsl:variable name='v'>&e;</xsl:variable>"));
        Path file =
                Files.writeString(folder.resolve("x/request.xsl"), doctype + stylesheet("<xsl:template match='/'/>"));

        assertThatThrownBy(() -> route("file:" + file)).hasStackTraceContaining("x/request.xsl:1: ");
        assertThatThrownBy(() -> write("<xsl:import href='part.xsl'/><xsl:template match='/'/>"))
                .hasStackTraceContaining("x/part.xsl:1: ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"allowTemplateFromHeader=true", "output=file", "output=string"})
    void an_option_that_would_open_a_hole_is_refused(String option) throws Exception {
        template("<r/>");

        assertThatThrownBy(() -> route("file:" + folder.resolve("x/request.xsl") + "?" + option))
                .hasStackTraceContaining("leave");
    }

    @Test
    void content_may_come_from_a_variable() throws Exception {
        Files.createDirectory(folder.resolve("x"));
        Path file = Files.writeString(
                folder.resolve("x/request.xsl"),
                stylesheet("<xsl:template match='/'><r><xsl:value-of select='*'/></r></xsl:template>"));
        route("file:" + file + "?source=variable:question");

        byte[] result = bench.send("<a/>", false, exchange -> exchange.setVariable("question", "<a>1</a>"))
                .getMessage()
                .getBody(byte[].class);

        assertThat(result).asString(UTF_8).contains("<r>1</r>");
    }

    private void template(String content) throws Exception {
        write("<xsl:template match='/'>" + content + "</xsl:template>");
    }

    private void write(String content) throws Exception {
        Files.createDirectories(folder.resolve("x"));
        Path file = Files.writeString(folder.resolve("x/request.xsl"), stylesheet(content));
        route("file:" + file);
    }

    private static String stylesheet(String content) {
        return "<xsl:stylesheet version='3.0' xmlns:xsl='http://www.w3.org/1999/XSL/Transform'"
                + " xmlns:xs='http://www.w3.org/2001/XMLSchema' exclude-result-prefixes='#all'>"
                + (content.startsWith("<xsl:output") || content.startsWith("<xsl:import")
                        ? ""
                        : "<xsl:output omit-xml-declaration='yes'/>")
                + content + "</xsl:stylesheet>";
    }

    private void route(String uri) throws Exception {
        bench.route(new RouteBuilder() {
            @Override
            public void configure() {
                from(Workbench.IN).to("xslt:" + uri);
            }
        });
    }

    private String result(Object body) throws Exception {
        return new String(bench.send(body).getMessage().getBody(byte[].class), UTF_8)
                .replace("<?xml version=\"1.0\" encoding=\"UTF-8\"?>", "");
    }

    private String refusal(Object body) {
        return catchThrowableOfType(BusException.class, () -> bench.send(body)).detail();
    }
}
