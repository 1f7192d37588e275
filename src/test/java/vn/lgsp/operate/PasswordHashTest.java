package vn.lgsp.operate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.text.Normalizer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PasswordHashTest {
    /** Computed with another implementation (Python's hashlib). */
    private static final String KNOWN = "pbkdf2-sha256:10000:000102030405060708090a0b0c0d0e0f:"
            + "f57ea555a444f34571bafae7cad4d1e650005ba73836f40d0ef483e09e2f3de4";

    @Test
    void a_hash_made_elsewhere_is_understood() {
        assertThat(PasswordHash.of(KNOWN).matches("Mật khẩu dài 1!")).isTrue();
        assertThat(PasswordHash.of(KNOWN).matches("Mật khẩu dài 1")).isFalse();
        assertThat(PasswordHash.of(KNOWN).stored()).isEqualTo(KNOWN);
    }

    @Test
    void a_made_hash_matches_its_password_only_and_never_repeats() {
        PasswordHash made = PasswordHash.make("correct horse", 10_000);
        assertThat(PasswordHash.of(made.stored()).matches("correct horse")).isTrue();
        assertThat(PasswordHash.of(made.stored()).matches("correct hors")).isFalse();
        assertThat(PasswordHash.make("correct horse", 10_000).stored()).isNotEqualTo(made.stored());
    }

    @Test
    void a_vietnamese_password_is_the_same_from_a_keyboard_that_composes_and_one_that_does_not() {
        String decomposed = Normalizer.normalize("Mật khẩu dài 1!", Normalizer.Form.NFD);
        assertThat(PasswordHash.of(KNOWN).matches(decomposed)).isTrue();
    }

    @Test
    void it_prints_as_stars() {
        assertThat(PasswordHash.of(KNOWN)).hasToString("***");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "plain-password",
                "pbkdf2-sha256:9999:000102030405060708090a0b0c0d0e0f:"
                        + "f57ea555a444f34571bafae7cad4d1e650005ba73836f40d0ef483e09e2f3de4",
                "pbkdf2-sha256:10000:00:f57ea555a444f34571bafae7cad4d1e650005ba73836f40d0ef483e09e2f3de4",
                "md5:10000:000102030405060708090a0b0c0d0e0f:f57ea555a444f34571bafae7cad4d1e6"
            })
    void a_weak_or_broken_hash_is_refused_without_being_repeated(String stored) {
        assertThatThrownBy(() -> PasswordHash.of(stored))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageNotContaining("plain-password")
                .hasMessageContaining("pbkdf2-sha256:iterations:salt-hex:hash-hex");
    }
}
