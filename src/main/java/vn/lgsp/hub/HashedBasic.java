package vn.lgsp.hub;

import java.nio.charset.StandardCharsets;
import java.time.Instant;

/**
 * The check of {@code Authorization: Basic base64(user:H)}, H the lower-case hex SHA-256 of service URL, user, timestamp and secret.
 */
record HashedBasic(String user, String secret) {
    boolean matches(String url, String timestamp, String authorization) {
        if (!authorization.startsWith("Basic ")) {
            return false;
        }
        String hash = Digests.sha256((url + user + timestamp + secret).getBytes(StandardCharsets.UTF_8));
        return LgspAccessToken.pair(authorization.substring(6).strip())
                .filter(pair -> pair.get(0).equals(user) && Digests.exactly(pair.get(1), hash))
                .isPresent();
    }

    /**
     * Whether a {@code Timestamp} in Unix milliseconds or seconds is near enough.
     *
     * @param window {@code off}, or seconds
     */
    static boolean isNow(String timestamp, String window, Instant now) {
        if (!timestamp.matches("[0-9]{10}|[0-9]{13}")) {
            return false;
        }
        if (window.equals("off")) {
            return true;
        }
        long millis = timestamp.length() == 13 ? Long.parseLong(timestamp) : Long.parseLong(timestamp) * 1000;
        return Math.abs(millis - now.toEpochMilli()) <= Long.parseLong(window) * 1000;
    }
}
