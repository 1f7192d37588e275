package vn.lgsp.hold;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import vn.lgsp.failure.BusException;
import vn.lgsp.failure.ErrorCode;
import vn.lgsp.message.Content;
import vn.lgsp.message.Meter;

class HoldingTest {
    private static final int LIMIT = 4_096;
    private static final Vertx VERTX = Vertx.vertx();

    @TempDir
    private Path folder;

    @AfterAll
    static void stop() {
        VERTX.close();
    }

    private Holding holding() {
        return new Holding(folder.resolve("spool"), LIMIT);
    }

    private static byte[] bytes(int size) {
        byte[] bytes = new byte[size];
        new Random(size).nextBytes(bytes);
        return bytes;
    }

    private static byte[] all(Content content) {
        ByteArrayOutputStream read = new ByteArrayOutputStream();
        content.read((buffer, length) -> read.write(buffer, 0, length));
        return read.toByteArray();
    }

    @Test
    void what_fits_is_in_memory_and_what_does_not_is_held_and_both_are_read_again_and_again() throws IOException {
        for (int size : new int[] {0, 1, LIMIT, LIMIT + 1, 128 << 10, (128 << 10) + 1, 1_000_003}) {
            byte[] sent = bytes(size);
            Content content = holding().copy(new ByteArrayInputStream(sent));

            assertThat(content.isInMemory()).isEqualTo(size <= LIMIT);
            assertThat(content.length()).isEqualTo(size);
            assertThat(all(content)).isEqualTo(sent);
            try (InputStream one = content.open();
                    InputStream two = content.open()) {
                assertThat(one.readNBytes(size / 2)).isEqualTo(java.util.Arrays.copyOf(sent, size / 2));
                assertThat(two.readAllBytes()).isEqualTo(sent);
            }
            for (int from : new int[] {0, 1, size / 3, 128 << 10, size - 1, size}) {
                int length = Math.max(0, Math.min(size - from, 200_000));
                if (from >= 0 && from <= size) {
                    assertThat(all(content.slice(from, length)))
                            .as("%d from %d of %d", length, from, size)
                            .isEqualTo(java.util.Arrays.copyOfRange(sent, from, from + length));
                }
            }
            Meter meter = Meter.under(new byte[] {1});
            meter.add(sent);
            assertThat(content.measured(Meter.under(new byte[] {1}))).isEqualTo(meter.done());
            assertThat(content.sha256()).isEqualTo(vn.lgsp.message.Sha256.of(sent));
            Holding.discard(content);
        }
    }

    @Test
    void what_is_held_has_no_name_on_the_disk_and_is_no_bytes() throws IOException {
        Content content = holding().copy(new ByteArrayInputStream(bytes(100_000)));

        try (Stream<Path> left = Files.list(folder.resolve("spool"))) {
            assertThat(left).isEmpty();
        }
        assertThat(content.body()).isSameAs(content);
        assertThat(content).hasToString("100000 bytes (content not shown)");
        assertThatThrownBy(content::bytes)
                .isInstanceOfSatisfying(BusException.class, refused -> assertThat(refused.code())
                        .isEqualTo(ErrorCode.MESSAGE_TOO_LARGE));
        Holding.discard(content);
        assertThatThrownBy(() -> all(content)).isInstanceOf(java.io.UncheckedIOException.class);
    }

    @Test
    void contents_are_joined_and_cut_without_being_in_memory() {
        Content held = holding().copy(new ByteArrayInputStream(bytes(50_000)));
        Content whole = Content.joined(Content.of(new byte[] {7}), held, Content.of(new byte[] {'\r', '\n'}));
        byte[] expected = all(whole);

        assertThat(whole.length()).isEqualTo(50_003);
        assertThat(expected).hasSize(50_003).startsWith(7).endsWith('\r', '\n');
        Content cut = whole.withoutLineBreak().orElseThrow();
        assertThat(cut.length()).isEqualTo(50_001);
        assertThat(all(cut)).isEqualTo(java.util.Arrays.copyOf(expected, 50_001));
        assertThat(held.withoutLineBreak()).isEmpty();
        assertThat(Content.of(new byte[] {1, '\r', '\n'})
                        .withoutLineBreak()
                        .orElseThrow()
                        .bytes())
                .containsExactly(1);
        assertThat(Content.of(new byte[] {'\n'}).withoutLineBreak()).isEmpty();
    }

    @Test
    void a_stream_is_taken_whole_and_given_back_as_one() throws Exception {
        for (int size : new int[] {0, 3, LIMIT + 1, 128 << 10, 700_001}) {
            byte[] sent = bytes(size);
            Content content = Content.of(sent);
            CompletableFuture<byte[]> back = new CompletableFuture<>();
            VERTX.runOnContext(now -> HeldStream.take(
                            VERTX,
                            holding().intake(),
                            new ContentStream(VERTX, content),
                            1 << 20,
                            HoldingTest::tooLarge)
                    .onComplete(taken -> {
                        if (taken.failed()) {
                            back.completeExceptionally(taken.cause());
                            return;
                        }
                        Buffer read = Buffer.buffer();
                        ContentStream again = new ContentStream(VERTX, taken.result());
                        again.handler(read::appendBuffer).endHandler(end -> back.complete(read.getBytes()));
                        again.fetch(1);
                        again.resume();
                    }));

            assertThat(back.get(20, TimeUnit.SECONDS)).isEqualTo(sent);
        }
    }

    @Test
    void more_than_is_allowed_fails_and_so_does_a_stream_that_breaks() {
        CompletableFuture<Throwable> large = new CompletableFuture<>();
        CompletableFuture<Throwable> broken = new CompletableFuture<>();
        Content gone = holding().copy(new ByteArrayInputStream(bytes(400_000)));
        Holding.discard(gone);
        VERTX.runOnContext(now -> {
            HeldStream.take(
                            VERTX,
                            holding().intake(),
                            new ContentStream(VERTX, Content.of(bytes(300_000))),
                            299_999,
                            HoldingTest::tooLarge)
                    .onComplete(taken -> large.complete(taken.cause()));
            HeldStream.take(VERTX, holding().intake(), new ContentStream(VERTX, gone), 1 << 20, HoldingTest::tooLarge)
                    .onComplete(taken -> broken.complete(taken.cause()));
        });

        assertThat(large).succeedsWithin(java.time.Duration.ofSeconds(20)).satisfies(why -> assertThat(why)
                .hasMessage("too large"));
        assertThat(broken).succeedsWithin(java.time.Duration.ofSeconds(20)).satisfies(why -> assertThat(why)
                .isInstanceOf(IOException.class));
    }

    private static BusException tooLarge() {
        return new BusException(ErrorCode.MESSAGE_TOO_LARGE, "too large");
    }
}
