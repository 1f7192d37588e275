package vn.lgsp.receive;

import io.vertx.core.AbstractVerticle;
import io.vertx.core.Context;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.streams.ReadStream;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import vn.lgsp.failure.BusException;
import vn.lgsp.failure.ErrorCode;
import vn.lgsp.message.Door;
import vn.lgsp.message.ExchangeId;
import vn.lgsp.message.Inbound;
import vn.lgsp.message.Passage;

/**
 * The edge: sees every request to the data port, unknown paths and broken HTTP too, gives each an exchange id and sends it on
 * the way (LOG-01). The body stays unread until the way asks for it; the answer streams with back-pressure.
 */
public final class HttpReceiver {
    private static final Set<String> METHODS =
            Set.of("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "TRACE", "CONNECT");
    private static final Pattern CORRELATION = Pattern.compile("[A-Za-z0-9._:-]{1,128}");
    private static final Pattern VERSION = Pattern.compile("v[0-9]{1,3}");
    private static final String EXCHANGES = "/exchanges";
    private static final String KEY_HEADER = "X-Api-Key";
    private static final String SECRET_HEADER = "X-SecretKey";
    private static final String SYSTEM_HEADER = "X-SystemId";
    private static final int MAX_LINE = 8 << 10;
    private static final int MAX_HEAD = 16 << 10;
    /** Vert.x finds a free port, and all event loops of one deployment share it. */
    private static final int ANY_SHARED_PORT = -1;

    private static final long LINGER_MILLIS = 1_000;

    private final Vertx vertx;
    private final ReceiveSettings settings;
    private final Way way;
    private final Clock clock;
    private final TrustedProxies proxies;
    private final AtomicInteger inFlight = new AtomicInteger();
    private volatile int port;
    private volatile boolean stopping;
    private final List<String> deployments = new CopyOnWriteArrayList<>();

    public HttpReceiver(Vertx vertx, ReceiveSettings settings, Way way, Clock clock) {
        this.vertx = vertx;
        this.settings = settings;
        this.way = way;
        this.clock = clock;
        this.proxies = new TrustedProxies(settings.trustedProxies());
    }

    /** Opens the data port. The future fails when the port is taken. */
    public Future<Integer> start() {
        return vertx.deployVerticle(Loop::new, new DeploymentOptions().setInstances(settings.eventLoops()))
                .onSuccess(deployments::add)
                .map(all -> port);
    }

    /** Exchanges under way at the edge. */
    public int inFlight() {
        return inFlight.get();
    }

    /** From now on new requests are refused; those under way go on. */
    public void stopAdmitting() {
        stopping = true;
    }

    /** Closes the data port. */
    public Future<Void> close() {
        return Future.all(deployments.stream().map(vertx::undeploy).toList()).mapEmpty();
    }

    private HttpServerOptions options() {
        HttpServerOptions options = new HttpServerOptions()
                .setHost(settings.host())
                .setPort(settings.port() == 0 ? ANY_SHARED_PORT : settings.port())
                .setHttp2ClearTextEnabled(false)
                .setHandle100ContinueAutomatically(false)
                .setMaxInitialLineLength(MAX_LINE)
                .setMaxHeaderSize(MAX_HEAD)
                .setTcpNoDelay(true)
                .setIdleTimeout((int) settings.idleTimeout().toSeconds());
        settings.certificate().ifPresent(certificate -> options.setSsl(true)
                .setKeyCertOptions(new PemKeyCertOptions()
                        .setCertPath(certificate.toString())
                        .setKeyPath(settings.key().orElseThrow().toString())));
        return options;
    }

    /** One event loop with its own listener on the shared port. */
    private final class Loop extends AbstractVerticle {
        private final Map<HttpConnection, Line> lines = new HashMap<>();

        @Override
        public void start(Promise<Void> started) {
            Context loop = context;
            Executor home = work -> loop.runOnContext(now -> work.run());
            HttpServer server = vertx.createHttpServer(options());
            server.connectionHandler(connection -> {
                lines.put(connection, new Line());
                connection.closeHandler(closed -> lines.remove(connection));
            });
            server.requestHandler(request ->
                    receive(request, home, line(request), framing(request).or(() -> credentialTwice(request))));
            server.invalidRequestHandler(request -> receive(
                    request,
                    home,
                    line(request),
                    Optional.of(new BusException(
                            ErrorCode.MESSAGE_INVALID,
                            "this is not a request in HTTP/1.1, or its head is too large"))));
            vertx.setPeriodic(Math.min(1_000, settings.headTimeout().toMillis()), tick -> closeSilent());
            server.listen()
                    .onSuccess(open -> port = open.actualPort())
                    .<Void>mapEmpty()
                    .onComplete(started);
        }

        private Line line(HttpServerRequest request) {
            return lines.getOrDefault(request.connection(), new Line());
        }

        /** Closes connections that took too long to send a request head; a slow head is silence like any other. */
        private void closeSilent() {
            long oldest = System.nanoTime() - settings.headTimeout().toNanos();
            lines.entrySet().stream()
                    .filter(entry -> entry.getValue().isSilentSince(oldest))
                    .map(Map.Entry::getKey)
                    .toList()
                    .forEach(HttpConnection::close);
        }
    }

    /** What a connection is doing. A caller may send its next request before it has the answer to the last. */
    private static final class Line {
        private int carrying;
        private boolean ending;
        private long quietSince = System.nanoTime();

        void begin() {
            carrying++;
        }

        void end() {
            carrying--;
            quietSince = System.nanoTime();
        }

        /** What still comes on it is no request any more. */
        void endsHere() {
            ending = true;
        }

        boolean isEnding() {
            return ending;
        }

        boolean isSilentSince(long nanoTime) {
            return carrying == 0 && quietSince - nanoTime < 0;
        }
    }

    /**
     * Why the end of this request could be read in two ways, if it could: whoever stands before the bus may have read it in the
     * other, and taken a request for content (RFC 9112 section 6.1).
     */
    private static Optional<BusException> framing(HttpServerRequest request) {
        List<String> encodings = request.headers().getAll("Transfer-Encoding");
        boolean plain = encodings.isEmpty()
                || (encodings.size() == 1
                        && encodings.get(0).equalsIgnoreCase("chunked")
                        && !request.headers().contains("Content-Length"));
        return plain
                ? Optional.empty()
                : Optional.of(new BusException(
                        ErrorCode.MESSAGE_INVALID,
                        "send the body either with a Content-Length, or with Transfer-Encoding: chunked"));
    }

    /** Whoever stands before the bus may have looked at the one, and the bus at the other: then the record names the wrong party. */
    private static Optional<BusException> credentialTwice(HttpServerRequest request) {
        return Stream.of(KEY_HEADER, SECRET_HEADER, SYSTEM_HEADER)
                .filter(name -> request.headers().getAll(name).size() > 1)
                .findFirst()
                .map(name -> new BusException(
                        ErrorCode.MESSAGE_INVALID, "the header " + name + " is there twice: send it once"));
    }

    private void receive(HttpServerRequest request, Executor home, Line line, Optional<BusException> broken) {
        if (line.isEnding()) {
            return;
        }
        request.pause();
        line.begin();
        inFlight.incrementAndGet();
        Inbound head = head(request);
        if (head.door() == Door.CONTRACT) {
            hearProxies(request);
        }
        Passage passage = passage(request, head.door(), home);
        passage.shows(request.getHeader(KEY_HEADER));
        request.headers().remove(KEY_HEADER);
        passage.showsSecret(request.getHeader(SECRET_HEADER));
        request.headers().remove(SECRET_HEADER);
        RequestBody body = new RequestBody(vertx, request, passage);
        Arrival arrival = new Arrival(passage, head, body, Optional.ofNullable(request.getHeader("Content-Type")));
        request.response().closeHandler(closed -> {
            if (!request.response().ended()) {
                passage.callerGone();
            }
        });
        Way.Departure departure = (reply, ended) -> depart(request, body, passage, reply, delivered -> {
            inFlight.decrementAndGet();
            line.end();
            ended.with(delivered);
        });
        if (broken.isPresent()) {
            body.abandon();
            line.endsHere();
            way.refuse(arrival, broken.get(), departure);
        } else if (stopping) {
            way.refuse(arrival, new BusException(ErrorCode.BUS_BUSY, "this node of the bus is stopping"), departure);
        } else {
            way.walk(arrival, departure);
        }
    }

    /** What a request for a contract tells of proxies is the word of one that is trusted, or it is not heard at all. */
    private void hearProxies(HttpServerRequest request) {
        if (!proxies.hold(request.remoteAddress().hostAddress())) {
            request.headers().names().stream()
                    .filter(Forwarding::isOfAProxy)
                    .toList()
                    .forEach(request.headers()::remove);
        }
    }

    private Passage passage(HttpServerRequest request, Door door, Executor home) {
        ExchangeId id = ExchangeId.at(clock.millis());
        String method =
                METHODS.contains(request.method().name()) ? request.method().name() : "OTHER";
        String shown = request.getHeader("X-Request-Id");
        String correlation = shown != null && CORRELATION.matcher(shown).matches() ? shown : id.toString();
        boolean soap = door == Door.SOAP
                || door == Door.SOAP_OPTIONS
                || (door == Door.CONTRACT && request.path().startsWith("/soap/"));
        return new Passage(id, clock.instant(), System.nanoTime(), soap ? "SOAP" : "REST " + method, correlation, home);
    }

    /**
     * Reads {@code /api/{service}/v{n}/...}, {@code /soap/{service}/v{n}} and {@code /exchanges/{id}}; an address of another form has
     * no service.
     */
    private static Inbound head(HttpServerRequest request) {
        String path = request.path() == null ? "" : request.path();
        String query = request.query() == null ? "" : request.query();
        String method = request.method().name();
        boolean soap = path.startsWith("/soap/");
        if (soap || path.startsWith("/api/")) {
            int serviceStart = path.indexOf('/', 1) + 1;
            int serviceEnd = path.indexOf('/', serviceStart);
            if (serviceEnd > 0) {
                int versionEnd = path.indexOf('/', serviceEnd + 1);
                int end = versionEnd < 0 ? path.length() : versionEnd;
                String version = path.substring(serviceEnd + 1, end);
                if (VERSION.matcher(version).matches()) {
                    return new Inbound(
                            soap ? soapDoor(method, query) : restDoor(request, method, path.substring(end), query),
                            method,
                            path.substring(serviceStart, serviceEnd),
                            Integer.parseInt(version.substring(1)),
                            path.substring(end),
                            query,
                            request.headers());
                }
            }
        }
        if (soap) {
            return new Inbound(Door.SOAP, method, "", 0, path, query, request.headers());
        }
        if (path.startsWith(EXCHANGES + "/")) {
            return new Inbound(
                    Door.EXCHANGES, method, "", 0, path.substring(EXCHANGES.length()), query, request.headers());
        }
        return new Inbound(Door.NONE, method, "", 0, path, query, request.headers());
    }

    private static Door restDoor(HttpServerRequest request, String method, String path, String query) {
        if (method.equals("OPTIONS")) {
            return Door.OPTIONS;
        }
        // whoever shows a key of its own is known, and asks for an operation of the service
        if (method.equals("POST") && path.equals(TakeLoginStep.PATH) && request.getHeader(KEY_HEADER) == null) {
            return Door.LOGIN;
        }
        return gets(method) && path.equals(ContractStep.OPEN_API) && query.isEmpty() ? Door.CONTRACT : Door.REST;
    }

    private static boolean gets(String method) {
        return method.equals("GET") || method.equals("HEAD");
    }

    private static Door soapDoor(String method, String query) {
        if (method.equals("OPTIONS")) {
            return Door.SOAP_OPTIONS;
        }
        return gets(method) && ContractStep.PART.matcher(query).matches() ? Door.CONTRACT : Door.SOAP;
    }

    private void depart(HttpServerRequest request, RequestBody body, Passage passage, Reply reply, Way.Ended ended) {
        // a fault has its own status, but means the same
        boolean busy = passage.error().map(ErrorCode::status).orElse(reply.status()) == 503;
        if (busy && !settings.busyDelay().isZero()) {
            // Refused at once, a closed loop of refused callers would take the whole core.
            vertx.setTimer(settings.busyDelay().toMillis(), later -> send(request, body, passage, reply, ended));
        } else {
            send(request, body, passage, reply, ended);
        }
    }

    private void send(HttpServerRequest request, RequestBody received, Passage passage, Reply reply, Way.Ended ended) {
        HttpServerResponse response = request.response();
        if (response.closed() || response.ended()) {
            reply.discard();
            ended.with(false);
            return;
        }
        response.setStatusCode(reply.status());
        for (Map.Entry<String, String> header : reply.headers()) {
            response.headers().add(header.getKey(), header.getValue());
        }
        response.putHeader("X-LGSP-Exchange", passage.id().toString());
        response.putHeader("X-LGSP-Result", passage.result());
        response.putHeader("X-Request-Id", passage.correlation());
        boolean last = received.leavesRest();
        if (last) {
            response.putHeader("Connection", "close");
        } else {
            response.putHeader("Keep-Alive", keepAlive());
        }
        Future<Void> sent;
        if (reply.stream().isPresent()) {
            ReadStream<Buffer> body = reply.stream().get();
            reply.length()
                    .ifPresentOrElse(
                            length -> response.putHeader("Content-Length", Long.toString(length)),
                            () -> response.setChunked(true));
            sent = pipe(body, response);
        } else if (request.method().equals(HttpMethod.HEAD)) {
            long here = reply.content().length();
            reply.length()
                    .or(() -> here > 0 ? Optional.of(here) : Optional.empty())
                    .ifPresent(length -> response.putHeader("Content-Length", Long.toString(length)));
            sent = response.end();
        } else {
            sent = response.end(reply.content());
        }
        sent.onComplete(done -> {
            Optional<BusException> why = BusException.in(done.cause());
            if (why.isPresent() && !response.headWritten()) {
                // It was to stream, and broke before its first byte: there is still time for an honest answer.
                reply.discard();
                response.headers().clear();
                response.setChunked(false);
                send(request, received, passage, Problem.of(passage, why.get(), Optional.empty()), ended);
                return;
            }
            if (done.failed()) {
                why.ifPresentOrElse(
                        broke ->
                                passage.failed(broke.code(), broke.partnerCode().orElse(null)),
                        passage::callerGone);
                reply.discard();
                request.connection().close();
            } else if (last) {
                closeAfter(request);
            }
            ended.with(done.succeeded());
        });
    }

    /** Less than this port waits: a caller who keeps to it never sends a request into a connection that is being closed. */
    private String keepAlive() {
        return "timeout=" + Math.max(1, settings.headTimeout().toSeconds() * 4 / 5);
    }

    private static Future<Void> pipe(ReadStream<Buffer> body, HttpServerResponse response) {
        Promise<Void> piped = Promise.promise();
        response.exceptionHandler(piped::tryFail);
        response.closeHandler(closed -> piped.tryFail("the caller went away"));
        body.exceptionHandler(broken -> piped.tryFail(BusException.in(broken)
                .orElseGet(
                        () -> new BusException(ErrorCode.BUS_FAILED, "the answer could not be read again", broken))));
        body.endHandler(end -> response.end().onComplete(done -> {
            if (done.succeeded()) {
                piped.tryComplete();
            } else {
                piped.tryFail(done.cause());
            }
        }));
        body.handler(next -> {
            response.write(next);
            if (response.writeQueueFull()) {
                body.pause();
                response.drainHandler(drained -> body.resume());
            }
        });
        body.resume();
        return piped.future();
    }

    /** Throws the rest of an unwanted body away for a moment, so that the caller can read the answer, then closes. */
    private void closeAfter(HttpServerRequest request) {
        HttpConnection connection = request.connection();
        vertx.setTimer(LINGER_MILLIS, enough -> connection.close());
        request.exceptionHandler(gone -> {});
        request.endHandler(end -> connection.close());
        request.handler(thrownAway -> {});
        request.resume();
    }
}
