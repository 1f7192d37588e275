package vn.lgsp.deploy;

import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;
import vn.lgsp.catalogue.Operation;
import vn.lgsp.catalogue.ServiceCard;
import vn.lgsp.failure.BusException;
import vn.lgsp.failure.ErrorCode;
import vn.lgsp.failure.Thrown;
import vn.lgsp.guarantee.Attempt;
import vn.lgsp.message.Content;
import vn.lgsp.message.Inbound;
import vn.lgsp.message.Original;
import vn.lgsp.message.Passage;

/**
 * One stretch of the way inside a route of a service's revision: in, and back to the way whatever the route did. What a route
 * removes, stops or forges ends here.
 */
public final class Visit {
    private static final String[] WAYS_OWN = {
        Passage.PROPERTY,
        ServiceCard.PROPERTY,
        Operation.PROPERTY,
        Inbound.PROPERTY,
        Original.PROPERTY,
        Attempt.PROPERTY,
        Mark.PROPERTY
    };

    private final Exchange exchange;
    private final Passage passage;
    private final Revision.Entrance entrance;
    private final Object[] kept = new Object[WAYS_OWN.length];

    private Visit(Exchange exchange, Passage passage, Revision.Entrance entrance) {
        this.exchange = exchange;
        this.passage = passage;
        this.entrance = entrance;
    }

    /**
     * The mark of an exchange that walks the way.
     *
     * @throws BusException {@code route-refused} when it is inside a service's route already
     */
    static Mark way(Exchange exchange) {
        Mark way = exchange.getProperty(Mark.PROPERTY, Mark.class);
        if (way == null || way.route().isPresent()) {
            throw new BusException(ErrorCode.ROUTE_REFUSED, "a service's route used a step of the way");
        }
        return way;
    }

    static Visit begin(Exchange exchange, Passage passage, Mark way, Revision.Entrance entrance) {
        Visit visit = new Visit(exchange, passage, entrance);
        for (int i = 0; i < WAYS_OWN.length; i++) {
            visit.kept[i] = exchange.getProperty(WAYS_OWN[i]);
        }
        exchange.setProperty(Mark.PROPERTY, way.inside(entrance.routeId()));
        return visit;
    }

    /** On the thread that it is on; for a route that only passes content. */
    boolean here(AsyncCallback callback) {
        return entrance.processor().process(exchange, sync -> {
            end();
            callback.done(sync);
        });
    }

    /** On a worker; the body comes back as bytes, on the event loop of the exchange. */
    boolean on(Workers workers, AsyncCallback callback) {
        if (!workers.enter()) {
            end();
            exchange.setException(new BusException(ErrorCode.BUS_BUSY, "the bus has no room for another mapping now"));
            callback.done(true);
            return true;
        }
        passage.worksOn(workers);
        AtomicBoolean left = new AtomicBoolean();
        Runnable leave = () -> {
            if (left.compareAndSet(false, true)) {
                readOut();
                workers.leave();
                end();
                passage.home().execute(() -> callback.done(false));
            }
        };
        workers.execute(() -> Thrown.by(() -> entrance.processor().process(exchange, sync -> leave.run()))
                .ifPresent(broken -> {
                    if (!left.get()) {
                        exchange.setException(broken);
                        leave.run();
                    }
                }));
        return false;
    }

    /** Whatever kind of body the route ended with becomes bytes, but what is held outside memory, while we are still where blocking is allowed. */
    private void readOut() {
        Object body = exchange.getException() == null ? exchange.getMessage().getBody() : null;
        if (body == null || body instanceof Content) {
            return;
        }
        try {
            exchange.getMessage().setBody(exchange.getMessage().getMandatoryBody(byte[].class));
        } catch (Exception | Error unreadable) {
            exchange.setException(unreadable);
        }
    }

    private void end() {
        passage.worksOn(passage.home());
        for (int i = 0; i < WAYS_OWN.length; i++) {
            exchange.setProperty(WAYS_OWN[i], kept[i]);
        }
        exchange.setRouteStop(false);
        exchange.setRollbackOnly(false);
        exchange.setRollbackOnlyLast(false);
    }
}
