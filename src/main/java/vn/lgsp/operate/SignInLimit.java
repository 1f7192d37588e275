package vn.lgsp.operate;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;

/**
 * Slows down the guessing of passwords: after some failures in a row, a person and an address have to wait, each time twice as
 * long (IAM-17).
 *
 * <p>An attempt counts as failed from its start, so that many at once gain nothing; success takes the person's count back.
 */
final class SignInLimit {
    private static final int MOST_KEYS = 10_000;

    private final Map<String, Failures> failures = new HashMap<>();
    private final Clock clock;
    private final int attempts;
    private final Duration longestWait;

    SignInLimit(Clock clock, int attempts, Duration longestWait) {
        this.clock = clock;
        this.attempts = attempts;
        this.longestWait = longestWait;
    }

    private record Failures(int count, Instant notBefore) {}

    /** Counts an attempt and returns zero, or does not let it go on and returns how long to wait. */
    synchronized Duration attempt(String user, String address) {
        Instant now = clock.instant();
        Duration wait = later(wait("user " + user, now), wait("address " + address, now));
        if (wait.isZero()) {
            count("user " + user, now);
            count("address " + address, now);
        }
        return wait;
    }

    /** The attempt was right, so neither the person nor the address owes it. */
    synchronized void succeeded(String user, String address) {
        failures.remove("user " + user);
        failures.computeIfPresent(
                "address " + address,
                (key, known) -> known.count() <= 1 ? null : new Failures(known.count() - 1, clock.instant()));
    }

    private Duration wait(String key, Instant now) {
        Failures known = failures.get(key);
        return known == null || !known.notBefore().isAfter(now)
                ? Duration.ZERO
                : Duration.between(now, known.notBefore());
    }

    private void count(String key, Instant now) {
        Failures known = failures.get(key);
        int before = known == null || isForgotten(known, now) ? 0 : known.count();
        int count = before + 1;
        failures.put(key, new Failures(count, now.plus(waitAfter(count))));
        if (failures.size() > MOST_KEYS) {
            failures.entrySet().stream()
                    .min(Comparator.comparing(entry -> entry.getValue().notBefore()))
                    .ifPresent(oldest -> failures.remove(oldest.getKey()));
        }
    }

    private boolean isForgotten(Failures known, Instant now) {
        return known.notBefore().plus(longestWait.multipliedBy(2)).isBefore(now);
    }

    private Duration waitAfter(int count) {
        if (count < attempts) {
            return Duration.ZERO;
        }
        Duration wait = Duration.ofSeconds(1L << Math.min(count - attempts, 30));
        return wait.compareTo(longestWait) > 0 ? longestWait : wait;
    }

    private static Duration later(Duration one, Duration other) {
        return one.compareTo(other) > 0 ? one : other;
    }
}
