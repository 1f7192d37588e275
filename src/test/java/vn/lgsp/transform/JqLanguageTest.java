package vn.lgsp.transform;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayInputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.apache.camel.Exchange;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import vn.lgsp.failure.BusException;
import vn.lgsp.failure.ErrorCode;
import vn.lgsp.message.Original;

class JqLanguageTest {
    private final Path folder;
    private final Workbench bench;

    JqLanguageTest(@TempDir Path folder) {
        this.folder = folder;
        bench = new Workbench(folder);
    }

    @AfterEach
    void close() throws Exception {
        bench.close();
    }

    @Test
    void a_program_in_a_file_is_a_transform_of_a_yaml_route() throws Exception {
        Path program = Files.writeString(folder.resolve("x.jq"), "# Tên\n{ \"tên\": .a, id: $id, gone: $gone }\n");
        steps("- transform: { jq: { expression: \"resource:file:" + program + "\" } }");

        Exchange done =
                bench.send("{\"a\":1.50}".getBytes(UTF_8), false, exchange -> exchange.setVariable("id", "007"));

        assertThat(done.getMessage().getBody()).isInstanceOf(JsonNode.class);
        assertThat(done.getMessage().getBody(String.class)).isEqualTo("{\"tên\":1.50,\"id\":\"007\",\"gone\":null}");
        assertThat(done.getMessage().getBody(byte[].class)).asString(UTF_8).startsWith("{\"tên\"");
        assertThat(new String(
                        done.getMessage().getBody(java.io.InputStream.class).readAllBytes(), UTF_8))
                .startsWith("{\"tên\"");
    }

    @Test
    void the_body_is_read_from_bytes_text_streams_and_parsed_json_and_nothing_is_null() throws Exception {
        steps("- setBody: { jq: \".\" }");

        for (Object body : new Object[] {
            "[1]",
            "[1]".getBytes(UTF_8),
            new ByteArrayInputStream("[1]".getBytes(UTF_8)),
            Json.read("[1]", Side.REQUEST)
        }) {
            assertThat(result(body)).isEqualTo("[1]");
        }
        assertThat(bench.send(null).getMessage().getBody(JsonNode.class).isNull())
                .isTrue();
        assertThat(bench.send(new byte[0]).getMessage().getBody(JsonNode.class).isNull())
                .isTrue();
    }

    @Test
    void options_of_the_model_and_predicates_work() throws Exception {
        steps("""
                - setVariable: { name: question, jq: { expression: "." } }
                - setVariable: { name: district, jq: { expression: ".district", resultType: String } }
                - setProperty: { name: number, jq: { expression: ".number", source: "variable:question", resultType: String } }
                - choice:
                    when:
                      - jq: { expression: '.district == "01"' }
                        steps: [ { setBody: { constant: east } } ]
                      - jq: '.missing'
                        steps: [ { setBody: { constant: never } } ]
                    otherwise:
                      steps: [ { setBody: { constant: west } } ]
                """);

        Exchange east = bench.send("{\"district\":\"01\",\"number\":\"0012\"}");
        assertThat(east.getMessage().getBody()).isEqualTo("east");
        assertThat(east.getVariable("district")).isEqualTo("01");
        assertThat(east.getProperty("number")).isEqualTo("0012");
        assertThat(result("{\"district\":\"02\",\"missing\":false}")).isEqualTo("west");
    }

    @Test
    void the_exchange_id_is_always_there_and_no_variable_can_forge_it() throws Exception {
        steps("- transform: { jq: \"$exchangeId\" }");

        Exchange done = bench.send("1", false, exchange -> exchange.setVariable("exchangeId", "forged"));

        assertThat(done.getMessage().getBody(String.class)).isEqualTo(Workbench.EXCHANGE);
    }

    @Test
    void with_guaranteed_delivery_the_way_says_which_exchange_is_acknowledged() throws Exception {
        steps("- transform: { jq: \"$exchangeId\" }");
        Original message = new Original(vn.lgsp.message.Content.of(new byte[0]), "text/xml", Optional.of("message-1"));

        Exchange first = bench.send("1", false, exchange -> exchange.setProperty(Original.PROPERTY, message));
        Exchange again = bench.send("1", false, exchange -> {
            exchange.setProperty(Original.PROPERTY, message);
            exchange.setVariable("exchangeId", "the-first");
        });

        assertThat(first.getMessage().getBody(String.class)).isEqualTo(Workbench.EXCHANGE);
        assertThat(again.getMessage().getBody(String.class)).isEqualTo("the-first");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                ".",
                "{a:.a}.a as $x | . + {} | .a = $x",
                "map_values(.)",
                "to_entries | from_entries",
                "tojson | fromjson",
                "walk(.) | {a, b, c, d, e, f}",
                "{a: (.a | tostring | tonumber), b: (.b | tostring | tonumber), c, d, e, f}",
                "del(.zzz)"
            })
    void values_that_pass_through_keep_every_digit_and_letter(String program) throws Exception {
        String json = "{\"a\":123456789012345678901234567890,\"b\":0.1234567890123456789012345678901234500,"
                + "\"c\":\"00123\",\"d\":[9007199254740993,1.0,1.50],\"e\":\"ế e\u0302\u0301 𠮷\",\"f\":null}";
        steps("- transform: { jq: \"" + program + "\" }");

        assertThat(result(json)).isEqualTo(json);
    }

    @Test
    void adding_to_an_integer_beyond_64_bits_does_not_overflow() throws Exception {
        steps("- transform: { jq: \".[0] + 0 > 1000000000000000000\" }");

        assertThat(result("[123456789012345678901234567890]")).isEqualTo("true");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {".name.first", "error(\"no \\\\(.name)\")", ".name | tonumber", ".name | fromjson", ".name + 1"})
    void content_that_does_not_fit_is_refused_by_side_and_never_quoted(String program) throws Exception {
        steps("- transform: { jq: '" + program + "' }");

        BusException request = failure("{\"name\":\"LÊ THỬ\"}", false);
        BusException answer = failure("{\"name\":\"LÊ THỬ\"}", true);

        assertThat(request.code()).isEqualTo(ErrorCode.MESSAGE_INVALID);
        assertThat(request)
                .hasMessage("the request does not fit the jq mapping of the service")
                .hasNoCause();
        assertThat(answer.code()).isEqualTo(ErrorCode.PROVIDER_INVALID);
        assertThat(answer)
                .hasMessage("the provider's answer does not fit the jq mapping of the service")
                .hasNoCause();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            empty                | gave no result
            .[]                  | gave several results
            range(1000000000000) | gave several results
            def f: f + 1; f      | does not end
            """)
    void a_program_that_does_not_give_one_result_is_our_own_failure(String program, String because) throws Exception {
        steps("- transform: { jq: '" + program + "' }");

        BusException failure = failure("[1,2]", false);

        assertThat(failure.code()).isEqualTo(ErrorCode.BUS_FAILED);
        assertThat(failure).hasMessageContaining(because);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "now",
                "env",
                "$ENV.PATH",
                "$__prog_args",
                "input",
                "debug",
                "debug_scope",
                "input_filename",
                "halt"
            })
    void neither_the_clock_nor_the_process_can_be_asked(String program) throws Exception {
        steps("- transform: { jq: '[" + program + "] | tostring' }");

        try {
            assertThat(result("1")).isIn("[null]", "[]");
        } catch (BusException refused) {
            assertThat(refused.code()).isEqualTo(ErrorCode.MESSAGE_INVALID);
        }
    }

    @Test
    void a_program_with_a_mistake_is_refused_when_the_route_is_built() {
        assertThatThrownBy(() -> steps("- transform: { jq: '{ a: .b' }"))
                .hasStackTraceContaining("this is not a jq program")
                .hasStackTraceContaining("line 1");
        assertThatThrownBy(() -> steps("- transform: { jq: 'resource:file:" + folder + "/none.jq' }"))
                .hasStackTraceContaining("none.jq");
    }

    @Test
    void one_program_serves_many_threads() throws Exception {
        steps("- transform: { jq: 'reduce range(50) as $i (.; .n += $i) | {n, id: $id}' }");
        ExecutorService workers = Executors.newFixedThreadPool(4);
        try {
            var results = workers.invokeAll(IntStream.range(0, 200)
                    .mapToObj(n -> (Callable<String>)
                            () -> bench.send("{\"n\":" + n + "}", false, exchange -> exchange.setVariable("id", n))
                                    .getMessage()
                                    .getBody(String.class))
                    .toList());
            for (int n = 0; n < 200; n++) {
                assertThat(results.get(n).get()).isEqualTo("{\"n\":" + (n + 1225) + ",\"id\":" + n + "}");
            }
        } finally {
            workers.shutdown();
        }
    }

    private void steps(String steps) throws Exception {
        bench.yaml("- route:\n    id: test\n    from:\n      uri: direct:in\n      steps:\n" + steps.indent(8));
    }

    private String result(Object body) throws Exception {
        return bench.send(body).getMessage().getBody(String.class);
    }

    private BusException failure(Object body, boolean answer) {
        return catchThrowableOfType(BusException.class, () -> bench.send(body, answer, exchange -> {}));
    }
}
