package vn.lgsp.runtime;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;
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

/**
 * Brings route files into the running context: the way first, then each service as a revision of its own behind its pointer. A
 * service whose files are wrong is refused with its reasons, and every other one serves.
 *
 * @see "BUS-02, BUS-05, BUS-12"
 */
final class Deployer {
    private static final Logger LOG = LoggerFactory.getLogger(Deployer.class);
    private static final String ENTRANCE = "way-sync";

    private final ModelCamelContext camel;
    private final Guard guard;
    private final Services services;
    private final Map<String, List<String>> refused = new TreeMap<>();

    Deployer(ModelCamelContext camel, Guard guard, Services services) {
        this.camel = camel;
        this.guard = guard;
        this.services = services;
    }

    /**
     * Loads the way.
     *
     * @return the processor of its entrance
     */
    AsyncProcessor deployWay(Path folder) throws Exception {
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.filter(path -> path.toString().endsWith(Unit.ROUTE_SUFFIX))
                    .sorted()
                    .toList()) {
                RouteBuilder builder = load(file);
                for (RouteDefinition route : builder.getRouteCollection().getRoutes()) {
                    guard.admitWay(route.getRouteId());
                }
                if (builder instanceof RouteConfigurationsBuilder configurations) {
                    camel.addRoutesConfigurations(configurations);
                }
                camel.addRoutes(builder);
            }
        }
        return processor(ENTRANCE);
    }

    /**
     * Deploys a service. A unit that breaks a rule, or cannot be built, is refused and changes nothing.
     *
     * @param broken the rules that it breaks
     */
    void deploy(Unit unit, List<String> broken) {
        List<String> wrong = broken;
        if (wrong.isEmpty()) {
            try {
                RouteBuilder builder = load(unit.routeFile());
                RouteDefinition route = builder.getRouteCollection().getRoutes().get(0);
                route.getInput().setUri("direct:" + unit.id());
                route.setId(unit.id());
                route.setErrorHandler(null);
                route.setErrorHandlerRef(null);
                route.setErrorHandlerFactory(new NoErrorHandlerDefinition());
                guard.admitService(unit.id(), unit.id());
                camel.addRouteDefinition(route);
                services.put(
                        unit.card().key(),
                        new Revision(unit.id(), unit.digest(), processor(unit.id()), new AtomicInteger()));
                return;
            } catch (Exception unbuildable) {
                wrong = List.of(unit.routeFile() + ": " + reason(unbuildable));
                discard(unit.id());
            }
        }
        refused.put(unit.card().key().toString(), wrong);
        LOG.atError()
                .addKeyValue("event", "service.refused")
                .addKeyValue("service", unit.card().key())
                .addKeyValue("reasons", wrong)
                .log("a service is not deployed");
    }

    /** The services that were refused, with their reasons. */
    Map<String, List<String>> refused() {
        return Map.copyOf(refused);
    }

    private RouteBuilder load(Path file) throws Exception {
        Resource resource = ResourceHelper.fromString(file.getFileName().toString(), read(file));
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

    private AsyncProcessor processor(String routeId) {
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
