package vn.lgsp.soap;

import java.io.IOException;
import java.net.URI;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
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
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NamedNodeMap;
import org.w3c.dom.Node;
import org.w3c.dom.NodeList;
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
    private static final String XMLNS = XMLConstants.XMLNS_ATTRIBUTE_NS_URI;
    private static final String SWA_REF = "http://ws-i.org/profiles/basic/1.1/xsd";
    private static final QName SWA_REF_TYPE = new QName(SWA_REF, "swaRef");
    /** Before the key of what may stand somewhere, and need not. */
    private static final String OPEN = "open ";

    private static final String ANY_TYPE = key("type", new QName(XSD, "anyType"));
    private static final int MOST_FILES = 200;

    private final Source source;
    private final Map<URI, Element> documents = new LinkedHashMap<>();
    private final List<SchemaPart> schemas = new ArrayList<>();
    private final Map<URI, SchemaPart> schemasByPlace = new HashMap<>();
    private final Set<String> names = new HashSet<>();
    /** Elements of the operation that are references to attachments, and become their base64. */
    private final Set<String> references = new LinkedHashSet<>();
    /** Parts of the operation's messages that travel beside a body, by its element, and become elements in it. */
    private final Map<QName, Set<String>> beside = new LinkedHashMap<>();

    /** Gives the bytes at a place, or says why not. */
    @FunctionalInterface
    public interface Source {
        byte[] read(URI place) throws IOException;
    }

    /** One schema, inside of a contract or in a file of its own. */
    private record SchemaPart(String file, URI base, Element root) {
        String namespace() {
            return root.getAttribute("targetNamespace");
        }
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
        if (documents.size() + schemasByPlace.size() > MOST_FILES) {
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
            schema(place, place, Optional.of(root));
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
                        schema(place, URI.create(place + "#" + schemas.size()), Optional.of(schema));
                    }
                }
            }
        }
    }

    /** @param place a name of its own for a schema that stands inside of another file */
    private SchemaPart schema(URI base, URI place, Optional<Element> found) throws IOException {
        SchemaPart known = schemasByPlace.get(place);
        if (known != null) {
            return known;
        }
        Element root = found.isPresent() ? found.get() : parse(place);
        if (!is(root, XSD, "schema")) {
            throw new Unimportable("xsd:import", place + " is not an XML Schema");
        }
        SchemaPart part = new SchemaPart(fileName(place), base, root);
        schemasByPlace.put(place, part);
        schemas.add(part);
        for (Element child : children(root)) {
            Optional<URI> location = location(child, base);
            if (location.isPresent()) {
                schema(location.get(), location.get(), Optional.empty());
            }
        }
        return part;
    }

    private static Optional<URI> location(Element child, URI base) {
        boolean refers = is(child, XSD, "import") || is(child, XSD, "include") || is(child, XSD, "redefine");
        return refers
                        && child.hasAttribute("schemaLocation")
                        && !child.getAttribute("namespace").equals(XMLConstants.XML_NS_URI)
                        && !child.getAttribute("namespace").equals(SWA_REF)
                ? Optional.of(base.resolve(
                        child.getAttribute("schemaLocation").strip().replace(" ", "%20")))
                : Optional.empty();
    }

    private String fileName(URI place) {
        String path = String.valueOf(place.getPath());
        String name = place.getFragment() != null || !path.endsWith(".xsd")
                ? "types"
                : path.substring(path.lastIndexOf('/') + 1, path.length() - ".xsd".length());
        String clean = name.replaceAll("[^A-Za-z0-9._-]", "-").replaceAll("^[.-]+", "");
        String free = clean.isEmpty() ? "types" : clean;
        for (int i = 2; !names.add(free); i++) {
            free = clean + "-" + i;
        }
        return free + ".xsd";
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
        Set<Element> needed = needed(parts, notes);
        Map<String, String> files = new LinkedHashMap<>();
        Optional<WsdlOperation.Message> asked;
        Optional<WsdlOperation.Message> told;
        if (style.equals("rpc")) {
            String file = "rpc.xsd";
            for (int i = 2; !names.add(file.replace(".xsd", "")); i++) {
                file = "rpc-" + i + ".xsd";
            }
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
        SchemaPart schema = schemas.stream()
                .filter(part -> part.namespace().equals(element.getNamespaceURI()))
                .filter(part -> children(part.root()).stream()
                        .anyMatch(child -> is(child, XSD, "element")
                                && child.getAttribute("name").equals(element.getLocalPart())))
                .findFirst()
                .orElseThrow(() -> new Unimportable(
                        "element without a schema",
                        "no schema of the contract declares the element " + element + " of the message '" + body.message
                                + "'"));
        write(schema, needed, files);
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
            for (SchemaPart schema : schemas) {
                if (!used.equals(XSD) && schema.namespace().equals(used)) {
                    write(schema, needed, files);
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

    /** This schema and those that it refers to, as files beside each other. */
    private void write(SchemaPart first, Set<Element> needed, Map<String, String> files) {
        Deque<SchemaPart> unwritten = new ArrayDeque<>(List.of(first));
        while (!unwritten.isEmpty()) {
            SchemaPart part = unwritten.pop();
            if (files.containsKey(part.file())) {
                continue;
            }
            Element root = alone(part.root());
            List<Element> originals = children(part.root());
            List<Element> copies = children(root);
            for (int i = 0; i < copies.size(); i++) {
                if (copies.get(i).hasAttribute("name") && !needed.contains(originals.get(i))) {
                    root.removeChild(copies.get(i));
                }
            }
            takeIn(root);
            beside.forEach((element, parts) -> {
                if (element.getNamespaceURI().equals(part.namespace())) {
                    addParts(root, element.getLocalPart(), parts);
                }
            });
            importOpenly(root, part, needed);
            for (Element child : children(root)) {
                for (SchemaPart referred : referred(child, part)) {
                    Element reference = child;
                    if (child.hasAttribute("lgsp-done")) {
                        reference = (Element) child.cloneNode(false);
                        root.insertBefore(reference, child);
                    }
                    reference.setAttribute("schemaLocation", referred.file());
                    child.setAttribute("lgsp-done", "");
                    unwritten.push(referred);
                }
            }
            children(root).forEach(child -> child.removeAttribute("lgsp-done"));
            files.put(part.file(), Wsdl.write(part.file(), root.getOwnerDocument()) + "\n");
        }
    }

    /** An element that refers to an attachment holds it as base64: that is what the connector makes of it, both ways. */
    private void takeIn(Element root) {
        for (Element child : children(root)) {
            if (is(child, XSD, "import") && child.getAttribute("namespace").equals(SWA_REF)) {
                root.removeChild(child);
            }
        }
        NodeList all = root.getElementsByTagNameNS(XSD, "*");
        for (int i = 0; i < all.getLength(); i++) {
            Element each = (Element) all.item(i);
            for (String attribute : List.of("type", "base", "itemType")) {
                if (!each.hasAttribute(attribute) || !reference(each, attribute).equals(SWA_REF_TYPE)) {
                    continue;
                }
                if (!is(each, XSD, "element") || !each.hasAttribute("name")) {
                    throw new Unimportable(
                            "swaRef of another kind",
                            "something else than an element of the contract is an attachment");
                }
                each.setAttribute("type", xsd(root, "base64Binary"));
                references.add(each.getAttribute("name"));
            }
        }
    }

    /** What travels beside a body stands at its end as base64: so the connector takes it out, and puts it in. */
    private static void addParts(Element root, String element, Set<String> parts) {
        Optional<Element> declared = children(root).stream()
                .filter(child ->
                        is(child, XSD, "element") && child.getAttribute("name").equals(element))
                .findFirst();
        if (declared.isEmpty()) {
            return;
        }
        Element type = (declared.get().hasAttribute("type")
                        ? children(root).stream().filter(child -> child.getAttribute("name")
                                .equals(reference(declared.get(), "type").getLocalPart()))
                        : children(declared.get()).stream())
                .filter(child -> is(child, XSD, "complexType"))
                .findFirst()
                .orElseThrow(() -> besideAnother(element));
        Optional<Element> model = model(type);
        if (model.filter(held -> !is(held, XSD, "sequence")).isPresent()
                || children(type).stream()
                        .anyMatch(child -> String.valueOf(child.getLocalName()).endsWith("Content"))) {
            throw besideAnother(element);
        }
        Document document = root.getOwnerDocument();
        Element sequence = model.orElseGet(() -> {
            Element made = document.createElementNS(XSD, xsd(root, "sequence"));
            type.insertBefore(
                    made,
                    children(type).stream()
                            .filter(child -> !is(child, XSD, "annotation"))
                            .findFirst()
                            .orElse(null));
            return made;
        });
        for (String name : parts) {
            if (children(sequence).stream()
                    .anyMatch(child -> child.getAttribute("name").equals(name))) {
                throw besideAnother(element);
            }
            Element part = document.createElementNS(XSD, xsd(root, "element"));
            part.setAttribute("name", name);
            part.setAttribute("type", xsd(root, "base64Binary"));
            part.setAttribute("minOccurs", "0");
            part.setAttribute("form", "qualified");
            sequence.appendChild(part);
        }
    }

    private static Unimportable besideAnother(String element) {
        return new Unimportable(
                "mime:content beside a body that is no plain sequence",
                "the message has attachments beside the element '" + element
                        + "', which has no place for them: it is no sequence of elements, or has one of their names");
    }

    /** A name of XML Schema, as this schema writes such names. */
    private static String xsd(Element root, String name) {
        return (root.getPrefix() == null ? "" : root.getPrefix() + ":") + name;
    }

    /** A wildcard may let in elements of schemas that its own says nothing of. */
    private void importOpenly(Element root, SchemaPart part, Set<Element> needed) {
        Set<String> imported = children(root).stream()
                .filter(child -> is(child, XSD, "import"))
                .map(child -> child.getAttribute("namespace"))
                .collect(Collectors.toSet());
        List<Element> wildcards = wildcards(root);
        for (SchemaPart other : schemas) {
            boolean open = !other.namespace().equals(part.namespace())
                    && wildcards.stream().anyMatch(any -> admits(any, part.namespace(), other.namespace()))
                    && children(other.root()).stream()
                            .anyMatch(child -> is(child, XSD, "element") && needed.contains(child));
            if (open && imported.add(other.namespace())) {
                Element reference = root.getOwnerDocument()
                        .createElementNS(XSD, (root.getPrefix() == null ? "" : root.getPrefix() + ":") + "import");
                if (!other.namespace().isEmpty()) {
                    reference.setAttribute("namespace", other.namespace());
                }
                root.insertBefore(reference, root.getFirstChild());
            }
        }
    }

    /** Those whose elements the schema wants to know, if there is such a one. */
    private static List<Element> wildcards(Element node) {
        List<Element> found = new ArrayList<>();
        NodeList all = node.getElementsByTagNameNS(XSD, "any");
        for (int i = 0; i < all.getLength(); i++) {
            if (!((Element) all.item(i)).getAttribute("processContents").equals("skip")) {
                found.add((Element) all.item(i));
            }
        }
        return found;
    }

    private static boolean admits(Element any, String target, String namespace) {
        String written =
                any.hasAttribute("namespace") ? any.getAttribute("namespace").strip() : "##any";
        return List.of(written.split("\\s+")).stream().anyMatch(word -> switch (word) {
            case "##any" -> true;
            case "##other" -> !namespace.isEmpty() && !namespace.equals(target);
            case "##local" -> namespace.isEmpty();
            case "##targetNamespace" -> namespace.equals(target);
            default -> namespace.equals(word);
        });
    }

    /** The declarations that say what may stand in these parts: with types that may stand for others, and without the rest. */
    private Set<Element> needed(List<Part> parts, List<String> notes) {
        Map<String, List<Element>> declared = new HashMap<>();
        Map<Element, Set<String>> references = new LinkedHashMap<>();
        for (SchemaPart schema : schemas) {
            for (Element declaration : children(schema.root())) {
                if (declaration.hasAttribute("name")) {
                    String key = key(
                            declaration.getLocalName().endsWith("Type") ? "type" : declaration.getLocalName(),
                            new QName(schema.namespace(), declaration.getAttribute("name")));
                    declared.computeIfAbsent(key, first -> new ArrayList<>()).add(declaration);
                    Set<String> to = new HashSet<>();
                    references(declaration, to);
                    for (Element any : wildcards(declaration)) {
                        for (SchemaPart other : schemas) {
                            if (admits(any, schema.namespace(), other.namespace())) {
                                declaredIn(other, "element").forEach(known -> to.add(OPEN + known));
                            }
                        }
                    }
                    references.put(declaration, to);
                }
            }
        }
        Set<Element> unusable = unusable(declared, references.keySet());
        Set<Element> found = new HashSet<>();
        Set<String> keys = new HashSet<>();
        Set<String> left = new java.util.TreeSet<>();
        Deque<String> unread = new ArrayDeque<>();
        parts.forEach(part -> {
            part.element().ifPresent(element -> unread.add(key("element", element)));
            part.type().ifPresent(type -> unread.add(key("type", type)));
        });
        while (!unread.isEmpty()) {
            String next = unread.pop();
            if (!keys.add(next)) {
                continue;
            }
            boolean open = next.startsWith(OPEN);
            String key = open ? next.substring(OPEN.length()) : next;
            if (key.equals(ANY_TYPE)) { // which any element may be in, and any type may stand for
                schemas.forEach(schema -> {
                    declaredIn(schema, "element").forEach(any -> unread.add(OPEN + any));
                    declaredIn(schema, "type").forEach(any -> unread.add(OPEN + any));
                });
            }
            // a file without a namespace is in that of the one who includes it
            List<Element> here = new ArrayList<>(declared.getOrDefault(key, List.of()));
            here.addAll(declared.getOrDefault(key.replaceFirst("\\{.*}", "{}"), List.of()));
            for (Element declaration : here) {
                if (open && unusable.contains(declaration)) {
                    left.add(declaration.getAttribute("name"));
                    continue;
                }
                found.add(declaration);
                unread.addAll(references.getOrDefault(declaration, Set.of()));
            }
            references.forEach((declaration, to) -> {
                if (to.contains("for " + key) && unusable.contains(declaration)) {
                    left.add(declaration.getAttribute("name"));
                } else if (to.contains("for " + key)) {
                    unread.add(key(
                            declaration.getLocalName().endsWith("Type") ? "type" : declaration.getLocalName(),
                            new QName(
                                    ((Element) declaration.getParentNode()).getAttribute("targetNamespace"),
                                    declaration.getAttribute("name"))));
                }
            });
        }
        if (!left.isEmpty()) {
            notes.add("left out, as XML Schema 1.0 does not allow to extend an xsd:all: " + String.join(", ", left));
        }
        return found;
    }

    /**
     * Types that extend one of {@code xsd:all}, or extend another by it, which XML Schema 1.0 does not allow, and the elements of these
     * types. No message can have them where another stands, so they stand in no other's way.
     */
    private static Set<Element> unusable(Map<String, List<Element>> declared, Set<Element> all) {
        Set<Element> found = new HashSet<>();
        boolean more = true;
        while (more) {
            more = false;
            for (Element declaration : all) {
                if (!found.contains(declaration) && isUnusable(declaration, declared, found)) {
                    more = found.add(declaration);
                }
            }
        }
        return found;
    }

    private static boolean isUnusable(Element declaration, Map<String, List<Element>> declared, Set<Element> known) {
        if (is(declaration, XSD, "element")) {
            return declaration.hasAttribute("type")
                    && declared.getOrDefault(key("type", reference(declaration, "type")), List.of()).stream()
                            .anyMatch(known::contains);
        }
        return extension(declaration)
                .filter(extension ->
                        declared.getOrDefault(key("type", reference(extension, "base")), List.of()).stream()
                                .anyMatch(base -> known.contains(base)
                                        || (model(extension).isPresent()
                                                && held(base, declared, 0)
                                                        .filter(held -> held.equals("all")
                                                                || model(extension)
                                                                        .filter(own -> is(own, XSD, "all"))
                                                                        .isPresent())
                                                        .isPresent())))
                .isPresent();
    }

    private static Optional<Element> extension(Element type) {
        return children(type).stream()
                .filter(child -> is(child, XSD, "complexContent"))
                .flatMap(content -> children(content).stream())
                .filter(child -> is(child, XSD, "extension"))
                .findFirst();
    }

    /** What it says of elements, unless that is none. */
    private static Optional<Element> model(Element holder) {
        return children(holder).stream()
                .filter(child -> List.of("all", "sequence", "choice", "group").contains(child.getLocalName()))
                .filter(child -> !is(child, XSD, "all") || !children(child).isEmpty())
                .findFirst();
    }

    /** The kind of the elements that a type has, its own or its base's. */
    private static Optional<String> held(Element type, Map<String, List<Element>> declared, int depth) {
        Optional<Element> extension = extension(type);
        if (extension.isEmpty() || depth > MOST_FILES) {
            return model(type).map(Node::getLocalName);
        }
        return model(extension.get())
                .map(Node::getLocalName)
                .or(() -> declared.getOrDefault(key("type", reference(extension.get(), "base")), List.of()).stream()
                        .findFirst()
                        .flatMap(base -> held(base, declared, depth + 1)));
    }

    /** The keys of the elements, or of the types, that a schema has at its top level. */
    private static Set<String> declaredIn(SchemaPart schema, String kind) {
        return children(schema.root()).stream()
                .filter(child -> child.hasAttribute("name"))
                .filter(child -> String.valueOf(child.getLocalName()).endsWith(kind.equals("type") ? "Type" : kind))
                .map(child -> key(kind, new QName(schema.namespace(), child.getAttribute("name"))))
                .collect(Collectors.toSet());
    }

    private static String key(String kind, QName name) {
        return kind + " {" + name.getNamespaceURI() + "}" + name.getLocalPart();
    }

    /** What a declaration is made of, and, behind {@code for}, what it may stand for. */
    private static void references(Element node, Set<String> found) {
        if (is(node, XSD, "element")
                && List.of("type", "ref", "substitutionGroup").stream().noneMatch(node::hasAttribute)
                && children(node).stream()
                        .noneMatch(child -> child.getLocalName().endsWith("Type"))) {
            found.add(ANY_TYPE);
        }
        for (String attribute : List.of("type", "base", "itemType", "memberTypes")) {
            for (String name : node.getAttribute(attribute).strip().split("\\s+", -1)) {
                if (!name.isEmpty()) {
                    String key = key("type", name(node, name));
                    found.add(key);
                    if (attribute.equals("base")
                            && node.getParentNode().getLocalName().endsWith("Content")) {
                        found.add("for " + key);
                    }
                }
            }
        }
        if (node.hasAttribute("ref")) {
            found.add(key(node.getLocalName(), reference(node, "ref")));
        }
        if (node.hasAttribute("substitutionGroup")) {
            String key = key("element", reference(node, "substitutionGroup"));
            found.add(key);
            found.add("for " + key);
        }
        children(node).forEach(child -> references(child, found));
    }

    private List<SchemaPart> referred(Element child, SchemaPart from) {
        Optional<URI> location = location(child, from.base());
        if (location.isPresent()) {
            return List.of(java.util.Objects.requireNonNull(schemasByPlace.get(location.get())));
        }
        String namespace = child.getAttribute("namespace");
        if (!is(child, XSD, "import")) {
            return List.of();
        }
        return schemas.stream()
                .filter(part -> part.namespace().equals(namespace))
                .toList();
    }

    /** A copy as a document of its own, with the prefixes that it had around it. */
    private static Element alone(Element schema) {
        Document document = (Document) schema.getOwnerDocument().cloneNode(false);
        Element copy = (Element) document.importNode(schema, true);
        document.appendChild(copy);
        for (Node around = schema.getParentNode();
                around instanceof Element element;
                around = element.getParentNode()) {
            NamedNodeMap attributes = element.getAttributes();
            for (int i = 0; i < attributes.getLength(); i++) {
                Node attribute = attributes.item(i);
                if (XMLNS.equals(attribute.getNamespaceURI()) && !copy.hasAttribute(attribute.getNodeName())) {
                    copy.setAttributeNS(XMLNS, attribute.getNodeName(), attribute.getNodeValue());
                }
            }
        }
        return copy;
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

    private static QName reference(Element element, String attribute) {
        return name(element, element.getAttribute(attribute).strip());
    }

    private static QName name(Element element, String written) {
        int colon = written.indexOf(':');
        String namespace = element.lookupNamespaceURI(colon < 0 ? null : written.substring(0, colon));
        return new QName(namespace == null ? "" : namespace, written.substring(colon + 1));
    }

    private static boolean is(Element element, String namespace, String name) {
        return namespace.equals(element.getNamespaceURI()) && name.equals(element.getLocalName());
    }

    private static List<Element> named(Element parent, String name) {
        return children(parent).stream().filter(child -> is(child, WSDL, name)).toList();
    }

    private static List<Element> children(Element parent) {
        List<Element> found = new ArrayList<>();
        for (Node child = parent.getFirstChild(); child != null; child = child.getNextSibling()) {
            if (child instanceof Element element) {
                found.add(element);
            }
        }
        return found;
    }

    private static String attribute(String text) {
        StringBuilder escaped = new StringBuilder();
        XmlText.escape(text, true, escaped);
        return escaped.toString();
    }
}
