package vn.lgsp.deliver;

import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;
import org.apache.camel.InvalidPayloadException;
import org.apache.camel.support.DefaultAsyncProducer;
import org.jspecify.annotations.Nullable;
import vn.lgsp.failure.BusException;
import vn.lgsp.failure.ErrorCode;
import vn.lgsp.failure.Thrown;
import vn.lgsp.message.Inbound;
import vn.lgsp.message.Passage;
import vn.lgsp.message.Stage;

/** Calls a registered system for an exchange of the way. It waits without a thread, and comes back where the service's steps run. */
abstract class SystemProducer extends DefaultAsyncProducer {
    private final SystemEndpoint endpoint;

    SystemProducer(SystemEndpoint endpoint) {
        super(endpoint);
        this.endpoint = endpoint;
    }

    /** What to send. */
    abstract OutboundClient.Call call(Exchange exchange, Passage passage) throws InvalidPayloadException;

    /** The answer's head is here, on the event loop; ends with {@link #back}, or with the callback on a worker. */
    abstract void take(Exchange exchange, Passage passage, ProviderAnswer answer, AsyncCallback callback);

    /** There is no answer, or none that could be read; {@code failure} goes on to the route. */
    void unanswered(Exchange exchange, Throwable failure) {}

    /** The same of a call that was made {@link #again}. */
    void takeAgain(Exchange exchange, Passage passage, ProviderAnswer answer, AsyncCallback callback) {
        take(exchange, passage, answer, callback);
    }

    private interface Taker {
        void take(Exchange exchange, Passage passage, ProviderAnswer answer, AsyncCallback callback);
    }

    @Override
    public final boolean process(Exchange exchange, AsyncCallback callback) {
        Passage passage;
        OutboundClient.Call call;
        try {
            passage = onTheWay(exchange);
            passage.enter(Stage.DELIVER);
            passage.calls(endpoint.system());
            call = call(exchange, passage);
        } catch (InvalidPayloadException | RuntimeException | Error refused) {
            exchange.setException(refused);
            callback.done(true);
            return true;
        }
        start(exchange, passage, call, this::take, callback);
        return false;
    }

    /**
     * Makes the same call once more, while the exchange still has what is sent. It is put together where the service's steps run, as the
     * first was: that may be long.
     */
    final void again(Exchange exchange, Passage passage, AsyncCallback callback) {
        passage.work().execute(() -> {
            OutboundClient.Call call;
            try {
                call = call(exchange, passage);
            } catch (InvalidPayloadException | RuntimeException | Error refused) {
                exchange.setException(refused);
                callback.done(false);
                return;
            }
            start(exchange, passage, call, this::takeAgain, callback);
        });
    }

    private void start(
            Exchange exchange, Passage passage, OutboundClient.Call call, Taker taker, AsyncCallback callback) {
        Runnable start = () -> Thrown.by(() -> call(exchange, passage, call, taker, callback))
                .ifPresent(broken -> back(exchange, passage, callback, broken));
        if (passage.work().equals(passage.home())) {
            start.run();
        } else {
            passage.home().execute(start);
        }
    }

    private void call(
            Exchange exchange, Passage passage, OutboundClient.Call call, Taker taker, AsyncCallback callback) {
        endpoint.client().call(call, passage).onComplete(answered -> {
            if (answered.failed()) {
                unanswered(exchange, answered.cause());
                back(exchange, passage, callback, answered.cause());
                return;
            }
            Thrown.by(() -> taker.take(exchange, passage, answered.result(), callback))
                    .ifPresent(broken -> {
                        answered.result().discard();
                        back(exchange, passage, callback, broken);
                    });
        });
    }

    /** @throws BusException {@code route-refused} when the exchange did not come by the way */
    static Passage onTheWay(Exchange exchange) {
        if (exchange.getProperty(Passage.PROPERTY) instanceof Passage passage
                && exchange.getProperty(Inbound.PROPERTY) instanceof Inbound
                && !passage.isClosed()) {
            return passage;
        }
        throw new BusException(ErrorCode.ROUTE_REFUSED, "a route called out without an exchange of the way");
    }

    /** Goes on where the service's steps run; never on the caller's own stack, so that long routes stay flat. */
    static void back(Exchange exchange, Passage passage, AsyncCallback callback, @Nullable Throwable failure) {
        if (failure != null) {
            exchange.setException(failure);
        }
        if (passage.work().equals(passage.home())) {
            callback.done(false);
        } else {
            passage.work().execute(() -> callback.done(false));
        }
    }
}
