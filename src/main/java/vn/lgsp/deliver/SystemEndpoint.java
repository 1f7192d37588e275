package vn.lgsp.deliver;

import java.util.function.Supplier;
import org.apache.camel.Component;
import org.apache.camel.Consumer;
import org.apache.camel.Processor;
import org.apache.camel.support.DefaultEndpoint;
import vn.lgsp.message.SystemId;

/** An address of a registered system, as a connector names it: out only, for the way has the only entry of the bus. */
abstract class SystemEndpoint extends DefaultEndpoint {
    private final Supplier<OutboundClient> client;
    private final SystemId system;
    private final String path;
    private String xRoad = "";
    private String xRoadParty = "";

    /** @param target system and path, as {@link HttpComponent.Target} */
    SystemEndpoint(String uri, Component component, Supplier<OutboundClient> client, HttpComponent.Target target) {
        super(uri, component);
        this.client = client;
        this.system = target.system();
        this.path = target.path();
    }

    @Override
    public Consumer createConsumer(Processor processor) {
        throw new UnsupportedOperationException(
                "lgsp-http and lgsp-soap only call out; the way has the only entry of the bus");
    }

    OutboundClient client() {
        return client.get();
    }

    SystemId system() {
        return system;
    }

    String path() {
        return path;
    }

    /** The service of X-Road that is called: instance, class, member, subsystem and service code, with slashes between. */
    public String getXRoad() {
        return xRoad;
    }

    public void setXRoad(String xRoad) {
        this.xRoad = xRoad;
    }

    /** The member class under which X-Road is told the agency that asks; empty where it is not told. */
    public String getXRoadParty() {
        return xRoadParty;
    }

    public void setXRoadParty(String xRoadParty) {
        this.xRoadParty = xRoadParty;
    }
}
