package vn.lgsp.transform;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Locale;
import java.util.Objects;
import javax.xml.transform.Source;
import javax.xml.transform.sax.SAXSource;
import org.jspecify.annotations.Nullable;
import org.xml.sax.ContentHandler;
import org.xml.sax.InputSource;
import org.xml.sax.SAXException;
import org.xml.sax.helpers.AttributesImpl;
import org.xml.sax.helpers.XMLFilterImpl;

/**
 * Shows JSON to a stylesheet in the XML form of XPath 3.1 ({@code fn:json-to-xml}): {@code map}, {@code array}, {@code string},
 * {@code number}, {@code boolean} and {@code null}, with members as {@code @key}. Numbers keep their digits.
 */
final class JsonXml extends XMLFilterImpl {
    static final String NAMESPACE = "http://www.w3.org/2005/xpath-functions";

    private final JsonNode root;

    private JsonXml(JsonNode root) {
        this.root = root;
    }

    static Source source(JsonNode root) {
        return new SAXSource(new JsonXml(root), new InputSource());
    }

    /** Saxon asks for namespaces, which is what these events have. */
    @Override
    public void setFeature(String name, boolean value) {}

    /** Nor has JSON comments, which Saxon would like to hear of. */
    @Override
    public void setProperty(String name, Object value) {}

    @Override
    public boolean getFeature(String name) {
        return "http://xml.org/sax/features/namespaces".equals(name);
    }

    @Override
    public void parse(InputSource ignored) throws SAXException {
        ContentHandler out = Objects.requireNonNull(getContentHandler());
        out.startDocument();
        out.startPrefixMapping("", NAMESPACE);
        value(root, null, out);
        out.endPrefixMapping("");
        out.endDocument();
    }

    private static void value(JsonNode node, @Nullable String key, ContentHandler out) throws SAXException {
        AttributesImpl attributes = new AttributesImpl();
        if (key != null) {
            text(attributes, "key", "escaped-key", key);
        }
        if (node.isObject()) {
            start("map", attributes, out);
            for (var member : node.properties()) {
                value(member.getValue(), member.getKey(), out);
            }
            end("map", out);
        } else if (node.isArray()) {
            start("array", attributes, out);
            for (JsonNode element : node) {
                value(element, null, out);
            }
            end("array", out);
        } else if (node.isTextual()) {
            String text = node.textValue();
            if (!isXml(text)) {
                attribute(attributes, "escaped", "true");
                text = escaped(text);
            }
            leaf("string", attributes, text, out);
        } else if (node.isNumber()) {
            leaf("number", attributes, node.asText(), out);
        } else if (node.isBoolean()) {
            leaf("boolean", attributes, node.asText(), out);
        } else {
            leaf("null", attributes, "", out);
        }
    }

    private static void text(AttributesImpl attributes, String name, String flag, String text) {
        boolean plain = isXml(text);
        attribute(attributes, name, plain ? text : escaped(text));
        if (!plain) {
            attribute(attributes, flag, "true");
        }
    }

    private static void attribute(AttributesImpl attributes, String name, String value) {
        attributes.addAttribute("", name, name, "CDATA", value);
    }

    private static void leaf(String name, AttributesImpl attributes, String text, ContentHandler out)
            throws SAXException {
        start(name, attributes, out);
        out.characters(text.toCharArray(), 0, text.length());
        end(name, out);
    }

    private static void start(String name, AttributesImpl attributes, ContentHandler out) throws SAXException {
        out.startElement(NAMESPACE, name, name, attributes);
    }

    private static void end(String name, ContentHandler out) throws SAXException {
        out.endElement(NAMESPACE, name, name);
    }

    /** JSON may carry control characters that XML 1.0 has no form for; the standard writes those as JSON escapes. */
    private static boolean isXml(String text) {
        return text.chars().allMatch(JsonXml::isXml);
    }

    private static boolean isXml(int unit) {
        return unit >= 0x20 ? unit < 0xFFFE : unit == '\t' || unit == '\n' || unit == '\r';
    }

    private static String escaped(String text) {
        StringBuilder escaped = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            char unit = text.charAt(i);
            if (unit == '\\') {
                escaped.append("\\\\");
            } else if (isXml(unit)) {
                escaped.append(unit);
            } else {
                escaped.append(String.format(Locale.ROOT, "\\u%04X", (int) unit));
            }
        }
        return escaped.toString();
    }
}
