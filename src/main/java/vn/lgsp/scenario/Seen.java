package vn.lgsp.scenario;

import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What a peer has seen of one call or message.
 *
 * @param request method and path below the address of the system; empty for a message of a queue
 * @param headers or the properties of the message, found by name in whatever case
 */
@SuppressWarnings("ArrayRecordComponent") // nobody compares it
record Seen(Optional<String> request, Map<String, String> headers, byte[] content) {
    Seen {
        Map<String, String> anyCase = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        anyCase.putAll(headers);
        headers = anyCase;
    }
}
