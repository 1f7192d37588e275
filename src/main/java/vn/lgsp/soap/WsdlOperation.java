package vn.lgsp.soap;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One operation of a SOAP service, as its contract tells it.
 *
 * @param version of SOAP that the binding speaks
 * @param action the SOAPAction; empty where there is none
 * @param request what goes in the body; empty where it is empty
 * @param answer what comes in the body of a good answer; empty where that is empty, and of a one-way operation
 * @param oneWay whether no answer is promised
 * @param schemas texts by the names of files that refer to nothing but each other
 * @param address where the contract says that the service is
 * @param attachments what travels beside the envelope, if anything does
 * @param notes what the contract says beyond, and is not taken over
 */
public record WsdlOperation(
        String name,
        SoapVersion version,
        String action,
        Optional<Message> request,
        Optional<Message> answer,
        boolean oneWay,
        Map<String, String> schemas,
        Optional<String> address,
        Optional<Beside> attachments,
        List<String> notes) {

    /**
     * The one element of a body.
     *
     * @param file of the schemas, that declares it at its top level
     */
    public record Message(String file, String namespace, String element) {}

    /**
     * Elements whose base64 travels as SOAP with Attachments.
     *
     * @param elements by their local names, in order
     */
    public record Beside(AttachmentWriter.Packaging packaging, List<String> elements) {}
}
