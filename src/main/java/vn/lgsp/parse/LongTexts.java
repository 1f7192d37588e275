package vn.lgsp.parse;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.Supplier;

/**
 * Takes long texts out of JSON while it is read, so that what is left fits in memory. Each goes aside as its plain text, in UTF-8; in its
 * place stands a name that nobody outside could know. Whether the rest is JSON at all is seen by whoever reads it.
 *
 * @see "SEC-01"
 */
public final class LongTexts {
    private final int longest;
    private final int most;
    private final Supplier<? extends OutputStream> aside;
    private final ByteArrayOutputStream rest = new ByteArrayOutputStream();
    private final ByteArrayOutputStream text = new ByteArrayOutputStream();
    private final List<String> names = new ArrayList<>();
    private final String token = UUID.randomUUID().toString();
    private final byte[] run = new byte[8 << 10];
    private int gathered;
    private OutputStream to = OutputStream.nullOutputStream();
    private boolean inText;
    private boolean isLong;
    private boolean escaped;
    private int hex = -1;
    private int unit;
    private int high;

    /** What is left is larger than it may be, or it is no JSON text. */
    public static final class Unfit extends IOException {
        private static final long serialVersionUID = 1L;

        Unfit(String message) {
            super(message);
        }
    }

    /**
     * @param longest text that stays, in bytes as it is written
     * @param most bytes of what is left
     * @param aside takes one long text each; none is closed here
     */
    public LongTexts(int longest, int most, Supplier<? extends OutputStream> aside) {
        this.longest = longest;
        this.most = most;
        this.aside = aside;
    }

    /** The names that stand for the long texts, in their order. */
    public List<String> names() {
        return List.copyOf(names);
    }

    /**
     * Takes the next piece of the JSON.
     *
     * @throws Unfit of what cannot be JSON, or leaves too much
     */
    public void take(byte[] json, int offset, int count) throws IOException {
        for (int i = offset; i < offset + count; i++) {
            take(json[i] & 0xff);
        }
        if (rest.size() + text.size() > most) {
            throw new Unfit("more than " + most + " bytes beside long texts");
        }
    }

    /**
     * Ends it.
     *
     * @return the JSON with a name in place of each long text
     * @throws Unfit of what cannot be JSON
     */
    public byte[] rest() throws Unfit {
        if (inText) {
            throw new Unfit("a text has no end");
        }
        return rest.toByteArray();
    }

    private void take(int one) throws IOException {
        if (!inText) {
            rest.write(one);
            inText = one == '"';
            return;
        }
        if (one == '"' && !escaped) {
            end();
            return;
        }
        if (!isLong) {
            escaped = !escaped && one == '\\';
            text.write(one);
            if (text.size() > longest && !escaped) {
                begin();
            }
            return;
        }
        plain(one);
    }

    private void end() throws IOException {
        if (isLong) {
            if (hex >= 0 || high != 0) {
                throw new Unfit("a text ends within a character");
            }
            to.write(run, 0, gathered);
            to.flush();
            gathered = 0;
            isLong = false;
        } else {
            text.writeTo(rest);
            text.reset();
        }
        rest.write('"');
        inText = false;
    }

    /** The text is a long one: what was kept of it goes aside as well. */
    private void begin() throws IOException {
        isLong = true;
        to = aside.get();
        String name = token + "-" + names.size();
        names.add(name);
        rest.writeBytes(name.getBytes(StandardCharsets.US_ASCII));
        byte[] kept = text.toByteArray();
        text.reset();
        for (byte each : kept) {
            plain(each & 0xff);
        }
    }

    /** One byte of a long text, as JSON writes it. */
    private void plain(int one) throws IOException {
        if (hex >= 0) {
            int digit = Character.digit(one, 16);
            if (digit < 0) {
                throw new Unfit("an escape that is none");
            }
            unit = unit << 4 | digit;
            if (--hex < 0) {
                utf16(unit);
            }
        } else if (escaped) {
            escaped = false;
            if (one == 'u') {
                hex = 3;
                unit = 0;
            } else {
                utf16(escape(one));
            }
        } else if (one == '\\') {
            escaped = true;
        } else if (one < 0x20) {
            throw new Unfit("a control character in a text");
        } else if (high != 0) {
            throw new Unfit("half a character");
        } else {
            write(one);
        }
    }

    private static int escape(int letter) throws IOException {
        return switch (letter) {
            case '"', '\\', '/' -> letter;
            case 'b' -> '\b';
            case 'f' -> '\f';
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            default -> throw new Unfit("an escape that is none");
        };
    }

    /** One unit that was escaped; two of them may be one character. */
    private void utf16(int one) throws IOException {
        if (high != 0) {
            if (!Character.isLowSurrogate((char) one)) {
                throw new Unfit("half a character");
            }
            utf8(Character.toCodePoint((char) high, (char) one));
            high = 0;
        } else if (Character.isHighSurrogate((char) one)) {
            high = one;
        } else if (Character.isLowSurrogate((char) one)) {
            throw new Unfit("half a character");
        } else {
            utf8(one);
        }
    }

    private void utf8(int character) throws IOException {
        if (character < 0x80) {
            write(character);
            return;
        }
        for (byte each : Character.toString(character).getBytes(StandardCharsets.UTF_8)) {
            write(each);
        }
    }

    private void write(int one) throws IOException {
        if (gathered == run.length) {
            to.write(run, 0, gathered);
            gathered = 0;
        }
        run[gathered++] = (byte) one;
    }
}
