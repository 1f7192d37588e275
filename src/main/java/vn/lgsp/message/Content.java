package vn.lgsp.message;

import java.io.ByteArrayInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Enumeration;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import vn.lgsp.failure.BusException;
import vn.lgsp.failure.ErrorCode;

/**
 * A content of known length that can be read again and again, by any thread: bytes in memory, or held outside of it where it is larger
 * than a body may be in memory (MSG-05). As the body of an exchange it is {@link #body}: bytes where it is in memory, this itself where
 * it is held.
 */
public interface Content {
    /** The exchange property with the files of a form that are held, by the names of their parts: a {@code Map<String, Content>}. */
    String FILES = "lgsp.held-files";

    /** How many bytes. */
    long length();

    /** Reads it from its beginning; to be closed. Blocks where it is held, and fails as its holder does. */
    InputStream open();

    /** Whether all of it is in memory. */
    default boolean isInMemory() {
        return false;
    }

    /**
     * All of it.
     *
     * @throws BusException {@code message-too-large} where it is held: what needs it in memory cannot have it
     */
    default byte[] bytes() {
        throw tooLarge(length());
    }

    /** What stands for it as the body of an exchange, or the value of a variable. */
    default Object body() {
        return this;
    }

    /** Takes a piece of a content. */
    @FunctionalInterface
    interface Piece {
        void take(byte[] buffer, int length) throws IOException;
    }

    /** Reads all of it, piece by piece; blocks. */
    default void read(Piece piece) {
        byte[] buffer = new byte[32 << 10];
        try (InputStream from = open()) {
            for (int read = from.read(buffer); read >= 0; read = from.read(buffer)) {
                piece.take(buffer, read);
            }
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }

    /** Measures all of it; blocks. */
    default Measured measured(Meter meter) {
        if (isInMemory()) {
            meter.add(bytes());
        } else {
            read((buffer, length) -> meter.add(ByteBuffer.wrap(buffer, 0, length)));
        }
        return meter.done();
    }

    /** Its SHA-256; blocks. */
    default byte[] sha256() {
        MessageDigest digest = Sha256.digest();
        read((buffer, length) -> digest.update(buffer, 0, length));
        return digest.digest();
    }

    /** All but the line break that it ends with, {@code \r\n}; empty where it ends with none. Blocks. */
    default Optional<Content> withoutLineBreak() {
        byte[] end = new byte[2];
        if (length() < end.length) {
            return Optional.empty();
        }
        try (InputStream from = open()) {
            from.skipNBytes(length() - end.length);
            if (from.readNBytes(end, 0, end.length) < end.length || end[0] != '\r' || end[1] != '\n') {
                return Optional.empty();
            }
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
        long rest = length() - end.length;
        return Optional.of(isInMemory() ? of(Arrays.copyOf(bytes(), (int) rest)) : slice(0, rest));
    }

    static Content of(byte[] bytes) {
        return new InMemory(bytes);
    }

    /** The content that a body or the value of a variable is; empty where it is another object, or none. */
    static Optional<Content> in(@Nullable Object body) {
        if (body instanceof byte[] bytes) {
            return Optional.of(of(bytes));
        }
        return body instanceof Content held ? Optional.of(held) : Optional.empty();
    }

    /** So many bytes of it from this one on, without being copied. */
    default Content slice(long from, long length) {
        return new Slice(this, from, length);
    }

    /** These one behind the other. */
    static Content joined(Content... parts) {
        return new Joined(List.of(parts));
    }

    /** What a step says that reads only what is in memory. */
    static BusException tooLarge(long length) {
        return new BusException(
                ErrorCode.MESSAGE_TOO_LARGE,
                "a content of " + length
                        + " bytes is held outside memory, and a step of the service reads only what is in" + " memory");
    }

    /** In memory. */
    @SuppressWarnings("ArrayRecordComponent") // nobody compares it
    record InMemory(byte[] bytes) implements Content {
        @Override
        public long length() {
            return bytes.length;
        }

        @Override
        public InputStream open() {
            return new ByteArrayInputStream(bytes);
        }

        @Override
        public boolean isInMemory() {
            return true;
        }

        @Override
        public Object body() {
            return bytes;
        }

        @Override
        public String toString() {
            return bytes.length + " bytes (content not shown)";
        }
    }

    /** Some bytes of a content, from a place on. */
    record Slice(Content whole, long from, long length) implements Content {
        @Override
        public InputStream open() {
            InputStream all = whole.open();
            try {
                all.skipNBytes(from);
            } catch (IOException broken) {
                throw new UncheckedIOException(broken);
            }
            return new FilterInputStream(all) {
                private long left = length;

                @Override
                public int read() throws IOException {
                    if (left <= 0) {
                        return -1;
                    }
                    left--;
                    return in.read();
                }

                @Override
                public int read(byte[] to, int offset, int count) throws IOException {
                    if (left <= 0) {
                        return -1;
                    }
                    int read = in.read(to, offset, (int) Math.min(count, left));
                    left -= Math.max(0, read);
                    return read;
                }

                @Override
                public long skip(long count) throws IOException {
                    long skipped = in.skip(Math.min(count, left));
                    left -= skipped;
                    return skipped;
                }

                @Override
                public boolean markSupported() {
                    return false;
                }
            };
        }

        @Override
        public String toString() {
            return length + " bytes (content not shown)";
        }
    }

    /** Several, one behind the other. */
    record Joined(List<Content> parts) implements Content {
        @Override
        public long length() {
            return parts.stream().mapToLong(Content::length).sum();
        }

        @Override
        public InputStream open() {
            Iterator<Content> left = parts.iterator();
            // one after the other: each that is open has buffers
            return new SequenceInputStream(new Enumeration<>() {
                @Override
                public boolean hasMoreElements() {
                    return left.hasNext();
                }

                @Override
                public InputStream nextElement() {
                    return left.next().open();
                }
            });
        }

        @Override
        public String toString() {
            return length() + " bytes (content not shown)";
        }
    }
}
