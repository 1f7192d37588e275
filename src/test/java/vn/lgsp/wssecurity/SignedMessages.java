package vn.lgsp.wssecurity;

import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import javax.xml.namespace.QName;
import org.apache.wss4j.common.WSEncryptionPart;
import org.apache.wss4j.dom.WSConstants;
import org.apache.wss4j.dom.message.WSSecHeader;
import org.apache.wss4j.dom.message.WSSecSignature;
import org.apache.wss4j.dom.message.WSSecTimestamp;
import org.apache.xml.security.c14n.Canonicalizer;
import org.apache.xml.security.exceptions.XMLSecurityException;
import org.w3c.dom.Element;
import vn.lgsp.catalogue.WsSecurity;
import vn.lgsp.catalogue.WsSecurity.KeyReference;
import vn.lgsp.catalogue.WsSecurity.Part;
import vn.lgsp.catalogue.WsSecurity.Signature;
import vn.lgsp.catalogue.WsSecurity.SigningKey;
import vn.lgsp.catalogue.WsSecurity.Token;
import vn.lgsp.catalogue.WsSecurity.Written;
import vn.lgsp.soap.EnvelopeTree;

/** Envelopes with a security header, right ones and wrong ones. */
public final class SignedMessages {
    public static final String RSA_SHA256 = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256";
    public static final String SHA256 = "http://www.w3.org/2001/04/xmlenc#sha256";
    public static final String EXCLUSIVE = "http://www.w3.org/2001/10/xml-exc-c14n#";

    private final TestKeys keys;
    private Clock clock = Clock.systemUTC();
    private Optional<Token> token = Optional.empty();
    private Optional<Duration> timestamp = Optional.empty();
    private Optional<String> signer = Optional.empty();
    private List<QName> also = List.of();
    private Set<Part> signs = EnumSet.of(Part.BODY, Part.TIMESTAMP);

    private SignedMessages(TestKeys keys) {
        this.keys = keys;
    }

    public static SignedMessages with(TestKeys keys) {
        return new SignedMessages(keys);
    }

    public SignedMessages at(Clock other) {
        clock = other;
        return this;
    }

    public SignedMessages token(String user, String password) {
        token = Optional.of(new Token(user, password, true));
        return this;
    }

    public SignedMessages text(String user, String password) {
        token = Optional.of(new Token(user, password, false));
        return this;
    }

    public SignedMessages timestamp() {
        timestamp = Optional.of(WsSecurity.DEFAULT_LIFE);
        return this;
    }

    public SignedMessages signed(String name) {
        signer = Optional.of(name);
        return timestamp();
    }

    public SignedMessages over(Part first, Part... more) {
        signs = EnumSet.of(first, more);
        return this;
    }

    /** In {@link #write(String, String, String, String, int)} also the header blocks of these names. */
    public SignedMessages alsoOver(QName... blocks) {
        also = List.of(blocks);
        return this;
    }

    /** This envelope with its header, as the bus itself would write it. */
    public String write(String envelope) {
        byte[] secured = new MessageSecurity(
                        new WsSecuritySettings(Duration.ofMinutes(5), Duration.ofMinutes(1), 1_000), clock)
                .secure(
                        envelope.getBytes(StandardCharsets.UTF_8),
                        new Written(
                                token,
                                timestamp,
                                signer.map(name -> new Signature(
                                        Optional.of(new SigningKey(keys.key(name), List.of(keys.certificate(name)))),
                                        signs,
                                        KeyReference.DIRECT))));
        return new String(secured, StandardCharsets.UTF_8);
    }

    /** This envelope, signed in a way that the bus never would. */
    public String write(String envelope, String signature, String digest, String canonical, int reference) {
        try {
            EnvelopeTree tree =
                    EnvelopeTree.read(envelope.getBytes(StandardCharsets.UTF_8), Optional.empty(), (fault, what) -> {
                        throw new IllegalArgumentException(what);
                    });
            WSSecHeader header = new WSSecHeader(tree.document());
            header.insertSecurityHeader();
            WSSecTimestamp stamp = new WSSecTimestamp(header);
            stamp.build();
            WSSecSignature signing = new WSSecSignature(header);
            signing.setUserInfo("x", "");
            signing.setKeyIdentifierType(reference);
            signing.setSignatureAlgorithm(signature);
            signing.setDigestAlgo(digest);
            signing.setSigCanonicalization(canonical);
            String name = signer.orElseThrow();
            signing.prepare(PinnedKeys.signing(new SigningKey(keys.key(name), List.of(keys.certificate(name)))));
            if (reference == WSConstants.BST_DIRECT_REFERENCE) {
                signing.prependBSTElementToHeader();
            }
            List<WSEncryptionPart> parts = new ArrayList<>();
            List<Element> signed = new ArrayList<>(List.of(tree.body(), stamp.getElement()));
            also.forEach(block -> signed.addAll(tree.blocks(block.getNamespaceURI(), block.getLocalPart())));
            for (Element element : signed) {
                WSEncryptionPart part =
                        new WSEncryptionPart(element.getLocalName(), element.getNamespaceURI(), "Element");
                part.setElement(element);
                parts.add(part);
            }
            signing.computeSignature(signing.addReferencesToSign(parts), false, null);
            java.io.ByteArrayOutputStream out = new java.io.ByteArrayOutputStream();
            Canonicalizer.getInstance(Canonicalizer.ALGO_ID_C14N_OMIT_COMMENTS)
                    .canonicalizeSubtree(tree.document().getDocumentElement(), out);
            return out.toString(StandardCharsets.UTF_8);
        } catch (XMLSecurityException failed) {
            throw new IllegalStateException(failed);
        }
    }
}
