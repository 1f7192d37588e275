package vn.lgsp.guarantee;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import vn.lgsp.message.DeliveryId;

final class LaneTest {
    private static final Optional<Boolean> AWAY = Optional.of(true);
    private static final Optional<Boolean> THERE = Optional.of(false);

    /** Rings when the test says so. */
    private static final class Bell extends ScheduledThreadPoolExecutor {
        private final List<Duration> rests = new ArrayList<>();
        private final Deque<Runnable> ringing = new ArrayDeque<>();

        Bell() {
            super(1);
        }

        @Override
        public ScheduledFuture<?> schedule(Runnable work, long delay, TimeUnit unit) {
            rests.add(Duration.of(delay, unit.toChronoUnit()));
            ringing.add(work);
            return super.schedule(() -> {}, 0, TimeUnit.MILLISECONDS);
        }

        void ring() {
            ringing.remove().run();
        }
    }

    private final class Recorded implements Lane.Work {
        @Override
        public void attempt(Lane on, Lane.Held held) {
            attempts.add(held);
        }

        @Override
        public void flow(Lane on) {
            flow.add(on.hasEnough() ? "enough" : "more");
        }
    }

    private final Bell bell = new Bell();
    private Optional<Integer> rate = Optional.empty();
    private long now;
    private final List<String> flow = new ArrayList<>();
    private final Deque<Lane.Held> attempts = new ArrayDeque<>();
    private final Lane lane = new Lane(Messages.INSURANCE, 8, new Recorded(), bell, () -> rate, () -> now);

    @AfterEach
    void stop() {
        bell.shutdownNow();
    }

    private void take(int references) {
        for (int i = 0; i < references; i++) {
            lane.take(reference());
        }
    }

    private static Lane.Held reference() {
        return new Lane.Held(DeliveryId.of(Messages.id(), Messages.INSURANCE), () -> {});
    }

    private void end(int number, Optional<Boolean> away) {
        for (int i = 0; i < number; i++) {
            attempts.remove();
            lane.ended(away);
        }
    }

    @Test
    void what_has_piled_up_goes_out_at_the_agreed_rate_and_not_at_once() {
        rate = Optional.of(20);
        take(100);
        assertThat(attempts).hasSize(1);

        int begun = 1;
        for (int second = 0; second < 2; second++) {
            for (int step = 0; step < 20; step++) {
                assertThat(bell.rests.get(bell.rests.size() - 1)).isEqualTo(Duration.ofMillis(50));
                now += Duration.ofMillis(50).toNanos();
                end(attempts.size(), THERE);
                bell.ring();
                begun += attempts.size();
            }
        }
        assertThat(begun).isEqualTo(41);
    }

    @Test
    void a_rate_that_is_raised_in_the_registry_holds_from_the_next_attempt_on() {
        rate = Optional.of(1);
        take(10);
        assertThat(attempts).hasSize(1);
        rate = Optional.empty();
        end(1, THERE);
        assertThat(attempts).hasSize(8);
    }

    @Test
    void no_more_attempts_are_under_way_than_there_are_credits() {
        take(20);
        assertThat(attempts).hasSize(8);

        end(3, THERE);
        assertThat(attempts).hasSize(8);
        assertThat(lane.underWay()).isEqualTo(8);
    }

    @Test
    void attempts_that_were_under_way_together_make_one_short_rest_and_rests_grow_one_by_one() {
        take(100);
        end(8, AWAY);
        end(attempts.size(), AWAY);
        assertThat(attempts).isEmpty();
        assertThat(bell.rests).containsExactly(Duration.ofSeconds(1));

        for (int rest = 2; rest <= 10; rest++) {
            bell.ring();
            assertThat(attempts).as("one tries").hasSize(1);
            end(1, AWAY);
            assertThat(attempts).isEmpty();
        }
        assertThat(bell.rests.stream().map(Duration::toSeconds))
                .containsExactly(1L, 2L, 4L, 8L, 16L, 32L, 60L, 60L, 60L, 60L);
    }

    @Test
    void all_credits_are_used_again_as_soon_as_one_attempt_finds_it_there() {
        take(100);
        end(8, AWAY);
        end(attempts.size(), AWAY);
        bell.ring();
        end(1, THERE);

        assertThat(attempts).hasSize(8);
        end(8, AWAY);
        end(attempts.size(), AWAY);
        assertThat(bell.rests).containsExactly(Duration.ofSeconds(1), Duration.ofSeconds(1));
    }

    @Test
    void an_attempt_that_never_reached_the_destination_neither_opens_the_lane_nor_makes_it_rest() {
        take(100);
        end(8, AWAY);
        end(attempts.size(), AWAY);
        bell.ring();

        end(1, Optional.empty());
        assertThat(attempts).as("still one at a time").hasSize(1);
        end(1, AWAY);
        assertThat(bell.rests).containsExactly(Duration.ofSeconds(1), Duration.ofSeconds(2));
    }

    @Test
    void what_cannot_be_attempted_for_a_reason_of_ours_waits_on_and_is_attempted_first() {
        take(9);
        Lane.Held first = attempts.remove();
        lane.putBack(first);
        end(7, THERE);
        assertThat(attempts).isEmpty();

        bell.ring();
        assertThat(attempts.peekFirst()).isEqualTo(first);
        assertThat(attempts).hasSize(2);
    }

    @Test
    void a_lane_that_has_enough_says_so_once_and_asks_for_more_when_half_of_it_is_worked_off() {
        take(1_008);
        assertThat(flow).containsExactly("enough");
        assertThat(lane.isFull()).isTrue();

        take(5);
        end(504, THERE);
        assertThat(flow).containsExactly("enough");

        end(1, THERE);
        assertThat(flow).containsExactly("enough", "more");
        end(504 + 4, THERE);
        assertThat(attempts).isEmpty();
        assertThat(flow).as("nothing is lost between").containsExactly("enough", "more");
    }

    @Test
    void when_the_broker_comes_back_everything_begins_anew() {
        take(1_008);
        lane.forgetWaiting();
        assertThat(lane.isFull()).isFalse();

        take(1_000);
        assertThat(flow).containsExactly("enough", "enough");
    }
}
