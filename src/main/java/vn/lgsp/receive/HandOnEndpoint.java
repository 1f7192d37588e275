package vn.lgsp.receive;

import org.apache.camel.Consumer;
import org.apache.camel.Processor;
import org.apache.camel.Producer;
import org.apache.camel.support.DefaultEndpoint;
import vn.lgsp.message.ServiceKey;

/** A guaranteed service of this bus, as a route of another one hands on to it. Its options are those that can be set. */
public final class HandOnEndpoint extends DefaultEndpoint {
    private final HandOnComponent component;
    private final ServiceKey target;
    private String messageId = "";
    private String carries = "";
    private String contentType = "";
    private String refusals = "fail";

    HandOnEndpoint(String uri, HandOnComponent component, ServiceKey target) {
        super(uri, component);
        this.component = component;
        this.target = target;
    }

    @Override
    public Producer createProducer() {
        return new HandOnProducer(this);
    }

    @Override
    public Consumer createConsumer(Processor processor) {
        throw new UnsupportedOperationException("lgsp-hand-on only gives; the way has the only entry of the bus");
    }

    HandOnComponent entrance() {
        return component;
    }

    ServiceKey target() {
        return target;
    }

    /** By what a repeat is known: a text in which {@code {name}} takes the exchange variable of that name. */
    public String getMessageId() {
        return messageId;
    }

    public void setMessageId(String messageId) {
        this.messageId = messageId;
    }

    /** Exchange variables that travel as parameters of the media type, with commas between. */
    public String getCarries() {
        return carries;
    }

    public void setCarries(String carries) {
        this.carries = carries;
    }

    /** The media type of the body; without it the one that the route has set. */
    public String getContentType() {
        return contentType;
    }

    public void setContentType(String contentType) {
        this.contentType = contentType;
    }

    /** {@code fail}: what is refused fails here. {@code go-on}: the route goes on, and the variable {@code handedOn} is {@code false}. */
    public String getRefusals() {
        return refusals;
    }

    public void setRefusals(String refusals) {
        this.refusals = refusals;
    }
}
