package vn.lgsp.torture;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;

/**
 * Tortures guaranteed delivery: a bus of its own is killed with SIGKILL at random moments and started again while sources send and
 * destinations misbehave; afterwards the parties' own books are compared with each other and with what the bus says.
 *
 * @see "DLV-03, DLV-05, DLV-06"
 */
public final class Torture {
    /** The bus counts its deliveries once in five seconds at most. */
    private static final Duration CALM = Duration.ofSeconds(6);

    private static final Duration KILL_PATIENCE = Duration.ofSeconds(10);
    private static final Duration SOURCES_PATIENCE = Duration.ofMinutes(5);

    private final TortureSettings settings;
    private final PrintWriter out;

    /** @param out gets a line for each run, and what was found */
    public Torture(TortureSettings settings, PrintWriter out) {
        this.settings = settings;
        this.out = out;
    }

    /**
     * All runs, one after the other.
     *
     * @return whether nothing was wrong in any of them
     * @throws IllegalStateException with the end of its output, when a bus does not start
     */
    public boolean run() {
        int wrong = 0;
        long kills = 0;
        long acknowledged = 0;
        for (int run = 0; run < settings.runs(); run++) {
            long seed = settings.seed() + run;
            Ledger ledger = new Ledger();
            try (HttpDestination office = new HttpDestination(seed, ledger)) {
                TortureHome home = TortureHome.make(
                        settings.work().resolve("seed-" + seed).toAbsolutePath(), settings.home(), office.port());
                final Verdict verdict;
                try (QueueDestination archive = new QueueDestination(seed, ledger, home.brokerPort());
                        BusProcess bus = new BusProcess(home, settings.command(), database(seed))) {
                    TortureRun one = new TortureRun(
                            seed,
                            settings.messages(),
                            ledger,
                            bus,
                            new TortureRun.Patience(KILL_PATIENCE, SOURCES_PATIENCE, settings.settle(), CALM));
                    long begun = System.nanoTime();
                    verdict = one.run();
                    kills += one.kills();
                    acknowledged += verdict.acknowledged();
                    wrong += verdict.isClean() ? 0 : 1;
                    tell(run, seed, one.kills(), verdict, (System.nanoTime() - begun) / 1e9, home.folder());
                }
                if (verdict.isClean()) {
                    forget(seed, home);
                }
            }
        }
        out.printf(
                Locale.ROOT,
                "%d runs, %d kills, %d acknowledged: %s%n",
                settings.runs(),
                kills,
                acknowledged,
                wrong == 0 ? "nothing lost, nothing wrong" : wrong + " runs are WRONG");
        out.flush();
        return wrong == 0;
    }

    private void tell(int run, long seed, int kills, Verdict verdict, double seconds, Path folder) {
        out.printf(
                Locale.ROOT,
                "%s run %d  seed %d  kills %d  acknowledged %d  unknown %d  lost %d  half %d  wrong state %d  doubled %d"
                        + "  wrong content %d  refused %d  waiting %d  parked %d  repeats %d  %.1f s%n",
                verdict.isClean() ? "[right]" : "[WRONG]",
                run + 1,
                seed,
                kills,
                verdict.acknowledged(),
                verdict.unknown(),
                verdict.lost(),
                verdict.half(),
                verdict.wrongState(),
                verdict.doubled(),
                verdict.wrongContent(),
                verdict.refused(),
                verdict.waiting(),
                verdict.parked(),
                verdict.repeats(),
                seconds);
        if (!verdict.isClean()) {
            verdict.findings().forEach(finding -> out.println("    " + finding));
            out.println("    all of it is in " + folder);
        }
        out.flush();
    }

    /** What is right need not be kept. */
    private void forget(long seed, TortureHome home) {
        home.delete();
        settings.database().ifPresent(url -> execute(url, "DROP SCHEMA " + schema(seed) + " CASCADE"));
    }

    private Map<String, String> database(long seed) {
        return settings.database()
                .map(url -> {
                    execute(url, "DROP SCHEMA IF EXISTS " + schema(seed) + " CASCADE");
                    execute(url, "CREATE SCHEMA " + schema(seed));
                    return Map.of(
                            "lgsp.database.url",
                            url + (url.contains("?") ? "&" : "?") + "currentSchema=" + schema(seed));
                })
                .orElse(Map.of());
    }

    private static String schema(long seed) {
        return "torture_" + Long.toUnsignedString(seed);
    }

    private static void execute(String url, String sql) {
        try (Connection connection = DriverManager.getConnection(url);
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException failed) {
            // its text may hold the address, and so the password
            throw new IllegalStateException(
                    "the database at --database does not do as told: SQL state " + failed.getSQLState());
        }
    }
}
