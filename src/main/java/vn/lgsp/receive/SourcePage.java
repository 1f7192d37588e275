package vn.lgsp.receive;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.Optional;
import java.util.OptionalLong;
import vn.lgsp.failure.BusException;
import vn.lgsp.failure.ErrorCode;
import vn.lgsp.parse.JsonParsers;

/**
 * A page of a dataset, as the operation that reads it answers: {@code { "items": […], "watermark": "…", "more": true, "total": 120 }}.
 *
 * @param items the list, byte for byte as it stands in the answer
 * @param count of the items
 * @param watermark where the next page begins, and what is changed later; empty where the source has no such place
 * @param more whether there is a next page
 * @param total how many items the source says that it gives in all, where it says so
 */
@SuppressWarnings("ArrayRecordComponent") // nobody compares it
record SourcePage(byte[] items, long count, Optional<String> watermark, boolean more, OptionalLong total) {
    /** Characters of a watermark. */
    static final int LONGEST_WATERMARK = 512;

    private static final JsonFactory JSON = JsonParsers.pieces();

    /** @throws BusException {@code provider-invalid}, which names what is wrong and no value */
    static SourcePage read(byte[] answer) {
        byte[] items = {};
        long count = -1;
        Optional<String> watermark = Optional.empty();
        Optional<Boolean> more = Optional.empty();
        OptionalLong total = OptionalLong.empty();
        try (JsonParser parser = JSON.createParser(answer)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw invalid("is not a JSON object");
            }
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                String name = parser.currentName();
                JsonToken value = parser.nextToken();
                switch (name) {
                    case "items" -> {
                        if (value != JsonToken.START_ARRAY) {
                            throw invalid("has no list as its items");
                        }
                        int begin = (int) parser.currentTokenLocation().getByteOffset();
                        count = 0;
                        while (parser.nextToken() != JsonToken.END_ARRAY) {
                            count++;
                            parser.skipChildren();
                        }
                        int end = (int) parser.currentTokenLocation().getByteOffset() + 1;
                        if (begin < 0) {
                            throw invalid("is not UTF-8");
                        }
                        items = Arrays.copyOfRange(answer, begin, end);
                    }
                    case "watermark" -> watermark = watermark(parser, value);
                    case "more" -> {
                        if (!value.isBoolean() && value != JsonToken.VALUE_NULL) {
                            throw invalid("has a 'more' that is neither true nor false");
                        }
                        more = value.isBoolean() ? Optional.of(value == JsonToken.VALUE_TRUE) : Optional.empty();
                    }
                    case "total" -> total = total(parser, value);
                    default -> throw invalid("has a member beside items, watermark, more and total");
                }
            }
            if (parser.currentToken() != JsonToken.END_OBJECT || parser.nextToken() != null) {
                throw invalid("does not end with its object");
            }
        } catch (JsonProcessingException broken) {
            throw invalid("is not JSON");
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible); // it is in memory
        }
        if (count < 0) {
            throw invalid("has no items");
        }
        boolean goesOn = more.orElse(watermark.isPresent() && count > 0);
        if (goesOn && watermark.isEmpty()) {
            throw invalid("says that there is more, and not where");
        }
        return new SourcePage(items, count, watermark, goesOn, total);
    }

    private static Optional<String> watermark(JsonParser parser, JsonToken value) throws IOException {
        if (value == JsonToken.VALUE_NULL) {
            return Optional.empty();
        }
        if (value != JsonToken.VALUE_STRING && value != JsonToken.VALUE_NUMBER_INT) {
            throw invalid("has a watermark that is neither a text nor a whole number");
        }
        String text = parser.getText();
        if (text.isEmpty()
                || text.length() > LONGEST_WATERMARK
                || text.chars().anyMatch(Character::isISOControl)
                || text.chars().anyMatch(letter -> Character.isSurrogate((char) letter))) {
            throw invalid("has a watermark that is empty, is longer than " + LONGEST_WATERMARK
                    + " characters, or holds what is none of a text");
        }
        return Optional.of(text);
    }

    private static OptionalLong total(JsonParser parser, JsonToken value) throws IOException {
        if (value == JsonToken.VALUE_NULL) {
            return OptionalLong.empty();
        }
        if (value != JsonToken.VALUE_NUMBER_INT
                || parser.getNumberType() == JsonParser.NumberType.BIG_INTEGER
                || parser.getLongValue() < 0) {
            throw invalid("has a total that is no number of items");
        }
        return OptionalLong.of(parser.getLongValue());
    }

    private static BusException invalid(String what) {
        return new BusException(ErrorCode.PROVIDER_INVALID, "the page of the dataset " + what);
    }
}
