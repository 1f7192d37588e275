package vn.lgsp.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import javax.management.ObjectName;
import org.apache.camel.model.ModelCamelContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import vn.lgsp.Campaign;
import vn.lgsp.bench.ServicesHome;
import vn.lgsp.deploy.Deployer;
import vn.lgsp.deploy.Deployments.Action;

/**
 * A service that is edited again and again leaves nothing behind: no route, endpoint, MBean, thread or memory.
 *
 * <p>{@code -Dlgsp.test.redeploys=1000} makes it longer.
 */
final class RedeployIT {
    private static final int REDEPLOYS = Campaign.size("lgsp.test.redeploys", 60, 1_000);
    private static final int WARM_UP = 20;
    private static final int SERVICES = 20;
    private static final String KEY = "key-redeploy";
    /** Of 200 revisions, each of some 100 KB when it is kept. */
    private static final long NOTHING = 8L << 20;

    /** A pass-through, a lookup by jq, a lookup by XSLT and a guaranteed service. */
    private static final List<String> SHAPES = List.of("relay", "parcels", "citizens", "births");

    private final HttpClient http = HttpClient.newHttpClient();

    @TempDir
    private Path folder;

    /** All that could grow. */
    private record Left(
            long routes,
            long definitions,
            Map<String, Long> endpoints,
            Map<String, Long> services,
            Map<String, Long> mbeans) {}

    @Test
    void a_service_that_is_edited_again_and_again_leaves_nothing_behind() throws Exception {
        StubPeer provider = StubPeer.answering(200, "application/json", "{}");
        Path home = folder.resolve("home");
        ServicesHome made = ServicesHome.make(Path.of(""), home, SERVICES, KEY, provider.port());
        Configuration configuration = Configuration.of(Map.of(
                "lgsp.home", home.toString(),
                "lgsp.catalogue.registry", "file:" + made.registry(),
                "lgsp.data-folder", folder.resolve("data").toString(),
                "lgsp.data-port", "0",
                "lgsp.management-port", "0",
                "lgsp.broker.port", "0",
                "lgsp.deploy.watch", "false",
                "lgsp.deploy.interval", "100ms",
                "lgsp.city.enabled", "false"));
        try (provider;
                Bus bus = Bus.start(BusSettings.from(configuration), configuration, Clock.systemUTC())) {
            assertThat(bus.refusedServices()).isEmpty();
            redeploy(bus, made, 0, WARM_UP);
            Left before = settled(bus);
            int threadsBefore = threads();
            long heapBefore = heap();

            redeploy(bus, made, WARM_UP, WARM_UP + REDEPLOYS);

            assertThat(settled(bus)).isEqualTo(before);
            assertThat(heap() - heapBefore).isLessThan(NOTHING);
            // Pools that breathe may hold one or two more; a thread a redeployment would be hundreds.
            assertThat(threads()).isLessThanOrEqualTo(threadsBefore + 5);
            assertThat(bus.refusedAtRoutes()).isZero();
        }
    }

    /** Each time one service, the shapes in turn, its route and its mappings other than before; and a call through it. */
    private void redeploy(Bus bus, ServicesHome made, int from, int to) throws Exception {
        Deployer deployer = bus.deployer();
        for (int i = from; i < to; i++) {
            int number = numberOf(SHAPES.get(i % SHAPES.size()));
            append(made.routeFile(number), "# edit " + i);
            for (Path mapping : made.mappings(number)) {
                append(mapping, (mapping.toString().endsWith(".jq") ? "# edit %d" : "<!-- edit %d -->").formatted(i));
            }
            Deployer.Outcome outcome = deployer.apply("tester", Optional.empty());
            assertThat(outcome.refused()).isEmpty();
            assertThat(outcome.done())
                    .filteredOn(entry -> entry.action() == Action.DEPLOYED)
                    .hasSize(1);
            if (number == numberOf("relay")) {
                assertThat(call(bus, number)).isEqualTo(200);
            }
        }
    }

    private static int numberOf(String shape) {
        for (int number = 0; number < SERVICES; number++) {
            if (ServicesHome.name(number).startsWith(shape)) {
                return number;
            }
        }
        throw new IllegalStateException("no " + shape);
    }

    private static void append(Path file, String line) throws IOException {
        String text = Files.readString(file).replaceAll("\\n(# |<!-- )edit \\d+[^\\n]*", "");
        Files.writeString(file, text.stripTrailing() + "\n" + line + "\n");
    }

    private int call(Bus bus, int number) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + bus.dataPort() + "/api/"
                        + ServicesHome.name(number) + "/v1/documents/kilobyte"))
                .header("X-Api-Key", KEY)
                .timeout(Duration.ofSeconds(20))
                .build();
        return http.send(request, BodyHandlers.discarding()).statusCode();
    }

    /** What is left once everything that nobody needs was taken away. */
    private static Left settled(Bus bus) {
        int births = (int) IntStream.range(0, SERVICES)
                .filter(number -> ServicesHome.name(number).startsWith("births"))
                .count();
        int way = (int) bus.camel().getRoutes().stream()
                .filter(route -> !route.getRouteId().contains("~"))
                .count();
        // one route a service, and two more for each that is guaranteed
        await().atMost(Duration.ofMinutes(2))
                .untilAsserted(() -> assertThat(bus.camel().getRoutes()).hasSize(way + SERVICES + 2 * births));
        return left(bus);
    }

    private static Left left(Bus bus) {
        ModelCamelContext camel = (ModelCamelContext) bus.camel();
        return new Left(
                camel.getRoutesSize(),
                camel.getRouteDefinitions().size(),
                camel.getEndpoints().stream()
                        .collect(Collectors.groupingBy(
                                endpoint -> endpoint.getClass().getSimpleName(), TreeMap::new, Collectors.counting())),
                camel.getCamelContextExtension().getServices().stream()
                        .collect(Collectors.groupingBy(
                                service -> service.getClass().getName().replaceFirst("[$/].*", ""),
                                TreeMap::new,
                                Collectors.counting())),
                ManagementFactory.getPlatformMBeanServer().queryNames(null, null).stream()
                        .filter(name -> !name.getDomain().startsWith("java")
                                && !name.getDomain().startsWith("jdk"))
                        .collect(Collectors.groupingBy(RedeployIT::kind, TreeMap::new, Collectors.counting())));
    }

    private static String kind(ObjectName name) {
        return name.getDomain() + ":" + name.getKeyProperty("type");
    }

    private static int threads() {
        return ManagementFactory.getThreadMXBean().getThreadCount();
    }

    private static long heap() {
        for (int i = 0; i < 3; i++) {
            System.gc();
        }
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }
}
