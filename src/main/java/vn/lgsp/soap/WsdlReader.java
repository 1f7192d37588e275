package vn.lgsp.soap;

import static vn.lgsp.soap.Elements.children;
import static vn.lgsp.soap.Elements.is;
import static vn.lgsp.soap.Elements.reference;

import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import javax.xml.XMLConstants;
import javax.xml.namespace.QName;
import org.w3c.dom.Element;
import vn.lgsp.failure.Refused;

/**
 * Reads somebody else's contract, WSDL 1.1 with all that it imports, and takes one operation out of it: document/literal, wrapped or
 * bare, or rpc/literal.
 */
public final class WsdlReader {
    private static final String WSDL = "http://schemas.xmlsoap.org/wsdl/";
    private static final String SOAP_11 = "http://schemas.xmlsoap.org/wsdl/soap/";
    private static final String SOAP_12 = "http://schemas.xmlsoap.org/wsdl/soap12/";
    private static final String MIME = "http://schemas.xmlsoap.org/wsdl/mime/";
    private static final String XSD = XMLConstants.W3C_XML_SCHEMA_NS_URI;
    private static final int MOST_FILES = 200;

    private final Source source;
    private final Map<URI, Element> documents = new LinkedHashMap<>();
    private final ContractSchemas schemas = new ContractSchemas(this::parse);
    /** Elements of the operation that are references to attachments, and become their base64. */
    private final Set<String> references = new LinkedHashSet<>();
    /** Parts of the operation's messages that travel beside a body, by its element, and become elements in it. */
    private final Map<QName, Set<String>> beside = new LinkedHashMap<>();

    /** Gives the bytes at a place, or says why not. */
    @FunctionalInterface
    public interface Source {
        byte[] read(URI place) throws IOException;
    }

    /** A message part. */
    private record Part(String name, Optional<QName> element, Optional<QName> type) {}

    private WsdlReader(Source source) {
        this.source = source;
    }

    /**
     * Reads a contract and what it imports, each relative to the one that does.
     *
     * @throws Unimportable when it is not WSDL 1.1
     * @throws Refused when a part is no acceptable XML
     * @throws IOException when a part cannot be read
     */
    public static WsdlReader read(URI place, Source source) throws IOException {
        WsdlReader reader = new WsdlReader(source);
        reader.document(place);
        return reader;
    }

    private Element parse(URI place) throws IOException {
        if (documents.size() + schemas.all().size() > MOST_FILES) {
            throw new Unimportable("imports", "the contract imports more than " + MOST_FILES + " files");
        }
        String path = String.valueOf(place.getPath());
        return Wsdl.parse(path.substring(path.lastIndexOf('/') + 1), source.read(place))
                .getDocumentElement();
    }

    private void document(URI place) throws IOException {
        if (documents.containsKey(place)) {
            return;
        }
        Element root = parse(place);
        if (is(root, XSD, "schema")) { // some import a schema as if it were a contract
            schemas.add(place, place, Optional.of(root));
            return;
        }
        if (!is(root, WSDL, "definitions")) {
            throw new Unimportable(root.getNodeName(), place + " is not WSDL 1.1: its root is " + root.getNodeName());
        }
        documents.put(place, root);
        for (Element child : children(root)) {
            if (is(child, WSDL, "import") && child.hasAttribute("location")) {
                document(place.resolve(child.getAttribute("location")));
            } else if (is(child, WSDL, "types")) {
                for (Element schema : children(child)) {
                    if (is(schema, XSD, "schema")) {
                        schemas.add(
                                place, URI.create(place + "#" + schemas.all().size()), Optional.of(schema));
                    }
                }
            }
        }
    }

    /** The names of the operations that its SOAP bindings have. */
    public Set<String> operations() {
        Set<String> found = new java.util.TreeSet<>();
        for (Element binding : all("binding")) {
            if (soap(binding).isPresent()) {
                named(binding, "operation").forEach(operation -> found.add(operation.getAttribute("name")));
            }
        }
        return found;
    }

    /**
     * Takes one operation.
     *
     * @param binding by its local name, where several have the operation
     * @throws Unimportable naming the construct that stands against it
     */
    public WsdlOperation operation(String name, Optional<String> binding) {
        Element bound = binding(name, binding);
        Element soap = soap(bound).orElseThrow();
        Element operation = operation(bound, name);
        List<String> notes = new ArrayList<>();
        String transport = soap.getAttribute("transport");
        if (!transport.startsWith("http://schemas.xmlsoap.org/soap/http")
                && !transport.startsWith("http://www.w3.org/2003/05/soap/bindings/HTTP")) {
            throw new Unimportable(
                    "soap:binding transport", "the binding is not over HTTP: its transport is " + transport);
        }
        Optional<Element> soapOperation = child(operation, "operation");
        String style = soapOperation
                .map(element -> element.getAttribute("style"))
                .filter(text -> !text.isEmpty())
                .orElse(soap.getAttribute("style").equals("rpc") ? "rpc" : "document");
        Element portType = portType(bound, name);
        Element input = one(portType, "input", "a notification: it has no input");
        Body request = body(operation, "input", input, notes);
        Optional<Body> answer =
                named(portType, "output").stream().findFirst().map(output -> body(operation, "output", output, notes));
        List<Part> parts = new ArrayList<>(request.parts);
        answer.ifPresent(body -> parts.addAll(body.parts));
        references.clear();
        beside.clear();
        goesBeside(request, style);
        answer.ifPresent(body -> goesBeside(body, style));
        Set<QName> elements =
                parts.stream().flatMap(part -> part.element().stream()).collect(Collectors.toSet());
        Set<QName> types = parts.stream().flatMap(part -> part.type().stream()).collect(Collectors.toSet());
        Set<Element> needed = new NeededDeclarations(schemas.all()).of(elements, types, notes);
        Map<String, String> files = new LinkedHashMap<>();
        Optional<WsdlOperation.Message> asked;
        Optional<WsdlOperation.Message> told;
        if (style.equals("rpc")) {
            String file = schemas.freeName("rpc");
            if (answer.isPresent() && !request.namespace.equals(answer.get().namespace)) {
                throw new Unimportable(
                        "soap:body namespace", "request and answer of this rpc operation are in different namespaces");
            }
            files.put(file, rpc(request, answer, name, needed, files));
            asked = Optional.of(new WsdlOperation.Message(file, request.namespace, name));
            told = answer.isEmpty()
                    ? Optional.empty()
                    : Optional.of(new WsdlOperation.Message(file, request.namespace, name + "Response"));
        } else {
            asked = document(request, needed, files);
            told = answer.flatMap(body -> document(body, needed, files));
        }
        return new WsdlOperation(
                name,
                SOAP_12.equals(soap.getNamespaceURI()) ? SoapVersion.SOAP_12 : SoapVersion.SOAP_11,
                soapOperation.map(element -> element.getAttribute("soapAction")).orElse(""),
                asked,
                told,
                answer.isEmpty(),
                files,
                address(bound),
                attachments(),
                notes);
    }

    private void goesBeside(Body body, String style) {
        if (!body.beside.isEmpty() && style.equals("rpc")) {
            throw new Unimportable("mime:content in rpc style", "an rpc operation has attachments beside its body");
        }
        if (!body.beside.isEmpty() && body.parts.size() == 1) {
            body.parts.get(0).element().ifPresent(element -> beside.computeIfAbsent(
                            element, first -> new LinkedHashSet<>())
                    .addAll(body.beside));
        }
    }

    private Optional<WsdlOperation.Beside> attachments() {
        Set<String> parts = new LinkedHashSet<>();
        beside.values().forEach(parts::addAll);
        if (!parts.isEmpty() && !references.isEmpty()) {
            throw new Unimportable(
                    "swaRef and mime:content",
                    "the operation has attachments by reference and by name, in one message");
        }
        if (parts.isEmpty() && references.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(
                parts.isEmpty()
                        ? new WsdlOperation.Beside(AttachmentWriter.Packaging.SWA_REF, List.copyOf(references))
                        : new WsdlOperation.Beside(AttachmentWriter.Packaging.MIME, List.copyOf(parts)));
    }

    private Element binding(String name, Optional<String> wanted) {
        List<Element> having = all("binding").stream()
                .filter(binding -> named(binding, "operation").stream()
                        .anyMatch(operation -> operation.getAttribute("name").equals(name)))
                .filter(binding -> wanted.isEmpty() || wanted.get().equals(binding.getAttribute("name")))
                .toList();
        List<Element> found =
                having.stream().filter(binding -> soap(binding).isPresent()).toList();
        if (found.isEmpty() && !having.isEmpty()) {
            throw new Unimportable(
                    "no soap:binding", "the binding '" + having.get(0).getAttribute("name") + "' is not one of SOAP");
        }
        if (found.isEmpty()) {
            throw new Unimportable(
                    "operation",
                    "the contract has no operation '" + name + "'"
                            + wanted.map(binding -> " in the binding '" + binding + "'")
                                    .orElse("")
                            + " that is bound to SOAP; it has "
                            + (operations().isEmpty() ? "none" : String.join(", ", operations())));
        }
        List<Element> plain = found.stream()
                .filter(binding -> SOAP_11.equals(soap(binding).orElseThrow().getNamespaceURI()))
                .toList();
        // the same port in both versions of SOAP is one service
        boolean onePort = found.stream()
                        .map(binding -> reference(binding, "type"))
                        .distinct()
                        .count()
                == 1;
        List<Element> choice = onePort && plain.size() == 1 ? plain : found;
        if (choice.size() > 1) {
            throw new Unimportable(
                    "several bindings",
                    "several bindings have the operation '" + name + "': choose one with --binding "
                            + choice.stream()
                                    .map(binding -> binding.getAttribute("name"))
                                    .collect(Collectors.joining(", ")));
        }
        return choice.get(0);
    }

    private static Element operation(Element parent, String name) {
        List<Element> found = named(parent, "operation").stream()
                .filter(operation -> operation.getAttribute("name").equals(name))
                .toList();
        if (found.size() != 1) {
            throw new Unimportable(
                    "overloaded operation", "the operation '" + name + "' is there " + found.size() + " times");
        }
        return found.get(0);
    }

    private Element portType(Element binding, String name) {
        QName type = reference(binding, "type");
        return operation(declared("portType", type), name);
    }

    private static Element one(Element operation, String direction, String otherwise) {
        return named(operation, direction).stream()
                .findFirst()
                .orElseThrow(() -> new Unimportable(
                        "no wsdl:" + direction,
                        "the operation '" + operation.getAttribute("name") + "' is " + otherwise));
    }

    /**
     * What a body holds.
     *
     * @param beside names of the parts that travel as attachments
     */
    private record Body(String namespace, List<Part> parts, String message, Set<String> beside) {}

    /** What a binding says of a message; where it goes in several parts, what it says of these. */
    private static List<Element> said(Element bound) {
        List<Element> said = new ArrayList<>();
        for (Element child : children(bound)) {
            if (is(child, MIME, "multipartRelated")) {
                children(child).forEach(part -> said.addAll(children(part)));
            } else {
                said.add(child);
            }
        }
        return said;
    }

    private Body body(Element operation, String direction, Element abstractly, List<String> notes) {
        Element bound = named(operation, direction).stream().findFirst().orElse(operation);
        QName message = reference(abstractly, "message");
        Set<String> elsewhere = new HashSet<>();
        Optional<Element> body = Optional.empty();
        Set<String> attached = new LinkedHashSet<>();
        for (Element child : said(bound)) {
            if (is(child, MIME, "content") && child.hasAttribute("part")) {
                attached.add(child.getAttribute("part"));
            } else if (MIME.equals(child.getNamespaceURI())) {
                throw new Unimportable(
                        "mime:" + child.getLocalName(),
                        "the " + direction + " of the operation has attachments (mime:" + child.getLocalName()
                                + "), which nothing in its body names");
            } else if (isSoap(child) && child.getLocalName().equals("body")) {
                body = Optional.of(child);
            } else if (isSoap(child) && child.getLocalName().equals("header")) {
                declared("message", reference(child, "message"));
                notes.add("the header block '" + child.getAttribute("part") + "' of the " + direction + " is left out");
                if (reference(child, "message").equals(message)) {
                    elsewhere.add(child.getAttribute("part"));
                }
            } else if (child.getAttributeNS(WSDL, "required").equals("true")) {
                throw new Unimportable(child.getNodeName(), "the binding requires " + child.getNodeName());
            }
        }
        if (body.isPresent() && body.get().getAttribute("use").equals("encoded")) {
            throw new Unimportable(
                    "soap:body use=\"encoded\"", "the operation is rpc/encoded, which no XML Schema describes");
        }
        List<Part> parts = parts(message);
        Optional<String> chosen = body.filter(element -> element.hasAttribute("parts"))
                .map(element -> element.getAttribute("parts").strip());
        List<Part> held = parts.stream()
                .filter(part -> chosen.map(list -> List.of(list.split("\\s+")).contains(part.name()))
                        .orElse(!elsewhere.contains(part.name()) && !attached.contains(part.name())))
                .toList();
        return new Body(
                body.map(element -> element.getAttribute("namespace")).orElse(""),
                held,
                message.getLocalPart(),
                attached);
    }

    private List<Part> parts(QName message) {
        List<Part> parts = new ArrayList<>();
        for (Element part : named(declared("message", message), "part")) {
            parts.add(new Part(
                    part.getAttribute("name"),
                    part.hasAttribute("element") ? Optional.of(reference(part, "element")) : Optional.empty(),
                    part.hasAttribute("type") ? Optional.of(reference(part, "type")) : Optional.empty()));
        }
        return parts;
    }

    /** What the body holds; empty where it is empty. */
    private Optional<WsdlOperation.Message> document(Body body, Set<Element> needed, Map<String, String> files) {
        if (body.parts.isEmpty() && body.beside.isEmpty()) {
            return Optional.empty();
        }
        if (body.parts.size() != 1) {
            throw new Unimportable(
                    body.parts.isEmpty() ? "attachments of an empty soap:body" : "several parts in a soap:body",
                    "the body of the message '" + body.message + "' has "
                            + (body.parts.isEmpty() ? "attachments, and no part" : body.parts.size() + " parts")
                            + ", and lgsp-soap carries one element");
        }
        QName element = body.parts
                .get(0)
                .element()
                .orElseThrow(() -> new Unimportable(
                        "document/literal part with a type",
                        "the part '" + body.parts.get(0).name() + "' of the message '" + body.message
                                + "' names a type instead of an element"));
        ContractSchema schema = schemas.of(element.getNamespaceURI()).stream()
                .filter(part -> children(part.root()).stream()
                        .anyMatch(child -> is(child, XSD, "element")
                                && child.getAttribute("name").equals(element.getLocalPart())))
                .findFirst()
                .orElseThrow(() -> new Unimportable(
                        "element without a schema",
                        "no schema of the contract declares the element " + element + " of the message '" + body.message
                                + "'"));
        schemas.write(schema, needed, beside, references, files);
        return Optional.of(new WsdlOperation.Message(schema.file(), element.getNamespaceURI(), element.getLocalPart()));
    }

    /** The wrapper elements that rpc/literal has, which no schema declares. */
    private String rpc(
            Body request, Optional<Body> answer, String name, Set<Element> needed, Map<String, String> files) {
        String namespace = request.namespace;
        StringBuilder text = new StringBuilder("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
        text.append("<!-- What rpc/literal puts around the parts of the operation ")
                .append(name)
                .append(". -->\n");
        text.append("<xsd:schema xmlns:xsd=\"" + XSD + "\""
                + (namespace.isEmpty() ? "" : " targetNamespace=\"" + attribute(namespace) + "\""));
        Map<String, String> prefixes = new LinkedHashMap<>();
        prefixes.put(XSD, "xsd");
        List<Part> all = new ArrayList<>(request.parts);
        answer.ifPresent(body -> all.addAll(body.parts));
        for (Part part : all) {
            String type = part.type()
                    .orElseThrow(() -> new Unimportable(
                            "rpc/literal part with an element",
                            "the part '" + part.name() + "' of this rpc operation names an element instead of a type"))
                    .getNamespaceURI();
            if (!prefixes.containsKey(type)) {
                prefixes.put(type, "t" + prefixes.size());
                text.append(" xmlns:")
                        .append(prefixes.get(type))
                        .append("=\"")
                        .append(attribute(type))
                        .append('"');
            }
        }
        text.append(">\n");
        for (String used : prefixes.keySet()) {
            for (ContractSchema schema : schemas.of(used)) {
                if (!used.equals(XSD)) {
                    schemas.write(schema, needed, beside, references, files);
                    text.append(
                                    used.equals(namespace)
                                            ? "  <xsd:include"
                                            : "  <xsd:import namespace=\"" + attribute(used) + "\"")
                            .append(" schemaLocation=\"")
                            .append(schema.file())
                            .append("\"/>\n");
                }
            }
        }
        wrapper(name, request, prefixes, text);
        answer.ifPresent(body -> wrapper(name + "Response", body, prefixes, text));
        return text.append("</xsd:schema>\n").toString();
    }

    private static void wrapper(String name, Body body, Map<String, String> prefixes, StringBuilder text) {
        text.append("  <xsd:element name=\"").append(name).append("\">\n    <xsd:complexType>\n      <xsd:sequence>\n");
        for (Part part : body.parts) {
            QName type = part.type().orElseThrow();
            text.append("        <xsd:element name=\"")
                    .append(part.name())
                    .append("\" type=\"")
                    .append(prefixes.get(type.getNamespaceURI()))
                    .append(':')
                    .append(type.getLocalPart())
                    .append("\"/>\n");
        }
        text.append("      </xsd:sequence>\n    </xsd:complexType>\n  </xsd:element>\n");
    }

    private Optional<String> address(Element binding) {
        QName name = new QName(tns(binding), binding.getAttribute("name"));
        for (Element service : all("service")) {
            for (Element port : named(service, "port")) {
                if (reference(port, "binding").equals(name)) {
                    return children(port).stream()
                            .filter(child ->
                                    isSoap(child) && child.getLocalName().equals("address"))
                            .map(child -> child.getAttribute("location"))
                            .findFirst();
                }
            }
        }
        return Optional.empty();
    }

    private List<Element> all(String kind) {
        return documents.values().stream()
                .flatMap(root -> named(root, kind).stream())
                .toList();
    }

    private Element declared(String kind, QName name) {
        return all(kind).stream()
                .filter(element -> element.getAttribute("name").equals(name.getLocalPart())
                        && tns(element).equals(name.getNamespaceURI()))
                .findFirst()
                .orElseThrow(() -> new Unimportable(
                        "wsdl:" + kind + " missing",
                        "the contract refers to the " + kind + " " + name + ", which is not there"));
    }

    private static String tns(Element element) {
        return element.getOwnerDocument().getDocumentElement().getAttribute("targetNamespace");
    }

    /** The SOAP extension of a binding. */
    private static Optional<Element> soap(Element binding) {
        return child(binding, "binding");
    }

    private static Optional<Element> child(Element parent, String name) {
        return children(parent).stream()
                .filter(child -> isSoap(child) && child.getLocalName().equals(name))
                .findFirst();
    }

    private static boolean isSoap(Element element) {
        return SOAP_11.equals(element.getNamespaceURI()) || SOAP_12.equals(element.getNamespaceURI());
    }

    private static List<Element> named(Element parent, String name) {
        return children(parent).stream().filter(child -> is(child, WSDL, name)).toList();
    }

    private static String attribute(String text) {
        StringBuilder escaped = new StringBuilder();
        XmlText.escape(text, true, escaped);
        return escaped.toString();
    }
}
