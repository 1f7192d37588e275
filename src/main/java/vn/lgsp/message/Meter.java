package vn.lgsp.message;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Measures a body while it streams past: size and digest under the salt of the exchange.
 *
 * <p>Not safe for use by several threads at once; a body passes in order.
 */
public final class Meter {
    private static final String ALGORITHM = "HmacSHA256";

    private final Mac mac;
    private long bytes;

    /** @param salt of the exchange, {@link Passage#SALT_BYTES} bytes */
    Meter(byte[] salt) {
        try {
            mac = Mac.getInstance(ALGORITHM);
            mac.init(new SecretKeySpec(salt, ALGORITHM));
        } catch (GeneralSecurityException missing) {
            throw new IllegalStateException("this JDK has no " + ALGORITHM, missing);
        }
    }

    /** A measurement under a salt that was kept, to compare with one made before. */
    public static Meter under(byte[] salt) {
        return new Meter(salt);
    }

    /** Takes the next bytes; the buffer is read to its end. */
    public void add(ByteBuffer next) {
        bytes += next.remaining();
        mac.update(next);
    }

    /** Takes the next bytes. */
    public void add(byte[] next) {
        bytes += next.length;
        mac.update(next);
    }

    /** How many bytes have passed so far. */
    public long bytes() {
        return bytes;
    }

    /** Ends the measurement. Call it once. */
    public Measured done() {
        return new Measured(bytes, mac.doFinal());
    }
}
