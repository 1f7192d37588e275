package vn.lgsp.receive;

import java.util.Map;
import java.util.Optional;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import vn.lgsp.failure.BusException;
import vn.lgsp.failure.ErrorCode;
import vn.lgsp.message.Door;
import vn.lgsp.message.Inbound;
import vn.lgsp.message.Passage;
import vn.lgsp.soap.Fault;
import vn.lgsp.soap.SoapVersion;

/** The one place on the way where failures are caught: turns the failure into an honest answer, a problem or a fault (BUS-03, API-04). */
public final class AnswerFailureStep implements Processor {
    private static final Logger LOG = LoggerFactory.getLogger(AnswerFailureStep.class);

    @Override
    public void process(Exchange exchange) {
        Throwable failure = Optional.ofNullable(exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Throwable.class))
                .orElseGet(() -> new BusException(ErrorCode.BUS_FAILED, "the exchange failed without a cause"));
        answer(exchange, failure);
    }

    /** Answers {@code failure}: also the last writer at the edge comes here, when nothing else could answer. */
    public static void answer(Exchange exchange, Throwable failure) {
        Passage passage = exchange.getProperty(Passage.PROPERTY, Passage.class);
        if (BusException.in(failure).isEmpty()) {
            LOG.atError()
                    .addKeyValue("event", "exchange.broke")
                    .addKeyValue("exchange", passage.id())
                    .addKeyValue("kind", failure.getClass().getName())
                    .addKeyValue("at", failure.getStackTrace().length == 0 ? "" : failure.getStackTrace()[0])
                    .log("a failure without a name: give it one");
        }
        if (exchange.getProperty(Reply.PROPERTY) instanceof Reply before) {
            before.discard();
        }
        Inbound head = exchange.getProperty(Inbound.PROPERTY, Inbound.class);
        if (head.door() == Door.SOAP && head.method().equals("POST")) {
            SoapVersion version = exchange.getProperty(SoapVersion.PROPERTY, SoapVersion.class);
            exchange.setProperty(
                    Reply.PROPERTY,
                    SoapProblem.of(
                            passage,
                            failure,
                            version == null ? SoapVersion.named(contentType(head)) : version,
                            Optional.ofNullable(exchange.getProperty(Fault.PROPERTY, Fault.class))));
            return;
        }
        Optional<AxisProblem.Form> axis = AxisProblem.form(passage);
        if (axis.isPresent()) {
            exchange.setProperty(Reply.PROPERTY, AxisProblem.of(passage, failure, axis.get()));
            return;
        }
        Optional<String> allow = Optional.ofNullable(exchange.getProperty(Inbound.ALLOW, String.class));
        exchange.setProperty(Reply.PROPERTY, Problem.of(passage, failure, allow));
    }

    private static String contentType(Inbound head) {
        for (Map.Entry<String, String> header : head.headers()) {
            if (header.getKey().equalsIgnoreCase("content-type")) {
                return header.getValue();
            }
        }
        return "";
    }
}
