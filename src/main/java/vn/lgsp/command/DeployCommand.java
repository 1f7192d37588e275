package vn.lgsp.command;

import static vn.lgsp.command.OperatorCommand.text;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import vn.lgsp.message.UnitKey;
import vn.lgsp.parse.JsonParsers;

/**
 * Shows what was deployed on the running bus, brings files into force and earlier revisions back: through its management port, as an
 * operator.
 *
 * @see "BUS-12, BUS-14"
 */
@Command(
        name = "deploy",
        description = "Shows what was deployed on the running bus, brings files into force and earlier revisions back.",
        mixinStandardHelpOptions = true,
        subcommands = {
            DeployCommand.History.class,
            DeployCommand.Diff.class,
            DeployCommand.Apply.class,
            DeployCommand.Rollback.class
        },
        footer = {
            "",
            "Examples:",
            "  ./lgsp deploy history land-parcel-lookup",
            "  ./lgsp deploy diff land-parcel-lookup",
            "  ./lgsp deploy apply --reason \"new parcel numbers\"",
            "  ./lgsp deploy rollback land-parcel-lookup --reason \"parcels of district 3 are missing\""
        })
public final class DeployCommand implements Callable<Integer> {
    @Spec
    private CommandSpec command;

    @Override
    public Integer call() {
        throw new ParameterException(command.commandLine(), "say what to do: history, diff, apply or rollback");
    }

    @Command(
            name = "history",
            description = "Lists what was done, the newest first.",
            mixinStandardHelpOptions = true,
            footer = {"", "Examples:", "  ./lgsp deploy history", "  ./lgsp deploy history land-parcel-lookup/v1"})
    static final class History extends OperatorCommand {
        private static final String LINE = "%-30s  %-16s  %-40s  %-12s  %-12s  %-24s  %s";

        @Parameters(paramLabel = "SERVICE", arity = "0..1", description = "only of this one")
        private @Nullable String service;

        @Option(names = "--limit", defaultValue = "50", description = "at most so many (${DEFAULT-VALUE})")
        private int limit;

        @Override
        int ask(ManagementClient bus) throws IOException, InterruptedException {
            String path = "/deployments?limit=" + limit
                    + (service == null ? "" : "&service=" + ServiceCommand.resolved(bus, service, command()));
            JsonNode acts = bus.get(path);
            if (output.isJson()) {
                output.json(Map.of("history", acts));
            } else if (acts.isEmpty()) {
                output.say("Nothing was deployed.");
            } else {
                output.say(output.strong(
                        LINE.formatted("at", "action", "service", "before", "after", "by", "reason, or what changed")));
                acts.forEach(act -> output.say(line(act)));
            }
            return ExitCode.DONE;
        }

        private static String line(JsonNode act) {
            return LINE.formatted(
                            text(act, "at"),
                            text(act, "action"),
                            act.has("service") ? text(act, "service") : text(act, "card"),
                            UnitKey.brief(text(act, "before")),
                            UnitKey.brief(text(act, "after")),
                            text(act, "who"),
                            why(act))
                    .stripTrailing();
        }

        private static String why(JsonNode act) {
            if (act.has("reason")) {
                return text(act, "reason");
            }
            JsonNode told = act.path(text(act, "action").endsWith("refused") ? "checks" : "files");
            int more = told.size() - 1;
            return told.isEmpty() ? "" : told.get(0).asText() + (more > 0 ? " and " + more + " more" : "");
        }
    }

    @Command(
            name = "diff",
            description = "Shows what differs between two revisions of a service.",
            mixinStandardHelpOptions = true,
            footer = {
                "",
                "Examples:",
                "  ./lgsp deploy diff land-parcel-lookup",
                "  ./lgsp deploy diff land-parcel-lookup --from 3f9a0c --to home"
            })
    static final class Diff extends OperatorCommand.OfService {
        @Option(
                names = "--from",
                paramLabel = "DIGEST",
                description = "the beginning of the digest of a revision; otherwise the one before")
        private @Nullable String from;

        @Option(
                names = "--to",
                paramLabel = "DIGEST",
                description = "the same, or 'home' for the files as they lie there; otherwise the one in force")
        private @Nullable String to;

        @Override
        int ask(ManagementClient bus) throws IOException, InterruptedException {
            JsonNode changes =
                    bus.get("/deployments/diff?service=" + service(bus) + digest("from", from) + digest("to", to));
            if (output.isJson()) {
                output.json(Map.of("changes", changes));
            } else if (changes.isEmpty()) {
                output.say("They do not differ.");
            } else {
                changes.forEach(change ->
                        Arrays.stream(text(change, "text").split("\n")).forEach(line -> output.say(coloured(line))));
            }
            return ExitCode.DONE;
        }

        private String digest(String name, @Nullable String written) {
            if (written == null) {
                return "";
            }
            if (!written.matches("[0-9a-f]{1,64}|home")) {
                throw wrong("--" + name + " is the beginning of a digest, such as 3f9a0c, or home");
            }
            return "&" + name + "=" + written;
        }

        private String coloured(String line) {
            if (line.startsWith("+++") || line.startsWith("---")) {
                return output.strong(line);
            }
            return line.startsWith("+") ? output.good(line) : line.startsWith("-") ? output.bad(line) : line;
        }
    }

    @Command(
            name = "apply",
            description = "Brings into force what has changed; ends with 0 only if nothing is refused.",
            mixinStandardHelpOptions = true,
            footer = {"", "Examples:", "  ./lgsp deploy apply --reason \"new parcel numbers\""})
    static final class Apply extends OperatorCommand {
        @Mixin
        private Language language = new Language();

        @Option(names = "--reason", description = "why, on one line; it goes into the ledger")
        private String reason = "";

        @Override
        int ask(ManagementClient bus) throws IOException, InterruptedException {
            try (Progress progress = output.progress("the bus looks at its files")) {
                JsonNode outcome = bus.post("/deployments/apply", Map.of("reason", reason));
                return tell(output, language, outcome);
            }
        }
    }

    @Command(
            name = "rollback",
            description = "Brings an earlier revision of a service into force, until its files change.",
            mixinStandardHelpOptions = true,
            footer = {
                "",
                "Examples:",
                "  ./lgsp deploy rollback land-parcel-lookup --reason \"parcels of district 3 are missing\"",
                "  ./lgsp deploy rollback land-parcel-lookup/v1 --to 3f9a0c --reason \"as before\""
            })
    static final class Rollback extends OperatorCommand.OfService {
        @Mixin
        private Language language = new Language();

        @Option(
                names = "--to",
                paramLabel = "DIGEST",
                description = "the beginning of its digest; otherwise the one before the one in force")
        private @Nullable String to;

        @Option(names = "--reason", required = true, description = "why, on one line; it goes into the ledger")
        private String reason = "";

        @Override
        int ask(ManagementClient bus) throws IOException, InterruptedException {
            if (reason.isBlank()) {
                throw wrong("--reason says nothing: say why");
            }
            Map<String, String> wish = new LinkedHashMap<>();
            wish.put("service", service(bus));
            Optional.ofNullable(to).ifPresent(digest -> wish.put("to", digest));
            wish.put("reason", reason);
            JsonNode outcome = bus.post("/deployments/rollback", wish);
            if (output.isJson()) {
                output.json(Map.of("done", outcome.path("done")));
            } else {
                outcome.path("done").forEach(act -> output.say(act(act)));
                output.say("It stays so until its files change.");
            }
            return ExitCode.DONE;
        }
    }

    private static int tell(Output output, Language language, JsonNode outcome) {
        JsonNode refused = outcome.path("refused");
        if (output.isJson()) {
            ObjectNode all = JsonParsers.own().createObjectNode();
            all.set("done", outcome.path("done"));
            Refusals.json(all.putArray("refused"), language.locale(), refused);
            output.json(all);
        } else {
            if (outcome.path("done").isEmpty()) {
                output.say("Nothing has changed.");
            }
            outcome.path("done").forEach(act -> {
                if (!text(act, "action").equals("refused")) {
                    output.say(act(act));
                }
            });
            Refusals.say(output, language.locale(), refused);
        }
        return refused.isEmpty() ? ExitCode.DONE : ExitCode.NOT_DONE;
    }

    private static String act(JsonNode act) {
        String after = UnitKey.brief(text(act, "after"));
        return text(act, "service") + " " + text(act, "action") + (after.isEmpty() ? "" : ", revision " + after);
    }
}
