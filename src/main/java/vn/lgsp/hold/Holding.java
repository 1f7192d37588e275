package vn.lgsp.hold;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import vn.lgsp.failure.BusException;
import vn.lgsp.failure.ErrorCode;
import vn.lgsp.message.Content;
import vn.lgsp.message.Discardable;

/**
 * Where content goes whose length is not known before: into memory up to the limit, and into an encrypted file above it. May be used by
 * several threads; all of it may block.
 *
 * @param folder of the files
 * @param memoryLimit largest content in memory, in bytes
 */
public record Holding(Path folder, int memoryLimit) {

    /** Takes one content in. */
    public Intake intake() {
        return new Intake();
    }

    /** All of a stream, which stays open. */
    public Content copy(InputStream from) {
        return copy(from::transferTo);
    }

    /** Writes a content. */
    @FunctionalInterface
    public interface Source {
        void to(OutputStream to) throws IOException;
    }

    /** What {@code source} writes. */
    public Content copy(Source source) {
        Intake intake = intake();
        try {
            source.to(intake);
            return intake.done();
        } catch (IOException broken) {
            intake.discard();
            throw new UncheckedIOException(broken);
        } catch (RuntimeException | Error broken) {
            intake.discard();
            throw broken;
        }
    }

    /** Gives back what a content holds outside memory. */
    public static void discard(Content content) {
        if (content instanceof Discardable held) {
            held.discard();
        }
    }

    /** One content, as it comes in. Used by one thread at a time; fails with {@code bus-busy} when the disk has no room. */
    public final class Intake extends OutputStream implements HeldStream.Sink<Content> {
        private @Nullable ByteArrayOutputStream memory = new ByteArrayOutputStream();
        private HeldFile.@Nullable Writing file;
        private long bytes;

        private Intake() {}

        /** How much has come so far. */
        public long bytes() {
            return bytes;
        }

        @Override
        public void write(int one) {
            write(new byte[] {(byte) one}, 0, 1);
        }

        @Override
        public void write(byte[] from, int offset, int count) {
            bytes += count;
            ByteArrayOutputStream small = memory;
            if (small != null && bytes <= memoryLimit) {
                small.write(from, offset, count);
                return;
            }
            try {
                HeldFile.Writing open = file;
                if (open == null) {
                    open = new HeldFile.Writing(folder);
                    file = open;
                }
                if (small != null) {
                    small.writeTo(open);
                    memory = null;
                }
                open.write(from, offset, count);
            } catch (IOException noRoom) {
                throw noRoom(noRoom);
            }
        }

        /** Ends it. */
        @Override
        public Content done() {
            try {
                HeldFile.Writing open = file;
                ByteArrayOutputStream small = memory;
                return open == null ? Content.of(small == null ? new byte[0] : small.toByteArray()) : open.done();
            } catch (IOException noRoom) {
                throw noRoom(noRoom);
            }
        }

        /** Nobody wants it any more; what was held is given back. */
        @Override
        public void discard() {
            HeldFile.Writing open = file;
            if (open != null) {
                open.discard();
            }
        }

        private BusException noRoom(IOException why) {
            return new BusException(ErrorCode.BUS_BUSY, "the bus has no room to hold this content", why);
        }
    }
}
