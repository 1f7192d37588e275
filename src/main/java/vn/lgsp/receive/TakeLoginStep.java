package vn.lgsp.receive;

import java.time.Duration;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;
import org.apache.camel.support.AsyncProcessorSupport;
import vn.lgsp.failure.BusException;
import vn.lgsp.failure.ErrorCode;
import vn.lgsp.failure.Thrown;
import vn.lgsp.message.Passage;
import vn.lgsp.message.Stage;

/**
 * Takes in the body of a login: nobody is known yet, so it is small, and comes soon.
 *
 * <p>Fails with {@code message-too-large}, {@code media-type-unsupported}, {@code message-invalid}, {@code request-timeout} or {@code
 * caller-gone}.
 *
 * @see "EXT-20"
 */
public final class TakeLoginStep extends AsyncProcessorSupport {
    /** Below the address of the service (wire-formats 4.1). */
    static final String PATH = "/v1/auth/login";

    private static final long LONGEST = 4 << 10;
    private static final Duration TIME = Duration.ofSeconds(10);

    @Override
    public boolean process(Exchange exchange, AsyncCallback callback) {
        Passage passage = exchange.getProperty(Passage.PROPERTY, Passage.class);
        passage.enter(Stage.RECEIVE);
        passage.cameAs(AxisProblem.LOGIN);
        Incoming body = (Incoming) exchange.getMessage().getBody();
        try {
            if (body.isEmpty()
                    || !Acceptance.bare(exchange.getMessage().getHeader(Exchange.CONTENT_TYPE, "", String.class))
                            .equals("application/json")) {
                throw new BusException(ErrorCode.MEDIA_TYPE_UNSUPPORTED, "send a login as application/json");
            }
            body.allow(LONGEST, TIME);
        } catch (BusException refused) {
            exchange.setException(refused);
            callback.done(true);
            return true;
        }
        body.read().onComplete(read -> {
            if (read.failed()) {
                exchange.setException(read.cause());
            } else {
                Thrown.by(() -> exchange.getMessage().setBody(read.result().getBytes()))
                        .ifPresent(exchange::setException);
            }
            callback.done(false);
        });
        return false;
    }
}
