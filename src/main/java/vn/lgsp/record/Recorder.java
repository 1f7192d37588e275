package vn.lgsp.record;

import java.time.Clock;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import vn.lgsp.catalogue.Catalogue;
import vn.lgsp.database.Database;
import vn.lgsp.failure.BusException;
import vn.lgsp.failure.ErrorCode;
import vn.lgsp.message.Outcome;
import vn.lgsp.message.Passage;

/**
 * Records exchanges: {@link #open} before the provider is called, {@link #close} before the answer leaves. What cannot be recorded
 * does not take place.
 *
 * <p>No call waits or holds a thread. {@code done} is told, on the exchange's own event loop, once the entry is on the disk, or
 * gets {@code record-unavailable} when it is not: the journal is full, or failed and with it all recording until the bus is
 * started anew. A passage never opened (refused before) may be closed all the same.
 *
 * <p>Floods of equal refusals (same code, account and service) above a set number a second are counted. Such a refusal may leave
 * once it is counted in memory; the entry with the count follows within a second, so a crash loses at most that second's count.
 *
 * @see "LOG-01"
 */
public final class Recorder implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Recorder.class);

    private final Catalogue catalogue;
    private final Clock clock;
    private final ScheduledThreadPoolExecutor keeper;
    private final Journal journal;
    private final RecordDatabase database;
    private final DatabaseWriter follower;
    private final RefusalRates rates;
    private final LongAdder counted = new LongAdder();

    /**
     * Opens the journal, which is all that exchanges need; the database is opened beside it and may come later.
     *
     * @param database is opened by the recorder, and closed by whoever made it, after the recorder
     * @param catalogue tells the agency of a provider
     * @throws java.io.UncheckedIOException when the journal cannot be opened
     */
    public Recorder(RecordSettings settings, Database database, Catalogue catalogue, Clock clock) {
        this(settings, database, catalogue, clock, Segment.ON_DISK);
    }

    Recorder(RecordSettings settings, Database shared, Catalogue catalogue, Clock clock, Segment.Opener opener) {
        this.catalogue = catalogue;
        this.clock = clock;
        keeper = new ScheduledThreadPoolExecutor(1, work -> {
            Thread thread = new Thread(work, "lgsp-record-keeper");
            thread.setDaemon(true);
            return thread;
        });
        keeper.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
        rates = new RefusalRates(settings.refusalRate());
        journal = new Journal(settings, opener, keeper);
        database = new RecordDatabase(shared);
        follower = new DatabaseWriter(journal, database, settings, clock);
        journal.start(follower::look);
        follower.start();
    }

    /** Records that the exchange begins; when {@code done} is told without a failure, {@link Passage#isOpened()}. */
    public void open(Passage passage, Consumer<Optional<BusException>> done) {
        ExchangeRecord opened = ExchangeRecord.opened(passage, catalogue.now());
        Entry entry = new Entry(Entry.Kind.OPENED, opened);
        journal.append(Journal.Job.first(entry, passage.home(), refusal -> {
            if (refusal.isEmpty()) {
                passage.opened();
            }
            done.accept(refusal);
        }));
    }

    /** Records how the exchange ended, as {@code passage} tells it now; told without a failure, {@link Passage#isClosed()}. */
    public void close(Passage passage, Consumer<Optional<BusException>> told) {
        Consumer<Optional<BusException>> done = refusal -> {
            if (refusal.isEmpty()) {
                passage.closed();
            }
            told.accept(refusal);
        };
        Instant now = clock.instant();
        long nanoTime = System.nanoTime();
        ExchangeRecord closed = ExchangeRecord.closed(passage, catalogue.now(), now, nanoTime);
        // The last word counts: what failed after its record was closed did fail.
        Entry entry = new Entry(passage.isClosed() ? Entry.Kind.AMENDED : Entry.Kind.CLOSED, closed);
        if (passage.isOpened() || passage.isClosed()) {
            journal.append(Journal.Job.further(entry, passage.home(), done));
            return;
        }
        if (passage.error().isPresent() && journal.isRecording() && !journal.isFull()) {
            RefusalRates.Verdict verdict = rates.judge(closed, now, nanoTime);
            if (verdict != RefusalRates.Verdict.RECORD) {
                if (verdict == RefusalRates.Verdict.FIRST_COUNTED) {
                    takeRatesLater();
                }
                counted.increment();
                passage.home().execute(() -> done.accept(Optional.empty()));
                return;
            }
        }
        journal.append(Journal.Job.first(entry, passage.home(), done));
    }

    /**
     * Records that the caller went away after {@link #close} was done: the outcome becomes {@code abandoned}. Nobody waits for it;
     * it rides along with the next sync.
     */
    public void amend(Passage passage) {
        ExchangeRecord amended = ExchangeRecord.closed(passage, catalogue.now(), clock.instant(), System.nanoTime())
                .endedAs(Outcome.ABANDONED);
        journal.append(Journal.Job.unwaited(new Entry(Entry.Kind.AMENDED, amended)));
    }

    private void takeRatesLater() {
        try {
            keeper.schedule(this::takeRates, 1, TimeUnit.SECONDS);
        } catch (RejectedExecutionException stopping) {
            takeRates();
        }
    }

    private void takeRates() {
        for (ExchangeRecord rate : rates.take()) {
            journal.append(Journal.Job.unwaited(new Entry(Entry.Kind.CLOSED, rate)));
        }
    }

    /** Where records are read. */
    public RecordQuery query() {
        return new RecordQuery(new PendingRecords(journal, follower), database);
    }

    /** How recording is doing. */
    public RecordMetrics metrics() {
        return new RecordMetrics(journal, follower, counted);
    }

    /** Ends recording: everything handed in is written, and reaches the database if it answers. Later entries are refused. */
    @Override
    public void close() {
        takeRates();
        journal.close();
        keeper.shutdown();
        follower.close();
        try {
            // A segment that is being prepared is taken away again, so that nothing is left behind.
            if (!keeper.awaitTermination(5, TimeUnit.SECONDS)) {
                LOG.atWarn().addKeyValue("event", "journal.stuck").log("the disk does not answer");
            }
        } catch (InterruptedException hurry) {
            Thread.currentThread().interrupt();
        }
    }

    /** The failure that an exchange gets that was never on the way. */
    static BusException noPassage() {
        return new BusException(ErrorCode.BUS_FAILED, "the exchange did not come by the way");
    }
}
