package vn.lgsp.runtime;

import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The sized pool for steps that block: mappings, schemas, envelopes. How many exchanges may be inside at once is bounded at the
 * door; an exchange that is inside always finds its place again, so none is lost half way.
 */
final class Workers implements Executor, AutoCloseable {
    private final ThreadPoolExecutor threads;
    private final AtomicInteger inside = new AtomicInteger();
    private final int room;

    Workers(int size, int room) {
        AtomicInteger number = new AtomicInteger();
        threads = new ThreadPoolExecutor(size, size, 30, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), work -> {
            Thread thread = new Thread(work, "lgsp-worker-" + number.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        });
        threads.allowCoreThreadTimeOut(true);
        this.room = room;
    }

    /** Whether one more exchange may come in; if so, {@link #leave} must follow exactly once. */
    boolean enter() {
        if (inside.incrementAndGet() > room) {
            inside.decrementAndGet();
            return false;
        }
        return true;
    }

    void leave() {
        inside.decrementAndGet();
    }

    /** Does this work where there is room for it. */
    void executeInside(Runnable work) {
        if (!enter()) {
            throw new RejectedExecutionException("no room");
        }
        threads.execute(() -> {
            try {
                work.run();
            } finally {
                leave();
            }
        });
    }

    /** Exchanges inside. */
    int inside() {
        return inside.get();
    }

    @Override
    public void execute(Runnable work) {
        threads.execute(work);
    }

    @Override
    public void close() {
        threads.shutdown();
    }
}
