package vn.lgsp.identify;

import java.time.Clock;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;
import org.apache.camel.support.AsyncProcessorSupport;
import vn.lgsp.catalogue.Account;
import vn.lgsp.catalogue.Catalogue;
import vn.lgsp.catalogue.Snapshot;
import vn.lgsp.catalogue.WsSecurity;
import vn.lgsp.failure.BusException;
import vn.lgsp.failure.ErrorCode;
import vn.lgsp.message.Caller;
import vn.lgsp.message.Inbound;
import vn.lgsp.message.Passage;
import vn.lgsp.message.Stage;
import vn.lgsp.soap.ContentType;
import vn.lgsp.soap.EnvelopeReader;
import vn.lgsp.soap.Fault;
import vn.lgsp.soap.Refusal;
import vn.lgsp.soap.SoapMessage;
import vn.lgsp.soap.SoapVersion;
import vn.lgsp.wssecurity.MessageSecurity;

/**
 * Proves who is asking by the security header of the envelope, where {@link IdentifyStep} left it open: by the digest of a password, a
 * signature, or both (BUS-03, BUS-04, BUS-06, SEC-03). Nothing of the body has been used before.
 *
 * <p>Works on a worker: signatures take time. Fails with {@code consumer-unknown}, {@code message-invalid} or {@code bus-busy}.
 */
public final class IdentifyMessageStep extends AsyncProcessorSupport {
    private final Catalogue catalogue;
    private final Identification identification;
    private final MessageSecurity security;
    private final Executor workers;

    /** @param workers where envelopes are read and signatures verified */
    public IdentifyMessageStep(Catalogue catalogue, Clock clock, MessageSecurity security, Executor workers) {
        this.catalogue = catalogue;
        this.identification = new Identification(clock);
        this.security = security;
        this.workers = workers;
    }

    @Override
    public boolean process(Exchange exchange, AsyncCallback callback) {
        Passage passage = exchange.getProperty(Passage.PROPERTY, Passage.class);
        if (passage.caller().isPresent()) {
            callback.done(true);
            return true;
        }
        passage.enter(Stage.IDENTIFY);
        try {
            workers.execute(() -> {
                try {
                    identify(exchange, passage);
                } catch (RuntimeException | Error refused) {
                    exchange.setException(refused);
                }
                passage.home().execute(() -> callback.done(false));
            });
            return false;
        } catch (RejectedExecutionException full) {
            exchange.setException(
                    new BusException(ErrorCode.BUS_BUSY, "too many messages wait to be verified: try again later"));
            callback.done(true);
            return true;
        }
    }

    private void identify(Exchange exchange, Passage passage) {
        byte[] envelope = envelope(exchange);
        Snapshot known = catalogue.now();
        MessageSecurity.Identified identified = security.identify(
                envelope,
                charset(exchange),
                known,
                refusal(exchange, ErrorCode.MESSAGE_INVALID),
                refusal(exchange, ErrorCode.CONSUMER_UNKNOWN),
                tree -> {
                    exchange.setProperty(SoapVersion.PROPERTY, tree.version());
                    passage.cameAs(tree.version().label());
                });
        Account account = identified.account();
        Caller caller = identification.signed(account, known);
        passage.identified(caller);
        identification
                .claimed(caller, exchange.getProperty(Inbound.PROPERTY, Inbound.class), known)
                .ifPresent(party -> passage.identified(caller.onBehalfOf(party)));
        identified.signed().ifPresent(signed -> exchange.setProperty(EnvelopeReader.SIGNED, signed));
        exchange.setProperty(EnvelopeReader.UNDERSTOOD, Set.of(MessageSecurity.HEADER));
        account.security()
                .map(WsSecurity::written)
                .filter(written -> !written.isEmpty())
                .ifPresent(written -> exchange.setProperty(WsSecurity.ANSWER, written));
    }

    /** What came: no signature here covers attachments. */
    private static byte[] envelope(Exchange exchange) {
        String type = exchange.getMessage().getHeader(Exchange.CONTENT_TYPE, "", String.class);
        if (type.strip().toLowerCase(Locale.ROOT).startsWith(SoapMessage.MULTIPART)) {
            throw refusal(exchange, ErrorCode.CONSUMER_UNKNOWN)
                    .of(
                            Fault.SENDER,
                            "has attachments, which its own security would not cover: show an API key, or send them inside"
                                    + " the message, as base64");
        }
        return exchange.getMessage().getBody() instanceof byte[] bytes ? bytes : new byte[0];
    }

    private static Refusal refusal(Exchange exchange, ErrorCode code) {
        return (fault, what) -> {
            exchange.setProperty(Fault.PROPERTY, fault);
            return new BusException(code, "the request " + what);
        };
    }

    private static Optional<String> charset(Exchange exchange) {
        try {
            return ContentType.of(exchange.getMessage().getHeader(Exchange.CONTENT_TYPE, "", String.class))
                    .charset();
        } catch (IllegalArgumentException wrong) {
            throw refusal(exchange, ErrorCode.MESSAGE_INVALID)
                    .of(Fault.SENDER, "cannot be read by its head: " + wrong.getMessage());
        }
    }
}
