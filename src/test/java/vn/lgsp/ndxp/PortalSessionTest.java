package vn.lgsp.ndxp;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import vn.lgsp.catalogue.OutboundCredential;

/** The session of the public service portal, from its login to the calls that carry it. */
final class PortalSessionTest {
    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void a_login_says_user_and_password_as_json() {
        TokenCall call = TokenCall.of(
                new OutboundCredential.Session("u\"1", "mật khẩu", "/mapi/login", Duration.ofHours(1), List.of()));

        assertThat(call.body()).isEqualTo("{\"username\":\"u\\\"1\",\"password\":\"mật khẩu\"}");
        assertThat(call.headers()).containsEntry("content-type", "application/json");
        assertThat(call.toString()).doesNotContain("khẩu");
    }

    @Test
    void the_answer_of_a_good_login_has_the_session() {
        assertThat(PortalSession.in(bytes("{\"session\":\"SESSION-EXAMPLE\",\"error_code\":0}"), Duration.ofHours(1)))
                .hasValueSatisfying(session -> {
                    assertThat(session.value()).isEqualTo("SESSION-EXAMPLE");
                    assertThat(session.life()).isEqualTo(Duration.ofHours(1));
                });
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"session\":\"\",\"error_code\":1}",
                "{\"session\":\"x\",\"error_code\":1}",
                "{\"session\":\"x\"}",
                "{\"session\":7,\"error_code\":0}",
                "{\"session\":\"a b\",\"error_code\":0}",
                "[]",
                "{\"session\":\"x\",\"err"
            })
    void any_other_answer_has_none(String answer) {
        assertThat(PortalSession.in(bytes(answer), Duration.ofHours(1))).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{}|{\"session\":\"s\"}",
                " { \"a\": 1.50 }|{\"session\":\"s\", \"a\": 1.50 }",
                "{\"ten\":\"Đỗ {\"}|{\"session\":\"s\",\"ten\":\"Đỗ {\"}"
            })
    void the_session_is_the_first_member_and_nothing_else_changes(String content, String sent) {
        byte[] given = bytes(content);
        PortalSession.Place place = PortalSession.place(given).orElseThrow();

        assertThat(new String(place.opening("s"), StandardCharsets.UTF_8)
                        + new String(given, place.at(), given.length - place.at(), StandardCharsets.UTF_8))
                .isEqualTo(sent);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "[]",
                "{\"session\":\"mine\"}",
                "{\"a\":{},\"session\":null}",
                "{\"a\":",
                "\"{}\"",
                "{\"a\":1,\"a\":2}",
                "{} {}"
            })
    void content_that_cannot_carry_one_is_known(String content) {
        assertThat(PortalSession.place(bytes(content))).isEmpty();
    }

    @Test
    void content_in_another_encoding_than_that_of_the_portal_cannot_carry_one() {
        assertThat(PortalSession.place("{\"a\":1}".getBytes(StandardCharsets.UTF_16LE)))
                .isEmpty();
        assertThat(PortalSession.place("{\"a\":1}".getBytes(StandardCharsets.UTF_16BE)))
                .isEmpty();
    }

    @Test
    void a_session_of_something_inside_is_not_that_of_the_call() {
        assertThat(PortalSession.place(bytes("{\"a\":{\"session\":\"s\"}}")))
                .hasValue(new PortalSession.Place(1, false));
        assertThat(PortalSession.place(bytes("\n{ }"))).hasValue(new PortalSession.Place(2, true));
    }

    @Test
    void an_error_code_is_a_number_or_a_short_text() {
        assertThat(PortalSession.errorCode(bytes("{\"error_code\":5,\"result\":[]}")))
                .contains("5");
        assertThat(PortalSession.errorCode(bytes("{\"error_code\":\"Đỗ Văn Mẫu\"}")))
                .isEmpty();
        assertThat(PortalSession.errorCode(bytes("{\"result\":[]}"))).isEmpty();
        assertThat(PortalSession.errorCode(bytes("{\"result\":[{\"error_code\":5}],\"error_code\":\"-3\"}")))
                .contains("-3");
        assertThat(PortalSession.errorCode(bytes("{\"error_code\":5,\"result\":[")))
                .as("cut off")
                .isEmpty();
    }
}
