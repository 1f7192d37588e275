package vn.lgsp.edoc;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.security.Key;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Set;
import javax.xml.crypto.AlgorithmMethod;
import javax.xml.crypto.KeySelector;
import javax.xml.crypto.KeySelectorException;
import javax.xml.crypto.KeySelectorResult;
import javax.xml.crypto.MarshalException;
import javax.xml.crypto.XMLCryptoContext;
import javax.xml.crypto.dsig.CanonicalizationMethod;
import javax.xml.crypto.dsig.Reference;
import javax.xml.crypto.dsig.Transform;
import javax.xml.crypto.dsig.XMLSignature;
import javax.xml.crypto.dsig.XMLSignatureException;
import javax.xml.crypto.dsig.XMLSignatureFactory;
import javax.xml.crypto.dsig.dom.DOMValidateContext;
import javax.xml.crypto.dsig.keyinfo.KeyInfo;
import javax.xml.crypto.dsig.keyinfo.X509Data;
import org.jspecify.annotations.Nullable;
import org.w3c.dom.NodeList;
import org.xml.sax.SAXException;
import vn.lgsp.parse.XmlParsers;

/**
 * Whether the signature of a packet, in the namespace of XML-DSig, fits the packet. It is held against the certificate that it brings, so it
 * says that nothing has changed since, and not who signed.
 */
final class PacketSignature extends FilterInputStream {
    /** A larger packet is not looked at: a signature needs the whole of it in memory, several times. */
    static final int LARGEST = 16 << 20;

    private static final Set<String> PLAIN = Set.of(
            Transform.ENVELOPED,
            CanonicalizationMethod.INCLUSIVE,
            CanonicalizationMethod.INCLUSIVE_WITH_COMMENTS,
            CanonicalizationMethod.EXCLUSIVE,
            CanonicalizationMethod.EXCLUSIVE_WITH_COMMENTS);

    private final ByteArrayOutputStream seen = new ByteArrayOutputStream();
    private boolean whole = true;

    enum Verdict {
        FITS,
        WRONG,
        /** Too large, by a method that is not safe any more, over a part only, or without a certificate. */
        UNKNOWN
    }

    /** Keeps what is read, for {@link #verdict}. */
    PacketSignature(InputStream packet) {
        super(packet);
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] to, int offset, int length) throws IOException {
        int count = super.read(to, offset, length);
        whole &= seen.size() + Math.max(0, count) <= LARGEST;
        if (count > 0 && whole) {
            seen.write(to, offset, count);
        }
        return count;
    }

    @Override
    public boolean markSupported() {
        return false;
    }

    /** Of what was read; the end must be reached. */
    Verdict verdict() throws IOException {
        if (!whole) {
            return Verdict.UNKNOWN;
        }
        try {
            NodeList found = XmlParsers.trees()
                    .parse(new ByteArrayInputStream(seen.toByteArray()))
                    .getElementsByTagNameNS(XMLSignature.XMLNS, "Signature");
            if (found.getLength() != 1) {
                return Verdict.UNKNOWN;
            }
            DOMValidateContext context = new DOMValidateContext(new OwnCertificate(), found.item(0));
            context.setProperty("org.jcp.xml.dsig.secureValidation", Boolean.TRUE);
            XMLSignature signature = XMLSignatureFactory.getInstance("DOM").unmarshalXMLSignature(context);
            List<Reference> references = signature.getSignedInfo().getReferences();
            if (!references.stream().allMatch(PacketSignature::isPlain)
                    || references.stream().noneMatch(reference -> "".equals(reference.getURI()))) {
                return Verdict.UNKNOWN;
            }
            return signature.validate(context) ? Verdict.FITS : Verdict.WRONG;
        } catch (XMLSignatureException wrong) {
            return wrong.getCause() instanceof KeySelectorException ? Verdict.UNKNOWN : Verdict.WRONG;
        } catch (MarshalException | SAXException notToBeChecked) {
            return Verdict.UNKNOWN;
        }
    }

    /** Whether it leaves out nothing but the signature; another transform would be a program of whoever signed. */
    private static boolean isPlain(Reference reference) {
        return reference.getTransforms().stream().map(Transform::getAlgorithm).allMatch(PLAIN::contains);
    }

    /** The key of the first certificate in the signature. */
    private static final class OwnCertificate extends KeySelector {
        @Override
        public KeySelectorResult select(
                @Nullable KeyInfo info, Purpose purpose, AlgorithmMethod method, XMLCryptoContext context)
                throws KeySelectorException {
            for (Object content : info == null ? List.of() : info.getContent()) {
                for (Object item : content instanceof X509Data data ? data.getContent() : List.of()) {
                    if (item instanceof X509Certificate certificate) {
                        Key key = certificate.getPublicKey();
                        return () -> key;
                    }
                }
            }
            throw new KeySelectorException("there is no certificate");
        }
    }
}
