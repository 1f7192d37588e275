package vn.lgsp.transform;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Supplier;
import javax.xml.validation.Schema;
import vn.lgsp.failure.BusException;

/**
 * One element of an XML Schema, as XML and as JSON: each made of the other, and held against the schema while it is made. Compiled
 * once, used by many threads.
 *
 * <p>What comes in is either refused or survives: going there and back gives the same content.
 *
 * @see "BUS-09, BUS-17"
 */
final class SchemaForm {
    private static final int MOST_REASONS = 5;

    private final String name;
    private final ElementForm root;
    private final Set<String> names;
    private final Map<String, String> prefixes;
    private final Schema schema;
    /** A parser and a checker cost more to make than a small content costs to turn. */
    private final Queue<XmlToJson> idleReaders = new ConcurrentLinkedQueue<>();

    private final Queue<JsonToXml> idleWriters = new ConcurrentLinkedQueue<>();

    /**
     * @param file of the schema, below the folder
     * @param element declared at its top level, by its local name
     * @throws IllegalArgumentException when a file is missing, or, as {@code Refused}, JSON cannot show what it says
     */
    SchemaForm(MappingFolder folder, String file, String element) {
        name = MappingFolder.name(file);
        SchemaFiles files = new SchemaFiles(folder, file);
        schema = files.compile();
        SchemaReader.Read read = SchemaReader.read(files, element);
        root = read.root();
        names = read.names();
        Map<String, String> found = new LinkedHashMap<>();
        for (String namespace : read.namespaces()) {
            if (namespace.equals(javax.xml.XMLConstants.XML_NS_URI)) {
                found.put(namespace, "xml");
            } else if (!namespace.isEmpty()) {
                found.put(namespace, "n" + (found.size() + 1));
            }
        }
        prefixes = found;
    }

    ElementForm root() {
        return root;
    }

    /** How people are told which schema it is. */
    String name() {
        return name;
    }

    boolean knows(String local) {
        return names.contains(local);
    }

    /** Prefixes by namespace. */
    Map<String, String> prefixes() {
        return prefixes;
    }

    /** @throws BusException by side, naming up to five elements and rules, and no value (MSG-09) */
    JsonNode json(byte[] xml, Side side) {
        XmlToJson reader = idle(idleReaders, () -> new XmlToJson(this, schema.newValidatorHandler()));
        JsonNode made = reader.read(xml, side);
        idleReaders.add(reader); // one that was refused is not used again: nobody knows its state
        return made;
    }

    /** @throws BusException by side, naming up to five members and rules, and no value (MSG-09) */
    byte[] xml(JsonNode json, Side side) {
        JsonToXml writer = idle(idleWriters, () -> new JsonToXml(this, schema.newValidatorHandler()));
        byte[] made = writer.write(json, side);
        idleWriters.add(writer);
        return made;
    }

    private static <T> T idle(Queue<T> queue, Supplier<T> otherwise) {
        return Optional.ofNullable(queue.poll()).orElseGet(otherwise);
    }

    /** @param reasons by place */
    BusException refusal(Map<String, String> reasons, Side side) {
        StringBuilder text = new StringBuilder("breaks " + name + ": ");
        int told = 0;
        for (Map.Entry<String, String> reason : reasons.entrySet()) {
            if (told++ < MOST_REASONS) {
                text.append(told > 1 ? "; " : "")
                        .append(reason.getKey())
                        .append(' ')
                        .append(reason.getValue());
            }
        }
        return side.refuse(text.toString());
    }
}
