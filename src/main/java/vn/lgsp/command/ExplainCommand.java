package vn.lgsp.command;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import vn.lgsp.catalogue.Registry;
import vn.lgsp.command.Explanation.Station;
import vn.lgsp.command.Explanation.Step;
import vn.lgsp.runtime.BusSettings;
import vn.lgsp.runtime.Configuration;
import vn.lgsp.runtime.RegistryDocument;
import vn.lgsp.unit.Unit;

/** {@code lgsp explain}: what happens to a message of a service, from the first byte in to the last byte out. */
@Command(
        name = "explain",
        description = {
            "Prints the way of a message through a service, step by step: the steps that every exchange walks, the service's own"
                    + " with its connectors opened, and the systems that are called, with limits, time-outs and retry plans.",
            "",
            "It reads the files, so it needs no bus; where one answers, it says whether that runs these files."
        },
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "Examples:",
            "  ./lgsp explain land-parcel-lookup",
            "  ./lgsp explain civil-birth-notify/v1 --json"
        })
public final class ExplainCommand implements Callable<Integer> {
    @Parameters(paramLabel = "SERVICE", description = "such as land-parcel-lookup, or land-parcel-lookup/v2")
    private String service = "";

    @Mixin
    private HomeOptions home = new HomeOptions();

    @Mixin
    private OperatorOptions operator = new OperatorOptions();

    @Mixin
    private Output output = new Output();

    @Spec
    private CommandSpec command;

    private record Told(@JsonUnwrapped Explanation explanation, Optional<Running> bus) {}

    /** What a running bus says of a service; empty where none answers. */
    private record Running(String state, Optional<String> unit) {}

    @Override
    public Integer call() throws IOException, InterruptedException {
        Configuration configuration = home.configuration();
        BusSettings settings = BusSettings.from(configuration);
        Registry registry = RegistryDocument.readWithoutSecrets(settings, configuration);
        List<Told> documents = new ArrayList<>();
        for (Unit unit : ServiceChoice.among(Unit.find(settings.home()).units(), service)) {
            Explanation explanation = Explanation.of(
                    unit, settings.home(), registry, Clock.systemUTC().instant());
            Optional<Running> running = running(unit, configuration);
            documents.add(new Told(explanation, running));
            if (!output.isJson()) {
                say(explanation, running);
            }
        }
        if (output.isJson()) {
            output.json(Map.of("services", documents));
        }
        return ExitCode.DONE;
    }

    private Optional<Running> running(Unit unit, Configuration configuration) throws IOException, InterruptedException {
        try {
            JsonNode known = operator.open(command, configuration)
                    .get("/services/" + unit.card().key());
            return Optional.of(new Running(
                    known.path("state").asText(),
                    Optional.ofNullable(known.path("unit").textValue())));
        } catch (Unreachable nobody) {
            return Optional.empty();
        }
    }

    private void say(Explanation told, Optional<Running> running) {
        output.say(output.strong(told.service()) + "  " + told.name() + " · " + told.englishName());
        output.say("  %s, answer %s, %s%s"
                .formatted(told.mode(), told.answer(), told.criterion(), told.personalData() ? ", personal data" : ""));
        output.say("  files " + told.unit().substring(0, 12) + ", "
                + running.map(bus -> bus(told, bus)).orElse("no bus answers, so it is not known what runs"));
        told.contracts().forEach(path -> output.say("  contract " + path));
        told.deprecated()
                .ifPresent(ending -> output.say("  "
                        + output.bad("deprecated since " + ending.since()
                                + ending.sunset().map(last -> ", ends " + last).orElse("")
                                + ending.successor()
                                        .map(version -> ", then v" + version)
                                        .orElse(""))));
        heading("Who may ask for what");
        told.operations()
                .forEach(offered -> output.say("  %-12s %s %s%s%s%s"
                        .formatted(
                                offered.id(),
                                offered.method(),
                                offered.address(),
                                offered.element().map(element -> "  " + element).orElse(""),
                                offered.accepts().isEmpty() ? "" : "  takes " + String.join(", ", offered.accepts()),
                                offered.answers().isEmpty()
                                        ? ""
                                        : "  may answer "
                                                + offered.answers().stream()
                                                        .map(String::valueOf)
                                                        .collect(Collectors.joining(", ")))));
        if (told.grants().isEmpty()) {
            output.say("  nobody: no grant is in force");
        }
        told.grants()
                .forEach(grant -> output.say("  %-24s %s%s  (%s)"
                        .formatted(
                                grant.consumer(),
                                grant.operations().isEmpty() ? "everything" : String.join(", ", grant.operations()),
                                grant.until().map(end -> " until " + end).orElse(""),
                                grant.grant())));
        told.schedule()
                .ifPresent(started -> output.say("  the bus itself, %s: %s%s"
                        .formatted(
                                started.timing(),
                                started.operation(),
                                started.as()
                                        .map(system -> " as " + system)
                                        .orElseGet(() -> output.bad(" by an account that is not registered")))));
        heading("The way");
        stations(told, told.way(), told.route(), 1);
        told.deliveries().forEach(delivery -> {
            heading("Each delivery to " + delivery.to());
            output.say(output.faint(
                    "  tried again after %s, then after twice as long, at most %s; parked after %d attempts; kept %s"
                            .formatted(delivery.first(), delivery.longest(), delivery.attempts(), delivery.life())));
            stations(told, delivery.way(), delivery.route(), 1);
        });
        if (!told.systems().isEmpty()) {
            heading("Systems that are called");
            told.systems().forEach(system -> {
                output.say("  %-22s %s, %s".formatted(system.system(), system.name(), system.agency()));
                output.say(output.faint("  %-22s %s%s%s"
                        .formatted(
                                "",
                                system.reached().equals("queue")
                                        ? "a queue of the broker"
                                        : system.reached() + ", " + system.network() + " network",
                                system.signed()
                                        .map(scheme -> ", signed by " + scheme)
                                        .orElse(", not signed"),
                                times(system))));
            });
        }
        if (!told.calls().isEmpty()) {
            heading("Services of this bus that are called");
            told.calls().forEach(call -> {
                output.say("  %-34s %s"
                        .formatted(
                                call.service() + "/" + call.operation(),
                                call.name().orElseGet(() -> output.bad("no card of it is here"))));
                output.say("  %-34s %s%s"
                        .formatted(
                                "",
                                call.as()
                                        .map(system -> output.faint("as " + system + ", "))
                                        .orElseGet(() -> output.bad("the account is not registered, ")),
                                call.grant()
                                                .map(grant -> output.faint("by the grant " + grant))
                                                .orElseGet(() -> output.bad("no grant is in force"))
                                        + output.faint(
                                                call.systems().isEmpty()
                                                        ? ""
                                                        : "; it calls " + String.join(", ", call.systems()))));
            });
        }
        if (!told.handsOn().isEmpty()) {
            heading("Services of this bus that take over from it");
            told.handsOn()
                    .forEach(taker -> output.say("  %-34s %s  %s"
                            .formatted(
                                    taker.service(),
                                    taker.name().orElseGet(() -> output.bad("no card of it is here")),
                                    output.faint("by " + taker.by()))));
        }
        output.say("");
    }

    private String bus(Explanation told, Running bus) {
        if (bus.unit().isEmpty()) {
            return output.bad("but the bus runs none");
        }
        boolean same = bus.unit().get().equals(told.unit());
        String state = bus.state().equals("started") ? "" : ", " + output.bad(bus.state());
        return (same
                        ? output.good("as the bus runs them")
                        : output.bad(
                                "but the bus runs others, " + bus.unit().get().substring(0, 12)))
                + state;
    }

    private void stations(Explanation told, List<Station> way, List<Step> route, int first) {
        int number = first;
        for (Station station : way) {
            output.say("  %2d %-20s %s%s"
                    .formatted(
                            number++,
                            station.step(),
                            station.does() + limits(told, station.step()),
                            station.refuses().isEmpty() ? "" : output.faint("  else " + station.refuses())));
            if (station.step().equals("call-service") || station.step().equals("call-destination")) {
                steps(route, "     ");
            }
        }
    }

    private static String limits(Explanation told, String step) {
        return switch (step) {
            case "admit" ->
                ": at most " + size(told.limits().request()) + ", within "
                        + told.limits().bodyTimeout();
            case "hold-answer" ->
                (told.answer().equals("streamed") ? " (not here: it streams)" : "") + ": at most "
                        + size(told.limits().answer());
            default -> "";
        };
    }

    private void steps(List<Step> steps, String indent) {
        for (Step step : steps) {
            output.say(indent + "· " + (step.step() + " " + step.what()).strip() + "  "
                    + output.faint(step.file() + ":" + step.line()));
            steps(step.steps(), indent + "  ");
        }
    }

    private static String times(Explanation.Party system) {
        StringBuilder text = new StringBuilder();
        system.connectTimeout()
                .ifPresent(time -> text.append("; connects within ").append(time));
        system.answerTimeout()
                .ifPresent(time -> text.append("; answers within ").append(time));
        system.idleTimeout().ifPresent(time -> text.append(", no silence over ").append(time));
        system.waitingCalls()
                .ifPresent(calls -> text.append("; at most ").append(calls).append(" calls wait"));
        return text.toString();
    }

    private void heading(String text) {
        output.say("");
        output.say(output.strong(text));
    }

    private static String size(long bytes) {
        String[] units = {"B", "KB", "MB", "GB"};
        int unit = 0;
        long count = bytes;
        while (count >= 1024 && count % 1024 == 0 && unit < 3) {
            count /= 1024;
            unit++;
        }
        return count + units[unit];
    }
}
