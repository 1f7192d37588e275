package vn.lgsp.deliver;

import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.apache.camel.Endpoint;
import org.apache.camel.support.DefaultComponent;
import vn.lgsp.edoc.PartnerCodes;

/**
 * The Camel component {@code lgsp-axis:{system}/{operation}}: speaks to a registered document axis. Which of its two forms is spoken, and
 * how the call is signed, the registry says by the scheme of the system's credential.
 *
 * @see "EXT-05, EXT-20"
 */
public final class AxisComponent extends DefaultComponent {
    private final Supplier<OutboundClient> client;
    private final Optional<PartnerCodes> codes;
    private final AxisPatience patience = new AxisPatience();

    /** @param codes in which each axis reads organisation codes */
    public AxisComponent(OutboundClient client, PartnerCodes codes) {
        this(() -> client, Optional.of(codes));
    }

    private AxisComponent(Supplier<OutboundClient> client, Optional<PartnerCodes> codes) {
        this.client = client;
        this.codes = codes;
    }

    /** Makes the same endpoints, and calls nobody: to see whether a route can be built. */
    public static AxisComponent unconnected() {
        return new AxisComponent(
                () -> {
                    throw new IllegalStateException("this component is not connected");
                },
                Optional.empty());
    }

    Optional<PartnerCodes> codes() {
        return codes;
    }

    AxisPatience patience() {
        return patience;
    }

    @Override
    protected Endpoint createEndpoint(String uri, String remaining, Map<String, Object> parameters) throws Exception {
        AxisEndpoint endpoint = new AxisEndpoint(uri, this, client, HttpComponent.Target.of(remaining));
        setProperties(endpoint, PlainOptions.of(parameters));
        return endpoint;
    }

    @Override
    public boolean useRawUri() {
        return true;
    }
}
