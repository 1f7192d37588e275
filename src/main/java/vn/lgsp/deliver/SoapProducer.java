package vn.lgsp.deliver;

import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;
import org.apache.camel.InvalidPayloadException;
import vn.lgsp.failure.BusException;
import vn.lgsp.failure.ErrorCode;
import vn.lgsp.message.Inbound;
import vn.lgsp.message.Passage;
import vn.lgsp.soap.AttachmentWriter;
import vn.lgsp.soap.EnvelopeWriter;
import vn.lgsp.soap.HeaderBlock;
import vn.lgsp.soap.SoapMessage;
import vn.lgsp.soap.SoapVersion;
import vn.lgsp.soap.XRoad;

/**
 * Makes a SOAP call: wraps the payload, and gives back the payload of a good answer; of a one-way call, nothing.
 *
 * <p>A fault, under whatever status, and an error inside a 200, become {@code provider-failed} with the provider's code kept; an
 * answer that is not the SOAP of the contract is {@code provider-invalid}; a status other than those is {@code provider-refused} or
 * {@code provider-failed}. Envelopes are read where the service's steps run, never on the event loop.
 */
final class SoapProducer extends SystemProducer {
    private static final String ACCEPTED = "text/xml, application/soap+xml, multipart/related";
    /** The good statuses of a call that has no answer. */
    private static final Set<Integer> ONE_WAY = Set.of(200, 202, 204);

    private final SoapEndpoint endpoint;

    SoapProducer(SoapEndpoint endpoint) {
        super(endpoint);
        this.endpoint = endpoint;
    }

    private record Answer(int status, String contentType, byte[] body) {}

    @Override
    OutboundClient.Call call(Exchange exchange, Passage passage) throws InvalidPayloadException {
        Inbound inbound = exchange.getProperty(Inbound.PROPERTY, Inbound.class);
        byte[] payload =
                endpoint.asksWithNothing() ? new byte[0] : exchange.getMessage().getMandatoryBody(byte[].class);
        SoapVersion version = endpoint.version();
        Optional<AttachmentWriter.Layout> beside = endpoint.layout().filter(layout -> !endpoint.asksWithNothing());
        AttachmentWriter.Written written = beside.map(layout -> AttachmentWriter.write(
                        version,
                        endpoint.getAction(),
                        blocks(exchange, passage),
                        payload,
                        layout,
                        ErrorCode.MESSAGE_INVALID))
                .orElseGet(() -> new AttachmentWriter.Written(
                        endpoint.getMediaType().isEmpty()
                                ? version.contentType(endpoint.getAction())
                                : endpoint.getMediaType() + "; charset=utf-8",
                        endpoint.asksWithNothing()
                                ? EnvelopeWriter.empty(version, blocks(exchange, passage))
                                : EnvelopeWriter.wrap(version, blocks(exchange, passage), payload)));
        byte[] secured = endpoint.security().secure(endpoint.system(), written.content(), beside.isPresent());
        Map<String, String> headers = CallHeaders.mapped(inbound, passage);
        headers.put("content-type", written.contentType());
        headers.put("accept", ACCEPTED);
        if (version == SoapVersion.SOAP_11) {
            headers.put("soapaction", "\"" + endpoint.getAction() + "\"");
        }
        return endpoint.client()
                .packed(new OutboundClient.Call(
                        endpoint.system(),
                        "POST",
                        endpoint.path(),
                        headers,
                        Optional.of(Buffer.buffer(secured)),
                        Optional.empty(),
                        false));
    }

    /** The header blocks that the card let in, where the route hands them on. */
    private List<HeaderBlock> blocks(Exchange exchange, Passage passage) {
        List<HeaderBlock> blocks = new ArrayList<>(xRoad(exchange, passage));
        blocks.addAll(letIn(exchange));
        return blocks;
    }

    /** Who calls which service of X-Road, where one is called: the client is that of the connection, in its REST form too. */
    private List<HeaderBlock> xRoad(Exchange exchange, Passage passage) {
        if (endpoint.getXRoad().isEmpty()) {
            return List.of();
        }
        try {
            return XRoad.blocks(
                    endpoint.client().header(endpoint.system(), "x-road-client").orElse(""),
                    XRoadCall.head(
                            Optional.ofNullable(exchange.getVariable(XRoadCall.USER_ID, String.class)),
                            passage,
                            endpoint.getXRoad(),
                            endpoint.getXRoadVersion(),
                            endpoint.getXRoadParty()));
        } catch (IllegalArgumentException noClient) {
            throw new BusException(
                    ErrorCode.BUS_FAILED,
                    "the connection of " + endpoint.system()
                            + " has no header X-Road-Client with instance, class, member and subsystem",
                    noClient);
        }
    }

    private List<HeaderBlock> letIn(Exchange exchange) {
        if (!endpoint.isHeaders() || !(exchange.getProperty(HeaderBlock.PROPERTY) instanceof List<?> letIn)) {
            return List.of();
        }
        return letIn.stream().map(HeaderBlock.class::cast).toList();
    }

    @Override
    void take(Exchange exchange, Passage passage, ProviderAnswer answer, AsyncCallback callback) {
        int status = answer.head().statusCode();
        String contentType =
                Optional.ofNullable(answer.head().getHeader("content-type")).orElse("");
        answer.read(endpoint.client().memoryLimit())
                .onComplete(read -> passage.work().execute(() -> {
                    if (read.succeeded()) {
                        unwrap(
                                exchange,
                                new Answer(status, contentType, read.result().getBytes()));
                    } else {
                        exchange.setException(read.cause());
                    }
                    callback.done(false);
                }));
    }

    private void unwrap(Exchange exchange, Answer answer) {
        try {
            byte[] payload = payload(answer);
            exchange.getMessage().removeHeaders("*");
            exchange.getMessage().setBody(endpoint.isOneWay() || endpoint.expectsNothing() ? null : payload);
        } catch (BusException told) {
            exchange.setException(
                    !endpoint.getXRoad().isEmpty()
                                    && told.code() == ErrorCode.PROVIDER_FAILED
                                    && told.partnerCode().isPresent()
                            ? XRoadCall.failure(
                                    endpoint.system(), told.partnerCode().get())
                            : told);
        } catch (RuntimeException | Error failed) {
            exchange.setException(failed);
        }
    }

    private byte[] payload(Answer answer) {
        boolean good = endpoint.isOneWay() ? ONE_WAY.contains(answer.status()) : answer.status() == 200;
        if (good && endpoint.isOneWay()) {
            if (answer.body().length > 0) {
                throw SoapAnswer.unexpected(answer.body(), answer.contentType());
            }
            return answer.body();
        }
        if (good) {
            return unwrapped(answer);
        }
        if (answer.status() == 500 || answer.status() == 400) {
            // SOAP 1.2 says 400 where it blames the sender
            tellFault(answer);
        }
        throw undocumented(endpoint, answer.status());
    }

    /** What a status means that no readable fault came with. */
    static BusException undocumented(SoapEndpoint endpoint, int status) {
        return status == 500
                ? new BusException(
                        ErrorCode.PROVIDER_FAILED,
                        endpoint.system() + " reported an error of its own",
                        "HTTP 500",
                        null)
                : new BusException(
                        status > 500 ? ErrorCode.PROVIDER_FAILED : ErrorCode.PROVIDER_REFUSED,
                        endpoint.system() + " answered with a status that SOAP over HTTP does not document",
                        "HTTP " + status,
                        null);
    }

    private byte[] unwrapped(Answer answer) {
        SoapMessage message = SoapAnswer.message(answer.body(), answer.contentType());
        if (answer.status() == 200) {
            endpoint.security().verify(endpoint.system(), message);
        }
        if (endpoint.expectsNothing()) {
            SoapAnswer.requireNothing(message);
            return new byte[0];
        }
        byte[] payload = SoapAnswer.unwrap(
                message, endpoint.getExpectsNamespace(), endpoint.getExpectsName(), endpoint.namedParts());
        if (endpoint.isNothingFound() && SoapAnswer.isEmpty(payload)) {
            throw new BusException(ErrorCode.RECORD_NOT_FOUND, endpoint.system() + " has no such record");
        }
        return payload;
    }

    /** Throws what the provider itself says of its failure, if that can be read. */
    private void tellFault(Answer answer) {
        try {
            unwrapped(answer);
        } catch (BusException told) {
            if (told.code() == ErrorCode.PROVIDER_FAILED) {
                throw told;
            }
        }
    }
}
