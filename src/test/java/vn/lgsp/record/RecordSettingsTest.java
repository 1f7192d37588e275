package vn.lgsp.record;

import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class RecordSettingsTest {
    private static final RecordSettings USUAL = RecordSettings.under(Path.of("data"));

    private static void refused(String property, RecordSettingsChange change) {
        assertThatIllegalArgumentException().isThrownBy(change::make).withMessageContaining(property);
    }

    private interface RecordSettingsChange {
        RecordSettings make();
    }

    private static RecordSettings with(long segment, long journal, Duration linger, int batch, int rate) {
        return new RecordSettings(Path.of("journal"), segment, journal, linger, batch, rate);
    }

    @Test
    void a_value_out_of_range_is_refused_by_its_name() {
        long segment = USUAL.segmentSize();
        long journal = USUAL.journalSize();
        Duration none = Duration.ZERO;
        refused("lgsp.record.segment-size", () -> with(1_000, journal, none, 1, 1));
        refused("lgsp.record.journal-size", () -> with(segment, 2 * segment, none, 1, 1));
        refused("lgsp.record.linger", () -> with(segment, journal, Duration.ofMillis(11), 1, 1));
        refused("lgsp.record.batch-size", () -> with(segment, journal, none, 0, 1));
        refused("lgsp.record.refusal-rate", () -> with(segment, journal, none, 1, 0));
    }
}
