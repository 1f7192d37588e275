package vn.lgsp.deliver;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientResponse;
import java.lang.ref.WeakReference;
import java.net.InetAddress;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import vn.lgsp.catalogue.Catalogue;
import vn.lgsp.catalogue.Connection;
import vn.lgsp.catalogue.InformationSystem;
import vn.lgsp.catalogue.LgspAccess;
import vn.lgsp.catalogue.OutboundCredential;
import vn.lgsp.catalogue.OutboundHeader;
import vn.lgsp.failure.BusException;
import vn.lgsp.failure.ErrorCode;
import vn.lgsp.message.SystemId;
import vn.lgsp.ndxp.AccessToken;
import vn.lgsp.ndxp.PortalSession;
import vn.lgsp.ndxp.TokenCall;

/**
 * Where tokens and sessions come from: one for each credential at its endpoint, however many systems are reached with it
 * (wire-formats 6.1), for who gives a new one may end the one before.
 *
 * <p>They are asked for on a line of their own, which no call of a system can fill.
 */
final class TokenSources {
    private static final int LARGEST_ANSWER = 64 << 10;

    /**
     * A credential, and where it is shown: two systems whose are equal share their tokens.
     *
     * @param giver the address of who gives them, the system itself or another one: so it has one with those that name it
     * @param life of what has none of its own
     */
    private record Shown(
            String giver,
            String path,
            TokenCall call,
            Optional<LgspAccess> lgspAccess,
            List<OutboundHeader> headers,
            Optional<Duration> life) {
        @Override
        public String toString() {
            return giver + path;
        }
    }

    /** How a token is asked for, and found in the answer. */
    private record Question(
            Optional<SystemId> giver,
            String path,
            TokenCall call,
            Optional<Duration> life,
            Function<byte[], Optional<AccessToken>> reading) {}

    /** Of one credential. */
    private final class Source {
        private final Question question;
        private final Tokens tokens;
        private volatile Connection connection;

        Source(Question question, Connection connection) {
            this.question = question;
            this.connection = connection;
            this.tokens = new Tokens(() -> ask(question, this.connection), System::nanoTime);
        }
    }

    private final Vertx vertx;
    private final Catalogue catalogue;
    private final Function<Connection, Future<InetAddress>> addresses;
    private final HttpClient client;
    private final Map<Shown, WeakReference<Source>> sources = new HashMap<>();

    /** @param addresses finds where a connection leads, or fails where it may not */
    TokenSources(Vertx vertx, Catalogue catalogue, Function<Connection, Future<InetAddress>> addresses) {
        this.vertx = vertx;
        this.catalogue = catalogue;
        this.addresses = addresses;
        this.client = vertx.createHttpClient(new HttpClientOptions()
                .setKeepAlive(false) // a token is asked for once an hour: a line that was kept would be closed by then
                .setDecompressionSupported(false)
                .setTcpNoDelay(true)
                .setVerifyHost(true));
    }

    /** The tokens that calls over this connection carry; empty where its credential needs none. */
    Optional<Tokens> of(Connection connection) {
        return connection.credential().flatMap(TokenSources::question).map(question -> of(connection, question));
    }

    private synchronized Tokens of(Connection connection, Question question) {
        Shown shown = new Shown(
                question.giver()
                        .map(giver -> registered(giver)
                                .map(there -> there.address().toString())
                                .orElse(giver.value()))
                        .orElse(connection.address().toString()),
                question.path(),
                question.call(),
                connection.lgspAccess(),
                connection.headers(),
                question.life());
        sources.values().removeIf(source -> source.get() == null);
        Optional<Source> known = Optional.ofNullable(sources.get(shown)).map(WeakReference::get);
        Source source = known.orElseGet(() -> new Source(question, connection));
        if (known.isEmpty()) {
            sources.put(shown, new WeakReference<>(source));
        }
        source.connection = connection; // its times may be others
        return source.tokens;
    }

    private Optional<Connection> registered(SystemId system) {
        return catalogue.now().system(system).flatMap(InformationSystem::connection);
    }

    private static Optional<Question> question(OutboundCredential credential) {
        if (credential instanceof OutboundCredential.OAuth2 oauth2) {
            return Optional.of(new Question(
                    oauth2.tokenSystem(), oauth2.tokenPath(), TokenCall.of(oauth2), Optional.empty(), AccessToken::in));
        }
        if (credential instanceof OutboundCredential.Session session) {
            return Optional.of(new Question(
                    Optional.empty(),
                    session.loginPath(),
                    TokenCall.of(session),
                    Optional.of(session.life()),
                    answer -> PortalSession.in(answer, session.life())));
        }
        if (credential instanceof OutboundCredential.DocumentAxisRest axis) {
            return axis.login()
                    .map(login -> new Question(
                            Optional.empty(),
                            AxisLogin.PATH,
                            AxisLogin.call(axis, login),
                            Optional.of(login.life()),
                            answer -> AxisLogin.token(answer, login.life())));
        }
        return Optional.empty();
    }

    /** A call of the bus's own, which no exchange waits for alone. */
    private Future<AccessToken> ask(Question question, Connection connection) {
        Optional<Connection> registered = question.giver().map(this::registered).orElse(Optional.of(connection));
        if (registered.isEmpty()) {
            return Future.failedFuture(none("nobody registered gives tokens for it"));
        }
        Connection there = registered.get();
        Promise<AccessToken> token = Promise.promise();
        long late = vertx.setTimer(
                there.connectTimeout().plus(there.answerTimeout()).toMillis(),
                now -> token.tryFail(none("its token endpoint did not answer in time")));
        addresses
                .apply(there)
                .compose(ip -> client.request(OutboundClient.options(
                        "POST", OutboundClient.uri(there.address(), question.path()), there, ip)))
                .compose(request -> {
                    request.exceptionHandler(broken -> {});
                    OutboundClient.identify(request, connection);
                    question.call().headers().forEach(request::putHeader);
                    token.future().onFailure(given -> request.reset());
                    return request.send(Buffer.buffer(question.call().body()));
                })
                .compose(response -> {
                    if (response.statusCode() != 200) {
                        response.request().reset();
                        return Future.failedFuture(new BusException(
                                ErrorCode.TOKEN_UNAVAILABLE,
                                "its token endpoint refused the bus by its status",
                                "HTTP " + response.statusCode(),
                                null));
                    }
                    return small(response);
                })
                // here what cannot be read fails, behind it nobody would hear of it
                .map(read -> question.reading().apply(read.getBytes()))
                .onComplete(answered -> {
                    vertx.cancelTimer(late);
                    if (answered.failed()) {
                        token.tryFail(
                                BusException.in(answered.cause())
                                                .filter(known -> known.code() == ErrorCode.TOKEN_UNAVAILABLE)
                                                .isPresent()
                                        ? answered.cause()
                                        : none("its token endpoint cannot be reached, or broke off"));
                        return;
                    }
                    answered.result()
                            .ifPresentOrElse(
                                    token::tryComplete,
                                    () -> token.tryFail(none("what its token endpoint answered is no token")));
                });
        return token.future();
    }

    private static Future<Buffer> small(HttpClientResponse response) {
        Promise<Buffer> whole = Promise.promise();
        Buffer read = Buffer.buffer();
        response.exceptionHandler(whole::tryFail);
        response.endHandler(end -> whole.tryComplete(read));
        response.handler(next -> {
            if (read.length() + next.length() > LARGEST_ANSWER) {
                response.request().reset();
                whole.tryFail(new IllegalArgumentException("the answer is larger than a token can be"));
            } else {
                read.appendBuffer(next);
            }
        });
        return whole.future();
    }

    private static BusException none(String why) {
        return new BusException(ErrorCode.TOKEN_UNAVAILABLE, why);
    }

    /** What the caller of this system hears of a failure, which all hear who share the credential. */
    static Throwable toldOf(SystemId system, Throwable failure) {
        return BusException.in(failure)
                .filter(known -> known.code() == ErrorCode.TOKEN_UNAVAILABLE)
                .<Throwable>map(known -> new BusException(
                        ErrorCode.TOKEN_UNAVAILABLE,
                        "there is no token for " + system + ": " + known.detail() + ", so it was not called",
                        known.partnerCode().orElse(null),
                        null))
                .orElse(failure);
    }
}
