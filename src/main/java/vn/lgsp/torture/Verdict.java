package vn.lgsp.torture;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import vn.lgsp.torture.Ledger.Arrival;
import vn.lgsp.torture.Victim.Standing;

/**
 * What came of the notices of a run. All but {@code acknowledged}, {@code unknown} and {@code repeats} must be 0, and most notices
 * acknowledged: of a bus that takes nothing nothing can be lost.
 *
 * @param acknowledged notices for which the bus answers
 * @param unknown notices whose source has no word; they may be at both destinations or at none
 * @param lost acknowledged notices that are not at both destinations
 * @param half notices without an acknowledgement that are at one destination only
 * @param wrongState acknowledged notices of which the bus does not tell the truth: two exchange ids for one message, a delivery that is not
 *     delivered or has another id than the one that arrived
 * @param doubled notices that came to a destination under two delivery ids
 * @param wrongContent arrivals that are not what was sent, or carry no delivery id
 * @param refused notices that the bus refused for good, though nothing is wrong with them
 * @param waiting deliveries that the bus has not brought to an end in its time, or of which it cannot tell
 * @param parked deliveries that the bus gave up, or of which it cannot tell
 * @param repeats arrivals under a delivery id that had come before: allowed, and told apart by that id
 * @param findings the first few, for people
 */
record Verdict(
        int acknowledged,
        int unknown,
        int lost,
        int half,
        int wrongState,
        int doubled,
        int wrongContent,
        int refused,
        int waiting,
        int parked,
        int repeats,
        List<String> findings) {
    private static final int MOST_FINDINGS = 10;

    boolean isClean() {
        return lost + half + wrongState + doubled + wrongContent + refused + waiting + parked == 0
                && acknowledged > unknown;
    }

    /**
     * Compares what the sources and the destinations know, and what the bus says.
     *
     * @param notices all that were sent
     */
    static Verdict of(List<Notice> notices, Ledger ledger, Victim bus) {
        return new Count(notices, ledger, bus).verdict();
    }

    private static final class Count {
        private final List<Notice> notices;
        private final Map<String, Notice> byNumber;
        private final Map<String, Set<String>> acknowledgements;
        private final Map<String, String> refusals;
        private final List<Arrival> arrivals;
        private final Victim bus;
        private final List<String> findings = new ArrayList<>();
        /** Delivery ids under which a notice is at a destination. */
        private final Map<Destination, Map<String, Set<String>>> there = new HashMap<>();
        /** The same, of arrivals that the destination confirmed. */
        private final Map<Destination, Map<String, Set<String>>> confirmed = new HashMap<>();

        private int wrongContent;
        private int repeats;

        Count(List<Notice> notices, Ledger ledger, Victim bus) {
            this.notices = notices;
            this.byNumber = notices.stream().collect(Collectors.toMap(Notice::number, notice -> notice));
            this.acknowledgements = ledger.acknowledgements();
            this.refusals = ledger.refusals();
            this.arrivals = ledger.arrivals();
            this.bus = bus;
        }

        Verdict verdict() {
            readArrivals();
            int lost = 0;
            int half = 0;
            int wrongState = 0;
            int doubled = 0;
            for (Notice notice : notices) {
                Set<String> exchanges = acknowledgements.getOrDefault(notice.number(), Set.of());
                if (exchanges.isEmpty()) {
                    half += isHalf(notice) ? 1 : 0;
                } else {
                    lost += isLost(notice) ? 1 : 0;
                    wrongState += isWronglyTold(notice, exchanges) ? 1 : 0;
                }
                doubled += isDoubled(notice) ? 1 : 0;
            }
            refusals.forEach((number, code) -> find(number + " was refused: " + code));
            int waiting = counted("waiting", "delivering");
            int parked = counted("parked");
            return new Verdict(
                    acknowledgements.size(),
                    notices.size() - acknowledgements.size(),
                    lost,
                    half,
                    wrongState,
                    doubled,
                    wrongContent,
                    refusals.size(),
                    waiting,
                    parked,
                    repeats,
                    List.copyOf(findings));
        }

        /** What the bus cannot tell counts as one. */
        private int counted(String... states) {
            Optional<Integer> told = bus.count(states);
            if (told.isEmpty() || told.get() > 0) {
                find(String.join(" and ", states) + ": "
                        + told.map(String::valueOf).orElse("the bus cannot tell"));
            }
            return told.orElse(1);
        }

        private void readArrivals() {
            Set<String> seen = new HashSet<>();
            for (Arrival arrival : arrivals) {
                Notice notice = byNumber.get(arrival.number());
                if (notice == null
                        || arrival.delivery().isEmpty()
                        || !notice.isRightAt(arrival.destination(), arrival.content())) {
                    wrongContent++;
                    find("wrong content or no delivery id at "
                            + arrival.destination().system() + ", number " + arrival.number());
                    continue;
                }
                if (!seen.add(arrival.destination() + " " + arrival.delivery())) {
                    repeats++;
                }
                put(there, arrival);
                if (arrival.confirmed()) {
                    put(confirmed, arrival);
                }
            }
        }

        private static void put(Map<Destination, Map<String, Set<String>>> into, Arrival arrival) {
            into.computeIfAbsent(arrival.destination(), destination -> new HashMap<>())
                    .computeIfAbsent(arrival.number(), number -> new TreeSet<>())
                    .add(arrival.delivery());
        }

        private static Set<String> deliveries(
                Map<Destination, Map<String, Set<String>>> from, Destination destination, Notice notice) {
            return from.getOrDefault(destination, Map.of()).getOrDefault(notice.number(), Set.of());
        }

        private boolean isHalf(Notice notice) {
            boolean half = deliveries(there, Destination.SOCIAL_INSURANCE, notice)
                            .isEmpty()
                    != deliveries(there, Destination.CIVIL_ARCHIVE, notice).isEmpty();
            if (half) {
                find(notice.number() + " is not acknowledged, and at one destination only");
            }
            return half;
        }

        private boolean isLost(Notice notice) {
            boolean lost = false;
            for (Destination destination : Destination.values()) {
                if (deliveries(confirmed, destination, notice).isEmpty()) {
                    lost = true;
                    find(notice.number() + " is acknowledged, and not at " + destination.system());
                }
            }
            return lost;
        }

        private boolean isDoubled(Notice notice) {
            boolean doubled = false;
            for (Destination destination : Destination.values()) {
                Set<String> ids = deliveries(there, destination, notice);
                if (ids.size() > 1) {
                    doubled = true;
                    find(notice.number() + " came to " + destination.system() + " as " + ids);
                }
            }
            return doubled;
        }

        private boolean isWronglyTold(Notice notice, Set<String> exchanges) {
            if (exchanges.size() > 1) {
                find(notice.number() + " was acknowledged as " + exchanges);
                return true;
            }
            String exchange = exchanges.iterator().next();
            Map<String, Standing> told = bus.standing(exchange).orElse(Map.of());
            boolean wrong = told.size() != Destination.values().length;
            for (Destination destination : Destination.values()) {
                Standing standing = told.get(destination.system());
                wrong |= standing == null
                        || !standing.state().equals("delivered")
                        || !deliveries(there, destination, notice).equals(Set.of(standing.delivery()));
            }
            if (wrong) {
                find("the bus tells of " + notice.number() + ", exchange " + exchange + ": " + told);
            }
            return wrong;
        }

        private void find(String finding) {
            if (findings.size() < MOST_FINDINGS) {
                findings.add(finding);
            }
        }
    }
}
