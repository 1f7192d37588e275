package vn.lgsp.command;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import vn.lgsp.runtime.Bus;
import vn.lgsp.runtime.BusSettings;
import vn.lgsp.runtime.Configuration;

/**
 * What the start script runs to make the start cache: a bus of its own on free ports, the sample exchanges, the end.
 */
@Command(
        name = "train",
        hidden = true,
        description = "Starts a bus on free ports, performs the sample exchanges, and ends.")
public final class TrainCommand implements Callable<Integer> {
    private static final List<String> PORTS = List.of(
            "lgsp.data-port",
            "lgsp.management-port",
            "lgsp.city.population-port",
            "lgsp.city.land-east-port",
            "lgsp.city.land-west-port",
            "lgsp.city.archive-port",
            "lgsp.city.social-insurance-port",
            "lgsp.city.civil-archive-port",
            "lgsp.city.hub-port",
            "lgsp.broker.port");

    @Option(names = "--data-folder", required = true, description = "an empty folder")
    private Path dataFolder = Path.of("");

    @Override
    public Integer call() throws IOException {
        Map<String, String> settings = new HashMap<>();
        settings.put("lgsp.data-folder", dataFolder.toString());
        for (String port : PORTS) {
            settings.put(port, Integer.toString(freePort()));
        }
        // Integrators check their files far more often than they start a bus; findings are no matter here.
        Lgsp.commands().execute("validate");
        Configuration configuration = Configuration.of(settings);
        try (Bus bus = Bus.start(BusSettings.from(configuration), configuration, Clock.systemUTC())) {
            return Lgsp.commands()
                    .execute(
                            "try",
                            "--data-port=" + bus.dataPort(),
                            "--management-port=" + bus.managementPort(),
                            "--social-insurance-port=" + settings.get("lgsp.city.social-insurance-port"),
                            "--civil-archive-port=" + settings.get("lgsp.city.civil-archive-port"));
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
