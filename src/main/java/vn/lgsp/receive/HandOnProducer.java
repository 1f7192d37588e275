package vn.lgsp.receive;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.camel.Exchange;
import org.apache.camel.InvalidPayloadException;
import vn.lgsp.catalogue.Operation;
import vn.lgsp.catalogue.ServiceCard;
import vn.lgsp.failure.BusException;
import vn.lgsp.failure.ErrorCode;
import vn.lgsp.message.Caller;
import vn.lgsp.message.Content;
import vn.lgsp.message.Door;
import vn.lgsp.message.ExchangeId;
import vn.lgsp.message.Inbound;
import vn.lgsp.message.Passage;
import vn.lgsp.message.Sha256;

/** Starts an exchange of a guaranteed service out of another exchange, and goes on when it is accepted. */
final class HandOnProducer extends InnerProducer {
    /** Whether the message was accepted, {@code true} or {@code false}. */
    static final String HANDED_ON = "handedOn";

    private static final Pattern VARIABLE = Pattern.compile("\\{([A-Za-z][A-Za-z0-9]*)}");
    private static final Pattern MESSAGE_ID = Pattern.compile("[\\x21-\\x7E]{1,200}");
    private static final Pattern PARAMETER = Pattern.compile("[\\x21\\x23-\\x3A\\x3C-\\x5B\\x5D-\\x7E]{1,200}");

    private final HandOnEndpoint endpoint;

    HandOnProducer(HandOnEndpoint endpoint) {
        super(endpoint);
        this.endpoint = endpoint;
    }

    @Override
    Arrival arrival(Exchange exchange, Passage passage) throws InvalidPayloadException {
        Caller caller = passage.caller()
                .orElseThrow(() -> new BusException(ErrorCode.CONSUMER_UNKNOWN, "nobody has proved to be the caller"));
        Passage inner = new Passage(
                ExchangeId.at(endpoint.entrance().clock().millis()),
                endpoint.entrance().clock().instant(),
                System.nanoTime(),
                "INSIDE",
                passage.correlation(),
                passage.home());
        inner.sentBy(caller);
        return arrivalOf(exchange, inner);
    }

    @Override
    void begin(Exchange exchange, Passage passage, Arrival arrival, Answered answered) {
        endpoint.entrance()
                .way()
                .walk(
                        arrival,
                        (reply, ended) -> answered.by(() -> {
                            reply.discard();
                            ended.with(true);
                            goOn(exchange, arrival.passage());
                        }));
    }

    private Arrival arrivalOf(Exchange exchange, Passage inner) throws InvalidPayloadException {
        ServiceCard card = endpoint.entrance()
                .catalogue()
                .now()
                .service(endpoint.target())
                .orElseThrow(() -> new BusException(
                        ErrorCode.SERVICE_UNKNOWN, "no service " + endpoint.target() + " is deployed to hand on to"));
        Optional<Operation> operation = card.operations().stream()
                .filter(one -> one.isRest()
                        && one.method().equals("POST")
                        && one.path().names().isEmpty())
                .findFirst();
        if (card.mode() != ServiceCard.Mode.GUARANTEED || operation.isEmpty()) {
            throw new BusException(
                    ErrorCode.ROUTE_REFUSED,
                    endpoint.target()
                            + " takes nothing that is handed on: it needs the mode guaranteed, and an operation by POST"
                            + " whose path has no parameters");
        }
        Object body = exchange.getMessage().getBody();
        Content content = body instanceof Content held
                ? held
                : Content.of(exchange.getMessage().getMandatoryBody(byte[].class));
        return new Arrival(
                inner,
                new Inbound(
                        Door.REST,
                        "POST",
                        endpoint.target().id().value(),
                        endpoint.target().version(),
                        operation.get().path().toString(),
                        "",
                        messageId(exchange)
                                .map(id -> List.of(Map.entry("Idempotency-Key", id)))
                                .orElse(List.of())),
                MessageBody.of(content, inner),
                Optional.of(type(exchange)));
    }

    private Optional<String> messageId(Exchange exchange) {
        if (endpoint.getMessageId().isEmpty()) {
            return Optional.empty();
        }
        Matcher variable = VARIABLE.matcher(endpoint.getMessageId());
        StringBuilder id = new StringBuilder();
        while (variable.find()) {
            String value = exchange.getVariable(variable.group(1), String.class);
            if (value == null) {
                throw new BusException(
                        ErrorCode.BUS_FAILED,
                        "the message id to hand on under needs the variable " + variable.group(1)
                                + ", which is not set");
            }
            variable.appendReplacement(id, Matcher.quoteReplacement(value));
        }
        variable.appendTail(id);
        return Optional.of(MESSAGE_ID.matcher(id).matches() ? id.toString() : "sha256:" + Sha256.hex(id.toString()));
    }

    private String type(Exchange exchange) {
        String type = endpoint.getContentType().isEmpty()
                ? exchange.getMessage().getHeader(Exchange.CONTENT_TYPE, "application/octet-stream", String.class)
                : endpoint.getContentType();
        StringBuilder whole = new StringBuilder(type);
        if (!endpoint.getCarries().isEmpty()) {
            for (String name : endpoint.getCarries().split(",", -1)) {
                String value = exchange.getVariable(name.strip(), String.class);
                if (value == null || value.isEmpty()) {
                    continue;
                }
                if (!PARAMETER.matcher(value).matches()) {
                    throw new BusException(
                            ErrorCode.MESSAGE_INVALID,
                            "'" + name.strip() + "' has letters that a media type cannot carry");
                }
                whole.append("; ")
                        .append(name.strip())
                        .append("=\"")
                        .append(value)
                        .append('"');
            }
        }
        return whole.toString();
    }

    private void goOn(Exchange exchange, Passage inner) {
        Optional<ErrorCode> error = inner.error();
        boolean refused = error.filter(code -> code.party() == ErrorCode.Party.CALLER && !code.retry())
                .isPresent();
        if (error.isPresent() && !(refused && endpoint.getRefusals().equals("go-on"))) {
            exchange.setException(new BusException(
                    error.get(), "what was handed on to " + endpoint.target() + " was not accepted", null, null));
            return;
        }
        exchange.setVariable(HANDED_ON, String.valueOf(error.isEmpty()).toLowerCase(Locale.ROOT));
        exchange.getMessage().removeHeaders("*");
        exchange.getMessage().setHeader(Exchange.CONTENT_TYPE, "application/json");
        exchange.getMessage()
                .setBody(("{\"exchange\":\"" + inner.accepted().orElse(inner.id()) + "\""
                                + error.map(code -> ",\"code\":\"" + code.code() + "\"")
                                        .orElse("") + "}")
                        .getBytes(java.nio.charset.StandardCharsets.UTF_8));
    }
}
