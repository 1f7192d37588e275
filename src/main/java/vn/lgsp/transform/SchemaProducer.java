package vn.lgsp.transform;

import java.util.function.Consumer;
import org.apache.camel.Endpoint;
import org.apache.camel.Exchange;
import org.apache.camel.support.DefaultProducer;

/** Turns one body after the other. */
final class SchemaProducer extends DefaultProducer {
    private final Consumer<Exchange> turn;

    SchemaProducer(Endpoint endpoint, Consumer<Exchange> turn) {
        super(endpoint);
        this.turn = turn;
    }

    @Override
    public void process(Exchange exchange) {
        turn.accept(exchange);
    }
}
