package vn.lgsp.deliver;

import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import vn.lgsp.axis.HeaderSignature;
import vn.lgsp.message.Inbound;
import vn.lgsp.message.Passage;

/** Which headers travel to a provider. Only these: what a route or a caller sets beside them stays here. */
final class CallHeaders {
    /** Of one hop only (RFC 9110 section 7.6.1), credentials of the caller, or set by the bus itself. */
    private static final Set<String> NOT_PASSED = Set.of(
            "apikey",
            "authhash",
            "authorization",
            "connection",
            "cookie",
            "expect",
            "forwarded",
            "host",
            "keep-alive",
            "lgspaccesstoken",
            "proxy-authorization",
            "proxy-connection",
            "te",
            "timestamp",
            "trailer",
            "transfer-encoding",
            "upgrade",
            "via",
            "x-api-key",
            "x-authentication-token",
            "x-request-id");

    private static final String SIGNED = HeaderSignature.PREFIX.toLowerCase(Locale.ROOT);

    private CallHeaders() {}

    /** For content that passes through: the caller's end-to-end headers. */
    static Map<String, String> passing(Inbound request, Passage passage) {
        Map<String, String> headers = new LinkedHashMap<>();
        Set<String> ofThisHop = new HashSet<>();
        for (Map.Entry<String, String> header : request.headers()) {
            if (header.getKey().equalsIgnoreCase("connection")) {
                for (String named : header.getValue().split(",", -1)) {
                    ofThisHop.add(named.strip().toLowerCase(Locale.ROOT));
                }
            }
        }
        for (Map.Entry<String, String> header : request.headers()) {
            String name = header.getKey().toLowerCase(Locale.ROOT);
            if (passage.form().equals("AXIS SDK") && name.startsWith(SIGNED)) {
                continue; // who has the signature of the caller could use it again as long as its time lasts
            }
            if (!ofThisHop.contains(name)
                    && !NOT_PASSED.contains(name)
                    && !name.startsWith("x-forwarded-")
                    && !name.startsWith("x-lgsp-")) {
                headers.merge(name, header.getValue(), (first, next) -> first + ", " + next);
            }
        }
        return correlate(headers, passage);
    }

    /** For mapped content: the trace, and what the connector itself sets. */
    static Map<String, String> mapped(Inbound request, Passage passage) {
        Map<String, String> headers = new LinkedHashMap<>();
        for (Map.Entry<String, String> header : request.headers()) {
            String name = header.getKey().toLowerCase(Locale.ROOT);
            if (name.equals("traceparent") || name.equals("tracestate")) {
                headers.put(name, header.getValue());
            }
        }
        return correlate(headers, passage);
    }

    /** Exchange, correlation and the codes of the party that asks, so that the provider's own log can be compared (LOG-04, ORG-02). */
    private static Map<String, String> correlate(Map<String, String> headers, Passage passage) {
        headers.put("x-request-id", passage.correlation());
        headers.put("x-lgsp-exchange", passage.id().toString());
        // The same through every attempt, so that the destination can tell what it has seen (DLV-05).
        passage.delivery().ifPresent(delivery -> {
            headers.put("idempotency-key", delivery.toString());
            headers.put("x-lgsp-delivery", delivery.toString());
        });
        passage.caller().ifPresent(caller -> {
            headers.put("x-lgsp-consumer-agency", caller.agency().value());
            headers.put("x-lgsp-consumer-system", caller.system().value());
            caller.onBehalfOf().ifPresent(party -> headers.put("x-lgsp-on-behalf-of", party.value()));
        });
        return headers;
    }
}
