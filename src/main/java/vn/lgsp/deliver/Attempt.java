package vn.lgsp.deliver;

import io.vertx.core.AsyncResult;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpClosedException;
import io.vertx.core.http.RequestOptions;
import java.net.InetAddress;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;
import vn.lgsp.catalogue.Connection;
import vn.lgsp.catalogue.OutboundCredential;
import vn.lgsp.failure.BusException;
import vn.lgsp.failure.ErrorCode;
import vn.lgsp.failure.Thrown;
import vn.lgsp.hold.ContentStream;
import vn.lgsp.message.AgencyCode;
import vn.lgsp.message.Content;
import vn.lgsp.message.Measured;
import vn.lgsp.message.Passage;
import vn.lgsp.ndxp.PortalSession;

/** One call under way, on the event loop of its exchange. */
final class Attempt {
    /** With these a gateway says that the system behind it cannot be asked now. */
    private static final Set<Integer> AWAY = Set.of(502, 503, 504);

    private static final Pattern SECONDS = Pattern.compile("[0-9]{1,6}");

    /**
     * What all calls share.
     *
     * @param addresses finds where a connection leads, or fails where it may not
     */
    record Around(
            Vertx vertx,
            Function<Connection, Future<InetAddress>> addresses,
            Bulkheads bulkheads,
            ContactsQuery contacts,
            Clock clock) {}

    private final Around around;
    private final Vertx vertx;
    private final OutboundClient.Call call;
    private final String system;
    private final OutboundClient.Pool pool;
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
            Around around,
            OutboundClient.Call call,
            OutboundClient.Pool pool,
            AgencyCode provider,
            Optional<PortalSession.Place> place,
            Passage passage,
            Promise<ProviderAnswer> answer,
            Breaker.Permit permit) {
        this.around = around;
        this.vertx = around.vertx();
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
        around.addresses()
                .apply(connection)
                .compose(ip -> pool.client().request(options(ip)))
                .onSuccess(request -> {
                    Thrown.by(() -> send(request, pool.isFirstOn(request.connection())))
                            .ifPresent(unsendable -> {
                                fail(new BusException(
                                        ErrorCode.BUS_FAILED, "the call to " + system + " cannot be made", unsendable));
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
                .ifPresent(proof -> proof.show(
                        request,
                        connection.address(),
                        call.pathAndQuery(),
                        around.clock().instant()));
        OutboundClient.identify(request, connection);
    }

    /** Whether the call is made once more, or has failed, because the system did not take its token. */
    private boolean renews(HttpClientResponse response, Upload upload) {
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
            giveUp(response, upload);
        } else {
            giveUp(response, upload);
            start();
        }
        return true;
    }

    private void take(HttpClientResponse response, Upload upload) {
        if (answer.future().isComplete()) {
            giveUp(response, upload);
            return;
        }
        int status = response.statusCode();
        if (renews(response, upload)) {
            return;
        }
        if (status >= 400) {
            retryAfter(response).ifPresent(passage::retryAfter);
        }
        if (AWAY.contains(status) && tryAgain()) {
            vertx.cancelTimer(timer);
            giveUp(response, upload);
            return;
        }
        around.contacts().answered(call.system(), OptionalInt.of(status));
        // A security server of X-Road reports so of one of the many that are behind it.
        boolean xRoad = response.getHeader(XRoadCall.ERROR) != null;
        boolean ill = status >= 500 && !(status == 500 && (call.faultsBy500() || xRoad));
        ProviderAnswer given =
                new ProviderAnswer(vertx, response, system, connection.idleTimeout(), upload, failure -> {
                    around.bulkheads().leave(call.system());
                    if (ill) {
                        permit.ill();
                    } else if (failure.isPresent()) {
                        around.contacts().failed(call.system(), failure.get());
                        permit.failed(failure.get());
                    } else {
                        permit.well();
                    }
                });
        session().ifPresent(given::inSession);
        answer.complete(given);
    }

    private void giveUp(HttpClientResponse response, Upload upload) {
        upload.stop();
        Unread.drop(vertx, response);
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
        Optional<Duration> pause = tries.next(passage.retryAfter().orElse(Duration.ZERO), connection.answerTimeout());
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
            return Optional.of(Duration.between(around.clock().instant(), then)).filter(pause -> !pause.isNegative());
        } catch (DateTimeParseException noDate) {
            return Optional.empty();
        }
    }

    private void sent(HttpClientRequest request, Upload upload, AsyncResult<Measured> piped) {
        if (upload.isOver()) {
            return; // the provider has answered before it had all of it, and that is seen to
        }
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
                    ErrorCode.PROVIDER_TIMEOUT, system + " did not answer in " + text(connection.answerTimeout())))) {
                request.reset();
            }
        });
        answer.future().onComplete(done -> vertx.cancelTimer(timer));
    }

    private boolean fail(Throwable broken) {
        BusException failure = OutboundClient.failure(system, broken);
        if (failure.code() == ErrorCode.PROVIDER_UNREACHABLE && tryAgain()) {
            vertx.cancelTimer(timer);
            return true;
        }
        boolean first = answer.tryFail(failure);
        if (first) {
            around.contacts().failed(call.system(), failure);
            around.bulkheads().leave(call.system());
            permit.failed(failure);
        }
        return first;
    }

    private static BusException callerGone() {
        return new BusException(ErrorCode.CALLER_GONE, "the caller went away before the answer");
    }

    private RequestOptions options(InetAddress ip) {
        return OutboundClient.options(
                call.method(), OutboundClient.uri(connection.address(), call.pathAndQuery()), connection, ip);
    }

    private static String text(Duration time) {
        return time.toMillis() < 1_000 ? time.toMillis() + " ms" : time.toSeconds() + " s";
    }
}
