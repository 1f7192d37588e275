package vn.lgsp.seal;

import java.security.SecureRandom;
import java.util.Arrays;
import javax.crypto.SecretKey;
import org.jspecify.annotations.Nullable;

/**
 * An AES-256 key that can be forgotten, which the JDK's own {@code SecretKeySpec} cannot. The copies that a {@code Cipher} makes
 * of it are out of reach and wait for the garbage collector.
 */
final class AesKey implements SecretKey {
    private static final long serialVersionUID = 1L;

    static final int BYTES = 32;

    private final transient byte[] bytes;
    private transient boolean destroyed;

    /** Takes the array over: nobody else keeps it. */
    AesKey(byte[] bytes) {
        if (bytes.length != BYTES) {
            throw new IllegalArgumentException("a key has " + BYTES + " bytes, not " + bytes.length);
        }
        this.bytes = bytes;
    }

    static AesKey random(SecureRandom random) {
        byte[] bytes = new byte[BYTES];
        random.nextBytes(bytes);
        return new AesKey(bytes);
    }

    @Override
    public String getAlgorithm() {
        return "AES";
    }

    @Override
    public String getFormat() {
        return "RAW";
    }

    /** A copy; null once the key is forgotten, which a {@code Cipher} refuses as an invalid key. */
    @Override
    public synchronized byte @Nullable [] getEncoded() {
        return destroyed ? null : bytes.clone();
    }

    @Override
    public synchronized void destroy() {
        destroyed = true;
        Arrays.fill(bytes, (byte) 0);
    }

    @Override
    public synchronized boolean isDestroyed() {
        return destroyed;
    }

    @Override
    public String toString() {
        return "AES-256 key (not shown)";
    }
}
