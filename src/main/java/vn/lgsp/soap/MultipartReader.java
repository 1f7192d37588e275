package vn.lgsp.soap;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import vn.lgsp.failure.BusException;

/**
 * Reads a multipart body (RFC 2046) as it comes, piece by piece, and keeps no more of it than the head of a part: what a part holds is
 * handed on at once. It holds no thread and opens no file.
 *
 * <p>What could be read in two ways is refused, since whoever gets the same bytes next may read them in the other: a line that only begins
 * as a boundary does, a head that is no head, two parts of one name. So is what would grow without end: parts, heads, text beside the
 * parts (SEC-01).
 */
final class MultipartReader {
    /** How many parts a body may have. */
    static final int MOST_PARTS = 100;

    private static final int LONGEST_HEAD = 8 << 10;
    private static final int LONGEST_MARGIN = 4 << 10;
    private static final int LONGEST_PADDING = 64;
    private static final Pattern BOUNDARY = Pattern.compile("[0-9A-Za-z'()+_,./:=? -]{0,69}[0-9A-Za-z'()+_,./:=?-]");
    private static final Pattern HEADER_NAME = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}");
    private static final Set<String> READ = Set.of("content-type", "content-id", "content-transfer-encoding");

    /** Who takes the parts. */
    interface Parts {

        /** A part begins. */
        void begin(Head head);

        /** The next bytes of it, {@code from} to before {@code to}. */
        void content(byte[] bytes, int from, int to);
    }

    /**
     * What a part says of itself; each is empty where it says nothing.
     *
     * @param contentId without the angle brackets
     * @param encoding in lower case
     */
    record Head(String contentId, String contentType, String encoding) {}

    private enum State {
        BEFORE,
        HEAD,
        CONTENT,
        AFTER
    }

    private final byte[] delimiter;
    private final Parts parts;
    private final Refusal refusal;
    private final Set<String> ids = new HashSet<>();
    private State state = State.BEFORE;
    // a boundary at the very beginning follows no line
    private byte[] data = {'\r', '\n'};
    private int at;
    private int end = data.length;
    private int count;
    private int margin;

    MultipartReader(String boundary, Parts parts, Refusal refusal) {
        if (!BOUNDARY.matcher(boundary).matches()) {
            throw refusal.of(Fault.SENDER, "names no boundary of its parts that could be one");
        }
        this.delimiter = ("\r\n--" + boundary).getBytes(StandardCharsets.US_ASCII);
        this.parts = parts;
        this.refusal = refusal;
    }

    /** Takes the next piece; it must not change afterwards. */
    void add(byte[] next) {
        if (at == end) {
            data = next;
        } else {
            byte[] joined = Arrays.copyOfRange(data, at, end - at + next.length + at);
            System.arraycopy(next, 0, joined, end - at, next.length);
            data = joined;
        }
        at = 0;
        end = data.length;
        boolean goesOn = true;
        while (goesOn) {
            goesOn = switch (state) {
                case BEFORE, CONTENT -> toDelimiter();
                case HEAD -> head();
                case AFTER -> {
                    pass(end);
                    yield false;
                }
            };
        }
    }

    /** There is no more: the last part has to be closed. */
    void end() {
        if (state == State.BEFORE) {
            throw refuse("has no part: the boundary that its Content-Type names does not occur");
        }
        if (state != State.AFTER) {
            throw refuse("has a part that does not end: it was cut off");
        }
    }

    /** Passes on what belongs to the part; true when a delimiter was read. */
    private boolean toDelimiter() {
        int found = find(delimiter, at);
        if (found < 0) {
            pass(Math.max(at, end - delimiter.length + 1));
            return false;
        }
        pass(found);
        int next = found + delimiter.length;
        int line = next;
        while (line < end && (data[line] == ' ' || data[line] == '\t')) {
            line++;
        }
        if (line - next > LONGEST_PADDING) {
            throw refuse("has a boundary with too much behind it");
        }
        if (end - line < 2) {
            return false; // the next piece says what it is
        }
        if (line == next && data[line] == '-' && data[line + 1] == '-') {
            if (state == State.BEFORE) {
                throw refuse("has no part");
            }
            at = line + 2;
            state = State.AFTER;
            margin = 0;
            return true;
        }
        if (data[line] != '\r' || data[line + 1] != '\n') {
            throw refuse("has a line that begins as its boundary does, and goes on");
        }
        at = line;
        state = State.HEAD;
        return true;
    }

    private void pass(int to) {
        if (state == State.CONTENT) {
            if (to > at) {
                parts.content(data, at, to);
            }
        } else {
            margin += to - at;
            if (margin > LONGEST_MARGIN) {
                throw refuse(
                        state == State.BEFORE
                                ? "does not begin with the boundary that its Content-Type names"
                                : "goes on after its last part");
            }
        }
        at = to;
    }

    private static final byte[] BLANK_LINE = {'\r', '\n', '\r', '\n'};

    private boolean head() {
        int found = find(BLANK_LINE, at);
        if ((found < 0 ? end : found) - at > LONGEST_HEAD) {
            throw refuse("has a part with a head of more than " + LONGEST_HEAD + " bytes");
        }
        if (found < 0) {
            return false;
        }
        count++;
        if (count > MOST_PARTS) {
            throw refuse("has more than " + MOST_PARTS + " parts");
        }
        Head head = read(found == at ? "" : new String(data, at + 2, found - at - 2, StandardCharsets.ISO_8859_1));
        if (!head.contentId().isEmpty() && !ids.add(head.contentId())) {
            throw refuse("has two parts of one Content-ID");
        }
        at = found + BLANK_LINE.length;
        state = State.CONTENT;
        parts.begin(head);
        return true;
    }

    private Head read(String text) {
        Map<String, String> headers = new LinkedHashMap<>();
        String unfolded = text.replaceAll("\r\n[ \t]+", " ");
        for (String line : unfolded.isEmpty() ? new String[0] : unfolded.split("\r\n", -1)) {
            int colon = line.indexOf(':');
            String name = colon < 0 ? "" : line.substring(0, colon).toLowerCase(Locale.ROOT);
            String value = line.substring(colon + 1);
            if (!HEADER_NAME.matcher(name).matches()
                    || value.chars().anyMatch(unit -> unit == '\r' || unit == '\n' || unit == 0)) {
                throw refuse("has a part whose head is none: write name, colon, value and CR LF");
            }
            if (READ.contains(name) && headers.put(name, value.strip()) != null) {
                throw refuse("has a part that says " + name + " twice");
            }
        }
        String id = headers.getOrDefault("content-id", "");
        return new Head(
                id.startsWith("<") && id.endsWith(">") ? id.substring(1, id.length() - 1) : id,
                headers.getOrDefault("content-type", ""),
                headers.getOrDefault("content-transfer-encoding", "").toLowerCase(Locale.ROOT));
    }

    private int find(byte[] what, int from) {
        for (int i = from; i <= end - what.length; i++) {
            if (data[i] == '\r' && Arrays.equals(data, i, i + what.length, what, 0, what.length)) {
                return i;
            }
        }
        return -1;
    }

    private BusException refuse(String what) {
        return refusal.of(Fault.SENDER, what);
    }
}
