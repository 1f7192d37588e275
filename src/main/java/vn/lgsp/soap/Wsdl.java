package vn.lgsp.soap;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.StringWriter;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import javax.xml.XMLConstants;
import javax.xml.namespace.QName;
import javax.xml.transform.OutputKeys;
import javax.xml.transform.Transformer;
import javax.xml.transform.TransformerException;
import javax.xml.transform.dom.DOMSource;
import javax.xml.transform.stream.StreamResult;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import org.w3c.dom.NodeList;
import org.xml.sax.SAXException;
import org.xml.sax.SAXParseException;
import vn.lgsp.failure.Finding;
import vn.lgsp.failure.Refused;
import vn.lgsp.failure.Rule;
import vn.lgsp.parse.XmlParsers;

/**
 * The contract of a SOAP service, WSDL 1.1 in one file: read and checked when its service is deployed, and then told with whatever
 * address the service has for the one who asks.
 */
public final class Wsdl {
    private static final String WSDL = "http://schemas.xmlsoap.org/wsdl/";
    private static final String SCHEMA = XMLConstants.W3C_XML_SCHEMA_NS_URI;
    private static final Set<String> SOAP_BINDINGS =
            Set.of("http://schemas.xmlsoap.org/wsdl/soap/", "http://schemas.xmlsoap.org/wsdl/soap12/");
    /** Stands where the address of the service comes in. */
    private static final String HERE = "urn:lgsp:the-address-of-this-service";

    private final Document document;
    private final String text;

    private Wsdl(Document document, String text) {
        this.document = document;
        this.text = text;
    }

    /**
     * Reads a contract.
     *
     * @param file its name, for refusals
     * @throws Refused no well-formed WSDL 1.1, a DOCTYPE, a part in
     *     another file, no SOAP address
     */
    public static Wsdl read(String file, byte[] content) {
        Document document = parse(file, content);
        Element root = document.getDocumentElement();
        if (!WSDL.equals(root.getNamespaceURI()) || !"definitions".equals(root.getLocalName())) {
            throw refusal(Rule.CONTRACT_NOT_WSDL, file, 1);
        }
        NodeList elements = document.getElementsByTagNameNS("*", "*");
        int addresses = 0;
        for (int i = 0; i < elements.getLength(); i++) {
            Element element = (Element) elements.item(i);
            String namespace = element.getNamespaceURI();
            String name = element.getLocalName();
            if ((WSDL.equals(namespace) && name.equals("import"))
                    || (SCHEMA.equals(namespace) && element.hasAttribute("schemaLocation"))) {
                throw refusal(Rule.CONTRACT_IN_PARTS, file, 0, name);
            }
            if (name.equals("address") && SOAP_BINDINGS.contains(String.valueOf(namespace))) {
                element.setAttribute("location", HERE);
                addresses++;
            }
        }
        if (addresses == 0) {
            throw refusal(Rule.CONTRACT_WITHOUT_ADDRESS, file, 0);
        }
        return new Wsdl(document, write(file, document));
    }

    /** Whether a schema in it declares this element at its top level. */
    public boolean declares(QName name) {
        NodeList elements = document.getElementsByTagNameNS(SCHEMA, "element");
        for (int i = 0; i < elements.getLength(); i++) {
            Element element = (Element) elements.item(i);
            if (element.getAttribute("name").equals(name.getLocalPart())
                    && element.getParentNode() instanceof Element schema
                    && SCHEMA.equals(schema.getNamespaceURI())
                    && "schema".equals(schema.getLocalName())
                    && schema.getAttribute("targetNamespace").equals(name.getNamespaceURI())) {
                return true;
            }
        }
        return false;
    }

    /** Whether a binding in it has an operation of style rpc, literal, whose requests have this element in their body. */
    public boolean wraps(QName name) {
        NodeList bodies = document.getElementsByTagNameNS("*", "body");
        for (int i = 0; i < bodies.getLength(); i++) {
            Element body = (Element) bodies.item(i);
            if (SOAP_BINDINGS.contains(String.valueOf(body.getNamespaceURI()))
                    && body.getAttribute("namespace").equals(name.getNamespaceURI())
                    && body.getAttribute("use").equals("literal")
                    && body.getParentNode() instanceof Element input
                    && "input".equals(input.getLocalName())
                    && input.getParentNode() instanceof Element operation
                    && operation.getAttribute("name").equals(name.getLocalPart())
                    && isRpc(operation)) {
                return true;
            }
        }
        return false;
    }

    /** The style of the operation itself, or else of its binding. */
    private static boolean isRpc(Element operation) {
        String style = style(operation, "operation");
        return "rpc"
                .equals(
                        style.isEmpty() && operation.getParentNode() instanceof Element binding
                                ? style(binding, "binding")
                                : style);
    }

    private static String style(Element element, String extension) {
        for (Node child = element.getFirstChild(); child != null; child = child.getNextSibling()) {
            if (child instanceof Element said
                    && extension.equals(said.getLocalName())
                    && SOAP_BINDINGS.contains(String.valueOf(said.getNamespaceURI()))) {
                return said.getAttribute("style");
            }
        }
        return "";
    }

    /** The contract in UTF-8, its SOAP addresses set to this one. */
    public byte[] at(URI address) {
        StringBuilder escaped = new StringBuilder();
        XmlText.escape(address.toASCIIString(), true, escaped);
        return text.replace(HERE, escaped).getBytes(StandardCharsets.UTF_8);
    }

    static Document parse(String file, byte[] content) {
        try {
            return XmlParsers.trees().parse(new ByteArrayInputStream(content));
        } catch (SAXParseException broken) {
            throw refusal(
                    XmlParsers.isDoctype(broken) ? Rule.CONTRACT_DOCTYPE : Rule.CONTRACT_NOT_XML,
                    file,
                    broken.getLineNumber());
        } catch (SAXException | IOException broken) {
            throw refusal(Rule.CONTRACT_NOT_XML, file, 0);
        }
    }

    static String write(String file, Document document) {
        try {
            Transformer writer = XmlParsers.writer();
            writer.setOutputProperty(OutputKeys.ENCODING, "UTF-8");
            StringWriter text = new StringWriter();
            writer.transform(new DOMSource(document), new StreamResult(text));
            return text.toString();
        } catch (TransformerException unwritable) {
            throw refusal(Rule.CONTRACT_NOT_XML, file, 0);
        }
    }

    private static Refused refusal(Rule rule, String file, int line, String... arguments) {
        return new Refused(Finding.of(rule, file, line, arguments));
    }
}
