package vn.lgsp.deliver;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import vn.lgsp.ndxp.AccessToken;

/**
 * The token of one connection: asked for once however many calls wait for it, used until shortly before its end, asked for again when
 * the system no longer takes it. Any thread may ask.
 *
 * <p>Lives are measured by the monotonic clock from the moment a token was asked for, so what the wall clocks here and there say does
 * not matter. Who refuses a token is asked for a new one, but not again and again: a system that refuses the new one too gets no
 * further question for a while.
 */
final class Tokens {
    /** So long nobody asks again after a question that failed; doubled each time. */
    static final Duration SHORTEST_REST = Duration.ofSeconds(1);

    static final Duration LONGEST_REST = Duration.ofSeconds(30);

    /** So long a 401 is the system's last word, after it refused a token that was fresh. */
    static final Duration DISTRUST = Duration.ofSeconds(10);

    /** A token, and what is known of its age. */
    static final class Held {
        private final AccessToken token;
        private final long askedAt;

        private Held(AccessToken token, long askedAt) {
            this.token = token;
            this.askedAt = askedAt;
        }

        String value() {
            return token.value();
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
    private long distrustUntil;

    /**
     * @param endpoint asks the system for a token
     * @param nanos the monotonic clock
     */
    Tokens(Supplier<Future<AccessToken>> endpoint, LongSupplier nanos) {
        this.endpoint = endpoint;
        this.nanos = nanos;
        this.restsUntil = nanos.getAsLong();
        this.distrustUntil = nanos.getAsLong();
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
        answer.onComplete(given -> {
            Held fresh = given.succeeded() ? new Held(given.result(), askedAt) : null;
            synchronized (this) {
                underWay = Optional.empty();
                if (fresh != null) {
                    held = Optional.of(fresh);
                    failed = Optional.empty();
                    failedInARow = 0;
                } else {
                    failed = Optional.of(given.cause());
                    restsUntil = nanos.getAsLong() + rest(failedInARow++).toNanos();
                }
            }
            if (fresh != null) {
                asked.complete(fresh);
            } else {
                asked.fail(given.cause());
            }
        });
    }

    private static Duration rest(int more) {
        Duration rest = SHORTEST_REST.multipliedBy(1L << Math.min(more, 10));
        return rest.compareTo(LONGEST_REST) > 0 ? LONGEST_REST : rest;
    }

    /**
     * The system did not take this token.
     *
     * @return whether a call with a newer one may fare better
     */
    synchronized boolean refused(Held token) {
        if (distrustUntil - nanos.getAsLong() > 0) {
            return false;
        }
        held = held.filter(known -> known != token);
        return true;
    }

    /** The system did not take the one either that was got because of a refusal: it is not the token. */
    synchronized void refusedAgain() {
        distrustUntil = nanos.getAsLong() + DISTRUST.toNanos();
    }
}
