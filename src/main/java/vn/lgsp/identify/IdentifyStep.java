package vn.lgsp.identify;

import java.time.Clock;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import vn.lgsp.catalogue.Catalogue;
import vn.lgsp.catalogue.Snapshot;
import vn.lgsp.message.Passage;
import vn.lgsp.message.Stage;

/**
 * Proves who is asking, before a byte of the body is read (BUS-03, BUS-04, SEC-03).
 *
 * <p>Fails with {@code consumer-unknown}.
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
        passage.identified(
                passage.sender().isPresent()
                        ? identification.signedIn(passage.sender().get(), known)
                        : identification.of(passage.takeCredential(), known));
    }
}
