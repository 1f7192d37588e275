package vn.lgsp.bench;

import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import vn.lgsp.bench.BenchSettings.Contestant;

/**
 * XSLT in both directions: XML is posted, turned by one stylesheet, answered by a provider that sends back what it gets, and turned
 * by another. The bus with its whole way has all CPUs and shares them with the generator and the provider.
 */
final class XsltBench {
    /** The sizes of the message, in bytes. */
    static final List<Integer> SIZES = List.of(1 << 10, 10 << 10, 100 << 10);

    private static final int CONNECTIONS = 100;
    private static final String HEAP = "-Xmx2g";

    private final BenchSettings settings;
    private final String key;
    private final Consumer<String> say;

    /** @param key of the account that posts */
    XsltBench(BenchSettings settings, String key, Consumer<String> say) {
        this.settings = settings;
        this.key = key;
        this.say = say;
    }

    /** @return the section of the report */
    String measure(Children children, Jvm jvm, Path folder, Generator generator, Report report) {
        int provider = Bench.freePort();
        children.start(
                "orders-provider",
                Children.Cpu.ANY,
                jvm.command(BackEnd.class.getName(), List.of(), List.of(Integer.toString(provider))),
                () -> Subject.answers(provider));
        OrdersHome home = OrdersHome.make(Path.of(""), folder.resolve("orders-home"), key, provider);
        int port = Bench.freePort();
        Process process = children.start(
                "orders-bus",
                Children.Cpu.ANY,
                jvm.command(Bench.BUS, options(home, folder.resolve("orders-data"), port), List.of("run")),
                () -> Subject.answers(port));
        Subject bus = new Subject(Contestant.BUS, port, process.toHandle());
        Map<String, String> headers = Map.of("X-Api-Key", key, "Content-Type", "application/xml");
        Map<Integer, Figures> all = new LinkedHashMap<>();
        for (int size : SIZES) {
            String body = OrdersHome.orders(size);
            bus.check(OrdersHome.PATH, headers, Optional.of(body), body.substring(body.indexOf("<order>")));
            Load load = new Load(OrdersHome.PATH, headers, Optional.of(body), CONNECTIONS, settings.run());
            if (!settings.warmUp().isZero()) {
                generator.load("warm-up", port, load.with(CONNECTIONS, settings.warmUp()));
                bus.rest();
            }
            Figures figures = all.computeIfAbsent(size, first -> new Figures());
            for (int round = 0; round < settings.rounds(); round++) {
                Duration before = bus.cpu();
                Sample sample = generator.load("orders", port, load);
                bus.rest();
                double answers = sample.rate() * load.run().toMillis() / 1e3;
                double micros = bus.cpu().minus(before).toNanos() / 1e3;
                figures.add(sample, answers == 0 ? 0 : micros / answers);
                say.accept("  round %d, %,d bytes: %s/s\n".formatted(round + 1, size, Figures.count(sample.rate())));
            }
        }
        return report.xslt(all, CONNECTIONS);
    }

    private static List<String> options(OrdersHome home, Path data, int port) {
        return List.of(
                HEAP,
                "-Dlgsp.home=" + home.folder(),
                "-Dlgsp.catalogue.registry=file:" + home.registry(),
                "-Dlgsp.data-folder=" + data,
                "-Dlgsp.data-port=" + port,
                "-Dlgsp.management-port=" + Bench.freePort(),
                "-Dlgsp.broker.port=0",
                "-Dlgsp.city.enabled=false");
    }
}
