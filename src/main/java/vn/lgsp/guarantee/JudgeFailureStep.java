package vn.lgsp.guarantee;

import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import vn.lgsp.failure.BusException;
import vn.lgsp.message.Passage;

/** Judges a failed attempt: whether trying again may help, and when; otherwise the delivery is parked (DLV-04). */
public final class JudgeFailureStep implements Processor {
    private static final Logger LOG = LoggerFactory.getLogger(JudgeFailureStep.class);

    private final Deliveries deliveries;

    public JudgeFailureStep(Deliveries deliveries) {
        this.deliveries = deliveries;
    }

    @Override
    public void process(Exchange exchange) {
        Passage passage = exchange.getProperty(Passage.PROPERTY, Passage.class);
        Attempt attempt = exchange.getProperty(Attempt.PROPERTY, Attempt.class);
        Throwable failure = exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Throwable.class);
        UnderWay underWay = deliveries.underWay(attempt.delivery());
        Verdict verdict = Verdict.of(
                failure, underWay.claim().ofPlan(), deliveries.plan(attempt), passage.retryAfter(), deliveries.clock());
        underWay.judged(verdict);
        passage.failed(verdict.failure().orElseThrow(), verdict.partnerCode().orElse(null));
        if (failure != null && BusException.in(failure).isEmpty()) {
            LOG.atError()
                    .addKeyValue("event", "attempt.broke")
                    .addKeyValue("exchange", attempt.exchange())
                    .addKeyValue("kind", failure.getClass().getName())
                    .addKeyValue("at", failure.getStackTrace().length == 0 ? "" : failure.getStackTrace()[0])
                    .log("a failure without a name: give it one");
        }
    }
}
