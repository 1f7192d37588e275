package vn.lgsp.command;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import vn.lgsp.torture.Torture;
import vn.lgsp.torture.TortureSettings;

/** {@code lgsp torture}: kills a bus of its own again and again, and counts afterwards. */
@Command(
        name = "torture",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Kills a bus with SIGKILL at random moments while sources send and destinations misbehave, starts it again, and"
                    + " counts afterwards: what was acknowledged is at both destinations, and the bus tells the truth about it.",
            "",
            "It starts the bus itself, on loopback and free ports, and ends it. A run takes about a minute. Ends with 0 only if"
                    + " nothing was wrong in any run; the files of a wrong run stay."
        },
        footer = {"", "Examples:", "  ./lgsp torture", "  ./lgsp torture --runs 20 --seed 7"})
public final class TortureCommand implements Callable<Integer> {
    @Option(names = "--runs", defaultValue = "1", description = "1 to 10000, default 1")
    private int runs;

    @Option(names = "--messages", defaultValue = "500", description = "of each run; 8 to 100000, default 500")
    private int messages;

    @Option(
            names = "--seed",
            defaultValue = "1",
            description = "of the first run, the next has the next: content, misbehaviour and moments; default 1")
    private long seed;

    @Option(
            names = "--database",
            paramLabel = "URL",
            description =
                    "jdbc:postgresql://host/name?user=...&password=...; each run makes a schema of its own. Default: an"
                            + " H2 file for each run")
    private @Nullable String database;

    @Option(
            names = "--settle",
            defaultValue = "180",
            description = "seconds that the bus may need at the end until nothing waits; 1 to 3600, default 180")
    private int settle;

    @Option(
            names = "--work",
            paramLabel = "FOLDER",
            description = "for the files of the runs; default: a temporary one")
    private @Nullable Path work;

    @Option(
            names = "--home",
            paramLabel = "FOLDER",
            defaultValue = "",
            description = "that holds routes; default: here")
    private Path home = Path.of("");

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before it calls
    private CommandSpec command;

    @Override
    public Integer call() throws IOException {
        boolean own = work == null;
        Path folder = own ? Files.createTempDirectory("lgsp-torture") : Files.createDirectories(work);
        TortureSettings settings = new TortureSettings(
                runs,
                messages,
                seed,
                Optional.ofNullable(database),
                Duration.ofSeconds(settle),
                home.toAbsolutePath(),
                folder,
                sameProgram());
        boolean right = new Torture(settings, command.commandLine().getOut()).run();
        if (right && own) {
            Files.delete(folder);
        }
        return right ? ExitCode.DONE : ExitCode.NOT_DONE;
    }

    /** How this process was started: Java and class path; and its main class with the command that runs a bus. */
    private static TortureSettings.Command sameProgram() {
        return new TortureSettings.Command(
                List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-Xmx512m",
                        "-cp",
                        System.getProperty("java.class.path")),
                List.of(Lgsp.class.getName(), "run"));
    }
}
