package vn.lgsp.transform;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.DecimalNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * An XML Schema made by chance, in two files and two namespaces, and documents that fit it: each as XML, as the same XML in the one
 * form that the bus writes, and as the JSON that the documentation promises. The JSON is made here by the rules of the page, not by
 * what the bus makes of them.
 */
public final class InventedSchema {
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
    private static final String MAIN = "urn:thu:chinh";
    private static final String OTHER = "urn:thu:phu";
    /** Nothing in the schema is called by it. */
    private static final String STRANGE = "urn:thu:khac";

    private static final String WORDS =
            "Nguyễn Thị Ánh|LÊ|ĐẶNG Hữu Phước|001099000001|null|true|0012|-1|a]]>b|<b>&amp;\"'|ữ";

    private final Random chance;
    /** The first file, and one that it imports. */
    private final Part main;

    private final Part other;
    private final Complex root;
    private int named;

    /** A document, three times. */
    public record Sample(String xml, String canonical, JsonNode json) {}

    public InventedSchema(long seed) {
        chance = new Random(seed);
        main = new Part(chance.nextInt(5) == 0 ? "" : MAIN, "a", chance.nextBoolean());
        other = new Part(OTHER, "b", chance.nextBoolean());
        root = complex(main, 0);
        root.declare();
        main.body.append("<xs:element name='Goc' type='%s'/>\n".formatted(root.reference()));
    }

    /** Puts its files, {@code main.xsd} first of all, into this folder; the root is {@code Goc}. */
    public void write(Path folder) throws IOException {
        Files.createDirectories(folder);
        Files.writeString(
                folder.resolve("main.xsd"),
                main.text("<xs:import namespace='" + OTHER + "' schemaLocation='part/other.xsd'/>"));
        Files.createDirectories(folder.resolve("part"));
        Files.writeString(folder.resolve("part/other.xsd"), other.text(""));
    }

    /** Both files. */
    public String text() {
        return main.text("") + other.text("");
    }

    public Sample document() {
        String name = main.namespace.isEmpty() ? "Goc" : "a:Goc";
        Made made = root.element(name, false, 0);
        String scope = " xmlns:xsi='http://www.w3.org/2001/XMLSchema-instance' xmlns:b='" + OTHER + "'"
                + " xmlns:k='" + STRANGE + "'"
                + (main.namespace.isEmpty() ? "" : " xmlns:a='" + MAIN + "'");
        return new Sample(
                made.raw.replaceFirst("<" + name, "<" + name + scope),
                made.canonical.replaceFirst("<" + name, "<" + name + scope),
                made.json);
    }

    /** What JSON says: members in any order, and every digit counts. */
    public static Object told(JsonNode node) {
        if (node.isObject()) {
            TreeMap<String, Object> members = new TreeMap<>();
            node.properties().forEach(member -> members.put(member.getKey(), told(member.getValue())));
            return members;
        }
        if (node.isArray()) {
            List<Object> items = new ArrayList<>();
            node.forEach(item -> items.add(told(item)));
            return items;
        }
        return node.isNumber() ? node.decimalValue() : node.isTextual() ? "'" + node.textValue() : node.asText();
    }

    private record Part(String namespace, String prefix, boolean qualified, StringBuilder body) {
        Part(String namespace, String prefix, boolean qualified) {
            this(namespace, prefix, qualified, new StringBuilder());
        }

        String text(String head) {
            return "<xs:schema xmlns:xs='http://www.w3.org/2001/XMLSchema' xmlns:b='" + OTHER + "' "
                    + (namespace.isEmpty()
                            ? ""
                            : prefix.equals("b")
                                    ? "targetNamespace='" + namespace + "' "
                                    : "xmlns:" + prefix + "='" + namespace + "' targetNamespace='" + namespace + "' ")
                    + (qualified ? "elementFormDefault='qualified'>\n" : ">\n") + head + body + "</xs:schema>\n";
        }

        String reference(String local) {
            return namespace.isEmpty() ? local : prefix + ":" + local;
        }
    }

    private record Made(String raw, String canonical, JsonNode json) {}

    /** A value of a simple type: as somebody may write it, as the bus writes it, and in JSON. */
    private record Value(String raw, String canonical, JsonNode json) {}

    /** @param written {@code type='…'} of a type that the standard has, or what stands inside of a type of its own */
    private record Simple(String written, Supplier<Value> values) {
        boolean isBuiltin() {
            return written.startsWith("xs:");
        }

        /** The declaration that begins so, with this type. */
        String of(String head, String tag) {
            return isBuiltin()
                    ? head + " type='" + written + "'/>"
                    : head + "><xs:simpleType>" + written + "</xs:simpleType></" + tag + ">";
        }
    }

    private boolean sometimes(int inHowMany) {
        return chance.nextInt(inHowMany) == 0;
    }

    private Simple simple() {
        return switch (chance.nextInt(18)) {
            case 0, 1, 2 -> new Simple("xs:string", () -> text(words()));
            case 3 ->
                new Simple(
                        "xs:token", () -> spaced(words().replaceAll("\\s+", " ").strip()));
            case 4 -> new Simple("xs:decimal", this::decimal);
            case 5 -> new Simple("xs:integer", this::integer);
            case 6 -> new Simple("xs:long", () -> whole(chance.nextLong()));
            case 7 -> new Simple("xs:double", this::floating);
            case 8 -> new Simple("xs:boolean", this::truth);
            case 9 ->
                new Simple(
                        "xs:date",
                        () -> spaced("2%03d-02-2%d%s".formatted(chance.nextInt(1000), chance.nextInt(9), zone())));
            case 10 ->
                new Simple(
                        "xs:dateTime",
                        () -> spaced("19%02d-12-31T23:59:59%s%s"
                                .formatted(chance.nextInt(100), sometimes(2) ? "" : ".120", zone())));
            case 11 -> new Simple("xs:base64Binary", this::binary);
            case 12 -> new Simple("<xs:list itemType='xs:decimal'/>", () -> list(this::decimal));
            case 16 -> new Simple("xs:QName", () -> qualified(true));
            case 17 -> new Simple("<xs:list itemType='xs:QName'/>", () -> list(() -> qualified(false)));
            case 13 -> new Simple("<xs:list itemType='xs:NMTOKEN'/>", () -> list(() -> text("Đ" + chance.nextInt(9))));
            case 14 ->
                new Simple(
                        "<xs:restriction base='xs:string'><xs:enumeration value='Nam'/><xs:enumeration value='Nữ'/>"
                                + "<xs:enumeration value=''/></xs:restriction>",
                        () -> text(List.of("Nam", "Nữ", "").get(chance.nextInt(3))));
            default ->
                new Simple("<xs:union memberTypes='xs:int xs:boolean'/>", () -> text(sometimes(2) ? "007" : "true"));
        };
    }

    private String words() {
        StringBuilder text = new StringBuilder();
        for (int i = chance.nextInt(4); i > 0; i--) {
            switch (chance.nextInt(9)) {
                case 0 -> text.appendCodePoint(0x10000 + chance.nextInt(0xFFFFF));
                case 1 -> text.append(" \t\n\r\r\n  ".substring(chance.nextInt(7)));
                case 2 -> text.append(Normalizer.normalize("Trần Thị Ngọc Hường", Normalizer.Form.NFD));
                case 3 -> text.append(Normalizer.normalize("Trần Thị Ngọc Hường", Normalizer.Form.NFC));
                case 4 -> text.append("𠀀😀\u00a0\u2028\u0085\u200b");
                default -> {
                    String[] words = WORDS.split("\\|", -1);
                    text.append(words[chance.nextInt(words.length)]);
                }
            }
        }
        return text.toString();
    }

    private static Value text(String text) {
        return new Value(text, text, NODES.textNode(text));
    }

    /** One whose type collapses white space: others may write more of it. */
    private Value spaced(String text) {
        return new Value(sometimes(4) ? " \n" + text.replace(" ", "  ") + "\t" : text, text, NODES.textNode(text));
    }

    private Value qualified(boolean spaced) {
        String local = "tenQ" + chance.nextInt(9);
        int which = chance.nextInt(3);
        String raw = List.of("", "b:", "k:").get(which) + local;
        return new Value(
                spaced && sometimes(3) ? " " + raw + "\n" : raw,
                raw,
                NODES.textNode(
                        List.of("", "{" + OTHER + "}", "{" + STRANGE + "}").get(which) + local));
    }

    /** An element that no schema knows. */
    private Made anything() {
        String text = escaped(words(), false);
        String value = escaped(words(), true);
        String inside =
                switch (chance.nextInt(4)) {
                    case 0 -> "";
                    case 1 -> text;
                    case 2 -> "<x t=\"" + value + "\"/>" + text;
                    default -> "<z:x xmlns:z=\"urn:z\"><k:y>b:tenQ1</k:y> <y xmlns=\"urn:y\"/></z:x>";
                };
        String strange = " xmlns:k=\"" + STRANGE + "\"";
        String around = inside.contains("b:ten") ? " xmlns:b=\"" + OTHER + "\"" + strange : strange;
        String own = sometimes(3) ? " xmlns:z2=\"urn:z2\" z2:t=\"" + value + "\"" : "";
        String tail = inside.isEmpty() ? "/>" : ">" + inside + "</k:la>";
        String raw = "<k:la" + own + (inside.isEmpty() && sometimes(2) ? "></k:la>" : tail);
        String written =
                ("<k:la" + around + own + tail).replace("&#xD;", "&#13;").replace("&#xA;", "&#10;");
        return new Made(raw, raw, NODES.textNode(written));
    }

    private String zone() {
        return List.of("", "Z", "+07:00", "-11:30").get(chance.nextInt(4));
    }

    private String digits(int most) {
        StringBuilder digits = new StringBuilder();
        for (int i = 1 + chance.nextInt(most); i > 0; i--) {
            digits.append(chance.nextInt(10));
        }
        return digits.toString();
    }

    private Value decimal() {
        BigDecimal number = new BigDecimal((sometimes(2) ? "-" : "")
                + digits(sometimes(3) ? 60 : 6)
                + (sometimes(3) ? "" : "." + digits(sometimes(3) ? 40 : 3)));
        String plain = number.toPlainString();
        String raw = !sometimes(4) ? plain : plain.startsWith("-") ? "-00" + plain.substring(1) : "+" + plain;
        return new Value(raw, plain, DecimalNode.valueOf(number));
    }

    private Value integer() {
        return whole(new BigInteger((sometimes(2) ? "-" : "") + digits(sometimes(2) ? 80 : 3)));
    }

    private static Value whole(Object number) {
        return new Value(number.toString(), number.toString(), DecimalNode.valueOf(new BigDecimal(number.toString())));
    }

    private Value floating() {
        if (sometimes(4)) {
            String special = List.of("INF", "-INF", "NaN").get(chance.nextInt(3));
            return text(special);
        }
        String raw = (sometimes(2) ? "-" : "") + "1" + digits(3) + (sometimes(2) ? "" : "." + digits(20))
                + (sometimes(2) ? "" : "E" + (chance.nextInt(600) - 300));
        BigDecimal number = new BigDecimal(raw);
        return new Value(raw, number.toString(), DecimalNode.valueOf(number));
    }

    private Value truth() {
        boolean truth = chance.nextBoolean();
        return new Value(
                sometimes(2) ? (truth ? "1" : "0") : String.valueOf(truth),
                String.valueOf(truth),
                NODES.booleanNode(truth));
    }

    private Value binary() {
        byte[] bytes = new byte[chance.nextInt(60)];
        chance.nextBytes(bytes);
        String text = Base64.getEncoder().encodeToString(bytes);
        String raw = sometimes(3) && text.length() > 20 ? text.substring(0, 12) + "\n" + text.substring(12) : text;
        return new Value(raw, text, NODES.textNode(text));
    }

    private Value list(Supplier<Value> item) {
        ArrayNode json = NODES.arrayNode();
        List<String> raw = new ArrayList<>();
        List<String> canonical = new ArrayList<>();
        for (int i = chance.nextInt(4); i > 0; i--) {
            Value value = item.get();
            raw.add(value.raw);
            canonical.add(value.canonical);
            json.add(value.json);
        }
        return new Value(String.join("  ", raw), String.join(" ", canonical), json);
    }

    private static String escaped(String text, boolean attribute) {
        String escaped = text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\r", "&#xD;");
        return attribute
                ? escaped.replace("\"", "&quot;").replace("\n", "&#xA;").replace("\t", "&#9;")
                : escaped;
    }

    /** What a complex type is made of. */
    private enum Content {
        PLAIN,
        REPEATED,
        MIXED,
        TEXT,
        EMPTY,
        ALL,
        EXTENDED
    }

    private record Attribute(String name, boolean foreign, boolean required, Simple type) {}

    /** A child: an element with a simple or a complex type, at a place. */
    private record Child(
            String name,
            String tag,
            Simple text,
            @Nullable Complex complex,
            int least,
            int most,
            boolean nillable,
            boolean referred) {}

    private Complex complex(Part part, int depth) {
        List<Content> all = List.of(Content.values());
        return new Complex(part, depth, depth == 0 ? Content.PLAIN : all.get(chance.nextInt(all.size())));
    }

    private final class Complex {
        private final Part part;
        private final Content content;
        private final List<Attribute> attributes = new ArrayList<>();
        private final List<Child> children = new ArrayList<>();
        /** Those of the children of which one stands, if any does. */
        private final List<Child> choice = new ArrayList<>();

        private final Simple text = simple();
        private final String name;
        private @Nullable Complex base;
        private @Nullable Complex derived;
        private boolean recursive;
        /** Whether elements, or attributes, may stand there that no schema knows. */
        private boolean open;

        private boolean openAttributes = sometimes(5);

        Complex(Part part, int depth, Content content) {
            this.part = part;
            this.content = content;
            named++;
            name = "Kieu" + named;
            for (int i = chance.nextInt(3); i > 0; i--) {
                attributes.add(new Attribute("tt" + i, sometimes(4), sometimes(3), simple()));
            }
            if (content == Content.EXTENDED) {
                base = new Complex(part, depth + 1, Content.PLAIN);
                base.attributes.clear();
                openAttributes &= !base.openAttributes;
                for (int i = 1 + chance.nextInt(2); i > 0; i--) {
                    children.add(child("them" + name + i, depth));
                }
                return;
            }
            if (content == Content.TEXT || content == Content.EMPTY) {
                return;
            }
            int many = 1 + chance.nextInt(depth == 0 ? 5 : 3);
            for (int i = 0; i < many; i++) {
                children.add(child("p" + i, depth));
            }
            if (content == Content.PLAIN && sometimes(2)) {
                for (int i = 0; i < 2; i++) {
                    choice.add(child("chon" + i, depth));
                }
            }
            open = (content == Content.PLAIN || content == Content.MIXED) && sometimes(4);
            recursive = content == Content.PLAIN && depth > 0 && sometimes(3);
            if (content == Content.PLAIN && depth > 0 && depth < 3 && sometimes(4)) {
                derived = new Complex(this);
            }
        }

        /** One that stands for another, as {@code xsi:type} names it. */
        private Complex(Complex base) {
            part = base.part;
            name = base.name + "Rieng";
            content = Content.EXTENDED;
            this.base = base;
            openAttributes = false;
            children.add(child("rieng" + name, 4));
        }

        private Child child(String childName, int depth) {
            boolean deep = depth < 3 && sometimes(2);
            @Nullable Complex type = deep ? complex(part.equals(main) && sometimes(3) ? other : part, depth + 1) : null;
            boolean all = content == Content.ALL;
            boolean list = !all && sometimes(3);
            boolean referred = sometimes(6) && !all;
            String local = referred ? childName + name : childName;
            boolean qualified = referred || part.qualified;
            return new Child(
                    local,
                    qualified ? part.reference(local) : local,
                    simple(),
                    type,
                    chance.nextInt(2),
                    list ? 2 + chance.nextInt(3) : 1,
                    sometimes(4),
                    referred);
        }

        String reference() {
            return part.reference(name);
        }

        private List<Child> all() {
            List<Child> all = new ArrayList<>(children);
            all.addAll(choice);
            return all;
        }

        void declare() {
            if (base != null && !base.name.equals(name.replace("Rieng", ""))) {
                base.declare();
            }
            StringBuilder xsd = new StringBuilder(
                    "<xs:complexType name='" + name + "'" + (content == Content.MIXED ? " mixed='true'" : "") + ">");
            if (content == Content.TEXT) {
                String base = text.written;
                if (!text.isBuiltin()) {
                    part.body.append("<xs:simpleType name='" + name + "Chu'>" + text.written + "</xs:simpleType>\n");
                    base = part.reference(name + "Chu");
                }
                xsd.append("<xs:simpleContent><xs:extension base='" + base + "'>");
                attributes(xsd);
                xsd.append("</xs:extension></xs:simpleContent>");
            } else {
                if (base != null) {
                    xsd.append("<xs:complexContent><xs:extension base='" + base.reference() + "'>");
                }
                model(xsd);
                attributes(xsd);
                if (base != null) {
                    xsd.append("</xs:extension></xs:complexContent>");
                }
            }
            part.body.append(xsd).append("</xs:complexType>\n");
            for (Child child : all()) {
                if (child.complex != null) {
                    child.complex.declare();
                }
                if (child.referred) {
                    part.body.append(element(child, "")).append('\n');
                }
            }
            if (derived != null) {
                derived.declare();
            }
        }

        private void model(StringBuilder xsd) {
            if (content == Content.EMPTY) {
                return;
            }
            String group = content == Content.ALL
                    ? "all"
                    : content == Content.REPEATED || content == Content.MIXED ? "choice" : "sequence";
            boolean repeated = content == Content.REPEATED || content == Content.MIXED;
            xsd.append("<xs:" + group + (repeated ? " minOccurs='0' maxOccurs='unbounded'>" : ">"));
            for (Child child : children) {
                String occurs = " minOccurs='%d' maxOccurs='%d'"
                        .formatted(repeated ? 1 : child.least, repeated ? 1 : child.most);
                xsd.append(
                        child.referred
                                ? "<xs:element ref='%s'%s/>".formatted(part.reference(child.name), occurs)
                                : element(child, occurs));
            }
            if (!choice.isEmpty()) {
                xsd.append("<xs:choice>");
                for (Child child : choice) {
                    String occurs = " minOccurs='1' maxOccurs='%d'".formatted(child.most);
                    xsd.append(
                            child.referred
                                    ? "<xs:element ref='%s'%s/>".formatted(part.reference(child.name), occurs)
                                    : element(child, occurs));
                }
                xsd.append("</xs:choice>");
            }
            if (recursive) {
                xsd.append("<xs:element name='trong' type='" + reference() + "' minOccurs='0' maxOccurs='2'/>");
            }
            if (open) {
                xsd.append("<xs:any namespace='##other' processContents='lax'"
                        + (content == Content.MIXED ? "/>" : " minOccurs='0' maxOccurs='3'/>"));
            }
            xsd.append("</xs:" + group + ">");
        }

        private String element(Child child, String occurs) {
            String head = "<xs:element name='" + child.name + "'" + occurs + (child.nillable ? " nillable='true'" : "");
            return child.complex != null
                    ? head + " type='" + child.complex.reference() + "'/>"
                    : child.text.of(head, "xs:element");
        }

        private void attributes(StringBuilder xsd) {
            for (Attribute attribute : attributes) {
                String use = " use='" + (attribute.required ? "required" : "optional") + "'"
                        + (attribute.foreign && !part.namespace.isEmpty() ? " form='qualified'" : "");
                xsd.append(attribute.type.of("<xs:attribute name='" + attribute.name + "'" + use, "xs:attribute"));
            }
            if (openAttributes) {
                xsd.append("<xs:anyAttribute namespace='##other' processContents='lax'/>");
            }
        }

        private List<Attribute> allAttributes() {
            List<Attribute> all = base == null ? new ArrayList<>() : new ArrayList<>(base.allAttributes());
            all.addAll(attributes);
            return all;
        }

        Made element(String tag, boolean nillable, int depth) {
            if (derived != null && sometimes(3)) {
                return derived.element(tag, nillable, depth, true);
            }
            return element(tag, nillable, depth, false);
        }

        private Made element(String tag, boolean nillable, int depth, boolean told) {
            StringBuilder raw = new StringBuilder("<" + tag);
            StringBuilder canonical = new StringBuilder("<" + tag);
            ObjectNode json = NODES.objectNode();
            if (told) {
                raw.append(" xsi:type=\"" + reference() + "\"");
                canonical.append(" xsi:type=\"" + reference() + "\"");
                json.put("@xsi:type", name);
            }
            for (Attribute attribute : allAttributes()) {
                if (attribute.required || sometimes(2)) {
                    Value value = attribute.type.values.get();
                    String written = attribute.foreign && !part.namespace.isEmpty()
                            ? part.reference(attribute.name)
                            : attribute.name;
                    raw.append(" " + written + "=\"" + escaped(value.raw, true) + "\"");
                    canonical.append(" " + written + "=\"" + escaped(value.canonical, true) + "\"");
                    json.set("@" + attribute.name, value.json);
                }
            }
            if ((openAttributes || (base != null && base.openAttributes)) && sometimes(2)) {
                String value = words();
                raw.append(" k:la='" + escaped(value, true).replace("'", "&apos;") + "'");
                canonical.append(" k:la=\"" + escaped(value, true) + "\"");
                json.putObject("@xsd:anyAttribute").put("{" + STRANGE + "}la", value);
            }
            if (nillable && sometimes(4)) {
                raw.append(" xsi:nil=\"true\"/>");
                canonical.append(" xsi:nil=\"true\"/>");
                return new Made(
                        raw.toString(),
                        canonical.toString(),
                        json.isEmpty() ? NODES.nullNode() : json.put("@xsi:nil", true));
            }
            raw.append('>');
            canonical.append('>');
            JsonNode made = json;
            if (content == Content.TEXT) {
                Value value = text.values.get();
                raw.append(escaped(value.raw, false));
                canonical.append(escaped(value.canonical, false));
                if (attributes.isEmpty() && !openAttributes) {
                    made = value.json;
                } else {
                    json.set("value", value.json);
                }
            } else if (content == Content.REPEATED || content == Content.MIXED) {
                boolean one = content == Content.REPEATED && children.size() == 1;
                content(raw, canonical, json.putArray(one ? children.get(0).name : "content"), depth);
            } else {
                members(raw, canonical, json, depth);
            }
            return new Made(raw + "</" + tag + ">", canonical + "</" + tag + ">", made);
        }

        private void members(StringBuilder raw, StringBuilder canonical, ObjectNode json, int depth) {
            if (base != null) {
                base.members(raw, canonical, json, depth);
            }
            List<Child> order = new ArrayList<>(children);
            if (content == Content.ALL) {
                java.util.Collections.shuffle(order, chance);
            }
            for (Child child : order) {
                occurrences(child, child.least, child.most, true, raw, canonical, json, depth);
            }
            if (!choice.isEmpty()) {
                Child chosen = choice.get(chance.nextInt(choice.size()));
                occurrences(chosen, 1, chosen.most, false, raw, canonical, json, depth);
            }
            if (recursive) {
                ArrayNode inside = json.putArray("trong");
                for (int i = depth > 4 ? 0 : chance.nextInt(3); i > 0; i--) {
                    Made made = element(part.qualified ? part.reference("trong") : "trong", false, depth + 3);
                    raw.append(made.raw);
                    canonical.append(made.canonical);
                    inside.add(made.json);
                }
            }
            if (open) {
                ArrayNode list = json.putArray("@xsd:any");
                for (int i = chance.nextInt(4); i > 0; i--) {
                    Made made = anything();
                    raw.append(made.raw);
                    canonical.append(made.canonical);
                    list.add(made.json);
                }
            }
        }

        private void occurrences(
                Child child,
                int least,
                int most,
                boolean always,
                StringBuilder raw,
                StringBuilder canonical,
                ObjectNode json,
                int depth) {
            int times = least + chance.nextInt(most - least + 1);
            ArrayNode list = NODES.arrayNode();
            for (int i = 0; i < times; i++) {
                Made made = made(child, depth);
                raw.append(sometimes(3) ? "\n  <!-- ghi chú --> " : "").append(made.raw);
                canonical.append(made.canonical);
                list.add(made.json);
            }
            if (most > 1 && (always || !list.isEmpty())) {
                json.set(child.name, list);
            } else if (most == 1 && !list.isEmpty()) {
                json.set(child.name, list.get(0));
            }
        }

        private void content(StringBuilder raw, StringBuilder canonical, ArrayNode json, int depth) {
            boolean afterText = false;
            for (int i = chance.nextInt(6); i > 0; i--) {
                if (content == Content.MIXED && !afterText && sometimes(2)) {
                    String text = words() + "·";
                    raw.append(escaped(text, false));
                    canonical.append(escaped(text, false));
                    json.add(text);
                    afterText = true;
                } else if (open && sometimes(2)) {
                    Made made = anything();
                    raw.append(made.raw);
                    canonical.append(made.canonical);
                    json.add(NODES.objectNode().set("@xsd:any", made.json));
                    afterText = false;
                } else {
                    Child child = children.get(chance.nextInt(children.size()));
                    Made made = made(child, depth);
                    raw.append(made.raw);
                    canonical.append(made.canonical);
                    if (children.size() == 1 && content == Content.REPEATED) {
                        json.add(made.json);
                    } else {
                        json.add(NODES.objectNode().set(child.name, made.json));
                    }
                    afterText = false;
                }
            }
        }

        private Made made(Child child, int depth) {
            if (child.complex != null) {
                return child.complex.element(child.tag, child.nillable, depth + 1);
            }
            if (child.nillable && sometimes(3)) {
                String nil = "<" + child.tag + " xsi:nil=\"true\"/>";
                return new Made(nil, nil, NODES.nullNode());
            }
            Value value = child.text.values.get();
            return new Made(
                    "<" + child.tag + ">" + escaped(value.raw, false) + "</" + child.tag + ">",
                    "<" + child.tag + ">" + escaped(value.canonical, false) + "</" + child.tag + ">",
                    value.json);
        }
    }

    /** The names of the constructs that this schema has. */
    Set<String> constructs() {
        Set<String> found = new LinkedHashSet<>();
        for (String construct : List.of(
                "xs:sequence",
                "xs:choice",
                "xs:all",
                "mixed=",
                "xs:simpleContent",
                "xs:complexContent",
                "xs:list",
                "xs:union",
                "xs:enumeration",
                "nillable",
                "ref=",
                "use='required'",
                "form='qualified'",
                "elementFormDefault",
                "Rieng",
                "trong",
                "xs:base64Binary",
                "xs:dateTime",
                "xs:decimal",
                "xs:double",
                "xs:boolean",
                "xs:token",
                "xs:QName",
                "xs:any ",
                "xs:anyAttribute",
                "b:Kieu")) {
            if (text().contains(construct)) {
                found.add(construct);
            }
        }
        return found;
    }
}
