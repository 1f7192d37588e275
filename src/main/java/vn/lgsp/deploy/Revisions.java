package vn.lgsp.deploy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.apache.camel.AsyncProcessor;
import org.apache.camel.RouteConfigurationsBuilder;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.model.ModelCamelContext;
import org.apache.camel.model.RouteDefinition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import vn.lgsp.catalogue.Snapshot;
import vn.lgsp.failure.Refused;
import vn.lgsp.message.ServiceKey;
import vn.lgsp.message.SystemId;
import vn.lgsp.message.UnitKey;
import vn.lgsp.source.SourceFile;
import vn.lgsp.unit.Contracts;
import vn.lgsp.unit.Unit;
import vn.lgsp.unit.UnitArchive;

/**
 * Builds revisions from their archived copies, and takes away those that are not in force, that no exchange is inside of, and that no
 * delivery waits for. One that is asked for all the same is built again.
 */
public final class Revisions {
    private static final Logger LOG = LoggerFactory.getLogger(Revisions.class);
    private static final Comparator<SystemId> BY_NAME = Comparator.comparing(SystemId::value);
    /** How long one stays that was just replaced: an exchange may have read its card, and not have entered it yet. */
    private static final long GRACE = Duration.ofSeconds(1).toNanos();

    private static final long BETWEEN_QUESTIONS = Duration.ofSeconds(5).toNanos();
    private static final long BETWEEN_CLEANINGS = Duration.ofMinutes(1).toNanos();

    private final ModelCamelContext camel;
    private final Guard guard;
    private final RouteLoader loader;
    private final Services services;
    private final UnitArchive archive;
    private final Deployments ledger;
    private final Map<UnitKey, Long> idleSince = new HashMap<>();
    private long cleaned = System.nanoTime();
    private long asked = cleaned - BETWEEN_QUESTIONS;

    public Revisions(ModelCamelContext camel, Guard guard, Services services, UnitArchive archive, Deployments ledger) {
        this.camel = camel;
        this.guard = guard;
        this.loader = new RouteLoader(camel, guard);
        this.services = services;
        this.archive = archive;
        this.ledger = ledger;
    }

    /**
     * Loads the way.
     *
     * @return the processors of its entrances, by the ids of their routes, such as {@code way-sync}
     */
    public Map<String, AsyncProcessor> loadWay(Path folder) throws Exception {
        Map<String, AsyncProcessor> entrances = new TreeMap<>();
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.filter(path -> path.toString().endsWith(Unit.ROUTE_SUFFIX))
                    .sorted()
                    .toList()) {
                RouteBuilder builder =
                        loader.load(file.getFileName().toString(), SourceFile.text(file.toString(), file));
                List<String> ids = builder.getRouteCollection().getRoutes().stream()
                        .map(RouteDefinition::getRouteId)
                        .toList();
                ids.forEach(guard::admitWay);
                if (builder instanceof RouteConfigurationsBuilder configurations) {
                    camel.addRoutesConfigurations(configurations);
                }
                camel.addRoutes(builder);
                ids.forEach(id -> entrances.put(id, loader.processor(id)));
            }
        }
        return Map.copyOf(entrances);
    }

    /**
     * A whole revision; what of it is built already, because deliveries wait for it or exchanges are inside, stays as it is.
     *
     * @param copy as the archive keeps it
     * @throws Refused when a route cannot be built; then nothing new is left
     */
    Revision build(Unit copy) {
        Optional<Revision> there = services.find(copy.key());
        List<String> built = new ArrayList<>();
        try {
            Revision.Entrance main =
                    there.flatMap(Revision::main).orElseGet(() -> entrance(copy, copy.routeFile(), copy.id(), built));
            Map<SystemId, Revision.Entrance> destinations = new TreeMap<>(BY_NAME);
            for (SystemId destination : copy.destinations()) {
                Optional<Revision.Entrance> known =
                        there.map(Revision::destinations).map(entrances -> entrances.get(destination));
                destinations.put(
                        destination,
                        known.orElseGet(
                                () -> entrance(copy, copy.routeFile(destination), copy.id(destination), built)));
            }
            return new Revision(
                    copy.key(),
                    Optional.of(main),
                    Map.copyOf(destinations),
                    Map.of(),
                    Contracts.of(copy),
                    there.map(Revision::occupancy).orElseGet(Occupancy::new));
        } catch (RuntimeException unbuildable) {
            built.forEach(loader::discard);
            throw unbuildable;
        }
    }

    /** Compiles the mappings of a revision, which takes longest: before it is built, and for several at a time. */
    void prepare(Unit copy) {
        copy.routes().forEach(route -> loader.prepare(copy, route));
    }

    private Revision.Entrance entrance(Unit copy, Path file, String routeId, List<String> built) {
        Revision.Entrance entrance = loader.build(copy, file, routeId);
        built.add(routeId);
        return entrance;
    }

    /** Brings back those that deliveries wait for, so that what is wrong with one of them is told now. */
    void bringBack(Optional<Set<UnitKey>> waiting, Set<UnitKey> others, Snapshot known) throws IOException {
        Set<UnitKey> needed = new HashSet<>(others);
        waiting.ifPresent(needed::addAll);
        for (UnitKey key : needed) {
            if (services.find(key).isEmpty()) {
                bringBack(key, known);
            }
        }
        if (waiting.isPresent()) {
            clean(needed);
        }
    }

    /** One that is not deployed any more, built again and entered; empty when it cannot be. */
    Optional<Revision> enterAgain(UnitKey key, Snapshot known) {
        if (services.find(key).isEmpty()) {
            bringBack(key, known);
        }
        return services.find(key).filter(revision -> revision.occupancy().enter());
    }

    /** What of it cannot be built is told to whoever asks for it, with the reason. */
    private void bringBack(UnitKey key, Snapshot known) {
        Unit copy;
        try {
            copy = archive.read(key);
        } catch (IllegalArgumentException unusable) {
            services.unavailable(key, RouteLoader.reason(unusable));
            tell(key, RouteLoader.reason(unusable));
            return;
        }
        Map<SystemId, Revision.Entrance> destinations = new TreeMap<>(BY_NAME);
        Map<SystemId, String> lost = new TreeMap<>(BY_NAME);
        for (SystemId destination : copy.destinations()) {
            try {
                if (!known.isReachable(destination)) {
                    throw new IllegalArgumentException(
                            "system " + destination + " is not registered any more with a connection or a queue");
                }
                destinations.put(destination, loader.build(copy, copy.routeFile(destination), copy.id(destination)));
            } catch (IllegalArgumentException broken) {
                lost.put(destination, RouteLoader.reason(broken));
                tell(key, RouteLoader.reason(broken));
            }
        }
        Optional<Revision.Entrance> main = Optional.empty();
        try {
            main = Optional.of(loader.build(copy, copy.routeFile(), copy.id()));
        } catch (Refused broken) {
            tell(key, RouteLoader.reason(broken));
        }
        services.put(new Revision(
                key, main, Map.copyOf(destinations), Map.copyOf(lost), Contracts.of(copy), new Occupancy()));
    }

    private static void tell(UnitKey key, String reason) {
        LOG.atError()
                .addKeyValue("event", "revision.unavailable")
                .addKeyValue("service", key.service())
                .addKeyValue("unit", key.brief())
                .addKeyValue("reason", reason)
                .log("what waits for this revision cannot use it");
    }

    /**
     * Takes away what nobody needs any more.
     *
     * @param waiting those that deliveries wait for; empty while nobody can tell, then those of guaranteed services stay
     */
    void takeAway(Supplier<Optional<Set<UnitKey>>> waiting) throws IOException {
        long now = System.nanoTime();
        List<Revision> idle = new ArrayList<>();
        for (Revision revision : services.revisions()) {
            UnitKey key = revision.key();
            boolean needed = services.inForce(key.service()).equals(Optional.of(key))
                    || revision.occupancy().inside() > 0;
            if (needed) {
                idleSince.remove(key);
            } else if (now - idleSince.computeIfAbsent(key, since -> now) >= GRACE) {
                idle.add(revision);
            }
        }
        boolean asks = now - asked >= BETWEEN_QUESTIONS
                && (now - cleaned >= BETWEEN_CLEANINGS || idle.stream().anyMatch(Revisions::isGuaranteed));
        Optional<Set<UnitKey>> told = asks ? waiting.get() : Optional.empty();
        asked = asks ? now : asked;
        for (Revision revision : idle) {
            boolean waitedFor = isGuaranteed(revision)
                    && told.map(units -> units.contains(revision.key())).orElse(true);
            if (!waitedFor && revision.occupancy().close()) {
                remove(revision);
            }
        }
        if (told.isPresent() && now - cleaned >= BETWEEN_CLEANINGS) {
            clean(told.get());
        }
    }

    private static boolean isGuaranteed(Revision revision) {
        return !revision.destinations().isEmpty() || !revision.lost().isEmpty();
    }

    /** Takes away what was built and then not deployed. */
    void forget(Revision built) {
        List<String> kept = services.find(built.key()).map(Revision::routes).orElse(List.of());
        built.routes().stream().filter(route -> !kept.contains(route)).forEach(loader::discard);
    }

    private void remove(Revision revision) {
        services.remove(revision);
        revision.routes().forEach(loader::discard);
        idleSince.remove(revision.key());
        LOG.atInfo()
                .addKeyValue("event", "revision.removed")
                .addKeyValue("service", revision.key().service())
                .addKeyValue("unit", revision.key().brief())
                .log("nobody needs it any more");
    }

    /** Deletes the copies of revisions that are not deployed, not waited for, and not among the last of their service. */
    private void clean(Set<UnitKey> waiting) throws IOException {
        cleaned = System.nanoTime();
        Set<UnitKey> needed = new HashSet<>(waiting);
        needed.addAll(services.deployed());
        for (Map.Entry<ServiceKey, List<String>> service : ledger.allRevisions().entrySet()) {
            service.getValue().forEach(unit -> needed.add(new UnitKey(service.getKey(), unit)));
        }
        archive.deleteAllBut(needed);
    }
}
