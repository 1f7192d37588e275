package vn.lgsp.catalogue;

import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import vn.lgsp.message.ServiceId;
import vn.lgsp.message.ServiceKey;
import vn.lgsp.message.SystemId;

/**
 * Reads service cards: {@code routes/<domain>/<service>.card.yaml}.
 *
 * <p>Every mistake is an {@link IllegalArgumentException} that names file, line, what is wrong and what to do.
 *
 * @see "CAT-01, CAT-03, CAT-06"
 */
public final class CardFile {
    public static final String SUFFIX = ".card.yaml";

    /** Limits of a card that does not write them. */
    public static final long DEFAULT_REQUEST_LIMIT = Quantity.MB;

    public static final long DEFAULT_ANSWER_LIMIT = 10 * Quantity.MB;
    public static final Duration DEFAULT_BODY_TIMEOUT = Duration.ofSeconds(30);

    private static final Pattern QUERY = Pattern.compile("[A-Za-z][A-Za-z0-9._-]{0,63}");
    private static final Pattern MEDIA_TYPE = Pattern.compile("[a-z]+/[a-z0-9][a-z0-9.+-]{0,126}");
    private static final Set<String> METHODS = Set.of("GET", "POST", "PUT", "PATCH", "DELETE");
    private static final Set<String> BODILESS = Set.of("GET", "DELETE");
    private static final Pattern NAMESPACE = Pattern.compile("[A-Za-z][A-Za-z0-9+.-]*:[^\\s<>\"{}|^`\\\\]{1,500}");
    private static final Pattern ELEMENT = Pattern.compile("[\\p{L}_][\\p{L}\\p{N}_.-]{0,127}");
    private static final Pattern ACTION = Pattern.compile("[\\p{Graph}&&[^\"]]{0,500}");
    /** What a request of SOAP 1.1 and 1.2 says that it is. */
    private static final List<String> SOAP_TYPES = List.of("text/xml", "application/soap+xml");

    private static final String[] OPERATION = {"id", "method", "path", "query", "accepts", "answers", "soap"};
    /** Whoever answers these speaks to the bus, not to the caller behind it. */
    private static final Set<Integer> NEVER_PASSED_ON = Set.of(401, 403, 407);

    private CardFile() {}

    /**
     * The card in this file.
     *
     * @param path of which the last two parts name domain and service
     */
    public static ServiceCard read(Path path) {
        return read(path.toString(), YamlFile.text(path));
    }

    /**
     * The card in this text.
     *
     * @param file of which the last two parts name domain and service; it appears in refusals
     */
    public static ServiceCard read(String file, String text) {
        YamlSection card = YamlFile.read(
                file,
                text,
                List.of(
                        "service",
                        "version",
                        "name",
                        "description",
                        "contact",
                        "providers",
                        "mode",
                        "deliveries",
                        "life",
                        "answer",
                        "criterion",
                        "personalData",
                        "source",
                        "limits",
                        "operations"));
        ServiceId service = card.value("service", ServiceId::new);
        Path path = Path.of(file);
        if (!path.getFileName().toString().equals(service + SUFFIX)) {
            throw card.refusal(
                    card.line("service"),
                    "field 'service' is '" + service + "', but the file is " + path.getFileName()
                            + ": one name everywhere, so rename one of them");
        }
        YamlSection name = card.requiredSection("name", "vi", "en");
        Optional<YamlSection> limits = card.section("limits", "request", "answer", "bodyTimeout");
        ServiceCard.Mode mode = card.choice("mode", ServiceCard.Mode.class);
        ServiceCard.AnswerMode answer =
                card.choice("answer", ServiceCard.AnswerMode.class, ServiceCard.AnswerMode.HELD);
        Optional<Guarantee> guarantee = guarantee(card, mode, answer);
        return new ServiceCard(
                new ServiceKey(service, card.number("version", 1, 999)),
                domain(path),
                name.text("vi"),
                guarantee
                        .map(given -> given.receivers().stream()
                                .map(Guarantee.Receiver::system)
                                .toList())
                        .orElseGet(() -> providers(card)),
                mode,
                answer,
                limits.map(given ->
                                given.quantity("request", Quantity.size(0, 10 * Quantity.GB), DEFAULT_REQUEST_LIMIT))
                        .orElse(DEFAULT_REQUEST_LIMIT),
                limits.map(given -> given.quantity(
                                "answer", Quantity.size(Quantity.KB, 10 * Quantity.GB), DEFAULT_ANSWER_LIMIT))
                        .orElse(DEFAULT_ANSWER_LIMIT),
                limits.map(given -> given.quantity(
                                "bodyTimeout",
                                Quantity.duration(Duration.ofSeconds(1), Duration.ofHours(1)),
                                DEFAULT_BODY_TIMEOUT))
                        .orElse(DEFAULT_BODY_TIMEOUT),
                card.flag("personalData"),
                operations(card, mode),
                guarantee,
                new ServiceCard.Entry(
                        name.text("en"),
                        card.text("description"),
                        card.choice("criterion", ServiceCard.Criterion.class),
                        card.text("contact"),
                        card.optionalText("source")));
    }

    private static String domain(Path file) {
        Path folder = file.getParent();
        String domain = folder == null ? "" : String.valueOf(folder.getFileName());
        try {
            return YamlSection.kebab(domain);
        } catch (IllegalArgumentException wrong) {
            throw YamlFile.refusal(
                    file.toString(),
                    1,
                    "the card stands in no domain folder",
                    "move it to routes/<domain>/, in kebab-case");
        }
    }

    private static List<SystemId> providers(YamlSection card) {
        List<SystemId> providers = card.list("providers", SystemId::new);
        if (providers.isEmpty()) {
            throw card.missing("providers");
        }
        return providers;
    }

    /** Present exactly for mode guaranteed; what belongs to another mode is refused. */
    private static Optional<Guarantee> guarantee(
            YamlSection card, ServiceCard.Mode mode, ServiceCard.AnswerMode answer) {
        if (mode != ServiceCard.Mode.GUARANTEED) {
            for (String field : List.of("deliveries", "life")) {
                if (card.has(field)) {
                    throw card.refusal(
                            card.line(field),
                            "field '" + field + "' belongs to mode guaranteed: take it out, or mend the mode");
                }
            }
            return Optional.empty();
        }
        if (card.has("providers")) {
            throw card.refusal(
                    card.line("providers"),
                    "field 'providers': those of a guaranteed service are its destinations: take it out, and name them"
                            + " under 'deliveries'");
        }
        if (answer == ServiceCard.AnswerMode.STREAMED) {
            throw card.refusal(
                    card.line("answer"),
                    "field 'answer': the acknowledgement of a guaranteed service does not stream: take it out");
        }
        Set<SystemId> systems = new HashSet<>();
        List<Guarantee.Receiver> receivers = card.sections("deliveries", "to", "retry").stream()
                .map(section -> {
                    SystemId system = section.value("to", SystemId::new);
                    if (!systems.add(system)) {
                        throw section.refusal(
                                section.line("to"), "destination '" + system + "' is written twice: keep one of them");
                    }
                    return new Guarantee.Receiver(system, retry(section));
                })
                .toList();
        if (receivers.isEmpty()) {
            throw card.missing("deliveries");
        }
        return Optional.of(new Guarantee(
                receivers,
                card.quantity(
                        "life",
                        Quantity.duration(Guarantee.LEAST_LIFE, Guarantee.LONGEST_LIFE),
                        Guarantee.DEFAULT_LIFE)));
    }

    private static Guarantee.RetryPlan retry(YamlSection delivery) {
        Guarantee.RetryPlan otherwise = Guarantee.RetryPlan.DEFAULT;
        return delivery.section("retry", "first", "longest", "attempts")
                .map(written -> {
                    Duration first = written.quantity(
                            "first",
                            Quantity.duration(Guarantee.RetryPlan.LEAST_FIRST, Guarantee.RetryPlan.LONGEST_FIRST),
                            otherwise.first());
                    return new Guarantee.RetryPlan(
                            first,
                            written.quantity(
                                    "longest",
                                    Quantity.duration(first, Guarantee.RetryPlan.LONGEST),
                                    first.compareTo(otherwise.longest()) > 0 ? first : otherwise.longest()),
                            written.optionalNumber("attempts", 1, Guarantee.RetryPlan.MOST_ATTEMPTS)
                                    .orElse(otherwise.attempts()));
                })
                .orElse(otherwise);
    }

    private static List<Operation> operations(YamlSection card, ServiceCard.Mode mode) {
        List<YamlSection> written = card.sections("operations", OPERATION);
        if (written.isEmpty()) {
            throw card.missing("operations");
        }
        Set<String> ids = new HashSet<>();
        Map<String, String> labels = new HashMap<>();
        Map<String, String> elements = new HashMap<>();
        return written.stream()
                .map(section -> {
                    Operation operation = operation(section, mode);
                    if (!ids.add(operation.id())) {
                        throw section.refusal(
                                section.line("id"),
                                "operation '" + operation.id() + "' is written twice: give each its own id");
                    }
                    // Two templates that differ only in the names of their parts match the same paths.
                    String shape = operation.label().replaceAll("\\{[^}+]*", "{");
                    String other = labels.put(shape, operation.id());
                    if (other != null) {
                        throw section.refusal(
                                section.line("path"),
                                "operations '" + other + "' and '" + operation.id()
                                        + "' have the same method and path: take one out, or change its path");
                    }
                    operation.soap().ifPresent(call -> {
                        String twin = elements.put("{" + call.namespace() + "}" + call.element(), operation.id());
                        if (twin != null) {
                            throw section.refusal(
                                    section.line("soap"),
                                    "operations '" + twin + "' and '" + operation.id()
                                            + "' have the same element: take one out, or change its element");
                        }
                    });
                    return operation;
                })
                .toList();
    }

    private static Operation operation(YamlSection written, ServiceCard.Mode mode) {
        if (written.has("soap")) {
            return soapOperation(written, mode);
        }
        if (mode == ServiceCard.Mode.GUARANTEED && written.has("answers")) {
            throw written.refusal(
                    written.line("answers"),
                    "field 'answers': nobody answers behind a guaranteed service: take it out");
        }
        String method = written.value("method", CardFile::method);
        List<String> accepts = written.list("accepts", CardFile::mediaType);
        if (!accepts.isEmpty() && BODILESS.contains(method)) {
            throw written.refusal(
                    written.line("accepts"),
                    "field 'accepts': a " + method + " has no body: take it out, or change the method");
        }
        return new Operation(
                written.value("id", YamlSection::kebab),
                method,
                written.value("path", PathTemplate::new),
                Set.copyOf(written.list("query", CardFile::queryName)),
                accepts,
                Set.copyOf(written.list("answers", CardFile::documentedStatus)),
                Optional.empty());
    }

    private static Operation soapOperation(YamlSection written, ServiceCard.Mode mode) {
        for (String field : List.of("method", "path", "query", "accepts", "answers")) {
            if (written.has(field)) {
                throw written.refusal(
                        written.line(field),
                        "field '" + field + "' belongs to a REST operation: take it out, or take 'soap' out");
            }
        }
        if (mode == ServiceCard.Mode.PASS_THROUGH) {
            throw written.refusal(
                    written.line("soap"),
                    "field 'soap': an envelope does not pass through: write mode mapped or guaranteed");
        }
        YamlSection soap = written.requiredSection("soap", "namespace", "element", "action");
        return new Operation(
                written.value("id", YamlSection::kebab),
                "POST",
                new PathTemplate("/"),
                Set.of(),
                SOAP_TYPES,
                Set.of(),
                Optional.of(new SoapCall(
                        soap.value("namespace", CardFile::namespace),
                        soap.value("element", CardFile::element),
                        soap.optional("action", CardFile::action).orElse(""))));
    }

    private static String namespace(String text) {
        return require(text, NAMESPACE.matcher(text).matches(), "the URI of the element's namespace");
    }

    private static String element(String text) {
        return require(text, ELEMENT.matcher(text).matches(), "the local name of the element in the SOAP body");
    }

    private static String action(String text) {
        return require(text, ACTION.matcher(text).matches(), "the soapAction of the contract, without quotes");
    }

    private static String method(String text) {
        return require(text, METHODS.contains(text), "GET, POST, PUT, PATCH or DELETE");
    }

    private static String queryName(String text) {
        return require(text, QUERY.matcher(text).matches(), "letters, digits and . _ -, at most 64");
    }

    private static String mediaType(String text) {
        return require(
                text, MEDIA_TYPE.matcher(text).matches(), "a media type without parameters, such as application/json");
    }

    private static Integer documentedStatus(String text) {
        boolean valid = text.matches("4[0-9][0-9]") && !NEVER_PASSED_ON.contains(Integer.parseInt(text));
        return Integer.valueOf(
                require(text, valid, "400 to 499 without 401, 403 and 407, which the bus never passes on"));
    }

    private static String require(String text, boolean valid, String remedy) {
        if (!valid) {
            throw new IllegalArgumentException("'" + YamlSection.brief(text) + "' is not valid: write " + remedy);
        }
        return text;
    }
}
