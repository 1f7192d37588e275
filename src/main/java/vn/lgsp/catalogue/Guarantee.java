package vn.lgsp.catalogue;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import vn.lgsp.message.SystemId;

/**
 * That a service is delivered whatever dies: to whom, how often it is tried, and how long content may wait (DLV-03, DLV-04, MSG-06).
 *
 * @param receivers the destinations, each with a route of its own, {@code {service}--to-{destination}}; at least one
 * @param life how long an undelivered message is kept before its content is erased; 1 min to 30 days (720h), default 72h
 * @param recipients who of the receivers gets a message (BUS-05)
 */
public record Guarantee(List<Receiver> receivers, Duration life, Recipients recipients) {
    /** Who gets a message. */
    public enum Recipients {
        /** Every destination of the card. */
        ALL,
        /** Those that the service's route names for this message. */
        CHOSEN
    }

    private static final Pattern HYPHEN = Pattern.compile("-([a-z0-9])");

    public static final Duration DEFAULT_LIFE = Duration.ofHours(72);

    static final Duration LEAST_LIFE = Duration.ofMinutes(1);
    static final Duration LONGEST_LIFE = Duration.ofDays(30);

    /**
     * One destination.
     *
     * @param system a registered system with a connection or a queue
     * @param after destinations that must have the message before this one is called; empty: it waits for nobody (BUS-11)
     * @param keepsResult whether what its route ends with is kept for those that come right after it
     */
    public record Receiver(SystemId system, RetryPlan retry, List<SystemId> after, boolean keepsResult) {}

    /**
     * How a failed delivery is tried again: after {@code first}, then after twice as long each time, at most {@code longest}; after
     * {@code attempts} in all it is parked.
     *
     * @param first 10 ms to 1 h, default 1 s
     * @param longest {@code first} to 24 h, default 5 min, or {@code first} if that is longer
     * @param attempts 1 to 1,000, default 20
     */
    public record RetryPlan(Duration first, Duration longest, int attempts) {
        public static final RetryPlan DEFAULT = new RetryPlan(Duration.ofSeconds(1), Duration.ofMinutes(5), 20);

        static final Duration LEAST_FIRST = Duration.ofMillis(10);
        static final Duration LONGEST_FIRST = Duration.ofHours(1);
        static final Duration LONGEST = Duration.ofHours(24);
        static final int MOST_ATTEMPTS = 1_000;

        /** How long to wait after attempt {@code number} failed, 1 being the first; empty when it was the last of the plan. */
        public Optional<Duration> after(int number) {
            if (number >= attempts) {
                return Optional.empty();
            }
            int doublings = Math.min(number - 1, 40);
            long nanos = first.toNanos() > (longest.toNanos() >> doublings)
                    ? longest.toNanos()
                    : first.toNanos() << doublings;
            return Optional.of(Duration.ofNanos(Math.min(nanos, longest.toNanos())));
        }
    }

    /** The exchange variable with what the delivery to this destination has left: {@code socialInsuranceResult}. */
    public static String resultVariable(SystemId destination) {
        return HYPHEN.matcher(destination.value())
                        .replaceAll(letter -> letter.group(1).toUpperCase(Locale.ROOT))
                + "Result";
    }

    /** The destination with this name. */
    public Optional<Receiver> receiver(SystemId system) {
        return receivers.stream().filter(one -> one.system().equals(system)).findFirst();
    }
}
