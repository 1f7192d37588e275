package vn.lgsp.deliver;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientResponse;

/**
 * An answer, or the rest of one, that nobody reads. Belongs to one event loop.
 *
 * <p>Its request is not reset at once. Where the answer has arrived whole, its connection may be another call's by now, and Vert.x
 * (4.5.24) closes it all the same: the other call would break, and nobody could tell whether it was carried out. So a short rest is read to its
 * end, which keeps the connection too; a long or slow one is cut off.
 */
final class Unread {
    private static final int SHORT = 64 << 10;
    private static final long PATIENCE_MILLIS = 1_000;

    private final Vertx vertx;
    private final HttpClientResponse response;
    private final long timer;
    private int read;

    private Unread(Vertx vertx, HttpClientResponse response) {
        this.vertx = vertx;
        this.response = response;
        this.timer = vertx.setTimer(PATIENCE_MILLIS, late -> response.request().reset());
    }

    /** @param response whose end is not here yet */
    static void drop(Vertx vertx, HttpClientResponse response) {
        Unread unread = new Unread(vertx, response);
        response.exceptionHandler(broken -> vertx.cancelTimer(unread.timer));
        response.endHandler(end -> vertx.cancelTimer(unread.timer));
        response.handler(unread::take);
        response.resume();
    }

    private void take(Buffer next) {
        read += next.length();
        if (read > SHORT) {
            vertx.cancelTimer(timer);
            response.request().reset();
        }
    }
}
