package vn.lgsp.command;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Shows the organisations that document systems ask for, and decides on them: through the management port, as an operator. */
@Command(
        name = "agencies",
        description = "Shows the organisations that document systems ask the running bus for, and decides on them.",
        mixinStandardHelpOptions = true,
        subcommands = {AgenciesCommand.ListThem.class, AgenciesCommand.Approve.class, AgenciesCommand.Refuse.class},
        footer = {
            "",
            "Examples:",
            "  ./lgsp agencies list --state asked",
            "  ./lgsp agencies approve 3b1f6f0e-5f0a-4c2e-9d5e-0d2f3c1b7a10 --reason \"founded on 1 March\"",
            "  ./lgsp agencies refuse 3b1f6f0e-5f0a-4c2e-9d5e-0d2f3c1b7a10 --reason \"the code is not in the decision\""
        })
public final class AgenciesCommand implements Callable<Integer> {
    @Spec
    private CommandSpec command;

    @Override
    public Integer call() {
        throw new ParameterException(command.commandLine(), "say what to do: list, approve or refuse");
    }

    @Command(
            name = "list",
            description = "Lists what was asked for, the newest first.",
            mixinStandardHelpOptions = true)
    static final class ListThem extends OperatorCommand {
        @Option(names = "--state", description = "only those that stand so: asked, in-force, refused or ended")
        private @Nullable String state;

        @Option(names = "--limit", defaultValue = "100", description = "at most so many (${DEFAULT-VALUE})")
        private int limit;

        @Override
        int ask(ManagementClient bus) throws IOException, InterruptedException {
            if (state != null && !state.matches("asked|in-force|refused|ended")) {
                throw wrong("--state is asked, in-force, refused or ended");
            }
            JsonNode found = bus.get("/agencies?limit=" + limit + (state == null ? "" : "&state=" + state));
            if (output.isJson()) {
                output.json(Map.of("agencies", found));
            } else if (found.isEmpty()) {
                output.say("No registration fits.");
            } else {
                output.say(output.strong("%-36s  %-8s  %-20s  %-20s  %-24s  %s"
                        .formatted("agency", "state", "system", "code", "asked", "name")));
                found.forEach(one -> output.say("%-36s  %-8s  %-20s  %-20s  %-24s  %s"
                        .formatted(
                                text(one, "agency"),
                                text(one, "state"),
                                text(one, "system"),
                                text(one, "code"),
                                text(one, "asked"),
                                text(one, "name"))));
            }
            return ExitCode.DONE;
        }
    }

    /** What an operator decides. */
    abstract static class Decision extends OperatorCommand {
        @Parameters(paramLabel = "ID", description = "as list shows it")
        private UUID id = new UUID(0, 0);

        final int decide(ManagementClient bus, String act, String reason) throws IOException, InterruptedException {
            JsonNode decided = bus.post("/agencies/" + id + "/" + act, Map.of("reason", reason));
            if (output.isJson()) {
                output.json(decided);
            } else {
                output.say(text(decided, "code") + " of " + text(decided, "system") + ": " + text(decided, "state"));
            }
            return ExitCode.DONE;
        }
    }

    @Command(
            name = "approve",
            description =
                    "Puts a registration in force: its system sends and receives for the organisation from now on.",
            mixinStandardHelpOptions = true)
    static final class Approve extends Decision {
        @Option(names = "--reason", description = "why, on one line; it stands with the registration")
        private String reason = "";

        @Override
        int ask(ManagementClient bus) throws IOException, InterruptedException {
            return decide(bus, "approve", reason);
        }
    }

    @Command(name = "refuse", description = "Refuses a registration.", mixinStandardHelpOptions = true)
    static final class Refuse extends Decision {
        @Option(names = "--reason", required = true, description = "why, on one line; it stands with the registration")
        private String reason = "";

        @Override
        int ask(ManagementClient bus) throws IOException, InterruptedException {
            return decide(bus, "refuse", reason);
        }
    }
}
