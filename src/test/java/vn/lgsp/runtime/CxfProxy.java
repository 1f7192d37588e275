package vn.lgsp.runtime;

import jakarta.xml.ws.BindingProvider;
import jakarta.xml.ws.handler.MessageContext;
import java.net.URI;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.cxf.Bus;
import org.apache.cxf.jaxws.JaxWsProxyFactoryBean;

/** A caller of the bus that somebody made with CXF. */
final class CxfProxy {
    private CxfProxy() {}

    /**
     * A proxy that shows the key of the consumer that may ask.
     *
     * @param version of SOAP, such as {@code 1.2}
     * @param mtom whether it sends content as parts
     */
    static <T> T of(Bus cxf, Class<T> service, URI address, String version, boolean mtom) {
        JaxWsProxyFactoryBean client = new JaxWsProxyFactoryBean();
        client.setBus(cxf);
        client.setServiceClass(service);
        client.setAddress(address.toString());
        client.setBindingId(
                version.equals("1.2")
                        ? "http://www.w3.org/2003/05/soap/bindings/HTTP/"
                        : "http://schemas.xmlsoap.org/wsdl/soap/http");
        client.setProperties(new HashMap<>(Map.of("mtom-enabled", mtom)));
        T proxy = client.create(service);
        ((BindingProvider) proxy)
                .getRequestContext()
                .put(MessageContext.HTTP_REQUEST_HEADERS, new HashMap<>(Map.of("X-Api-Key", List.of(TestBus.KEY))));
        return proxy;
    }
}
