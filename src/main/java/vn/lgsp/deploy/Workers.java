package vn.lgsp.deploy;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The sized pool for steps that block: mappings, schemas, envelopes. How many exchanges may be inside at once is bounded at the
 * door; an exchange that is inside always finds its place again, so none is lost half way.
 *
 * <p>Java cannot end a thread that does not listen. So one that works on one thing for longer than {@link #LONGEST}, such as a
 * mapping that does not end, has another take its place: a service whose mapping hangs stops no other service (BUS-05).
 */
public final class Workers implements Executor, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Workers.class);
    private static final Duration LONGEST = Duration.ofSeconds(10);
    /** Threads that take the places of others; each hanging one costs a processor. */
    private static final int MOST_REPLACED = 64;

    private final ThreadPoolExecutor threads;
    private final ScheduledExecutorService watch;
    private final Set<Worker> alive = ConcurrentHashMap.newKeySet();
    private final AtomicInteger inside = new AtomicInteger();
    private final int size;
    private final int room;
    private final long longest;
    private int replaced;

    public Workers(int size, int room) {
        this(size, room, LONGEST);
    }

    /** @param longest after which a thread that still works on the same has another take its place */
    Workers(int size, int room, Duration longest) {
        this.size = size;
        this.room = room;
        this.longest = longest.toNanos();
        AtomicInteger number = new AtomicInteger();
        threads =
                new ThreadPoolExecutor(
                        size,
                        size + MOST_REPLACED,
                        30,
                        TimeUnit.SECONDS,
                        new LinkedBlockingQueue<>(),
                        work -> new Worker(work, "lgsp-worker-" + number.incrementAndGet(), alive)) {
                    @Override
                    protected void beforeExecute(Thread thread, Runnable work) {
                        ((Worker) thread).begun = System.nanoTime();
                    }

                    @Override
                    protected void afterExecute(Runnable work, @Nullable Throwable failure) {
                        ((Worker) Thread.currentThread()).begun = Worker.IDLE;
                    }
                };
        threads.allowCoreThreadTimeOut(true);
        watch = new ScheduledThreadPoolExecutor(1, work -> {
            Thread thread = new Thread(work, "lgsp-workers-watch");
            thread.setDaemon(true);
            return thread;
        });
        long every = Math.max(1, longest.toMillis() / 10);
        watch.scheduleWithFixedDelay(this::look, every, every, TimeUnit.MILLISECONDS);
    }

    /** As many threads beside those that hang as there shall be. */
    private void look() {
        long now = System.nanoTime();
        int hanging = (int) alive.stream()
                .filter(worker -> worker.begun != Worker.IDLE && now - worker.begun > longest)
                .count();
        int wanted = Math.min(hanging, MOST_REPLACED);
        if (wanted != replaced) {
            (hanging > replaced ? LOG.atError() : LOG.atInfo())
                    .addKeyValue("event", "workers.hanging")
                    .addKeyValue("hanging", hanging)
                    .addKeyValue("after_ms", TimeUnit.NANOSECONDS.toMillis(longest))
                    .log(
                            "so many steps do not end; the services that have exchanges inside tell which. Only a restart ends them");
            replaced = wanted;
            threads.setCorePoolSize(size + wanted);
        }
    }

    /** How many threads work on one thing for too long. */
    public int hanging() {
        return threads.getCorePoolSize() - size;
    }

    private static final class Worker extends Thread {
        static final long IDLE = Long.MIN_VALUE;

        private final Set<Worker> alive;
        volatile long begun = IDLE;

        Worker(Runnable work, String name, Set<Worker> alive) {
            super(work, name);
            this.alive = alive;
            setDaemon(true);
        }

        @Override
        public void run() {
            alive.add(this);
            try {
                super.run();
            } finally {
                alive.remove(this);
            }
        }
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
    public void executeInside(Runnable work) {
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
    public int inside() {
        return inside.get();
    }

    @Override
    public void execute(Runnable work) {
        threads.execute(work);
    }

    @Override
    public void close() {
        watch.shutdownNow();
        threads.shutdown();
    }
}
