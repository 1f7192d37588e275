package vn.lgsp.guarantee;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import vn.lgsp.message.ExchangeId;
import vn.lgsp.message.ServiceKey;
import vn.lgsp.message.SystemId;

/**
 * An accepted exchange and its deliveries (DLV-06).
 *
 * @param unit the digest of the service's revision that accepted it, and under which it is delivered (BUS-09)
 * @param source the system that sent it; only this one may ask for it
 * @param messageId the source's own id of the message
 * @param acceptedAt when the bus took it over
 * @param deliveries by destination, in the order of their names
 */
public record ExchangeStatus(
        ExchangeId id,
        ServiceKey service,
        String unit,
        SystemId source,
        Optional<String> messageId,
        Instant acceptedAt,
        List<DeliveryStatus> deliveries) {}
