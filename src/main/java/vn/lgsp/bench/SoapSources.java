package vn.lgsp.bench;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;

/** Sources that post SOAP envelopes over HTTP, all on one event loop. */
final class SoapSources implements Sources {
    private static final int IDLE_SECONDS = 30;

    private final Vertx vertx;
    private final int port;
    private final String path;
    private final String key;

    SoapSources(Vertx vertx, int port, String path, String key) {
        this.vertx = vertx;
        this.port = port;
        this.path = path;
        this.key = key;
    }

    @Override
    public Sent send(int clients, Duration run, Names names) throws InterruptedException {
        HttpClient http = vertx.createHttpClient(new HttpClientOptions()
                .setMaxPoolSize(clients)
                .setConnectTimeout(5_000)
                .setIdleTimeout(IDLE_SECONDS));
        Loop loop = new Loop(http, names, System.nanoTime() + run.toNanos(), clients);
        vertx.getOrCreateContext().runOnContext(now -> {
            for (int i = 0; i < clients; i++) {
                loop.next();
            }
        });
        loop.running.await();
        http.close();
        return loop.sent;
    }

    @Override
    public void close() {
        // The Vert.x is its owner's.
    }

    private final class Loop {
        private final HttpClient http;
        private final Names names;
        private final long end;
        private final CountDownLatch running;
        private final Sent sent = new Sent();

        private Loop(HttpClient http, Names names, long end, int clients) {
            this.http = http;
            this.names = names;
            this.end = end;
            this.running = new CountDownLatch(clients);
        }

        private void next() {
            long from = System.nanoTime();
            if (from > end) {
                running.countDown();
                return;
            }
            String id = names.next();
            RequestOptions request = new RequestOptions()
                    .setMethod(HttpMethod.POST)
                    .setHost("127.0.0.1")
                    .setPort(port)
                    .setURI(path)
                    .putHeader("X-Api-Key", key)
                    .putHeader("Content-Type", "text/xml; charset=utf-8")
                    .putHeader("Idempotency-Key", id);
            http.request(request)
                    .compose(call -> call.send(Buffer.buffer(Notice.envelope(id))))
                    .compose(answer -> answer.body().map(body -> answer.statusCode()))
                    .onComplete(result -> {
                        if (result.failed() || result.result() >= 400) {
                            sent.failed();
                        } else {
                            sent.acknowledged(id, System.nanoTime() - from);
                        }
                        next();
                    });
        }
    }
}
