package vn.lgsp.bench;

import java.time.Duration;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import vn.lgsp.bench.Sources.Names;

/**
 * One measurement of guaranteed delivery, from the first message sent to the last one delivered.
 *
 * @param acknowledged as the sources saw it; its rate is that of the sources' time
 * @param messages acknowledged, and therefore delivered
 * @param delivered messages a second over the whole time, including the time until nothing was left to deliver
 * @param repeats deliveries that the destination got again
 */
record Drained(Sample acknowledged, long messages, double delivered, long repeats) {
    private static final String LINE = "drained rate=%f p50=%f p99=%f errors=%d messages=%d delivered=%f repeats=%d";
    private static final Pattern READ = Pattern.compile("drained rate=(\\S+) p50=(\\S+) p99=(\\S+) errors=(\\d+)"
            + " messages=(\\d+) delivered=(\\S+) repeats=(\\d+)");

    /**
     * Sends, and waits until everything that was acknowledged has arrived.
     *
     * @param patience how long to wait while nothing new arrives
     * @throws IllegalStateException when nothing was acknowledged, or an acknowledged message does not arrive, or one arrives under two
     *     delivery ids: then there is no figure
     */
    static Drained measure(Sources sources, Tally tally, int clients, Duration run, Names names, Duration patience)
            throws Exception {
        long repeatsBefore = tally.repeats();
        long doubledBefore = tally.doubled();
        long from = System.nanoTime();
        Sent sent = sources.send(clients, run, names);
        Duration sending = Duration.ofNanos(System.nanoTime() - from);
        if (sent.acknowledged().isEmpty()) {
            throw new IllegalStateException("no message was acknowledged");
        }
        long waitedFrom = System.nanoTime();
        for (String message : sent.acknowledged()) {
            while (!tally.has(message)) {
                if (System.nanoTime() - Math.max(waitedFrom, tally.lastNew()) > patience.toNanos()) {
                    throw new IllegalStateException("%d of %d acknowledged messages were lost: nothing arrived for %d s"
                            .formatted(
                                    tally.missing(sent.acknowledged()),
                                    sent.acknowledged().size(),
                                    patience.toSeconds()));
                }
                Children.pause(2);
            }
        }
        if (tally.doubled() > doubledBefore) {
            throw new IllegalStateException(
                    "%d messages arrived under two delivery ids: no destination can tell a repeat"
                            .formatted(tally.doubled() - doubledBefore));
        }
        double whole = Math.max(sending.toNanos(), tally.lastNew() - from) / 1e9;
        int messages = sent.acknowledged().size();
        return new Drained(sent.sample(sending), messages, messages / whole, tally.repeats() - repeatsBefore);
    }

    /** The one line in which the load's process tells its result. */
    String line() {
        return String.format(
                Locale.ROOT,
                LINE,
                acknowledged.rate(),
                acknowledged.p50(),
                acknowledged.p99(),
                acknowledged.errors(),
                messages,
                delivered,
                repeats);
    }

    /** @throws IllegalArgumentException when the text is no such line */
    static Drained from(String line) {
        Matcher read = READ.matcher(line.strip());
        if (!read.matches()) {
            throw new IllegalArgumentException("the load told no result: " + line.strip());
        }
        return new Drained(
                new Sample(
                        Double.parseDouble(read.group(1)),
                        Double.parseDouble(read.group(2)),
                        Double.parseDouble(read.group(3)),
                        Long.parseLong(read.group(4))),
                Long.parseLong(read.group(5)),
                Double.parseDouble(read.group(6)),
                Long.parseLong(read.group(7)));
    }
}
