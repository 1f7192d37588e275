package vn.lgsp.wssecurity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import org.junit.jupiter.api.Test;
import vn.lgsp.failure.BusException;
import vn.lgsp.failure.ErrorCode;

/** What was taken is remembered as long as it could be shown again, and no longer (SEC-03). */
final class ReplaysTest {
    private static final Instant NOW = Instant.parse("2026-03-01T00:00:00Z");

    private final Replays replays = new Replays(1_000);

    @Test
    void a_message_is_first_once() {
        assertThat(replays.isFirst("anybody", "one", NOW, NOW.plusSeconds(300))).isTrue();
        assertThat(replays.isFirst("anybody", "one", NOW.plusSeconds(299), NOW.plusSeconds(300)))
                .isFalse();
        assertThat(replays.isFirst("anybody", "two", NOW, NOW.plusSeconds(300))).isTrue();
    }

    @Test
    void what_is_too_old_anyway_is_forgotten() {
        for (int i = 0; i < 500; i++) {
            replays.isFirst("anybody", "old " + i, NOW, NOW.plusSeconds(10));
        }

        replays.isFirst("anybody", "new", NOW.plusSeconds(20), NOW.plusSeconds(40));

        assertThat(replays.size()).isEqualTo(1);
    }

    @Test
    void without_room_nothing_is_taken_until_something_is_forgotten() {
        for (int i = 0; i < 500; i++) {
            assertThat(replays.isFirst("anybody", "message " + i, NOW, NOW.plusSeconds(10)))
                    .isTrue();
        }

        assertThatThrownBy(() -> replays.isFirst("anybody", "one more", NOW.plusSeconds(1), NOW.plusSeconds(10)))
                .isInstanceOfSatisfying(
                        BusException.class, full -> assertThat(full.code()).isEqualTo(ErrorCode.BUS_BUSY));
        assertThat(replays.size()).isEqualTo(500);
        assertThat(replays.isFirst("anybody", "one more", NOW.plusSeconds(20), NOW.plusSeconds(30)))
                .isTrue();
    }

    @Test
    void one_that_sends_without_end_leaves_room_for_the_others() {
        int taken = fill("greedy");
        int second = fill("greedy too");

        assertThat(taken).isEqualTo(500);
        assertThat(second).isEqualTo(250);
        assertThat(replays.isFirst("modest", "a message", NOW, NOW.plusSeconds(10)))
                .isTrue();
        assertThat(replays.isFirst("modest", "a message", NOW, NOW.plusSeconds(10)))
                .isFalse();
        // what is forgotten is free again, for each its own
        assertThat(replays.isFirst("greedy", "another", NOW.plusSeconds(20), NOW.plusSeconds(30)))
                .isTrue();
        assertThat(replays.size()).isEqualTo(1);
    }

    private int fill(String sender) {
        for (int i = 0; ; i++) {
            try {
                assertThat(replays.isFirst(sender, sender + i, NOW, NOW.plusSeconds(10)))
                        .isTrue();
            } catch (BusException full) {
                return i;
            }
        }
    }
}
