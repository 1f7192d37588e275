package vn.lgsp.transform;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.apache.camel.Exchange;
import vn.lgsp.failure.BusException;

/**
 * One element of an XML Schema outside of any route: turned as {@code lgsp-json:} and {@code lgsp-xml:} turn it, described as a JSON
 * Schema, and shown by an example. It is what a service is made from whose provider has told its contract.
 *
 * @see "BUS-06, BUS-09"
 */
public final class SchemaStep {
    private final SchemaForm form;

    private SchemaStep(SchemaForm form) {
        this.form = form;
    }

    /**
     * Makes the element ready.
     *
     * @param transforms the folder of the mappings
     * @param file the schema, below it
     * @param element declared at the top level of the file, by its local name
     * @throws IllegalArgumentException when a file is missing, or, as {@code Refused}, JSON cannot show what the schema says
     */
    public static SchemaStep of(Path transforms, String file, String element) {
        return new SchemaStep(new SchemaForm(new MappingFolder(transforms), file, element));
    }

    /**
     * The JSON of this XML.
     *
     * @throws BusException {@code message-invalid} when it does not fit
     */
    public byte[] json(byte[] xml) {
        return Json.bytes(form.json(xml, Side.REQUEST));
    }

    /**
     * The XML of this JSON.
     *
     * @throws BusException {@code message-invalid} when it does not fit
     */
    public byte[] xml(byte[] json) {
        return form.xml(Json.read(json, Side.REQUEST), Side.REQUEST);
    }

    /**
     * What the JSON looks like, as a JSON Schema of draft 2020-12. It lets through whatever the XML Schema lets through, and now and
     * then more.
     *
     * @param title for people
     */
    public String jsonSchema(String title) {
        return new JsonSchemaOf(form.root(), title).text();
    }

    /**
     * An example that fits, the same each time.
     *
     * @param everything with what may be left out; otherwise without
     * @throws BusException when none was found, naming the places
     */
    public String example(boolean everything) {
        JsonNode example = new ExampleOf(everything).of(form.root());
        form.xml(example, Side.REQUEST);
        return JsonSchemaOf.pretty(example);
    }

    static void toJson(SchemaForm form, Exchange exchange) {
        Side side = JsonBodyStep.enter(exchange);
        Object body = exchange.getMessage().getBody();
        byte[] xml = body instanceof String text
                ? text.getBytes(StandardCharsets.UTF_8)
                : body == null ? new byte[0] : JsonBodyStep.bytes(exchange, body, side);
        exchange.getMessage().setBody(form.json(xml, side));
    }

    static void toXml(SchemaForm form, Exchange exchange) {
        Side side = JsonBodyStep.enter(exchange);
        JsonNode json = JsonBodyStep.read(exchange, exchange.getMessage().getBody(), side);
        exchange.getMessage().setBody(form.xml(json, side));
    }
}
