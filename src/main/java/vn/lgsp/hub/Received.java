package vn.lgsp.hub;

import java.time.Instant;
import java.util.List;

/**
 * One call that a simulator received, and what it answered. Everything in the hub is invented, so bodies may be looked at.
 *
 * @param number 1, 2, 3 and so on over all simulators
 * @param operation what the simulator took it for, such as {@code sendEdoc}
 * @param path below the simulator's prefix, without query
 * @param requestDigest lower-case hexadecimal SHA-256 of the body
 * @param status 0 when nothing was answered
 * @param responseBytes of the whole answer, also when half of it was sent
 * @param fault the labels of the faults that acted, separated by blanks
 */
public record Received(
        long number,
        Instant at,
        String simulator,
        String operation,
        String method,
        String path,
        long requestBytes,
        String requestDigest,
        int status,
        long responseBytes,
        String responseDigest,
        String fault,
        List<Check> checks,
        Body requestBody,
        Body responseBody) {
    /**
     * Something that the simulator looked at in the call.
     *
     * @param detail never a secret
     */
    public record Check(String name, boolean passed, String detail) {}

    /**
     * The beginning of a body.
     *
     * @param whole whether this is all of it
     */
    public record Body(String type, byte[] bytes, boolean whole) {
        static final int MOST = 16 * 1024;

        static Body of(String type, byte[] bytes) {
            boolean whole = bytes.length <= MOST;
            return new Body(type, whole ? bytes : java.util.Arrays.copyOf(bytes, MOST), whole);
        }
    }

    /** Whether every check passed. */
    public boolean isRight() {
        return checks.stream().allMatch(Check::passed);
    }
}
