package vn.lgsp.operate;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServerRequest;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Keeps callers who ask nothing from filling the port: so many connections at most, and a first request in time. */
final class Connections {
    private static final int MOST = 256;
    private static final long FIRST_REQUEST_MILLIS = 10_000;

    private final Map<HttpConnection, Long> waiting = new ConcurrentHashMap<>();
    private final Map<HttpConnection, Boolean> open = new ConcurrentHashMap<>();
    private final Vertx vertx;

    Connections(Vertx vertx) {
        this.vertx = vertx;
    }

    void opened(HttpConnection connection) {
        if (open.size() >= MOST) {
            connection.close();
            return;
        }
        open.put(connection, true);
        waiting.put(connection, vertx.setTimer(FIRST_REQUEST_MILLIS, timer -> connection.close()));
        connection.closeHandler(closed -> {
            open.remove(connection);
            asked(connection);
        });
    }

    void asked(HttpConnection connection) {
        Long timer = waiting.remove(connection);
        if (timer != null) {
            vertx.cancelTimer(timer);
        }
    }

    /** The address of the caller, as a literal. */
    static String address(HttpServerRequest request) {
        @Nullable String address = request.remoteAddress().hostAddress();
        return address == null ? "(none)" : address;
    }

    /** Whether the caller is on this machine. */
    static boolean isLoopback(HttpServerRequest request) {
        try {
            return InetAddress.getByName(request.remoteAddress().hostAddress()).isLoopbackAddress();
        } catch (UnknownHostException notAnAddress) {
            return false;
        }
    }
}
