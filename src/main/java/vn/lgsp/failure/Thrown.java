package vn.lgsp.failure;

import java.util.Optional;

/**
 * What work throws that is done when something asynchronous has ended. Nobody above it would hear: Vert.x logs it, and whoever waits for
 * the exchange waits for ever. So such work runs in here, and what it throws is its failure.
 */
public final class Thrown {
    private Thrown() {}

    /** Runs this, and gives back what it threw: an error of the JVM too. */
    public static Optional<Throwable> by(Runnable work) {
        try {
            work.run();
            return Optional.empty();
        } catch (RuntimeException | Error broken) {
            return Optional.of(broken);
        }
    }
}
