package vn.lgsp.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import vn.lgsp.edoc.Notation;
import vn.lgsp.edoc.OrganCodes;
import vn.lgsp.edoc.PartnerCodes;
import vn.lgsp.failure.Refused;
import vn.lgsp.message.SystemId;

/** The table of organisation codes while the bus runs. */
final class PartnerTablesTest {
    private static final SystemId AXIS = new SystemId("axis-sdk");
    private static final Clock CLOCK = Clock.fixed(Instant.parse("2026-03-01T05:00:00Z"), ZoneOffset.UTC);

    @TempDir
    private Path home;

    private void write(String text, int second) throws IOException {
        Path table = home.resolve(OrganCodes.TABLE);
        Files.createDirectories(table.getParent());
        Files.writeString(table, text);
        Files.setLastModifiedTime(table, FileTime.fromMillis(second * 1_000L));
    }

    private static String table(String code) {
        return "name: Thử\nversion: \"1\"\ncodes:\n  - { code: " + code
                + ", name: Cơ quan thử, partners: { qcvn102: \"000.00.01.H99\" } }\n";
    }

    @Test
    void a_table_that_has_changed_counts_and_a_broken_one_changes_nothing() throws IOException {
        write(table("H99.01"), 1);
        PartnerCodes codes = PartnerTables.codes(Map.of(AXIS, Notation.QD20), home, CLOCK);
        assertThat(codes.code(AXIS, "000.00.01.H99")).isEqualTo("H99.01");

        write(table("H99.11"), 2);
        assertThat(codes.code(AXIS, "000.00.01.H99")).isEqualTo("H99.11");

        write("codes: [", 3);
        assertThat(codes.code(AXIS, "000.00.01.H99")).isEqualTo("H99.11");
        assertThat(codes.code(new SystemId("other"), "000.00.01.H99")).isEqualTo("000.00.01.H99");
        assertThat(codes.code(AXIS, "28.22.H98")).isEqualTo("28.22.H98");
    }

    @Test
    void a_notation_without_a_table_is_refused_at_the_start() {
        assertThatExceptionOfType(Refused.class)
                .isThrownBy(() -> PartnerTables.codes(Map.of(AXIS, Notation.QD20), home, CLOCK));
        assertThat(PartnerTables.codes(Map.of(), home, CLOCK).organisations()).isEmpty();
    }
}
