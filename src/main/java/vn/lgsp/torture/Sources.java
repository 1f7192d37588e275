package vn.lgsp.torture;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import vn.lgsp.torture.Victim.Answer;

/**
 * The sources of a run, each a thread. They repeat a message under its id until it is acknowledged, and now and then afterwards, too;
 * the last of them never repeats, so that it does not know what became of some of its messages.
 */
final class Sources {
    static final int COUNT = 8;

    private static final int AGAIN_PERCENT = 10;

    private final Victim bus;
    private final Ledger ledger;
    private final List<Notice> notices;
    private final long seed;
    private final long deadline;

    /** @param patienceNanos after which a source gives up a message */
    Sources(Victim bus, Ledger ledger, List<Notice> notices, long seed, long patienceNanos) {
        this.bus = bus;
        this.ledger = ledger;
        this.notices = notices;
        this.seed = seed;
        this.deadline = System.nanoTime() + patienceNanos;
    }

    /** Begins to send; done when every source has sent all that it has. */
    CompletableFuture<Void> begin() {
        ExecutorService threads = Executors.newFixedThreadPool(COUNT, task -> {
            Thread thread = new Thread(task, "torture-source");
            thread.setDaemon(true);
            return thread;
        });
        List<CompletableFuture<Void>> sources = new ArrayList<>();
        for (int source = 0; source < COUNT; source++) {
            int which = source;
            sources.add(CompletableFuture.runAsync(() -> work(which), threads));
        }
        threads.shutdown();
        return CompletableFuture.allOf(sources.toArray(CompletableFuture[]::new));
    }

    private void work(int source) {
        Random random = Chance.of(seed, "source " + source);
        boolean repeats = source < COUNT - 1;
        for (int i = source; i < notices.size(); i += COUNT) {
            Notice notice = notices.get(i);
            waitUntilUp();
            boolean acknowledged = tell(notice);
            while (repeats && !acknowledged && isToBeSentAgain(notice) && System.nanoTime() < deadline) {
                Pause.millis(50L + random.nextInt(150));
                acknowledged = tell(notice);
            }
            if (repeats && acknowledged && random.nextInt(100) < AGAIN_PERCENT) {
                tell(notices.get(source + COUNT * random.nextInt(i / COUNT + 1)));
            }
        }
    }

    private void waitUntilUp() {
        while (!bus.isUp() && System.nanoTime() < deadline) {
            Pause.millis(20);
        }
    }

    private boolean isToBeSentAgain(Notice notice) {
        return !ledger.refusals().containsKey(notice.number());
    }

    private boolean tell(Notice notice) {
        Answer answer = bus.send(notice);
        if (answer instanceof Answer.Acknowledged acknowledged) {
            ledger.acknowledged(notice, acknowledged.exchange());
            return true;
        }
        if (answer instanceof Answer.Refused refused && !refused.again()) {
            ledger.refused(notice, refused.code());
        }
        return false;
    }
}
