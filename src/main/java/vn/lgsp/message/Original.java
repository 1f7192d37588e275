package vn.lgsp.message;

import java.util.Optional;

/**
 * A request as it came, kept beside what the service's route makes of it: what guaranteed delivery seals and delivers (MSG-01). It
 * lives in memory only, and is never logged.
 *
 * @param content the body, byte by byte
 * @param contentType as the request says it, empty where it says none
 * @param messageId the source's own id of the message, if it gave one: SOAP header or {@code Idempotency-Key} (DLV-05)
 */
@SuppressWarnings("ArrayRecordComponent") // nobody compares it
public record Original(byte[] content, String contentType, Optional<String> messageId) {
    /** The exchange property under which a stage finds it; set for services with guaranteed delivery only. */
    public static final String PROPERTY = "lgsp.original";

    @Override
    public String toString() {
        return content.length + " bytes (content not shown)";
    }
}
