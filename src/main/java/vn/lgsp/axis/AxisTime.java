package vn.lgsp.axis;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.time.format.ResolverStyle;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The time in a header of the document axis, {@code 20112025T101500+0042}: day first, and behind the plus sign the milliseconds, padded
 * to four digits; no offset. The clock is that of Vietnam (wire-formats 3.2).
 */
public final class AxisTime {
    private static final ZoneId CITY = ZoneId.of("Asia/Ho_Chi_Minh");
    private static final DateTimeFormatter SECONDS =
            DateTimeFormatter.ofPattern("ddMMuuuu'T'HHmmss", Locale.ROOT).withResolverStyle(ResolverStyle.STRICT);
    private static final Pattern FORM = Pattern.compile("[0-9]{8}T[0-9]{6}\\+0[0-9]{3}");

    private AxisTime() {}

    public static String write(Instant at) {
        LocalDateTime local = LocalDateTime.ofInstant(at, CITY);
        return SECONDS.format(local) + String.format("+%04d", local.getNano() / 1_000_000);
    }

    /** The instant that is written so; empty when nothing is. */
    public static Optional<Instant> read(String written) {
        if (!FORM.matcher(written).matches()) {
            return Optional.empty();
        }
        try {
            return Optional.of(LocalDateTime.parse(written.substring(0, written.length() - 5), SECONDS)
                    .plusNanos(Long.parseLong(written.substring(written.length() - 4)) * 1_000_000)
                    .atZone(CITY)
                    .toInstant());
        } catch (DateTimeParseException noTime) {
            return Optional.empty();
        }
    }

    /** Whether what is written so is at most {@code tolerance} away from now; a tolerance of zero asks for a time only, not for which. */
    public static boolean isNear(String written, Instant now, Duration tolerance) {
        return read(written)
                .filter(at ->
                        tolerance.isZero() || Duration.between(at, now).abs().compareTo(tolerance) <= 0)
                .isPresent();
    }
}
