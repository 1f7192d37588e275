package vn.lgsp.receive;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import vn.lgsp.broker.TestCity;
import vn.lgsp.catalogue.CardFile;
import vn.lgsp.catalogue.Schedule;
import vn.lgsp.catalogue.ServiceCard;
import vn.lgsp.database.Database;
import vn.lgsp.database.DatabaseSettings;
import vn.lgsp.failure.BusException;
import vn.lgsp.failure.ErrorCode;

/** What breaks in the moment that a page is here ends the run, which would be under way for ever otherwise (SHR-02). */
final class SynchroniserTest {
    private static final String CARD = """
            service: land-change-read
            version: 1
            name: { vi: a, en: a }
            description: a
            contact: a
            providers: [registry]
            mode: mapped
            criterion: near-real-time
            personalData: false
            schedule: { every: 10m, as: a, synchronise: { to: land-change-keep/v1, operation: keep } }
            operations:
              - { id: read, method: POST, path: /pages, accepts: [application/json] }
            """;

    @TempDir
    private Path folder;

    private static final class Breaking implements Way {
        @Override
        public void walk(Arrival arrival, Departure departure) {
            departure.leave(Reply.held(200, List.of(), Buffer.buffer("{\"items\":[]}")), delivered -> {
                throw new IllegalStateException("breaks");
            });
        }

        @Override
        public void refuse(Arrival arrival, BusException why, Departure departure) {
            throw new UnsupportedOperationException();
        }
    }

    @Test
    void a_run_ends_whatever_breaks() throws Exception {
        ServiceCard card = CardFile.read(Files.writeString(folder.resolve("land-change-read.card.yaml"), CARD));
        Schedule schedule = card.schedule().orElseThrow();
        Vertx vertx = Vertx.vertx();
        ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
        try (Database database =
                new Database(new DatabaseSettings("jdbc:h2:file:" + folder.resolve("rows"), "postgres", ""))) {
            Synchroniser synchroniser = new Synchroniser(
                    new SynchroniseRows(database, UUID.randomUUID()),
                    TestCity.catalogue(Duration.ofSeconds(1)),
                    vertx,
                    new Breaking(),
                    Clock.systemUTC(),
                    timer,
                    () -> false);
            CompletableFuture<Optional<Synchroniser.End>> over = new CompletableFuture<>();

            synchroniser.run(card, schedule, schedule.synchronise().orElseThrow(), Instant.EPOCH, over::complete);

            assertThat(over.get(20, TimeUnit.SECONDS)).hasValueSatisfying(end -> {
                assertThat(end.result()).isEqualTo("01");
                assertThat(end.error()).contains(ErrorCode.BUS_FAILED);
            });
        } finally {
            timer.shutdownNow();
            vertx.close();
        }
    }
}
