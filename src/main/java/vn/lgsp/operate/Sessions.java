package vn.lgsp.operate;

import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import vn.lgsp.catalogue.Operator;
import vn.lgsp.message.Sha256;

/**
 * Who is signed in. A session begins only at a successful sign-in, under an identifier that nobody knew before, and ends at
 * sign-out, after a time of doing nothing, or after twelve hours.
 *
 * <p>Only digests of the identifiers are kept: a heap dump gives nobody a session.
 */
final class Sessions {
    static final Duration LONGEST = Duration.ofHours(12);

    private static final int MOST = 1_000;
    private static final int TOKEN_BYTES = 32;

    private final Map<String, Session> sessions = new ConcurrentHashMap<>();
    private final SecureRandom random = new SecureRandom();
    private final Clock clock;
    private final Duration timeout;

    Sessions(Clock clock, Duration timeout) {
        this.clock = clock;
        this.timeout = timeout;
    }

    private record Session(Operator operator, Instant began, Instant lastUsed) {
        boolean isOver(Instant now, Duration timeout) {
            return !now.isBefore(lastUsed.plus(timeout)) || !now.isBefore(began.plus(LONGEST));
        }
    }

    /** Begins a session and returns its token, which the browser alone keeps. */
    String begin(Operator operator) {
        Instant now = clock.instant();
        sessions.values().removeIf(session -> session.isOver(now, timeout));
        if (sessions.size() >= MOST) {
            sessions.entrySet().stream()
                    .min(Comparator.comparing(entry -> entry.getValue().lastUsed()))
                    .ifPresent(longestIdle -> sessions.remove(longestIdle.getKey()));
        }
        byte[] bytes = new byte[TOKEN_BYTES];
        random.nextBytes(bytes);
        String token = Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
        sessions.put(Sha256.hex(token), new Session(operator, now, now));
        return token;
    }

    /** The operator as he was when he signed in, while the session lasts. */
    Optional<Operator> operator(String token) {
        Instant now = clock.instant();
        return Optional.ofNullable(sessions.get(Sha256.hex(token)))
                .filter(session -> !session.isOver(now, timeout))
                .map(Session::operator);
    }

    /** The person did something, so the time of doing nothing starts anew. */
    void used(String token) {
        Instant now = clock.instant();
        sessions.computeIfPresent(
                Sha256.hex(token),
                (key, session) ->
                        session.isOver(now, timeout) ? null : new Session(session.operator(), session.began(), now));
    }

    void end(String token) {
        sessions.remove(Sha256.hex(token));
    }
}
