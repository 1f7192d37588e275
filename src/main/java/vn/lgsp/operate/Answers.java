package vn.lgsp.operate;

import io.vertx.core.http.HttpHeaders;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;

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
