package vn.lgsp.deploy;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.io.JsonStringEncoder;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import vn.lgsp.failure.BusException;
import vn.lgsp.failure.ErrorCode;
import vn.lgsp.parse.JsonParsers;

/**
 * What branches have given so far, and the one document that is made of it: {@code {"parts":{…},"missing":[…]}}. A part that failed is
 * named with its error code, and with nothing that its provider said (BUS-10, MSG-09). For one thread at a time.
 */
final class Parts {
    /** Without the two levels around a part. */
    private static final int DEEPEST = JsonParsers.DEEPEST - 2;

    private static final JsonFactory JSON = JsonParsers.pieces(DEEPEST);

    /** Part by part: its JSON, or why it is missing; null while it is still to come. */
    private final List<byte[]> there = new ArrayList<>();

    private final List<Optional<Missing>> missing = new ArrayList<>();
    private final List<String> names;
    private final long limit;
    private long bytes;
    private int toCome;

    /** Why a part is missing. */
    record Missing(ErrorCode code, Throwable why) {
        static Missing of(Throwable why) {
            return new Missing(BusException.in(why).map(BusException::code).orElse(ErrorCode.BUS_FAILED), why);
        }
    }

    /**
     * @param names of the parts; empty where they are the items of a list
     * @param count of the parts
     * @param limit of bytes that all parts together may have
     */
    Parts(List<String> names, int count, long limit) {
        this.names = List.copyOf(names);
        this.limit = limit;
        this.toCome = count;
        for (int i = 0; i < count; i++) {
            there.add(NONE);
            missing.add(Optional.empty());
        }
    }

    private static final byte[] NONE = {};

    /** How many parts are still to come. */
    int toCome() {
        return toCome;
    }

    boolean isToCome(int index) {
        return there.get(index) == NONE && missing.get(index).isEmpty();
    }

    /**
     * This part is here.
     *
     * @param json its text, in UTF-8
     * @throws BusException {@code provider-invalid} when all together are larger than they may be
     */
    void here(int index, byte[] json) {
        if (!isToCome(index)) {
            return;
        }
        toCome--;
        there.set(index, json);
        bytes += json.length;
        if (bytes > limit) {
            throw new BusException(
                    ErrorCode.PROVIDER_INVALID,
                    "the parts together are larger than the " + limit + " bytes that the service allows");
        }
    }

    /** This part will not come. */
    void missing(int index, Throwable why) {
        if (isToCome(index)) {
            toCome--;
            missing.set(index, Optional.of(Missing.of(why)));
        }
    }

    Optional<Missing> missing(int index) {
        return missing.get(index);
    }

    int size() {
        return there.size();
    }

    /** How the part is named in the document and in the log. */
    String name(int index) {
        return names.isEmpty() ? String.valueOf(index) : names.get(index);
    }

    /**
     * The part whose failure is that of the whole, when every part is missing: the first that is missing for another reason than that
     * there is no such record, because that is only true if all say so.
     */
    Optional<Integer> failed() {
        if (missing.isEmpty() || missing.stream().anyMatch(Optional::isEmpty)) {
            return Optional.empty();
        }
        for (int i = 0; i < missing.size(); i++) {
            if (missing.get(i).orElseThrow().code() != ErrorCode.RECORD_NOT_FOUND) {
                return Optional.of(i);
            }
        }
        return Optional.of(0);
    }

    /** The document, in UTF-8. A list has {@code null} where an item is missing. */
    byte[] document() {
        ByteArrayOutputStream text =
                new ByteArrayOutputStream((int) Math.min(bytes + 64L * size(), Integer.MAX_VALUE - 8));
        write(text, names.isEmpty() ? "{\"parts\":[" : "{\"parts\":{");
        String next = "";
        for (int i = 0; i < size(); i++) {
            boolean here = missing.get(i).isEmpty();
            if (names.isEmpty()) {
                write(text, next + (here ? "" : "null"));
            } else if (here) {
                write(text, next + "\"" + names.get(i) + "\":");
            } else {
                continue;
            }
            text.writeBytes(there.get(i));
            next = ",";
        }
        write(text, names.isEmpty() ? "],\"missing\":[" : "},\"missing\":[");
        next = "";
        for (int i = 0; i < size(); i++) {
            if (missing.get(i).isPresent()) {
                String name = names.isEmpty() ? String.valueOf(i) : "\"" + names.get(i) + "\"";
                write(
                        text,
                        next + "{\"part\":" + name + ",\"code\":\""
                                + missing.get(i).get().code().code() + "\"}");
                next = ",";
            }
        }
        write(text, "]}");
        return text.toByteArray();
    }

    private static void write(ByteArrayOutputStream out, String text) {
        out.writeBytes(text.getBytes(StandardCharsets.UTF_8));
    }

    /**
     * What a branch gives, as it stands in the document: JSON as it is, digit by digit; anything else as a text; nothing as {@code
     * null}.
     *
     * @param contentType that the branch ended with, or empty; what is said to be JSON has to be JSON
     * @throws BusException {@code provider-invalid} for what is said to be JSON and is not, and for what is no text in UTF-8
     */
    static byte[] json(byte[] body, String contentType) {
        if (body.length == 0) {
            return "null".getBytes(StandardCharsets.UTF_8);
        }
        String text;
        try {
            text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(body))
                    .toString();
        } catch (CharacterCodingException broken) {
            throw new BusException(ErrorCode.PROVIDER_INVALID, "a part is neither JSON nor text in UTF-8");
        }
        String bare = text.startsWith("\uFEFF") ? text.substring(1) : text;
        if (isJson(bare)) {
            return bare.length() == text.length() ? body : bare.getBytes(StandardCharsets.UTF_8);
        }
        String type = contentType.replaceFirst(";.*", "").strip().toLowerCase(Locale.ROOT);
        if (type.equals("application/json") || type.endsWith("+json")) {
            throw new BusException(ErrorCode.PROVIDER_INVALID, "a part is said to be JSON, and is not");
        }
        byte[] quoted = JsonStringEncoder.getInstance().quoteAsUTF8(bare);
        byte[] whole = new byte[quoted.length + 2];
        whole[0] = '"';
        System.arraycopy(quoted, 0, whole, 1, quoted.length);
        whole[whole.length - 1] = '"';
        return whole;
    }

    /** Whether this is one JSON value, which stays one inside of the document. */
    private static boolean isJson(String text) {
        try (JsonParser parser = JSON.createParser(text)) {
            if (parser.nextToken() == null) {
                return false;
            }
            parser.skipChildren();
            return parser.nextToken() == null;
        } catch (JsonProcessingException broken) {
            return false;
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible); // the text is in memory
        }
    }
}
