package vn.lgsp.receive;

import io.vertx.core.Handler;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.streams.ReadStream;
import org.jspecify.annotations.Nullable;
import vn.lgsp.message.Discardable;
import vn.lgsp.message.Meter;
import vn.lgsp.message.Passage;

/** An answer that is measured while it streams to the caller; its measure is on the passage when the last byte has passed. */
final class MeteredStream implements ReadStream<Buffer>, Discardable {
    private final ReadStream<Buffer> source;
    private final Passage passage;
    private final Meter meter;
    private final long limit;
    private @Nullable Handler<Throwable> failureHandler;
    private boolean tooLarge;

    MeteredStream(ReadStream<Buffer> source, Passage passage, long limit) {
        this.source = source;
        this.passage = passage;
        this.meter = passage.meter();
        this.limit = limit;
    }

    @Override
    public MeteredStream handler(@Nullable Handler<Buffer> next) {
        source.handler(
                next == null
                        ? null
                        : buffer -> {
                            meter.add(buffer.getByteBuf().nioBuffer());
                            if (meter.bytes() <= limit) {
                                next.handle(buffer);
                            } else if (!tooLarge && failureHandler != null) {
                                tooLarge = true;
                                failureHandler.handle(Holder.tooLarge(limit));
                            }
                        });
        return this;
    }

    @Override
    public MeteredStream endHandler(@Nullable Handler<Void> next) {
        source.endHandler(end -> {
            passage.answerMeasured(meter.done());
            if (next != null && !tooLarge) {
                next.handle(end);
            }
        });
        return this;
    }

    @Override
    public MeteredStream exceptionHandler(@Nullable Handler<Throwable> next) {
        failureHandler = next;
        source.exceptionHandler(next);
        return this;
    }

    @Override
    public MeteredStream pause() {
        source.pause();
        return this;
    }

    @Override
    public MeteredStream resume() {
        source.resume();
        return this;
    }

    @Override
    public MeteredStream fetch(long amount) {
        source.fetch(amount);
        return this;
    }

    @Override
    public void discard() {
        if (source instanceof Discardable held) {
            held.discard();
        }
    }
}
