package vn.lgsp.operate;

import java.util.Optional;
import java.util.function.Supplier;

/**
 * One thing that must be well for the bus to work.
 *
 * @param name short and kebab-case; shown to everybody who asks for health
 * @param kind what follows when it is not well
 * @param problem what is wrong, without content, or empty when all is well; may block, and throwing means not well
 */
public record HealthProbe(String name, Kind kind, Supplier<Optional<String>> problem) {
    /** What follows when a probe is not well. */
    public enum Kind {
        /** The process should be started anew. */
        LIVENESS,
        /** The process should get no traffic for now. */
        READINESS,
        /** Somebody should look; traffic goes on, and the whole is not called ill for it. */
        NOTICE
    }
}
