package vn.lgsp.catalogue;

import java.time.Duration;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import vn.lgsp.failure.Invalid;
import vn.lgsp.failure.Rule;
import vn.lgsp.source.Section;

/** Durations and sizes as people write them, with their unit: {@code 30s}, {@code 250ms}, {@code 50MB}. */
public final class Quantity {
    static final long KB = 1024;
    static final long MB = 1024 * KB;
    static final long GB = 1024 * MB;

    private static final Pattern DURATION = Pattern.compile("([0-9]{1,9})(ms|s|m|h)");
    private static final Pattern SIZE = Pattern.compile("([0-9]{1,9})(B|KB|MB|GB)");

    private Quantity() {}

    /** Reads a duration of this range. */
    public static Function<String, Duration> duration(Duration least, Duration most) {
        return text -> {
            Matcher matcher = DURATION.matcher(text);
            if (matcher.matches()) {
                Duration found = duration(Long.parseLong(matcher.group(1)), matcher.group(2));
                if (found.compareTo(least) >= 0 && found.compareTo(most) <= 0) {
                    return found;
                }
            }
            throw new Invalid(Rule.VALUE_DURATION, Section.brief(text), shown(least), shown(most));
        };
    }

    /** In bytes; 1 KB is 1,024 of them. */
    static Function<String, Long> size(long least, long most) {
        return text -> {
            Matcher matcher = SIZE.matcher(text);
            if (matcher.matches()) {
                long found = Long.parseLong(matcher.group(1)) * unit(matcher.group(2));
                if (found >= least && found <= most) {
                    return found;
                }
            }
            throw new Invalid(Rule.VALUE_SIZE, Section.brief(text), shown(least), shown(most));
        };
    }

    private static Duration duration(long number, String unit) {
        return switch (unit) {
            case "ms" -> Duration.ofMillis(number);
            case "s" -> Duration.ofSeconds(number);
            case "m" -> Duration.ofMinutes(number);
            default -> Duration.ofHours(number);
        };
    }

    private static long unit(String unit) {
        return switch (unit) {
            case "B" -> 1;
            case "KB" -> KB;
            case "MB" -> MB;
            default -> GB;
        };
    }

    private static String shown(Duration duration) {
        long millis = duration.toMillis();
        if (millis % 3_600_000 == 0) {
            return millis / 3_600_000 + "h";
        }
        return millis % 60_000 == 0
                ? millis / 60_000 + "m"
                : millis % 1_000 == 0 ? millis / 1_000 + "s" : millis + "ms";
    }

    private static String shown(long bytes) {
        return bytes % GB == 0 && bytes > 0
                ? bytes / GB + "GB"
                : bytes % KB == 0 && bytes > 0 ? bytes / KB + "KB" : bytes + "B";
    }
}
