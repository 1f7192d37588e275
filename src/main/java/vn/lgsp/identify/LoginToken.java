package vn.lgsp.identify;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import vn.lgsp.catalogue.AxisAccess;

/**
 * The token of a login: until when it counts, and an HMAC-SHA256 over that, under a key of both secrets of the account. So nothing is kept,
 * it outlives a restart, every node knows it, and it ends with either secret. Whoever has one and knows the secret of the pair could guess
 * at the password; whoever does not can guess at neither.
 */
final class LoginToken {
    private static final String ALGORITHM = "HmacSHA256";
    private static final byte[] PURPOSE = "lgsp axis login 1".getBytes(StandardCharsets.US_ASCII);
    private static final int HEAD = 16;
    private static final int LENGTH = HEAD + 32;
    private static final int LONGEST_TEXT = 2 * LENGTH;
    private static final SecureRandom RANDOM = new SecureRandom();

    private LoginToken() {}

    static String write(AxisAccess access, AxisAccess.Login login, Instant until) {
        byte[] salt = new byte[HEAD - Long.BYTES];
        RANDOM.nextBytes(salt);
        byte[] head = ByteBuffer.allocate(HEAD)
                .putLong(until.toEpochMilli())
                .put(salt)
                .array();
        byte[] token = Arrays.copyOf(head, LENGTH);
        System.arraycopy(mark(access, login, head), 0, token, HEAD, LENGTH - HEAD);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(token);
    }

    /** Whether it was given to this account, and counts still. */
    static boolean counts(String shown, AxisAccess access, AxisAccess.Login login, Instant now) {
        byte[] token;
        try {
            token = shown.length() > LONGEST_TEXT
                    ? new byte[0]
                    : Base64.getUrlDecoder().decode(shown);
        } catch (IllegalArgumentException noToken) {
            return false;
        }
        if (token.length != LENGTH) {
            return false;
        }
        byte[] head = Arrays.copyOf(token, HEAD);
        Instant until = Instant.ofEpochMilli(ByteBuffer.wrap(head).getLong());
        return MessageDigest.isEqual(mark(access, login, head), Arrays.copyOfRange(token, HEAD, LENGTH))
                && now.isBefore(until);
    }

    private static byte[] mark(AxisAccess access, AxisAccess.Login login, byte[] head) {
        byte[] key = mac(
                mac(access.secret().getBytes(StandardCharsets.UTF_8), PURPOSE),
                login.secret().getBytes(StandardCharsets.UTF_8));
        return mac(key, access.systemId().getBytes(StandardCharsets.UTF_8), head);
    }

    private static byte[] mac(byte[] key, byte[]... parts) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(new SecretKeySpec(key, ALGORITHM));
            for (byte[] part : parts) {
                mac.update(part);
            }
            return mac.doFinal();
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException("this JDK has no HMAC-SHA256", impossible);
        }
    }
}
