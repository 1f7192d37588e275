package vn.lgsp.soap;

import java.util.ArrayList;
import java.util.List;
import javax.xml.namespace.QName;
import org.w3c.dom.Element;
import org.w3c.dom.Node;

/** How the elements of a contract are looked at. */
final class Elements {
    private Elements() {}

    static boolean is(Element element, String namespace, String name) {
        return namespace.equals(element.getNamespaceURI()) && name.equals(element.getLocalName());
    }

    static List<Element> children(Element parent) {
        List<Element> found = new ArrayList<>();
        for (Node child = parent.getFirstChild(); child != null; child = child.getNextSibling()) {
            if (child instanceof Element element) {
                found.add(element);
            }
        }
        return found;
    }

    static QName reference(Element element, String attribute) {
        return name(element, element.getAttribute(attribute).strip());
    }

    static QName name(Element element, String written) {
        int colon = written.indexOf(':');
        String namespace = element.lookupNamespaceURI(colon < 0 ? null : written.substring(0, colon));
        return new QName(namespace == null ? "" : namespace, written.substring(colon + 1));
    }
}
