package vn.lgsp.guarantee;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import vn.lgsp.catalogue.Guarantee.RetryPlan;
import vn.lgsp.failure.BusException;
import vn.lgsp.failure.ErrorCode;

/**
 * How an attempt ended.
 *
 * @param failure why it failed; empty when the destination has the message
 * @param again when it is tried again; empty when it failed for good, so that it is parked
 */
record Verdict(Optional<ErrorCode> failure, Optional<String> partnerCode, Optional<Instant> again) {
    static final Verdict DELIVERED = new Verdict(Optional.empty(), Optional.empty(), Optional.empty());

    /** The destination asks for a later try with these, though they are refusals by their class; 401 refuses the bus, not the message. */
    private static final Set<String> LATER = Set.of("HTTP 401", "HTTP 408", "HTTP 425", "HTTP 429");

    private static final Duration LONGEST_HEEDED = Duration.ofHours(1);

    /** Up to a tenth later, so that what failed together does not come back together. */
    private static final double SPREAD = 0.1;

    /** Judges a failure by who has to act, and by the plan (DLV-04). */
    static Verdict of(@Nullable Throwable problem, int attempt, RetryPlan plan, Clock clock) {
        return of(problem, attempt, plan, Optional.empty(), clock);
    }

    /** @param asked how long the destination asks to be left alone; heeded up to an hour */
    static Verdict of(@Nullable Throwable problem, int attempt, RetryPlan plan, Optional<Duration> asked, Clock clock) {
        Optional<BusException> known = BusException.in(problem);
        ErrorCode code = known.map(BusException::code).orElse(ErrorCode.BUS_FAILED);
        Optional<String> partner = known.flatMap(BusException::partnerCode);
        Optional<Instant> again = mayHelp(code, partner)
                ? plan.after(attempt).map(pause -> clock.instant().plus(spread(later(pause, asked))))
                : Optional.empty();
        return new Verdict(Optional.of(code), partner, again);
    }

    private static Duration later(Duration pause, Optional<Duration> asked) {
        Duration heeded =
                asked.filter(much -> much.compareTo(LONGEST_HEEDED) <= 0).orElse(Duration.ZERO);
        return heeded.compareTo(pause) > 0 ? heeded : pause;
    }

    private static Duration spread(Duration pause) {
        return pause.plusNanos(
                (long) (pause.toNanos() * SPREAD * ThreadLocalRandom.current().nextDouble()));
    }

    /** Whether the same bytes under the same id may fare better later. The destination knows the id, so a try too many does no harm. */
    private static boolean mayHelp(ErrorCode code, Optional<String> partner) {
        return switch (code) {
            case PROVIDER_UNREACHABLE, PROVIDER_TIMEOUT, PROVIDER_BUSY, PROVIDER_FAILED, PROVIDER_INVALID -> true;
            case TOKEN_UNAVAILABLE, TOKEN_STALE -> true;
            case PROVIDER_REFUSED -> partner.filter(LATER::contains).isPresent();
            case BUS_BUSY, GUARANTEE_UNAVAILABLE, RECORD_UNAVAILABLE -> true;
            default -> false;
        };
    }

    boolean isDelivered() {
        return failure.isEmpty();
    }

    /**
     * Whether the destination as a whole seems away, so that other messages would fare no better now; empty when the attempt did not
     * come as far as the destination, and so says nothing about it.
     */
    Optional<Boolean> destinationAway() {
        if (failure.isEmpty()) {
            return Optional.of(false);
        }
        return switch (failure.get()) {
            case PROVIDER_UNREACHABLE, PROVIDER_TIMEOUT, PROVIDER_BUSY, TOKEN_UNAVAILABLE -> Optional.of(true);
            case PROVIDER_REFUSED, PROVIDER_FAILED, PROVIDER_INVALID, RESULT_UNKEEPABLE -> Optional.of(false);
            default -> Optional.empty();
        };
    }
}
