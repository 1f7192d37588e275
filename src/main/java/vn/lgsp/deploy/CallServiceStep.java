package vn.lgsp.deploy;

import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;
import org.apache.camel.support.AsyncProcessorSupport;
import vn.lgsp.catalogue.ServiceCard;
import vn.lgsp.message.Passage;
import vn.lgsp.message.Stage;

/**
 * The step of the way that enters the service's own route, in the revision that the exchange entered.
 *
 * <p>A service that maps content runs on a worker; one that passes content through stays on the event loop.
 */
public final class CallServiceStep extends AsyncProcessorSupport {
    private final Workers workers;

    public CallServiceStep(Workers workers) {
        this.workers = workers;
    }

    @Override
    public boolean process(Exchange exchange, AsyncCallback callback) {
        Passage passage = exchange.getProperty(Passage.PROPERTY, Passage.class);
        ServiceCard card = exchange.getProperty(ServiceCard.PROPERTY, ServiceCard.class);
        passage.enter(Stage.TRANSFORM);
        Mark way = Visit.way(exchange);
        Revision revision = way.revision().orElseThrow(() -> EnterServiceStep.noRevision(card.key()));
        Visit visit = Visit.begin(exchange, passage, way, revision.main().orElseThrow());
        return card.mode() == ServiceCard.Mode.PASS_THROUGH ? visit.here(callback) : visit.on(workers, callback);
    }
}
