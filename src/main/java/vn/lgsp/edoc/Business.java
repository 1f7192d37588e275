package vn.lgsp.edoc;

import java.util.List;
import java.util.Optional;

/**
 * What a document packet does, its {@code Bussiness}. Texts that a packet leaves out are empty.
 *
 * @param documentId empty in most packets
 * @param paper {@code 1} where a copy on paper follows, else {@code 0}
 * @param update there with {@link BusinessType#UPDATE}
 * @param replacements at least one with {@link BusinessType#REPLACEMENT}
 */
public record Business(
        String documentId,
        BusinessType type,
        String reason,
        String paper,
        Optional<Update> update,
        List<Replacement> replacements,
        Optional<Staff> staff) {

    public Business {
        replacements = List.copyOf(replacements);
    }

    /**
     * What is updated.
     *
     * @param document {@code 1} where the document itself is
     * @param receivers {@code 1} where its receivers are
     */
    public record Update(String document, String receivers, List<Receiver> list) {
        public Update {
            list = List.copyOf(list);
        }
    }

    /**
     * One of the receivers that are updated.
     *
     * @param type {@code 0} or {@code 1}; nobody says which is which, so it passes through
     */
    public record Receiver(OrganId organ, String type) {}

    /**
     * What is replaced, and for whom.
     *
     * @param documentId of a document that this one replaces
     */
    public record Replacement(String documentId, List<OrganId> organs) {
        public Replacement {
            organs = List.copyOf(organs);
        }
    }

    /** A new document, no copy on paper. */
    public static Business of(BusinessType type, String reason) {
        return new Business("", type, reason, "0", Optional.empty(), List.of(), Optional.empty());
    }
}
