package vn.lgsp.catalogue;

/**
 * A person who runs the bus and may sign in to its console.
 *
 * @param user name at sign-in
 * @param passwordHash {@code pbkdf2-sha256:iterations:salt-hex:hash-hex}
 */
public record Operator(String user, String passwordHash) {}
