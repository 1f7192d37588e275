package vn.lgsp.axis;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
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
            if (name.startsWith(PREFIX)
                    && found.put(name.substring(PREFIX.length()), text(header.getValue())) != null) {
                twice.add(name.substring(PREFIX.length()));
            }
        }
        twice.forEach(found::remove);
        return new AxisHeaders(Map.copyOf(found));
    }

    /** A server reads each byte of a header as a letter, and the SDK signs UTF-8: a path in Vietnamese is one of its parameters. */
    private static String text(String value) {
        if (value.chars().allMatch(letter -> letter < 0x80) || value.chars().anyMatch(letter -> letter > 0xff)) {
            return value;
        }
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(value.getBytes(StandardCharsets.ISO_8859_1)))
                    .toString();
        } catch (CharacterCodingException otherwise) {
            return value;
        }
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
