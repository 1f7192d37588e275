package vn.lgsp.runtime;

import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.camel.AsyncCallback;
import org.apache.camel.AsyncProcessor;
import org.apache.camel.Exchange;
import org.apache.camel.support.AsyncProcessorSupport;

/**
 * A step of the way that always ends: what it throws becomes the failure of the exchange. Camel catches nothing around an
 * asynchronous processor, and an exchange left hanging would have no answer and no record.
 */
final class Caught extends AsyncProcessorSupport {
    private final AsyncProcessor step;

    Caught(AsyncProcessor step) {
        this.step = step;
    }

    @Override
    public boolean process(Exchange exchange, AsyncCallback callback) {
        AtomicBoolean ended = new AtomicBoolean();
        try {
            return step.process(exchange, sync -> {
                if (ended.compareAndSet(false, true)) {
                    callback.done(sync);
                }
            });
        } catch (RuntimeException | Error broken) {
            if (!ended.compareAndSet(false, true)) {
                throw broken; // of what came after the step, which has its own way to end
            }
            exchange.setException(broken);
            callback.done(true);
            return true;
        }
    }
}
