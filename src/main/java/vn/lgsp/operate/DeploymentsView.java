package vn.lgsp.operate;

import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import vn.lgsp.failure.Finding;
import vn.lgsp.message.ServiceKey;

/**
 * What was deployed, when, by whom and why; what differs; and what an operator may bring into force. Everything may block.
 *
 * @see "BUS-12, BUS-14"
 */
public interface DeploymentsView {
    /** The longest list. */
    int LONGEST_LIST = 1_000;

    /**
     * One line of the ledger.
     *
     * @param action such as {@code deployed}, {@code refused}, {@code rolled-back}
     * @param before digest of the revision that was in force
     * @param after digest of the one that is in force since, or of the files that were refused
     */
    record Act(
            Instant at,
            String who,
            String action,
            Optional<ServiceKey> service,
            Optional<String> card,
            Optional<String> before,
            Optional<String> after,
            List<String> files,
            List<String> checks,
            Optional<String> reason) {}

    /**
     * Files that are not in force because of what is wrong with them.
     *
     * @param name the service, or the card where that tells none
     * @param inForce digest of the revision that serves on; empty where there is none
     */
    record Refused(String name, Optional<String> inForce, List<Finding> findings) {}

    /** What came of an order: what was done now, and all that is refused. */
    record Outcome(List<Act> done, List<Refused> refused) {}

    /**
     * A file that two revisions have differently.
     *
     * @param kind added, changed or removed
     * @param text as {@code diff -u} writes it
     */
    record Change(String file, String kind, String text) {}

    /** The newest first, of one service or of all. */
    List<Act> history(Optional<ServiceKey> service, int limit);

    /** By name. */
    List<Refused> refused();

    /**
     * Compares two revisions.
     *
     * @param from the beginning of a digest; empty for the one before
     * @param to the same, or {@code home} for the files as they lie there; empty for the one in force
     * @throws IllegalArgumentException when there is no such revision
     */
    List<Change> diff(ServiceKey service, Optional<String> from, Optional<String> to) throws IOException;

    /** Brings into force what has changed. */
    Outcome apply(String operator, Optional<String> reason) throws IOException;

    /**
     * Brings an earlier revision into force again.
     *
     * @param to the beginning of its digest; empty for the one before the one in force
     * @throws IllegalArgumentException when there is no such revision, or it cannot be used
     */
    Outcome rollback(ServiceKey service, Optional<String> to, String operator, Optional<String> reason)
            throws IOException;
}
