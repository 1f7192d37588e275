package vn.lgsp.transform;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
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

class ValidateTest {
    private final Path folder;
    private final Workbench bench;

    ValidateTest(@TempDir Path outer) throws IOException {
        folder = Files.createDirectory(outer.resolve("transforms"));
        bench = new Workbench(folder);
    }

    @AfterEach
    void close() throws Exception {
        bench.close();
    }

    @Test
    void content_that_holds_is_handed_on_parsed() throws Exception {
        schema("{\"type\":\"object\",\"properties\":{\"n\":{\"type\":\"integer\"},\"d\":{\"type\":\"number\"}}}");

        Object body = bench.send("{\"n\":123456789012345678901234567890,\"d\":1.50}".getBytes(UTF_8))
                .getMessage()
                .getBody();

        assertThat(body).isInstanceOf(JsonNode.class).hasToString("{\"n\":123456789012345678901234567890,\"d\":1.50}");
    }

    @Test
    void a_refusal_names_places_and_rules_and_never_a_value_or_an_unknown_member() throws Exception {
        schema("""
                {"type":"object","required":["id"],"additionalProperties":{"type":"integer"},
                 "properties":{"list":{"type":"array","items":{"type":"string","enum":["A"]}},"day":{"format":"date"},
                               "amount":{"type":"integer","maximum":5}}}
                """);
        String body = "{\"list\":[\"A\",\"LÊ THỬ\"],\"day\":\"001000000000\",\"amount\":7,\"001000000000\":\"LÊ THỬ\"}";

        BusException request = catchThrowableOfType(BusException.class, () -> bench.send(body));
        BusException answer = catchThrowableOfType(BusException.class, () -> bench.send(body, true, exchange -> {}));

        assertThat(request.code()).isEqualTo(ErrorCode.MESSAGE_INVALID);
        assertThat(answer.code()).isEqualTo(ErrorCode.PROVIDER_INVALID);
        assertThat(request.detail())
                .startsWith("the request breaks x/request.schema.json: ")
                .contains(
                        "/list/1 breaks the rule enum",
                        "/day breaks the rule format",
                        "/amount breaks the rule maximum",
                        "/* breaks the rule type",
                        "the whole lacks id")
                .doesNotContain("001000000000")
                .doesNotContain("LÊ");
        assertThat(request).hasNoCause();
    }

    @Test
    void no_body_and_malformed_json_are_refused() throws Exception {
        schema("{\"type\":\"object\"}");

        assertThat(catchThrowableOfType(BusException.class, () -> bench.send(new byte[0])))
                .hasMessageContaining("the whole breaks the rule type");
        assertThat(catchThrowableOfType(BusException.class, () -> bench.send("{\"a\":")))
                .hasMessageContaining("line 1");
    }

    @Test
    void a_schema_may_refer_to_files_below_the_folder() throws Exception {
        Files.createDirectories(folder.resolve("shared"));
        Files.writeString(folder.resolve("shared/id.schema.json"), "{\"type\":\"string\",\"pattern\":\"^[0-9]{3}$\"}");
        schema("{\"properties\":{\"id\":{\"$ref\":\"../shared/id.schema.json\"}}}");

        assertThat(bench.send("{\"id\":\"001\"}").getMessage().getBody()).hasToString("{\"id\":\"001\"}");
        assertThat(catchThrowableOfType(BusException.class, () -> bench.send("{\"id\":\"1\"}")))
                .hasMessageContaining("/id breaks the rule pattern");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://json-schema.org/draft/2019-09/schema",
                "http://127.0.0.1:1/x.json",
                "../../outside.json",
                "../x/none.json",
                "file:///etc/passwd",
                "classpath:/draft-07/schema",
                "#/$defs/none"
            })
    void a_reference_to_anything_else_is_refused_when_the_route_is_built(String reference) throws Exception {
        Files.writeString(folder.resolveSibling("outside.json"), "{}");

        assertThatThrownBy(() -> schema("{\"properties\":{\"a\":{\"$ref\":\"" + reference + "\"}}}"))
                .hasStackTraceContaining("is not a usable JSON Schema");
    }

    @ParameterizedTest
    @ValueSource(strings = {"{", "{\"type\":7}", "[]", "{\"$schema\":\"http://127.0.0.1:1/mine\"}"})
    void what_is_not_a_schema_is_refused_when_the_route_is_built(String text) {
        assertThatThrownBy(() -> schema(text)).hasStackTraceContaining("is not a usable JSON Schema");
    }

    @ParameterizedTest
    @ValueSource(strings = {"../outside.json", "x/../../outside.json", "x", "x/none.schema.json", "x/link.json"})
    void a_schema_outside_of_the_folder_does_not_exist(String path) throws Exception {
        Files.writeString(folder.resolveSibling("outside.json"), "{}");
        Files.createDirectory(folder.resolve("x"));
        Files.createSymbolicLink(folder.resolve("x/link.json"), folder.resolveSibling("outside.json"));

        assertThatThrownBy(() -> route(path)).hasStackTraceContaining("is not a file in the folder of the mappings");
    }

    private void schema(String text) throws Exception {
        Files.createDirectories(folder.resolve("x"));
        Files.writeString(folder.resolve("x/request.schema.json"), text);
        route("x/request.schema.json");
    }

    private void route(String path) throws Exception {
        bench.route(new RouteBuilder() {
            @Override
            public void configure() {
                from(Workbench.IN).to("lgsp-validate:" + path);
            }
        });
    }
}
