package vn.lgsp.runtime;

import static org.awaitility.Awaitility.await;

import java.lang.ref.WeakReference;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A bus that is closed is gone: {@code lgsp test} starts several in one process, and each has megabytes outside the heap. */
final class ClosedBusTest {

    @Test
    void nothing_holds_a_closed_bus_once_there_is_another(@TempDir Path folder) {
        WeakReference<Bus> closed = startedAndClosed(folder.resolve("first"));
        // Libraries keep the last of what they saw.
        startedAndClosed(folder.resolve("second"));

        await().atMost(Duration.ofSeconds(30)).until(() -> {
            System.gc();
            return closed.get() == null;
        });
    }

    private static WeakReference<Bus> startedAndClosed(Path folder) {
        try (TestBus bus = TestBus.in(folder).start()) {
            return new WeakReference<>(bus.bus());
        }
    }
}
