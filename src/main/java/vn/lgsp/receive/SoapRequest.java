package vn.lgsp.receive;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.LinkedHashMap;
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
import vn.lgsp.failure.BusException;
import vn.lgsp.message.Inbound;
import vn.lgsp.message.Sha256;
import vn.lgsp.soap.Attachments;
import vn.lgsp.soap.ContentType;
import vn.lgsp.soap.EnvelopeReader;
import vn.lgsp.soap.Fault;
import vn.lgsp.soap.HeaderBlock;
import vn.lgsp.soap.Refusal;
import vn.lgsp.soap.SoapVersion;

/**
 * What a SOAP request asks for.
 *
 * @param payload the element in its body, a document of its own in UTF-8, with the attachments that belong into it
 * @param messageId the source's own id of the message, if it gave one
 * @param headers the header blocks that its card lets in, in their order
 */
@SuppressWarnings("ArrayRecordComponent") // nobody compares it
record SoapRequest(Operation operation, byte[] payload, Optional<String> messageId, List<HeaderBlock> headers) {
    private static final List<String> ADDRESSING =
            List.of("http://schemas.xmlsoap.org/ws/2004/08/addressing", "http://www.w3.org/2005/08/addressing");
    private static final Pattern MESSAGE_ID = Pattern.compile("[\\x21-\\x7E]{1,200}");
    private static final Pattern PLAIN_NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9._-]{0,63}");

    /**
     * Reads a request against the card of its service.
     *
     * @param understood names of header blocks that an earlier stage has understood
     * @param signed names of those that the sender's signature covers, where it has to sign: no other is let in
     * @throws vn.lgsp.failure.BusException by {@code refusal}
     */
    static SoapRequest of(
            EnvelopeReader envelope,
            ContentType type,
            Attachments attachments,
            Inbound head,
            ServiceCard card,
            Set<?> understood,
            Optional<Set<?>> signed,
            Refusal refusal)
            throws XMLStreamException {
        version(envelope, type, refusal);
        Set<String> ids = new LinkedHashSet<>();
        Set<QName> notUnderstood = new LinkedHashSet<>();
        Map<QName, HeaderBlock> known = new LinkedHashMap<>();
        Set<QName> twice = new LinkedHashSet<>();
        while (envelope.toHeader()) {
            QName header = envelope.name();
            boolean messageIdOfAddressing = ADDRESSING.contains(header.getNamespaceURI())
                    && header.getLocalPart().equals("MessageID");
            if (letsIn(card, header)) {
                HeaderBlock block = envelope.block();
                requireSigned(header, signed, refusal);
                if (known.put(header, block) != null) {
                    twice.add(header);
                }
                if (messageIdOfAddressing) {
                    ids.add(block.value());
                } else if (block.mustUnderstand() && !understood.contains(header)) {
                    notUnderstood.add(header);
                }
            } else if (messageIdOfAddressing) {
                if (card.mode() == ServiceCard.Mode.GUARANTEED) {
                    requireSigned(header, signed, refusal);
                }
                ids.add(envelope.text().strip());
            } else if (envelope.mustBeUnderstood() && !understood.contains(header)) {
                throw notUnderstood(header, refusal);
            }
        }
        Optional<String> messageId = messageId(head, ids, refusal);
        QName payload = envelope.toPayload();
        Operation operation = operation(payload, card, refusal);
        action(operation, type, head, refusal);
        // Only now it is known which operation is asked for, and what that lets in.
        SoapCall call = operation.soap().orElseThrow();
        for (QName header : notUnderstood) {
            if (!call.letsIn(header)) {
                throw notUnderstood(header, refusal);
            }
        }
        for (QName header : twice) {
            if (call.letsIn(header)) {
                throw refusal.of(
                        Fault.SENDER, "has the header block " + header.getLocalPart() + " twice: send it once");
            }
        }
        byte[] content = envelope.payload(attachments);
        envelope.end();
        return new SoapRequest(
                operation,
                content,
                messageId,
                known.values().stream()
                        .filter(block -> call.letsIn(block.name()))
                        .toList());
    }

    /** What no signature covers could be of anybody on the way, where the sender has to sign. */
    private static void requireSigned(QName header, Optional<Set<?>> signed, Refusal refusal) {
        if (signed.filter(names -> !names.contains(header)).isPresent()) {
            throw refusal.of(
                    Fault.SENDER,
                    "has a signature that does not cover its header block " + header.getLocalPart()
                            + ": sign it, or leave it out");
        }
    }

    /**
     * Reads a request that goes on as it is: which operation it asks for. Header blocks are for whoever it goes to.
     *
     * @throws vn.lgsp.failure.BusException by {@code refusal}
     */
    static Operation passing(
            EnvelopeReader envelope,
            ContentType type,
            Attachments attachments,
            Inbound head,
            ServiceCard card,
            Refusal refusal)
            throws XMLStreamException {
        version(envelope, type, refusal);
        Operation operation = operation(envelope.toPayload(), card, refusal);
        action(operation, type, head, refusal);
        envelope.pass(attachments);
        envelope.end();
        return operation;
    }

    /**
     * What another request has in common with it that says the same: the payload with its attachments, and the header blocks that are let
     * in. What the source writes anew each time does not count: time stamp, signature, boundaries.
     */
    byte[] meaning() {
        MessageDigest digest = Sha256.digest();
        for (HeaderBlock block : headers) {
            digest.update((block.name() + "\0" + block.value() + "\0").getBytes(StandardCharsets.UTF_8));
        }
        return digest.digest(payload);
    }

    private static void version(EnvelopeReader envelope, ContentType type, Refusal refusal) {
        SoapVersion version = envelope.version();
        if (!type.mediaType().equals(version.mediaType())) {
            throw refusal.of(
                    Fault.SENDER,
                    "is a " + version.label() + " envelope under another Content-Type: send it as "
                            + version.mediaType());
        }
    }

    /** Whether an operation of the service lets this header block in. */
    private static boolean letsIn(ServiceCard card, QName header) {
        return card.operations().stream()
                .anyMatch(operation -> operation.soap().stream().anyMatch(call -> call.letsIn(header)));
    }

    private static BusException notUnderstood(QName header, Refusal refusal) {
        return refusal.of(
                Fault.notUnderstood(header),
                "has a header block"
                        + (PLAIN_NAME.matcher(header.getLocalPart()).matches() ? " " + header.getLocalPart() : "")
                        + " that must be understood, and the bus does not: leave it out, or take mustUnderstand off");
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
