package vn.lgsp.receive;

import java.time.Clock;
import java.util.Map;
import java.util.Optional;
import org.apache.camel.Endpoint;
import org.apache.camel.support.DefaultComponent;
import vn.lgsp.catalogue.Catalogue;
import vn.lgsp.failure.BusException;
import vn.lgsp.failure.ErrorCode;

/**
 * The Camel component {@code lgsp-call:{service}/v{n}/{operation}}: calls another service of the bus. What is called walks the way like
 * any exchange: it is identified by the account on the card of who calls, needs that account's grant, and has a record of its own.
 */
public final class CallComponent extends DefaultComponent {

    /**
     * What a call needs.
     *
     * @param answerLimit largest answer that streams, in bytes
     */
    record Connected(Way way, Catalogue catalogue, int answerLimit, Clock clock) {}

    private final Optional<Connected> connected;

    private CallComponent(Optional<Connected> connected) {
        this.connected = connected;
    }

    public CallComponent(Way way, Catalogue catalogue, ReceiveSettings settings, Clock clock) {
        this(Optional.of(new Connected(way, catalogue, settings.memoryLimit(), clock)));
    }

    /** Makes the same endpoints, and calls nobody: to see whether a route can be built. */
    public static CallComponent unconnected() {
        return new CallComponent(Optional.empty());
    }

    Connected connected() {
        return connected.orElseThrow(() -> new IllegalStateException("this component is not connected"));
    }

    @Override
    protected Endpoint createEndpoint(String uri, String remaining, Map<String, Object> parameters) throws Exception {
        int slash = remaining.lastIndexOf('/');
        CallEndpoint endpoint = new CallEndpoint(
                uri, this, slash < 0 ? remaining : remaining.substring(0, slash), remaining.substring(slash + 1));
        parameters.values().forEach(value -> {
            // Camel would make an object of any class that is named so
            if (String.valueOf(value).replaceFirst("^RAW[({]", "").strip().startsWith("#")) {
                throw new BusException(ErrorCode.ROUTE_REFUSED, "an option of a call names a bean or a class");
            }
        });
        setProperties(endpoint, parameters);
        return endpoint;
    }

    @Override
    public boolean useRawUri() {
        return true;
    }
}
