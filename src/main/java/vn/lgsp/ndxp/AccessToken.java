package vn.lgsp.ndxp;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Pattern;
import vn.lgsp.parse.JsonParsers;

/**
 * A token that a gateway gave the bus (wire-formats 6.1). It is as good as the secret: nothing shows it.
 *
 * @param value for {@code Authorization: Bearer}
 * @param life how long the gateway says it is good for, from when it was asked for
 */
public record AccessToken(String value, Duration life) {
    /** Where a gateway does not say: what they all say. */
    static final Duration OTHERWISE = Duration.ofSeconds(3_600);

    /** Longer than this no token is kept, whatever the gateway says. */
    static final Duration LONGEST = Duration.ofHours(24);

    private static final Pattern FORM = Pattern.compile("[A-Za-z0-9._~+/=:-]{1,8192}");

    /** The token in an answer of a token endpoint; empty where there is none that a header can carry. */
    public static Optional<AccessToken> in(byte[] answer) {
        JsonNode read;
        try {
            read = JsonParsers.content().readTree(answer);
        } catch (JsonProcessingException | JsonParsers.NumberTooWide noJson) {
            return Optional.empty();
        } catch (IOException unreadable) {
            return Optional.empty();
        }
        if (read == null || !read.isObject()) {
            return Optional.empty();
        }
        JsonNode value = read.path("access_token");
        JsonNode type = read.path("token_type");
        boolean bearer = type.isMissingNode() || type.isNull() || type.asText().equalsIgnoreCase("bearer");
        if (!bearer || !value.isTextual() || !FORM.matcher(value.asText()).matches()) {
            return Optional.empty();
        }
        return Optional.of(new AccessToken(value.asText(), life(read.path("expires_in"))));
    }

    /** A number, or a number as text, as some gateways write it. */
    private static Duration life(JsonNode told) {
        if (!told.isNumber() && !told.asText().matches("-?[0-9]{1,15}")) {
            return OTHERWISE;
        }
        double seconds = told.asDouble();
        return seconds <= 0
                ? Duration.ZERO
                : seconds >= LONGEST.toSeconds() ? LONGEST : Duration.ofMillis((long) (seconds * 1_000));
    }

    /** Gateways renew at nine tenths of a life (wire-formats 6.1), so that no call meets a token that ends on its way. */
    public Duration renewedAfter() {
        return life.multipliedBy(9).dividedBy(10);
    }

    @Override
    public String toString() {
        return "AccessToken[***, " + life + "]";
    }
}
