package vn.lgsp.deploy;

import java.util.concurrent.atomic.AtomicInteger;

/** How many exchanges are inside a revision; whoever takes it away closes it first, which only an empty one lets happen. */
final class Occupancy {
    private static final int CLOSED = Integer.MIN_VALUE;

    private final AtomicInteger inside = new AtomicInteger();

    /** Whether one more is inside now; if so, {@link #leave} must follow exactly once. */
    boolean enter() {
        int now = inside.get();
        while (now != CLOSED) {
            int seen = inside.compareAndExchange(now, now + 1);
            if (seen == now) {
                return true;
            }
            now = seen;
        }
        return false;
    }

    void leave() {
        inside.decrementAndGet();
    }

    /** Whether it was empty, and nobody enters any more. */
    boolean close() {
        return inside.compareAndSet(0, CLOSED);
    }

    int inside() {
        return Math.max(0, inside.get());
    }
}
