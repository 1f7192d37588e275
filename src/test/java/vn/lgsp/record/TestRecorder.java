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
import vn.lgsp.failure.BusException;
import vn.lgsp.message.Passage;

/** A recorder with small files, and its calls in a form that a test can wait for. */
final class TestRecorder implements AutoCloseable {
    final Recorder recorder;

    TestRecorder(RecordSettings settings, Clock clock, Segment.Opener disk) {
        recorder = new Recorder(settings, Passages.catalogue(), clock, disk);
    }

    TestRecorder(RecordSettings settings) {
        this(settings, Clock.systemUTC(), Segment.ON_DISK);
    }

    /** An embedded database and a journal of small files under {@code data}. */
    static RecordSettings settings(Path data) {
        RecordSettings usual = RecordSettings.under(data);
        return with(usual, 64 * 1024, 64 * 1024 * 1024, usual.databaseUrl());
    }

    static RecordSettings with(RecordSettings given, long segmentSize, long journalSize, String url) {
        return new RecordSettings(
                given.folder(),
                segmentSize,
                journalSize,
                given.linger(),
                url,
                given.databaseUser(),
                given.databasePassword(),
                given.batchSize(),
                given.refusalRate());
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
    }
}
