package vn.lgsp.deliver;

import io.netty.handler.codec.DecoderException;
import io.vertx.core.AsyncResult;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.ConnectionPoolTooBusyException;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpClosedException;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.SocketAddress;
import io.vertx.core.streams.ReadStream;
import java.net.InetAddress;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;
import javax.net.ssl.SSLException;
import vn.lgsp.catalogue.Catalogue;
import vn.lgsp.catalogue.Connection;
import vn.lgsp.catalogue.InformationSystem;
import vn.lgsp.catalogue.OutboundCredential;
import vn.lgsp.catalogue.OutboundHeader;
import vn.lgsp.catalogue.Snapshot;
import vn.lgsp.failure.BusException;
import vn.lgsp.failure.ErrorCode;
import vn.lgsp.failure.Thrown;
import vn.lgsp.hold.ContentStream;
import vn.lgsp.hold.HeldStream;
import vn.lgsp.hold.Holding;
import vn.lgsp.message.AgencyCode;
import vn.lgsp.message.Content;
import vn.lgsp.message.Gzip;
import vn.lgsp.message.Measured;
import vn.lgsp.message.Passage;
import vn.lgsp.message.SystemId;
import vn.lgsp.ndxp.LgspAccessToken;
import vn.lgsp.ndxp.PortalSession;

/**
 * The one HTTP client of the bus. It reaches only the systems that the card of the exchange's service names: the address comes
 * from the registry, a name that resolves to another address is refused before any connection, redirects are not followed. It streams both ways and holds no thread
 * while it waits.
 */
public final class OutboundClient {
    /** With these a gateway says that the system behind it cannot be asked now. */
    private static final Set<Integer> AWAY = Set.of(502, 503, 504);

    private static final Pattern SECONDS = Pattern.compile("[0-9]{1,6}");
    /** Of less than this gzip gains nothing. */
    private static final int WORTH_PACKING = 1 << 10;

    private static final Duration NAME_LIFE = Duration.ofSeconds(30);

    /**
     * One call.
     *
     * @param pathAndQuery below the system's base path, beginning with a slash, or empty
     * @param headers in order
     * @param content of the request that is here
     * @param stream of the request that is still to come, paused
     * @param proveUnchanged whether the bytes sent must be the bytes received (MSG-01)
     * @param held the content of the request where it is held outside memory; it can be sent again
     */
    record Call(
            SystemId system,
            String method,
            String pathAndQuery,
            Map<String, String> headers,
            Optional<Buffer> content,
            Optional<ReadStream<Buffer>> stream,
            boolean proveUnchanged,
            Optional<Content> held) {

        Call(
                SystemId system,
                String method,
                String pathAndQuery,
                Map<String, String> headers,
                Optional<Buffer> content,
                Optional<ReadStream<Buffer>> stream,
                boolean proveUnchanged) {
            this(system, method, pathAndQuery, headers, content, stream, proveUnchanged, Optional.empty());
        }

        /**
         * Whether the provider can tell a repeat from a new call, or need not; and what is sent is all here.
         *
         * @param honoursKeys whether the provider is known to: the key may be the caller's own, of which the provider knows nothing
         */
        boolean isRepeatable(boolean honoursKeys) {
            return stream.isEmpty()
                    && (method.equals("GET")
                            || method.equals("HEAD")
                            || (honoursKeys && headers.containsKey("idempotency-key")));
        }

        /** Whether a 500 is how the provider says no: SOAP sends every fault so, those of its caller too. */
        boolean faultsBy500() {
            return headers.containsKey("soapaction")
                    || headers.getOrDefault("content-type", "").startsWith("application/soap+xml");
        }

        /** Whether it only asks, and changes nothing at the provider: then it may be given up, or started once more. */
        boolean isLookup() {
            return content.isEmpty() && stream.isEmpty() && held.isEmpty() && (method.equals("GET") || method.equals("HEAD"));
        }
    }

    /**
     * @param fresh connections that have not carried a request yet
     */
    private record Pool(
            Connection connection,
            HttpClient client,
            Set<HttpConnection> fresh,
            Breaker breaker,
            Optional<Tokens> tokens) {
        boolean isFirstOn(HttpConnection line) {
            return fresh.remove(line);
        }
    }

    private record Name(InetAddress address, long until) {}

    private final Vertx vertx;
    private final Catalogue catalogue;
    private final DeliverSettings settings;
    private final Clock clock;
    private final Bulkheads bulkheads = new Bulkheads();
    private final ContactsQuery contacts;
    private final Map<SystemId, Pool> pools = new ConcurrentHashMap<>();
    private final Map<String, Name> names = new ConcurrentHashMap<>();
    private final Map<String, Future<InetAddress>> lookups = new ConcurrentHashMap<>();
    private final WorkerExecutor resolver;
    private final TokenSources tokenSources;

    public OutboundClient(Vertx vertx, Catalogue catalogue, DeliverSettings settings, Clock clock) {
        this.vertx = vertx;
        this.catalogue = catalogue;
        this.settings = settings;
        this.clock = clock;
        this.contacts = new ContactsQuery(clock);
        this.resolver = vertx.createSharedWorkerExecutor("lgsp-names", 16);
        this.tokenSources = new TokenSources(vertx, catalogue, settings, this::address);
    }

    /** Whether calls to a system are let through. */
    public enum Suspension {
        /** They always are. */
        OFF,
        /** They are now. */
        CLOSED,
        /** None is: it failed too often. */
        OPEN,
        /** A few are, to see whether it is back. */
        TRIALS
    }

    /** Whether calls to this system are let through now. */
    public Suspension breaker(SystemId system) {
        Pool pool = pools.get(system);
        return pool == null ? Suspension.CLOSED : pool.breaker().state();
    }

    /** When each system was last heard. */
    public ContactsQuery contacts() {
        return contacts;
    }

    /** How many calls wait for this system now. */
    public int waiting(SystemId system) {
        return bulkheads.waiting(system);
    }

    /** Whether this system is not called now, because it failed too often. */
    public boolean isSuspended(SystemId system) {
        Pool pool = pools.get(system);
        return pool != null && pool.breaker().isSuspended();
    }

    /** The systems that are not called now, by name. */
    public List<String> suspended() {
        return pools.entrySet().stream()
                .filter(pool -> pool.getValue().breaker().isSuspended())
                .map(pool -> pool.getKey().value())
                .sorted()
                .toList();
    }

    int memoryLimit() {
        return settings.memoryLimit();
    }

    Holding holding() {
        return settings.holding();
    }

    /**
     * Reads the whole body of an answer into a sink. Fails with {@code provider-invalid} when there is more than may be held, or of what is
     * packed, more than may be in memory.
     */
    <T> Future<T> hold(ProviderAnswer answer, HeldStream.Sink<T> sink) {
        if (answer.isCoded()) {
            return answer.read(memoryLimit())
                    .compose(read -> vertx.executeBlocking(
                            () -> {
                                sink.write(read.getBytes(), 0, read.length());
                                return sink.done();
                            },
                            false));
        }
        long limit = Math.max(settings.memoryLimit(), settings.heldLimit());
        return HeldStream.take(vertx, sink, answer, limit, () -> answer.tooLarge(limit))
                .onFailure(broken -> answer.discard());
    }

    Clock clock() {
        return clock;
    }

    /** What this header says on each call to this system, by the registry of now. */
    Optional<String> header(SystemId system, String name) {
        return catalogue.now().system(system).flatMap(InformationSystem::connection).stream()
                .flatMap(connection -> connection.headers().stream())
                .filter(header -> header.name().equals(name) && !header.secret())
                .map(OutboundHeader::value)
                .findFirst();
    }

    /** What the bus shows of itself to this system, by the registry of now. */
    Optional<OutboundCredential> credential(SystemId system) {
        return catalogue
                .now()
                .system(system)
                .flatMap(InformationSystem::connection)
                .flatMap(Connection::credential);
    }

    /**
     * The same call with its content under gzip, where its system takes that, by the registry of now, and it gains by it. What gets a session
     * stays as it is: it is put into the content.
     */
    Call packed(Call call) {
        boolean takes = catalogue
                .now()
                .system(call.system())
                .flatMap(InformationSystem::connection)
                .filter(Connection::gzip)
                .filter(known -> known.credential()
                        .filter(OutboundCredential.Session.class::isInstance)
                        .isEmpty())
                .isPresent();
        Optional<Buffer> plain = call.content().filter(content -> takes && content.length() > WORTH_PACKING);
        if (plain.isEmpty()) {
            return call;
        }
        Buffer small = Buffer.buffer(Gzip.deflate(plain.get().getBytes()));
        if (small.length() >= plain.get().length()) {
            return call;
        }
        Map<String, String> headers = new LinkedHashMap<>(call.headers());
        headers.put("content-encoding", "gzip");
        return new Call(
                call.system(),
                call.method(),
                call.pathAndQuery(),
                headers,
                Optional.of(small),
                call.stream(),
                call.proveUnchanged());
    }

    /**
     * Calls a registered system. Call it on the event loop of the exchange; the answer comes back there.
     *
     * @return the answer's head, its body paused; or a failure with {@code provider-busy}, {@code provider-suspended}, {@code provider-unreachable}, {@code
     *     provider-timeout}, {@code integrity-broken}, or what the request body failed with
     */
    Future<ProviderAnswer> call(Call call, Passage passage) {
        Snapshot known = catalogue.now();
        boolean named = passage.mayCall(call.system());
        Optional<Connection> registered = known.system(call.system()).flatMap(InformationSystem::connection);
        if (!named || registered.isEmpty()) {
            return Future.failedFuture(new BusException(
                    ErrorCode.ROUTE_REFUSED,
                    "the route calls " + call.system() + ", which "
                            + (named ? "has no registered connection" : "the service's card does not name")));
        }
        Connection connection = registered.get();
        AgencyCode agency = known.system(call.system()).orElseThrow().agency();
        if (!(connection.credential().orElse(null) instanceof OutboundCredential.Session)) {
            return call(call, connection, agency, Optional.empty(), passage);
        }
        return vertx.executeBlocking(() -> call.content().flatMap(content -> PortalSession.place(content.getBytes())), false)
                .compose(place -> {
                    if (place.isEmpty()) {
                        return Future.failedFuture(new BusException(
                                ErrorCode.ROUTE_REFUSED,
                                "what the route sends to " + call.system()
                                        + " is no JSON object without a member 'session'"));
                    }
                    return call(call, connection, agency, place, passage);
                });
    }

    /** @param place where a session is put into the content */
    private Future<ProviderAnswer> call(
            Call call, Connection connection, AgencyCode agency, Optional<PortalSession.Place> place, Passage passage) {
        Pool pool = pool(call.system(), connection);
        Breaker.Permit permit;
        try {
            permit = pool.breaker().enter(passage);
        } catch (BusException suspended) {
            return Future.failedFuture(suspended);
        }
        if (!bulkheads.enter(call.system(), connection.waitingCalls())) {
            permit.giveBack();
            return Future.failedFuture(new BusException(
                    ErrorCode.PROVIDER_BUSY,
                    connection.waitingCalls() + " calls already wait for " + call.system()
                            + ": try again in a second"));
        }
        Promise<ProviderAnswer> answer = Promise.promise();
        new Attempt(call, pool, agency, place, passage, answer, permit).start();
        return answer.future();
    }

    /** What an answer says of the session in which its system was asked. */
    enum SessionEnd {
        /** Nothing, or nothing that is believed. */
        NO,
        /** It may have ended: the next call logs in again. */
        PERHAPS,
        /** It has ended, and the system has done nothing: the next call logs in again. */
        SURELY
    }

    /**
     * What the content of an answer says of its session. It is read on a worker: it can be as large as a mapping may read.
     *
     * @param session in which the system was asked
     * @param again whether the same call had been made before, in another session
     */
    Future<SessionEnd> sessionEnd(SystemId system, Tokens.Held session, Buffer content, boolean again) {
        Optional<OutboundCredential.Session> shown = credential(system)
                .filter(OutboundCredential.Session.class::isInstance)
                .map(OutboundCredential.Session.class::cast);
        Optional<Tokens> tokens = Optional.ofNullable(pools.get(system)).flatMap(Pool::tokens);
        if (shown.isEmpty() || tokens.isEmpty()) {
            return Future.succeededFuture(SessionEnd.NO);
        }
        return vertx.executeBlocking(() -> PortalSession.errorCode(content.getBytes()), false)
                .map(code -> {
                    if (code.filter(shown.get()::isExpired).isEmpty()) {
                        code.ifPresent(good -> tokens.get().took(session));
                        return SessionEnd.NO;
                    }
                    Tokens.Refusal why =
                            new Tokens.Refusal(code.get(), !shown.get().expired().isEmpty());
                    if (again) {
                        tokens.get().refusedAgain(why);
                        return SessionEnd.NO;
                    }
                    if (!tokens.get().refused(session, why)) {
                        return SessionEnd.NO;
                    }
                    return why.sure() ? SessionEnd.SURELY : SessionEnd.PERHAPS;
                });
    }

    private RequestOptions options(Call call, Connection connection, InetAddress ip) {
        return options(call.method(), uri(connection.address(), call.pathAndQuery()), connection, ip);
    }

    static RequestOptions options(String method, String uri, Connection connection, InetAddress ip) {
        URI address = connection.address();
        boolean tls = "https".equals(address.getScheme());
        int port = address.getPort() > 0 ? address.getPort() : tls ? 443 : 80;
        return new RequestOptions()
                .setMethod(HttpMethod.valueOf(method))
                .setHost(address.getHost())
                .setPort(port)
                .setSsl(tls)
                .setURI(uri)
                .setServer(SocketAddress.inetSocketAddress(port, ip.getHostAddress()))
                .setFollowRedirects(false)
                .setConnectTimeout(connection.connectTimeout().toMillis())
                .setIdleTimeout(0);
    }

    static String uri(URI address, String pathAndQuery) {
        String base = address.getRawPath() == null ? "" : address.getRawPath();
        String whole = (base.endsWith("/") ? base.substring(0, base.length() - 1) : base) + pathAndQuery;
        return whole.startsWith("/") ? whole : "/" + whole;
    }

    /** One call under way, on the event loop of its exchange. */
    private final class Attempt {
        private final Call call;
        private final String system;
        private final Pool pool;
        private final Connection connection;
        private final AgencyCode provider;
        private final Optional<PortalSession.Place> place;
        private final Passage passage;
        private final Promise<ProviderAnswer> answer;
        private Breaker.Permit permit;
        private final Tries tries;
        private long timer = -1;
        private Optional<Tokens.Held> token = Optional.empty();
        private boolean renewed;

        Attempt(
                Call call,
                Pool pool,
                AgencyCode provider,
                Optional<PortalSession.Place> place,
                Passage passage,
                Promise<ProviderAnswer> answer,
                Breaker.Permit permit) {
            this.call = call;
            this.provider = provider;
            this.place = place;
            this.system = call.system().value();
            this.pool = pool;
            this.connection = pool.connection();
            this.passage = passage;
            this.answer = answer;
            this.permit = permit;
            this.tries = new Tries(connection.retry());
        }

        void start() {
            if (passage.isCallerGone() && call.isLookup()) {
                fail(callerGone());
                return;
            }
            if (pool.tokens().isEmpty()) {
                connect();
                return;
            }
            Future<Tokens.Held> good = pool.tokens().get().token();
            if (good.succeeded()) {
                token = Optional.of(good.result());
                connect();
                return;
            }
            // Whoever asked for it may belong to another event loop.
            good.onComplete(got -> passage.home().execute(() -> {
                if (got.failed()) {
                    fail(TokenSources.toldOf(call.system(), got.cause()));
                } else if (!answer.future().isComplete()) {
                    token = Optional.of(got.result());
                    connect();
                }
            }));
        }

        private void connect() {
            address(connection)
                    .compose(ip -> pool.client().request(options(call, connection, ip)))
                    .onSuccess(request -> {
                        Thrown.by(() -> send(request, pool.isFirstOn(request.connection())))
                                .ifPresent(unsendable -> {
                                    fail(new BusException(
                                            ErrorCode.BUS_FAILED,
                                            "the call to " + system + " cannot be made",
                                            unsendable));
                                    request.reset();
                                });
                    })
                    .onFailure(this::fail);
        }

        /** @param fresh whether the connection is new; one that was kept may be about to be closed by the provider */
        private void send(HttpClientRequest request, boolean fresh) {
            // The answer's future tells of it; nobody told, Vert.x logs the failure, whose text can hold what the
            // provider sent.
            request.exceptionHandler(broken -> {});
            Upload upload = new Upload(vertx, request);
            call.headers().forEach(request::putHeader);
            request.putHeader("x-lgsp-provider-agency", provider.value());
            prove(request);
            if (call.isLookup()) {
                // What asks for nothing but an answer need not go on when nobody waits for it any more.
                passage.whenCallerGone(() -> {
                    if (answer.future().succeeded()) {
                        answer.future().result().abandon(callerGone());
                    } else if (fail(callerGone())) {
                        request.reset();
                    }
                });
            }
            request.response().onSuccess(response -> take(response, upload)).onFailure(broken -> {
                if (!fresh
                        && call.isLookup()
                        && broken instanceof HttpClosedException
                        && !answer.future().isComplete()) {
                    vertx.cancelTimer(timer);
                    start(); // the broken connection is gone, so this comes to a fresh one
                } else {
                    fail(broken);
                }
            });
            if (call.stream().isPresent()) {
                request.setChunked(!call.headers().containsKey("content-length"));
                upload.pipe(call.stream().get(), passage.meter(), connection.idleTimeout())
                        .onComplete(piped -> sent(request, upload, piped));
            } else if (call.held().isPresent()) {
                Content held = call.held().get();
                request.putHeader("content-length", Long.toString(held.length()));
                upload.pipe(new ContentStream(vertx, held), passage.meter(), connection.idleTimeout())
                        .onComplete(piped -> sent(request, upload, piped));
            } else {
                upload.send(content());
                expect(request);
            }
        }

        private Buffer content() {
            Buffer given = call.content().orElseGet(Buffer::buffer);
            if (session().isEmpty() || place.isEmpty()) {
                return given;
            }
            PortalSession.Place here = place.get();
            return Buffer.buffer(here.opening(session().get().value()))
                    .appendBuffer(given, here.at(), given.length() - here.at());
        }

        private Optional<Tokens.Held> session() {
            return token.filter(held -> connection.credential().orElse(null) instanceof OutboundCredential.Session);
        }

        private void prove(HttpClientRequest request) {
            if (session().isEmpty()) {
                token.ifPresent(held -> request.putHeader("Authorization", "Bearer " + held.value()));
            }
            connection
                    .credential()
                    .map(Proof::of)
                    .ifPresent(
                            proof -> proof.show(request, connection.address(), call.pathAndQuery(), clock.instant()));
            identify(request, connection);
        }

        /** Whether the call is made once more, or has failed, because the system did not take its token. */
        private boolean renews(HttpClientResponse response) {
            if (token.isEmpty() || response.statusCode() != 401) {
                return false;
            }
            Tokens tokens = pool.tokens().orElseThrow();
            if (renewed) {
                tokens.refusedAgain(Tokens.Refusal.UNAUTHORIZED);
                return false;
            }
            if (!tokens.refused(token.get(), Tokens.Refusal.UNAUTHORIZED)) {
                return false;
            }
            renewed = true;
            vertx.cancelTimer(timer);
            if (call.stream().isPresent()) {
                fail(new BusException(
                        ErrorCode.TOKEN_STALE,
                        system + " no longer took the token of the bus, and the content had streamed: send it again",
                        "HTTP 401",
                        null));
                response.request().reset();
            } else {
                response.request().reset();
                start();
            }
            return true;
        }

        private void take(HttpClientResponse response, Upload upload) {
            if (answer.future().isComplete()) {
                response.request().reset();
                return;
            }
            int status = response.statusCode();
            if (renews(response)) {
                return;
            }
            if (status >= 400) {
                retryAfter(response).ifPresent(passage::retryAfter);
            }
            if (AWAY.contains(status) && tryAgain()) {
                vertx.cancelTimer(timer);
                response.request().reset();
                return;
            }
            contacts.answered(call.system(), OptionalInt.of(status));
            // A security server of X-Road reports so of one of the many that are behind it.
            boolean xRoad = response.getHeader(XRoadCall.ERROR) != null;
            boolean ill = status >= 500 && !(status == 500 && (call.faultsBy500() || xRoad));
            ProviderAnswer given =
                    new ProviderAnswer(vertx, response, system, connection.idleTimeout(), upload, failure -> {
                        bulkheads.leave(call.system());
                        if (ill) {
                            permit.ill();
                        } else if (failure.isPresent()) {
                            contacts.failed(call.system(), failure.get());
                            permit.failed(failure.get());
                        } else {
                            permit.well();
                        }
                    });
            session().ifPresent(given::inSession);
            answer.complete(given);
        }

        /**
         * Begins once more after a pause, if the call may be repeated and the system may be called. A wait that the system asks for
         * is kept, and one that is longer than an answer may take is left to the caller.
         */
        private boolean tryAgain() {
            if (!call.isRepeatable(connection.retry().honoursKeys())
                    || passage.delivery().isPresent()
                    || passage.isCallerGone()
                    || answer.future().isComplete()) {
                return false;
            }
            Optional<Duration> pause =
                    tries.next(passage.retryAfter().orElse(Duration.ZERO), connection.answerTimeout());
            if (pause.isEmpty()) {
                return false;
            }
            permit.ill();
            permit = Breaker.FREE;
            vertx.setTimer(pause.get().toMillis(), now -> {
                if (answer.future().isComplete()) {
                    return;
                }
                try {
                    permit = pool.breaker().enter(passage);
                } catch (BusException suspended) {
                    fail(suspended);
                    return;
                }
                passage.calls(call.system());
                start();
            });
            return true;
        }

        /** What the system asks for, in seconds or by a date; what cannot be read asks for nothing. */
        private Optional<Duration> retryAfter(HttpClientResponse response) {
            String written = response.getHeader("retry-after");
            if (written == null) {
                return Optional.empty();
            }
            if (SECONDS.matcher(written.strip()).matches()) {
                return Optional.of(Duration.ofSeconds(Long.parseLong(written.strip())));
            }
            try {
                Instant then = ZonedDateTime.parse(written.strip(), DateTimeFormatter.RFC_1123_DATE_TIME)
                        .toInstant();
                return Optional.of(Duration.between(clock.instant(), then)).filter(pause -> !pause.isNegative());
            } catch (DateTimeParseException noDate) {
                return Optional.empty();
            }
        }

        private void sent(HttpClientRequest request, Upload upload, AsyncResult<Measured> piped) {
            Throwable broken = piped.cause();
            if (broken == null
                    && call.proveUnchanged()
                    && !piped.result().equals(passage.request().orElse(null))) {
                broken = new BusException(
                        ErrorCode.INTEGRITY_BROKEN, "the bytes for " + system + " are not the bytes received");
            }
            if (broken == null) {
                upload.end();
                expect(request);
            } else {
                fail(broken);
                upload.stop();
            }
        }

        /** The request has been sent: from now on the provider has its time. */
        private void expect(HttpClientRequest request) {
            timer = vertx.setTimer(connection.answerTimeout().toMillis(), late -> {
                if (fail(new BusException(
                        ErrorCode.PROVIDER_TIMEOUT,
                        system + " did not answer in " + text(connection.answerTimeout())))) {
                    request.reset();
                }
            });
            answer.future().onComplete(done -> vertx.cancelTimer(timer));
        }

        private boolean fail(Throwable broken) {
            BusException failure = failure(system, broken);
            if (failure.code() == ErrorCode.PROVIDER_UNREACHABLE && tryAgain()) {
                vertx.cancelTimer(timer);
                return true;
            }
            boolean first = answer.tryFail(failure);
            if (first) {
                contacts.failed(call.system(), failure);
                bulkheads.leave(call.system());
                permit.failed(failure);
            }
            return first;
        }

        private static BusException callerGone() {
            return new BusException(ErrorCode.CALLER_GONE, "the caller went away before the answer");
        }
    }

    /** What a system wants to see beside the credential, on each call and on that for a token. */
    static void identify(HttpClientRequest request, Connection connection) {
        connection.headers().forEach(header -> request.putHeader(header.name(), header.value()));
        connection
                .lgspAccess()
                .ifPresent(access -> request.putHeader(LgspAccessToken.HEADER, LgspAccessToken.value(access)));
    }

    private Pool pool(SystemId system, Connection connection) {
        Pool known = pools.get(system);
        if (known != null && known.connection().equals(connection)) {
            return known;
        }
        return pools.compute(system, (id, old) -> {
            if (old != null && old.connection().equals(connection)) {
                return old;
            }
            if (old != null) {
                long drained = old.connection().answerTimeout().toMillis() * 2;
                vertx.setTimer(drained, later -> old.client().close());
            }
            return newPool(system, connection);
        });
    }

    private Pool newPool(SystemId system, Connection connection) {
        Set<HttpConnection> fresh = ConcurrentHashMap.newKeySet();
        HttpClient client = vertx.httpClientBuilder()
                .with(new HttpClientOptions()
                        .setKeepAliveTimeout((int) settings.keepAlive().toSeconds())
                        .setDecompressionSupported(false)
                        .setTcpNoDelay(true)
                        .setVerifyHost(true))
                .with(new PoolOptions().setHttp1MaxSize(connection.waitingCalls()))
                .withConnectHandler(line -> {
                    fresh.add(line);
                    line.closeHandler(closed -> fresh.remove(line));
                })
                .build();
        return new Pool(
                connection,
                client,
                fresh,
                new Breaker(system.value(), connection.breaker(), clock),
                tokenSources.of(connection));
    }

    private Future<InetAddress> address(Connection connection) {
        String host = connection.address().getHost();
        String bare = host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
        long now = System.nanoTime();
        Name known = names.get(bare);
        if (known != null && known.until() - now > 0) {
            return allowed(connection, known.address());
        }
        Future<InetAddress> found =
                Addresses.isLiteral(bare) ? Future.succeededFuture(literal(bare)) : lookUp(bare, connection);
        return found.compose(address -> {
            names.put(bare, new Name(address, now + NAME_LIFE.toNanos()));
            return allowed(connection, address);
        });
    }

    /** Asks the name server, once however many calls wait for the name; one that hangs costs its own callers only. */
    private Future<InetAddress> lookUp(String host, Connection connection) {
        Promise<InetAddress> inTime = Promise.promise();
        long late = vertx.setTimer(
                connection.connectTimeout().toMillis(),
                now -> inTime.tryFail(new TimeoutException("the name server did not answer")));
        lookups.computeIfAbsent(host, name -> resolver.executeBlocking(() -> InetAddress.getByName(name), false)
                        .andThen(done -> vertx.runOnContext(now -> lookups.remove(name))))
                .onComplete(found -> {
                    vertx.cancelTimer(late);
                    if (found.succeeded()) {
                        inTime.tryComplete(found.result());
                    } else {
                        inTime.tryFail(found.cause());
                    }
                });
        return inTime.future();
    }

    private static InetAddress literal(String host) {
        try {
            return InetAddress.getByAddress(Addresses.literal(host));
        } catch (java.net.UnknownHostException impossible) {
            throw new IllegalArgumentException(impossible);
        }
    }

    private static Future<InetAddress> allowed(Connection connection, InetAddress address) {
        return Addresses.allows(connection.addresses(), address)
                ? Future.succeededFuture(address)
                : Future.failedFuture(new BusException(
                        ErrorCode.PROVIDER_UNREACHABLE,
                        "the provider's name resolves to an address that is not registered for it"));
    }

    /** What a broken call means to the caller; inner addresses stay inside. */
    static BusException failure(String system, Throwable broken) {
        Optional<BusException> known = BusException.in(broken);
        if (known.isPresent()) {
            return known.get();
        }
        if (broken instanceof ConnectionPoolTooBusyException) {
            return new BusException(ErrorCode.PROVIDER_BUSY, "too many calls wait for " + system, broken);
        }
        if (broken instanceof TimeoutException || broken instanceof io.netty.handler.timeout.TimeoutException) {
            return new BusException(ErrorCode.PROVIDER_TIMEOUT, system + " stopped in the middle of the call", broken);
        }
        if (broken instanceof DecoderException || broken instanceof IllegalArgumentException) {
            // without the cause: its text is what the provider sent
            return new BusException(ErrorCode.PROVIDER_INVALID, system + " answered with something that is not HTTP");
        }
        if (broken instanceof SSLException) {
            return new BusException(ErrorCode.PROVIDER_UNREACHABLE, "no trusted TLS connection to " + system, broken);
        }
        return new BusException(
                ErrorCode.PROVIDER_UNREACHABLE,
                "no connection to " + system + ", or it broke in the middle of the call",
                broken);
    }

    private static String text(Duration time) {
        return time.toMillis() < 1_000 ? time.toMillis() + " ms" : time.toSeconds() + " s";
    }
}
