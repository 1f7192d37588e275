package vn.lgsp.transform;

import java.util.List;
import java.util.Optional;

/**
 * What may hold anything, in JSON: the XML of one element, as a string. Of {@code xsd:any} that element is any that may stand there; of
 * {@code xsd:anyType} it is the element of that type itself.
 *
 * @param admitted as the attribute {@code namespace} says, in its words
 * @param target the target namespace of the schema that says so
 * @param declaredOnly whether it must be one that a schema declares
 * @param sample such a one, of a simple type
 */
record AnyForm(List<String> admitted, String target, boolean declaredOnly, Optional<ElementForm> sample)
        implements TypeForm {
    static final AnyForm ANY_TYPE = new AnyForm(List.of("##any"), "", false, Optional.empty());

    /** Whether elements of this namespace may stand there; none is the empty one. */
    boolean admits(String namespace) {
        return admitted.stream().anyMatch(word -> switch (word) {
            case "##any" -> true;
            case "##other" -> !namespace.isEmpty() && !namespace.equals(target);
            case "##local" -> namespace.isEmpty();
            case "##targetNamespace" -> namespace.equals(target);
            default -> namespace.equals(word);
        });
    }
}
