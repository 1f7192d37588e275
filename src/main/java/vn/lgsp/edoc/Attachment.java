package vn.lgsp.edoc;

/**
 * What a packet says of one attachment. Its content is what the base64 stands for, as it stands there: {@link AttachmentZip#unpack} makes
 * the document of it.
 *
 * @param number 1 for the first in the file; the content went to the sink under it
 * @param contentId without {@code cid:}
 * @param name of the document, as the sender writes it: {@link #fileName} is safe
 * @param contentType as written; says nothing reliable about the content
 * @param form what the content is, by its bytes
 * @param size of the content in bytes
 */
public record Attachment(
        int number, String contentId, String name, String contentType, String description, Form form, long size) {

    /** What the content of an attachment is. */
    public enum Form {
        /** A ZIP with one entry, which is the document. */
        PACKED,
        /** The document itself; also where this is a ZIP of several entries, as text documents and tables are. */
        PLAIN
    }

    /** One that will be written. */
    public static Attachment of(int number, String contentId, String name, String contentType, Form form) {
        return new Attachment(number, contentId, name, contentType, "", form, 0);
    }

    /** The name without anything that could lead out of a folder; never empty. */
    public String fileName() {
        String safe = name.replaceAll("[/\\\\:*?\"<>|\\p{Cntrl}]", "_").strip().replaceFirst("^\\.+", "_");
        return safe.isEmpty() ? "attachment-" + number : safe;
    }

    /** What says nothing of the document. */
    @Override
    public String toString() {
        return "attachment " + number + ", " + form + ", " + size + " bytes";
    }
}
