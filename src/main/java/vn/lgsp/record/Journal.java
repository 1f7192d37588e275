package vn.lgsp.record;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import vn.lgsp.failure.BusException;
import vn.lgsp.failure.ErrorCode;

/**
 * The local truth of what was recorded, until the database has it too.
 *
 * <p>Any thread appends without waiting; one thread writes. It takes whatever has gathered, writes it in one go, syncs once, and
 * then tells everybody who waits, with one wake-up per event loop. While it syncs, the next batch gathers by itself.
 *
 * <p>A failed write or sync ends recording for good: after one, nobody knows what the disk holds, so nothing may go on
 * unrecorded. A full journal only refuses until there is room again; what has begun may still end then, because the second half
 * of the last segment is kept for that.
 */
final class Journal implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Journal.class);

    /** How long an entry that nobody waits for may wait for company. */
    private static final long UNHURRIED_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

    private static final long LONGEST_STOP_MILLIS = 10_000;
    private static final int BUFFER = 1024 * 1024;

    /** Released files that are kept to be used again. */
    private static final int MOST_FREE = 4;

    /** An entry, and whoever waits for it. */
    static final class Job {
        private final Entry entry;
        private final boolean begins;
        private final Executor home;
        private final @Nullable Consumer<Optional<BusException>> done;
        private @Nullable Job next;
        private @Nullable BusException refusal;

        private Job(Entry entry, boolean begins, Executor home, @Nullable Consumer<Optional<BusException>> done) {
            this.entry = entry;
            this.begins = begins;
            this.home = home;
            this.done = done;
        }

        /**
         * The first entry of an exchange: the first to be refused when there is little room.
         *
         * @param done is told on {@code home} once the entry is durable, or why it is not
         */
        static Job first(Entry entry, Executor home, Consumer<Optional<BusException>> done) {
            return new Job(entry, true, home, done);
        }

        /** An entry of an exchange that has one already. */
        static Job further(Entry entry, Executor home, Consumer<Optional<BusException>> done) {
            return new Job(entry, false, home, done);
        }

        /** An entry that rides along with the next sync. */
        static Job unwaited(Entry entry) {
            return new Job(entry, false, Runnable::run, null);
        }

        private void tell() {
            if (done != null) {
                done.accept(Optional.ofNullable(refusal));
            }
        }
    }

    private final RecordSettings settings;
    private final Segment.Opener opener;
    private final ScheduledExecutorService keeper;
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER);
    private final Thread writer = new Thread(this::writeOn, "lgsp-record-journal");

    private final AtomicReference<@Nullable Job> gathered = new AtomicReference<>();
    private final LongAdder submitted = new LongAdder();
    private final ConcurrentNavigableMap<Long, Segment> alive = new ConcurrentSkipListMap<>();
    private final List<Segment> left;
    private final long run;
    private final Deque<Path> free = new ConcurrentLinkedDeque<>();

    private volatile boolean asleep;
    private volatile boolean closing;
    private volatile boolean stopped;
    private volatile @Nullable String broken;
    private volatile Runnable listener = () -> {};

    private final LongAdder handled = new LongAdder();
    private final LongAdder entries = new LongAdder();
    private final LongAdder ends = new LongAdder();
    private final LongAdder syncs = new LongAdder();
    private Segment.Prepared current;
    private EntryCodec codec;
    private long position = Segment.HEADER;

    // guarded by this
    private Segment.@Nullable Prepared spare;
    private long nextNumber;
    private int places;
    private boolean noRoom;

    /**
     * Opens the journal behind whatever earlier runs left in its folder. Their segments stay until they are released.
     *
     * @param keeper for what may take its time: preparing files
     */
    Journal(RecordSettings settings, Segment.Opener opener, ScheduledExecutorService keeper) {
        this.settings = settings;
        this.opener = opener;
        this.keeper = keeper;
        try {
            Files.createDirectories(settings.folder());
            Segment.Left found = Segment.leftIn(settings.folder());
            left = found.segments();
            left.forEach(segment -> alive.put(segment.number(), segment));
            free.addAll(found.free());
            places = found.places();
            run = left.isEmpty() ? 1 : left.get(left.size() - 1).number() + 1;
            nextNumber = run + 1;
            current = Segment.prepare(place(), run, run, settings.segmentSize(), opener);
            codec = new EntryCodec(current.segment().seed());
        } catch (IOException failed) {
            throw new UncheckedIOException(
                    "the journal in " + settings.folder() + " cannot be opened: " + failed.getMessage(), failed);
        }
        alive.put(run, current.segment());
        writer.setDaemon(true);
        writer.setUncaughtExceptionHandler((thread, fatal) -> {
            breakDown("the journal's writer ended", fatal);
            stopped = true;
            refuseGathered();
        });
    }

    /** @param afterSync runs on the writer's thread after each sync; it does not wait for anything */
    void start(Runnable afterSync) {
        listener = afterSync;
        prepareSpareLater(0);
        writer.start();
    }

    /** The segments of earlier runs, oldest first. */
    List<Segment> left() {
        return left;
    }

    /** The first segment that this process writes. */
    long run() {
        return run;
    }

    /** All segments, of earlier runs too, oldest first; may be read while they change. */
    ConcurrentNavigableMap<Long, Segment> alive() {
        return alive;
    }

    /** Hands an entry to the writer; never waits. */
    void append(Job job) {
        submitted.increment();
        Job top;
        do {
            top = gathered.get();
            job.next = top;
        } while (!gathered.compareAndSet(top, job));
        if (asleep) {
            LockSupport.unpark(writer);
        }
        if (stopped) {
            refuseGathered();
        }
    }

    private void writeOn() {
        while (true) {
            Job batch = take();
            if (batch == null) {
                break;
            }
            long count = write(batch);
            complete(batch);
            handled.add(count);
            listener.run();
        }
        stopped = true;
        refuseGathered();
        try {
            current.channel().close();
        } catch (IOException failed) {
            LOG.atWarn().addKeyValue("event", "journal.close").setCause(failed).log("");
        }
    }

    /** Everything that has gathered, in order; null at the end. */
    private @Nullable Job take() {
        while (gathered.get() == null) {
            if (closing) {
                return null;
            }
            asleep = true;
            if (gathered.get() == null && !closing) {
                LockSupport.park(this);
            }
            asleep = false;
        }
        linger();
        waitForCompany();
        return inOrder(gathered.getAndSet(null));
    }

    private void linger() {
        long until = System.nanoTime() + settings.linger().toNanos();
        for (long rest = until - System.nanoTime(); rest > 0; rest = until - System.nanoTime()) {
            LockSupport.parkNanos(rest);
        }
    }

    /** While there are only entries that nobody waits for, the first one that somebody does wait for ends it. */
    private void waitForCompany() {
        if (nobodyWaits()) {
            long until = System.nanoTime() + UNHURRIED_NANOS;
            asleep = true;
            for (long rest = UNHURRIED_NANOS; rest > 0 && nobodyWaits(); rest = until - System.nanoTime()) {
                LockSupport.parkNanos(rest);
            }
            asleep = false;
        }
    }

    private boolean nobodyWaits() {
        for (Job job = gathered.get(); job != null; job = job.next) {
            if (job.done != null) {
                return false;
            }
        }
        return !closing;
    }

    private static @Nullable Job inOrder(@Nullable Job newestFirst) {
        Job ordered = null;
        for (Job job = newestFirst; job != null; ) {
            Job older = job.next;
            job.next = ordered;
            ordered = job;
            job = older;
        }
        return ordered;
    }

    private long write(Job batch) {
        long count = 0;
        long written = 0;
        long ended = 0;
        try {
            for (Job job = batch; job != null; job = job.next) {
                count++;
                job.refusal = refusal(job);
                if (job.refusal == null && encode(job)) {
                    written++;
                    ended += job.entry.kind() == Entry.Kind.CLOSED ? 1 : 0;
                }
            }
            if (written > 0) {
                sync();
                entries.add(written);
                ends.add(ended);
            }
        } catch (IOException | RuntimeException failed) {
            breakDown("the journal cannot be written", failed);
            count = 0;
            for (Job job = batch; job != null; job = job.next) {
                count++;
                job.refusal = unavailable("the record journal failed");
            }
        }
        return count;
    }

    private @Nullable BusException refusal(Job job) throws IOException {
        if (broken != null) {
            return unavailable("the record journal failed");
        }
        if ((job.begins && !hasRoomToBegin()) || !hasRoom()) {
            return unavailable("the record journal is full");
        }
        return null;
    }

    private static BusException unavailable(String why) {
        return new BusException(ErrorCode.RECORD_UNAVAILABLE, why + ", so the exchange does not take place");
    }

    private boolean encode(Job job) throws IOException {
        if (buffer.remaining() < EntryCodec.LONGEST_ENTRY + EntryCodec.MARK) {
            flush();
        }
        int start = buffer.position();
        try {
            codec.encode(job.entry, buffer);
            return true;
        } catch (RuntimeException unfit) {
            // One entry that cannot be written is refused; it is no reason to stop the others.
            buffer.position(start);
            LOG.atError()
                    .addKeyValue("event", "journal.unfit")
                    .addKeyValue("exchange", job.entry.exchange().id())
                    .setCause(unfit)
                    .log("");
            job.refusal = unavailable("this exchange cannot be recorded");
            return false;
        }
    }

    private long left(long at) {
        return settings.segmentSize() - at - buffer.position() - EntryCodec.MARK;
    }

    /** What begins now must still find room to end. */
    private boolean hasRoomToBegin() {
        if (left(position) >= settings.segmentSize() / 2) {
            return true;
        }
        synchronized (this) {
            return spare != null || !noRoom;
        }
    }

    /** Whether an entry fits, going on to the next segment where this one is used up. */
    private boolean hasRoom() throws IOException {
        if (left(position) >= EntryCodec.LONGEST_ENTRY) {
            return true;
        }
        Segment.Prepared next = takeSpare();
        if (next == null) {
            return false;
        }
        long entriesEnd = position + buffer.position();
        codec.encodeMark(buffer);
        flush();
        current.channel().force(false);
        syncs.increment();
        current.segment().durableTo(entriesEnd);
        current.segment().finish();
        current.channel().close();
        current = next;
        codec = new EntryCodec(next.segment().seed());
        position = Segment.HEADER;
        return true;
    }

    private void flush() throws IOException {
        buffer.flip();
        int length = buffer.remaining();
        Segment.write(current.channel(), buffer, position);
        position += length;
        buffer.clear();
    }

    private void sync() throws IOException {
        flush();
        current.channel().force(false);
        syncs.increment();
        current.segment().durableTo(position);
    }

    private synchronized Segment.@Nullable Prepared takeSpare() {
        boolean interrupted = false;
        while (spare == null && !noRoom) {
            try {
                wait();
            } catch (InterruptedException later) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        Segment.Prepared taken = spare;
        spare = null;
        if (taken != null) {
            alive.put(taken.segment().number(), taken.segment());
            prepareSpareLater(0);
        }
        return taken;
    }

    private void prepareSpareLater(long seconds) {
        try {
            keeper.schedule(this::prepareSpare, seconds, TimeUnit.SECONDS);
        } catch (RejectedExecutionException stopping) {
            outOfRoom();
        }
    }

    private void prepareSpare() {
        long number;
        Path file;
        synchronized (this) {
            if (spare != null || broken != null || stopped) {
                return;
            }
            if ((alive.size() + 1) * settings.segmentSize() > settings.journalSize()) {
                outOfRoom();
                return;
            }
            number = nextNumber++;
            file = place();
        }
        try {
            Segment.Prepared prepared = Segment.prepare(file, number, run, settings.segmentSize(), opener);
            synchronized (this) {
                if (stopped) {
                    discard(prepared);
                    return;
                }
                spare = prepared;
                noRoom = false;
                notifyAll();
            }
        } catch (IOException failed) {
            // Nothing that was recorded is in danger: the disk is full, say. The rest of the segment in use is left.
            LOG.atError()
                    .addKeyValue("event", "journal.no-room")
                    .setCause(failed)
                    .log("");
            free.push(file);
            outOfRoom();
            prepareSpareLater(1);
        }
    }

    /** A released file, or a new place for one. */
    private Path place() {
        Path released = free.poll();
        return released != null ? released : Segment.file(settings.folder(), ++places);
    }

    private void discard(Segment.Prepared unused) {
        try {
            unused.channel().close();
            Segment.free(unused.segment().file(), opener);
        } catch (IOException failed) {
            LOG.atWarn().addKeyValue("event", "journal.close").setCause(failed).log("");
        }
    }

    private synchronized void outOfRoom() {
        noRoom = true;
        notifyAll();
    }

    /** Gives up a finished segment, every entry of which is durable elsewhere. */
    void release(Segment segment) throws IOException {
        if (free.size() < MOST_FREE && Files.size(segment.file()) == settings.segmentSize()) {
            Segment.free(segment.file(), opener);
            free.add(segment.file());
        } else {
            Files.delete(segment.file());
        }
        forget(segment);
    }

    /** Counts a segment no longer, but leaves the file for people to look at. */
    void setAside(Segment segment) throws IOException {
        Files.move(segment.file(), segment.file().resolveSibling(segment.number() + ".damaged"));
        forget(segment);
    }

    private void forget(Segment segment) {
        alive.remove(segment.number());
        prepareSpareLater(0);
    }

    /** Stops recording for good. */
    void breakDown(String what, Throwable cause) {
        if (broken == null) {
            broken = what + ": " + cause;
            LOG.atError().addKeyValue("event", "journal.broken").setCause(cause).log(what);
        }
    }

    private void complete(@Nullable Job batch) {
        Map<Executor, List<Job>> homes = new IdentityHashMap<>(4);
        for (Job job = batch; job != null; job = job.next) {
            if (job.done != null) {
                homes.computeIfAbsent(job.home, home -> new ArrayList<>(32)).add(job);
            } else if (job.refusal != null) {
                LOG.atWarn()
                        .addKeyValue("event", "journal.lost")
                        .addKeyValue("exchange", job.entry.exchange().id())
                        .addKeyValue("entry", job.entry.kind())
                        .setCause(job.refusal)
                        .log("an entry that nobody waited for could not be written");
            }
        }
        homes.forEach((home, jobs) -> {
            try {
                home.execute(() -> jobs.forEach(Journal::tell));
            } catch (RejectedExecutionException gone) {
                LOG.atWarn()
                        .addKeyValue("event", "journal.nobody-home")
                        .addKeyValue("entries", jobs.size())
                        .log("");
            }
        });
    }

    private static void tell(Job job) {
        try {
            job.tell();
        } catch (RuntimeException failed) {
            // The others of this batch must hear of theirs all the same.
            LOG.atError()
                    .addKeyValue("event", "journal.listener")
                    .addKeyValue("exchange", job.entry.exchange().id())
                    .setCause(failed)
                    .log("");
        }
    }

    private void refuseGathered() {
        Job batch = inOrder(gathered.getAndSet(null));
        for (Job job = batch; job != null; job = job.next) {
            job.refusal = unavailable("the bus is stopping");
            handled.increment();
        }
        complete(batch);
    }

    /** Whether entries are still taken. */
    boolean isRecording() {
        return broken == null && !closing;
    }

    /** Why nothing can be recorded any more; empty while all is well. */
    Optional<String> brokenBecause() {
        return Optional.ofNullable(broken);
    }

    /** Whether new exchanges are refused because there is no room. */
    synchronized boolean isFull() {
        return noRoom && spare == null;
    }

    long waiting() {
        return Math.max(0, submitted.sum() - handled.sum());
    }

    long entries() {
        return entries.sum();
    }

    /** How many of the entries ended an exchange, so that the database owes a row for each. */
    long ends() {
        return ends.sum();
    }

    long syncs() {
        return syncs.sum();
    }

    /** What the files of the journal take on disk. */
    long bytes() {
        return (alive.size() + free.size()) * settings.segmentSize();
    }

    /** Writes what has gathered, then ends. Entries that come later are refused. */
    @Override
    public void close() {
        closing = true;
        LockSupport.unpark(writer);
        try {
            writer.join(LONGEST_STOP_MILLIS);
        } catch (InterruptedException hurry) {
            Thread.currentThread().interrupt();
        }
        if (writer.isAlive()) {
            LOG.atError().addKeyValue("event", "journal.stuck").log("the disk does not answer");
            return;
        }
        synchronized (this) {
            if (spare != null) {
                discard(spare);
                spare = null;
            }
        }
        current.segment().finish();
    }
}
