package vn.lgsp.unit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.stream.Stream;
import org.apache.camel.RoutesBuilder;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import vn.lgsp.failure.Finding;
import vn.lgsp.failure.Refused;
import vn.lgsp.failure.Rule;
import vn.lgsp.source.Value;

/** A route in XML means what Camel understands by it, and what the same route in YAML means. */
final class XmlRouteTest {
    private static final String FILE = "routes/test/paper-read.camel.xml";
    private static final DefaultCamelContext CAMEL = new DefaultCamelContext();

    @AfterAll
    static void stop() {
        CAMEL.stop();
    }

    static Stream<Arguments> steps() {
        return Stream.of(
                Arguments.of(
                        "<to uri=\"lgsp-http:own/x?method=GET&amp;answers=404\"/>",
                        "- to: lgsp-http:own/x?method=GET&answers=404"),
                Arguments.of(
                        "<to uri=\"kamelet:own-read\" id=\"call\" description=\"the call\"/>",
                        "- to: { uri: \"kamelet:own-read\", id: call, description: the call }"),
                Arguments.of("<setBody><constant>x</constant></setBody>", "- setBody: { constant: x }"),
                Arguments.of(
                        "<setBody><simple resultType=\"java.lang.String\" trim=\"false\"> ${body} &lt; 1 </simple></setBody>",
                        "- setBody: { simple: { expression: \" ${body} < 1 \", resultType: java.lang.String, trim: \"false\" } }"),
                Arguments.of(
                        "<setBody><jq><![CDATA[{a: .b, c: (.d < 1)}]]></jq></setBody>",
                        "- setBody: { jq: \"{a: .b, c: (.d < 1)}\" }"),
                Arguments.of(
                        "<transform><jq>resource:file:transforms/test/paper-read/a.jq</jq></transform>",
                        "- transform: { jq: \"resource:file:transforms/test/paper-read/a.jq\" }"),
                Arguments.of(
                        "<setHeader name=\"Content-Type\"><constant>application/json</constant></setHeader>",
                        "- setHeader: { name: Content-Type, constant: application/json }"),
                Arguments.of(
                        "<setHeaders><setHeader name=\"a\"><constant>x</constant></setHeader><setHeader name=\"b\"><header>c</header></setHeader></setHeaders>",
                        "- setHeaders: { headers: [ { name: a, constant: x }, { name: b, header: c } ] }"),
                Arguments.of(
                        "<setVariable name=\"v\"><jq resultType=\"java.lang.String\">.a</jq></setVariable>",
                        "- setVariable: { name: v, jq: { expression: .a, resultType: java.lang.String } }"),
                Arguments.of(
                        "<setVariables><setVariable name=\"a\"><variable>b</variable></setVariable></setVariables>",
                        "- setVariables: { variables: [ { name: a, variable: b } ] }"),
                Arguments.of(
                        "<removeHeader name=\"a\"/><removeHeaders pattern=\"b*\" excludePattern=\"bc\"/><removeVariable name=\"c\"/><stop/>",
                        "- removeHeader: { name: a }\n- removeHeaders: { pattern: \"b*\", excludePattern: bc }\n- removeVariable: { name: c }\n- stop: {}"),
                Arguments.of(
                        "<convertBodyTo type=\"String\" charset=\"UTF-8\"/>",
                        "- convertBodyTo: { type: String, charset: UTF-8 }"),
                Arguments.of(
                        "<validate><simple>${body} != null</simple></validate>",
                        "- validate: { simple: \"${body} != null\" }"),
                Arguments.of(
                        "<filter><jsonpath>$.a</jsonpath><setBody><constant>x</constant></setBody><to uri=\"lgsp-http:own/x\"/></filter>",
                        "- filter: { jsonpath: $.a, steps: [ { setBody: { constant: x } }, { to: \"lgsp-http:own/x\" } ] }"),
                Arguments.of(
                        "<split stopOnException=\"true\"><tokenize token=\",\"/><to uri=\"lgsp-http:own/x\"/></split>",
                        "- split: { stopOnException: \"true\", tokenize: { token: \",\" }, steps: [ { to: \"lgsp-http:own/x\" } ] }"),
                Arguments.of(
                        "<multicast stopOnException=\"true\"><to uri=\"lgsp-http:own/x\"/><to uri=\"lgsp-http:own/y\"/></multicast>",
                        "- multicast: { stopOnException: \"true\", steps: [ { to: \"lgsp-http:own/x\" }, { to: \"lgsp-http:own/y\" } ] }"),
                Arguments.of(
                        "<multicast aggregationStrategy=\"#parts\" parallelProcessing=\"true\" timeout=\"500\"><to id=\"a\" uri=\"lgsp-http:own/x\"/></multicast>",
                        "- multicast: { aggregationStrategy: \"#parts\", parallelProcessing: \"true\", timeout: \"500\", steps: [ { to: { id: a, uri: \"lgsp-http:own/x\" } } ] }"),
                Arguments.of("""
                        <choice>
                          <when>
                            <jsonpath>$[?(@.district == '01')]</jsonpath>
                            <to uri="lgsp-http:own/x"/>
                            <choice><when><simple>${body}</simple><stop/></when></choice>
                          </when>
                          <when><header>b</header><to uri="lgsp-http:own/y"/></when>
                          <otherwise><to uri="lgsp-http:own/z"/><stop/></otherwise>
                        </choice>
                        <to uri="lgsp-http:own/end"/>
                        """, """
                        - choice:
                            when:
                              - jsonpath: "$[?(@.district == '01')]"
                                steps:
                                  - to: lgsp-http:own/x
                                  - choice: { when: [ { simple: "${body}", steps: [ { stop: {} } ] } ] }
                              - header: b
                                steps: [ { to: "lgsp-http:own/y" } ]
                            otherwise:
                              steps: [ { to: "lgsp-http:own/z" }, { stop: {} } ]
                        - to: lgsp-http:own/end
                        """));
    }

    private static String xml(String steps) {
        return """
                <?xml version="1.0" encoding="UTF-8"?>
                <!-- A route of a test. -->
                <routes xmlns="http://camel.apache.org/schema/xml-io">
                  <route id="paper-read" description="Reads papers.">
                    <from uri="direct:paper-read"/>
                    %s
                  </route>
                </routes>
                """.formatted(steps);
    }

    private static String yaml(String steps) {
        return """
                - route:
                    id: paper-read
                    description: Reads papers.
                    from:
                      uri: direct:paper-read
                      steps:
                %s
                """.formatted(steps.indent(8).stripTrailing());
    }

    /** What Camel makes of a text. */
    private static String model(String name, String text) throws Exception {
        RoutesBuilder found = PluginHelper.getRoutesLoader(CAMEL)
                .findRoutesBuilders(ResourceHelper.fromString(name, text))
                .iterator()
                .next();
        RouteBuilder builder = (RouteBuilder) found;
        builder.setCamelContext(CAMEL);
        builder.configureRoutes(CAMEL);
        RouteDefinition route = builder.getRouteCollection().getRoutes().get(0);
        return PluginHelper.getModelToXMLDumper(CAMEL).dumpModelAsXml(CAMEL, route);
    }

    @ParameterizedTest
    @MethodSource("steps")
    void camel_makes_the_same_of_the_xml_of_our_reading_of_it_and_of_the_yaml(String xml, String yaml)
            throws Exception {
        String read = RouteTree.read(FILE, xml(xml)).text().yaml();

        String model = model("a.camel.yaml", read);

        assertThat(model).contains("paper-read").isEqualTo(model("a.camel.xml", xml(xml)));
        assertThat(model).isEqualTo(model("a.camel.yaml", yaml(yaml)));
    }

    @Test
    void the_steps_that_a_route_may_have_are_all_translated() {
        String all = String.join("", steps().map(step -> (String) step.get()[0]).toList());

        assertThat(RouteWords.steps())
                .filteredOn(step -> !step.equals("pipeline"))
                .allSatisfy(step -> assertThat(all).contains("<" + step));
        assertThat(RouteWords.languages())
                .allSatisfy(language -> assertThat(all).contains("<" + language));
    }

    @Test
    void steps_of_a_pipeline_are_translated() throws Exception {
        String xml = "<pipeline><to uri=\"lgsp-http:own/x\"/><stop/></pipeline>";

        assertThat(model("a.camel.yaml", RouteTree.read(FILE, xml(xml)).text().yaml()))
                .isEqualTo(model("a.camel.xml", xml(xml)));
    }

    @Test
    void every_value_knows_the_line_of_its_tag_or_its_attribute() {
        Value root = RouteTree.read(FILE, """
                <route id="paper-read"
                       description="a &gt; b">
                  <from uri="direct:paper-read"/>
                  <!-- <to uri="lgsp-http:none"/> -->
                  <to
                      uri="lgsp-http:own/x"
                      id = 'called'
                  />
                  <setBody>
                    <simple>
                      ${body}
                    </simple>
                  </setBody>
                </route>
                """).root();

        Value route = root.items().get(0).at("route").orElseThrow();
        assertThat(route.line()).isEqualTo(1);
        assertThat(route.at("description").orElseThrow().line()).isEqualTo(2);
        List<Value> steps =
                route.at("from").orElseThrow().at("steps").orElseThrow().items();
        assertThat(steps.get(0).line()).isEqualTo(5);
        Value to = steps.get(0).at("to").orElseThrow();
        assertThat(to.at("uri").orElseThrow().line()).isEqualTo(6);
        assertThat(to.at("id").orElseThrow().line()).isEqualTo(7);
        assertThat(steps.get(1).line()).isEqualTo(9);
        assertThat(steps.get(1)
                        .at("setBody")
                        .orElseThrow()
                        .at("simple")
                        .orElseThrow()
                        .line())
                .isEqualTo(10);
    }

    @Test
    void lines_are_right_in_a_long_file_with_windows_line_ends() {
        String many = "<to uri=\"lgsp-http:own/đường\"/>\r\n".repeat(5_000);

        Value root = RouteTree.read(FILE, "<route id=\"x\">\r\n<from uri=\"direct:x\"/>\r\n" + many + "</route>")
                .root();

        List<Value> steps = root.items()
                .get(0)
                .at("route")
                .orElseThrow()
                .at("from")
                .orElseThrow()
                .at("steps")
                .orElseThrow()
                .items();
        assertThat(steps).hasSize(5_000);
        for (int i = 0; i < steps.size(); i += 499) {
            assertThat(steps.get(i).line()).isEqualTo(i + 3);
        }
    }

    static Stream<Arguments> refused() {
        return Stream.of(
                Arguments.of(xml("<to uri=\"lgsp-http:own\">"), Rule.XML_BROKEN, 7),
                Arguments.of(xml("<to uri=\"lgsp-http:own?a=1&b=2\"/>"), Rule.XML_BROKEN, 6),
                Arguments.of("", Rule.XML_BROKEN, 1),
                Arguments.of("- route: {}", Rule.XML_BROKEN, 1),
                Arguments.of(
                        "<!DOCTYPE routes [<!ENTITY a SYSTEM \"file:/etc/hostname\">]>\n<routes>&a;</routes>",
                        Rule.XML_DOCTYPE,
                        1),
                Arguments.of("<!DOCTYPE routes SYSTEM \"http://127.0.0.1/x.dtd\">\n<routes/>", Rule.XML_DOCTYPE, 1),
                Arguments.of(xml("<x:to xmlns:x=\"urn:x\" uri=\"lgsp-http:own\"/>"), Rule.XML_NAMESPACE, 6),
                Arguments.of("<beans/>", Rule.XML_ROOT, 1),
                Arguments.of("<camel><route/></camel>", Rule.XML_ROOT, 1),
                Arguments.of("<routes><route id=\"x\"><to uri=\"a\"/></route></routes>", Rule.XML_FROM, 1),
                Arguments.of(xml("text"), Rule.XML_TEXT, 4),
                Arguments.of(xml("<to uri=\"lgsp-http:own\">text</to>"), Rule.XML_TEXT, 6),
                Arguments.of(xml("<tto uri=\"lgsp-http:own\"/>"), Rule.XML_ELEMENT, 6),
                Arguments.of(xml("<choice><whenn/></choice>"), Rule.XML_ELEMENT, 6),
                Arguments.of(xml("<choice><otherwise/><otherwise/></choice>"), Rule.XML_ELEMENT, 6),
                Arguments.of("<routes><routeConfiguration/></routes>", Rule.XML_ELEMENT, 1),
                Arguments.of("<routes><rest/></routes>", Rule.XML_ELEMENT, 1),
                Arguments.of(
                        xml("<to uri=\"lgsp-http:own\"><description>x</description></to>"),
                        Rule.XML_ELEMENT_SURPLUS,
                        6),
                Arguments.of(xml("<setBody><simple>a<b/></simple></setBody>"), Rule.XML_ELEMENT_SURPLUS, 6),
                Arguments.of(
                        xml("<setBody><constant>a</constant><to uri=\"x\"/></setBody>"), Rule.XML_ELEMENT_SURPLUS, 6),
                Arguments.of(xml("<doTry><to uri=\"lgsp-http:own\"/></doTry>"), Rule.STEP_HIDES_FAILURE, 6),
                Arguments.of(
                        xml("<onException><exception>java.lang.Exception</exception></onException>"),
                        Rule.STEP_HIDES_FAILURE,
                        6),
                Arguments.of(xml("<bean beanType=\"java.lang.Runtime\"/>"), Rule.STEP_RUNS_CODE, 6),
                Arguments.of(xml("<script><groovy>1</groovy></script>"), Rule.STEP_RUNS_CODE, 6),
                Arguments.of(xml("<toD uri=\"${body}\"/>"), Rule.STEP_CHOOSES_TARGET, 6),
                Arguments.of(xml("<log message=\"${body}\"/>"), Rule.STEP_WRITES_CONTENT, 6),
                Arguments.of(xml("<wireTap uri=\"direct:x\"/>"), Rule.STEP_OWN_EXCHANGE, 6));
    }

    @ParameterizedTest
    @MethodSource("refused")
    void what_is_not_translated_is_refused_and_named(String text, Rule rule, int line) {
        assertThatThrownBy(() -> RouteTree.read(FILE, text))
                .isInstanceOfSatisfying(Refused.class, refused -> assertThat(refused.findings())
                        .singleElement()
                        .satisfies(finding -> {
                            assertThat(finding.rule()).as(finding.toString()).isEqualTo(rule);
                            assertThat(finding.file()).isEqualTo(FILE);
                            assertThat(finding.line()).isEqualTo(line);
                            assertThat(finding.text(Finding.VIETNAMESE)).isNotBlank();
                        }));
    }

    @Test
    void a_misspelt_element_is_told_the_right_one() {
        assertThatThrownBy(() -> RouteTree.read(FILE, xml("<setBoddy><constant>x</constant></setBoddy>")))
                .hasMessageContaining("element <setBoddy> may not stand there: did you mean 'setBody'?");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "<templatedRoute %s</templatedRoute>",
                "<templatedRoutes><templatedRoute %s</templatedRoute></templatedRoutes>"
            })
    void a_route_of_a_template_is_read_too(String form) {
        Value root = RouteTree.read(
                        FILE,
                        form.formatted("routeTemplateRef=\"t\" routeId=\"x\"><parameter name=\"a\" value=\"b\"/>"))
                .root();

        Value call = root.items().get(0).at("templatedRoute").orElseThrow();
        assertThat(call.textAt("routeTemplateRef")).isEqualTo("t");
        assertThat(call.at("parameters").orElseThrow().items().get(0).textAt("value"))
                .isEqualTo("b");
    }
}
