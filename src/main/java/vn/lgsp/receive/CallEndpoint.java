package vn.lgsp.receive;

import java.util.Set;
import java.util.TreeSet;
import org.apache.camel.Consumer;
import org.apache.camel.Processor;
import org.apache.camel.Producer;
import org.apache.camel.support.DefaultEndpoint;
import vn.lgsp.failure.BusException;
import vn.lgsp.failure.ErrorCode;
import vn.lgsp.failure.Invalid;
import vn.lgsp.message.ServiceKey;

/** An operation of a service of the bus, as a route calls it. Its options are those that can be set. */
public final class CallEndpoint extends DefaultEndpoint {
    private final CallComponent component;
    private final ServiceKey service;
    private final String operation;
    private final Set<Integer> answers = new TreeSet<>();

    CallEndpoint(String uri, CallComponent component, String service, String operation) {
        super(uri, component);
        this.component = component;
        this.operation = operation;
        try {
            this.service = ServiceKey.of(service);
        } catch (Invalid notAService) {
            throw new BusException(ErrorCode.ROUTE_REFUSED, "a call names service, version and operation", notAService);
        }
    }

    @Override
    public Producer createProducer() {
        return new CallProducer(this);
    }

    @Override
    public Consumer createConsumer(Processor processor) {
        throw new UnsupportedOperationException("lgsp-call only calls; the way has the only entry of the bus");
    }

    /** The statuses beside 2xx that go on, with commas between. */
    public String getAnswers() {
        return String.join(",", answers.stream().map(String::valueOf).toList());
    }

    public void setAnswers(String documented) {
        answers.clear();
        for (String status : documented.split(",", -1)) {
            answers.add(Integer.valueOf(status.strip()));
        }
    }

    boolean documents(int status) {
        return answers.contains(status);
    }

    ServiceKey service() {
        return service;
    }

    String operation() {
        return operation;
    }

    CallComponent.Connected connected() {
        return component.connected();
    }
}
