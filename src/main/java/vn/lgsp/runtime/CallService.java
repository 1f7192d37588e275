package vn.lgsp.runtime;

import java.util.Optional;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;
import org.apache.camel.support.AsyncProcessorSupport;
import vn.lgsp.catalogue.ServiceCard;
import vn.lgsp.failure.BusException;
import vn.lgsp.failure.ErrorCode;
import vn.lgsp.message.Passage;
import vn.lgsp.message.Stage;

/**
 * The step of the way that enters the service's own route, in the revision that is in force.
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
            throw new BusException(
                    ErrorCode.SERVICE_UNAVAILABLE,
                    card.key() + " has no good revision: its integrator must mend the files");
        }
        Revision revision = found.get();
        Visit visit = Visit.begin(exchange, passage, revision, revision.main().orElseThrow());
        return card.mode() == ServiceCard.Mode.PASS_THROUGH ? visit.here(callback) : visit.on(workers, callback);
    }
}
