package vn.lgsp.runtime;

import java.util.Optional;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;
import org.apache.camel.support.AsyncProcessorSupport;
import vn.lgsp.catalogue.Operation;
import vn.lgsp.catalogue.ServiceCard;
import vn.lgsp.failure.BusException;
import vn.lgsp.failure.ErrorCode;
import vn.lgsp.message.Inbound;
import vn.lgsp.message.Passage;
import vn.lgsp.message.Stage;

/**
 * The step of the way that enters the service's own route, in the revision that is in force, and comes back to the way whatever
 * the route did: what a route removes, stops or forges ends here.
 *
 * <p>A service that maps content runs on a worker; one that passes content through stays on the event loop.
 */
final class CallService extends AsyncProcessorSupport {
    private final Services services;
    private final Workers workers;

    CallService(Services services, Workers workers) {
        this.services = services;
        this.workers = workers;
    }

    @Override
    public boolean process(Exchange exchange, AsyncCallback callback) {
        Passage passage = exchange.getProperty(Passage.PROPERTY, Passage.class);
        ServiceCard card = exchange.getProperty(ServiceCard.PROPERTY, ServiceCard.class);
        passage.enter(Stage.TRANSFORM);
        Optional<Revision> found = services.current(card.key());
        if (found.isEmpty()) {
            exchange.setException(new BusException(
                    ErrorCode.SERVICE_UNAVAILABLE,
                    card.key() + " has no good revision: its integrator must mend the files"));
            callback.done(true);
            return true;
        }
        Revision revision = found.get();
        passage.handledBy(revision.unit());
        Mark way = exchange.getProperty(Mark.PROPERTY, Mark.class);
        if (way.unit().isPresent()) {
            exchange.setException(
                    new BusException(ErrorCode.ROUTE_REFUSED, "a service's route used a step of the way"));
            callback.done(true);
            return true;
        }
        Kept kept = new Kept(
                passage,
                card,
                exchange.getProperty(Operation.PROPERTY, Operation.class),
                exchange.getProperty(Inbound.PROPERTY, Inbound.class),
                way);
        revision.inside().incrementAndGet();
        exchange.setProperty(Mark.PROPERTY, way.inside(revision.id()));
        if (card.mode() == ServiceCard.Mode.PASS_THROUGH) {
            return revision.processor().process(exchange, sync -> {
                revision.inside().decrementAndGet();
                kept.restore(exchange);
                callback.done(sync);
            });
        }
        if (!workers.enter()) {
            revision.inside().decrementAndGet();
            kept.restore(exchange);
            exchange.setException(new BusException(ErrorCode.BUS_BUSY, "the bus has no room for another mapping now"));
            callback.done(true);
            return true;
        }
        passage.worksOn(workers);
        workers.execute(() -> revision.processor().process(exchange, sync -> {
            readOut(exchange);
            workers.leave();
            revision.inside().decrementAndGet();
            kept.restore(exchange);
            passage.home().execute(() -> callback.done(false));
        }));
        return false;
    }

    /** Whatever kind of body the route ended with becomes bytes, while we are still where blocking is allowed. */
    private static void readOut(Exchange exchange) {
        if (exchange.getException() != null || exchange.getMessage().getBody() == null) {
            return;
        }
        try {
            exchange.getMessage().setBody(exchange.getMessage().getMandatoryBody(byte[].class));
        } catch (Exception | Error unreadable) {
            exchange.setException(unreadable);
        }
    }

    /** What the way goes on with, whatever the route did to the exchange's properties. */
    private record Kept(Passage passage, ServiceCard card, Operation operation, Inbound inbound, Mark way) {
        void restore(Exchange exchange) {
            passage.worksOn(passage.home());
            exchange.setProperty(Passage.PROPERTY, passage);
            exchange.setProperty(ServiceCard.PROPERTY, card);
            exchange.setProperty(Operation.PROPERTY, operation);
            exchange.setProperty(Inbound.PROPERTY, inbound);
            exchange.setProperty(Mark.PROPERTY, way);
            exchange.setRouteStop(false);
            exchange.setRollbackOnly(false);
            exchange.setRollbackOnlyLast(false);
        }
    }
}
