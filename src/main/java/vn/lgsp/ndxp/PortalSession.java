package vn.lgsp.ndxp;

import com.fasterxml.jackson.core.JsonProcessingException;
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

    /** The error code of an answer; empty where it has none. */
    public static Optional<String> errorCode(byte[] answer) {
        return read(answer)
                .map(told -> told.path("error_code"))
                .filter(code -> code.isNumber() || code.isTextual())
                .map(JsonNode::asText)
                .filter(code -> CODE.matcher(code).matches());
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

    /** Whether a session can be put into this content: into an object that has none. */
    public static boolean fits(byte[] content) {
        return read(content).filter(object -> !object.has("session")).isPresent();
    }

    /** The same object with the session as its first member; every other byte of it stays. */
    public static byte[] with(byte[] content, String session) {
        String text = new String(content, StandardCharsets.UTF_8);
        int begin = text.indexOf('{') + 1;
        String rest = text.substring(begin);
        return ("{\"session\":" + JsonText.of(session) + (rest.stripLeading().startsWith("}") ? "" : ",") + rest)
                .getBytes(StandardCharsets.UTF_8);
    }
}
