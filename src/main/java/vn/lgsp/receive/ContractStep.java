package vn.lgsp.receive;

import io.vertx.core.buffer.Buffer;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import vn.lgsp.failure.BusException;
import vn.lgsp.failure.ErrorCode;
import vn.lgsp.message.Inbound;
import vn.lgsp.message.Meter;
import vn.lgsp.message.Passage;
import vn.lgsp.message.ServiceId;
import vn.lgsp.message.ServiceKey;
import vn.lgsp.message.Stage;
import vn.lgsp.soap.Wsdl;

/**
 * Answers {@code ?wsdl} with the contract of the service, its address set to the one that the caller can use. A contract is no
 * secret: no credential is asked for, and the exchange is recorded without a caller (API-01).
 *
 * <p>Fails with {@code service-unknown}, or with {@code message-invalid} when the request does not say by which host it came.
 */
public final class ContractStep implements Processor {
    private static final Pattern HOST =
            Pattern.compile("([A-Za-z0-9]([A-Za-z0-9._-]{0,252}[A-Za-z0-9])?|\\[[0-9A-Fa-f:.]{2,45}])(:[0-9]{1,5})?");

    private final Function<ServiceKey, Optional<Wsdl>> contracts;
    private final ReceiveSettings settings;

    /** @param contracts of the deployed SOAP services */
    public ContractStep(Function<ServiceKey, Optional<Wsdl>> contracts, ReceiveSettings settings) {
        this.contracts = contracts;
        this.settings = settings;
    }

    @Override
    public void process(Exchange exchange) {
        Passage passage = exchange.getProperty(Passage.PROPERTY, Passage.class);
        Inbound head = exchange.getProperty(Inbound.PROPERTY, Inbound.class);
        passage.enter(Stage.RECEIVE);
        passage.takeCredential();
        Optional<ServiceKey> key = key(head);
        Wsdl contract = key.flatMap(contracts)
                .orElseThrow(() -> new BusException(
                        ErrorCode.SERVICE_UNKNOWN,
                        "no SOAP service has this address: the form is /soap/{service}/v{version}?wsdl"));
        passage.asksFor(key.orElseThrow(), "GET ?wsdl");
        byte[] content = contract.at(URI.create(base(head) + "/soap/" + key.orElseThrow()));
        passage.enter(Stage.ANSWER);
        passage.answersWith(200);
        Meter meter = passage.meter();
        meter.add(content);
        passage.answerMeasured(meter.done());
        exchange.setProperty(
                Reply.PROPERTY,
                Reply.held(
                        200,
                        List.of(
                                Map.entry("Content-Type", "text/xml; charset=utf-8"),
                                Map.entry("Cache-Control", "no-store")),
                        Buffer.buffer(content)));
    }

    private static Optional<ServiceKey> key(Inbound head) {
        boolean valid = (head.path().isEmpty() || head.path().equals("/"))
                && ServiceId.isValid(head.service())
                && head.version() >= 1
                && head.version() <= 999;
        return valid ? Optional.of(new ServiceKey(new ServiceId(head.service()), head.version())) : Optional.empty();
    }

    /** Where the caller reaches the bus: what the operator says, or else what the request was sent to. */
    private String base(Inbound head) {
        if (settings.publicAddress().isPresent()) {
            return settings.publicAddress().get().toASCIIString();
        }
        for (Map.Entry<String, String> header : head.headers()) {
            if (header.getKey().equalsIgnoreCase("host")
                    && HOST.matcher(header.getValue()).matches()) {
                return (settings.isTls() ? "https://" : "http://") + header.getValue();
            }
        }
        throw new BusException(
                ErrorCode.MESSAGE_INVALID, "the request does not say in Host by which address it was sent");
    }
}
