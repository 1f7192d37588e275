package vn.lgsp.transform;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.math.BigDecimal;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Invents JSON that fits an element of an XML Schema: the same each time, short, and nobody's. */
final class ExampleOf {
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    /** How often a type may contain itself. */
    private static final int DEEPEST = 2;

    private final boolean everything;
    private final Map<ComplexForm, Integer> open = new HashMap<>();

    /** @param everything with what may be left out */
    ExampleOf(boolean everything) {
        this.everything = everything;
    }

    JsonNode of(ElementForm element) {
        if (element.filled().isPresent() && element.type() instanceof TextType text) {
            return read(text, element.filled().get());
        }
        if (element.type() instanceof AnyForm any) {
            return TextNode.valueOf(xml(element, any));
        }
        return element.type() instanceof TextType plain
                ? text(plain)
                : complex((ComplexForm) element.type(), Optional.empty());
    }

    private String xml(ElementForm element, AnyForm any) {
        javax.xml.namespace.QName name = element.local().equals(ComplexForm.ANY)
                ? any.sample().map(ElementForm::name).orElseGet(() -> free(any))
                : element.name();
        String text = any.sample()
                .map(sample -> of(sample))
                .filter(JsonNode::isValueNode)
                .map(JsonNode::asText)
                .orElse("mẫu");
        StringBuilder xml = new StringBuilder("<" + name.getLocalPart());
        if (!name.getNamespaceURI().isEmpty()) {
            xml.append(" xmlns=\"");
            Fragment.escape(name.getNamespaceURI(), true, xml);
            xml.append('"');
        }
        xml.append('>');
        Fragment.escape(text, false, xml);
        return xml.append("</").append(name.getLocalPart()).append('>').toString();
    }

    /** A name that no schema knows. */
    private static javax.xml.namespace.QName free(AnyForm any) {
        String namespace = List.of("urn:mau", "", any.target()).stream()
                .filter(any::admits)
                .findFirst()
                .orElseGet(() -> any.admitted().get(0));
        return new javax.xml.namespace.QName(namespace, "mau");
    }

    private JsonNode complex(ComplexForm declared, Optional<String> named) {
        if (declared.isAbstract() && !declared.derived().isEmpty() && named.isEmpty()) {
            for (Map.Entry<String, ComplexForm> other : declared.derived().entrySet()) {
                if (!other.getValue().isAbstract()) {
                    return complex(other.getValue(), Optional.of(other.getKey()));
                }
            }
        }
        if (declared.isPlain() && named.isEmpty()) {
            return text(declared.text().orElseThrow());
        }
        open.merge(declared, 1, Integer::sum);
        ObjectNode object = NODES.objectNode();
        named.ifPresent(name -> object.put(ComplexForm.TYPE, name));
        declared.attributes().forEach((name, attribute) -> {
            if (name.equals(ComplexForm.ANY_ATTRIBUTE)) {
                return; // whoever has some knows which
            }
            if (everything || attribute.required()) {
                object.set(
                        ComplexForm.ATTRIBUTE + name,
                        attribute
                                .fixed()
                                .map(fixed -> read(attribute.type(), fixed))
                                .orElseGet(() -> text(attribute.type())));
            }
        });
        if (declared.text().isPresent()) {
            object.set(ComplexForm.VALUE, text(declared.text().get()));
        } else if (declared.isOrdered()) {
            ArrayNode content = object.putArray(ComplexForm.CONTENT);
            declared.model().ifPresent(model -> particle(declared, model, false, object, Optional.of(content)));
            if (declared.isMixed() && content.isEmpty()) {
                content.add("mẫu");
            }
        } else {
            declared.model().ifPresent(model -> particle(declared, model, false, object, Optional.empty()));
        }
        open.merge(declared, -1, Integer::sum);
        return object;
    }

    /** @param content where the elements are an array */
    private void particle(
            ComplexForm type,
            ComplexForm.Particle particle,
            boolean chosen,
            ObjectNode object,
            Optional<ArrayNode> content) {
        int times = Math.max(
                particle.least(), (everything || chosen) && !isTooDeep(particle) && !isUnknown(particle) ? 1 : 0);
        for (int i = 0; i < times; i++) {
            if (particle instanceof ComplexForm.One one) {
                one(type, one, object, content);
            } else {
                ComplexForm.Group group = (ComplexForm.Group) particle;
                boolean choice = group.kind() == ComplexForm.Group.Kind.CHOICE;
                List<ComplexForm.Particle> parts = choice ? List.of(best(group)) : group.parts();
                parts.forEach(part -> particle(type, part, choice, object, content));
            }
        }
    }

    private void one(ComplexForm type, ComplexForm.One one, ObjectNode object, Optional<ArrayNode> content) {
        String local = one.element().local();
        JsonNode value = of(one.element());
        if (content.isPresent()) {
            content.get().add(NODES.objectNode().set(local, value));
        } else if (java.util.Objects.requireNonNull(type.children().get(local)).list()) {
            JsonNode list = object.get(local);
            (list == null ? object.putArray(local) : (ArrayNode) list).add(value);
        } else {
            object.set(local, value);
        }
    }

    /** Whether nothing that a schema declares is known to fit. */
    private static boolean isUnknown(ComplexForm.Particle particle) {
        return particle instanceof ComplexForm.One one
                && one.element().type() instanceof AnyForm any
                && any.declaredOnly()
                && any.sample().isEmpty();
    }

    /** The first alternative that does not go round in a ring. */
    private ComplexForm.Particle best(ComplexForm.Group choice) {
        return choice.parts().stream()
                .filter(part -> !isTooDeep(part))
                .findFirst()
                .orElseGet(() -> choice.parts().isEmpty()
                        ? new ComplexForm.Group(ComplexForm.Group.Kind.SEQUENCE, 0, 1, List.of())
                        : choice.parts().get(0));
    }

    private boolean isTooDeep(ComplexForm.Particle particle) {
        if (particle instanceof ComplexForm.One one) {
            return one.element().type() instanceof ComplexForm type
                    && (open.getOrDefault(type, 0) >= DEEPEST
                            || type.derived().values().stream()
                                    .anyMatch(other -> open.getOrDefault(other, 0) >= DEEPEST)
                            || open.values().stream()
                                            .mapToInt(Integer::intValue)
                                            .sum()
                                    > 24);
        }
        return ((ComplexForm.Group) particle).parts().stream().anyMatch(part -> part.least() > 0 && isTooDeep(part));
    }

    private static JsonNode read(TextType type, String text) {
        try {
            return type.json(text);
        } catch (TextType.Unfit unfit) {
            throw new IllegalStateException("an example is no value of its type", unfit);
        }
    }

    private JsonNode text(TextType type) {
        TextType.Facets facets = type.facets();
        if (!facets.values().isEmpty()) {
            return read(type, facets.values().get(0));
        }
        if (type.kind() == TextType.Kind.LIST) {
            ArrayNode items = NODES.arrayNode();
            int least = number(facets, "minLength", number(facets, "length", 1));
            for (int i = 0; i < Math.max(1, least); i++) {
                items.add(text(type.members().get(0)));
            }
            return items;
        }
        if (!type.members().isEmpty()) {
            JsonNode first = text(type.members().get(0));
            return type.kind() == TextType.Kind.STRING && !first.isTextual() ? TextNode.valueOf(first.asText()) : first;
        }
        if (!facets.patterns().isEmpty()) {
            return read(
                    type,
                    PatternText.matching(
                            facets.patterns().get(facets.patterns().size() - 1).get(0)));
        }
        return read(
                type,
                type.kind() == TextType.Kind.DECIMAL || type.kind() == TextType.Kind.FLOAT
                        ? number(type)
                        : plain(type));
    }

    private static String plain(TextType type) {
        Map<String, String> bounds = type.facets().bounds();
        String least = bounds.getOrDefault("minInclusive", bounds.getOrDefault("maxInclusive", ""));
        return switch (type.builtin()) {
            case "boolean" -> "true";
            case "base64Binary" -> java.util.Base64.getEncoder().encodeToString(new byte[bytes(type.facets())]);
            case "hexBinary" -> "4C".repeat(bytes(type.facets()));
            case "date" -> least.isEmpty() ? "2026-01-31" : least;
            case "time" -> least.isEmpty() ? "08:30:00" : least;
            case "dateTime" -> least.isEmpty() ? "2026-01-31T08:30:00+07:00" : least;
            case "duration" -> least.isEmpty() ? "P1D" : least;
            case "gYear" -> least.isEmpty() ? "2026" : least;
            case "gYearMonth" -> least.isEmpty() ? "2026-01" : least;
            case "gMonthDay" -> "--01-31";
            case "gDay" -> "---31";
            case "gMonth" -> "--01";
            case "anyURI" -> "urn:mau";
            case "QName" -> "{urn:mau}mau";
            case "language" -> "vi";
            case "Name", "NCName", "ID", "IDREF", "ENTITY", "NMTOKEN" -> fitted(type.facets(), "mau");
            default -> fitted(type.facets(), "mẫu");
        };
    }

    private static int bytes(TextType.Facets facets) {
        return number(
                facets,
                "length",
                Math.max(number(facets, "minLength", 0), Math.min(4, number(facets, "maxLength", 4))));
    }

    private static String fitted(TextType.Facets facets, String word) {
        int least = number(facets, "length", number(facets, "minLength", 0));
        int most = number(facets, "length", number(facets, "maxLength", Integer.MAX_VALUE));
        String text = word;
        while (text.codePointCount(0, text.length()) < least) {
            text += word;
        }
        return text.codePointCount(0, text.length()) <= most
                ? text
                : text.substring(0, text.offsetByCodePoints(0, Math.max(most, least)));
    }

    private static int number(TextType.Facets facets, String name, int otherwise) {
        String written = facets.bounds().get(name);
        return written == null ? otherwise : Integer.parseInt(written);
    }

    private static String number(TextType type) {
        Map<String, String> bounds = type.facets().bounds();
        BigDecimal usual = type.builtin().startsWith("non") || type.builtin().startsWith("neg")
                ? (type.builtin().equals("nonNegativeInteger") ? BigDecimal.ONE : BigDecimal.ONE.negate())
                : BigDecimal.ONE;
        BigDecimal step = type.isWhole() || number(type.facets(), "fractionDigits", 1) == 0
                ? BigDecimal.ONE
                : new BigDecimal("0.1");
        String least = bounds.get("minInclusive");
        String above = bounds.get("minExclusive");
        String most = bounds.get("maxInclusive");
        String below = bounds.get("maxExclusive");
        if (least != null && usual.compareTo(new BigDecimal(least)) < 0) {
            return least;
        }
        if (above != null && usual.compareTo(new BigDecimal(above)) <= 0) {
            return new BigDecimal(above).add(step).toPlainString();
        }
        if (most != null && usual.compareTo(new BigDecimal(most)) > 0) {
            return most;
        }
        if (below != null && usual.compareTo(new BigDecimal(below)) >= 0) {
            return new BigDecimal(below).subtract(step).toPlainString();
        }
        return usual.toPlainString();
    }
}
