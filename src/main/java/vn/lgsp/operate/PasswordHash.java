package vn.lgsp.operate;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.text.Normalizer;
import java.util.HexFormat;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;

/**
 * What is kept of an operator's password: enough to check it, not to learn it.
 *
 * <p>A password is brought to Unicode form NFC first, so that a Vietnamese one is the same from every keyboard. Making and
 * checking take some hundred milliseconds of processor time on purpose: never on an event loop.
 */
public final class PasswordHash {
    /** The work factor of new hashes. */
    public static final int ITERATIONS = 600_000;

    private static final Pattern FORM =
            Pattern.compile("pbkdf2-sha256:(\\d{1,8}):((?:[0-9a-f]{2}){16,64}):([0-9a-f]{64})");
    private static final int LEAST_ITERATIONS = 10_000;
    private static final int SALT_BYTES = 16;
    private static final int HASH_BITS = 256;
    private static final SecureRandom RANDOM = new SecureRandom();

    private final int iterations;
    private final byte[] salt;
    private final byte[] hash;

    private PasswordHash(int iterations, byte[] salt, byte[] hash) {
        this.iterations = iterations;
        this.salt = salt;
        this.hash = hash;
    }

    /** Hashes a new password under a fresh salt with {@link #ITERATIONS}. */
    public static PasswordHash make(String password) {
        return make(password, ITERATIONS);
    }

    /**
     * Hashes a new password under a fresh salt.
     *
     * @param iterations 10,000 to 99,999,999
     */
    public static PasswordHash make(String password, int iterations) {
        byte[] salt = new byte[SALT_BYTES];
        RANDOM.nextBytes(salt);
        return of(form(iterations, salt, derive(password, salt, iterations)));
    }

    /**
     * Reads a kept hash.
     *
     * @param stored {@code pbkdf2-sha256:iterations:salt-hex:hash-hex}
     * @throws IllegalArgumentException when it has another form or too few iterations; the text is not repeated
     */
    public static PasswordHash of(String stored) {
        Matcher parts = FORM.matcher(stored);
        if (!parts.matches() || Integer.parseInt(parts.group(1)) < LEAST_ITERATIONS) {
            throw new IllegalArgumentException("a password hash is not valid: write"
                    + " pbkdf2-sha256:iterations:salt-hex:hash-hex with at least " + LEAST_ITERATIONS + " iterations");
        }
        HexFormat hex = HexFormat.of();
        return new PasswordHash(
                Integer.parseInt(parts.group(1)), hex.parseHex(parts.group(2)), hex.parseHex(parts.group(3)));
    }

    /** A hash that takes as long to check as a real one, and that no password is known to match. */
    static PasswordHash lookalike(int iterations) {
        return new PasswordHash(iterations, new byte[SALT_BYTES], new byte[HASH_BITS / 8]);
    }

    int iterations() {
        return iterations;
    }

    /** Whether {@code password} is the one; takes the same time for a wrong one. */
    public boolean matches(String password) {
        return MessageDigest.isEqual(hash, derive(password, salt, iterations));
    }

    /** The form in which it is kept in the registry. */
    public String stored() {
        return form(iterations, salt, hash);
    }

    @Override
    public String toString() {
        return "***";
    }

    private static String form(int iterations, byte[] salt, byte[] hash) {
        HexFormat hex = HexFormat.of();
        return "pbkdf2-sha256:" + iterations + ":" + hex.formatHex(salt) + ":" + hex.formatHex(hash);
    }

    private static byte[] derive(String password, byte[] salt, int iterations) {
        char[] characters = Normalizer.normalize(password, Normalizer.Form.NFC).toCharArray();
        PBEKeySpec spec = new PBEKeySpec(characters, salt, iterations, HASH_BITS);
        try {
            return SecretKeyFactory.getInstance("PBKDF2WithHmacSHA256")
                    .generateSecret(spec)
                    .getEncoded();
        } catch (GeneralSecurityException missing) {
            throw new IllegalStateException("every Java runtime has PBKDF2WithHmacSHA256", missing);
        } finally {
            spec.clearPassword();
        }
    }
}
