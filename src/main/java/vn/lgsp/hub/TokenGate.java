package vn.lgsp.hub;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.netty.handler.codec.http.QueryStringDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** Gives out tokens for a consumer key and secret, and knows those that live. */
final class TokenGate {
    static final String BASIC_FORM = "basic-form";
    static final String JSON_BODY = "json-body";
    static final String ADAPTER = "adapter";
    static final String LGSP_ACCESS_TOKEN = "lgspaccesstoken";
    private static final int MOST = 1_000;

    private final String key;
    private final String secret;
    private final LgspAccessToken application;
    private final Settings settings;
    private final Map<String, Instant> tokens = new LinkedHashMap<>();

    TokenGate(String key, String secret, LgspAccessToken application, Settings settings) {
        this.key = key;
        this.secret = secret;
        this.application = application;
        this.settings = settings;
    }

    boolean wantsApplication() {
        return settings.get("lgspaccesstoken").equals("required");
    }

    /** {@code POST /token}. */
    Answer token(Call call) {
        call.operation("token");
        if (!call.isPost()) {
            return Answer.notAllowed("POST");
        }
        if (wantsApplication()) {
            Optional<String> wrong = application.wrong(call.header("lgspaccesstoken"));
            if (!call.check("lgspaccesstoken", wrong.isEmpty(), wrong.orElse("right"))) {
                return refused();
            }
        }
        String style = style(call);
        List<String> allowed = Arrays.asList(settings.get("token-styles").split(",", -1));
        if (!call.check("token style", allowed.contains(style), style)) {
            return Answer.json(
                    400,
                    Json.object()
                            .put("error", "unsupported_grant_type")
                            .put("error_description", "This style of request is not offered here"));
        }
        boolean right = isKnown(call, style) && !call.has(Fault.WRONG_SIGNATURE);
        if (!call.check("consumer key and secret", right, right ? "right" : "not known")) {
            return refused();
        }
        if (!style.equals(ADAPTER)
                && !call.check("grant_type", parameter(call, "grant_type").equals("client_credentials"), "")) {
            return Answer.json(400, Json.object().put("error", "unsupported_grant_type"));
        }
        if (call.fails()) {
            return Answer.json(Json.object().put("error", call.failure("temporarily_unavailable")));
        }
        long life = settings.number("token-life");
        String token = UUID.randomUUID().toString();
        tokens.put(token, call.now().plusSeconds(life));
        if (tokens.size() > MOST) {
            tokens.remove(tokens.keySet().iterator().next());
        }
        return Answer.json(Json.object()
                .put("access_token", token)
                .put("scope", "am_application_scope default")
                .put("token_type", "Bearer")
                .put("expires_in", life));
    }

    /** What an API answers to a call without a living token; empty when it has one. */
    Optional<Answer> refusal(Call call) {
        if (wantsApplication()) {
            Optional<String> wrong = application.wrong(call.header("lgspaccesstoken"));
            if (!call.check("lgspaccesstoken", wrong.isEmpty(), wrong.orElse("right"))) {
                return Optional.of(unauthorised());
            }
        }
        String header = call.header("Authorization");
        String token = header.startsWith("Bearer ") ? header.substring(7).strip() : "";
        Instant end = tokens.getOrDefault(token, Instant.MIN);
        boolean known = end != Instant.MIN;
        if (known && (call.has(Fault.EXPIRED_TOKEN) || !call.now().isBefore(end))) {
            tokens.remove(token);
            call.check("token", false, "expired");
            return Optional.of(unauthorised());
        }
        return call.check("token", known, known ? "lives" : token.isEmpty() ? "there is none" : "not known")
                ? Optional.empty()
                : Optional.of(unauthorised());
    }

    private String style(Call call) {
        if (call.header("Authorization").startsWith("Basic ")) {
            return BASIC_FORM;
        }
        if (parameter(call, "client_id").isEmpty() && wantsApplication()) {
            return LGSP_ACCESS_TOKEN;
        }
        return parameter(call, "grant_type").isEmpty() ? ADAPTER : JSON_BODY;
    }

    private boolean isKnown(Call call, String style) {
        return switch (style) {
            case BASIC_FORM ->
                LgspAccessToken.pair(call.header("Authorization").substring(6))
                        .filter(pair -> isMine(pair.get(0), pair.get(1)))
                        .isPresent();
            // its key and secret have been looked at
            case LGSP_ACCESS_TOKEN -> true;
            default -> isMine(parameter(call, "client_id"), parameter(call, "client_secret"));
        };
    }

    private boolean isMine(String givenKey, String givenSecret) {
        return Digests.exactly(givenKey, key) && Digests.exactly(givenSecret, secret);
    }

    /** Of the JSON body, the form body or the query. */
    private static String parameter(Call call, String name) {
        if (!call.query(name).isEmpty()) {
            return call.query(name);
        }
        Optional<ObjectNode> json = Json.object(call.body());
        if (json.isPresent()) {
            return Json.text(json.get(), name);
        }
        return new QueryStringDecoder(new String(call.body(), StandardCharsets.UTF_8), false)
                .parameters()
                .getOrDefault(name, List.of(""))
                .get(0);
    }

    private static Answer refused() {
        return Answer.json(
                        401,
                        Json.object()
                                .put("error", "invalid_client")
                                .put("error_description", "Client Authentication failed"))
                .with("WWW-Authenticate", "Basic realm=\"token\"");
    }

    private static Answer unauthorised() {
        return Answer.json(
                        401,
                        Json.object()
                                .put("code", "900901")
                                .put("message", "Invalid Credentials")
                                .put("description", "Access token expired or not known"))
                .with("WWW-Authenticate", "Bearer error=\"invalid_token\"");
    }
}
