package vn.lgsp.transform;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.apache.camel.Endpoint;
import org.apache.camel.Exchange;
import org.apache.camel.support.DefaultComponent;

/**
 * {@code lgsp-mask:xml}: takes out of an XML body what its option {@code remove} names, and puts {@code sign} in the place of what its
 * option {@code mask} names.
 *
 * @see "MSG-13"
 */
public final class MaskComponent extends DefaultComponent {
    @Override
    protected Endpoint createEndpoint(String uri, String remaining, Map<String, Object> parameters) {
        if (!remaining.equals("xml")) {
            throw new IllegalArgumentException("lgsp-mask does not know '" + remaining + "': write lgsp-mask:xml");
        }
        XmlMask mask = new XmlMask(
                getAndRemoveParameter(parameters, "remove", String.class, ""),
                getAndRemoveParameter(parameters, "mask", String.class, ""),
                getAndRemoveParameter(parameters, "sign", String.class, "***"));
        return new ValidateEndpoint(
                uri, this, endpoint -> new SchemaProducer(endpoint, exchange -> apply(mask, exchange)));
    }

    private static void apply(XmlMask mask, Exchange exchange) {
        Side side = JsonBodyStep.enter(exchange);
        Object body = exchange.getMessage().getBody();
        byte[] xml = body instanceof String text
                ? text.getBytes(StandardCharsets.UTF_8)
                : body == null ? new byte[0] : JsonBodyStep.bytes(exchange, body, side);
        exchange.getMessage().setBody(mask.apply(xml, side));
    }
}
