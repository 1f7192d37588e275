package vn.lgsp.operate;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import vn.lgsp.failure.ErrorCode;
import vn.lgsp.message.AgencyCode;
import vn.lgsp.message.Outcome;
import vn.lgsp.message.ServiceKey;
import vn.lgsp.message.SystemId;

/**
 * Which systems are connected to the bus, as an operator may see them: never a secret, never content. May block.
 *
 * @see "EXT-15"
 */
public interface SystemsView {
    /** Whether the bus reaches a system, as its last call tells. */
    enum Link {
        /** The bus does not call it: it only asks. */
        NONE,
        /** It has not been called since this node started. */
        UNUSED,
        /** The last call was answered, with a success or not. */
        UP,
        /** The last call had no answer, or the system is not called because of too many failures. */
        DOWN
    }

    /** Whether calls are let through. */
    enum Breaker {
        /** It never suspends this system. */
        OFF,
        /** They are. */
        CLOSED,
        /** None is, for a while. */
        OPEN,
        /** A few are, to see whether the system is back. */
        TRIALS
    }

    /**
     * One registered system.
     *
     * @param route how the bus reaches it; absent for a system that only asks
     * @param accounts ids of the accounts under which it asks
     * @param consumes services for which it holds a grant, in force or not
     * @param provides services whose routes may call it, or that deliver to it
     * @param lastRequest the last exchange that it began, since this node started
     */
    record Member(
            SystemId id,
            String name,
            AgencyCode agency,
            Link link,
            Optional<Route> route,
            List<String> accounts,
            List<ServiceKey> consumes,
            List<ServiceKey> provides,
            Optional<Request> lastRequest) {}

    /**
     * How the bus reaches a system, and how that has gone since this node started.
     *
     * @param protocol {@code http}, {@code https} or {@code jms}
     * @param address by the registry and the settings; of a queue its name
     * @param credentials kinds of what the bus shows of itself
     * @param waitingCalls how many calls wait for it now
     * @param deliveryRate how many guaranteed deliveries may be begun in a second
     * @param deliveries how its guaranteed deliveries stand; absent while the database does not tell
     */
    record Route(
            String protocol,
            String address,
            List<String> credentials,
            Breaker breaker,
            int waitingCalls,
            Optional<Integer> deliveryRate,
            Optional<Deliveries> deliveries,
            Optional<Answer> lastAnswer,
            Optional<Failure> lastFailure) {}

    /**
     * Deliveries that have not ended well yet.
     *
     * @param waiting for their turn, or for an attempt that is planned
     * @param steps for an earlier step
     */
    record Deliveries(long waiting, long steps, long delivering, long parked) {}

    /** @param status of HTTP, if it was HTTP */
    record Answer(Instant at, OptionalInt status) {}

    /** @param partnerCode the system's own code of it */
    record Failure(Instant at, ErrorCode error, Optional<String> partnerCode) {}

    record Request(Instant at, Outcome outcome) {}

    /** All systems of the registry, by id. */
    List<Member> list();

    /** One of them. */
    Optional<Member> find(SystemId id);
}
