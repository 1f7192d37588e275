package vn.lgsp.ndxp;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Pattern;
import vn.lgsp.parse.JsonParsers;

/**
 * The session of the public service portal (wire-formats 7.8): what a login answers, where it stands in a call, and what an answer says
 * of it. It is as good as the password: nothing shows it.
 *
 * @see "EXT-18"
 */
public final class PortalSession {
    private static final Pattern FORM = Pattern.compile("[\\x21-\\x7E]{1,4096}");
    private static final JsonFactory PIECES = JsonParsers.pieces();
    private static final Pattern CODE = Pattern.compile("-?[A-Za-z0-9]{1,32}");

    private PortalSession() {}

    /**
     * The session in the answer of a login; empty where there is none, or the login says a failure.
     *
     * @param life how long it is used at most: no answer says it
     */
    public static Optional<AccessToken> in(byte[] answer, Duration life) {
        return read(answer)
                .filter(told -> told.path("error_code").asText().equals("0"))
                .map(told -> told.path("session"))
                .filter(session ->
                        session.isTextual() && FORM.matcher(session.asText()).matches())
                .map(session -> new AccessToken(session.asText(), life));
    }

    /**
     * The error code of an answer; empty where it has none. Reads all of it, without a tree of it: an answer can be as large as a mapping
     * may read.
     */
    public static Optional<String> errorCode(byte[] answer) {
        return members(answer).flatMap(Members::errorCode).filter(code -> CODE.matcher(code)
                .matches());
    }

    private static Optional<JsonNode> read(byte[] answer) {
        try {
            return Optional.ofNullable(JsonParsers.content().readTree(answer)).filter(JsonNode::isObject);
        } catch (JsonProcessingException | JsonParsers.NumberTooWide noJson) {
            return Optional.empty();
        } catch (IOException unreadable) {
            return Optional.empty();
        }
    }

    /**
     * Where the session stands in a content: behind the brace that opens it.
     *
     * @param at how many bytes that is
     * @param alone whether the object has no other member
     */
    public record Place(int at, boolean alone) {
        /** What stands in front of the rest of the content. */
        public byte[] opening(String session) {
            return ("{\"session\":" + JsonText.of(session) + (alone ? "" : ",")).getBytes(StandardCharsets.UTF_8);
        }
    }

    /** Where a session can be put into this content: into an object that has none. Reads all of it. */
    public static Optional<Place> place(byte[] content) {
        return members(content)
                .filter(members -> members.begin() >= 0 && !members.session())
                .map(members -> new Place(members.begin() + 1, members.none()));
    }

    /**
     * What of an object matters here.
     *
     * @param begin at which byte it opens; negative where it is not written in UTF-8, the only one that the portal reads
     * @param none whether it has no member
     * @param session whether it has one of this name
     */
    private record Members(int begin, boolean none, boolean session, Optional<String> errorCode) {}

    private static Optional<Members> members(byte[] content) {
        try (JsonParser parser = PIECES.createParser(content)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                return Optional.empty();
            }
            int begin = (int) parser.currentTokenLocation().getByteOffset();
            boolean none = true;
            boolean session = false;
            Optional<String> errorCode = Optional.empty();
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                none = false;
                String name = parser.currentName();
                JsonToken value = parser.nextToken();
                session |= name.equals("session");
                if (name.equals("error_code") && value == JsonToken.VALUE_STRING) {
                    errorCode = Optional.of(parser.getText());
                } else if (name.equals("error_code") && value == JsonToken.VALUE_NUMBER_INT) {
                    errorCode = Optional.of(parser.getBigIntegerValue().toString());
                }
                parser.skipChildren();
            }
            if (parser.nextToken() != null) {
                return Optional.empty();
            }
            boolean utf8 = begin >= 0 && content[begin] == '{' && content[begin + 1] != 0;
            return Optional.of(new Members(utf8 ? begin : -1, none, session, errorCode));
        } catch (IOException noJson) {
            return Optional.empty();
        }
    }
}
