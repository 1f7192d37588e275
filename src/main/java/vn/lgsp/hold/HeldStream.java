package vn.lgsp.hold;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.streams.ReadStream;
import java.util.function.Supplier;
import vn.lgsp.failure.BusException;
import vn.lgsp.failure.Thrown;
import vn.lgsp.message.Content;

/** Takes a stream of an event loop whole, into a {@link Holding}. Belongs to that event loop; what blocks is done elsewhere. */
public final class HeldStream {
    /** So much is gathered before a change of thread, which costs more than the disk. */
    private static final int GATHERED = 256 << 10;

    private final Vertx vertx;
    private final Holding.Intake intake;
    private final ReadStream<Buffer> stream;
    private final long limit;
    private final Supplier<BusException> tooLarge;
    private final Promise<Content> whole = Promise.promise();
    private Buffer gathered = Buffer.buffer();
    private long bytes;
    private boolean writing;
    private boolean ended;

    private HeldStream(
            Vertx vertx, Holding holding, ReadStream<Buffer> stream, long limit, Supplier<BusException> tooLarge) {
        this.vertx = vertx;
        this.intake = holding.intake();
        this.stream = stream;
        this.limit = limit;
        this.tooLarge = tooLarge;
    }

    /**
     * Reads all of it.
     *
     * @param stream paused
     * @param tooLarge what to fail with above {@code limit} bytes
     */
    public static Future<Content> take(
            Vertx vertx, Holding holding, ReadStream<Buffer> stream, long limit, Supplier<BusException> tooLarge) {
        HeldStream held = new HeldStream(vertx, holding, stream, limit, tooLarge);
        held.begin();
        return held.whole.future();
    }

    private void begin() {
        stream.exceptionHandler(this::fail);
        stream.handler(next -> Thrown.by(() -> take(next)).ifPresent(this::fail));
        stream.endHandler(end -> {
            ended = true;
            if (!writing) {
                write();
            }
        });
        stream.resume();
    }

    private void take(Buffer next) {
        if (whole.future().isComplete()) {
            return;
        }
        bytes += next.length();
        if (bytes > limit) {
            throw tooLarge.get();
        }
        gathered.appendBuffer(next);
        if (gathered.length() >= GATHERED && !writing) {
            stream.pause();
            write();
        }
    }

    /** What is gathered goes to where it is held; what comes meanwhile is gathered anew. */
    private void write() {
        writing = true;
        byte[] piece = gathered.getBytes();
        gathered = Buffer.buffer();
        boolean last = ended;
        vertx.executeBlocking(
                        () -> {
                            intake.write(piece, 0, piece.length);
                            return true;
                        },
                        false)
                .onComplete(written -> {
                    writing = false;
                    if (whole.future().isComplete()) {
                        intake.discard();
                    } else if (written.failed()) {
                        fail(written.cause());
                    } else if (last) {
                        finish();
                    } else if (ended) {
                        write();
                    } else {
                        stream.resume();
                    }
                });
    }

    private void finish() {
        vertx.executeBlocking(intake::done, false).onComplete(done -> {
            if (done.failed()) {
                fail(done.cause());
            } else if (!whole.tryComplete(done.result())) {
                Holding.discard(done.result());
            }
        });
    }

    private void fail(Throwable why) {
        if (whole.tryFail(why)) {
            if (!writing) {
                intake.discard();
            }
            stream.pause();
        }
    }
}
