package vn.lgsp.bench;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import vn.lgsp.bench.Sources.Names;

/**
 * Both ends of one subject of the guaranteed scenario, in one process, so that one clock sees the first message leave and the last one
 * arrive: the sources, and the destination, which counts.
 */
final class DurableLoad {
    /** Where the destination takes records. */
    static final String RECORDS = "/records";

    private static final String LOAD = "/load";
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    /** Until a measurement of {@code run} must have ended one way or the other. */
    private static final Duration MOST = Duration.ofMinutes(10);

    private DurableLoad() {}

    /** Who sends. */
    enum Kind {
        SOAP,
        PERF
    }

    /** The process: its own port, the {@link Kind}, the subject's port, and for SOAP the path and the key. */
    public static void main(String[] arguments) throws Exception {
        Vertx vertx = Vertx.vertx();
        Tally tally = new Tally();
        int subject = Integer.parseInt(arguments[2]);
        Kind kind = Kind.valueOf(arguments[1]);
        serve(
                vertx,
                Integer.parseInt(arguments[0]),
                tally,
                kind == Kind.PERF
                        ? new PerfSources(subject, tally)
                        : new SoapSources(vertx, subject, arguments[3], arguments[4]));
    }

    private static void serve(Vertx vertx, int port, Tally tally, Sources sources) {
        Names names = names();
        vertx.createHttpServer(new HttpServerOptions().setHost("127.0.0.1").setPort(port))
                .requestHandler(request -> {
                    if (request.path().equals(RECORDS)) {
                        take(request, tally);
                    } else if (request.path().equals(LOAD)) {
                        int clients = Integer.parseInt(request.getParam("clients"));
                        Duration run = Duration.ofMillis(Long.parseLong(request.getParam("millis")));
                        vertx.executeBlocking(() -> Drained.measure(sources, tally, clients, run, names, PATIENCE))
                                .onSuccess(drained -> request.response().end(drained.line()))
                                .onFailure(failed -> request.response()
                                        .setStatusCode(500)
                                        .end(failed.getMessage() == null ? failed.toString() : failed.getMessage()));
                    } else {
                        request.response().setStatusCode(404).end();
                    }
                })
                .listen()
                .onFailure(taken -> {
                    throw new IllegalStateException("the port is taken", taken);
                });
    }

    /** Ids that no earlier run has used, in whatever database it left them. */
    static Names names() {
        String run = Long.toString(System.currentTimeMillis(), Character.MAX_RADIX);
        return new Names() {
            private long last;

            @Override
            public String next() {
                return run + "-" + ++last;
            }
        };
    }

    /** The destination: what cannot be counted is refused, so that it cannot pass for delivered. */
    static void take(HttpServerRequest request, Tally tally) {
        request.body().onSuccess(body -> {
            Optional<String> message = Notice.id(body.toString(StandardCharsets.UTF_8));
            Optional<String> delivery = Optional.ofNullable(request.getHeader("Idempotency-Key"));
            if (message.isPresent() && delivery.isPresent()) {
                tally.arrived(message.get(), delivery.get());
                request.response().putHeader("Content-Type", "application/xml").end("<ok/>");
            } else {
                request.response().setStatusCode(400).end();
            }
        });
    }

    /**
     * Has a running load's process measure once.
     *
     * @throws IllegalStateException with what went wrong, when there is no figure
     */
    static Drained measure(int port, int clients, Duration run) {
        try {
            HttpURLConnection call = (HttpURLConnection) URI.create(
                            "http://127.0.0.1:%d%s?clients=%d&millis=%d".formatted(port, LOAD, clients, run.toMillis()))
                    .toURL()
                    .openConnection();
            call.setReadTimeout((int) run.plus(MOST).toMillis());
            boolean good = call.getResponseCode() == 200;
            String text = new String(
                    (good ? call.getInputStream() : call.getErrorStream()).readAllBytes(), StandardCharsets.UTF_8);
            if (!good) {
                throw new IllegalStateException(text);
            }
            return Drained.from(text);
        } catch (IOException failed) {
            throw new IllegalStateException("the load's process does not answer", failed);
        }
    }
}
