package vn.lgsp.broker;

import java.util.Set;

/**
 * Closes content before the broker writes it to its disk, and opens it again for the bus: what waits is encrypted, and nobody can read
 * it once its key is gone (MSG-06).
 */
public interface ContentSeal {

    /**
     * Content that only its key opens.
     *
     * @param epoch whose key it is
     */
    @SuppressWarnings("ArrayRecordComponent") // nobody compares it
    record Closed(long epoch, byte[] content) {
        @Override
        public String toString() {
            return content.length + " bytes sealed in epoch " + epoch + " (not shown)";
        }
    }

    /** @throws vn.lgsp.failure.BusException {@code guarantee-unavailable} when no key can be stored */
    Closed close(byte[] plain);

    /** @throws vn.lgsp.failure.BusException {@code integrity-broken} or {@code guarantee-unavailable} when it cannot be opened */
    byte[] open(Closed closed);

    /** Nothing waits any more but what was closed in these epochs: the keys of others may go. */
    void keep(Set<Long> epochs);
}
