package vn.lgsp.receive;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.streams.ReadStream;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import vn.lgsp.failure.BusException;
import vn.lgsp.failure.ErrorCode;
import vn.lgsp.failure.Thrown;

/** Takes a stream whole: into memory up to the limit, and into an encrypted spool above it. Belongs to one event loop. */
final class Holder {

    /**
     * A body that is here.
     *
     * @param memory the body, when it fitted
     * @param spooled the body as a paused stream, when it did not
     * @param bytes how long it is
     */
    record Held(Buffer memory, Optional<ReadStream<Buffer>> spooled, long bytes) {}

    private final Vertx vertx;
    private final ReceiveSettings settings;
    private final Consumer<Buffer> each;
    private final long limit;
    private final Promise<Held> whole = Promise.promise();
    private final Buffer memory = Buffer.buffer();
    private @Nullable Spool spool;
    private long bytes;

    /**
     * @param each takes every piece as it comes; what it throws is the failure of the whole
     * @param limit of an answer; that of a request is its stream's own business
     */
    Holder(Vertx vertx, ReceiveSettings settings, Consumer<Buffer> each, long limit) {
        this.vertx = vertx;
        this.settings = settings;
        this.each = each;
        this.limit = limit;
    }

    static BusException tooLarge(long limit) {
        return new BusException(
                ErrorCode.PROVIDER_INVALID,
                "the answer is larger than the " + limit + " bytes that the service allows");
    }

    Future<Held> hold(ReadStream<Buffer> stream) {
        stream.exceptionHandler(this::fail);
        stream.handler(next -> Thrown.by(() -> take(stream, next)).ifPresent(broken -> {
            stream.pause();
            fail(broken);
        }));
        stream.endHandler(end -> Thrown.by(this::finish).ifPresent(this::fail));
        stream.resume();
        return whole.future();
    }

    private void take(ReadStream<Buffer> stream, Buffer next) {
        if (whole.future().isComplete()) {
            return;
        }
        bytes += next.length();
        if (bytes > limit) {
            throw tooLarge(limit);
        }
        each.accept(next);
        if (spool == null && memory.length() + next.length() <= settings.memoryLimit()) {
            memory.appendBuffer(next);
            return;
        }
        Future<Void> written = spool == null ? spill(next) : spool.write(next);
        if (!written.succeeded()) {
            stream.pause();
            written.onSuccess(done -> stream.resume())
                    .onFailure(broken -> fail(
                            new BusException(ErrorCode.BUS_BUSY, "the bus has no room to hold this content", broken)));
        }
    }

    /** What fitted so far, and this, go to disk. */
    private Future<Void> spill(Buffer next) {
        return Spool.open(vertx, settings.spoolFolder()).compose(opened -> {
            if (whole.future().isComplete()) {
                opened.erase();
                return Future.failedFuture("nobody waits for this content any more");
            }
            spool = opened;
            return opened.write(memory).compose(done -> opened.write(next));
        });
    }

    private void finish() {
        if (spool == null) {
            whole.tryComplete(new Held(memory, Optional.empty(), bytes));
        } else {
            Spool full = spool;
            full.finish()
                    .onSuccess(stream -> whole.tryComplete(new Held(Buffer.buffer(), Optional.of(stream), bytes)))
                    .onFailure(this::fail);
        }
    }

    private void fail(Throwable why) {
        if (whole.tryFail(why) && spool != null) {
            spool.erase();
        }
    }
}
