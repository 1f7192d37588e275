package vn.lgsp.edoc;

import java.time.LocalDateTime;

/**
 * That a packet passed through an organisation.
 *
 * @param timestamp {@code yyyy/MM/dd HH:mm:ss} as written, never checked
 */
public record Trace(OrganId organ, String timestamp) {

    /**
     * Now, as a packet writes it.
     *
     * @param time on the clocks of Viet Nam
     */
    public static Trace at(OrganId organ, LocalDateTime time) {
        return new Trace(organ, EdxmlTime.text(time));
    }
}
