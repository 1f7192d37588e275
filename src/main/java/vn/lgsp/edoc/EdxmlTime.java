package vn.lgsp.edoc;

import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** How edXML writes days and times. */
public final class EdxmlTime {
    private static final DateTimeFormatter DAY = DateTimeFormatter.ofPattern("uuuu/MM/dd", Locale.ROOT);
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("uuuu/MM/dd HH:mm:ss", Locale.ROOT);

    private EdxmlTime() {}

    /** Such as {@code 2026/01/15}. */
    public static String text(LocalDate day) {
        return DAY.format(day);
    }

    /** Such as {@code 2026/01/15 08:30:00}; the packet says no zone. */
    public static String text(LocalDateTime time) {
        return TIME.format(time);
    }
}
