package vn.lgsp.soap;

import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import javax.xml.XMLConstants;
import javax.xml.namespace.QName;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;
import org.jspecify.annotations.Nullable;
import vn.lgsp.failure.BusException;
import vn.lgsp.parse.XmlParsers;

/**
 * Reads an envelope of either version, in one pass from its beginning to its end: the header blocks, the one element of the body,
 * and that nothing follows, so that an envelope that was cut off never passes.
 *
 * <p>There may be no DOCTYPE, and so no entity; nothing is fetched; depth and attributes are bounded (SEC-01). What is wrong becomes
 * the {@link Refusal} of the stage that reads, without content (MSG-09).
 */
public final class EnvelopeReader {
    private static final String BEYOND_BOUNDS = "exceeds what the bus reads of XML (" + XmlParsers.bounds() + ")";

    /** The exchange property with the names of the header blocks that a stage has understood, as a set of {@link QName}. */
    public static final String UNDERSTOOD = "lgsp.understood-headers";

    /**
     * The exchange property with the names of the header blocks that the signature of the request covers; there where the registry demands
     * one.
     */
    public static final String SIGNED = "lgsp.signed-headers";

    private static final int IN_ENVELOPE = 2;
    private static final int IN_BODY = 3;

    private final XMLStreamReader xml;
    private final Refusal refusal;
    private final SoapVersion version;
    private final Map<String, String> inherited = new LinkedHashMap<>();
    private final Map<String, String> inheritedByHeaders = new LinkedHashMap<>();
    private int depth;
    private boolean inHeader;

    /** What a stage does with an envelope. */
    @FunctionalInterface
    public interface Reading<T> {
        T of(EnvelopeReader envelope) throws XMLStreamException;
    }

    private EnvelopeReader(XMLStreamReader xml, Refusal refusal) throws XMLStreamException {
        this.xml = xml;
        this.refusal = refusal;
        if ("1.1".equals(xml.getVersion())) {
            throw refuse("is XML 1.1: send XML 1.0");
        }
        if (!toChild() || !"Envelope".equals(xml.getLocalName())) {
            throw refuse("is not a SOAP envelope");
        }
        version = SoapVersion.ofNamespace(xml.getName().getNamespaceURI())
                .orElseThrow(() -> refusal.of(
                        Fault.VERSION_MISMATCH, "is an envelope of no known version of SOAP: send SOAP 1.1 or 1.2"));
        declare(inherited);
    }

    /**
     * Reads an envelope; {@code reading} must go to its {@link #end}.
     *
     * @param charset of the content type; it, the byte order mark and the XML declaration may each name the encoding, and must not
     *     contradict each other. Without any it is UTF-8
     * @throws BusException by {@code refusal}
     */
    public static <T> T read(byte[] envelope, Optional<String> charset, Refusal refusal, Reading<T> reading) {
        String text = EnvelopeText.of(envelope, charset, refusal);
        try {
            XMLStreamReader xml = XmlParsers.events(new StringReader(text));
            try {
                return reading.of(new EnvelopeReader(xml, refusal));
            } finally {
                xml.close();
            }
        } catch (XMLStreamException broken) {
            if (XmlParsers.isBeyondBounds(broken)) {
                throw refusal.of(Fault.SENDER, BEYOND_BOUNDS);
            }
            throw refusal.of(
                    Fault.SENDER,
                    "is not well-formed XML, or was cut off, at line "
                            + broken.getLocation().getLineNumber() + ", column "
                            + broken.getLocation().getColumnNumber());
        }
    }

    public SoapVersion version() {
        return version;
    }

    /** The name of the element that the reader stands at. */
    public QName name() {
        return xml.getName();
    }

    /** How deep the reader stands; 1 is the envelope. */
    public int depth() {
        return depth;
    }

    /** Goes to the next header block; false when there is no other, and the reader stands at the body. */
    public boolean toHeader() throws XMLStreamException {
        if (!inHeader) {
            toChildOfEnvelope();
            if (isSoap("Body")) {
                return false;
            }
            if (!isSoap("Header")) {
                throw refuse("has something other than a header and a body in its envelope");
            }
            inHeader = true;
            inheritedByHeaders.putAll(inherited);
            declare(inheritedByHeaders);
        }
        while (next() != XMLStreamConstants.END_ELEMENT || depth >= IN_ENVELOPE) {
            if (xml.isStartElement() && depth == IN_BODY) {
                return true;
            }
        }
        inHeader = false;
        toChildOfEnvelope();
        if (!isSoap("Body")) {
            throw refuse("has something other than a header and a body in its envelope");
        }
        return false;
    }

    /** Whether the header block that the reader stands at is for whoever reads the body, and must be understood. */
    public boolean mustBeUnderstood() {
        String must = attribute("mustUnderstand");
        return (must.equals("1") || must.equals("true")) && version.isOwnRole(attribute(version.roleAttribute()));
    }

    /** Takes the header block that the reader stands at. */
    public HeaderBlock block() throws XMLStreamException {
        QName name = xml.getName();
        boolean must = mustBeUnderstood();
        boolean[] plain = {true};
        StringBuilder text = new StringBuilder();
        String element = element(inheritedByHeaders, false, Replacement.NOTHING, () -> {
            plain[0] &= !xml.isStartElement();
            if (xml.isCharacters()) {
                text.append(xml.getText());
            }
        });
        return new HeaderBlock(name, element, must, plain[0] ? text.toString().strip() : element);
    }

    private String attribute(String name) {
        String value = xml.getAttributeValue(version.namespace(), name);
        return value == null ? "" : value.strip();
    }

    /** Goes past what is left of the header to the one element of the body. */
    public QName toPayload() throws XMLStreamException {
        return toPayloadIfAny().orElseThrow(() -> refuse("has an empty SOAP body"));
    }

    /** The same, of a body that may be empty. */
    public Optional<QName> toPayloadIfAny() throws XMLStreamException {
        while (!isSoap("Body") || depth != IN_ENVELOPE) {
            toHeader();
        }
        declare(inherited);
        return toChild() ? Optional.of(xml.getName()) : Optional.empty();
    }

    /** Whether the element that the reader stands at is a fault. */
    public boolean isFault() {
        return isSoap("Fault");
    }

    /** Whether the element that the reader stands at is SOAP's own, with this local name. */
    public boolean isSoap(String name) {
        return xml.isStartElement()
                && name.equals(xml.getLocalName())
                && version.namespace().equals(xml.getNamespaceURI());
    }

    /** Takes the element of the body, with the namespaces that it inherits: a document of its own, in UTF-8. */
    public byte[] payload() throws XMLStreamException {
        return payload(Replacement.NOTHING);
    }

    /** The same with these attachments where they belong, as base64; all of them have to belong somewhere. */
    public byte[] payload(Attachments attachments) throws XMLStreamException {
        byte[] whole = payload((Replacement) attachments);
        attachments.end();
        return whole;
    }

    /** The same; attachments that nothing refers to, and that are named after one of these elements, come back as that element. */
    public byte[] payload(Attachments attachments, Set<String> named) throws XMLStreamException {
        byte[] whole = payload(attachments.withNamed(named));
        attachments.end();
        return whole;
    }

    byte[] payload(Replacement replacement) throws XMLStreamException {
        return element(inherited, true, replacement, () -> {}).getBytes(StandardCharsets.UTF_8);
    }

    /** Passes over the payload; a part that it refers to by {@code xop:Include} has to be there. */
    public void pass(Attachments attachments) throws XMLStreamException {
        int root = depth;
        while (toElementInside(root)) {
            attachments.check(xml.getName(), href());
        }
    }

    private String href() {
        String href = xml.getAttributeValue(null, "href");
        return href == null ? "" : href.strip();
    }

    /**
     * The element that the reader stands at, to its end.
     *
     * @param ofSoap whether attributes of SOAP itself stay on it
     * @param each is told of every event inside of it
     */
    private String element(Map<String, String> fromAbove, boolean ofSoap, Replacement replacement, Runnable each)
            throws XMLStreamException {
        StringBuilder out = new StringBuilder(512);
        StringBuilder leaf = new StringBuilder();
        boolean isLeaf = replacement.applies();
        int root = depth;
        open(out, fromAbove, ofSoap, replacement);
        int leafFrom = out.length();
        while (depth >= root) {
            int event = next();
            each.run();
            switch (event) {
                case XMLStreamConstants.START_ELEMENT -> {
                    if (replacement.takes(xml.getName())) {
                        String name = xml.getLocalName();
                        replacement.taken(name, leaf(name));
                        isLeaf = false;
                    } else if (replacement.isElement(xml.getName())) {
                        out.append(replacement.ofElement(href()));
                        passOver();
                        isLeaf = false;
                    } else {
                        open(out, Map.of(), true, replacement);
                        isLeaf = replacement.applies();
                        leafFrom = out.length();
                        leaf.setLength(0);
                    }
                }
                case XMLStreamConstants.END_ELEMENT -> {
                    Optional<String> instead =
                            isLeaf ? replacement.ofText(xml.getLocalName(), leaf.toString()) : Optional.empty();
                    if (instead.isPresent()) {
                        out.setLength(leafFrom);
                        out.append(instead.get());
                    }
                    isLeaf = false;
                    if (depth < root) {
                        out.append(replacement.atEnd(xml.getPrefix() == null ? "" : xml.getPrefix()));
                    }
                    out.append("</")
                            .append(qualified(xml.getPrefix(), xml.getLocalName()))
                            .append('>');
                }
                case XMLStreamConstants.CHARACTERS, XMLStreamConstants.CDATA, XMLStreamConstants.SPACE -> {
                    XmlText.escape(xml.getText(), false, out);
                    if (isLeaf) {
                        leaf.append(xml.getText());
                    }
                }
                default -> {
                    // comments and processing instructions say nothing to a mapping
                }
            }
        }
        return out.toString();
    }

    /** The text of the element that the reader stands at, which may hold nothing else; empty where it is nil. */
    private Optional<String> leaf(String name) throws XMLStreamException {
        String nil = xml.getAttributeValue(XMLConstants.W3C_XML_SCHEMA_INSTANCE_NS_URI, "nil");
        int own = depth;
        StringBuilder text = new StringBuilder();
        while (next() != XMLStreamConstants.END_ELEMENT || depth >= own) {
            if (xml.isStartElement()) {
                throw refuse("has elements in " + name + ", which is to be a part of bytes");
            }
            if (xml.isCharacters()) {
                text.append(xml.getText());
            }
        }
        return "true".equals(nil) || "1".equals(nil) ? Optional.empty() : Optional.of(text.toString());
    }

    private void passOver() throws XMLStreamException {
        int own = depth;
        while (depth >= own) {
            next();
        }
    }

    /**
     * The code of the fault that the reader stands at, without its prefix: {@code faultcode} of SOAP 1.1, of 1.2 the innermost
     * {@code Subcode}, or {@code Code} where there is none. Empty when it has none.
     */
    public String faultCode() throws XMLStreamException {
        int fault = depth;
        boolean inCode = false;
        String code = "";
        while (toElementInside(fault)) {
            if (depth == fault + 1) {
                inCode = isSoap("Code") || "faultcode".equals(xml.getLocalName());
            }
            if (inCode && ("faultcode".equals(xml.getLocalName()) || isSoap("Value"))) {
                code = text().strip();
            }
        }
        return code.substring(code.indexOf(':') + 1);
    }

    /** Goes to the next element inside the one at this depth; false at its end. */
    public boolean toElementInside(int element) throws XMLStreamException {
        while (next() != XMLStreamConstants.END_ELEMENT || depth >= element) {
            if (xml.isStartElement()) {
                return true;
            }
        }
        return false;
    }

    /** Takes the text directly in the element that the reader stands at; what lies deeper is passed over. */
    public String text() throws XMLStreamException {
        int own = depth;
        StringBuilder text = new StringBuilder();
        while (next() != XMLStreamConstants.END_ELEMENT || depth >= own) {
            if (depth == own && xml.isCharacters()) {
                text.append(xml.getText());
            }
        }
        return text.toString();
    }

    /** After the payload: nothing more in the body, nothing after it, and the envelope closed. */
    public void end() throws XMLStreamException {
        while (xml.hasNext()) {
            if (next() == XMLStreamConstants.START_ELEMENT) {
                if (depth == IN_BODY) {
                    throw refuse("has several elements in its SOAP body");
                }
                if (depth == IN_ENVELOPE) {
                    throw refuse("has something after its SOAP body");
                }
            }
        }
    }

    private void toChildOfEnvelope() throws XMLStreamException {
        if (!toChild()) {
            throw refuse("has no SOAP body");
        }
    }

    /** The next child element of the current one, or false at its end. */
    private boolean toChild() throws XMLStreamException {
        while (xml.hasNext()) {
            int event = next();
            if (event == XMLStreamConstants.START_ELEMENT) {
                return true;
            }
            if (event == XMLStreamConstants.END_ELEMENT) {
                return false;
            }
        }
        return false;
    }

    private int next() throws XMLStreamException {
        int event = xml.next();
        switch (event) {
            case XMLStreamConstants.DTD -> throw refuse("has a DOCTYPE, which SOAP forbids");
            case XMLStreamConstants.START_ELEMENT -> {
                depth++;
                // of the parser's own bounds none counts namespaces
                if (xml.getAttributeCount() + xml.getNamespaceCount() > XmlParsers.MOST_ATTRIBUTES) {
                    throw refuse(BEYOND_BOUNDS);
                }
            }
            case XMLStreamConstants.END_ELEMENT -> depth--;
            case XMLStreamConstants.CHARACTERS, XMLStreamConstants.CDATA -> {
                if (depth > 0 && depth < IN_BODY && !xml.isWhiteSpace()) {
                    throw refuse("has text beside its header blocks and payload");
                }
            }
            default -> {
                // comments and processing instructions are passed over
            }
        }
        return event;
    }

    private BusException refuse(String what) {
        return refusal.of(Fault.SENDER, what);
    }

    private void open(StringBuilder out, Map<String, String> fromAbove, boolean ofSoap, Replacement replacement) {
        out.append('<').append(qualified(xml.getPrefix(), xml.getLocalName()));
        Map<String, String> declared = new LinkedHashMap<>(fromAbove);
        declare(declared);
        declared.forEach((prefix, uri) -> attribute(prefix.isEmpty() ? "xmlns" : "xmlns:" + prefix, uri, out));
        Optional<String> referred = Optional.empty();
        for (int i = 0; i < xml.getAttributeCount(); i++) {
            String namespace = xml.getAttributeNamespace(i);
            boolean plain = namespace == null || namespace.isEmpty();
            if (plain && xml.getAttributeLocalName(i).equals("href")) {
                referred = replacement.ofHref(href());
                if (referred.isPresent()) {
                    continue;
                }
            }
            if (ofSoap || !version.namespace().equals(namespace)) {
                attribute(
                        qualified(xml.getAttributePrefix(i), xml.getAttributeLocalName(i)),
                        xml.getAttributeValue(i),
                        out);
            }
        }
        out.append('>');
        referred.ifPresent(out::append);
    }

    private void declare(Map<String, String> scope) {
        for (int i = 0; i < xml.getNamespaceCount(); i++) {
            String prefix = xml.getNamespacePrefix(i);
            String uri = xml.getNamespaceURI(i);
            scope.put(prefix == null ? "" : prefix, uri == null ? "" : uri);
        }
    }

    private static String qualified(@Nullable String prefix, String localName) {
        return prefix == null || prefix.isEmpty() ? localName : prefix + ":" + localName;
    }

    private static void attribute(String name, String value, StringBuilder out) {
        out.append(' ').append(name).append("=\"");
        XmlText.escape(value, true, out);
        out.append('"');
    }
}
