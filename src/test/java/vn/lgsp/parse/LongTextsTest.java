package vn.lgsp.parse;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LongTextsTest {
    private final List<ByteArrayOutputStream> aside = new ArrayList<>();

    private LongTexts texts() {
        return new LongTexts(20, 1_000, () -> {
            ByteArrayOutputStream next = new ByteArrayOutputStream();
            aside.add(next);
            return next;
        });
    }

    private byte[] read(LongTexts texts, String json) throws IOException {
        byte[] bytes = json.getBytes(UTF_8);
        for (int at = 0; at < bytes.length; at += 7) {
            texts.take(bytes, at, Math.min(7, bytes.length - at));
        }
        return texts.rest();
    }

    @Test
    void long_texts_go_aside_as_they_read_and_the_rest_stays() throws IOException {
        String odd = "Số\t\"1\"\\ /\n€ 😀 \u0001 ".repeat(500) + "hết";
        ObjectNode json = JsonParsers.content().createObjectNode();
        json.put("short", "a \"b\" \\ c")
                .put("data", odd)
                .putArray("list")
                .add(1)
                .add("x".repeat(21));
        for (String written : List.of(json.toString(), json.toPrettyString(), escaped(json.toString()))) {
            aside.clear();
            LongTexts texts = texts();
            JsonNode rest = JsonParsers.content().readTree(read(texts, written));

            assertThat(rest.path("short").asText()).isEqualTo("a \"b\" \\ c");
            assertThat(rest.path("data").asText()).isEqualTo(texts.names().get(0));
            assertThat(rest.path("list").path(1).asText())
                    .isEqualTo(texts.names().get(1));
            assertThat(aside.get(0).toString(UTF_8)).isEqualTo(odd);
            assertThat(aside.get(1).toString(UTF_8)).isEqualTo("x".repeat(21));
        }
    }

    /** Every character beyond ASCII as JSON may also write it. */
    private static String escaped(String json) {
        StringBuilder text = new StringBuilder();
        json.chars().forEach(one -> text.append(one < 0x7f ? Character.toString(one) : "\\u%04X".formatted(one)));
        return text.toString();
    }

    @Test
    void what_can_be_no_json_and_what_leaves_too_much_is_told() {
        String begins = "{\"data\":\"" + "x".repeat(30);
        for (String wrong : List.of(
                begins,
                begins + "\\q\"}",
                begins + "\\u12g4\"}",
                begins + "\\ud83d\"}",
                begins + "\\ud83dx\"}",
                begins + "\\ude00\"}",
                begins + "\\u12\"}",
                begins + "\n\"}",
                begins + "\\",
                "[" + "1,".repeat(2_000))) {
            assertThatThrownBy(() -> read(texts(), wrong))
                    .as(wrong.substring(0, Math.min(60, wrong.length())))
                    .isInstanceOf(LongTexts.Unfit.class);
        }
    }
}
