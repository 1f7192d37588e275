package vn.lgsp.city;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.xml.transform.OutputKeys;
import javax.xml.transform.Transformer;
import javax.xml.transform.TransformerException;
import javax.xml.transform.dom.DOMSource;
import javax.xml.transform.stream.StreamResult;
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import org.xml.sax.SAXException;
import vn.lgsp.parse.XmlParsers;

/**
 * One invented citizen.
 *
 * @param number SoDinhDanh
 * @param oldNumber SoCMND, empty where there is none
 * @param name in upper case, parts with one blank between them
 * @param day of birth as {@code yyyyMMdd}, empty where only the year is known
 * @param year of birth
 * @param xml the element CongDan; text, because a DOM tree may not be read by several threads at once
 */
record Citizen(String number, String oldNumber, String name, String day, String year, String xml) {

    static List<Citizen> invented() {
        try {
            Element root = XmlParsers.trees()
                    .parse(new ByteArrayInputStream(SampleCity.resource("citizens.xml")))
                    .getDocumentElement();
            Transformer writer = XmlParsers.writer();
            writer.setOutputProperty(OutputKeys.OMIT_XML_DECLARATION, "yes");
            List<Citizen> found = new ArrayList<>();
            for (Element entry : elements(root).toList()) {
                StringWriter xml = new StringWriter();
                writer.transform(new DOMSource(entry), new StreamResult(xml));
                found.add(of(entry, xml.toString()));
            }
            return List.copyOf(found);
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        } catch (SAXException | TransformerException broken) {
            throw new IllegalStateException("the sample city's citizens.xml is broken: mend it", broken);
        }
    }

    private static Citizen of(Element entry, String xml) {
        Optional<Element> birth = child(entry, "NgayThangNamSinh");
        String day = birth.map(element -> text(element, "NgayThangNam")).orElse("");
        String year = birth.map(element -> text(element, "Nam")).orElse("");
        return new Citizen(
                text(entry, "SoDinhDanh"),
                text(entry, "SoCMND"),
                child(entry, "HoVaTen").stream()
                        .flatMap(Citizen::elements)
                        .map(Node::getTextContent)
                        .collect(Collectors.joining(" ")),
                day,
                year.isEmpty() && day.length() == 8 ? day.substring(0, 4) : year,
                xml);
    }

    static Stream<Element> elements(Element parent) {
        List<Element> found = new ArrayList<>();
        for (Node next = parent.getFirstChild(); next != null; next = next.getNextSibling()) {
            if (next instanceof Element element) {
                found.add(element);
            }
        }
        return found.stream();
    }

    static Optional<Element> child(Element parent, String name) {
        return elements(parent)
                .filter(element -> name.equals(element.getLocalName()))
                .findFirst();
    }

    /** The text of this child, empty where there is none. */
    static String text(Element parent, String name) {
        return child(parent, name)
                .map(Element::getTextContent)
                .map(String::strip)
                .orElse("");
    }
}
