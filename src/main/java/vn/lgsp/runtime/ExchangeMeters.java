package vn.lgsp.runtime;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import vn.lgsp.message.Passage;

/**
 * Times every exchange: {@code lgsp.exchange.duration} by service, consumer, outcome and error. Each tag has only registered
 * names or codes as values, never anything that a caller wrote.
 */
final class ExchangeMeters {
    private static final String NONE = "none";

    private record Kind(String service, String consumer, String outcome, String error) {}

    private final MeterRegistry registry;
    private final Map<Kind, Timer> timers = new ConcurrentHashMap<>();

    ExchangeMeters(MeterRegistry registry) {
        this.registry = registry;
    }

    /** The exchange has ended, as the passage tells. */
    void ended(Passage passage) {
        Kind kind = new Kind(
                passage.service().map(Object::toString).orElse(NONE),
                passage.caller().map(caller -> caller.system().value()).orElse(NONE),
                passage.outcome().label(),
                passage.error().map(Object::toString).orElse(NONE));
        Timer known = timers.get(kind);
        Timer timer = known != null ? known : timers.computeIfAbsent(kind, this::timer);
        timer.record(Duration.ofNanos(System.nanoTime() - passage.startedNanos()));
    }

    private Timer timer(Kind kind) {
        return Timer.builder("lgsp.exchange.duration")
                .description("from the head of the request to the last byte of the answer")
                .tags(
                        "service",
                        kind.service(),
                        "consumer",
                        kind.consumer(),
                        "outcome",
                        kind.outcome(),
                        "error",
                        kind.error())
                .register(registry);
    }
}
