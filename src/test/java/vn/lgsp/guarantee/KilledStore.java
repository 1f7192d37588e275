package vn.lgsp.guarantee;

import static vn.lgsp.guarantee.Messages.INSURANCE;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import vn.lgsp.database.Database;
import vn.lgsp.database.DatabaseSettings;
import vn.lgsp.failure.ErrorCode;
import vn.lgsp.message.DeliveryId;

/** A process that takes messages over and delivers them as fast as it can, says of each how far it is, and waits to be killed. */
final class KilledStore {
    private static final int WAITERS = 16;

    private final DeliveryStore store;
    private final OutputStream out = new FileOutputStream(FileDescriptor.out);
    private int turn;

    private KilledStore(DeliveryStore store) {
        this.store = store;
    }

    /** Arguments: address and user of the database. */
    public static void main(String[] arguments) throws InterruptedException {
        Database database = new Database(new DatabaseSettings(arguments[0], arguments[1], ""));
        KilledStore killed = new KilledStore(new DeliveryStore(database, Clock.systemUTC(), "node-1"));
        for (int i = 0; i < WAITERS; i++) {
            killed.next();
        }
        Thread.currentThread().join(60_000);
    }

    /** Of three messages one is left waiting, one is delivered, one is parked. Runs on the committer's thread. */
    private void next() {
        int kind = turn++ % 3;
        DeliveryStore.NewExchange message = Messages.message(Optional.empty(), 1_024, INSURANCE);
        DeliveryId delivery = DeliveryId.of(message.id(), INSURANCE);
        store.insert(message)
                .thenCompose(inserted -> {
                    say("accepting", message);
                    return store.promote(message.id());
                })
                .thenCompose(accepted -> {
                    say("accepted", message);
                    return kind == 0
                            ? CompletableFuture.completedFuture(true)
                            : store.begin(delivery, Duration.ofMinutes(1), Set.of())
                                    .thenCompose(begun -> kind == 1
                                            ? store.delivered(delivery, 1, Optional.empty())
                                            : store.failed(
                                                    delivery,
                                                    1,
                                                    ErrorCode.PROVIDER_REFUSED,
                                                    Optional.empty(),
                                                    Optional.empty()))
                                    .thenApply(ended -> {
                                        say(kind == 1 ? "delivered" : "parked", message);
                                        return ended;
                                    });
                })
                .thenRun(this::next);
    }

    private void say(String what, DeliveryStore.NewExchange message) {
        try {
            out.write((what + " " + message.id() + "\n").getBytes(StandardCharsets.US_ASCII));
        } catch (IOException nobodyListens) {
            throw new UncheckedIOException(nobodyListens);
        }
    }
}
