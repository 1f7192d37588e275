package vn.lgsp.catalogue;

import java.time.Duration;
import java.util.Optional;

/**
 * How an account calls the bus in the way of the document axis: its calls are signed as the SDK signs, or show the two headers of the
 * provincial form.
 *
 * @param systemId the {@code systemid} that the account was given
 * @param secret of it, read from a file or the environment, never shown
 * @param clockSkew how far the time in a signed call may be from now; 0 (not asked) to 24 h
 * @param login by which a caller of the provincial form gets a token, if it may
 * @see "EXT-20"
 */
public record AxisAccess(String systemId, String secret, Duration clockSkew, Optional<Login> login) {
    /** {@code axis.clockSkewSeconds}: the live axis' own tolerance is not known. */
    public static final Duration DEFAULT_CLOCK_SKEW = Duration.ofSeconds(300);

    @Override
    public String toString() {
        return systemId + ":***";
    }

    /**
     * The login of the provincial form (wire-formats 4.1).
     *
     * @param user the {@code username}, one account each
     * @param secret the {@code password}, read from a file or the environment, never shown
     * @param application the {@code applicationCode} that a login has to name; empty: any
     * @param life of a token; 1 s to 24 h
     * @param required whether a call in the provincial form needs a token beside its two headers
     */
    public record Login(String user, String secret, Optional<String> application, Duration life, boolean required) {
        /** About as long as those of the provincial front. */
        public static final Duration DEFAULT_LIFE = Duration.ofMinutes(30);

        @Override
        public String toString() {
            return "login " + user + ":***";
        }
    }
}
