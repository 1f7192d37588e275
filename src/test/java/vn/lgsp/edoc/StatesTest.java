package vn.lgsp.edoc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import vn.lgsp.failure.Invalid;

/** A document has two states that know nothing of each other (EXT-05). */
class StatesTest {

    @ParameterizedTest
    @CsvSource({
        "initial, processing done fail",
        "processing, done fail",
        "fail, processing done",
        "done, ''",
    })
    void a_transport_goes_on_and_what_is_done_stays_done(String from, String next) {
        TransportState state = TransportState.of(from).orElseThrow();

        for (TransportState told : TransportState.values()) {
            boolean legal = told == state || List.of(next.split(" ")).contains(told.word());
            if (legal) {
                assertThat(state.to(told)).isEqualTo(told);
            } else {
                assertThatThrownBy(() -> state.to(told))
                        .isInstanceOf(Invalid.class)
                        .hasMessageContaining("state " + told.word() + " does not follow on " + from);
            }
        }
    }

    /** Codes in the order in which they are told; one in brackets is unexpected; R is a packet that revokes. */
    @ParameterizedTest
    @CsvSource({
        "01 02",
        "01 03 04 05 06",
        "03 06",
        "06",
        "01 01 03 03",
        "01 13 15",
        "13 16 13 15",
        "R 15",
        "01 03 R 16 04",
        "02 R 15",
        "01 03 (02)",
        "02 (03)",
        "06 (05)",
        "(15)",
        "01 (16)",
        "03 13 15 (16)",
        "13 15 15",
    })
    void agencies_tell_each_other_in_order_or_are_told_what_is_unexpected(String told) {
        BusinessState state = BusinessState.NONE;
        for (String word : List.of(told.split(" "))) {
            if (word.equals("R")) {
                state = state.after(BusinessType.REVOCATION);
                continue;
            }
            boolean unexpected = word.startsWith("(");
            StatusCode code = StatusCode.of(word.replaceAll("[()]", "")).orElseThrow();
            BusinessState.Step step = state.after(code);
            assertThat(step.unexpected().isPresent()).as("%s in %s", word, told).isEqualTo(unexpected);
            if (unexpected) {
                assertThatThrownBy(step::orRefuse).hasMessageContaining("status " + code.code() + " does not follow");
            }
            state = step.state();
        }
    }

    @Test
    void what_is_unexpected_is_kept_all_the_same() {
        BusinessState state = BusinessState.NONE
                .after(StatusCode.FINISHED)
                .state()
                .after(StatusCode.ASSIGNED)
                .state();

        assertThat(state.handling()).contains(StatusCode.ASSIGNED);
    }

    @Test
    void the_receiver_may_tell_what_follows() {
        assertThat(BusinessState.NONE.expected())
                .containsExactlyInAnyOrder(
                        StatusCode.ARRIVED,
                        StatusCode.REJECTED,
                        StatusCode.ACCEPTED,
                        StatusCode.ASSIGNED,
                        StatusCode.PROCESSING,
                        StatusCode.FINISHED);
        assertThat(BusinessState.NONE
                        .after(StatusCode.FINISHED)
                        .state()
                        .after(BusinessType.UPDATE)
                        .expected())
                .containsExactlyInAnyOrder(StatusCode.AGREED, StatusCode.REFUSED);
    }

    @Test
    void codes_are_two_digits() {
        assertThat(StatusCode.of("3")).isEmpty();
        assertThat(StatusCode.of("03")).contains(StatusCode.ACCEPTED);
        assertThat(List.of(StatusCode.values()))
                .extracting(StatusCode::code)
                .containsExactly("01", "02", "03", "04", "05", "06", "13", "15", "16");
    }
}
