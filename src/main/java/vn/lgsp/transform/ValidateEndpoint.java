package vn.lgsp.transform;

import org.apache.camel.Component;
import org.apache.camel.Consumer;
import org.apache.camel.Processor;
import org.apache.camel.Producer;
import org.apache.camel.support.DefaultEndpoint;

/** One schema, ready for use. */
final class ValidateEndpoint extends DefaultEndpoint {
    private final Contract contract;

    ValidateEndpoint(String uri, Component component, Contract contract) {
        super(uri, component);
        this.contract = contract;
    }

    @Override
    public Producer createProducer() {
        return new ValidateProducer(this, contract);
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
