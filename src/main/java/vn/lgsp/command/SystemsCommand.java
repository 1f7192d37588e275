package vn.lgsp.command;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import vn.lgsp.failure.Invalid;
import vn.lgsp.message.SystemId;
import vn.lgsp.parse.JsonParsers;

/** Tells which systems are connected to the running bus. */
@Command(
        name = "systems",
        description = {
            "Tells which systems are connected to the running bus, and how: address, kind of credential, suspension, what waits,",
            "the last answer and the last failure since the bus started. Never a secret."
        },
        mixinStandardHelpOptions = true,
        footer = {"", "Examples:", "  ./lgsp systems", "  ./lgsp systems ndxp", "  ./lgsp systems --json"})
public final class SystemsCommand extends OperatorCommand {
    private static final String LINE = "%-26s  %-6s  %-8s  %-7s  %-24s  %-42s  %s";

    @Parameters(paramLabel = "SYSTEM", arity = "0..1", description = "one system, such as ndxp; without it, all")
    private String system = "";

    @Override
    int ask(ManagementClient bus) throws IOException, InterruptedException {
        JsonNode systems = asked(bus);
        if (output.isJson()) {
            ObjectNode all = JsonParsers.own().createObjectNode();
            all.set("systems", systems);
            output.json(all);
        } else if (!system.isEmpty()) {
            systems.forEach(this::say);
        } else if (systems.isEmpty()) {
            output.say("The registry has no system.");
        } else {
            output.say(output.strong(
                    LINE.formatted("system", "link", "breaker", "waiting", "last answer", "last failure", "name")
                            .stripTrailing()));
            systems.forEach(one -> output.say(LINE.formatted(
                            text(one, "system"),
                            text(one, "link"),
                            text(one, "breaker"),
                            waiting(one),
                            time(one.path("lastAnswer")),
                            failure(one.path("lastFailure")),
                            text(one, "name"))
                    .stripTrailing()));
        }
        return ExitCode.DONE;
    }

    private JsonNode asked(ManagementClient bus) throws IOException, InterruptedException {
        if (system.isEmpty()) {
            return bus.get("/systems");
        }
        try {
            ArrayNode one = JsonParsers.own().createArrayNode();
            return one.add(bus.get("/systems/" + new SystemId(system)));
        } catch (Invalid noId) {
            throw wrong("a system is named as the registry has it, such as ndxp");
        }
    }

    private static String waiting(JsonNode one) {
        if (text(one, "protocol").isEmpty()) {
            return "";
        }
        JsonNode deliveries = one.path("deliveries");
        return text(one, "waitingCalls") + "+"
                + (deliveries.isMissingNode()
                        ? "?"
                        : String.valueOf(deliveries.path("waiting").asLong()));
    }

    private static String time(JsonNode heard) {
        String at = text(heard, "at");
        return at.length() < 19 ? at : at.substring(0, 19) + "Z";
    }

    private static String failure(JsonNode failure) {
        String code = text(failure, "partnerCode");
        return failure.isMissingNode()
                ? ""
                : time(failure) + " " + text(failure, "error") + (code.isEmpty() ? "" : " (" + code + ")");
    }

    private void say(JsonNode one) {
        output.say(output.strong(text(one, "system")) + "  " + text(one, "name"));
        line("agency", text(one, "agency"));
        line("link", text(one, "link"));
        line("address", text(one, "address"));
        line("credentials", list(one, "credentials"));
        line("breaker", text(one, "breaker"));
        line("calls that wait", text(one, "waitingCalls"));
        JsonNode deliveries = one.path("deliveries");
        if (!deliveries.isMissingNode()) {
            line(
                    "deliveries",
                    "waiting %s, for earlier steps %s, under way %s, parked %s"
                            .formatted(
                                    text(deliveries, "waiting"),
                                    text(deliveries, "steps"),
                                    text(deliveries, "delivering"),
                                    text(deliveries, "parked")));
        }
        line("deliveries in a second", text(one, "deliveryRate"));
        JsonNode answer = one.path("lastAnswer");
        line("last answer", (time(answer) + " " + text(answer, "status")).strip());
        line("last failure", failure(one.path("lastFailure")));
        line("provides", list(one, "provides"));
        line("accounts", list(one, "accounts"));
        line("consumes", list(one, "consumes"));
        JsonNode request = one.path("lastRequest");
        line("last request", (time(request) + " " + text(request, "outcome")).strip());
    }

    private void line(String what, String value) {
        if (!value.isEmpty()) {
            output.say("  %-24s%s".formatted(what, value));
        }
    }

    private static String list(JsonNode one, String name) {
        List<String> values = new ArrayList<>();
        one.path(name).forEach(value -> values.add(value.asText()));
        return String.join(", ", values);
    }
}
