package vn.lgsp.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import vn.lgsp.TestClock;
import vn.lgsp.failure.BusException;
import vn.lgsp.failure.ErrorCode;
import vn.lgsp.guarantee.DeliveryState;
import vn.lgsp.message.SystemId;
import vn.lgsp.operate.HealthProbe;

class GuaranteeWatchTest {
    private static final Instant NOON = Instant.parse("2026-03-01T05:00:00Z");
    private static final SystemId INSURANCE = new SystemId("social-insurance");

    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final TestClock clock = new TestClock(NOON);
    private Map<DeliveryState, Long> counts = Map.of(DeliveryState.ACCEPTED, 3L, DeliveryState.PARKED, 1L);
    private boolean away;
    private int asked;
    private final GuaranteeWatch watch =
            new GuaranteeWatch(meters, this::read, () -> Optional.of(NOON.minusSeconds(90)), clock);

    private Map<SystemId, Map<DeliveryState, Long>> read() {
        asked++;
        if (away) {
            throw new BusException(ErrorCode.RECORD_UNAVAILABLE, "away");
        }
        return Map.of(INSURANCE, counts);
    }

    @Test
    void deliveries_are_counted_by_destination_and_the_database_is_asked_once_in_five_seconds() {
        watch.gauges(List.of(INSURANCE));

        assertThat(gauge("waiting")).isEqualTo(3);
        assertThat(gauge("parked")).isEqualTo(1);
        assertThat(gauge("delivering")).isZero();
        assertThat(oldest()).isEqualTo(90);
        counts = Map.of();
        clock.now = NOON.plusSeconds(4);
        assertThat(gauge("waiting")).isEqualTo(3);
        assertThat(asked).isEqualTo(1);
        clock.now = NOON.plusSeconds(5);
        assertThat(gauge("waiting")).isZero();
        assertThat(asked).isEqualTo(2);
    }

    @Test
    void while_the_database_is_away_nothing_is_claimed_and_it_is_not_asked_more_often() {
        watch.gauges(List.of(INSURANCE));
        away = true;

        assertThat(gauge("waiting")).isNaN();
        assertThat(gauge("parked")).isNaN();
        assertThat(oldest()).isNaN();
        assertThat(asked).isEqualTo(1);
        away = false;
        clock.now = NOON.plusSeconds(5);
        assertThat(gauge("parked")).isEqualTo(1);
    }

    @Test
    void what_was_accepted_delivered_and_tried_again_is_counted() {
        AtomicLong accepted = new AtomicLong(2);
        watch.counters(
                List.of(INSURANCE), accepted::get, () -> 5, destination -> destination.equals(INSURANCE) ? 7 : 0);

        assertThat(counted("accepted")).isEqualTo(2);
        assertThat(counted("retries")).isEqualTo(5);
        assertThat(counted("delivered")).isEqualTo(7);
        accepted.set(3);
        assertThat(counted("accepted")).isEqualTo(3);
        assertThat(meters.get("lgsp.guarantee.delivered")
                        .functionCounter()
                        .getId()
                        .getTag("destination"))
                .isEqualTo("social-insurance");
    }

    private double counted(String what) {
        return meters.get("lgsp.guarantee." + what).functionCounter().count();
    }

    @Test
    void the_probe_says_which_of_the_two_is_away() {
        assertThat(problem(true, true)).isEmpty();
        assertThat(problem(false, true).orElseThrow()).startsWith("the database does not answer");
        assertThat(problem(true, false).orElseThrow()).startsWith("the broker does not answer");
    }

    private static Optional<String> problem(boolean database, boolean broker) {
        HealthProbe probe = GuaranteeWatch.probe(() -> database, () -> broker);
        assertThat(probe.kind()).isEqualTo(HealthProbe.Kind.READINESS);
        return probe.problem().get();
    }

    private double gauge(String state) {
        return meters.get("lgsp.guarantee." + state)
                .tag("destination", "social-insurance")
                .gauge()
                .value();
    }

    private double oldest() {
        return meters.get("lgsp.guarantee.oldest.waiting.seconds").gauge().value();
    }
}
