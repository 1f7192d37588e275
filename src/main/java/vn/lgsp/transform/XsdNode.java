package vn.lgsp.transform;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.xml.XMLConstants;
import javax.xml.namespace.QName;
import org.xml.sax.Attributes;
import org.xml.sax.Locator;
import org.xml.sax.SAXException;
import org.xml.sax.XMLReader;
import org.xml.sax.helpers.DefaultHandler;

/** An element of a schema file, with the line that it begins on. Annotations, and what is not XML Schema, are left out. */
final class XsdNode {
    static final String XSD = XMLConstants.W3C_XML_SCHEMA_NS_URI;

    private final Path file;
    private final int line;
    private final String name;
    private final Map<String, String> attributes;
    private final Map<String, String> prefixes;
    private final List<XsdNode> children = new ArrayList<>();

    private XsdNode(Path file, int line, String name, Attributes written, Map<String, String> prefixes) {
        this.file = file;
        this.line = line;
        this.name = name;
        this.prefixes = prefixes;
        attributes = new HashMap<>();
        for (int i = 0; i < written.getLength(); i++) {
            if (written.getURI(i).isEmpty()) {
                attributes.put(written.getLocalName(i), written.getValue(i).strip());
            }
        }
    }

    /**
     * Reads one file.
     *
     * @throws java.io.IOException when it cannot be read
     * @throws SAXException when it is no acceptable XML
     */
    static Optional<XsdNode> read(Path file, byte[] text) throws java.io.IOException, SAXException {
        Reading reading = new Reading(file);
        XMLReader reader = SafeXml.reader();
        reader.setContentHandler(reading);
        reader.setErrorHandler(reading);
        reader.parse(SafeXml.input(text));
        return Optional.ofNullable(reading.root);
    }

    Path file() {
        return file;
    }

    int line() {
        return line;
    }

    /** The local name, in the namespace of XML Schema. */
    String name() {
        return name;
    }

    boolean is(String... names) {
        return List.of(names).contains(name);
    }

    Optional<String> get(String attribute) {
        return Optional.ofNullable(attributes.get(attribute));
    }

    String get(String attribute, String otherwise) {
        return attributes.getOrDefault(attribute, otherwise);
    }

    boolean isTrue(String attribute) {
        String value = attributes.getOrDefault(attribute, "");
        return value.equals("true") || value.equals("1");
    }

    List<XsdNode> children() {
        return children;
    }

    /** The first child of one of these names. */
    Optional<XsdNode> child(String... names) {
        return children.stream().filter(child -> child.is(names)).findFirst();
    }

    /** @param unprefixed the namespace of a name without prefix where no default namespace is declared */
    QName qualified(String written, String unprefixed) {
        int colon = written.indexOf(':');
        String prefix = colon < 0 ? "" : written.substring(0, colon);
        String namespace = prefixes.getOrDefault(prefix, "");
        if (colon < 0 && namespace.isEmpty()) {
            namespace = unprefixed;
        }
        return new QName(namespace, written.substring(colon + 1));
    }

    private static final class Reading extends DefaultHandler {
        private final Path file;
        private final List<XsdNode> open = new ArrayList<>();
        private final Map<String, List<String>> scopes = new HashMap<>();
        private Map<String, String> current = Map.of();
        private boolean changed = true;
        private int ignored;
        private @org.jspecify.annotations.Nullable XsdNode root;
        private @org.jspecify.annotations.Nullable Locator place;

        Reading(Path file) {
            this.file = file;
        }

        @Override
        public void setDocumentLocator(Locator locator) {
            place = locator;
        }

        @Override
        public void startPrefixMapping(String prefix, String uri) {
            scopes.computeIfAbsent(prefix, first -> new ArrayList<>()).add(uri);
            changed = true;
        }

        @Override
        public void endPrefixMapping(String prefix) {
            List<String> uris = scopes.getOrDefault(prefix, new ArrayList<>());
            uris.remove(uris.size() - 1);
            changed = true;
        }

        @Override
        public void startElement(String uri, String localName, String qName, Attributes attributes) {
            if (ignored > 0 || !XSD.equals(uri) || localName.equals("annotation")) {
                ignored++;
                return;
            }
            if (changed) {
                Map<String, String> all = new HashMap<>();
                scopes.forEach((prefix, uris) -> {
                    if (!uris.isEmpty()) {
                        all.put(prefix, uris.get(uris.size() - 1));
                    }
                });
                all.put("xml", XMLConstants.XML_NS_URI);
                current = all;
                changed = false;
            }
            XsdNode node = new XsdNode(file, place == null ? 0 : place.getLineNumber(), localName, attributes, current);
            if (open.isEmpty()) {
                root = node;
            } else {
                open.get(open.size() - 1).children.add(node);
            }
            open.add(node);
        }

        @Override
        public void endElement(String uri, String localName, String qName) {
            if (ignored > 0) {
                ignored--;
            } else {
                open.remove(open.size() - 1);
            }
        }
    }
}
