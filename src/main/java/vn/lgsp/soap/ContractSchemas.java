package vn.lgsp.soap;

import static vn.lgsp.soap.Elements.children;
import static vn.lgsp.soap.Elements.is;
import static vn.lgsp.soap.Elements.reference;

import java.io.IOException;
import java.net.URI;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
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

/** The schemas of a contract: read with all that they import, and written as files that stand beside each other. */
final class ContractSchemas {
    private static final String XSD = XMLConstants.W3C_XML_SCHEMA_NS_URI;
    private static final String XMLNS = XMLConstants.XMLNS_ATTRIBUTE_NS_URI;
    private static final String SWA_REF = "http://ws-i.org/profiles/basic/1.1/xsd";
    private static final QName SWA_REF_TYPE = new QName(SWA_REF, "swaRef");

    private final Parser parser;
    private final List<ContractSchema> schemas = new ArrayList<>();
    private final Map<URI, ContractSchema> schemasByPlace = new HashMap<>();
    private final Set<String> names = new HashSet<>();

    /** Gives the root of the document at a place. */
    @FunctionalInterface
    interface Parser {
        Element parse(URI place) throws IOException;
    }

    ContractSchemas(Parser parser) {
        this.parser = parser;
    }

    List<ContractSchema> all() {
        return schemas;
    }

    /** Those of a namespace. */
    List<ContractSchema> of(String namespace) {
        return schemas.stream()
                .filter(schema -> schema.namespace().equals(namespace))
                .toList();
    }

    /** A name for a further file, which none of the schemas has. */
    String freeName(String wanted) {
        String free = wanted;
        for (int i = 2; !names.add(free); i++) {
            free = wanted + "-" + i;
        }
        return free + ".xsd";
    }

    /** @param place a name of its own for a schema that stands inside of another file */
    ContractSchema add(URI base, URI place, Optional<Element> found) throws IOException {
        ContractSchema known = schemasByPlace.get(place);
        if (known != null) {
            return known;
        }
        Element root = found.isPresent() ? found.get() : parser.parse(place);
        if (!is(root, XSD, "schema")) {
            throw new Unimportable("xsd:import", place + " is not an XML Schema");
        }
        ContractSchema part = new ContractSchema(fileName(place), base, root);
        schemasByPlace.put(place, part);
        schemas.add(part);
        for (Element child : children(root)) {
            Optional<URI> location = location(child, base);
            if (location.isPresent()) {
                add(location.get(), location.get(), Optional.empty());
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
        return freeName(clean.isEmpty() ? "types" : clean);
    }

    /** This schema and those that it refers to, as files beside each other. */
    void write(
            ContractSchema first,
            Set<Element> needed,
            Map<QName, Set<String>> beside,
            Set<String> references,
            Map<String, String> files) {
        Deque<ContractSchema> unwritten = new ArrayDeque<>(List.of(first));
        while (!unwritten.isEmpty()) {
            ContractSchema part = unwritten.pop();
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
            takeIn(root, references);
            beside.forEach((element, parts) -> {
                if (element.getNamespaceURI().equals(part.namespace())) {
                    addParts(root, element.getLocalPart(), parts);
                }
            });
            importOpenly(root, part, needed);
            for (Element child : children(root)) {
                for (ContractSchema referred : referred(child, part)) {
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
    private static void takeIn(Element root, Set<String> references) {
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
        Optional<Element> model = NeededDeclarations.model(type);
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
    private void importOpenly(Element root, ContractSchema part, Set<Element> needed) {
        Set<String> imported = children(root).stream()
                .filter(child -> is(child, XSD, "import"))
                .map(child -> child.getAttribute("namespace"))
                .collect(Collectors.toSet());
        List<Element> wildcards = NeededDeclarations.wildcards(root);
        for (ContractSchema other : schemas) {
            boolean open = !other.namespace().equals(part.namespace())
                    && wildcards.stream()
                            .anyMatch(any -> NeededDeclarations.admits(any, part.namespace(), other.namespace()))
                    && children(other.root()).stream()
                            .anyMatch(child -> is(child, XSD, "element") && needed.contains(child));
            if (open && imported.add(other.namespace())) {
                Element reference = root.getOwnerDocument().createElementNS(XSD, xsd(root, "import"));
                if (!other.namespace().isEmpty()) {
                    reference.setAttribute("namespace", other.namespace());
                }
                root.insertBefore(reference, root.getFirstChild());
            }
        }
    }

    private List<ContractSchema> referred(Element child, ContractSchema from) {
        Optional<URI> location = location(child, from.base());
        if (location.isPresent()) {
            return List.of(Objects.requireNonNull(schemasByPlace.get(location.get())));
        }
        String namespace = child.getAttribute("namespace");
        if (!is(child, XSD, "import")) {
            return List.of();
        }
        return of(namespace);
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
}
