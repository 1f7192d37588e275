package vn.lgsp.identify;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.HexFormat;
import java.util.Optional;
import vn.lgsp.catalogue.Account;
import vn.lgsp.catalogue.InformationSystem;
import vn.lgsp.catalogue.Snapshot;
import vn.lgsp.failure.BusException;
import vn.lgsp.failure.ErrorCode;
import vn.lgsp.message.Caller;

/**
 * Finds the caller behind a credential. An API key is looked up by its SHA-256, so the registry never holds the key, and the
 * look-up compares nothing byte by byte.
 */
final class Identification {
    private static final ZoneId CITY = ZoneId.of("Asia/Ho_Chi_Minh");

    private final Clock clock;

    Identification(Clock clock) {
        this.clock = clock;
    }

    /** @throws BusException {@code consumer-unknown} */
    Caller of(Optional<String> apiKey, Snapshot known) {
        String shown = apiKey.orElseThrow(() -> new BusException(
                ErrorCode.CONSUMER_UNKNOWN, "no credential: send the account's key in the header X-Api-Key"));
        Instant now = clock.instant();
        Account account = known.accountWithKey(sha256(shown))
                .filter(found -> found.expires().map(now::isBefore).orElse(true))
                .orElseThrow(() -> new BusException(
                        ErrorCode.CONSUMER_UNKNOWN, "the key in X-Api-Key is not that of an account in force"));
        InformationSystem system = known.system(account.system()).orElseThrow();
        boolean open = known.agency(system.agency())
                .map(agency -> agency.isOpenOn(LocalDate.ofInstant(now, CITY)))
                .orElse(false);
        if (!open) {
            throw new BusException(
                    ErrorCode.CONSUMER_UNKNOWN, "the code of the agency that owns this account is closed");
        }
        return new Caller(account.id(), system.id(), system.agency());
    }

    private static String sha256(String key) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(key.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(hash);
        } catch (NoSuchAlgorithmException missing) {
            throw new IllegalStateException("this JDK has no SHA-256", missing);
        }
    }
}
