package vn.lgsp.soap;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.xml.namespace.QName;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/** What the schemas of a contract declare at their top level. */
final class DeclaredElements {
    private DeclaredElements() {}

    /** @param included the roots of the schemas that are taken in, by what takes them in */
    static Set<QName> of(List<Document> documents, Map<Element, Element> included) {
        Set<QName> found = new HashSet<>();
        for (Document document : documents) {
            NodeList schemas = document.getElementsByTagNameNS(Wsdl.SCHEMA, "schema");
            for (int i = 0; i < schemas.getLength(); i++) {
                Element schema = (Element) schemas.item(i);
                add(schema, schema.getAttribute("targetNamespace"), included, found, new HashSet<>());
            }
        }
        return found;
    }

    /** A schema without a namespace is in that of the one that includes it. */
    private static void add(
            Element schema, String namespace, Map<Element, Element> included, Set<QName> found, Set<Element> seen) {
        if (!seen.add(schema)) {
            return;
        }
        for (Element child : Wsdl.children(schema)) {
            if (Wsdl.is(child, Wsdl.SCHEMA, "element")) {
                found.add(new QName(namespace, child.getAttribute("name")));
            }
            Element other = included.get(child);
            if (other != null && !other.hasAttribute("targetNamespace")) {
                add(other, namespace, included, found, seen);
            }
        }
    }
}
