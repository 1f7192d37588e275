package vn.lgsp.transform;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.NullNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import vn.lgsp.parse.JsonParsers;

/**
 * How JSON is read and written: every digit and letter survives, and content that could hurt is refused before any step sees it
 * (SEC-01). A refusal names line and column, never content (MSG-09).
 */
final class Json {
    private static final JsonMapper MAPPER = JsonParsers.content();

    private Json() {}

    /** Reads a body; an empty one is {@code null}, as a GET has none. */
    static JsonNode read(byte[] body, Side side) {
        if (body.length == 0) {
            return NullNode.getInstance();
        }
        try {
            return read(
                    StandardCharsets.UTF_8
                            .newDecoder()
                            .onMalformedInput(CodingErrorAction.REPORT)
                            .onUnmappableCharacter(CodingErrorAction.REPORT)
                            .decode(ByteBuffer.wrap(body))
                            .toString(),
                    side);
        } catch (CharacterCodingException broken) {
            throw side.refuse("is not valid UTF-8, the encoding of JSON");
        }
    }

    static JsonNode read(String body, Side side) {
        String text = body.startsWith("\uFEFF") ? body.substring(1) : body;
        if (text.isEmpty()) {
            return NullNode.getInstance();
        }
        try (JsonParser parser = MAPPER.createParser(text)) {
            return read(parser, text, side);
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible); // the text is in memory
        }
    }

    /** The library's own texts quote content, so what is wrong is said anew, and no cause goes on. */
    private static JsonNode read(JsonParser parser, String text, Side side) throws IOException {
        JsonNode read;
        try {
            read = MAPPER.readTree(parser);
            if (read == null || read.isMissingNode()) {
                throw side.refuse("holds no JSON value");
            }
            if (parser.nextToken() != null) {
                throw side.refuse("goes on after the end of its JSON value" + at(parser));
            }
        } catch (StreamConstraintsException tooMuch) {
            throw side.refuse("is nested deeper than " + JsonParsers.DEEPEST
                    + " levels, or has a number or name too long to read" + at(parser));
        } catch (JsonParsers.NumberTooWide | NumberFormatException tooWide) {
            throw side.refuse("has a number with an exponent beyond " + JsonParsers.WIDEST_EXPONENT + at(parser));
        } catch (MismatchedInputException twice) {
            throw side.refuse("names the same member of an object twice" + at(parser));
        } catch (JsonProcessingException malformed) {
            throw side.refuse("is not valid JSON" + at(parser));
        }
        if (text.toLowerCase(Locale.ROOT).contains("\\ud") && hasLoneSurrogate(read)) {
            throw side.refuse("escapes half of a character, which no text can carry");
        }
        return read;
    }

    private static String at(JsonParser parser) {
        JsonLocation place = parser.currentLocation();
        return " at line " + place.getLineNr() + ", column " + place.getColumnNr();
    }

    /** As maps, lists, texts, truth values and numbers with every digit. */
    static @Nullable Object values(JsonNode node) {
        if (node.isObject()) {
            Map<String, @Nullable Object> members = new LinkedHashMap<>();
            node.properties().forEach(member -> members.put(member.getKey(), values(member.getValue())));
            return members;
        }
        if (node.isArray()) {
            List<@Nullable Object> items = new ArrayList<>(node.size());
            node.forEach(item -> items.add(values(item)));
            return items;
        }
        return node.isTextual()
                ? node.textValue()
                : node.isNumber() ? node.numberValue() : node.isBoolean() ? (Object) node.booleanValue() : null;
    }

    /** The JSON of what {@link #values} makes of it. */
    static JsonNode node(Object values) {
        return MAPPER.valueToTree(values);
    }

    /** The JSON text of {@code node}, in UTF-8. */
    static byte[] bytes(JsonNode node) {
        try {
            return MAPPER.writeValueAsBytes(node);
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException("a JSON tree could not be written", impossible);
        }
    }

    /** The JSON text of {@code node}. */
    static String text(JsonNode node) {
        try {
            return MAPPER.writeValueAsString(node);
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException("a JSON tree could not be written", impossible);
        }
    }

    private static boolean hasLoneSurrogate(JsonNode node) {
        if (node.isTextual()) {
            return !StandardCharsets.UTF_16.newEncoder().canEncode(node.textValue());
        }
        for (var member : node.properties()) {
            if (!StandardCharsets.UTF_16.newEncoder().canEncode(member.getKey())) {
                return true;
            }
        }
        for (JsonNode child : node) {
            if (hasLoneSurrogate(child)) {
                return true;
            }
        }
        return false;
    }
}
