package vn.lgsp.transform;

import java.util.Map;
import org.apache.camel.Endpoint;
import org.apache.camel.support.DefaultComponent;

/**
 * {@code lgsp-values:{path}.values.yaml}: turns the codes and dates of a partner into those of the bus, or back, at the places that
 * the file names, in JSON or XML. Tables of codes are read when the route is built.
 *
 * @see "MDM-05"
 */
public final class ValuesComponent extends DefaultComponent {
    private final MappingFolder folder;

    public ValuesComponent(TransformSettings settings) {
        folder = new MappingFolder(settings.folder());
    }

    @Override
    protected Endpoint createEndpoint(String uri, String remaining, Map<String, Object> parameters) {
        ValuesForm form = ValuesForm.of(folder, remaining);
        return new ValidateEndpoint(
                uri, this, endpoint -> new SchemaProducer(endpoint, exchange -> ValuesStep.turn(form, exchange)));
    }
}
