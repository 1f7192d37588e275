package vn.lgsp.edoc;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import vn.lgsp.failure.Rule;

/** The content of an attachment while it is looked at: what is read goes to the sink too, and is no more than may be. */
final class ContentCopy extends FilterInputStream {
    private final OutputStream to;
    private final long most;
    private long count;

    ContentCopy(InputStream content, OutputStream to, long most) {
        super(content);
        this.to = to;
        this.most = most;
    }

    long count() {
        return count;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] piece, int offset, int length) throws IOException {
        int got = super.read(piece, offset, length);
        if (got > 0) {
            count += got;
            if (count > most) {
                throw new Unfit(Rule.EDOC_ATTACHMENT_LARGE, Long.toString(most));
            }
            to.write(piece, offset, got);
        }
        return got;
    }

    @Override
    public long skip(long bytes) throws IOException {
        long left = bytes;
        byte[] piece = new byte[4096];
        while (left > 0) {
            int got = read(piece, 0, (int) Math.min(left, piece.length));
            if (got < 0) {
                break;
            }
            left -= got;
        }
        return bytes - left;
    }

    @Override
    public boolean markSupported() {
        return false;
    }

    @Override
    public void close() {
        // whoever gave the sink closes it
    }
}
