package vn.lgsp.ndxp;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import vn.lgsp.catalogue.OutboundCredential;

/**
 * How a token is asked for (wire-formats 6.1): a POST, in the style of the partner.
 *
 * @param headers of the request, among them what proves the bus where the style says so
 * @param body of the request
 */
public record TokenCall(Map<String, String> headers, String body) {
    private static final String GRANT = "client_credentials";

    /** The call for this credential. */
    public static TokenCall of(OutboundCredential.OAuth2 credential) {
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("accept", "application/json");
        return switch (credential.style()) {
            case BASIC_FORM, LGSPACCESSTOKEN -> {
                String pair = credential.user() + ":" + credential.secret();
                headers.put(
                        "authorization",
                        "Basic " + Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8)));
                yield form(headers, "grant_type=" + GRANT);
            }
            case FORM_BODY ->
                form(
                        headers,
                        "grant_type=" + GRANT + "&client_id=" + encoded(credential.user()) + "&client_secret="
                                + encoded(credential.secret()));
            case JSON_BODY -> json(headers, credential, ",\"grant_type\":\"" + GRANT + "\"");
            case JSON_PAIR -> json(headers, credential, "");
        };
    }

    /** The login that gives a session (wire-formats 7.8). */
    public static TokenCall of(OutboundCredential.Session credential) {
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("accept", "application/json");
        headers.put("content-type", "application/json");
        return new TokenCall(
                headers,
                "{\"username\":" + JsonText.of(credential.user()) + ",\"password\":" + JsonText.of(credential.secret())
                        + "}");
    }

    private static TokenCall form(Map<String, String> headers, String body) {
        headers.put("content-type", "application/x-www-form-urlencoded");
        return new TokenCall(headers, body);
    }

    private static TokenCall json(Map<String, String> headers, OutboundCredential.OAuth2 credential, String rest) {
        headers.put("content-type", "application/json");
        return new TokenCall(
                headers,
                "{\"client_id\":" + JsonText.of(credential.user()) + ",\"client_secret\":"
                        + JsonText.of(credential.secret()) + rest + "}");
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    @Override
    public String toString() {
        return "TokenCall[***]";
    }
}
