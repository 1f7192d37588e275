package vn.lgsp.hold;

import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.streams.ReadStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import vn.lgsp.failure.Thrown;
import vn.lgsp.message.Content;
import vn.lgsp.message.Discardable;

/**
 * A content as a paused stream of an event loop; its pieces are read elsewhere, each when it is asked for. Closes what it reads when that
 * has ended, failed or been discarded; the content itself stays.
 */
public final class ContentStream implements ReadStream<Buffer>, Discardable {
    private static final int PIECE = 128 << 10;

    private final Vertx vertx;
    private final Content content;
    private @Nullable InputStream from;
    private @Nullable Handler<Buffer> handler;
    private @Nullable Handler<Void> endHandler;
    private @Nullable Handler<Throwable> failureHandler;
    private @Nullable Buffer ready;
    private long demand;
    private boolean busy;
    private boolean atEnd;
    private boolean handing;
    private boolean over;

    public ContentStream(Vertx vertx, Content content) {
        this.vertx = vertx;
        this.content = content;
    }

    @Override
    public ContentStream handler(@Nullable Handler<Buffer> taker) {
        handler = taker;
        return this;
    }

    @Override
    public ContentStream endHandler(@Nullable Handler<Void> taker) {
        endHandler = taker;
        return this;
    }

    @Override
    public ContentStream exceptionHandler(@Nullable Handler<Throwable> taker) {
        failureHandler = taker;
        return this;
    }

    @Override
    public ContentStream pause() {
        demand = 0;
        return this;
    }

    @Override
    public ContentStream resume() {
        return fetch(Long.MAX_VALUE);
    }

    @Override
    public ContentStream fetch(long amount) {
        demand = demand + amount < 0 ? Long.MAX_VALUE : demand + amount;
        handOn();
        return this;
    }

    @Override
    public void discard() {
        if (!over) {
            over = true;
            close();
        }
    }

    /** Goes on until it has to wait: for the disk, or for who reads. */
    private void handOn() {
        if (handing) {
            return;
        }
        handing = true;
        try {
            while (!over && !busy && demand > 0) {
                Buffer piece = ready;
                if (piece != null) {
                    ready = null;
                    if (demand != Long.MAX_VALUE) {
                        demand--;
                    }
                    if (handler != null) {
                        handler.handle(piece);
                    }
                } else if (!atEnd) {
                    read();
                } else {
                    over = true;
                    close();
                    Handler<Void> taker = endHandler;
                    if (taker != null) {
                        Thrown.by(() -> taker.handle(null)).ifPresent(this::tell);
                    }
                }
            }
        } catch (RuntimeException | Error broken) {
            fail(broken);
        } finally {
            handing = false;
        }
    }

    private void read() {
        busy = true;
        vertx.executeBlocking(this::next, false).onComplete(done -> {
            busy = false;
            if (over) {
                close();
            } else if (done.failed()) {
                fail(done.cause());
            } else {
                Buffer piece = done.result();
                atEnd = piece.length() < PIECE;
                ready = piece.length() == 0 ? null : piece;
                handOn();
            }
        });
    }

    /** On a worker, never two at once; shorter than a piece is the last one. */
    private Buffer next() throws IOException {
        InputStream open = from;
        if (open == null) {
            open = content.open();
            from = open;
        }
        byte[] piece = new byte[PIECE];
        int read = open.readNBytes(piece, 0, PIECE);
        return Buffer.buffer(read == PIECE ? piece : Arrays.copyOf(piece, read));
    }

    private void fail(Throwable broken) {
        if (!over) {
            over = true;
            close();
            tell(broken);
        }
    }

    private void tell(Throwable broken) {
        if (failureHandler != null) {
            failureHandler.handle(broken);
        }
    }

    /** Who reads at this moment closes it afterwards. */
    private void close() {
        InputStream open = from;
        if (!busy && open != null) {
            from = null;
            Thrown.by(() -> {
                try {
                    open.close();
                } catch (IOException gone) {
                    throw new java.io.UncheckedIOException(gone);
                }
            });
        }
    }
}
