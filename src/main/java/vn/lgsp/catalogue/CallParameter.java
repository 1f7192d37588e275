package vn.lgsp.catalogue;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A header or a query parameter of a call, which a connector fills from a variable of the exchange. Written {@code X-Ho-So} or {@code
 * X-Ho-So:soHoSo}, with commas between several.
 *
 * @param name as the provider sees it
 * @param variable whose value it takes; of a header without one {@link Operation#variable}, of a query parameter the same name, of a
 *     part none
 */
public record CallParameter(String name, String variable) {
    private static final Pattern HEADER =
            Pattern.compile("([A-Za-z][A-Za-z0-9-]{0,63})(?::([A-Za-z][A-Za-z0-9._-]{0,63}))?");
    private static final Pattern QUERY =
            Pattern.compile("([A-Za-z][A-Za-z0-9._\\[\\]-]{0,63})(?::([A-Za-z][A-Za-z0-9._-]{0,63}))?");
    /** What frames the request, says who calls, or is set by the bus itself. */
    private static final Pattern TAKEN = Pattern.compile(
            "content-.*|x-lgsp-.*|x-forwarded-.*|x-api-key|x-request-id|authorization|cookie|connection|host|te|expect|via"
                    + "|transfer-encoding|upgrade|trailer|keep-alive|proxy-.*|forwarded|timestamp|accept-encoding|traceparent"
                    + "|tracestate|range|if-range");

    private static final int MOST = 32;

    /** Whether this can be written as the headers of a call. */
    public static boolean areHeaders(String text) {
        return isOf(text, HEADER)
                && headers(text).stream()
                        .noneMatch(header -> TAKEN.matcher(header.name().toLowerCase(Locale.ROOT))
                                .matches());
    }

    /** Whether this can be written as the query of a call. */
    public static boolean areQuery(String text) {
        return isOf(text, QUERY);
    }

    /** @param text for which {@link #areHeaders} */
    public static List<CallParameter> headers(String text) {
        return read(text, HEADER, Operation::variable);
    }

    /** @param text for which {@link #areQuery} */
    public static List<CallParameter> query(String text) {
        return read(text, QUERY, name -> name);
    }

    /** Whether this can be written as the parts of a form. */
    public static boolean areParts(String text) {
        return isOf(text, QUERY);
    }

    /**
     * The parts of a form; the variable of one that takes the member of its name of the body is empty.
     *
     * @param text for which {@link #areParts}
     */
    public static List<CallParameter> parts(String text) {
        return read(text, QUERY, name -> "");
    }

    private static boolean isOf(String text, Pattern form) {
        if (text.isEmpty()) {
            return true;
        }
        String[] written = text.split(",", -1);
        Set<String> names = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
        for (String each : written) {
            Matcher matcher = form.matcher(each.strip());
            if (!matcher.matches() || !names.add(matcher.group(1))) {
                return false;
            }
        }
        return written.length <= MOST;
    }

    private static List<CallParameter> read(String text, Pattern form, UnaryOperator<String> otherwise) {
        List<CallParameter> found = new ArrayList<>();
        for (String each : text.isEmpty() ? new String[0] : text.split(",", -1)) {
            Matcher matcher = form.matcher(each.strip());
            if (!matcher.matches()) {
                throw new IllegalArgumentException("a parameter of a call is written name or name:variable");
            }
            String name = matcher.group(1);
            String variable = matcher.group(2);
            found.add(new CallParameter(name, variable != null ? variable : otherwise.apply(name)));
        }
        return List.copyOf(found);
    }
}
