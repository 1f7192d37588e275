package vn.lgsp.deploy;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiConsumer;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.NamedNode;
import org.apache.camel.Route;
import org.apache.camel.spi.RoutePolicy;
import org.apache.camel.spi.RoutePolicyFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import vn.lgsp.failure.BusException;
import vn.lgsp.failure.ErrorCode;
import vn.lgsp.message.Passage;

/**
 * Stands at the door of every route of every origin, and lets in only an exchange that walks the way (BUS-03, BUS-20).
 *
 * <p>A route of the way lets in the way's own exchanges; a service's route only those that {@code call-service} or {@code
 * call-destination} sent to this very route of this very revision. A route that nobody admitted lets in nothing. It cannot be taken
 * off from a file.
 */
public final class Guard implements RoutePolicyFactory {
    private static final Logger LOG = LoggerFactory.getLogger(Guard.class);
    private static final String WAY = "";

    private final Map<String, String> admitted = new ConcurrentHashMap<>();
    private final AtomicLong refusals = new AtomicLong();
    private final BiConsumer<Exchange, String> onRefusal;

    /** @param onRefusal hears of every refused exchange and the route that it tried to enter */
    public Guard(BiConsumer<Exchange, String> onRefusal) {
        this.onRefusal = onRefusal;
    }

    /** The route with this id belongs to the way. */
    void admitWay(String routeId) {
        admitted.put(routeId, WAY);
    }

    /** The route with this id is one of a service's revision: it lets in what was sent to this very route. */
    void admitService(String routeId) {
        admitted.put(routeId, routeId);
    }

    /** The route with this id is gone. */
    void dismiss(String routeId) {
        admitted.remove(routeId);
    }

    /** How many exchanges were refused at a route's door. */
    public long refusals() {
        return refusals.get();
    }

    @Override
    public RoutePolicy createRoutePolicy(CamelContext context, String routeId, NamedNode node) {
        return new Door(routeId);
    }

    /**
     * No service as {@code RoutePolicySupport} is: Camel would keep each one for good, also when its route is gone, and would not ask
     * one that was stopped.
     */
    private final class Door implements RoutePolicy {
        private final String routeId;

        Door(String routeId) {
            this.routeId = routeId;
        }

        @Override
        public void onExchangeBegin(Route route, Exchange exchange) {
            if (!mayEnter(exchange, routeId)) {
                refuse(exchange, routeId);
            }
        }

        @Override
        public void onExchangeDone(Route route, Exchange exchange) {}

        @Override
        public void onInit(Route route) {}

        @Override
        public void onRemove(Route route) {}

        @Override
        public void onStart(Route route) {}

        @Override
        public void onStop(Route route) {}

        @Override
        public void onSuspend(Route route) {}

        @Override
        public void onResume(Route route) {}
    }

    private boolean mayEnter(Exchange exchange, String routeId) {
        if (!(exchange.getProperty(Mark.PROPERTY) instanceof Mark mark) || !mark.isAlive()) {
            return false;
        }
        if (exchange.getProperty(Passage.PROPERTY) != mark.passage()) {
            return false;
        }
        String expected = admitted.get(routeId);
        return expected != null && expected.equals(mark.route().orElse(WAY));
    }

    private void refuse(Exchange exchange, String routeId) {
        refusals.incrementAndGet();
        exchange.setException(new BusException(
                ErrorCode.ROUTE_REFUSED,
                "a route was entered by another door than the way's: the service's file must be mended"));
        exchange.setRouteStop(true);
        LOG.atError()
                .addKeyValue("event", "route.refused")
                .addKeyValue("route", routeId)
                .addKeyValue("from", exchange.getFromRouteId())
                .log("an exchange tried to enter a route without walking the way");
        onRefusal.accept(exchange, routeId);
    }
}
