package vn.lgsp.wssecurity;

import java.security.PrivateKey;
import java.util.List;
import java.util.Map;
import org.apache.wss4j.common.WSS4JConstants;
import org.apache.wss4j.common.crypto.AlgorithmSuite;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/** The algorithms of signatures: SHA-2 with RSA or ECDSA, and canonical forms that leave nothing out but comments. */
final class Algorithms {
    private static final String MORE = "http://www.w3.org/2001/04/xmldsig-more#";
    private static final String NEWER = "http://www.w3.org/2007/05/xmldsig-more#";
    private static final List<String> SIGNATURES = List.of(
            MORE + "rsa-sha256",
            MORE + "rsa-sha384",
            MORE + "rsa-sha512",
            NEWER + "sha256-rsa-MGF1",
            NEWER + "sha384-rsa-MGF1",
            NEWER + "sha512-rsa-MGF1",
            MORE + "ecdsa-sha256",
            MORE + "ecdsa-sha384",
            MORE + "ecdsa-sha512");
    private static final List<String> DIGESTS = List.of(WSS4JConstants.SHA256, MORE + "sha384", WSS4JConstants.SHA512);
    private static final String TOKEN_TRANSFORM =
            "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-soap-message-security-1.0#STR-Transform";

    private static final Map<String, List<String>> BY_ELEMENT = Map.of(
            "SignatureMethod",
            SIGNATURES,
            "DigestMethod",
            DIGESTS,
            "CanonicalizationMethod",
            List.of(WSS4JConstants.C14N_EXCL_OMIT_COMMENTS),
            "Transform",
            List.of(WSS4JConstants.C14N_EXCL_OMIT_COMMENTS, TOKEN_TRANSFORM));

    private Algorithms() {}

    /** Whether a signature says that anything of it was made by another algorithm; told before anything is computed. */
    static boolean isWeak(Element signature) {
        NodeList all = signature.getElementsByTagNameNS(WSS4JConstants.SIG_NS, "*");
        for (int i = 0; i < all.getLength(); i++) {
            if (all.item(i) instanceof Element element
                    && BY_ELEMENT.containsKey(element.getLocalName())
                    && !BY_ELEMENT
                            .getOrDefault(element.getLocalName(), List.of())
                            .contains(element.getAttributeNS(null, "Algorithm"))) {
                return true;
            }
        }
        return false;
    }

    /** What the bus signs with. */
    static String signature(PrivateKey key) {
        return MORE + (key.getAlgorithm().equals("EC") ? "ecdsa-sha256" : "rsa-sha256");
    }

    /** What it takes from others. */
    static AlgorithmSuite accepted() {
        AlgorithmSuite suite = new AlgorithmSuite();
        SIGNATURES.forEach(suite::addSignatureMethod);
        DIGESTS.forEach(suite::addDigestAlgorithm);
        suite.addC14nAlgorithm(WSS4JConstants.C14N_EXCL_OMIT_COMMENTS);
        suite.addTransformAlgorithm(WSS4JConstants.C14N_EXCL_OMIT_COMMENTS);
        suite.addTransformAlgorithm(TOKEN_TRANSFORM);
        suite.setMinimumAsymmetricKeyLength(2_048);
        suite.setMinimumEllipticCurveKeyLength(256);
        suite.setMaximumAsymmetricKeyLength(16_384);
        return suite;
    }
}
