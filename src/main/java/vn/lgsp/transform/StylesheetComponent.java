package vn.lgsp.transform;

import java.util.Map;
import org.apache.camel.Endpoint;
import org.apache.camel.component.xslt.XsltComponent;
import org.apache.camel.component.xslt.XsltEndpoint;
import vn.lgsp.failure.BusException;
import vn.lgsp.failure.ErrorCode;

/**
 * Camel's {@code xslt:} component as the bus runs it, registered under the same name: {@code
 * xslt:file:transforms/{domain}/{service}/request.xsl}. XSLT 3.0 by Saxon, compiled when the route is built.
 *
 * <ul>
 *   <li>The body is XML (bytes or text), or JSON parsed by a step before, which the stylesheet sees in the XML form of {@code
 *       fn:json-to-xml}; the result is always bytes, in the encoding of {@code xsl:output}.
 *   <li>Parameters: the exchange's variables, and {@code exchangeId}.
 *   <li>Content that is not acceptable XML, or does not fit: {@code message-invalid}, or {@code provider-invalid} for an answer.
 * </ul>
 *
 * @see "BUS-09, SEC-01"
 */
public final class StylesheetComponent extends XsltComponent {
    private final Stylesheets stylesheets;

    public StylesheetComponent(TransformSettings settings) {
        stylesheets = new Stylesheets(new MappingFolder(settings.folder()));
    }

    @Override
    protected Endpoint createEndpoint(String uri, String remaining, Map<String, Object> parameters) throws Exception {
        parameters.forEach((name, value) -> {
            // Camel would make an object of the class.
            if (String.valueOf(value).strip().startsWith("#")) {
                throw new BusException(
                        ErrorCode.ROUTE_REFUSED, "the option " + name + " names a bean or a class: write a text");
            }
        });
        return super.createEndpoint(uri, remaining, parameters);
    }

    @Override
    protected XsltEndpoint createXsltEndpoint(String uri) {
        return new StylesheetEndpoint(uri, this, stylesheets);
    }
}
