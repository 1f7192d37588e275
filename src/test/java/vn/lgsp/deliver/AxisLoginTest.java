package vn.lgsp.deliver;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import vn.lgsp.catalogue.OutboundCredential;
import vn.lgsp.failure.BusException;
import vn.lgsp.failure.ErrorCode;
import vn.lgsp.ndxp.AccessToken;
import vn.lgsp.ndxp.TokenCall;

/** The login of a provincial front of the document axis (EXT-05): what is asked, and what of an answer is a token. */
final class AxisLoginTest {
    private static final Duration LIFE = Duration.ofMinutes(30);

    private static Optional<AccessToken> token(String answer) {
        return AxisLogin.token(answer.getBytes(UTF_8), LIFE);
    }

    @Test
    void a_login_is_the_six_members_in_their_order_and_shows_the_system_too() {
        TokenCall call = AxisLogin.call(
                new OutboundCredential.DocumentAxisRest("SYS-TEST-01", "example-secret", Optional.empty()),
                new OutboundCredential.Login("u\"1", "mật khẩu", "van-thu", LIFE));

        assertThat(call.body())
                .isEqualTo(
                        "{\"username\":\"u\\\"1\",\"password\":\"mật khẩu\",\"applicationCode\":\"van-thu\",\"otp\":\"\","
                                + "\"twoFactorProvider\":\"\",\"typeObjs\":[0,1]}");
        assertThat(call.headers())
                .containsEntry("X-SystemId", "SYS-TEST-01")
                .containsEntry("X-SecretKey", "example-secret")
                .containsEntry("content-type", "application/json");
        assertThat(call.toString()).doesNotContain("khẩu", "example-secret");
    }

    @Test
    void the_token_is_in_the_data_and_is_renewed_at_nine_tenths_of_its_life() {
        assertThat(token("{\"code\":200,\"message\":\"OK\",\"data\":{\"token\":\"TOKEN-EXAMPLE\",\"user\":{}}}"))
                .hasValueSatisfying(token -> {
                    assertThat(token.value()).isEqualTo("TOKEN-EXAMPLE");
                    assertThat(token.renewedAfter()).isEqualTo(Duration.ofMinutes(27));
                    assertThat(token.toString()).doesNotContain("EXAMPLE");
                });
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{\"code\":401,\"message\":\"Sai mật khẩu\"} | 401",
                "{\"code\":\"E-7\",\"data\":null} | E-7",
                "{\"code\":200,\"data\":{\"token\":\"\"}} | 200",
                "{\"code\":200,\"data\":{\"token\":\"a\\r\\nX: 1\"}} | 200"
            })
    void an_answer_without_a_token_is_told_by_its_code_and_nothing_else_of_it(String answer, String code) {
        assertThatExceptionOfType(BusException.class)
                .isThrownBy(() -> token(answer))
                .satisfies(refused -> {
                    assertThat(refused.code()).isEqualTo(ErrorCode.TOKEN_UNAVAILABLE);
                    assertThat(refused.partnerCode()).contains(code);
                    assertThat(refused.toString()).doesNotContain("khẩu", "X: 1");
                });
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "[]",
                "{",
                "<html/>",
                "{}",
                "{\"code\":\"mật khẩu\"}",
                "{\"data\":{\"token\":5}}",
                "{\"code\":{}}"
            })
    void what_is_no_answer_of_a_login_has_no_token(String answer) {
        assertThat(token(answer)).isEmpty();
    }
}
