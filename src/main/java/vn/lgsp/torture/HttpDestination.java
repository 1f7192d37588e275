package vn.lgsp.torture;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import java.util.Optional;
import java.util.Random;
import vn.lgsp.torture.Ledger.Arrival;

/** The destination that is reached by HTTP, and is rarely in the best of health. */
final class HttpDestination implements AutoCloseable {
    private final long seed;
    private final Ledger ledger;
    private final Vertx vertx;
    private final HttpServer server;

    HttpDestination(long seed, Ledger ledger) {
        this.seed = seed;
        this.ledger = ledger;
        vertx = Vertx.vertx();
        server = vertx.createHttpServer(
                        new HttpServerOptions().setHost(Ports.HOST).setPort(Ports.free()))
                .requestHandler(this::handle);
        server.listen().toCompletionStage().toCompletableFuture().join();
    }

    int port() {
        return server.actualPort();
    }

    /** What it does with a request, in hundredths. */
    private enum Mood {
        FINE(77),
        SLOW(5),
        FAILS(4),
        BUSY(4),
        CUTS_BEFORE(4),
        CUTS_AFTER(4),
        /** Longer than the bus waits. */
        HANGS(2);

        private final int share;

        Mood(int share) {
            this.share = share;
        }

        static Mood of(Random random) {
            int left = random.nextInt(100);
            for (Mood mood : values()) {
                left -= mood.share;
                if (left < 0) {
                    return mood;
                }
            }
            return FINE;
        }
    }

    private void handle(HttpServerRequest request) {
        String delivery =
                Optional.ofNullable(request.getHeader("Idempotency-Key")).orElse("");
        int attempt = ledger.attempt(Destination.SOCIAL_INSURANCE, delivery);
        Random random = Chance.of(seed, "http " + delivery + " " + attempt);
        Mood mood = Mood.of(random);
        if (mood == Mood.CUTS_BEFORE) {
            request.connection().close();
            return;
        }
        request.body().onSuccess(body -> {
            String content = body.toString();
            switch (mood) {
                case FAILS -> request.response().setStatusCode(500).end();
                case BUSY -> request.response().setStatusCode(503).end();
                case HANGS -> {}
                case CUTS_AFTER -> {
                    process(delivery, content, false);
                    request.connection().close();
                }
                case SLOW ->
                    vertx.setTimer(50 + random.nextInt(800), late -> {
                        process(delivery, content, true);
                        answer(request);
                    });
                default -> {
                    process(delivery, content, true);
                    answer(request);
                }
            }
        });
    }

    private void process(String delivery, String content, boolean confirmed) {
        ledger.arrived(new Arrival(
                Destination.SOCIAL_INSURANCE, delivery, Notice.numberIn(content).orElse(""), content, confirmed));
    }

    private static void answer(HttpServerRequest request) {
        boolean right =
                request.method().equals(HttpMethod.POST) && request.path().equals("/births");
        if (!request.response().closed()) {
            request.response()
                    .setStatusCode(right ? 201 : 404)
                    .putHeader("content-type", "application/json")
                    .end("{\"bienNhan\":\"BH-1\"}");
        }
    }

    @Override
    public void close() {
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }
}
