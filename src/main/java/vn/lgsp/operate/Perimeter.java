package vn.lgsp.operate;

import io.vertx.core.Handler;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.net.HostAndPort;
import io.vertx.ext.web.RoutingContext;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What every request to the management port has to pass before anything looks at it: a plain path, a known host name (a foreign
 * one means a browser was led here by somebody else's DNS), a method we use, and for a POST a page of our own as its origin.
 * It also gives every answer its protective headers.
 */
final class Perimeter implements Handler<RoutingContext> {
    private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "[::1]", "::1");
    private static final Set<HttpMethod> METHODS = Set.of(HttpMethod.GET, HttpMethod.POST);
    private static final Pattern PLAIN_PATH = Pattern.compile("(?:/[A-Za-z0-9_~-][A-Za-z0-9._~-]*)*/?");
    private static final String CONTENT_POLICY = String.join(
            "; ",
            "default-src 'none'",
            "script-src 'self'",
            // Hawtio's widgets write their styles into the page.
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data:",
            "font-src 'self' data:",
            "connect-src 'self'",
            "worker-src 'self'",
            "base-uri 'self'",
            "form-action 'self'",
            "frame-ancestors 'none'");

    private final Set<String> hosts = new HashSet<>(LOOPBACK);
    private final boolean tls;

    Perimeter(OperateSettings settings) {
        hosts.add(settings.host().toLowerCase(Locale.ROOT));
        settings.names().forEach(name -> hosts.add(name.toLowerCase(Locale.ROOT)));
        tls = settings.isTls();
    }

    @Override
    public void handle(RoutingContext context) {
        HttpServerRequest request = context.request();
        protect(context.response());
        String path = request.path();
        if (path == null
                || !request.uri().startsWith("/")
                || !PLAIN_PATH.matcher(path).matches()) {
            Answers.problem(context, 400, "the path is not valid");
        } else if (!isKnownHost(request)) {
            Answers.problem(context, 421, "this host name is not served here; see lgsp.operate.names");
        } else if (!METHODS.contains(request.method())) {
            Answers.problem(context, 405, "only GET and POST");
        } else if (HttpMethod.POST.equals(request.method()) && !isFromOurPages(request)) {
            Answers.problem(context, 403, "a POST needs an Origin or Referer of this server");
        } else {
            context.next();
        }
    }

    private void protect(HttpServerResponse response) {
        response.putHeader("Content-Security-Policy", CONTENT_POLICY)
                .putHeader("X-Frame-Options", "DENY")
                .putHeader("X-Content-Type-Options", "nosniff")
                .putHeader("Referrer-Policy", "same-origin")
                .putHeader("Cross-Origin-Opener-Policy", "same-origin")
                .putHeader("Cross-Origin-Resource-Policy", "same-origin")
                .putHeader(HttpHeaders.CACHE_CONTROL, "no-store");
        if (tls) {
            response.putHeader("Strict-Transport-Security", "max-age=31536000");
        }
    }

    private boolean isKnownHost(HttpServerRequest request) {
        List<String> named = request.headers().getAll(HttpHeaders.HOST);
        HostAndPort authority = request.authority();
        return named.size() == 1
                && authority != null
                && hosts.contains(authority.host().toLowerCase(Locale.ROOT));
    }

    private boolean isFromOurPages(HttpServerRequest request) {
        String origin = request.getHeader(HttpHeaders.ORIGIN);
        String ours = (tls ? "https://" : "http://") + request.getHeader(HttpHeaders.HOST);
        return ours.equalsIgnoreCase(origin != null ? origin : originOf(request.getHeader(HttpHeaders.REFERER)));
    }

    private static String originOf(@Nullable String referer) {
        try {
            URI uri = new URI(referer == null ? "" : referer);
            return uri.getScheme() + "://" + uri.getRawAuthority();
        } catch (URISyntaxException unreadable) {
            return "";
        }
    }
}
