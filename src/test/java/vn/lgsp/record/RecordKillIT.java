package vn.lgsp.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import vn.lgsp.Campaign;
import vn.lgsp.ChildJava;
import vn.lgsp.database.DatabaseSettings;

class RecordKillIT {
    private static final int KILLS = Campaign.size("lgsp.kills", 6, 40);
    private static final int LOOK_AFTER = 5;

    private final Path data;
    private final Random random = new Random();

    /** What the killed process had said of each exchange, at last. */
    private final Map<String, String> said = new HashMap<>();

    RecordKillIT(@TempDir Path data) {
        this.data = data;
    }

    @Test
    void whatever_was_said_to_be_durable_has_its_record_after_many_kills_and_none_is_there_twice()
            throws IOException, InterruptedException, SQLException {
        for (int kill = 1; kill <= KILLS; kill++) {
            runAndKill(kill % 2 == 0);
            if (kill % LOOK_AFTER == 0) {
                try (TestRecorder bus = new TestRecorder(KilledBus.settings(data))) {
                    bus.untilWritten();
                }
                everythingIsThere();
            }
        }
        assertThat(said.values()).contains("opened", "answered", "refused");
    }

    /** @param early from before its journal is open; otherwise until the database has taken rows for a while */
    private void runAndKill(boolean early) throws IOException, InterruptedException {
        // A file, not a pipe: what was written to it stays when the writer is killed.
        Path heard = Files.createTempFile(data, "heard", ".txt");
        List<String> command = ChildJava.line(KilledBus.class, "-Xmx256m");
        command.add(data.toString());
        Process bus = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .redirectOutput(heard.toFile())
                .start();
        try {
            if (!early) {
                await().atMost(Duration.ofMinutes(1))
                        .until(() -> !bus.isAlive() || Files.size(heard) > 0); // a busy machine starts it slowly
            }
            assertThat(bus.waitFor(300 + random.nextInt(1_200), TimeUnit.MILLISECONDS))
                    .as("ended by itself")
                    .isFalse();
        } finally {
            bus.destroyForcibly().waitFor();
        }
        for (String line : Files.readAllLines(heard, StandardCharsets.US_ASCII)) {
            String[] words = line.split(" ", 2);
            if (words.length == 2 && words[1].length() == 36) {
                said.put(words[1], words[0]);
            }
        }
    }

    private void everythingIsThere() throws SQLException {
        Map<String, String> rows = new HashMap<>();
        int count = 0;
        try (var connection = DriverManager.getConnection(
                        DatabaseSettings.under(data).url() + ";MODE=PostgreSQL;DATABASE_TO_LOWER=TRUE", "lgsp", "");
                var statement = connection.createStatement();
                var row = statement.executeQuery("select exchange_id, outcome from exchange_record")) {
            while (row.next()) {
                rows.put(row.getString(1), row.getString(2));
                count++;
            }
        }
        assertThat(count).as("no exchange twice").isEqualTo(rows.size());
        said.forEach((id, what) -> {
            String outcome = rows.getOrDefault(id, "nothing");
            switch (what) {
                case "opened" -> assertThat(outcome).isIn("unknown", "answered", "abandoned");
                case "answered" -> assertThat(outcome).isIn("answered", "abandoned");
                case "refused" -> assertThat(outcome).isEqualTo("refused");
                default -> throw new AssertionError(what);
            }
        });
    }
}
