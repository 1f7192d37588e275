package vn.lgsp.message;

import java.util.HexFormat;

/**
 * What is kept of a body: its size and a digest that proves it, never the body (LOG-03, MSG-11).
 *
 * @param bytes how long the body was
 * @param digest HMAC-SHA-256 of the bytes under the exchange's salt, 32 bytes
 */
@SuppressWarnings("ArrayRecordComponent") // equality is by content, below
public record Measured(long bytes, byte[] digest) {
    public Measured {
        digest = digest.clone();
    }

    @Override
    public byte[] digest() {
        return digest.clone();
    }

    /** The digest in lower-case hexadecimal, 64 characters. */
    public String hex() {
        return HexFormat.of().formatHex(digest);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Measured that
                && bytes == that.bytes
                && java.security.MessageDigest.isEqual(digest, that.digest);
    }

    @Override
    public int hashCode() {
        return Long.hashCode(bytes) * 31 + java.util.Arrays.hashCode(digest);
    }

    @Override
    public String toString() {
        return bytes + " bytes, hmac-sha-256 " + hex();
    }
}
