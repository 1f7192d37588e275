package vn.lgsp.edoc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.util.List;
import java.util.Map;
import javax.xml.crypto.dsig.CanonicalizationMethod;
import javax.xml.crypto.dsig.DigestMethod;
import javax.xml.crypto.dsig.SignatureMethod;
import javax.xml.crypto.dsig.Transform;
import javax.xml.crypto.dsig.XMLSignatureFactory;
import javax.xml.crypto.dsig.dom.DOMSignContext;
import javax.xml.crypto.dsig.keyinfo.KeyInfoFactory;
import javax.xml.crypto.dsig.spec.C14NMethodParameterSpec;
import javax.xml.crypto.dsig.spec.TransformParameterSpec;
import javax.xml.transform.dom.DOMSource;
import javax.xml.transform.stream.StreamResult;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Document;
import vn.lgsp.failure.Finding;
import vn.lgsp.failure.Refused;
import vn.lgsp.failure.Rule;
import vn.lgsp.parse.XmlParsers;
import vn.lgsp.wssecurity.TestKeys;

/** A signature in the namespace of XML-DSig fits the packet, or not, where that is asked for (wire-formats 2.6). */
final class PacketSignatureTest {
    /** A part that whoever signs could have us look for as long as he likes. */
    private static final String XPATH =
            "<Reference URI=\"\"><Transforms><Transform Algorithm=\"http://www.w3.org/TR/1999/REC-xpath-19991116\">"
                    + "<XPath>true()</XPath></Transform></Transforms><DigestMethod"
                    + " Algorithm=\"http://www.w3.org/2001/04/xmlenc#sha256\"/><DigestValue>AA==</DigestValue></Reference>";

    private static KeyStore.PrivateKeyEntry key;

    @BeforeAll
    static void keys(@TempDir Path folder) throws Exception {
        TestKeys keys = TestKeys.in(folder).rsa("van-thu").done();
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(new ByteArrayInputStream(Files.readAllBytes(keys.file("van-thu"))), TestKeys.PASSWORD.toCharArray());
        key = (KeyStore.PrivateKeyEntry)
                store.getEntry("van-thu", new KeyStore.PasswordProtection(TestKeys.PASSWORD.toCharArray()));
    }

    /** As the samples of the SDK sign, but in the namespace of XML-DSig, and so that it fits. */
    private static String signed(String method, String digest, boolean withCertificate) throws Exception {
        Document document = XmlParsers.trees()
                .parse(new ByteArrayInputStream(Samples.text("document.edxml").getBytes(StandardCharsets.UTF_8)));
        XMLSignatureFactory factory = XMLSignatureFactory.getInstance("DOM");
        KeyInfoFactory infos = factory.getKeyInfoFactory();
        PrivateKey secret = key.getPrivateKey();
        DOMSignContext context = new DOMSignContext(
                secret,
                document.getElementsByTagNameNS(EdxmlSettings.NAMESPACE, "edXMLHeader")
                        .item(0));
        context.setProperty("org.jcp.xml.dsig.secureValidation", Boolean.FALSE);
        factory.newXMLSignature(
                        factory.newSignedInfo(
                                factory.newCanonicalizationMethod(
                                        CanonicalizationMethod.INCLUSIVE, (C14NMethodParameterSpec) null),
                                factory.newSignatureMethod(method, null),
                                List.of(factory.newReference(
                                        "",
                                        factory.newDigestMethod(digest, null),
                                        List.of(
                                                factory.newTransform(
                                                        Transform.ENVELOPED, (TransformParameterSpec) null),
                                                factory.newTransform(
                                                        CanonicalizationMethod.EXCLUSIVE,
                                                        (TransformParameterSpec) null)),
                                        null,
                                        null))),
                        infos.newKeyInfo(List.of(
                                withCertificate
                                        ? infos.newX509Data(List.of(key.getCertificate()))
                                        : infos.newKeyName("van-thu"))))
                .sign(context);
        ByteArrayOutputStream written = new ByteArrayOutputStream();
        XmlParsers.writer().transform(new DOMSource(document), new StreamResult(written));
        return written.toString(StandardCharsets.UTF_8);
    }

    private static String signed() throws Exception {
        return signed("http://www.w3.org/2001/04/xmldsig-more#rsa-sha256", DigestMethod.SHA256, true);
    }

    private static Received read(String packet, EdxmlSettings.Signatures signatures) {
        EdxmlSettings usual = EdxmlSettings.defaults();
        return Samples.read(
                packet.getBytes(StandardCharsets.UTF_8),
                new EdxmlSettings(
                        usual.namespaces(),
                        usual.profile(),
                        usual.errorLists(),
                        signatures,
                        usual.packetLimit(),
                        usual.attachmentLimit(),
                        usual.attachments(),
                        usual.zipEntries(),
                        usual.zipRatio(),
                        Map.of()));
    }

    private static void assertRefused(String packet) {
        assertThatThrownBy(() -> read(packet, EdxmlSettings.Signatures.VERIFY))
                .isInstanceOfSatisfying(Refused.class, refused -> assertThat(refused.findings())
                        .extracting(Finding::rule)
                        .containsExactly(Rule.EDOC_SIGNATURE_WRONG));
    }

    @Test
    void one_that_fits_is_told_so_and_one_of_a_changed_packet_is_refused() throws Exception {
        String packet = signed();

        assertThat(read(packet, EdxmlSettings.Signatures.VERIFY).signature()).isEqualTo(Signature.FITS);
        assertThat(read(packet, EdxmlSettings.Signatures.VERIFY).warnings()).isEmpty();
        assertRefused(packet.replace("kiểm thử", "kiểm thật"));
        assertRefused(packet.replaceFirst(">UEsD[^<]*<", ">bm9p<"));
        String other = packet.contains("SignatureValue>A") ? "B" : "A";
        assertRefused(packet.replaceFirst("SignatureValue>.", "SignatureValue>" + other));
        assertRefused(packet.replaceFirst("SignatureValue>.{4}", "SignatureValue>"));
    }

    @Test
    void without_the_setting_nothing_is_looked_at() throws Exception {
        assertThat(read(signed().replace("kiểm thử", "kiểm thật"), EdxmlSettings.Signatures.PRESERVE)
                        .signature())
                .isEqualTo(Signature.XML_DSIG);
    }

    @Test
    void what_cannot_be_verified_is_a_warning() throws Exception {
        String fits = signed();
        for (String packet : List.of(
                signed(SignatureMethod.RSA_SHA1, DigestMethod.SHA1, true),
                signed("http://www.w3.org/2001/04/xmldsig-more#rsa-sha256", DigestMethod.SHA256, false),
                fits.replace("URI=\"\"", "URI=\"http://127.0.0.1:1/a\""),
                fits.replace("</Reference>", "</Reference>" + XPATH),
                fits + ("<!--" + "x".repeat(1 << 20) + "-->").repeat(PacketSignature.LARGEST >> 20))) {
            Received received = read(packet, EdxmlSettings.Signatures.VERIFY);

            assertThat(received.signature()).isEqualTo(Signature.XML_DSIG);
            assertThat(received.warnings()).extracting(Finding::rule).containsExactly(Rule.EDOC_SIGNATURE_UNKNOWN);
        }
    }

    @Test
    void one_as_the_sdk_writes_it_stays_not_verifiable() {
        String packet = Samples.text("document.edxml")
                .replace(
                        "</edXML:edXMLHeader>",
                        "<Signature><SignedInfo/><SignatureValue>AA==</SignatureValue></Signature></edXML:edXMLHeader>");

        assertThat(read(packet, EdxmlSettings.Signatures.VERIFY).signature()).isEqualTo(Signature.NOT_VERIFIABLE);
    }
}
