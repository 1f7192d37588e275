package vn.lgsp.scenario;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import vn.lgsp.message.Gzip;

/** A system that is reached over HTTP, on a free port of loopback. */
final class HttpStub implements Peer {
    private static final String HOST = "127.0.0.1";
    private static final long LARGEST_UNFOLDED = 64L << 20;

    private final Vertx vertx;
    private final String base;
    private final HttpServer server;
    private final List<Seen> seen = new ArrayList<>();
    private List<PeerAnswer> answers = List.of();
    private Set<String> over = Set.of();
    private int next;

    private HttpStub(Vertx vertx, String base) {
        this.vertx = vertx;
        this.base = base;
        server = vertx.createHttpServer().requestHandler(this::handle);
    }

    /** @param base path of the address of the system; what it has seen is told below it */
    static HttpStub start(Vertx vertx, String base) {
        HttpStub stub = new HttpStub(vertx, base);
        try {
            stub.server
                    .listen(0, HOST)
                    .toCompletionStage()
                    .toCompletableFuture()
                    .get(10, TimeUnit.SECONDS);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("a stub peer did not start", stopped);
        } catch (java.util.concurrent.ExecutionException | java.util.concurrent.TimeoutException failed) {
            throw new IllegalStateException("a stub peer cannot open a port on " + HOST, failed);
        }
        return stub;
    }

    /** Where the system is now. */
    String address() {
        return "http://" + HOST + ":" + server.actualPort() + base;
    }

    @Override
    public synchronized void play(List<PeerAnswer> given, Set<String> done) {
        answers = List.copyOf(given);
        over = Set.copyOf(done);
        next = 0;
        seen.clear();
    }

    @Override
    public synchronized List<Seen> seen() {
        return List.copyOf(seen);
    }

    private void handle(HttpServerRequest request) {
        Optional<PeerAnswer> answer;
        synchronized (this) {
            if (over.contains(String.valueOf(request.getHeader("x-lgsp-exchange")))) {
                request.response().setStatusCode(503).end();
                return;
            }
            answer =
                    answers.isEmpty() ? Optional.empty() : Optional.of(answers.get(Math.min(next, answers.size() - 1)));
            next++;
        }
        if (answer.isPresent() && answer.get().fails().equals(Optional.of(PeerAnswer.Failure.DOWN))) {
            request.connection().close();
            return;
        }
        request.body().onSuccess(body -> {
            remember(request, body);
            if (answer.isEmpty()) {
                request.response().setStatusCode(500).end();
            } else if (answer.get().delay().isZero()) {
                act(request, answer.get());
            } else {
                vertx.setTimer(answer.get().delay().toMillis(), now -> act(request, answer.get()));
            }
        });
    }

    private synchronized void remember(HttpServerRequest request, Buffer body) {
        Map<String, String> headers = new LinkedHashMap<>();
        request.headers().forEach(header -> headers.merge(header.getKey(), header.getValue(), (a, b) -> a + ", " + b));
        byte[] content = body.getBytes();
        if ("gzip".equals(request.getHeader("content-encoding"))) {
            content = unfolded(content);
            headers.keySet().removeIf("content-encoding"::equalsIgnoreCase);
        }
        String path = request.uri().startsWith(base) ? request.uri().substring(base.length()) : request.uri();
        seen.add(new Seen(
                Optional.of(request.method().name() + " " + (path.startsWith("/") ? path : "/" + path)),
                headers,
                content));
    }

    /** What a system that takes gzip reads; what is none stays as it came. */
    private static byte[] unfolded(byte[] packed) {
        try {
            return Gzip.inflate(packed, LARGEST_UNFOLDED).orElse(packed);
        } catch (IOException none) {
            return packed;
        }
    }

    private static void act(HttpServerRequest request, PeerAnswer answer) {
        Optional<PeerAnswer.Failure> fails = answer.fails();
        if (fails.equals(Optional.of(PeerAnswer.Failure.HANG))
                || request.response().closed()) {
            return;
        }
        Buffer body = Buffer.buffer(answer.bytes());
        request.response().setStatusCode(answer.status());
        answer.headers().forEach((name, value) -> request.response().putHeader(name, value));
        if (fails.isEmpty()) {
            request.response().end(body);
            return;
        }
        request.response().putHeader("Content-Length", String.valueOf(Math.max(2, body.length())));
        request.response()
                .write(body.length() < 2 ? Buffer.buffer(" ") : body.slice(0, body.length() / 2))
                .onComplete(written -> request.connection().close());
    }

    @Override
    public void close() {
        server.close();
    }
}
