package vn.lgsp.unit;

import java.io.StringReader;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;
import vn.lgsp.failure.Finding;
import vn.lgsp.failure.Refused;
import vn.lgsp.failure.Rule;
import vn.lgsp.parse.XmlParsers;
import vn.lgsp.source.Place;
import vn.lgsp.source.Value;

/**
 * An element of a route file in XML, with the place of its tag and of each attribute.
 *
 * @param text everything between its children, as written
 */
record XmlElement(
        String name, Place place, Map<String, Value.Field> attributes, List<XmlElement> children, String text) {
    private static final int DEEPEST = 64;
    private static final Set<String> NAMESPACES =
            Set.of("", "http://camel.apache.org/schema/xml-io", "http://camel.apache.org/schema/spring");

    /**
     * The root of a document: no DOCTYPE, so no entity of any kind, and nothing is fetched.
     *
     * @throws Refused naming file, line and mistake
     */
    static XmlElement read(String file, String text) {
        Reader reader = new Reader(file, text);
        try {
            return reader.root();
        } catch (XMLStreamException broken) {
            int line = broken.getLocation() == null ? 1 : broken.getLocation().getLineNumber();
            throw new Refused(Finding.of(Rule.XML_BROKEN, file, Math.max(1, line)));
        }
    }

    private static final class Reader {
        private final String file;
        private final String text;
        private final XMLStreamReader events;
        private int read;
        private int line = 1;

        Reader(String file, String text) {
            this.file = file;
            // what an XML parser does first
            this.text = text.replace("\r\n", "\n").replace('\r', '\n');
            try {
                events = XmlParsers.wholeTexts(new StringReader(this.text));
            } catch (XMLStreamException impossible) {
                throw new IllegalStateException("this JDK cannot read XML", impossible);
            }
        }

        XmlElement root() throws XMLStreamException {
            XmlElement root = null;
            while (events.hasNext()) {
                int event = events.next();
                if (event == XMLStreamConstants.DTD || event == XMLStreamConstants.ENTITY_REFERENCE) {
                    throw refused(Rule.XML_DOCTYPE, here());
                } else if (event == XMLStreamConstants.START_ELEMENT) {
                    root = element(0);
                }
            }
            if (root == null) {
                throw refused(Rule.XML_BROKEN, here());
            }
            return root;
        }

        private XmlElement element(int depth) throws XMLStreamException {
            Tag tag = tag();
            String name = events.getLocalName();
            if (depth > DEEPEST) {
                throw refused(Rule.YAML_DEEP, tag.place());
            }
            if (!NAMESPACES.contains(events.getNamespaceURI() == null ? "" : events.getNamespaceURI())) {
                throw refused(Rule.XML_NAMESPACE, tag.place(), name);
            }
            Map<String, Value.Field> attributes = new LinkedHashMap<>();
            for (int i = 0; i < events.getAttributeCount(); i++) {
                Place place = tag.attribute(events.getAttributeLocalName(i));
                String value = events.getAttributeValue(i);
                attributes.put(
                        events.getAttributeLocalName(i),
                        new Value.Field(
                                place,
                                value.equals("true") || value.equals("false")
                                        ? Value.Scalar.flag(place, value.equals("true"))
                                        : Value.Scalar.text(place, value)));
            }
            List<XmlElement> children = new ArrayList<>();
            StringBuilder between = new StringBuilder();
            for (int event = events.next(); event != XMLStreamConstants.END_ELEMENT; event = events.next()) {
                if (event == XMLStreamConstants.START_ELEMENT) {
                    children.add(element(depth + 1));
                } else if (event == XMLStreamConstants.CHARACTERS
                        || event == XMLStreamConstants.CDATA
                        || event == XMLStreamConstants.SPACE) {
                    between.append(events.getText());
                } else if (event == XMLStreamConstants.ENTITY_REFERENCE) {
                    throw refused(Rule.XML_DOCTYPE, here());
                }
            }
            return new XmlElement(name, tag.place(), attributes, children, between.toString());
        }

        /** The tag that was just read. The parser tells where it ends. */
        private Tag tag() {
            int end = Math.min(events.getLocation().getCharacterOffset(), text.length());
            int begin = Math.max(0, text.lastIndexOf('<', Math.max(0, end - 1)));
            // tags come in the order of the text
            for (; read < begin; read++) {
                line += text.charAt(read) == '\n' ? 1 : 0;
            }
            return new Tag(file, line, text.substring(begin, end));
        }

        private Place here() {
            return new Place(file, Math.max(1, events.getLocation().getLineNumber()));
        }

        private static Refused refused(Rule rule, Place place, String... arguments) {
            return new Refused(Finding.of(rule, place.file(), place.line(), arguments));
        }
    }

    private record Tag(String file, int line, String text) {
        Place place() {
            return new Place(file, line);
        }

        Place attribute(String name) {
            Matcher found = Pattern.compile("\\s(?:[^\\s=\"']+:)?" + Pattern.quote(name) + "\\s*=")
                    .matcher(text);
            int at = found.find() ? found.start() + 1 : 0;
            return new Place(
                    file,
                    line + (int) text.chars().limit(at).filter(c -> c == '\n').count());
        }
    }
}
