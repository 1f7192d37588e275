package vn.lgsp.transform;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import javax.xml.XMLConstants;
import javax.xml.namespace.QName;
import javax.xml.validation.ValidatorHandler;
import org.jspecify.annotations.Nullable;
import org.xml.sax.Attributes;
import org.xml.sax.SAXException;

/**
 * Makes JSON of XML in one pass. The checker sees every event first; as soon as it has something against the content, nothing is made
 * any more, and the rest is only held against the schema.
 */
final class XmlToJson extends CheckedReading {
    private static final String XSI = XMLConstants.W3C_XML_SCHEMA_INSTANCE_NS_URI;
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    private final SchemaForm form;
    private final Deque<Frame> frames = new ArrayDeque<>();
    private final Map<String, List<String>> scopes = new HashMap<>();
    /** Namespaces by prefix, declared on the element that comes next. */
    private final List<Map.Entry<String, String>> declared = new ArrayList<>();
    /** What is read as text of XML, and where it goes. */
    private @Nullable Fragment fragment;

    private @Nullable JsonNode made;

    XmlToJson(SchemaForm form, ValidatorHandler checker) {
        super(checker, form::knows);
        this.form = form;
    }

    /** An element that is open. */
    private static final class Frame {
        private final ElementForm element;
        private final TypeForm type;
        private final ObjectNode object = NODES.objectNode();
        private final StringBuilder text = new StringBuilder();
        private boolean nil;

        Frame(ElementForm element, TypeForm type) {
            this.element = element;
            this.type = type;
        }

        boolean isMixed() {
            return type instanceof ComplexForm complex && complex.isMixed();
        }

        boolean hasText() {
            return !(type instanceof ComplexForm complex) || complex.text().isPresent() || complex.isMixed();
        }
    }

    JsonNode read(byte[] xml, Side side) {
        made = null;
        Map<String, String> reasons = parse(xml, side);
        if (!reasons.isEmpty()) {
            throw form.refusal(reasons, side);
        }
        return Objects.requireNonNull(made);
    }

    @Override
    public void startPrefixMapping(String prefix, String uri) throws SAXException {
        scopes.computeIfAbsent(prefix, first -> new ArrayList<>()).add(uri);
        declared.add(Map.entry(prefix, uri));
        super.startPrefixMapping(prefix, uri);
    }

    @Override
    public void endPrefixMapping(String prefix) throws SAXException {
        List<String> uris = scopes.getOrDefault(prefix, new ArrayList<>());
        uris.remove(uris.size() - 1);
        super.endPrefixMapping(prefix);
    }

    @Override
    void opened(String uri, String localName, String name, Attributes attributes) {
        if (isRight()) {
            if (fragment == null) {
                open(new QName(uri, localName), name, attributes);
            } else {
                fragment.start(name, declared, attributes);
            }
        }
        declared.clear();
    }

    @Override
    void closing(String name) {
        if (isRight() && (fragment == null || fragment.end(name))) {
            close();
        }
    }

    @Override
    void text(char[] text, int start, int length) {
        if (isRight() && fragment != null) {
            fragment.text(text, start, length);
        } else if (isRight() && !frames.isEmpty() && frames.peek().hasText()) {
            frames.peek().text.append(text, start, length);
        }
    }

    private void open(QName name, String written, Attributes attributes) {
        Frame parent = frames.peek();
        ElementForm element;
        if (parent == null) {
            element = form.root();
            if (!element.name().equals(name)) {
                wrong("is not the element " + element.local());
                return;
            }
        } else {
            text(parent);
            // some of what does not fit the checker finds only where the element around ends
            Optional<ComplexForm.Child> child =
                    parent.type instanceof ComplexForm type ? type.child(name) : Optional.empty();
            if (child.isEmpty()) {
                wrong("is not the element that must stand here");
                return;
            }
            element = child.get().element();
            if (!child.get().list() && parent.object.has(element.local()) && !((ComplexForm) parent.type).isOrdered()) {
                wrong("stands where its JSON form has no place for it");
                return;
            }
        }
        if (element.type() instanceof AnyForm) {
            Frame frame = new Frame(element, element.type());
            frames.push(frame);
            fragment = new Fragment(frame.text);
            fragment.start(written, declared, attributes);
            return;
        }
        String named = attributes.getValue(XSI, "type");
        TypeForm type = named == null ? element.type() : named(element.type(), named.strip());
        Frame frame = new Frame(element, type);
        frames.push(frame);
        if (!type.equals(element.type()) && type instanceof ComplexForm derived) {
            frame.object.put(ComplexForm.TYPE, derived.name().orElseThrow().getLocalPart());
        }
        String nil = attributes.getValue(XSI, "nil");
        frame.nil = nil != null && List.of("true", "1").contains(nil.strip());
        if (type instanceof ComplexForm complex) {
            attributes(frame, complex, attributes);
        }
    }

    /** The type that the content names instead of the declared one. */
    private TypeForm named(TypeForm declared, String written) {
        int colon = written.indexOf(':');
        String local = written.substring(colon + 1);
        String uri = namespace(colon < 0 ? "" : written.substring(0, colon));
        if (declared instanceof ComplexForm complex) {
            QName name = new QName(uri, local);
            if (complex.name().filter(name::equals).isPresent()) {
                return declared;
            }
            ComplexForm other = complex.derived().get(local);
            if (other != null && other.name().filter(name::equals).isPresent()) {
                return other;
            }
        } else if (declared instanceof TextType text && uri.equals(XsdNode.XSD) && local.equals(text.builtin())) {
            return declared;
        }
        wrong("has an xsi:type that its JSON form has no place for");
        return declared;
    }

    /** The namespace that a prefix stands for here; empty where it stands for none. */
    private String namespace(String prefix) {
        List<String> uris = scopes.getOrDefault(prefix, List.of());
        return uris.isEmpty() ? "" : uris.get(uris.size() - 1);
    }

    private void attributes(Frame frame, ComplexForm type, Attributes attributes) {
        for (int i = 0; i < attributes.getLength(); i++) {
            QName name = new QName(attributes.getURI(i), attributes.getLocalName(i));
            Optional<ComplexForm.Attribute> attribute =
                    XSI.equals(name.getNamespaceURI()) ? Optional.empty() : type.attribute(name);
            if (attribute.isEmpty()) {
                continue;
            }
            String member = ComplexForm.ATTRIBUTE + attribute.get().name().getLocalPart();
            String value = attributes.getValue(i);
            if (!member.equals(ComplexForm.ATTRIBUTE + ComplexForm.ANY_ATTRIBUTE)) {
                set(frame.object, member, attribute.get().type(), value);
            } else if (hasPrefix(value)) {
                wrong("has an attribute whose value has a prefix, which its JSON form has no place for");
            } else {
                ObjectNode all =
                        frame.object.get(member) instanceof ObjectNode there ? there : frame.object.putObject(member);
                all.put(name.toString(), value);
            }
        }
    }

    /** Whether a value of no known type may be, or may hold, a name with a prefix that means something here. */
    private boolean hasPrefix(String value) {
        return Fragment.prefixes(value).stream()
                .anyMatch(prefix -> !prefix.isEmpty()
                        && !prefix.equals("xml")
                        && !namespace(prefix).isEmpty());
    }

    private void set(ObjectNode object, String member, TextType type, String text) {
        object.set(member, json(type, text));
    }

    private JsonNode json(TextType type, String text) {
        try {
            return type.json(text, this::name);
        } catch (TextType.Unfit unfit) {
            wrong(String.valueOf(unfit.getMessage()));
            return NullNode.getInstance();
        }
    }

    /** A name as JSON has it: without a prefix, so with the namespace that this stands for. */
    private String name(String written) {
        int colon = written.indexOf(':');
        return new QName(namespace(colon < 0 ? "" : written.substring(0, colon)), written.substring(colon + 1))
                .toString();
    }

    private static ArrayNode content(Frame frame) {
        return frame.object.get(ComplexForm.CONTENT) instanceof ArrayNode there
                ? there
                : frame.object.putArray(ComplexForm.CONTENT);
    }

    /** What was read of mixed content up to here. */
    private static void text(Frame frame) {
        if (frame.isMixed() && !frame.text.isEmpty()) {
            content(frame).add(frame.text.toString());
            frame.text.setLength(0);
        }
    }

    private void close() {
        Frame frame = frames.pop();
        if (fragment != null) {
            fragment.complete(this::namespace);
            fragment = null;
        }
        JsonNode value = value(frame);
        Frame parent = frames.peek();
        if (parent == null) {
            made = value;
            return;
        }
        ComplexForm type = (ComplexForm) parent.type;
        String local = frame.element.local();
        if (type.isOrdered()) {
            content(parent).add(NODES.objectNode().set(local, value));
        } else if (Objects.requireNonNull(type.children().get(local)).list()) {
            JsonNode list = parent.object.get(local);
            (list == null ? parent.object.putArray(local) : (ArrayNode) list).add(value);
        } else {
            parent.object.set(local, value);
        }
    }

    private JsonNode value(Frame frame) {
        if (frame.nil) {
            return frame.object.isEmpty() ? NullNode.getInstance() : frame.object.put(ComplexForm.NIL, true);
        }
        if (frame.type instanceof AnyForm) {
            return TextNode.valueOf(frame.text.toString());
        }
        if (frame.type instanceof TextType type) {
            return text(frame, type);
        }
        ComplexForm type = (ComplexForm) frame.type;
        if (type.text().isPresent()) {
            JsonNode value = text(frame, type.text().get());
            return type.isPlain() && frame.object.isEmpty() ? value : frame.object.set(ComplexForm.VALUE, value);
        }
        text(frame);
        if (type.isOrdered()) {
            content(frame);
        } else {
            type.children().forEach((local, child) -> {
                if (child.list() && child.always() && !frame.object.has(local)) {
                    frame.object.putArray(local);
                }
            });
        }
        return frame.object;
    }

    /** Emptiness that the schema fills is told as such: what it is filled with stands in the schema. */
    private JsonNode text(Frame frame, TextType type) {
        return frame.element.filled().isPresent() && frame.text.isEmpty()
                ? TextNode.valueOf("")
                : json(type, frame.text.toString());
    }
}
