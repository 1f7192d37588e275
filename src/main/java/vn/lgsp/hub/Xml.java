package vn.lgsp.hub;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.xml.transform.OutputKeys;
import javax.xml.transform.Transformer;
import javax.xml.transform.TransformerException;
import javax.xml.transform.dom.DOMSource;
import javax.xml.transform.stream.StreamResult;
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import org.xml.sax.SAXException;
import vn.lgsp.parse.XmlParsers;

/** Small XML as the simulators read and write it. */
final class Xml {
    static final String SOAP = "http://schemas.xmlsoap.org/soap/envelope/";

    private Xml() {}

    static Optional<Element> read(byte[] text) {
        try {
            return Optional.of(
                    XmlParsers.trees().parse(new ByteArrayInputStream(text)).getDocumentElement());
        } catch (SAXException | IOException notXml) {
            return Optional.empty();
        }
    }

    static boolean is(Element element, String namespace, String name) {
        return namespace.equals(element.getNamespaceURI()) && name.equals(element.getLocalName());
    }

    static List<Element> children(Element parent) {
        List<Element> children = new ArrayList<>();
        for (Node next = parent.getFirstChild(); next != null; next = next.getNextSibling()) {
            if (next instanceof Element element) {
                children.add(element);
            }
        }
        return children;
    }

    static Optional<Element> child(Element parent, String namespace, String name) {
        return children(parent).stream()
                .filter(element -> is(element, namespace, name))
                .findFirst();
    }

    /** The text of a child that has no children, blank when there is none. */
    static String text(Element parent, String namespace, String name) {
        return child(parent, namespace, name)
                .filter(element -> children(element).isEmpty())
                .map(element -> element.getTextContent().strip())
                .orElse("");
    }

    static String escaped(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }

    static String element(String name, String text) {
        return text.isEmpty() ? "" : "<" + name + ">" + escaped(text) + "</" + name + ">";
    }

    /** An element as it stands, with the namespaces it needs. */
    static String written(Element element) {
        try {
            Transformer writer = XmlParsers.writer();
            writer.setOutputProperty(OutputKeys.OMIT_XML_DECLARATION, "yes");
            StringWriter text = new StringWriter();
            writer.transform(new DOMSource(element), new StreamResult(text));
            return text.toString();
        } catch (TransformerException impossible) {
            throw new IllegalStateException("a tree of XML cannot be written", impossible);
        }
    }

    static String envelope(String header, String body) {
        return "<?xml version=\"1.0\" encoding=\"UTF-8\"?><soapenv:Envelope xmlns:soapenv=\"" + SOAP + "\">"
                + (header.isEmpty() ? "" : "<soapenv:Header>" + header + "</soapenv:Header>") + "<soapenv:Body>" + body
                + "</soapenv:Body></soapenv:Envelope>";
    }

    /** @param code with the prefix {@code soapenv}, or with none */
    static String fault(String code, String text, String detail) {
        return envelope(
                "",
                "<soapenv:Fault><faultcode>" + escaped(code) + "</faultcode><faultstring>" + escaped(text)
                        + "</faultstring>" + (detail.isEmpty() ? "" : "<detail>" + detail + "</detail>")
                        + "</soapenv:Fault>");
    }
}
