package vn.lgsp.bench;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** What a source saw of its own messages; filled from one thread. */
final class Sent {
    private final List<String> acknowledged = new ArrayList<>();
    private long[] micros = new long[1 << 14];
    private long errors;

    void acknowledged(String message, long nanos) {
        if (acknowledged.size() == micros.length) {
            micros = Arrays.copyOf(micros, 2 * micros.length);
        }
        micros[acknowledged.size()] = nanos / 1_000;
        acknowledged.add(message);
    }

    void failed() {
        errors++;
    }

    /** The messages that the destination must get. */
    List<String> acknowledged() {
        return acknowledged;
    }

    Sample sample(Duration elapsed) {
        long[] sorted = Arrays.copyOf(micros, acknowledged.size());
        Arrays.sort(sorted);
        return new Sample(
                sorted.length / (elapsed.toNanos() / 1e9), millis(sorted, 0.50), millis(sorted, 0.99), errors);
    }

    private static double millis(long[] sorted, double share) {
        return sorted.length == 0
                ? 0
                : sorted[(int) Math.min(sorted.length - 1, Math.floor(sorted.length * share))] / 1e3;
    }
}
