package vn.lgsp.transform;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.DecimalNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.TextNode;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import javax.xml.XMLConstants;

/**
 * What a simple type of a schema is in JSON: text, a number with all its digits, a truth value, or an array of these.
 *
 * @param builtin the type of XML Schema itself that it comes from, such as {@code date}
 * @param members of a list, the type of its items; of a union, its types
 */
record TextType(Kind kind, String builtin, Space space, List<TextType> members, Facets facets) implements TypeForm {
    /** Beyond this, what a number is written with says nothing about the world, and takes long to work with. */
    private static final int MOST_DIGITS = 1_000;

    private static final Set<String> NOT_FINITE = Set.of("INF", "-INF", "NaN");
    private static final Set<String> WHOLE = Set.of(
            "integer",
            "long",
            "int",
            "short",
            "byte",
            "nonNegativeInteger",
            "positiveInteger",
            "nonPositiveInteger",
            "negativeInteger",
            "unsignedLong",
            "unsignedInt",
            "unsignedShort",
            "unsignedByte");
    private static final Set<String> TOKENS = Set.of("NMTOKENS", "IDREFS", "ENTITIES");
    private static final Pattern SPACES = Pattern.compile("[ \t\n\r]+");
    /** A qualified name: {@code {namespace}local}, or {@code local} in no namespace. */
    static final Pattern NAME = Pattern.compile("(?:\\{([^{}]+)})?([^{}:\\s]+)");

    /** What it is in JSON. */
    enum Kind {
        STRING,
        BINARY,
        DECIMAL,
        FLOAT,
        BOOLEAN,
        LIST,
        NAME
    }

    /** What becomes of white space, as the standard calls it. */
    enum Space {
        PRESERVE,
        REPLACE,
        COLLAPSE;

        String apply(String text) {
            if (this == PRESERVE) {
                return text;
            }
            if (this == REPLACE) {
                return text.replaceAll("[\t\n\r]", " ");
            }
            return SPACES.matcher(text).replaceAll(" ").replaceAll("^ | $", "");
        }
    }

    /**
     * What bounds its values.
     *
     * @param values the only ones; none where others may be
     * @param patterns each of these must hold; of the inner ones one
     * @param bounds of lengths, digits and sizes, by the name of the facet
     */
    record Facets(List<String> values, List<List<String>> patterns, Map<String, String> bounds) {
        static final Facets NONE = new Facets(List.of(), List.of(), Map.of());
    }

    /** A value that does not fit, and why: never the value. */
    static final class Unfit extends Exception {
        private static final long serialVersionUID = 1L;

        Unfit(String why) {
            super(why, null, false, false);
        }
    }

    /** One of those that the standard brings along; {@code NOTATION} and {@code anyType} are none. */
    static TextType builtin(String name) {
        if (TOKENS.contains(name)) {
            return new TextType(
                    Kind.LIST, name, Space.COLLAPSE, List.of(builtin(name.replaceFirst("(IE)?S$", ""))), Facets.NONE);
        }
        // written as {namespace}local: no prefix means anything in JSON
        Kind kind = WHOLE.contains(name) || name.equals("decimal")
                ? Kind.DECIMAL
                : switch (name) {
                    case "float", "double" -> Kind.FLOAT;
                    case "boolean" -> Kind.BOOLEAN;
                    case "base64Binary" -> Kind.BINARY;
                    case "QName" -> Kind.NAME;
                    default -> Kind.STRING;
                };
        Space space =
                switch (name) {
                    case "string", "anySimpleType" -> Space.PRESERVE;
                    case "normalizedString" -> Space.REPLACE;
                    default -> Space.COLLAPSE;
                };
        return new TextType(kind, name, space, List.of(), Facets.NONE);
    }

    boolean isWhole() {
        return kind == Kind.DECIMAL && WHOLE.contains(builtin);
    }

    /** Whether qualified names are its values, or among them. */
    boolean hasNames() {
        return kind == Kind.NAME || (kind == Kind.LIST && members.get(0).kind == Kind.NAME);
    }

    /** The value that this text is, which the schema allows; names in it are written as in JSON. */
    JsonNode json(String text) throws Unfit {
        return json(text, UnaryOperator.identity());
    }

    /** @param named writes a name as in JSON */
    JsonNode json(String text, UnaryOperator<String> named) throws Unfit {
        return switch (kind) {
            case STRING -> TextNode.valueOf(space.apply(text));
            case BINARY -> TextNode.valueOf(SPACES.matcher(text).replaceAll(""));
            case BOOLEAN -> BooleanNode.valueOf(Set.of("true", "1").contains(Space.COLLAPSE.apply(text)));
            case DECIMAL -> number(Space.COLLAPSE.apply(text));
            case FLOAT -> {
                String number = Space.COLLAPSE.apply(text);
                yield NOT_FINITE.contains(number) ? TextNode.valueOf(number) : number(number);
            }
            case LIST -> {
                ArrayNode items = JsonNodeFactory.instance.arrayNode();
                String all = Space.COLLAPSE.apply(text);
                for (String item : all.isEmpty() ? new String[0] : all.split(" ")) {
                    items.add(members.get(0).json(item, named));
                }
                yield items;
            }
            case NAME -> TextNode.valueOf(named.apply(Space.COLLAPSE.apply(text)));
        };
    }

    private static JsonNode number(String text) throws Unfit {
        try {
            if (text.length() <= MOST_DIGITS) {
                BigDecimal number = new BigDecimal(text);
                if (Math.abs((long) number.scale()) <= MOST_DIGITS) {
                    return DecimalNode.valueOf(number);
                }
            }
        } catch (NumberFormatException beyond) {
            throw new Unfit("is a number that cannot be read");
        }
        throw new Unfit("is a number of more than " + MOST_DIGITS + " digits");
    }

    /**
     * The text that this value is. Whether the schema allows it is still to be seen.
     *
     * @param named writes a name of JSON as in XML
     */
    String text(JsonNode value, UnaryOperator<String> named) throws Unfit {
        switch (kind) {
            case STRING -> {
                String text = string(value);
                if (!space.apply(text).equals(text)) {
                    throw new Unfit("has white space that its type does not keep");
                }
                return text;
            }
            case BINARY -> {
                String text = string(value);
                if (SPACES.matcher(text).find()) {
                    throw new Unfit("has white space inside of its base64");
                }
                return text;
            }
            case BOOLEAN -> {
                if (!value.isBoolean()) {
                    throw new Unfit("is not true or false");
                }
                return value.asText();
            }
            case DECIMAL -> {
                return bounded(value).toPlainString();
            }
            case FLOAT -> {
                if (value.isTextual() && NOT_FINITE.contains(value.textValue())) {
                    return value.textValue();
                }
                return bounded(value).toString();
            }
            case NAME -> {
                String name = string(value);
                // no prefix may be declared for the namespace of declarations
                if (!NAME.matcher(name).matches() || name.startsWith("{" + XMLConstants.XMLNS_ATTRIBUTE_NS_URI + "}")) {
                    throw new Unfit("is not a name as {namespace}local");
                }
                return named.apply(name);
            }
            default -> {
                return items(value, named);
            }
        }
    }

    private String items(JsonNode value, UnaryOperator<String> named) throws Unfit {
        if (!value.isArray()) {
            throw new Unfit("is not an array");
        }
        StringBuilder text = new StringBuilder();
        for (JsonNode item : value) {
            String written = members.get(0).text(item, named);
            if (written.isEmpty() || SPACES.matcher(written).find()) {
                throw new Unfit("has an item that is empty, or has white space inside");
            }
            text.append(text.isEmpty() ? "" : " ").append(written);
        }
        return text.toString();
    }

    private static BigDecimal bounded(JsonNode value) throws Unfit {
        if (!value.isNumber()) {
            throw new Unfit("is not a number");
        }
        BigDecimal number = value.decimalValue();
        if (Math.abs((long) number.scale()) > MOST_DIGITS || number.precision() > MOST_DIGITS) {
            throw new Unfit("is a number of more than " + MOST_DIGITS + " digits");
        }
        return number;
    }

    private static String string(JsonNode value) throws Unfit {
        if (!value.isTextual()) {
            throw new Unfit("is not a string");
        }
        requireXml(value.textValue());
        return value.textValue();
    }

    /** @throws Unfit when there is a character that no XML 1.0 can carry */
    static void requireXml(String text) throws Unfit {
        for (int i = 0; i < text.length(); i++) {
            char unit = text.charAt(i);
            boolean plain =
                    unit >= ' ' ? unit < 0xD800 || (unit > 0xDFFF && unit < 0xFFFE) : "\t\n\r".indexOf(unit) >= 0;
            if (!plain) {
                if (Character.isHighSurrogate(unit)
                        && i + 1 < text.length()
                        && Character.isLowSurrogate(text.charAt(i + 1))) {
                    i++;
                } else {
                    throw new Unfit("has a character that XML cannot carry");
                }
            }
        }
    }
}
