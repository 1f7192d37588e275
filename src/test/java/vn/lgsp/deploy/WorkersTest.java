package vn.lgsp.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** A mapping that does not end costs a thread, and no other service its turn (BUS-05). */
final class WorkersTest {
    private static final int SIZE = 2;

    private final CountDownLatch end = new CountDownLatch(1);

    private void hang() {
        try {
            end.await();
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void others_get_their_turn_while_as_many_steps_hang_as_there_are_threads() {
        AtomicInteger done = new AtomicInteger();
        try (Workers workers = new Workers(SIZE, 100, Duration.ofMillis(100))) {
            for (int i = 0; i < SIZE; i++) {
                workers.execute(this::hang);
            }
            workers.execute(done::incrementAndGet);

            await().untilAsserted(() -> assertThat(done).hasValue(1));
            // the first thread that is given up makes room; the second may follow a moment later
            await().untilAsserted(() -> assertThat(workers.hanging()).isEqualTo(SIZE));

            end.countDown();
            await().untilAsserted(() -> assertThat(workers.hanging()).isZero());
            workers.execute(done::incrementAndGet);
            await().untilAsserted(() -> assertThat(done).hasValue(2));
        }
    }
}
