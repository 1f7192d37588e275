package vn.lgsp.receive;

import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;

/** The body that an exchange came with, as the way takes it in. */
sealed interface Incoming permits RequestBody, MessageBody {

    /** Whether there is none. */
    boolean isEmpty();

    /** Whether it streams on where nothing maps or keeps it; otherwise it is always read. */
    boolean streams();

    /**
     * Sets how much may come, and for how long.
     *
     * @throws vn.lgsp.failure.BusException {@code message-too-large} when it is known to be more
     */
    void allow(long bytes, Duration longest);

    /** Reads all of it; fails as the way shall fail. */
    Future<Buffer> read();
}
