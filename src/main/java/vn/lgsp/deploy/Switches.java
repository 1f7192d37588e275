package vn.lgsp.deploy;

import java.time.Clock;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import vn.lgsp.failure.BusException;
import vn.lgsp.failure.ErrorCode;
import vn.lgsp.message.ServiceKey;

/**
 * The operators' switch of each service: started, stopped or disabled, while every other service runs on. Each turn is in the
 * ledger, durably, before it takes effect; so the last one is in force again after a restart, and a new revision changes nothing
 * about it.
 *
 * @see "BUS-22"
 */
public final class Switches {
    /** How a service stands. */
    public enum State {
        /** It takes exchanges, and what it accepted is delivered. This is how a service begins. */
        STARTED,
        /** It takes none for now, and what it accepted waits: no attempt at a delivery is begun. */
        STOPPED,
        /** It takes none at all; what it accepted is still delivered. */
        DISABLED;

        /** The word for people, in the ledger and on the wire. */
        public String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * One turn of a switch.
     *
     * @param operator who turned it
     * @param reason in his words, at most {@value #LONGEST_REASON} characters of one line; may be empty for a start only
     */
    public record Turn(Instant at, String operator, ServiceKey service, State state, String reason) {
        static final int LONGEST_REASON = 500;

        /** @throws IllegalArgumentException saying what the reason has to be */
        public Turn {
            reason = reason.strip();
            if (reason.isEmpty() && state != State.STARTED) {
                throw new IllegalArgumentException("say why: a service is not " + state.label() + " without a reason");
            }
            if (reason.length() > LONGEST_REASON || reason.chars().anyMatch(Character::isISOControl)) {
                throw new IllegalArgumentException(
                        "the reason is not valid: write one line of at most " + LONGEST_REASON + " characters");
            }
        }
    }

    /** Where turns are kept. */
    public interface Ledger {
        /** The last turn of each service that was ever turned. */
        Map<ServiceKey, Turn> lastTurns();

        /**
         * Keeps a turn; it is durable when this returns.
         *
         * @throws java.io.UncheckedIOException when it is not
         */
        void append(Turn turn);
    }

    /**
     * What came of a turn.
     *
     * @param changed false when the service stood so already; then nothing was written
     * @param last the turn that is in force now; empty for a service that was never turned
     */
    public record Turned(boolean changed, State state, Optional<Turn> last) {}

    private final Ledger ledger;
    private final Supplier<Set<ServiceKey>> known;
    private final Clock clock;
    private final Map<ServiceKey, Turn> turns;
    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
    private volatile Set<ServiceKey> held;

    /** @param known the services that can be turned, beside those that were turned before */
    public Switches(Ledger ledger, Supplier<Set<ServiceKey>> known, Clock clock) {
        this.ledger = ledger;
        this.known = known;
        this.clock = clock;
        turns = new ConcurrentHashMap<>(ledger.lastTurns());
        held = stopped();
    }

    /** Does this after every turn. */
    public void onTurn(Runnable listener) {
        listeners.add(listener);
    }

    public State state(ServiceKey service) {
        Turn last = turns.get(service);
        return last == null ? State.STARTED : last.state();
    }

    /** The turn that is in force; empty for a service that was never turned. */
    public Optional<Turn> last(ServiceKey service) {
        return Optional.ofNullable(turns.get(service));
    }

    /** The services whose deliveries wait. */
    public Set<ServiceKey> held() {
        return held;
    }

    /** How many services stand how; all three states are there. */
    public Map<State, Long> counts() {
        Map<State, Long> counts = new EnumMap<>(State.class);
        for (State state : State.values()) {
            counts.put(state, 0L);
        }
        known().forEach(service -> counts.merge(state(service), 1L, Long::sum));
        return counts;
    }

    /** The services that can be turned. */
    public Set<ServiceKey> known() {
        Set<ServiceKey> all = ConcurrentHashMap.newKeySet();
        all.addAll(known.get());
        turns.forEach((service, last) -> {
            // One that was retired while it was stopped can be started, for its deliveries wait.
            if (last.state() != State.STARTED) {
                all.add(service);
            }
        });
        return Set.copyOf(all);
    }

    /**
     * Turns the switch of a service. Exchanges and attempts at deliveries that are under way go on to their end.
     *
     * @throws IllegalArgumentException when the reason is missing or not valid
     * @throws BusException {@code service-unknown}
     * @throws java.io.UncheckedIOException when the turn could not be kept; then nothing has changed
     */
    public Turned turn(ServiceKey service, State state, String operator, String reason) {
        Turned turned = turnInOrder(new Turn(clock.instant(), operator, service, state, reason));
        if (turned.changed()) {
            listeners.forEach(Runnable::run);
        }
        return turned;
    }

    private synchronized Turned turnInOrder(Turn turn) {
        ServiceKey service = turn.service();
        if (!known().contains(service)) {
            throw new BusException(
                    ErrorCode.SERVICE_UNKNOWN, "no service " + service + " is known: look at the list of services");
        }
        if (state(service) == turn.state()) {
            return new Turned(false, turn.state(), last(service));
        }
        ledger.append(turn);
        turns.put(service, turn);
        held = stopped();
        return new Turned(true, turn.state(), Optional.of(turn));
    }

    private Set<ServiceKey> stopped() {
        return turns.values().stream()
                .filter(turn -> turn.state() == State.STOPPED)
                .map(Turn::service)
                .collect(Collectors.toUnmodifiableSet());
    }

    /**
     * That a service takes exchanges.
     *
     * @throws BusException {@code service-stopped} or {@code service-disabled}
     */
    void requireStarted(ServiceKey service) {
        switch (state(service)) {
            case STARTED -> {}
            case STOPPED ->
                throw new BusException(
                        ErrorCode.SERVICE_STOPPED,
                        service + " was stopped by its operators for a time: send the request again later");
            case DISABLED ->
                throw new BusException(
                        ErrorCode.SERVICE_DISABLED,
                        service + " was switched off by its operators: ask them, or the provider, what to use instead");
        }
    }
}
