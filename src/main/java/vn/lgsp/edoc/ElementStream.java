package vn.lgsp.edoc;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.function.UnaryOperator;

/**
 * Lets XML pass, and has each piece from one {@code <} to the next changed that is short enough to be kept for so long. A piece is shown
 * together with the two bytes behind it.
 */
final class ElementStream extends OutputStream {
    private static final int BEHIND = 2;

    private final OutputStream to;
    private final int longest;
    private final UnaryOperator<byte[]> change;
    private final ByteArrayOutputStream piece = new ByteArrayOutputStream();
    private byte[] before = new byte[0];
    private boolean keeps;

    ElementStream(OutputStream to, int longest, UnaryOperator<byte[]> change) {
        this.to = to;
        this.longest = longest;
        this.change = change;
    }

    @Override
    public void write(int one) throws IOException {
        write(new byte[] {(byte) one}, 0, 1);
    }

    @Override
    public void write(byte[] from, int offset, int count) throws IOException {
        int passed = offset;
        for (int i = offset; i < offset + count; i++) {
            if (from[i] == '<') {
                if (keeps) {
                    settle(piece.size() < BEHIND);
                    before = piece.toByteArray();
                } else {
                    to.write(from, passed, i - passed);
                }
                piece.reset();
                piece.write(from[i]);
                keeps = true;
            } else if (keeps) {
                piece.write(from[i]);
                if (piece.size() == BEHIND) {
                    settle(false);
                } else if (piece.size() > longest) {
                    piece.writeTo(to);
                    piece.reset();
                    keeps = false;
                    passed = i + 1;
                }
            }
        }
        if (!keeps) {
            to.write(from, passed, offset + count - passed);
        }
    }

    /** What is behind the piece before is known now, or there is none. */
    private void settle(boolean asItIs) throws IOException {
        if (before.length == 0) {
            return;
        }
        if (asItIs) {
            to.write(before);
        } else {
            byte[] shown = Arrays.copyOf(before, before.length + BEHIND);
            System.arraycopy(piece.toByteArray(), 0, shown, before.length, BEHIND);
            byte[] changed = change.apply(shown);
            to.write(changed, 0, changed.length - BEHIND);
        }
        before = new byte[0];
    }

    /** Ends it; {@code to} stays open. */
    @Override
    public void flush() throws IOException {
        settle(true);
        piece.writeTo(to);
        piece.reset();
        keeps = false;
        to.flush();
    }
}
