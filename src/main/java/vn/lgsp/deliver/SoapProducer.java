package vn.lgsp.deliver;

import io.vertx.core.buffer.Buffer;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;
import org.apache.camel.InvalidPayloadException;
import vn.lgsp.failure.BusException;
import vn.lgsp.failure.ErrorCode;
import vn.lgsp.message.Inbound;
import vn.lgsp.message.Passage;
import vn.lgsp.soap.EnvelopeWriter;
import vn.lgsp.soap.SoapVersion;

/**
 * Makes a SOAP 1.1 call: wraps the payload, and gives back the payload of a good answer.
 *
 * <p>A fault, and an error inside a 200, become {@code provider-failed} with the provider's code kept; an answer that is not the
 * SOAP of the contract is {@code provider-invalid}; a status other than 200 and 500 is {@code provider-refused} or {@code
 * provider-failed}. Envelopes are read where the service's steps run, never on the event loop.
 */
final class SoapProducer extends SystemProducer {
    private final SoapEndpoint endpoint;

    SoapProducer(SoapEndpoint endpoint) {
        super(endpoint);
        this.endpoint = endpoint;
    }

    private record Answer(int status, Optional<String> charset, byte[] body) {}

    @Override
    OutboundClient.Call call(Exchange exchange, Passage passage) throws InvalidPayloadException {
        byte[] payload = exchange.getMessage().getMandatoryBody(byte[].class);
        Map<String, String> headers =
                CallHeaders.mapped(exchange.getProperty(Inbound.PROPERTY, Inbound.class), passage);
        headers.put("content-type", "text/xml; charset=utf-8");
        headers.put("accept", "text/xml");
        headers.put("soapaction", "\"" + endpoint.getAction() + "\"");
        byte[] secured =
                endpoint.security().secure(endpoint.system(), EnvelopeWriter.wrap(SoapVersion.SOAP_11, payload));
        return new OutboundClient.Call(
                endpoint.system(),
                "POST",
                endpoint.path(),
                headers,
                Optional.of(Buffer.buffer(secured)),
                Optional.empty(),
                false);
    }

    @Override
    void take(Exchange exchange, Passage passage, ProviderAnswer answer, AsyncCallback callback) {
        int status = answer.head().statusCode();
        Optional<String> charset = charset(answer.head().getHeader("content-type"));
        answer.read(endpoint.client().memoryLimit())
                .onComplete(read -> passage.work().execute(() -> {
                    if (read.succeeded()) {
                        unwrap(
                                exchange,
                                new Answer(status, charset, read.result().getBytes()));
                    } else {
                        exchange.setException(read.cause());
                    }
                    callback.done(false);
                }));
    }

    private void unwrap(Exchange exchange, Answer answer) {
        try {
            if (answer.status() != 200 && answer.status() != 500) {
                throw new BusException(
                        answer.status() > 500 ? ErrorCode.PROVIDER_FAILED : ErrorCode.PROVIDER_REFUSED,
                        endpoint.system() + " answered with a status that SOAP over HTTP does not document",
                        "HTTP " + answer.status(),
                        null);
            }
            if (answer.status() == 200) {
                endpoint.security().verify(endpoint.system(), answer.body(), answer.charset());
            }
            byte[] payload = payload(answer);
            exchange.getMessage().removeHeaders("*");
            exchange.getMessage().setBody(payload);
        } catch (RuntimeException failed) {
            exchange.setException(failed);
        }
    }

    private byte[] payload(Answer answer) {
        boolean failed = answer.status() == 500;
        try {
            byte[] payload = SoapAnswer.unwrap(
                    answer.body(), answer.charset(), endpoint.getExpectsNamespace(), endpoint.getExpectsName());
            if (!failed) {
                return payload;
            }
        } catch (BusException notGood) {
            if (!failed || notGood.code() == ErrorCode.PROVIDER_FAILED) {
                throw notGood;
            }
        }
        throw new BusException(
                ErrorCode.PROVIDER_FAILED, endpoint.system() + " reported an error of its own", "HTTP 500", null);
    }

    private static Optional<String> charset(String contentType) {
        if (contentType == null) {
            return Optional.empty();
        }
        for (String part : contentType.split(";", -1)) {
            String parameter = part.strip();
            if (parameter.toLowerCase(Locale.ROOT).startsWith("charset=")) {
                return Optional.of(parameter.substring("charset=".length()).replace("\"", ""));
            }
        }
        return Optional.empty();
    }
}
