package vn.lgsp.deliver;

import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.streams.ReadStream;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import vn.lgsp.failure.BusException;
import vn.lgsp.failure.ErrorCode;
import vn.lgsp.message.Discardable;
import vn.lgsp.message.Gzip;

/**
 * The body of a provider's answer as a paused stream. Leaves the bulkhead once, when it has ended, failed or been discarded; a
 * connection that breaks becomes {@code provider-unreachable}, a silence longer than the idle time-out {@code
 * provider-timeout}. Belongs to one event loop.
 */
final class ProviderAnswer implements ReadStream<Buffer>, Discardable {
    private final Vertx vertx;
    private final HttpClientResponse response;
    private final String system;
    private final long idleNanos;
    private final Upload upload;
    private final Consumer<Optional<BusException>> ended;
    private boolean over;
    private boolean paused = true;
    private long heardAt = System.nanoTime();
    private long timer;
    private @Nullable Handler<Throwable> failureHandler;
    private @Nullable Handler<Void> endHandler;
    private @Nullable Throwable failure;
    private Optional<Tokens.Held> session = Optional.empty();

    /**
     * @param upload of the request's body, which may still be going on
     * @param ended hears once of the end: of what failed, or of nothing
     */
    ProviderAnswer(
            Vertx vertx,
            HttpClientResponse response,
            String system,
            Duration idleTimeout,
            Upload upload,
            Consumer<Optional<BusException>> ended) {
        this.vertx = vertx;
        this.response = response.pause();
        this.system = system;
        this.idleNanos = idleTimeout.toNanos();
        this.upload = upload;
        this.ended = ended;
        listenFor(idleNanos);
        response.exceptionHandler(this::fail);
        response.endHandler(end -> {
            if (finish(Optional.empty()) && endHandler != null) {
                endHandler.handle(null);
            }
        });
    }

    /** In which session the system was asked. */
    void inSession(Tokens.Held held) {
        session = Optional.of(held);
    }

    Optional<Tokens.Held> session() {
        return session;
    }

    HttpClientResponse head() {
        return response;
    }

    private void listenFor(long nanos) {
        timer = vertx.setTimer(Math.max(1, TimeUnit.NANOSECONDS.toMillis(nanos)), ring -> {
            if (paused) {
                heardAt = System.nanoTime(); // it is we who do not listen
            }
            long silent = System.nanoTime() - heardAt;
            if (silent < idleNanos) {
                listenFor(idleNanos - silent);
            } else {
                abandon(new BusException(ErrorCode.PROVIDER_TIMEOUT, system + " stopped in the middle of its answer"));
            }
        });
    }

    private boolean finish(Optional<BusException> why) {
        if (over) {
            return false;
        }
        over = true;
        vertx.cancelTimer(timer);
        ended.accept(why);
        return true;
    }

    private void fail(Throwable broken) {
        BusException why = OutboundClient.failure(system, broken);
        if (finish(Optional.of(why))) {
            failure = why;
            if (failureHandler != null) {
                failureHandler.handle(failure);
            }
        }
    }

    /** Gives the answer up; whoever reads it fails with {@code why}. */
    void abandon(BusException why) {
        if (!over) {
            fail(why);
            drop();
        }
    }

    /**
     * Reads the whole body, up to {@code limit} bytes, and unfolds it where it came under gzip; fails with {@code provider-invalid}
     * when there is more of either, or under another coding.
     */
    Future<Buffer> read(long limit) {
        if (!isCoded()) {
            return readAsIs(limit);
        }
        String coding = response.getHeader("content-encoding");
        if (!coding.strip().equalsIgnoreCase("gzip") && !coding.strip().equalsIgnoreCase("x-gzip")) {
            discard();
            return Future.failedFuture(new BusException(
                    ErrorCode.PROVIDER_INVALID, system + " answered under a Content-Encoding other than gzip"));
        }
        return readAsIs(limit)
                .compose(packed -> packed.length() == 0
                        ? Future.succeededFuture(packed) // a 204, or the answer to a HEAD
                        : vertx.executeBlocking(() -> unfold(packed.getBytes(), limit), false));
    }

    private Buffer unfold(byte[] packed, long limit) {
        try {
            return Buffer.buffer(Gzip.inflate(packed, limit).orElseThrow(() -> tooLarge(limit)));
        } catch (IOException broken) {
            // without the cause: its text may hold what was sent
            throw new BusException(
                    ErrorCode.PROVIDER_INVALID, "the answer of " + system + " is not gzip, or is cut off");
        }
    }

    /** Whether the content came under a coding, and has to be unfolded. */
    boolean isCoded() {
        String coding = response.getHeader("content-encoding");
        return coding != null && !coding.isBlank() && !coding.strip().equalsIgnoreCase("identity");
    }

    BusException tooLarge(long limit) {
        return new BusException(
                ErrorCode.PROVIDER_INVALID,
                "the answer of " + system + " is larger than the " + limit + " bytes that a mapping may read");
    }

    private Future<Buffer> readAsIs(long limit) {
        Promise<Buffer> whole = Promise.promise();
        Buffer read = Buffer.buffer();
        exceptionHandler(whole::tryFail);
        endHandler(end -> whole.tryComplete(read));
        handler(next -> {
            if (read.length() + next.length() > limit) {
                discard();
                whole.tryFail(tooLarge(limit));
            } else {
                read.appendBuffer(next);
            }
        });
        resume();
        return whole.future();
    }

    /** Gives up what is left of the answer and of the request; an answer that was read whole stays read. */
    @Override
    public void discard() {
        if (finish(Optional.empty())) {
            drop();
        } else {
            upload.stop();
        }
    }

    private void drop() {
        upload.stop();
        Unread.drop(vertx, response);
    }

    @Override
    public ProviderAnswer handler(@Nullable Handler<Buffer> next) {
        response.handler(
                next == null
                        ? null
                        : buffer -> {
                            heardAt = System.nanoTime();
                            next.handle(buffer);
                        });
        return this;
    }

    @Override
    public ProviderAnswer endHandler(@Nullable Handler<Void> next) {
        endHandler = next;
        return this;
    }

    @Override
    public ProviderAnswer exceptionHandler(@Nullable Handler<Throwable> next) {
        failureHandler = next;
        if (failure != null && next != null) {
            next.handle(failure);
        }
        return this;
    }

    @Override
    public ProviderAnswer pause() {
        paused = true;
        response.pause();
        return this;
    }

    @Override
    public ProviderAnswer resume() {
        return fetch(Long.MAX_VALUE);
    }

    @Override
    public ProviderAnswer fetch(long amount) {
        if (paused) {
            paused = false;
            heardAt = System.nanoTime();
        }
        response.fetch(amount);
        return this;
    }
}
