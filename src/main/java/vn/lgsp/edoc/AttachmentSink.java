package vn.lgsp.edoc;

import java.io.IOException;
import java.io.OutputStream;

/**
 * Where the content of attachments goes while a packet is read. Whoever gives it keeps the content sealed, and drops all of it when the
 * packet is refused.
 */
@FunctionalInterface
public interface AttachmentSink {
    /** Keeps nothing: for checking. */
    AttachmentSink NOWHERE = number -> OutputStream.nullOutputStream();

    /**
     * Where the content of the next attachment goes; the reader closes it.
     *
     * @param number 1 for the first in the file
     */
    OutputStream open(int number) throws IOException;
}
