package vn.lgsp.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import vn.lgsp.broker.ContentSeal;

/** Messages that wait at doors can be opened, or it is told why not (MSG-06). */
final class DoorSealTest {
    @TempDir
    private Path folder;

    private DoorSeal seal() {
        return new DoorSeal(
                folder.resolve("keyring"), folder.resolve("data"), Duration.ofMinutes(5), Clock.systemUTC());
    }

    @Test
    void keys_that_were_lost_are_told_with_their_remedy_as_soon_as_what_waits_is_known() throws IOException {
        ContentSeal.Closed waiting;
        try (DoorSeal before = seal()) {
            waiting = before.close(new byte[] {1, 2, 3});
            before.keep(Set.of(waiting.epoch()));
            assertThat(before.problem()).isEmpty();
        }
        try (Stream<Path> files = Files.list(folder.resolve("keyring/door"))) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }

        try (DoorSeal after = seal()) {
            after.keep(Set.of());
            assertThat(after.problem()).as("nothing waits").isEmpty();
            after.keep(Set.of(waiting.epoch()));
            assertThat(after.problem()).hasValueSatisfying(what -> assertThat(what)
                    .contains("keyring/door", List.of(waiting.epoch()).toString(), "put the folder back"));
            after.keep(Set.of());
            assertThat(after.problem()).as("it was taken away").isEmpty();
        }
    }
}
