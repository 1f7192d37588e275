package vn.lgsp.runtime;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import vn.lgsp.guarantee.ProtocolStep;

/**
 * A bus that is killed, by a real SIGKILL, when it reaches one step of the protocol: {@code HaltingBus CONFIG STEP}, or for the second time
 * {@code HaltingBus CONFIG STEP 2}; without a step one that lives.
 */
final class HaltingBus {
    private HaltingBus() {}

    public static void main(String[] arguments) throws InterruptedException {
        Configuration configuration = Configuration.ofProcess(Optional.of(Path.of(arguments[0])));
        Optional<ProtocolStep> last =
                arguments.length > 1 ? Optional.of(ProtocolStep.valueOf(arguments[1])) : Optional.empty();
        AtomicInteger left = new AtomicInteger(arguments.length > 2 ? Integer.parseInt(arguments[2]) : 1);
        Bus bus = Bus.start(
                BusSettings.from(configuration),
                configuration,
                Clock.systemUTC(),
                Bus.Relaxed.NOTHING,
                java.util.Set.of(),
                step -> {
                    if (last.filter(step::equals).isPresent() && left.decrementAndGet() == 0) {
                        die();
                    }
                });
        System.out.println("data port        http://localhost:" + bus.dataPort());
        System.out.println("management port  http://localhost:" + bus.managementPort());
        System.out.println("Ctrl-C stops the bus.");
        System.out.flush();
        TimeUnit.MINUTES.sleep(10);
    }

    private static void die() {
        try {
            new ProcessBuilder(
                            "kill", "-9", Long.toString(ProcessHandle.current().pid()))
                    .start();
        } catch (IOException noKill) {
            Runtime.getRuntime().halt(137);
        }
        while (true) {
            LockSupport.park(); // nothing is done between the step and the end
        }
    }
}
