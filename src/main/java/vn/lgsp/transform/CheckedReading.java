package vn.lgsp.transform;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Predicate;
import javax.xml.validation.ValidatorHandler;
import org.xml.sax.Attributes;
import org.xml.sax.SAXException;
import org.xml.sax.SAXParseException;
import org.xml.sax.XMLReader;
import org.xml.sax.helpers.DefaultHandler;
import vn.lgsp.failure.BusException;

/**
 * Reads XML once, and has a checker see every event, with the path to it beside. What is wrong is kept by its place, one reason for
 * each, and never with what stands there.
 */
class CheckedReading extends DefaultHandler {
    private final XMLReader reader = SafeXml.reader();
    private final ValidatorHandler checker;
    private final Predicate<String> known;
    private final Deque<String> open = new ArrayDeque<>();
    private final Map<String, String> reasons = new LinkedHashMap<>();

    /** @param known the names of elements that may be told; any other may itself be content, and is shown as a star */
    CheckedReading(ValidatorHandler checker, Predicate<String> known) {
        this.checker = checker;
        this.known = known;
        reader.setContentHandler(this);
        reader.setErrorHandler(this);
        checker.setErrorHandler(this);
    }

    /**
     * Reads it to its end.
     *
     * @return what is wrong, by place, in order
     * @throws BusException by {@code side}, when it cannot be read as XML
     */
    final Map<String, String> parse(byte[] content, Side side) {
        try {
            reader.parse(SafeXml.input(content));
        } catch (IOException | SAXException unreadable) {
            // its text may quote content, so it does not go on
            throw SafeXml.refusal(unreadable, side).orElseGet(() -> side.refuse("could not be read"));
        }
        return reasons;
    }

    final boolean isRight() {
        return reasons.isEmpty();
    }

    /** What stands here is wrong. */
    final void wrong(String reason) {
        reasons.putIfAbsent(place(), reason);
    }

    /** An element has begun, and the checker has seen it. */
    void opened(String uri, String localName, String name, Attributes attributes) {}

    /** The innermost element ends, and the checker has seen it. */
    void closing(String name) {}

    /** The checker has seen this text. */
    void text(char[] text, int start, int length) {}

    private String place() {
        StringBuilder path = new StringBuilder();
        for (Iterator<String> next = open.descendingIterator(); next.hasNext(); ) {
            path.append('/').append(next.next());
        }
        return path.isEmpty() ? "the whole" : path.toString();
    }

    @Override
    public final void error(SAXParseException broken) {
        wrong(XmlContract.rule(String.valueOf(broken.getMessage())));
    }

    @Override
    public final void fatalError(SAXParseException broken) throws SAXException {
        throw broken;
    }

    @Override
    public final void startDocument() throws SAXException {
        checker.startDocument();
    }

    @Override
    public final void endDocument() throws SAXException {
        checker.endDocument();
    }

    @Override
    public void startPrefixMapping(String prefix, String uri) throws SAXException {
        checker.startPrefixMapping(prefix, uri);
    }

    @Override
    public void endPrefixMapping(String prefix) throws SAXException {
        checker.endPrefixMapping(prefix);
    }

    @Override
    public final void startElement(String uri, String localName, String qName, Attributes attributes)
            throws SAXException {
        open.push(known.test(localName) ? localName : "*");
        checker.startElement(uri, localName, qName, attributes);
        opened(uri, localName, qName, attributes);
    }

    @Override
    public final void endElement(String uri, String localName, String qName) throws SAXException {
        checker.endElement(uri, localName, qName);
        closing(qName);
        open.pop();
    }

    @Override
    public final void characters(char[] text, int start, int length) throws SAXException {
        checker.characters(text, start, length);
        text(text, start, length);
    }

    @Override
    public final void ignorableWhitespace(char[] text, int start, int length) throws SAXException {
        checker.ignorableWhitespace(text, start, length);
    }
}
