package vn.lgsp.deliver;

import java.util.Map;
import org.apache.camel.Endpoint;
import org.apache.camel.support.DefaultComponent;

/**
 * The Camel component {@code lgsp-soap:{system}/path?expects={namespace}name}: a plain SOAP 1.1 call to a registered system. The
 * body is the payload going out and coming back; envelope and faults are its business.
 */
public final class SoapComponent extends DefaultComponent {
    private final OutboundClient client;

    public SoapComponent(OutboundClient client) {
        this.client = client;
    }

    @Override
    protected Endpoint createEndpoint(String uri, String remaining, Map<String, Object> parameters) throws Exception {
        HttpComponent.Target target = HttpComponent.Target.of(remaining);
        SoapEndpoint endpoint = new SoapEndpoint(uri, this, client, target);
        setProperties(endpoint, parameters);
        return endpoint;
    }

    @Override
    public boolean useRawUri() {
        return true;
    }
}
