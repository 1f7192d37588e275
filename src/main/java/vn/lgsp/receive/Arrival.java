package vn.lgsp.receive;

import java.util.Optional;
import vn.lgsp.message.Inbound;
import vn.lgsp.message.Passage;

/**
 * A request or a message that has arrived: its head is here, its body waits unread.
 *
 * @param body nothing of a request's is read before the caller is known
 * @param contentType of the body, as the request says it
 */
public record Arrival(Passage passage, Inbound head, Incoming body, Optional<String> contentType) {}
