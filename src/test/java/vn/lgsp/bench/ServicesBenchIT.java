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

/** The measurement of many services works; its figures are those of a quiet machine, {@code ./lgsp bench --only services}. */
@Tag(Campaign.TAG)
final class ServicesBenchIT {

    @Test
    void a_bus_with_many_services_is_started_twice_and_called_beside_one_with_few(@TempDir Path noLibraries) {
        StringWriter said = new StringWriter();
        BenchSettings settings = new BenchSettings(
                Duration.ofSeconds(1),
                1,
                Duration.ZERO,
                EnumSet.of(Scenario.SERVICES),
                EnumSet.of(Contestant.BUS),
                100,
                Optional.empty());

        String report = new Bench(settings, "a key of the bench", noLibraries, new PrintWriter(said)).run();

        assertThat(report.lines().filter(line -> line.startsWith("| 20 ") || line.startsWith("| 100 ")))
                .hasSize(2)
                .allMatch(line -> line.contains(" MiB") && line.endsWith(" 0 |"))
                .noneMatch(line -> line.contains("none"));
        assertThat(said.toString()).contains("100 services: first start").contains("100 services: next start");
    }
}
