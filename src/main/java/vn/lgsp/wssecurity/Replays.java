package vn.lgsp.wssecurity;

import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Iterator;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import vn.lgsp.failure.BusException;
import vn.lgsp.failure.ErrorCode;
import vn.lgsp.message.Sha256;

/**
 * The messages that were taken lately, so that none is taken twice. Each is forgotten when it would be too old anyway. In the memory of
 * this process only.
 *
 * <p>A sender may have as much of the room as is still free, so that there is always some left for the others: one alone half of all,
 * two a third each.
 */
final class Replays {
    private static final long SWEEP_SECONDS = 5;

    private final int most;
    private final Map<Key, Taken> taken = new ConcurrentHashMap<>();
    private final Map<String, AtomicLong> perSender = new ConcurrentHashMap<>();
    private final AtomicLong nextSweep = new AtomicLong(Long.MIN_VALUE);

    /** Half of a SHA-256: enough that nobody finds a second message with it. */
    private record Key(long first, long second) {
        static Key of(String text) {
            ByteBuffer digest = ByteBuffer.wrap(Sha256.of(text));
            return new Key(digest.getLong(), digest.getLong());
        }
    }

    /** @param count of the sender's messages */
    private record Taken(long until, AtomicLong count) {}

    /** @param most that are remembered at once */
    Replays(int most) {
        this.most = most;
    }

    /**
     * Remembers a message, of which everything else was found good.
     *
     * @param sender that has proved itself: an account's user, or the fingerprint of its certificate
     * @param until when it is too old anyway
     * @return whether it was not there before; of two at once one is first
     * @throws BusException {@code bus-busy} when there is no room to remember it
     */
    boolean isFirst(String sender, String message, Instant now, Instant until) {
        sweep(now.getEpochSecond());
        AtomicLong count = perSender.computeIfAbsent(sender, first -> new AtomicLong());
        if (count.get() >= most - taken.size()) {
            throw new BusException(
                    ErrorCode.BUS_BUSY, "more signed messages came than the bus can remember: send it again later");
        }
        boolean first = taken.putIfAbsent(Key.of(message), new Taken(until.getEpochSecond() + 1, count)) == null;
        if (first) {
            count.incrementAndGet();
        }
        return first;
    }

    int size() {
        return taken.size();
    }

    private void sweep(long now) {
        long due = nextSweep.get();
        if (now < due || !nextSweep.compareAndSet(due, now + SWEEP_SECONDS)) {
            return;
        }
        Iterator<Taken> all = taken.values().iterator();
        while (all.hasNext()) {
            Taken next = all.next();
            if (next.until() < now) {
                all.remove();
                next.count().decrementAndGet();
            }
        }
    }
}
