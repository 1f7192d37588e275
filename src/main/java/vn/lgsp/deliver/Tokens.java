package vn.lgsp.deliver;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import vn.lgsp.ndxp.AccessToken;

/**
 * The token, or session, of one connection: asked for once however many calls wait for it, used until shortly before its end, asked for
 * again when the system no longer takes it. Any thread may ask.
 *
 * <p>Lives are measured by the monotonic clock from the moment a token was asked for, so what the wall clocks here and there say does
 * not matter. Who refuses a token is asked for a new one, but not again and again: a system that refuses the new one too, with the same
 * word, gets no further question because of that word for a while.
 */
final class Tokens {
    /** So long nobody asks again after a question that failed; doubled each time. */
    static final Duration SHORTEST_REST = Duration.ofSeconds(1);

    static final Duration LONGEST_REST = Duration.ofSeconds(30);

    /** So long a word that refuses a token is the system's last one, after it refused a fresh token too. */
    static final Duration DISTRUST = Duration.ofSeconds(10);

    /** So long after a good answer a word that may mean anything, and was said of a fresh token too, does not mean the token. */
    static final Duration ALIVE = Duration.ofMinutes(1);

    /** So many words are remembered; who has said as many is asked for no token because of one more that may mean anything. */
    static final int WORDS = 16;

    /**
     * What a system said against a token.
     *
     * @param word its own
     * @param sure whether the word means that; one that may mean anything is tried once
     */
    record Refusal(String word, boolean sure) {
        static final Refusal UNAUTHORIZED = new Refusal("HTTP 401", true);
    }

    /**
     * A word, and what came of it.
     *
     * @param tried the token that it was last believed against; empty where it was said of the one after that too
     */
    private record Heard(long at, Optional<Held> tried) {}

    /** A token, and what is known of its age. */
    static final class Held {
        private final AccessToken token;
        private final long askedAt;
        private final long nth;
        private volatile Optional<Long> tookAt = Optional.empty();

        private Held(AccessToken token, long askedAt, long nth) {
            this.token = token;
            this.askedAt = askedAt;
            this.nth = nth;
        }

        String value() {
            return token.value();
        }

        private boolean isAlive(long now) {
            return tookAt.filter(at -> now - at < ALIVE.toNanos()).isPresent();
        }

        private boolean isYounger(Duration age, long now) {
            return now - askedAt < age.toNanos();
        }
    }

    private final Supplier<Future<AccessToken>> endpoint;
    private final LongSupplier nanos;
    private Optional<Held> held = Optional.empty();
    private Optional<Promise<Held>> underWay = Optional.empty();
    private Optional<Throwable> failed = Optional.empty();
    private int failedInARow;
    private long restsUntil;
    private long given;
    private final Map<String, Heard> heard = new LinkedHashMap<>();

    /**
     * @param endpoint asks the system for a token
     * @param nanos the monotonic clock
     */
    Tokens(Supplier<Future<AccessToken>> endpoint, LongSupplier nanos) {
        this.endpoint = endpoint;
        this.nanos = nanos;
        this.restsUntil = nanos.getAsLong();
    }

    /** A token that is good as far as is known. It may come on another thread. */
    Future<Held> token() {
        Promise<Held> asked;
        Optional<Held> good;
        synchronized (this) {
            long now = nanos.getAsLong();
            good = held.filter(known -> known.isYounger(known.token.life(), now));
            if (good.isPresent() && good.get().isYounger(good.get().token.renewedAfter(), now)) {
                return Future.succeededFuture(good.get());
            }
            if (underWay.isPresent()) {
                return good.map(Future::succeededFuture)
                        .orElseGet(() -> underWay.get().future());
            }
            if (restsUntil - now > 0) {
                // what is left of a token's life is used while its successor cannot be had
                return good.map(Future::succeededFuture).orElseGet(() -> Future.failedFuture(failed.get()));
            }
            asked = Promise.promise();
            underWay = Optional.of(asked);
        }
        ask(asked);
        return good.map(Future::succeededFuture).orElseGet(asked::future);
    }

    private void ask(Promise<Held> asked) {
        long askedAt = nanos.getAsLong();
        Future<AccessToken> answer;
        try {
            answer = endpoint.get();
        } catch (RuntimeException unsendable) {
            answer = Future.failedFuture(unsendable);
        }
        answer.onComplete(answered -> {
            Held fresh;
            synchronized (this) {
                fresh = answered.succeeded() ? new Held(answered.result(), askedAt, ++given) : null;
                underWay = Optional.empty();
                if (fresh != null) {
                    held = Optional.of(fresh);
                    failed = Optional.empty();
                    failedInARow = 0;
                } else {
                    failed = Optional.of(answered.cause());
                    restsUntil = nanos.getAsLong() + rest(failedInARow++).toNanos();
                }
            }
            if (fresh != null) {
                asked.complete(fresh);
            } else {
                asked.fail(answered.cause());
            }
        });
    }

    private static Duration rest(int more) {
        Duration rest = SHORTEST_REST.multipliedBy(1L << Math.min(more, 10));
        return rest.compareTo(LONGEST_REST) > 0 ? LONGEST_REST : rest;
    }

    /**
     * The system did not take this token, or may not have.
     *
     * @return whether a call with a newer one may fare better
     */
    synchronized boolean refused(Held token, Refusal why) {
        if (why.sure() && token.nth < given) {
            return true; // it may have ended with its successor, whatever that one met
        }
        long now = nanos.getAsLong();
        Optional<Heard> before = Optional.ofNullable(heard.get(why.word()));
        Optional<Held> tried = before.flatMap(Heard::tried);
        boolean recent =
                before.filter(word -> now - word.at() < DISTRUST.toNanos()).isPresent();
        if (recent && tried.isPresent()) {
            boolean older = token.nth <= tried.get().nth;
            if (!older) {
                refusedAgain(why);
            }
            return older;
        }
        if (before.isPresent() && tried.isEmpty() && (recent || (!why.sure() && token.isAlive(now)))) {
            return false;
        }
        if (held.filter(known -> known != token).isPresent()) {
            return true;
        }
        if (!why.sure() && !remember(why, Optional.of(token))) {
            return false;
        }
        held = Optional.empty();
        return true;
    }

    /** The system did not take the one either that was got because of a refusal: it is not the token. */
    synchronized void refusedAgain(Refusal why) {
        Optional<Heard> before = Optional.ofNullable(heard.get(why.word()));
        if (why.sure() || before.isEmpty() || before.get().tried().isPresent()) {
            remember(why, Optional.empty());
        }
    }

    /** The system took this token. */
    void took(Held token) {
        token.tookAt = Optional.of(nanos.getAsLong());
    }

    /** Whether there is room for it: what was heard long ago makes some. */
    private boolean remember(Refusal why, Optional<Held> tried) {
        long now = nanos.getAsLong();
        if (heard.remove(why.word()) == null && heard.size() >= WORDS) {
            Map.Entry<String, Heard> oldest = heard.entrySet().iterator().next();
            if (!why.sure() && now - oldest.getValue().at() < DISTRUST.toNanos()) {
                return false;
            }
            heard.remove(oldest.getKey());
        }
        heard.put(why.word(), new Heard(now, tried));
        return true;
    }
}
