package vn.lgsp.operate;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import vn.lgsp.failure.ErrorCode;
import vn.lgsp.message.DeliveryId;
import vn.lgsp.message.ExchangeId;
import vn.lgsp.message.ServiceKey;
import vn.lgsp.message.SystemId;

/**
 * The guaranteed deliveries, as an operator may see them, and the one thing that he may do: send a parked one again. Never content.
 *
 * <p>Reading may block, and throws {@link vn.lgsp.failure.BusException} while the database does not answer.
 *
 * @see "DLV-06"
 */
public interface DeliveriesView {
    /** The longest list. */
    int LONGEST_LIST = 500;

    /** How a delivery stands. */
    enum State {
        PARKED,
        ACCEPTED,
        WAITING,
        DELIVERING,
        DELIVERED,
        EXPIRED
    }

    /**
     * One delivery.
     *
     * @param unit digest of the revision of the service under which it is delivered
     * @param source who sent the exchange
     * @param after the destinations of the exchange that must have it first
     * @param attempts how many were begun
     * @param dueAt when the next attempt is due, where one is planned
     * @param endedAt when it was delivered, parked or expired
     * @param reason why the last attempt failed
     * @param partnerCode the destination's own code of that failure
     */
    record Delivery(
            DeliveryId id,
            ExchangeId exchange,
            ServiceKey service,
            String unit,
            SystemId source,
            SystemId destination,
            List<SystemId> after,
            State state,
            int attempts,
            Instant acceptedAt,
            Optional<Instant> lastAttemptAt,
            Optional<Instant> dueAt,
            Optional<Instant> endedAt,
            Optional<ErrorCode> reason,
            Optional<String> partnerCode) {}

    /**
     * Which deliveries are asked for.
     *
     * @param limit at most so many; 1 to {@link #LONGEST_LIST}
     */
    record Filter(int limit, Optional<State> state, Optional<SystemId> destination, Optional<ExchangeId> exchange) {
        public Filter {
            if (limit < 1 || limit > LONGEST_LIST) {
                throw new IllegalArgumentException("limit is not valid: write 1 to " + LONGEST_LIST);
            }
        }
    }

    /** What came of sending a delivery again. */
    enum Retried {
        /** It is due now. */
        QUEUED,
        /** It is not parked, so nothing was done. */
        NOT_PARKED,
        /** There is no such delivery. */
        UNKNOWN
    }

    /** One delivery. */
    Optional<Delivery> find(DeliveryId id);

    /** The deliveries that fit, those accepted last first. */
    List<Delivery> list(Filter filter);

    /** How many deliveries stand how, by destination; a state without deliveries may be missing. */
    Map<SystemId, Map<State, Long>> counts();

    /** Makes a parked delivery due now. The future may fail with a {@link vn.lgsp.failure.BusException}. */
    CompletableFuture<Retried> retry(DeliveryId id);
}
