package vn.lgsp.record;

import java.io.IOException;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import vn.lgsp.message.ExchangeId;
import vn.lgsp.message.Outcome;

/**
 * Follows the journal and puts one row per exchange into the database, in bulk, on a thread of its own.
 *
 * <p>It reads the journal's files, at start as later, so that a database that is away for a day costs no memory. Nobody waits for
 * it. While the database is away it tries again, ever slower up to five seconds, and the journal keeps everything. Entries that
 * it has written already it may write again after a restart; a row that is there stays as it is.
 *
 * <p>An exchange that an earlier run left open becomes {@code unknown}: what the provider did, nobody here can know.
 */
final class DatabaseWriter implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(DatabaseWriter.class);

    /** Gathers rows for one transaction; a record is found in the journal meanwhile. */
    private static final long GATHER_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    private static final long FIRST_PAUSE_MILLIS = 100;
    private static final long LONGEST_PAUSE_MILLIS = 5_000;
    private static final long LONGEST_STOP_MILLIS = 10_000;
    private static final long LONGEST_STOP_AWAY_MILLIS = 1_000;

    /** An exchange under way for longer is written once more, so that it does not hold a whole segment. */
    static final Duration LONG_OPEN = Duration.ofSeconds(30);

    /** A place in the journal: everything before it is in the database. */
    record Position(long segment, long offset) {}

    /** An exchange under way, and the segment that proves it. */
    record Open(ExchangeRecord exchange, long segment) {}

    private final Journal journal;
    private final RecordDatabase database;
    private final RecordSettings settings;
    private final Clock clock;
    private final Thread thread = new Thread(this::run, "lgsp-record-database");
    private final Map<ExchangeId, Open> open = new ConcurrentHashMap<>();
    private final Set<ExchangeId> carrying = ConcurrentHashMap.newKeySet();
    private final List<Segment> behind = new ArrayList<>();
    private final Set<Segment> damaged = new HashSet<>();
    private final LongAdder rows = new LongAdder();
    private final LongAdder owed = new LongAdder();

    private volatile Position committed;
    private volatile boolean idle;
    private volatile boolean closing;
    private volatile boolean away;
    private volatile long oldestMillis;
    private @Nullable SegmentReader reader;

    DatabaseWriter(Journal journal, RecordDatabase database, RecordSettings settings, Clock clock) {
        this.journal = journal;
        this.database = database;
        this.settings = settings;
        this.clock = clock;
        this.committed = new Position(journal.alive().firstKey(), Segment.HEADER);
        thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    /** Runs on the journal's thread after each sync. */
    void look() {
        if (idle) {
            idle = false;
            LockSupport.unpark(thread);
        }
    }

    private void run() {
        try {
            checkWhatWasLeft();
            List<Entry> batch = new ArrayList<>();
            while (true) {
                boolean last = closing;
                read(batch);
                if (batch.isEmpty()) {
                    if (last) {
                        everythingIsWritten();
                        break;
                    }
                    rest();
                } else if (!write(batch)) {
                    break;
                }
            }
        } catch (IOException | RuntimeException failed) {
            journal.breakDown("the journal cannot be read", failed);
        } finally {
            closeReader();
        }
    }

    private void everythingIsWritten() throws IOException {
        Segment newest = reader().segment();
        if (database.isOpen() && newest.isFinished()) {
            behind.add(newest);
        }
        releaseBehind();
    }

    /** Cuts off what the last moment of an earlier run left torn, and counts what it owes to the database. */
    private void checkWhatWasLeft() throws IOException {
        List<Segment> left = journal.left();
        for (int i = 0; i < left.size(); i++) {
            Segment segment = left.get(i);
            boolean followed =
                    i + 1 < left.size() && left.get(i + 1).run() == segment.run() && holdsEntries(left.get(i + 1));
            try (SegmentReader check = new SegmentReader(segment, Segment.HEADER)) {
                for (Optional<Entry> entry = check.next(); entry.isPresent(); entry = check.next()) {
                    owed.add(entry.get().kind() == Entry.Kind.CLOSED ? 1 : 0);
                }
                if (followed && !check.leftInOrder()) {
                    isDamaged(segment, check.position());
                }
                segment.durableTo(check.position());
            }
        }
    }

    private static boolean holdsEntries(Segment segment) throws IOException {
        try (SegmentReader first = new SegmentReader(segment, Segment.HEADER)) {
            return first.next().isPresent();
        }
    }

    private void isDamaged(Segment segment, long offset) {
        damaged.add(segment);
        LOG.atError()
                .addKeyValue("event", "journal.damaged")
                .addKeyValue("file", segment.file().getFileName())
                .addKeyValue("offset", offset)
                .log("a synced part of the journal cannot be read back; the file is kept under the ending .damaged");
    }

    private void read(List<Entry> batch) throws IOException {
        batch.clear();
        while (batch.size() < settings.batchSize()) {
            SegmentReader from = reader();
            boolean finished = from.segment().isFinished();
            Optional<Entry> entry = from.next();
            if (entry.isPresent()) {
                fold(entry.get(), from.segment().number(), batch);
            } else if (!finished || !goOn(from.segment(), batch)) {
                return;
            }
        }
    }

    private SegmentReader reader() throws IOException {
        SegmentReader now = reader;
        if (now == null) {
            now = new SegmentReader(journal.alive().firstEntry().getValue(), Segment.HEADER);
            reader = now;
        }
        return now;
    }

    private boolean goOn(Segment segment, List<Entry> batch) throws IOException {
        Map.Entry<Long, Segment> next = journal.alive().higherEntry(segment.number());
        if (next == null) {
            return false;
        }
        closeReader();
        behind.add(segment);
        reader = new SegmentReader(next.getValue(), Segment.HEADER);
        if (next.getKey() == journal.run()) {
            leftOpen(batch);
        }
        return true;
    }

    private void leftOpen(List<Entry> batch) {
        open.values()
                .forEach(left ->
                        batch.add(new Entry(Entry.Kind.CLOSED, left.exchange().endedAs(Outcome.UNKNOWN))));
        if (!open.isEmpty()) {
            LOG.atWarn()
                    .addKeyValue("event", "record.unknown")
                    .addKeyValue("exchanges", open.size())
                    .log("exchanges were under way when the bus stopped");
        }
        owed.add(open.size());
        open.clear();
    }

    private void fold(Entry entry, long segment, List<Entry> batch) {
        ExchangeRecord exchange = entry.exchange();
        switch (entry.kind()) {
            case OPENED -> open.put(exchange.id(), new Open(exchange, segment));
            case CARRIED -> {
                carrying.remove(exchange.id());
                // Ended meanwhile, in this run: it stays ended. Of an earlier run only this entry may be left.
                if (segment < journal.run() || open.containsKey(exchange.id())) {
                    open.put(exchange.id(), new Open(exchange, segment));
                }
            }
            case CLOSED -> {
                open.remove(exchange.id());
                batch.add(entry);
            }
            case AMENDED -> batch.add(entry);
        }
    }

    /** Tries until it is written; false when the bus stops meanwhile. */
    private boolean write(List<Entry> batch) throws IOException {
        batch.stream()
                .flatMap(entry -> entry.exchange().closedAt().stream())
                .mapToLong(Instant::toEpochMilli)
                .min()
                .ifPresent(oldest -> oldestMillis = oldest);
        long pause = FIRST_PAUSE_MILLIS;
        while (true) {
            try {
                database.write(batch);
                break;
            } catch (SQLException | RuntimeException failed) {
                isAway(failed);
                if (closing) {
                    return false;
                }
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(pause));
                pause = Math.min(pause * 2, LONGEST_PAUSE_MILLIS);
            }
        }
        isBack();
        rows.add(batch.stream()
                .filter(entry -> entry.kind() == Entry.Kind.CLOSED)
                .count());
        oldestMillis = 0;
        commitHere();
        return true;
    }

    private void commitHere() throws IOException {
        SegmentReader at = reader();
        committed = new Position(at.segment().number(), at.position());
        releaseBehind();
    }

    private void isAway(Exception why) {
        if (!away) {
            away = true;
            LOG.atWarn()
                    .addKeyValue("event", "record.database-away")
                    .setCause(why)
                    .log("records stay in the journal");
        }
    }

    private void isBack() {
        if (away) {
            away = false;
            LOG.atInfo().addKeyValue("event", "record.database-back").log("");
        }
    }

    /** Opens the database before the first row asks for it, then waits for entries. */
    private void rest() throws IOException {
        try {
            database.open();
        } catch (SQLException failed) {
            isAway(failed);
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(FIRST_PAUSE_MILLIS));
            return;
        }
        commitHere();
        LockSupport.parkNanos(GATHER_NANOS);
        SegmentReader at = reader();
        idle = true;
        if (at.position() >= at.segment().end() && !at.segment().isFinished() && !closing) {
            // A segment that is held by a long exchange is looked at again from time to time.
            LockSupport.parkNanos(this, behind.isEmpty() ? Long.MAX_VALUE : TimeUnit.SECONDS.toNanos(1));
        }
        idle = false;
    }

    /** Gives segments back to the disk that hold nothing any more that the database has not got. */
    private void releaseBehind() throws IOException {
        if (behind.isEmpty()) {
            return;
        }
        List<Segment> free = new ArrayList<>();
        for (Segment segment : behind) {
            List<Open> held = open.values().stream()
                    .filter(exchange -> exchange.segment() == segment.number())
                    .toList();
            if (held.isEmpty()) {
                free.add(segment);
            } else {
                held.forEach(this::carry);
            }
        }
        if (free.isEmpty()) {
            return;
        }
        try {
            database.makeDurable();
        } catch (SQLException | RuntimeException later) {
            isAway(later);
            return;
        }
        for (Segment segment : free) {
            if (damaged.contains(segment)) {
                journal.setAside(segment);
            } else {
                journal.release(segment);
            }
        }
        behind.removeAll(free);
    }

    private void carry(Open held) {
        ExchangeRecord exchange = held.exchange();
        boolean longOpen = exchange.receivedAt().plus(LONG_OPEN).isBefore(clock.instant());
        if (longOpen && !closing && carrying.add(exchange.id())) {
            Entry again = new Entry(Entry.Kind.CARRIED, exchange);
            journal.append(Journal.Job.further(
                    again, Runnable::run, refusal -> refusal.ifPresent(full -> carrying.remove(exchange.id()))));
        }
    }

    private void closeReader() {
        SegmentReader now = reader;
        reader = null;
        if (now != null) {
            try {
                now.close();
            } catch (IOException failed) {
                LOG.atWarn()
                        .addKeyValue("event", "journal.close")
                        .setCause(failed)
                        .log("");
            }
        }
    }

    /** Everything before it is in the database. */
    Position committed() {
        return committed;
    }

    /** The exchanges under way, as far as the journal was read. */
    Map<ExchangeId, Open> open() {
        return open;
    }

    boolean isDatabaseReachable() {
        return database.isOpen() && !away;
    }

    long rows() {
        return rows.sum();
    }

    /** How many ended exchanges have no row yet. */
    long lagEntries() {
        return Math.max(0, owed.sum() + journal.ends() - rows.sum());
    }

    /** How long the oldest ended exchange without a row has been waiting for one. */
    Duration lag() {
        long oldest = oldestMillis;
        return oldest == 0 ? Duration.ZERO : Duration.ofMillis(Math.max(0, clock.millis() - oldest));
    }

    /** Writes what the journal, closed by now, still holds, if the database answers; otherwise the next start does. */
    @Override
    public void close() {
        closing = true;
        LockSupport.unpark(thread);
        try {
            thread.join(isDatabaseReachable() ? LONGEST_STOP_MILLIS : LONGEST_STOP_AWAY_MILLIS);
        } catch (InterruptedException hurry) {
            Thread.currentThread().interrupt();
        }
        if (thread.isAlive()) {
            LOG.atWarn()
                    .addKeyValue("event", "record.database-stuck")
                    .log("the database does not answer; the next start writes what is left in the journal");
        }
    }
}
