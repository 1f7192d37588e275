package vn.lgsp.receive;

import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.util.Optional;
import vn.lgsp.failure.BusException;
import vn.lgsp.failure.ErrorCode;
import vn.lgsp.message.Content;
import vn.lgsp.message.Passage;

/** The content of a message of a queue, or of one that is handed on: it is here whole, or what is wrong with the message is, to be told once the sender is known. */
final class MessageBody implements Incoming {
    private final Content content;
    private final Optional<BusException> wrong;

    private MessageBody(Content content, Optional<BusException> wrong) {
        this.content = content;
        this.wrong = wrong;
    }

    static MessageBody of(byte[] content, Passage passage) {
        return of(Content.of(content), passage);
    }

    /** What this passage carries; it is measured here, which blocks where it is held. */
    static MessageBody of(Content content, Passage passage) {
        passage.requestMeasured(content.measured(passage.meter()));
        return new MessageBody(content, Optional.empty());
    }

    static MessageBody refused(BusException why) {
        return new MessageBody(Content.of(new byte[0]), Optional.of(why));
    }

    /** All of it. */
    Content content() {
        return content;
    }

    @Override
    public boolean isEmpty() {
        return content.length() == 0;
    }

    @Override
    public boolean streams() {
        return false;
    }

    @Override
    public void allow(long bytes, Duration longest) {
        if (wrong.isPresent()) {
            throw wrong.get();
        }
        if (content.length() > bytes) {
            throw new BusException(
                    ErrorCode.MESSAGE_TOO_LARGE,
                    "the message is larger than the " + bytes + " bytes that the service allows");
        }
    }

    @Override
    public Future<Buffer> read() {
        return Future.succeededFuture(Buffer.buffer(content.bytes()));
    }
}
