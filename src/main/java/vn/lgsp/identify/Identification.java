package vn.lgsp.identify;

import java.time.Clock;
import java.time.Instant;
import java.util.Optional;
import vn.lgsp.catalogue.Account;
import vn.lgsp.catalogue.InformationSystem;
import vn.lgsp.catalogue.Snapshot;
import vn.lgsp.failure.BusException;
import vn.lgsp.failure.ErrorCode;
import vn.lgsp.message.Caller;

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

    private static Caller caller(Account account, Snapshot known, Instant now) {
        InformationSystem system = known.system(account.system()).orElseThrow();
        if (!known.isOpen(system, now)) {
            throw new BusException(
                    ErrorCode.CONSUMER_UNKNOWN, "the code of the agency that owns this account is closed");
        }
        return new Caller(account.id(), system.id(), system.agency());
    }
}
