package vn.lgsp.catalogue;

import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import vn.lgsp.message.ServiceKey;
import vn.lgsp.message.SystemId;

/**
 * The right of one system to use one service version (quyền truy cập dịch vụ), given by its provider.
 *
 * @param operations ids of the operations that it covers; empty means all of them
 * @param validFrom the first instant at which it is in force, if limited
 * @param expires from this instant on it is not in force, if limited
 * @param purpose why it was given
 */
public record Grant(
        String id,
        SystemId consumer,
        ServiceKey service,
        Set<String> operations,
        Optional<Instant> validFrom,
        Optional<Instant> expires,
        String purpose) {

    /** Whether the grant covers this operation at this instant. */
    public boolean covers(String operation, Instant now) {
        return (operations.isEmpty() || operations.contains(operation))
                && validFrom.map(first -> !now.isBefore(first)).orElse(true)
                && expires.map(now::isBefore).orElse(true);
    }
}
