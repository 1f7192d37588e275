package vn.lgsp.edoc;

import java.io.IOException;
import java.io.OutputStream;

/** Gives the content of attachments while a packet is written. */
@FunctionalInterface
public interface AttachmentContent {
    /**
     * Writes all of the content, as the packet shall hold it before base64: {@link AttachmentZip#pack} makes it of a document.
     *
     * @param to is not to be closed
     */
    void write(Attachment attachment, OutputStream to) throws IOException;
}
