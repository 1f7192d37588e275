package vn.lgsp.message;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.Optional;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;

/** Content under the coding {@code gzip} (RFC 1952), in memory that the limit bounds. */
public final class Gzip {
    private static final int PIECE = 16 << 10;

    private Gzip() {}

    /**
     * What this content unfolds to. It stops at the limit, whatever would still come.
     *
     * @return empty when it is more than {@code limit} bytes
     * @throws IOException when it is no gzip, or is cut off, or its sum is wrong
     */
    public static Optional<byte[]> inflate(byte[] packed, long limit) throws IOException {
        byte[] unfolded = new byte[(int) Math.min(Math.max(PIECE, 4L * packed.length), limit + 1)];
        int length = 0;
        try (GZIPInputStream from = new GZIPInputStream(new ByteArrayInputStream(packed), PIECE)) {
            while (true) {
                int read = from.read(unfolded, length, unfolded.length - length);
                if (read < 0) {
                    return Optional.of(Arrays.copyOf(unfolded, length));
                }
                length += read;
                if (length > limit) {
                    return Optional.empty();
                }
                if (length == unfolded.length) {
                    unfolded = Arrays.copyOf(unfolded, (int) Math.min(2L * length, limit + 1));
                }
            }
        }
    }

    public static byte[] deflate(byte[] plain) {
        ByteArrayOutputStream packed = new ByteArrayOutputStream(plain.length / 2);
        try (GZIPOutputStream to = new GZIPOutputStream(packed, PIECE)) {
            to.write(plain);
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible); // it stays in memory
        }
        return packed.toByteArray();
    }
}
