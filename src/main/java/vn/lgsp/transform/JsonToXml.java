package vn.lgsp.transform;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
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

    private final SchemaForm form;
    private final ValidatorHandler checker;
    private final Deque<String> open = new ArrayDeque<>();
    private final Map<String, String> reasons = new LinkedHashMap<>();
    private final StringBuilder out = new StringBuilder();

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
            start(element.name(), attributes);
            characters(text(text, value));
            end(element.name());
            return;
        }
        complex(element, (ComplexForm) type, value, attributes);
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
            start(element.name(), attributes);
            characters(text(type.text().orElseThrow(), value));
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
        start(element.name(), attributes);
        if (!nil) {
            content(element, type, value);
        }
        end(element.name());
    }

    private void member(ComplexForm type, boolean nil, String name, JsonNode value, AttributesImpl attributes)
            throws Refused {
        if (name.equals(ComplexForm.TYPE) || name.equals(ComplexForm.NIL)) {
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

    private void content(ElementForm element, ComplexForm type, JsonNode value) throws Refused, SAXException {
        if (type.text().isPresent()) {
            JsonNode text = value.get(ComplexForm.VALUE);
            if (text == null) {
                throw refuse("lacks " + ComplexForm.VALUE);
            }
            if (!(element.filled().isPresent()
                    && text.isTextual()
                    && text.textValue().isEmpty())) {
                open.push(ComplexForm.VALUE);
                characters(text(type.text().get(), text));
                open.pop();
            }
        } else if (type.isOrdered()) {
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
            return type.text(value);
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

    private String prefixed(QName name) {
        String prefix = form.prefixes().getOrDefault(name.getNamespaceURI(), "");
        return prefix.isEmpty() ? name.getLocalPart() : prefix + ":" + name.getLocalPart();
    }

    private void start(QName name, AttributesImpl attributes) throws SAXException {
        String qualified = prefixed(name);
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
        out.append("</").append(qualified).append('>');
    }

    private void characters(String text) throws SAXException {
        checker.characters(text.toCharArray(), 0, text.length());
        escape(text, false);
    }

    private void escape(String text, boolean attribute) {
        for (int i = 0; i < text.length(); i++) {
            char unit = text.charAt(i);
            switch (unit) {
                case '&' -> out.append("&amp;");
                case '<' -> out.append("&lt;");
                case '>' -> out.append("&gt;");
                case '"' -> out.append(attribute ? "&quot;" : "\"");
                // a reader would take these for the end of a line, and in an attribute for a space
                case '\r' -> out.append("&#13;");
                case '\n' -> out.append(attribute ? "&#10;" : "\n");
                case '\t' -> out.append(attribute ? "&#9;" : "\t");
                default -> out.append(unit);
            }
        }
    }
}
