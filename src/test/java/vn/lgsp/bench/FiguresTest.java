package vn.lgsp.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.EnumSet;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import vn.lgsp.bench.BenchSettings.Contestant;
import vn.lgsp.bench.BenchSettings.Scenario;

class FiguresTest {

    @Test
    void the_line_of_a_generator_becomes_a_sample() {
        Sample sample = Sample.from("Running 2s test\nsample answers=200 errors=3 micros=2000000 p50=1500 p99=9990\n");

        assertThat(sample).isEqualTo(new Sample(100, 1.5, 9.99, 3));
    }

    @Test
    void a_generator_that_told_nothing_is_a_failure() {
        assertThatThrownBy(() -> Sample.from("unable to connect")).hasMessageContaining("unable to connect");
    }

    @Test
    void ratios_are_taken_within_a_round_so_that_a_bad_minute_of_the_machine_does_not_count() {
        Figures yardstick = figures(50_000, 10_000, 52_000);
        Figures bus = figures(25_000, 5_000, 26_000);

        assertThat(bus.ratioTo(yardstick, Sample::rate)).contains(0.5);
        assertThat(bus.median(Sample::rate)).isEqualTo(25_000);
        assertThat(bus.range(Sample::rate)).isEqualTo("5,000-26,000");
    }

    @Test
    void no_answer_does_not_look_like_a_fast_one() {
        assertThat(figures(0, 0, 0).latency(Sample::p99)).isEqualTo("none");
        assertThat(figures(10, 10, 10).latency(Sample::p99)).isEqualTo("2.00");
    }

    @Test
    void a_table_is_markdown_with_figures_to_the_right() {
        Table table = new Table("", "answers/s");
        table.row("bus", "1,000");

        assertThat(table).hasToString("""
                |     | answers/s |
                |-----|----------:|
                | bus |     1,000 |
                """);
    }

    @Test
    void settings_out_of_range_are_refused_with_name_and_range() {
        assertThatThrownBy(() -> new BenchSettings(
                        Duration.ofSeconds(61),
                        3,
                        Duration.ZERO,
                        EnumSet.allOf(Scenario.class),
                        EnumSet.allOf(Contestant.class),
                        5_000,
                        Optional.empty()))
                .hasMessage("--seconds is 61: write 1 to 60");
    }

    private static Figures figures(double... rates) {
        Figures figures = new Figures();
        for (double rate : rates) {
            figures.add(new Sample(rate, 1, 2, 0), 30);
        }
        return figures;
    }
}
