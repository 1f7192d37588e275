package vn.lgsp.torture;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import vn.lgsp.torture.Ledger.Arrival;

/** A bus in memory that keeps its word, or breaks it in one way. */
final class FakeBus implements Victim {
    /** What it does wrong, with every tenth notice or so. */
    enum Lie {
        NONE,
        LOSES_ONE_DELIVERY,
        LOSES_BOTH,
        LOSES_WHAT_WAS_NOT_CONFIRMED,
        DELIVERS_HALF_OF_WHAT_IT_DID_NOT_ACKNOWLEDGE,
        DELIVERS_UNDER_A_SECOND_ID,
        DELIVERS_WITHOUT_AN_ID,
        DELIVERS_OTHER_CONTENT,
        ACKNOWLEDGES_AGAIN_UNDER_ANOTHER_ID,
        SAYS_ACCEPTED_OF_WHAT_IS_DELIVERED,
        SAYS_DELIVERED_OF_WHAT_IS_LOST,
        SAYS_ANOTHER_DELIVERY_ID,
        KNOWS_NOTHING_OF_WHAT_IT_ACKNOWLEDGED,
        REFUSES_WHAT_IS_RIGHT,
        KEEPS_SOMETHING_WAITING,
        PARKS,
        CANNOT_TELL
    }

    private final Lie lie;
    private final Ledger ledger;
    private final Random random;
    private final Map<String, String> exchanges = new HashMap<>();
    private final Map<String, Map<String, Standing>> standings = new HashMap<>();
    private boolean up;
    private int kills;
    private int ids;

    FakeBus(Lie lie, Ledger ledger, long seed) {
        this.lie = lie;
        this.ledger = ledger;
        this.random = new Random(seed);
    }

    synchronized int kills() {
        return kills;
    }

    @Override
    public synchronized void start() {
        up = true;
    }

    @Override
    public void awaitUp() {}

    @Override
    public synchronized boolean isUp() {
        return up;
    }

    @Override
    public synchronized void kill() {
        up = false;
        kills++;
    }

    @Override
    public synchronized Answer send(Notice notice) {
        int luck = random.nextInt(10);
        boolean lies = notice.index() % 10 == 0 || lie == Lie.ACKNOWLEDGES_AGAIN_UNDER_ANOTHER_ID;
        if (!up || luck == 0) {
            return new Answer.Unknown();
        }
        if (luck == 1) {
            return new Answer.Refused("guarantee-unavailable", true);
        }
        if (lies && lie == Lie.REFUSES_WHAT_IS_RIGHT) {
            return new Answer.Refused("message-invalid", false);
        }
        String known = exchanges.get(notice.message());
        if (known == null) {
            known = "exchange-" + ids++;
            exchanges.put(notice.message(), known);
            standings.put(known, new HashMap<>());
            for (Destination destination : Destination.values()) {
                deliver(notice, known, destination, lies);
            }
        }
        if (lies && lie == Lie.DELIVERS_HALF_OF_WHAT_IT_DID_NOT_ACKNOWLEDGE) {
            return new Answer.Unknown();
        }
        // The acknowledgement is lost on its way.
        if (luck == 2) {
            return new Answer.Unknown();
        }
        return new Answer.Acknowledged(
                lies && lie == Lie.ACKNOWLEDGES_AGAIN_UNDER_ANOTHER_ID ? known + "-" + ids++ : known);
    }

    private void deliver(Notice notice, String exchange, Destination destination, boolean lies) {
        boolean office = destination == Destination.SOCIAL_INSURANCE;
        String id = exchange + ">" + destination;
        String told = lies && lie == Lie.SAYS_ANOTHER_DELIVERY_ID ? id + "'" : id;
        String state = lies && lie == Lie.SAYS_ACCEPTED_OF_WHAT_IS_DELIVERED ? "accepted" : "delivered";
        Objects.requireNonNull(standings.get(exchange)).put(destination.system(), new Standing(told, state));
        boolean lost =
                switch (lie) {
                    case LOSES_ONE_DELIVERY,
                            SAYS_DELIVERED_OF_WHAT_IS_LOST,
                            DELIVERS_HALF_OF_WHAT_IT_DID_NOT_ACKNOWLEDGE -> office;
                    case LOSES_BOTH -> true;
                    default -> false;
                };
        if (lies && lost) {
            return;
        }
        String content = office ? notice.json() : notice.xml();
        if (lies && lie == Lie.DELIVERS_OTHER_CONTENT) {
            content = content.replace(notice.id(), "001300000000");
        }
        if (lies && lie == Lie.DELIVERS_WITHOUT_AN_ID) {
            id = "";
        }
        boolean confirmed = !(lies && lie == Lie.LOSES_WHAT_WAS_NOT_CONFIRMED);
        ledger.arrived(new Arrival(destination, id, notice.number(), content, confirmed));
        if (random.nextInt(4) == 0) {
            ledger.arrived(new Arrival(destination, id, notice.number(), content, confirmed));
        }
        if (lies && lie == Lie.DELIVERS_UNDER_A_SECOND_ID) {
            ledger.arrived(new Arrival(destination, id + "2", notice.number(), content, true));
        }
    }

    @Override
    public synchronized Optional<Map<String, Standing>> standing(String exchange) {
        return lie == Lie.KNOWS_NOTHING_OF_WHAT_IT_ACKNOWLEDGED
                ? Optional.empty()
                : Optional.ofNullable(standings.get(exchange));
    }

    @Override
    public Optional<Integer> count(String... states) {
        boolean parked = List.of(states).contains("parked");
        return switch (lie) {
            case CANNOT_TELL -> Optional.empty();
            case PARKS -> Optional.of(parked ? 1 : 0);
            case KEEPS_SOMETHING_WAITING -> Optional.of(parked ? 0 : 1);
            default -> Optional.of(0);
        };
    }

    @Override
    public void close() {}
}
