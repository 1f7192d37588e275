package vn.lgsp.receive;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.streams.ReadStream;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.TypeConversionException;
import org.apache.camel.support.AsyncProcessorSupport;
import vn.lgsp.catalogue.Operation;
import vn.lgsp.catalogue.ServiceCard;
import vn.lgsp.catalogue.SoapCall;
import vn.lgsp.failure.BusException;
import vn.lgsp.failure.ErrorCode;
import vn.lgsp.failure.Thrown;
import vn.lgsp.form.FormData;
import vn.lgsp.hold.ContentStream;
import vn.lgsp.message.Content;
import vn.lgsp.message.Door;
import vn.lgsp.message.Gzip;
import vn.lgsp.message.Inbound;
import vn.lgsp.message.Meter;
import vn.lgsp.message.Passage;
import vn.lgsp.message.Stage;
import vn.lgsp.soap.AttachmentWriter;
import vn.lgsp.soap.EnvelopeWriter;
import vn.lgsp.soap.SoapMessage;
import vn.lgsp.soap.SoapVersion;

/**
 * Holds the answer until all of it is here, so that a provider that fails in the middle becomes an honest problem, and so that
 * the record can be closed before the first byte leaves. Up to the memory limit it is held in memory, above it in an encrypted
 * spool file. A service whose card says {@code answer: streamed} lets it stream. The answer to a SOAP request is put into an envelope,
 * with the attachments that the card names beside it; one in {@code multipart/form-data} is made of the JSON that the route ended with;
 * a one-way operation is acknowledged by a 202 without a body.
 */
public final class HoldAnswerStep extends AsyncProcessorSupport {
    /** What HTTP says to a one-way operation, which has no answer of its own. */
    private static final int ACCEPTED = 202;

    private static final Pattern BOUNDARY = Pattern.compile("(?i);\\s*boundary\\s*=");

    private final Vertx vertx;
    private final ReceiveSettings settings;

    public HoldAnswerStep(Vertx vertx, ReceiveSettings settings) {
        this.vertx = vertx;
        this.settings = settings;
    }

    @Override
    public boolean process(Exchange exchange, AsyncCallback callback) {
        Passage passage = exchange.getProperty(Passage.PROPERTY, Passage.class);
        Message message = exchange.getMessage();
        int status = status(message);
        List<Map.Entry<String, String>> headers = headers(exchange);
        SoapVersion soap = exchange.getProperty(SoapVersion.PROPERTY, SoapVersion.class);
        if (soap != null && !passesThrough(exchange)) {
            if (mtom(exchange).isEmpty()) {
                holdEnvelope(exchange, passage, soap, status);
                callback.done(true);
                return true;
            }
            // the payload is read anew, and its base64 turned into bytes
            vertx.executeBlocking(
                            () -> {
                                holdEnvelope(exchange, passage, soap, status);
                                return true;
                            },
                            false)
                    .onComplete(held -> {
                        if (held.failed()) {
                            exchange.setException(held.cause());
                        }
                        callback.done(false);
                    });
            return false;
        }
        if (status < 200 || status > 599 || !headers.stream().allMatch(Headers::sendable)) {
            exchange.setException(new BusException(
                    ErrorCode.BUS_FAILED, "the route ended with a status or a header that cannot be sent"));
            callback.done(true);
            return true;
        }
        passage.answersWith(status);
        Object body = message.getBody();

        if (body instanceof ReadStream<?> raw) {
            @SuppressWarnings("unchecked") // the only stream on the way is the one of deliver's client
            ReadStream<Buffer> stream = (ReadStream<Buffer>) raw;
            ServiceCard card = exchange.getProperty(ServiceCard.PROPERTY, ServiceCard.class);
            long most = limit(exchange, card.answerLimit());
            if (declaredLength(exchange) > most) {
                exchange.setException(Holder.tooLarge(most));
                callback.done(true);
                return true;
            }
            boolean head = isHead(exchange);
            if (card.answer() == ServiceCard.AnswerMode.STREAMED && !head) {
                MeteredStream metered = new MeteredStream(stream, passage, card.answerLimit());
                passage.streams();
                exchange.setProperty(Reply.PROPERTY, Reply.streamed(status, headers, metered, Optional.empty()));
                callback.done(true);
                return true;
            }
            Meter meter = passage.meter();
            new Holder(vertx, settings, next -> meter.add(next.getByteBuf().nioBuffer()), most)
                    .hold(stream)
                    .onComplete(held -> {
                        Thrown.by(() -> {
                                    if (held.succeeded()) {
                                        take(exchange, passage, held.result(), meter, status, headers);
                                    } else {
                                        exchange.setException(held.cause());
                                    }
                                })
                                .ifPresent(exchange::setException);
                        callback.done(false);
                    });
            return false;
        }

        passage.enter(Stage.ANSWER);
        // What the bus says of itself belongs to no service.
        long limit = Optional.ofNullable(exchange.getProperty(ServiceCard.PROPERTY, ServiceCard.class))
                .map(card -> limit(exchange, card.answerLimit()))
                .orElse(Long.MAX_VALUE);
        Buffer content;
        if (body instanceof byte[] bytes && bytes.length > limit) {
            exchange.setException(Holder.tooLarge(limit));
            callback.done(true);
            return true;
        }
        if (body instanceof Content held) {
            holdContent(exchange, passage, status, headers, held, limit, callback);
            return false;
        }
        if (body == null) {
            content = Buffer.buffer();
        } else if (body instanceof byte[] bytes) {
            content = Buffer.buffer(bytes);
        } else {
            exchange.setException(new BusException(
                    ErrorCode.BUS_FAILED, "the route ended with a body of a kind that cannot be sent"));
            callback.done(true);
            return true;
        }
        if (isForm(exchange, status, headers, content)) {
            holdForm(exchange, passage, status, headers, content, callback);
            return false;
        }
        try {
            Optional<String> missing = mediaType(exchange, status, headers, content.length());
            missing.ifPresent(type -> headers.add(Map.entry("Content-Type", type)));
        } catch (BusException undocumented) {
            exchange.setException(undocumented);
            callback.done(true);
            return true;
        }
        if (!gainsByGzip(exchange, headers, content)) {
            hold(exchange, passage, status, headers, content);
            callback.done(true);
            return true;
        }
        headers.add(Map.entry("Vary", "Accept-Encoding"));
        if (!Coding.isTaken(exchange.getProperty(Inbound.PROPERTY, Inbound.class))) {
            hold(exchange, passage, status, headers, content);
            callback.done(true);
            return true;
        }
        vertx.executeBlocking(() -> Gzip.deflate(content.getBytes()), false).onComplete(packed -> {
            Thrown.by(() -> {
                        if (packed.succeeded()) {
                            headers.replaceAll(HoldAnswerStep::weak);
                            headers.add(Map.entry("Content-Encoding", "gzip"));
                            hold(exchange, passage, status, headers, Buffer.buffer(packed.result()));
                        } else {
                            exchange.setException(packed.cause());
                        }
                    })
                    .ifPresent(exchange::setException);
            callback.done(false);
        });
        return false;
    }

    /** The answer of the provider is here, in memory or in a spool. */
    private static void take(
            Exchange exchange,
            Passage passage,
            Holder.Held all,
            Meter meter,
            int status,
            List<Map.Entry<String, String>> headers) {
        passage.enter(Stage.ANSWER);
        passage.answerMeasured(meter.done());
        if (exchange.getProperty(SoapVersion.PROPERTY) != null && status == 200) {
            HiddenFault.in(all.memory(), headers)
                    .ifPresent(told ->
                            passage.failed(told.code(), told.partnerCode().orElse(null)));
        }
        exchange.setProperty(
                Reply.PROPERTY,
                isHead(exchange)
                        ? Reply.head(status, headers, declared(exchange))
                        : all.spooled()
                                .map(spool -> Reply.streamed(status, headers, spool, Optional.of(all.bytes())))
                                .orElseGet(() -> Reply.held(status, headers, all.memory())));
    }

    /** What is held outside memory: it is measured to its end before its first byte leaves, and its owner gives it back. */
    private void holdContent(
            Exchange exchange,
            Passage passage,
            int status,
            List<Map.Entry<String, String>> headers,
            Content content,
            long limit,
            AsyncCallback callback) {
        vertx.executeBlocking(
                        () -> {
                            if (content.length() > limit) {
                                throw Holder.tooLarge(limit);
                            }
                            mediaType(exchange, status, headers, content.length())
                                    .ifPresent(type -> headers.add(Map.entry("Content-Type", type)));
                            return isHead(exchange) ? passage.meter().done() : content.measured(passage.meter());
                        },
                        false)
                .onComplete(measured -> {
                    if (measured.failed()) {
                        exchange.setException(measured.cause());
                    } else {
                        passage.answerMeasured(measured.result());
                        Optional<Long> length = Optional.of(content.length());
                        exchange.setProperty(
                                Reply.PROPERTY,
                                isHead(exchange)
                                        ? Reply.head(status, headers, length)
                                        : Reply.streamed(status, headers, new ContentStream(vertx, content), length));
                    }
                    callback.done(false);
                });
    }

    private static void hold(
            Exchange exchange, Passage passage, int status, List<Map.Entry<String, String>> headers, Buffer content) {
        boolean head = isHead(exchange);
        Meter meter = passage.meter();
        meter.add(head ? new byte[0] : content.getBytes());
        passage.answerMeasured(meter.done());
        exchange.setProperty(
                Reply.PROPERTY,
                head
                        ? Reply.head(status, headers, Optional.of((long) content.length()))
                        : Reply.held(status, headers, content));
    }

    /**
     * Whether a service that maps answers in a form: the route says so, or the caller has agreed on one and the route ended with JSON, of
     * which the parts are made.
     */
    private static boolean isForm(
            Exchange exchange, int status, List<Map.Entry<String, String>> headers, Buffer content) {
        Inbound request = exchange.getProperty(Inbound.PROPERTY, Inbound.class);
        if (content.length() == 0
                || request.door() != Door.REST
                || exchange.getProperty(Passage.PROVIDER_HEADERS) != null) {
            return false;
        }
        String written = headers.stream()
                .filter(header -> header.getKey().equalsIgnoreCase("content-type"))
                .map(header -> Acceptance.bare(header.getValue()))
                .findFirst()
                .orElse("application/json");
        Operation operation = exchange.getProperty(Operation.PROPERTY, Operation.class);
        return written.equals(FormData.MEDIA_TYPE)
                || (written.equals("application/json")
                        && status < 300
                        && operation != null
                        && operation.produces().contains(FormData.MEDIA_TYPE)
                        && Acceptance.of(request).best(operation.produces()).equals(FormData.MEDIA_TYPE));
    }

    private void holdForm(
            Exchange exchange,
            Passage passage,
            int status,
            List<Map.Entry<String, String>> headers,
            Buffer json,
            AsyncCallback callback) {
        Operation operation = exchange.getProperty(Operation.PROPERTY, Operation.class);
        if (operation == null
                || !operation.produces().contains(FormData.MEDIA_TYPE)
                || !Acceptance.of(exchange.getProperty(Inbound.PROPERTY, Inbound.class))
                        .takes(FormData.MEDIA_TYPE)) {
            exchange.setException(new BusException(
                    ErrorCode.BUS_FAILED,
                    "the route answered in a form, which the card does not document or the caller does not take"));
            passage.home().execute(() -> callback.done(false));
            return;
        }
        if (headers.stream().anyMatch(HoldAnswerStep::namesBoundary)) {
            // it is a form already, as a provider has made it
            passage.home().execute(() -> {
                Thrown.by(() -> hold(exchange, passage, status, headers, json)).ifPresent(exchange::setException);
                callback.done(false);
            });
            return;
        }
        ErrorCode wrong = passage.provider().isPresent() ? ErrorCode.PROVIDER_INVALID : ErrorCode.BUS_FAILED;
        FormData.Refusal refusal = what -> new BusException(wrong, "the form of the answer " + what);
        vertx.executeBlocking(() -> FormData.write(FormData.members(json.getBytes(), refusal), refusal), false)
                .onComplete(written -> {
                    Thrown.by(() -> {
                                if (written.succeeded()) {
                                    headers.removeIf(header -> header.getKey().equalsIgnoreCase("content-type"));
                                    headers.add(Map.entry(
                                            "Content-Type", written.result().contentType()));
                                    Buffer form = Buffer.buffer(written.result().content());
                                    hold(exchange, passage, status, headers, form);
                                } else {
                                    exchange.setException(written.cause());
                                }
                            })
                            .ifPresent(exchange::setException);
                    callback.done(false);
                });
    }

    private static boolean namesBoundary(Map.Entry<String, String> header) {
        return header.getKey().equalsIgnoreCase("content-type")
                && BOUNDARY.matcher(header.getValue()).find();
    }

    /** What the bus itself has made of content it may also pack; what passes through stays as its provider sent it. */
    private static boolean gainsByGzip(Exchange exchange, List<Map.Entry<String, String>> headers, Buffer content) {
        return content.length() > Coding.WORTH_IT
                && exchange.getProperty(Inbound.PROPERTY, Inbound.class).door() == Door.REST
                && exchange.getProperty(Passage.PROVIDER_HEADERS) == null
                && Coding.isWorthIt(
                        content.length(),
                        headers.stream()
                                .filter(header -> header.getKey().equalsIgnoreCase("content-type"))
                                .map(Map.Entry::getValue)
                                .findFirst());
    }

    /** A strong ETag would promise bytes that are others now (RFC 9110 section 8.8.1). */
    private static Map.Entry<String, String> weak(Map.Entry<String, String> header) {
        return header.getKey().equalsIgnoreCase("etag") && !header.getValue().startsWith("W/")
                ? Map.entry(header.getKey(), "W/" + header.getValue())
                : header;
    }

    private static boolean isHead(Exchange exchange) {
        Inbound request = exchange.getProperty(Inbound.PROPERTY, Inbound.class);
        return request.method().equals("HEAD") && request.door() == Door.REST;
    }

    /**
     * Holds the media type of a good answer against those that the card documents and the caller accepts.
     *
     * @return the one to send, when the route did not say
     * @throws BusException {@code bus-failed} when the route made another one
     */
    private static Optional<String> mediaType(
            Exchange exchange, int status, List<Map.Entry<String, String>> headers, long length) {
        Operation operation = exchange.getProperty(Operation.PROPERTY, Operation.class);
        if (operation == null
                || operation.produces().isEmpty()
                || status >= 300
                || length == 0
                || exchange.getProperty(Passage.PROVIDER_HEADERS) != null) {
            return Optional.empty();
        }
        Optional<String> written = headers.stream()
                .filter(header -> header.getKey().equalsIgnoreCase("content-type"))
                .map(Map.Entry::getValue)
                .findFirst();
        Acceptance acceptance = Acceptance.of(exchange.getProperty(Inbound.PROPERTY, Inbound.class));
        if (written.isEmpty()) {
            return Optional.of(acceptance.best(operation.produces()));
        }
        String type = Acceptance.bare(written.get());
        if (!operation.produces().contains(type)) {
            throw new BusException(
                    ErrorCode.BUS_FAILED, "the route answered in a media type that the card does not document");
        }
        if (!acceptance.takes(type)) {
            throw new BusException(
                    ErrorCode.BUS_FAILED,
                    "the route answered in another media type than the one agreed on, which the variable "
                            + Acceptance.ANSWER_TYPE + " names");
        }
        return Optional.empty();
    }

    private static boolean passesThrough(Exchange exchange) {
        return exchange.getProperty(ServiceCard.PROPERTY, ServiceCard.class).mode() == ServiceCard.Mode.PASS_THROUGH;
    }

    /** What goes back into a queue is one message of the broker. */
    private static long limit(Exchange exchange, long ofCard) {
        return exchange.getProperty(Inbound.PROPERTY, Inbound.class).door() == Door.JMS
                ? Math.min(ofCard, JmsReceiver.LARGEST_REPLY)
                : ofCard;
    }

    /** The payload that the route made goes back in an envelope of the version that it came in. */
    private static void holdEnvelope(Exchange exchange, Passage passage, SoapVersion version, int status) {
        passage.enter(Stage.ANSWER);
        if (isOneWay(exchange)) {
            passage.answersWith(ACCEPTED);
            passage.answerMeasured(passage.meter().done());
            exchange.setProperty(Reply.PROPERTY, Reply.held(ACCEPTED, List.of(), Buffer.buffer()));
            return;
        }
        long limit =
                exchange.getProperty(ServiceCard.PROPERTY, ServiceCard.class).answerLimit();
        if (status != 200 || !(exchange.getMessage().getBody() instanceof byte[] payload)) {
            exchange.setException(
                    new BusException(ErrorCode.BUS_FAILED, "the route ended without the payload of a SOAP answer"));
            return;
        }
        if (payload.length > limit) {
            exchange.setException(Holder.tooLarge(limit));
            return;
        }
        try {
            Optional<AttachmentWriter.Layout> beside = mtom(exchange);
            AttachmentWriter.Written written = beside.map(layout ->
                            AttachmentWriter.write(version, "", List.of(), payload, layout, ErrorCode.PROVIDER_INVALID))
                    .orElseGet(() -> new AttachmentWriter.Written(
                            version.contentType(),
                            isSecured(exchange) ? payload : EnvelopeWriter.wrap(version, payload)));
            passage.answersWith(status);
            Meter meter = passage.meter();
            meter.add(written.content());
            passage.answerMeasured(meter.done());
            exchange.setProperty(
                    Reply.PROPERTY,
                    Reply.held(
                            status,
                            List.of(Map.entry("Content-Type", written.contentType())),
                            Buffer.buffer(written.content())));
        } catch (BusException noPayload) {
            exchange.setException(noPayload);
        }
    }

    private static boolean isSecured(Exchange exchange) {
        return exchange.getProperty(SecureAnswerStep.SECURED, false, Boolean.class);
    }

    /**
     * What of the answer travels as attachments: what the card says, to a caller who says that it takes them, or who has sent some without
     * saying anything. No signature here would cover them, so a signed answer holds all of itself.
     */
    private static Optional<AttachmentWriter.Layout> mtom(Exchange exchange) {
        return Optional.ofNullable(exchange.getProperty(Operation.PROPERTY, Operation.class))
                .flatMap(Operation::soap)
                .map(SoapCall::attachments)
                .filter(elements -> !elements.isEmpty() && !isSecured(exchange) && !isOneWay(exchange))
                .filter(elements -> takesParts(exchange.getProperty(Inbound.PROPERTY, Inbound.class)))
                .map(elements ->
                        new AttachmentWriter.Layout(AttachmentWriter.Packaging.MTOM, new LinkedHashSet<>(elements)));
    }

    private static boolean takesParts(Inbound request) {
        Acceptance acceptance = Acceptance.of(request);
        boolean sentSome = false;
        for (Map.Entry<String, String> header : request.headers()) {
            sentSome |= header.getKey().equalsIgnoreCase("content-type")
                    && Acceptance.bare(header.getValue()).equals(SoapMessage.MULTIPART);
        }
        return acceptance.names(SoapMessage.MULTIPART) || (sentSome && acceptance.takes(SoapMessage.MULTIPART));
    }

    private static int status(Message message) {
        try {
            Integer status = message.getHeader(Exchange.HTTP_RESPONSE_CODE, 200, Integer.class);
            return status == null ? 0 : status;
        } catch (TypeConversionException noNumber) {
            return 0;
        }
    }

    /** The length that the provider declares, or 0. */
    private static long declaredLength(Exchange exchange) {
        return declared(exchange).orElse(0L);
    }

    private static Optional<Long> declared(Exchange exchange) {
        return ofProvider(exchange).orElseGet(List::of).stream()
                .filter(header -> header.getKey().equalsIgnoreCase("content-length"))
                .map(header -> Long.valueOf(header.getValue())) // the client has read it so
                .findFirst();
    }

    /** The headers of an answer that passes through. */
    private static Optional<List<Map.Entry<String, String>>> ofProvider(Exchange exchange) {
        if (!(exchange.getProperty(Passage.PROVIDER_HEADERS) instanceof Iterable<?> provided)) {
            return Optional.empty();
        }
        List<Map.Entry<String, String>> headers = new ArrayList<>();
        for (Object entry : provided) {
            if (entry instanceof Map.Entry<?, ?> pair
                    && pair.getKey() instanceof String name
                    && pair.getValue() instanceof String value) {
                headers.add(Map.entry(name, value));
            }
        }
        return Optional.of(headers);
    }

    private static List<Map.Entry<String, String>> headers(Exchange exchange) {
        Optional<List<Map.Entry<String, String>>> provided = ofProvider(exchange);
        if (provided.isPresent()) {
            return provided.get().stream().filter(Headers::passes).toList();
        }
        List<Map.Entry<String, String>> kept = new ArrayList<>();
        if (exchange.getProperty(Inbound.ALLOW) instanceof String methods) {
            kept.add(Map.entry("Allow", methods));
        }
        Set<String> properties = Optional.ofNullable(exchange.getProperty(Operation.PROPERTY, Operation.class))
                .flatMap(Operation::jms)
                .map(jms -> Set.copyOf(jms.properties().values()))
                .orElse(Set.of());
        exchange.getMessage().getHeaders().forEach((name, value) -> {
            if ((Headers.mapped(name) || properties.contains(name)) && value != null) {
                kept.add(Map.entry(name, value.toString()));
            }
        });
        return kept;
    }

    /** Whether the operation promises no answer. */
    static boolean isOneWay(Exchange exchange) {
        return Optional.ofNullable(exchange.getProperty(Operation.PROPERTY, Operation.class))
                .flatMap(Operation::soap)
                .filter(SoapCall::oneWay)
                .isPresent();
    }
}
