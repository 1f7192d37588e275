package vn.lgsp.deploy;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.apache.camel.AsyncProcessor;
import org.apache.camel.Endpoint;
import org.apache.camel.ErrorHandlerFactory;
import org.apache.camel.Route;
import org.apache.camel.RoutesBuilder;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.model.LogDefinition;
import org.apache.camel.model.ModelCamelContext;
import org.apache.camel.model.ProcessorDefinition;
import org.apache.camel.model.ProcessorDefinitionHelper;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.model.errorhandler.NoErrorHandlerDefinition;
import org.apache.camel.spi.Resource;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import vn.lgsp.failure.BusException;
import vn.lgsp.failure.ErrorCode;
import vn.lgsp.failure.Refused;
import vn.lgsp.unit.Expansion;
import vn.lgsp.unit.RouteTree;
import vn.lgsp.unit.Unit;

/** Builds routes in a Camel context, and takes them out again without a trace. */
final class RouteLoader {
    private static final Logger LOG = LoggerFactory.getLogger(RouteLoader.class);

    private final ModelCamelContext camel;
    private final Guard guard;

    /** Those that the route which is built now has made, by the one thread that builds. */
    private final List<Endpoint> made = new ArrayList<>();

    private volatile @Nullable Thread building;

    /** @param camel in which no other loader builds */
    RouteLoader(ModelCamelContext camel, Guard guard) {
        this.camel = camel;
        this.guard = guard;
        camel.getCamelContextExtension().addInterceptStrategy(new CollectedParts());
        camel.getCamelContextExtension().registerEndpointCallback((uri, endpoint) -> {
            if (Thread.currentThread().equals(building)) {
                made.add(endpoint);
            }
            return endpoint;
        });
    }

    /**
     * One route of a revision, at a door of its own that only {@code call-service} and {@code call-destination} find. Nothing is left
     * of a route that cannot be built.
     *
     * @param copy of the unit, as the archive keeps it: every mapping is that of the copy, so endpoints of two revisions differ
     * @param routeId with the revision's digest
     * @throws Refused naming files and lines as the integrator knows them
     */
    Revision.Entrance build(Unit copy, Path file, String routeId) {
        RouteTree expanded = Expansion.of(copy, copy.name(file));
        return build(expanded.pinnedTo(copy.key()), routeId);
    }

    /** Makes the endpoints of the mappings of a route; its {@link #build} finds them. Several threads may do so at a time. */
    void prepare(Unit copy, String file) {
        Expansion.of(copy, file).pinnedTo(copy.key()).mappings().forEach(camel::getEndpoint);
    }

    /** One route, as it is written. */
    Revision.Entrance build(RouteTree tree, String routeId) {
        RouteTree.Text text = tree.text();
        List<ProcessorDefinition<?>> steps = new ArrayList<>();
        building = Thread.currentThread();
        try {
            RouteBuilder builder = load(tree.file().replaceFirst("\\.xml$", ".yaml"), text.yaml());
            RouteDefinition route = builder.getRouteCollection().getRoutes().get(0);
            steps.addAll(route.getOutputs());
            if (!ProcessorDefinitionHelper.filterTypeInOutputs(steps, LogDefinition.class)
                    .isEmpty()) {
                throw new BusException(
                        ErrorCode.ROUTE_REFUSED, "a route may not write to the log: content must not stand there");
            }
            CollectedParts.prepare(steps);
            route.getInput().setUri("direct:" + routeId);
            route.setId(routeId);
            route.setErrorHandler(null);
            route.setErrorHandlerRef(null);
            route.setErrorHandlerFactory(new NoErrorHandlerDefinition());
            guard.admitService(routeId);
            // addRouteDefinition() looks through every other route for one of this name, and ids hold the digest.
            camel.startRouteDefinitions(List.of(route));
            camel.getRouteDefinitions().add(route);
            return new Revision.Entrance(routeId, processor(routeId));
        } catch (Exception broken) {
            discard(routeId);
            made.forEach(this::forget);
            throw new Refused(BuildFailure.of(broken, tree, text, steps, this::mapping));
        } finally {
            building = null;
            made.clear();
        }
    }

    private Optional<String> mapping(String file) {
        try (InputStream text = PluginHelper.getResourceLoader(camel)
                .resolveResource("file:" + file)
                .getInputStream()) {
            return Optional.of(new String(text.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException | BusException unreadable) {
            return Optional.empty();
        }
    }

    private void forget(Endpoint endpoint) {
        try {
            camel.removeEndpoint(endpoint);
        } catch (Exception stuck) {
            warn(endpoint.getEndpointUri(), stuck);
        }
    }

    /** @param name with the ending that tells the kind of file */
    RouteBuilder load(String name, String text) throws Exception {
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

    /** Takes a route out that nobody is inside of; one that is not there is out already. */
    void discard(String routeId) {
        guard.dismiss(routeId);
        try {
            if (camel.getRoute(routeId) != null) {
                camel.getRouteController().stopRoute(routeId);
                camel.removeRoute(routeId);
            }
            RouteDefinition unfinished = camel.getRouteDefinition(routeId);
            if (unfinished != null) {
                camel.removeRouteDefinition(unfinished);
            }
        } catch (Exception stuck) {
            warn(routeId, stuck);
        }
    }

    private static void warn(String what, Exception stuck) {
        LOG.atWarn()
                .addKeyValue("event", "route.stuck")
                .addKeyValue("route", what)
                .setCause(stuck)
                .log("a part of a route could not be taken out");
    }

    /** The innermost reason, on one line: Camel wraps it in several. */
    static String reason(Throwable broken) {
        Throwable innermost = broken;
        while (innermost.getCause() != null && innermost.getCause() != innermost) {
            innermost = innermost.getCause();
        }
        return String.valueOf(innermost.getMessage()).lines().findFirst().orElse(broken.toString());
    }
}
