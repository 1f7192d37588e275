package vn.lgsp.catalogue;

import java.util.Locale;
import java.util.Set;

/**
 * A person who runs the bus and may sign in to its console.
 *
 * @param user name at sign-in
 * @param passwordHash {@code pbkdf2-sha256:iterations:salt-hex:hash-hex}
 * @param rights what he may do beside looking on; without any, nothing that is not everybody's
 */
public record Operator(String user, String passwordHash, Set<Right> rights) {
    /** What not every operator may do. */
    public enum Right {
        /** To stop, start and disable services. */
        SWITCH,
        /** To bring files into force, and earlier revisions back. */
        DEPLOY,
        /** To decide on the organisations that document systems ask for. */
        REGISTER;

        /** The word in the registry. */
        public String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    public Operator {
        rights = Set.copyOf(rights);
    }

    /** One who has no further right. */
    public Operator(String user, String passwordHash) {
        this(user, passwordHash, Set.of());
    }

    public boolean may(Right right) {
        return rights.contains(right);
    }
}
