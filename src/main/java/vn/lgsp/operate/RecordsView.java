package vn.lgsp.operate;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import vn.lgsp.message.ExchangeId;
import vn.lgsp.message.Outcome;
import vn.lgsp.message.PartyCode;
import vn.lgsp.message.ServiceId;
import vn.lgsp.message.SystemId;

/**
 * The records of exchanges, as an operator may see them: evidence without content (LOG-02, LOG-03). May block.
 *
 * <p>A record is a map of names to texts, numbers, truth values, instants, and maps and lists of these.
 */
public interface RecordsView {
    /** The record of one exchange. */
    Optional<Map<String, Object>> find(ExchangeId exchange);

    /** The newest records that fit, newest first. */
    List<Map<String, Object>> newest(Filter filter);

    /**
     * Which records are asked for.
     *
     * @param limit at most so many; 1 to 500
     * @param service only those of this service
     * @param system only those in which this system asked
     * @param onBehalfOf only those in which a platform said that it asks for this party
     * @param correlation only those that this identifier links (LOG-04)
     * @param outcome only those that ended so
     */
    record Filter(
            int limit,
            Optional<ServiceId> service,
            Optional<SystemId> system,
            Optional<PartyCode> onBehalfOf,
            Optional<Outcome> outcome,
            Optional<String> correlation) {
        public Filter {
            if (limit < 1 || limit > 500) {
                throw new IllegalArgumentException("limit is not valid: write 1 to 500");
            }
        }
    }
}
