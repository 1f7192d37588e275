package vn.lgsp.deliver;

import java.util.function.Supplier;
import org.apache.camel.Producer;

/** One SOAP operation of a registered system. Options: {@code action}, {@code expectsNamespace}, {@code expectsName}. */
public final class SoapEndpoint extends SystemEndpoint {
    private final Supplier<SoapSecurity> security;
    private String action = "";
    private String expectsNamespace = "";
    private String expectsName = "";

    SoapEndpoint(String uri, SoapComponent component, Supplier<OutboundClient> client, Supplier<SoapSecurity> security, HttpComponent.Target target) {
        super(uri, component, client, target);
        this.security = security;
    }

    SoapSecurity security() {
        return security.get();
    }

    @Override
    public Producer createProducer() {
        return new SoapProducer(this);
    }

    /** The SOAPAction; empty sends the empty one. */
    public String getAction() {
        return action;
    }

    public void setAction(String action) {
        this.action = action;
    }

    /** The namespace of the payload that a good answer holds. */
    public String getExpectsNamespace() {
        return expectsNamespace;
    }

    public void setExpectsNamespace(String expectsNamespace) {
        this.expectsNamespace = expectsNamespace;
    }

    /** The local name of the payload that a good answer holds; another one inside a 200 is the provider's failure. */
    public String getExpectsName() {
        return expectsName;
    }

    public void setExpectsName(String expectsName) {
        this.expectsName = expectsName;
    }
}
