package vn.lgsp.soap;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.StringWriter;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import javax.xml.XMLConstants;
import javax.xml.namespace.QName;
import javax.xml.transform.OutputKeys;
import javax.xml.transform.Transformer;
import javax.xml.transform.TransformerException;
import javax.xml.transform.dom.DOMSource;
import javax.xml.transform.stream.StreamResult;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.SAXException;
import org.xml.sax.SAXParseException;
import vn.lgsp.failure.Finding;
import vn.lgsp.failure.Refused;
import vn.lgsp.failure.Rule;
import vn.lgsp.parse.XmlParsers;

/**
 * The contract of a SOAP service, WSDL 1.1 with the files that it imports: read and checked when its service is deployed, and then told
 * with whatever address the service has for the one who asks, in SOAP 1.1 and 1.2.
 */
public final class Wsdl {
    static final String WSDL = "http://schemas.xmlsoap.org/wsdl/";
    static final String SCHEMA = XMLConstants.W3C_XML_SCHEMA_NS_URI;
    static final String SOAP_11 = "http://schemas.xmlsoap.org/wsdl/soap/";
    static final String SOAP_12 = "http://schemas.xmlsoap.org/wsdl/soap12/";
    /** Stands where the address of the service comes in. */
    static final String HERE = "urn:lgsp:the-address-of-this-service";

    private static final int MOST_FILES = 200;

    /** Texts by what asks for them: the contract itself by nothing, the others by {@code wsdl=…} or {@code xsd=…}. */
    private final Map<String, String> texts;

    private final Set<QName> elements;
    private final List<Bound> operations;

    /**
     * An operation that is bound to SOAP over HTTP.
     *
     * @param element what its requests have in the body; empty where the contract does not say it
     * @param rpc whether that element is of no schema, but made of the operation's name
     * @param action the SOAPAction; empty where there is none
     * @param oneWay whether it promises no answer
     */
    public record Bound(String name, Optional<QName> element, boolean rpc, String action, boolean oneWay) {}

    private Wsdl(Map<String, String> texts, Set<QName> elements, List<Bound> operations) {
        this.texts = texts;
        this.elements = elements;
        this.operations = operations;
    }

    /**
     * Reads a contract.
     *
     * @param file its name, below the home of the bus
     * @param files gives those of the service, by their names below the home
     * @throws Refused no well-formed WSDL 1.1, a DOCTYPE, a part that is no file of the service, no SOAP address
     */
    public static Wsdl read(String file, Function<String, Optional<byte[]>> files) {
        Reading reading = new Reading(files);
        Element root = reading.open(file).getDocumentElement();
        if (!WSDL.equals(root.getNamespaceURI()) || !"definitions".equals(root.getLocalName())) {
            throw refusal(Rule.CONTRACT_NOT_WSDL, file, 1);
        }
        Bindings bindings = new Bindings(reading.documents());
        List<Bound> operations = bindings.operations();
        if (bindings.complete() == 0) {
            throw refusal(Rule.CONTRACT_WITHOUT_ADDRESS, file, 0);
        }
        return new Wsdl(reading.texts(), DeclaredElements.of(reading.documents(), reading.included()), operations);
    }

    /** A file as it is read, with those that it imports. */
    private static final class Reading {
        private final Function<String, Optional<byte[]>> files;
        private final Map<String, Document> documents = new LinkedHashMap<>();
        private final Map<String, String> queries = new LinkedHashMap<>();
        private final Map<Element, Element> included = new LinkedHashMap<>();

        Reading(Function<String, Optional<byte[]>> files) {
            this.files = files;
        }

        Document open(String file) {
            byte[] content =
                    files.apply(file).orElseThrow(() -> new Refused(Finding.of(Rule.CONTRACT_MISSING, file, 0)));
            Document document = parse(file, content);
            if (documents.size() >= MOST_FILES) {
                throw refusal(Rule.CONTRACT_IN_PARTS, file, 0, "import", "more than " + MOST_FILES + " files");
            }
            documents.put(file, document);
            queries.put(file, documents.size() == 1 ? "" : query(file, document));
            NodeList all = document.getElementsByTagNameNS("*", "*");
            for (int i = 0; i < all.getLength(); i++) {
                Element element = (Element) all.item(i);
                if (WSDL.equals(element.getNamespaceURI()) && "import".equals(element.getLocalName())) {
                    follow(file, element, "location");
                } else if (SCHEMA.equals(element.getNamespaceURI())) {
                    follow(file, element, "schemaLocation");
                }
            }
            return document;
        }

        private void follow(String from, Element reference, String attribute) {
            if (!reference.hasAttribute(attribute)) {
                return; // it names a namespace that another part of the contract has
            }
            String location = reference.getAttribute(attribute).strip();
            String file = beside(from, location);
            if (files.apply(file).isEmpty()) {
                throw refusal(
                        Rule.CONTRACT_IN_PARTS, from, 0, String.valueOf(reference.getLocalName()), brief(location));
            }
            Document target = documents.get(file);
            Element root = (target == null ? open(file) : target).getDocumentElement();
            if (!"import".equals(reference.getLocalName())) {
                included.put(reference, root);
            }
            reference.setAttribute(attribute, HERE + queries.get(file));
        }

        private static String beside(String from, String location) {
            try {
                return Path.of(from)
                        .resolveSibling(location)
                        .normalize()
                        .toString()
                        .replace('\\', '/');
            } catch (InvalidPathException none) {
                return location;
            }
        }

        private static String brief(String text) {
            return text.length() <= 100 ? text : text.substring(0, 100) + "…";
        }

        /** By the last part of its name, unless another file has the same. */
        private String query(String file, Document document) {
            String kind = SCHEMA.equals(document.getDocumentElement().getNamespaceURI()) ? "?xsd=" : "?wsdl=";
            String name = URLEncoder.encode(file.substring(file.lastIndexOf('/') + 1), StandardCharsets.UTF_8);
            String free = kind + name;
            for (int i = 2; queries.containsValue(free); i++) {
                free = kind + i + "-" + name;
            }
            return free;
        }

        List<Document> documents() {
            return List.copyOf(documents.values());
        }

        Map<Element, Element> included() {
            return included;
        }

        Map<String, String> texts() {
            Map<String, String> texts = new LinkedHashMap<>();
            documents.forEach((file, document) ->
                    texts.put(queries.getOrDefault(file, "").replaceFirst("^\\?", ""), write(file, document)));
            return texts;
        }
    }

    /** Whether a schema in it declares this element at its top level. */
    public boolean declares(QName name) {
        return elements.contains(name);
    }

    /** What is bound to SOAP over HTTP, once for each version of SOAP that the files bind it to. */
    public List<Bound> operations() {
        return operations;
    }

    /** The contract in UTF-8, its SOAP addresses set to this one. */
    public byte[] at(URI address) {
        return part("", address).orElseThrow();
    }

    /**
     * A file of the contract in UTF-8, for one who has the service at this address.
     *
     * @param query as the contract itself has it, such as {@code xsd=types.xsd}; empty for the contract
     */
    public Optional<byte[]> part(String query, URI address) {
        StringBuilder escaped = new StringBuilder();
        XmlText.escape(address.toASCIIString(), true, escaped);
        return Optional.ofNullable(texts.get(query))
                .map(text -> text.replace(HERE, escaped).getBytes(StandardCharsets.UTF_8));
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

    /** The elements right below this one. */
    static List<Element> children(Element parent) {
        List<Element> found = new ArrayList<>();
        NodeList nodes = parent.getChildNodes();
        for (int i = 0; i < nodes.getLength(); i++) {
            if (nodes.item(i) instanceof Element element) {
                found.add(element);
            }
        }
        return found;
    }

    static boolean is(Element element, String namespace, String name) {
        return namespace.equals(element.getNamespaceURI()) && name.equals(element.getLocalName());
    }

    private static Refused refusal(Rule rule, String file, int line, String... arguments) {
        return new Refused(Finding.of(rule, file, line, arguments));
    }
}
