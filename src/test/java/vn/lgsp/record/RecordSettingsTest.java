package vn.lgsp.record;

import static org.assertj.core.api.Assertions.assertThat;
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

    private static RecordSettings with(long segment, long journal, Duration linger, String url, int batch, int rate) {
        return new RecordSettings(Path.of("journal"), segment, journal, linger, url, "lgsp", "secret", batch, rate);
    }

    @Test
    void a_value_out_of_range_is_refused_by_its_name() {
        String url = USUAL.databaseUrl();
        long segment = USUAL.segmentSize();
        long journal = USUAL.journalSize();
        Duration none = Duration.ZERO;
        refused("lgsp.record.segment-size", () -> with(1_000, journal, none, url, 1, 1));
        refused("lgsp.record.journal-size", () -> with(segment, 2 * segment, none, url, 1, 1));
        refused("lgsp.record.linger", () -> with(segment, journal, Duration.ofMillis(11), url, 1, 1));
        refused("lgsp.record.database-url", () -> with(segment, journal, none, "jdbc:mysql:x", 1, 1));
        refused("lgsp.record.batch-size", () -> with(segment, journal, none, url, 0, 1));
        refused("lgsp.record.refusal-rate", () -> with(segment, journal, none, url, 1, 0));
    }

    @Test
    void the_password_is_not_printed() {
        String printed = with(
                        USUAL.segmentSize(),
                        USUAL.journalSize(),
                        Duration.ZERO,
                        "jdbc:postgresql://db/lgsp?user=lgsp&password=secret",
                        1,
                        1)
                .toString();

        assertThat(printed)
                .contains("databasePassword=***", "jdbc:postgresql://db/lgsp")
                .doesNotContain("secret");
    }
}
