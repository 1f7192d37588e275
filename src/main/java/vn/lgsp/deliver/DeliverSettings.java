package vn.lgsp.deliver;

import static vn.lgsp.message.Range.within;

import java.time.Duration;
import vn.lgsp.hold.Holding;

/**
 * How the bus calls out. Addresses, time-outs and limits of one system belong to the registry, not here.
 *
 * @param memoryLimit largest answer that a mapping may read, in bytes; 4 KiB to 256 MiB, default 10 MiB
 * @param heldLimit largest packet of the document axis that is held outside memory, as its answer brings it, in bytes; 1 MiB to 1 GiB,
 *     default 128 MiB
 * @param holding where that is
 * @param keepAlive how long an idle connection to a provider is kept; 1 s to 5 min, default 15 s
 */
public record DeliverSettings(int memoryLimit, int heldLimit, Holding holding, Duration keepAlive) {
    public DeliverSettings {
        within("lgsp.deliver.memory-limit", memoryLimit, 4 << 10, 256 << 20);
        within("lgsp.deliver.held-limit", heldLimit, 1 << 20, 1 << 30);
        within("lgsp.deliver.keep-alive", keepAlive, Duration.ofSeconds(1), Duration.ofMinutes(5));
    }
}
