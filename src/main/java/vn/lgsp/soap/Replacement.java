package vn.lgsp.soap;

import java.util.Optional;
import javax.xml.namespace.QName;

/** What takes the place of content while a payload is taken out of its envelope; all text is XML as it stands in a document. */
interface Replacement {
    /** Everything stays. */
    Replacement NOTHING = new Replacement() {};

    /** Whether there is anything to look for. */
    default boolean applies() {
        return false;
    }

    /** Whether a whole element is replaced by {@link #ofElement}. */
    default boolean isElement(QName name) {
        return false;
    }

    /** In place of such an element with this attribute {@code href}, which may be empty. */
    default String ofElement(String href) {
        return "";
    }

    /** In place of the attribute {@code href} with this value: the text of its element. */
    default Optional<String> ofHref(String href) {
        return Optional.empty();
    }

    /** In place of the text of an element that holds nothing else. */
    default Optional<String> ofText(String element, String text) {
        return Optional.empty();
    }
}
