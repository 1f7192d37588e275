package vn.lgsp.deliver;

import java.util.Map;
import java.util.function.Supplier;
import org.apache.camel.Endpoint;
import org.apache.camel.support.DefaultComponent;

/**
 * The Camel component {@code lgsp-soap:{system}/path?expects={namespace}name}: a plain SOAP call to a registered system. The
 * body is the payload going out and coming back; envelope and faults are its business.
 */
public final class SoapComponent extends DefaultComponent {
    private final Supplier<OutboundClient> client;
    private final Supplier<SoapSecurity> security;

    public SoapComponent(OutboundClient client, SoapSecurity security) {
        this(() -> client, () -> security);
    }

    private SoapComponent(Supplier<OutboundClient> client, Supplier<SoapSecurity> security) {
        this.client = client;
        this.security = security;
    }

    /** Makes the same endpoints, and calls nobody: to see whether a route can be built. */
    public static SoapComponent unconnected() {
        return new SoapComponent(
                () -> {
                    throw new IllegalStateException("this component is not connected");
                },
                () -> {
                    throw new IllegalStateException("this component is not connected");
                });
    }

    @Override
    protected Endpoint createEndpoint(String uri, String remaining, Map<String, Object> parameters) throws Exception {
        HttpComponent.Target target = HttpComponent.Target.of(remaining);
        SoapEndpoint endpoint = new SoapEndpoint(uri, this, client, security, target);
        setProperties(endpoint, PlainOptions.of(parameters));
        return endpoint;
    }

    @Override
    public boolean useRawUri() {
        return true;
    }
}
