package vn.lgsp.transform;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Matcher;
import javax.xml.XMLConstants;
import javax.xml.namespace.QName;
import javax.xml.validation.ValidatorHandler;
import org.xml.sax.SAXException;
import org.xml.sax.SAXParseException;
import org.xml.sax.helpers.AttributesImpl;
import org.xml.sax.helpers.DefaultHandler;

/**
 * Makes XML of JSON in one pass: elements in the order of the schema, whatever the order of the members. The checker sees every event
 * while it is written.
 */
final class JsonToXml extends DefaultHandler {
    private static final String XSI = XMLConstants.W3C_XML_SCHEMA_INSTANCE_NS_URI;
    private static final Set<String> NOT_FREE = Set.of(XSI, XMLConstants.XMLNS_ATTRIBUTE_NS_URI);

    private final SchemaForm form;
    private final ValidatorHandler checker;
    private final Deque<String> open = new ArrayDeque<>();
    private final Map<String, String> reasons = new LinkedHashMap<>();
    private final StringBuilder out = new StringBuilder();
    /** Prefixes by namespace, that the schema has no name in, and that the next element needs. */
    private final Map<String, String> needed = new LinkedHashMap<>();

    /** Prefixes that belong to elements which are open. */
    private final Deque<List<String>> mapped = new ArrayDeque<>();

    private final Deque<ComplexForm> inside = new ArrayDeque<>();
    private final XmlOfText fragments = new XmlOfText();

    JsonToXml(SchemaForm form, ValidatorHandler checker) {
        this.form = form;
        this.checker = checker;
        checker.setErrorHandler(this);
    }

    /** Why nothing more can be made of it. */
    private static final class Refused extends Exception {
        private static final long serialVersionUID = 1L;

        Refused() {
            super("", null, false, false);
        }
    }

    byte[] write(JsonNode json, Side side) {
        out.setLength(0);
        try {
            checker.startDocument();
            for (Map.Entry<String, String> prefix : form.prefixes().entrySet()) {
                checker.startPrefixMapping(prefix.getValue(), prefix.getKey());
            }
            checker.startPrefixMapping("xsi", XSI);
            element(form.root(), json);
            checker.endDocument();
        } catch (Refused refused) {
            throw form.refusal(reasons, side);
        } catch (SAXException impossible) {
            throw new IllegalStateException("events of our own are well-formed", impossible);
        }
        if (!reasons.isEmpty()) {
            throw form.refusal(reasons, side);
        }
        return out.toString().getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public void error(SAXParseException broken) {
        String rule = XmlContract.rule(String.valueOf(broken.getMessage()));
        reasons.putIfAbsent(
                place(),
                switch (rule) {
                    case "lacks an element at its end" -> "lacks a member";
                    case "is not the element that must stand here" -> "cannot stand beside the members that are there";
                    default -> rule;
                });
    }

    private Refused refuse(String why) {
        reasons.putIfAbsent(place(), why);
        return new Refused();
    }

    /** A JSON pointer; a member that the schema does not name may itself be content, and is shown as a star. */
    private String place() {
        StringBuilder path = new StringBuilder();
        for (Iterator<String> next = open.descendingIterator(); next.hasNext(); ) {
            path.append('/').append(next.next());
        }
        return path.isEmpty() ? "the whole" : path.toString();
    }

    private Refused refuse(String member, String why) {
        open.push(member);
        return refuse(why);
    }

    private void element(ElementForm element, JsonNode value) throws Refused, SAXException {
        TypeForm type = element.type();
        AttributesImpl attributes = new AttributesImpl();
        if (value.isNull()) {
            if (!element.nillable()) {
                throw refuse("is null, which it may not be: leave it out");
            }
            attributes.addAttribute(XSI, "nil", "xsi:nil", "CDATA", "true");
            start(element.name(), attributes);
            end(element.name());
            return;
        }
        if (value.isObject() && value.has(ComplexForm.TYPE)) {
            type = named(type, value.get(ComplexForm.TYPE), attributes);
        }
        if (element.filled().isPresent()
                && value.isTextual()
                && value.textValue().isEmpty()) {
            start(element.name(), attributes);
            end(element.name());
            return;
        }
        if (type instanceof TextType text) {
            String written = text(text, value);
            start(element.name(), attributes);
            characters(written);
            end(element.name());
            return;
        }
        if (type instanceof AnyForm) {
            any(element, value);
            return;
        }
        complex(element, (ComplexForm) type, value, attributes);
    }

    /** One element as text of XML, with whatever is in it. */
    private void any(ElementForm element, JsonNode value) throws Refused, SAXException {
        if (!value.isTextual()) {
            throw refuse("is not a string");
        }
        try {
            QName name = fragments.read(value.textValue(), checker, out);
            boolean free = element.local().equals(ComplexForm.ANY);
            if (!free && !name.equals(element.name())) {
                throw refuse("is not the element " + element.local());
            }
            if (free && !isFree(name)) {
                throw refuse("is an element that has a member of its own");
            }
        } catch (XmlOfText.Unreadable unreadable) {
            throw refuse("is not one element in XML");
        }
    }

    private boolean isFree(QName name) {
        return inside.element()
                .child(name)
                .filter(child -> child.element().local().equals(ComplexForm.ANY))
                .isPresent();
    }

    private TypeForm named(TypeForm declared, JsonNode written, AttributesImpl attributes) throws Refused {
        if (declared instanceof ComplexForm complex && written.isTextual()) {
            ComplexForm other = complex.derived().get(written.textValue());
            if (other != null) {
                attributes.addAttribute(
                        XSI, "type", "xsi:type", "CDATA", prefixed(other.name().orElseThrow()));
                return other;
            }
        }
        throw refuse(ComplexForm.TYPE, "names no type that may stand here");
    }

    private void complex(ElementForm element, ComplexForm type, JsonNode value, AttributesImpl attributes)
            throws Refused, SAXException {
        if (type.isPlain() && attributes.getLength() == 0) {
            String written = text(type.text().orElseThrow(), value);
            start(element.name(), attributes);
            characters(written);
            end(element.name());
            return;
        }
        if (!value.isObject()) {
            throw refuse("is not an object");
        }
        boolean nil = value.has(ComplexForm.NIL);
        if (nil) {
            if (!element.nillable() || !value.path(ComplexForm.NIL).booleanValue()) {
                throw refuse(ComplexForm.NIL, "may not stand here");
            }
            attributes.addAttribute(XSI, "nil", "xsi:nil", "CDATA", "true");
        }
        for (Map.Entry<String, JsonNode> member : value.properties()) {
            member(type, nil, member.getKey(), member.getValue(), attributes);
        }
        for (ComplexForm.Attribute attribute : type.attributes().values()) {
            if (attribute.required()
                    && !value.has(ComplexForm.ATTRIBUTE + attribute.name().getLocalPart())) {
                throw refuse("lacks " + ComplexForm.ATTRIBUTE + attribute.name().getLocalPart());
            }
        }
        if (nil && attributes.getLength() == 1) {
            throw refuse(ComplexForm.NIL, "stands alone: write null instead of the object");
        }
        String written = nil ? "" : simple(element, type, value);
        start(element.name(), attributes);
        characters(written);
        if (!nil) {
            inside.push(type);
            content(type, value);
            inside.pop();
        }
        end(element.name());
    }

    /** What simple content is; of any other nothing. */
    private String simple(ElementForm element, ComplexForm type, JsonNode value) throws Refused {
        if (type.text().isEmpty()) {
            return "";
        }
        JsonNode text = value.get(ComplexForm.VALUE);
        if (text == null) {
            throw refuse("lacks " + ComplexForm.VALUE);
        }
        if (element.filled().isPresent() && text.isTextual() && text.textValue().isEmpty()) {
            return "";
        }
        open.push(ComplexForm.VALUE);
        String written = text(type.text().get(), text);
        open.pop();
        return written;
    }

    private void member(ComplexForm type, boolean nil, String name, JsonNode value, AttributesImpl attributes)
            throws Refused {
        if (name.equals(ComplexForm.TYPE) || name.equals(ComplexForm.NIL)) {
            return;
        }
        if (name.equals(ComplexForm.ATTRIBUTE + ComplexForm.ANY_ATTRIBUTE)
                && type.attributes().containsKey(ComplexForm.ANY_ATTRIBUTE)) {
            open.push(name);
            attributes(type, value, attributes);
            open.pop();
            return;
        }
        ComplexForm.Attribute attribute =
                name.startsWith(ComplexForm.ATTRIBUTE) ? type.attributes().get(name.substring(1)) : null;
        if (attribute != null) {
            open.push(name);
            attributes.addAttribute(
                    attribute.name().getNamespaceURI(),
                    attribute.name().getLocalPart(),
                    prefixed(attribute.name()),
                    "CDATA",
                    text(attribute.type(), value));
            open.pop();
            return;
        }
        boolean known = type.text().isPresent()
                ? name.equals(ComplexForm.VALUE)
                : type.isOrdered()
                        ? name.equals(ComplexForm.CONTENT)
                        : type.children().containsKey(name);
        if (!known || nil) {
            throw refuse(form.knows(name) || known ? name : "*", "is a member that may not stand here");
        }
    }

    /** Attributes that no schema names, by their names. */
    private void attributes(ComplexForm type, JsonNode value, AttributesImpl attributes) throws Refused {
        if (!value.isObject() || value.isEmpty()) {
            throw refuse("is not an object of attributes");
        }
        for (Map.Entry<String, JsonNode> member : value.properties()) {
            Matcher name = TextType.NAME.matcher(member.getKey());
            if (!name.matches() || !member.getValue().isTextual() || !fragments.isName(name.group(2))) {
                throw refuse("*", "is not the text of an attribute that is called {namespace}local");
            }
            String namespace = Objects.requireNonNullElse(name.group(1), "");
            QName qualified = new QName(checked(namespace), name.group(2));
            boolean declares = namespace.isEmpty() && qualified.getLocalPart().equals(XMLConstants.XMLNS_ATTRIBUTE);
            if (declares
                    || NOT_FREE.contains(namespace)
                    || !type.attribute(qualified)
                            .filter(other -> other.name().getLocalPart().equals(ComplexForm.ANY_ATTRIBUTE))
                            .isPresent()) {
                throw refuse("*", "is an attribute that may not stand here, or has a member of its own");
            }
            attributes.addAttribute(
                    namespace,
                    qualified.getLocalPart(),
                    named(member.getKey()),
                    "CDATA",
                    checked(member.getValue().textValue()));
        }
    }

    private void content(ComplexForm type, JsonNode value) throws Refused, SAXException {
        if (type.isOrdered()) {
            ordered(type, value.path(ComplexForm.CONTENT));
        } else if (type.model().isPresent()) {
            particle(type, type.model().get(), value, true);
        }
    }

    private void ordered(ComplexForm type, JsonNode content) throws Refused, SAXException {
        if (content.isMissingNode()) {
            return;
        }
        open.push(ComplexForm.CONTENT);
        if (!content.isArray()) {
            throw refuse("is not an array");
        }
        boolean afterText = false;
        for (int i = 0; i < content.size(); i++) {
            JsonNode part = content.get(i);
            open.push(Integer.toString(i));
            if (part.isTextual() && type.isMixed()) {
                if (afterText || part.textValue().isEmpty()) {
                    throw refuse("is a text that is empty, or follows another: write them as one");
                }
                characters(checked(part.textValue()));
            } else if (part.isObject() && part.size() == 1) {
                String name = part.fieldNames().next();
                ComplexForm.Child child = type.children().get(name);
                if (child == null) {
                    throw refuse(form.knows(name) ? name : "*", "is a member that may not stand here");
                }
                open.push(name);
                element(child.element(), part.get(name));
                open.pop();
            } else {
                throw refuse("is not an object of one member" + (type.isMixed() ? ", nor a text" : ""));
            }
            afterText = part.isTextual();
            open.pop();
        }
        open.pop();
    }

    /** @param needed whether what is around must be there */
    private void particle(ComplexForm type, ComplexForm.Particle particle, JsonNode object, boolean needed)
            throws Refused, SAXException {
        if (particle instanceof ComplexForm.One one) {
            one(type, one, object, needed && one.least() > 0);
            return;
        }
        ComplexForm.Group group = (ComplexForm.Group) particle;
        boolean all = group.kind() == ComplexForm.Group.Kind.ALL;
        boolean each = needed
                && group.least() > 0
                && (group.kind() != ComplexForm.Group.Kind.CHOICE
                        || group.parts().size() == 1);
        if (all) {
            // in whatever order: then in that of the members
            for (Map.Entry<String, JsonNode> member : object.properties()) {
                for (ComplexForm.Particle part : group.parts()) {
                    if (part instanceof ComplexForm.One one
                            && one.element().local().equals(member.getKey())) {
                        one(type, one, object, false);
                    }
                }
            }
        }
        for (ComplexForm.Particle part : group.parts()) {
            if (!all
                    || (part instanceof ComplexForm.One one
                            && !object.has(one.element().local()))) {
                particle(type, part, object, each);
            }
        }
    }

    private void one(ComplexForm type, ComplexForm.One one, JsonNode object, boolean needed)
            throws Refused, SAXException {
        String name = one.element().local();
        JsonNode value = object.get(name);
        if (value == null) {
            if (needed) {
                throw refuse("lacks " + name);
            }
            return;
        }
        open.push(name);
        if (Objects.requireNonNull(type.children().get(name)).list()) {
            if (!value.isArray()) {
                throw refuse("is not an array");
            }
            for (int i = 0; i < value.size(); i++) {
                open.push(Integer.toString(i));
                element(one.element(), value.get(i));
                open.pop();
            }
        } else {
            element(one.element(), value);
        }
        open.pop();
    }

    private String text(TextType type, JsonNode value) throws Refused {
        try {
            return type.text(value, this::named);
        } catch (TextType.Unfit unfit) {
            throw refuse(String.valueOf(unfit.getMessage()));
        }
    }

    private String checked(String text) throws Refused {
        try {
            TextType.requireXml(text);
            return text;
        } catch (TextType.Unfit unfit) {
            throw refuse(String.valueOf(unfit.getMessage()));
        }
    }

    /** A name as XML has it, with a prefix that is declared on the next element at the latest. */
    private String named(String written) {
        Matcher name = TextType.NAME.matcher(written);
        if (!name.matches() || name.group(1) == null) {
            return written;
        }
        String namespace = name.group(1);
        String prefix = namespace.equals(XMLConstants.XML_NS_URI)
                ? "xml"
                : form.prefixes().get(namespace);
        if (prefix == null) {
            prefix = needed.computeIfAbsent(namespace, other -> "q" + (needed.size() + 1));
        }
        return prefix + ":" + name.group(2);
    }

    private String prefixed(QName name) {
        String prefix = form.prefixes().getOrDefault(name.getNamespaceURI(), "");
        return prefix.isEmpty() ? name.getLocalPart() : prefix + ":" + name.getLocalPart();
    }

    private void start(QName name, AttributesImpl attributes) throws SAXException {
        String qualified = prefixed(name);
        for (Map.Entry<String, String> prefix : needed.entrySet()) {
            checker.startPrefixMapping(prefix.getValue(), prefix.getKey());
        }
        checker.startElement(name.getNamespaceURI(), name.getLocalPart(), qualified, attributes);
        boolean first = out.isEmpty();
        out.append('<').append(qualified);
        if (first) {
            form.prefixes().forEach((namespace, prefix) -> {
                if (!prefix.equals("xml")) {
                    declare(prefix, namespace);
                }
            });
        }
        boolean foreign = false;
        for (int i = 0; i < attributes.getLength(); i++) {
            foreign |= XSI.equals(attributes.getURI(i));
        }
        if (foreign) {
            declare("xsi", XSI);
        }
        needed.forEach((namespace, prefix) -> declare(prefix, namespace));
        mapped.push(List.copyOf(needed.values()));
        needed.clear();
        for (int i = 0; i < attributes.getLength(); i++) {
            out.append(' ').append(attributes.getQName(i)).append("=\"");
            escape(attributes.getValue(i), true);
            out.append('"');
        }
        out.append('>');
    }

    private void declare(String prefix, String namespace) {
        out.append(" xmlns:").append(prefix).append("=\"");
        escape(namespace, true);
        out.append('"');
    }

    private void end(QName name) throws SAXException {
        String qualified = prefixed(name);
        checker.endElement(name.getNamespaceURI(), name.getLocalPart(), qualified);
        for (String prefix : mapped.pop()) {
            checker.endPrefixMapping(prefix);
        }
        out.append("</").append(qualified).append('>');
    }

    private void characters(String text) throws SAXException {
        if (text.isEmpty()) {
            return;
        }
        checker.characters(text.toCharArray(), 0, text.length());
        escape(text, false);
    }

    private void escape(String text, boolean attribute) {
        Fragment.escape(text, attribute, out);
    }
}
