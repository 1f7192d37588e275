package vn.lgsp.record;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/** Reads the entries of one segment in order, while it may still be written. */
final class SegmentReader implements AutoCloseable {
    private static final int WINDOW = 256 * 1024;

    private final EntryCodec codec;
    private final Segment segment;
    private final FileChannel channel;
    private final ByteBuffer window = ByteBuffer.allocate(WINDOW);
    private long windowStart;

    /** @param from where an entry begins */
    SegmentReader(Segment segment, long from) throws IOException {
        this.segment = segment;
        this.codec = new EntryCodec(segment.seed());
        this.channel = FileChannel.open(segment.file(), StandardOpenOption.READ);
        this.windowStart = from;
        window.limit(0);
    }

    Segment segment() {
        return segment;
    }

    /** Where the next entry begins. */
    long position() {
        return windowStart + window.position();
    }

    /** The next entry that is durable; empty when there is none, or none yet. */
    Optional<Entry> next() throws IOException {
        long end = segment.end();
        if (position() >= end) {
            return Optional.empty();
        }
        Optional<Entry> entry = codec.decode(window);
        if (entry.isEmpty() && windowStart + window.limit() < end) {
            fill(end);
            entry = codec.decode(window);
        }
        return entry;
    }

    private void fill(long end) throws IOException {
        long from = position();
        window.clear().limit((int) Math.min(WINDOW, end - from));
        while (window.hasRemaining()) {
            if (channel.read(window, from + window.position()) < 0) {
                break;
            }
        }
        window.flip();
        windowStart = from;
    }

    /** After the last entry: whether the writer marked that it went on to another segment. */
    boolean leftInOrder() throws IOException {
        ByteBuffer mark = ByteBuffer.allocate(EntryCodec.MARK);
        return channel.read(mark, position()) == EntryCodec.MARK && codec.isMark(mark.flip());
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
