package vn.lgsp.receive;

import java.util.concurrent.Executor;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;
import org.apache.camel.support.AsyncProcessorSupport;
import vn.lgsp.catalogue.WsSecurity;
import vn.lgsp.failure.BusException;
import vn.lgsp.failure.ErrorCode;
import vn.lgsp.message.Passage;
import vn.lgsp.message.Stage;
import vn.lgsp.soap.EnvelopeWriter;
import vn.lgsp.soap.SoapVersion;
import vn.lgsp.wssecurity.MessageSecurity;

/**
 * Puts the answer into its envelope and signs it, for an account that expects that; {@link HoldAnswerStep} takes the envelope as it is
 * then. Any other answer is left as it is.
 *
 * <p>Works on a worker: signing takes time. Fails with {@code bus-failed}.
 *
 * @see "BUS-06"
 */
public final class SecureAnswerStep extends AsyncProcessorSupport {
    /** The exchange property that says that the body is the whole envelope. */
    static final String SECURED = "lgsp.secured";

    private final MessageSecurity security;
    private final Executor workers;

    /** @param workers where answers are signed */
    public SecureAnswerStep(MessageSecurity security, Executor workers) {
        this.security = security;
        this.workers = workers;
    }

    @Override
    public boolean process(Exchange exchange, AsyncCallback callback) {
        WsSecurity.Written wanted = exchange.getProperty(WsSecurity.ANSWER, WsSecurity.Written.class);
        SoapVersion version = exchange.getProperty(SoapVersion.PROPERTY, SoapVersion.class);
        if (wanted == null || version == null || HoldAnswerStep.isOneWay(exchange)) {
            callback.done(true);
            return true;
        }
        Passage passage = exchange.getProperty(Passage.PROPERTY, Passage.class);
        passage.enter(Stage.ANSWER);
        workers.execute(() -> {
            try {
                if (!(exchange.getMessage().getBody() instanceof byte[] payload)) {
                    throw new BusException(
                            ErrorCode.BUS_FAILED, "the route ended without the payload of a SOAP answer");
                }
                exchange.getMessage().setBody(security.secure(EnvelopeWriter.wrap(version, payload), wanted));
                exchange.setProperty(SECURED, true);
            } catch (RuntimeException | Error failed) {
                exchange.setException(failed);
            }
            passage.home().execute(() -> callback.done(false));
        });
        return false;
    }
}
