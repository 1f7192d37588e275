package vn.lgsp.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import vn.lgsp.Campaign;

/**
 * A bus that synchronises a dataset is killed in the middle, several times: the run goes on by itself, and in the end every item is at the
 * destination once (SHR-02).
 *
 * <p>{@code -Dlgsp.kills=20} kills more often, {@code -Dlgsp.seed=...} at the pages of an earlier run.
 */
final class SynchroniseKillIT {
    private static final int KILLS = Campaign.size("lgsp.kills", 1, 20);
    private static final long SEED = Long.getLong("lgsp.seed", System.nanoTime());
    private static final int PAGES_TO_A_KILL = 30;
    private static final int PAGE = 10;
    private static final Duration SOON = Duration.ofSeconds(90);

    @TempDir
    private Path folder;

    @Test
    void killed_in_the_middle_with_the_embedded_database_it_goes_on_and_every_item_arrives_once() {
        killManyTimes("h2", KILLS, Map.of());
    }

    @Test
    void killed_in_the_middle_with_postgresql_it_goes_on_and_every_item_arrives_once() throws Exception {
        try (EmbeddedPostgres postgres = EmbeddedPostgres.start()) {
            killManyTimes(
                    "postgresql",
                    Math.max(1, KILLS / 3),
                    Map.of(
                            "lgsp.database.url",
                            postgres.getJdbcUrl("postgres", "postgres"),
                            "lgsp.database.user",
                            "postgres"));
        }
    }

    private void killManyTimes(String name, int kills, Map<String, String> more) {
        Random random = new Random(SEED);
        int items = (kills + 1) * PAGES_TO_A_KILL * PAGE;
        try (Dataset dataset = new Dataset(items, PAGE)) {
            TestBus.Builder builder =
                    GuaranteedCity.withOperator(dataset.services(TestBus.in(folder), ", what: whole"));
            more.forEach(builder::setting);
            Map<String, String> settings = builder.prepare();
            for (int kill = 1; kill <= kills; kill++) {
                int page = (kill - 1) * PAGES_TO_A_KILL + 5 + random.nextInt(PAGES_TO_A_KILL - 10);
                try (ChildBus bus = ChildBus.run(folder, settings, "-Xmx256m", "-XX:TieredStopAtLevel=1")
                        .ready()) {
                    if (kill == 1) {
                        await().atMost(SOON)
                                .until(() -> SynchroniseIT.begin(bus.managementPort(), Dataset.READ, true)
                                                .statusCode()
                                        == 202);
                    }
                    await().atMost(SOON)
                            .pollInterval(Duration.ofMillis(1 + random.nextInt(9)))
                            .until(() -> dataset.source().received().stream()
                                    .anyMatch(seen -> seen.uri().equals("/items?after=" + page * PAGE)));
                    bus.kill();
                }
            }
            try (ChildBus bus = ChildBus.run(folder, settings, "-Xmx256m", "-XX:TieredStopAtLevel=1")
                    .ready()) {
                await().atMost(SOON)
                        .ignoreException(UncheckedIOException.class)
                        .until(() -> SynchroniseIT.newest(bus.managementPort()).has("ended"));
                JsonNode runs = SynchroniseIT.runs(bus.managementPort());
                assertThat(runs).as(runs.toString()).hasSize(1);
                JsonNode run = runs.path(0);
                assertThat(run.path("state").asText()).as(run.toString()).isEqualTo("done");
                assertThat(run.path("resumed").asInt()).isEqualTo(kills);
                assertThat(run.path("items").asInt())
                        .isEqualTo(items)
                        .isEqualTo(run.path("total").asInt());
                await().atMost(SOON)
                        .untilAsserted(() -> assertThat(dataset.items()).hasSizeGreaterThanOrEqualTo(items));
                List<Integer> arrived = dataset.items().sorted().toList();
                assertThat(arrived)
                        .isEqualTo(IntStream.rangeClosed(1, items).boxed().toList());
                System.out.printf(
                        "SynchroniseKillIT %s: seed %d, %d kills, %d items in %d pages, %d pages read, %d attempts at the destination%n",
                        name,
                        SEED,
                        kills,
                        items,
                        run.path("pages").asInt(),
                        dataset.source().received().size(),
                        dataset.archive().received().size());
            }
        }
    }
}
