package vn.lgsp.deliver;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import vn.lgsp.catalogue.Connection;
import vn.lgsp.failure.BusException;
import vn.lgsp.failure.ErrorCode;
import vn.lgsp.message.Passage;

/**
 * Suspends a system that fails too often, so that its callers hear at once what they would hear late, and it comes to breath: of its
 * last calls a share was unreachable, too late, or 5xx. After a while some trials tell whether it is back. Any thread may ask.
 */
final class Breaker {
    private static final Logger LOG = LoggerFactory.getLogger(Breaker.class);
    /** It only counts; nobody is told by it. */
    private static final BusException FAILED = new BusException(ErrorCode.PROVIDER_FAILED, "counted");

    /** Asks the breaker for a call; exactly one end of it must follow. */
    static final class Permit {
        private final Optional<CircuitBreaker> inner;
        private final long begun = System.nanoTime();

        private Permit(Optional<CircuitBreaker> inner) {
            this.inner = inner;
        }

        void well() {
            inner.ifPresent(breaker -> breaker.onSuccess(System.nanoTime() - begun, TimeUnit.NANOSECONDS));
        }

        void ill() {
            inner.ifPresent(breaker -> breaker.onError(System.nanoTime() - begun, TimeUnit.NANOSECONDS, FAILED));
        }

        /** What came of it says nothing about the system. */
        void giveBack() {
            inner.ifPresent(CircuitBreaker::releasePermission);
        }

        /** The call came to an end without an answer. */
        void failed(BusException failure) {
            if (failure.code() == ErrorCode.PROVIDER_UNREACHABLE
                    || failure.code() == ErrorCode.PROVIDER_TIMEOUT
                    || failure.code() == ErrorCode.TOKEN_UNAVAILABLE) {
                ill();
            } else {
                giveBack();
            }
        }
    }

    /** Of a call that no breaker looks at. */
    static final Permit FREE = new Permit(Optional.empty());

    private final String system;
    private final Optional<CircuitBreaker> inner;
    private final Clock clock;
    private volatile Instant until = Instant.MIN;

    Breaker(String system, Connection.Breaker settings, Clock clock) {
        this.system = system;
        this.clock = clock;
        inner = settings.of() == 0 ? Optional.empty() : Optional.of(made(system, settings, clock));
        inner.ifPresent(breaker -> breaker.getEventPublisher().onStateTransition(event -> {
            boolean suspended = event.getStateTransition().getToState() == CircuitBreaker.State.OPEN;
            if (suspended) {
                until = clock.instant().plus(settings.open());
            }
            if (suspended || event.getStateTransition().getToState() == CircuitBreaker.State.CLOSED) {
                (suspended ? LOG.atWarn() : LOG.atInfo())
                        .addKeyValue("event", suspended ? "provider.suspended" : "provider.resumed")
                        .addKeyValue("provider", system)
                        .log(suspended ? "too many calls failed: it is not called for a while" : "trials went well");
            }
        }));
    }

    private static CircuitBreaker made(String system, Connection.Breaker settings, Clock clock) {
        return CircuitBreaker.of(
                system,
                CircuitBreakerConfig.custom()
                        .clock(clock)
                        .failureRateThreshold(settings.failures())
                        .slidingWindowSize(settings.of())
                        .minimumNumberOfCalls(settings.of())
                        .waitDurationInOpenState(settings.open())
                        .permittedNumberOfCallsInHalfOpenState(settings.trials())
                        // how long a call may take is the business of its time-outs
                        .slowCallDurationThreshold(Duration.ofDays(1))
                        .writableStackTraceEnabled(false)
                        .build());
    }

    /**
     * A permit to call. A delivery always has one: it has its plan, and its lane rests by itself while the destination is away.
     *
     * @throws BusException {@code provider-suspended}; then the passage knows how long
     */
    Permit enter(Passage passage) {
        if (inner.isEmpty() || passage.delivery().isPresent()) {
            return FREE;
        }
        if (!inner.get().tryAcquirePermission()) {
            passage.retryAfter(rest());
            throw new BusException(
                    ErrorCode.PROVIDER_SUSPENDED,
                    system + " failed too often, and is not called for a while: try again later");
        }
        return new Permit(inner);
    }

    /** Whether calls are let through now. */
    OutboundClient.Suspension state() {
        return inner.map(breaker -> switch (breaker.getState()) {
                    case OPEN, FORCED_OPEN -> OutboundClient.Suspension.OPEN;
                    case HALF_OPEN -> OutboundClient.Suspension.TRIALS;
                    case CLOSED, DISABLED, METRICS_ONLY -> OutboundClient.Suspension.CLOSED;
                })
                .orElse(OutboundClient.Suspension.OFF);
    }

    boolean isSuspended() {
        return inner.map(breaker -> breaker.getState() != CircuitBreaker.State.CLOSED)
                .orElse(false);
    }

    /** How long it is not called yet; while trials are under way, a second. */
    private Duration rest() {
        Duration left = Duration.between(clock.instant(), until);
        return left.compareTo(Duration.ofSeconds(1)) > 0 ? left : Duration.ofSeconds(1);
    }
}
