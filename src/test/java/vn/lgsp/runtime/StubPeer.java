package vn.lgsp.runtime;

import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

/** A provider on a free port of loopback that does what the test tells it, also the wrong thing. */
final class StubPeer implements AutoCloseable {

    /** What the peer saw of one request, once its body had ended. */
    record Seen(String method, String uri, io.vertx.core.MultiMap headers, byte[] body) {
        String text() {
            return new String(body, java.nio.charset.StandardCharsets.UTF_8);
        }
    }

    private final Vertx vertx;
    private final HttpServer server;
    private final List<Seen> seen = new CopyOnWriteArrayList<>();
    private final List<HttpServerRequest> arrived = new CopyOnWriteArrayList<>();
    private volatile Handler<HttpServerRequest> behaviour;

    private StubPeer(Handler<HttpServerRequest> behaviour) {
        this.behaviour = behaviour;
        vertx = Vertx.vertx();
        server = vertx.createHttpServer().requestHandler(this::handle);
        try {
            server.listen(0, "127.0.0.1")
                    .toCompletionStage()
                    .toCompletableFuture()
                    .get(10, TimeUnit.SECONDS);
        } catch (Exception failed) {
            throw new IllegalStateException(failed);
        }
    }

    /** Reads each request to its end, then answers as told. */
    static StubPeer answering(Handler<HttpServerRequest> behaviour) {
        return new StubPeer(behaviour);
    }

    /** Answers each request with this status, type and body. */
    static StubPeer answering(int status, String type, String body) {
        return new StubPeer(fixed(status, type, body));
    }

    static Handler<HttpServerRequest> fixed(int status, String type, String body) {
        return request -> request.response()
                .setStatusCode(status)
                .putHeader("Content-Type", type)
                .end(body);
    }

    /** From now on it answers so. */
    void behaves(Handler<HttpServerRequest> next) {
        behaviour = next;
    }

    /** Does something after this many milliseconds, on the peer's own thread. */
    void later(long millis, Runnable work) {
        vertx.setTimer(millis, now -> work.run());
    }

    private void handle(HttpServerRequest request) {
        arrived.add(request);
        request.body().onSuccess(body -> {
            seen.add(new Seen(request.method().name(), request.uri(), request.headers(), body.getBytes()));
            behaviour.handle(request);
        });
    }

    int port() {
        return server.actualPort();
    }

    /** The requests whose body has ended, in order. */
    List<Seen> received() {
        return List.copyOf(seen);
    }

    /** The last of them; there is one. */
    Seen last() {
        return seen.get(seen.size() - 1);
    }

    /** How many requests have begun. */
    int begun() {
        return arrived.size();
    }

    /** As if nobody had called yet. */
    void forget() {
        seen.clear();
        arrived.clear();
    }

    @Override
    public void close() {
        try {
            vertx.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
        } catch (Exception failed) {
            throw new IllegalStateException(failed);
        }
    }
}
