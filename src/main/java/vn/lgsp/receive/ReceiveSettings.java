package vn.lgsp.receive;

import static vn.lgsp.message.Range.within;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import vn.lgsp.hold.Holding;

/**
 * How the bus takes requests.
 *
 * @param host address to bind; loopback unless TLS and a registry that is not the sample are configured
 * @param port of the data port; 0 (any free one, for tests) to 65535, default 8080
 * @param headTimeout how long a connection may be without a complete request head; 1 s to 10 min, default 30 s
 * @param idleTimeout longest silence of a connection; 1 s to 1 h, default 5 min
 * @param memoryLimit largest body in memory, in bytes; a larger one is held in an encrypted file. 4 KiB to 64 MiB, default 1 MiB
 * @param unidentifiedLimit largest body of a caller that is known only by it, in bytes; 4 KiB to 64 MiB, default 1 MiB
 * @param spoolFolder where larger bodies wait, encrypted, until they leave
 * @param busyDelay how long a refusal for want of room is held back, so that refused clients do not take the bus; 0 to 5 s,
 *     default 250 ms
 * @param eventLoops threads that carry exchanges; 1 to 64, default one per processor
 * @param certificate PEM file with the certificate chain of the data port, for TLS; needs {@code key}
 * @param key PEM file with its private key
 * @param publicAddress where callers reach the data port, for contracts that tell it: scheme, host, port, and the path that a proxy
 *     puts before; without it, what a request was sent to
 * @param trustedProxies addresses and ranges of the proxies whose {@code Forwarded} and {@code X-Forwarded-…} tell what a request was
 *     sent to; those of anybody else are not heard
 * @param runsKept how long a run of a schedule is kept after its end; the newest of each service stays. 24 h to 87600 h, default 2160 h
 */
public record ReceiveSettings(
        String host,
        int port,
        Duration headTimeout,
        Duration idleTimeout,
        int memoryLimit,
        int unidentifiedLimit,
        Path spoolFolder,
        Duration busyDelay,
        int eventLoops,
        Optional<Path> certificate,
        Optional<Path> key,
        Optional<URI> publicAddress,
        List<String> trustedProxies,
        Duration runsKept) {
    public ReceiveSettings {
        within("lgsp.data-port", port, 0, 65_535);
        within("lgsp.receive.head-timeout", headTimeout, Duration.ofSeconds(1), Duration.ofMinutes(10));
        within("lgsp.receive.idle-timeout", idleTimeout, Duration.ofSeconds(1), Duration.ofHours(1));
        within("lgsp.receive.memory-limit", memoryLimit, 4 << 10, 64 << 20);
        within("lgsp.receive.unidentified-limit", unidentifiedLimit, 4 << 10, 64 << 20);
        within("lgsp.receive.busy-delay", busyDelay, Duration.ZERO, Duration.ofSeconds(5));
        within("lgsp.receive.event-loops", eventLoops, 1, 64);
        within("lgsp.receive.runs-kept", runsKept, Duration.ofHours(24), Duration.ofHours(87_600));
        trustedProxies = List.copyOf(trustedProxies);
        new TrustedProxies(trustedProxies);
        if (certificate.isPresent() != key.isPresent()) {
            throw new IllegalArgumentException(
                    "lgsp.receive.certificate and lgsp.receive.key belong together: write both, or neither");
        }
        if (publicAddress.isPresent() && !isAddress(publicAddress.get())) {
            throw new IllegalArgumentException(
                    "lgsp.receive.public-address is '" + publicAddress.get()
                            + "': write http:// or https://, a host, and a port or path if there is one, without a slash at the end");
        }
    }

    private static boolean isAddress(URI address) {
        return ("http".equals(address.getScheme()) || "https".equals(address.getScheme()))
                && address.getHost() != null
                && address.getUserInfo() == null
                && address.getQuery() == null
                && address.getFragment() == null
                && !address.getPath().endsWith("/");
    }

    /** Where content goes that is larger. */
    public Holding holding() {
        return new Holding(spoolFolder, memoryLimit);
    }

    /** Whether the data port speaks TLS (MSG-03). */
    public boolean isTls() {
        return certificate.isPresent();
    }
}
