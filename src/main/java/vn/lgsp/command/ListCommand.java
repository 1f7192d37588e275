package vn.lgsp.command;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.HashSet;
import java.util.Set;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import vn.lgsp.message.UnitKey;
import vn.lgsp.parse.JsonParsers;

/** Lists what the running bus offers, and what it refuses and why. */
@Command(
        name = "list",
        description = "Lists the services of the running bus, and what it refuses, with the reasons.",
        mixinStandardHelpOptions = true,
        footer = {"", "Examples:", "  ./lgsp list", "  ./lgsp list --lang vi", "  ./lgsp list --json"})
public final class ListCommand extends OperatorCommand {
    private static final String LINE = "%-40s  %-8s  %-12s  %-14s  %s";

    @Mixin
    private Language language = new Language();

    @Override
    int ask(ManagementClient bus) throws IOException, InterruptedException {
        JsonNode services = bus.get("/services");
        JsonNode refused = bus.get("/deployments/refused");
        if (output.isJson()) {
            ObjectNode all = JsonParsers.own().createObjectNode();
            all.set("services", services);
            Refusals.json(all.putArray("refused"), language.locale(), refused);
            output.json(all);
            return ExitCode.DONE;
        }
        Set<String> wrong = new HashSet<>();
        refused.forEach(refusal -> wrong.add(text(refusal, "name")));
        if (services.isEmpty()) {
            output.say("The bus has no service.");
        } else {
            output.say(output.strong(LINE.formatted("service", "state", "revision", "files", "name")));
        }
        for (JsonNode service : services) {
            String key = text(service, "service");
            String unit = text(service, "unit");
            output.say(LINE.formatted(
                            key,
                            text(service, "state"),
                            unit.isEmpty() ? "none" : UnitKey.brief(unit),
                            wrong.contains(key)
                                    ? "refused"
                                    : service.path("heldBack").asBoolean() ? "held back" : "in force",
                            text(service, "name") + ending(service.path("deprecated")))
                    .stripTrailing());
        }
        if (!refused.isEmpty()) {
            output.say("");
            Refusals.say(output, language.locale(), refused);
        }
        return ExitCode.DONE;
    }

    private static String ending(JsonNode deprecated) {
        if (deprecated.isMissingNode()) {
            return "";
        }
        String last = text(deprecated, "sunset");
        String next = text(deprecated, "successor");
        return " (deprecated since " + text(deprecated, "since")
                + (last.isEmpty() ? "" : ", ends " + last)
                + (next.isEmpty() ? "" : ", then v" + next)
                + ")";
    }
}
