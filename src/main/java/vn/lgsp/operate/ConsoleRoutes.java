package vn.lgsp.operate;

import io.vertx.core.WorkerExecutor;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.Json;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.BodyHandler;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import vn.lgsp.catalogue.Operator;

/**
 * Hawtio at {@code /hawtio}. Without a session only the sign-in page is there, with the files that it loads and fixed answers to
 * what it asks; with one, states and counts of the routes, and the switches of services, through {@link JmxView}.
 */
final class ConsoleRoutes {
    private static final String HOME = "/hawtio/";
    static final String SIGN_IN_PAGE = "/hawtio/login";
    private static final Pattern JSON = Pattern.compile("(?:application|text)/json(?:; ?charset=utf-8)?");

    private final Guard guard;
    private final JmxView jmx;
    private final ConsoleFiles files;
    private final WorkerExecutor workers;
    private final Clock clock;
    private final Duration sessionTimeout;

    ConsoleRoutes(
            Guard guard,
            JmxView jmx,
            ConsoleFiles files,
            WorkerExecutor workers,
            Clock clock,
            Duration sessionTimeout) {
        this.guard = guard;
        this.jmx = jmx;
        this.files = files;
        this.workers = workers;
        this.clock = clock;
        this.sessionTimeout = sessionTimeout;
    }

    void mount(Router router) {
        router.get("/").handler(context -> Answers.redirect(context, HOME));

        router.post("/hawtio/auth/login").handler(ConsoleRoutes::onlyJson);
        router.post("/hawtio/auth/login").handler(body(4 << 10));
        router.post("/hawtio/auth/login").handler(this::signIn);
        router.get("/hawtio/auth/logout").handler(this::signOut);
        router.get("/hawtio/user").handler(guard::session).handler(this::user);
        router.get("/hawtio/refresh").handler(guard::session).handler(this::refresh);

        // What the console asks before anybody has signed in: fixed answers, the same for every bus.
        fixed(router, "/hawtio/plugin", "[]");
        fixed(router, "/hawtio/proxy/enabled", "false");
        fixed(router, "/hawtio/preset-connections", "[]");
        fixed(router, "/hawtio/keycloak/enabled", "false");
        fixed(router, "/hawtio/auth/config/login", "[]");
        fixed(router, "/hawtio/auth/config/oidc", "[]");
        router.get("/hawtio/auth/config/session-timeout").handler(this::sessionTimeout);

        router.get("/hawtio/jolokia").handler(guard::session).handler(this::version);
        // One route for each step: Vert.x would not let a check stand before the reading of the body within one.
        router.post("/hawtio/jolokia").handler(guard::session);
        router.post("/hawtio/jolokia").handler(ConsoleRoutes::onlyJson);
        router.post("/hawtio/jolokia").handler(body(1 << 20));
        router.post("/hawtio/jolokia").handler(this::jolokia);

        router.get("/hawtio").handler(this::page);
        router.get("/hawtio/*").handler(this::file);
    }

    private static void fixed(Router router, String path, String json) {
        router.get(path).handler(context -> Answers.json(context, 200, json));
    }

    private static BodyHandler body(int mostBytes) {
        return BodyHandler.create(false).setBodyLimit(mostBytes);
    }

    private static void onlyJson(RoutingContext context) {
        String type = context.request().getHeader(HttpHeaders.CONTENT_TYPE);
        if (type != null && JSON.matcher(type.toLowerCase(Locale.ROOT)).matches()) {
            context.next();
        } else {
            Answers.problem(context, 415, "send application/json");
        }
    }

    private void signIn(RoutingContext context) {
        Object read;
        try {
            read = Json.decodeValue(Optional.ofNullable(context.body().buffer()).orElseGet(Buffer::buffer));
        } catch (DecodeException unreadable) {
            read = "";
        }
        Map<String, Object> typed = read instanceof JsonObject object ? object.getMap() : Map.of();
        if (typed.get("username") instanceof String user && typed.get("password") instanceof String password) {
            guard.check(context, user, password)
                    .onSuccess(accepted -> accepted.ifPresent(operator -> {
                        guard.begin(context, operator);
                        Answers.json(
                                context,
                                200,
                                new JsonObject().put("user", operator.user()).encode());
                    }));
        } else {
            Answers.problem(context, 400, "send username and password");
        }
    }

    private void signOut(RoutingContext context) {
        guard.end(context);
        Answers.redirect(context, SIGN_IN_PAGE);
    }

    private void user(RoutingContext context) {
        Answers.json(context, 200, Json.encode(Guard.operator(context)));
    }

    /** The console calls this when the person did something; its own regular reading does not lengthen the session. */
    private void refresh(RoutingContext context) {
        guard.used(context);
        Answers.json(context, 200, "{}");
    }

    private void sessionTimeout(RoutingContext context) {
        String asked = context.request().getParam("t", "0");
        long sent = asked.matches("\\d{1,15}") ? Long.parseLong(asked) : 0;
        Answers.json(
                context,
                200,
                new JsonObject()
                        .put("req", sent)
                        .put("now", clock.millis())
                        .put("timeout", sessionTimeout.toSeconds())
                        .encode());
    }

    private void version(RoutingContext context) {
        Operator operator = Guard.signedIn(context);
        workers.executeBlocking(() -> jmx.version(operator), false)
                .onSuccess(answer -> Answers.json(context, 200, answer))
                .onFailure(context::fail);
    }

    private void jolokia(RoutingContext context) {
        String body = Optional.ofNullable(context.body().asString()).orElse("");
        Map<String, String> parameters = new HashMap<>();
        context.queryParams().forEach(entry -> parameters.put(entry.getKey(), entry.getValue()));
        Operator operator = Guard.signedIn(context);
        workers.executeBlocking(() -> jmx.answer(body, parameters, operator), false)
                .onSuccess(answer -> answer.ifPresentOrElse(
                        json -> Answers.json(context, 200, json), () -> Answers.problem(context, 400, "not a request")))
                .onFailure(context::fail);
    }

    private void file(RoutingContext context) {
        String name = context.request().path().substring(HOME.length());
        files.find(name)
                .onSuccess(file -> file.ifPresentOrElse(found -> send(context, found), () -> page(context)))
                .onFailure(context::fail);
    }

    /** The one page of the console, which shows all its views; without a session only at the address of the sign-in form. */
    private void page(RoutingContext context) {
        String path = context.request().path();
        boolean isView = path.lastIndexOf('.') < path.lastIndexOf('/');
        if (!isView) {
            Answers.problem(context, 404, "there is nothing here");
        } else if (path.equals("/hawtio")) {
            Answers.redirect(context, HOME);
        } else if (path.equals(SIGN_IN_PAGE) || guard.holder(context).isPresent()) {
            files.find("index.html")
                    .onSuccess(file -> send(context, file.orElseThrow()))
                    .onFailure(context::fail);
        } else if (String.valueOf(context.request().getHeader(HttpHeaders.ACCEPT))
                .contains("text/html")) {
            Answers.redirect(context, SIGN_IN_PAGE);
        } else {
            Answers.problem(context, 401, "sign in first");
        }
    }

    private static void send(RoutingContext context, ConsoleFiles.File file) {
        context.response()
                .putHeader(HttpHeaders.CONTENT_TYPE, file.type())
                .putHeader(HttpHeaders.CONTENT_ENCODING, "gzip")
                .putHeader(
                        HttpHeaders.CACHE_CONTROL,
                        file.unchanging() ? "public, max-age=31536000, immutable" : "no-cache")
                .end(file.compressed());
    }
}
