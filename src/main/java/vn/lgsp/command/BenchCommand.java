package vn.lgsp.command;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.LocalDate;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import vn.lgsp.bench.Bench;
import vn.lgsp.bench.BenchPage;
import vn.lgsp.bench.BenchSettings;
import vn.lgsp.bench.BenchSettings.Contestant;
import vn.lgsp.bench.BenchSettings.Scenario;
import vn.lgsp.city.SampleKeys;

/** {@code lgsp bench}: measures the bus on this machine, beside bare Camel routes, nginx and a bare broker. */
@Command(
        name = "bench",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Measures the bus beside bare Camel routes, nginx, and for guaranteed delivery a bare broker.",
            "",
            "Takes about twenty-five minutes (--quick: about ten) and wants a machine that does nothing else. It starts what it"
                    + " measures itself, on loopback and free ports, and ends it."
        },
        footer = {"", "Examples:", "  ./lgsp bench --quick", "  ./lgsp bench --only guaranteed --write"})
public final class BenchCommand implements Callable<Integer> {
    static final Path PAGE = Path.of("docs", "reference", "performance.md");

    private static final Path LIBRARIES = Path.of("target", "bench-lib");

    @Option(names = "--seconds", defaultValue = "6", description = "length of one measurement; 1 to 60, default 6")
    private int seconds;

    @Option(names = "--rounds", defaultValue = "3", description = "1 to 20, default 3")
    private int rounds;

    @Option(names = "--warm-up", defaultValue = "15", description = "seconds; 0 to 120, default 15")
    private int warmUp;

    @Option(names = "--quick", description = "one round of 3 seconds after 5 of warm-up; for a first look only")
    private boolean quick;

    @Option(
            names = "--only",
            split = ",",
            description = "pass-through, lookup, slow, guaranteed, xslt, services, separated by commas; default all")
    private List<String> only = List.of();

    @Option(
            names = "--contestants",
            split = ",",
            description =
                    "nginx-acl, bare-camel, artemis-perf, bare-camel-jms, bus-without-record, bus, separated by commas;"
                            + " default all")
    private List<String> contestants = List.of();

    @Option(
            names = "--services",
            defaultValue = "5000",
            description = "how many the bus of the services scenario has; 100 to 20000, default 5000")
    private int services;

    @Option(
            names = "--database-url",
            paramLabel = "URL",
            description =
                    "a PostgreSQL database for the bus in the guaranteed scenario, jdbc:postgresql:...; default its own"
                            + " H2. User and password: LGSP_DATABASE_USER, LGSP_DATABASE_PASSWORD")
    private Optional<String> databaseUrl = Optional.empty();

    @Option(names = "--write", description = "put the result into docs/reference/performance.md")
    private boolean write;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before it calls
    private CommandSpec command;

    @Override
    public Integer call() throws IOException {
        BenchSettings settings = new BenchSettings(
                Duration.ofSeconds(quick ? 3 : seconds),
                quick ? 1 : rounds,
                Duration.ofSeconds(quick ? 5 : warmUp),
                chosen(only, Scenario.class),
                chosen(contestants, Contestant.class),
                services,
                databaseUrl);
        PrintWriter out = command.commandLine().getOut();
        String report = new Bench(settings, SampleKeys.TAX_OFFICE.key(), LIBRARIES, out).run();
        if (write) {
            BenchPage.write(PAGE, LocalDate.now(Clock.systemDefaultZone()), report);
            out.println("Written to " + PAGE);
            out.flush();
        }
        return ExitCode.DONE;
    }

    private static <E extends Enum<E>> Set<E> chosen(List<String> names, Class<E> kind) {
        if (names.isEmpty()) {
            return EnumSet.allOf(kind);
        }
        Set<E> chosen = EnumSet.noneOf(kind);
        for (String name : names) {
            chosen.add(Enum.valueOf(kind, name.toUpperCase(Locale.ROOT).replace('-', '_')));
        }
        return chosen;
    }
}
