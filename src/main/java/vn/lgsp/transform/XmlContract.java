package vn.lgsp.transform;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Collectors;
import javax.xml.validation.Schema;
import org.jspecify.annotations.Nullable;
import org.xml.sax.Attributes;
import org.xml.sax.Locator;
import org.xml.sax.SAXException;
import org.xml.sax.SAXParseException;
import org.xml.sax.XMLReader;
import org.xml.sax.helpers.DefaultHandler;
import vn.lgsp.failure.BusException;
import vn.lgsp.failure.Rule;
import vn.lgsp.parse.XmlParsers;

/**
 * The exchange structure registered for one side of a service: an XML Schema 1.0 in one file, which imports and includes nothing.
 * The content's own hints at schemas are not followed.
 */
final class XmlContract {
    private static final int MOST_REASONS = 5;

    private final String name;
    private final Schema schema;
    private final Set<String> names;
    /** Parser and checker together cost more to make than a small content costs to check. */
    private final Queue<CheckedReading> idle = new ConcurrentLinkedQueue<>();

    /** @throws IllegalArgumentException when the file is missing, outside of the folder, or, as {@code Refused}, no such schema */
    XmlContract(MappingFolder folder, String file) {
        name = MappingFolder.name(file);
        Path path = folder.below(file);
        try {
            byte[] text = Files.readAllBytes(path);
            names = declared(text);
            schema = XmlParsers.schema(SafeXml.input(text));
        } catch (SAXParseException wrong) {
            throw Mistake.refusal(
                    path, wrong.getLineNumber(), Rule.BUILD_XML_SCHEMA, String.valueOf(wrong.getMessage()));
        } catch (IOException | SAXException wrong) {
            throw Mistake.refusal(path, 0, Rule.BUILD_XML_SCHEMA, String.valueOf(wrong.getMessage()));
        }
    }

    /** @throws BusException by side, naming every element and rule that is broken, up to five, and no value (BUS-17, MSG-09) */
    void check(byte[] content, Side side) {
        CheckedReading reading = Optional.ofNullable(idle.poll())
                .orElseGet(() -> new CheckedReading(schema.newValidatorHandler(), names::contains));
        Map<String, String> reasons = reading.parse(content, side);
        if (!reasons.isEmpty()) {
            throw side.refuse("breaks " + name + ": "
                    + reasons.entrySet().stream()
                            .limit(MOST_REASONS)
                            .map(reason -> reason.getKey() + " " + reason.getValue())
                            .collect(Collectors.joining("; ")));
        }
        idle.add(reading); // one that found something is not used again: nobody knows its state
    }

    /** The names of elements that the schema knows; any other may itself be content, and is shown as a star. */
    private static Set<String> declared(byte[] text) throws IOException, SAXException {
        Set<String> found = new HashSet<>();
        XMLReader reader = SafeXml.reader();
        reader.setContentHandler(new DefaultHandler() {
            private @Nullable Locator place;

            @Override
            public void setDocumentLocator(Locator locator) {
                place = locator;
            }

            @Override
            public void startElement(String uri, String localName, String qName, Attributes attributes)
                    throws SAXException {
                if (Set.of("import", "include", "redefine").contains(localName)) {
                    throw new SAXParseException(
                            "it has an xsd:" + localName + ": write the whole schema into one file", place);
                }
                String declared = attributes.getValue("name");
                if (localName.equals("element") && declared != null) {
                    found.add(declared);
                }
            }
        });
        reader.parse(SafeXml.input(text));
        return Set.copyOf(found);
    }

    /** The text begins with the key of the rule in the standard, as in {@code cvc-pattern-valid: Value '...'}; the rest quotes. */
    static String rule(String text) {
        String key = text.contains(":") ? text.substring(0, text.indexOf(':')) : "";
        if (key.startsWith("cvc-complex-type.2.4.b")) {
            return "lacks an element at its end";
        }
        if (key.startsWith("cvc-complex-type.2.4")) {
            return "is not the element that must stand here";
        }
        if (key.startsWith("cvc-elt.1")) {
            return "is not an element of the schema";
        }
        if (key.startsWith("cvc-complex-type.3")) {
            return "has an attribute that it may not have";
        }
        if (key.startsWith("cvc-complex-type.4")) {
            return "lacks an attribute";
        }
        boolean facet = key.startsWith("cvc-") && key.endsWith("-valid");
        return "breaks the rule " + (facet ? key.substring("cvc-".length(), key.length() - "-valid".length()) : "type");
    }
}
