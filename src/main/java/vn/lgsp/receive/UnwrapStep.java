package vn.lgsp.receive;

import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executor;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;
import org.apache.camel.support.AsyncProcessorSupport;
import vn.lgsp.catalogue.Operation;
import vn.lgsp.catalogue.ServiceCard;
import vn.lgsp.failure.BusException;
import vn.lgsp.failure.ErrorCode;
import vn.lgsp.failure.Thrown;
import vn.lgsp.message.Content;
import vn.lgsp.message.Door;
import vn.lgsp.message.Inbound;
import vn.lgsp.message.Original;
import vn.lgsp.message.Passage;
import vn.lgsp.message.Stage;
import vn.lgsp.soap.EnvelopeReader;
import vn.lgsp.soap.Fault;
import vn.lgsp.soap.HeaderBlock;
import vn.lgsp.soap.Refusal;
import vn.lgsp.soap.SoapMessage;
import vn.lgsp.soap.SoapVersion;

/**
 * Takes the payload of a SOAP request out of its envelope, and finds out by it which operation is asked for. From here on the body
 * is the payload: a document of its own, in UTF-8. The header blocks that the card lets in become exchange variables by their local
 * names, and stay beside for a call that hands them on; attachments stand in the payload, as base64. Of a service that passes content
 * through the envelope is read, and the body stays what came. A request through another door keeps its body, but a form that is mapped
 * becomes JSON ({@link FormBody}).
 *
 * <p>What came to a service with guaranteed delivery is kept beside it as {@link Original}, byte for byte, with the source's own id
 * of the message. On an attempt at delivery the original is here already: then only its payload is taken out again.
 *
 * <p>An envelope of up to 64 KiB is read on the event loop, which it holds for some 2 ms at that size and 0.3 ms at 4 KiB (measured on
 * a busy machine); a larger one on a worker. Fails with {@code message-invalid}.
 *
 * @see "BUS-06, DLV-05, SEC-01"
 */
public final class UnwrapStep extends AsyncProcessorSupport {
    private static final int LARGE = 64 << 10;

    private final Executor workers;
    private final int memoryLimit;

    /**
     * @param workers where large envelopes are read
     * @param memoryLimit how much of a form may be in memory, in bytes
     */
    public UnwrapStep(Executor workers, int memoryLimit) {
        this.workers = workers;
        this.memoryLimit = memoryLimit;
    }

    @Override
    public boolean process(Exchange exchange, AsyncCallback callback) {
        Passage passage = exchange.getProperty(Passage.PROPERTY, Passage.class);
        passage.enter(Stage.RECEIVE);
        Inbound head = exchange.getProperty(Inbound.PROPERTY, Inbound.class);
        if (head.door() != Door.SOAP) {
            try {
                keepOriginal(exchange, head);
                return unfoldForm(exchange, passage, callback);
            } catch (BusException refused) {
                exchange.setException(refused);
            }
            callback.done(true);
            return true;
        }
        Object body = exchange.getMessage().getBody();
        if (body instanceof HeldEnvelope held) {
            pass(exchange, passage, head, held, callback);
            return held.message().envelope().length <= LARGE;
        }
        byte[] envelope = body instanceof byte[] bytes ? bytes : new byte[0];
        if (envelope.length <= LARGE) {
            unwrap(exchange, passage, head, envelope);
            callback.done(true);
            return true;
        }
        workers.execute(() -> {
            unwrap(exchange, passage, head, envelope);
            passage.home().execute(() -> callback.done(false));
        });
        return false;
    }

    /** A form becomes JSON, for a route that maps it; what passes through stays as it is. */
    private boolean unfoldForm(Exchange exchange, Passage passage, AsyncCallback callback) {
        String type = exchange.getMessage().getHeader(Exchange.CONTENT_TYPE, "", String.class);
        ServiceCard card = exchange.getProperty(ServiceCard.PROPERTY, ServiceCard.class);
        boolean passes = card != null && card.mode() == ServiceCard.Mode.PASS_THROUGH;
        if (!passes && exchange.getMessage().getBody() instanceof Content held && FormBody.isForm(type)) {
            if (!Acceptance.bare(type).equals(FormBody.MULTIPART)) {
                throw Content.tooLarge(held.length());
            }
            workers.execute(() -> {
                Thrown.by(() -> unfold(exchange, type, held)).ifPresent(exchange::setException);
                passage.home().execute(() -> callback.done(false));
            });
            return false;
        }
        if (passes || !(exchange.getMessage().getBody() instanceof byte[] form) || !FormBody.isForm(type)) {
            callback.done(true);
            return true;
        }
        Runnable unfold = () -> {
            try {
                exchange.getMessage().setBody(FormBody.json(type, form));
                exchange.getMessage().setHeader(Exchange.CONTENT_TYPE, "application/json");
            } catch (RuntimeException | Error refused) {
                exchange.setException(refused);
            }
        };
        if (form.length <= LARGE) {
            unfold.run();
            callback.done(true);
            return true;
        }
        workers.execute(() -> {
            unfold.run();
            passage.home().execute(() -> callback.done(false));
        });
        return false;
    }

    /** A form that is held: its large files stay where it is. */
    private void unfold(Exchange exchange, String type, Content form) {
        HeldForm.Read read = HeldForm.read(type, form, memoryLimit);
        exchange.setProperty(Content.FILES, read.files());
        exchange.getMessage().setBody(read.json());
        exchange.getMessage().setHeader(Exchange.CONTENT_TYPE, "application/json");
    }

    /** Reads the envelope, and lets all of it go on as it came. */
    private void pass(Exchange exchange, Passage passage, Inbound head, HeldEnvelope held, AsyncCallback callback) {
        Runnable read = () -> {
            try {
                ServiceCard card = exchange.getProperty(ServiceCard.PROPERTY, ServiceCard.class);
                Refusal refusal = refusal(exchange);
                SoapMessage message = held.message();
                Operation operation =
                        EnvelopeReader.read(message.envelope(), message.type().charset(), refusal, envelope -> {
                            versionKnown(exchange, passage, envelope);
                            return SoapRequest.passing(
                                    envelope, message.type(), message.attachments(), head, card, refusal);
                        });
                exchange.setProperty(Operation.PROPERTY, operation);
                passage.asksFor(card.key(), operation.label());
                exchange.getMessage().setBody(held.content());
            } catch (RuntimeException | Error refused) {
                exchange.setException(refused);
            }
        };
        if (held.message().envelope().length <= LARGE) {
            read.run();
            callback.done(true);
            return;
        }
        workers.execute(() -> {
            read.run();
            passage.home().execute(() -> callback.done(false));
        });
    }

    private static void versionKnown(Exchange exchange, Passage passage, EnvelopeReader envelope) {
        exchange.setProperty(SoapVersion.PROPERTY, envelope.version());
        passage.cameAs(envelope.version().label());
    }

    /** A request that cannot be taken, in SOAP's own words. */
    static Refusal refusal(Exchange exchange) {
        return (fault, what) -> {
            exchange.setProperty(Fault.PROPERTY, fault);
            return new BusException(ErrorCode.MESSAGE_INVALID, "the request " + what);
        };
    }

    private static void unwrap(Exchange exchange, Passage passage, Inbound head, byte[] envelope) {
        Refusal refusal = refusal(exchange);
        try {
            String written = exchange.getMessage().getHeader(Exchange.CONTENT_TYPE, "", String.class);
            byte[] payload = passage.delivery().isPresent()
                    ? again(written, envelope, refusal)
                    : first(exchange, passage, head, written, envelope, refusal);
            exchange.getMessage().setBody(payload);
            exchange.getMessage().setHeader(Exchange.CONTENT_TYPE, "application/xml; charset=utf-8");
        } catch (RuntimeException | Error refused) {
            exchange.setException(refused);
        }
    }

    private static byte[] first(
            Exchange exchange, Passage passage, Inbound head, String written, byte[] envelope, Refusal refusal) {
        if (envelope.length == 0) {
            throw refusal.of(Fault.SENDER, "has no body: send a SOAP envelope");
        }
        SoapMessage message = SoapMessage.of(envelope, SoapMessage.type(written, refusal), refusal);
        ServiceCard card = exchange.getProperty(ServiceCard.PROPERTY, ServiceCard.class);
        SoapRequest request =
                EnvelopeReader.read(message.envelope(), message.type().charset(), refusal, reader -> {
                    versionKnown(exchange, passage, reader);
                    return SoapRequest.of(
                            reader,
                            message.type(),
                            message.attachments(),
                            head,
                            card,
                            exchange.getProperty(EnvelopeReader.UNDERSTOOD, Set.of(), Set.class),
                            signed(exchange),
                            refusal);
                });
        exchange.setProperty(Operation.PROPERTY, request.operation());
        passage.asksFor(card.key(), request.operation().label());
        if (card.mode() == ServiceCard.Mode.GUARANTEED) {
            exchange.setProperty(
                    Original.PROPERTY,
                    new Original(Content.of(envelope), written, request.messageId(), Optional.of(request.meaning())));
        }
        if (!request.headers().isEmpty()) {
            exchange.setProperty(HeaderBlock.PROPERTY, request.headers());
            request.headers().forEach(block -> exchange.setVariable(block.name().getLocalPart(), block.value()));
        }
        return request.payload();
    }

    private static Optional<Set<?>> signed(Exchange exchange) {
        return exchange.getProperty(EnvelopeReader.SIGNED) instanceof Set<?> names
                ? Optional.of(names)
                : Optional.empty();
    }

    /** What was accepted was checked then; now only the payload is wanted. */
    private static byte[] again(String written, byte[] envelope, Refusal refusal) {
        SoapMessage message = SoapMessage.of(envelope, SoapMessage.type(written, refusal), refusal);
        return EnvelopeReader.read(message.envelope(), message.type().charset(), refusal, reader -> {
            reader.toPayload();
            byte[] payload = reader.payload(message.attachments());
            reader.end();
            return payload;
        });
    }

    private static void keepOriginal(Exchange exchange, Inbound head) {
        ServiceCard card = exchange.getProperty(ServiceCard.PROPERTY, ServiceCard.class);
        if (card == null
                || card.mode() != ServiceCard.Mode.GUARANTEED
                || exchange.getProperty(Original.PROPERTY) instanceof Original) {
            return;
        }
        Optional<String> messageId = SoapRequest.messageId(
                head, Set.of(), (fault, what) -> new BusException(ErrorCode.MESSAGE_INVALID, "the request " + what));
        Content content = Content.in(exchange.getMessage().getBody()).orElseGet(() -> Content.of(new byte[0]));
        exchange.setProperty(
                Original.PROPERTY,
                new Original(
                        content, exchange.getMessage().getHeader(Exchange.CONTENT_TYPE, "", String.class), messageId));
    }
}
