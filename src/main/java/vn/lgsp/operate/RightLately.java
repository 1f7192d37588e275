package vn.lgsp.operate;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import vn.lgsp.catalogue.Operator;

/**
 * Passwords that were right within the last five minutes, under a key that lives as long as this process: a monitor that asks every few
 * seconds with HTTP Basic would have each of its questions hashed for a tenth of a second of processor. A wrong password is as dear as ever, and
 * {@link SignInLimit} counts both.
 */
final class RightLately {
    private static final Duration REMEMBERED = Duration.ofMinutes(5);
    private static final String ALGORITHM = "HmacSHA256";

    private final Clock clock;
    private final SecretKeySpec key;
    private final Map<String, Right> byUser = new ConcurrentHashMap<>();

    private record Right(byte[] mark, Instant until) {}

    RightLately(Clock clock) {
        this.clock = clock;
        byte[] random = new byte[32];
        new SecureRandom().nextBytes(random);
        this.key = new SecretKeySpec(random, ALGORITHM);
    }

    void remember(Operator operator, String password) {
        byUser.put(
                operator.user(),
                new Right(mark(operator, password), clock.instant().plus(REMEMBERED)));
    }

    /** Whether this was the password of this operator, as the registry has him now. */
    boolean knows(Operator operator, String password) {
        Right right = byUser.get(operator.user());
        if (right == null) {
            return false;
        }
        if (!clock.instant().isBefore(right.until())) {
            byUser.remove(operator.user(), right);
            return false;
        }
        return MessageDigest.isEqual(right.mark(), mark(operator, password));
    }

    /** Of the hash in the registry too: with another password there, what was right is forgotten. */
    private byte[] mark(Operator operator, String password) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(key);
            mac.update(operator.passwordHash().getBytes(StandardCharsets.UTF_8));
            mac.update((byte) 0);
            return mac.doFinal(password.getBytes(StandardCharsets.UTF_8));
        } catch (GeneralSecurityException missing) {
            throw new IllegalStateException(missing);
        }
    }
}
