package vn.lgsp.transform;

import java.util.Map;
import org.apache.camel.Endpoint;
import org.apache.camel.support.DefaultComponent;

/**
 * Turns one element of an XML Schema in the folder of the mappings into the other form, by what the schema says: {@code
 * lgsp-json:{path}.xsd?element={name}} makes JSON of XML, {@code lgsp-xml:{path}.xsd?element={name}} makes XML of JSON. Compiled when
 * the route is built; what JSON cannot show is refused then.
 *
 * @see "BUS-09, BUS-17"
 */
public final class SchemaComponent extends DefaultComponent {
    private final MappingFolder folder;
    private final boolean makesJson;

    private SchemaComponent(TransformSettings settings, boolean makesJson) {
        folder = new MappingFolder(settings.folder());
        this.makesJson = makesJson;
    }

    /** {@code lgsp-json}. */
    public static SchemaComponent json(TransformSettings settings) {
        return new SchemaComponent(settings, true);
    }

    /** {@code lgsp-xml}. */
    public static SchemaComponent xml(TransformSettings settings) {
        return new SchemaComponent(settings, false);
    }

    @Override
    protected Endpoint createEndpoint(String uri, String remaining, Map<String, Object> parameters) {
        String element = getAndRemoveParameter(parameters, "element", String.class);
        if (element == null) {
            throw new IllegalArgumentException("the option element is missing: name the element of the schema");
        }
        SchemaForm form = new SchemaForm(folder, remaining, element);
        return new ValidateEndpoint(
                uri,
                this,
                endpoint -> makesJson
                        ? new SchemaProducer(endpoint, exchange -> SchemaStep.toJson(form, exchange))
                        : new SchemaProducer(endpoint, exchange -> SchemaStep.toXml(form, exchange)));
    }
}
