package vn.lgsp.transform;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;
import org.apache.camel.Endpoint;
import org.apache.camel.Exchange;
import org.apache.camel.support.DefaultProducer;
import vn.lgsp.message.Inbound;

/** Checks one exchange after the other against one operation of an OpenAPI document; JSON that was read is handed on parsed. */
final class ValidateOpenApiProducer extends DefaultProducer {
    private final OpenApiContract contract;

    ValidateOpenApiProducer(Endpoint endpoint, OpenApiContract contract) {
        super(endpoint);
        this.contract = contract;
    }

    @Override
    public void process(Exchange exchange) {
        Side side = JsonBodyStep.enter(exchange);
        Body body = new Body(exchange, side);
        String type = OpenApiContent.type(exchange.getMessage().getHeader(Exchange.CONTENT_TYPE, "", String.class));
        if (side == Side.REQUEST) {
            contract.request(type, came(exchange), variable -> JsonBodyStep.variable(exchange, variable), body);
        } else {
            contract.answer(
                    exchange.getMessage().getHeader(Exchange.HTTP_RESPONSE_CODE, 200, Integer.class), type, body);
        }
    }

    private static String came(Exchange exchange) {
        Inbound inbound = exchange.getProperty(Inbound.PROPERTY, Inbound.class);
        if (inbound != null) {
            for (Map.Entry<String, String> header : inbound.headers()) {
                if (header.getKey().equalsIgnoreCase(Exchange.CONTENT_TYPE)) {
                    return OpenApiContent.type(header.getValue());
                }
            }
        }
        return "";
    }

    private record Body(Exchange exchange, Side side) implements OpenApiContract.Content {
        @Override
        public boolean isEmpty() {
            Object body = exchange.getMessage().getBody();
            if (body == null) {
                return true;
            }
            if (body instanceof JsonNode node) {
                return node.isNull();
            }
            if (body instanceof String text) {
                return text.isEmpty();
            }
            byte[] bytes = JsonBodyStep.bytes(exchange, body, side);
            exchange.getMessage().setBody(bytes); // a stream can be read once
            return bytes.length == 0;
        }

        @Override
        public JsonNode json() {
            JsonNode read = JsonBodyStep.read(exchange, exchange.getMessage().getBody(), side);
            exchange.getMessage().setBody(read);
            return read;
        }
    }
}
