package vn.lgsp.guarantee;

import java.util.Locale;

/** How one delivery stands. The row in the database is the truth of it (DLV-06). */
public enum DeliveryState {
    /** Kept by the bus, and waiting for its next attempt. */
    ACCEPTED,
    /** Kept by the bus, and not due before other deliveries of its exchange are delivered (BUS-11). */
    WAITING,
    /** An attempt is under way. */
    DELIVERING,
    /** The destination has it. */
    DELIVERED,
    /** Its retry plan is used up, or trying again cannot help: an operator looks at the reason and sends it again. */
    PARKED,
    /** Its life ended before it was delivered; its content is erased. */
    EXPIRED;

    /** The name in answers, metrics and the database. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
