package vn.lgsp.deliver;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.streams.ReadStream;
import java.time.Duration;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import vn.lgsp.hold.ContentStream;
import vn.lgsp.message.Measured;
import vn.lgsp.message.Meter;

/** Sends the body of one call. Belongs to one event loop. */
final class Upload {
    private final Vertx vertx;
    private final HttpClientRequest request;
    private boolean over;
    private @Nullable Buffer last;
    private @Nullable ReadStream<Buffer> source;

    Upload(Vertx vertx, HttpClientRequest request) {
        this.vertx = vertx;
        this.request = request;
    }

    /** Sends a body that is here. */
    void send(Buffer content) {
        over = true;
        request.end(content);
    }

    /**
     * Sends a stream with back-pressure, all but its last piece: until that is sent no provider has the whole, and what proves to
     * be wrong can still be stopped (MSG-01). A receiver that stops reading is given the idle time-out.
     *
     * @return what will have been sent after {@link #end}, or what broke: the stream, or the connection
     */
    Future<Measured> pipe(ReadStream<Buffer> from, Meter meter, Duration idleTimeout) {
        Promise<Measured> piped = Promise.promise();
        source = from;
        request.exceptionHandler(piped::tryFail);
        from.exceptionHandler(piped::tryFail);
        from.endHandler(end -> piped.tryComplete(meter.done()));
        from.handler(next -> {
            if (over) {
                return;
            }
            meter.add(next.getByteBuf().nioBuffer());
            Buffer before = last;
            last = next;
            if (before == null) {
                return;
            }
            request.write(before);
            if (request.writeQueueFull()) {
                from.pause();
                long timer = vertx.setTimer(
                        idleTimeout.toMillis(),
                        late -> piped.tryFail(new TimeoutException("the provider stopped reading")));
                request.drainHandler(drained -> {
                    vertx.cancelTimer(timer);
                    from.resume();
                });
            }
        });
        request.sendHead().onFailure(piped::tryFail);
        from.resume();
        return piped.future();
    }

    /** Sends the last piece: the body is as it should be. */
    void end() {
        over = true;
        if (last == null) {
            request.end();
        } else {
            request.end(last);
        }
    }

    /** Whether nothing more is sent: all of it has gone, or the rest is not needed. */
    boolean isOver() {
        return over;
    }

    /** Nobody needs the rest: a provider that is still reading is cut off, and its connection given up. */
    void stop() {
        if (!over) {
            over = true;
            request.reset();
            if (source instanceof ContentStream held) {
                held.discard();
            }
        }
    }
}
