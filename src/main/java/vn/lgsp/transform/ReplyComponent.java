package vn.lgsp.transform;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.camel.Endpoint;
import org.apache.camel.support.DefaultComponent;

/**
 * {@code lgsp-reply:{family}}: reads a provider's answer by the envelope of its family, and hands on what is inside. A failure that the
 * envelope tells is the provider's, {@code provider-failed} with its own code, whatever the HTTP status was.
 *
 * @see "API-03, API-04"
 */
public final class ReplyComponent extends DefaultComponent {
    private final MappingFolder folder;

    public ReplyComponent(TransformSettings settings) {
        folder = new MappingFolder(settings.folder());
    }

    @Override
    protected Endpoint createEndpoint(String uri, String remaining, Map<String, Object> parameters) {
        String success = getAndRemoveParameter(parameters, "success", String.class, "");
        List<String> values = success.isEmpty() ? List.of() : Arrays.asList(success.split(",", -1));
        int name = remaining.lastIndexOf('/') + 1;
        ReplyForm form = ReplyForm.of(
                folder, remaining.substring(0, name) + "_replies/" + remaining.substring(name) + ".reply.yaml", values);
        return new ValidateEndpoint(
                uri, this, endpoint -> new SchemaProducer(endpoint, exchange -> ReplyStep.read(form, exchange)));
    }
}
