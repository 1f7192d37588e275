package vn.lgsp.edoc;

import vn.lgsp.message.Sha256;

/**
 * By what a packet that comes again is known.
 *
 * @param text 64 hex digits: two packets are the same when theirs are. A digest, so that it says nothing of the document
 */
public record DeduplicationKey(String text) {

    /** Of a document for one of its receivers. */
    public static DeduplicationKey of(String documentId, OrganId receiver, BusinessType type) {
        return made("edoc", documentId, receiver.key(), type.code());
    }

    /** Of a report. */
    public static DeduplicationKey of(StatusPacket status) {
        return made(
                "status",
                status.documentId(),
                status.from().id().key(),
                status.to().key(),
                status.code().code(),
                status.timestamp());
    }

    /** Of whatever the axis gave an id, in the transport only. */
    public static DeduplicationKey ofAxis(String docId) {
        return made("axis", docId);
    }

    private static DeduplicationKey made(String... parts) {
        StringBuilder all = new StringBuilder();
        for (String part : parts) {
            all.append(part.length()).append(':').append(part);
        }
        return new DeduplicationKey(Sha256.hex(all.toString()));
    }
}
