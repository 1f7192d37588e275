package vn.lgsp.receive;

import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.streams.ReadStream;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import vn.lgsp.failure.BusException;
import vn.lgsp.failure.ErrorCode;
import vn.lgsp.message.Meter;
import vn.lgsp.message.Passage;
import vn.lgsp.message.Stage;

/**
 * The body of a request as a stream with back-pressure: measured while it passes, bounded in size and time.
 *
 * <p>It belongs to one event loop: call it there only. Nothing is read from the connection before someone asks for it, so a
 * refused caller's body is never taken in. Fails with {@code message-too-large}, {@code request-timeout} or {@code caller-gone}.
 */
public final class RequestBody implements Incoming, ReadStream<Buffer> {
    private final Vertx vertx;
    private final HttpServerRequest request;
    private final Passage passage;
    private final Meter meter;
    private final boolean empty;

    private long limit = Long.MAX_VALUE;
    private Duration time = Duration.ofSeconds(30);
    private long usedNanos;
    private long clockStart;
    private long timer = -1;
    private boolean started;
    private boolean ended;
    private boolean broken;
    private @Nullable Handler<Buffer> handler;
    private @Nullable Handler<Void> endHandler;
    private @Nullable Handler<Throwable> failureHandler;

    RequestBody(Vertx vertx, HttpServerRequest request, Passage passage) {
        this.vertx = vertx;
        this.request = request;
        this.passage = passage;
        this.meter = passage.meter();
        this.empty = declaredLength().map(length -> length == 0).orElse(!isChunked());
        if (empty) {
            ended = true;
            passage.requestMeasured(meter.done());
        }
    }

    private boolean isChunked() {
        return request.getHeader("Transfer-Encoding") != null
                || request.version() == io.vertx.core.http.HttpVersion.HTTP_2;
    }

    @Override
    public boolean isEmpty() {
        return empty;
    }

    @Override
    public boolean streams() {
        return true;
    }

    /** The length that the request declares. */
    public Optional<Long> declaredLength() {
        String declared = request.getHeader("Content-Length");
        try {
            return declared == null ? Optional.empty() : Optional.of(Long.parseLong(declared));
        } catch (NumberFormatException notANumber) {
            return Optional.empty();
        }
    }

    /** Whether the whole body has been read. */
    boolean isRead() {
        return ended;
    }

    @Override
    public void allow(long bytes, Duration longest) {
        limit = bytes;
        time = longest;
        if (declaredLength().map(length -> length > bytes).orElse(false)) {
            throw tooLarge();
        }
    }

    private BusException tooLarge() {
        return new BusException(
                ErrorCode.MESSAGE_TOO_LARGE,
                "the request body is larger than the " + limit + " bytes that are allowed here");
    }

    /** Reads the whole body into memory; the caller has set a limit that fits. */
    @Override
    public Future<Buffer> read() {
        Promise<Buffer> whole = Promise.promise();
        Buffer read = Buffer.buffer();
        exceptionHandler(whole::tryFail);
        endHandler(end -> whole.tryComplete(read));
        handler(read::appendBuffer);
        resume();
        return whole.future();
    }

    @Override
    public RequestBody handler(@Nullable Handler<Buffer> next) {
        handler = next;
        return this;
    }

    @Override
    public RequestBody endHandler(@Nullable Handler<Void> next) {
        endHandler = next;
        return this;
    }

    @Override
    public RequestBody exceptionHandler(@Nullable Handler<Throwable> next) {
        failureHandler = next;
        return this;
    }

    @Override
    public RequestBody pause() {
        if (!ended) {
            request.pause();
            stopClock();
        }
        return this;
    }

    @Override
    public RequestBody resume() {
        return fetch(Long.MAX_VALUE);
    }

    @Override
    public RequestBody fetch(long amount) {
        if (empty) {
            if (!started) {
                started = true;
                deliverEnd();
            }
            return this;
        }
        if (!started) {
            start();
        }
        if (!ended) {
            startClock();
            request.fetch(amount);
        }
        return this;
    }

    /** The caller's time runs while we listen, not while the provider makes everybody wait. */
    private void startClock() {
        if (timer < 0) {
            clockStart = System.nanoTime();
            timer = vertx.setTimer(
                    Math.max(1, time.minusNanos(usedNanos).toMillis()),
                    late -> fail(new BusException(
                            ErrorCode.REQUEST_TIMEOUT,
                            "the request body did not arrive within " + time.toSeconds() + " s")));
        }
    }

    private void stopClock() {
        if (timer >= 0) {
            vertx.cancelTimer(timer);
            timer = -1;
            usedNanos += System.nanoTime() - clockStart;
        }
    }

    private void start() {
        started = true;
        request.exceptionHandler(broken -> {
            passage.callerGone();
            fail(new BusException(
                    ErrorCode.CALLER_GONE, "the connection broke before the whole request had come", broken));
        });
        request.handler(this::take);
        request.endHandler(end -> {
            if (!ended) {
                ended = true;
                stopClock();
                passage.requestMeasured(meter.done());
                deliverEnd();
            }
        });
        if ("100-continue".equalsIgnoreCase(request.getHeader("Expect"))) {
            request.response().writeContinue();
        }
    }

    private void take(Buffer next) {
        if (ended) {
            return;
        }
        if (meter.bytes() + next.length() > limit) {
            fail(tooLarge());
            return;
        }
        meter.add(next.getByteBuf().nioBuffer());
        if (handler != null) {
            handler.handle(next);
        }
    }

    private void deliverEnd() {
        if (endHandler != null) {
            endHandler.handle(null);
        }
    }

    private void fail(BusException why) {
        if (ended) {
            return;
        }
        abandon();
        passage.enter(Stage.RECEIVE); // whoever asked for the body, it failed here
        stopClock();
        if (failureHandler != null) {
            failureHandler.handle(why);
        }
    }

    /** Nobody will read it, and what the connection still holds of it cannot be told from another request. */
    void abandon() {
        ended = true;
        broken = true;
        request.pause();
    }

    /** Whether bytes of the body may still be on the connection, so that it cannot carry another request. */
    boolean leavesRest() {
        return !ended || broken;
    }
}
