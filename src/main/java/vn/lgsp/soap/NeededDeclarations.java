package vn.lgsp.soap;

import static vn.lgsp.soap.Elements.children;
import static vn.lgsp.soap.Elements.is;
import static vn.lgsp.soap.Elements.name;
import static vn.lgsp.soap.Elements.reference;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
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
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import org.w3c.dom.NodeList;

/** Finds what the schemas of a contract say of an operation's messages, and leaves the rest. */
final class NeededDeclarations {
    private static final String XSD = XMLConstants.W3C_XML_SCHEMA_NS_URI;
    /** Before the key of what may stand somewhere, and need not. */
    private static final String OPEN = "open ";

    private static final String ANY_TYPE = key("type", new QName(XSD, "anyType"));
    private static final int DEEPEST = 200;

    private final List<ContractSchema> schemas;

    NeededDeclarations(List<ContractSchema> schemas) {
        this.schemas = schemas;
    }

    /** The declarations that say what may stand in these elements and types: with types that may stand for others, and without the rest. */
    Set<Element> of(Set<QName> elements, Set<QName> types, List<String> notes) {
        Map<String, List<Element>> declared = new HashMap<>();
        Map<Element, Set<String>> references = new LinkedHashMap<>();
        for (ContractSchema schema : schemas) {
            for (Element declaration : children(schema.root())) {
                if (declaration.hasAttribute("name")) {
                    String key = key(
                            declaration.getLocalName().endsWith("Type") ? "type" : declaration.getLocalName(),
                            new QName(schema.namespace(), declaration.getAttribute("name")));
                    declared.computeIfAbsent(key, first -> new ArrayList<>()).add(declaration);
                    Set<String> to = new HashSet<>();
                    references(declaration, to);
                    for (Element any : wildcards(declaration)) {
                        for (ContractSchema other : schemas) {
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
        elements.forEach(element -> unread.add(key("element", element)));
        types.forEach(type -> unread.add(key("type", type)));
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
    static Optional<Element> model(Element holder) {
        return children(holder).stream()
                .filter(child -> List.of("all", "sequence", "choice", "group").contains(child.getLocalName()))
                .filter(child -> !is(child, XSD, "all") || !children(child).isEmpty())
                .findFirst();
    }

    /** The kind of the elements that a type has, its own or its base's. */
    private static Optional<String> held(Element type, Map<String, List<Element>> declared, int depth) {
        Optional<Element> extension = extension(type);
        if (extension.isEmpty() || depth > DEEPEST) {
            return model(type).map(Node::getLocalName);
        }
        return model(extension.get())
                .map(Node::getLocalName)
                .or(() -> declared.getOrDefault(key("type", reference(extension.get(), "base")), List.of()).stream()
                        .findFirst()
                        .flatMap(base -> held(base, declared, depth + 1)));
    }

    /** The keys of the elements, or of the types, that a schema has at its top level. */
    private static Set<String> declaredIn(ContractSchema schema, String kind) {
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

    /** Those whose elements the schema wants to know, if there is such a one. */
    static List<Element> wildcards(Element node) {
        List<Element> found = new ArrayList<>();
        NodeList all = node.getElementsByTagNameNS(XSD, "any");
        for (int i = 0; i < all.getLength(); i++) {
            if (!((Element) all.item(i)).getAttribute("processContents").equals("skip")) {
                found.add((Element) all.item(i));
            }
        }
        return found;
    }

    static boolean admits(Element any, String target, String namespace) {
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
}
