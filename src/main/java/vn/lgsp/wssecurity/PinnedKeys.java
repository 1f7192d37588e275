package vn.lgsp.wssecurity;

import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.security.auth.callback.CallbackHandler;
import javax.security.auth.x500.X500Principal;
import org.apache.wss4j.common.crypto.CryptoBase;
import org.apache.wss4j.common.crypto.CryptoType;
import org.apache.wss4j.common.ext.WSSecurityException;
import org.apache.wss4j.common.util.KeyUtils;
import org.jspecify.annotations.Nullable;
import vn.lgsp.catalogue.WsSecurity.SigningKey;

/**
 * The keys and certificates that the registry names, as WSS4J asks for them. There is no key store, no chain and no issuer that is
 * trusted: a certificate is trusted by itself, which {@link HeaderCheck} decides.
 */
final class PinnedKeys extends CryptoBase {
    private final Optional<SigningKey> own;
    private final List<X509Certificate> known;

    private PinnedKeys(Optional<SigningKey> own, List<X509Certificate> known) {
        this.own = own;
        this.known = known;
    }

    static PinnedKeys signing(SigningKey key) {
        return new PinnedKeys(Optional.of(key), List.of());
    }

    /** @param certificates that a message may name without bringing them */
    static PinnedKeys knowing(List<X509Certificate> certificates) {
        return new PinnedKeys(Optional.empty(), certificates);
    }

    @Override
    public X509Certificate @Nullable [] getX509Certificates(CryptoType wanted) throws WSSecurityException {
        return switch (wanted.getType()) {
            case ALIAS ->
                own.map(key -> key.chain().toArray(X509Certificate[]::new)).orElse(null);
            case ISSUER_SERIAL -> {
                X500Principal issuer = principal(wanted.getIssuer());
                yield first(one -> one.getSerialNumber().equals(wanted.getSerial())
                        && one.getIssuerX500Principal().equals(issuer));
            }
            case THUMBPRINT_SHA1 -> first(one -> Arrays.equals(thumbprint(one), wanted.getBytes()));
            case SKI_BYTES -> first(one -> Arrays.equals(subjectKey(one), wanted.getBytes()));
            default -> null;
        };
    }

    private X509Certificate @Nullable [] first(Predicate<X509Certificate> fits) {
        return candidates()
                .filter(fits)
                .findFirst()
                .map(found -> new X509Certificate[] {found})
                .orElse(null);
    }

    private Stream<X509Certificate> candidates() {
        return Stream.concat(known.stream(), own.stream().map(key -> key.chain().get(0)));
    }

    private static X500Principal principal(String name) throws WSSecurityException {
        try {
            return new X500Principal(name);
        } catch (IllegalArgumentException wrong) {
            throw new WSSecurityException(WSSecurityException.ErrorCode.INVALID_SECURITY_TOKEN);
        }
    }

    private static byte[] thumbprint(X509Certificate certificate) {
        try {
            return KeyUtils.generateDigest(certificate.getEncoded());
        } catch (WSSecurityException | java.security.cert.CertificateEncodingException broken) {
            return new byte[0];
        }
    }

    private byte[] subjectKey(X509Certificate certificate) {
        try {
            return getSKIBytesFromCert(certificate);
        } catch (WSSecurityException none) {
            return new byte[0];
        }
    }

    @Override
    public @Nullable String getX509Identifier(X509Certificate certificate) {
        return null;
    }

    @Override
    public PrivateKey getPrivateKey(X509Certificate certificate, CallbackHandler passwords) {
        return key();
    }

    @Override
    public PrivateKey getPrivateKey(PublicKey publicKey, CallbackHandler passwords) {
        return key();
    }

    @Override
    public PrivateKey getPrivateKey(String alias, String password) {
        return key();
    }

    private PrivateKey key() {
        return own.orElseThrow().key();
    }

    @Override
    public void verifyTrust(
            X509Certificate[] chain, boolean revocation, Collection<Pattern> subjects, Collection<Pattern> issuers)
            throws WSSecurityException {
        throw new WSSecurityException(WSSecurityException.ErrorCode.FAILED_CHECK);
    }

    @Override
    public void verifyTrust(PublicKey publicKey) throws WSSecurityException {
        throw new WSSecurityException(WSSecurityException.ErrorCode.FAILED_CHECK);
    }
}
