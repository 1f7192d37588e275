package vn.lgsp.operate;

import io.vertx.core.Future;
import io.vertx.core.http.Cookie;
import io.vertx.core.http.CookieSameSite;
import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.RoutingContext;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.Optional;
import vn.lgsp.catalogue.Operator;

/** Lets only signed-in operators pass: by the session cookie, or where a route says so also by HTTP Basic. */
final class Guard {
    private static final String COOKIE = "lgsp-session";
    private static final String OPERATOR = "lgsp.operator";
    private static final String BASIC = "Basic ";

    private final SignIn signIn;
    private final boolean tls;

    Guard(SignIn signIn, boolean tls) {
        this.signIn = signIn;
        this.tls = tls;
    }

    /** Who has signed in here, if anybody. */
    Optional<Operator> holder(RoutingContext context) {
        return token(context).flatMap(signIn::holder);
    }

    /** A browser without a session sees the sign-in page, not a window of its own that no sign-out closes. */
    void signInFirst(RoutingContext context) {
        boolean shows = context.request().headers().contains(HttpHeaders.AUTHORIZATION);
        if (isBrowser(context) && !shows && holder(context).isEmpty()) {
            Answers.redirect(context, ConsoleRoutes.SIGN_IN_PAGE);
        } else {
            context.next();
        }
    }

    /** Whether a page is wanted. */
    static boolean isBrowser(RoutingContext context) {
        return String.valueOf(context.request().getHeader(HttpHeaders.ACCEPT)).contains("text/html");
    }

    /** Passes on with a session; answers 401 without. */
    void session(RoutingContext context) {
        holder(context).ifPresentOrElse(operator -> pass(context, operator), () -> refuse(context));
    }

    /** Passes on with a session or with an operator's password in HTTP Basic; answers 401, or 429 to one who has to wait. */
    void sessionOrBasic(RoutingContext context) {
        Optional<Operator> holder = holder(context);
        String authorization = context.request().getHeader(HttpHeaders.AUTHORIZATION);
        if (holder.isPresent()) {
            token(context).ifPresent(signIn::used);
            pass(context, holder.get());
        } else if (authorization != null && authorization.regionMatches(true, 0, BASIC, 0, BASIC.length())) {
            checkBasic(context, authorization.substring(BASIC.length()).strip());
        } else {
            context.response().putHeader("WWW-Authenticate", "Basic realm=\"LGSP\", charset=\"UTF-8\"");
            refuse(context);
        }
    }

    private void checkBasic(RoutingContext context, String encoded) {
        String[] pair;
        try {
            pair = new String(Base64.getDecoder().decode(encoded), StandardCharsets.UTF_8).split(":", 2);
        } catch (IllegalArgumentException unreadable) {
            refuse(context);
            return;
        }
        if (pair.length < 2) {
            refuse(context);
            return;
        }
        // The body waits too: whoever reads it comes after this check, and would miss what has come by then.
        context.request().pause();
        check(context, pair[0], pair[1]).onComplete(checked -> {
            context.request().resume();
            if (checked.succeeded()) {
                checked.result().ifPresent(operator -> pass(context, operator));
            }
        });
    }

    /** Checks name and password; has already answered when the result is empty. */
    Future<Optional<Operator>> check(RoutingContext context, String user, String password) {
        return signIn.check(user, password, Connections.address(context.request()))
                .map(result -> {
                    if (result instanceof SignIn.Accepted accepted) {
                        return Optional.of(accepted.operator());
                    }
                    if (result instanceof SignIn.Limited limited) {
                        context.response().putHeader(HttpHeaders.RETRY_AFTER, seconds(limited.forNow()));
                        Answers.problem(context, 429, "too many wrong passwords: wait");
                    } else {
                        refuse(context);
                    }
                    return Optional.<Operator>empty();
                })
                .onFailure(context::fail);
    }

    /** Begins a session under a new identifier; one that the browser came with ends. */
    void begin(RoutingContext context, Operator operator) {
        token(context).ifPresent(signIn::end);
        context.response().addCookie(cookie(signIn.begin(operator)));
    }

    /** Ends the session here, not only in the browser. */
    void end(RoutingContext context) {
        token(context).ifPresent(signIn::end);
        context.response().addCookie(cookie("").setMaxAge(0));
    }

    /** The person did something. */
    void used(RoutingContext context) {
        token(context).ifPresent(signIn::used);
    }

    /** The name of him who passed this guard with the request. */
    static String operator(RoutingContext context) {
        return signedIn(context).user();
    }

    /** Who passed this guard with the request. */
    static Operator signedIn(RoutingContext context) {
        return context.get(OPERATOR);
    }

    private static void pass(RoutingContext context, Operator operator) {
        context.put(OPERATOR, operator);
        context.next();
    }

    private static void refuse(RoutingContext context) {
        Answers.problem(context, 401, "sign in first");
    }

    private static Optional<String> token(RoutingContext context) {
        return Optional.ofNullable(context.request().getCookie(COOKIE)).map(Cookie::getValue);
    }

    private Cookie cookie(String token) {
        return Cookie.cookie(COOKIE, token)
                .setPath("/")
                .setHttpOnly(true)
                .setSameSite(CookieSameSite.STRICT)
                .setSecure(tls);
    }

    private static String seconds(Duration wait) {
        return Long.toString(wait.plusMillis(999).toSeconds());
    }
}
