package vn.lgsp.command;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import vn.lgsp.message.UnitKey;

/**
 * Shows how the services of the running bus stand, and turns the switch of one of them: through its management port, as an operator.
 *
 * @see "BUS-22"
 */
@Command(
        name = "service",
        description = "Shows how the services of the running bus stand, and stops, starts or disables one of them.",
        mixinStandardHelpOptions = true,
        subcommands = {
            ServiceCommand.ListThem.class,
            ServiceCommand.Inspect.class,
            ServiceCommand.Stop.class,
            ServiceCommand.Start.class,
            ServiceCommand.Disable.class
        },
        footer = {
            "",
            "Examples:",
            "  ./lgsp service list",
            "  ./lgsp service inspect land-parcel-lookup",
            "  ./lgsp service stop land-parcel-lookup --reason \"the land registry moves house\"",
            "  ./lgsp service start land-parcel-lookup",
            "  ./lgsp service disable land-parcel-lookup/v1 --reason \"version 2 takes its place\""
        })
public final class ServiceCommand implements Callable<Integer> {
    private static final Pattern NAME = Pattern.compile("([a-z0-9-]{1,64})(?:/v([1-9][0-9]{0,2}))?");

    @Spec
    private CommandSpec command;

    @Override
    public Integer call() {
        throw new ParameterException(command.commandLine(), "say what to do: list, inspect, stop, start or disable");
    }

    @Command(name = "list", description = "Lists how every service stands.", mixinStandardHelpOptions = true)
    static final class ListThem extends OperatorCommand {
        @Option(names = "--state", description = "only those that stand so: started, stopped or disabled")
        private @Nullable String state;

        @Override
        int ask(ManagementClient bus) throws IOException, InterruptedException {
            if (state != null && !state.matches("started|stopped|disabled")) {
                throw wrong("--state is started, stopped or disabled");
            }
            List<JsonNode> found = new ArrayList<>();
            for (JsonNode service : bus.get("/services")) {
                if (state == null || text(service, "state").equals(state)) {
                    found.add(service);
                }
            }
            if (output.isJson()) {
                output.json(Map.of("services", found));
            } else if (found.isEmpty()) {
                output.say(state == null ? "The bus has no service." : "No service is " + state + ".");
            } else {
                String line = "%-40s  %-8s  %-12s  %-30s  %s";
                output.say(output.strong(line.formatted("service", "state", "revision", "since", "by")));
                found.forEach(service -> output.say(line.formatted(
                                text(service, "service"),
                                text(service, "state"),
                                UnitKey.brief(text(service, "unit")),
                                text(service, "since"),
                                text(service, "operator"))
                        .stripTrailing()));
            }
            return ExitCode.DONE;
        }
    }

    @Command(name = "inspect", description = "Tells all about one service.", mixinStandardHelpOptions = true)
    static final class Inspect extends OperatorCommand.OfService {
        @Override
        int ask(ManagementClient bus) throws IOException, InterruptedException {
            JsonNode found = bus.get("/services/" + service(bus));
            if (output.isJson()) {
                output.json(found);
            } else {
                found.properties()
                        .forEach(field -> output.say(
                                "%-10s %s", field.getKey(), field.getValue().asText()));
            }
            return ExitCode.DONE;
        }
    }

    @Command(
            name = "stop",
            description = "Lets a service take no exchange for a time; what it accepted waits.",
            mixinStandardHelpOptions = true)
    static final class Stop extends Turn {
        @Option(names = "--reason", required = true, description = "why, on one line; it goes into the ledger")
        private String reason = "";

        @Override
        int ask(ManagementClient bus) throws IOException, InterruptedException {
            return turn(bus, "stop", "stopped", reason);
        }
    }

    @Command(
            name = "start",
            description = "Lets a service take exchanges again; its deliveries go on.",
            mixinStandardHelpOptions = true)
    static final class Start extends Turn {
        @Option(names = "--reason", description = "why, on one line; it goes into the ledger")
        private String reason = "";

        @Override
        int ask(ManagementClient bus) throws IOException, InterruptedException {
            return turn(bus, "start", "started", reason);
        }
    }

    @Command(
            name = "disable",
            description = "Switches a service off; what it accepted is still delivered.",
            mixinStandardHelpOptions = true)
    static final class Disable extends Turn {
        @Option(names = "--reason", required = true, description = "why, on one line; it goes into the ledger")
        private String reason = "";

        @Override
        int ask(ManagementClient bus) throws IOException, InterruptedException {
            return turn(bus, "disable", "disabled", reason);
        }
    }

    /** What the three have in common. */
    abstract static class Turn extends OperatorCommand.OfService {
        int turn(ManagementClient bus, String act, String state, String reason)
                throws IOException, InterruptedException {
            if (!state.equals("started") && reason.isBlank()) {
                throw wrong("--reason says nothing: say why");
            }
            String key = service(bus);
            JsonNode now = bus.post("/services/" + key + "/" + act, Map.of("reason", reason));
            if (output.isJson()) {
                output.json(now);
            } else if (now.path("changed").asBoolean()) {
                output.say("%s is %s now.", key, output.strong(state));
            } else {
                output.say("%s was %s already%s: nothing has changed.", key, state, since(now));
            }
            return ExitCode.DONE;
        }

        private static String since(JsonNode now) {
            return now.has("since") ? ", since " + text(now, "since") + " by " + text(now, "operator") : "";
        }
    }

    /** Service and version, as they stand in an address. */
    static String resolved(ManagementClient bus, String service, CommandSpec command)
            throws IOException, InterruptedException {
        Matcher name = NAME.matcher(service);
        if (!name.matches()) {
            throw new ParameterException(
                    command.commandLine(),
                    "this is no name of a service: write one such as land-parcel-lookup, or land-parcel-lookup/v1");
        }
        if (name.group(2) != null) {
            return service;
        }
        List<String> versions = new ArrayList<>();
        for (JsonNode known : bus.get("/services")) {
            if (OperatorCommand.text(known, "service").startsWith(service + "/v")) {
                versions.add(OperatorCommand.text(known, "service"));
            }
        }
        if (versions.isEmpty()) {
            throw new IOException("the bus has no service " + service + ": ./lgsp service list names those there are");
        }
        if (versions.size() > 1) {
            throw new ParameterException(
                    command.commandLine(), service + " has several versions: write " + String.join(", or ", versions));
        }
        return versions.get(0);
    }
}
