package vn.lgsp.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import vn.lgsp.Campaign;
import vn.lgsp.bench.BenchSettings.Contestant;
import vn.lgsp.bench.BenchSettings.Scenario;

/** The scenario with the real bus in its own home, and the rebuilt perf; only the length is for a test. */
@Tag(Campaign.TAG)
class GuaranteedBenchIT {

    @Test
    void the_bus_and_perf_are_measured_by_1_16_and_64_clients_and_lose_nothing(@TempDir Path noLibraries) {
        StringWriter said = new StringWriter();
        BenchSettings settings = new BenchSettings(
                Duration.ofSeconds(1),
                1,
                Duration.ZERO,
                EnumSet.of(Scenario.GUARANTEED),
                EnumSet.of(Contestant.BUS, Contestant.ARTEMIS_PERF),
                5_000,
                Optional.empty());

        String report = new Bench(settings, "a key of the bench", noLibraries, new PrintWriter(said)).run();

        assertThat(report.lines()
                        .filter(line ->
                                line.startsWith("| 1 ") || line.startsWith("| 16 ") || line.startsWith("| 64 ")))
                .hasSize(6)
                .noneMatch(line -> line.contains("none"));
        assertThat(said.toString()).contains("64 clients, bus: ");
    }
}
