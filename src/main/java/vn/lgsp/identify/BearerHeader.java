package vn.lgsp.identify;

import java.util.Map;
import java.util.Optional;

/** The header {@code Authorization: Bearer}, in which a caller of the provincial form of the document axis shows the token of its login. */
final class BearerHeader {
    private static final String SCHEME = "Bearer";

    private BearerHeader() {}

    /** The token; empty where none is shown. One that stands there twice is shown, and counts for nothing. */
    static Optional<String> of(Iterable<Map.Entry<String, String>> headers) {
        Optional<String> found = Optional.empty();
        for (Map.Entry<String, String> header : headers) {
            String value = header.getValue().strip();
            if (header.getKey().equalsIgnoreCase("Authorization")
                    && value.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
                found = Optional.of(
                        found.isPresent()
                                ? ""
                                : value.substring(SCHEME.length()).strip());
            }
        }
        return found;
    }
}
