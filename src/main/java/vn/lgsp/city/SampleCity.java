package vn.lgsp.city;

import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.file.FileSystemOptions;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.IntFunction;
import java.util.function.IntSupplier;
import java.util.function.Supplier;
import vn.lgsp.hub.Hub;

/**
 * The systems of the invented city H99: a SOAP population system, two land registries, an archive, the social insurance office, and the
 * civil archive, which takes messages from a queue; and the hub, which plays the national platforms. Real servers and clients on 127.0.0.1; the bus reaches them over the network and
 * shares no code with them.
 */
public final class SampleCity implements AutoCloseable {
    static final String HOST = "127.0.0.1";

    private final Map<String, Peer> running;
    private final Vertx vertx;

    private SampleCity(Map<String, Peer> running, Vertx vertx) {
        this.running = running;
        this.vertx = vertx;
    }

    /** A system that answers on its port until it is closed. */
    interface Peer extends AutoCloseable {
        int port();

        @Override
        void close();
    }

    /** The national platforms, played by the hub. */
    private record Platforms(Hub hub) implements Peer {
        @Override
        public int port() {
            return hub.port();
        }

        @Override
        public void close() {
            hub.close();
        }
    }

    /**
     * Starts all systems, side by side, and returns when all of them answer.
     *
     * @param connectors the folder that holds the contracts
     * @param clock against which the population system checks the time of a request
     * @param brokerPort of the broker on 127.0.0.1, asked again and again; 0 while there is none
     * @throws IllegalStateException in one line, naming port and property, when a port cannot be opened; nothing runs then
     */
    public static SampleCity start(CitySettings settings, Path connectors, Clock clock, IntSupplier brokerPort) {
        Vertx vertx = Vertx.vertx(new VertxOptions()
                .setEventLoopPoolSize(1)
                .setWorkerPoolSize(1)
                .setInternalBlockingPoolSize(1)
                .setFileSystemOptions(new FileSystemOptions()
                        .setClassPathResolvingEnabled(false)
                        .setFileCachingEnabled(false)));
        // CXF takes longest, so it comes first.
        Map<String, CompletableFuture<Peer>> starting = new LinkedHashMap<>();
        open(
                starting,
                "population",
                "population system",
                settings.populationPort(),
                port -> PopulationPeer.start(port, connectors, clock));
        open(
                starting,
                "land-east",
                "land registry of the east",
                settings.landEastPort(),
                port -> LandRegistryPeer.east(vertx, port));
        open(
                starting,
                "land-west",
                "land registry of the west",
                settings.landWestPort(),
                port -> LandRegistryPeer.west(vertx, port));
        open(starting, "archive", "archive", settings.archivePort(), port -> ArchivePeer.start(vertx, port));
        open(
                starting,
                "social-insurance",
                "social insurance office",
                settings.socialInsurancePort(),
                port -> SocialInsurancePeer.start(vertx, port));
        open(
                starting,
                "civil-archive",
                "civil archive",
                settings.civilArchivePort(),
                port -> CivilArchivePeer.start(vertx, port, brokerPort));
        open(starting, "hub", "hub", settings.hubPort(), port -> new Platforms(Hub.start(vertx, port, clock)));
        Map<String, Peer> running = new LinkedHashMap<>();
        Optional<RuntimeException> failure = Optional.empty();
        for (Map.Entry<String, CompletableFuture<Peer>> next : starting.entrySet()) {
            try {
                running.put(next.getKey(), next.getValue().join());
            } catch (CompletionException failed) {
                failure = failure.or(
                        () -> Optional.of(failed.getCause() instanceof RuntimeException cause ? cause : failed));
            }
        }
        SampleCity city = new SampleCity(Map.copyOf(running), vertx);
        if (failure.isPresent()) {
            city.close();
            throw failure.get();
        }
        return city;
    }

    /**
     * The port on which a system listens.
     *
     * @param system as in {@code lgsp.city.<system>-port}
     */
    public int port(String system) {
        return Optional.ofNullable(running.get(system)).orElseThrow().port();
    }

    /** The registry of the city, as YAML. */
    public static String registry() {
        return new String(resource("h99.yaml"), StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        running.values().forEach(Peer::close);
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }

    static byte[] resource(String name) {
        try (InputStream in = SampleCity.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException("the sample city's " + name + " is not in the class path: build again");
            }
            return in.readAllBytes();
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    private static void open(
            Map<String, CompletableFuture<Peer>> starting,
            String system,
            String name,
            int port,
            IntFunction<Peer> start) {
        Supplier<Peer> named = () -> {
            try {
                return start.apply(port);
            } catch (RuntimeException failed) {
                throw isSocketFailure(failed)
                        ? new IllegalStateException(
                                "the sample city's " + name + " cannot open port " + port + " on " + HOST
                                        + ": free the port, or set lgsp.city." + system + "-port to another",
                                failed)
                        : failed;
            }
        };
        starting.put(
                system, CompletableFuture.supplyAsync(named, task -> new Thread(task, "city-start-" + system).start()));
    }

    private static boolean isSocketFailure(Throwable failed) {
        Throwable next = failed;
        for (int depth = 0; next != null && depth < 16; depth++) {
            if (next instanceof SocketException) {
                return true;
            }
            next = next.getCause();
        }
        return false;
    }
}
