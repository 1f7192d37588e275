package vn.lgsp.guarantee;

/**
 * The steps of the crash-consistent protocol, in order: whoever dies between two of them leaves something behind that the next start
 * settles. Tests kill the process at each.
 */
public enum ProtocolStep {
    /** Nothing is kept yet. */
    ACCEPT_BEGINS,
    /** One commit holds the exchange as {@code accepting}: sealed content, wrapped key, message id, digest. */
    ACCEPTING_COMMITTED,
    /** The broker holds a reference to every delivery. */
    REFERENCES_POSTED,
    /** The exchange is {@code accepted}; the acknowledgement may leave. */
    ACCEPTED_COMMITTED,
    /** The attempt is counted, and the delivery is {@code delivering}. */
    ATTEMPT_COMMITTED,
    /** The destination has answered, and nobody has noted it. */
    DESTINATION_ANSWERED,
    /** The outcome of the attempt is committed, and the deliveries that waited for it are due. */
    OUTCOME_COMMITTED,
    /** The broker holds references to the deliveries that waited for it; only where any did. */
    NEXT_POSTED,
    /** The broker has been told that the reference is done with. */
    REFERENCE_ACKNOWLEDGED
}
