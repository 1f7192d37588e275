package vn.lgsp.guarantee;

import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;
import org.apache.camel.support.AsyncProcessorSupport;

/**
 * Commits how the attempt ended, before the broker is told: {@code delivered}, due again, or parked. Ends only when it is committed, or
 * when the bus stops; then the next run makes the attempt again, under the same delivery id.
 */
public final class SettleAttemptStep extends AsyncProcessorSupport {
    private final Deliveries deliveries;

    public SettleAttemptStep(Deliveries deliveries) {
        this.deliveries = deliveries;
    }

    @Override
    public boolean process(Exchange exchange, AsyncCallback callback) {
        Attempt attempt = exchange.getProperty(Attempt.PROPERTY, Attempt.class);
        UnderWay underWay = deliveries.underWay(attempt.delivery());
        if (underWay.verdict().isEmpty()) {
            deliveries.reached(ProtocolStep.DESTINATION_ANSWERED);
            underWay.judged(Verdict.DELIVERED);
        }
        deliveries.settle(attempt, underWay).whenComplete((done, stopping) -> {
            if (stopping == null) {
                underWay.settled();
            }
            callback.done(false);
        });
        return false;
    }
}
