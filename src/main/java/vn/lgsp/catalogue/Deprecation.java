package vn.lgsp.catalogue;

import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * That a version of a service is going to end. Days begin and end in Vietnam.
 *
 * @param since the first day on which nobody should begin to use it; callers have been told
 * @param sunset the last day on which it answers, at least {@value #LEAST_NOTICE} days later; empty while that is not decided
 * @param successor the version that takes its place, if one does
 * @see "VER-04, VER-06"
 */
public record Deprecation(LocalDate since, Optional<LocalDate> sunset, Optional<Integer> successor) {
    /** From the notice to the end. */
    public static final int LEAST_NOTICE = 60;

    private static final ZoneId HERE = ZoneId.of("Asia/Ho_Chi_Minh");
    private static final DateTimeFormatter HTTP_DATE =
            DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.ENGLISH);

    /**
     * What the answers of the service say of it: {@code Deprecation} (RFC 9745), {@code Sunset} (RFC 8594) and a {@code Link} to the
     * successor (RFC 5829).
     *
     * @param address of the service without its version, such as {@code /api/land-parcel-lookup/v}
     */
    public Map<String, String> headers(String address) {
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("Deprecation", "@" + since.atStartOfDay(HERE).toEpochSecond());
        sunset.ifPresent(last -> headers.put(
                "Sunset",
                last.plusDays(1)
                        .atStartOfDay(HERE)
                        .minusSeconds(1)
                        .withZoneSameInstant(ZoneOffset.UTC)
                        .format(HTTP_DATE)));
        successor.ifPresent(version -> headers.put("Link", "<" + address + version + ">; rel=\"successor-version\""));
        return headers;
    }
}
