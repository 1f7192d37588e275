package vn.lgsp.transform;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import org.apache.camel.Exchange;
import org.apache.camel.builder.RouteBuilder;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import vn.lgsp.failure.BusException;
import vn.lgsp.failure.ErrorCode;

/** {@code lgsp-validate} by an operation of an OpenAPI document (BUS-17). */
class ValidateOpenApiTest {
    private static final String DOCUMENT = """
            openapi: 3.0.3
            info: { title: Thửa đất, version: "1" }
            paths:
              /thua/{so}:
                parameters:
                  - { name: so, in: path, required: true, schema: { type: string, pattern: "^[0-9]{4}$" } }
                get:
                  operationId: doc
                  parameters:
                    - $ref: "#/components/parameters/trang"
                    - { name: loai, in: query, explode: false, schema: { type: array, items: { type: integer }, maxItems: 2 } }
                    - { name: ke, in: query, required: true, schema: { type: boolean } }
                    - { name: X-Ho-So, in: header, schema: { $ref: "#/components/schemas/so" } }
                    - { name: loc, in: query, content: { application/json: { schema: { $ref: "#/components/schemas/thua" } } } }
                    - { name: phien, in: cookie, schema: { type: string } }
                  responses:
                    "200": { description: ok, content: { application/json: { schema: { $ref: "#/components/schemas/thua" } } } }
                    "204": { description: none }
                    "404": { $ref: "#/components/responses/khong-co" }
                    5XX: { description: broken, content: { application/problem+json: { schema: { type: object } } } }
              /thua:
                post:
                  operationId: ghi
                  requestBody:
                    required: true
                    content:
                      application/json: { schema: { $ref: "#/components/schemas/thua" } }
                      application/xml: {}
                      application/x-www-form-urlencoded: { schema: { $ref: "#/components/schemas/phieu" } }
                      multipart/form-data: { schema: { $ref: "#/components/schemas/phieu" } }
                  responses: { default: { description: any, content: { application/json: {} } } }
            components:
              parameters:
                trang: { name: trang, in: query, schema: { type: integer, minimum: 1, maximum: 9 } }
              responses:
                khong-co: { description: none, content: { application/json: { schema: { type: object, required: [ma] } } } }
              schemas:
                so: { type: string, maxLength: 4 }
                thua:
                  type: object
                  required: [so, id, mat-khau]
                  properties:
                    so: { $ref: "#/components/schemas/so" }
                    id: { type: integer, format: int32, readOnly: true }
                    mat-khau: { type: string, writeOnly: true }
                    dien-tich: { type: number, minimum: 0, exclusiveMinimum: true, nullable: true }
                    chu: { type: string }
                    ke-ben: { type: array, items: { $ref: "#/components/schemas/thua" } }
                    anh: { type: string, format: byte }
                phieu:
                  type: object
                  required: [so]
                  properties:
                    so: { type: string }
                    dem: { type: integer, maximum: 9 }
                    loai: { type: array, items: { type: integer } }
                    tep: { type: string, format: binary }
            """;

    private final Path folder;
    private final Workbench bench;

    ValidateOpenApiTest(@TempDir Path outer) throws IOException {
        folder = outer.resolve("transforms");
        Files.createDirectories(folder.resolve("x"));
        bench = new Workbench(folder);
    }

    @AfterEach
    void close() throws Exception {
        bench.close();
    }

    @Test
    void parameters_and_body_that_hold_are_let_through_and_json_is_handed_on_parsed() throws Exception {
        route("doc");
        ask(Map.of("so", "0012", "ke", "true"));
        ask(Map.of(
                "so",
                "0012",
                "ke",
                "false",
                "trang",
                "9",
                "loai",
                "1,2",
                "xHoSo",
                "0001",
                "loc",
                "{\"so\":\"1\",\"mat-khau\":\"x\"}"));

        route("ghi");
        Object body = send(
                "{\"so\":\"1\",\"mat-khau\":\"x\",\"dien-tich\":null,\"anh\":\"AAA=\",\"ke-ben\":[{\"so\":\"2\",\"mat-khau\":\"y\"}]}",
                "application/json; charset=utf-8");

        assertThat(body).isInstanceOf(JsonNode.class);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "so; 0012345; the path parameter so breaks the rule pattern",
                "trang; 10; the query parameter trang breaks the rule maximum",
                "trang; 007; the query parameter trang breaks the rule type",
                "trang; bi-mat; the query parameter trang breaks the rule type",
                "ke; bi-mat; the query parameter ke breaks the rule type",
                "loai; 1,2,3; the query parameter loai breaks the rule maxItems",
                "loai; 1,bi-mat; the query parameter loai /1 breaks the rule type",
                "xHoSo; 12345; the header parameter X-Ho-So breaks the rule maxLength",
                "loc; {; the query parameter loc is not valid JSON",
                "loc; {\"mat-khau\":\"x\"}; the query parameter loc lacks so",
            })
    void a_parameter_that_breaks_its_schema_is_named_without_its_value(String name, String value, String reason)
            throws Exception {
        route("doc");
        Map<String, String> values = new java.util.HashMap<>(Map.of("so", "0012", "ke", "true"));
        values.put(name, value);

        BusException refused = catchThrowableOfType(BusException.class, () -> ask(values));

        assertThat(refused.code()).isEqualTo(ErrorCode.MESSAGE_INVALID);
        assertThat(refused.detail())
                .isEqualTo("the request breaks x/api.openapi.yaml, operation doc: " + reason)
                .doesNotContain("bi-mat");
        assertThat(refused).hasNoCause();
    }

    @Test
    void what_is_missing_or_too_much_is_named() throws Exception {
        route("doc");
        assertThat(catchThrowableOfType(BusException.class, () -> ask(Map.of())))
                .hasMessageContaining("the path parameter so is missing; the query parameter ke is missing");
        assertThat(catchThrowableOfType(
                        BusException.class,
                        () -> bench.send("{}", false, exchange -> {
                            exchange.setVariable("so", "0012");
                            exchange.setVariable("ke", "true");
                        })))
                .hasMessageContaining("it has a body, and the operation takes none");

        route("ghi");
        assertThat(catchThrowableOfType(BusException.class, () -> send(null, "application/json")))
                .hasMessageContaining("it lacks its body");
        assertThat(catchThrowableOfType(BusException.class, () -> send("a,b", "text/csv")))
                .hasMessageContaining("its media type is not of the operation");
        assertThat(send("<a/>", "application/xml")).isEqualTo("<a/>");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "{\"mat-khau\":\"x\"}; the whole lacks so",
                "{\"so\":\"1\"}; the whole lacks mat-khau",
                "{\"so\":\"12345\",\"mat-khau\":\"x\"}; /so breaks the rule maxLength",
                "{\"so\":null,\"mat-khau\":\"x\"}; /so breaks the rule type",
                "{\"so\":\"1\",\"mat-khau\":\"x\",\"dien-tich\":0}; /dien-tich breaks the rule exclusiveMinimum",
                "{\"so\":\"1\",\"mat-khau\":\"x\",\"id\":2147483648}; /id breaks the rule maximum",
                "{\"so\":\"1\",\"mat-khau\":\"x\",\"anh\":\"bi-mat\"}; /anh breaks the rule pattern",
                "{\"so\":\"1\",\"mat-khau\":\"x\",\"ke-ben\":[{\"mat-khau\":\"y\"}]}; /ke-ben/0 lacks so",
            })
    void a_body_that_breaks_its_schema_is_refused_by_pointer_and_rule(String body, String reason) throws Exception {
        route("ghi");

        assertThat(catchThrowableOfType(BusException.class, () -> send(body, "application/json"))
                        .detail())
                .isEqualTo("the request breaks x/api.openapi.yaml, operation ghi: " + reason);
    }

    @Test
    void fields_of_a_form_are_held_as_what_their_texts_stand_for_and_handed_on_as_they_came() throws Exception {
        route("ghi");
        for (String form : new String[] {"application/x-www-form-urlencoded", "multipart/form-data; boundary=b"}) {
            assertThat(send(
                            "{\"so\":\"0012\",\"dem\":\"9\",\"loai\":\"7\",\"tep\":{\"name\":\"a\",\"type\":\"b/c\",\"content\":\"AAA=\"}}",
                            form))
                    .hasToString(
                            "{\"so\":\"0012\",\"dem\":\"9\",\"loai\":\"7\",\"tep\":{\"name\":\"a\",\"type\":\"b/c\",\"content\":\"AAA=\"}}");
            assertThat(catchThrowableOfType(
                            BusException.class, () -> send("{\"dem\":\"10\",\"loai\":[\"1\",\"bi-mat\"]}", form)))
                    .hasMessageContaining("the whole lacks so")
                    .hasMessageContaining("/dem breaks the rule maximum")
                    .hasMessageContaining("/loai/1 breaks the rule type")
                    .hasMessageNotContaining("bi-mat");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "200; application/json; {\"so\":\"1\",\"id\":7}; ''",
                "200; application/json; {\"so\":\"1\",\"id\":7,\"chu\":5}; /chu breaks the rule type",
                "200; application/json; {\"so\":\"1\"}; the whole lacks id",
                "200; text/html; bi-mat; its media type is not of the operation",
                "201; application/json; {}; its status 201 is not of the operation",
                "204; ''; ''; ''",
                "404; application/json; {}; the whole lacks ma",
                "503; application/problem+json; []; the whole breaks the rule type",
            })
    void an_answer_is_held_against_what_its_status_promises(int status, String type, String body, String reason)
            throws Exception {
        route("doc");
        BusException refused = null;
        try {
            bench.send(body.getBytes(UTF_8), true, exchange -> {
                exchange.getMessage().setHeader(Exchange.HTTP_RESPONSE_CODE, status);
                exchange.getMessage().setHeader(Exchange.CONTENT_TYPE, type);
            });
        } catch (BusException broken) {
            refused = broken;
        }

        if (reason.isEmpty()) {
            assertThat(refused).isNull();
        } else {
            BusException told = Objects.requireNonNull(refused);
            assertThat(told.code()).isEqualTo(ErrorCode.PROVIDER_INVALID);
            assertThat(told.detail())
                    .isEqualTo("the provider's answer breaks x/api.openapi.yaml, operation doc: " + reason);
        }
    }

    @Test
    void a_document_of_3_1_in_json_is_read_with_its_own_draft() throws Exception {
        write("api.openapi.json", """
                {"openapi":"3.1.0","paths":{"/a":{"$ref":"#/x-paths/a"}},"x-paths":{"a":{"put":{"operationId":"ghi",
                 "requestBody":{"content":{"application/json":{"schema":{"$ref":"#/components/schemas/a","minProperties":2}}}},
                 "responses":{"200":{"description":"ok"}}}}},
                 "components":{"schemas":{"a":{"type":["object","null"],"properties":{"n":{"exclusiveMaximum":5},"$ref":{"const":1}}}}}}
                """);
        route("api.openapi.json", "ghi");

        send("{\"n\":4,\"m\":1}", "application/json");
        assertThat(catchThrowableOfType(BusException.class, () -> send("{\"n\":5}", "application/json")))
                .hasMessageContaining("/n breaks the rule exclusiveMaximum")
                .hasMessageContaining("the whole breaks the rule minProperties");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "openapi: 3.0.3 | openapi: 3.2.0 | 1: this is not a usable OpenAPI document: it names no version",
                "openapi: 3.0.3 | swagger: '2.0' | 1: this is not a usable OpenAPI document: it is of Swagger 2.0",
                "#/components/parameters/trang | #/components/parameters/trong | 10: this is not a usable OpenAPI document: the $ref '#/components/parameters/trong' leads to nothing in this file",
                "#/components/schemas/phieu | https://127.0.0.1:1/a.yaml#/x | 29: the document refers to 'https://127.0.0.1:1/a.yaml#/x', which is not in it",
                "#/components/parameters/trang | #/components/parameters/%zz | 10: this is not a usable OpenAPI document: the $ref '#/components/parameters/%zz' leads to nothing in this file",
                "default: { description: any, content: { application/json: {} } } | default: { $ref: chung.yaml } | 31: the document refers to 'chung.yaml', which is not in it",
                "chu: { type: string } | default: { $ref: chung.yaml } | 47: the document refers to 'chung.yaml', which is not in it",
                "#/components/schemas/phieu | b.yaml | 29: the document refers to 'b.yaml', which is not in it",
                "maxLength: 4 | maxLength: vier | 38: this is not a usable OpenAPI document: string found, integer expected",
                "exclusiveMinimum: true | exclusiveMinimum: 1 | 46: this is not a usable OpenAPI document: in OpenAPI 3.0 exclusiveMinimum is true or false",
                "name: phien, in: cookie | name: phien, required: true, in: cookie | 15: this is not a usable OpenAPI document: it needs a cookie",
                "name: ke, in: query | name: ke, style: deepObject, in: query | 12: this is not a usable OpenAPI document: the parameter ke",
                "operationId: ghi | operationId: doc | 23: this is not a usable OpenAPI document: two operations are called doc",
                "operationId: doc | operationId: docc | 3: the document has no operation whose operationId is 'doc': did you mean 'docc'",
            })
    void what_cannot_be_held_to_is_refused_when_the_route_is_built(String from, String to, String told)
            throws Exception {
        write("api.openapi.yaml", DOCUMENT.replace(from, to));

        assertThatThrownBy(() -> build("api.openapi.yaml", "doc", "ghi"))
                .hasStackTraceContaining("transforms/x/api.openapi.yaml:" + told);
    }

    @ParameterizedTest
    @ValueSource(strings = {"{", "[]", "{\"openapi\":\"3.1.0\",\"openapi\":\"3.1.0\"}", "{\"openapi\":\"3.1.0\"}"})
    void what_is_no_document_is_refused_when_the_route_is_built(String text) throws Exception {
        write("api.openapi.json", text);

        assertThatThrownBy(() -> build("api.openapi.json", "doc"))
                .hasStackTraceContaining("transforms/x/api.openapi.json");
    }

    @Test
    void a_document_is_not_taken_for_a_schema() throws Exception {
        write("api.json", "{\"openapi\":\"3.1.0\"}");

        assertThatThrownBy(() -> bench.route(new RouteBuilder() {
                    @Override
                    public void configure() {
                        from("direct:other").to("lgsp-validate:x/api.json");
                    }
                }))
                .hasStackTraceContaining("it is an OpenAPI document: name one of its operations");
    }

    private void ask(Map<String, String> values) throws Exception {
        bench.send(null, false, exchange -> values.forEach(exchange::setVariable));
    }

    private Object send(@Nullable String body, String type) throws Exception {
        return bench.send(body, false, exchange -> exchange.getMessage().setHeader(Exchange.CONTENT_TYPE, type))
                .getMessage()
                .getBody();
    }

    private void write(String name, String text) throws IOException {
        Files.writeString(folder.resolve("x").resolve(name), text);
    }

    private void route(String operation) throws Exception {
        write("api.openapi.yaml", DOCUMENT);
        route("api.openapi.yaml", operation);
    }

    private void route(String file, String operation) throws Exception {
        if (bench.camel().getRoute("the-step") != null) {
            bench.camel().getRouteController().stopRoute("the-step");
            bench.camel().removeRoute("the-step");
        }
        build(file, operation);
    }

    private void build(String file, String... operations) throws Exception {
        bench.route(new RouteBuilder() {
            @Override
            public void configure() {
                var route = from(Workbench.IN).routeId("the-step");
                for (String operation : operations) {
                    route.to("lgsp-validate:x/" + file + "?operation=" + operation);
                }
            }
        });
    }
}
