package vn.lgsp.deploy;

import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;
import org.apache.camel.support.AsyncProcessorSupport;
import vn.lgsp.failure.BusException;
import vn.lgsp.failure.ErrorCode;
import vn.lgsp.guarantee.Attempt;
import vn.lgsp.message.Passage;
import vn.lgsp.message.Stage;
import vn.lgsp.message.UnitKey;

/**
 * The step of {@code way-deliver} that enters the route to the destination, in the revision that accepted the exchange, on a worker.
 *
 * <p>It fails with {@code revision-unavailable} when that revision cannot be built any more. A route that ends without having
 * called its destination delivered nothing, and fails too.
 *
 * @see "BUS-09, DLV-03"
 */
public final class CallDestinationStep extends AsyncProcessorSupport {
    private final Services services;
    private final Workers workers;

    public CallDestinationStep(Services services, Workers workers) {
        this.services = services;
        this.workers = workers;
    }

    @Override
    public boolean process(Exchange exchange, AsyncCallback callback) {
        Passage passage = exchange.getProperty(Passage.PROPERTY, Passage.class);
        Attempt attempt = exchange.getProperty(Attempt.PROPERTY, Attempt.class);
        passage.enter(Stage.TRANSFORM);
        Mark way = Visit.way(exchange);
        Revision revision = services.enter(new UnitKey(attempt.service(), attempt.unit()));
        way.entered(revision);
        passage.handledBy(revision.key().digest());
        Visit visit = Visit.begin(exchange, passage, way, revision.destination(attempt.destination()));
        return visit.on(workers, sync -> {
            boolean called =
                    passage.provider().filter(attempt.destination()::equals).isPresent();
            if (!called && exchange.getException() == null) {
                exchange.setException(new BusException(
                        ErrorCode.BUS_FAILED,
                        "the route to " + attempt.destination() + " ended without calling it: its integrator must mend"
                                + " the file"));
            }
            callback.done(sync);
        });
    }
}
