package vn.lgsp.catalogue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateEncodingException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECKey;
import java.security.interfaces.RSAKey;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import vn.lgsp.catalogue.WsSecurity.Demanded;
import vn.lgsp.catalogue.WsSecurity.KeyReference;
import vn.lgsp.catalogue.WsSecurity.Part;
import vn.lgsp.catalogue.WsSecurity.Signature;
import vn.lgsp.catalogue.WsSecurity.SigningKey;
import vn.lgsp.catalogue.WsSecurity.Token;
import vn.lgsp.catalogue.WsSecurity.TrustedCertificate;
import vn.lgsp.catalogue.WsSecurity.Written;
import vn.lgsp.failure.Invalid;
import vn.lgsp.failure.Rule;
import vn.lgsp.message.Sha256;
import vn.lgsp.source.Section;

/** Reads the WS-Security of a connection or an account; keys and certificates are opened here, so that a wrong one stops the start. */
final class WsSecurityReader {
    /** What a connection's section may hold. */
    static final String[] OF_CONNECTION = {"usernameToken", "timestamp", "signature", "answer"};

    /** What an account's section may hold. */
    static final String[] OF_ACCOUNT = {"usernameToken", "certificates", "answer"};

    static final int LEAST_RSA_BITS = 2_048;
    static final int LEAST_EC_BITS = 256;

    private static final Pattern FINGERPRINT = Pattern.compile("sha256:([0-9a-f]{64})");
    private static final String FILE = "file:";

    private final UnaryOperator<String> secrets;
    private final boolean opensFiles;

    /**
     * @param secrets the secret that a reference leads to
     * @param opensFiles whether keys and certificates are read; a machine that only checks files has none
     */
    WsSecurityReader(UnaryOperator<String> secrets, boolean opensFiles) {
        this.secrets = secrets;
        this.opensFiles = opensFiles;
    }

    /** Of a system that the bus calls. */
    WsSecurity ofConnection(Section written) {
        Optional<Section> answer = written.section("answer", "certificates", "timestamp");
        WsSecurity read = new WsSecurity(
                written(written),
                answer.map(of -> new Demanded(Optional.empty(), certificates(of), of.flag("timestamp", false)))
                        .orElseGet(() -> new Demanded(Optional.empty(), List.of(), false)));
        return checked(
                read, written, read.written().isEmpty() && read.demanded().isEmpty());
    }

    /** Of an account under which a system calls the bus. */
    WsSecurity ofAccount(Section written) {
        WsSecurity read = new WsSecurity(
                written.section("answer", "timestamp", "signature")
                        .map(this::answer)
                        .orElseGet(() -> new Written(Optional.empty(), Optional.empty(), Optional.empty())),
                new Demanded(
                        written.section("usernameToken", "user", "password").map(of -> token(of, true)),
                        certificates(written),
                        false));
        return checked(read, written, read.demanded().isEmpty());
    }

    private static WsSecurity checked(WsSecurity read, Section written, boolean empty) {
        if (empty) {
            throw written.refusal(Rule.SECURITY_EMPTY, written.line());
        }
        return read;
    }

    private Written written(Section of) {
        Optional<Token> token = of.section("usernameToken", "user", "password", "type")
                .map(given -> token(
                        given, given.choice("type", PasswordType.class, PasswordType.DIGEST) == PasswordType.DIGEST));
        return written(of, token);
    }

    private Written answer(Section of) {
        return written(of, Optional.empty());
    }

    private Written written(Section of, Optional<Token> token) {
        Optional<Signature> signature = of.section("signature", "keyStore", "password", "alias", "signs", "reference")
                .map(given -> signature(given, token.isPresent()));
        Optional<Duration> timestamp = of.has("timestamp") || signature.isPresent()
                ? Optional.of(of.quantity(
                        "timestamp",
                        Quantity.duration(Duration.ofSeconds(10), Duration.ofHours(1)),
                        WsSecurity.DEFAULT_LIFE))
                : Optional.empty();
        return new Written(token, timestamp, signature);
    }

    /** How a password is shown. */
    private enum PasswordType {
        DIGEST,
        TEXT
    }

    private Token token(Section of, boolean digest) {
        return new Token(of.text("user"), of.secret("password", secrets), digest);
    }

    private Signature signature(Section of, boolean withToken) {
        Set<Part> signs = EnumSet.noneOf(Part.class);
        signs.addAll(of.list("signs", WsSecurityReader::part));
        if (signs.isEmpty()) {
            signs.addAll(EnumSet.of(Part.BODY, Part.TIMESTAMP));
            if (withToken) {
                signs.add(Part.USERNAME_TOKEN);
            }
        }
        KeyReference reference = of.choice("reference", KeyReference.class, KeyReference.DIRECT);
        if ((signs.contains(Part.USERNAME_TOKEN) && !withToken)
                || (signs.contains(Part.CERTIFICATE) && reference != KeyReference.DIRECT)) {
            throw of.refusal(Rule.SECURITY_PART_MISSING, of.line("signs"));
        }
        String file = of.text("keyStore");
        String password = of.secret("password", secrets);
        Optional<String> alias = of.optionalText("alias");
        return new Signature(
                opensFiles ? Optional.of(key(of, file, password, alias)) : Optional.empty(),
                Collections.unmodifiableSet(signs),
                reference);
    }

    private static Part part(String text) {
        List<String> labels = Arrays.stream(Part.values())
                .map(part -> part.name().toLowerCase(java.util.Locale.ROOT).replace('_', '-'))
                .toList();
        String label = Section.choice(text, labels);
        return Part.valueOf(label.toUpperCase(java.util.Locale.ROOT).replace('-', '_'));
    }

    private static SigningKey key(Section of, String file, String password, Optional<String> alias) {
        try (InputStream content = Files.newInputStream(Path.of(file))) {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(content, password.toCharArray());
            List<String> keys = Collections.list(store.aliases()).stream()
                    .filter(name -> alias.map(name::equalsIgnoreCase).orElse(true))
                    .filter(name -> isKey(store, name))
                    .toList();
            if (keys.size() == 1 && store.getKey(keys.get(0), password.toCharArray()) instanceof PrivateKey key) {
                List<X509Certificate> chain = Arrays.stream(store.getCertificateChain(keys.get(0)))
                        .map(X509Certificate.class::cast)
                        .toList();
                if (isStrong(chain.get(0).getPublicKey())) {
                    return new SigningKey(key, chain);
                }
            }
        } catch (IOException | GeneralSecurityException | RuntimeException unreadable) {
            // The cause is not passed on: it may tell of the password.
        }
        throw of.refusal(Rule.SECURITY_KEY_STORE, of.line("keyStore"));
    }

    private static boolean isKey(KeyStore store, String alias) {
        try {
            return store.isKeyEntry(alias);
        } catch (GeneralSecurityException impossible) {
            return false;
        }
    }

    /** Whether signatures by this key are good enough to trust. */
    static boolean isStrong(PublicKey key) {
        return (key instanceof RSAKey rsa && rsa.getModulus().bitLength() >= LEAST_RSA_BITS)
                || (key instanceof ECKey ec && ec.getParams().getOrder().bitLength() >= LEAST_EC_BITS);
    }

    private List<TrustedCertificate> certificates(Section of) {
        return of.list("certificates", this::certificate);
    }

    private TrustedCertificate certificate(String text) {
        Matcher fingerprint = FINGERPRINT.matcher(text);
        if (fingerprint.matches()) {
            return new TrustedCertificate(fingerprint.group(1), Optional.empty());
        }
        if (text.startsWith(FILE)) {
            if (!opensFiles) {
                return new TrustedCertificate(Sha256.hex(text), Optional.empty());
            }
            try (InputStream content = Files.newInputStream(Path.of(text.substring(FILE.length())))) {
                Certificate read = CertificateFactory.getInstance("X.509").generateCertificate(content);
                if (read instanceof X509Certificate certificate && isStrong(certificate.getPublicKey())) {
                    return new TrustedCertificate(fingerprint(certificate), Optional.of(certificate));
                }
            } catch (IOException | GeneralSecurityException | RuntimeException unreadable) {
                // told below, with the line
            }
        }
        throw new Invalid(Rule.SECURITY_CERTIFICATE);
    }

    private static String fingerprint(X509Certificate certificate) throws CertificateEncodingException {
        return Sha256.hex(certificate.getEncoded());
    }
}
