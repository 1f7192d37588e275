package vn.lgsp.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.ToDoubleFunction;

/** The measurements of one subject in one scenario, one a round. */
final class Figures {
    /** Where there was none, a latency of zero would read as a record. */
    static final String NO_ANSWER = "none";

    private final List<Sample> samples = new ArrayList<>();
    private final List<Double> cpuMicros = new ArrayList<>();

    void add(Sample sample, double cpuMicrosPerAnswer) {
        samples.add(sample);
        cpuMicros.add(cpuMicrosPerAnswer);
    }

    double median(ToDoubleFunction<Sample> figure) {
        return median(samples.stream().mapToDouble(figure).boxed().toList());
    }

    /** Lowest and highest of the rounds. */
    String range(ToDoubleFunction<Sample> figure) {
        return "%s-%s"
                .formatted(
                        count(samples.stream().mapToDouble(figure).min().orElse(0)),
                        count(samples.stream().mapToDouble(figure).max().orElse(0)));
    }

    String latency(ToDoubleFunction<Sample> figure) {
        return median(Sample::rate) == 0 ? NO_ANSWER : millis(median(figure));
    }

    String cpu() {
        return String.format(Locale.ROOT, "%.1f", median(cpuMicros));
    }

    long errors() {
        return samples.stream().mapToLong(Sample::errors).sum();
    }

    /** The median of the ratios to {@code other} in the same round. */
    Optional<Double> ratioTo(Figures other, ToDoubleFunction<Sample> figure) {
        List<Double> ratios = new ArrayList<>();
        for (int round = 0; round < Math.min(samples.size(), other.samples.size()); round++) {
            double base = figure.applyAsDouble(other.samples.get(round));
            if (base > 0) {
                ratios.add(figure.applyAsDouble(samples.get(round)) / base);
            }
        }
        return ratios.isEmpty() ? Optional.empty() : Optional.of(median(ratios));
    }

    static String count(double number) {
        return String.format(Locale.ROOT, "%,.0f", number);
    }

    static String millis(double number) {
        return String.format(Locale.ROOT, "%.2f", number);
    }

    private static double median(List<Double> values) {
        List<Double> sorted = values.stream().sorted().toList();
        if (sorted.isEmpty()) {
            return 0;
        }
        int middle = sorted.size() / 2;
        return sorted.size() % 2 == 1 ? sorted.get(middle) : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
    }
}
