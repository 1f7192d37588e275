package vn.lgsp.operate;

import io.vertx.core.http.HttpHeaders;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import java.util.List;

/** The forms of an answer. */
final class Answers {
    private Answers() {}

    static void json(RoutingContext context, int status, String json) {
        send(context, status, "application/json", json);
    }

    static void problem(RoutingContext context, int status, String detail) {
        JsonObject problem = new JsonObject().put("status", status).put("detail", detail);
        send(context, status, "application/problem+json", problem.encode());
    }

    /**
     * Whether all parameters of the request are known here; if not, it is answered. A misspelt filter that is passed over would show
     * everything as if it fitted.
     */
    static boolean knows(RoutingContext context, List<String> parameters) {
        boolean known = parameters.containsAll(context.queryParams().names());
        if (!known) {
            problem(context, 400, "the parameters here are " + String.join(", ", parameters));
        }
        return known;
    }

    static void redirect(RoutingContext context, String to) {
        context.response().putHeader(HttpHeaders.LOCATION, to);
        send(context, 302, "text/plain", "");
    }

    static void send(RoutingContext context, int status, String type, String body) {
        if (!context.response().ended()) {
            context.response()
                    .setStatusCode(status)
                    .putHeader(HttpHeaders.CONTENT_TYPE, type)
                    .end(body);
        }
    }
}
