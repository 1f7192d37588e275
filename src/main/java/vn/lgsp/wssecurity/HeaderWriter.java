package vn.lgsp.wssecurity;

import java.io.ByteArrayOutputStream;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.wss4j.common.WSEncryptionPart;
import org.apache.wss4j.common.WSS4JConstants;
import org.apache.wss4j.common.ext.WSSecurityException;
import org.apache.wss4j.dom.WSConstants;
import org.apache.wss4j.dom.message.WSSecHeader;
import org.apache.wss4j.dom.message.WSSecSignature;
import org.apache.wss4j.dom.message.WSSecTimestamp;
import org.apache.wss4j.dom.message.WSSecUsernameToken;
import org.apache.xml.security.c14n.Canonicalizer;
import org.apache.xml.security.exceptions.XMLSecurityException;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import vn.lgsp.catalogue.WsSecurity;
import vn.lgsp.catalogue.WsSecurity.KeyReference;
import vn.lgsp.catalogue.WsSecurity.Signature;
import vn.lgsp.catalogue.WsSecurity.SigningKey;
import vn.lgsp.catalogue.WsSecurity.Token;
import vn.lgsp.soap.EnvelopeTree;

/** Writes a security header into an envelope of the bus. */
final class HeaderWriter {
    private final Clock clock;

    HeaderWriter(Clock clock) {
        this.clock = clock;
    }

    /** The envelope with its security header, in UTF-8. */
    byte[] write(EnvelopeTree envelope, WsSecurity.Written security) throws WSSecurityException {
        Document document = envelope.document();
        WSSecHeader header = new WSSecHeader(document);
        header.insertSecurityHeader();
        Optional<Element> timestamp = Optional.empty();
        if (security.timestamp().isPresent()) {
            WSSecTimestamp written = new WSSecTimestamp(header);
            written.setTimeToLive(Math.toIntExact(security.timestamp().get().toSeconds()));
            written.setWsTimeSource(clock::instant);
            written.build();
            timestamp = Optional.of(written.getElement());
        }
        Optional<Element> token = Optional.empty();
        if (security.token().isPresent()) {
            token = Optional.of(token(header, security.token().get()));
        }
        if (security.signature().isPresent()) {
            sign(header, envelope, security.signature().get(), timestamp, token);
        }
        return bytes(document);
    }

    private Element token(WSSecHeader header, Token shown) {
        WSSecUsernameToken written = new WSSecUsernameToken(header);
        written.setPasswordType(shown.digest() ? WSS4JConstants.PASSWORD_DIGEST : WSS4JConstants.PASSWORD_TEXT);
        written.setUserInfo(shown.user(), shown.password());
        written.setWsTimeSource(clock::instant);
        written.addNonce();
        written.addCreated();
        written.build();
        return written.getUsernameTokenElement();
    }

    private static void sign(
            WSSecHeader header,
            EnvelopeTree envelope,
            Signature wanted,
            Optional<Element> timestamp,
            Optional<Element> token)
            throws WSSecurityException {
        SigningKey key = wanted.key().orElseThrow();
        PinnedKeys keys = PinnedKeys.signing(key);
        WSSecSignature signature = new WSSecSignature(header);
        signature.setUserInfo("bus", "");
        signature.setKeyIdentifierType(identifier(wanted.reference()));
        signature.setSignatureAlgorithm(Algorithms.signature(key.key()));
        signature.setDigestAlgo(WSS4JConstants.SHA256);
        signature.setSigCanonicalization(WSS4JConstants.C14N_EXCL_OMIT_COMMENTS);
        signature.prepare(keys);
        if (wanted.reference() == KeyReference.DIRECT) {
            signature.prependBSTElementToHeader();
        }
        List<WSEncryptionPart> parts = new ArrayList<>();
        wanted.signs().forEach(part -> {
            switch (part) {
                case BODY -> parts.add(part(envelope.body()));
                case TIMESTAMP -> timestamp.ifPresent(element -> parts.add(part(element)));
                case USERNAME_TOKEN -> token.ifPresent(element -> parts.add(part(element)));
                case CERTIFICATE -> parts.add(part(signature.getBinarySecurityTokenElement()));
            }
        });
        signature.computeSignature(signature.addReferencesToSign(parts), false, null);
    }

    private static WSEncryptionPart part(Element element) {
        WSEncryptionPart part = new WSEncryptionPart(element.getLocalName(), element.getNamespaceURI(), "Element");
        part.setElement(element);
        return part;
    }

    private static int identifier(KeyReference reference) {
        return switch (reference) {
            case DIRECT -> WSConstants.BST_DIRECT_REFERENCE;
            case ISSUER_SERIAL -> WSConstants.ISSUER_SERIAL;
            case THUMBPRINT -> WSConstants.THUMBPRINT_IDENTIFIER;
            case SUBJECT_KEY -> WSConstants.SKI_KEY_IDENTIFIER;
        };
    }

    /** Canonical, so that whoever reads it finds what was signed. */
    private static byte[] bytes(Document document) {
        try {
            ByteArrayOutputStream out = new ByteArrayOutputStream(4_096);
            Canonicalizer.getInstance(Canonicalizer.ALGO_ID_C14N_OMIT_COMMENTS)
                    .canonicalizeSubtree(document.getDocumentElement(), out);
            return out.toByteArray();
        } catch (XMLSecurityException impossible) {
            throw new IllegalStateException("an envelope of the bus cannot be written", impossible);
        }
    }
}
