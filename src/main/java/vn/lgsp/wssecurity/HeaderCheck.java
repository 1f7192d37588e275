package vn.lgsp.wssecurity;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import javax.xml.namespace.QName;
import org.apache.wss4j.common.WSS4JConstants;
import org.apache.wss4j.common.ext.WSSecurityException;
import org.apache.wss4j.dom.WSConstants;
import org.apache.wss4j.dom.WSDataRef;
import org.apache.wss4j.dom.engine.WSSConfig;
import org.apache.wss4j.dom.engine.WSSecurityEngine;
import org.apache.wss4j.dom.engine.WSSecurityEngineResult;
import org.apache.wss4j.dom.handler.RequestData;
import org.apache.wss4j.dom.handler.WSHandlerResult;
import org.apache.wss4j.dom.message.token.Timestamp;
import org.apache.wss4j.dom.message.token.UsernameToken;
import org.apache.wss4j.dom.validate.Credential;
import org.apache.wss4j.dom.validate.Validator;
import org.jspecify.annotations.Nullable;
import org.w3c.dom.Element;
import vn.lgsp.message.Sha256;
import vn.lgsp.soap.EnvelopeTree;
import vn.lgsp.wssecurity.Unproved.Reason;

/**
 * Checks the security header of one envelope. WSS4J reads tokens and verifies signatures; whom to trust, what must be covered, when a
 * message is too old and that it comes once is decided here.
 *
 * <p>Only what is understood is taken: one header, in it at most one time stamp, one token, one signature and two certificates.
 */
final class HeaderCheck {
    private static final QName TIMESTAMP = new QName(WSS4JConstants.WSU_NS, "Timestamp");
    private static final QName USERNAME_TOKEN = new QName(WSS4JConstants.WSSE_NS, "UsernameToken");
    private static final QName CERTIFICATE = new QName(WSS4JConstants.WSSE_NS, "BinarySecurityToken");
    private static final QName SIGNATURE = new QName(WSS4JConstants.SIG_NS, "Signature");

    /** What may stand in a header, and how often. */
    private static final Map<QName, Integer> MOST =
            Map.of(TIMESTAMP, 1, USERNAME_TOKEN, 1, CERTIFICATE, 2, SIGNATURE, 1);

    private static final int LONGEST_NONCE = 128;
    private static final int LONGEST_CERTIFICATE = 64 << 10;
    /** WSS4J would judge time by the clock of the machine: it shall not. */
    private static final int ANY_AGE = Integer.MAX_VALUE / 2;

    private final WsSecuritySettings settings;
    private final Clock clock;
    private final Replays replays;

    /** Whom the one who checks knows. */
    interface Known {
        /** The password of this user; empty for one who is not known. */
        Optional<String> password(String user);

        /** Whether signatures of this certificate count. */
        boolean trusts(String fingerprint);

        /** The certificates that a message may name without bringing them. */
        List<X509Certificate> certificates();
    }

    /**
     * What a header proved.
     *
     * @param user whose password the token showed
     * @param signer fingerprint of the certificate whose key signed body, time stamp and token
     * @param timestamp whether the message says its time, and is not too old
     * @param signed names of the other header blocks that the signature covers, each of them that there is
     */
    record Proof(Optional<String> user, Optional<String> signer, boolean timestamp, Set<QName> signed) {
        static final Proof NONE = new Proof(Optional.empty(), Optional.empty(), false, Set.of());
    }

    HeaderCheck(WsSecuritySettings settings, Clock clock, Replays replays) {
        this.settings = settings;
        this.clock = clock;
        this.replays = replays;
    }

    /**
     * What the header proves; {@link Proof#NONE} where there is none.
     *
     * @throws Unproved when there is something in it that is wrong
     */
    Proof of(EnvelopeTree envelope, Known known) {
        List<Element> headers = envelope.blocks(WSS4JConstants.WSSE_NS, "Security");
        if (headers.isEmpty()) {
            return Proof.NONE;
        }
        Element header = headers.get(0);
        if (headers.size() > 1 || !envelope.isOwn(header)) {
            throw new Unproved(Reason.INVALID_SECURITY, "needs one Security header, for the bus and no other role");
        }
        Map<QName, Element> parts = parts(header);
        Optional.ofNullable(parts.get(SIGNATURE)).filter(Algorithms::isWeak).ifPresent(weak -> {
            throw new Unproved(
                    Reason.UNSUPPORTED_ALGORITHM,
                    "is signed with an algorithm that is not taken: RSA or ECDSA with SHA-2 are, over exclusive canonical"
                            + " XML without comments");
        });
        Instant now = clock.instant();
        Seen seen = new Seen(known, now);
        WSHandlerResult result = read(header, seen, known);
        Optional<UsernameToken> token = seen.token();
        Optional<Timestamp> timestamp = seen.timestamp();
        timestamp.ifPresent(stamp -> fresh(stamp, now));
        token.ifPresent(shown -> fresh(created(shown), now));
        Set<QName> alsoSigned = Set.of();
        if (parts.containsKey(SIGNATURE)) {
            WSSecurityEngineResult signed = only(result, WSConstants.SIGN);
            List<WSDataRef> covered = covered(signed);
            // the certificate that the signature was verified with must be the one that was found trusted
            String signer = seen.signer()
                    .filter(trusted -> verifiedWith(signed).equals(Optional.of(trusted)))
                    .orElseThrow(() -> new Unproved(Reason.FAILED_CHECK, "is signed by nobody that is known"));
            Timestamp stamp = timestamp.orElseThrow(() -> new Unproved(
                    Reason.FAILED_CHECK, "is signed, and says no time: write a Timestamp, and sign it with the body"));
            cover(covered, envelope.body(), "body");
            cover(covered, stamp.getElement(), "Timestamp");
            token.ifPresent(shown -> cover(covered, shown.getElement(), "UsernameToken"));
            alsoSigned = signed(covered, envelope.blocks());
            once(signer, signature(signer, covered), now, stamp.getCreated());
        }
        token.ifPresent(shown -> once(shown.getName(), digest(shown), now, created(shown)));
        return new Proof(token.map(UsernameToken::getName), seen.signer(), timestamp.isPresent(), alsoSigned);
    }

    private static Map<QName, Element> parts(Element header) {
        Map<QName, Element> found = new HashMap<>();
        Map<QName, Integer> counts = new HashMap<>();
        for (Element part : EnvelopeTree.children(header)) {
            QName name = new QName(part.getNamespaceURI(), part.getLocalName());
            if (counts.merge(name, 1, Integer::sum) > MOST.getOrDefault(name, 0)) {
                throw new Unproved(
                        Reason.INVALID_SECURITY,
                        "has something in its Security header that is not taken: one Timestamp, one UsernameToken, one"
                                + " Signature and its certificates are");
            }
            found.put(name, part);
            if (name.equals(CERTIFICATE) && part.getTextContent().length() > LONGEST_CERTIFICATE) {
                throw new Unproved(Reason.INVALID_SECURITY_TOKEN, "has a certificate that is too long");
            }
        }
        return found;
    }

    private WSHandlerResult read(Element header, Seen seen, Known known) {
        WSSConfig config = WSSConfig.getNewInstance();
        config.setValidator(TIMESTAMP, seen::timestamp);
        config.setValidator(USERNAME_TOKEN, seen::token);
        config.setValidator(SIGNATURE, seen::signature);
        // with one, WSS4J would take every certificate that lies in the header for trusted
        config.setValidator(CERTIFICATE, (Validator) null);
        RequestData how = new RequestData();
        how.setWssConfig(config);
        how.setSigVerCrypto(PinnedKeys.knowing(known.certificates()));
        how.setAlgorithmSuite(Algorithms.accepted());
        how.setUtTTL(ANY_AGE);
        how.setUtFutureTTL(ANY_AGE);
        how.setTimeStampStrict(false);
        WSSecurityEngine engine = new WSSecurityEngine();
        engine.setWssConfig(config);
        try {
            return engine.processSecurityHeader(header, how);
        } catch (WSSecurityException wrong) {
            throw unproved(wrong, seen.hasCertificate());
        } catch (Unproved wrong) {
            throw wrong;
        } catch (RuntimeException broken) {
            // what the parsers of certificates, times and signatures make of nonsense
            throw new Unproved(Reason.INVALID_SECURITY, "has a Security header that cannot be read");
        }
    }

    private static Unproved unproved(WSSecurityException wrong, boolean certificateFound) {
        for (Throwable cause = wrong; cause != null; cause = cause.getCause()) {
            if (cause instanceof Told told) {
                return told.unproved;
            }
        }
        return switch (wrong.getErrorCode()) {
            case FAILED_CHECK, FAILED_AUTHENTICATION ->
                certificateFound
                        ? new Unproved(Reason.FAILED_CHECK, "has a signature that is wrong")
                        : new Unproved(
                                Reason.SECURITY_TOKEN_UNAVAILABLE,
                                "is signed with a key whose certificate it does not bring: send the certificate as a"
                                        + " BinarySecurityToken");
            case INVALID_SECURITY_TOKEN ->
                new Unproved(Reason.INVALID_SECURITY_TOKEN, "has a token in its Security header that cannot be read");
            default -> new Unproved(Reason.INVALID_SECURITY, "has a Security header that is not as the standard says");
        };
    }

    private static WSSecurityEngineResult only(WSHandlerResult result, int action) {
        List<WSSecurityEngineResult> found = result.getActionResults().getOrDefault(action, List.of());
        if (found.size() != 1) {
            throw new Unproved(Reason.FAILED_CHECK, "has a signature that is none of a certificate");
        }
        return found.get(0);
    }

    private static Optional<String> verifiedWith(WSSecurityEngineResult signed) {
        return signed.get(WSSecurityEngineResult.TAG_X509_CERTIFICATE) instanceof X509Certificate certificate
                ? fingerprint(certificate)
                : Optional.empty();
    }

    /** Empty for a certificate that cannot be read. */
    private static Optional<String> fingerprint(X509Certificate certificate) {
        try {
            return Optional.of(Sha256.hex(certificate.getEncoded()));
        } catch (CertificateEncodingException broken) {
            return Optional.empty();
        }
    }

    private static List<WSDataRef> covered(WSSecurityEngineResult signed) {
        List<WSDataRef> found = new ArrayList<>();
        if (signed.get(WSSecurityEngineResult.TAG_DATA_REF_URIS) instanceof List<?> references) {
            for (Object reference : references) {
                if (reference instanceof WSDataRef covers) {
                    found.add(covers);
                }
            }
        }
        return found;
    }

    private static boolean isWhole(List<WSDataRef> covered, Element element) {
        return covered.stream()
                .filter(reference -> reference.getProtectedElement() == element)
                .anyMatch(reference ->
                        List.of(WSS4JConstants.C14N_EXCL_OMIT_COMMENTS).equals(reference.getTransformAlgorithms()));
    }

    /** The names of which every block is covered: one beside it that is not would be taken for it. */
    private static Set<QName> signed(List<WSDataRef> covered, List<Element> blocks) {
        Set<QName> signed = new HashSet<>();
        Set<QName> open = new HashSet<>();
        for (Element block : blocks) {
            (isWhole(covered, block) ? signed : open).add(new QName(block.getNamespaceURI(), block.getLocalName()));
        }
        signed.removeAll(open);
        return signed;
    }

    /** The very element, as it stands: one with the same id elsewhere does not count, nor one of which a transform leaves out something. */
    private static void cover(List<WSDataRef> covered, Element element, String name) {
        if (!isWhole(covered, element)) {
            throw new Unproved(
                    Reason.FAILED_CHECK, "has a signature that does not cover its " + name + ": sign all of it");
        }
    }

    private void fresh(Timestamp stamp, Instant now) {
        if (stamp.getCreated() == null) {
            throw new Unproved(Reason.MESSAGE_EXPIRED, "does not say when it was made");
        }
        fresh(stamp.getCreated(), now);
        if (stamp.getExpires() != null && !now.isBefore(stamp.getExpires())) {
            throw expired();
        }
    }

    private void fresh(Instant created, Instant now) {
        if (created.isAfter(now.plus(settings.ahead())) || !now.isBefore(created.plus(settings.life()))) {
            throw expired();
        }
    }

    private Unproved expired() {
        return new Unproved(
                Reason.MESSAGE_EXPIRED,
                "is too old, or from the future: it is taken for "
                        + settings.life().toSeconds() + " s, by a clock that is at most "
                        + settings.ahead().toSeconds() + " s ahead");
    }

    private static Instant created(UsernameToken token) {
        Instant created = token.getCreatedDate();
        if (created == null) {
            throw new Unproved(Reason.INVALID_SECURITY_TOKEN, "has a UsernameToken without Created");
        }
        return created;
    }

    private void once(String sender, String message, Instant now, Instant created) {
        if (!replays.isFirst(sender, message, now, created.plus(settings.life()))) {
            throw new Unproved(Reason.FAILED_CHECK, "was taken before: make each message anew");
        }
    }

    /**
     * The digest that the password was shown by, and nothing as it is written: the same nonce can be written in base64 in many ways. It
     * does not bind the user, so the token of one cannot be shown as that of another with his password.
     */
    private static String digest(UsernameToken token) {
        return "token " + HexFormat.of().formatHex(Base64.getMimeDecoder().decode(String.valueOf(token.getPassword())));
    }

    /** What was signed, and not the signature: that of one message can be written in two ways with ECDSA. */
    private static String signature(String signer, List<WSDataRef> covered) {
        StringBuilder message = new StringBuilder("signature ").append(signer);
        covered.forEach(reference -> message.append(' ').append(HexFormat.of().formatHex(reference.getDigestValue())));
        return message.toString();
    }

    /** What WSS4J comes by while it reads one header. */
    private static final class Seen {
        private final Known known;
        private final Instant now;
        private @Nullable UsernameToken token;
        private @Nullable Timestamp timestamp;
        private @Nullable String signer;
        private boolean certificate;

        Seen(Known known, Instant now) {
            this.known = known;
            this.now = now;
        }

        Optional<UsernameToken> token() {
            return Optional.ofNullable(token);
        }

        Optional<Timestamp> timestamp() {
            return Optional.ofNullable(timestamp);
        }

        Optional<String> signer() {
            return Optional.ofNullable(signer);
        }

        /** Whether the certificate of the signature was found, good or not. */
        boolean hasCertificate() {
            return certificate;
        }

        Credential timestamp(Credential read, RequestData how) {
            timestamp = read.getTimestamp();
            return read;
        }

        Credential token(Credential read, RequestData how) throws WSSecurityException {
            UsernameToken shown = read.getUsernametoken();
            if (!shown.isHashed()
                    || shown.getPassword() == null
                    || shown.getNonce() == null
                    || shown.getNonce().length() > LONGEST_NONCE
                    || shown.getCreated() == null
                    || shown.getName() == null) {
                throw Told.of(
                        Reason.INVALID_SECURITY_TOKEN,
                        "has a UsernameToken that is not of PasswordDigest with Nonce and Created");
            }
            Optional<String> password = known.password(shown.getName());
            byte[] right = digest(shown, password.orElse(""));
            boolean same = MessageDigest.isEqual(right, decoded(shown.getPassword()));
            if (!same || password.isEmpty()) {
                throw Told.of(
                        Reason.FAILED_AUTHENTICATION, "has a UsernameToken that is not that of an account in force");
            }
            token = shown;
            return read;
        }

        private static byte[] digest(UsernameToken shown, String password) throws WSSecurityException {
            try {
                MessageDigest sha1 = MessageDigest.getInstance("SHA-1"); // the standard knows no other
                sha1.update(decoded(String.valueOf(shown.getNonce())));
                sha1.update(String.valueOf(shown.getCreated()).getBytes(StandardCharsets.UTF_8));
                return sha1.digest(password.getBytes(StandardCharsets.UTF_8));
            } catch (NoSuchAlgorithmException missing) {
                throw new IllegalStateException("this JDK has no SHA-1", missing);
            }
        }

        private static byte[] decoded(String base64) throws WSSecurityException {
            try {
                return Base64.getMimeDecoder().decode(base64);
            } catch (IllegalArgumentException wrong) {
                throw Told.of(Reason.INVALID_SECURITY_TOKEN, "has a UsernameToken that is not in base64");
            }
        }

        Credential signature(Credential read, RequestData how) throws WSSecurityException {
            certificate = true;
            X509Certificate[] chain = read.getCertificates();
            if (chain == null || chain.length == 0) {
                throw Told.of(
                        Reason.INVALID_SECURITY_TOKEN,
                        "is signed with a key that has no certificate: send it as a BinarySecurityToken");
            }
            Optional<String> fingerprint = fingerprint(chain[0]).filter(known::trusts);
            if (fingerprint.isEmpty()) {
                throw Told.of(Reason.FAILED_AUTHENTICATION, "is signed by a certificate that is not registered");
            }
            if (now.isBefore(chain[0].getNotBefore().toInstant())
                    || now.isAfter(chain[0].getNotAfter().toInstant())) {
                throw Told.of(Reason.FAILED_AUTHENTICATION, "is signed by a certificate that is not valid now");
            }
            signer = fingerprint.get();
            return read;
        }
    }

    /** Carries what is wrong through WSS4J. */
    private static final class Told extends WSSecurityException {
        private static final long serialVersionUID = 1L;

        private final transient Unproved unproved;

        private Told(Unproved unproved) {
            super(ErrorCode.FAILED_CHECK);
            this.unproved = unproved;
        }

        static Told of(Reason reason, String what) {
            return new Told(new Unproved(reason, what));
        }
    }
}
