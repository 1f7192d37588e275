package vn.lgsp.edoc;

import java.util.List;
import vn.lgsp.failure.Finding;

/**
 * A packet that was read.
 *
 * @param warnings what is unusual, but no reason to refuse it
 * @param bytes size of the whole file
 */
public record Received(Packet packet, List<Finding> warnings, Signature signature, long bytes) {
    public Received {
        warnings = List.copyOf(warnings);
    }
}
