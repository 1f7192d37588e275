package vn.lgsp.runtime;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import vn.lgsp.city.SampleKeys;

/** Starts the bus and stays until it is told to stop. */
@Command(
        name = "run",
        description = "Starts the bus, with the sample city unless the settings say otherwise; Ctrl-C stops it.",
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "Examples:",
            "  ./lgsp run",
            "  ./lgsp run --config city.properties",
            "  LGSP_DATA_PORT=9080 ./lgsp run"
        })
final class RunCommand implements Callable<Integer> {
    @Option(names = "--config", paramLabel = "FILE", description = "a properties file with settings")
    private @Nullable Path config;

    @Spec
    private CommandSpec command;

    @Override
    public Integer call() throws InterruptedException {
        long begun = System.nanoTime();
        Configuration configuration = Configuration.ofProcess(Optional.ofNullable(config));
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
        greet(bus, settings, (System.nanoTime() - begun) / 1_000_000);
        told.await();
        return 0;
    }

    private void greet(Bus bus, BusSettings settings, long millis) {
        PrintWriter out = command.commandLine().getOut();
        String data = "http://localhost:" + bus.dataPort();
        String management = "http://localhost:" + bus.managementPort();
        out.printf("%nThe bus runs, after %,d ms.%n%n", millis);
        out.printf("  data port        %s%n", data);
        out.printf("  management port  %s   console %s/hawtio%n", management, management);
        bus.refusedServices().forEach((service, reasons) -> {
            out.printf("%n  NOT DEPLOYED: %s%n", service);
            reasons.forEach(reason -> out.printf("    %s%n", reason));
        });
        if (bus.isSample()) {
            out.printf("%nThe sample city (everything in it is invented):%n%n");
            SampleKeys.all()
                    .forEach(
                            key -> out.printf("  %-22s X-Api-Key: %-26s may %s%n", key.system(), key.key(), key.may()));
            out.printf("  %-22s password:  %s%n", SampleKeys.OPERATOR, SampleKeys.OPERATOR_PASSWORD);
            String key = SampleKeys.TAX_OFFICE.key();
            out.printf("""

                    Try, in another terminal:

                      ./lgsp try
                      curl -i -H 'X-Api-Key: %1$s' %2$s/api/population-citizen-lookup/v1/citizens/001099000001
                      curl -i -H 'X-Api-Key: %1$s' -H 'Content-Type: application/json' \\
                           -d '{"id":"001099000001"}' %2$s/api/population-citizen-lookup/v1/citizens
                      curl -i -H 'X-Api-Key: %1$s' %2$s/api/land-parcel-lookup/v1/parcels/01/0012-345

                    """, key, data);
        }
        out.printf("Data in %s. Ctrl-C stops the bus.%n", settings.data().toAbsolutePath());
        out.flush();
    }
}
