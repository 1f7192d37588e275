package vn.lgsp.deliver;

import java.util.function.Supplier;
import org.apache.camel.Consumer;
import org.apache.camel.Processor;
import org.apache.camel.Producer;
import org.apache.camel.support.DefaultEndpoint;
import vn.lgsp.message.SystemId;

/** The queue of a registered system, as a connector names it; out only. Option: {@code text}. */
public final class JmsEndpoint extends DefaultEndpoint {
    private final Supplier<QueueClient> client;
    private final SystemId system;
    private boolean text;

    JmsEndpoint(String uri, JmsComponent component, Supplier<QueueClient> client, SystemId system) {
        super(uri, component);
        this.client = client;
        this.system = system;
    }

    @Override
    public Producer createProducer() {
        return new JmsProducer(this);
    }

    @Override
    public Consumer createConsumer(Processor processor) {
        throw new UnsupportedOperationException("lgsp-jms only sends; the way has the only entry of the bus");
    }

    /** Whether the content goes as a text message instead of bytes; then it has to be UTF-8. */
    public boolean isText() {
        return text;
    }

    public void setText(boolean text) {
        this.text = text;
    }

    QueueClient client() {
        return client.get();
    }

    SystemId system() {
        return system;
    }
}
