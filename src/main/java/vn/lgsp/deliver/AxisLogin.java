package vn.lgsp.deliver;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import vn.lgsp.catalogue.OutboundCredential;
import vn.lgsp.failure.BusException;
import vn.lgsp.failure.ErrorCode;
import vn.lgsp.ndxp.AccessToken;
import vn.lgsp.ndxp.TokenCall;
import vn.lgsp.parse.JsonParsers;

/**
 * The login of the provincial REST form of the document axis (wire-formats 4.1). Its token is as good as the password: nothing shows
 * it.
 *
 * @see "EXT-05"
 */
final class AxisLogin {
    /** Below the address of the axis. */
    static final String PATH = "/v1/auth/login?allow_anonymous=true";

    private static final Pattern TOKEN = Pattern.compile("[\\x21-\\x7E]{1,8192}");
    private static final Pattern CODE = Pattern.compile("[A-Za-z0-9._-]{1,16}");

    private AxisLogin() {}

    static TokenCall call(OutboundCredential.DocumentAxisRest credential, OutboundCredential.Login login) {
        ObjectNode asked = JsonNodeFactory.instance
                .objectNode()
                .put("username", login.user())
                .put("password", login.secret())
                .put("applicationCode", login.application())
                .put("otp", "")
                .put("twoFactorProvider", "");
        asked.putArray("typeObjs").add(0).add(1);
        return new TokenCall(
                Map.of(
                        "accept",
                        "application/json",
                        "content-type",
                        "application/json",
                        "X-SystemId",
                        credential.user(),
                        "X-SecretKey",
                        credential.secret()),
                asked.toString());
    }

    /**
     * The token in the answer of a login; empty where there is neither one that a header can carry nor a code.
     *
     * @throws BusException {@code token-unavailable} with the code of an answer that has no token
     */
    static Optional<AccessToken> token(byte[] answer, Duration life) {
        Optional<JsonNode> said = read(answer);
        Optional<String> token = said.map(whole -> whole.path("data").path("token"))
                .filter(JsonNode::isTextual)
                .map(JsonNode::asText)
                .filter(text -> TOKEN.matcher(text).matches());
        if (token.isEmpty()) {
            said.map(whole -> whole.path("code").asText())
                    .filter(code -> CODE.matcher(code).matches())
                    .ifPresent(code -> {
                        throw new BusException(
                                ErrorCode.TOKEN_UNAVAILABLE, "its login gave the bus no token", code, null);
                    });
        }
        return token.map(text -> new AccessToken(text, life));
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
}
