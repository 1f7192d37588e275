package vn.lgsp.guarantee;

import static vn.lgsp.message.Range.within;

import java.nio.file.Path;
import java.time.Duration;

/**
 * How guaranteed delivery works.
 *
 * @param keyRing the folder of the epoch keys; outside the data folder, and never in a backup of it
 * @param epoch how long one epoch key seals messages; 1 to 15 min, default 15 min (MSG-06)
 * @param credits attempts that may be under way for one destination at once; 1 to 1,000, default 32
 * @param sweep how often due deliveries are looked for; 50 ms to 1 min, default 1 s
 * @param acceptTimeout a message that was not accepted in this time is withdrawn: nobody was told that it is; 1 s to 10 min, default
 *     30 s
 */
public record GuaranteeSettings(Path keyRing, Duration epoch, int credits, Duration sweep, Duration acceptTimeout) {
    public GuaranteeSettings {
        within("lgsp.guarantee.epoch", epoch, Duration.ofMinutes(1), Duration.ofMinutes(15));
        within("lgsp.guarantee.credits", credits, 1, 1_000);
        within("lgsp.guarantee.sweep", sweep, Duration.ofMillis(50), Duration.ofMinutes(1));
        within("lgsp.guarantee.accept-timeout", acceptTimeout, Duration.ofSeconds(1), Duration.ofMinutes(10));
    }
}
