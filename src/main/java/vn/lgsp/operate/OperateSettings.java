package vn.lgsp.operate;

import static vn.lgsp.message.Range.within;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * How people reach the management port.
 *
 * @param host address to bind; anything but loopback needs TLS and a registry that is not the sample
 * @param port of the management port; 0 (any free one, for tests) to 65535, default 8081
 * @param names further host names under which the port may be addressed; a request for any other name is refused
 * @param sessionTimeout how long a signed-in person may do nothing; 1 min to 12 h, default 30 min
 * @param signInAttempts wrong passwords in a row before a person, or an address, has to wait; 1 to 100, default 5
 * @param signInLongestWait the wait doubles from one second up to this; 1 s to 24 h, default 5 min
 * @param certificate PEM file with the certificate chain; empty for plain HTTP
 * @param key PEM file with its private key; present exactly when the certificate is
 */
public record OperateSettings(
        String host,
        int port,
        List<String> names,
        Duration sessionTimeout,
        int signInAttempts,
        Duration signInLongestWait,
        Optional<Path> certificate,
        Optional<Path> key) {
    public OperateSettings {
        within("lgsp.management-port", port, 0, 65_535);
        within("lgsp.operate.session-timeout", sessionTimeout, Duration.ofMinutes(1), Duration.ofHours(12));
        within("lgsp.operate.sign-in-attempts", signInAttempts, 1, 100);
        within("lgsp.operate.sign-in-longest-wait", signInLongestWait, Duration.ofSeconds(1), Duration.ofHours(24));
        if (certificate.isPresent() != key.isPresent()) {
            throw new IllegalArgumentException(
                    "lgsp.operate.certificate and lgsp.operate.key belong together: write both, or neither");
        }
        names = List.copyOf(names);
    }

    boolean isTls() {
        return certificate.isPresent();
    }
}
