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
    private static final List<String> HEAD =
            List.of("system", "link", "breaker", "calls", "deliveries", "last answer", "last failure", "name");

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
            table(systems);
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

    /** Columns as wide as what stands in them: a failure with a partner's code may be long. */
    private void table(JsonNode systems) {
        List<List<String>> rows = new ArrayList<>();
        rows.add(HEAD);
        systems.forEach(one -> rows.add(List.of(
                text(one, "system"),
                text(one, "link"),
                text(one, "breaker"),
                text(one, "waitingCalls"),
                deliveries(one),
                time(one.path("lastAnswer")),
                failure(one.path("lastFailure")),
                text(one, "name"))));
        for (int i = 0; i < rows.size(); i++) {
            StringBuilder line = new StringBuilder();
            for (int column = 0; column < HEAD.size(); column++) {
                int place = column;
                int width = rows.stream()
                        .mapToInt(row -> row.get(place).length())
                        .max()
                        .orElse(0);
                line.append(rows.get(i).get(column))
                        .append(" ".repeat(width - rows.get(i).get(column).length() + 2));
            }
            String shown = line.toString().stripTrailing();
            output.say(i == 0 ? output.strong(shown) : shown);
        }
    }

    /** How many wait, and how many wait for an operator; {@code ?} while the database does not tell. */
    private static String deliveries(JsonNode one) {
        if (text(one, "protocol").isEmpty()) {
            return "";
        }
        JsonNode deliveries = one.path("deliveries");
        long parked = deliveries.path("parked").asLong();
        return deliveries.isMissingNode()
                ? "?"
                : deliveries.path("waiting").asLong() + (parked == 0 ? "" : ", parked " + parked);
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
