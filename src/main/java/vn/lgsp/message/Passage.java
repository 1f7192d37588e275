package vn.lgsp.message;

import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import vn.lgsp.failure.ErrorCode;

/**
 * One exchange on its way through the bus: what the stages have found out about it so far.
 *
 * <p>Receive makes it, each stage adds its findings once, and the record is written from it. It holds names, times, sizes and
 * digests; never content, a path, a query or a header value (MSG-09). One thread at a time works on it: the hand-over between
 * event loop and worker orders what they see. Where a route's branches run side by side, each has a {@link #branch} of its own.
 */
public final class Passage {
    /** The exchange property under which a stage finds it. */
    public static final String PROPERTY = "lgsp.passage";

    /** The exchange property with the headers of a provider's answer that passes through, as entries of name and value. */
    public static final String PROVIDER_HEADERS = "lgsp.provider-headers";

    /** Length of the salt under which bodies are digested. */
    public static final int SALT_BYTES = 16;

    private static final SecureRandom RANDOM = new SecureRandom();

    private final ExchangeId id;
    private final Instant receivedAt;
    private final long startedNanos;
    private String form;
    private final String correlation;
    private final Executor home;
    private final byte[] salt;
    private final @Nullable Passage whole;

    private volatile Stage stage = Stage.RECEIVE;
    private volatile boolean callerGone;
    private boolean opened;
    private volatile boolean closed;
    private boolean streamed;
    private Executor work;
    private @Nullable Runnable whenGone;
    private @Nullable String credential;
    private @Nullable String secret;
    private @Nullable String signedIn;
    private @Nullable PartyCode sentFor;
    private @Nullable Caller caller;
    private @Nullable ServiceKey service;
    private @Nullable String operation;
    private @Nullable String grant;
    private @Nullable String unit;
    private volatile @Nullable SystemId provider;
    private @Nullable DeliveryId delivery;
    private @Nullable ExchangeId accepted;
    private Set<SystemId> callable = Set.of();
    private @Nullable Measured request;
    private @Nullable Measured answer;
    private int status;
    private int depth;
    private @Nullable ErrorCode error;
    private @Nullable String partnerCode;
    private @Nullable Duration retryAfter;

    /**
     * A passage with a salt of its own.
     *
     * @param form how the request came, such as {@code REST GET}
     * @param correlation the caller's {@code X-Request-Id}, or the exchange id where it sent none
     * @param home runs work on the event loop that the exchange belongs to
     */
    public Passage(
            ExchangeId id, Instant receivedAt, long startedNanos, String form, String correlation, Executor home) {
        this(id, receivedAt, startedNanos, form, correlation, home, newSalt());
    }

    /**
     * An attempt at delivering what an earlier passage took in: the same exchange, the same salt, so that digests can be compared.
     *
     * @param salt of the exchange, {@link #SALT_BYTES} bytes
     */
    public Passage(
            ExchangeId id,
            Instant receivedAt,
            long startedNanos,
            String form,
            String correlation,
            Executor home,
            byte[] salt) {
        this.id = id;
        this.receivedAt = receivedAt;
        this.startedNanos = startedNanos;
        this.form = form;
        this.correlation = correlation;
        this.home = home;
        this.work = home;
        this.salt = salt.clone();
        this.whole = null;
    }

    private Passage(Passage whole) {
        this.id = whole.id;
        this.receivedAt = whole.receivedAt;
        this.startedNanos = whole.startedNanos;
        this.form = whole.form;
        this.correlation = whole.correlation;
        this.home = whole.home;
        this.salt = whole.salt;
        this.whole = whole;
        this.stage = whole.stage;
        this.opened = whole.opened;
        this.work = whole.work;
        this.caller = whole.caller;
        this.service = whole.service;
        this.operation = whole.operation;
        this.grant = whole.grant;
        this.unit = whole.unit;
        this.provider = whole.provider;
        this.delivery = whole.delivery;
        this.callable = whole.callable;
        this.request = whole.request;
        this.depth = whole.depth;
    }

    /**
     * The same exchange for one of several branches that run side by side: it knows what is known by now, and what the branch finds out
     * stays in it. The caller is gone for it when it is gone for the exchange, and it is closed when the exchange is.
     */
    public Passage branch() {
        return new Passage(this);
    }

    private static byte[] newSalt() {
        byte[] salt = new byte[SALT_BYTES];
        RANDOM.nextBytes(salt);
        return salt;
    }

    public ExchangeId id() {
        return id;
    }

    public Instant receivedAt() {
        return receivedAt;
    }

    /** {@link System#nanoTime()} when the request was received; durations come from here. */
    public long startedNanos() {
        return startedNanos;
    }

    /** How the request came, such as {@code REST GET} or {@code SOAP 1.1}. */
    public String form() {
        return form;
    }

    /** How the request came can be told more exactly now: the version of SOAP stands in the body. */
    public void cameAs(String moreExactly) {
        form = moreExactly;
    }

    public String correlation() {
        return correlation;
    }

    /** Runs work on the event loop of this exchange, so that a stage may come back from another thread. */
    public Executor home() {
        return home;
    }

    /** Where the service's own steps run: the event loop, or a worker for a service that maps content. */
    public Executor work() {
        return work;
    }

    public void worksOn(Executor place) {
        work = place;
    }

    /** A new measurement under this exchange's salt. */
    public Meter meter() {
        return new Meter(salt);
    }

    /** The salt of this exchange's digests; kept with the detail row only. */
    public byte[] salt() {
        return salt.clone();
    }

    /** The link of the chain that is at work. */
    public Stage stage() {
        return stage;
    }

    public void enter(Stage next) {
        stage = next;
    }

    /** Whether {@code opened} is durable, so that a {@code closed} has to follow. */
    public boolean isOpened() {
        return opened;
    }

    public void opened() {
        opened = true;
    }

    /** Whether {@code closed} is durable. */
    public boolean isClosed() {
        return closed || (whole != null && whole.isClosed());
    }

    public void closed() {
        closed = true;
    }

    /** Whether the answer streams, so that {@code closed} follows its last byte instead of preceding its first. */
    public boolean isStreamed() {
        return streamed;
    }

    public void streams() {
        streamed = true;
    }

    /** Receive hands the shown credential to identify. */
    public void shows(@Nullable String apiKey) {
        credential = apiKey;
    }

    /** The shown credential, once: it is forgotten here as soon as it is read. */
    public Optional<String> takeCredential() {
        String shown = credential;
        credential = null;
        return Optional.ofNullable(shown);
    }

    /** Receive hands the shown secret of a pair to identify; the name that belongs to it stands in the head. */
    public void showsSecret(@Nullable String ofPair) {
        secret = ofPair;
    }

    /** The shown secret, once: it is forgotten here as soon as it is read. */
    public Optional<String> takeSecret() {
        String shown = secret;
        secret = null;
        return Optional.ofNullable(shown);
    }

    /** Receive hands the account over under which the broker let the sender in: it has proved itself there. */
    public void sentUnder(String account) {
        signedIn = account;
    }

    /** Begun out of another exchange by the bus itself: under the account of its caller, and for whom that said that it asks. */
    public void sentBy(Caller caller) {
        signedIn = caller.account();
        sentFor = caller.onBehalfOf().orElse(null);
    }

    /** Whom the caller of the exchange that this one was begun out of said that it asks for. */
    public Optional<PartyCode> sentFor() {
        return Optional.ofNullable(sentFor);
    }

    /** The account under which the broker let the sender in; empty for what came through another door. */
    public Optional<String> sender() {
        return Optional.ofNullable(signedIn);
    }

    public Optional<Caller> caller() {
        return Optional.ofNullable(caller);
    }

    public void identified(Caller who) {
        caller = who;
    }

    public Optional<ServiceKey> service() {
        return Optional.ofNullable(service);
    }

    /** The path template with its method, such as {@code GET /citizens/{id}}; never the path itself. */
    public Optional<String> operation() {
        return Optional.ofNullable(operation);
    }

    public void asksFor(ServiceKey what) {
        service = what;
    }

    public void asksFor(ServiceKey what, String operationLabel) {
        service = what;
        operation = operationLabel;
    }

    /** How many exchanges of the bus wait for this one: 0 for what came from outside. */
    public int depth() {
        return depth;
    }

    /** The route of that exchange's service called the service that is asked for here, for whom its own caller asks. */
    public void calledBy(Passage calling) {
        depth = calling.depth + 1;
        sentFor = calling.caller().flatMap(Caller::onBehalfOf).orElse(null);
    }

    /** A request of the bus itself, which belongs to no service, such as {@code GET /exchanges/{id}}. */
    public void asksFor(String operationLabel) {
        operation = operationLabel;
    }

    public Optional<String> grant() {
        return Optional.ofNullable(grant);
    }

    public void grantedBy(String grantId) {
        grant = grantId;
    }

    /** The digest of the service revision that handles the exchange (BUS-09): its card, its routes and its contract. */
    public Optional<String> unit() {
        return Optional.ofNullable(unit);
    }

    public void handledBy(String unitDigest) {
        unit = unitDigest;
    }

    /** Its routes may call these systems: those of the card under which it was let in, whatever the card says by now. */
    public void mayCall(Collection<SystemId> systems) {
        callable = Set.copyOf(systems);
    }

    /** Whether its routes may call this system: a delivery its own destination only, another exchange what its card names. */
    public boolean mayCall(SystemId system) {
        return delivery == null ? callable.contains(system) : delivery.equals(DeliveryId.of(id, system));
    }

    /** The last registered system that was called. */
    public Optional<SystemId> provider() {
        return Optional.ofNullable(provider);
    }

    /** A system is called now; what an earlier one asked for in its Retry-After holds no more. */
    public void calls(SystemId system) {
        provider = system;
        retryAfter = null;
    }

    /** The delivery that this passage is an attempt at; empty for an exchange that waits for its answer. */
    public Optional<DeliveryId> delivery() {
        return Optional.ofNullable(delivery);
    }

    public void attempts(DeliveryId which) {
        delivery = which;
    }

    /** Under which exchange a guaranteed message is accepted: its own, or that of the first time. */
    public Optional<ExchangeId> accepted() {
        return Optional.ofNullable(accepted);
    }

    public void acceptedUnder(ExchangeId exchange) {
        accepted = exchange;
    }

    public Optional<Measured> request() {
        return Optional.ofNullable(request);
    }

    public void requestMeasured(Measured received) {
        request = received;
    }

    public Optional<Measured> answer() {
        return Optional.ofNullable(answer);
    }

    public void answerMeasured(Measured sent) {
        answer = sent;
    }

    /** The status of the answer, or 0 while there is none. */
    public int status() {
        return status;
    }

    public void answersWith(int httpStatus) {
        status = httpStatus;
    }

    public Optional<ErrorCode> error() {
        return Optional.ofNullable(error);
    }

    public Optional<String> partnerCode() {
        return Optional.ofNullable(partnerCode);
    }

    /** In how much time trying again may help, where somebody knows: the provider, or who keeps callers from it. */
    public Optional<Duration> retryAfter() {
        return Optional.ofNullable(retryAfter);
    }

    public void retryAfter(Duration pause) {
        retryAfter = pause;
    }

    /** The exchange failed; the first failure is the one that counts. */
    public void failed(ErrorCode code, @Nullable String providersOwnCode) {
        if (error == null) {
            error = code;
            partnerCode = providersOwnCode;
        }
    }

    /** Whether the caller went away; may be set by another thread at any time. */
    public boolean isCallerGone() {
        return callerGone || (whole != null && whole.isCallerGone());
    }

    /** The caller went away. Call it on the event loop of the exchange. */
    public void callerGone() {
        boolean news = !callerGone;
        callerGone = true;
        Runnable heard = whenGone;
        if (news && heard != null) {
            heard.run();
        }
    }

    /**
     * Nobody waits for this branch any more: what it asks for is given up, and it calls nobody else. Call it on the event loop of the
     * exchange.
     */
    public void abandon() {
        closed = true;
        callerGone();
    }

    /** Does this as soon as the caller goes away, in place of what was to be done before. Call it on the event loop of the exchange. */
    public void whenCallerGone(Runnable action) {
        whenGone = action;
    }

    /** How the exchange ends, as far as is known now. */
    public Outcome outcome() {
        if (isCallerGone()) {
            return Outcome.ABANDONED;
        }
        if (error == null) {
            return Outcome.ANSWERED;
        }
        if (error == ErrorCode.RECORD_NOT_FOUND) {
            return Outcome.ANSWERED;
        }
        return error.party() == ErrorCode.Party.CALLER ? Outcome.REFUSED : Outcome.FAILED;
    }

    /** The two-value result of the regulation: {@code 00} for success, {@code 01} otherwise (API-03). */
    public String result() {
        return error == null && status < 400 ? "00" : "01";
    }
}
