package vn.lgsp.guarantee;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import vn.lgsp.database.Database;
import vn.lgsp.database.DatabaseSettings;
import vn.lgsp.failure.BusException;
import vn.lgsp.failure.ErrorCode;

/** Everybody waits for the one thread of the committer, so nothing may end it. */
final class CommitterTest {
    @TempDir
    Path folder;

    @Test
    void a_call_that_breaks_answers_that_nobody_knows_and_the_next_one_is_carried_out() throws Exception {
        Committer.Kind<String, String> breaks = new Committer.Kind<>(1, Committer.Effect.CHANGES, (session, inputs) -> {
            throw new StackOverflowError();
        });
        Committer.Kind<String, String> echoes =
                new Committer.Kind<>(2, Committer.Effect.READS, (session, inputs) -> List.copyOf(inputs));
        try (Database database = new Database(DatabaseSettings.under(folder));
                Committer committer = new Committer(database, Clock.systemUTC())) {
            database.open();

            CompletableFuture<String> broken = committer.call(breaks, "a", 0, "a");

            assertThatThrownBy(() -> broken.get(20, TimeUnit.SECONDS))
                    .extracting(
                            failure -> BusException.in(failure).orElseThrow().code())
                    .isEqualTo(ErrorCode.ACCEPTANCE_UNKNOWN);
            assertThat(committer.call(echoes, "b", 0, "b").get(20, TimeUnit.SECONDS))
                    .isEqualTo("b");
        }
    }

    @Test
    void what_nobody_waits_for_shares_the_commit_of_what_somebody_waits_for_and_needs_none_of_that_to_be_done()
            throws Exception {
        Committer.Work<String, String> work = (session, inputs) -> List.copyOf(inputs);
        Committer.Kind<String, String> patient = new Committer.Kind<>(1, Committer.Effect.CHANGES, true, work);
        Committer.Kind<String, String> urgent = new Committer.Kind<>(2, Committer.Effect.CHANGES, work);
        try (Database database = new Database(DatabaseSettings.under(folder));
                Committer committer = new Committer(database, Clock.systemUTC())) {
            database.open();
            assertThat(committer.call(patient, "alone", 0, "alone").get(20, TimeUnit.SECONDS))
                    .isEqualTo("alone");

            for (int i = 0; i < 100; i++) {
                CompletableFuture<String> waits = committer.call(patient, "patient", 0, "patient");
                committer.call(urgent, "urgent", 0, "urgent").get(20, TimeUnit.SECONDS);
                waits.get(20, TimeUnit.SECONDS);
            }

            assertThat(committer.commits()).isLessThan(1 + 150);
        }
    }
}
