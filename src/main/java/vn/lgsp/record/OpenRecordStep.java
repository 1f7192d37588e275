package vn.lgsp.record;

import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;
import org.apache.camel.support.AsyncProcessorSupport;
import vn.lgsp.message.Passage;
import vn.lgsp.message.Stage;

/**
 * The step {@code open-record}: the exchange goes on once its beginning is durable, or fails with {@code record-unavailable}.
 *
 * @see "LOG-01"
 */
public final class OpenRecordStep extends AsyncProcessorSupport {
    private final Recorder recorder;

    public OpenRecordStep(Recorder recorder) {
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
        passage.enter(Stage.RECORD);
        recorder.open(passage, failure -> {
            failure.ifPresent(exchange::setException);
            callback.done(false);
        });
        return false;
    }
}
