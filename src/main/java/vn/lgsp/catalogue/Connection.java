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
 * @param breaker when the system is not called for a while
 * @param retry how a call is repeated that may be
 * @param security what the bus writes into the SOAP messages that it sends there, and demands of the answers
 * @param lgspAccess what the header {@code lgspaccesstoken} says
 * @param headers that every call carries beside
 * @param deliveryRate how many guaranteed deliveries may be begun in a second; 1 to 10,000, or as many as there are
 * @param gzip whether the system takes requests under gzip: what the bus makes is sent so where it gains by it
 */
public record Connection(
        URI address,
        List<String> addresses,
        Duration connectTimeout,
        Duration answerTimeout,
        Duration idleTimeout,
        int waitingCalls,
        Optional<OutboundCredential> credential,
        Breaker breaker,
        Retry retry,
        Optional<WsSecurity> security,
        Optional<LgspAccess> lgspAccess,
        List<OutboundHeader> headers,
        Optional<Integer> deliveryRate,
        boolean gzip) {

    /**
     * When a system that fails too often is suspended.
     *
     * @param failures share of the calls looked at that were unreachable, too late, or 5xx, in percent; 1 to 100
     * @param of how many of the last calls are looked at; 1 to 1000, or 0: it is never suspended
     * @param open how long it is not called then; 100 ms to 10 min
     * @param trials how many calls tell afterwards whether it is back; 1 to 100
     */
    public record Breaker(int failures, int of, Duration open, int trials) {
        public static final Breaker DEFAULT = new Breaker(50, 20, Duration.ofSeconds(30), 3);
    }

    /**
     * How a call is repeated that changes nothing, or is told apart by its Idempotency-Key.
     *
     * @param attempts in all; 1 to 5
     * @param pause before the second; it doubles each time; 10 ms to 10 s
     * @param honoursKeys whether the system makes nothing twice under one Idempotency-Key; without it such a call is not repeated
     */
    public record Retry(int attempts, Duration pause, boolean honoursKeys) {
        public static final Retry NONE = new Retry(1, Duration.ofMillis(200), false);
    }

    public static final Duration DEFAULT_CONNECT_TIMEOUT = Duration.ofSeconds(3);
    public static final Duration DEFAULT_ANSWER_TIMEOUT = Duration.ofSeconds(30);
    public static final Duration DEFAULT_IDLE_TIMEOUT = Duration.ofSeconds(30);
    public static final int DEFAULT_WAITING_CALLS = 1_000;
}
