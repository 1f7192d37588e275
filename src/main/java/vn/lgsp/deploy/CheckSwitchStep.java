package vn.lgsp.deploy;

import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import vn.lgsp.message.Passage;

/**
 * The step of the way that refuses an exchange of a service that an operator has stopped or disabled: after it is clear that the
 * caller may use it, so that nobody else learns how it stands, and before its body is read (BUS-22).
 *
 * <p>Fails with {@code service-stopped} or {@code service-disabled}.
 */
public final class CheckSwitchStep implements Processor {
    private final Switches switches;

    public CheckSwitchStep(Switches switches) {
        this.switches = switches;
    }

    @Override
    public void process(Exchange exchange) {
        Passage passage = exchange.getProperty(Passage.PROPERTY, Passage.class);
        switches.requireStarted(passage.service().orElseThrow());
    }
}
