package vn.lgsp.deliver;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import vn.lgsp.message.SystemId;

/** What cannot be fetched from an axis is tried again ever later, and hinders nothing else. */
class AxisPatienceTest {
    private static final SystemId AXIS = new SystemId("axis-sdk");
    private static final Instant NOON = Instant.parse("2026-03-01T05:00:00Z");

    private final AxisPatience patience = new AxisPatience();

    @Test
    void a_document_is_passed_over_ever_longer_and_in_the_end_tried_once_a_day() {
        assertThat(patience.isDue(AXIS, "d", NOON)).isTrue();
        patience.missed(AXIS, "d", NOON);
        assertThat(patience.isDue(AXIS, "d", NOON)).as("the next list has it").isTrue();

        long[] seconds = {5, 10, 20, 40, 80, 160, 320, 640, 1280, 2560, 3600, 3600, 3600, 3600};
        for (long pause : seconds) {
            patience.missed(AXIS, "d", NOON);
            assertThat(patience.isDue(AXIS, "d", NOON.plusSeconds(pause - 1))).isFalse();
            assertThat(patience.isDue(AXIS, "d", NOON.plusSeconds(pause))).isTrue();
        }
        patience.missed(AXIS, "d", NOON);
        assertThat(patience.isDue(AXIS, "d", NOON.plus(Duration.ofHours(23)))).isFalse();
        assertThat(patience.isDue(AXIS, "d", NOON.plus(Duration.ofDays(1)))).isTrue();
        assertThat(patience.isDue(AXIS, "other", NOON)).isTrue();
        assertThat(patience.isDue(new SystemId("other"), "d", NOON)).isTrue();
    }

    @Test
    void a_document_that_was_had_is_forgiven() {
        patience.missed(AXIS, "d", NOON);
        patience.missed(AXIS, "d", NOON);

        patience.had(AXIS, "d");

        assertThat(patience.isDue(AXIS, "d", NOON)).isTrue();
    }

    @Test
    void so_many_documents_that_they_cannot_all_be_remembered_are_tried_again() {
        for (int i = 0; i <= 10_000; i++) {
            patience.missed(AXIS, "d" + i, NOON);
            patience.missed(AXIS, "d" + i, NOON);
        }

        assertThat(patience.isDue(AXIS, "d0", NOON)).isTrue();
        assertThat(patience.isDue(AXIS, "d10000", NOON)).isFalse();
    }
}
