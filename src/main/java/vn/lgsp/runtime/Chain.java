package vn.lgsp.runtime;

import org.apache.camel.AsyncCallback;
import org.apache.camel.AsyncProcessor;
import org.apache.camel.Exchange;
import org.apache.camel.support.AsyncProcessorSupport;

/** Two steps of the way as one; the second is not taken when the first failed. */
final class Chain extends AsyncProcessorSupport {
    private final AsyncProcessor first;
    private final AsyncProcessor second;

    private Chain(AsyncProcessor first, AsyncProcessor second) {
        this.first = first;
        this.second = second;
    }

    static AsyncProcessor of(AsyncProcessor first, AsyncProcessor second) {
        return new Chain(first, second);
    }

    @Override
    public boolean process(Exchange exchange, AsyncCallback callback) {
        first.process(exchange, sync -> {
            if (exchange.getException() == null) {
                second.process(exchange, later -> callback.done(false));
            } else {
                callback.done(false);
            }
        });
        return false;
    }
}
