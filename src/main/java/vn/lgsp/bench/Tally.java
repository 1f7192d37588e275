package vn.lgsp.bench;

import java.util.Collection;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/**
 * What has arrived at the destination. A delivery counts once by its id, however often it comes; a message under two delivery ids
 * is delivered twice, which no subject may do.
 */
final class Tally {
    private final Map<String, String> messages = new ConcurrentHashMap<>();
    private final LongAdder repeats = new LongAdder();
    private final LongAdder doubled = new LongAdder();
    private final AtomicLong lastNew = new AtomicLong(System.nanoTime());

    /**
     * One arrival.
     *
     * @param message the source's own id, from the content
     * @param delivery the id that stays the same when a delivery is repeated
     */
    void arrived(String message, String delivery) {
        String first = messages.putIfAbsent(message, delivery);
        if (first == null) {
            lastNew.set(System.nanoTime());
        } else if (first.equals(delivery)) {
            repeats.increment();
        } else {
            doubled.increment();
        }
    }

    /** Distinct messages so far. */
    long distinct() {
        return messages.size();
    }

    /** Arrivals under an id that was here before. */
    long repeats() {
        return repeats.sum();
    }

    /** Arrivals of a message that was here before under another id. */
    long doubled() {
        return doubled.sum();
    }

    boolean has(String message) {
        return messages.containsKey(message);
    }

    /** How many of these have not arrived. */
    long missing(Collection<String> expected) {
        return expected.stream().filter(message -> !has(message)).count();
    }

    /** When a message arrived for the first time that was not here before, by {@link System#nanoTime}. */
    long lastNew() {
        return lastNew.get();
    }
}
