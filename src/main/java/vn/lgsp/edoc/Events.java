package vn.lgsp.edoc;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;
import vn.lgsp.failure.Rule;
import vn.lgsp.parse.XmlParsers;

/** The events of one packet, one after the other; where there are no more, why. */
final class Events implements XMLStreamConstants {
    private final PacketBytes bytes;
    private final PacketText text;
    private final XMLStreamReader xml;
    private int depth;

    Events(PacketBytes bytes, PacketText text) throws IOException {
        this.bytes = bytes;
        this.text = text;
        try {
            xml = XmlParsers.events(text.reader(bytes));
        } catch (XMLStreamException | RuntimeException broken) {
            throw broken(broken);
        }
    }

    /** @throws Stopped where what comes next may not be, or is no XML */
    int next() throws IOException {
        bytes.beginPiece();
        int event;
        try {
            event = xml.next();
        } catch (XMLStreamException | RuntimeException broken) {
            // the parser of the JDK throws whatever it stumbles over
            throw broken(broken);
        }
        if (event == START_ELEMENT) {
            depth++;
        } else if (event == END_ELEMENT) {
            depth--;
        } else if (event == DTD) {
            throw new Stopped(Rule.EDOC_DOCTYPE);
        } else if (event == ENTITY_REFERENCE) {
            throw new Stopped(Rule.EDOC_NOT_WELL_FORMED);
        }
        return event;
    }

    private IOException broken(Exception why) {
        if (bytes.failure().isPresent()) {
            return bytes.failure().get();
        } else if (XmlParsers.isBeyondBounds(why)) {
            return new Stopped(Rule.EDOC_BOUNDS, XmlParsers.bounds());
        }
        Throwable cause = why instanceof XMLStreamException told && told.getNestedException() != null
                ? told.getNestedException()
                : why.getCause();
        if (cause instanceof CharacterCodingException) {
            return new Stopped(Rule.EDOC_ENCODING, text.encoding());
        }
        return new Stopped(Rule.EDOC_NOT_WELL_FORMED);
    }

    /** How many elements are open. */
    int depth() {
        return depth;
    }

    /** Reads on until the element at this depth is closed. */
    void close(int open) throws IOException {
        while (depth >= open) {
            next();
        }
    }

    XMLStreamReader xml() {
        return xml;
    }

    int line() {
        return Math.max(0, xml.getLocation().getLineNumber());
    }
}
