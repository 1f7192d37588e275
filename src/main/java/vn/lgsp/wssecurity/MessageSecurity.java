package vn.lgsp.wssecurity;

import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import javax.xml.namespace.QName;
import org.apache.wss4j.common.WSS4JConstants;
import org.apache.wss4j.common.ext.WSSecurityException;
import org.apache.wss4j.dom.engine.WSSConfig;
import vn.lgsp.catalogue.Account;
import vn.lgsp.catalogue.Snapshot;
import vn.lgsp.catalogue.WsSecurity;
import vn.lgsp.catalogue.WsSecurity.Demanded;
import vn.lgsp.catalogue.WsSecurity.TrustedCertificate;
import vn.lgsp.failure.BusException;
import vn.lgsp.failure.ErrorCode;
import vn.lgsp.soap.EnvelopeTree;
import vn.lgsp.soap.Fault;
import vn.lgsp.soap.Refusal;
import vn.lgsp.wssecurity.HeaderCheck.Proof;

/**
 * WS-Security of envelopes: writes what the registry says the bus sends, and checks what comes.
 *
 * <p>It parses, digests and signs, and so takes from 0.1 ms up: never call it on an event loop.
 *
 * @see "BUS-06, SEC-03"
 */
public final class MessageSecurity {
    /** The header block that is understood here. */
    public static final QName HEADER = new QName(WSS4JConstants.WSSE_NS, "Security");

    private final Clock clock;
    private final HeaderWriter writer;
    private final HeaderCheck requests;
    private final HeaderCheck answers;

    public MessageSecurity(WsSecuritySettings settings, Clock clock) {
        WSSConfig.init();
        this.clock = clock;
        this.writer = new HeaderWriter(clock);
        this.requests = new HeaderCheck(settings, clock, new Replays(settings.remembered()));
        // what providers send takes no room from callers
        this.answers = new HeaderCheck(settings, clock, new Replays(settings.remembered()));
    }

    /**
     * Writes a security header.
     *
     * @param envelope of the bus, in UTF-8 and without one
     * @return the envelope with it, in UTF-8
     * @throws BusException {@code bus-failed} when the payload is no XML, or the key cannot sign
     */
    public byte[] secure(byte[] envelope, WsSecurity.Written security) {
        try {
            EnvelopeTree tree = EnvelopeTree.read(
                    envelope,
                    Optional.empty(),
                    (fault, what) ->
                            new BusException(ErrorCode.BUS_FAILED, "the payload that is to be signed " + what));
            return writer.write(tree, security);
        } catch (WSSecurityException failed) {
            throw new BusException(ErrorCode.BUS_FAILED, "a message could not be signed", failed);
        }
    }

    /**
     * Checks the answer of a system.
     *
     * @param charset of its content type
     * @throws BusException {@code provider-invalid}, naming what is missing
     */
    public void check(byte[] answer, Optional<String> charset, Demanded demanded) {
        Refusal refusal =
                (fault, what) -> new BusException(ErrorCode.PROVIDER_INVALID, "the provider's answer " + what);
        EnvelopeTree tree = EnvelopeTree.read(answer, charset, refusal);
        try {
            Proof proof = answers.of(tree, new OfAnswer(demanded.certificates()));
            if (!demanded.certificates().isEmpty() && proof.signer().isEmpty()) {
                throw refusal.of(Fault.SENDER, "is not signed, and its connection demands it");
            }
            if (demanded.timestamp() && !proof.timestamp()) {
                throw refusal.of(Fault.SENDER, "has no Timestamp, and its connection demands one");
            }
        } catch (Unproved wrong) {
            throw refusal.of(Fault.SENDER, wrong.what());
        }
    }

    /** Told of the envelope as soon as it is read, whatever comes of it. */
    @FunctionalInterface
    public interface Reading {
        void read(EnvelopeTree envelope);
    }

    /**
     * Who a request is from.
     *
     * @param signed names of the header blocks that its signature covers; empty where the registry demands no signature
     */
    public record Identified(Account account, Optional<Set<QName>> signed) {}

    /**
     * Finds the account that signed a request.
     *
     * @param charset of its content type
     * @param refusal of what is no envelope
     * @param unknown of one that proves nobody in force
     * @throws BusException by one of the two, or {@code bus-busy}
     */
    public Identified identify(
            byte[] request,
            Optional<String> charset,
            Snapshot known,
            Refusal refusal,
            Refusal unknown,
            Reading reading) {
        EnvelopeTree tree = EnvelopeTree.read(request, charset, refusal);
        reading.read(tree);
        Instant now = clock.instant();
        Proof proof;
        try {
            proof = requests.of(tree, new OfRequest(known, now));
        } catch (Unproved wrong) {
            throw unknown.of(Fault.sender(wrong.code()), wrong.what());
        }
        Optional<Account> byToken = proof.user().flatMap(user -> known.accountShowingToken(user, now));
        Optional<Account> bySignature =
                proof.signer().flatMap(fingerprint -> known.accountSigningWith(fingerprint, now));
        Account account = bySignature
                .or(() -> byToken)
                .orElseThrow(() -> unknown.of(Fault.SENDER, "proves nobody: it has no UsernameToken and no signature"));
        Demanded demanded = account.security().orElseThrow().demanded();
        boolean shown = demanded.token().isPresent() == byToken.isPresent()
                && demanded.certificates().isEmpty() == bySignature.isEmpty()
                && byToken.map(account::equals).orElse(true);
        if (!shown) {
            throw unknown.of(
                    Fault.sender(new Unproved(Unproved.Reason.FAILED_AUTHENTICATION, "").code()),
                    "does not show what its account is known by: token, signature, or both, of one account");
        }
        return new Identified(
                account, demanded.certificates().isEmpty() ? Optional.empty() : Optional.of(proof.signed()));
    }

    private record OfRequest(Snapshot snapshot, Instant now) implements HeaderCheck.Known {
        @Override
        public Optional<String> password(String user) {
            return snapshot.accountShowingToken(user, now)
                    .flatMap(Account::security)
                    .flatMap(security -> security.demanded().token())
                    .map(WsSecurity.Token::password);
        }

        @Override
        public boolean trusts(String fingerprint) {
            return snapshot.accountSigningWith(fingerprint, now).isPresent();
        }

        @Override
        public List<X509Certificate> certificates() {
            return snapshot.signing().stream()
                    .flatMap(account -> account.security().stream())
                    .flatMap(security -> security.demanded().certificates().stream())
                    .flatMap(certificate -> certificate.certificate().stream())
                    .toList();
        }
    }

    private record OfAnswer(List<TrustedCertificate> trusted) implements HeaderCheck.Known {
        @Override
        public Optional<String> password(String user) {
            return Optional.empty();
        }

        @Override
        public boolean trusts(String fingerprint) {
            return trusted.stream().anyMatch(one -> one.fingerprint().equals(fingerprint));
        }

        @Override
        public List<X509Certificate> certificates() {
            return trusted.stream().flatMap(one -> one.certificate().stream()).toList();
        }
    }
}
