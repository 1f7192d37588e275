package vn.lgsp.soap;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import javax.xml.namespace.QName;
import vn.lgsp.failure.BusException;
import vn.lgsp.failure.ErrorCode;

/** Writes envelopes: around a payload, and around a fault. */
public final class EnvelopeWriter {
    private EnvelopeWriter() {}

    /**
     * The payload in an envelope.
     *
     * @param payload one XML element in UTF-8; its XML declaration is taken off, every other byte stays
     * @throws BusException {@code bus-failed} when the mapping made no element, or one in another encoding
     */
    public static byte[] wrap(SoapVersion version, byte[] payload) {
        return wrap(version, List.of(), payload);
    }

    /**
     * The payload in an envelope with these header blocks.
     *
     * @param payload as above
     */
    public static byte[] wrap(SoapVersion version, List<HeaderBlock> headers, byte[] payload) {
        int from = EnvelopeText.startsWith(payload, 0xEF, 0xBB, 0xBF) ? 3 : 0;
        String head = new String(payload, from, Math.min(payload.length - from, 200), StandardCharsets.ISO_8859_1);
        Matcher declaration = EnvelopeText.DECLARATION.matcher(head);
        if (declaration.find()) {
            Optional<String> encoding = EnvelopeText.declaredEncoding(declaration.group());
            if (encoding.isPresent() && !"UTF-8".equalsIgnoreCase(encoding.get())) {
                throw new BusException(ErrorCode.BUS_FAILED, "the mapping gave a payload that is not in UTF-8");
            }
            from += declaration.end();
        }
        if (isBlank(payload, from)) {
            throw new BusException(ErrorCode.BUS_FAILED, "the mapping gave no payload for the envelope");
        }
        byte[] before = bytes(open(version) + header(version, headers) + "<soapenv:Body>");
        byte[] after = bytes("</soapenv:Body></soapenv:Envelope>");
        ByteArrayOutputStream envelope =
                new ByteArrayOutputStream(payload.length - from + before.length + after.length);
        envelope.writeBytes(before);
        envelope.write(payload, from, payload.length - from);
        envelope.writeBytes(after);
        return envelope.toByteArray();
    }

    /** An envelope with these header blocks, and nothing in its body. */
    public static byte[] empty(SoapVersion version, List<HeaderBlock> headers) {
        return bytes(open(version) + header(version, headers) + "<soapenv:Body/></soapenv:Envelope>");
    }

    private static String header(SoapVersion version, List<HeaderBlock> blocks) {
        if (blocks.isEmpty()) {
            return "";
        }
        StringBuilder header = new StringBuilder("<soapenv:Header>");
        blocks.forEach(block -> header.append(block.in(version)));
        return header.append("</soapenv:Header>").toString();
    }

    private static boolean isBlank(byte[] content, int from) {
        for (int i = from; i < content.length; i++) {
            if (content[i] > ' ' || content[i] < 0) {
                return false;
            }
        }
        return true;
    }

    /**
     * A fault in an envelope.
     *
     * @param reason for people; no content
     * @param detailNamespace of the element {@code error} in the detail
     * @param detail its children by local name, in order
     * @param subcode the finer code in that namespace, which SOAP 1.2 has a place for
     */
    public static byte[] fault(
            SoapVersion version,
            Fault fault,
            String reason,
            String detailNamespace,
            Map<String, String> detail,
            String subcode) {
        StringBuilder error = new StringBuilder("<error xmlns=\"" + detailNamespace + "\">");
        detail.forEach((name, value) -> error.append('<')
                .append(name)
                .append('>')
                .append(XmlText.escaped(value))
                .append("</")
                .append(name)
                .append('>'));
        error.append("</error>");
        String code = "soapenv:" + fault.code().in(version);
        String text = XmlText.escaped(reason);
        String body = version == SoapVersion.SOAP_11
                ? "<faultcode" + fault.finer().map(finer -> finer(finer)).orElse(">" + code)
                        + "</faultcode><faultstring xml:lang=\"en\">" + text + "</faultstring><detail>" + error
                        + "</detail>"
                : "<soapenv:Code><soapenv:Value>" + code
                        + "</soapenv:Value>"
                        + fault.finer()
                                .map(finer -> "<soapenv:Subcode><soapenv:Value" + finer(finer) + "</soapenv:Value>")
                                .orElse("")
                        + "<soapenv:Subcode><soapenv:Value xmlns:lgsp=\""
                        + detailNamespace + "\">lgsp:" + subcode
                        + "</soapenv:Value></soapenv:Subcode>"
                        + fault.finer().map(finer -> "</soapenv:Subcode>").orElse("")
                        + "</soapenv:Code><soapenv:Reason><soapenv:Text xml:lang=\"en\">"
                        + text + "</soapenv:Text></soapenv:Reason><soapenv:Detail>" + error + "</soapenv:Detail>";
        return bytes(open(version) + header(version, fault) + "<soapenv:Body><soapenv:Fault>" + body
                + "</soapenv:Fault></soapenv:Body></soapenv:Envelope>");
    }

    /** What SOAP 1.2 says of itself in the header of a fault: the versions that are spoken, or the block that is not understood. */
    private static String header(SoapVersion version, Fault fault) {
        if (version == SoapVersion.SOAP_11) {
            return "";
        }
        if (fault.code() == Fault.Code.VERSION_MISMATCH) {
            return "<soapenv:Header><soapenv:Upgrade><soapenv:SupportedEnvelope qname=\"soapenv:Envelope\"/>"
                    + "<soapenv:SupportedEnvelope qname=\"soap11:Envelope\" xmlns:soap11=\""
                    + SoapVersion.SOAP_11.namespace() + "\"/></soapenv:Upgrade></soapenv:Header>";
        }
        return fault.header().map(EnvelopeWriter::notUnderstood).orElse("");
    }

    /** The rest of the start tag, and the name in it. */
    private static String finer(QName code) {
        return " xmlns:" + code.getPrefix() + "=\"" + code.getNamespaceURI() + "\">" + code.getPrefix() + ":"
                + code.getLocalPart();
    }

    private static String notUnderstood(QName header) {
        StringBuilder namespace = new StringBuilder();
        XmlText.escape(header.getNamespaceURI(), true, namespace);
        return "<soapenv:Header><soapenv:NotUnderstood qname=\"block:" + header.getLocalPart() + "\" xmlns:block=\""
                + namespace + "\"/></soapenv:Header>";
    }

    private static String open(SoapVersion version) {
        return "<soapenv:Envelope xmlns:soapenv=\"" + version.namespace() + "\">";
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
