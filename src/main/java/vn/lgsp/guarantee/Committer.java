package vn.lgsp.guarantee;

import java.sql.SQLException;
import java.time.Clock;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import vn.lgsp.database.Database;
import vn.lgsp.failure.BusException;
import vn.lgsp.failure.ErrorCode;

/**
 * Commits for everybody, on a thread of its own: what waits together is one transaction, and one sync of the disk serves all of it.
 *
 * <p>A future completes on that thread, so whoever is told must not block. It fails with {@code guarantee-unavailable} when surely nothing
 * was committed, and with {@code acceptance-unknown} when the database did not say. A call that the database refuses fails alone.
 * While the database is away, calls fail at once; the committer looks for it by itself.
 */
final class Committer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Committer.class);

    private static final int MOST_CALLS = 256;
    private static final long MOST_BYTES = 8 << 20;
    private static final long LOOK_AGAIN_MILLIS = 250;
    /** Each commit has a price of its own, whatever it carries: so long a call waits for company, where there was some. */
    private static final long GATHER_NANOS = TimeUnit.MILLISECONDS.toNanos(1);
    /** So long patient calls wait for one that is not. */
    private static final long PATIENCE_NANOS = TimeUnit.MILLISECONDS.toNanos(4);
    /** So many calls in one transaction say that there is company. */
    private static final int COMPANY = 4;

    private static final long LONGEST_STOP_MILLIS = 10_000;
    /** A failure that took longer is not tried once more: somebody waits. */
    private static final long AT_ONCE_NANOS = TimeUnit.SECONDS.toNanos(1);

    private static final int TRIES_ALONE = 5;

    /** What one statement, or a few, do for many calls at once. */
    interface Work<I, O> {
        /** @return one answer for each input, in their order; all of it is rolled back when it throws */
        List<O> apply(Session session, List<I> inputs) throws SQLException;
    }

    /**
     * A kind of call. Kinds are worked off in their order, so that the rows of an exchange come before those that need them.
     *
     * @param effect what is at stake when the power is cut right after the answer
     * @param patient nobody outside waits for it, so it waits a little to share the commit of a call that somebody waits for
     */
    record Kind<I, O>(int order, Effect effect, boolean patient, Work<I, O> work) {
        Kind(int order, Effect effect, Work<I, O> work) {
            this(order, effect, false, work);
        }

        boolean writes() {
            return effect != Effect.READS;
        }
    }

    /** What a kind of call leaves behind. PostgreSQL syncs every commit; H2 none by itself, and a sync of its is dear. */
    enum Effect {
        READS,
        /** Survives the end of the process. Lost with the power, it is made again: nobody outside was told of it. */
        CHANGES,
        /** Somebody outside is told and relies on it, so it survives a power cut too. */
        PROMISES
    }

    private record Call<I, O>(Kind<I, O> kind, Object key, long bytes, I input, CompletableFuture<O> done) {
        void fail(BusException why) {
            done.completeExceptionally(why);
        }
    }

    private record Place(Kind<?, ?> kind, Object key) {}

    private final Database database;
    private final Clock clock;
    private final Thread thread = new Thread(this::run, "lgsp-committer");
    private final LinkedBlockingQueue<Call<?, ?>> waiting = new LinkedBlockingQueue<>();
    private final Deque<Call<?, ?>> later = new ArrayDeque<>();
    private final LongAdder commits = new LongAdder();
    private final LongAdder calls = new LongAdder();
    private volatile int lastBatch;
    private volatile boolean away;
    private volatile boolean closing;
    private volatile @Nullable Session session;

    Committer(Database database, Clock clock) {
        this.database = database;
        this.clock = clock;
        thread.setDaemon(true);
        thread.start();
    }

    /**
     * Has it done and committed.
     *
     * @param key names the row: two calls of one kind for the same row do not share a transaction
     * @param bytes what it carries
     */
    <I, O> CompletableFuture<O> call(Kind<I, O> kind, Object key, long bytes, I input) {
        Call<I, O> call = new Call<>(kind, key, bytes, input, new CompletableFuture<>());
        if (!takesCalls()) {
            call.fail(unavailable(null));
            return call.done();
        }
        waiting.add(call);
        // Once more: whoever declares the database away fails what waits by then.
        if (!takesCalls() && waiting.remove(call)) {
            call.fail(unavailable(null));
        }
        return call.done();
    }

    private boolean takesCalls() {
        return !away && !closing;
    }

    private void run() {
        look();
        List<Call<?, ?>> batch = new ArrayList<>();
        while (true) {
            try {
                take(batch);
                if (away) {
                    fail(batch, null);
                    look();
                } else if (!batch.isEmpty()) {
                    work(batch);
                }
            } catch (InterruptedException nobodyMay) {
                LOG.atWarn().addKeyValue("event", "committer.interrupted").log("");
            } catch (RuntimeException | Error broken) {
                broke(batch, broken);
            }
            if (closing && (away || batch.isEmpty())) {
                break;
            }
            batch.clear();
        }
        drop();
        failAll(null);
    }

    /** Without this thread nothing would ever be answered again; what it had in hand may be committed or not. */
    private void broke(List<Call<?, ?>> batch, Throwable why) {
        LOG.atError()
                .addKeyValue("event", "committer.broke")
                .addKeyValue("kind", why.getClass().getName())
                .addKeyValue("at", why.getStackTrace().length == 0 ? "" : why.getStackTrace()[0])
                .log("a failure without a name: give it one");
        drop();
        batch.forEach(call -> call.fail(call.kind().writes() ? unknown(why) : unavailable(why)));
    }

    /** What waits, each row once a kind; waits a moment for the first. */
    private void take(List<Call<?, ?>> batch) throws InterruptedException {
        Set<Place> places = new HashSet<>();
        long bytes = 0;
        int put = later.size();
        for (int i = 0; i < put && batch.size() < MOST_CALLS; i++) {
            Call<?, ?> call = later.remove();
            if (places.add(new Place(call.kind(), call.key()))) {
                batch.add(call);
                bytes += call.bytes();
            } else {
                later.add(call);
            }
        }
        Call<?, ?> next = batch.isEmpty() ? waiting.poll(LOOK_AGAIN_MILLIS, TimeUnit.MILLISECONDS) : waiting.poll();
        if (next != null && batch.isEmpty() && lastBatch >= COMPANY && waiting.size() < lastBatch) {
            LockSupport.parkNanos(GATHER_NANOS);
        }
        long patience = System.nanoTime() + PATIENCE_NANOS;
        while (next != null) {
            if (places.add(new Place(next.kind(), next.key()))) {
                batch.add(next);
                bytes += next.bytes();
            } else {
                later.add(next);
            }
            next = batch.size() < MOST_CALLS && bytes < MOST_BYTES ? following(batch, patience) : null;
        }
    }

    /** The next one that waits; where all so far are patient, it is waited for. */
    private @Nullable Call<?, ?> following(List<Call<?, ?>> batch, long patience) throws InterruptedException {
        Call<?, ?> next = waiting.poll();
        if (next != null
                || closing
                || batch.stream().anyMatch(call -> !call.kind().patient())) {
            return next;
        }
        return waiting.poll(patience - System.nanoTime(), TimeUnit.NANOSECONDS);
    }

    /** Looks whether the database is there. */
    private void look() {
        try {
            session();
        } catch (SQLException failed) {
            isAway(failed);
        }
    }

    private void work(List<Call<?, ?>> batch) {
        for (int tries = 1; ; tries++) {
            boolean connected = session != null;
            long begun = System.nanoTime();
            try {
                carryOut(batch);
                return;
            } catch (SQLException failed) {
                if (session != null) {
                    break; // the database is there, and refuses something of it
                }
                // A connection may have been lost since it was used last; a new one shows whether the database is
                // there.
                if (!connected || tries > 1 || System.nanoTime() - begun > AT_ONCE_NANOS) {
                    isAway(failed);
                    fail(batch, failed);
                    return;
                }
            }
        }
        batch.forEach(this::alone);
    }

    private void alone(Call<?, ?> call) {
        for (int tries = 1; ; tries++) {
            if (away) {
                call.fail(unavailable(null));
                return;
            }
            try {
                carryOut(List.of(call));
                return;
            } catch (SQLException failed) {
                if (session == null) {
                    isAway(failed);
                }
                if (session == null || tries == TRIES_ALONE || !mayPass(failed)) {
                    call.fail(unavailable(failed));
                    return;
                }
            }
        }
    }

    /** @throws SQLException when surely nothing was committed; then {@code session} is null if the database does not answer */
    private void carryOut(List<Call<?, ?>> batch) throws SQLException {
        Session now = session();
        List<Runnable> answers;
        try {
            answers = statements(now, batch);
        } catch (SQLException | RuntimeException failed) {
            if (!now.rollBack()) {
                drop();
            }
            throw failed instanceof SQLException known ? known : new SQLException("a statement cannot be made", failed);
        }
        try {
            now.connection().commit();
            if (batch.stream().anyMatch(call -> call.kind().effect() == Effect.PROMISES)) {
                database.makeDurable(now.connection());
            }
            if (batch.stream().anyMatch(call -> call.kind().writes())) {
                commits.increment();
            }
        } catch (SQLException failed) {
            drop();
            if (isRolledBack(failed)) {
                throw failed;
            }
            LOG.atWarn()
                    .addKeyValue("event", "guarantee.commit-unknown")
                    .addKeyValue("calls", batch.size())
                    .setCause(failed)
                    .log("the database did not say whether it committed");
            batch.forEach(call -> call.fail(call.kind().writes() ? unknown(failed) : unavailable(failed)));
            return;
        }
        calls.add(batch.size());
        lastBatch = batch.size();
        answers.forEach(Runnable::run);
    }

    private static List<Runnable> statements(Session session, List<Call<?, ?>> batch) throws SQLException {
        List<Runnable> answers = new ArrayList<>(batch.size());
        List<Kind<?, ?>> kinds = batch.stream()
                .<Kind<?, ?>>map(Call::kind)
                .distinct()
                .sorted(java.util.Comparator.comparingInt(Kind::order))
                .toList();
        for (Kind<?, ?> kind : kinds) {
            statements(session, kind, batch, answers);
        }
        return answers;
    }

    @SuppressWarnings("unchecked") // a call has the types of its kind
    private static <I, O> void statements(
            Session session, Kind<I, O> kind, List<Call<?, ?>> batch, List<Runnable> answers) throws SQLException {
        List<Call<I, O>> mine = batch.stream()
                .filter(call -> call.kind() == kind)
                .map(call -> (Call<I, O>) call)
                .toList();
        List<O> outputs =
                kind.work().apply(session, mine.stream().map(Call::input).toList());
        for (int i = 0; i < mine.size(); i++) {
            CompletableFuture<O> done = mine.get(i).done();
            O output = outputs.get(i);
            answers.add(() -> done.complete(output));
        }
    }

    private Session session() throws SQLException {
        Session ready = session;
        if (ready == null) {
            ready = Session.on(database, clock);
            session = ready;
            if (away) {
                away = false;
                LOG.atInfo().addKeyValue("event", "guarantee.database-back").log("");
            }
        }
        return ready;
    }

    private void drop() {
        Session useless = session;
        session = null;
        if (useless != null) {
            useless.close();
        }
    }

    private void isAway(SQLException why) {
        if (!away) {
            away = true;
            LOG.atWarn()
                    .addKeyValue("event", "guarantee.database-away")
                    .setCause(why)
                    .log("nothing is accepted until it is back");
        }
        failAll(why);
    }

    private void failAll(@Nullable SQLException why) {
        List<Call<?, ?>> left = new ArrayList<>(later);
        later.clear();
        waiting.drainTo(left);
        fail(left, why);
    }

    private static void fail(List<Call<?, ?>> calls, @Nullable SQLException why) {
        calls.forEach(call -> call.fail(unavailable(why)));
    }

    /** Whether the server says that it threw the transaction away: a conflict, a broken rule, an aborted transaction. */
    private static boolean isRolledBack(SQLException failed) {
        String state = Optional.ofNullable(failed.getSQLState()).orElse("");
        return state.startsWith("40") && !state.equals("40003") || state.startsWith("23") || state.equals("25P02");
    }

    /** Whether it may do better alone and at once: other transactions were in its way. */
    private static boolean mayPass(SQLException failed) {
        String state = Optional.ofNullable(failed.getSQLState()).orElse("");
        return state.startsWith("40");
    }

    private static BusException unavailable(@Nullable Throwable why) {
        return new BusException(
                ErrorCode.GUARANTEE_UNAVAILABLE,
                "the database does not take it, and nothing of it is kept: try again",
                why);
    }

    private static BusException unknown(Throwable why) {
        return new BusException(
                ErrorCode.ACCEPTANCE_UNKNOWN,
                "the database went away while it committed: send the message again under the same id",
                why);
    }

    /** Transactions with something to write, since the start. */
    long commits() {
        return commits.sum();
    }

    /** Calls carried out since the start. */
    long calls() {
        return calls.sum();
    }

    /** How many calls the last transaction carried. */
    int lastBatch() {
        return lastBatch;
    }

    /** Calls handed in and not carried out yet, about. */
    int waiting() {
        return waiting.size();
    }

    boolean isDatabaseReachable() {
        return !away && session != null;
    }

    /** Carries out what waits, if the database answers; later calls fail. */
    @Override
    public void close() {
        closing = true;
        try {
            thread.join(LONGEST_STOP_MILLIS);
        } catch (InterruptedException hurry) {
            Thread.currentThread().interrupt();
        }
    }
}
