package vn.lgsp.guarantee;

import static vn.lgsp.guarantee.Messages.INSURANCE;

import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import vn.lgsp.database.Database;
import vn.lgsp.database.DatabaseSettings;
import vn.lgsp.message.DeliveryId;

/**
 * Measures the store alone: 1 KiB each, from kept to delivered; how fast, and for how much CPU of the committer. Not a test: {@code java
 * ... StoreRates URL USER SECONDS CLIENTS}.
 */
final class StoreRates {
    private static final int ROUNDS = 4;

    private StoreRates() {}

    @SuppressWarnings("SystemOut") // it is a tool
    public static void main(String[] arguments) throws InterruptedException {
        PrintStream out = System.out;
        int clients = Integer.parseInt(arguments[3]);
        try (Database database = new Database(new DatabaseSettings(arguments[0], arguments[1], ""));
                DeliveryStore store = new DeliveryStore(database, Clock.systemUTC(), "node-1")) {
            for (int round = 1; round <= ROUNDS; round++) {
                long commits = store.commits();
                long operations = store.operations();
                long cpu = committerNanos();
                long begun = System.nanoTime();
                long messages = run(store, clients, Integer.parseInt(arguments[2]));
                double seconds = (System.nanoTime() - begun) / 1e9;
                out.printf(
                        "round %d: %.0f messages/s, %.0f operations/s, %.0f commits/s, %.0f us of CPU a message%n",
                        round,
                        messages / seconds,
                        (store.operations() - operations) / seconds,
                        (store.commits() - commits) / seconds,
                        (committerNanos() - cpu) / 1e3 / messages);
            }
        }
    }

    private static long committerNanos() {
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        return Arrays.stream(threads.getThreadInfo(threads.getAllThreadIds()))
                .filter(thread -> thread.getThreadName().equals("lgsp-committer"))
                .mapToLong(thread -> threads.getThreadCpuTime(thread.getThreadId()))
                .sum();
    }

    private static long run(DeliveryStore store, int clients, int seconds) throws InterruptedException {
        LongAdder messages = new LongAdder();
        Semaphore ended = new Semaphore(0);
        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
        for (int i = 0; i < clients; i++) {
            next(store, until, messages, ended);
        }
        ended.acquire(clients);
        return messages.sum();
    }

    private static void next(DeliveryStore store, long until, LongAdder messages, Semaphore ended) {
        if (System.nanoTime() > until) {
            ended.release();
            return;
        }
        DeliveryStore.NewExchange message = Messages.message(Optional.empty(), 1_024, INSURANCE);
        DeliveryId delivery = DeliveryId.of(message.id(), INSURANCE);
        store.insert(message)
                .thenCompose(inserted -> store.promote(message.id()))
                .thenCompose(accepted -> store.begin(delivery, Duration.ofMinutes(1), Set.of()))
                .thenCompose(begun -> store.delivered(delivery, 1, Optional.empty()))
                .whenComplete((delivered, failed) -> {
                    messages.increment();
                    next(store, until, messages, ended);
                });
    }
}
