package vn.lgsp.deliver;

import java.util.Map;
import java.util.function.Supplier;
import org.apache.camel.Endpoint;
import org.apache.camel.support.DefaultComponent;
import vn.lgsp.failure.BusException;
import vn.lgsp.failure.ErrorCode;
import vn.lgsp.message.SystemId;

/**
 * The Camel component {@code lgsp-http:{system}/path}: calls a registered system over HTTP. A route names the system; its
 * address, time-outs, credential and limit of waiting calls belong to the registry.
 *
 * <p>{@code {name}} in the path is filled with the exchange variable of that name, percent-encoded.
 */
public final class HttpComponent extends DefaultComponent {
    private final Supplier<OutboundClient> client;

    public HttpComponent(OutboundClient client) {
        this(() -> client);
    }

    private HttpComponent(Supplier<OutboundClient> client) {
        this.client = client;
    }

    /** Makes the same endpoints, and calls nobody: to see whether a route can be built. */
    public static HttpComponent unconnected() {
        return new HttpComponent(() -> {
            throw new IllegalStateException("this component is not connected");
        });
    }

    @Override
    protected Endpoint createEndpoint(String uri, String remaining, Map<String, Object> parameters) throws Exception {
        Target target = Target.of(remaining);
        HttpEndpoint endpoint = new HttpEndpoint(uri, this, client, target);
        setProperties(endpoint, PlainOptions.of(parameters));
        return endpoint;
    }

    @Override
    public boolean useRawUri() {
        return true;
    }

    /** System and path of an address such as {@code land-registry-east/parcels/{number}}. */
    record Target(SystemId system, String path) {
        static Target of(String remaining) {
            int slash = remaining.indexOf('/');
            String path = slash < 0 ? "" : remaining.substring(slash);
            return new Target(
                    system(slash < 0 ? remaining : remaining.substring(0, slash)),
                    // a connector whose version is left out: some gateways have none
                    path.replace("%7B", "{").replace("%7D", "}").replaceAll("/{2,}", "/"));
        }

        private static SystemId system(String name) {
            try {
                return new SystemId(name);
            } catch (IllegalArgumentException notAName) {
                throw new BusException(
                        ErrorCode.ROUTE_REFUSED, "a route names registered systems, never hosts", notAName);
            }
        }
    }
}
