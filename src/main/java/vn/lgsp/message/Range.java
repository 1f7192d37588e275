package vn.lgsp.message;

import java.time.Duration;

/** Checks of settings: a wrong value is refused with the property's name and its range, and nothing is silently replaced. */
public final class Range {
    private Range() {}

    /** @throws IllegalArgumentException naming property and range */
    public static void within(String property, Duration value, Duration least, Duration most) {
        if (value.compareTo(least) < 0 || value.compareTo(most) > 0) {
            throw new IllegalArgumentException(
                    property + " is " + text(value) + ": write " + text(least) + " to " + text(most));
        }
    }

    /** @throws IllegalArgumentException naming property and range */
    public static void within(String property, long value, long least, long most) {
        if (value < least || value > most) {
            throw new IllegalArgumentException(property + " is " + value + ": write " + least + " to " + most);
        }
    }

    private static String text(Duration value) {
        return value.toMillis() % 1000 == 0 ? value.toSeconds() + "s" : value.toMillis() + "ms";
    }
}
