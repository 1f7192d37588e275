package vn.lgsp.deliver;

import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import javax.xml.namespace.QName;
import javax.xml.stream.XMLStreamException;
import vn.lgsp.failure.BusException;
import vn.lgsp.failure.ErrorCode;
import vn.lgsp.soap.EnvelopeReader;

/**
 * Takes the payload out of the envelope of a provider's answer, in SOAP 1.1 or 1.2.
 *
 * <p>Every failure is a {@link BusException} without content (MSG-09).
 */
final class SoapAnswer {
    private static final Pattern FAULT_CODE = Pattern.compile("[A-Za-z0-9._-]{1,64}");
    private static final Pattern ERROR_CODE = Pattern.compile("[A-Za-z0-9._-]{1,32}");
    private static final Set<String> ERROR_CODE_NAMES = Set.of("MaLoi", "Code", "ErrorCode");

    private SoapAnswer() {}

    /**
     * The payload of an answer: the one element in the body, in UTF-8, with the namespaces that it inherits from the envelope.
     *
     * @param contentTypeCharset the {@code charset} of the answer's content type; it, the byte order mark and the XML declaration may
     *     each name the encoding, and must not contradict each other. Without any it is UTF-8
     * @param expectsNamespace of the payload that the contract promises
     * @param expectsLocalName of that payload
     * @throws BusException {@code provider-invalid} when it is no SOAP answer that can be read; {@code provider-failed} with the
     *     provider's own code for a fault, or for another payload than the promised one, which is how errors hide in a 200
     */
    static byte[] unwrap(
            byte[] envelope, Optional<String> contentTypeCharset, String expectsNamespace, String expectsLocalName) {
        QName expected = new QName(expectsNamespace, expectsLocalName);
        return EnvelopeReader.read(
                envelope,
                contentTypeCharset,
                (fault, what) -> new BusException(ErrorCode.PROVIDER_INVALID, "the provider's answer " + what),
                answer -> payload(answer, expected));
    }

    private static byte[] payload(EnvelopeReader answer, QName expected) throws XMLStreamException {
        QName name = answer.toPayload();
        if (answer.isFault()) {
            throw fault(answer);
        }
        if (!name.equals(expected)) {
            throw otherPayload(answer, name.getLocalPart());
        }
        byte[] payload = answer.payload();
        answer.end();
        return payload;
    }

    /** The provider's fault, by its code; its text is content. */
    private static BusException fault(EnvelopeReader answer) throws XMLStreamException {
        int fault = answer.depth();
        String code = "";
        while (answer.toElementInside(fault)) {
            // 1.1: faultcode; 1.2: Code/Value, and Subcode/Value, which says more and comes later
            if ("faultcode".equals(answer.name().getLocalPart()) || answer.isSoap("Value")) {
                String value = answer.text().strip();
                code = value.substring(value.indexOf(':') + 1);
            }
        }
        answer.end();
        return failed("a SOAP fault", FAULT_CODE, code, "");
    }

    /** An error inside a success, by its code or the name of its element. */
    private static BusException otherPayload(EnvelopeReader answer, String name) throws XMLStreamException {
        int root = answer.depth();
        String code = "";
        while (answer.toElementInside(root)) {
            if (answer.depth() == root + 1
                    && ERROR_CODE_NAMES.contains(answer.name().getLocalPart())) {
                code = answer.text().strip();
            }
        }
        answer.end();
        return failed("another message than its contract promises", ERROR_CODE, code, name);
    }

    private static BusException failed(String with, Pattern form, String code, String otherwise) {
        String shown = form.matcher(code).matches() ? code : otherwise;
        return new BusException(
                ErrorCode.PROVIDER_FAILED,
                "the provider answered with " + with,
                FAULT_CODE.matcher(shown).matches() ? shown : null,
                null);
    }
}
