package vn.lgsp.receive;

import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/** Which headers of a provider's answer may reach the caller. */
final class Headers {
    /** Of one hop only (RFC 9110 section 7.6.1), or of the edge itself. */
    private static final Set<String> NOT_PASSED = Set.of(
            "connection",
            "content-length",
            "date",
            "keep-alive",
            "proxy-authenticate",
            "proxy-connection",
            "server",
            "set-cookie",
            "te",
            "trailer",
            "transfer-encoding",
            "upgrade",
            "via",
            "www-authenticate",
            "x-lgsp-exchange",
            "x-lgsp-result",
            "x-powered-by",
            "x-request-id");

    private static final Pattern CONTROL = Pattern.compile("[\\p{Cntrl}&&[^\t]]");

    /** What a mapping's route may set for the answer. */
    private static final Set<String> OF_A_MAPPED_ANSWER = Set.of(
            "cache-control",
            "content-disposition",
            "content-language",
            "content-type",
            "etag",
            "last-modified",
            "location");

    private Headers() {}

    static boolean passes(Map.Entry<String, String> header) {
        return !NOT_PASSED.contains(header.getKey().toLowerCase(Locale.ROOT));
    }

    /** Whether the value stays one line; what a route took out of content may hold anything. */
    static boolean sendable(Map.Entry<String, String> header) {
        return !CONTROL.matcher(header.getValue()).find();
    }

    static boolean mapped(String name) {
        return OF_A_MAPPED_ANSWER.contains(name.toLowerCase(Locale.ROOT));
    }
}
