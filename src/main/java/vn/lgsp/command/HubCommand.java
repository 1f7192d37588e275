package vn.lgsp.command;

import java.nio.file.Path;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import vn.lgsp.hub.Fault;
import vn.lgsp.hub.Hub;

/** {@code lgsp hub}: starts simulators of the national platforms and stays until it is told to stop. */
@Command(
        name = "hub",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Starts simulators of the national platforms on 127.0.0.1, with switches for what shall go wrong; Ctrl-C stops them.",
            "",
            "./lgsp run starts the same beside the sample city. This command is for a bus with a registry of its own, or for"
                    + " another program. Everything in it is invented."
        },
        footer = {
            "",
            "Examples:",
            "  ./lgsp hub",
            "  ./lgsp hub --port 18098 --fault axis=down",
            "  ./lgsp hub --fault ndxp=slow:2000 --fault ndxp=expired-token*1"
        })
public final class HubCommand implements Callable<Integer> {
    private static final Pattern FAULT =
            Pattern.compile("([a-z0-9-]+)=([a-z0-9-]+?)(?::([A-Za-z0-9_.-]*))?(?:\\*([1-9][0-9]{0,5}))?");

    private static final Pattern SETTING = Pattern.compile("([a-z0-9-]+)=([a-z0-9-]+):(.*)");

    @Option(names = "--port", defaultValue = "18097", description = "0 to 65535, 0 for a free one; default 18097")
    private int port;

    @Option(
            names = "--fault",
            paramLabel = "SIMULATOR=FAULT[:VALUE][*TIMES]",
            description =
                    "turns a switch on; may be given again. The page /hub and docs/reference/hub.md tell which there are")
    private List<String> faults = List.of();

    @Option(
            names = "--set",
            paramLabel = "SIMULATOR=NAME:VALUE",
            description = "sets what else can be set of a simulator; may be given again")
    private List<String> settings = List.of();

    @Option(
            names = "--keep",
            paramLabel = "FOLDER",
            description = "keeps the documents of the axis there, over a stop and a kill; otherwise in memory alone")
    private Optional<Path> keep = Optional.empty();

    @Mixin
    private Output output = new Output();

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before it calls
    private CommandSpec command;

    @Override
    public Integer call() throws InterruptedException {
        if (port < 0 || port > 65_535) {
            throw wrong("--port is " + port + ": write 0 to 65535");
        }
        CountDownLatch told = new CountDownLatch(1);
        try (Hub hub = Hub.start(port, Clock.systemUTC(), keep)) {
            faults.forEach(text -> turn(hub, text));
            settings.forEach(text -> set(hub, text));
            Runtime.getRuntime().addShutdownHook(new Thread(told::countDown, "lgsp-stop"));
            greet(hub);
            told.await();
        }
        return ExitCode.DONE;
    }

    private void turn(Hub hub, String text) {
        Matcher form = FAULT.matcher(text);
        if (!form.matches()) {
            throw wrong("--fault " + text + ": write simulator=fault, simulator=fault:value or simulator=fault*times");
        }
        Fault fault = Fault.labelled(form.group(2))
                .orElseThrow(() -> wrong("--fault " + text + ": write one of " + String.join(", ", Fault.labels())));
        try {
            var set = form.group(3) == null
                    ? hub.faults(form.group(1)).set(fault)
                    : hub.faults(form.group(1)).set(fault, form.group(3));
            if (form.group(4) != null) {
                set.times(Integer.parseInt(form.group(4)));
            }
        } catch (IllegalArgumentException refused) {
            throw wrong("--fault " + text + ": " + refused.getMessage());
        }
    }

    private void set(Hub hub, String text) {
        Matcher form = SETTING.matcher(text);
        if (!form.matches()) {
            throw wrong("--set " + text + ": write simulator=name:value");
        }
        try {
            hub.settings(form.group(1)).put(form.group(2), form.group(3));
        } catch (IllegalArgumentException refused) {
            throw wrong("--set " + text + ": " + refused.getMessage());
        }
    }

    private ParameterException wrong(String text) {
        return new ParameterException(command.commandLine(), text);
    }

    private void greet(Hub hub) {
        if (output.isJson()) {
            Map<String, Object> line = new LinkedHashMap<>();
            line.put("event", "started");
            line.put("port", hub.port());
            line.put("simulators", hub.simulators());
            output.jsonLine(line);
            return;
        }
        output.say("%nThe hub runs; everything in it is invented.%n".formatted());
        hub.simulators().forEach(name -> output.say("  %-16s %s".formatted(name, hub.url(name))));
        output.say("%nIts page is http://%s:%d/hub. Ctrl-C stops it.".formatted(Hub.HOST, hub.port()));
    }
}
