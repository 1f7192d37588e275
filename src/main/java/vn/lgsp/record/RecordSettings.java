package vn.lgsp.record;

import java.nio.file.Path;
import java.time.Duration;

/**
 * Where records are kept, and how much the journal may hold while the database is away.
 *
 * @param folder of the journal; it needs a disk that keeps what it says it has synced
 * @param segmentSize of one journal file, in bytes; 64 KiB to 1 GiB, default 8 MiB
 * @param journalSize of all journal files together, in bytes; at least three segments, at most 1 TiB, default 1 GiB (about
 *     two million exchanges). When it is reached, exchanges are refused
 * @param linger how long the writer waits for more entries before it syncs; 0 (default) to 10 ms
 * @param batchSize how many records one database transaction holds at most; 1 to 10,000, default 1,000
 * @param refusalRate how many equal refusals a second are recorded one by one before the rest are counted; 1 to 100,000,
 *     default 20
 */
public record RecordSettings(
        Path folder, long segmentSize, long journalSize, Duration linger, int batchSize, int refusalRate) {
    private static final long KIB = 1024;

    public RecordSettings {
        within("lgsp.record.segment-size", segmentSize, 64 * KIB, KIB * KIB * KIB, "bytes");
        within("lgsp.record.journal-size", journalSize, 3 * segmentSize, KIB * KIB * KIB * KIB, "bytes");
        within("lgsp.record.linger", linger.toNanos(), 0, Duration.ofMillis(10).toNanos(), "nanoseconds");
        within("lgsp.record.batch-size", batchSize, 1, 10_000, "records");
        within("lgsp.record.refusal-rate", refusalRate, 1, 100_000, "a second");
    }

    /** As it is by default, with the journal in a data folder. */
    public static RecordSettings under(Path data) {
        return new RecordSettings(data.resolve("journal"), 8 * KIB * KIB, KIB * KIB * KIB, Duration.ZERO, 1_000, 20);
    }

    private static void within(String property, long value, long least, long most, String unit) {
        if (value < least || value > most) {
            throw new IllegalArgumentException(
                    property + " is " + value + ": write " + least + " to " + most + " " + unit);
        }
    }
}
