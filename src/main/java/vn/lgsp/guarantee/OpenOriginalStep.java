package vn.lgsp.guarantee;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import vn.lgsp.catalogue.Guarantee;
import vn.lgsp.failure.BusException;
import vn.lgsp.failure.ErrorCode;
import vn.lgsp.message.Content;
import vn.lgsp.message.Inbound;
import vn.lgsp.message.Measured;
import vn.lgsp.message.Original;
import vn.lgsp.message.Passage;
import vn.lgsp.message.Stage;

/**
 * Opens the seal of what was accepted, and goes on only if it is, byte by byte, what came in (MSG-01). What is sealed in parts is read to
 * its end here, and once more by whoever sends it. A delivery that comes after others
 * finds what each of them has left in an exchange variable, as text: {@code socialInsuranceResult} (BUS-11).
 *
 * <p>Fails with {@code integrity-broken}.
 */
public final class OpenOriginalStep implements Processor {
    /** The exchange variable with the stable id of the delivery. */
    public static final String DELIVERY_ID = "deliveryId";

    private final Deliveries deliveries;

    public OpenOriginalStep(Deliveries deliveries) {
        this.deliveries = deliveries;
    }

    @Override
    public void process(Exchange exchange) {
        Passage passage = exchange.getProperty(Passage.PROPERTY, Passage.class);
        Attempt attempt = exchange.getProperty(Attempt.PROPERTY, Attempt.class);
        passage.enter(Stage.DELIVER);
        DeliveryStore.Claim.Begun claim =
                deliveries.underWay(attempt.delivery()).claim();
        Content content = deliveries.opened(attempt.exchange(), claim.content());
        Measured opened = content.measured(passage.meter());
        if (!opened.equals(claim.request())) {
            throw new BusException(
                    ErrorCode.INTEGRITY_BROKEN,
                    "what was kept of exchange " + attempt.exchange() + " is not what came in");
        }
        passage.requestMeasured(opened);
        exchange.setProperty(Inbound.PROPERTY, head(attempt, claim));
        exchange.setProperty(Original.PROPERTY, new Original(content, claim.contentType(), claim.messageId()));
        exchange.getMessage().setBody(content.body());
        exchange.getMessage().setHeader(Exchange.CONTENT_TYPE, claim.contentType());
        exchange.setVariable(AcceptStep.EXCHANGE_ID, attempt.exchange().toString());
        exchange.setVariable(DELIVERY_ID, attempt.delivery().toString());
        for (DeliveryStore.Claim.Result result : claim.results()) {
            exchange.setVariable(
                    Guarantee.resultVariable(result.destination()),
                    new String(
                            deliveries.sealer().openResult(result.delivery(), result.sealed()),
                            StandardCharsets.UTF_8));
        }
    }

    /** The head of the request as far as a delivery needs it: by which door the content came. */
    private static Inbound head(Attempt attempt, DeliveryStore.Claim.Begun claim) {
        return new Inbound(
                claim.door(),
                "POST",
                attempt.service().id().value(),
                attempt.service().version(),
                "",
                "",
                List.of());
    }
}
