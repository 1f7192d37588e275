package vn.lgsp.soap;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import javax.xml.XMLConstants;
import javax.xml.namespace.QName;
import org.w3c.dom.Attr;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NamedNodeMap;
import org.w3c.dom.Node;

/**
 * The bindings and ports of a contract. The bus takes every message in both versions of SOAP, and in no other way: so a port of a
 * version that the files leave out is added, made after the one that is there, and a port of another kind is taken away.
 */
final class Bindings {
    private static final String HTTP = "http://schemas.xmlsoap.org/soap/http";
    private static final String HTTP_OF_SOAP_12 = "http://www.w3.org/2003/05/soap/bindings/HTTP";

    private final List<Document> documents;

    Bindings(List<Document> documents) {
        this.documents = documents;
    }

    /** What the ports of the files offer by SOAP over HTTP. */
    List<Wsdl.Bound> operations() {
        List<Wsdl.Bound> found = new ArrayList<>();
        Set<Element> seen = new HashSet<>();
        for (Element port : all("port")) {
            Optional<Element> binding = binding(port).filter(seen::add);
            binding.flatMap(Bindings::soap).ifPresent(soap -> {
                for (Element operation : named(binding.get(), "operation")) {
                    found.add(bound(binding.get(), soap, operation));
                }
            });
        }
        return found;
    }

    private Wsdl.Bound bound(Element binding, Element soap, Element operation) {
        String name = operation.getAttribute("name");
        Optional<Element> own = extension(operation, "operation");
        String style = own.map(element -> element.getAttribute("style"))
                .filter(text -> !text.isEmpty())
                .orElse(soap.getAttribute("style"));
        Optional<Element> abstractly = declared("portType", reference(binding, "type"))
                .flatMap(type -> named(type, "operation").stream()
                        .filter(other -> other.getAttribute("name").equals(name))
                        .findFirst());
        Optional<Element> input = named(operation, "input").stream().findFirst();
        Optional<Element> body = input.flatMap(bound -> extension(bound, "body"));
        Optional<QName> element = style.equals("rpc")
                ? body.map(said -> new QName(said.getAttribute("namespace"), name))
                : abstractly
                        .flatMap(asked -> named(asked, "input").stream().findFirst())
                        .flatMap(asked -> declared("message", reference(asked, "message")))
                        .flatMap(message -> document(message, input, body));
        return new Wsdl.Bound(
                name,
                element,
                style.equals("rpc"),
                own.map(said -> said.getAttribute("soapAction").strip()).orElse(""),
                abstractly.map(asked -> named(asked, "output").isEmpty()).orElse(false));
    }

    /** The element of the one part that is the body. */
    private static Optional<QName> document(Element message, Optional<Element> input, Optional<Element> body) {
        Set<String> inHeaders = new HashSet<>();
        input.ifPresent(bound -> Wsdl.children(bound).stream()
                .filter(child -> version(child).isPresent() && "header".equals(child.getLocalName()))
                .filter(child -> reference(child, "message").getLocalPart().equals(message.getAttribute("name")))
                .forEach(child -> inHeaders.add(child.getAttribute("part"))));
        Optional<List<String>> chosen = body.filter(said -> said.hasAttribute("parts"))
                .map(said -> List.of(said.getAttribute("parts").strip().split("\\s+")));
        return named(message, "part").stream()
                .filter(part -> chosen.map(parts -> parts.contains(part.getAttribute("name")))
                        .orElse(!inHeaders.contains(part.getAttribute("name"))))
                .filter(part -> part.hasAttribute("element"))
                .map(part -> reference(part, "element"))
                .findFirst();
    }

    /**
     * Sets every address, adds the ports that are missing and takes away those that nobody serves.
     *
     * @return how many ports there are now
     */
    int complete() {
        int ports = 0;
        Map<Element, Element> twins = new HashMap<>();
        for (Element service : all("service")) {
            Map<QName, List<Element>> offered = new LinkedHashMap<>();
            for (Element port : named(service, "port")) {
                Optional<Element> binding =
                        binding(port).filter(found -> soap(found).isPresent());
                Optional<Element> address = extension(port, "address");
                if (binding.isEmpty() || address.isEmpty()) {
                    service.removeChild(port);
                    continue;
                }
                address.get().setAttribute("location", Wsdl.HERE);
                offered.computeIfAbsent(reference(binding.get(), "type"), first -> new ArrayList<>())
                        .add(port);
                ports++;
            }
            for (List<Element> alike : offered.values()) {
                Element port = alike.get(0);
                String version =
                        version(soap(binding(port).orElseThrow()).orElseThrow()).orElseThrow();
                String other = version.equals(Wsdl.SOAP_11) ? Wsdl.SOAP_12 : Wsdl.SOAP_11;
                boolean both = alike.stream()
                        .map(each -> version(soap(binding(each).orElseThrow()).orElseThrow()))
                        .anyMatch(Optional.of(other)::equals);
                if (!both) {
                    Element binding = binding(port).orElseThrow();
                    Element twin = twins.computeIfAbsent(binding, first -> twin(first, version, other));
                    add(port, twin, other);
                    ports++;
                }
            }
        }
        return ports;
    }

    /** A port of the other version, behind this one. */
    private void add(Element port, Element binding, String version) {
        Element twin = (Element) port.cloneNode(false);
        String written = port.getAttribute("binding").strip();
        twin.setAttribute("binding", written.replaceFirst("[^:]*$", "") + binding.getAttribute("name"));
        twin.setAttribute("name", free("port", port.getAttribute("name"), version));
        Element address = port.getOwnerDocument().createElementNS(version, prefix(version) + ":address");
        declare(address, version);
        address.setAttribute("location", Wsdl.HERE);
        twin.appendChild(address);
        port.getParentNode().insertBefore(twin, port.getNextSibling());
    }

    /** The same binding in the other version of SOAP, behind it. */
    private Element twin(Element binding, String version, String other) {
        Element twin = (Element) changed(binding, version, other);
        twin.setAttribute("name", free("binding", binding.getAttribute("name"), other));
        declare(twin, other);
        soap(twin).ifPresent(soap -> soap.setAttribute("transport", HTTP));
        binding.getParentNode().insertBefore(twin, binding.getNextSibling());
        return twin;
    }

    private static Node changed(Node node, String version, String other) {
        Node copy;
        if (node instanceof Element element && version.equals(element.getNamespaceURI())) {
            Element made =
                    element.getOwnerDocument().createElementNS(other, prefix(other) + ":" + element.getLocalName());
            NamedNodeMap attributes = element.getAttributes();
            for (int i = 0; i < attributes.getLength(); i++) {
                Attr attribute = (Attr) attributes.item(i);
                if (!attribute.getName().equals("soapActionRequired")) { // SOAP 1.1 knows no such word
                    made.setAttributeNodeNS((Attr) attribute.cloneNode(true));
                }
            }
            copy = made;
        } else {
            copy = node.cloneNode(false);
        }
        for (Node child = node.getFirstChild(); child != null; child = child.getNextSibling()) {
            copy.appendChild(changed(child, version, other));
        }
        return copy;
    }

    private static void declare(Element element, String version) {
        element.setAttributeNS(XMLConstants.XMLNS_ATTRIBUTE_NS_URI, "xmlns:" + prefix(version), version);
    }

    private static String prefix(String version) {
        return version.equals(Wsdl.SOAP_11) ? "bus11" : "bus12";
    }

    /** A name that no other has. */
    private String free(String kind, String name, String version) {
        Set<String> taken =
                all(kind).stream().map(each -> each.getAttribute("name")).collect(Collectors.toSet());
        String wanted = name + (version.equals(Wsdl.SOAP_11) ? "Soap11" : "Soap12");
        String free = wanted;
        for (int i = 2; taken.contains(free); i++) {
            free = wanted + "x" + i;
        }
        return free;
    }

    private Optional<Element> binding(Element port) {
        return declared("binding", reference(port, "binding"));
    }

    /** What binds it to SOAP over HTTP. */
    private static Optional<Element> soap(Element binding) {
        return extension(binding, "binding").filter(soap -> {
            String transport = soap.getAttribute("transport");
            return transport.isEmpty() || transport.startsWith(HTTP) || transport.startsWith(HTTP_OF_SOAP_12);
        });
    }

    private static Optional<Element> extension(Element parent, String name) {
        return Wsdl.children(parent).stream()
                .filter(child -> version(child).isPresent() && name.equals(child.getLocalName()))
                .findFirst();
    }

    /** The version of SOAP that this element belongs to. */
    private static Optional<String> version(Element element) {
        return Optional.ofNullable(element.getNamespaceURI())
                .filter(namespace -> namespace.equals(Wsdl.SOAP_11) || namespace.equals(Wsdl.SOAP_12));
    }

    private List<Element> all(String kind) {
        List<Element> found = new ArrayList<>();
        for (Document document : documents) {
            Element root = document.getDocumentElement();
            if (kind.equals("port")) {
                named(root, "service").forEach(service -> found.addAll(named(service, kind)));
            } else {
                found.addAll(named(root, kind));
            }
        }
        return found;
    }

    private Optional<Element> declared(String kind, QName name) {
        return all(kind).stream()
                .filter(each -> each.getAttribute("name").equals(name.getLocalPart()))
                .filter(each -> each.getOwnerDocument()
                        .getDocumentElement()
                        .getAttribute("targetNamespace")
                        .equals(name.getNamespaceURI()))
                .findFirst();
    }

    private static List<Element> named(Element parent, String name) {
        return Wsdl.children(parent).stream()
                .filter(child -> Wsdl.is(child, Wsdl.WSDL, name))
                .toList();
    }

    private static QName reference(Element element, String attribute) {
        String written = element.getAttribute(attribute).strip();
        int colon = written.indexOf(':');
        String namespace = element.lookupNamespaceURI(colon < 0 ? null : written.substring(0, colon));
        return new QName(namespace == null ? "" : namespace, written.substring(colon + 1));
    }
}
