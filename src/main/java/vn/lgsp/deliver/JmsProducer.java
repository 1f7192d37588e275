package vn.lgsp.deliver;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;
import org.apache.camel.InvalidPayloadException;
import org.apache.camel.support.DefaultAsyncProducer;
import vn.lgsp.failure.BusException;
import vn.lgsp.failure.Thrown;
import vn.lgsp.message.Passage;
import vn.lgsp.message.Stage;

/**
 * Hands content to a system's queue and waits, without a thread, until the system's consumer has confirmed it; the body is empty
 * afterwards. With {@code reply} it waits for the system's reply instead, and that is the body.
 *
 * <p>{@code provider-failed} when the reply says that it is an error, {@code provider-invalid} when it is no text and no bytes. {@code provider-timeout} when no confirmation came in time; {@code provider-unreachable} when nobody consumes, or the broker is
 * away; {@code provider-busy} when too much waits already; {@code provider-suspended} while its breaker rests. What failed may have been processed all the same: it comes again under
 * the same delivery id (DLV-05).
 */
final class JmsProducer extends DefaultAsyncProducer {
    private final JmsEndpoint endpoint;

    JmsProducer(JmsEndpoint endpoint) {
        super(endpoint);
        this.endpoint = endpoint;
    }

    @Override
    public boolean process(Exchange exchange, AsyncCallback callback) {
        Passage passage;
        QueueClient.Content content;
        try {
            passage = SystemProducer.onTheWay(exchange);
            passage.enter(Stage.DELIVER);
            passage.calls(endpoint.system());
            content = new QueueClient.Content(
                    exchange.getMessage().getMandatoryBody(byte[].class),
                    endpoint.isText(),
                    Optional.ofNullable(exchange.getMessage().getHeader(Exchange.CONTENT_TYPE, String.class)),
                    properties(exchange));
        } catch (BusException | InvalidPayloadException refused) {
            exchange.setException(refused);
            callback.done(true);
            return true;
        }
        endpoint.client()
                .hand(endpoint.system(), content, passage, endpoint.isReply())
                .onComplete(handed -> {
                    Optional<Throwable> broken = handed.failed()
                            ? Optional.of(handed.cause())
                            : Thrown.by(() -> {
                                exchange.getMessage().removeHeaders("*");
                                exchange.getMessage().setBody(handed.result().content());
                                handed.result().type().ifPresent(type -> exchange.getMessage()
                                        .setHeader(Exchange.CONTENT_TYPE, type));
                            });
                    passage.home().execute(() -> SystemProducer.back(exchange, passage, callback, broken.orElse(null)));
                });
        return false;
    }

    private Map<String, String> properties(Exchange exchange) {
        Map<String, String> properties = new LinkedHashMap<>();
        for (String each : endpoint.getProperties().split(",", -1)) {
            String[] named = each.strip().split(":", 2);
            String value = named.length == 2
                    ? exchange.getMessage().getHeader(named[1], String.class)
                    : named[0].isEmpty() ? null : exchange.getVariable(named[0], String.class);
            if (value != null) {
                properties.put(named[0], value);
            }
        }
        return properties;
    }
}
