package vn.lgsp.soap;

import java.io.CharConversionException;
import java.io.IOException;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import org.xml.sax.InputSource;
import org.xml.sax.SAXException;
import org.xml.sax.SAXParseException;
import vn.lgsp.failure.BusException;
import vn.lgsp.parse.XmlParsers;

/**
 * An envelope of either version as a tree, for what needs one: signatures are made and checked on trees. It has at most one header,
 * then one body, and nothing else.
 *
 * <p>The bounds are those of {@link EnvelopeReader}: no DOCTYPE, so no entity, nothing fetched, depth and attributes bounded (SEC-01).
 */
public final class EnvelopeTree {
    private final Document document;
    private final SoapVersion version;
    private final Optional<Element> header;
    private final Element body;

    private EnvelopeTree(Document document, Refusal refusal) {
        this.document = document;
        Element root = document.getDocumentElement();
        if (!"Envelope".equals(root.getLocalName())) {
            throw refusal.of(Fault.SENDER, "is not a SOAP envelope");
        }
        version = SoapVersion.ofNamespace(String.valueOf(root.getNamespaceURI()))
                .orElseThrow(() -> refusal.of(
                        Fault.VERSION_MISMATCH, "is an envelope of no known version of SOAP: send SOAP 1.1 or 1.2"));
        List<Element> parts = children(root);
        boolean headed = parts.size() == 2;
        if (parts.isEmpty()
                || parts.size() > 2
                || !isSoap(parts.get(parts.size() - 1), "Body")
                || (headed && !isSoap(parts.get(0), "Header"))) {
            throw refusal.of(Fault.SENDER, "has something other than a header and a body in its envelope");
        }
        header = headed ? Optional.of(parts.get(0)) : Optional.empty();
        body = parts.get(parts.size() - 1);
    }

    /**
     * Reads an envelope.
     *
     * @param charset of the content type, as {@link EnvelopeReader#read} takes it
     * @throws BusException by {@code refusal}
     */
    public static EnvelopeTree read(byte[] envelope, Optional<String> charset, Refusal refusal) {
        String text = EnvelopeText.of(envelope, charset, refusal);
        try {
            return new EnvelopeTree(XmlParsers.trees().parse(new InputSource(new StringReader(text))), refusal);
        } catch (SAXParseException broken) {
            throw refusal.of(Fault.SENDER, reason(broken));
        } catch (SAXException | CharConversionException broken) {
            throw refusal.of(Fault.SENDER, "is not well-formed XML, or was cut off");
        } catch (IOException impossible) {
            throw new IllegalStateException("text in memory cannot be read", impossible);
        }
    }

    public Document document() {
        return document;
    }

    public SoapVersion version() {
        return version;
    }

    public Element body() {
        return body;
    }

    /** The header blocks with this name, whoever they are for. */
    public List<Element> blocks(String namespace, String localName) {
        return blocks().stream()
                .filter(block -> localName.equals(block.getLocalName()) && namespace.equals(block.getNamespaceURI()))
                .toList();
    }

    /** All header blocks, whoever they are for. */
    public List<Element> blocks() {
        return header.map(EnvelopeTree::children).orElse(List.of());
    }

    /** Whether this header block is for whoever reads the body. */
    public boolean isOwn(Element block) {
        return version.isOwnRole(block.getAttributeNS(version.namespace(), version.roleAttribute())
                .strip());
    }

    /** The elements directly in this one. */
    public static List<Element> children(Element parent) {
        List<Element> found = new ArrayList<>();
        for (Node next = parent.getFirstChild(); next != null; next = next.getNextSibling()) {
            if (next instanceof Element element) {
                found.add(element);
            }
        }
        return found;
    }

    private boolean isSoap(Element element, String name) {
        return name.equals(element.getLocalName()) && version.namespace().equals(element.getNamespaceURI());
    }

    private static String reason(SAXParseException broken) {
        if (XmlParsers.isDoctype(broken)) {
            return "has a DOCTYPE, which SOAP forbids";
        }
        if (XmlParsers.isBeyondBounds(broken)) {
            return "exceeds what the bus reads of XML (" + XmlParsers.bounds() + ")";
        }
        return "is not well-formed XML, or was cut off, at line " + broken.getLineNumber() + ", column "
                + broken.getColumnNumber();
    }
}
