package vn.lgsp.identify;

import java.security.MessageDigest;
import java.time.Clock;
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
     * @throws BusException {@code consumer-unknown}
     */
    Caller pair(String systemId, Optional<String> secret, Snapshot known) {
        Instant now = clock.instant();
        Account account = known.accountOfAxis(systemId, now).orElseThrow(() -> unknownSystem());
        String expected = account.axis().orElseThrow().secret();
        if (!MessageDigest.isEqual(Sha256.of(expected), Sha256.of(secret.orElse("")))) {
            throw unknownSystem();
        }
        return caller(account, known, now);
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
