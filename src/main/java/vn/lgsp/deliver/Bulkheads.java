package vn.lgsp.deliver;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import vn.lgsp.message.SystemId;

/**
 * Counts the calls that wait for each system. A call that waits holds no thread, so one hanging provider costs the others
 * nothing; beyond its limit it is refused.
 */
final class Bulkheads {
    private final Map<SystemId, AtomicInteger> waiting = new ConcurrentHashMap<>();

    /** Whether one more call may wait; if so, {@link #leave} must follow exactly once. */
    boolean enter(SystemId system, int limit) {
        AtomicInteger count = count(system);
        if (count.incrementAndGet() > limit) {
            count.decrementAndGet();
            return false;
        }
        return true;
    }

    void leave(SystemId system) {
        count(system).decrementAndGet();
    }

    int waiting(SystemId system) {
        return count(system).get();
    }

    private AtomicInteger count(SystemId system) {
        AtomicInteger known = waiting.get(system);
        return known != null ? known : waiting.computeIfAbsent(system, first -> new AtomicInteger());
    }
}
