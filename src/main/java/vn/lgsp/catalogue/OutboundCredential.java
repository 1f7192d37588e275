package vn.lgsp.catalogue;

/**
 * How the bus makes itself known to a system that it calls.
 *
 * @param scheme the way of signing
 * @param user the account that the system gave the bus
 * @param secret of that account; read from a file or the environment in production, never shown
 */
public record OutboundCredential(Scheme scheme, String user, String secret) {

    /** The ways of signing that the bus knows. */
    public enum Scheme {
        /** {@code Authorization: Basic base64(user:H)} with H the SHA-256 of URL, user, timestamp and secret (wire-formats 7.1). */
        HASHED_BASIC
    }

    @Override
    public String toString() {
        return scheme + " " + user + ":***";
    }
}
