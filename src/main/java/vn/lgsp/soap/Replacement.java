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

    /** Whether a whole element is taken out, and told to {@link #taken}. */
    default boolean takes(QName name) {
        return false;
    }

    /**
     * Such an element was taken out.
     *
     * @param text of it; empty where it is nil
     */
    default void taken(String element, Optional<String> text) {}

    /**
     * What comes after all that the root element holds.
     *
     * @param prefix of the root, which may be empty
     */
    default String atEnd(String prefix) {
        return "";
    }
}
