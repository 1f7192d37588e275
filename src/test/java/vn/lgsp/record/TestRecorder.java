package vn.lgsp.record;

import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import vn.lgsp.database.Database;
import vn.lgsp.database.DatabaseSettings;
import vn.lgsp.failure.BusException;
import vn.lgsp.message.Passage;

/** A recorder with small files, and its calls in a form that a test can wait for. */
final class TestRecorder implements AutoCloseable {
    /** A database that does not answer. */
    static final String AWAY = "jdbc:postgresql://localhost:1/nobody";

    final Recorder recorder;
    private final Database database;

    TestRecorder(RecordSettings settings, DatabaseSettings where, Clock clock, Segment.Opener disk) {
        database = new Database(where);
        recorder = new Recorder(settings, database, Passages.catalogue(), clock, disk);
    }

    TestRecorder(RecordSettings settings, Clock clock, Segment.Opener disk) {
        this(settings, embedded(settings), clock, disk);
    }

    TestRecorder(RecordSettings settings, DatabaseSettings where) {
        this(settings, where, Clock.systemUTC(), Segment.ON_DISK);
    }

    TestRecorder(RecordSettings settings, String url) {
        this(settings, embedded(settings).at(url));
    }

    TestRecorder(RecordSettings settings) {
        this(settings, embedded(settings));
    }

    /** The embedded database beside the journal. */
    private static DatabaseSettings embedded(RecordSettings settings) {
        return DatabaseSettings.under(settings.folder().resolve(".."));
    }

    /** A journal of small files under {@code data}. */
    static RecordSettings settings(Path data) {
        return with(RecordSettings.under(data), 64 * 1024, 64 * 1024 * 1024);
    }

    static RecordSettings with(RecordSettings given, long segmentSize, long journalSize) {
        return new RecordSettings(
                given.folder(), segmentSize, journalSize, given.linger(), given.batchSize(), given.refusalRate());
    }

    Optional<BusException> open(Passage passage) {
        return told(done -> recorder.open(passage, done));
    }

    Optional<BusException> close(Passage passage) {
        return told(done -> recorder.close(passage, done));
    }

    static Optional<BusException> told(Consumer<Consumer<Optional<BusException>>> call) {
        CompletableFuture<Optional<BusException>> told = new CompletableFuture<>();
        call.accept(told::complete);
        try {
            return told.get(10, TimeUnit.SECONDS);
        } catch (InterruptedException | ExecutionException | TimeoutException never) {
            throw new AssertionError("nobody was told", never);
        }
    }

    /** Waits until the database has everything. */
    void untilWritten() {
        await().atMost(Duration.ofSeconds(20))
                .until(() -> recorder.metrics().isDatabaseReachable()
                        && recorder.metrics().lagEntries() == 0);
    }

    @Override
    public void close() {
        recorder.close();
        database.close();
    }
}
