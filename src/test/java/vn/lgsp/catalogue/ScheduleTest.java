package vn.lgsp.catalogue;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Which instants a schedule plans (DLV-08). */
final class ScheduleTest {
    private static final Instant LONG_AGO = Instant.parse("2020-01-01T00:00:00Z");

    private static Schedule schedule(Schedule.Timing timing, String zone) {
        return new Schedule(timing, ZoneId.of(zone), "night-shift", "run", false, Optional.empty());
    }

    private static Instant at(String text) {
        return Instant.parse(text);
    }

    @Test
    void two_in_the_morning_is_that_of_the_zone() {
        Schedule nightly = schedule(new Schedule.Cron("0 2 * * *"), "Asia/Ho_Chi_Minh");

        assertThat(nightly.next(at("2026-03-01T00:00:00Z"))).contains(at("2026-03-01T19:00:00Z"));
        assertThat(nightly.next(at("2026-03-01T19:00:00Z"))).contains(at("2026-03-02T19:00:00Z"));
        assertThat(nightly.latest(LONG_AGO, at("2026-03-01T18:59:59Z"))).contains(at("2026-02-28T19:00:00Z"));
        assertThat(nightly.latest(LONG_AGO, at("2026-03-01T19:00:00Z"))).contains(at("2026-03-01T19:00:00Z"));
        assertThat(nightly.latest(LONG_AGO, at("2026-03-01T19:00:00.500Z"))).contains(at("2026-03-01T19:00:00Z"));
        assertThat(nightly.latest(at("2026-03-01T19:00:00Z"), at("2026-03-02T18:59:59Z")))
                .isEmpty();
    }

    @Test
    void an_hour_that_a_zone_leaves_out_or_has_twice_is_one_instant_a_day_all_the_same() {
        Schedule halfPastTwo = schedule(new Schedule.Cron("30 2 * * *"), "Europe/Berlin");
        for (String day : new String[] {"2026-03-29", "2026-10-25"}) {
            Instant midnight = at(day + "T00:00:00Z").minus(Duration.ofHours(3));
            Instant first = halfPastTwo.next(midnight).orElseThrow();
            Instant second = halfPastTwo.next(first).orElseThrow();
            assertThat(Duration.between(first, second)).as(day).isBetween(Duration.ofHours(22), Duration.ofHours(26));
        }
    }

    @Test
    void every_ten_minutes_are_the_same_ten_for_everybody() {
        Schedule often = schedule(new Schedule.Every(Duration.ofMinutes(10)), "UTC");

        assertThat(often.next(at("2026-03-01T00:09:59.999Z"))).contains(at("2026-03-01T00:10:00Z"));
        assertThat(often.next(at("2026-03-01T00:10:00Z"))).contains(at("2026-03-01T00:20:00Z"));
        assertThat(often.latest(LONG_AGO, at("2026-03-01T00:19:59Z"))).contains(at("2026-03-01T00:10:00Z"));
    }

    @Test
    void once_is_once() {
        Schedule once = schedule(new Schedule.Once(at("2026-03-01T00:00:00Z")), "UTC");

        assertThat(once.next(LONG_AGO)).contains(at("2026-03-01T00:00:00Z"));
        assertThat(once.next(at("2026-03-01T00:00:00Z"))).isEmpty();
        assertThat(once.latest(LONG_AGO, at("2026-02-28T23:59:59Z"))).isEmpty();
        assertThat(once.latest(LONG_AGO, at("2027-01-01T00:00:00Z"))).contains(at("2026-03-01T00:00:00Z"));
    }
}
