package vn.lgsp.operate;

import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import vn.lgsp.message.ExchangeId;
import vn.lgsp.message.ServiceKey;

/**
 * The services, as an operator may see them, and the switch of each.
 *
 * @see "BUS-22"
 */
public interface ServicesView {
    /** How a service stands. */
    enum State {
        /** It takes exchanges, and what it accepted is delivered. */
        STARTED,
        /** It takes none for now, and what it accepted waits. */
        STOPPED,
        /** It takes none at all; what it accepted is still delivered. */
        DISABLED;

        /** The word on the wire and in the console. */
        String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * Who turned a switch last.
     *
     * @param reason in his words; empty for a start that needed none
     */
    record Turn(Instant at, String operator, String reason) {}

    /**
     * One version of a service.
     *
     * @param name the Vietnamese one; empty for a service that is retired, and still stopped or disabled
     * @param unit digest of the revision in force; empty where none is
     * @param heldBack whether an earlier revision was brought back, and the files that lie there are not in force
     * @param inside exchanges and attempts at deliveries that are inside its routes now
     * @param turn empty for a service that was never turned
     * @param ending that this version is going to end, if it is
     */
    record Service(
            ServiceKey key,
            Optional<String> name,
            Optional<String> unit,
            boolean heldBack,
            int inside,
            State state,
            Optional<Turn> turn,
            Optional<Ending> ending) {
        /** One that nobody means to end. */
        public Service(
                ServiceKey key,
                Optional<String> name,
                Optional<String> unit,
                boolean heldBack,
                int inside,
                State state,
                Optional<Turn> turn) {
            this(key, name, unit, heldBack, inside, state, turn, Optional.empty());
        }
    }

    /**
     * That a version is going to end.
     *
     * @param since from when on nobody should begin to use it
     * @param sunset the last day on which it answers, once that is decided
     */
    record Ending(LocalDate since, Optional<LocalDate> sunset, Optional<Integer> successor) {}

    /**
     * What came of a turn.
     *
     * @param changed false when the service stood so already; then nothing was done
     */
    record Turned(boolean changed, Service service) {}

    /**
     * When the bus starts a service by itself, and how that went (DLV-08).
     *
     * @param when such as {@code cron 0 2 * * *}
     * @param next planned instant, where there is one
     * @param runs the newest first
     */
    record Timetable(String when, String account, Optional<Instant> next, List<Run> runs) {}

    /**
     * One run.
     *
     * @param due the instant that it was planned for
     * @param result {@code 00}, {@code 01}, or {@code interrupted}; empty while it is under way
     * @param error code of what failed
     */
    record Run(
            Instant due,
            Instant begun,
            Optional<Instant> ended,
            Optional<ExchangeId> exchange,
            Optional<String> result,
            Optional<String> error) {}

    /** Empty for a service without a schedule. May block, and throws {@link vn.lgsp.failure.BusException} while the database is away. */
    default Optional<Timetable> timetable(ServiceKey service) {
        return Optional.empty();
    }

    /** All, by name and version. */
    List<Service> list();

    Optional<Service> find(ServiceKey service);

    /**
     * Turns the switch of a service; durable and in force when this returns. May block.
     *
     * @throws IllegalArgumentException when the reason is missing or not valid, saying what it has to be
     * @throws vn.lgsp.failure.BusException {@code service-unknown}
     * @throws java.io.UncheckedIOException when it could not be kept; then nothing has changed
     */
    Turned turn(ServiceKey service, State state, String operator, String reason);
}
