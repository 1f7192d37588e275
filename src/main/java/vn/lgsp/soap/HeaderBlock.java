package vn.lgsp.soap;

import javax.xml.namespace.QName;

/**
 * A header block of an envelope that the card of the service lets in.
 *
 * @param xml the element with the namespaces that it inherits, without the attributes that SOAP itself puts on header blocks, since
 *     these are of the one version and for the one hop that it came by
 * @param mustUnderstand whether whoever reads the body must understand it
 * @param value its text, where it holds nothing else; otherwise all of {@code xml}
 */
public record HeaderBlock(QName name, String xml, boolean mustUnderstand, String value) {
    /** The exchange property under which a stage finds those of a request: a list, in their order. */
    public static final String PROPERTY = "lgsp.soap-headers";

    /** The block as it goes into an envelope of this version. */
    String in(SoapVersion version) {
        if (!mustUnderstand) {
            return xml;
        }
        int nameEnd = 1;
        while (xml.charAt(nameEnd) != ' ' && xml.charAt(nameEnd) != '>') {
            nameEnd++;
        }
        return xml.substring(0, nameEnd) + " lgspsoap:mustUnderstand=\"1\" xmlns:lgspsoap=\"" + version.namespace()
                + "\"" + xml.substring(nameEnd);
    }

    @Override
    public String toString() {
        return name.getLocalPart() + " (content not shown)";
    }
}
