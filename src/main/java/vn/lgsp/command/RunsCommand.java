package vn.lgsp.command;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Shows the runs of a service with a schedule on the running bus, and begins one: through its management port, as an operator. */
@Command(
        name = "runs",
        description = "Shows the runs of a service that the bus starts by itself, and begins one.",
        mixinStandardHelpOptions = true,
        subcommands = {RunsCommand.ListThem.class, RunsCommand.Show.class, RunsCommand.Start.class},
        footer = {
            "",
            "Examples:",
            "  ./lgsp runs list land-change-gather",
            "  ./lgsp runs show land-change-gather --due 2026-03-01T19:00:00Z",
            "  ./lgsp runs start land-change-gather --whole"
        })
public final class RunsCommand implements Callable<Integer> {
    private static final int LONGEST_LIST = 500;

    @Spec
    private CommandSpec command;

    @Override
    public Integer call() {
        throw new ParameterException(command.commandLine(), "say what to do: list, show or start");
    }

    @Command(
            name = "list",
            description = "Lists the runs of a service, the newest first.",
            mixinStandardHelpOptions = true)
    static final class ListThem extends OperatorCommand.OfService {
        @Option(names = "--limit", defaultValue = "50", description = "at most so many (${DEFAULT-VALUE})")
        private int limit;

        @Override
        int ask(ManagementClient bus) throws IOException, InterruptedException {
            if (limit < 1 || limit > LONGEST_LIST) {
                throw wrong("--limit is 1 to " + LONGEST_LIST);
            }
            List<JsonNode> found = found(bus, service(bus), limit);
            if (output.isJson()) {
                output.json(Map.of("runs", found));
            } else if (found.isEmpty()) {
                output.say("It has not run yet.");
            } else {
                output.say(output.strong("%-24s  %-11s  %-24s  %-8s  %-10s  %s"
                        .formatted("due", "state", "ended", "pages", "items", "error")));
                found.forEach(run -> output.say("%-24s  %-11s  %-24s  %8s  %10s  %s"
                        .formatted(
                                text(run, "due"),
                                text(run, "state"),
                                text(run, "ended"),
                                text(run, "pages"),
                                text(run, "items"),
                                text(run, "error"))));
            }
            return ExitCode.DONE;
        }
    }

    @Command(
            name = "show",
            description = "Shows one run of a service: the newest, or the one of an instant.",
            mixinStandardHelpOptions = true)
    static final class Show extends OperatorCommand.OfService {
        @Option(names = "--due", description = "the instant of the run, as list shows it")
        private @Nullable String due;

        @Override
        int ask(ManagementClient bus) throws IOException, InterruptedException {
            String service = service(bus);
            JsonNode run = found(bus, service, due == null ? 1 : LONGEST_LIST).stream()
                    .filter(each -> due == null || text(each, "due").equals(due))
                    .findFirst()
                    .orElseThrow(() -> new IOException(
                            due == null
                                    ? service + " has not run yet"
                                    : service + " has no run of this instant: ./lgsp runs list shows those there are"));
            if (output.isJson()) {
                output.json(run);
            } else {
                run.properties()
                        .forEach(field -> output.say("%-10s %s"
                                .formatted(field.getKey(), field.getValue().asText())));
            }
            return ExitCode.DONE;
        }
    }

    @Command(
            name = "start",
            description = "Begins a run of a service, as soon as none of it is under way.",
            mixinStandardHelpOptions = true)
    static final class Start extends OperatorCommand.OfService {
        @Option(names = "--whole", description = "a dataset is read from its beginning")
        private boolean whole;

        @Override
        int ask(ManagementClient bus) throws IOException, InterruptedException {
            String service = service(bus);
            JsonNode begun = bus.post("/runs?service=" + service + "&whole=" + whole, Map.of());
            if (output.isJson()) {
                output.json(begun);
            } else {
                output.say(service + ": a run begins as soon as none is under way; ./lgsp runs list " + service
                        + " shows it");
            }
            return ExitCode.DONE;
        }
    }

    private static List<JsonNode> found(ManagementClient bus, String service, int limit)
            throws IOException, InterruptedException {
        List<JsonNode> found = new ArrayList<>();
        bus.get("/runs?service=" + service + "&limit=" + limit).forEach(found::add);
        return found;
    }
}
