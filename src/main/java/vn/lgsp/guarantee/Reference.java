package vn.lgsp.guarantee;

import vn.lgsp.message.DeliveryId;
import vn.lgsp.message.SystemId;

/**
 * What the broker carries of a delivery: its name, never its content.
 *
 * @param duplicateId what the broker recognises a repeated post by
 */
record Reference(DeliveryId delivery, SystemId destination, String duplicateId) {
    /** The message property with the delivery's id. */
    static final String DELIVERY = "lgsp_delivery";

    /** The queue of the references to this destination's deliveries. */
    static String queue(SystemId destination) {
        return "lgsp." + destination + ".work";
    }

    /** The first one, posted when a message is accepted: however often that is repeated, the broker keeps one. */
    static Reference first(DeliveryId delivery, SystemId destination) {
        return new Reference(delivery, destination, delivery.toString());
    }

    /**
     * A further one, for a delivery that is due: the reference before it was used up or lost, and must not count as the same.
     *
     * @param sweep what sets this post apart from the others
     */
    static Reference again(DeliveryId delivery, SystemId destination, long sweep) {
        return new Reference(delivery, destination, delivery + ":" + sweep);
    }
}
