package vn.lgsp.deliver;

import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import javax.xml.namespace.QName;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;
import vn.lgsp.failure.BusException;
import vn.lgsp.failure.ErrorCode;
import vn.lgsp.parse.XmlParsers;
import vn.lgsp.soap.Attachments;
import vn.lgsp.soap.EnvelopeReader;
import vn.lgsp.soap.Fault;
import vn.lgsp.soap.Refusal;
import vn.lgsp.soap.SoapMessage;

/**
 * Takes the payload out of the envelope of a provider's answer, in SOAP 1.1 or 1.2.
 *
 * <p>Every failure is a {@link BusException} without content (MSG-09).
 */
final class SoapAnswer {
    private static final Pattern ERROR_CODE = Pattern.compile("[A-Za-z0-9._-]{1,32}");
    private static final Set<String> ERROR_CODE_NAMES = Set.of("MaLoi", "Code", "ErrorCode");

    private static final Refusal INVALID =
            (fault, what) -> new BusException(ErrorCode.PROVIDER_INVALID, "the provider's answer " + what);

    private SoapAnswer() {}

    /**
     * The payload of an answer: the one element in the body, in UTF-8, with the namespaces that it inherits from the envelope.
     *
     * @param message whose attachments come back where they belong, as base64
     * @param expectsNamespace of the payload that the contract promises
     * @param expectsLocalName of that payload
     * @param named elements that come as attachments of their name, though nothing refers to them
     * @throws BusException {@code provider-invalid} when it is no SOAP answer that can be read; {@code provider-failed} with the
     *     provider's own code for a fault, or for another payload than the promised one, which is how errors hide in a 200
     */
    static byte[] unwrap(SoapMessage message, String expectsNamespace, String expectsLocalName, Set<String> named) {
        QName expected = new QName(expectsNamespace, expectsLocalName);
        return EnvelopeReader.read(
                message.envelope(),
                message.type().charset(),
                INVALID,
                answer -> payload(answer, expected, message.attachments(), named));
    }

    /**
     * That an answer has nothing in its body, as its contract promises.
     *
     * @throws BusException as {@link #unwrap}: a fault, or anything else, is the provider's failure
     */
    static void requireNothing(SoapMessage message) {
        EnvelopeReader.read(message.envelope(), message.type().charset(), INVALID, answer -> {
            Optional<QName> held = answer.toPayloadIfAny();
            if (answer.isFault()) {
                throw fault(answer);
            }
            if (held.isPresent()) {
                throw otherPayload(answer, held.get().getLocalPart());
            }
            answer.end();
            return held;
        });
    }

    /** Whether a payload has no element inside. */
    static boolean isEmpty(byte[] payload) {
        try {
            XMLStreamReader xml = XmlParsers.events(new StringReader(new String(payload, StandardCharsets.UTF_8)));
            int elements = 0;
            while (xml.hasNext() && elements < 2) {
                elements += xml.next() == XMLStreamConstants.START_ELEMENT ? 1 : 0;
            }
            return elements < 2;
        } catch (XMLStreamException broken) {
            throw new BusException(ErrorCode.PROVIDER_INVALID, "the provider's answer is not well-formed", broken);
        }
    }

    /** The payload of an answer that came alone, in this {@code charset} as its content type says. */
    static byte[] unwrap(byte[] envelope, Optional<String> charset, String expectsNamespace, String expectsLocalName) {
        return unwrap(SoapMessage.plain(envelope, charset), expectsNamespace, expectsLocalName, Set.of());
    }

    /**
     * An answer, taken out of its parts where it has attachments. Of any other media type only the charset counts: many systems say
     * a wrong one.
     *
     * @throws BusException {@code provider-invalid}
     */
    static SoapMessage message(byte[] content, String contentType) {
        return contentType.strip().toLowerCase(Locale.ROOT).startsWith(SoapMessage.MULTIPART)
                ? SoapMessage.of(content, SoapMessage.type(contentType, INVALID), INVALID)
                : SoapMessage.plain(content, charset(contentType));
    }

    private static Optional<String> charset(String contentType) {
        for (String part : contentType.split(";", -1)) {
            String parameter = part.strip();
            if (parameter.toLowerCase(Locale.ROOT).startsWith("charset=")) {
                return Optional.of(parameter.substring("charset=".length()).replace("\"", ""));
            }
        }
        return Optional.empty();
    }

    /**
     * The fault that an answer is, if it is one that can be read: {@code provider-failed} with the provider's own code.
     *
     * @param contentType of the answer
     */
    static Optional<BusException> fault(byte[] content, String contentType) {
        try {
            SoapMessage message = message(content, contentType);
            return EnvelopeReader.read(message.envelope(), message.type().charset(), INVALID, answer -> {
                answer.toPayload();
                return answer.isFault() ? Optional.of(fault(answer)) : Optional.empty();
            });
        } catch (BusException unreadable) {
            return Optional.empty();
        }
    }

    /**
     * That the answer to a one-way call is none, though something came back.
     *
     * @return {@code provider-failed} for a fault, otherwise {@code provider-invalid}
     */
    static BusException unexpected(byte[] content, String contentType) {
        return fault(content, contentType)
                .orElseGet(() -> new BusException(
                        ErrorCode.PROVIDER_INVALID,
                        "the provider answered with content, and its contract promises none"));
    }

    private static byte[] payload(EnvelopeReader answer, QName expected, Attachments attachments, Set<String> named)
            throws XMLStreamException {
        QName name = answer.toPayload();
        if (answer.isFault()) {
            throw fault(answer);
        }
        if (!name.equals(expected)) {
            throw otherPayload(answer, name.getLocalPart());
        }
        byte[] payload = answer.payload(attachments, named);
        answer.end();
        return payload;
    }

    /** The provider's fault, by its code; its text is content. */
    private static BusException fault(EnvelopeReader answer) throws XMLStreamException {
        String code = answer.faultCode();
        answer.end();
        return failed("a SOAP fault", code);
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
        return failed(
                "another message than its contract promises",
                ERROR_CODE.matcher(code).matches() ? code : name);
    }

    private static BusException failed(String with, String code) {
        return new BusException(
                ErrorCode.PROVIDER_FAILED,
                "the provider answered with " + with,
                Fault.plain(code).orElse(null),
                null);
    }
}
