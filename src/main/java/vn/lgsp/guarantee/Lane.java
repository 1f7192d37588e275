package vn.lgsp.guarantee;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import vn.lgsp.message.DeliveryId;
import vn.lgsp.message.SystemId;

/**
 * The deliveries to one destination: so many attempts at once as it has credits, and no more in a second than was agreed with it; the others wait. A destination that seems away
 * rests, ever longer, and is then tried with one attempt; no other destination notices, and no message uses up its retry plan.
 *
 * <p>Held in memory are references only, and a bounded number of them; what is more stays with the broker until half of these are
 * worked off.
 */
final class Lane {
    private static final int ROOM = 1_000;
    /** So many attempts in a row that found the destination away make it rest. */
    private static final int PATIENCE = 5;

    private static final Duration SHORTEST_REST = Duration.ofSeconds(1);
    private static final Duration CATCH_UP = Duration.ofMillis(50);
    private static final Duration LONGEST_REST = Duration.ofSeconds(60);

    /** A reference that the broker handed over, and that it has to be told about. */
    record Held(DeliveryId delivery, Runnable acknowledge) {}

    /** What a lane has others do. Called by any thread, which must not be blocked. */
    interface Work {
        /** Makes an attempt; ends with exactly one call of {@link Lane#ended}. */
        void attempt(Lane lane, Held held);

        /** Whether it {@link Lane#hasEnough} has changed. */
        void flow(Lane lane);
    }

    private final SystemId destination;
    private final int credits;
    private final Work work;
    private final ScheduledExecutorService timer;
    private final Supplier<Optional<Integer>> rate;
    private final LongSupplier nanos;
    private final Deque<Held> waiting = new ArrayDeque<>();
    private int underWay;
    private int awayInARow;
    private int restsInARow;
    private boolean resting;
    private boolean enough;
    private boolean paced;
    private long nextAt;

    /**
     * @param rate how many attempts may be begun in a second, as it is agreed with the destination now; empty for no limit
     * @param nanos the monotonic clock
     */
    Lane(
            SystemId destination,
            int credits,
            Work work,
            ScheduledExecutorService timer,
            Supplier<Optional<Integer>> rate,
            LongSupplier nanos) {
        this.destination = destination;
        this.credits = credits;
        this.work = work;
        this.timer = timer;
        this.rate = rate;
        this.nanos = nanos;
        this.nextAt = nanos.getAsLong();
    }

    SystemId destination() {
        return destination;
    }

    /** Takes a reference in; also one that was on its way when there were enough. */
    void take(Held held) {
        boolean last;
        synchronized (this) {
            waiting.add(held);
            last = !enough && waiting.size() >= ROOM;
            enough |= last;
        }
        if (last) {
            work.flow(this);
        }
        pump();
    }

    /** Whether the broker is to keep the others until there is room for them. */
    synchronized boolean hasEnough() {
        return enough;
    }

    /** The broker is away: it hands these over again when it is back. */
    synchronized void forgetWaiting() {
        waiting.clear();
        enough = false;
    }

    /** Whether more references would only wait. */
    synchronized boolean isFull() {
        return resting || waiting.size() >= ROOM / 2;
    }

    synchronized boolean isResting() {
        return resting;
    }

    synchronized int underWay() {
        return underWay;
    }

    private void pump() {
        while (true) {
            Held next;
            boolean room;
            synchronized (this) {
                // After a rest one attempt tries whether the destination is back.
                int allowed = awayInARow >= PATIENCE ? 1 : credits;
                if (resting || underWay >= allowed || waiting.isEmpty() || !isTime()) {
                    return;
                }
                next = waiting.remove();
                underWay++;
                room = enough && waiting.size() <= ROOM / 2;
                enough &= !room;
            }
            if (room) {
                work.flow(this);
            }
            work.attempt(this, next);
        }
    }

    /** Whether the agreed rate lets one more begin; if not, it is looked at again when it does. */
    private boolean isTime() {
        Optional<Integer> agreed = rate.get();
        if (agreed.isEmpty()) {
            return true;
        }
        if (paced) {
            return false;
        }
        long now = nanos.getAsLong();
        if (nextAt - now > 0) {
            paced = true;
            try {
                timer.schedule(this::goOn, nextAt - now, TimeUnit.NANOSECONDS);
            } catch (RejectedExecutionException stopping) {
                // nothing is attempted any more
            }
            return false;
        }
        // what a late bell lost is caught up with, what was not needed is not saved up
        nextAt = Math.max(nextAt, now - CATCH_UP.toNanos()) + TimeUnit.SECONDS.toNanos(1) / agreed.get();
        return true;
    }

    private void goOn() {
        synchronized (this) {
            paced = false;
        }
        pump();
    }

    /** @param away whether the attempt found the destination away; empty when it says nothing about it */
    void ended(Optional<Boolean> away) {
        synchronized (this) {
            underWay--;
            if (away.isPresent()) {
                awayInARow = away.get() ? awayInARow + 1 : 0;
                if (!away.get()) {
                    restsInARow = 0;
                } else if (awayInARow >= PATIENCE && !resting && underWay == 0) {
                    // Attempts that were under way together found out the same thing, and count for one rest.
                    rest(restAfter(restsInARow++));
                }
            }
        }
        pump();
    }

    /** Nothing can be attempted now, for a reason of ours; the reference waits on. */
    void putBack(Held held) {
        synchronized (this) {
            underWay--;
            waiting.addFirst(held);
            if (!resting) {
                rest(SHORTEST_REST);
            }
        }
    }

    private void rest(Duration pause) {
        resting = true;
        try {
            timer.schedule(this::wake, pause.toMillis(), TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException stopping) {
            // nothing is attempted any more
        }
    }

    private void wake() {
        synchronized (this) {
            resting = false;
        }
        pump();
    }

    static Duration restAfter(int more) {
        Duration rest = SHORTEST_REST.multipliedBy(1L << Math.min(more, 10));
        return rest.compareTo(LONGEST_REST) > 0 ? LONGEST_REST : rest;
    }
}
