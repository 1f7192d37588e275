package vn.lgsp.edoc;

/** What one edXML file holds: a document with its attachments, or a report about one. */
public sealed interface Packet permits DocumentPacket, StatusPacket {
    /** Who sends it. */
    Organ from();

    /** Of the document that is sent or reported on: opaque, compared as it is. */
    String documentId();
}
