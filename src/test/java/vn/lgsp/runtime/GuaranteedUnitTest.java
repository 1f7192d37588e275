package vn.lgsp.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import vn.lgsp.failure.Finding;
import vn.lgsp.message.SystemId;
import vn.lgsp.unit.RouteRules;
import vn.lgsp.unit.Unit;

/** What a guaranteed service is made of, and what its integrator reads when a file is missing, too many or wrong (BUS-12). */
final class GuaranteedUnitTest {
    private static final String SERVICE = "paper-notify";
    private static final String ROUTES = "routes/test/";
    private static final String CONTRACT = """
            <wsdl:definitions xmlns:wsdl="http://schemas.xmlsoap.org/wsdl/" targetNamespace="urn:paper"
                xmlns:p="urn:paper" xmlns:soap="http://schemas.xmlsoap.org/wsdl/soap/">
              <wsdl:types>
                <xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="urn:paper">
                  <xs:import namespace="urn:part"/>
                  <xs:element name="Paper" type="xs:string"/>
                </xs:schema>
                <xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="urn:part">
                  <xs:complexType name="Part">
                    <xs:sequence><xs:element name="Inner" type="xs:string"/></xs:sequence>
                  </xs:complexType>
                </xs:schema>
              </wsdl:types>
              <wsdl:message name="Notice"><wsdl:part name="paper" element="p:Paper"/></wsdl:message>
              <wsdl:portType name="Papers">
                <wsdl:operation name="send"><wsdl:input message="p:Notice"/><wsdl:output message="p:Notice"/></wsdl:operation>
              </wsdl:portType>
              <wsdl:binding name="Papers" type="p:Papers">
                <soap:binding transport="http://schemas.xmlsoap.org/soap/http"/>
                <wsdl:operation name="send">
                  <wsdl:input><soap:body use="literal"/></wsdl:input><wsdl:output><soap:body use="literal"/></wsdl:output>
                </wsdl:operation>
              </wsdl:binding>
              <wsdl:service name="papers">
                <wsdl:port name="papers" binding="p:Papers"><soap:address location="http://here"/></wsdl:port>
              </wsdl:service>
            </wsdl:definitions>
            """;

    @TempDir
    private Path folder;

    @BeforeEach
    void write_a_good_unit() {
        write(ROUTES + "paper-notify.card.yaml", PinnedRevisionTest.card("[ { to: own }, { to: other } ]") + """
                  - { id: send, soap: { namespace: "urn:paper", element: Paper } }
                """);
        write(
                ROUTES + "paper-notify.camel.yaml",
                TestBus.Builder.route(SERVICE, "- to: lgsp-validate:test/paper-notify/paper.schema.json"));
        write(ROUTES + "paper-notify--to-own.camel.yaml", delivery("own", "- to: kamelet:own-read"));
        write(ROUTES + "paper-notify--to-other.camel.yaml", delivery("other", "- to: lgsp-jms:other"));
        write(ROUTES + "paper-notify.wsdl", CONTRACT);
        write("transforms/test/paper-notify/paper.schema.json", "{}");
        write("connectors/own-read.kamelet.yaml", EscapeTest.kamelet("own-read", "lgsp-http:own/read"));
        write("connectors/other-read.kamelet.yaml", EscapeTest.kamelet("other-read", "lgsp-http:other/read"));
        write(
                "connectors/mapped.kamelet.yaml",
                EscapeTest.kamelet("mapped", "xslt:file:transforms/test/paper-notify/x.xsl"));
    }

    private static String delivery(String system, String steps) {
        return TestBus.Builder.route("paper-notify--to-" + system, steps);
    }

    private void write(String file, String text) {
        try {
            Path path = folder.resolve(file);
            Files.createDirectories(path.getParent());
            Files.writeString(path, text);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private String read(String file) {
        try {
            return Files.readString(folder.resolve(file));
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private Unit unit() {
        return Unit.all(folder).get(0);
    }

    private List<String> check() {
        return new RouteRules(
                        id -> id.value().equals("other")
                                ? RouteRulesTest.reachedByQueue(id)
                                : RouteRulesTest.reachedOverHttp(id),
                        List::of)
                .check(unit()).stream().map(Finding::toString).toList();
    }

    @Test
    void a_whole_unit_may_be_deployed_and_knows_all_its_files() {
        assertThat(check()).isEmpty();
        assertThat(unit().files().keySet())
                .containsExactlyInAnyOrder(
                        "connectors/own-read.kamelet.yaml",
                        "routes/test/paper-notify--to-other.camel.yaml",
                        "routes/test/paper-notify--to-own.camel.yaml",
                        "routes/test/paper-notify.camel.yaml",
                        "routes/test/paper-notify.card.yaml",
                        "routes/test/paper-notify.wsdl",
                        "transforms/test/paper-notify/paper.schema.json");
        assertThat(unit().contract()).contains(CONTRACT);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "routes/test/paper-notify.card.yaml",
                "routes/test/paper-notify.camel.yaml",
                "routes/test/paper-notify--to-own.camel.yaml",
                "routes/test/paper-notify.wsdl",
                "transforms/test/paper-notify/paper.schema.json",
                "connectors/own-read.kamelet.yaml"
            })
    void every_file_of_the_unit_is_in_its_digest(String file) {
        String before = unit().digest();

        write(file, read(file) + "\n");

        assertThat(unit().digest()).isNotEqualTo(before);
    }

    @Test
    void what_a_link_fetches_from_elsewhere_is_no_file_of_the_unit() throws IOException {
        Path secret = Files.writeString(folder.resolve("secret.json"), "{}");
        Files.createSymbolicLink(folder.resolve("transforms/test/paper-notify/link.json"), secret);
        Files.createSymbolicLink(
                folder.resolve("transforms/test/paper-notify/inside.json"),
                folder.resolve("transforms/test/paper-notify/paper.schema.json"));

        assertThat(unit().files())
                .containsKey("transforms/test/paper-notify/inside.json")
                .doesNotContainKey("transforms/test/paper-notify/link.json");
    }

    @Test
    void a_missing_and_a_surplus_route_are_refused() throws IOException {
        Files.move(
                folder.resolve(ROUTES + "paper-notify--to-own.camel.yaml"),
                folder.resolve(ROUTES + "paper-notify--to-onw.camel.yaml"));

        assertThat(check())
                .anySatisfy(text -> assertThat(text)
                        .contains(
                                "paper-notify--to-own.camel.yaml: the card delivers to own, but this route is missing")
                        .contains("write it, or take the destination off the card"))
                .anySatisfy(text -> assertThat(text)
                        .contains("paper-notify--to-onw.camel.yaml: the card names no such destination")
                        .contains("or delete the file"))
                .hasSize(2);
    }

    @Test
    void a_service_that_is_not_guaranteed_has_no_delivery_routes() {
        write(ROUTES + "paper-notify.card.yaml", EscapeTest.card(SERVICE));

        assertThat(check())
                .filteredOn(text -> text.contains("names no such destination"))
                .hasSize(2);
        assertThat(check())
                .anySatisfy(text -> assertThat(text).contains("paper-notify.wsdl: the card has no SOAP operation"));
    }

    @Test
    void a_soap_service_has_its_contract_beside_it() throws IOException {
        Files.delete(folder.resolve(ROUTES + "paper-notify.wsdl"));

        assertThat(check()).singleElement().asString().contains("paper-notify.wsdl: the card has SOAP operations");
    }

    static Stream<Arguments> contracts() {
        String part = "<xs:import namespace=\"urn:part\"/>";
        return Stream.of(
                Arguments.of("<wsdl:definitions", "<!DOCTYPE x [<!ENTITY a 'b'>]><wsdl:definitions", "has a DOCTYPE"),
                Arguments.of("</wsdl:types>", "", "not well-formed XML"),
                Arguments.of("http://schemas.xmlsoap.org/wsdl/", "http://www.w3.org/ns/wsdl", "it is not WSDL 1.1"),
                Arguments.of(
                        "<wsdl:types>",
                        "<wsdl:import namespace='urn:a' location='http://evil/a.wsdl'/><wsdl:types>",
                        "its import refers to 'http://evil/a.wsdl', which is no file of the service"),
                Arguments.of(
                        part,
                        "<xs:import namespace='urn:part' schemaLocation='part.xsd'/>",
                        "its import refers to 'part.xsd'"),
                Arguments.of(part, "<xs:include schemaLocation='part.xsd'/>", "its include refers to 'part.xsd'"),
                Arguments.of(
                        "name=\"Paper\"", "name=\"Papers\"", "no schema in it declares the element '{urn:paper}Paper'"),
                // of another namespace, or inside a type
                Arguments.of(
                        "targetNamespace=\"urn:paper\">\n      " + part,
                        "targetNamespace=\"urn:papers\">\n      " + part,
                        "no schema in it declares the element"),
                Arguments.of(
                        "<xs:element name=\"Paper\" type=\"xs:string\"/>",
                        "<xs:complexType name='T'><xs:sequence><xs:element name='Paper'/></xs:sequence></xs:complexType>",
                        "no schema in it declares the element"));
    }

    @ParameterizedTest
    @MethodSource("contracts")
    void a_contract_that_is_not_whole_is_refused(String written, String instead, String text) {
        assertThat(CONTRACT).contains(written);
        write(ROUTES + "paper-notify.wsdl", CONTRACT.replace(written, instead));

        assertThat(check())
                .singleElement()
                .asString()
                .contains("paper-notify.wsdl:")
                .contains(text);
    }

    static Stream<Arguments> deliveries() {
        return Stream.of(
                Arguments.of(
                        delivery("own", "- to: lgsp-http:other/x"), "the route to own may not call system 'other'"),
                Arguments.of(delivery("own", "- to: lgsp-jms:other"), "the route to own may not call system 'other'"),
                Arguments.of(
                        delivery("own", "- to: kamelet:other-read"), "the route to own may not call system 'other'"),
                Arguments.of(delivery("own", "- to: lgsp-http:nobody/x"), "may not call system 'nobody'"),
                Arguments.of(delivery("own", "- to: lgsp-jms:own"), "system 'own' has no 'queue' in the registry"),
                Arguments.of(delivery("own", "- to: lgsp-http:own/x?passThrough=true"), "'passThrough' belongs to"),
                Arguments.of(delivery("own", "- setBody: { constant: x }"), "the route to own does not call it"),
                Arguments.of(delivery("own", "- toD: { uri: \"${body}\" }"), "'toD' may not stand"),
                Arguments.of(delivery("own", "- to: direct:paper-notify"), "may not call 'direct:'"),
                Arguments.of(delivery("other", "- to: lgsp-http:own/x"), "the route's id must be paper-notify--to-own"),
                Arguments.of(
                        delivery("own", "- to: lgsp-http:own/x").replace("direct:paper-notify--to-own", "direct:x"),
                        "must begin with from: direct:paper-notify--to-own"),
                Arguments.of(
                        delivery("own", "- to: kamelet:own-read\n- to: xslt:file:transforms/test/other-service/x.xsl"),
                        "is not in the folder of the mappings of the service: write"
                                + " xslt:file:transforms/test/paper-notify/…"),
                Arguments.of(
                        delivery("own", "- to: kamelet:own-read\n- to: lgsp-validate:test/paper-notify/../x.json"),
                        "is not in the folder of the mappings of the service"),
                Arguments.of(
                        delivery("own", "- to: kamelet:own-read\n- to: \"lgsp-validate:\\x74est/paper-notify/x.json\""),
                        "the file 'transforms/test/paper-notify/x.json' does not exist"),
                Arguments.of(
                        delivery("own", "- to: kamelet:own-read\n- to: kamelet:mapped"),
                        "connectors/mapped.kamelet.yaml:13: 'xslt:file:transforms/test/paper-notify/x.xsl' is a mapping,"
                                + " which belongs to a service"));
    }

    @ParameterizedTest
    @MethodSource("deliveries")
    void a_delivery_route_calls_its_own_destination_and_nobody_else(String route, String text) {
        write(ROUTES + "paper-notify--to-own.camel.yaml", route);

        assertThat(check())
                .isNotEmpty()
                .allSatisfy(reason ->
                        assertThat(reason).containsPattern("(paper-notify--to-own.camel|kamelet).yaml:[0-9]+: "))
                .anySatisfy(reason -> assertThat(reason).contains(text));
    }

    @Test
    void the_own_route_of_a_guaranteed_service_calls_nobody() {
        for (String step : List.of("- to: lgsp-http:own/x", "- to: kamelet:own-read", "- to: lgsp-jms:other")) {
            write(ROUTES + "paper-notify.camel.yaml", TestBus.Builder.route(SERVICE, step));

            assertThat(check())
                    .singleElement()
                    .asString()
                    .containsPattern("(paper-notify.camel|kamelet).yaml:[0-9]+: ")
                    .contains("the own route of a guaranteed service calls no system")
                    .contains("move the call to the route of the destination");
        }
    }

    @Test
    void a_service_with_a_broken_delivery_route_is_refused_whole_and_others_serve(@TempDir Path bus) {
        try (StubPeer own = StubPeer.answering(200, "application/json", "{}")) {
            TestBus.Builder builder = TestBus.in(bus)
                    .system("own", own.port())
                    .system("other", own.port())
                    .passThrough("good-service", "own")
                    .grant("good-service");
            for (String file : unit().files().keySet()) {
                builder.write(file, read(file));
            }
            builder.write(
                    ROUTES + "paper-notify--to-other.camel.yaml",
                    delivery("other", "- to: lgsp-http:other/x?nonsense=1"));
            builder.write("connectors/own-read.kamelet.yaml", read("connectors/own-read.kamelet.yaml"));
            try (TestBus started = builder.start()) {
                assertThat(started.bus().refusedServices()).containsOnlyKeys("paper-notify/v1");
                assertThat(started.bus().refusedServices().get("paper-notify/v1"))
                        .singleElement()
                        .asString()
                        .contains("paper-notify--to-other.camel.yaml:8: ")
                        .contains("nonsense");
                assertThat(started.get("/api/good-service/v1/x").statusCode()).isEqualTo(200);
            }
        }
    }

    @Test
    void the_name_of_a_delivery_route_holds_its_revision() {
        String digest = unit().digest().substring(0, 12);

        assertThat(unit().id(new SystemId("own"))).isEqualTo("paper-notify--to-own~" + digest);
        assertThat(unit().key().folder()).isEqualTo("paper-notify-v1~" + digest);
    }
}
