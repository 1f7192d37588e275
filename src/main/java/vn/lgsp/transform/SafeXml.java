package vn.lgsp.transform;

import java.io.ByteArrayInputStream;
import java.io.CharConversionException;
import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import javax.xml.transform.OutputKeys;
import javax.xml.transform.Source;
import javax.xml.transform.Transformer;
import javax.xml.transform.TransformerException;
import javax.xml.transform.dom.DOMSource;
import javax.xml.transform.sax.SAXSource;
import javax.xml.transform.stream.StreamResult;
import org.jspecify.annotations.Nullable;
import org.w3c.dom.Document;
import org.xml.sax.InputSource;
import org.xml.sax.SAXException;
import org.xml.sax.SAXParseException;
import org.xml.sax.XMLReader;
import vn.lgsp.failure.BusException;
import vn.lgsp.parse.XmlParsers;

/**
 * How content in XML is read, and what its sender is told when it cannot be (SEC-01). The bytes say their encoding themselves, by byte
 * order mark or XML declaration.
 */
final class SafeXml {
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

    /** A file of an integrator, to be read by the same reader as content. */
    static Source file(Path file) {
        return new SAXSource(reader(), new InputSource(file.toUri().toString()));
    }

    /** The same source, whatever was to read it, read by the same reader as content. */
    static Source hardened(Source source) {
        InputSource input = SAXSource.sourceToInputSource(source);
        if (input == null) {
            throw new IllegalArgumentException(
                    "a source of " + source.getClass().getName() + " cannot be read");
        }
        return new SAXSource(reader(), input);
    }

    /** The refusal, by side, when {@code problem} comes from reading content that is not acceptable XML. */
    static Optional<BusException> refusal(@Nullable Throwable problem, Side side) {
        return cause(problem, CharConversionException.class)
                .map(lie -> side.refuse("is not in the encoding that it declares"))
                .or(() -> cause(problem, SAXParseException.class).map(broken -> side.refuse(reason(broken))));
    }

    static <T> Optional<T> cause(@Nullable Throwable problem, Class<T> kind) {
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
        if (XmlParsers.isDoctype(broken)) {
            return "has a DOCTYPE, which the bus refuses: send the document without it";
        }
        String at = " at line " + broken.getLineNumber() + ", column " + broken.getColumnNumber();
        if (XmlParsers.isBeyondBounds(broken)) {
            return "exceeds what the bus reads of XML (" + XmlParsers.bounds() + ")" + at;
        }
        return "is not well-formed XML" + at;
    }

    /**
     * A tree that may be written again.
     *
     * @throws BusException by side when it cannot be read, or is XML 1.1, of which XML 1.0 cannot hold everything
     */
    static Document tree(byte[] xml, Side side) {
        Document document;
        try {
            document = XmlParsers.trees().parse(input(xml));
        } catch (SAXException | IOException broken) {
            throw refusal(broken, side).orElseGet(() -> side.refuse("could not be read"));
        }
        if ("1.1".equals(document.getXmlVersion())) {
            throw side.refuse("is XML 1.1: send XML 1.0");
        }
        return document;
    }

    /** A tree as text in UTF-8, which it says itself: whatever the tree was read from. */
    static byte[] bytes(Document document) {
        try {
            StringWriter text = new StringWriter();
            text.append("<?xml version=\"1.0\" encoding=\"UTF-8\"?>");
            Transformer writer = XmlParsers.writer();
            writer.setOutputProperty(OutputKeys.OMIT_XML_DECLARATION, "yes");
            writer.transform(new DOMSource(document), new StreamResult(text));
            return text.toString().getBytes(StandardCharsets.UTF_8);
        } catch (TransformerException impossible) {
            throw new IllegalStateException("a tree that was read could not be written", impossible);
        }
    }

    static XMLReader reader() {
        return XmlParsers.reader();
    }
}
