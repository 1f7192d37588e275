package vn.lgsp.identify;

import java.security.MessageDigest;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import vn.lgsp.axis.AxisCode;
import vn.lgsp.axis.AxisHeaders;
import vn.lgsp.axis.AxisTime;
import vn.lgsp.axis.HeaderSignature;
import vn.lgsp.catalogue.Account;
import vn.lgsp.catalogue.AxisAccess;
import vn.lgsp.catalogue.InformationSystem;
import vn.lgsp.catalogue.Snapshot;
import vn.lgsp.failure.BusException;
import vn.lgsp.failure.ErrorCode;
import vn.lgsp.message.Caller;
import vn.lgsp.message.Inbound;
import vn.lgsp.message.PartyCode;
import vn.lgsp.message.Sha256;

/**
 * Finds the caller behind a credential. An API key is looked up by its SHA-256, so the look-up compares nothing byte by byte.
 */
final class Identification {
    private final Clock clock;
    private final LoginLimit logins = new LoginLimit();

    Identification(Clock clock) {
        this.clock = clock;
    }

    /** @throws BusException {@code consumer-unknown} */
    Caller of(Optional<String> apiKey, Snapshot known) {
        String shown = apiKey.orElseThrow(() -> new BusException(
                ErrorCode.CONSUMER_UNKNOWN, "no credential: send the account's key in the header X-Api-Key"));
        Instant now = clock.instant();
        Account account = known.accountShowing(shown, now)
                .orElseThrow(() -> new BusException(
                        ErrorCode.CONSUMER_UNKNOWN, "the key in X-Api-Key is not that of an account in force"));
        return caller(account, known, now);
    }

    /**
     * Of an account whose key the broker has seen: what is checked here is that it is in force now.
     *
     * @throws BusException {@code consumer-unknown}
     */
    Caller signedIn(String account, Snapshot known) {
        Instant now = clock.instant();
        return caller(
                known.account(account, now)
                        .orElseThrow(() -> new BusException(
                                ErrorCode.CONSUMER_UNKNOWN, "the sender's account is not one in force")),
                known,
                now);
    }

    /**
     * Of an account that signed its message.
     *
     * @throws BusException {@code consumer-unknown}
     */
    Caller signed(Account account, Snapshot known) {
        return caller(account, known, clock.instant());
    }

    /**
     * Of an account whose call is signed as the SDK of the document axis signs it, and is not too old (wire-formats 3.2).
     *
     * @throws BusException {@code consumer-unknown}
     */
    Caller signedHeaders(Iterable<Map.Entry<String, String>> headers, AxisHeaders parameters, Snapshot known) {
        Instant now = clock.instant();
        Account account = parameters
                .parameter(HeaderSignature.SYSTEM)
                .flatMap(system -> known.accountOfAxis(system, now))
                .orElseThrow(() -> unknownSystem());
        AxisAccess access = account.axis().orElseThrow();
        HeaderSignature.verify(headers, access.secret()).ifPresent(mistake -> {
            throw new BusException(
                    ErrorCode.CONSUMER_UNKNOWN,
                    "the call " + mistake.reason(),
                    String.valueOf(AxisCode.WRONG_KEY),
                    null);
        });
        String time = parameters.parameter(HeaderSignature.TIMESTAMP).orElse("");
        if (!AxisTime.isNear(time, now, access.clockSkew())) {
            throw new BusException(
                    ErrorCode.CONSUMER_UNKNOWN,
                    "the time in the call is not one of now: set the clock, or send the call when it is signed",
                    String.valueOf(AxisCode.WRONG_KEY),
                    null);
        }
        return caller(account, known, now);
    }

    /**
     * Of an account that shows its secret beside its {@code systemid}, as the provincial form of the document axis does.
     *
     * @param bearer the token of a login, where the call shows one
     * @throws BusException {@code consumer-unknown}, {@code login-needed}
     */
    Caller pair(String systemId, Optional<String> secret, Optional<String> bearer, Snapshot known) {
        Instant now = clock.instant();
        Account account = known.accountOfAxis(systemId, now).orElseThrow(() -> unknownSystem());
        if (!isSame(account.axis().orElseThrow().secret(), secret.orElse(""))) {
            throw unknownSystem();
        }
        mayCall(account.axis().orElseThrow(), bearer, now);
        return caller(account, known, now);
    }

    /** A token that is shown counts, whether one is needed or not: who shows one that is over wants to hear of it. */
    private static void mayCall(AxisAccess access, Optional<String> bearer, Instant now) {
        boolean right = bearer.isEmpty()
                ? access.login().filter(AxisAccess.Login::required).isEmpty()
                : access.login()
                        .filter(login -> LoginToken.counts(bearer.get(), access, login, now))
                        .isPresent();
        if (!right) {
            throw new BusException(
                    ErrorCode.LOGIN_NEEDED,
                    "log in, and show its token in the header Authorization: this call has none, or one that is over or"
                            + " was given to another",
                    String.valueOf(AxisCode.WRONG_KEY),
                    null);
        }
    }

    /** Who has logged in, and the token that shows it for a while. */
    record LoggedIn(Caller caller, String token, Duration life) {
        @Override
        public String toString() {
            return caller + ":***";
        }
    }

    /**
     * Of an account that logs in as the provincial form of the document axis does.
     *
     * @param systemId and {@code secret}: the pair, where the login shows one; then it is that of the same account
     * @throws BusException {@code consumer-unknown}
     */
    LoggedIn login(
            String user,
            String password,
            String application,
            Optional<String> systemId,
            Optional<String> secret,
            Snapshot known) {
        Instant now = clock.instant();
        Account account = known.accountLoggingIn(user, now).orElseThrow(Identification::unknownUser);
        AxisAccess access = account.axis().orElseThrow();
        AxisAccess.Login login = access.login().orElseThrow();
        boolean pair =
                systemId.filter(access.systemId()::equals).isPresent() && isSame(access.secret(), secret.orElse(""));
        // who shows the pair is counted apart: nobody else makes it wait
        String counted = pair ? account.id() + " with its pair" : account.id();
        if (!logins.attempt(counted, now)
                || !isSame(login.secret(), password)
                || (systemId.isPresent() && !pair)
                || login.application().filter(code -> !code.equals(application)).isPresent()) {
            throw unknownUser();
        }
        Caller caller = caller(account, known, now);
        logins.succeeded(counted);
        return new LoggedIn(caller, LoginToken.write(access, login, now.plus(login.life())), login.life());
    }

    private static boolean isSame(String expected, String shown) {
        return MessageDigest.isEqual(Sha256.of(expected), Sha256.of(shown));
    }

    /** The same for all reasons: which users there are is nobody's business. */
    private static BusException unknownUser() {
        return new BusException(
                ErrorCode.CONSUMER_UNKNOWN,
                "no account in force logs in with this user name, password and application, or too many logins in a row were"
                        + " wrong: then wait, and try again");
    }

    /**
     * Whom the caller says that it asks for, where its account may say so.
     *
     * @throws BusException {@code message-invalid} where what it says is no code of a party
     */
    Optional<PartyCode> claimed(Caller caller, Inbound request, Snapshot known) {
        return known.account(caller.account(), clock.instant())
                .flatMap(Account::onBehalfOf)
                .flatMap(header -> Claim.in(request, header));
    }

    private static BusException unknownSystem() {
        return new BusException(
                ErrorCode.CONSUMER_UNKNOWN,
                "no account in force has this system id and secret",
                String.valueOf(AxisCode.WRONG_KEY),
                null);
    }

    private static Caller caller(Account account, Snapshot known, Instant now) {
        InformationSystem system = known.system(account.system()).orElseThrow();
        if (!known.isOpen(system, now)) {
            throw new BusException(
                    ErrorCode.CONSUMER_UNKNOWN, "the code of the agency that owns this account is closed");
        }
        return new Caller(account.id(), system.id(), system.agency());
    }
}
