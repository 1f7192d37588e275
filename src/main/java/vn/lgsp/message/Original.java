package vn.lgsp.message;

import java.util.Optional;

/**
 * A request as it came, kept beside what the service's route makes of it: what guaranteed delivery seals and delivers (MSG-01). It
 * lives in memory, or held as its {@link Content} says, and is never logged.
 *
 * @param content the body, byte by byte
 * @param contentType as the request says it, empty where it says none
 * @param messageId the source's own id of the message, if it gave one: SOAP header or {@code Idempotency-Key} (DLV-05)
 * @param meaning SHA-256 of what two requests have in common that say the same in other bytes, such as a SOAP message that was signed
 *     anew; empty where only the same bytes say the same
 */
@SuppressWarnings("ArrayRecordComponent") // nobody compares it
public record Original(Content content, String contentType, Optional<String> messageId, Optional<byte[]> meaning) {
    /** The exchange property under which a stage finds it; set for services with guaranteed delivery only. */
    public static final String PROPERTY = "lgsp.original";

    /** One of which only the same bytes say the same. */
    public Original(Content content, String contentType, Optional<String> messageId) {
        this(content, contentType, messageId, Optional.empty());
    }

    @Override
    public String toString() {
        return content.length() + " bytes (content not shown)";
    }
}
