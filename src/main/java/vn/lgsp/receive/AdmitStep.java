package vn.lgsp.receive;

import java.util.List;
import java.util.Locale;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;
import org.apache.camel.support.AsyncProcessorSupport;
import vn.lgsp.catalogue.Operation;
import vn.lgsp.catalogue.ServiceCard;
import vn.lgsp.failure.BusException;
import vn.lgsp.failure.ErrorCode;
import vn.lgsp.message.Door;
import vn.lgsp.message.Inbound;
import vn.lgsp.message.Passage;
import vn.lgsp.message.Stage;

/**
 * Lets the body in, once it is known who sends it to which service: documented media type, size and time limits. The body of a
 * service that maps or keeps content is read here; one that passes through streams on (SEC-01, BUS-08).
 *
 * <p>Fails with {@code media-type-unsupported}, {@code message-too-large}, {@code message-invalid}, {@code request-timeout} or
 * {@code caller-gone}.
 */
public final class AdmitStep extends AsyncProcessorSupport {
    private final ReceiveSettings settings;

    public AdmitStep(ReceiveSettings settings) {
        this.settings = settings;
    }

    @Override
    public boolean process(Exchange exchange, AsyncCallback callback) {
        Passage passage = exchange.getProperty(Passage.PROPERTY, Passage.class);
        passage.enter(Stage.RECEIVE);
        ServiceCard card = exchange.getProperty(ServiceCard.PROPERTY, ServiceCard.class);
        Incoming body = (Incoming) exchange.getMessage().getBody();
        boolean mapped = card.mode() != ServiceCard.Mode.PASS_THROUGH || !body.streams();
        try {
            if (!body.isEmpty()) {
                checkMediaType(
                        documented(exchange, card),
                        exchange.getMessage().getHeader(Exchange.CONTENT_TYPE, "", String.class),
                        exchange.getProperty(Inbound.PROPERTY, Inbound.class).door() == Door.JMS
                                ? "the property content_type"
                                : "Content-Type");
            }
            body.allow(
                    mapped ? Math.min(card.requestLimit(), settings.memoryLimit()) : card.requestLimit(),
                    card.bodyTimeout());
        } catch (BusException refused) {
            exchange.setException(refused);
            callback.done(true);
            return true;
        }
        if (!mapped || body.isEmpty()) {
            if (mapped) {
                exchange.getMessage().setBody(null);
            }
            callback.done(true);
            return true;
        }
        body.read().onComplete(read -> {
            if (read.succeeded()) {
                exchange.getMessage().setBody(read.result().getBytes());
            } else {
                exchange.setException(read.cause());
            }
            callback.done(false);
        });
        return false;
    }

    /** Of a SOAP request the operation is not known yet; all of them take the same. */
    private static List<String> documented(Exchange exchange, ServiceCard card) {
        Operation operation = exchange.getProperty(Operation.PROPERTY, Operation.class);
        return operation != null
                ? operation.accepts()
                : card.operations().stream()
                        .filter(one -> one.soap().isPresent())
                        .findFirst()
                        .orElseThrow()
                        .accepts();
    }

    private static void checkMediaType(List<String> documented, String contentType, String where) {
        if (documented.isEmpty()) {
            throw new BusException(ErrorCode.MESSAGE_INVALID, "this operation takes no body: send none");
        }
        String[] parts = contentType.toLowerCase(Locale.ROOT).split(";", -1);
        if (parts[0].strip().startsWith("multipart/")) {
            throw new BusException(
                    ErrorCode.MEDIA_TYPE_UNSUPPORTED,
                    "attachments are not taken here: send the body alone, as " + String.join(" or ", documented));
        }
        if (!documented.contains(parts[0].strip())) {
            throw new BusException(
                    ErrorCode.MEDIA_TYPE_UNSUPPORTED,
                    "send the body as " + String.join(" or ", documented) + ", and say so in " + where);
        }
        for (String part : parts) {
            String parameter = part.strip().replace("\"", "");
            if (parts[0].strip().endsWith("json")
                    && parameter.startsWith("charset=")
                    && !parameter.equals("charset=utf-8")) {
                throw new BusException(ErrorCode.MEDIA_TYPE_UNSUPPORTED, "send JSON in UTF-8");
            }
        }
    }
}
