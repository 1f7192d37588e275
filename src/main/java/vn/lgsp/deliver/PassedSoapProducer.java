package vn.lgsp.deliver;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.streams.ReadStream;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;
import org.apache.camel.InvalidPayloadException;
import org.apache.camel.support.SynchronizationAdapter;
import org.jspecify.annotations.Nullable;
import vn.lgsp.failure.BusException;
import vn.lgsp.failure.ErrorCode;
import vn.lgsp.failure.Thrown;
import vn.lgsp.message.Inbound;
import vn.lgsp.message.Passage;
import vn.lgsp.soap.SoapMessage;
import vn.lgsp.soap.SoapVersion;

/**
 * Makes a SOAP call with a message that passes through: the provider gets the bytes that came, under the same media type and action, and so does the
 * caller. A fault passes too, with its status, and its code goes to the record; what is no SOAP is not handed on (BUS-15, MSG-01).
 */
final class PassedSoapProducer extends SystemProducer {
    /** A fault is small: what is larger is told by its status alone. */
    private static final int LARGEST_FAULT = 64 << 10;

    private static final Set<String> TYPES =
            Set.of(SoapVersion.SOAP_11.mediaType(), SoapVersion.SOAP_12.mediaType(), SoapMessage.MULTIPART);

    private final SoapEndpoint endpoint;

    PassedSoapProducer(SoapEndpoint endpoint) {
        super(endpoint);
        this.endpoint = endpoint;
    }

    @Override
    OutboundClient.Call call(Exchange exchange, Passage passage) throws InvalidPayloadException {
        endpoint.security().passing(endpoint.system());
        Map<String, String> headers =
                CallHeaders.passing(exchange.getProperty(Inbound.PROPERTY, Inbound.class), passage);
        // a fault has to be read
        headers.remove("accept-encoding");
        Optional<ReadStream<Buffer>> stream = Optional.empty();
        Optional<Buffer> content = Optional.empty();
        if (exchange.getMessage().getBody() instanceof ReadStream<?> raw) {
            @SuppressWarnings("unchecked") // the only stream on the way is the one of receive
            ReadStream<Buffer> typed = (ReadStream<Buffer>) raw;
            stream = Optional.of(typed);
        } else {
            content = Optional.of(Buffer.buffer(exchange.getMessage().getMandatoryBody(byte[].class)));
        }
        return new OutboundClient.Call(
                endpoint.system(), "POST", endpoint.path(), headers, content, stream, stream.isPresent());
    }

    @Override
    void take(Exchange exchange, Passage passage, ProviderAnswer answer, AsyncCallback callback) {
        exchange.getExchangeExtension().addOnCompletion(new SynchronizationAdapter() {
            @Override
            public void onDone(Exchange done) {
                answer.discard();
            }
        });
        int status = answer.head().statusCode();
        String contentType =
                Optional.ofNullable(answer.head().getHeader("content-type")).orElse("");
        boolean soap = TYPES.contains(contentType.split(";", 2)[0].strip().toLowerCase(Locale.ROOT));
        if (status == 202 || status == 204 || (status == 200 && (soap || contentType.isEmpty()))) {
            passOn(exchange, answer, status, answer);
            back(exchange, passage, callback, null);
        } else if (status == 200) {
            answer.discard();
            back(
                    exchange,
                    passage,
                    callback,
                    new BusException(
                            ErrorCode.PROVIDER_INVALID,
                            endpoint.system() + " answered with another media type than that of SOAP"));
        } else if (soap && (status == 500 || status == 400)) {
            answer.read(LARGEST_FAULT).onComplete(read -> {
                AtomicReference<@Nullable Throwable> ending =
                        new AtomicReference<>(SoapProducer.undocumented(endpoint, status));
                Optional<Throwable> broken = Thrown.by(() -> {
                    if (read.succeeded()) {
                        SoapAnswer.fault(read.result().getBytes(), contentType).ifPresent(told -> {
                            passage.failed(told.code(), told.partnerCode().orElse(null));
                            passOn(exchange, answer, status, read.result().getBytes());
                            ending.set(null);
                        });
                    }
                });
                back(exchange, passage, callback, broken.isPresent() ? broken.get() : ending.get());
            });
        } else {
            answer.discard();
            back(exchange, passage, callback, SoapProducer.undocumented(endpoint, status));
        }
    }

    private static void passOn(Exchange exchange, ProviderAnswer answer, int status, Object body) {
        exchange.getMessage().removeHeaders("*");
        exchange.getMessage().setHeader(Exchange.HTTP_RESPONSE_CODE, status);
        exchange.setProperty(Passage.PROVIDER_HEADERS, answer.head().headers());
        exchange.getMessage().setBody(body);
    }
}
