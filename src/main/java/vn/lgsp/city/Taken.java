package vn.lgsp.city;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * What a system of the city has taken in: one entry for each delivery id, however often it is delivered. It remembers the last
 * 10,000, so that the city can run for ever.
 */
final class Taken {
    private static final int MOST = 10_000;

    private final Map<String, Entry> byDelivery = new LinkedHashMap<>();

    /**
     * One thing taken in.
     *
     * @param number of the registration
     * @param content as it came
     * @param receipt the system's own number for it
     * @param times how often it was delivered
     */
    record Entry(String delivery, String number, String content, long receipt, int times) {}

    private long receipts;

    /** Keeps the content under the id of its delivery; what is there already stays, and is counted once more. */
    synchronized Entry take(String delivery, String content, Function<String, String> number) {
        Entry known = byDelivery.get(delivery);
        Entry entry = known == null
                ? new Entry(delivery, number.apply(content), content, ++receipts, 1)
                : new Entry(delivery, known.number(), known.content(), known.receipt(), known.times() + 1);
        byDelivery.put(delivery, entry);
        if (byDelivery.size() > MOST) {
            byDelivery.remove(byDelivery.keySet().iterator().next());
        }
        return entry;
    }

    /** The last entry with this number. */
    synchronized Optional<Entry> find(String number) {
        return byDelivery.values().stream()
                .filter(entry -> entry.number().equals(number))
                .reduce((first, next) -> next);
    }
}
