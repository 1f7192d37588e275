package vn.lgsp.identify;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.Optional;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import vn.lgsp.catalogue.Catalogue;
import vn.lgsp.catalogue.Snapshot;
import vn.lgsp.failure.BusException;
import vn.lgsp.failure.ErrorCode;
import vn.lgsp.message.Inbound;
import vn.lgsp.message.Passage;
import vn.lgsp.message.ServiceId;
import vn.lgsp.message.ServiceKey;
import vn.lgsp.message.Stage;
import vn.lgsp.parse.JsonParsers;

/**
 * Answers a login in the provincial form of the document axis with a token (wire-formats 4.1). What the calls that follow show beside it
 * stays as it is; that no second factor is asked for is the registry's word.
 *
 * <p>Fails with {@code service-unknown}, {@code message-invalid} or {@code consumer-unknown}.
 *
 * @see "EXT-20"
 */
public final class LogInStep implements Processor {
    private static final int SUCCESS = 200;
    private static final int LONGEST = 256;

    private final Catalogue catalogue;
    private final Identification identification;

    public LogInStep(Catalogue catalogue, Clock clock) {
        this.catalogue = catalogue;
        this.identification = new Identification(clock);
    }

    @Override
    public void process(Exchange exchange) {
        Passage passage = exchange.getProperty(Passage.PROPERTY, Passage.class);
        Inbound request = exchange.getProperty(Inbound.PROPERTY, Inbound.class);
        passage.enter(Stage.IDENTIFY);
        passage.takeCredential();
        Optional<String> secret = passage.takeSecret();
        Snapshot known = catalogue.now();
        ServiceKey service = service(request, known);
        passage.asksFor(service, "POST " + request.path());
        JsonNode asked = read(exchange);
        Identification.LoggedIn in = identification.login(
                text(asked, "username"),
                text(asked, "password"),
                text(asked, "applicationCode"),
                SystemHeader.of(request.headers()),
                secret,
                known);
        passage.identified(in.caller());
        ObjectNode answer =
                JsonParsers.content().createObjectNode().put("code", SUCCESS).put("message", "OK");
        answer.putObject("data")
                .put("token", in.token())
                .put("expiresIn", in.life().toSeconds());
        exchange.getMessage().removeHeaders("*");
        exchange.getMessage().setHeader(Exchange.CONTENT_TYPE, "application/json");
        exchange.getMessage().setHeader("Cache-Control", "no-store");
        exchange.getMessage().setBody(answer.toString().getBytes(StandardCharsets.UTF_8));
    }

    private static ServiceKey service(Inbound request, Snapshot known) {
        return Optional.of(request.service())
                .filter(ServiceId::isValid)
                .filter(any -> request.version() >= 1)
                .map(id -> new ServiceKey(new ServiceId(id), request.version()))
                .filter(key -> known.service(key).isPresent())
                .orElseThrow(
                        () -> new BusException(ErrorCode.SERVICE_UNKNOWN, "no service of the bus has this address"));
    }

    private static JsonNode read(Exchange exchange) {
        try {
            return Optional.ofNullable(
                            JsonParsers.content().readTree(exchange.getMessage().getBody(byte[].class)))
                    .filter(JsonNode::isObject)
                    .orElseThrow(LogInStep::noLogin);
        } catch (IOException | JsonParsers.NumberTooWide notJson) {
            throw noLogin();
        }
    }

    private static String text(JsonNode asked, String name) {
        JsonNode value = asked.path(name);
        return value.isTextual() && value.textValue().length() <= LONGEST ? value.textValue() : "";
    }

    private static BusException noLogin() {
        return new BusException(ErrorCode.MESSAGE_INVALID, "a login is a JSON object with username and password");
    }
}
