package vn.lgsp.receive;

import vn.lgsp.message.Discardable;
import vn.lgsp.soap.SoapMessage;

/**
 * A SOAP request that passes through: it is here whole, so that its envelope can be read before anybody is called, and goes on byte by
 * byte.
 *
 * @param held all of it, in memory or in a spool
 * @param message its envelope, and the names of its attachments
 */
record HeldEnvelope(Holder.Held held, SoapMessage message) {

    /** What goes on: the bytes, or the stream of them. */
    Object content() {
        return held.spooled().<Object>map(spooled -> spooled).orElseGet(() -> held.memory()
                .getBytes());
    }

    /** Gives back what is held outside memory, if it was not read to its end. */
    static void discard(Holder.Held held) {
        held.spooled().ifPresent(spooled -> {
            if (spooled instanceof Discardable file) {
                file.discard();
            }
        });
    }
}
