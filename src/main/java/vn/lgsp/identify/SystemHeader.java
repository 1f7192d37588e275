package vn.lgsp.identify;

import java.util.Map;
import java.util.Optional;

/** The header {@code X-SystemId}, by which a caller of the provincial form of the document axis says who it is. */
final class SystemHeader {
    private SystemHeader() {}

    /** What it says; empty where it is not there. The door refuses it when it is there twice. */
    static Optional<String> of(Iterable<Map.Entry<String, String>> headers) {
        for (Map.Entry<String, String> header : headers) {
            if (header.getKey().equalsIgnoreCase("X-SystemId")) {
                return Optional.of(header.getValue());
            }
        }
        return Optional.empty();
    }
}
