package vn.lgsp.edoc;

import java.util.Optional;

/**
 * A report on a document.
 *
 * @param from who reports
 * @param about the document, and whom the report goes to
 * @param description the reason, with {@link StatusCode#needsReason some codes}; may be empty
 * @param timestamp {@code yyyy/MM/dd HH:mm:ss} as written, never checked
 * @see "EXT-05"
 */
public record StatusPacket(
        Organ from, ResponseFor about, Optional<Staff> staff, StatusCode code, String description, String timestamp)
        implements Packet {

    public StatusPacket {
        if (about.organ().isEmpty() || about.documentId().isEmpty()) {
            throw new IllegalArgumentException("a report names a document and whom it goes to");
        }
    }

    @Override
    public String documentId() {
        return about.documentId();
    }

    /** Whom it goes to. */
    public OrganId to() {
        return about.organ().orElseThrow();
    }

    /** Identifiers only. */
    @Override
    public String toString() {
        return code + " of " + from.id() + " to " + to();
    }
}
