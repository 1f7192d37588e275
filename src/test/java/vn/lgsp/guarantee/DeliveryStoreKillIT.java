package vn.lgsp.guarantee;

import static org.assertj.core.api.Assertions.assertThat;
import static vn.lgsp.guarantee.Messages.INSURANCE;
import static vn.lgsp.guarantee.Messages.done;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import vn.lgsp.Campaign;
import vn.lgsp.ChildJava;
import vn.lgsp.database.Database;
import vn.lgsp.database.DatabaseSettings;
import vn.lgsp.guarantee.DeliveryStore.Claim;
import vn.lgsp.message.DeliveryId;
import vn.lgsp.message.ExchangeId;

/** A killed process has lost nothing of what it had said. */
class DeliveryStoreKillIT {
    private static final int KILLS = Campaign.size("lgsp.kills", 3, 20);

    private final Path data;
    private final Random random = new Random();

    /** What the killed processes had said of each exchange, at last. */
    private final Map<ExchangeId, String> said = new HashMap<>();

    DeliveryStoreKillIT(@TempDir Path data) {
        this.data = data;
    }

    @Test
    void nothing_that_was_completed_is_lost_with_the_embedded_database() throws IOException, InterruptedException {
        kills(DatabaseSettings.under(data));
    }

    @Test
    void nothing_that_was_completed_is_lost_with_postgresql() throws IOException, InterruptedException {
        try (EmbeddedPostgres postgres = EmbeddedPostgres.start()) {
            kills(new DatabaseSettings(postgres.getJdbcUrl("postgres", "postgres"), "postgres", ""));
        }
    }

    private void kills(DatabaseSettings settings) throws IOException, InterruptedException {
        for (int kill = 1; kill <= KILLS; kill++) {
            runAndKill(settings);
            everythingIsThere(settings);
        }
        assertThat(said.values()).contains("accepted", "delivered", "parked");
    }

    private void runAndKill(DatabaseSettings settings) throws IOException, InterruptedException {
        // A file, not a pipe: what was written to it stays when the writer is killed.
        Path heard = Files.createTempFile(data, "heard", ".txt");
        List<String> command = ChildJava.line(KilledStore.class, "-Xmx256m");
        command.addAll(List.of(settings.url(), settings.user()));
        Process store = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .redirectOutput(heard.toFile())
                .start();
        try {
            // It has begun to work, and is in the middle of it.
            long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
            while (Files.size(heard) == 0 && System.nanoTime() < deadline) {
                assertThat(store.waitFor(20, TimeUnit.MILLISECONDS))
                        .as("ended by itself")
                        .isFalse();
            }
            assertThat(store.waitFor(random.nextInt(1_500), TimeUnit.MILLISECONDS))
                    .as("ended by itself")
                    .isFalse();
        } finally {
            store.destroyForcibly().waitFor();
        }
        for (String line : Files.readAllLines(heard, StandardCharsets.US_ASCII)) {
            String[] words = line.split(" ", 2);
            if (words.length == 2 && words[1].length() == 36) {
                said.put(ExchangeId.of(words[1]), words[0]);
            }
        }
    }

    private void everythingIsThere(DatabaseSettings settings) {
        try (Database database = new Database(settings);
                DeliveryStore store = new DeliveryStore(database, Clock.systemUTC(), "node-1")) {
            done(store.releaseOwn());
            int opened = 0;
            for (Map.Entry<ExchangeId, String> one : said.entrySet()) {
                ExchangeId id = one.getKey();
                DeliveryId delivery = DeliveryId.of(id, INSURANCE);
                switch (one.getValue()) {
                    case "accepting" -> assertThat(done(store.promote(id))).isTrue();
                    case "accepted" -> {
                        DeliveryState state =
                                store.find(id).orElseThrow().deliveries().get(0).state();
                        // the end of its attempt may have been committed, and not said
                        if (state == DeliveryState.ACCEPTED && opened++ < 20) {
                            Claim.Begun begun =
                                    (Claim.Begun) done(store.begin(delivery, Duration.ofMinutes(1), Set.of()));
                            assertThat(begun.content().content()).hasSize(1_024);
                            done(store.failed(
                                    delivery,
                                    begun.attempt().number(),
                                    vn.lgsp.failure.ErrorCode.PROVIDER_TIMEOUT,
                                    java.util.Optional.empty(),
                                    java.util.Optional.of(Messages.NOON)));
                        }
                    }
                    case "delivered", "parked" ->
                        assertThat(store.find(id)
                                        .orElseThrow()
                                        .deliveries()
                                        .get(0)
                                        .state()
                                        .label())
                                .isEqualTo(one.getValue());
                    default -> throw new AssertionError(one.getValue());
                }
            }
        }
    }
}
