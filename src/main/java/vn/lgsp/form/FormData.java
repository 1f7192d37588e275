package vn.lgsp.form;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URLEncoder;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import vn.lgsp.failure.BusException;
import vn.lgsp.message.Multipart;
import vn.lgsp.parse.JsonParsers;

/**
 * A {@code multipart/form-data} body (RFC 7578) made of JSON: the way back of what a form that comes in becomes. A text, a number or a
 * truth value is a field; an object of {@code name}, {@code content} in base64 and perhaps {@code type} is a file, byte by byte; any
 * other object is a part in JSON; of a list each item is a part of the same name; what is null or absent is none.
 *
 * <p>Text is UTF-8. What cannot be a part is refused by its name, never by what it holds (MSG-09).
 *
 * @see "BUS-08, BUS-18"
 */
public final class FormData {
    public static final String MEDIA_TYPE = "multipart/form-data";

    public static final String URLENCODED = "application/x-www-form-urlencoded";

    /** As many as the bus takes of a form that comes in. */
    public static final int MOST_PARTS = 100;

    private static final int MOST_FIELDS = 1_000;

    private static final int LONGEST_NAME = 255;
    private static final String FILE_TYPE = "application/octet-stream";
    private static final Set<String> OF_A_FILE = Set.of("name", "type", "content");
    private static final Pattern TYPE = Pattern.compile("[A-Za-z0-9!#$&^_.+-]{1,100}/[A-Za-z0-9!#$&^_.+-]{1,100}"
            + "( ?; ?[A-Za-z0-9-]{1,50}=(\"[^\"\\\\\\p{Cntrl}]{0,100}\"|[A-Za-z0-9!#$&^_.+-]{1,100}))*");
    private static final JsonMapper JSON = JsonParsers.content();

    /**
     * A part to be, or several of one name.
     *
     * @param name as the other side sees it
     */
    public record Field(String name, JsonNode value) {}

    /**
     * A form, written.
     *
     * @param contentType the head that belongs to it
     */
    @SuppressWarnings("ArrayRecordComponent") // nobody compares it
    public record Written(String contentType, byte[] content) {}

    /** What cannot be written becomes the failure of the stage that writes. */
    @FunctionalInterface
    public interface Refusal {
        /** @param what goes on after "the form" */
        BusException of(String what);
    }

    private FormData() {}

    /**
     * The members of a JSON object, in its order.
     *
     * @throws BusException by {@code refusal} when it is no JSON object
     */
    public static List<Field> members(byte[] json, Refusal refusal) {
        List<Field> fields = new ArrayList<>();
        object(json, refusal).properties().forEach(member -> fields.add(new Field(member.getKey(), member.getValue())));
        return fields;
    }

    /** A JSON object. */
    public static JsonNode object(byte[] json, Refusal refusal) {
        try (JsonParser parser = JSON.createParser(text(json))) {
            JsonNode read = JSON.readTree(parser);
            if (read != null && read.isObject() && parser.nextToken() == null) {
                return read;
            }
        } catch (JsonProcessingException
                | JsonParsers.NumberTooWide
                | NumberFormatException
                | CharacterCodingException malformed) {
            // without the cause: its text may hold content
            throw refusal.of("cannot be made: there is no JSON that can be read");
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible); // the text is in memory
        }
        throw refusal.of("cannot be made: there is no JSON object");
    }

    /**
     * The form of these fields.
     *
     * @throws BusException by {@code refusal}
     */
    public static Written write(List<Field> fields, Refusal refusal) {
        List<Multipart.Part> parts = new ArrayList<>();
        for (Field field : fields) {
            if (field.value().isArray()) {
                field.value().forEach(item -> add(parts, field.name(), item, refusal));
            } else {
                add(parts, field.name(), field.value(), refusal);
            }
        }
        if (parts.isEmpty()) {
            throw refusal.of("would have no part");
        }
        Multipart.Written written = Multipart.write(parts);
        return new Written(MEDIA_TYPE + "; boundary=\"" + written.boundary() + "\"", written.content());
    }

    /**
     * The same fields as {@code application/x-www-form-urlencoded}, which carries texts, numbers and truth values, and nothing with
     * structure. Without any field it is empty.
     *
     * @throws BusException by {@code refusal}
     */
    public static byte[] urlencoded(List<Field> fields, Refusal refusal) {
        StringBuilder form = new StringBuilder();
        int count = 0;
        for (Field field : fields) {
            for (JsonNode value : field.value().isArray() ? field.value() : List.of(field.value())) {
                if (value.isNull() || value.isMissingNode()) {
                    continue;
                }
                int number = ++count;
                if (number > MOST_FIELDS) {
                    throw refusal.of("would have more than " + MOST_FIELDS + " fields");
                }
                Refusal here = what -> refusal.of("would have in field " + number + " " + what);
                if (value.isContainerNode()) {
                    throw here.of("a list or an object, which such a form cannot carry");
                }
                form.append(form.isEmpty() ? "" : "&")
                        .append(encoded(field.name(), here))
                        .append('=')
                        .append(encoded(value.isTextual() ? value.textValue() : json(value), here));
            }
        }
        return form.toString().getBytes(StandardCharsets.US_ASCII);
    }

    private static String encoded(String text, Refusal here) {
        return URLEncoder.encode(new String(utf8(text, here), StandardCharsets.UTF_8), StandardCharsets.UTF_8);
    }

    private static void add(List<Multipart.Part> parts, String name, JsonNode value, Refusal refusal) {
        if (value.isNull() || value.isMissingNode()) {
            return;
        }
        if (parts.size() == MOST_PARTS) {
            throw refusal.of("would have more than " + MOST_PARTS + " parts");
        }
        // names may themselves be content: what is wrong is told by its place
        Refusal here = what -> refusal.of("would have in part " + (parts.size() + 1) + " " + what);
        String disposition = "Content-Disposition: form-data; name=\"" + quoted(name, here) + "\"";
        if (isFile(value)) {
            parts.add(file(disposition, value, here));
        } else if (value.isArray()) {
            throw here.of("a list inside of a list");
        } else if (value.isObject()) {
            parts.add(new Multipart.Part(
                    List.of(disposition, "Content-Type: application/json"), utf8(json(value), here)));
        } else {
            String text = value.isTextual() ? value.textValue() : json(value);
            parts.add(new Multipart.Part(
                    List.of(disposition, "Content-Type: text/plain; charset=utf-8"), utf8(text, here)));
        }
    }

    private static boolean isFile(JsonNode value) {
        Set<String> names = new TreeSet<>();
        for (Map.Entry<String, JsonNode> member : value.properties()) {
            names.add(member.getKey());
        }
        return OF_A_FILE.containsAll(names)
                && value.path("name").isTextual()
                && value.path("content").isTextual();
    }

    private static Multipart.Part file(String disposition, JsonNode file, Refusal here) {
        JsonNode said = file.path("type");
        String type = said.isNull() || said.isMissingNode() ? FILE_TYPE : said.asText();
        if (type.length() > LONGEST_NAME
                || !TYPE.matcher(type).matches()) { // a pattern of parts is matched by recursion
            throw here.of("a file whose type is no media type");
        }
        byte[] content;
        try {
            content =
                    Base64.getDecoder().decode(file.path("content").textValue().replaceAll("[ \t\r\n]+", ""));
        } catch (IllegalArgumentException wrong) {
            throw here.of("a file whose content is not base64");
        }
        return new Multipart.Part(
                List.of(
                        disposition + "; filename=\""
                                + fileName(file.path("name").textValue(), here) + "\"",
                        "Content-Type: " + type),
                content);
    }

    /** Who has chosen no file sends one without a name. */
    private static String fileName(String name, Refusal here) {
        return name.isEmpty() ? "" : quoted(name, here);
    }

    /** As browsers write it: UTF-8, and a quotation mark by its percent sign. Nothing here can end a line, or be read in two ways. */
    private static String quoted(String name, Refusal here) {
        if (name.isEmpty()
                || name.length() > LONGEST_NAME
                || name.chars().anyMatch(unit -> Character.isISOControl(unit) || unit == '\\')
                || !StandardCharsets.UTF_8.newEncoder().canEncode(name)) {
            throw here.of("a name that no header can carry");
        }
        return name.replace("\"", "%22");
    }

    private static byte[] utf8(String text, Refusal here) {
        if (!StandardCharsets.UTF_8.newEncoder().canEncode(text)) {
            throw here.of("half of a character, which no text can carry");
        }
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String json(JsonNode value) {
        try {
            return JSON.writeValueAsString(value);
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException("a JSON tree could not be written", impossible);
        }
    }

    private static String text(byte[] json) throws CharacterCodingException {
        String text = StandardCharsets.UTF_8
                .newDecoder()
                .onMalformedInput(CodingErrorAction.REPORT)
                .onUnmappableCharacter(CodingErrorAction.REPORT)
                .decode(ByteBuffer.wrap(json))
                .toString();
        return text.startsWith("\uFEFF") ? text.substring(1) : text;
    }
}
