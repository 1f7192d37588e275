package vn.lgsp.parse;

import java.io.InputStream;
import java.io.Reader;
import java.util.Map;
import javax.xml.XMLConstants;
import javax.xml.parsers.DocumentBuilder;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import javax.xml.parsers.SAXParser;
import javax.xml.parsers.SAXParserFactory;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;
import javax.xml.transform.Transformer;
import javax.xml.transform.TransformerConfigurationException;
import javax.xml.transform.TransformerFactory;
import javax.xml.transform.sax.SAXSource;
import javax.xml.validation.Schema;
import javax.xml.validation.SchemaFactory;
import org.jspecify.annotations.Nullable;
import org.w3c.dom.ls.LSResourceResolver;
import org.xml.sax.ErrorHandler;
import org.xml.sax.InputSource;
import org.xml.sax.SAXException;
import org.xml.sax.SAXParseException;
import org.xml.sax.XMLReader;

/**
 * Readers of XML: no DOCTYPE, so no entity of any kind; nothing is fetched, and nothing is included; depth, attributes and names are
 * bounded. All are the JDK's own, whatever else is on the class path, for its limits are the ones that are set. {@code
 * ArchitectureTest} lets nobody else make one.
 *
 * @see "SEC-01"
 */
public final class XmlParsers {
    /** How deep elements may lie in each other. */
    public static final int DEEPEST = 64;

    /** How many attributes an element may have. */
    public static final int MOST_ATTRIBUTES = 200;

    /** How long a name may be, in characters. */
    public static final int LONGEST_NAME = 1_000;

    private static final String NO_DOCTYPE = "http://apache.org/xml/features/disallow-doctype-decl";
    /** With what the JDK's texts begin when one of its limits is met. */
    private static final String LIMIT_MET = "JAXP000100";

    private static final String JAXP = "http://www.oracle.com/xml/jaxp/properties/";
    private static final Map<String, String> LIMITS = Map.of(
            JAXP + "maxElementDepth", Integer.toString(DEEPEST),
            JAXP + "elementAttributeLimit", Integer.toString(MOST_ATTRIBUTES),
            JAXP + "maxXMLNameLimit", Integer.toString(LONGEST_NAME));

    private static final SAXParserFactory SAX = sax();
    private static final DocumentBuilderFactory TREES = treesOf();
    private static final XMLInputFactory EVENTS = events(false);
    private static final XMLInputFactory WHOLE_TEXTS = events(true);

    private XmlParsers() {}

    /** One that tells what it reads to handlers, and throws at the least mistake. */
    public static XMLReader reader() {
        try {
            SAXParser parser = SAX.newSAXParser();
            for (Map.Entry<String, String> limit : LIMITS.entrySet()) {
                parser.setProperty(limit.getKey(), limit.getValue());
            }
            parser.setProperty(XMLConstants.ACCESS_EXTERNAL_DTD, "");
            parser.setProperty(XMLConstants.ACCESS_EXTERNAL_SCHEMA, "");
            XMLReader reader = parser.getXMLReader();
            reader.setErrorHandler(new Strict());
            return reader;
        } catch (ParserConfigurationException | SAXException missing) {
            throw unsafe(missing);
        }
    }

    /**
     * One that is asked for each next event. Of a DOCTYPE it tells that it is there, and reads nothing of it: whoever asks must refuse
     * it.
     */
    public static XMLStreamReader events(Reader text) throws XMLStreamException {
        return EVENTS.createXMLStreamReader(text);
    }

    /** The same; a text between two tags is one event, however it is written. */
    public static XMLStreamReader wholeTexts(Reader text) throws XMLStreamException {
        return WHOLE_TEXTS.createXMLStreamReader(text);
    }

    /** The same, of bytes that say their encoding themselves. */
    public static XMLStreamReader wholeTexts(InputStream bytes) throws XMLStreamException {
        return WHOLE_TEXTS.createXMLStreamReader(bytes);
    }

    /** One that makes a tree, and throws at the least mistake. */
    public static DocumentBuilder trees() {
        try {
            DocumentBuilder trees;
            synchronized (TREES) {
                trees = TREES.newDocumentBuilder();
            }
            trees.setErrorHandler(new Strict());
            return trees;
        } catch (ParserConfigurationException missing) {
            throw unsafe(missing);
        }
    }

    /**
     * Compiles an XML Schema in one file; the least mistake in it is thrown.
     *
     * @param bytes of the file, with its place where that is known
     */
    public static Schema schema(InputSource bytes) throws SAXException {
        return compiled(bytes, null, "");
    }

    /**
     * The same, of a schema in several files.
     *
     * @param others gives each other file that is asked for; whatever it does not know it must answer with something else than
     *     nothing, for the JDK would look for it in the file system then
     */
    public static Schema schema(InputSource bytes, LSResourceResolver others) throws SAXException {
        return compiled(bytes, others, "file");
    }

    private static Schema compiled(InputSource bytes, @Nullable LSResourceResolver others, String access)
            throws SAXException {
        SchemaFactory factory = SchemaFactory.newDefaultInstance();
        factory.setFeature(XMLConstants.FEATURE_SECURE_PROCESSING, true);
        factory.setProperty(XMLConstants.ACCESS_EXTERNAL_DTD, "");
        factory.setProperty(XMLConstants.ACCESS_EXTERNAL_SCHEMA, access);
        factory.setErrorHandler(new Strict());
        if (others != null) {
            factory.setFeature("http://apache.org/xml/features/honour-all-schemaLocations", true);
            factory.setResourceResolver(others);
        }
        return factory.newSchema(new SAXSource(reader(), bytes));
    }

    /** Writes a tree as text, and does nothing else. */
    public static Transformer writer() {
        try {
            TransformerFactory factory = TransformerFactory.newDefaultInstance();
            factory.setFeature(XMLConstants.FEATURE_SECURE_PROCESSING, true);
            factory.setAttribute(XMLConstants.ACCESS_EXTERNAL_DTD, "");
            factory.setAttribute(XMLConstants.ACCESS_EXTERNAL_STYLESHEET, "");
            return factory.newTransformer();
        } catch (TransformerConfigurationException missing) {
            throw unsafe(missing);
        }
    }

    /** Whether a reader of these stopped because one of its bounds was met. */
    public static boolean isBeyondBounds(Exception stopped) {
        return String.valueOf(stopped.getMessage()).contains(LIMIT_MET);
    }

    /** Whether a reader of these stopped at a DOCTYPE. */
    public static boolean isDoctype(Exception stopped) {
        return String.valueOf(stopped.getMessage()).contains("disallow-doctype-decl");
    }

    /** The bounds, for people. */
    public static String bounds() {
        return DEEPEST + " levels, " + MOST_ATTRIBUTES + " attributes of an element, " + LONGEST_NAME
                + " characters of a name";
    }

    private static SAXParserFactory sax() {
        try {
            SAXParserFactory factory = SAXParserFactory.newDefaultNSInstance();
            factory.setFeature(XMLConstants.FEATURE_SECURE_PROCESSING, true);
            factory.setFeature(NO_DOCTYPE, true);
            factory.setXIncludeAware(false);
            return factory;
        } catch (ParserConfigurationException | SAXException missing) {
            throw unsafe(missing);
        }
    }

    private static DocumentBuilderFactory treesOf() {
        try {
            DocumentBuilderFactory factory = DocumentBuilderFactory.newDefaultNSInstance();
            factory.setFeature(XMLConstants.FEATURE_SECURE_PROCESSING, true);
            factory.setFeature(NO_DOCTYPE, true);
            // signatures walk the whole tree anyway
            factory.setFeature("http://apache.org/xml/features/dom/defer-node-expansion", false);
            factory.setXIncludeAware(false);
            LIMITS.forEach(factory::setAttribute);
            factory.setAttribute(XMLConstants.ACCESS_EXTERNAL_DTD, "");
            factory.setAttribute(XMLConstants.ACCESS_EXTERNAL_SCHEMA, "");
            return factory;
        } catch (ParserConfigurationException missing) {
            throw unsafe(missing);
        }
    }

    private static XMLInputFactory events(boolean wholeTexts) {
        XMLInputFactory factory = XMLInputFactory.newDefaultFactory();
        factory.setProperty(XMLInputFactory.IS_NAMESPACE_AWARE, true);
        factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
        factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
        factory.setProperty(XMLInputFactory.IS_COALESCING, wholeTexts);
        LIMITS.forEach(factory::setProperty);
        return factory;
    }

    private static IllegalStateException unsafe(Exception missing) {
        return new IllegalStateException("this JDK's XML parser cannot be made safe", missing);
    }

    /** What the JDK has instead prints, and goes on. */
    private static final class Strict implements ErrorHandler {
        @Override
        public void warning(SAXParseException note) {
            // says nothing about what is there
        }

        @Override
        public void error(SAXParseException wrong) throws SAXParseException {
            throw wrong;
        }

        @Override
        public void fatalError(SAXParseException wrong) throws SAXParseException {
            throw wrong;
        }
    }
}
