package vn.lgsp.guarantee;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import vn.lgsp.message.DeliveryId;
import vn.lgsp.message.ExchangeId;
import vn.lgsp.message.SystemId;
import vn.lgsp.message.UnitKey;

/**
 * How accepted exchanges and their deliveries stand, as the database tells it now (DLV-06). Every question may block, and fails with
 * {@code guarantee-unavailable} while the database does not answer.
 */
public final class GuaranteeQuery {
    private final DeliveryStore store;

    GuaranteeQuery(DeliveryStore store) {
        this.store = store;
    }

    /** The exchange, once it is accepted. */
    public Optional<ExchangeStatus> find(ExchangeId exchange) {
        return store.find(exchange);
    }

    /** The accepted exchange that this delivery is of. */
    public Optional<ExchangeStatus> findDelivery(DeliveryId delivery) {
        return store.findDelivery(delivery);
    }

    /** At most {@code limit} exchanges with a delivery in this state, newest first. */
    public List<ExchangeStatus> list(DeliveryState state, int limit) {
        return store.list(state, limit);
    }

    /** How many deliveries of each destination wait, are under way and are parked. */
    public Map<SystemId, Map<DeliveryState, Long>> counts() {
        return store.counts();
    }

    /** When the exchange was accepted that waits longest for a delivery that is neither ended nor parked. */
    public Optional<Instant> oldestWaiting() {
        return store.oldestWaiting();
    }

    /** The revisions of services that deliveries still wait for, parked ones too. */
    public Set<UnitKey> unitsWaiting() {
        return store.unitsWaiting();
    }

    /** The epochs whose keys the content that is kept still needs. */
    public Set<Long> epochsInUse() {
        return store.epochsInUse();
    }
}
