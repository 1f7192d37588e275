package vn.lgsp.guarantee;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import vn.lgsp.failure.ErrorCode;
import vn.lgsp.message.DeliveryId;
import vn.lgsp.message.SystemId;

/**
 * One delivery as its source and the operators see it (DLV-06).
 *
 * @param after the destinations of the exchange that must have it first
 * @param attempts how many were begun
 * @param lastAttemptAt when the last one was begun
 * @param dueAt when the next one is due, while it is accepted and its last attempt failed
 * @param endedAt when it was delivered, parked or expired
 * @param reason why the last attempt failed; empty once it is delivered
 * @param partnerCode the destination's own code of that failure
 */
public record DeliveryStatus(
        DeliveryId id,
        SystemId destination,
        List<SystemId> after,
        DeliveryState state,
        int attempts,
        Optional<Instant> lastAttemptAt,
        Optional<Instant> dueAt,
        Optional<Instant> endedAt,
        Optional<ErrorCode> reason,
        Optional<String> partnerCode) {}
