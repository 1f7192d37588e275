package vn.lgsp.deploy;

import static vn.lgsp.message.Range.within;

import java.time.Duration;

/**
 * How edits of files come into force.
 *
 * @param watch whether the folders are watched; otherwise {@code lgsp deploy apply} brings edits into force
 * @param interval how often the folders are looked at; files that have changed are read when they stay as they are for as long again;
 *     100 ms to 1 min, default 500 ms
 */
public record DeploySettings(boolean watch, Duration interval) {
    public DeploySettings {
        within("lgsp.deploy.interval", interval, Duration.ofMillis(100), Duration.ofMinutes(1));
    }
}
