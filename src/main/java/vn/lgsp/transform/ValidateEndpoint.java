package vn.lgsp.transform;

import java.util.function.Function;
import org.apache.camel.Component;
import org.apache.camel.Consumer;
import org.apache.camel.Endpoint;
import org.apache.camel.Processor;
import org.apache.camel.Producer;
import org.apache.camel.support.DefaultEndpoint;

/** One schema, ready for use. */
final class ValidateEndpoint extends DefaultEndpoint {
    private final Function<Endpoint, Producer> check;

    ValidateEndpoint(String uri, Component component, Function<Endpoint, Producer> check) {
        super(uri, component);
        this.check = check;
    }

    @Override
    public Producer createProducer() {
        return check.apply(this);
    }

    @Override
    public Consumer createConsumer(Processor processor) {
        throw new UnsupportedOperationException("lgsp-validate is a step, not a source");
    }

    @Override
    public boolean isSingletonProducer() {
        return true;
    }

    @Override
    public boolean isRemote() {
        return false;
    }
}
