package vn.lgsp.transform;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.HexFormat;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import vn.lgsp.failure.BusException;
import vn.lgsp.failure.ErrorCode;

class JsonTest {
    @Test
    void every_digit_and_letter_comes_out_as_it_came_in() {
        String json = "{\"long\":9223372036854775808123456789,\"decimal\":0.10000000000000000000000000000000000001000,"
                + "\"one\":1.0,\"exponent\":1.50E+3,\"zeros\":\"00123\",\"composed\":\"ế\",\"decomposed\":\"e\u0302\u0301\","
                + "\"astral\":\"𠮷\",\"empty\":\"\",\"nothing\":null,\"yes\":true,\"a\":[],\"o\":{}}";

        assertThat(new String(Json.bytes(Json.read(json.getBytes(UTF_8), Side.REQUEST)), UTF_8))
                .isEqualTo(json);
        assertThat(Json.text(Json.read(json, Side.REQUEST))).isEqualTo(json);
    }

    @Test
    void nothing_is_null_and_a_byte_order_mark_is_passed_over() {
        assertThat(Json.read(new byte[0], Side.REQUEST).isNull()).isTrue();
        assertThat(Json.read("\uFEFF{\"a\":1}".getBytes(UTF_8), Side.REQUEST)
                        .get("a")
                        .intValue())
                .isEqualTo(1);
    }

    @Test
    void a_pair_of_escapes_is_one_letter() {
        assertThat(Json.read("\"\\uD842\\uDFB7\"", Side.REQUEST).textValue()).isEqualTo("𠮷");
    }

    @Test
    void sixty_four_levels_are_read() {
        assertThat(Json.read("[".repeat(64) + "]".repeat(64), Side.REQUEST).isArray())
                .isTrue();
    }

    static Stream<Arguments> refused() {
        return Stream.of(
                Arguments.of("{\"ten\":\"LÊ THỬ\",}", "is not valid JSON at line 1, column 18"),
                Arguments.of("{\n  \"ten\": LÊ THỬ\n}", "is not valid JSON at line 2, column 12"),
                Arguments.of("{\"ten\":\"LÊ", "is not valid JSON at line 1, column 11"),
                Arguments.of("{\"ten\":NaN}", "is not valid JSON at line 1, column 11"),
                Arguments.of("{\"ten\":01}", "is not valid JSON at line 1, column 9"),
                Arguments.of("{'ten':1}", "is not valid JSON at line 1, column 3"),
                Arguments.of("// LÊ\n1", "is not valid JSON at line 1, column 2"),
                Arguments.of("  \n ", "holds no JSON value"),
                Arguments.of("{} {}", "goes on after the end of its JSON value at line 1, column 5"),
                Arguments.of("{} LÊ", "is not valid JSON at line 1, column 6"),
                Arguments.of("{\"LÊ\":1,\"LÊ\":2}", "names the same member of an object twice at line 1, column 15"),
                Arguments.of(
                        "[".repeat(65) + "]".repeat(65),
                        "is nested deeper than 64 levels, or has a number or name too long to read at line 1, column 66"),
                Arguments.of(
                        "{\"n\":" + "9".repeat(1001) + "}",
                        "is nested deeper than 64 levels, or has a number or name too long to read at line 1, column 1007"),
                Arguments.of("{\"n\":1e999999999}", "has a number with an exponent beyond 1000 at line 1, column 17"),
                Arguments.of("{\"n\":1e-1001}", "has a number with an exponent beyond 1000 at line 1, column 13"),
                Arguments.of("{\"n\":[\"\\uD842\"]}", "escapes half of a character, which no text can carry"),
                Arguments.of("{\"\\udfb7\":1}", "escapes half of a character, which no text can carry"));
    }

    @ParameterizedTest
    @MethodSource("refused")
    void what_could_hurt_or_mislead_is_refused_by_place_and_never_quoted(String json, String because) {
        BusException request =
                catchThrowableOfType(BusException.class, () -> Json.read(json.getBytes(UTF_8), Side.REQUEST));
        BusException answer = catchThrowableOfType(BusException.class, () -> Json.read(json, Side.ANSWER));

        assertThat(request).hasMessage("the request " + because).hasNoCause();
        assertThat(request.code()).isEqualTo(ErrorCode.MESSAGE_INVALID);
        assertThat(answer).hasMessage("the provider's answer " + because).hasNoCause();
        assertThat(answer.code()).isEqualTo(ErrorCode.PROVIDER_INVALID);
    }

    @Test
    void bytes_that_are_not_utf_8_are_refused() {
        for (String hex :
                new String[] {"22ff22", "22c322", "22eda08022", "22c08022", "2200", "7b007d00", "feff007b007d"}) {
            byte[] bytes = HexFormat.of().parseHex(hex);

            assertThat(catchThrowableOfType(BusException.class, () -> Json.read(bytes, Side.REQUEST))
                            .code())
                    .as(hex)
                    .isEqualTo(ErrorCode.MESSAGE_INVALID);
        }
    }
}
