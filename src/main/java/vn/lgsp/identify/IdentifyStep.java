package vn.lgsp.identify;

import java.time.Clock;
import java.util.Optional;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import vn.lgsp.axis.AxisHeaders;
import vn.lgsp.catalogue.Catalogue;
import vn.lgsp.catalogue.Snapshot;
import vn.lgsp.failure.BusException;
import vn.lgsp.failure.ErrorCode;
import vn.lgsp.message.Caller;
import vn.lgsp.message.Door;
import vn.lgsp.message.Inbound;
import vn.lgsp.message.Passage;
import vn.lgsp.message.Stage;

/**
 * Proves who is asking, before a byte of the body is read (BUS-03, BUS-04, SEC-03). A request to a SOAP address that shows no
 * credential is left open while the registry has accounts that sign their messages: {@link IdentifyMessageStep} proves it then.
 *
 * <p>Fails with {@code consumer-unknown}, with {@code login-needed} where the token of a login is missing or over, or with {@code message-invalid} where a platform says in no code whom it asks for (EXT-02).
 */
public final class IdentifyStep implements Processor {
    private final Catalogue catalogue;
    private final Identification identification;

    public IdentifyStep(Catalogue catalogue, Clock clock) {
        this.catalogue = catalogue;
        this.identification = new Identification(clock);
    }

    @Override
    public void process(Exchange exchange) {
        Passage passage = exchange.getProperty(Passage.PROPERTY, Passage.class);
        passage.enter(Stage.IDENTIFY);
        Snapshot known = catalogue.now();
        if (passage.sender().isPresent()) {
            Caller sender = identification.signedIn(passage.sender().get(), known);
            passage.identified(passage.sentFor().map(sender::onBehalfOf).orElse(sender));
            return;
        }
        Optional<String> shown = passage.takeCredential();
        Optional<String> secret = passage.takeSecret();
        Inbound request = exchange.getProperty(Inbound.PROPERTY, Inbound.class);
        if (request.door() == Door.REST) {
            AxisHeaders parameters = AxisHeaders.of(request.headers());
            Optional<String> system = SystemHeader.of(request.headers());
            Optional<String> bearer = BearerHeader.of(request.headers());
            boolean pair = system.isPresent() && (secret.isPresent() || bearer.isPresent());
            if (parameters.areSigned()) {
                passage.cameAs("AXIS SDK");
                if (shown.isPresent() || pair) {
                    throw twoCredentials();
                }
                identified(passage, identification.signedHeaders(request.headers(), parameters, known), request, known);
                return;
            }
            if (shown.isPresent() && pair) {
                throw twoCredentials();
            }
            if (system.isPresent() && shown.isEmpty()) {
                passage.cameAs("AXIS REST");
                identified(passage, identification.pair(system.get(), secret, bearer, known), request, known);
                return;
            }
        }
        if (shown.isPresent() || !maySign(exchange, known)) {
            identified(passage, identification.of(shown, known), request, known);
        }
    }

    /** Which of them counts would be the bus's guess, and the record would name one party for the other's call. */
    private static BusException twoCredentials() {
        return new BusException(
                ErrorCode.MESSAGE_INVALID, "the call shows two credentials: send that of one account, in one form");
    }

    /** Who is proved is in the record even where what it claims is refused. */
    private void identified(Passage passage, Caller caller, Inbound request, Snapshot known) {
        passage.identified(caller);
        identification.claimed(caller, request, known).ifPresent(party -> passage.identified(caller.onBehalfOf(party)));
    }

    private static boolean maySign(Exchange exchange, Snapshot known) {
        return exchange.getProperty(Inbound.PROPERTY, Inbound.class).door() == Door.SOAP
                && !known.signing().isEmpty();
    }
}
