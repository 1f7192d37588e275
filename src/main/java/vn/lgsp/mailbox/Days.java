package vn.lgsp.mailbox;

import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.format.DateTimeParseException;
import java.time.format.ResolverStyle;
import java.time.temporal.ChronoField;
import java.util.Locale;
import java.util.Optional;
import vn.lgsp.axis.AxisCode;
import vn.lgsp.failure.BusException;
import vn.lgsp.failure.ErrorCode;

/**
 * The days of the city between which a list is asked for, both of them in it; without one there is no end to that side.
 *
 * @see "EXT-20"
 */
record Days(Optional<LocalDate> from, Optional<LocalDate> to) {
    static final Days ALL = new Days(Optional.empty(), Optional.empty());
    private static final ZoneId CITY = ZoneId.of("Asia/Ho_Chi_Minh");
    /** Later than anything that comes, and known to both databases. */
    private static final Instant NEVER = Instant.parse("9999-01-01T00:00:00Z");

    private static final DateTimeFormatter FORM = new DateTimeFormatterBuilder()
            .appendValue(ChronoField.YEAR, 4)
            .appendPattern("/MM/dd")
            .toFormatter(Locale.ROOT)
            .withResolverStyle(ResolverStyle.STRICT);

    /**
     * As the REST form writes them (wire-formats 4.2).
     *
     * @throws BusException {@code message-invalid} for what is no day
     */
    static Days of(Optional<String> from, Optional<String> to) {
        return new Days(from.map(text -> day("fromDate", text)), to.map(text -> day("toDate", text)));
    }

    private static LocalDate day(String name, String text) {
        try {
            return LocalDate.parse(text, FORM);
        } catch (DateTimeParseException noDay) {
            throw new BusException(
                    ErrorCode.MESSAGE_INVALID,
                    name + " is a day such as 2026/01/31",
                    Integer.toString(AxisCode.PROCESSING),
                    noDay);
        }
    }

    Instant begin() {
        return from.map(day -> day.atStartOfDay(CITY).toInstant()).orElse(Instant.EPOCH);
    }

    Instant end() {
        return to.map(day -> day.plusDays(1).atStartOfDay(CITY).toInstant()).orElse(NEVER);
    }
}
