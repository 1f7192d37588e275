package vn.lgsp.receive;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.streams.ReadStream;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import vn.lgsp.failure.BusException;
import vn.lgsp.failure.ErrorCode;
import vn.lgsp.message.Measured;
import vn.lgsp.message.Meter;

/** Takes a stream whole: into memory up to the limit, and into an encrypted spool above it. Belongs to one event loop. */
final class Holder {

    /**
     * A body that is here.
     *
     * @param memory the body, when it fitted
     * @param spooled the body as a paused stream, when it did not
     */
    record Held(Buffer memory, Optional<ReadStream<Buffer>> spooled, Measured measured) {}

    private final Vertx vertx;
    private final ReceiveSettings settings;
    private final Meter meter;
    private final long limit;
    private final Promise<Held> whole = Promise.promise();
    private final Buffer memory = Buffer.buffer();
    private @Nullable Spool spool;

    Holder(Vertx vertx, ReceiveSettings settings, Meter meter, long limit) {
        this.vertx = vertx;
        this.settings = settings;
        this.meter = meter;
        this.limit = limit;
    }

    static BusException tooLarge(long limit) {
        return new BusException(
                ErrorCode.PROVIDER_INVALID,
                "the answer is larger than the " + limit + " bytes that the service allows");
    }

    Future<Held> hold(ReadStream<Buffer> stream) {
        stream.exceptionHandler(this::fail);
        stream.handler(next -> take(stream, next));
        stream.endHandler(end -> finish());
        stream.resume();
        return whole.future();
    }

    private void take(ReadStream<Buffer> stream, Buffer next) {
        if (whole.future().isComplete()) {
            return;
        }
        meter.add(next.getByteBuf().nioBuffer());
        if (meter.bytes() > limit) {
            stream.pause();
            fail(tooLarge(limit));
            return;
        }
        if (spool == null && memory.length() + next.length() <= settings.memoryLimit()) {
            memory.appendBuffer(next);
            return;
        }
        stream.pause();
        Future<Void> written;
        if (spool == null) {
            written = Spool.open(vertx, settings.spoolFolder()).compose(opened -> {
                if (whole.future().isComplete()) {
                    opened.erase();
                    return Future.failedFuture("nobody waits for this answer any more");
                }
                spool = opened;
                return opened.write(memory).compose(done -> opened.write(next));
            });
        } else {
            written = spool.write(next);
        }
        written.onSuccess(done -> stream.resume()).onFailure(broken -> {
            fail(new BusException(ErrorCode.BUS_BUSY, "the bus has no room to hold this answer", broken));
        });
    }

    private void finish() {
        Measured measured = meter.done();
        if (spool == null) {
            whole.tryComplete(new Held(memory, Optional.empty(), measured));
        } else {
            Spool full = spool;
            full.finish()
                    .onSuccess(stream -> whole.tryComplete(new Held(Buffer.buffer(), Optional.of(stream), measured)))
                    .onFailure(this::fail);
        }
    }

    private void fail(Throwable why) {
        if (whole.tryFail(why) && spool != null) {
            spool.erase();
        }
    }
}
