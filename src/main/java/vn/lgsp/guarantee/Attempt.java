package vn.lgsp.guarantee;

import java.time.Instant;
import vn.lgsp.message.Caller;
import vn.lgsp.message.DeliveryId;
import vn.lgsp.message.ExchangeId;
import vn.lgsp.message.ServiceKey;
import vn.lgsp.message.SystemId;

/**
 * One attempt at one delivery, on its way through {@code way-deliver}.
 *
 * @param number 1 for the first
 * @param unit digest of the revision that accepted the exchange; its route makes the delivery, whatever was edited since
 * @param source who sent the exchange
 * @param acceptedAt when the bus received the exchange
 */
public record Attempt(
        DeliveryId delivery,
        ExchangeId exchange,
        int number,
        ServiceKey service,
        String unit,
        SystemId destination,
        Caller source,
        Instant acceptedAt) {
    /** The exchange property under which the steps of {@code way-deliver} find it. */
    public static final String PROPERTY = "lgsp.attempt";
}
