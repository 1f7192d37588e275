package vn.lgsp.catalogue;

import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * WS-Security of one party: what the bus writes into the messages that it sends there, and what it demands of those that come from
 * there.
 *
 * @see "BUS-06, SEC-03"
 */
public record WsSecurity(Written written, Demanded demanded) {
    /** The exchange property with what the bus writes into its answer, {@link Written}; of a caller that signed its request. */
    public static final String ANSWER = "lgsp.answer-security";

    /** How long a message is good that the bus signs, where the registry says nothing. */
    public static final Duration DEFAULT_LIFE = Duration.ofMinutes(5);

    /**
     * What the bus writes.
     *
     * @param token the account under which it calls
     * @param timestamp how long the message is good; without it the message says no time
     */
    public record Written(Optional<Token> token, Optional<Duration> timestamp, Optional<Signature> signature) {

        /** Whether there is nothing to write. */
        public boolean isEmpty() {
            return token.isEmpty() && timestamp.isEmpty() && signature.isEmpty();
        }
    }

    /**
     * What the bus demands: all of it.
     *
     * @param token the account that the other side shows, always by digest
     * @param certificates one of these must have signed body, time stamp and token; none where no signature is demanded
     * @param timestamp whether the message must say its time; one that is signed always must
     */
    public record Demanded(Optional<Token> token, List<TrustedCertificate> certificates, boolean timestamp) {

        /** Whether a message needs no security header at all. */
        public boolean isEmpty() {
            return token.isEmpty() && certificates.isEmpty() && !timestamp;
        }
    }

    /**
     * A UsernameToken.
     *
     * @param password read from a file or the environment, never shown
     * @param digest whether the password itself stays at home
     */
    public record Token(String user, String password, boolean digest) {
        @Override
        public String toString() {
            return user + ":***";
        }
    }

    /**
     * A signature of the bus.
     *
     * @param key absent only where files are checked on a machine without secrets
     * @param signs the parts of the message that it covers
     * @param reference how the message names the certificate
     */
    public record Signature(Optional<SigningKey> key, Set<Part> signs, KeyReference reference) {}

    /**
     * A key of the bus.
     *
     * @param chain the certificate of the key first; never empty
     */
    public record SigningKey(PrivateKey key, List<X509Certificate> chain) {
        @Override
        public String toString() {
            return chain.get(0).getPublicKey().getAlgorithm() + " key ***";
        }
    }

    /** What a signature covers. */
    public enum Part {
        BODY,
        TIMESTAMP,
        USERNAME_TOKEN,
        CERTIFICATE
    }

    /** How a signature names the certificate of its key. */
    public enum KeyReference {
        /** The certificate stands in the message, as a BinarySecurityToken. */
        DIRECT,
        ISSUER_SERIAL,
        THUMBPRINT,
        SUBJECT_KEY
    }

    /**
     * A certificate that is trusted by itself, whoever issued it.
     *
     * @param fingerprint lower-case hex SHA-256 of the certificate
     * @param certificate where the registry names its file: then a message may name it by issuer, thumbprint or subject key
     */
    public record TrustedCertificate(String fingerprint, Optional<X509Certificate> certificate) {}
}
