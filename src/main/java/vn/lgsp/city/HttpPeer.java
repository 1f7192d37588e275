package vn.lgsp.city;

import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.JsonObject;

/** A plain HTTP server of the city. */
record HttpPeer(HttpServer server) implements SampleCity.Peer {

    /** Returns when the server answers. */
    static HttpPeer start(Vertx vertx, int port, Handler<HttpServerRequest> handler) {
        HttpServerOptions options = new HttpServerOptions()
                .setHost(SampleCity.HOST)
                .setPort(port)
                .setIdleTimeout(120)
                .setHandle100ContinueAutomatically(true);
        HttpServer server = vertx.createHttpServer(options).requestHandler(handler);
        server.listen().toCompletionStage().toCompletableFuture().join();
        return new HttpPeer(server);
    }

    @Override
    public int port() {
        return server.actualPort();
    }

    static void answer(HttpServerResponse response, int status, JsonObject body) {
        response.setStatusCode(status)
                .putHeader("content-type", "application/json")
                .end(body.toBuffer());
    }

    @Override
    public void close() {
        server.close().toCompletionStage().toCompletableFuture().join();
    }
}
