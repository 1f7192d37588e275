package vn.lgsp.guarantee;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import vn.lgsp.catalogue.Guarantee.RetryPlan;
import vn.lgsp.failure.BusException;
import vn.lgsp.failure.ErrorCode;

final class VerdictTest {
    @ParameterizedTest
    @CsvSource({
        "provider-refused, HTTP 401, true",
        "provider-refused, HTTP 403, false",
        "provider-refused, HTTP 429, true",
        "provider-refused, 15, false",
        "token-unavailable, HTTP 401, true",
        "token-stale, HTTP 401, true"
    })
    void what_refuses_the_bus_for_now_is_tried_again_and_what_refuses_the_message_is_parked(
            String code, String partner, boolean again) {
        ErrorCode failure = ErrorCode.of(code).orElseThrow();

        Verdict verdict =
                Verdict.of(new BusException(failure, "a test", partner, null), 1, RetryPlan.DEFAULT, Clock.systemUTC());

        assertThat(verdict.again().isPresent()).isEqualTo(again);
    }
}
