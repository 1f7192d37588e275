package vn.lgsp.catalogue;

import com.cronutils.model.CronType;
import com.cronutils.model.definition.CronDefinitionBuilder;
import com.cronutils.model.time.ExecutionTime;
import com.cronutils.parser.CronParser;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.Optional;

/**
 * When the bus starts an operation of a service by itself, and in whose name (DLV-08).
 *
 * @param timing once, at the minutes of a cron expression, or each so long
 * @param zone of the cron expression
 * @param account a registered one, whose system needs the grant
 * @param operation the id of a REST operation without parameters
 * @param catchUp whether an instant that passed while nothing could be started is made up for, once
 * @param synchronise where what the operation reads goes, when it is a page of a dataset
 */
public record Schedule(
        Timing timing,
        ZoneId zone,
        String account,
        String operation,
        boolean catchUp,
        Optional<Synchronise> synchronise) {
    public static final ZoneId DEFAULT_ZONE = ZoneId.of("Asia/Ho_Chi_Minh");

    static final Duration LEAST_EVERY = Duration.ofSeconds(10);
    static final Duration LONGEST_EVERY = Duration.ofDays(30);

    /** Which instants are planned. */
    public sealed interface Timing {}

    /** One only. */
    public record Once(Instant at) implements Timing {
        @Override
        public String toString() {
            return "once " + at;
        }
    }

    /**
     * Those of a cron expression: minute, hour, day of the month, month, day of the week.
     *
     * @throws IllegalArgumentException when it is none
     */
    public record Cron(String expression) implements Timing {
        private static final CronParser PARSER =
                new CronParser(CronDefinitionBuilder.instanceDefinitionFor(CronType.UNIX));

        public Cron {
            PARSER.parse(expression).validate();
        }

        private ExecutionTime times() {
            return ExecutionTime.forCron(PARSER.parse(expression));
        }

        @Override
        public String toString() {
            return "cron " + expression;
        }
    }

    /** Those that are a whole number of so long from the beginning of 1970 on, so that all nodes mean the same ones. */
    public record Every(Duration length) implements Timing {
        @Override
        public String toString() {
            return "every " + length.toSeconds() + "s";
        }
    }

    /** The first planned instant after this one; empty when there is none any more. */
    public Optional<Instant> next(Instant after) {
        if (timing instanceof Once once) {
            return Optional.of(once.at()).filter(at -> at.isAfter(after));
        }
        if (timing instanceof Cron cron) {
            return cron.times().nextExecution(after.atZone(zone)).map(ZonedDateTime::toInstant);
        }
        return Optional.of(begun(after).plus(((Every) timing).length()));
    }

    /** The last planned instant that is after the one and not after the other. */
    public Optional<Instant> latest(Instant since, Instant now) {
        Optional<Instant> latest;
        if (timing instanceof Once once) {
            latest = Optional.of(once.at());
        } else if (timing instanceof Cron cron) {
            // what is looked for is before the moment that is given
            latest = cron.times().lastExecution(now.plusSeconds(1).atZone(zone)).map(ZonedDateTime::toInstant);
        } else {
            latest = Optional.of(begun(now));
        }
        return latest.filter(at -> at.isAfter(since) && !at.isAfter(now));
    }

    private Instant begun(Instant at) {
        long length = ((Every) timing).length().toMillis();
        return Instant.ofEpochMilli(Math.floorDiv(at.toEpochMilli(), length) * length);
    }
}
