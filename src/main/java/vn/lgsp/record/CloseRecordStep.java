package vn.lgsp.record;

import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;
import org.apache.camel.support.AsyncProcessorSupport;
import vn.lgsp.message.Passage;

/**
 * The step {@code close-record}: the exchange goes on once its end is durable, or fails with {@code record-unavailable}.
 * An answer that streams is recorded by the edge, after its last byte.
 *
 * <p>It does not enter a stage of its own, so that a failed exchange keeps the stage at which it failed.
 *
 * @see "LOG-01"
 */
public final class CloseRecordStep extends AsyncProcessorSupport {
    private final Recorder recorder;

    public CloseRecordStep(Recorder recorder) {
        this.recorder = recorder;
    }

    @Override
    public boolean process(Exchange exchange, AsyncCallback callback) {
        Passage passage = exchange.getProperty(Passage.PROPERTY, Passage.class);
        if (passage == null) {
            exchange.setException(Recorder.noPassage());
            callback.done(true);
            return true;
        }
        if (passage.isStreamed()) {
            callback.done(true);
            return true;
        }
        recorder.close(passage, failure -> {
            failure.ifPresent(exchange::setException);
            callback.done(false);
        });
        return false;
    }
}
