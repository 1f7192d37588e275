package vn.lgsp.edoc;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import vn.lgsp.failure.Rule;

/**
 * The bytes of a packet while they are parsed: no more than may be, and not too many for one piece, for a parser keeps a comment, a CDATA
 * section or a value of an attribute whole.
 */
final class PacketBytes extends FilterInputStream {
    private static final long LONGEST_PIECE = 4L << 20;

    private final long most;
    private long read;
    private long piece;
    private @Nullable IOException failure;

    PacketBytes(InputStream bytes, long most) {
        super(bytes);
        this.most = most;
    }

    /** The parser begins to look for its next event. */
    void beginPiece() {
        piece = 0;
    }

    long count() {
        return read;
    }

    /** Why no more bytes could be given: parsers wrap that in what they like. */
    Optional<IOException> failure() {
        return Optional.ofNullable(failure);
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] to, int offset, int length) throws IOException {
        try {
            int count = super.read(to, offset, length);
            if (count > 0) {
                read += count;
                piece += count;
            }
            if (read > most) {
                throw new Stopped(Rule.EDOC_PACKET_LARGE, Long.toString(most));
            } else if (piece > LONGEST_PIECE) {
                throw new Stopped(Rule.EDOC_PIECE_LONG, Long.toString(LONGEST_PIECE));
            }
            return count;
        } catch (IOException failed) {
            failure = failed;
            throw failed;
        }
    }

    @Override
    public long skip(long count) throws IOException {
        long left = count;
        byte[] some = new byte[4096];
        while (left > 0) {
            int got = read(some, 0, (int) Math.min(left, some.length));
            if (got < 0) {
                break;
            }
            left -= got;
        }
        return count - left;
    }

    @Override
    public boolean markSupported() {
        return false;
    }
}
