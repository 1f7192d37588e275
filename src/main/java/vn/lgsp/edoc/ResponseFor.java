package vn.lgsp.edoc;

import java.util.Optional;

/**
 * Which document a packet is about: the one that is answered, revoked, or reported on. Texts that a packet leaves out are empty.
 *
 * @param organ that the packet names beside it: of a report, whom it goes to
 * @param code number and notation as plain text, such as {@code 12/UBND-VP}
 * @param promulgated {@code yyyy/MM/dd} as written, never checked
 * @param documentId opaque
 */
public record ResponseFor(Optional<OrganId> organ, String code, String promulgated, String documentId) {}
