package vn.lgsp.deliver;

import io.netty.handler.codec.DecoderException;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.ConnectionPoolTooBusyException;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.SocketAddress;
import io.vertx.core.streams.ReadStream;
import java.net.InetAddress;
import java.net.URI;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLException;
import vn.lgsp.catalogue.Catalogue;
import vn.lgsp.catalogue.Connection;
import vn.lgsp.catalogue.InformationSystem;
import vn.lgsp.catalogue.OutboundCredential;
import vn.lgsp.catalogue.OutboundHeader;
import vn.lgsp.catalogue.Snapshot;
import vn.lgsp.failure.BusException;
import vn.lgsp.failure.ErrorCode;
import vn.lgsp.hold.HeldStream;
import vn.lgsp.hold.Holding;
import vn.lgsp.message.AgencyCode;
import vn.lgsp.message.Content;
import vn.lgsp.message.Gzip;
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
    /** Of less than this gzip gains nothing. */
    private static final int WORTH_PACKING = 1 << 10;

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
            return content.isEmpty()
                    && stream.isEmpty()
                    && held.isEmpty()
                    && (method.equals("GET") || method.equals("HEAD"));
        }
    }

    /**
     * @param fresh connections that have not carried a request yet
     */
    record Pool(
            Connection connection,
            HttpClient client,
            Set<HttpConnection> fresh,
            Breaker breaker,
            Optional<Tokens> tokens) {
        boolean isFirstOn(HttpConnection line) {
            return fresh.remove(line);
        }
    }

    private final Vertx vertx;
    private final Catalogue catalogue;
    private final DeliverSettings settings;
    private final Clock clock;
    private final Bulkheads bulkheads = new Bulkheads();
    private final ContactsQuery contacts;
    private final Map<SystemId, Pool> pools = new ConcurrentHashMap<>();
    private final Names names;
    private final Attempt.Around around;
    private final TokenSources tokenSources;

    public OutboundClient(Vertx vertx, Catalogue catalogue, DeliverSettings settings, Clock clock) {
        this.vertx = vertx;
        this.catalogue = catalogue;
        this.settings = settings;
        this.clock = clock;
        this.contacts = new ContactsQuery(clock);
        this.names = new Names(vertx);
        this.around = new Attempt.Around(vertx, names::of, bulkheads, contacts, clock);
        this.tokenSources = new TokenSources(vertx, catalogue, names::of);
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
                            false))
                    .onFailure(broken -> sink.discard());
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
        return vertx.executeBlocking(
                        () -> call.content().flatMap(content -> PortalSession.place(content.getBytes())), false)
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
        new Attempt(around, call, pool, agency, place, passage, answer, permit).start();
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
                    Tokens.Refusal why = new Tokens.Refusal(
                            code.get(), !shown.get().expired().isEmpty());
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
}
