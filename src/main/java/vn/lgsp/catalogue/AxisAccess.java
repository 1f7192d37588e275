package vn.lgsp.catalogue;

import java.time.Duration;

/**
 * How an account calls the bus in the way of the document axis: its calls are signed as the SDK signs, or show the two headers of the
 * provincial form.
 *
 * @param systemId the {@code systemid} that the account was given
 * @param secret of it, read from a file or the environment, never shown
 * @param clockSkew how far the time in a signed call may be from now; 0 (not asked) to 24 h
 * @see "EXT-20"
 */
public record AxisAccess(String systemId, String secret, Duration clockSkew) {
    /** {@code axis.clockSkewSeconds}: the live axis' own tolerance is not known. */
    public static final Duration DEFAULT_CLOCK_SKEW = Duration.ofSeconds(300);

    @Override
    public String toString() {
        return systemId + ":***";
    }
}
