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

/** The measurement of stylesheets works; its figures are those of a quiet machine, {@code ./lgsp bench --only xslt}. */
@Tag(Campaign.TAG)
final class XsltBenchIT {

    @Test
    void orders_of_three_sizes_are_turned_there_and_back_without_an_error(@TempDir Path noLibraries) {
        BenchSettings settings = new BenchSettings(
                Duration.ofSeconds(2),
                1,
                Duration.ZERO,
                EnumSet.of(Scenario.XSLT),
                EnumSet.of(Contestant.BUS),
                100,
                Optional.empty());

        String report =
                new Bench(settings, "a key of the bench", noLibraries, new PrintWriter(new StringWriter())).run();

        assertThat(report.lines().filter(line -> line.matches("\\| +[0-9,]+ +\\|.*")))
                .hasSize(XsltBench.SIZES.size())
                .allMatch(line -> line.endsWith(" 0 |"))
                .noneMatch(line -> line.contains("none"));
    }
}
