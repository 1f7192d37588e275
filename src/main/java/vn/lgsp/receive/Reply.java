package vn.lgsp.receive;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.streams.ReadStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import vn.lgsp.message.Discardable;

/**
 * An answer that is ready to leave.
 *
 * @param status HTTP status, 200 to 599
 * @param headers to send, in order, beside those that every answer carries
 * @param content the whole body, empty when it streams
 * @param stream the body as a paused stream, when it is not held in memory
 * @param length of the body that streams, or that is left out of an answer to HEAD, where it is known
 */
public record Reply(
        int status,
        List<Map.Entry<String, String>> headers,
        Buffer content,
        Optional<ReadStream<Buffer>> stream,
        Optional<Long> length) {
    /** The exchange property under which the way leaves it for the edge. */
    public static final String PROPERTY = "lgsp.reply";

    /** Nobody will send it: what it holds outside memory is given back. */
    void discard() {
        stream.ifPresent(body -> {
            if (body instanceof Discardable held) {
                held.discard();
            }
        });
    }

    /** The same answer with these headers, in place of others of their names; a {@code Link} is one more, as each says something else. */
    public Reply with(Map<String, String> more) {
        List<Map.Entry<String, String>> all = new ArrayList<>(headers);
        all.removeIf(header -> !header.getKey().equalsIgnoreCase("Link")
                && more.keySet().stream().anyMatch(header.getKey()::equalsIgnoreCase));
        all.addAll(more.entrySet());
        return new Reply(status, all, content, stream, length);
    }

    static Reply held(int status, List<Map.Entry<String, String>> headers, Buffer content) {
        return new Reply(status, headers, content, Optional.empty(), Optional.empty());
    }

    /** The answer to a HEAD request: all but the body. */
    static Reply head(int status, List<Map.Entry<String, String>> headers, Optional<Long> length) {
        return new Reply(status, headers, Buffer.buffer(), Optional.empty(), length);
    }

    static Reply streamed(
            int status, List<Map.Entry<String, String>> headers, ReadStream<Buffer> body, Optional<Long> length) {
        return new Reply(status, headers, Buffer.buffer(), Optional.of(body), length);
    }
}
