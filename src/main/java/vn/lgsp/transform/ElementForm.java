package vn.lgsp.transform;

import java.util.Optional;
import javax.xml.namespace.QName;

/**
 * What an element of a schema is in JSON.
 *
 * @param nillable whether it may be {@code null}
 * @param filled what the schema fills it with when it is empty; then the empty text stays the empty text, whatever its type
 */
record ElementForm(QName name, boolean nillable, Optional<String> filled, TypeForm type) {
    String local() {
        return name.getLocalPart();
    }
}
