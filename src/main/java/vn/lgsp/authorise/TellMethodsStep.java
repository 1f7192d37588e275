package vn.lgsp.authorise;

import java.time.Clock;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import vn.lgsp.catalogue.CardFile;
import vn.lgsp.catalogue.Catalogue;
import vn.lgsp.catalogue.Operation;
import vn.lgsp.catalogue.ServiceCard;
import vn.lgsp.message.Door;
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
    /** What asks at the SOAP address for the contract, or for a part of it. */
    private static final Pattern CONTRACT = Pattern.compile("(?i:wsdl)|(wsdl|xsd)=.*");

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
        exchange.setProperty(
                Inbound.ALLOW,
                request.door() == Door.SOAP_OPTIONS ? soap(request, card, passage) : rest(request, card, passage));
        exchange.getMessage().setBody(null);
        exchange.getMessage().setHeader(Exchange.HTTP_RESPONSE_CODE, 204);
    }

    private String soap(Inbound request, ServiceCard card, Passage passage) {
        authorisation.requireSoap(request, card);
        passage.asksFor(card.key(), "OPTIONS /");
        return CONTRACT.matcher(request.query()).matches() ? "GET, HEAD, OPTIONS" : "OPTIONS, POST";
    }

    private String rest(Inbound request, ServiceCard card, Passage passage) {
        List<Operation> offered = authorisation.at(request, card);
        Set<String> methods = new TreeSet<>(Authorisation.methods(offered));
        boolean contract = request.path().equals(CardFile.CONTRACT_PATH)
                && card.operations().stream().anyMatch(Operation::isRest);
        if (contract) {
            methods.addAll(List.of("GET", "HEAD", "OPTIONS"));
        } else if (offered.isEmpty()) {
            throw authorisation.notOffered(card, List.copyOf(methods));
        }
        passage.asksFor(
                card.key(),
                "OPTIONS " + (contract ? CardFile.CONTRACT_PATH : offered.get(0).path()));
        return String.join(", ", methods);
    }
}
