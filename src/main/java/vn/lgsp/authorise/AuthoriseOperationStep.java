package vn.lgsp.authorise;

import java.time.Clock;
import java.util.Map;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import vn.lgsp.authorise.Authorisation.Asked;
import vn.lgsp.catalogue.Catalogue;
import vn.lgsp.catalogue.Operation;
import vn.lgsp.catalogue.ServiceCard;
import vn.lgsp.failure.BusException;
import vn.lgsp.failure.ErrorCode;
import vn.lgsp.message.Caller;
import vn.lgsp.message.Door;
import vn.lgsp.message.Inbound;
import vn.lgsp.message.Passage;
import vn.lgsp.message.Stage;

/**
 * Lets nobody pass who is not known. Finds the grant for the operation of a SOAP request, which is known only by its envelope (BUS-04, BUS-20). A request through
 * another door was decided before its body was read.
 *
 * <p>Fails with {@code consumer-unknown} or {@code grant-missing}.
 */
public final class AuthoriseOperationStep implements Processor {
    private final Catalogue catalogue;
    private final Authorisation authorisation;

    public AuthoriseOperationStep(Catalogue catalogue, Clock clock) {
        this.catalogue = catalogue;
        this.authorisation = new Authorisation(clock);
    }

    @Override
    public void process(Exchange exchange) {
        Passage passage = exchange.getProperty(Passage.PROPERTY, Passage.class);
        Caller caller = passage.caller()
                .orElseThrow(() -> new BusException(ErrorCode.CONSUMER_UNKNOWN, "nobody has proved to be the caller"));
        if (exchange.getProperty(Inbound.PROPERTY, Inbound.class).door() != Door.SOAP) {
            return;
        }
        passage.enter(Stage.AUTHORISE);
        Asked asked = new Asked(
                exchange.getProperty(ServiceCard.PROPERTY, ServiceCard.class),
                exchange.getProperty(Operation.PROPERTY, Operation.class),
                Map.of());
        passage.grantedBy(
                authorisation.grant(caller.system(), asked, catalogue.now()).id());
        exchange.setVariable(AuthoriseStep.OPERATION, asked.operation().id());
    }
}
