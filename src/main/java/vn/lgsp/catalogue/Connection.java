package vn.lgsp.catalogue;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * How one system is reached. The bus connects to nothing that is not written here (BUS-01, BUS-20).
 *
 * @param address scheme, host, port and base path, such as {@code http://127.0.0.1:18081/registry}
 * @param addresses the IP addresses that the host name may resolve to; the host itself where it is a literal address
 * @param connectTimeout until the connection is open; 100 ms to 30 s
 * @param answerTimeout from the last byte sent to the first received; 100 ms to 120 s
 * @param idleTimeout longest silence inside a request or an answer; 1 s to 10 min
 * @param waitingCalls how many calls may wait for this system at once; 1 to 100,000
 * @param credential how the bus makes itself known to the system
 */
public record Connection(
        URI address,
        List<String> addresses,
        Duration connectTimeout,
        Duration answerTimeout,
        Duration idleTimeout,
        int waitingCalls,
        Optional<OutboundCredential> credential) {

    public static final Duration DEFAULT_CONNECT_TIMEOUT = Duration.ofSeconds(3);
    public static final Duration DEFAULT_ANSWER_TIMEOUT = Duration.ofSeconds(30);
    public static final Duration DEFAULT_IDLE_TIMEOUT = Duration.ofSeconds(30);
    public static final int DEFAULT_WAITING_CALLS = 1_000;
}
