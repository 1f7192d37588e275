package vn.lgsp.transform;

import java.io.ByteArrayInputStream;
import java.io.CharConversionException;
import java.io.StringReader;
import java.util.Optional;
import javax.xml.XMLConstants;
import javax.xml.parsers.ParserConfigurationException;
import javax.xml.parsers.SAXParser;
import javax.xml.parsers.SAXParserFactory;
import javax.xml.transform.Source;
import javax.xml.transform.sax.SAXSource;
import org.jspecify.annotations.Nullable;
import org.xml.sax.InputSource;
import org.xml.sax.SAXException;
import org.xml.sax.SAXParseException;
import org.xml.sax.XMLReader;
import vn.lgsp.failure.BusException;

/**
 * How XML is read: no DOCTYPE, so no entity of any kind, nothing fetched, and bounds on depth, attributes and names (SEC-01). The
 * bytes say their encoding themselves, by byte order mark or XML declaration.
 */
final class SafeXml {
    /** How deep elements may lie in each other. */
    static final int DEEPEST = 64;

    private static final String LIMITS = "http://www.oracle.com/xml/jaxp/properties/";
    private static final SAXParserFactory PARSERS = parsers();

    private SafeXml() {}

    static Source source(byte[] body) {
        return new SAXSource(reader(), input(body));
    }

    static InputSource input(byte[] body) {
        return new InputSource(new ByteArrayInputStream(body));
    }

    static Source source(String body) {
        return new SAXSource(reader(), new InputSource(new StringReader(body)));
    }

    /** The refusal, by side, when {@code problem} comes from reading content that is not acceptable XML. */
    static Optional<BusException> refusal(@Nullable Throwable problem, Side side) {
        return cause(problem, CharConversionException.class)
                .map(lie -> side.refuse("is not in the encoding that it declares"))
                .or(() -> cause(problem, SAXParseException.class).map(broken -> side.refuse(reason(broken))));
    }

    private static <T> Optional<T> cause(@Nullable Throwable problem, Class<T> kind) {
        Throwable next = problem;
        for (int depth = 0; next != null && depth < 16; depth++) {
            if (kind.isInstance(next)) {
                return Optional.of(kind.cast(next));
            }
            next = next.getCause();
        }
        return Optional.empty();
    }

    private static String reason(SAXParseException broken) {
        String text = String.valueOf(broken.getMessage());
        if (text.contains("disallow-doctype-decl")) {
            return "has a DOCTYPE, which the bus refuses: send the document without it";
        }
        String at = " at line " + broken.getLineNumber() + ", column " + broken.getColumnNumber();
        if (text.startsWith("JAXP0001000")) {
            return "exceeds what the bus reads of XML (" + DEEPEST
                    + " levels, 200 attributes of an element, 1000 characters of a name)" + at;
        }
        return "is not well-formed XML" + at;
    }

    static XMLReader reader() {
        try {
            SAXParser parser = PARSERS.newSAXParser();
            parser.setProperty(LIMITS + "maxElementDepth", Integer.toString(DEEPEST));
            parser.setProperty(LIMITS + "elementAttributeLimit", "200");
            parser.setProperty(LIMITS + "maxXMLNameLimit", "1000");
            parser.setProperty(XMLConstants.ACCESS_EXTERNAL_DTD, "");
            parser.setProperty(XMLConstants.ACCESS_EXTERNAL_SCHEMA, "");
            return parser.getXMLReader();
        } catch (ParserConfigurationException | SAXException missing) {
            throw new IllegalStateException("this JDK's XML parser cannot be made safe", missing);
        }
    }

    private static SAXParserFactory parsers() {
        try {
            // the JDK's own, whatever else is on the class path: its limits are the ones set above
            SAXParserFactory factory = SAXParserFactory.newDefaultNSInstance();
            factory.setFeature(XMLConstants.FEATURE_SECURE_PROCESSING, true);
            factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
            factory.setXIncludeAware(false);
            return factory;
        } catch (ParserConfigurationException | SAXException missing) {
            throw new IllegalStateException("this JDK's XML parser cannot be made safe", missing);
        }
    }
}
