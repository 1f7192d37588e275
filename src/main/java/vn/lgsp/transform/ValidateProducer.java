package vn.lgsp.transform;

import com.fasterxml.jackson.databind.JsonNode;
import org.apache.camel.Endpoint;
import org.apache.camel.Exchange;
import org.apache.camel.support.DefaultProducer;

/** Checks one body after the other against one schema. */
final class ValidateProducer extends DefaultProducer {
    private final Contract contract;

    ValidateProducer(Endpoint endpoint, Contract contract) {
        super(endpoint);
        this.contract = contract;
    }

    @Override
    public void process(Exchange exchange) {
        Side side = JsonBodyStep.enter(exchange);
        JsonNode content = JsonBodyStep.read(exchange, exchange.getMessage().getBody(), side);
        contract.check(content, side);
        exchange.getMessage().setBody(content);
    }
}
