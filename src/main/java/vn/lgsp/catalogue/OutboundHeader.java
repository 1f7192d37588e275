package vn.lgsp.catalogue;

import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import vn.lgsp.failure.Invalid;
import vn.lgsp.failure.Rule;
import vn.lgsp.source.Section;

/**
 * A header that every call to a system carries, such as {@code X-Road-Client} or {@code ApiKey} (wire-formats 6.4).
 *
 * @param name in lower case
 * @param value of printable ASCII
 * @param secret whether the value is one
 */
public record OutboundHeader(String name, String value, boolean secret) {
    private static final Pattern NAME = Pattern.compile("[A-Za-z][A-Za-z0-9_-]{0,63}");
    private static final Pattern TEXT = Pattern.compile("[\\x20-\\x7E]{1,4096}");

    /** What the bus, its HTTP client or the exchange itself says. */
    private static final Set<String> TAKEN = Set.of(
            "accept",
            "accept-encoding",
            "authorization",
            "connection",
            "content-encoding",
            "content-length",
            "content-type",
            "cookie",
            "expect",
            "host",
            "idempotency-key",
            "keep-alive",
            "lgspaccesstoken",
            "proxy-authorization",
            "range",
            "soapaction",
            "te",
            "timestamp",
            "traceparent",
            "tracestate",
            "trailer",
            "transfer-encoding",
            "upgrade",
            "via",
            "x-request-id");

    static String name(String text) {
        String name = text.toLowerCase(Locale.ROOT);
        if (!NAME.matcher(text).matches() || TAKEN.contains(name) || name.startsWith("x-lgsp-")) {
            throw new Invalid(Rule.VALUE_HEADER_SENT, Section.brief(text));
        }
        return name;
    }

    static String text(String text) {
        if (!TEXT.matcher(text).matches()) {
            throw new Invalid(Rule.VALUE_HEADER_TEXT);
        }
        return text;
    }

    @Override
    public String toString() {
        return name + ": " + (secret ? "***" : value);
    }
}
