package vn.lgsp.receive;

import io.vertx.core.buffer.Buffer;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;
import org.apache.camel.support.AsyncProcessorSupport;
import vn.lgsp.catalogue.CardFile;
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
 * Answers {@code ?wsdl} and {@code /openapi.json} with the contract of the service, its address set to the one that the caller can
 * use. A contract is no secret: no credential is asked for, and the exchange is recorded without a caller (API-01).
 *
 * <p>Fails with {@code service-unknown}, with {@code message-invalid} when the request does not say by which host it came, or with
 * {@code bus-busy} when there is no room to make a contract.
 */
public final class ContractStep extends AsyncProcessorSupport {
    static final String OPEN_API = CardFile.CONTRACT_PATH;

    /** The query of a request for a WSDL, or for a file that it imports. */
    static final Pattern PART = Pattern.compile("(?i:wsdl)|(wsdl|xsd)=[A-Za-z0-9._%+*-]{1,300}");

    private final Function<ServiceKey, Optional<Wsdl>> soap;
    private final Function<ServiceKey, Optional<Function<URI, byte[]>>> rest;
    private final Executor workers;
    private final ReceiveSettings settings;
    private final Forwarding forwarding;

    /**
     * @param soap the contracts of the deployed SOAP services
     * @param rest those of the deployed REST services, for a caller who reaches the bus at an address; making one may block
     * @param workers where it may; refuses what there is no room for
     */
    public ContractStep(
            Function<ServiceKey, Optional<Wsdl>> soap,
            Function<ServiceKey, Optional<Function<URI, byte[]>>> rest,
            Executor workers,
            ReceiveSettings settings) {
        this.soap = soap;
        this.rest = rest;
        this.workers = workers;
        this.settings = settings;
        this.forwarding = new Forwarding(new TrustedProxies(settings.trustedProxies()));
    }

    @Override
    public boolean process(Exchange exchange, AsyncCallback callback) {
        Passage passage = exchange.getProperty(Passage.PROPERTY, Passage.class);
        Inbound head = exchange.getProperty(Inbound.PROPERTY, Inbound.class);
        passage.enter(Stage.RECEIVE);
        passage.takeCredential();
        passage.takeSecret();
        if (!head.query().isEmpty()) { // that of a REST service has none
            tell(exchange, () -> tellSoap(exchange, passage, head));
            callback.done(true);
            return true;
        }
        try {
            workers.execute(() -> {
                tell(exchange, () -> tellRest(exchange, passage, head));
                passage.home().execute(() -> callback.done(false));
            });
        } catch (RejectedExecutionException full) {
            exchange.setException(
                    new BusException(ErrorCode.BUS_BUSY, "too many callers ask for contracts now: ask again", full));
            callback.done(true);
            return true;
        }
        return false;
    }

    private static void tell(Exchange exchange, Runnable telling) {
        try {
            telling.run();
        } catch (RuntimeException | Error failed) {
            exchange.setException(failed);
        }
    }

    private void tellSoap(Exchange exchange, Passage passage, Inbound head) {
        Optional<ServiceKey> key = head.path().isEmpty() || head.path().equals("/") ? key(head) : Optional.empty();
        Wsdl contract = key.flatMap(soap)
                .orElseThrow(() -> new BusException(
                        ErrorCode.SERVICE_UNKNOWN,
                        "no SOAP service has this address: the form is /soap/{service}/v{version}?wsdl"));
        passage.asksFor(key.orElseThrow(), head.query().startsWith("xsd=") ? "GET ?xsd" : "GET ?wsdl");
        byte[] content = contract.part(
                        head.query().contains("=") ? head.query() : "",
                        URI.create(base(head) + "/soap/" + key.orElseThrow()))
                .orElseThrow(() -> new BusException(
                        ErrorCode.SERVICE_UNKNOWN, "the contract has no such file: it names its files itself"));
        answer(exchange, passage, "text/xml; charset=utf-8", content);
    }

    private void tellRest(Exchange exchange, Passage passage, Inbound head) {
        Optional<ServiceKey> key = key(head);
        Function<URI, byte[]> contract = key.flatMap(rest)
                .orElseThrow(() -> new BusException(
                        ErrorCode.SERVICE_UNKNOWN,
                        "no REST service has this address: the form is /api/{service}/v{version}" + OPEN_API));
        passage.asksFor(key.orElseThrow(), "GET " + OPEN_API);
        answer(exchange, passage, "application/json", contract.apply(URI.create(base(head))));
    }

    private static void answer(Exchange exchange, Passage passage, String type, byte[] content) {
        passage.enter(Stage.ANSWER);
        passage.answersWith(200);
        Meter meter = passage.meter();
        meter.add(content);
        passage.answerMeasured(meter.done());
        exchange.setProperty(
                Reply.PROPERTY,
                Reply.held(
                        200,
                        List.of(Map.entry("Content-Type", type), Map.entry("Cache-Control", "no-store")),
                        Buffer.buffer(content)));
    }

    private static Optional<ServiceKey> key(Inbound head) {
        boolean valid = ServiceId.isValid(head.service()) && head.version() >= 1 && head.version() <= 999;
        return valid ? Optional.of(new ServiceKey(new ServiceId(head.service()), head.version())) : Optional.empty();
    }

    /** Where the caller reaches the bus: what the operator says, or a trusted proxy, or else what the request was sent to. */
    private String base(Inbound head) {
        if (settings.publicAddress().isPresent()) {
            return settings.publicAddress().get().toASCIIString();
        }
        String scheme = settings.isTls() ? "https" : "http";
        Optional<String> proxied = forwarding.address(head.headers(), scheme);
        if (proxied.isPresent()) {
            return proxied.get();
        }
        for (Map.Entry<String, String> header : head.headers()) {
            if (header.getKey().equalsIgnoreCase("host") && Forwarding.isHost(header.getValue())) {
                return scheme + "://" + header.getValue();
            }
        }
        throw new BusException(
                ErrorCode.MESSAGE_INVALID, "the request does not say in Host by which address it was sent");
    }
}
