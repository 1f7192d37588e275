package vn.lgsp.axis;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The parameters of a call by the SDK of the document axis: its {@code XroadVnpt-…} headers, whose names have no case. */
public final class AxisHeaders {
    static final String PREFIX = HeaderSignature.PREFIX.toLowerCase(Locale.ROOT);

    private final Map<String, String> parameters;

    private AxisHeaders(Map<String, String> parameters) {
        this.parameters = parameters;
    }

    /** A header that came twice counts as not there: two readers may take two values. */
    public static AxisHeaders of(Iterable<Map.Entry<String, String>> headers) {
        Map<String, String> found = new HashMap<>();
        Set<String> twice = new HashSet<>();
        for (Map.Entry<String, String> header : headers) {
            String name = header.getKey().toLowerCase(Locale.ROOT);
            if (name.startsWith(PREFIX) && found.put(name.substring(PREFIX.length()), header.getValue()) != null) {
                twice.add(name.substring(PREFIX.length()));
            }
        }
        twice.forEach(found::remove);
        return new AxisHeaders(Map.copyOf(found));
    }

    /** Whether the call claims to be signed. */
    public boolean areSigned() {
        return parameters.containsKey("hash-header") || parameters.containsKey("sign-header");
    }

    /** @param name without prefix, in any case */
    public Optional<String> parameter(String name) {
        return Optional.ofNullable(parameters.get(name.toLowerCase(Locale.ROOT)));
    }

    Optional<String> signature(String name) {
        return Optional.ofNullable(parameters.get(name));
    }

    Set<String> names() {
        return parameters.keySet();
    }
}
