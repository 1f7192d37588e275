package vn.lgsp.receive;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Executor;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;
import org.apache.camel.support.AsyncProcessorSupport;
import org.apache.camel.support.SynchronizationAdapter;
import vn.lgsp.catalogue.Operation;
import vn.lgsp.catalogue.ServiceCard;
import vn.lgsp.failure.BusException;
import vn.lgsp.failure.ErrorCode;
import vn.lgsp.failure.Thrown;
import vn.lgsp.hold.HeldStream;
import vn.lgsp.hold.Holding;
import vn.lgsp.message.Content;
import vn.lgsp.message.Door;
import vn.lgsp.message.Inbound;
import vn.lgsp.message.Passage;
import vn.lgsp.message.Stage;
import vn.lgsp.soap.ContentType;
import vn.lgsp.soap.Refusal;
import vn.lgsp.soap.SoapMessage;

/**
 * Lets the body in, once it is known who sends it to which service: documented media type, size and time limits. The body of a
 * service that maps or keeps content is read here, above the memory limit into an encrypted file; one that passes through streams on
 * (SEC-01, BUS-08). What comes packed, from a queue or in an envelope is in memory, so it may not be larger than that. A SOAP request that passes
 * through is held, above the memory limit in an encrypted spool, since its envelope says who may go on.
 *
 * <p>Fails with {@code not-acceptable}, {@code media-type-unsupported}, {@code message-too-large}, {@code message-invalid}, {@code request-timeout} or
 * {@code caller-gone}.
 */
public final class AdmitStep extends AsyncProcessorSupport {
    private final Vertx vertx;
    private final ReceiveSettings settings;
    private final Executor workers;

    /** @param workers where packed bodies are unfolded */
    public AdmitStep(Vertx vertx, ReceiveSettings settings, Executor workers) {
        this.vertx = vertx;
        this.settings = settings;
        this.workers = workers;
    }

    @Override
    public boolean process(Exchange exchange, AsyncCallback callback) {
        Passage passage = exchange.getProperty(Passage.PROPERTY, Passage.class);
        passage.enter(Stage.RECEIVE);
        ServiceCard card = exchange.getProperty(ServiceCard.PROPERTY, ServiceCard.class);
        Incoming body = (Incoming) exchange.getMessage().getBody();
        Door door = exchange.getProperty(Inbound.PROPERTY, Inbound.class).door();
        String type = exchange.getMessage().getHeader(Exchange.CONTENT_TYPE, "", String.class);
        boolean mapped = card.mode() != ServiceCard.Mode.PASS_THROUGH || !body.streams();
        boolean packed = false;
        long limit;
        try {
            if (!body.isEmpty()) {
                checkMediaType(documented(exchange, card), type, door, mapped);
                // other bytes that pass through are nobody's to look into
                packed = (door == Door.SOAP || card.mode() != ServiceCard.Mode.PASS_THROUGH)
                        && Coding.isPacked(exchange.getProperty(Inbound.PROPERTY, Inbound.class), card.mode());
            }
            limit = atMost(
                    passage,
                    mapped && (packed || door != Door.REST)
                            ? Math.min(card.requestLimit(), settings.memoryLimit())
                            : card.requestLimit());
            if (!mapped && door == Door.SOAP && body instanceof RequestBody stream) {
                hold(exchange, stream, card, type, callback);
                return false;
            }
            negotiate(exchange, card);
            if (SignedContent.isAskedOf(passage)) {
                SignedContent.checkHead(
                        exchange.getProperty(Inbound.PROPERTY, Inbound.class),
                        exchange.getProperty(Operation.PROPERTY, Operation.class),
                        mapped || body.isEmpty());
            }
            body.allow(limit, card.bodyTimeout());
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
        boolean unfold = packed;
        boolean signed = SignedContent.isAskedOf(passage);
        if (!packed && limit > settings.memoryLimit() && !isSmall(body)) {
            holdContent(exchange, passage, body, limit, callback);
            return false;
        }
        body.read().onComplete(read -> {
            Optional<Throwable> failed = read.failed()
                    ? Optional.of(read.cause())
                    : Thrown.by(() -> {
                        if (unfold || signed) {
                            look(exchange, passage, read.result().getBytes(), unfold, limit, callback);
                        } else {
                            exchange.getMessage().setBody(read.result().getBytes());
                        }
                    });
            failed.ifPresent(exchange::setException);
            if (!(unfold || signed) || failed.isPresent()) {
                callback.done(false);
            }
        });
        return false;
    }

    /** Whether it says that it fits in memory. */
    private boolean isSmall(Incoming body) {
        return body instanceof RequestBody request
                && request.declaredLength()
                        .filter(length -> length <= settings.memoryLimit())
                        .isPresent();
    }

    /** What may be larger than memory; it is given back when the exchange is over. */
    private void holdContent(Exchange exchange, Passage passage, Incoming body, long limit, AsyncCallback callback) {
        Future<Content> whole = body instanceof MessageBody here
                ? Future.succeededFuture(here.content())
                : HeldStream.take(
                        vertx,
                        settings.holding().intake(),
                        (RequestBody) body,
                        limit,
                        () -> new BusException(ErrorCode.MESSAGE_TOO_LARGE, "the request body is too large"));
        whole.onComplete(read -> {
            if (read.failed()) {
                exchange.setException(read.cause());
                callback.done(false);
                return;
            }
            Content content = read.result();
            exchange.getMessage().setBody(content.body());
            if (body instanceof RequestBody) {
                exchange.getExchangeExtension().addOnCompletion(new SynchronizationAdapter() {
                    @Override
                    public void onDone(Exchange done) {
                        Holding.discard(content);
                    }
                });
            }
            if (!SignedContent.isAskedOf(passage)) {
                callback.done(false);
                return;
            }
            workers.execute(() -> {
                Thrown.by(() -> SignedContent.check(
                                exchange.getProperty(Inbound.PROPERTY, Inbound.class),
                                exchange.getProperty(Operation.PROPERTY, Operation.class),
                                content))
                        .ifPresent(exchange::setException);
                passage.home().execute(() -> callback.done(false));
            });
        });
    }

    /** What takes time for many megabytes. The digest of the record, and the one that was signed, are of the bytes on the wire. */
    private void look(
            Exchange exchange, Passage passage, byte[] sent, boolean unfold, long limit, AsyncCallback callback) {
        workers.execute(() -> {
            Thrown.by(() -> {
                        if (SignedContent.isAskedOf(passage)) {
                            SignedContent.check(
                                    exchange.getProperty(Inbound.PROPERTY, Inbound.class),
                                    exchange.getProperty(Operation.PROPERTY, Operation.class),
                                    Content.of(sent));
                        }
                        exchange.getMessage().setBody(unfold ? Coding.unfold(sent, limit) : sent);
                    })
                    .ifPresent(exchange::setException);
            passage.home().execute(() -> callback.done(false));
        });
    }

    /** Whoever proves itself by its message may send little before. */
    private long atMost(Passage passage, long limit) {
        return passage.caller().isPresent() ? limit : Math.min(limit, settings.unidentifiedLimit());
    }

    /** Ends with the envelope as the body; what it holds outside memory is given back when the exchange is over. */
    private void hold(Exchange exchange, RequestBody stream, ServiceCard card, String type, AsyncCallback callback) {
        Refusal refusal = UnwrapStep.refusal(exchange);
        ContentType written = SoapMessage.type(type, refusal);
        int inMemory = (int) Math.min(card.requestLimit(), settings.memoryLimit());
        Optional<SoapMessage.Reading> parts = written.mediaType().equals(SoapMessage.MULTIPART)
                ? Optional.of(SoapMessage.passing(written, inMemory, refusal))
                : Optional.empty();
        stream.allow(parts.isPresent() ? card.requestLimit() : inMemory, card.bodyTimeout());
        new Holder(vertx, settings, next -> parts.ifPresent(reading -> reading.add(next.getBytes())), Long.MAX_VALUE)
                .hold(stream)
                .onComplete(held -> {
                    Optional<Throwable> failed = held.failed()
                            ? Optional.of(held.cause())
                            : Thrown.by(() -> keep(exchange, held.result(), parts, written));
                    failed.ifPresent(exchange::setException);
                    callback.done(false);
                });
    }

    private static void keep(
            Exchange exchange, Holder.Held held, Optional<SoapMessage.Reading> parts, ContentType written) {
        exchange.getExchangeExtension().addOnCompletion(new SynchronizationAdapter() {
            @Override
            public void onDone(Exchange done) {
                HeldEnvelope.discard(held);
            }
        });
        SoapMessage message = parts.map(SoapMessage.Reading::done)
                .orElseGet(() -> SoapMessage.of(held.memory().getBytes(), written, UnwrapStep.refusal(exchange)));
        exchange.getMessage().setBody(new HeldEnvelope(held, message));
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

    /** Whether the caller takes what the card documents; a route may ask which of it suits best. */
    private static void negotiate(Exchange exchange, ServiceCard card) {
        Operation operation = exchange.getProperty(Operation.PROPERTY, Operation.class);
        if (operation == null || operation.produces().isEmpty()) {
            return;
        }
        String type = Acceptance.of(exchange.getProperty(Inbound.PROPERTY, Inbound.class))
                .best(operation.produces());
        if (card.mode() != ServiceCard.Mode.PASS_THROUGH) {
            exchange.setVariable(Acceptance.ANSWER_TYPE, type);
        }
    }

    private static void checkMediaType(List<String> documented, String contentType, Door door, boolean mapped) {
        if (documented.isEmpty()) {
            throw new BusException(ErrorCode.MESSAGE_INVALID, "this operation takes no body: send none");
        }
        String[] parts = contentType.toLowerCase(Locale.ROOT).split(";", -1);
        if (door == Door.SOAP && parts[0].strip().equals(SoapMessage.MULTIPART)) {
            return; // what its parts are is seen when it is read
        }
        if (parts[0].strip().startsWith("multipart/") && !documented.contains(parts[0].strip())) {
            throw new BusException(
                    ErrorCode.MEDIA_TYPE_UNSUPPORTED,
                    "attachments are not taken here: send the body alone, as " + String.join(" or ", documented));
        }
        if (!documented.contains(parts[0].strip())) {
            throw new BusException(
                    ErrorCode.MEDIA_TYPE_UNSUPPORTED,
                    "send the body as " + String.join(" or ", documented) + ", and say so in " + where(door));
        }
        for (String part : parts) {
            String parameter = part.strip().replace("\"", "");
            if (parameter.startsWith("charset=") && !parameter.equals("charset=utf-8")) {
                if (parts[0].strip().endsWith("json")) {
                    throw new BusException(ErrorCode.MEDIA_TYPE_UNSUPPORTED, "send JSON in UTF-8");
                }
                if (mapped && door != Door.SOAP && isText(parts[0].strip())) {
                    // What is mapped is read by what it says itself: XML by its declaration, other text as UTF-8.
                    throw new BusException(
                            ErrorCode.MEDIA_TYPE_UNSUPPORTED,
                            "send text in UTF-8; XML in another charset says so in its declaration, not in "
                                    + where(door));
                }
            }
        }
    }

    private static String where(Door door) {
        return door == Door.JMS ? "the property content_type" : "Content-Type";
    }

    private static boolean isText(String type) {
        return type.startsWith("text/") || type.endsWith("/xml") || type.endsWith("+xml");
    }
}
