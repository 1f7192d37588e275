package vn.lgsp.authorise;

import java.time.Clock;
import java.util.List;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import vn.lgsp.catalogue.Catalogue;
import vn.lgsp.catalogue.Operation;
import vn.lgsp.catalogue.ServiceCard;
import vn.lgsp.message.Inbound;
import vn.lgsp.message.Passage;
import vn.lgsp.message.Stage;

/**
 * Answers OPTIONS with the methods that an address of a service offers. They are a part of the contract, which is no secret: no
 * credential is asked for, one that is shown is not looked at, and the exchange is recorded without a caller (BUS-07).
 *
 * <p>Fails with {@code service-unknown}.
 */
public final class TellMethodsStep implements Processor {
    private final Catalogue catalogue;
    private final Authorisation authorisation;

    public TellMethodsStep(Catalogue catalogue, Clock clock) {
        this.catalogue = catalogue;
        this.authorisation = new Authorisation(clock);
    }

    @Override
    public void process(Exchange exchange) {
        Passage passage = exchange.getProperty(Passage.PROPERTY, Passage.class);
        Inbound request = exchange.getProperty(Inbound.PROPERTY, Inbound.class);
        passage.enter(Stage.AUTHORISE);
        passage.takeCredential();
        ServiceCard card = authorisation.service(request, catalogue.now()).card();
        passage.asksFor(card.key());
        List<Operation> offered = authorisation.at(request, card);
        List<String> methods = authorisation.methods(request, card);
        if (offered.isEmpty()) {
            throw authorisation.notOffered(card, methods);
        }
        passage.asksFor(card.key(), "OPTIONS " + offered.get(0).path());
        exchange.setProperty(Inbound.ALLOW, String.join(", ", methods));
        exchange.getMessage().setBody(null);
        exchange.getMessage().setHeader(Exchange.HTTP_RESPONSE_CODE, 204);
    }
}
