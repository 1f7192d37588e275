package vn.lgsp.command;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Lists what the running bus offers, and what it refuses and why. */
@Command(
        name = "list",
        description = "Lists the services of the running bus, and what it refuses, with the reasons.",
        mixinStandardHelpOptions = true,
        footer = {"", "Examples:", "  ./lgsp list", "  ./lgsp list --lang vi", "  ./lgsp list --json"})
public final class ListCommand implements Callable<Integer> {
    private static final String LINE = "%-40s  %-8s  %-12s  %-14s  %s";

    @Mixin
    private ManagementOptions management = new ManagementOptions();

    @Mixin
    private Output output = new Output();

    @Mixin
    private Language language = new Language();

    @Spec
    private CommandSpec command;

    @Override
    public Integer call() throws IOException, InterruptedException {
        ManagementClient bus = management.open(command);
        JsonNode services = bus.get("/services");
        JsonNode refused = bus.get("/deployments/refused");
        if (output.isJson()) {
            ObjectNode all = new ObjectMapper().createObjectNode();
            all.set("services", services);
            Refusals.json(all.putArray("refused"), language.locale(), refused);
            output.json(all);
            return ExitCode.DONE;
        }
        Set<String> wrong = new HashSet<>();
        refused.forEach(refusal -> wrong.add(refusal.path("name").asText()));
        if (services.isEmpty()) {
            output.say("The bus has no service.");
        } else {
            output.say(output.strong(LINE.formatted("service", "state", "revision", "files", "name")));
        }
        for (JsonNode service : services) {
            String key = service.path("service").asText();
            String unit = service.path("unit").asText();
            output.say(LINE.formatted(
                            key,
                            service.path("state").asText(),
                            unit.isEmpty() ? "none" : Refusals.brief(unit),
                            wrong.contains(key)
                                    ? "refused"
                                    : service.path("heldBack").asBoolean() ? "held back" : "in force",
                            service.path("name").asText())
                    .stripTrailing());
        }
        if (!refused.isEmpty()) {
            output.say("");
            Refusals.say(output, language.locale(), refused);
        }
        return ExitCode.DONE;
    }
}
