package vn.lgsp.hub;

import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.WorkerExecutor;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.file.FileSystemOptions;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The hub in a box: one HTTP server on 127.0.0.1 that plays the national platforms, each below a prefix of its own, with switches for
 * what shall go wrong. Everything in it is invented. What it was sent stays in memory until it is closed or reset, within bounds.
 *
 * <p>A simulator is made at its first call, so a hub that nobody calls costs one open port.
 */
public final class Hub implements AutoCloseable {
    /** Where it listens. */
    public static final String HOST = "127.0.0.1";

    /** The longest body that it takes, in bytes. */
    public static final int LARGEST_BODY = 96 * 1024 * 1024;

    private static final Logger LOG = LoggerFactory.getLogger(Hub.class);
    private static final int MOST_RECEIVED = 1_000;
    private static final int WORKERS = 4;
    private static final long LONGEST_ANSWER_SECONDS = 60;
    private static final int LONGEST_HEADERS = 64 * 1024;
    private static final DateTimeFormatter DATE = DateTimeFormatter.RFC_1123_DATE_TIME.withZone(ZoneOffset.UTC);

    private final Vertx vertx;
    private final boolean ownVertx;
    private final Clock clock;
    private final WorkerExecutor workers;
    private final HubRoutes routes;
    private final Map<String, Simulated> known = Simulated.all();
    private final Map<String, Faults> faults = new LinkedHashMap<>();
    private final Map<String, Settings> settings = new LinkedHashMap<>();

    // guarded by this
    private int port;
    private Optional<HttpServer> server = Optional.empty();
    private final Map<String, Simulator> playing = new HashMap<>();
    private final Deque<Received> received = new ArrayDeque<>();
    private final Optional<AxisJournal> journal;
    private Axis axis;
    private long count;

    private Hub(Vertx vertx, boolean ownVertx, int port, Clock clock, Optional<Path> kept) {
        this.journal = kept.map(AxisJournal::open);
        this.axis = new Axis(journal);
        this.vertx = vertx;
        this.ownVertx = ownVertx;
        this.port = port;
        this.clock = clock;
        this.workers = vertx.createSharedWorkerExecutor(
                "hub-" + System.identityHashCode(this), WORKERS, LONGEST_ANSWER_SECONDS, TimeUnit.SECONDS);
        this.routes = new HubRoutes(this, vertx, workers);
        known.forEach((name, simulated) -> {
            faults.put(name, new Faults(name, simulated.faults()));
            settings.put(name, new Settings(name, simulated.settings()));
        });
    }

    /**
     * Starts a hub with an event loop of its own, and returns when it answers.
     *
     * @param port 0 for a free one
     * @throws IllegalStateException when the port cannot be opened
     */
    public static Hub start(int port, Clock clock) {
        return start(port, clock, Optional.empty());
    }

    /**
     * The same, keeping the documents of the axis in a folder, so that the next hub there goes on with them, however this one ended.
     *
     * @param kept empty: in memory alone
     */
    public static Hub start(int port, Clock clock, Optional<Path> kept) {
        Vertx vertx = Vertx.vertx(new VertxOptions()
                .setEventLoopPoolSize(1)
                .setWorkerPoolSize(1)
                .setInternalBlockingPoolSize(1)
                .setFileSystemOptions(new FileSystemOptions()
                        .setClassPathResolvingEnabled(false)
                        .setFileCachingEnabled(false)));
        return open(new Hub(vertx, true, port, clock, kept));
    }

    /** The same on an event loop of another, which stays open when the hub is closed. */
    public static Hub start(Vertx vertx, int port, Clock clock) {
        return open(new Hub(vertx, false, port, clock, Optional.empty()));
    }

    private static Hub open(Hub hub) {
        try {
            hub.resume();
            return hub;
        } catch (RuntimeException failed) {
            hub.close();
            throw failed;
        }
    }

    /** The names of the simulators, which are their prefixes. */
    public List<String> simulators() {
        return List.copyOf(known.keySet());
    }

    /** The port that is open. */
    public synchronized int port() {
        return port;
    }

    /** The address of a simulator. */
    public String url(String simulator) {
        return "http://" + HOST + ":" + port() + "/" + simulated(simulator).name();
    }

    /**
     * The fault switches of a simulator.
     *
     * @throws IllegalArgumentException when there is none of this name
     */
    public Faults faults(String simulator) {
        return Optional.ofNullable(faults.get(simulator)).orElseThrow(() -> unknown(simulator));
    }

    /**
     * What else can be set of a simulator.
     *
     * @throws IllegalArgumentException when there is none of this name
     */
    public Settings settings(String simulator) {
        return Optional.ofNullable(settings.get(simulator)).orElseThrow(() -> unknown(simulator));
    }

    /** What a simulator received, the oldest first; of all simulators the last 1,000. */
    public List<Received> received(String simulator) {
        String name = simulated(simulator).name();
        return received().stream().filter(call -> call.simulator().equals(name)).toList();
    }

    /** What all of them received, the oldest first; the last 1,000. */
    public synchronized List<Received> received() {
        return List.copyOf(received);
    }

    /**
     * Puts an edXML packet on the axis as if another centre had sent it.
     *
     * @return the ids of its documents, one for each receiver
     * @throws IllegalArgumentException when the axis does not take it, with the reason
     */
    public List<String> deliver(byte[] packet) {
        try {
            Packet read = Packet.read(packet);
            return axis()
                    .send(
                            Optional.empty(),
                            "",
                            List.of(),
                            read.isStatus() ? Axis.STATES : Axis.DOCUMENTS,
                            packet,
                            clock.instant())
                    .stream()
                    .map(Axis.Document::id)
                    .toList();
        } catch (Packet.Malformed | Axis.Refusal refused) {
            throw new IllegalArgumentException("the axis does not take this packet: " + refused.getMessage(), refused);
        }
    }

    /** Forgets all that was received and set; every simulator begins anew. What it keeps in a folder is forgotten too. */
    public synchronized void reset() {
        playing.clear();
        received.clear();
        journal.ifPresent(AxisJournal::clear);
        axis = new Axis(journal);
        faults.values().forEach(Faults::clear);
        settings.values().forEach(Settings::clear);
    }

    /** The same of one simulator; the documents of the axis stay, for two share them. */
    public synchronized void reset(String simulator) {
        String name = simulated(simulator).name();
        playing.remove(name);
        received.removeIf(call -> call.simulator().equals(name));
        faults(name).clear();
        settings(name).clear();
    }

    /** Closes the port and all connections, so that a connection is refused; what the simulators keep stays. */
    public void pause() {
        Optional<HttpServer> open;
        synchronized (this) {
            open = server;
            server = Optional.empty();
        }
        // not under the lock, for which a call on the event loop may wait
        open.ifPresent(listening ->
                listening.close().toCompletionStage().toCompletableFuture().join());
    }

    /**
     * Opens the port again, the same as before.
     *
     * @throws IllegalStateException when it cannot be opened
     */
    public void resume() {
        int wanted = port();
        HttpServer opened = vertx.createHttpServer(new HttpServerOptions()
                        .setHost(HOST)
                        .setPort(wanted)
                        .setIdleTimeout(120)
                        .setMaxHeaderSize(LONGEST_HEADERS)
                        .setHttp2ClearTextEnabled(false)
                        .setHandle100ContinueAutomatically(true))
                .requestHandler(this::handle);
        try {
            opened.listen().toCompletionStage().toCompletableFuture().join();
        } catch (CompletionException failed) {
            throw new IllegalStateException("the hub cannot open port " + wanted + " on " + HOST, failed.getCause());
        }
        List<Simulator> again;
        synchronized (this) {
            port = opened.actualPort();
            server = Optional.of(opened);
            again = List.copyOf(playing.values());
        }
        for (Simulator simulator : again) {
            synchronized (simulator) {
                simulator.resumed();
            }
        }
    }

    @Override
    public void close() {
        pause();
        workers.close().toCompletionStage().toCompletableFuture().join();
        if (ownVertx) {
            vertx.close().toCompletionStage().toCompletableFuture().join();
        }
        journal.ifPresent(AxisJournal::close);
    }

    Map<String, Simulated> known() {
        return known;
    }

    private Simulated simulated(String name) {
        return Optional.ofNullable(known.get(name)).orElseThrow(() -> unknown(name));
    }

    private IllegalArgumentException unknown(String simulator) {
        return new IllegalArgumentException("the hub has no simulator of this name (" + simulator.length()
                + " characters): write one of " + String.join(", ", known.keySet()));
    }

    private synchronized Axis axis() {
        return axis;
    }

    private List<String> down() {
        return faults.entrySet().stream()
                .filter(entry -> entry.getValue().on().stream().anyMatch(set -> set.fault() == Fault.DOWN))
                .map(Map.Entry::getKey)
                .toList();
    }

    private synchronized Simulator player(Simulated simulated) {
        return playing.computeIfAbsent(
                simulated.name(),
                name -> simulated.make().apply(settings(name), new Simulated.Neighbours(this::axis, this::down)));
    }

    private void handle(HttpServerRequest request) {
        if (request.path() == null || !isOfThisMachine(request)) {
            plain(request, 400, "this is the hub of 127.0.0.1");
            return;
        }
        String path = request.path();
        int slash = path.indexOf('/', 1);
        String first = path.isEmpty() ? "" : path.substring(1, slash < 0 ? path.length() : slash);
        String rest = slash < 0 ? "" : path.substring(slash);
        if (first.equals("favicon.ico")) {
            plain(request, 204, "");
            return;
        }
        if (first.equals("hub")) {
            body(request).onSuccess(body -> routes.answer(request, rest, body));
            return;
        }
        Simulated simulated = known.get(first);
        if (simulated == null) {
            plain(request, 404, "the hub plays " + String.join(", ", known.keySet()) + "; its page is /hub");
            return;
        }
        Instant at = clock.instant();
        Faults switches = faults(first);
        Optional<String> down = switches.take(Fault.DOWN, rest);
        if (down.filter("before"::equals).isPresent()) {
            Call call = call(request, rest, new byte[0], switches);
            note(at, first, call, new byte[0], Optional.empty(), Fault.DOWN.label());
            request.connection().close();
            return;
        }
        body(request).onSuccess(body -> workers.<Played>executeBlocking(
                        () -> play(at, simulated, call(request, rest, body.getBytes(), switches), down), false)
                .onSuccess(played -> later(request, played))
                .onFailure(failed -> {
                    LOG.atError()
                            .addKeyValue("event", "hub.failed")
                            .addKeyValue("simulator", first)
                            .addKeyValue("exception", failed.getClass().getName())
                            .log("a simulator broke; the hub goes on");
                    plain(request, 500, "the simulator broke");
                }));
    }

    /** A page elsewhere may have a name that leads here. */
    private static boolean isOfThisMachine(HttpServerRequest request) {
        String host = Optional.ofNullable(request.getHeader("host")).orElse("").replaceFirst(":[0-9]+$", "");
        return host.equals(HOST) || host.equals("localhost") || host.equals("[::1]");
    }

    /** What is to be sent, and how. */
    private record Played(Answer answer, long delay, boolean closes, Optional<String> truncated, Instant now) {}

    private Played play(Instant at, Simulated simulated, Call call, Optional<String> down) {
        Simulator simulator = player(simulated);
        Answer answer;
        synchronized (simulator) {
            answer = simulator.answer(call);
        }
        long delay = call.fault(Fault.SLOW).map(Long::parseLong).orElse(0L);
        Optional<String> truncated = call.fault(Fault.TRUNCATED);
        String acted = (down.isPresent() ? "down " + call.acted() : call.acted()).strip();
        Optional<Answer> told = down.isPresent() ? Optional.empty() : Optional.of(answer);
        note(at, simulated.name(), call, call.body(), told, acted);
        return new Played(answer, delay, down.isPresent(), truncated, call.now());
    }

    private void note(Instant at, String simulator, Call call, byte[] body, Optional<Answer> answer, String acted) {
        byte[] told = answer.map(Answer::body).orElse(new byte[0]);
        String digest = Digests.sha256(body);
        String toldDigest = Digests.sha256(told);
        synchronized (this) {
            received.addLast(new Received(
                    ++count,
                    at,
                    simulator,
                    call.operation(),
                    call.method(),
                    call.path(),
                    body.length,
                    digest,
                    answer.map(Answer::status).orElse(0),
                    told.length,
                    toldDigest,
                    acted,
                    call.checks(),
                    Received.Body.of(call.header("content-type"), body),
                    Received.Body.of(answer.map(Answer::type).orElse(""), told)));
            if (received.size() > MOST_RECEIVED) {
                received.removeFirst();
            }
        }
    }

    private Call call(HttpServerRequest request, String rest, byte[] body, Faults switches) {
        String host = Optional.ofNullable(request.getHeader("host")).orElse(HOST);
        MultiMap query = request.params();
        return new Call(
                request.method().name(),
                rest,
                "http://" + host + request.path(),
                Optional.ofNullable(request.query()).orElse(""),
                query,
                request.headers(),
                body,
                clock,
                switches);
    }

    private void later(HttpServerRequest request, Played played) {
        if (played.delay() > 0) {
            vertx.setTimer(played.delay(), due -> send(request, played));
        } else {
            send(request, played);
        }
    }

    private static void send(HttpServerRequest request, Played played) {
        HttpServerResponse response = request.response();
        if (response.closed()) {
            return;
        }
        if (played.closes()) {
            request.connection().close();
            return;
        }
        Answer answer = played.answer();
        byte[] body = answer.body();
        response.setStatusCode(answer.status()).putHeader("content-type", answer.type());
        response.putHeader("date", DATE.format(played.now()));
        answer.headers().forEach(header -> response.putHeader(header.getKey(), header.getValue()));
        if (played.truncated().isEmpty()) {
            response.end(Buffer.buffer(body));
            return;
        }
        Buffer half = Buffer.buffer(body).slice(0, body.length / 2);
        if (played.truncated().get().equals("body")) {
            response.end(half);
            return;
        }
        response.putHeader("content-length", Integer.toString(body.length));
        response.write(half).onComplete(written -> request.connection().close());
    }

    static void plain(HttpServerRequest request, int status, String text) {
        if (!request.response().ended() && !request.response().closed()) {
            request.response()
                    .setStatusCode(status)
                    .putHeader("content-type", "text/plain;charset=utf-8")
                    .end(Buffer.buffer(text.getBytes(StandardCharsets.UTF_8)));
        }
    }

    /** The whole body; one that is too long is refused, and nothing comes of it. */
    private static Future<Buffer> body(HttpServerRequest request) {
        Buffer whole = Buffer.buffer();
        Promise<Buffer> read = Promise.promise();
        request.handler(piece -> {
            if (whole.length() + piece.length() > LARGEST_BODY) {
                request.handler(more -> {});
                plain(request, 413, "at most " + LARGEST_BODY + " bytes");
                read.tryFail("too long");
            } else {
                whole.appendBuffer(piece);
            }
        });
        request.exceptionHandler(read::tryFail);
        request.endHandler(end -> read.tryComplete(whole));
        return read.future();
    }
}
