package vn.lgsp.command;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Shows the guaranteed deliveries of the running bus, and sends parked ones again: through its management port, as an operator. */
@Command(
        name = "delivery",
        description = "Shows the guaranteed deliveries of the running bus, and sends parked ones again.",
        mixinStandardHelpOptions = true,
        subcommands = {DeliveryCommand.ListThem.class, DeliveryCommand.Show.class, DeliveryCommand.Retry.class},
        footer = {
            "",
            "Examples:",
            "  ./lgsp delivery list --state parked",
            "  ./lgsp delivery show 0f4be5f5-6a9c-8a53-9d4f-0d2f3c1b7a10",
            "  ./lgsp delivery retry 0f4be5f5-6a9c-8a53-9d4f-0d2f3c1b7a10"
        })
public final class DeliveryCommand implements Callable<Integer> {
    /** Delivery ids are UUIDs of this version, exchange ids are not. */
    private static final int DELIVERY_VERSION = 8;

    @Spec
    private CommandSpec command;

    @Override
    public Integer call() {
        throw new ParameterException(command.commandLine(), "say what to do: list, show or retry");
    }

    @Command(
            name = "list",
            description = "Lists deliveries, those accepted last first.",
            mixinStandardHelpOptions = true)
    static final class ListThem extends OperatorCommand {
        @Option(
                names = "--state",
                description = "only those that stand so: parked, accepted, waiting, delivering, delivered or expired")
        private @Nullable String state;

        @Option(names = "--destination", description = "only those to this system")
        private @Nullable String destination;

        @Option(names = "--exchange", description = "only those of this exchange")
        private @Nullable UUID exchange;

        @Option(names = "--limit", defaultValue = "50", description = "at most so many (${DEFAULT-VALUE})")
        private int limit;

        @Override
        int ask(ManagementClient bus) throws IOException, InterruptedException {
            StringBuilder path = new StringBuilder("/deliveries?limit=" + limit);
            add(path, "state", state);
            add(path, "destination", destination);
            add(path, "exchange", exchange);
            JsonNode found = bus.get(path.toString());
            if (output.isJson()) {
                output.json(Map.of("deliveries", found));
            } else if (found.isEmpty()) {
                output.say("No delivery fits.");
            } else {
                output.say(output.strong("%-36s  %-10s  %-20s  %-8s  %-24s  %s"
                        .formatted("delivery", "state", "destination", "attempts", "accepted", "reason")));
                found.forEach(delivery -> output.say("%-36s  %-10s  %-20s  %8s  %-24s  %s"
                        .formatted(
                                text(delivery, "delivery"),
                                text(delivery, "state"),
                                text(delivery, "destination"),
                                text(delivery, "attempts"),
                                text(delivery, "acceptedAt"),
                                delivery.at("/reason/code").asText())));
            }
            return ExitCode.DONE;
        }

        private void add(StringBuilder path, String name, @Nullable Object value) {
            if (value == null) {
                return;
            }
            if (!value.toString().matches("[A-Za-z0-9-]+")) {
                throw wrong("--" + name + " holds letters, digits and hyphens");
            }
            path.append('&').append(name).append('=').append(value);
        }
    }

    @Command(
            name = "show",
            description = "Shows one delivery, or those of an exchange.",
            mixinStandardHelpOptions = true)
    static final class Show extends OperatorCommand {
        @Parameters(paramLabel = "ID", description = "of a delivery or of an exchange")
        private UUID id = new UUID(0, 0);

        @Override
        int ask(ManagementClient bus) throws IOException, InterruptedException {
            List<JsonNode> found = found(bus, id);
            if (output.isJson()) {
                output.json(Map.of("deliveries", found));
                return ExitCode.DONE;
            }
            for (JsonNode delivery : found) {
                delivery.properties()
                        .forEach(field -> output.say("%-14s %s".formatted(field.getKey(), shown(field.getValue()))));
                output.say("");
            }
            return ExitCode.DONE;
        }
    }

    @Command(
            name = "retry",
            description =
                    "Sends a parked delivery again, or all parked ones of an exchange; ends with 0 only if all are queued.",
            mixinStandardHelpOptions = true)
    static final class Retry extends OperatorCommand {
        @Parameters(paramLabel = "ID", description = "of a delivery or of an exchange")
        private UUID id = new UUID(0, 0);

        @Override
        int ask(ManagementClient bus) throws IOException, InterruptedException {
            List<String> parked = id.version() == DELIVERY_VERSION
                    ? List.of(id.toString())
                    : found(bus, id).stream()
                            .filter(delivery -> text(delivery, "state").equals("parked"))
                            .map(delivery -> text(delivery, "delivery"))
                            .toList();
            List<Map<String, Object>> results = new ArrayList<>();
            boolean all = !parked.isEmpty();
            for (String delivery : parked) {
                Optional<String> why = bus.retry(delivery);
                all &= why.isEmpty();
                Map<String, Object> result = new LinkedHashMap<>();
                result.put("delivery", delivery);
                result.put("queued", why.isEmpty());
                why.ifPresent(reason -> result.put("reason", reason));
                results.add(result);
                if (!output.isJson()) {
                    output.say(delivery + " "
                            + why.map(text -> output.bad("NOT queued") + ": " + text)
                                    .orElse("queued"));
                }
            }
            if (output.isJson()) {
                output.json(Map.of("deliveries", results));
            } else if (parked.isEmpty()) {
                output.say("No delivery of this exchange is parked, so nothing was sent again.");
            }
            return all ? ExitCode.DONE : ExitCode.NOT_DONE;
        }
    }

    private static String shown(JsonNode value) {
        if (value.isObject()) {
            return value.path("code").asText() + ": " + value.path("meaning").asText();
        }
        List<String> items = new ArrayList<>();
        value.forEach(item -> items.add(item.asText()));
        return value.isArray() ? String.join(", ", items) : value.asText();
    }

    private static List<JsonNode> found(ManagementClient bus, UUID id) throws IOException, InterruptedException {
        if (id.version() == DELIVERY_VERSION) {
            return List.of(bus.get("/deliveries/" + id));
        }
        List<JsonNode> found = new ArrayList<>();
        bus.get("/deliveries?limit=500&exchange=" + id).forEach(found::add);
        if (found.isEmpty()) {
            throw new IOException("no guaranteed exchange has this id: ./lgsp delivery list shows those there are");
        }
        return found;
    }
}
