package vn.lgsp.contract;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.swagger.v3.parser.OpenAPIV3Parser;
import io.swagger.v3.parser.core.models.ParseOptions;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import vn.lgsp.catalogue.InformationSystem;
import vn.lgsp.failure.Finding;
import vn.lgsp.failure.Rule;
import vn.lgsp.message.AgencyCode;
import vn.lgsp.message.SystemId;
import vn.lgsp.unit.RouteRules;
import vn.lgsp.unit.Unit;

/** How a unit becomes a document, also where its schemas are made to be difficult. */
final class OpenApiDocumentTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    private Path home;

    private void write(String file, String text) throws IOException {
        Path path = home.resolve(file);
        Files.createDirectories(path.getParent());
        Files.writeString(path, text);
    }

    private void service(String operations, String steps) throws IOException {
        write("routes/test/test-thing-ask.card.yaml", """
                service: test-thing-ask
                version: 1
                name: { vi: "Hỏi \\"việc\\"", en: Question }
                description: What a test needs.
                contact: the test
                providers: [registry]
                mode: mapped
                criterion: real-time
                personalData: false
                operations:
                %s""".formatted(operations.indent(2)));
        write("routes/test/test-thing-ask.camel.yaml", """
                # A route of a test.
                - route:
                    id: test-thing-ask
                    description: A route of a test.
                    from:
                      uri: direct:test-thing-ask
                      steps:
                %s""".formatted(steps.indent(8)));
    }

    private JsonNode document() throws IOException {
        String text = OpenApi.of(Unit.all(home).get(0)).orElseThrow();
        String told = new String(OpenApi.at(URI.create("https://lgsp.example.vn/bus"), text), "UTF-8");
        ParseOptions resolving = new ParseOptions();
        resolving.setResolve(true);
        assertThat(Optional.ofNullable(new OpenAPIV3Parser()
                                .readContents(told, List.of(), resolving)
                                .getMessages())
                        .orElse(List.of()))
                .isEmpty();
        return JSON.readTree(told);
    }

    @Test
    void a_schema_in_parts_becomes_components_whose_references_all_lead_somewhere() throws Exception {
        service(
                "- { id: ask, method: POST, path: /ask, accepts: [application/json] }",
                "- to: lgsp-validate:test/test-thing-ask/request.schema.json\n"
                        + "- setHeader: { name: Content-Type, constant: application/json }");
        write("transforms/test/test-thing-ask/request.schema.json", """
                { "$schema": "https://json-schema.org/draft/2020-12/schema", "$id": "urn:x:request",
                  "type": "object",
                  "properties": {
                    "tên": { "$ref": "#/$defs/t%C3%AAn%20riêng" },
                    "$ref": { "$ref": "parts/part.json#/$defs/a~1b" },
                    "whole": { "$ref": "parts/part.json" },
                    "here": { "$ref": "#/properties/amount" },
                    "again": { "$ref": "#" },
                    "named": { "$ref": "#place" },
                    "amount": { "const": { "$ref": "no keyword here" } },
                    "rate": { "maximum": 12345678901234567.10 } },
                  "$defs": {
                    "tên riêng": { "type": "string" },
                    "place": { "$anchor": "place", "type": "object", "properties": { "in": { "$ref": "#place" } } } } }
                """);
        write(
                "transforms/test/test-thing-ask/parts/part.json",
                "{ \"type\": \"integer\", \"$defs\": { \"a/b\": { \"$ref\": \"../request.schema.json#/$defs/place\" } } }");

        JsonNode document = document();

        JsonNode schemas = document.at("/components/schemas");
        JsonNode fields = schemas.at("/request/properties");
        assertThat(schemas.path("request").has("$id")).isFalse();
        assertThat(fields.at("/tên/$ref").asText()).isEqualTo("#/components/schemas/request.t_n_ri_ng");
        assertThat(fields.path("$ref").path("$ref").asText()).isEqualTo("#/components/schemas/parts_part.a_b");
        assertThat(fields.at("/whole/$ref").asText()).isEqualTo("#/components/schemas/parts_part");
        assertThat(fields.at("/here/$ref").asText()).isEqualTo("#/components/schemas/request/properties/amount");
        assertThat(fields.at("/again/$ref").asText()).isEqualTo("#/components/schemas/request");
        assertThat(fields.at("/named/$ref").asText()).isEqualTo("#/components/schemas/request.place");
        assertThat(fields.at("/amount/const/$ref").asText()).isEqualTo("no keyword here");
        assertThat(schemas.path("parts_part.a_b").path("$ref").asText())
                .isEqualTo("#/components/schemas/request.place");
        assertThat(schemas.path("request.place").at("/properties/in/$ref").asText())
                .isEqualTo("#/components/schemas/request.place");
        assertThat(OpenApi.of(Unit.all(home).get(0)).orElseThrow()).contains("12345678901234567.10");
        assertThat(document.at("/servers/0/url").asText())
                .isEqualTo("https://lgsp.example.vn/bus/api/test-thing-ask/v1");
    }

    @Test
    void a_form_is_described_by_the_schema_of_the_json_that_it_becomes_or_is_made_of() throws Exception {
        service(
                "- { id: ask, method: POST, path: /ask, accepts: [application/json, multipart/form-data], produces: [application/json, multipart/form-data, text/csv] }",
                "- to: lgsp-validate:test/test-thing-ask/request.schema.json\n"
                        + "- to: lgsp-validate:test/test-thing-ask/response.schema.json");
        for (String side : List.of("request", "response")) {
            write("transforms/test/test-thing-ask/" + side + ".schema.json", "{ \"type\": \"object\" }");
        }

        JsonNode ask = document().at("/paths/~1ask/post");

        for (String type : List.of("application~1json", "multipart~1form-data")) {
            assertThat(ask.at("/requestBody/content/" + type + "/schema/$ref").asText())
                    .isEqualTo("#/components/schemas/request");
            assertThat(ask.at("/responses/200/content/" + type + "/schema/$ref").asText())
                    .isEqualTo("#/components/schemas/response");
        }
        assertThat(ask.at("/responses/200/content/text~1csv").has("schema")).isFalse();
    }

    @Test
    void operations_of_one_address_stand_together_whatever_they_call_its_parts() throws Exception {
        service("""
                - { id: read, method: GET, path: "/things/{id}/{rest+}", query: [full, by] }
                - { id: drop, method: DELETE, path: "/things/{number}/{more+}" }
                """, "- to: lgsp-http:registry/x?answers=404,409");

        JsonNode document = document();

        assertThat(document.path("paths").properties().stream().map(Map.Entry::getKey))
                .containsExactly("/things/{id}/{rest}");
        JsonNode item = document.path("paths").path("/things/{id}/{rest}");
        assertThat(item.at("/delete/parameters").findValuesAsText("name")).startsWith("id", "rest");
        assertThat(item.at("/get/parameters").findValuesAsText("name"))
                .containsExactly("id", "rest", "by", "full", "X-Request-Id");
        assertThat(item.at("/get/responses/409/description").asText()).contains("provider");
        assertThat(item.at("/get/responses/2XX/content").has("*/*")).isTrue();
    }

    @Test
    void what_another_service_of_the_bus_answers_is_told_as_the_call_leaves_it() throws Exception {
        service("- { id: ask, method: GET, path: /ask }", """
                - setHeader: { name: Content-Type, constant: text/plain }
                - to: lgsp-call:paper-lookup/v1/by-id?answers=409
                """);

        JsonNode responses = document().at("/paths/~1ask/get/responses");

        assertThat(responses.at("/2XX/content").properties().stream().map(Map.Entry::getKey))
                .containsExactly("*/*");
        assertThat(responses.has("200")).isFalse();
        assertThat(responses.at("/409/description").asText()).contains("provider");
    }

    @Test
    void the_answer_has_the_media_types_of_every_way_through_the_route() throws Exception {
        service("- { id: ask, method: POST, path: /ask, accepts: [application/xml] }", """
                - to: lgsp-validate:test/test-thing-ask/request.xsd
                - setHeader: { name: Content-Type, constant: text/plain }
                - choice:
                    when:
                      - jsonpath: { expression: "$.a" }
                        steps:
                          - to: lgsp-soap:registry
                          - setHeader: { name: Content-Type, constant: application/xml }
                    otherwise:
                      steps:
                        - to: lgsp-soap:registry
                        - setHeaders: { headers: [ { name: content-type, constant: { expression: "text/csv; charset=utf-8" } } ] }
                """);
        write("transforms/test/test-thing-ask/request.xsd", "<xs:schema xmlns:xs='x'/>");

        JsonNode post = document().at("/paths/~1ask/post");

        assertThat(post.at("/responses/200/content").properties().stream().map(Map.Entry::getKey))
                .containsExactly("application/xml", "text/csv");
        assertThat(post.at("/requestBody/content/application~1xml/schema/description")
                        .asText())
                .contains("test/test-thing-ask/request.xsd");
    }

    @Test
    void an_xml_schema_is_told_with_its_parts_and_one_of_the_provider_is_not() throws Exception {
        service(
                "- { id: ask, method: POST, path: /ask, accepts: [application/xml] }",
                "- to: lgsp-validate:test/test-thing-ask/request.xsd\n"
                        + "- setHeader: { name: Content-Type, constant: application/json }");
        write("transforms/test/test-thing-ask/request.xsd", """
                <xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">
                  <xs:include schemaLocation="parts/part.xsd"/>
                  <xs:element name="Ask" type="Part"/>
                </xs:schema>
                """);
        write("transforms/test/test-thing-ask/parts/part.xsd", """
                <xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">
                  <xs:simpleType name="Part"><xs:restriction base="xs:string"/></xs:simpleType>
                </xs:schema>
                """);
        write("transforms/test/test-thing-ask/provider.xsd", """
                <xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">
                  <xs:element name="Inner" type="xs:string"/>
                </xs:schema>
                """);

        assertThat(document().at("/x-lgsp/xmlSchemas").fieldNames())
                .toIterable()
                .containsExactly("test/test-thing-ask/parts/part.xsd", "test/test-thing-ask/request.xsd");
    }

    @Test
    void what_the_route_makes_of_an_xml_schema_is_documented_by_that_schema() throws Exception {
        service(
                "- { id: ask, method: GET, path: /ask }",
                "- to: lgsp-soap:registry\n- to: lgsp-json:test/test-thing-ask/types.xsd?element=Answer\n"
                        + "- setHeader: { name: Content-Type, constant: application/json }");
        write("transforms/test/test-thing-ask/types.xsd", """
                <xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="urn:x" elementFormDefault="qualified">
                  <xs:element name="Answer"><xs:complexType><xs:sequence>
                    <xs:element name="count" type="xs:int"/></xs:sequence></xs:complexType></xs:element>
                </xs:schema>
                """);

        JsonNode document = document();

        assertThat(document.at("/paths/~1ask/get/responses/200/content/application~1json/schema/$ref")
                        .asText())
                .isEqualTo("#/components/schemas/answer");
        assertThat(document.at("/components/schemas").toString()).contains("\"count\"");
    }

    @Test
    void a_card_that_says_of_the_content_what_the_route_does_not_do_is_refused() throws Exception {
        write("transforms/test/test-thing-ask/mine.json", "{}");
        write("transforms/test/test-thing-ask/other.json", "{}");
        service(
                "- { id: ask, method: POST, path: /ask, accepts: [application/json],\n"
                        + "    schemas: { request: other.json, answer: none.json } }\n",
                "- to: lgsp-validate:test/test-thing-ask/mine.json\n"
                        + "- setHeader: { name: Content-Type, constant: application/json }");

        assertThat(structure()).containsExactlyInAnyOrder(Rule.OPERATION_SCHEMA_UNUSED, Rule.OPERATION_SCHEMA_MISSING);
    }

    @Test
    void a_card_may_name_the_schemas_that_the_route_validates_by() throws Exception {
        write("transforms/test/test-thing-ask/mine.json", "{ \"type\": \"object\" }");
        service(
                "- { id: ask, method: POST, path: /ask, accepts: [application/json], produces: [application/json],\n"
                        + "    schemas: { request: mine.json } }\n",
                "- to: lgsp-validate:test/test-thing-ask/mine.json\n"
                        + "- setHeader: { name: Content-Type, constant: application/json }");

        assertThat(structure()).isEmpty();
        assertThat(document()
                        .at("/paths/~1ask/post/requestBody/content/application~1json/schema/$ref")
                        .asText())
                .isEqualTo("#/components/schemas/mine");
    }

    private List<Rule> structure() {
        InformationSystem registry = new InformationSystem(
                new SystemId("registry"), new AgencyCode("T02"), "Sổ", Optional.empty(), Optional.empty());
        return new RouteRules(() -> List.of(registry))
                .check(Unit.all(home).get(0)).stream().map(Finding::rule).toList();
    }
}
