package vn.lgsp.transform;

import java.util.Map;
import org.apache.camel.Endpoint;
import org.apache.camel.support.DefaultComponent;

/**
 * {@code lgsp-validate:{path}}: holds the body against a JSON Schema in the folder of the mappings and hands it on parsed.
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
        return new ValidateEndpoint(uri, this, new Contract(folder, remaining));
    }
}
