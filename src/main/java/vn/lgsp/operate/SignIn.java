package vn.lgsp.operate;

import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.WorkerExecutor;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import vn.lgsp.catalogue.Catalogue;
import vn.lgsp.catalogue.Operator;

/**
 * Checks who a person says he is, and remembers it for a session. Every attempt is logged and counted (IAM-17, SEC-03).
 *
 * <p>A name that nobody has costs as much time as a wrong password, and is not logged: people type passwords into name fields.
 */
final class SignIn {
    private static final Logger LOG = LoggerFactory.getLogger(SignIn.class);
    private static final int LONGEST_INPUT = 256;

    private final Catalogue catalogue;
    private final Sessions sessions;
    private final SignInLimit limit;
    private final RightLately lately;
    private final WorkerExecutor workers;
    private final MeterRegistry meters;

    /** Compared with when nobody has the name; as dear as the hash of whoever was checked last. */
    private volatile PasswordHash nobody = PasswordHash.lookalike(PasswordHash.ITERATIONS);

    SignIn(Catalogue catalogue, OperateSettings settings, Clock clock, WorkerExecutor workers, MeterRegistry meters) {
        this.catalogue = catalogue;
        this.sessions = new Sessions(clock, settings.sessionTimeout());
        this.limit = new SignInLimit(clock, settings.signInAttempts(), settings.signInLongestWait());
        this.lately = new RightLately(clock);
        this.workers = workers;
        this.meters = meters;
    }

    /** What came of an attempt. */
    sealed interface Result {}

    record Accepted(Operator operator) implements Result {}

    record Refused() implements Result {}

    record Limited(Duration forNow) implements Result {}

    /** Checks a password off the event loop; never fails because of what was typed. */
    Future<Result> check(String user, String password, String address) {
        Optional<Operator> operator = catalogue.now().operator(user);
        if (user.length() > LONGEST_INPUT || password.length() > LONGEST_INPUT) {
            return Future.succeededFuture(told(new Refused(), operator, address));
        }
        Duration wait = limit.attempt(user, address);
        if (!wait.isZero()) {
            return Future.succeededFuture(told(new Limited(wait), operator, address));
        }
        boolean lately =
                operator.filter(one -> this.lately.knows(one, password)).isPresent();
        Future<Boolean> checked = lately
                ? Future.succeededFuture(true)
                : workers.executeBlocking(() -> isRight(operator, password), false);
        return checked.map(right -> {
            if (right) {
                limit.succeeded(user, address);
                return told(new Accepted(operator.orElseThrow()), operator, address);
            }
            return told(new Refused(), operator, address);
        });
    }

    /** Begins a session and returns its token. */
    String begin(Operator operator) {
        return sessions.begin(operator);
    }

    /** Who has this session, if he is still an operator with the same password. */
    Optional<Operator> holder(String token) {
        return sessions.operator(token)
                .filter(known -> catalogue.now().operator(known.user()).equals(Optional.of(known)));
    }

    void used(String token) {
        sessions.used(token);
    }

    void end(String token) {
        holder(token).ifPresent(operator -> LOG.atInfo()
                .addKeyValue("event", "operator.signed-out")
                .addKeyValue("operator", operator.user())
                .log());
        sessions.end(token);
    }

    private boolean isRight(Optional<Operator> operator, String password) {
        PasswordHash expected =
                operator.map(Operator::passwordHash).map(PasswordHash::of).orElse(nobody);
        nobody = PasswordHash.lookalike(expected.iterations());
        boolean right = expected.matches(password) && operator.isPresent();
        if (right) {
            lately.remember(operator.orElseThrow(), password);
        }
        return right;
    }

    private Result told(Result result, Optional<Operator> operator, String address) {
        String outcome = result instanceof Accepted ? "accepted" : result instanceof Refused ? "refused" : "limited";
        meters.counter("lgsp.operate.sign-in", "outcome", outcome).increment();
        (result instanceof Accepted ? LOG.atInfo() : LOG.atWarn())
                .addKeyValue("event", "operator.sign-in")
                .addKeyValue("outcome", outcome)
                .addKeyValue("operator", operator.map(Operator::user).orElse("(unknown)"))
                .addKeyValue("address", address)
                .log("");
        return result;
    }
}
