package vn.lgsp.catalogue;

import java.util.List;
import javax.xml.namespace.QName;

/**
 * How an operation of a SOAP service is recognised, and what of its envelope is let in.
 *
 * @param namespace of the element in the SOAP body
 * @param element local name of the element in the SOAP body
 * @param action the SOAPAction that its contract names; a request may leave it out, and may not send another one;
 *     empty where the contract names none
 * @param oneWay whether the contract promises no answer: it is acknowledged by HTTP alone, once it is accepted
 * @param headers the header blocks that are let in to a route that maps; no two with one local name
 * @param attachments local names of the elements of the answer whose base64 travels as MTOM; none where it stays in the envelope
 */
public record SoapCall(
        String namespace,
        String element,
        String action,
        boolean oneWay,
        List<QName> headers,
        List<String> attachments) {
    public SoapCall {
        headers = List.copyOf(headers);
        attachments = List.copyOf(attachments);
    }

    /** An operation that is answered, and needs no header block. */
    public SoapCall(String namespace, String element, String action) {
        this(namespace, element, action, false, List.of(), List.of());
    }

    /** Whether this header block is let in. */
    public boolean letsIn(QName header) {
        return headers.contains(header);
    }
}
