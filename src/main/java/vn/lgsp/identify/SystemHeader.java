package vn.lgsp.identify;

import java.util.Map;
import java.util.Optional;

/** The header {@code X-SystemId}, by which a caller of the provincial form of the document axis says who it is. */
final class SystemHeader {
    private SystemHeader() {}

    /** What it says; empty where it is not there, or twice. */
    static Optional<String> of(Iterable<Map.Entry<String, String>> headers) {
        Optional<String> found = Optional.empty();
        for (Map.Entry<String, String> header : headers) {
            if (header.getKey().equalsIgnoreCase("X-SystemId")) {
                if (found.isPresent()) {
                    return Optional.empty();
                }
                found = Optional.of(header.getValue());
            }
        }
        return found;
    }
}
