package vn.lgsp.torture;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What the parties know: what the sources were told, and what the destinations processed. The bus has no hand in it. */
final class Ledger {
    private final Map<String, Set<String>> acknowledged = new LinkedHashMap<>();
    private final Map<String, String> refused = new LinkedHashMap<>();
    private final List<Arrival> arrivals = new ArrayList<>();
    private final Map<String, Integer> attempts = new HashMap<>();

    /**
     * Something that a destination processed.
     *
     * @param delivery the stable id that came with it, empty if none did
     * @param number of the notice, empty if the content has none
     * @param content as it came
     * @param confirmed whether the destination told the bus, or tried to; otherwise it has to come again
     */
    record Arrival(Destination destination, String delivery, String number, String content, boolean confirmed) {}

    /** The bus told a source that it answers for this notice, under this exchange id. */
    synchronized void acknowledged(Notice notice, String exchange) {
        acknowledged
                .computeIfAbsent(notice.number(), number -> new LinkedHashSet<>())
                .add(exchange);
    }

    /** The bus told a source that this notice must not be sent again. */
    synchronized void refused(Notice notice, String code) {
        refused.put(notice.number(), code);
    }

    synchronized void arrived(Arrival arrival) {
        arrivals.add(arrival);
    }

    /** How often this has come to this destination, this time included; whether it was processed or not. */
    synchronized int attempt(Destination destination, String delivery) {
        return attempts.merge(destination + " " + delivery, 1, Integer::sum);
    }

    /** How many notices are acknowledged. */
    synchronized int acknowledged() {
        return acknowledged.size();
    }

    /** How often something was processed. */
    synchronized int arrived() {
        return arrivals.size();
    }

    /** The exchange ids that the sources were told, by number of the notice. */
    synchronized Map<String, Set<String>> acknowledgements() {
        return new LinkedHashMap<>(acknowledged);
    }

    synchronized Map<String, String> refusals() {
        return new LinkedHashMap<>(refused);
    }

    synchronized List<Arrival> arrivals() {
        return List.copyOf(arrivals);
    }
}
