package vn.lgsp.deliver;

import java.io.ByteArrayOutputStream;
import java.io.StringReader;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.IllegalCharsetNameException;
import java.nio.charset.StandardCharsets;
import java.nio.charset.UnsupportedCharsetException;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;
import org.jspecify.annotations.Nullable;
import vn.lgsp.failure.BusException;
import vn.lgsp.failure.ErrorCode;

/**
 * Puts a payload into a SOAP 1.1 envelope, and takes the payload out of the envelope of an answer, in SOAP 1.1 or 1.2.
 *
 * <p>An answer is read once, to its end, so that one that was cut off never passes. It may have no DOCTYPE, and so no entity, and
 * nothing is fetched (SEC-01). Every failure is a {@link BusException} without content (MSG-09).
 */
final class SoapEnvelope {
    private static final String SOAP_11 = "http://schemas.xmlsoap.org/soap/envelope/";
    private static final String SOAP_12 = "http://www.w3.org/2003/05/soap-envelope";

    private static final byte[] BEFORE = ascii("<soapenv:Envelope xmlns:soapenv=\"" + SOAP_11 + "\"><soapenv:Body>");
    private static final byte[] AFTER = ascii("</soapenv:Body></soapenv:Envelope>");

    private static final int DEEPEST = 64;
    private static final int MOST_ATTRIBUTES = 200;
    private static final Pattern DECLARATION = Pattern.compile("\\A<\\?xml\\s[^>]*?\\?>");
    private static final Pattern DECLARED_ENCODING = Pattern.compile("encoding\\s*=\\s*[\"']([A-Za-z0-9._:-]+)[\"']");
    private static final Pattern FAULT_CODE = Pattern.compile("[A-Za-z0-9._-]{1,64}");
    private static final Pattern ERROR_CODE = Pattern.compile("[A-Za-z0-9._-]{1,32}");
    private static final Set<String> ERROR_CODE_NAMES = Set.of("MaLoi", "Code", "ErrorCode");

    private static final XMLInputFactory PARSERS = parsers();

    private SoapEnvelope() {}

    /**
     * The payload in a SOAP 1.1 envelope.
     *
     * @param payload one XML element in UTF-8; its XML declaration is taken off, every other byte stays
     * @throws BusException {@code bus-failed} when the mapping made no element, or one in another encoding
     */
    static byte[] wrap(byte[] payload) {
        int from = startsWith(payload, 0xEF, 0xBB, 0xBF) ? 3 : 0;
        String head = new String(payload, from, Math.min(payload.length - from, 200), StandardCharsets.ISO_8859_1);
        Matcher declaration = DECLARATION.matcher(head);
        if (declaration.find()) {
            Optional<String> encoding = declaredEncoding(declaration.group());
            if (encoding.isPresent() && !"UTF-8".equalsIgnoreCase(encoding.get())) {
                throw new BusException(ErrorCode.BUS_FAILED, "the mapping gave a payload that is not in UTF-8");
            }
            from += declaration.end();
        }
        if (new String(payload, from, payload.length - from, StandardCharsets.ISO_8859_1).isBlank()) {
            throw new BusException(ErrorCode.BUS_FAILED, "the mapping gave no payload for the envelope");
        }
        ByteArrayOutputStream envelope =
                new ByteArrayOutputStream(payload.length - from + BEFORE.length + AFTER.length);
        envelope.writeBytes(BEFORE);
        envelope.write(payload, from, payload.length - from);
        envelope.writeBytes(AFTER);
        return envelope.toByteArray();
    }

    /**
     * The payload of an answer: the one element in the body, in UTF-8, with the namespaces that it inherits from the envelope.
     *
     * @param contentTypeCharset the {@code charset} of the answer's content type; it, the byte order mark and the XML declaration may
     *     each name the encoding, and must not contradict each other. Without any it is UTF-8
     * @param expectsNamespace of the payload that the contract promises
     * @param expectsLocalName of that payload
     * @throws BusException {@code provider-invalid} when it is no SOAP answer that can be read; {@code provider-failed} with the
     *     provider's own code for a fault, or for another payload than the promised one, which is how errors hide in a 200
     */
    static byte[] unwrap(
            byte[] envelope, Optional<String> contentTypeCharset, String expectsNamespace, String expectsLocalName) {
        String text = decode(envelope, contentTypeCharset);
        try {
            XMLStreamReader xml = PARSERS.createXMLStreamReader(new StringReader(text));
            try {
                return new Reading(xml, expectsNamespace, expectsLocalName).payload();
            } finally {
                xml.close();
            }
        } catch (XMLStreamException broken) {
            throw invalid("is not well-formed XML, or was cut off, at line "
                    + broken.getLocation().getLineNumber() + ", column "
                    + broken.getLocation().getColumnNumber());
        }
    }

    private static BusException invalid(String what) {
        return new BusException(ErrorCode.PROVIDER_INVALID, "the provider's answer " + what);
    }

    /** One pass over an answer. */
    private static final class Reading {
        private final XMLStreamReader xml;
        private final String namespace;
        private final String localName;
        private int depth;

        Reading(XMLStreamReader xml, String namespace, String localName) {
            this.xml = xml;
            this.namespace = namespace;
            this.localName = localName;
        }

        byte[] payload() throws XMLStreamException {
            Map<String, String> inherited = new LinkedHashMap<>();
            if (!toChild() || !isSoap() || !"Envelope".equals(xml.getLocalName())) {
                throw invalid("is not a SOAP envelope");
            }
            declare(inherited);
            toBody();
            declare(inherited);
            if (!toChild()) {
                throw invalid("has an empty SOAP body");
            }
            if (isSoap() && "Fault".equals(xml.getLocalName())) {
                throw fault();
            }
            if (!namespace.equals(namespaceOf(xml)) || !localName.equals(xml.getLocalName())) {
                throw otherPayload();
            }
            StringBuilder payload = new StringBuilder(512);
            copy(payload, inherited);
            toEnd();
            return payload.toString().getBytes(StandardCharsets.UTF_8);
        }

        /** The provider's fault, by its code; its text is content. */
        private BusException fault() throws XMLStreamException {
            int fault = depth;
            String code = "";
            while (next() != XMLStreamConstants.END_ELEMENT || depth >= fault) {
                // 1.1: faultcode; 1.2: Code/Value, and Subcode/Value, which says more and comes later
                if (xml.getEventType() == XMLStreamConstants.START_ELEMENT
                        && ("faultcode".equals(xml.getLocalName())
                                || (isSoap() && "Value".equals(xml.getLocalName())))) {
                    String value = ownText().strip();
                    code = value.substring(value.indexOf(':') + 1);
                }
            }
            toEnd();
            return failed("a SOAP fault", FAULT_CODE, code, "");
        }

        /** An error inside a success, by its code or the name of its element. */
        private BusException otherPayload() throws XMLStreamException {
            int root = depth;
            String name = xml.getLocalName();
            String code = "";
            while (next() != XMLStreamConstants.END_ELEMENT || depth >= root) {
                if (xml.getEventType() == XMLStreamConstants.START_ELEMENT
                        && depth == root + 1
                        && ERROR_CODE_NAMES.contains(xml.getLocalName())) {
                    code = ownText().strip();
                }
            }
            toEnd();
            return failed("another message than its contract promises", ERROR_CODE, code, name);
        }

        private static BusException failed(String with, Pattern form, String code, String otherwise) {
            String shown = form.matcher(code).matches() ? code : otherwise;
            return new BusException(
                    ErrorCode.PROVIDER_FAILED,
                    "the provider answered with " + with,
                    FAULT_CODE.matcher(shown).matches() ? shown : null,
                    null);
        }

        private void toBody() throws XMLStreamException {
            while (toChild()) {
                if (isSoap() && "Body".equals(xml.getLocalName())) {
                    return;
                }
                int skipped = depth;
                while (next() != XMLStreamConstants.END_ELEMENT || depth >= skipped) {
                    // a header block is not for us
                }
            }
            throw invalid("has no SOAP body");
        }

        /** After the payload: nothing more in the body, and the envelope closed. */
        private void toEnd() throws XMLStreamException {
            while (xml.hasNext()) {
                if (next() == XMLStreamConstants.START_ELEMENT && depth == 3) {
                    throw invalid("has several elements in its SOAP body");
                }
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

        /** The text directly in the current element; what lies deeper is passed over. */
        private String ownText() throws XMLStreamException {
            int own = depth;
            StringBuilder text = new StringBuilder();
            while (next() != XMLStreamConstants.END_ELEMENT || depth >= own) {
                if (depth == own && xml.isCharacters()) {
                    text.append(xml.getText());
                }
            }
            return text.toString();
        }

        private void copy(StringBuilder out, Map<String, String> inherited) throws XMLStreamException {
            int root = depth;
            open(out, inherited);
            while (depth >= root) {
                switch (next()) {
                    case XMLStreamConstants.START_ELEMENT -> open(out, Map.of());
                    case XMLStreamConstants.END_ELEMENT ->
                        out.append("</")
                                .append(qualified(xml.getPrefix(), xml.getLocalName()))
                                .append('>');
                    case XMLStreamConstants.CHARACTERS, XMLStreamConstants.CDATA, XMLStreamConstants.SPACE ->
                        escape(xml.getText(), false, out);
                    default -> {
                        // comments and processing instructions say nothing to a mapping
                    }
                }
            }
        }

        private void open(StringBuilder out, Map<String, String> inherited) {
            out.append('<').append(qualified(xml.getPrefix(), xml.getLocalName()));
            Map<String, String> declared = new LinkedHashMap<>(inherited);
            declare(declared);
            declared.forEach((prefix, uri) -> attribute(prefix.isEmpty() ? "xmlns" : "xmlns:" + prefix, uri, out));
            for (int i = 0; i < xml.getAttributeCount(); i++) {
                attribute(
                        qualified(xml.getAttributePrefix(i), xml.getAttributeLocalName(i)),
                        xml.getAttributeValue(i),
                        out);
            }
            out.append('>');
        }

        private void declare(Map<String, String> scope) {
            for (int i = 0; i < xml.getNamespaceCount(); i++) {
                String prefix = xml.getNamespacePrefix(i);
                String uri = xml.getNamespaceURI(i);
                scope.put(prefix == null ? "" : prefix, uri == null ? "" : uri);
            }
        }

        private boolean isSoap() {
            String uri = namespaceOf(xml);
            return SOAP_11.equals(uri) || SOAP_12.equals(uri);
        }

        private int next() throws XMLStreamException {
            int event = xml.next();
            if (event == XMLStreamConstants.DTD) {
                throw invalid("has a DOCTYPE, which SOAP forbids");
            }
            if (event == XMLStreamConstants.START_ELEMENT) {
                depth++;
                if (depth > DEEPEST || xml.getAttributeCount() > MOST_ATTRIBUTES) {
                    throw invalid("is nested deeper than " + DEEPEST + " levels, or has more than " + MOST_ATTRIBUTES
                            + " attributes on an element");
                }
            } else if (event == XMLStreamConstants.END_ELEMENT) {
                depth--;
            }
            return event;
        }
    }

    private static String namespaceOf(XMLStreamReader xml) {
        String uri = xml.getNamespaceURI();
        return uri == null ? "" : uri;
    }

    private static String qualified(@Nullable String prefix, String localName) {
        return prefix == null || prefix.isEmpty() ? localName : prefix + ":" + localName;
    }

    private static void attribute(String name, String value, StringBuilder out) {
        out.append(' ').append(name).append("=\"");
        escape(value, true, out);
        out.append('"');
    }

    private static void escape(String text, boolean attribute, StringBuilder out) {
        for (int i = 0; i < text.length(); i++) {
            char unit = text.charAt(i);
            switch (unit) {
                case '&' -> out.append("&amp;");
                case '<' -> out.append("&lt;");
                case '>' -> out.append("&gt;");
                case '"' -> out.append("&quot;");
                // a reader would take these for the end of a line, and in an attribute for a space
                case '\r' -> out.append("&#13;");
                case '\n' -> out.append(attribute ? "&#10;" : "\n");
                case '\t' -> out.append(attribute ? "&#9;" : "\t");
                default -> out.append(unit);
            }
        }
    }

    /**
     * The text of the answer. Whoever names an encoding must be right: when two of the names lead to different texts, or the bytes are
     * not in the encoding named, one of them lies, and guessing could bend a person's name.
     */
    private static String decode(byte[] envelope, Optional<String> contentTypeCharset) {
        Optional<Charset> mark = mark(envelope);
        Set<Charset> named = new LinkedHashSet<>();
        mark.ifPresent(named::add);
        contentTypeCharset
                .map(SoapEnvelope::charset)
                .map(charset -> exact(charset, mark))
                .ifPresent(named::add);
        Charset first = named.stream().findFirst().orElse(StandardCharsets.ISO_8859_1);
        String head = new String(envelope, 0, Math.min(envelope.length, 400), first).replace("\uFEFF", "");
        Matcher declaration = DECLARATION.matcher(head);
        if (declaration.find()) {
            declaredEncoding(declaration.group())
                    .map(SoapEnvelope::charset)
                    .map(charset -> exact(charset, mark))
                    .ifPresent(named::add);
        }
        if (named.isEmpty()) {
            named.add(StandardCharsets.UTF_8);
        }
        Set<String> texts = new LinkedHashSet<>();
        named.forEach(charset -> texts.add(decode(envelope, charset)));
        if (texts.size() > 1) {
            throw invalid("is not in the encoding that it names: its names for it contradict each other");
        }
        String text = texts.iterator().next();
        return text.startsWith("\uFEFF") ? text.substring(1) : text;
    }

    private static String decode(byte[] bytes, Charset charset) {
        try {
            return charset.newDecoder()
                    .onMalformedInput(CodingErrorAction.REPORT)
                    .onUnmappableCharacter(CodingErrorAction.REPORT)
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException lie) {
            throw invalid("is not in the encoding that it names");
        }
    }

    private static Charset charset(String name) {
        try {
            return Charset.forName(name.strip());
        } catch (IllegalCharsetNameException | UnsupportedCharsetException unknown) {
            throw invalid("is in an encoding that the bus does not know");
        }
    }

    /** {@code UTF-16} leaves the order of bytes to the mark. */
    private static Charset exact(Charset named, Optional<Charset> mark) {
        return named.equals(StandardCharsets.UTF_16)
                        && mark.filter(charset -> charset.name().startsWith("UTF-16"))
                                .isPresent()
                ? mark.get()
                : named;
    }

    private static Optional<Charset> mark(byte[] bytes) {
        if (startsWith(bytes, 0xEF, 0xBB, 0xBF)) {
            return Optional.of(StandardCharsets.UTF_8);
        }
        if (startsWith(bytes, 0xFE, 0xFF)) {
            return Optional.of(StandardCharsets.UTF_16BE);
        }
        if (startsWith(bytes, 0xFF, 0xFE)) {
            return Optional.of(StandardCharsets.UTF_16LE);
        }
        return Optional.empty();
    }

    private static Optional<String> declaredEncoding(String declaration) {
        Matcher encoding = DECLARED_ENCODING.matcher(declaration);
        return encoding.find() ? Optional.of(encoding.group(1).toUpperCase(Locale.ROOT)) : Optional.empty();
    }

    private static boolean startsWith(byte[] bytes, int... prefix) {
        if (bytes.length < prefix.length) {
            return false;
        }
        for (int i = 0; i < prefix.length; i++) {
            if ((bytes[i] & 0xFF) != prefix[i]) {
                return false;
            }
        }
        return true;
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private static XMLInputFactory parsers() {
        // the JDK's own, whatever else is on the class path
        XMLInputFactory factory = XMLInputFactory.newDefaultFactory();
        factory.setProperty(XMLInputFactory.IS_NAMESPACE_AWARE, true);
        factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
        factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
        factory.setProperty(XMLInputFactory.IS_COALESCING, false);
        return factory;
    }
}
