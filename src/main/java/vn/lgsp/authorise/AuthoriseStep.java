package vn.lgsp.authorise;

import java.time.Clock;
import java.util.List;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import vn.lgsp.authorise.Authorisation.Asked;
import vn.lgsp.catalogue.Catalogue;
import vn.lgsp.catalogue.Operation;
import vn.lgsp.catalogue.ServiceCard;
import vn.lgsp.catalogue.Snapshot;
import vn.lgsp.failure.BusException;
import vn.lgsp.failure.ErrorCode;
import vn.lgsp.message.Caller;
import vn.lgsp.message.Door;
import vn.lgsp.message.Inbound;
import vn.lgsp.message.Passage;
import vn.lgsp.message.Stage;

/**
 * Finds the service and operation that a request asks for, and the grant that allows it (BUS-04, BUS-13, BUS-20).
 *
 * <p>The values of the path's named parts, of documented query parameters and of documented properties of a message become exchange <em>variables</em>: a route can
 * use them, and they never travel to a provider by themselves, as headers would. Which operation a SOAP request asks for is not known
 * before its envelope is read: here it needs one grant in force for the service. Fails with {@code service-unknown}, {@code
 * method-not-allowed}, {@code grant-missing} or {@code message-invalid}.
 */
public final class AuthoriseStep implements Processor {
    /** The exchange variable with the id of the operation that was asked for, for a route that serves several. */
    static final String OPERATION = "operation";

    private final Catalogue catalogue;
    private final Authorisation authorisation;

    public AuthoriseStep(Catalogue catalogue, Clock clock) {
        this.catalogue = catalogue;
        this.authorisation = new Authorisation(clock);
    }

    @Override
    public void process(Exchange exchange) {
        Passage passage = exchange.getProperty(Passage.PROPERTY, Passage.class);
        Inbound request = exchange.getProperty(Inbound.PROPERTY, Inbound.class);
        passage.enter(Stage.AUTHORISE);
        Snapshot known = catalogue.now();
        Snapshot.Offer offer = authorisation.service(request, known);
        ServiceCard card = offer.card();
        passage.asksFor(card.key());
        offer.unit().ifPresent(passage::handledBy);
        // What is only accepted calls nobody before it is delivered.
        passage.mayCall(card.guarantee().isPresent() ? List.of() : card.providers());
        if (request.door() == Door.SOAP) {
            enterSoap(exchange, passage, request, card, known);
            return;
        }
        Asked asked = request.door() == Door.JMS
                ? authorisation.onQueue(request, card)
                : authorisation.operation(request, card).orElseThrow(() -> {
                    List<String> methods = authorisation.methods(request, card);
                    if (!methods.isEmpty()) {
                        exchange.setProperty(Inbound.ALLOW, String.join(", ", methods));
                    }
                    return authorisation.notOffered(card, methods);
                });
        passage.asksFor(card.key(), asked.operation().label());
        passage.grantedBy(authorisation
                .grant(passage.caller().orElseThrow().system(), asked, known)
                .id());
        exchange.setProperty(ServiceCard.PROPERTY, card);
        exchange.setProperty(Operation.PROPERTY, asked.operation());
        exchange.setVariable(OPERATION, asked.operation().id());
        asked.values().forEach(exchange::setVariable);
    }

    private void enterSoap(Exchange exchange, Passage passage, Inbound request, ServiceCard card, Snapshot known) {
        try {
            authorisation.soap(request, card, passage.caller().map(Caller::system), known);
        } catch (BusException refused) {
            if (refused.code() == ErrorCode.METHOD_NOT_ALLOWED) {
                exchange.setProperty(Inbound.ALLOW, "OPTIONS, POST");
            }
            throw refused;
        }
        exchange.setProperty(ServiceCard.PROPERTY, card);
    }
}
