package vn.lgsp.receive;

import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.file.AsyncFile;
import io.vertx.core.file.OpenOptions;
import io.vertx.core.streams.ReadStream;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;
import vn.lgsp.failure.Thrown;
import vn.lgsp.message.Discardable;

/**
 * Content that does not fit in memory, on disk for the length of one exchange: AES-256-GCM under a key that exists only in
 * memory, so that what a crash leaves behind is noise (MSG-05). Erased when it has been read, or given up.
 *
 * <p>Belongs to one event loop. Frames are numbered: the number is the nonce, and the key is used for one spool only.
 */
final class Spool {
    private static final String CIPHER = "AES/GCM/NoPadding";
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final int TAG_BITS = 128;
    /** Each frame costs two changes of thread to write and two to read, which on a busy machine are slower than the disk. */
    private static final int FRAME = 128 << 10;

    private final Vertx vertx;
    private final Path path;
    private final AsyncFile file;
    private final SecretKeySpec key;
    private final List<Integer> frames = new ArrayList<>();
    private Buffer gathered = Buffer.buffer();
    private Future<Void> written = Future.succeededFuture();
    private long end;

    private Spool(Vertx vertx, Path path, AsyncFile file) {
        this.vertx = vertx;
        this.path = path;
        this.file = file;
        byte[] random = new byte[32];
        RANDOM.nextBytes(random);
        this.key = new SecretKeySpec(random, "AES");
    }

    static Future<Spool> open(Vertx vertx, Path folder) {
        Path path = folder.resolve(UUID.randomUUID() + ".spool");
        return vertx.fileSystem()
                .mkdirs(folder.toString())
                .compose(made -> vertx.fileSystem()
                        .open(
                                path.toString(),
                                new OpenOptions().setCreateNew(true).setPerms("rw-------")))
                .map(file -> new Spool(vertx, path, file));
    }

    /** Takes a piece; give the next one when the future is complete, and count on nothing being on disk before {@link #finish}. */
    Future<Void> write(Buffer content) {
        gathered.appendBuffer(content);
        return gathered.length() < FRAME ? Future.succeededFuture() : writeGathered();
    }

    private Future<Void> writeGathered() {
        try {
            byte[] sealed = cipher(Cipher.ENCRYPT_MODE, frames.size()).doFinal(gathered.getBytes());
            gathered = Buffer.buffer();
            long at = end;
            end += sealed.length;
            frames.add(sealed.length);
            Future<Void> here = file.write(Buffer.buffer(sealed), at);
            written = written.compose(before -> here);
            return here;
        } catch (GeneralSecurityException broken) {
            return Future.failedFuture(broken);
        }
    }

    /**
     * Ends the writing; the stream is paused, and erases the spool when it ends or fails. What is read back by the process that wrote
     * it need not have reached the disk: nobody waits for that.
     */
    Future<ReadStream<Buffer>> finish() {
        Future<Void> last = gathered.length() == 0 ? Future.succeededFuture() : writeGathered();
        return last.compose(end -> written).map(all -> new Reading());
    }

    void erase() {
        file.close().onComplete(closed -> vertx.fileSystem().delete(path.toString()));
    }

    private Cipher cipher(int mode, int frame) throws GeneralSecurityException {
        Cipher cipher = Cipher.getInstance(CIPHER);
        byte[] nonce = ByteBuffer.allocate(12).putInt(8, frame).array();
        cipher.init(mode, key, new GCMParameterSpec(TAG_BITS, nonce));
        return cipher;
    }

    /** Reads the frames back, one for each that is asked for; hands none on while it is paused. */
    private final class Reading implements ReadStream<Buffer>, Discardable {
        private @Nullable Handler<Buffer> handler;
        private @Nullable Handler<Void> endHandler;
        private @Nullable Handler<Throwable> failureHandler;
        private @Nullable Buffer ready;
        private long demand;
        private int next;
        private long at;
        private boolean busy;
        private boolean handing;
        private boolean over;

        @Override
        public Reading handler(@Nullable Handler<Buffer> taker) {
            handler = taker;
            return this;
        }

        @Override
        public Reading endHandler(@Nullable Handler<Void> taker) {
            endHandler = taker;
            return this;
        }

        @Override
        public Reading exceptionHandler(@Nullable Handler<Throwable> taker) {
            failureHandler = taker;
            return this;
        }

        @Override
        public Reading pause() {
            demand = 0;
            return this;
        }

        @Override
        public Reading resume() {
            return fetch(Long.MAX_VALUE);
        }

        @Override
        public Reading fetch(long amount) {
            demand = demand + amount < 0 ? Long.MAX_VALUE : demand + amount;
            handOn();
            return this;
        }

        @Override
        public void discard() {
            if (!over) {
                over = true;
                erase();
            }
        }

        /** Goes on until it has to wait: for the disk, or for who reads. A taker that asks for more while it takes is served after it. */
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
                    } else if (next < frames.size()) {
                        read();
                    } else {
                        over = true;
                        erase();
                        Handler<Void> taker = endHandler;
                        if (taker != null) {
                            Thrown.by(() -> taker.handle(null)).ifPresent(this::tell);
                        }
                    }
                }
            } catch (RuntimeException | Error broken) {
                // whatever it was: nobody shall wait for what will not come
                fail(broken);
            } finally {
                handing = false;
            }
        }

        private void read() {
            busy = true;
            int length = frames.get(next);
            file.read(Buffer.buffer(length), 0, at, length).onComplete(done -> {
                busy = false;
                if (over) {
                    return;
                }
                try {
                    if (done.failed()) {
                        throw new GeneralSecurityException(done.cause());
                    }
                    ready = Buffer.buffer(cipher(Cipher.DECRYPT_MODE, next)
                            .doFinal(done.result().getBytes()));
                } catch (GeneralSecurityException | RuntimeException | Error broken) {
                    fail(broken);
                    return;
                }
                next++;
                at += length;
                handOn();
            });
        }

        private void fail(Throwable broken) {
            if (!over) {
                over = true;
                erase();
                tell(broken);
            }
        }

        private void tell(Throwable broken) {
            if (failureHandler != null) {
                failureHandler.handle(broken);
            }
        }
    }
}
