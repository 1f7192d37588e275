package vn.lgsp.deliver;

import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import vn.lgsp.message.SystemId;

/**
 * Which documents of an axis could not be had the last times, and when they are tried again: until then a list passes over them, so that
 * what cannot be fetched hinders nothing behind it. It is in memory alone: after a restart everything is tried anew.
 */
final class AxisPatience {
    private static final Logger LOG = LoggerFactory.getLogger(AxisPatience.class);
    private static final int MOST = 10_000;
    private static final Duration FIRST = Duration.ofSeconds(5);
    private static final Duration LONGEST = Duration.ofHours(1);
    private static final Duration PARKED = Duration.ofDays(1);

    /** After so many times in a row, some seven hours, somebody has to look. */
    static final int PLAN = 16;

    private record Document(SystemId system, String id) {}

    private record Missed(int times, Instant again) {}

    private final Map<Document, Missed> missed = new LinkedHashMap<>();

    synchronized boolean isDue(SystemId system, String docId, Instant now) {
        Missed last = missed.get(new Document(system, docId));
        return last == null || !last.again().isAfter(now);
    }

    /** It could not be fetched, or its axis could not be told what became of it. */
    synchronized void missed(SystemId system, String docId, Instant now) {
        Document document = new Document(system, docId);
        Missed last = missed.remove(document);
        int times = last == null ? 1 : last.times() + 1;
        if (missed.size() >= MOST) {
            missed.remove(missed.keySet().iterator().next());
        }
        missed.put(document, new Missed(times, now.plus(pause(times))));
        if (times == PLAN) {
            LOG.atWarn()
                    .addKeyValue("event", "axis.document-parked")
                    .addKeyValue("system", system)
                    .addKeyValue("document", docId)
                    .log("a document could not be fetched " + PLAN + " times; it stays in the list of the axis, and is"
                            + " tried once a day");
        }
    }

    synchronized void had(SystemId system, String docId) {
        missed.remove(new Document(system, docId));
    }

    /** The next list has it again, the ones after it only when it is time. */
    private static Duration pause(int times) {
        if (times >= PLAN) {
            return PARKED;
        }
        if (times == 1) {
            return Duration.ZERO;
        }
        Duration pause = FIRST.multipliedBy(1L << (times - 2));
        return pause.compareTo(LONGEST) > 0 ? LONGEST : pause;
    }
}
