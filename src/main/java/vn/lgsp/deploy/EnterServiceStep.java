package vn.lgsp.deploy;

import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import vn.lgsp.catalogue.ServiceCard;
import vn.lgsp.failure.BusException;
import vn.lgsp.failure.ErrorCode;
import vn.lgsp.message.Passage;
import vn.lgsp.message.ServiceKey;
import vn.lgsp.message.UnitKey;

/**
 * The step of the way after which the exchange keeps its revision to its end, whatever is deployed meanwhile: the one whose card let
 * it in (BUS-09, BUS-14).
 *
 * <p>Fails with {@code service-unavailable} when the service has no good revision.
 */
public final class EnterServiceStep implements Processor {
    private final Services services;

    public EnterServiceStep(Services services) {
        this.services = services;
    }

    @Override
    public void process(Exchange exchange) {
        Passage passage = exchange.getProperty(Passage.PROPERTY, Passage.class);
        ServiceKey service =
                exchange.getProperty(ServiceCard.PROPERTY, ServiceCard.class).key();
        String unit = passage.unit().orElseThrow(() -> noRevision(service));
        Visit.way(exchange).entered(services.enter(new UnitKey(service, unit)));
    }

    static BusException noRevision(ServiceKey service) {
        return new BusException(
                ErrorCode.SERVICE_UNAVAILABLE, service + " has no good revision: its integrator must mend the files");
    }
}
