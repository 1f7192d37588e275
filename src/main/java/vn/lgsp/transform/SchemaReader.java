package vn.lgsp.transform;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import javax.xml.XMLConstants;
import javax.xml.namespace.QName;
import vn.lgsp.failure.Refused;
import vn.lgsp.failure.Rule;
import vn.lgsp.source.Nearest;

/**
 * Finds out what the elements of a schema are in JSON. The schema has been compiled before, so every reference in it leads somewhere;
 * what JSON cannot show is refused here, by construct, file and line.
 */
final class SchemaReader {
    private static final String[] MODELS = {"sequence", "choice", "all", "group"};

    private final SchemaFiles files;
    private final Map<String, Map<QName, At>> declared = new HashMap<>();
    private final Map<QName, List<QName>> substitutes = new HashMap<>();
    private final Map<QName, List<QName>> derivations = new HashMap<>();
    private final Map<QName, ComplexForm> complex = new HashMap<>();
    /** By node itself. */
    private final IdentityHashMap<XsdNode, ComplexForm> anonymous = new IdentityHashMap<>();

    private final Map<QName, TextType> simple = new HashMap<>();
    private final Set<String> names = new LinkedHashSet<>();
    private final Set<String> namespaces = new LinkedHashSet<>();

    /** A node, and the file that it counts in. */
    private record At(XsdNode node, SchemaFiles.Part part) {
        At with(XsdNode other) {
            return new At(other, part);
        }

        QName reference(String written) {
            return node.qualified(written, part.schema().get("targetNamespace").isPresent() ? "" : part.namespace());
        }

        Optional<QName> reference(Optional<String> written) {
            return written.map(this::reference);
        }

        Stream<At> all() {
            return node.children().stream().map(this::with);
        }

        Optional<At> child(String... names) {
            return node.child(names).map(this::with);
        }
    }

    /**
     * What a schema says of one of its elements.
     *
     * @param names of all elements that may be inside
     * @param namespaces of these and their attributes, in the order in which they are met
     */
    record Read(ElementForm root, Set<String> names, Set<String> namespaces) {}

    private SchemaReader(SchemaFiles files) {
        this.files = files;
        for (SchemaFiles.Part part : files.parts()) {
            declare(part);
        }
        declare(new SchemaFiles.Part(XMLConstants.XML_NS_URI, SchemaFiles.schemaOfXml()));
    }

    /** @throws Refused when there is no such element, or JSON cannot show what is in it */
    static Read read(SchemaFiles files, String element) {
        SchemaReader reader = new SchemaReader(files);
        ElementForm root = reader.root(element);
        return new Read(root, Set.copyOf(reader.names), new LinkedHashSet<>(reader.namespaces));
    }

    private void declare(SchemaFiles.Part part) {
        new At(part.schema(), part).all().forEach(at -> {
            Optional<String> name = at.node().get("name");
            if (name.isEmpty()) {
                return;
            }
            QName qualified = new QName(part.namespace(), name.get());
            String kind = at.node().is("simpleType", "complexType")
                    ? "type"
                    : at.node().name();
            declared.computeIfAbsent(kind, first -> new TreeMap<>(java.util.Comparator.comparing(QName::toString)))
                    .put(qualified, at);
            at.reference(at.node().get("substitutionGroup")).ifPresent(head -> substitutes
                    .computeIfAbsent(head, first -> new ArrayList<>())
                    .add(qualified));
            at.child("complexContent", "simpleContent")
                    .flatMap(content -> content.child("extension", "restriction"))
                    .flatMap(
                            derivation -> derivation.reference(derivation.node().get("base")))
                    .ifPresent(base -> derivations
                            .computeIfAbsent(base, first -> new ArrayList<>())
                            .add(qualified));
        });
    }

    private Map<QName, At> all(String kind) {
        return declared.getOrDefault(kind, Map.of());
    }

    private At declared(String kind, QName name) {
        At found = all(kind).get(name);
        if (found == null) {
            throw new IllegalStateException(
                    "a compiled schema refers to " + kind + " " + name + ", which is not there");
        }
        return found;
    }

    private ElementForm root(String element) {
        QName name = new QName(files.namespace(), element);
        if (!all("element").containsKey(name)) {
            XsdNode schema = files.parts().iterator().next().schema();
            List<String> known = all("element").keySet().stream()
                    .filter(other -> other.getNamespaceURI().equals(files.namespace()))
                    .map(QName::getLocalPart)
                    .toList();
            throw new Refused(Mistake.at(
                            schema.file(),
                            schema.line(),
                            Rule.SCHEMA_ELEMENT_UNKNOWN,
                            element,
                            known.isEmpty() ? "-" : String.join(", ", known))
                    .near(Nearest.of(element, known)));
        }
        return element(declared("element", name), name);
    }

    private ElementForm element(At at, QName name) {
        names.add(name.getLocalPart());
        namespaces.add(name.getNamespaceURI());
        XsdNode node = at.node();
        TypeForm type = type(at);
        if (type instanceof AnyForm) {
            return new ElementForm(name, false, Optional.empty(), type); // the string says it all
        }
        Optional<String> filled =
                node.get("fixed").or(() -> node.get("default")).map(value -> value(type, node, value));
        return new ElementForm(name, node.isTrue("nillable"), filled, type);
    }

    /** A value that a schema writes, as JSON would have it. */
    private static String value(TypeForm type, XsdNode node, String written) {
        if (!(type instanceof TextType text) || !text.hasNames()) {
            return written;
        }
        return java.util.Arrays.stream(written.strip().split("\\s+"))
                .map(name -> node.qualified(name, "").toString())
                .collect(java.util.stream.Collectors.joining(" "));
    }

    /** The type of an element or an attribute, named or written inside. */
    private TypeForm type(At at) {
        Optional<QName> reference = at.reference(at.node().get("type"));
        if (reference.isPresent()) {
            return type(reference.get(), at.node());
        }
        Optional<At> inside = at.child("simpleType", "complexType");
        if (inside.isPresent()) {
            return inside.get().node().is("simpleType") ? simple(inside.get()) : anonymous(inside.get());
        }
        Optional<QName> head = at.reference(at.node().get("substitutionGroup"));
        if (head.isPresent()) {
            return type(declared("element", head.get()));
        }
        if (at.node().is("attribute")) {
            return TextType.builtin("anySimpleType");
        }
        return AnyForm.ANY_TYPE;
    }

    private ComplexForm anonymous(At at) {
        ComplexForm known = anonymous.get(at.node());
        if (known == null) {
            known = new ComplexForm(Optional.empty(), false);
            anonymous.put(at.node(), known);
            complex(at, known);
        }
        return known;
    }

    private TypeForm type(QName name, XsdNode from) {
        if (name.getNamespaceURI().equals(XsdNode.XSD)) {
            return name.getLocalPart().equals("anyType") ? AnyForm.ANY_TYPE : builtin(name, from);
        }
        At at = declared("type", name);
        if (at.node().is("simpleType")) {
            return simple(name, at);
        }
        ComplexForm known = complex.get(name);
        if (known != null) {
            return known;
        }
        ComplexForm form = new ComplexForm(Optional.of(name), at.node().isTrue("abstract"));
        complex.put(name, form);
        complex(at, form);
        derived(name, form, at.node());
        return form;
    }

    /** The types that instances may name instead. */
    private void derived(QName base, ComplexForm form, XsdNode at) {
        for (QName name : derivations.getOrDefault(base, List.of())) {
            if (type(name, at) instanceof ComplexForm other) {
                ComplexForm before = form.derived().get(name.getLocalPart());
                if (before != null && !before.equals(other)) {
                    throw SchemaFiles.refusal(at, Rule.SCHEMA_NAME_TWICE, "xsd:complexType " + name.getLocalPart());
                }
                namespaces.add(name.getNamespaceURI());
                form.mayBe(name.getLocalPart(), other);
                derived(name, form, at);
            }
        }
    }

    private static TextType builtin(QName name, XsdNode from) {
        String local = name.getLocalPart();
        if (local.equals("anyType")) {
            throw SchemaFiles.refusal(from, Rule.SCHEMA_OPEN, "xsd:anyType (" + from.get("name", "?") + ")");
        }
        if (local.equals("NOTATION")) {
            throw SchemaFiles.refusal(from, Rule.SCHEMA_PREFIXES, "xsd:NOTATION (" + from.get("name", "?") + ")");
        }
        return TextType.builtin(local);
    }

    private TextType simple(QName name, At at) {
        TextType known = simple.get(name);
        if (known == null) {
            known = simple(at);
            simple.put(name, known);
        }
        return known;
    }

    private TextType simple(At at) {
        At derivation = at.child("restriction", "list", "union")
                .orElseThrow(() -> new IllegalStateException("a compiled schema has an empty simpleType"));
        if (derivation.node().is("restriction")) {
            return restricted(text(derivation, "base"), derivation);
        }
        if (derivation.node().is("list")) {
            return new TextType(
                    TextType.Kind.LIST,
                    "anySimpleType",
                    TextType.Space.COLLAPSE,
                    List.of(text(derivation, "itemType")),
                    TextType.Facets.NONE);
        }
        List<TextType> members = new ArrayList<>();
        String written = derivation.node().get("memberTypes", "");
        for (String member : written.isEmpty() ? new String[0] : written.split("\\s+")) {
            members.add((TextType) type(derivation.reference(member), derivation.node()));
        }
        derivation.all().filter(child -> child.node().is("simpleType")).forEach(child -> members.add(simple(child)));
        TextType first = members.get(0);
        boolean alike = first.kind() != TextType.Kind.LIST
                && members.stream().allMatch(member -> member.kind() == first.kind());
        if (!alike && members.stream().anyMatch(TextType::hasNames)) {
            throw SchemaFiles.refusal(derivation.node(), Rule.SCHEMA_PREFIXES, "xsd:union of xsd:QName and others");
        }
        boolean kept = members.stream().anyMatch(member -> member.space() == TextType.Space.PRESERVE);
        return new TextType(
                alike ? first.kind() : TextType.Kind.STRING,
                alike && members.stream().allMatch(member -> member.builtin().equals(first.builtin()))
                        ? first.builtin()
                        : alike && first.kind() == TextType.Kind.DECIMAL ? "decimal" : "anySimpleType",
                kept ? TextType.Space.PRESERVE : TextType.Space.COLLAPSE,
                List.copyOf(members),
                TextType.Facets.NONE);
    }

    /** The simple type that an attribute of the node names, or that stands inside. */
    private TextType text(At at, String attribute) {
        Optional<QName> named = at.reference(at.node().get(attribute));
        if (named.isPresent()) {
            return (TextType) type(named.get(), at.node());
        }
        return simple(at.child("simpleType")
                .orElseThrow(() -> new IllegalStateException("a compiled schema has a simpleType without a base")));
    }

    private static TextType restricted(TextType base, At restriction) {
        List<String> values = new ArrayList<>();
        List<String> patterns = new ArrayList<>();
        Map<String, String> bounds = new TreeMap<>(base.facets().bounds());
        TextType.Space space = base.space();
        for (XsdNode facet : restriction.node().children()) {
            String value = facet.get("value", "");
            switch (facet.name()) {
                case "enumeration" -> values.add(value(base, facet, value));
                case "pattern" -> patterns.add(value);
                case "whiteSpace" -> space = TextType.Space.valueOf(value.toUpperCase(java.util.Locale.ROOT));
                default -> {
                    if (facet.get("value").isPresent()) {
                        bounds.put(facet.name(), value);
                    }
                }
            }
        }
        List<List<String>> all = new ArrayList<>(base.facets().patterns());
        if (!patterns.isEmpty()) {
            all.add(List.copyOf(patterns));
        }
        return new TextType(
                base.kind(),
                base.builtin(),
                space,
                base.members(),
                new TextType.Facets(
                        values.isEmpty() ? base.facets().values() : List.copyOf(values),
                        List.copyOf(all),
                        Map.copyOf(bounds)));
    }

    /** What a complex type holds, of itself and of its bases. */
    private record Body(
            Map<String, ComplexForm.Attribute> attributes,
            Optional<TextType> text,
            Optional<ComplexForm.Particle> model,
            boolean mixed) {}

    private void complex(At at, ComplexForm form) {
        Body body = body(at);
        Map<String, ComplexForm.Child> children = new LinkedHashMap<>();
        boolean ordered = body.model()
                .map(model -> index(model, false, false, children, at.node()))
                .orElse(false);
        form.be(body.attributes(), body.text(), body.model(), body.mixed(), ordered, children);
        body.model().ifPresent(model -> requireTold(form, model, at.node()));
    }

    /** That each element is known by its name to be one of those that a wildcard lets in, or none of these. */
    private static void requireTold(ComplexForm form, ComplexForm.Particle model, XsdNode type) {
        Set<AnyForm> wildcards = new LinkedHashSet<>();
        wildcards(model, wildcards);
        boolean behind = false;
        for (ComplexForm.Child child : form.children().values()) {
            behind |= child.element().local().equals(ComplexForm.ANY);
            String namespace = child.element().name().getNamespaceURI();
            // one that stands before a wildcard, and once, is told by its place
            if (!child.element().local().equals(ComplexForm.ANY)
                    && (behind || child.list() || form.isOrdered())
                    && wildcards.stream().anyMatch(wildcard -> wildcard.admits(namespace))) {
                throw SchemaFiles.refusal(
                        type,
                        Rule.SCHEMA_OPEN,
                        "xsd:any (beside " + child.element().local() + ")");
            }
        }
    }

    private static void wildcards(ComplexForm.Particle particle, Set<AnyForm> found) {
        if (particle instanceof ComplexForm.Group group) {
            group.parts().forEach(part -> wildcards(part, found));
        } else if (particle instanceof ComplexForm.One one
                && one.element().local().equals(ComplexForm.ANY)
                && one.element().type() instanceof AnyForm wildcard) {
            found.add(wildcard);
        }
    }

    private Body body(At type) {
        Map<String, ComplexForm.Attribute> attributes = new LinkedHashMap<>();
        Optional<At> content = type.child("complexContent", "simpleContent");
        if (content.isEmpty()) {
            attributes(type, attributes);
            return new Body(
                    attributes, Optional.empty(), model(type), type.node().isTrue("mixed"));
        }
        At derivation = content.get()
                .child("extension", "restriction")
                .orElseThrow(() -> new IllegalStateException("a compiled schema has an empty content"));
        boolean extends_ = derivation.node().is("extension");
        Body base = base(derivation);
        attributes.putAll(base.attributes());
        if (!extends_) {
            attributes.remove(ComplexForm.ANY_ATTRIBUTE); // a restriction says anew whether there is one
        }
        attributes(derivation, attributes);
        if (content.get().node().is("simpleContent")) {
            TextType text = derivation
                    .child("simpleType")
                    .map(this::simple)
                    .or(base::text)
                    .orElseGet(() -> TextType.builtin("string"));
            return new Body(
                    attributes, Optional.of(extends_ ? text : restricted(text, derivation)), Optional.empty(), false);
        }
        Optional<ComplexForm.Particle> own = model(derivation);
        boolean mixed = content.get().node().isTrue("mixed") || type.node().isTrue("mixed");
        if (!extends_) {
            return new Body(attributes, Optional.empty(), own, mixed);
        }
        Optional<ComplexForm.Particle> all = base.model().isPresent() && own.isPresent()
                ? Optional.of(new ComplexForm.Group(
                        ComplexForm.Group.Kind.SEQUENCE,
                        1,
                        1,
                        List.of(base.model().get(), own.get())))
                : base.model().or(() -> own);
        return new Body(attributes, Optional.empty(), all, mixed || base.mixed());
    }

    private Body base(At derivation) {
        QName base = derivation.reference(derivation.node().get("base", ""));
        if (base.getNamespaceURI().equals(XsdNode.XSD)) {
            if (base.getLocalPart().equals("anyType") && derivation.node().is("restriction")) {
                return new Body(Map.of(), Optional.empty(), Optional.empty(), false);
            }
            return new Body(Map.of(), Optional.of(builtin(base, derivation.node())), Optional.empty(), false);
        }
        At at = declared("type", base);
        return at.node().is("simpleType")
                ? new Body(Map.of(), Optional.of(simple(base, at)), Optional.empty(), false)
                : body(at);
    }

    private void attributes(At holder, Map<String, ComplexForm.Attribute> found) {
        holder.all().forEach(at -> {
            XsdNode node = at.node();
            if (node.is("anyAttribute")) {
                found.put(
                        ComplexForm.ANY_ATTRIBUTE,
                        new ComplexForm.Attribute(
                                new QName(ComplexForm.ANY_ATTRIBUTE),
                                TextType.builtin("anySimpleType"),
                                false,
                                Optional.empty()));
            }
            if (node.is("attributeGroup")) {
                attributes(declared("attributeGroup", at.reference(node.get("ref", ""))), found);
            }
            if (node.is("attribute")) {
                attribute(at, found);
            }
        });
    }

    private void attribute(At at, Map<String, ComplexForm.Attribute> found) {
        XsdNode node = at.node();
        Optional<QName> reference = at.reference(node.get("ref"));
        At declaration = reference.map(name -> declared("attribute", name)).orElse(at);
        QName name = reference.orElseGet(() ->
                new QName(isQualified(at, "attributeFormDefault") ? at.part().namespace() : "", node.get("name", "")));
        ComplexForm.Attribute before = found.get(name.getLocalPart());
        if (before != null && !before.name().equals(name)) {
            throw SchemaFiles.refusal(node, Rule.SCHEMA_NAME_TWICE, "xsd:attribute " + name.getLocalPart());
        }
        if (node.get("use", "").equals("prohibited")) {
            found.remove(name.getLocalPart());
            return;
        }
        namespaces.add(name.getNamespaceURI());
        TextType type = (TextType) type(declaration);
        found.put(
                name.getLocalPart(),
                new ComplexForm.Attribute(
                        name,
                        type,
                        node.get("use", "").equals("required"),
                        node.get("fixed").map(value -> value(type, node, value)).or(() -> declaration
                                .node()
                                .get("fixed")
                                .map(value -> value(type, declaration.node(), value)))));
    }

    private static boolean isQualified(At at, String usual) {
        return at.node()
                .get("form")
                .or(() -> at.part().schema().get(usual))
                .orElse("")
                .equals("qualified");
    }

    private Optional<ComplexForm.Particle> model(At holder) {
        return holder.child(MODELS).flatMap(this::particle);
    }

    private Optional<ComplexForm.Particle> particle(At at) {
        XsdNode node = at.node();
        int least = Integer.parseInt(node.get("minOccurs", "1"));
        String written = node.get("maxOccurs", "1");
        int most = written.equals("unbounded") ? ComplexForm.UNBOUNDED : Integer.parseInt(written);
        if (most == 0) {
            return Optional.empty();
        }
        if (node.is("any")) {
            QName anything = new QName(ComplexForm.ANY);
            return Optional.of(
                    new ComplexForm.One(new ElementForm(anything, false, Optional.empty(), any(at)), least, most));
        }
        if (node.is("element")) {
            return Optional.of(elements(at, least, most));
        }
        At group = node.is("group")
                ? declared("group", at.reference(node.get("ref", "")))
                        .child(MODELS)
                        .orElseThrow(() -> new IllegalStateException("a compiled schema has an empty group"))
                : at;
        List<ComplexForm.Particle> parts = new ArrayList<>();
        group.all().filter(part -> !part.node().is("annotation")).forEach(part -> particle(part)
                .ifPresent(parts::add));
        ComplexForm.Group.Kind kind =
                ComplexForm.Group.Kind.valueOf(group.node().name().toUpperCase(java.util.Locale.ROOT));
        return Optional.of(new ComplexForm.Group(kind, least, most, List.copyOf(parts)));
    }

    private AnyForm any(At at) {
        List<String> admitted = List.of(at.node().get("namespace", "##any").split("\\s+"));
        boolean strict = at.node().get("processContents", "strict").equals("strict");
        AnyForm form = new AnyForm(admitted, at.part().namespace(), strict, Optional.empty());
        return strict ? new AnyForm(admitted, at.part().namespace(), true, declared(form)) : form;
    }

    /** An element that the schemas declare, of a simple type, as an example of those that they let in. */
    private Optional<ElementForm> declared(AnyForm wildcard) {
        for (Map.Entry<QName, At> declaration : all("element").entrySet()) {
            At at = declaration.getValue();
            Optional<QName> type = at.reference(at.node().get("type"));
            boolean simple = type.filter(name -> name.getNamespaceURI().equals(XsdNode.XSD)
                                    && !List.of("anyType", "QName", "NOTATION").contains(name.getLocalPart()))
                            .isPresent()
                    || type.filter(name -> all("type").containsKey(name)
                                    && declared("type", name).node().is("simpleType"))
                            .isPresent();
            if (simple
                    && !at.node().isTrue("abstract")
                    && wildcard.admits(declaration.getKey().getNamespaceURI())) {
                return Optional.of(element(at, declaration.getKey()));
            }
        }
        return Optional.empty();
    }

    /** An element, or, for the head of a substitution group, a choice of those that may stand for it. */
    private ComplexForm.Particle elements(At at, int least, int most) {
        Optional<QName> reference = at.reference(at.node().get("ref"));
        if (reference.isEmpty()) {
            QName name = new QName(
                    isQualified(at, "elementFormDefault") ? at.part().namespace() : "",
                    at.node().get("name", ""));
            return new ComplexForm.One(element(at, name), least, most);
        }
        Set<QName> all = new LinkedHashSet<>();
        substitutes(reference.get(), all);
        all.removeIf(name -> all.size() > 1 && declared("element", name).node().isTrue("abstract"));
        List<ComplexForm.Particle> choice = new ArrayList<>();
        for (QName name : all) {
            choice.add(new ComplexForm.One(global(name), 1, 1));
        }
        if (choice.size() == 1) {
            return new ComplexForm.One(global(all.iterator().next()), least, most);
        }
        return new ComplexForm.Group(ComplexForm.Group.Kind.CHOICE, least, most, List.copyOf(choice));
    }

    private ElementForm global(QName name) {
        return element(declared("element", name), name);
    }

    private void substitutes(QName head, Set<QName> found) {
        if (found.add(head)) {
            substitutes.getOrDefault(head, List.of()).forEach(name -> substitutes(name, found));
        }
    }

    /**
     * Notes where each element stands.
     *
     * @param repeated whether what is around may come several times
     * @param chosen whether something else may stand there instead
     * @return whether names alone do not tell the order
     */
    private boolean index(
            ComplexForm.Particle particle,
            boolean repeated,
            boolean chosen,
            Map<String, ComplexForm.Child> children,
            XsdNode type) {
        boolean again = repeated || particle.most() > 1;
        if (particle instanceof ComplexForm.One one) {
            String local = one.element().local();
            ComplexForm.Child before = children.put(local, new ComplexForm.Child(one.element(), again, !chosen));
            if (before != null && !before.element().name().equals(one.element().name())) {
                throw SchemaFiles.refusal(type, Rule.SCHEMA_NAME_TWICE, "xsd:element " + local);
            }
            return before != null;
        }
        ComplexForm.Group group = (ComplexForm.Group) particle;
        boolean alternatives = chosen
                || (group.kind() == ComplexForm.Group.Kind.CHOICE
                        && group.parts().size() > 1);
        boolean ordered = false;
        int before = children.size();
        for (ComplexForm.Particle part : group.parts()) {
            ordered |= index(part, again, alternatives, children, type);
        }
        return ordered || (group.most() > 1 && children.size() - before > 1);
    }
}
