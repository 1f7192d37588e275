package vn.lgsp.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import vn.lgsp.Campaign;

/** A small torture of the real bus, on both databases; {@code ./lgsp torture --runs 50} is the large one. */
class TortureIT {
    private static final Duration LONG = Duration.ofMinutes(8);

    @TempDir
    private Path folder;

    @Test
    void a_bus_that_is_killed_again_and_again_loses_nothing_and_tells_the_truth() {
        assertRight("--seed", "2026");
    }

    @Test
    @Tag(Campaign.TAG)
    void the_same_on_postgresql() throws IOException {
        try (EmbeddedPostgres postgres = EmbeddedPostgres.start()) {
            assertRight("--seed", "2027", "--database", postgres.getJdbcUrl("postgres", "postgres"));
        }
    }

    private void assertRight(String... more) {
        List<String> arguments =
                new ArrayList<>(List.of("torture", "--runs", "1", "--messages", "40", "--work", folder.toString()));
        arguments.addAll(List.of(more));
        ChildBus torture = ChildBus.command(folder, List.of(), arguments.toArray(String[]::new));
        int status = torture.exit(LONG);

        assertThat(torture.out()).as(torture.err()).contains("[right] run 1", "nothing lost, nothing wrong");
        assertThat(status).isZero();
        assertThat(torture.out()).containsPattern("kills [3-5] ").containsPattern("acknowledged [1-9][0-9]* ");
    }
}
