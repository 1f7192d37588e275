package vn.lgsp.hold;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.streams.ReadStream;
import java.util.function.Supplier;
import vn.lgsp.failure.BusException;
import vn.lgsp.failure.Thrown;

/** Takes a stream of an event loop whole, into what may block. Belongs to that event loop; what blocks is done elsewhere. */
public final class HeldStream<T> {
    /** So much is gathered before a change of thread, which costs more than the disk. */
    private static final int GATHERED = 128 << 10;

    private final Vertx vertx;
    private final Sink<T> sink;
    private final ReadStream<Buffer> stream;
    private final long limit;
    private final Supplier<BusException> tooLarge;
    private final Promise<T> whole = Promise.promise();
    private Buffer gathered = Buffer.buffer();
    private long bytes;
    private boolean writing;
    private boolean ended;

    /** Takes what a stream brings, by one thread at a time. */
    public interface Sink<T> {
        /** The next piece; what it throws is the failure of the whole. */
        void write(byte[] piece, int offset, int count);

        /** Nothing more comes. */
        T done();

        /** Nobody wants it any more. */
        void discard();
    }

    private HeldStream(
            Vertx vertx, Sink<T> sink, ReadStream<Buffer> stream, long limit, Supplier<BusException> tooLarge) {
        this.vertx = vertx;
        this.sink = sink;
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
    public static <T> Future<T> take(
            Vertx vertx, Sink<T> sink, ReadStream<Buffer> stream, long limit, Supplier<BusException> tooLarge) {
        HeldStream<T> held = new HeldStream<>(vertx, sink, stream, limit, tooLarge);
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
                            sink.write(piece, 0, piece.length);
                            return true;
                        },
                        false)
                .onComplete(written -> {
                    writing = false;
                    if (whole.future().isComplete()) {
                        sink.discard();
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
        vertx.executeBlocking(sink::done, false).onComplete(done -> {
            if (done.failed()) {
                fail(done.cause());
            } else if (!whole.tryComplete(done.result())) {
                sink.discard();
            }
        });
    }

    private void fail(Throwable why) {
        if (whole.tryFail(why)) {
            if (!writing) {
                sink.discard();
            }
            stream.pause();
        }
    }
}
