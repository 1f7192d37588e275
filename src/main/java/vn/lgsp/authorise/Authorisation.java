package vn.lgsp.authorise;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import vn.lgsp.catalogue.Grant;
import vn.lgsp.catalogue.JmsCall;
import vn.lgsp.catalogue.Operation;
import vn.lgsp.catalogue.ServiceCard;
import vn.lgsp.catalogue.Snapshot;
import vn.lgsp.failure.BusException;
import vn.lgsp.failure.ErrorCode;
import vn.lgsp.message.Inbound;
import vn.lgsp.message.ServiceId;
import vn.lgsp.message.ServiceKey;
import vn.lgsp.message.SystemId;

/**
 * Decides whether a caller may use an operation of a service. The default is no: only a grant in force opens a service.
 */
final class Authorisation {

    /**
     * What a request asks for.
     *
     * @param values of the path's named parts and of the documented query parameters
     */
    record Asked(ServiceCard card, Operation operation, Map<String, String> values) {}

    private static final Pattern PRINTABLE = Pattern.compile("[\\x20-\\x7E]*");

    private final Clock clock;

    Authorisation(Clock clock) {
        this.clock = clock;
    }

    /** @throws BusException {@code service-unknown} */
    Snapshot.Offer service(Inbound request, Snapshot known) {
        if (ServiceId.isValid(request.service()) && request.version() >= 1 && request.version() <= 999) {
            Optional<Snapshot.Offer> offer =
                    known.offer(new ServiceKey(new ServiceId(request.service()), request.version()));
            if (offer.isPresent()) {
                return offer.get();
            }
        }
        throw new BusException(
                ErrorCode.SERVICE_UNKNOWN,
                "no service has this address: the form is /api/{service}/v{version}/..., or /soap/{service}/v{version}");
    }

    /**
     * That a request to the SOAP address of a service may be read on: which operation it asks for stands in its body.
     *
     * @param consumer who asks; empty where only the body can tell
     * @throws BusException {@code service-unknown}, {@code method-not-allowed}, {@code message-invalid}, {@code grant-missing}, {@code
     *     consumer-unknown}
     */
    void soap(Inbound request, ServiceCard card, Optional<SystemId> consumer, Snapshot known) {
        List<Operation> operations = requireSoap(request, card);
        if (!request.method().equals("POST")) {
            throw new BusException(
                    ErrorCode.METHOD_NOT_ALLOWED, "this address takes SOAP by POST, and tells its contract at ?wsdl");
        }
        if (!request.query().isEmpty()) {
            throw new BusException(ErrorCode.MESSAGE_INVALID, "a SOAP address takes no query: send none");
        }
        Instant now = clock.instant();
        if (consumer.isEmpty()) {
            if (card.mode() == ServiceCard.Mode.PASS_THROUGH || !known.isGrantedToSigning(card, now)) {
                throw new BusException(
                        ErrorCode.CONSUMER_UNKNOWN, "no credential: send the account's key in the header X-Api-Key");
            }
            return;
        }
        boolean granted = known.grants(consumer.get(), card.key()).stream()
                .anyMatch(grant -> operations.stream().anyMatch(operation -> grant.covers(operation.id(), now)));
        if (!granted) {
            throw new BusException(
                    ErrorCode.GRANT_MISSING,
                    "system " + consumer.get() + " holds no grant in force for " + card.key()
                            + ": ask the provider for one");
        }
    }

    /**
     * That the address is the SOAP address of a service.
     *
     * @return its SOAP operations
     * @throws BusException {@code service-unknown}
     */
    List<Operation> requireSoap(Inbound request, ServiceCard card) {
        List<Operation> operations = card.operations().stream()
                .filter(operation -> operation.soap().isPresent())
                .toList();
        if (operations.isEmpty()) {
            throw new BusException(
                    ErrorCode.SERVICE_UNKNOWN,
                    card.key() + " has no SOAP operation: its address is /api/" + card.key() + "/...");
        }
        if (!request.path().isEmpty() && !request.path().equals("/")) {
            throw new BusException(
                    ErrorCode.SERVICE_UNKNOWN, "the SOAP address of " + card.key() + " is /soap/" + card.key());
        }
        return operations;
    }

    /**
     * The operation with the method and the path of the request, if the service has one.
     *
     * @throws BusException {@code message-invalid}
     */
    Optional<Asked> operation(Inbound request, ServiceCard card) {
        for (Operation operation : card.operations()) {
            if (operation.isRest() && operation.takes(request.method())) {
                Optional<Map<String, String>> parts = operation.path().match(request.path());
                if (parts.isPresent()) {
                    Map<String, String> values = new LinkedHashMap<>(parts.get());
                    values.putAll(query(request.query(), operation));
                    values.putAll(headers(request, operation));
                    return Optional.of(new Asked(card, operation, values));
                }
            }
        }
        return Optional.empty();
    }

    /**
     * The operation that a message in the queue of a service asks for; what its properties hold is let in as the card says.
     *
     * @throws BusException {@code service-unknown}
     */
    Asked onQueue(Inbound message, ServiceCard card) {
        Operation operation = card.onQueue()
                .orElseThrow(() -> new BusException(
                        ErrorCode.SERVICE_UNKNOWN, card.key() + " is not offered on a queue any more"));
        Map<String, String> values = new LinkedHashMap<>();
        operation.jms().orElseThrow().properties().forEach((property, header) -> {
            for (Map.Entry<String, String> each : message.headers()) {
                if (each.getKey().equals(header)) {
                    values.put(property, each.getValue());
                }
            }
        });
        return new Asked(card, operation, values);
    }

    /** The methods that the address of the request offers; none where no operation has it. */
    List<String> methods(Inbound request, ServiceCard card) {
        return methods(at(request, card));
    }

    /** The methods that these operations offer. */
    static List<String> methods(List<Operation> offered) {
        Set<String> methods = new TreeSet<>();
        offered.forEach(operation -> methods.add(operation.method()));
        if (methods.contains("GET")) {
            methods.add("HEAD");
        }
        if (!methods.isEmpty()) {
            methods.add("OPTIONS");
        }
        return List.copyOf(methods);
    }

    /** The operations that have the path of the request. */
    List<Operation> at(Inbound request, ServiceCard card) {
        return card.operations().stream()
                .filter(Operation::isRest)
                .filter(operation -> operation.path().match(request.path()).isPresent())
                .toList();
    }

    /**
     * What a caller is told whose request is no operation of the service.
     *
     * @param methods that the address of the request offers, {@link #methods}
     * @return {@code method-not-allowed}, or {@code service-unknown} where there are none
     */
    BusException notOffered(ServiceCard card, List<String> methods) {
        if (!methods.isEmpty()) {
            return new BusException(
                    ErrorCode.METHOD_NOT_ALLOWED, "this address offers " + String.join(", ", methods) + " only");
        }
        if (card.operations().stream().noneMatch(Operation::isRest)) {
            boolean soap = card.operations().stream()
                    .anyMatch(operation -> operation.soap().isPresent());
            return new BusException(
                    ErrorCode.SERVICE_UNKNOWN,
                    soap
                            ? card.key() + " is a SOAP service: its address is /soap/" + card.key()
                            : card.key() + " takes messages: its queue is " + JmsCall.queue(card.key()));
        }
        return new BusException(
                ErrorCode.SERVICE_UNKNOWN,
                card.key() + " has no operation with this path; its operations are "
                        + card.operations().stream()
                                .filter(Operation::isRest)
                                .map(Operation::label)
                                .collect(Collectors.joining(", ")));
    }

    /** @throws BusException {@code grant-missing} */
    Grant grant(SystemId consumer, Asked asked, Snapshot known) {
        Instant now = clock.instant();
        return known.grants(consumer, asked.card().key()).stream()
                .filter(grant -> grant.covers(asked.operation().id(), now))
                .findFirst()
                .orElseThrow(() -> new BusException(
                        ErrorCode.GRANT_MISSING,
                        "system " + consumer + " holds no grant in force for "
                                + asked.card().key() + " " + asked.operation().label() + ": ask the provider for one"));
    }

    private static Map<String, String> query(String query, Operation operation) {
        Map<String, String> values = new LinkedHashMap<>();
        if (query.isEmpty()) {
            return values;
        }
        for (String pair : query.split("&", -1)) {
            if (pair.isEmpty()) {
                continue;
            }
            int equals = pair.indexOf('=');
            String name = decode(equals < 0 ? pair : pair.substring(0, equals));
            if (!operation.query().contains(name)) {
                throw new BusException(
                        ErrorCode.MESSAGE_INVALID,
                        "the query has a parameter that " + operation.label() + " does not document; it documents "
                                + (operation.query().isEmpty() ? "none" : String.join(", ", operation.query())));
            }
            if (values.put(name, equals < 0 ? "" : decode(pair.substring(equals + 1))) != null) {
                throw new BusException(
                        ErrorCode.MESSAGE_INVALID, "query parameter " + name + " is there twice: send it once");
            }
        }
        return values;
    }

    private static Map<String, String> headers(Inbound request, Operation operation) {
        Map<String, String> values = new LinkedHashMap<>();
        for (String name : operation.headers()) {
            for (Map.Entry<String, String> header : request.headers()) {
                if (!header.getKey().equalsIgnoreCase(name)) {
                    continue;
                }
                if (!PRINTABLE.matcher(header.getValue()).matches()) {
                    throw new BusException(
                            ErrorCode.MESSAGE_INVALID,
                            "header " + name + " has characters beyond printable ASCII: percent-encode them");
                }
                if (values.put(Operation.variable(name), header.getValue()) != null) {
                    throw new BusException(
                            ErrorCode.MESSAGE_INVALID, "header " + name + " is there twice: send it once");
                }
            }
        }
        return values;
    }

    private static String decode(String text) {
        try {
            return URLDecoder.decode(text, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException broken) {
            throw new BusException(ErrorCode.MESSAGE_INVALID, "the query is not percent-encoded correctly", broken);
        }
    }
}
