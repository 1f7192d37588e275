package vn.lgsp.runtime;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;
import vn.lgsp.failure.BusException;
import vn.lgsp.guarantee.DeliveryState;
import vn.lgsp.message.SystemId;
import vn.lgsp.operate.HealthProbe;

/**
 * Guaranteed delivery in figures, and whether it can work. The database is asked for its counts every few seconds at most, however
 * often somebody looks; while it does not answer the figures are not known, and say so by not being numbers.
 */
final class GuaranteeWatch {
    private static final Duration FRESH = Duration.ofSeconds(5);

    private final MeterRegistry meters;
    private final Supplier<Map<SystemId, Map<DeliveryState, Long>>> counts;
    private final Supplier<Optional<Instant>> oldestWaiting;
    private final Clock clock;
    private Optional<Figures> last = Optional.empty();
    private final List<Object> counted = new ArrayList<>();
    private final Set<SystemId> counting = new HashSet<>();
    private final Set<SystemId> gauged = new HashSet<>();
    private boolean oldestShown;

    /**
     * @param counts how many deliveries stand how, by destination; may block, and throws {@link BusException} while the database is away
     * @param oldestWaiting when the exchange was accepted that waits longest for a delivery that is neither ended nor parked; the same
     */
    GuaranteeWatch(
            MeterRegistry meters,
            Supplier<Map<SystemId, Map<DeliveryState, Long>>> counts,
            Supplier<Optional<Instant>> oldestWaiting,
            Clock clock) {
        this.meters = meters;
        this.counts = counts;
        this.oldestWaiting = oldestWaiting;
        this.clock = clock;
    }

    /** @param counts empty when they could not be read */
    private record Figures(
            Instant read, Optional<Map<SystemId, Map<DeliveryState, Long>>> counts, Optional<Instant> oldest) {}

    /** Shows how deliveries to these systems stand, too. */
    void gauges(Collection<SystemId> destinations) {
        for (SystemId destination : destinations) {
            if (!gauged.add(destination)) {
                continue;
            }
            gauge("lgsp.guarantee.waiting", destination, DeliveryState.ACCEPTED);
            gauge("lgsp.guarantee.steps.waiting", destination, DeliveryState.WAITING);
            gauge("lgsp.guarantee.delivering", destination, DeliveryState.DELIVERING);
            gauge("lgsp.guarantee.parked", destination, DeliveryState.PARKED);
        }
        if (!oldestShown) {
            oldestShown = true;
            Gauge.builder("lgsp.guarantee.oldest.waiting.seconds", this, GuaranteeWatch::oldestSeconds)
                    .strongReference(true)
                    .register(meters);
        }
    }

    /** Whether messages can be accepted: the database and the broker are both needed. */
    static HealthProbe probe(BooleanSupplier databaseAnswers, BooleanSupplier brokerAnswers) {
        return new HealthProbe("guarantee", HealthProbe.Kind.READINESS, () -> {
            if (!databaseAnswers.getAsBoolean()) {
                return Optional.of("the database does not answer: nothing is accepted for guaranteed delivery");
            }
            return brokerAnswers.getAsBoolean()
                    ? Optional.empty()
                    : Optional.of("the broker does not answer: nothing is accepted for guaranteed delivery");
        });
    }

    /**
     * Shows what has been done since the start, of these systems too.
     *
     * @param accepted exchanges; a repeat of a known message is none
     * @param retried attempts that failed and are made again
     * @param delivered deliveries that have arrived at this system
     */
    void counters(
            Collection<SystemId> destinations,
            LongSupplier accepted,
            LongSupplier retried,
            ToLongFunction<SystemId> delivered) {
        if (counted.isEmpty()) {
            FunctionCounter.builder("lgsp.guarantee.accepted", accepted, LongSupplier::getAsLong)
                    .register(meters);
            FunctionCounter.builder("lgsp.guarantee.retries", retried, LongSupplier::getAsLong)
                    .register(meters);
            // A meter holds what it counts weakly.
            counted.addAll(List.of(accepted, retried));
        }
        for (SystemId destination : destinations) {
            if (counting.add(destination)) {
                FunctionCounter.builder(
                                "lgsp.guarantee.delivered", delivered, counts -> counts.applyAsLong(destination))
                        .tag("destination", destination.value())
                        .register(meters);
                counted.add(delivered);
            }
        }
    }

    private void gauge(String name, SystemId destination, DeliveryState state) {
        Gauge.builder(name, this, watch -> watch.count(destination, state))
                .tag("destination", destination.value())
                .strongReference(true)
                .register(meters);
    }

    private double count(SystemId destination, DeliveryState state) {
        return figures()
                .counts()
                .map(read -> (double) read.getOrDefault(destination, Map.of()).getOrDefault(state, 0L))
                .orElse(Double.NaN);
    }

    private double oldestSeconds() {
        Figures now = figures();
        if (now.counts().isEmpty()) {
            return Double.NaN;
        }
        return now.oldest()
                .map(at -> Math.max(0, Duration.between(at, clock.instant()).toMillis() / 1_000.0))
                .orElse(0.0);
    }

    private synchronized Figures figures() {
        Instant now = clock.instant();
        Figures known =
                last.filter(figures -> figures.read().plus(FRESH).isAfter(now)).orElseGet(this::read);
        last = Optional.of(known);
        return known;
    }

    private Figures read() {
        try {
            return new Figures(clock.instant(), Optional.of(counts.get()), oldestWaiting.get());
        } catch (BusException away) {
            return new Figures(clock.instant(), Optional.empty(), Optional.empty());
        }
    }
}
