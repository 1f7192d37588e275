package vn.lgsp.runtime;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.apache.camel.AsyncProcessor;
import org.apache.camel.ErrorHandlerFactory;
import org.apache.camel.Route;
import org.apache.camel.RouteConfigurationsBuilder;
import org.apache.camel.RoutesBuilder;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.model.ModelCamelContext;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.model.errorhandler.NoErrorHandlerDefinition;
import org.apache.camel.spi.Resource;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import vn.lgsp.catalogue.Snapshot;
import vn.lgsp.message.SystemId;
import vn.lgsp.message.UnitKey;

/**
 * Brings route files into the running context: the way first, then each service as a revision of its own behind its pointer, built
 * from the archived copy of its files. A service whose files are wrong is refused with its reasons, and every other one serves.
 *
 * @see "BUS-02, BUS-05, BUS-09, BUS-12"
 */
final class Deployer {
    private static final Logger LOG = LoggerFactory.getLogger(Deployer.class);

    private static final Comparator<SystemId> BY_NAME = Comparator.comparing(SystemId::value);

    private final ModelCamelContext camel;
    private final Guard guard;
    private final Services services;
    private final UnitArchive archive;
    private final RouteRules rules;
    private final Map<String, List<String>> refused = new TreeMap<>();

    Deployer(ModelCamelContext camel, Guard guard, Services services, UnitArchive archive, RouteRules rules) {
        this.camel = camel;
        this.guard = guard;
        this.services = services;
        this.archive = archive;
        this.rules = rules;
    }

    /**
     * Loads the way.
     *
     * @return the processors of its entrances, by the ids of their routes, such as {@code way-sync}
     */
    Map<String, AsyncProcessor> deployWay(Path folder) throws Exception {
        Map<String, AsyncProcessor> entrances = new TreeMap<>();
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.filter(path -> path.toString().endsWith(Unit.ROUTE_SUFFIX))
                    .sorted()
                    .toList()) {
                RouteBuilder builder = load(file.getFileName().toString(), read(file));
                List<String> ids = builder.getRouteCollection().getRoutes().stream()
                        .map(RouteDefinition::getRouteId)
                        .toList();
                ids.forEach(guard::admitWay);
                if (builder instanceof RouteConfigurationsBuilder configurations) {
                    camel.addRoutesConfigurations(configurations);
                }
                camel.addRoutes(builder);
                ids.forEach(id -> entrances.put(id, processor(id)));
            }
        }
        return Map.copyOf(entrances);
    }

    /**
     * Deploys a service. A unit that breaks a rule, or cannot be built, is refused and changes nothing.
     *
     * @param broken the rules that it breaks
     */
    void deploy(Unit unit, List<String> broken) {
        List<String> wrong = broken;
        if (wrong.isEmpty()) {
            Unit copy = unit;
            try {
                copy = archive.keep(unit);
                Revision.Entrance main = build(copy, copy.routeFile(), copy.id());
                Map<SystemId, Revision.Entrance> destinations = new TreeMap<>(BY_NAME);
                for (SystemId destination : copy.destinations()) {
                    destinations.put(destination, build(copy, copy.routeFile(destination), copy.id(destination)));
                }
                services.put(revision(copy, Optional.of(main), destinations, Map.of()));
                return;
            } catch (Exception unbuildable) {
                wrong = List.of(
                        unbuildable instanceof Unbuildable route
                                ? unit.routeFile().resolveSibling(route.file) + ": " + reason(route)
                                : unit.routeFile() + ": " + reason(unbuildable));
                discard(copy.id());
                copy.destinations().forEach(destination -> discard(unit.id(destination)));
            }
        }
        refused.put(unit.card().key().toString(), wrong);
        LOG.atError()
                .addKeyValue("event", "service.refused")
                .addKeyValue("service", unit.card().key())
                .addKeyValue("reasons", wrong)
                .log("a service is not deployed");
    }

    /**
     * Brings back the earlier revisions that deliveries still wait for, beside those that are in force, and deletes the copies that
     * nobody needs any more. What cannot be built any more is told to every attempt, with the reason.
     *
     * @param waiting empty when it cannot be told now; then every revision of which a copy is kept is brought back
     * @param known holds the systems that can still be reached
     */
    void bringBack(Optional<Set<UnitKey>> waiting, Snapshot known) throws IOException {
        Set<UnitKey> needed = new HashSet<>(waiting.isPresent() ? waiting.get() : archive.all());
        for (UnitKey key : needed) {
            if (!services.isDeployed(key)) {
                bringBack(key, known);
            }
        }
        if (waiting.isPresent()) {
            needed.addAll(services.deployed());
            archive.deleteAllBut(needed);
        }
    }

    private void bringBack(UnitKey key, Snapshot known) {
        Unit copy;
        try {
            copy = archive.read(key);
        } catch (IllegalArgumentException unusable) {
            services.unavailable(key, reason(unusable));
            tell(key, reason(unusable));
            return;
        }
        Map<SystemId, Revision.Entrance> destinations = new TreeMap<>(BY_NAME);
        Map<SystemId, String> lost = new TreeMap<>(BY_NAME);
        for (SystemId destination : copy.destinations()) {
            List<String> broken = known.isReachable(destination)
                    ? rules.checkDelivery(copy, destination)
                    : List.of("system " + destination + " is not registered any more with a connection or a queue");
            try {
                if (broken.isEmpty()) {
                    destinations.put(destination, build(copy, copy.routeFile(destination), copy.id(destination)));
                }
            } catch (Unbuildable route) {
                broken = List.of(route.file + ": " + reason(route));
                discard(copy.id(destination));
            }
            if (!broken.isEmpty()) {
                String reason =
                        String.join("; ", broken).replace(copy.routeFile().resolveSibling("") + "/", "");
                lost.put(destination, reason);
                tell(key, reason);
            }
        }
        services.keep(revision(copy, Optional.empty(), destinations, lost));
    }

    private static void tell(UnitKey key, String reason) {
        LOG.atError()
                .addKeyValue("event", "revision.unavailable")
                .addKeyValue("service", key.service())
                .addKeyValue("unit", key.brief())
                .addKeyValue("reason", reason)
                .log("deliveries wait for a revision that cannot be built any more");
    }

    private static Revision revision(
            Unit unit,
            Optional<Revision.Entrance> main,
            Map<SystemId, Revision.Entrance> destinations,
            Map<SystemId, String> lost) {
        return new Revision(
                unit.key(), main, Map.copyOf(destinations), Map.copyOf(lost), unit.contract(), new AtomicInteger());
    }

    /** One route of a revision, at a door of its own that only {@code call-service} and {@code call-destination} find. */
    private Revision.Entrance build(Unit unit, Path file, String routeId) throws Unbuildable {
        String name = file.getFileName().toString();
        try {
            RouteBuilder builder = load(name, pinned(unit, read(file)));
            RouteDefinition route = builder.getRouteCollection().getRoutes().get(0);
            route.getInput().setUri("direct:" + routeId);
            route.setId(routeId);
            route.setErrorHandler(null);
            route.setErrorHandlerRef(null);
            route.setErrorHandlerFactory(new NoErrorHandlerDefinition());
            guard.admitService(routeId);
            camel.addRouteDefinition(route);
            return new Revision.Entrance(routeId, processor(routeId));
        } catch (Exception broken) {
            throw new Unbuildable(name, unit.key(), broken);
        }
    }

    /** The text of a route in which every mapping is that of the archived copy: so endpoints of two revisions differ. */
    private static String pinned(Unit unit, String route) {
        String own = unit.card().domain() + "/" + unit.card().key().id() + "/";
        String copy = unit.key().folder() + "/transforms/" + own;
        return route.replace("file:transforms/" + own, "file:" + UnitArchive.FOLDER + "/" + copy)
                .replace("lgsp-validate:" + own, "lgsp-validate:" + copy);
    }

    /** A route that Camel cannot build. */
    private static final class Unbuildable extends Exception {
        private static final long serialVersionUID = 1L;

        private final String file;

        /** The integrator reads the names that he wrote, not those of the copy. */
        Unbuildable(String file, UnitKey unit, Exception cause) {
            super(Deployer.reason(cause)
                    .replace(UnitArchive.FOLDER + "/" + unit.folder() + "/", "")
                    .replace(unit.folder() + "/", ""));
            this.file = file;
        }
    }

    /** The services that were refused, with their reasons. */
    Map<String, List<String>> refused() {
        return Map.copyOf(refused);
    }

    private RouteBuilder load(String name, String text) throws Exception {
        Resource resource = ResourceHelper.fromString(name, text);
        Collection<RoutesBuilder> found = PluginHelper.getRoutesLoader(camel).findRoutesBuilders(resource);
        RouteBuilder builder = (RouteBuilder) found.iterator().next();
        builder.setCamelContext(camel);
        // A file can set the error handler of the whole context, and so of every service that is loaded after it.
        ErrorHandlerFactory everybodys = camel.getCamelContextExtension().getErrorHandlerFactory();
        try {
            builder.configureRoutes(camel);
        } finally {
            camel.getCamelContextExtension().setErrorHandlerFactory(everybodys);
        }
        return builder;
    }

    /** Where an exchange enters this route. */
    AsyncProcessor processor(String routeId) {
        Route route = camel.getRoute(routeId);
        if (route == null) {
            throw new IllegalStateException("route " + routeId + " did not start");
        }
        return (AsyncProcessor) route.getConsumer().getProcessor();
    }

    private void discard(String routeId) {
        try {
            camel.getRouteController().stopRoute(routeId);
            camel.removeRoute(routeId);
        } catch (Exception nothingToRemove) {
            LOG.debug("route {} left nothing behind", routeId);
        }
    }

    /** The innermost reason, on one line: Camel wraps it in several. */
    private static String reason(Throwable broken) {
        Throwable innermost = broken;
        while (innermost.getCause() != null && innermost.getCause() != innermost) {
            innermost = innermost.getCause();
        }
        return String.valueOf(innermost.getMessage()).lines().findFirst().orElse(broken.toString());
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }
}
