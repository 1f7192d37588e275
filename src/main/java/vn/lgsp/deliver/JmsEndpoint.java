package vn.lgsp.deliver;

import java.util.function.Supplier;
import org.apache.camel.Consumer;
import org.apache.camel.Processor;
import org.apache.camel.Producer;
import org.apache.camel.support.DefaultEndpoint;
import vn.lgsp.message.SystemId;

/** The queue of a registered system, as a connector names it; out only. Options: {@code text}, {@code reply}, {@code properties}. */
public final class JmsEndpoint extends DefaultEndpoint {
    private final Supplier<QueueClient> client;
    private final SystemId system;
    private boolean text;
    private boolean reply;
    private String properties = "";

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

    /** Whether the step waits for a reply, which is then the body, and not only for the confirmation. */
    public boolean isReply() {
        return reply;
    }

    public void setReply(boolean reply) {
        this.reply = reply;
    }

    /** What travels as properties of the message: {@code name} takes a variable, {@code name:Header} a header; commas between. */
    public String getProperties() {
        return properties;
    }

    public void setProperties(String properties) {
        this.properties = properties;
    }

    QueueClient client() {
        return client.get();
    }

    SystemId system() {
        return system;
    }
}
