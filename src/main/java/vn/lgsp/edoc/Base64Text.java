package vn.lgsp.edoc;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import vn.lgsp.failure.Rule;

/** The bytes that the text of the open element stands for, in base64; ends with the element. */
final class Base64Text extends InputStream {
    private static final byte[] VALUES = new byte[128];

    static {
        Arrays.fill(VALUES, (byte) -1);
        String alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        for (int i = 0; i < alphabet.length(); i++) {
            VALUES[alphabet.charAt(i)] = (byte) i;
        }
    }

    private final Events events;
    private final int depth;
    private char[] text = new char[0];
    private int at;
    private int end;
    private int bits;
    private int characters;
    private int padding;
    private boolean ended;

    /** @param events whose last was the begin of the element */
    Base64Text(Events events) {
        this.events = events;
        depth = events.depth();
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] to, int offset, int length) throws IOException {
        int count = 0;
        while (count < length && more()) {
            char next = text[at++];
            if (next == ' ' || next == '\n' || next == '\r' || next == '\t') {
                continue;
            } else if (next == '=') {
                padding++;
                continue;
            }
            int value = next < 128 ? VALUES[next] : -1;
            if (value < 0 || padding > 0) {
                throw new Unfit(Rule.EDOC_BASE64);
            }
            bits = bits << 6 | value;
            characters++;
            // each character but the first of four completes a byte
            int phase = characters & 3;
            if (phase != 1) {
                int spare = phase == 2 ? 4 : phase == 3 ? 2 : 0;
                to[offset + count++] = (byte) (bits >>> spare);
                bits &= (1 << spare) - 1;
            }
        }
        return count == 0 && length > 0 ? -1 : count;
    }

    /** Whether there is another character. */
    private boolean more() throws IOException {
        while (at == end && !ended) {
            switch (events.next()) {
                case Events.CHARACTERS, Events.CDATA, Events.SPACE -> {
                    text = events.xml().getTextCharacters();
                    at = events.xml().getTextStart();
                    end = at + events.xml().getTextLength();
                }
                case Events.START_ELEMENT -> throw new Unfit(Rule.EDOC_BASE64);
                case Events.END_ELEMENT -> ended = events.depth() < depth;
                default -> {
                    // comments say nothing
                }
            }
        }
        if (at < end) {
            return true;
        }
        int left = characters & 3;
        boolean whole = left == 0 ? padding == 0 : left != 1 && (padding == 0 || padding == 4 - left);
        if (!whole) {
            throw new Unfit(Rule.EDOC_BASE64);
        }
        return false;
    }
}
