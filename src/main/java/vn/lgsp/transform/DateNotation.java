package vn.lgsp.transform;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.format.ResolverStyle;
import java.time.temporal.ChronoField;
import java.time.temporal.TemporalAccessor;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import vn.lgsp.failure.Invalid;
import vn.lgsp.failure.Rule;
import vn.lgsp.source.Section;

/**
 * How a partner writes one kind of date, and the same in the notation of the bus, ISO 8601. Nothing is invented and nothing dropped: a
 * year stays a year, a day without a time never meets a time zone, and a text that is no date on the calendar fits no notation.
 *
 * <p>A partner's time without a zone is that of Vietnam.
 */
final class DateNotation {
    /** Where partners live who name no time zone. */
    static final ZoneId ZONE = ZoneId.of("Asia/Ho_Chi_Minh");

    private static final Pattern LITERALS = Pattern.compile("'[^']*'");
    /** Each part once, and between them what people write between them. */
    private static final Pattern PARTS = Pattern.compile("(?!.*(y|M|d|H|m|s|S|X)(?!\\1).+\\1)"
            + "(yyyy(?!y)|MM?(?!M)|dd?(?!d)|HH?(?!H)|mm(?!m)|ss(?!s)|S{1,9}(?!S)|XXX(?!X)|[ /.:,+_-])+");

    /** As the axis' SDK writes it: not four digits of a fraction, but milliseconds with a zero before them (wire-formats 3.2). */
    private static final String PADDED_MILLIS = "SSSS";

    private static final Pattern WITH_PADDED_MILLIS = Pattern.compile("((?:[^'S]|'[^']*')*)SSSS([^S]*)");

    private static final Pattern EPOCH = Pattern.compile("0|-?[1-9][0-9]{0,14}");

    private final String written;
    private final Optional<Integer> epoch;
    private final boolean zoned;
    private final String precision;
    private final DateTimeFormatter partners;
    private final DateTimeFormatter iso;

    /** @throws Invalid when {@code written} is no notation that can be read both ways */
    DateNotation(String written) {
        this.written = written;
        epoch = written.equals("epoch-millis")
                ? Optional.of(3)
                : written.equals("epoch-seconds") ? Optional.of(0) : Optional.empty();
        String pattern =
                epoch.isPresent() ? "yyyy-MM-dd HH:mm:ss" + ".SSS".substring(0, epoch.get() == 0 ? 0 : 4) : written;
        String bare = LITERALS.matcher(pattern).replaceAll("");
        precision = (bare.contains("y") ? "y" : "")
                + (bare.contains("M") ? "M" : "")
                + (bare.contains("d") ? "d" : "")
                + (bare.contains("H") && bare.contains("mm") ? "H" : "");
        boolean known = precision.matches("y|yM|yMd|yMdH|H");
        // a time is in minutes at least, and finer parts come with the coarser ones
        boolean whole = bare.contains("H") == bare.contains("mm")
                && (!bare.contains("ss") || bare.contains("H"))
                && (!bare.contains("S") || bare.contains("ss"))
                && (!bare.contains("X") || precision.equals("yMdH"));
        zoned = bare.contains("X");
        if (!PARTS.matcher(bare).matches() || !known || !whole) {
            throw new Invalid(Rule.VALUE_NOTATION, Section.brief(written));
        }
        partners = strict(pattern.replace('y', 'u'));
        long signs = bare.chars().filter(letter -> letter == 'S').count();
        long digits = signs == PADDED_MILLIS.length() ? 3 : signs;
        String time = "HH:mm" + (bare.contains("ss") ? ":ss" : "") + (digits > 0 ? "." + "S".repeat((int) digits) : "");
        iso = strict(
                switch (precision) {
                    case "y" -> "uuuu";
                    case "yM" -> "uuuu-MM";
                    case "yMd" -> "uuuu-MM-dd";
                    case "H" -> time;
                    default -> "uuuu-MM-dd'T'" + time + "XXX";
                });
    }

    private static DateTimeFormatter strict(String pattern) {
        try {
            Matcher padded = WITH_PADDED_MILLIS.matcher(pattern);
            DateTimeFormatterBuilder builder = new DateTimeFormatterBuilder();
            if (padded.matches()) {
                builder.appendPattern(padded.group(1))
                        .appendValue(ChronoField.MILLI_OF_SECOND, PADDED_MILLIS.length())
                        .appendPattern(padded.group(2));
            } else {
                builder.appendPattern(pattern);
            }
            return builder.toFormatter(Locale.ROOT).withResolverStyle(ResolverStyle.STRICT);
        } catch (IllegalArgumentException wrong) {
            throw new Invalid(Rule.VALUE_NOTATION, Section.brief(pattern.replace('u', 'y')));
        }
    }

    /** In ISO 8601; empty when {@code text} is no date in this notation. */
    Optional<String> in(String text) {
        try {
            if (epoch.isPresent()) {
                return EPOCH.matcher(text).matches()
                        ? Optional.of(iso.format(instant(text).atZone(ZONE)))
                        : Optional.empty();
            }
            TemporalAccessor read = partners.parse(text);
            if (!partners.format(read).equals(text)) {
                return Optional.empty();
            }
            return Optional.of(iso.format(precision.equals("yMdH") ? moment(read) : read));
        } catch (DateTimeException | ArithmeticException none) {
            return Optional.empty();
        }
    }

    /** In this notation; empty when {@code text} is no date in ISO 8601 that it can say wholly, and no more. */
    Optional<String> out(String text) {
        try {
            if (precision.equals("yMdH")) {
                ZonedDateTime moment = isoMoment(text);
                String said = epoch.isPresent()
                        ? Long.toString(
                                epoch.get() == 0
                                        ? moment.toEpochSecond()
                                        : moment.toInstant().toEpochMilli())
                        : partners.format(zoned ? moment : moment.withZoneSameInstant(ZONE));
                return in(said).filter(back -> isoMoment(back).toInstant().equals(moment.toInstant()))
                        .map(same -> said);
            }
            if (precision.equals("H")) {
                LocalTime time = LocalTime.parse(text);
                String said = partners.format(time);
                return in(said).filter(back -> LocalTime.parse(back).equals(time))
                        .map(same -> said);
            }
            TemporalAccessor read = iso.parse(text);
            return iso.format(read).equals(text) ? Optional.of(partners.format(read)) : Optional.empty();
        } catch (DateTimeException | ArithmeticException none) {
            return Optional.empty();
        }
    }

    private Instant instant(String text) {
        long number = Long.parseLong(text);
        return epoch.filter(digits -> digits == 0).isPresent()
                ? Instant.ofEpochSecond(number)
                : Instant.ofEpochMilli(number);
    }

    /** Without a zone it is the time of Vietnam. */
    private static ZonedDateTime isoMoment(String text) {
        try {
            return OffsetDateTime.parse(text).toZonedDateTime();
        } catch (DateTimeException without) {
            return local(LocalDateTime.parse(text));
        }
    }

    private ZonedDateTime moment(TemporalAccessor read) {
        return zoned ? OffsetDateTime.from(read).toZonedDateTime() : local(LocalDateTime.from(read));
    }

    private static ZonedDateTime local(LocalDateTime time) {
        ZonedDateTime moment = ZonedDateTime.of(time, ZONE);
        if (!moment.toLocalDateTime().equals(time)) {
            throw new DateTimeException("the clocks skipped it");
        }
        return moment;
    }

    @Override
    public String toString() {
        return written;
    }
}
