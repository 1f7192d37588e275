package vn.lgsp.scenario;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Runs other people's mappings on a thread of their own, and stops them when they take too long or make too much. Java cannot end
 * a thread that does not listen: it is interrupted, and mappings listen between their steps ({@code SampleStep}). One that is caught
 * inside a single step, such as a regular expression that tries every way there is, goes on; it then has the lowest priority,
 * never keeps the process alive, and after {@value #MOST_LEFT} of them nothing more is run until one has ended.
 */
final class BoundedRun {
    /** How many threads that cannot be stopped may stay behind. */
    static final int MOST_LEFT = 2;

    /** Deep enough for any recursion that a mapping needs: without tail calls it takes more than on the way. */
    private static final long STACK = 16L << 20;

    /** How many times its time may pass on the clock: a busy machine is not the mapping's fault. */
    private static final int PATIENCE = 10;

    private static final long LOOK_EVERY_MS = 20;
    /** How many times its time may pass until it is gone, once it was told; at most two seconds. */
    private static final int GRACE = 5;

    private static final long LONGEST_GRACE_MS = 2_000;
    private static final Set<Thread> LEFT = ConcurrentHashMap.newKeySet();
    private static final Optional<ThreadMXBean> THREADS =
            ManagementFactory.getThreadMXBean() instanceof ThreadMXBean threads
                            && threads.isThreadAllocatedMemorySupported()
                            && threads.isThreadCpuTimeSupported()
                    ? Optional.of(threads)
                    : Optional.empty();

    private final Duration longest;
    private final long mostBytes;

    /**
     * @param longest time of a processor until it is stopped
     * @param mostBytes that it may allocate, also of what it throws away again
     */
    BoundedRun(Duration longest, long mostBytes) {
        this.longest = longest;
        this.mostBytes = mostBytes;
    }

    /** How a run ended. */
    sealed interface End<T> {}

    /** @param value what it gave */
    record Done<T>(T value) implements End<T> {}

    /** @param problem what it threw */
    record Failed<T>(Throwable problem) implements End<T> {}

    /** It was stopped. */
    enum Reason {
        TOO_LONG,
        TOO_MUCH,
        /** It was not begun, because others cannot be stopped. */
        NOT_BEGUN
    }

    record Stopped<T>(Reason reason) implements End<T> {}

    <T> End<T> run(Supplier<T> work) {
        LEFT.removeIf(thread -> !thread.isAlive());
        if (LEFT.size() >= MOST_LEFT) {
            return new Stopped<>(Reason.NOT_BEGUN);
        }
        AtomicReference<@Nullable End<T>> end = new AtomicReference<>();
        Thread thread = new Thread(null, () -> end.set(end(work)), "lgsp-sample", STACK);
        thread.setDaemon(true);
        thread.start();
        Optional<Reason> stopped = watch(thread);
        End<T> ended = end.get();
        if (stopped.isEmpty() && ended != null) {
            return ended;
        }
        return new Stopped<>(stopped.orElse(Reason.TOO_MUCH));
    }

    /** How many threads could not be stopped, and still run. */
    static int left() {
        LEFT.removeIf(thread -> !thread.isAlive());
        return LEFT.size();
    }

    private static <T> End<T> end(Supplier<T> work) {
        try {
            return new Done<>(work.get());
        } catch (RuntimeException | StackOverflowError failed) {
            return new Failed<>(failed);
        } catch (OutOfMemoryError tooMuch) {
            return new Stopped<>(Reason.TOO_MUCH);
        }
    }

    private Optional<Reason> watch(Thread thread) {
        long began = System.nanoTime();
        try {
            while (!joined(thread, LOOK_EVERY_MS)) {
                boolean tooLong = worked(thread) >= longest.toNanos()
                        || System.nanoTime() - began >= PATIENCE * longest.toNanos();
                Optional<Reason> reason = tooLong
                        ? Optional.of(Reason.TOO_LONG)
                        : allocated(thread) > mostBytes ? Optional.of(Reason.TOO_MUCH) : Optional.empty();
                if (reason.isPresent()) {
                    stop(thread);
                    return reason;
                }
            }
            return Optional.empty();
        } catch (InterruptedException ended) {
            thread.interrupt();
            Thread.currentThread().interrupt();
            return Optional.of(Reason.TOO_LONG);
        }
    }

    @SuppressWarnings("ThreadPriorityCheck") // nothing relies on it: it spares the others a little
    private void stop(Thread thread) throws InterruptedException {
        thread.interrupt();
        if (!joined(thread, Math.min(LONGEST_GRACE_MS, GRACE * longest.toMillis()))) {
            thread.setPriority(Thread.MIN_PRIORITY);
            LEFT.add(thread);
        }
    }

    private static boolean joined(Thread thread, long millis) throws InterruptedException {
        thread.join(millis);
        return !thread.isAlive();
    }

    private static long worked(Thread thread) {
        return THREADS.map(threads -> threads.getThreadCpuTime(thread.getId())).orElse(0L);
    }

    private static long allocated(Thread thread) {
        return THREADS.map(threads -> threads.getThreadAllocatedBytes(thread.getId()))
                .orElse(0L);
    }
}
