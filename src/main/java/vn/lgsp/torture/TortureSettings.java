package vn.lgsp.torture;

import static vn.lgsp.message.Range.within;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * What a torture is made of.
 *
 * @param runs each with a bus, data and keys of its own; 1 to 10,000
 * @param messages of each run; 8 to 100,000
 * @param seed of the first run; the next has the next. It decides content, misbehaviour and when the bus is killed, not how threads and
 *     processes meet
 * @param database JDBC address of a PostgreSQL, with user and password in it, in which each run makes a schema of its own; otherwise each run has
 *     an H2 file
 * @param settle how long the bus may need at the end until nothing waits; 1 s to 1 h
 * @param home the folder with the shipped {@code routes}, {@code transforms} and {@code connectors}
 * @param work where each run has a folder; that of a clean run is deleted
 * @param command that starts a bus when {@code -Dname=value} settings and {@code run} are put into it: up to the class path, and from the main
 *     class on
 */
public record TortureSettings(
        int runs,
        int messages,
        long seed,
        Optional<String> database,
        Duration settle,
        Path home,
        Path work,
        Command command) {

    /** The two halves of the command line, between which the settings stand. */
    public record Command(List<String> java, List<String> bus) {}

    public TortureSettings {
        within("--runs", runs, 1, 10_000);
        within("--messages", messages, 8, 100_000);
        within("--settle", settle, Duration.ofSeconds(1), Duration.ofHours(1));
        if (database.filter(url -> !url.startsWith("jdbc:postgresql:")).isPresent()) {
            throw new IllegalArgumentException(
                    "--database is no address of a PostgreSQL: write jdbc:postgresql://host/name?user=...&password=..., or"
                            + " leave it out for H2");
        }
    }
}
