package vn.lgsp.receive;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import vn.lgsp.failure.BusException;
import vn.lgsp.failure.ErrorCode;

/**
 * A form as JSON, for services that map content: an object with a member for each field, in the order of the form.
 *
 * <p>Of {@code application/x-www-form-urlencoded} a value is a string, and a field that comes several times an array of strings. Of
 * {@code multipart/form-data} (RFC 7578) a field is a string, and a file an object: {@code name}, {@code type}, and {@code content} in
 * base64; no two parts have one name. Text is UTF-8. What is not of this form is {@code message-invalid}, told without content.
 */
final class FormBody {
    static final String URLENCODED = "application/x-www-form-urlencoded";
    static final String MULTIPART = "multipart/form-data";

    /** More is no form that people fill in, and costs more to hold than to send. */
    private static final int MOST_FIELDS = 1_000;

    static final int MOST_PARTS = 100;
    static final int LONGEST_HEAD = 4 << 10;

    private static final Pattern PARAMETER =
            Pattern.compile(";\\s*([A-Za-z*]+)=(?:\"((?:[^\"\\\\]++|\\\\.)*+)\"|([^;\\s\"]+))\\s*");
    private static final Pattern BOUNDARY = Pattern.compile("[0-9A-Za-z'()+_,./:=? -]{0,69}[0-9A-Za-z'()+_,./:=?-]");

    private FormBody() {}

    /** Whether a body of this Content-Type is a form. */
    static boolean isForm(String contentType) {
        String type = Acceptance.bare(contentType);
        return type.equals(URLENCODED) || type.equals(MULTIPART);
    }

    /** The form as JSON text, in UTF-8. */
    static byte[] json(String contentType, byte[] form) {
        String charset = parameter(contentType, "charset").orElse("utf-8");
        if (!charset.equalsIgnoreCase("utf-8")) {
            throw new BusException(ErrorCode.MEDIA_TYPE_UNSUPPORTED, "send a form in UTF-8");
        }
        JsonObject fields = Acceptance.bare(contentType).equals(MULTIPART)
                ? parts(contentType, form)
                : fields(text(form, "the form"));
        return fields.toBuffer().getBytes();
    }

    private static JsonObject fields(String form) {
        JsonObject fields = new JsonObject();
        int count = 0;
        for (String pair : form.split("&", -1)) {
            if (pair.isEmpty()) {
                continue;
            }
            if (++count > MOST_FIELDS) {
                throw refusal("has more than " + MOST_FIELDS + " fields");
            }
            int equals = pair.indexOf('=');
            String name = decoded(equals < 0 ? pair : pair.substring(0, equals));
            String value = equals < 0 ? "" : decoded(pair.substring(equals + 1));
            if (name.isEmpty()) {
                throw refusal("has a field without a name");
            }
            Object before = fields.getValue(name);
            if (before == null) {
                fields.put(name, value);
            } else if (before instanceof JsonArray values) {
                values.add(value);
            } else {
                fields.put(name, new JsonArray().add(before).add(value));
            }
        }
        return fields;
    }

    /** Without the percent signs; unlike the JDK's own, which puts another letter where bytes are no text. */
    private static String decoded(String written) {
        byte[] from = written.getBytes(StandardCharsets.UTF_8);
        byte[] to = new byte[from.length];
        int length = 0;
        for (int i = 0; i < from.length; i++) {
            if (from[i] == '%') {
                int high = i + 2 < from.length ? Character.digit(from[i + 1], 16) : -1;
                int low = i + 2 < from.length ? Character.digit(from[i + 2], 16) : -1;
                if (high < 0 || low < 0) {
                    throw refusal("is not percent-encoded correctly");
                }
                to[length++] = (byte) (high << 4 | low);
                i += 2;
            } else {
                to[length++] = from[i] == '+' ? (byte) ' ' : from[i];
            }
        }
        return text(Arrays.copyOf(to, length), "a field of it");
    }

    /** The boundary between the parts of a form. */
    static String boundary(String contentType) {
        String charset = parameter(contentType, "charset").orElse("utf-8");
        if (!charset.equalsIgnoreCase("utf-8")) {
            throw new BusException(ErrorCode.MEDIA_TYPE_UNSUPPORTED, "send a form in UTF-8");
        }
        String boundary = parameter(contentType, "boundary").orElse("");
        if (!BOUNDARY.matcher(boundary).matches()) {
            throw refusal("names no boundary in its Content-Type, or none of RFC 2046");
        }
        return boundary;
    }

    private static JsonObject parts(String contentType, byte[] form) {
        String boundary = boundary(contentType);
        byte[] delimiter = ("--" + boundary).getBytes(StandardCharsets.US_ASCII);
        byte[] next = ("\r\n--" + boundary).getBytes(StandardCharsets.US_ASCII);
        int at = starts(form, 0, delimiter) ? delimiter.length : after(form, 0, next);
        JsonObject fields = new JsonObject();
        for (int count = 0; ; count++) {
            if (at < 0) {
                throw refusal("ends before its last boundary");
            }
            if (starts(form, at, new byte[] {'-', '-'})) {
                return fields;
            }
            while (at < form.length && (form[at] == ' ' || form[at] == '\t')) {
                at++;
            }
            if (!starts(form, at, new byte[] {'\r', '\n'})) {
                throw refusal("has a boundary that is not a line of its own");
            }
            if (count == MOST_PARTS) {
                throw refusal("has more than " + MOST_PARTS + " parts");
            }
            // a part without header lines has its empty line at once, and is refused for want of a name
            int head = at + 2;
            int body = after(form, at, new byte[] {'\r', '\n', '\r', '\n'});
            if (body < 0 || body - head > LONGEST_HEAD) {
                throw refusal("has a part whose header lines do not end within " + LONGEST_HEAD + " bytes");
            }
            int end = after(form, body - 2, next);
            if (end < 0) {
                throw refusal("ends before its last boundary");
            }
            int contentEnd = Math.max(body, end - next.length);
            put(
                    fields,
                    text(Arrays.copyOfRange(form, head, Math.max(head, body - 2)), "the header lines of a part"),
                    Arrays.copyOfRange(form, body, contentEnd));
            at = end;
        }
    }

    /**
     * What the header lines of a part say.
     *
     * @param file the name of the file that it is; empty of a field
     */
    record Part(String name, Optional<String> file, String type) {}

    private static void put(JsonObject fields, String head, byte[] content) {
        put(fields, part(head), content);
    }

    static void put(JsonObject fields, Part part, byte[] content) {
        if (fields.containsKey(part.name())) {
            throw refusal("has two parts with one name");
        }
        if (part.file().isPresent()) {
            fields.put(
                    part.name(), file(part).put("content", Base64.getEncoder().encodeToString(content)));
        } else if (!parameter(part.type(), "charset").orElse("utf-8").equalsIgnoreCase("utf-8")) {
            throw refusal("has a field that is not in UTF-8");
        } else {
            fields.put(part.name(), text(content, "a field of it"));
        }
    }

    /** A file, without its content. */
    static JsonObject file(Part part) {
        return new JsonObject().put("name", part.file().orElse("")).put("type", part.type());
    }

    /** Reads the header lines of a part. */
    static Part part(String head) {
        Optional<String> disposition = Optional.empty();
        String type = "text/plain";
        for (String line : head.split("\r\n", -1)) {
            if (line.isEmpty()) {
                continue;
            }
            int colon = line.indexOf(':');
            String name = line.substring(0, Math.max(0, colon)).toLowerCase(Locale.ROOT);
            String value = line.substring(colon + 1).strip();
            if (colon < 1 || name.isBlank() || line.startsWith(" ") || line.startsWith("\t")) {
                throw refusal("has a part with a header line that is none");
            }
            if (name.equals("content-disposition")) {
                if (disposition.isPresent()) {
                    throw refusal("has a part with two Content-Disposition");
                }
                disposition = Optional.of(value);
            } else if (name.equals("content-type")) {
                type = value;
            } else if (name.equals("content-transfer-encoding")
                    && !value.toLowerCase(Locale.ROOT).matches("7bit|8bit|binary")) {
                throw refusal("has a part under a Content-Transfer-Encoding: send its bytes as they are");
            }
        }
        String says = disposition.orElse("");
        if (!Acceptance.bare(says).equals("form-data")) {
            throw refusal("has a part without Content-Disposition: form-data");
        }
        String name = parameter(says, "name").orElse("");
        if (name.isEmpty()) {
            throw refusal("has a part without a name");
        }
        if (parameter(says, "filename*").isPresent()) {
            throw refusal("has a part with filename*: write filename, in UTF-8");
        }
        return new Part(name, parameter(says, "filename"), type);
    }

    /** The parameter of a header's value, if it is there; of two with one name none can be trusted. */
    private static Optional<String> parameter(String value, String name) {
        int semicolon = value.indexOf(';');
        Optional<String> found = Optional.empty();
        Matcher parameter = PARAMETER.matcher(semicolon < 0 ? "" : value.substring(semicolon));
        while (parameter.lookingAt()) {
            if (parameter.group(1).equalsIgnoreCase(name)) {
                if (found.isPresent()) {
                    throw refusal("says " + name + " twice in one header line");
                }
                String quoted = parameter.group(2);
                found = Optional.of(quoted == null ? parameter.group(3) : quoted.replaceAll("\\\\(.)", "$1"));
            }
            parameter.region(parameter.end(), parameter.regionEnd());
        }
        return found;
    }

    private static boolean starts(byte[] form, int at, byte[] with) {
        return form.length - at >= with.length && Arrays.equals(form, at, at + with.length, with, 0, with.length);
    }

    /** Where what follows this begins; -1 where it does not come any more. */
    private static int after(byte[] form, int from, byte[] what) {
        for (int at = Math.max(0, from); at <= form.length - what.length; at++) {
            if (form[at] == what[0] && starts(form, at, what)) {
                return at + what.length;
            }
        }
        return -1;
    }

    static String text(byte[] bytes, String what) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .onMalformedInput(CodingErrorAction.REPORT)
                    .onUnmappableCharacter(CodingErrorAction.REPORT)
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException broken) {
            throw new BusException(ErrorCode.MESSAGE_INVALID, what + " is not valid UTF-8");
        }
    }

    static BusException refusal(String what) {
        return new BusException(ErrorCode.MESSAGE_INVALID, "the form " + what);
    }
}
