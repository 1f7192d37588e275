package vn.lgsp.hub;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** The connection status of a system: level 1 without looking, level 2 with what stands behind each service. */
final class StatusProvider implements Simulator {
    private static final Map<String, List<String>> NEEDS =
            Map.of("findPerson", List.of("database", "cache"), "findCompany", List.of("database", "http"));
    private static final Map<String, String> CAUSES =
            Map.of("database", "DATABASE_UNREACHABLE", "cache", "CACHE_UNREACHABLE", "http", "DEPENDENCY_UNREACHABLE");

    private final Settings settings;
    private final Supplier<List<String>> down;

    /** @param down names of the simulators that are told to be down, each of which is a service here */
    StatusProvider(Settings settings, Supplier<List<String>> down) {
        this.settings = settings;
        this.down = down;
    }

    @Override
    public Answer answer(Call call) {
        boolean services = call.path().equals("/services");
        if (!services && !call.path().isEmpty() && !call.path().equals("/")) {
            return Answer.notFound();
        }
        call.operation(services ? "level 2" : "level 1");
        if (!call.isGet()) {
            return Answer.notAllowed("GET");
        }
        ObjectNode reply = Json.object()
                .put("code", call.fails() ? "01" : "00")
                .put("system", "H99.20.hub")
                .put(
                        "time",
                        DateTimeFormatter.ISO_OFFSET_DATE_TIME.format(
                                OffsetDateTime.ofInstant(call.now(), ZoneId.of("Asia/Ho_Chi_Minh"))
                                        .truncatedTo(ChronoUnit.SECONDS)));
        if (call.fails()) {
            return Answer.json(reply.put("cause", call.failure("SYSTEM_UNAVAILABLE")));
        }
        if (services) {
            ArrayNode list = reply.putArray("services");
            List<String> broken = Arrays.asList(settings.get("down").split(",", -1));
            NEEDS.keySet().stream().sorted().forEach(service -> {
                ObjectNode entry = list.addObject().put("service", service).put("version", "v1");
                NEEDS.getOrDefault(service, List.of()).stream()
                        .filter(broken::contains)
                        .findFirst()
                        .ifPresentOrElse(
                                component -> entry.put("code", "01").put("cause", CAUSES.getOrDefault(component, "")),
                                () -> entry.put("code", "00"));
            });
            down.get().forEach(name -> list.addObject()
                    .put("service", name)
                    .put("version", "v1")
                    .put("code", "01")
                    .put("cause", "CONNECTION_REFUSED"));
        }
        return Answer.json(reply);
    }
}
