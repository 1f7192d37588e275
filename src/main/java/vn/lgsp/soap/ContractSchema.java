package vn.lgsp.soap;

import java.net.URI;
import org.w3c.dom.Element;

/**
 * One schema, inside of a contract or in a file of its own.
 *
 * @param file what it is called beside the others when it is taken out
 * @param base what its locations are relative to
 */
record ContractSchema(String file, URI base, Element root) {
    String namespace() {
        return root.getAttribute("targetNamespace");
    }
}
