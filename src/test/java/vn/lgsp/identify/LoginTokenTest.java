package vn.lgsp.identify;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import vn.lgsp.catalogue.AxisAccess;

/** The token of a login at the desk (EXT-20): what it counts for, and what the limit of attempts does. */
final class LoginTokenTest {
    private static final Instant NOW = Instant.parse("2026-11-21T02:00:00Z");
    private static final AxisAccess ACCESS = access("SYS-1", "secret-example", "mật khẩu");

    private static AxisAccess access(String system, String secret, String password) {
        return new AxisAccess(
                system,
                secret,
                Duration.ZERO,
                Optional.of(new AxisAccess.Login(
                        "van-thu", password, Optional.empty(), AxisAccess.Login.DEFAULT_LIFE, false)));
    }

    private static boolean counts(String token, AxisAccess access, Instant now) {
        return LoginToken.counts(token, access, access.login().orElseThrow(), now);
    }

    @Test
    void a_token_counts_until_its_end_for_its_account_as_long_as_both_secrets_stay() {
        String token = LoginToken.write(ACCESS, ACCESS.login().orElseThrow(), NOW.plusSeconds(1_800));

        assertThat(token).hasSize(64).doesNotContain("SYS-1");
        assertThat(counts(token, ACCESS, NOW.plusSeconds(1_799))).isTrue();
        assertThat(counts(token, ACCESS, NOW.plusSeconds(1_800))).isFalse();
        assertThat(List.of(
                        access("SYS-2", "secret-example", "mật khẩu"),
                        access("SYS-1", "another", "mật khẩu"),
                        access("SYS-1", "secret-example", "khác")))
                .noneMatch(other -> counts(token, other, NOW));
        assertThat(ACCESS.toString() + ACCESS.login()).doesNotContain("secret-example", "khẩu");
    }

    @Test
    void what_is_no_token_counts_for_nothing_and_one_whose_end_was_changed_neither() {
        String token = LoginToken.write(ACCESS, ACCESS.login().orElseThrow(), NOW);

        assertThat(List.of("", "x", "%%%", "A".repeat(63), "A".repeat(64), "A".repeat(10_000), token + "AAAA"))
                .noneMatch(shown -> counts(shown, ACCESS, NOW.minusSeconds(1)));
        assertThat(counts("B" + token.substring(1), ACCESS, NOW.minusSeconds(1)))
                .isFalse();
        assertThat(counts(token, ACCESS, NOW.minusSeconds(1))).isTrue();
    }

    @Test
    void five_failures_are_free_and_each_further_one_waits_twice_as_long_until_one_is_right_or_time_goes_by() {
        LoginLimit limit = new LoginLimit();
        for (int i = 0; i < 5; i++) {
            assertThat(limit.attempt("van-thu", NOW)).isTrue();
        }
        assertThat(limit.attempt("van-thu", NOW)).isFalse();
        assertThat(limit.attempt("khac", NOW)).as("another account").isTrue();
        assertThat(limit.attempt("van-thu", NOW.plusSeconds(1))).isTrue();
        assertThat(limit.attempt("van-thu", NOW.plusSeconds(2))).isFalse();
        assertThat(limit.attempt("van-thu", NOW.plusSeconds(3))).isTrue();
        limit.succeeded("van-thu");
        for (int i = 0; i < 5; i++) {
            assertThat(limit.attempt("van-thu", NOW.plusSeconds(4))).isTrue();
        }
        assertThat(limit.attempt("van-thu", NOW.plus(Duration.ofHours(1)))).isTrue();
        assertThat(limit.attempt("van-thu", NOW.plus(Duration.ofHours(1)))).isTrue();
    }
}
