package vn.lgsp.transform;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.apache.camel.Endpoint;
import org.apache.camel.Exchange;
import org.apache.camel.support.DefaultComponent;

/**
 * {@code lgsp-csv:read} makes JSON of comma-separated values: an array of objects of strings; {@code lgsp-csv:write} makes
 * comma-separated values of such an array. Options: {@code separator} (comma, semicolon, tab, pipe), and {@code columns} to write.
 *
 * @see "BUS-08, BUS-09"
 */
public final class CsvComponent extends DefaultComponent {
    private static final Map<String, Character> SEPARATORS =
            Map.of("comma", ',', "semicolon", ';', "tab", '\t', "pipe", '|');

    @Override
    protected Endpoint createEndpoint(String uri, String remaining, Map<String, Object> parameters) {
        String separator = getAndRemoveParameter(parameters, "separator", String.class, "comma");
        String columns = getAndRemoveParameter(parameters, "columns", String.class, "");
        if (!SEPARATORS.containsKey(separator)) {
            throw new IllegalArgumentException("separator is one of comma, semicolon, tab and pipe");
        }
        Csv csv = new Csv(
                SEPARATORS.getOrDefault(separator, ','),
                columns.isBlank() ? List.of() : List.of(columns.strip().split("\\s*,\\s*", -1)));
        return switch (remaining) {
            case "read" ->
                new ValidateEndpoint(
                        uri, this, endpoint -> new SchemaProducer(endpoint, exchange -> read(csv, exchange)));
            case "write" ->
                new ValidateEndpoint(
                        uri, this, endpoint -> new SchemaProducer(endpoint, exchange -> write(csv, exchange)));
            default ->
                throw new IllegalArgumentException(
                        "lgsp-csv does not know '" + remaining + "': write lgsp-csv:read or lgsp-csv:write");
        };
    }

    private static void read(Csv csv, Exchange exchange) {
        Side side = JsonBodyStep.enter(exchange);
        Object body = exchange.getMessage().getBody();
        byte[] table = body instanceof String text
                ? text.getBytes(StandardCharsets.UTF_8)
                : body == null ? new byte[0] : JsonBodyStep.bytes(exchange, body, side);
        exchange.getMessage().setBody(csv.read(table, side));
        exchange.getMessage().setHeader(Exchange.CONTENT_TYPE, "application/json");
    }

    private static void write(Csv csv, Exchange exchange) {
        Side side = JsonBodyStep.enter(exchange);
        JsonNode rows = JsonBodyStep.read(exchange, exchange.getMessage().getBody(), side);
        exchange.getMessage().setBody(csv.write(rows, side));
        exchange.getMessage().setHeader(Exchange.CONTENT_TYPE, "text/csv; charset=utf-8; header=present");
    }
}
