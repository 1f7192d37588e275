package vn.lgsp.deliver;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import vn.lgsp.failure.BusException;
import vn.lgsp.hold.HeldStream;
import vn.lgsp.hold.Holding;
import vn.lgsp.message.Content;
import vn.lgsp.message.Discardable;
import vn.lgsp.parse.LongTexts;

/**
 * An answer of the document axis that has a packet in it: JSON with a long text, which is base64, or the XML itself; in the REST form
 * its attachments stand beside it. Long texts go where they are held while they come; the rest is small.
 */
final class PacketAnswer implements HeldStream.Sink<PacketAnswer>, Discardable {
    /** A text that is longer is the packet, or one of its attachments. */
    private static final int LONGEST_TEXT = 64 << 10;

    private static final int MOST_TEXTS = 200;

    private final Holding holding;
    private final int memoryLimit;
    private final Function<String, BusException> invalid;
    private final LongTexts texts;
    private final List<Decoding> aside = new ArrayList<>();
    private byte[] rest = new byte[0];

    /** @param invalid what to fail with */
    PacketAnswer(Holding holding, Function<String, BusException> invalid) {
        this.memoryLimit = holding.memoryLimit();
        this.holding = new Holding(holding.folder(), LONGEST_TEXT);
        this.invalid = invalid;
        this.texts = new LongTexts(LONGEST_TEXT, holding.memoryLimit() + LONGEST_TEXT, this::next);
    }

    private OutputStream next() {
        if (aside.size() == MOST_TEXTS) {
            throw invalid.apply("answered with more than a packet and its attachments");
        }
        Decoding begun = new Decoding(holding.intake());
        aside.add(begun);
        return begun;
    }

    @Override
    public void write(byte[] piece, int offset, int count) {
        try {
            texts.take(piece, offset, count);
        } catch (IOException unfit) {
            throw noJson();
        }
    }

    private BusException noJson() {
        return invalid.apply("answered with something that is not JSON, or is cut off");
    }

    @Override
    public PacketAnswer done() {
        try {
            rest = texts.rest();
        } catch (LongTexts.Unfit unfit) {
            throw noJson();
        }
        aside.forEach(Decoding::end);
        return this;
    }

    @Override
    public void discard() {
        aside.forEach(text -> text.intake.discard());
    }

    /** The answer, with a name in place of each long text. */
    byte[] rest() {
        return rest;
    }

    /**
     * The packet that this text of the answer stands for.
     *
     * @throws BusException when it is none
     */
    Optional<Content> packet(String name) {
        int nth = texts.names().indexOf(name);
        return nth < 0 ? Optional.empty() : Optional.of(inMemory(aside.get(nth).done()));
    }

    /** A packet that may be in memory is: so a route may do with it what it likes. */
    private Content inMemory(Content packet) {
        if (packet.isInMemory() || packet.length() > memoryLimit) {
            return packet;
        }
        ByteArrayOutputStream whole = new ByteArrayOutputStream();
        packet.read((piece, length) -> whole.write(piece, 0, length));
        return Content.of(whole.toByteArray());
    }

    /** Decodes base64 in whatever lines it is; a text that begins as XML does stays as it is. */
    private final class Decoding extends OutputStream {
        private final Holding.Intake intake;
        private final byte[] signs = new byte[16 << 10];
        private int filled;
        private boolean begun;
        private boolean isXml;
        private boolean unfit;

        Decoding(Holding.Intake intake) {
            this.intake = intake;
        }

        @Override
        public void write(int one) {
            write(new byte[] {(byte) one}, 0, 1);
        }

        @Override
        public void write(byte[] text, int offset, int count) {
            int at = offset;
            while (!begun && at < offset + count && text[at] <= ' ') {
                at++;
            }
            if (!begun && at < offset + count) {
                begun = true;
                isXml = text[at] == '<';
            }
            if (isXml) {
                intake.write(text, at, offset + count - at);
                return;
            }
            for (; at < offset + count; at++) {
                int one = text[at];
                if (one >= 'a' && one <= 'z'
                        || one >= 'A' && one <= 'Z'
                        || one >= '0' && one <= '9'
                        || one == '+'
                        || one == '/'
                        || one == '=') {
                    signs[filled++] = (byte) one;
                    if (filled == signs.length) {
                        decode();
                    }
                }
            }
        }

        private void decode() {
            try {
                byte[] plain = Base64.getDecoder().decode(Arrays.copyOf(signs, filled));
                intake.write(plain, 0, plain.length);
                filled = 0;
            } catch (IllegalArgumentException notBase64) {
                unfit = true;
                filled = 0;
            }
        }

        void end() {
            decode();
        }

        Content done() {
            if (unfit || intake.bytes() == 0) {
                throw invalid.apply("gave a packet that is not base64, or is empty");
            }
            return intake.done();
        }
    }
}
