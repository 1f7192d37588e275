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
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;

/**
 * The systems of the invented city H99: a SOAP population system, two land registries and an archive. Real servers on
 * 127.0.0.1; the bus reaches them over the network and shares no code with them.
 */
public final class SampleCity implements AutoCloseable {
    static final String HOST = "127.0.0.1";

    private final List<Peer> running;
    private final Vertx vertx;

    private SampleCity(List<Peer> running, Vertx vertx) {
        this.running = running;
        this.vertx = vertx;
    }

    /** A system that answers on its port until it is closed. */
    interface Peer extends AutoCloseable {
        @Override
        void close();
    }

    /**
     * Starts all systems, side by side, and returns when all of them answer.
     *
     * @param connectors the folder that holds the contracts
     * @param clock against which the population system checks the time of a request
     * @throws IllegalStateException in one line, naming port and property, when a port cannot be opened; nothing runs then
     */
    public static SampleCity start(CitySettings settings, Path connectors, Clock clock) {
        Vertx vertx = Vertx.vertx(new VertxOptions()
                .setEventLoopPoolSize(1)
                .setWorkerPoolSize(1)
                .setInternalBlockingPoolSize(1)
                .setFileSystemOptions(new FileSystemOptions()
                        .setClassPathResolvingEnabled(false)
                        .setFileCachingEnabled(false)));
        // CXF takes longest, so it comes first.
        List<CompletableFuture<Peer>> starting = List.of(
                opening(
                        "population system",
                        settings.populationPort(),
                        "population-port",
                        () -> PopulationPeer.start(settings.populationPort(), connectors, clock)),
                opening(
                        "land registry of the east",
                        settings.landEastPort(),
                        "land-east-port",
                        () -> LandRegistryPeer.east(vertx, settings.landEastPort())),
                opening(
                        "land registry of the west",
                        settings.landWestPort(),
                        "land-west-port",
                        () -> LandRegistryPeer.west(vertx, settings.landWestPort())),
                opening(
                        "archive",
                        settings.archivePort(),
                        "archive-port",
                        () -> ArchivePeer.start(vertx, settings.archivePort())));
        List<Peer> running = new ArrayList<>();
        Optional<RuntimeException> failure = Optional.empty();
        for (CompletableFuture<Peer> next : starting) {
            try {
                running.add(next.join());
            } catch (CompletionException failed) {
                failure = failure.or(
                        () -> Optional.of(failed.getCause() instanceof RuntimeException cause ? cause : failed));
            }
        }
        SampleCity city = new SampleCity(List.copyOf(running), vertx);
        if (failure.isPresent()) {
            city.close();
            throw failure.get();
        }
        return city;
    }

    /** The registry of the city, as YAML. */
    public static String registry() {
        return new String(resource("h99.yaml"), StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        running.forEach(Peer::close);
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

    private static CompletableFuture<Peer> opening(String name, int port, String property, Supplier<Peer> start) {
        Supplier<Peer> named = () -> {
            try {
                return start.get();
            } catch (RuntimeException failed) {
                throw isSocketFailure(failed)
                        ? new IllegalStateException(
                                "the sample city's " + name + " cannot open port " + port + " on " + HOST
                                        + ": free the port, or set lgsp.city." + property + " to another",
                                failed)
                        : failed;
            }
        };
        return CompletableFuture.supplyAsync(named, task -> new Thread(task, "city-start-" + port).start());
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
