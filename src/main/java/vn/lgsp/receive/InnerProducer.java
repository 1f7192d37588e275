package vn.lgsp.receive;

import org.apache.camel.AsyncCallback;
import org.apache.camel.Endpoint;
import org.apache.camel.Exchange;
import org.apache.camel.InvalidPayloadException;
import org.apache.camel.support.DefaultAsyncProducer;
import vn.lgsp.failure.BusException;
import vn.lgsp.failure.ErrorCode;
import vn.lgsp.failure.Thrown;
import vn.lgsp.message.Passage;
import vn.lgsp.message.Stage;

/**
 * Begins an exchange of its own out of another one, by the way's one entry, and goes on when it has been answered. Whatever breaks ends
 * the exchange that waits: nobody above would hear of it.
 */
abstract class InnerProducer extends DefaultAsyncProducer {
    InnerProducer(Endpoint endpoint) {
        super(endpoint);
    }

    /** What begins, in the place where the route of {@code exchange} runs. */
    abstract Arrival arrival(Exchange exchange, Passage passage) throws InvalidPayloadException;

    /**
     * Lets it walk; on the event loop of both exchanges.
     *
     * @param answered to be called once: does its work and lets the route go on, or fail with what that throws
     */
    abstract void begin(Exchange exchange, Passage passage, Arrival arrival, Answered answered);

    /** Takes what the exchange that was begun came to. */
    @FunctionalInterface
    interface Answered {
        void by(Runnable taking);
    }

    @Override
    public final boolean process(Exchange exchange, AsyncCallback callback) {
        try {
            if (!(exchange.getProperty(Passage.PROPERTY) instanceof Passage passage) || passage.isClosed()) {
                throw new BusException(ErrorCode.ROUTE_REFUSED, "a route asked the bus without an exchange of the way");
            }
            passage.enter(Stage.DELIVER);
            Arrival arrival = arrival(exchange, passage);
            Answered answered = taking -> {
                Thrown.by(taking).ifPresent(exchange::setException);
                passage.work().execute(() -> callback.done(false));
            };
            passage.home().execute(() -> Thrown.by(() -> begin(exchange, passage, arrival, answered))
                    .ifPresent(broken -> answered.by(() -> exchange.setException(broken))));
            return false;
        } catch (InvalidPayloadException | RuntimeException | Error refused) {
            exchange.setException(refused);
            callback.done(true);
            return true;
        }
    }
}
