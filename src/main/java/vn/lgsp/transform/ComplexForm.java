package vn.lgsp.transform;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.xml.namespace.QName;

/**
 * What a complex type of a schema is in JSON: an object with a member for each attribute ({@code @name}) and for each element. Where
 * the order of elements says something that their names do not, the elements are an array, {@code content}, each an object of one
 * member; so is the text of mixed content. Text beside attributes is the member {@code value}. What a wildcard lets in are the members
 * {@code @xsd:any} and {@code @xsd:anyAttribute}.
 */
final class ComplexForm implements TypeForm {
    /** Members that no element or attribute can be called. */
    static final String ATTRIBUTE = "@";

    static final String TYPE = "@xsi:type";
    static final String NIL = "@xsi:nil";
    /** Where there is one of these, there is no element of its own beside. */
    static final String VALUE = "value";

    static final String CONTENT = "content";
    /** Elements that no schema names; as text of XML. */
    static final String ANY = "@xsd:any";
    /** Among the attributes: those that no schema names. */
    static final String ANY_ATTRIBUTE = "xsd:anyAttribute";

    /** In how many occurrences: more than anybody counts. */
    static final int UNBOUNDED = Integer.MAX_VALUE;

    /** An attribute. */
    record Attribute(QName name, TextType type, boolean required, Optional<String> fixed) {}

    /** Elements, and groups of these, in the order in which they may stand. */
    sealed interface Particle {
        int least();

        int most();
    }

    /** One element. */
    record One(ElementForm element, int least, int most) implements Particle {}

    /** Several. */
    record Group(Kind kind, int least, int most, List<Particle> parts) implements Particle {
        enum Kind {
            SEQUENCE,
            CHOICE,
            ALL
        }
    }

    /**
     * An element at its place.
     *
     * @param list whether it is an array
     * @param always whether it is there even without an item
     */
    record Child(ElementForm element, boolean list, boolean always) {}

    private final Optional<QName> name;
    private final boolean isAbstract;
    private final Map<String, Attribute> attributes = new LinkedHashMap<>();
    private final Map<String, Child> children = new LinkedHashMap<>();
    private final Map<String, ComplexForm> derived = new LinkedHashMap<>();
    private Optional<TextType> text = Optional.empty();
    private Optional<Particle> model = Optional.empty();
    private boolean mixed;
    private boolean ordered;

    ComplexForm(Optional<QName> name, boolean isAbstract) {
        this.name = name;
        this.isAbstract = isAbstract;
    }

    /** Types may contain themselves, so they are known before they are read. */
    void be(
            Map<String, Attribute> itsAttributes,
            Optional<TextType> itsText,
            Optional<Particle> itsModel,
            boolean isMixed,
            boolean isOrdered,
            Map<String, Child> itsChildren) {
        attributes.putAll(itsAttributes);
        text = itsText;
        model = itsModel;
        mixed = isMixed;
        ordered = isOrdered || isMixed;
        children.putAll(itsChildren);
    }

    void mayBe(String local, ComplexForm type) {
        derived.put(local, type);
    }

    Optional<QName> name() {
        return name;
    }

    boolean isAbstract() {
        return isAbstract;
    }

    /** By local name. */
    Map<String, Attribute> attributes() {
        return attributes;
    }

    /** By local name. */
    Map<String, Child> children() {
        return children;
    }

    /** The types that may stand for it, as {@code xsi:type} names them, by local name. */
    Map<String, ComplexForm> derived() {
        return derived;
    }

    /** What the element of this name is here, be it named, or any. */
    Optional<Child> child(QName element) {
        Child named = children.get(element.getLocalPart());
        return named != null && named.element().name().equals(element)
                ? Optional.of(named)
                : Optional.ofNullable(children.get(ANY));
    }

    /** The attribute of this name, be it named, or any. */
    Optional<Attribute> attribute(QName attribute) {
        Attribute named = attributes.get(attribute.getLocalPart());
        return named != null && named.name().equals(attribute)
                ? Optional.of(named)
                : Optional.ofNullable(attributes.get(ANY_ATTRIBUTE));
    }

    /** Of simple content. */
    Optional<TextType> text() {
        return text;
    }

    Optional<Particle> model() {
        return model;
    }

    boolean isMixed() {
        return mixed;
    }

    /** Whether its elements are an array. */
    boolean isOrdered() {
        return ordered;
    }

    /** Whether it is its text alone. */
    boolean isPlain() {
        return text.isPresent() && attributes.isEmpty();
    }
}
