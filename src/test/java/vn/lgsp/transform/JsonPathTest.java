package vn.lgsp.transform;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.math.BigDecimal;
import java.nio.file.Path;
import org.apache.camel.Exchange;
import org.apache.camel.processor.aggregate.StringAggregationStrategy;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import vn.lgsp.failure.BusException;
import vn.lgsp.failure.ErrorCode;

/** What a JSONPath finds in content, digit by digit (BUS-09). */
class JsonPathTest {
    private static final String LONG = "12345678901234567890.123456789012345678901234567890";
    private static final String BODY =
            "{\"so\":" + LONG + ",\"gia\":1.10,\"nguyen\":98765432109876543210,\"ma\":\"0012\","
                    + "\"dong\":[{\"v\":0.10,\"n\":1},{\"v\":" + LONG + ",\"n\":2}],\"co\":true,\"khong\":null}";

    private final Workbench bench;

    JsonPathTest(@TempDir Path folder) {
        bench = new Workbench(folder);
        bench.camel().getRegistry().bind("jsonpath", new JsonPathLanguage());
    }

    @AfterEach
    void close() throws Exception {
        bench.close();
    }

    private Exchange run(String steps, Object body) throws Exception {
        bench.yaml("- from:\n    uri: direct:in\n    steps:\n" + steps.indent(6));
        return bench.send(body);
    }

    @Test
    void every_digit_of_a_number_is_there_in_a_variable_a_body_and_a_part() throws Exception {
        Exchange done = run("""
                - setVariable: { name: so, jsonpath: "$.so" }
                - setVariable: { name: text, jsonpath: { expression: "$.so", resultType: String } }
                - setVariable: { name: gia, jsonpath: { expression: "$.gia", resultType: String } }
                - setVariable: { name: nguyen, jsonpath: { expression: "$.nguyen", resultType: String } }
                - setVariable: { name: ma, jsonpath: "$.ma" }
                - setVariable: { name: co, jsonpath: "$.co" }
                - setVariable: { name: all, jsonpath: "$.dong[*].v" }
                - setBody: { jsonpath: "$.dong[1]" }
                """, BODY.getBytes(UTF_8));

        assertThat(done.getVariable("so")).isEqualTo(new BigDecimal(LONG));
        assertThat(done.getVariable("text")).isEqualTo(LONG);
        assertThat(done.getVariable("gia")).isEqualTo("1.10");
        assertThat(done.getVariable("nguyen")).isEqualTo("98765432109876543210");
        assertThat(done.getVariable("ma")).isEqualTo("0012");
        assertThat(done.getVariable("co")).isEqualTo(true);
        assertThat(done.getVariable("all", String.class)).isEqualTo("[0.10," + LONG + "]");
        assertThat(done.getMessage().getBody(String.class)).isEqualTo("{\"v\":" + LONG + ",\"n\":2}");
    }

    @Test
    void the_body_stays_what_was_read_and_a_number_by_itself_is_a_body_too() throws Exception {
        Exchange done = run("""
                - setVariable: { name: ma, jsonpath: "$.ma" }
                - setVariable: { name: before, simple: "${body}" }
                - setBody: { jsonpath: "$.so" }
                - setBody: { jq: ". , \\"x\\" | select(type == \\"number\\")" }
                """, BODY);

        assertThat(done.getVariable("before", String.class)).isEqualTo(BODY);
        assertThat(done.getMessage().getBody(String.class)).isEqualTo(LONG);
    }

    @Test
    void parts_of_a_split_and_conditions_know_every_digit() throws Exception {
        bench.camel().getRegistry().bind("parts", new StringAggregationStrategy());
        Exchange done = run("""
                - setVariable: { name: whole, simple: "${body}" }
                - split:
                    jsonpath: "$.dong"
                    aggregationStrategy: "#parts"
                    steps:
                      - setBody: { simple: "${body};" }
                - setVariable: { name: parts, simple: "${body}" }
                - setBody: { variable: whole }
                - choice:
                    when:
                      - jsonpath: "$[?(@.so > 12345678901234567890.123456789012345678901234567889)]"
                        steps:
                          - choice:
                              when:
                                - jsonpath: "$[?(@.so > %s)]"
                                  steps: [ { setVariable: { name: more, constant: wrong } } ]
                              otherwise:
                                steps: [ { setVariable: { name: more, constant: right } } ]
                    otherwise:
                      steps: [ { setVariable: { name: more, constant: less } } ]
                """.formatted(LONG), BODY);

        assertThat(done.getVariable("more")).isEqualTo("right");
        assertThat(done.getVariable("parts")).isEqualTo("{\"v\":0.10,\"n\":1};{\"v\":" + LONG + ",\"n\":2};");
    }

    @Test
    void a_variable_is_read_as_strictly_as_the_body() throws Exception {
        Exchange done = run("""
                - setVariable: { name: kept, simple: "${body}" }
                - setBody: { constant: "{}" }
                - setVariable: { name: so, jsonpath: { expression: "$.so", source: "variable:kept", resultType: String } }
                """, BODY);

        assertThat(done.getVariable("so")).isEqualTo(LONG);
    }

    @Test
    void content_that_names_a_member_twice_is_refused() {
        BusException refused = catchThrowableOfType(
                BusException.class,
                () -> run("- setVariable: { name: so, jsonpath: \"$.so\" }\n", "{\"so\":1,\"so\":2}"));

        assertThat(refused.code()).isEqualTo(ErrorCode.MESSAGE_INVALID);
    }
}
