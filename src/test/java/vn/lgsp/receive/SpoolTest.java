package vn.lgsp.receive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.streams.ReadStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Content on disk for the length of one exchange, and who reads it at its own pace (MSG-05). */
final class SpoolTest {
    private static final int BYTES = 5_000_000;
    private static final Vertx VERTX = Vertx.vertx();

    @TempDir
    private Path folder;

    @AfterAll
    static void stop() throws Exception {
        VERTX.close().toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
    }

    /** How a taker holds the stream up, each time it has been given a piece. */
    enum Pace {
        AS_IT_COMES {
            @Override
            void after(ReadStream<Buffer> stream, Taker taker) {
                assertThat(taker.isPaused()).isFalse();
            }
        },
        PAUSES_AND_GOES_ON_AT_ONCE {
            @Override
            void after(ReadStream<Buffer> stream, Taker taker) {
                taker.pause(stream);
                taker.resume(stream);
            }
        },
        GOES_ON_AND_PAUSES_WITH_A_PIECE_UNDER_WAY {
            @Override
            void after(ReadStream<Buffer> stream, Taker taker) {
                taker.resume(stream);
                taker.pause(stream);
                VERTX.runOnContext(later -> {
                    taker.resume(stream); // now the next piece is being read from the disk
                    taker.pause(stream);
                    VERTX.setTimer(1, muchLater -> taker.resume(stream));
                });
            }
        },
        ONE_AFTER_THE_OTHER {
            @Override
            void after(ReadStream<Buffer> stream, Taker taker) {
                taker.pause(stream);
                VERTX.runOnContext(later -> taker.fetchOne(stream));
            }
        },
        DRAINS_TWICE {
            @Override
            void after(ReadStream<Buffer> stream, Taker taker) {
                taker.pause(stream);
                VERTX.runOnContext(later -> taker.resume(stream));
                VERTX.setTimer(1, muchLater -> taker.resume(stream));
            }
        };

        abstract void after(ReadStream<Buffer> stream, Taker taker);
    }

    /** What has come, and whether it might. */
    private static final class Taker {
        private final Buffer all = Buffer.buffer();
        private long allowed = Long.MAX_VALUE;

        boolean isPaused() {
            return allowed == 0;
        }

        void pause(ReadStream<Buffer> stream) {
            allowed = 0;
            stream.pause();
        }

        void resume(ReadStream<Buffer> stream) {
            allowed = Long.MAX_VALUE;
            stream.resume();
        }

        void fetchOne(ReadStream<Buffer> stream) {
            allowed = 1;
            stream.fetch(1);
        }

        void take(Buffer piece) {
            assertThat(isPaused()).as("given a piece while paused").isFalse();
            if (allowed != Long.MAX_VALUE) {
                allowed--;
            }
            all.appendBuffer(piece);
        }
    }

    private static Buffer content() {
        byte[] bytes = new byte[BYTES];
        new Random(7).nextBytes(bytes);
        return Buffer.buffer(bytes);
    }

    /** Pieces of the sizes that connections give, the last ones of one byte. */
    private static Future<Void> fill(Spool spool, Buffer content) {
        Random sizes = new Random(9);
        Future<Void> written = Future.succeededFuture();
        for (int at = 0; at < content.length(); ) {
            int length = Math.min(content.length() - at, at > BYTES - 3 ? 1 : 1 + sizes.nextInt(65_536));
            Buffer piece = content.slice(at, at + length);
            written = written.compose(done -> spool.write(piece));
            at += length;
        }
        return written;
    }

    /** Spools the content, and gives its stream to who reads it, all on one event loop. */
    private <T> T spooled(BiConsumer<ReadStream<Buffer>, Promise<T>> reader) throws Exception {
        Promise<T> read = Promise.promise();
        VERTX.runOnContext(start -> Spool.open(VERTX, folder)
                .compose(spool -> fill(spool, content()).compose(filled -> spool.finish()))
                .onSuccess(stream -> reader.accept(stream, read))
                .onFailure(read::tryFail));
        return read.future().toCompletionStage().toCompletableFuture().get(60, TimeUnit.SECONDS);
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.toList();
        }
    }

    @ParameterizedTest
    @EnumSource
    void all_of_it_comes_back_once_and_nothing_while_paused(Pace pace) throws Exception {
        Buffer back = spooled((stream, read) -> {
            Taker taker = new Taker();
            stream.exceptionHandler(read::tryFail);
            stream.endHandler(end -> read.complete(taker.all)); // a second end would throw
            stream.handler(piece -> {
                taker.take(piece);
                pace.after(stream, taker);
            });
            stream.resume();
        });

        assertThat(back.equals(content())).isTrue();
        await().untilAsserted(() -> assertThat(files()).isEmpty());
    }

    @Test
    void a_taker_that_breaks_is_told_so_and_nothing_stays_behind() throws Exception {
        List<Buffer> taken = new ArrayList<>();

        assertThatThrownBy(() -> spooled((stream, read) -> {
                    stream.exceptionHandler(read::tryFail);
                    stream.endHandler(read::tryComplete);
                    stream.handler(piece -> {
                        taken.add(piece);
                        throw new AssertionError("not one of the exceptions that are expected");
                    });
                    stream.resume();
                }))
                .isInstanceOf(ExecutionException.class)
                .hasMessageContaining("not one of the exceptions that are expected");

        assertThat(taken).hasSize(1);
        await().untilAsserted(() -> assertThat(files()).isEmpty());
    }

    @Test
    void who_breaks_at_the_end_is_told_so_too() {
        assertThatThrownBy(() -> spooled((stream, read) -> {
                    stream.exceptionHandler(read::tryFail);
                    stream.endHandler(end -> {
                        throw new AssertionError("broken at the end");
                    });
                    stream.handler(piece -> {});
                    stream.resume();
                }))
                .isInstanceOf(ExecutionException.class)
                .hasMessageContaining("broken at the end");

        await().untilAsserted(() -> assertThat(files()).isEmpty());
    }

    @Test
    void what_is_on_the_disk_is_noise_and_breaks_if_it_is_touched() throws Exception {
        assertThatThrownBy(() -> spooled((stream, read) -> {
                    stream.exceptionHandler(read::tryFail);
                    stream.endHandler(read::tryComplete);
                    stream.handler(piece -> {});
                    VERTX.executeBlocking(() -> {
                                Path file = files().get(0);
                                byte[] bytes = Files.readAllBytes(file);
                                bytes[bytes.length / 2] ^= 1;
                                return Files.write(file, bytes);
                            })
                            .onComplete(touched -> stream.resume());
                }))
                .isInstanceOf(ExecutionException.class)
                .hasRootCauseInstanceOf(javax.crypto.AEADBadTagException.class);

        await().untilAsserted(() -> assertThat(files()).isEmpty());
    }
}
