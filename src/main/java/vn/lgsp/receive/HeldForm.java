package vn.lgsp.receive;

import io.vertx.core.json.JsonObject;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import vn.lgsp.message.Content;

/**
 * A form in {@code multipart/form-data} that is held outside memory, as {@link FormBody} reads one in memory: the same rules and the same
 * JSON, but that a file which does not fit in memory has no {@code content} there, and {@code bytes} instead, and stays where the form is held. Blocks.
 */
final class HeldForm {
    private static final int LINE_BREAK = 2;

    private final InputStream from;
    private final byte[] next;
    private final Content form;
    private final byte[] buffer = new byte[32 << 10];
    private final JsonObject fields = new JsonObject();
    private final Map<String, Content> files = new LinkedHashMap<>();
    private int at;
    private int end;
    private long before;
    private int room;

    private HeldForm(Content form, InputStream from, String boundary, int room) {
        this.form = form;
        this.from = from;
        this.next = ("\r\n--" + boundary).getBytes(StandardCharsets.US_ASCII);
        this.room = room;
    }

    /**
     * A form that was read.
     *
     * @param files by the names of their parts, where they lie in the form that is held
     */
    @SuppressWarnings("ArrayRecordComponent") // nobody compares it
    record Read(byte[] json, Map<String, Content> files) {}

    /** @param room how much of it may be in memory, in bytes */
    static Read read(String contentType, Content form, int room) {
        String boundary = FormBody.boundary(contentType);
        try (InputStream from = form.open()) {
            HeldForm reading = new HeldForm(form, from, boundary, room);
            reading.parts();
            return new Read(reading.fields.toBuffer().getBytes(), reading.files);
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }

    private void parts() throws IOException {
        // the first boundary may stand at the very beginning, where no line ends before it
        copy(OutputStream.nullOutputStream(), Long.MAX_VALUE);
        for (int count = 0; ; count++) {
            int one = one();
            int two = one();
            if (one == '-' && two == '-') {
                return;
            }
            while (one == ' ' || one == '\t') {
                one = two;
                two = one();
            }
            if (one != '\r' || two != '\n') {
                throw FormBody.refusal("has a boundary that is not a line of its own");
            }
            if (count == FormBody.MOST_PARTS) {
                throw FormBody.refusal("has more than " + FormBody.MOST_PARTS + " parts");
            }
            part(FormBody.part(head()));
        }
    }

    private void part(FormBody.Part part) throws IOException {
        if (part.file().isEmpty()) {
            ByteArrayOutputStream value = new ByteArrayOutputStream();
            copy(value, room);
            room -= value.size();
            FormBody.put(fields, part, value.toByteArray());
            return;
        }
        if (fields.containsKey(part.name())) {
            throw FormBody.refusal("has two parts with one name");
        }
        long begins = position();
        long length = copy(OutputStream.nullOutputStream(), Long.MAX_VALUE);
        Content file = form.slice(begins, length);
        if (length <= room) {
            room -= (int) length;
            ByteArrayOutputStream small = new ByteArrayOutputStream();
            file.read((piece, count) -> small.write(piece, 0, count));
            FormBody.put(fields, part, small.toByteArray());
        } else {
            fields.put(part.name(), FormBody.file(part).put("bytes", length));
            files.put(part.name(), file);
        }
    }

    /** The header lines, up to the empty one. */
    private String head() throws IOException {
        ByteArrayOutputStream head = new ByteArrayOutputStream();
        boolean begins = true;
        while (head.size() <= FormBody.LONGEST_HEAD) {
            int one = one();
            if (one == '\r' && one() == '\n') {
                if (begins) {
                    return FormBody.text(head.toByteArray(), "the header lines of a part");
                }
                head.write('\r');
                head.write('\n');
                begins = true;
                continue;
            } else if (one == '\r') {
                at--; // no line ends here, so that byte is one like others
            }
            head.write(one);
            begins = false;
        }
        throw FormBody.refusal("has a part whose header lines do not end within " + FormBody.LONGEST_HEAD + " bytes");
    }

    /**
     * Copies what stands before the next boundary, and reads over that. The line break before it is a part of it, and stands nowhere else in
     * it; the one that has just been read may be that.
     *
     * @return how much that is
     */
    private long copy(OutputStream to, long most) throws IOException {
        byte[] run = new byte[8 << 10];
        int gathered = 0;
        long copied = 0;
        int matched = LINE_BREAK;
        int before = LINE_BREAK;
        while (true) {
            int one = one();
            if (one == next[matched]) {
                matched++;
                if (matched == next.length) {
                    to.write(run, 0, gathered);
                    return copied;
                }
                continue;
            }
            if (run.length - gathered <= next.length) {
                to.write(run, 0, gathered);
                gathered = 0;
            }
            int some = matched - before;
            System.arraycopy(next, before, run, gathered, some);
            gathered += some;
            before = 0;
            matched = one == next[0] ? 1 : 0;
            if (matched == 0) {
                run[gathered++] = (byte) one;
                some++;
            }
            copied += some;
            if (copied > most) {
                throw Content.tooLarge(copied);
            }
        }
    }

    private long position() {
        return before + at;
    }

    private int one() throws IOException {
        if (at == end) {
            before += end;
            end = from.read(buffer);
            at = 0;
            if (end < 0) {
                end = 0;
                throw FormBody.refusal("ends before its last boundary");
            }
        }
        return buffer[at++] & 0xff;
    }
}
