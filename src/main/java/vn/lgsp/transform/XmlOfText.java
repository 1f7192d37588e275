package vn.lgsp.transform;

import java.io.IOException;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.xml.namespace.QName;
import org.jspecify.annotations.Nullable;
import org.xml.sax.Attributes;
import org.xml.sax.ContentHandler;
import org.xml.sax.InputSource;
import org.xml.sax.Locator;
import org.xml.sax.SAXException;
import org.xml.sax.SAXParseException;
import org.xml.sax.XMLReader;
import org.xml.sax.ext.Locator2;
import org.xml.sax.helpers.DefaultHandler;

/** Reads one element that a text holds as XML, has a checker see it, and writes it anew. For one thread. */
final class XmlOfText {
    private @Nullable XMLReader reader;

    /** It is no XML that the bus reads. */
    static final class Unreadable extends Exception {
        private static final long serialVersionUID = 1L;

        Unreadable() {
            super("", null, false, false);
        }
    }

    /**
     * Adds it to what is written.
     *
     * @return what the element is called
     */
    QName read(String text, ContentHandler checker, StringBuilder out) throws Unreadable, SAXException {
        XMLReader used = reader == null ? SafeXml.reader() : reader;
        reader = used;
        Told told = new Told(checker, new Fragment(out));
        used.setContentHandler(told);
        used.setErrorHandler(told);
        try {
            used.parse(new InputSource(new StringReader(text)));
        } catch (SAXParseException | IOException broken) {
            throw new Unreadable();
        }
        return told.name;
    }

    /** Whether an element or attribute can be called so, without a prefix. */
    boolean isName(String text) {
        try {
            return read("<" + text + "/>", new DefaultHandler(), new StringBuilder())
                    .equals(new QName(text));
        } catch (Unreadable | SAXException none) {
            return false;
        }
    }

    private static final class Told extends DefaultHandler {
        private final ContentHandler checker;
        private final Fragment fragment;
        private final List<Map.Entry<String, String>> declared = new ArrayList<>();
        private @Nullable Locator place;
        private QName name = new QName("");
        private boolean begun;

        Told(ContentHandler checker, Fragment fragment) {
            this.checker = checker;
            this.fragment = fragment;
        }

        @Override
        public void fatalError(SAXParseException broken) throws SAXException {
            throw broken;
        }

        @Override
        public void setDocumentLocator(Locator locator) {
            place = locator;
        }

        @Override
        public void startPrefixMapping(String prefix, String uri) throws SAXException {
            requireXml10();
            declared.add(Map.entry(prefix, uri));
            checker.startPrefixMapping(prefix, uri);
        }

        @Override
        public void endPrefixMapping(String prefix) throws SAXException {
            checker.endPrefixMapping(prefix);
        }

        @Override
        public void startElement(String uri, String localName, String qName, Attributes attributes)
                throws SAXException {
            requireXml10();
            if (!begun) {
                name = new QName(uri, localName);
                begun = true;
            }
            checker.startElement(uri, localName, qName, attributes);
            fragment.start(qName, declared, attributes);
            declared.clear();
        }

        /** What is written is a part of XML 1.0, which cannot hold all that 1.1 can. */
        private void requireXml10() throws SAXParseException {
            if (place instanceof Locator2 told && "1.1".equals(told.getXMLVersion())) {
                throw new SAXParseException("XML 1.1", place);
            }
        }

        @Override
        public void endElement(String uri, String localName, String qName) throws SAXException {
            checker.endElement(uri, localName, qName);
            fragment.end(qName);
        }

        @Override
        public void characters(char[] text, int start, int length) throws SAXException {
            checker.characters(text, start, length);
            fragment.text(text, start, length);
        }
    }
}
