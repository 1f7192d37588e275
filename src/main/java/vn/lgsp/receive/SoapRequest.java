package vn.lgsp.receive;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.xml.namespace.QName;
import javax.xml.stream.XMLStreamException;
import vn.lgsp.catalogue.Operation;
import vn.lgsp.catalogue.ServiceCard;
import vn.lgsp.catalogue.SoapCall;
import vn.lgsp.message.Inbound;
import vn.lgsp.soap.ContentType;
import vn.lgsp.soap.EnvelopeReader;
import vn.lgsp.soap.Fault;
import vn.lgsp.soap.Refusal;
import vn.lgsp.soap.SoapVersion;

/**
 * What a SOAP request asks for.
 *
 * @param payload the element in its body, a document of its own in UTF-8
 * @param messageId the source's own id of the message, if it gave one
 */
@SuppressWarnings("ArrayRecordComponent") // nobody compares it
record SoapRequest(Operation operation, byte[] payload, Optional<String> messageId) {
    private static final List<String> ADDRESSING =
            List.of("http://schemas.xmlsoap.org/ws/2004/08/addressing", "http://www.w3.org/2005/08/addressing");
    private static final Pattern MESSAGE_ID = Pattern.compile("[\\x21-\\x7E]{1,200}");
    private static final Pattern PLAIN_NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9._-]{0,63}");

    /**
     * Reads a request against the card of its service.
     *
     * @param understood names of header blocks that an earlier stage has understood
     * @throws vn.lgsp.failure.BusException by {@code refusal}
     */
    static SoapRequest of(
            EnvelopeReader envelope, ContentType type, Inbound head, ServiceCard card, Set<?> understood, Refusal refusal)
            throws XMLStreamException {
        SoapVersion version = envelope.version();
        if (!type.mediaType().equals(version.mediaType())) {
            throw refusal.of(
                    Fault.SENDER,
                    "is a " + version.label() + " envelope under another Content-Type: send it as "
                            + version.mediaType());
        }
        Set<String> ids = new LinkedHashSet<>();
        while (envelope.toHeader()) {
            QName header = envelope.name();
            if (ADDRESSING.contains(header.getNamespaceURI())
                    && header.getLocalPart().equals("MessageID")) {
                ids.add(envelope.text().strip());
            } else if (envelope.mustBeUnderstood() && !understood.contains(header)) {
                throw refusal.of(
                        Fault.notUnderstood(header),
                        "has a header block"
                                + (PLAIN_NAME.matcher(header.getLocalPart()).matches()
                                        ? " " + header.getLocalPart()
                                        : "")
                                + " that must be understood, and the bus does not: leave it out, or take"
                                + " mustUnderstand off");
            }
        }
        Optional<String> messageId = messageId(head, ids, refusal);
        QName payload = envelope.toPayload();
        Operation operation = operation(payload, card, refusal);
        action(operation, type, head, refusal);
        byte[] content = envelope.payload();
        envelope.end();
        return new SoapRequest(operation, content, messageId);
    }

    /**
     * The source's own id of a message: of the header blocks, the HTTP header, or both where they agree (DLV-05).
     *
     * @param ofHeaders what {@code wsa:MessageID} says
     */
    static Optional<String> messageId(Inbound head, Set<String> ofHeaders, Refusal refusal) {
        Set<String> ids = new LinkedHashSet<>(ofHeaders);
        values(head, "Idempotency-Key").map(String::strip).forEach(ids::add);
        if (ids.size() > 1) {
            throw refusal.of(
                    Fault.SENDER,
                    "has two message ids that differ: send one in wsa:MessageID or Idempotency-Key, or the same in both");
        }
        Optional<String> id = ids.stream().findFirst();
        if (id.isPresent() && !MESSAGE_ID.matcher(id.get()).matches()) {
            throw refusal.of(
                    Fault.SENDER,
                    "has a message id that is none: write 1 to 200 printable characters of ASCII without a space");
        }
        return id;
    }

    private static Operation operation(QName payload, ServiceCard card, Refusal refusal) {
        return card.operations().stream()
                .filter(operation ->
                        operation.soap().stream().anyMatch(call -> name(call).equals(payload)))
                .findFirst()
                .orElseThrow(() -> refusal.of(
                        Fault.SENDER,
                        "has an element in its SOAP body that " + card.key() + " does not know: it knows "
                                + card.operations().stream()
                                        .flatMap(operation -> operation.soap().stream())
                                        .map(call -> name(call).toString())
                                        .collect(Collectors.joining(", "))));
    }

    private static QName name(SoapCall call) {
        return new QName(call.namespace(), call.element());
    }

    /** An action may be left out; one that is named must be that of the contract. */
    private static void action(Operation operation, ContentType type, Inbound head, Refusal refusal) {
        String action = operation.soap().orElseThrow().action();
        Stream.concat(values(head, "SOAPAction").map(SoapRequest::unquoted), type.parameter("action").stream())
                .filter(named -> !named.isEmpty() && !named.equals(action))
                .findFirst()
                .ifPresent(wrong -> {
                    throw refusal.of(
                            Fault.SENDER,
                            "names another SOAP action than the contract for " + operation.id() + ": send '" + action
                                    + "', or none");
                });
    }

    private static Stream<String> values(Inbound head, String name) {
        Stream.Builder<String> values = Stream.builder();
        for (Map.Entry<String, String> header : head.headers()) {
            if (header.getKey().equalsIgnoreCase(name)) {
                values.add(header.getValue());
            }
        }
        return values.build();
    }

    private static String unquoted(String action) {
        String text = action.strip();
        boolean quoted = text.length() >= 2 && text.startsWith("\"") && text.endsWith("\"");
        return quoted ? text.substring(1, text.length() - 1) : text;
    }
}
