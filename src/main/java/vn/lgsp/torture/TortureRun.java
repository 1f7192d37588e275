package vn.lgsp.torture;

import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.function.IntSupplier;
import java.util.stream.IntStream;

/** One run: sources send, the bus is killed and started, and at the end everything is counted. */
final class TortureRun {
    private final long seed;
    private final List<Notice> notices;
    private final List<Kill> kills;
    private final Ledger ledger;
    private final Victim bus;
    private final Patience patience;

    /**
     * How long a run waits.
     *
     * @param kill for a moment to kill the bus at; a count that does not rise any more shall not keep it alive
     * @param sources until the sources have sent all that they have
     * @param settle until nothing waits at the end
     * @param calm while nothing may happen after that
     */
    record Patience(Duration kill, Duration sources, Duration settle, Duration calm) {}

    TortureRun(long seed, int messages, Ledger ledger, Victim bus, Patience patience) {
        this.seed = seed;
        this.notices = IntStream.range(0, messages)
                .mapToObj(index -> Notice.of(seed, index))
                .toList();
        this.kills = Kill.plan(seed, messages);
        this.ledger = ledger;
        this.bus = bus;
        this.patience = patience;
    }

    int kills() {
        return kills.size();
    }

    Verdict run() {
        long started = System.nanoTime();
        bus.start();
        CompletableFuture<Void> sources =
                new Sources(bus, ledger, notices, seed, patience.sources().toNanos()).begin();
        Random random = Chance.of(seed, "moments");
        for (Kill kill : kills) {
            await(kill, started);
            Pause.millis(random.nextInt(30));
            bus.kill();
            started = System.nanoTime();
            bus.start();
        }
        bus.awaitUp();
        sources.join();
        return settled();
    }

    private void await(Kill kill, long started) {
        if (kill.when() == Kill.When.STARTED) {
            long most = Math.min(kill.count(), patience.kill().toMillis());
            Pause.millis(Math.max(0, most - (System.nanoTime() - started) / 1_000_000));
            return;
        }
        bus.awaitUp();
        IntSupplier counted = kill.when() == Kill.When.ARRIVED ? ledger::arrived : ledger::acknowledged;
        int enough = counted.getAsInt() + kill.count();
        long deadline = System.nanoTime() + patience.kill().toNanos();
        while (counted.getAsInt() < enough && System.nanoTime() < deadline) {
            Pause.millis(1);
        }
    }

    /** Counts again and again until nothing waits and nothing is wrong, then once more after a calm: what is wrong by then stays so. */
    private Verdict settled() {
        long deadline = System.nanoTime() + patience.settle().toNanos();
        boolean quiet = false;
        while (!quiet && System.nanoTime() < deadline) {
            Pause.millis(200);
            quiet = bus.count("waiting", "delivering")
                            .filter(count -> count == 0)
                            .isPresent()
                    && Verdict.of(notices, ledger, bus).isClean();
        }
        int before;
        do {
            before = ledger.arrived();
            Pause.millis(patience.calm().toMillis());
        } while (ledger.arrived() > before && System.nanoTime() < deadline);
        return Verdict.of(notices, ledger, bus);
    }
}
