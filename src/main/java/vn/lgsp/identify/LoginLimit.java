package vn.lgsp.identify;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;

/**
 * Slows down the guessing of passwords: after five failures in a row an account has to wait, each time twice as long, a quarter of an hour
 * at most (IAM-17). An attempt counts as failed from its start, so that many at once gain nothing. Tokens that were given count on, and so do
 * calls that need none.
 */
final class LoginLimit {
    private static final int ATTEMPTS = 5;
    private static final Duration LONGEST = Duration.ofMinutes(15);

    /** By account, with its pair and without: there are no more of them than twice what the registry has. */
    private final Map<String, Failures> failures = new HashMap<>();

    private record Failures(int count, Instant notBefore) {}

    /** Counts an attempt and returns true, or does not let it go on. */
    synchronized boolean attempt(String account, Instant now) {
        Failures known = failures.getOrDefault(account, new Failures(0, now));
        if (known.notBefore().isAfter(now)) {
            return false;
        }
        int before = known.notBefore().plus(LONGEST).isBefore(now) ? 0 : known.count();
        failures.put(account, new Failures(before + 1, now.plus(pause(before + 1))));
        return true;
    }

    /** The attempt was right. */
    synchronized void succeeded(String account) {
        failures.remove(account);
    }

    private static Duration pause(int count) {
        if (count < ATTEMPTS) {
            return Duration.ZERO;
        }
        Duration pause = Duration.ofSeconds(1L << Math.min(count - ATTEMPTS, 20));
        return pause.compareTo(LONGEST) > 0 ? LONGEST : pause;
    }
}
