package vn.lgsp.transform;

import java.util.Map;
import org.apache.camel.Endpoint;
import org.apache.camel.support.DefaultComponent;

/**
 * {@code lgsp-validate:{path}}: holds the body against a schema in the folder of the mappings. A JSON Schema ({@code *.json}) hands
 * it on parsed; an XML Schema ({@code *.xsd}) hands on the same bytes. With {@code ?operation={operationId}} the file is an OpenAPI
 * document, and parameters count as well as the body.
 *
 * @see "BUS-17"
 */
public final class ValidateComponent extends DefaultComponent {
    private final MappingFolder folder;

    public ValidateComponent(TransformSettings settings) {
        folder = new MappingFolder(settings.folder());
    }

    @Override
    protected Endpoint createEndpoint(String uri, String remaining, Map<String, Object> parameters) {
        String operation = getAndRemoveParameter(parameters, "operation", String.class);
        if (operation != null) {
            OpenApiContract contract = new OpenApiContract(folder, remaining, operation);
            return new ValidateEndpoint(uri, this, endpoint -> new ValidateOpenApiProducer(endpoint, contract));
        }
        if (remaining.endsWith(".xsd")) {
            XmlContract contract = new XmlContract(folder, remaining);
            return new ValidateEndpoint(uri, this, endpoint -> new ValidateXmlProducer(endpoint, contract));
        }
        Contract contract = new Contract(folder, remaining);
        return new ValidateEndpoint(uri, this, endpoint -> new ValidateProducer(endpoint, contract));
    }
}
