package vn.lgsp.command;

import java.nio.file.Path;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import vn.lgsp.city.SampleKeys;
import vn.lgsp.deploy.Deployments;
import vn.lgsp.failure.Finding;
import vn.lgsp.message.UnitKey;
import vn.lgsp.runtime.Bus;
import vn.lgsp.runtime.BusSettings;
import vn.lgsp.runtime.Configuration;

/** Starts the bus and stays until it is told to stop. */
@Command(
        name = "run",
        description = {
            "Starts the bus, with the sample city unless the settings say otherwise; Ctrl-C stops it.",
            "",
            "With --watch it prints what comes into force and what is refused while you edit files. With --json it prints one line"
                    + " of JSON for each event."
        },
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "Examples:",
            "  ./lgsp run",
            "  ./lgsp run --watch",
            "  ./lgsp run --config city.properties --no-watch     edits wait for ./lgsp deploy apply",
            "  LGSP_DATA_PORT=9080 ./lgsp run"
        })
public final class RunCommand implements Callable<Integer> {
    private static final long LOOK_MILLIS = 200;

    @Mixin
    private HomeOptions home = new HomeOptions();

    @Option(
            names = "--watch",
            negatable = true,
            description = "bring edited files into force as they are saved, and say so (lgsp.deploy.watch)")
    private @Nullable Boolean watch;

    @Mixin
    private Language language = new Language();

    @Mixin
    private Output output = new Output();

    @Override
    public Integer call() throws InterruptedException {
        long begun = System.nanoTime();
        Map<String, String> chosen = watch == null ? Map.of() : Map.of("lgsp.deploy.watch", watch.toString());
        Configuration configuration = home.configuration(chosen);
        BusSettings settings = BusSettings.from(configuration);
        Bus bus = Bus.start(settings, configuration, Clock.systemUTC());
        CountDownLatch told = new CountDownLatch(1);
        Thread stop = new Thread(
                () -> {
                    bus.close();
                    told.countDown();
                },
                "lgsp-stop");
        Runtime.getRuntime().addShutdownHook(stop);
        Queue<Deployments.Entry> news = new ConcurrentLinkedQueue<>();
        bool(watch).ifPresent(tells -> bus.tellDeployments(news::add));
        Map<String, List<Finding>> refused = bus.refused();
        if (output.isJson()) {
            greetPrograms(bus, settings, refused);
        } else {
            greet(bus, settings, refused, (System.nanoTime() - begun) / 1_000_000);
        }
        if (bool(watch).isEmpty()) {
            told.await();
            return ExitCode.DONE;
        }
        while (!told.await(LOOK_MILLIS, TimeUnit.MILLISECONDS)) {
            for (Deployments.Entry entry = news.poll(); entry != null; entry = news.poll()) {
                say(entry);
            }
            Map<String, List<Finding>> now = bus.refused();
            sayRefused(now, refused);
            refused = now;
        }
        return ExitCode.DONE;
    }

    /** Present only for a yes. */
    private static Optional<Boolean> bool(@Nullable Boolean flag) {
        return Optional.ofNullable(flag).filter(yes -> yes);
    }

    private void say(Deployments.Entry entry) {
        boolean refusal =
                entry.action() == Deployments.Action.REFUSED || entry.action() == Deployments.Action.REGISTRY_REFUSED;
        if (output.isJson()) {
            if (!refusal) {
                Map<String, Object> line = new LinkedHashMap<>();
                line.put("event", entry.action().label());
                line.put("at", entry.at());
                line.put("who", entry.who());
                line.put("service", entry.service().map(Object::toString));
                line.put("before", entry.before());
                line.put("after", entry.after());
                line.put("files", entry.files());
                line.put("reason", entry.reason());
                output.jsonLine(line);
            }
            return;
        }
        if (!refusal) {
            output.say("%s%s%s"
                    .formatted(
                            output.good(entry.action().label()),
                            entry.service()
                                    .map(service -> " " + output.strong(service.toString()))
                                    .orElse(""),
                            entry.before()
                                            .map(before -> " " + UnitKey.brief(before))
                                            .orElse("")
                                    + entry.after()
                                            .map(after -> " → " + UnitKey.brief(after))
                                            .orElse("")));
            entry.files().forEach(file -> output.say(output.faint("  " + file)));
        }
    }

    /** What is refused that was not, or for other reasons; and what is not refused any more. */
    private void sayRefused(Map<String, List<Finding>> now, Map<String, List<Finding>> before) {
        now.forEach((name, findings) -> {
            if (findings.equals(before.get(name))) {
                return;
            }
            if (output.isJson()) {
                output.jsonLine(refusal(name, findings));
            } else {
                output.say(output.bad("refused") + " " + output.strong(name) + ": what was in force stays");
                Findings.say(output, language.locale(), findings);
            }
        });
        before.keySet().stream().filter(name -> !now.containsKey(name)).forEach(name -> {
            if (output.isJson()) {
                output.jsonLine(Map.of("event", "mended", "service", name));
            } else {
                output.say(output.good("mended") + " " + output.strong(name) + ": nothing of it is refused any more");
            }
        });
    }

    private Map<String, Object> refusal(String name, List<Finding> findings) {
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("event", "refused");
        line.put("service", name);
        line.put("findings", Findings.json(language.locale(), findings));
        return line;
    }

    private void greetPrograms(Bus bus, BusSettings settings, Map<String, List<Finding>> refused) {
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("event", "started");
        line.put("dataPort", bus.dataPort());
        line.put("managementPort", bus.managementPort());
        line.put("sample", bus.isSample());
        line.put("data", absolute(settings.data()));
        output.jsonLine(line);
        refused.forEach((name, findings) -> output.jsonLine(refusal(name, findings)));
    }

    private void greet(Bus bus, BusSettings settings, Map<String, List<Finding>> refused, long millis) {
        String data = "http://localhost:" + bus.dataPort();
        String management = "http://localhost:" + bus.managementPort();
        output.say("%nThe bus runs, after %,d ms.%n".formatted(millis));
        output.say("  data port        " + data);
        output.say("  management port  " + management + "   console " + management + "/hawtio");
        if (settings.city().enabled() && settings.city().hubPort() > 0) {
            output.say("  hub              http://localhost:" + settings.city().hubPort()
                    + "/hub   plays the national platforms");
        }
        refused.forEach((name, findings) -> {
            output.say("%n  %s: %s".formatted(output.bad("NOT DEPLOYED"), output.strong(name)));
            Findings.say(output, language.locale(), findings);
        });
        if (bus.isSample()) {
            output.say("%nThe sample city (everything in it is invented):%n".formatted());
            SampleKeys.all()
                    .forEach(key -> output.say(
                            "  %-22s X-Api-Key: %-26s may %s".formatted(key.system(), key.key(), key.may())));
            output.say("  %-22s password:  %s".formatted(SampleKeys.OPERATOR, SampleKeys.OPERATOR_PASSWORD));
            String key = SampleKeys.TAX_OFFICE.key();
            output.say("""

                    Try, in another terminal:

                      ./lgsp try
                      curl -i -H 'X-Api-Key: %1$s' %2$s/api/population-citizen-lookup/v1/citizens/001099000001
                      curl -i -H 'X-Api-Key: %1$s' -H 'Content-Type: application/json' \\
                           -d '{"id":"001099000001"}' %2$s/api/population-citizen-lookup/v1/citizens
                      curl -i -H 'X-Api-Key: %1$s' %2$s/api/land-parcel-lookup/v1/parcels/01/0012-345
                    """.formatted(key, data));
        }
        output.say("Data in " + absolute(settings.data()) + ". "
                + bool(watch)
                        .map(yes -> "Edits come into force when they are saved. ")
                        .orElse("")
                + "Ctrl-C stops the bus.");
    }

    private static String absolute(Path path) {
        return path.toAbsolutePath().toString();
    }
}
