package vn.lgsp.runtime;

import java.time.Clock;
import java.util.Optional;

/** The bus with its whole way and without a record, so that the bench can tell what recording costs. Nothing else starts it. */
final class BenchBus {
    private BenchBus() {}

    /** The process; its settings are system properties. */
    public static void main(String[] arguments) {
        Configuration configuration = Configuration.ofProcess(Optional.empty());
        Bus bus = Bus.start(BusSettings.from(configuration), configuration, Clock.systemUTC(), Bus.Relaxed.RECORDS);
        Runtime.getRuntime().addShutdownHook(new Thread(bus::close, "bench-stop"));
    }
}
