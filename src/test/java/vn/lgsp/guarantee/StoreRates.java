package vn.lgsp.guarantee;

import static vn.lgsp.guarantee.Messages.INSURANCE;

import java.io.PrintStream;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import vn.lgsp.database.Database;
import vn.lgsp.database.DatabaseSettings;
import vn.lgsp.message.DeliveryId;

/** Measures the store alone: 64 clients, 1 KiB each, from kept to delivered. Not a test: {@code java ... StoreRates URL USER SECONDS}. */
final class StoreRates {
    private static final int CLIENTS = 64;

    private StoreRates() {}

    @SuppressWarnings("SystemOut") // it is a tool
    public static void main(String[] arguments) throws InterruptedException {
        PrintStream out = System.out;
        try (Database database = new Database(new DatabaseSettings(arguments[0], arguments[1], ""));
                DeliveryStore store = new DeliveryStore(database, Clock.systemUTC(), "node-1")) {
            for (int round = 1; round <= 3; round++) {
                long commits = store.commits();
                long operations = store.operations();
                long begun = System.nanoTime();
                long messages = run(store, Integer.parseInt(arguments[2]));
                double seconds = (System.nanoTime() - begun) / 1e9;
                out.printf(
                        "round %d: %.0f messages/s, %.0f operations/s, %.0f commits/s%n",
                        round,
                        messages / seconds,
                        (store.operations() - operations) / seconds,
                        (store.commits() - commits) / seconds);
            }
        }
    }

    private static long run(DeliveryStore store, int seconds) throws InterruptedException {
        LongAdder messages = new LongAdder();
        Semaphore ended = new Semaphore(0);
        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
        for (int i = 0; i < CLIENTS; i++) {
            next(store, until, messages, ended);
        }
        ended.acquire(CLIENTS);
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
                .thenCompose(accepted -> store.begin(delivery, Duration.ofMinutes(1)))
                .thenCompose(begun -> store.delivered(delivery, 1, Optional.empty()))
                .whenComplete((delivered, failed) -> {
                    messages.increment();
                    next(store, until, messages, ended);
                });
    }
}
