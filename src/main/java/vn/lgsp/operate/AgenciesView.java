package vn.lgsp.operate;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * The organisations that document systems ask for, as an operator may see them, and what he may do: decide.
 *
 * <p>Both may block, and throw {@link vn.lgsp.failure.BusException} while the database does not answer.
 *
 * @see "EXT-20"
 */
public interface AgenciesView {
    /** The longest list. */
    int LONGEST_LIST = 500;

    /**
     * One registration.
     *
     * @param system that asks
     * @param state {@code asked}, {@code in-force}, {@code refused}, {@code ended}
     * @param version counted for each code
     * @param by the operator who decided
     */
    record Agency(
            UUID id,
            String system,
            String state,
            int version,
            String code,
            String parent,
            String name,
            String mail,
            String mobile,
            String fax,
            Instant asked,
            Optional<Instant> inForce,
            Optional<Instant> ended,
            Optional<String> by,
            Optional<String> reason) {}

    /**
     * The newest.
     *
     * @param state of those wanted; all where it is empty, none where it is no state
     */
    List<Agency> list(Optional<String> state, int limit);

    /**
     * Decides on one that is asked for.
     *
     * @return as it stands then; empty when nothing with this id is asked for any more
     */
    Optional<Agency> decide(UUID id, boolean agreed, String operator, String reason);
}
