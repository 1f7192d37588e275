package vn.lgsp.transform;

import org.apache.camel.Endpoint;
import org.apache.camel.Exchange;
import org.apache.camel.support.DefaultProducer;

/** Checks one XML body after the other against one schema. */
final class ValidateXmlProducer extends DefaultProducer {
    private final XmlContract contract;

    ValidateXmlProducer(Endpoint endpoint, XmlContract contract) {
        super(endpoint);
        this.contract = contract;
    }

    @Override
    public void process(Exchange exchange) {
        Side side = JsonBodyStep.enter(exchange);
        Object body = exchange.getMessage().getBody();
        byte[] content = body == null ? new byte[0] : JsonBodyStep.bytes(exchange, body, side);
        contract.check(content, side);
        // a stream can be read once
        exchange.getMessage().setBody(content);
    }
}
