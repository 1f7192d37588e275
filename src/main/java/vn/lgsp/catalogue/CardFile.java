package vn.lgsp.catalogue;

import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.xml.namespace.QName;
import vn.lgsp.failure.Finding;
import vn.lgsp.failure.Invalid;
import vn.lgsp.failure.Refused;
import vn.lgsp.failure.Rule;
import vn.lgsp.message.ServiceId;
import vn.lgsp.message.ServiceKey;
import vn.lgsp.message.SystemId;
import vn.lgsp.source.Section;
import vn.lgsp.source.SourceFile;
import vn.lgsp.source.Value;

/**
 * Reads service cards: {@code routes/<domain>/<service>.card.yaml}, or {@code <service>-v<version>.card.yaml}, so that two versions
 * of a service stand side by side (VER-01).
 *
 * <p>Mistakes are {@link Refused}, with all that can be told at once, each with file, line, what is wrong and what to do.
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
    private static final List<String> METHODS = List.of("GET", "POST", "PUT", "PATCH", "DELETE");
    /** Where the contract of a service is told, below its address. */
    public static final String CONTRACT_PATH = "/openapi.json";

    private static final Pattern SCHEMA_FILE =
            Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_.-]*(/[A-Za-z0-9_][A-Za-z0-9_.-]*){0,7}\\.(json|xsd)");
    private static final Set<String> BODILESS = Set.of("GET", "DELETE");
    private static final Pattern NAMESPACE = Pattern.compile("[A-Za-z][A-Za-z0-9+.-]*:[^\\s<>\"{}|^`\\\\]{1,500}");
    private static final Pattern ELEMENT = Pattern.compile("[\\p{L}_][\\p{L}\\p{N}_.-]{0,127}");
    private static final Pattern HEADER_BLOCK = Pattern.compile(
            "\\{([A-Za-z][A-Za-z0-9+.-]*:[^\\s<>\"{}|^`\\\\]{1,500})}([\\p{L}_][\\p{L}\\p{N}_.-]{0,127})");
    private static final Pattern ACTION = Pattern.compile("[\\p{Graph}&&[^\"]]{0,500}");
    /** What a request of SOAP 1.1 and 1.2 says that it is. */
    private static final List<String> SOAP_TYPES = List.of("text/xml", "application/soap+xml");

    private static final List<String> FIELDS = List.of(
            "service",
            "version",
            "name",
            "description",
            "contact",
            "providers",
            "mode",
            "deliveries",
            "life",
            "recipients",
            "answer",
            "criterion",
            "personalData",
            "source",
            "limits",
            "operations",
            "schedule",
            "calls",
            "deprecated");
    private static final String[] OPERATION = {
        "id", "method", "path", "query", "accepts", "answers", "soap", "jms", "headers", "produces", "schemas"
    };
    /** What a JMS message may carry as a property: a Java identifier that neither JMS nor the bus has taken. */
    private static final Pattern PROPERTY = Pattern.compile(
            "(?!(?:JMS|_AMQ|lgsp_|content_type$)|(?i:null|true|false|not|and|or|between|like|in|is|escape)$)"
                    + "[A-Za-z_][A-Za-z0-9_]{0,63}");

    private static final Pattern HEADER = Pattern.compile("[A-Za-z][A-Za-z0-9-]{0,63}");
    /** Headers that mean something to HTTP or to the bus: no message may set them. */
    private static final Pattern HEADER_TAKEN = Pattern.compile(
            "(?i)(content-.*|x-lgsp-.*|x-forwarded-.*|x-api-key|x-request-id|authorization|cookie|connection|host|te|expect|via"
                    + "|transfer-encoding|upgrade|trailer|keep-alive|proxy-.*|forwarded|timestamp|idempotency-key|accept.*)");
    /** Headers that the bus itself hands on, or that speak to it. */
    private static final Pattern HEADER_OF_THE_WAY =
            Pattern.compile("(?i)traceparent|tracestate|baggage|soapaction|range|if-range|max-forwards");
    /** A queue of the bus itself ends like this. */
    private static final Set<String> TAKEN = Set.of("in", "work", "reply", "dead");

    /** Whoever answers these speaks to the bus, not to the caller behind it. */
    private static final Set<Integer> NEVER_PASSED_ON = Set.of(401, 403, 407);

    private CardFile() {}

    /** The card in this file, of which the last two parts of the path name domain and service. */
    public static ServiceCard read(Path path) {
        return read(path.toString(), path);
    }

    /**
     * The card in this file.
     *
     * @param file of which the last two parts name domain and service; it appears in refusals
     */
    public static ServiceCard read(String file, Path path) {
        return read(file, SourceFile.text(file, path));
    }

    /**
     * The card in this text.
     *
     * @param file of which the last two parts name domain and service; it appears in refusals
     */
    public static ServiceCard read(String file, String text) {
        Section card = SourceFile.read(file, text, FIELDS);
        Path path = Path.of(file);
        Section.all(
                () -> domain(path),
                () -> key(card, path),
                () -> name(card),
                () -> mode(card),
                () -> limits(card),
                () -> guarantee(card),
                () -> providers(card),
                () -> operations(card, card.choice("mode", ServiceCard.Mode.class)),
                () -> card.flag("personalData"),
                () -> schedule(card),
                () -> calls(card),
                () -> entry(card));
        Section name = name(card);
        Limits limits = limits(card);
        Optional<Guarantee> guarantee = guarantee(card);
        return new ServiceCard(
                key(card, path),
                domain(path),
                name.text("vi"),
                guarantee
                        .map(given -> given.receivers().stream()
                                .map(Guarantee.Receiver::system)
                                .toList())
                        .orElseGet(() -> providers(card)),
                mode(card),
                card.choice("answer", ServiceCard.AnswerMode.class, ServiceCard.AnswerMode.HELD),
                limits.request,
                limits.answer,
                limits.bodyTimeout,
                card.flag("personalData"),
                operations(card, mode(card)),
                guarantee,
                entry(card),
                schedule(card),
                calls(card));
    }

    /** Service and version. The file is named for both, or for the service alone, so that two versions can stand side by side. */
    private static ServiceKey key(Section card, Path path) {
        ServiceId service = card.value("service", ServiceId::new);
        ServiceKey key = new ServiceKey(service, card.number("version", 1, 999));
        String file = path.getFileName().toString();
        if (!file.equals(service + SUFFIX) && !file.equals(service + "-v" + key.version() + SUFFIX)) {
            throw card.refusal(Rule.CARD_NAME, card.line("service"), service.value(), file, SUFFIX);
        }
        return key;
    }

    private static Section name(Section card) {
        Section name = card.requiredSection("name", "vi", "en");
        Section.all(() -> name.text("vi"), () -> name.text("en"));
        return name;
    }

    private static ServiceCard.Mode mode(Section card) {
        return card.choice("mode", ServiceCard.Mode.class);
    }

    private static ServiceCard.Entry entry(Section card) {
        Section.all(
                () -> card.text("description"),
                () -> card.choice("criterion", ServiceCard.Criterion.class),
                () -> card.text("contact"),
                () -> card.optionalText("source"),
                () -> deprecation(card),
                () -> card.choice("answer", ServiceCard.AnswerMode.class, ServiceCard.AnswerMode.HELD));
        return new ServiceCard.Entry(
                name(card).text("en"),
                card.text("description"),
                card.choice("criterion", ServiceCard.Criterion.class),
                card.text("contact"),
                card.optionalText("source"),
                deprecation(card));
    }

    private static Optional<Deprecation> deprecation(Section card) {
        return card.section("deprecated", "since", "sunset", "successor").map(written -> {
            LocalDate since = written.value("since", CardFile::day);
            Optional<LocalDate> sunset = written.optional("sunset", CardFile::day);
            if (sunset.filter(last -> last.isBefore(since.plusDays(Deprecation.LEAST_NOTICE)))
                    .isPresent()) {
                throw written.refusal(
                        Rule.CARD_SUNSET_EARLY, written.line("sunset"), Integer.toString(Deprecation.LEAST_NOTICE));
            }
            Optional<Integer> successor = written.optionalNumber("successor", 1, 999);
            if (successor
                    .filter(version -> version == card.number("version", 1, 999))
                    .isPresent()) {
                throw written.refusal(Rule.CARD_SUCCESSOR_ITSELF, written.line("successor"));
            }
            return new Deprecation(since, sunset, successor);
        });
    }

    /** Of a year with four digits: others are no day of HTTP. */
    private static LocalDate day(String text) {
        try {
            if (text.length() == "2026-01-15".length()) {
                return LocalDate.parse(text);
            }
        } catch (DateTimeException noDay) {
            // told below
        }
        throw new Invalid(Rule.VALUE_DAY, Section.brief(text));
    }

    private record Limits(long request, long answer, Duration bodyTimeout) {}

    private static Limits limits(Section card) {
        return card.section("limits", "request", "answer", "bodyTimeout")
                .map(given -> new Limits(
                        given.quantity("request", Quantity.size(0, 10 * Quantity.GB), DEFAULT_REQUEST_LIMIT),
                        given.quantity("answer", Quantity.size(Quantity.KB, 10 * Quantity.GB), DEFAULT_ANSWER_LIMIT),
                        given.quantity(
                                "bodyTimeout",
                                Quantity.duration(Duration.ofSeconds(1), Duration.ofHours(1)),
                                DEFAULT_BODY_TIMEOUT)))
                .orElse(new Limits(DEFAULT_REQUEST_LIMIT, DEFAULT_ANSWER_LIMIT, DEFAULT_BODY_TIMEOUT));
    }

    private static String domain(Path file) {
        Path folder = file.getParent();
        try {
            return Section.kebab(folder == null ? "" : String.valueOf(folder.getFileName()));
        } catch (Invalid wrong) {
            throw new Refused(Finding.of(Rule.UNIT_FOLDER, file.toString(), 0));
        }
    }

    /** Those of a guaranteed service are its destinations. */
    private static List<SystemId> providers(Section card) {
        if (mode(card) == ServiceCard.Mode.GUARANTEED || card.has("deliveries")) {
            return List.of();
        }
        List<SystemId> providers = card.list("providers", SystemId::new);
        if (providers.isEmpty() && (card.has("providers") || !card.has("calls"))) {
            throw card.missing("providers");
        }
        return providers;
    }

    /** Present exactly for mode guaranteed; what belongs to another mode is refused. */
    private static Optional<Guarantee> guarantee(Section card) {
        if (mode(card) != ServiceCard.Mode.GUARANTEED) {
            for (String field : List.of("deliveries", "life", "recipients")) {
                if (card.has(field)) {
                    throw card.refusal(Rule.CARD_GUARANTEED_ONLY, card.line(field), field);
                }
            }
            return Optional.empty();
        }
        if (card.has("providers")) {
            throw card.refusal(Rule.CARD_GUARANTEED_PROVIDERS, card.line("providers"));
        }
        if (card.choice("answer", ServiceCard.AnswerMode.class, ServiceCard.AnswerMode.HELD)
                == ServiceCard.AnswerMode.STREAMED) {
            throw card.refusal(Rule.CARD_GUARANTEED_ANSWER, card.line("answer"));
        }
        Set<SystemId> systems = new HashSet<>();
        List<Section> written = card.sections("deliveries", "to", "retry", "after", "keepResult");
        List<Guarantee.Receiver> receivers = Section.each(written, section -> {
            SystemId system = section.value("to", SystemId::new);
            if (!systems.add(system)) {
                throw section.refusal(Rule.CARD_DESTINATION_TWICE, section.line("to"), system.value());
            }
            return new Guarantee.Receiver(system, retry(section), after(section), section.flag("keepResult", false));
        });
        if (receivers.isEmpty()) {
            throw card.missing("deliveries");
        }
        refuseOrder(written, receivers);
        return Optional.of(new Guarantee(
                receivers,
                card.quantity(
                        "life",
                        Quantity.duration(Guarantee.LEAST_LIFE, Guarantee.LONGEST_LIFE),
                        Guarantee.DEFAULT_LIFE),
                card.choice("recipients", Guarantee.Recipients.class, Guarantee.Recipients.ALL)));
    }

    /** One destination, or a list of them. */
    private static List<SystemId> after(Section delivery) {
        return delivery.written("after").filter(Value.Scalar.class::isInstance).isPresent()
                ? List.of(delivery.value("after", SystemId::new))
                : delivery.list("after", SystemId::new);
    }

    /** Each delivery comes after others of the card, and none, by whatever way round, after itself. */
    private static void refuseOrder(List<Section> written, List<Guarantee.Receiver> receivers) {
        List<SystemId> known =
                receivers.stream().map(Guarantee.Receiver::system).toList();
        List<Finding> wrong = new ArrayList<>();
        Map<String, String> results = new HashMap<>();
        for (int i = 0; i < receivers.size(); i++) {
            Section section = written.get(i);
            Guarantee.Receiver receiver = receivers.get(i);
            receiver.after().stream()
                    .filter(earlier -> !known.contains(earlier))
                    .forEach(unknown -> wrong.add(
                            section.finding(Rule.CARD_AFTER_UNKNOWN, section.line("after"), unknown.value())));
            if (receiver.keepsResult()) {
                String variable = Guarantee.resultVariable(receiver.system());
                String twin = results.put(variable, receiver.system().value());
                if (twin != null) {
                    wrong.add(section.finding(
                            Rule.CARD_RESULT_TWICE,
                            section.line("keepResult"),
                            twin,
                            receiver.system().value(),
                            variable));
                }
            }
            if (receiver.keepsResult()
                    && receivers.stream().noneMatch(later -> later.after().contains(receiver.system()))) {
                wrong.add(section.finding(
                        Rule.CARD_RESULT_UNUSED,
                        section.line("keepResult"),
                        receiver.system().value()));
            }
        }
        Set<SystemId> begun = new HashSet<>();
        List<Guarantee.Receiver> left = new ArrayList<>(receivers);
        while (left.removeIf(receiver ->
                receiver.after().stream().allMatch(earlier -> begun.contains(earlier) || !known.contains(earlier))
                        && begun.add(receiver.system()))) {
            // each round takes away what may begin now
        }
        if (!left.isEmpty()) {
            Section first = written.get(receivers.indexOf(left.get(0)));
            wrong.add(first.finding(
                    Rule.CARD_AFTER_CYCLE,
                    first.line("after"),
                    left.stream().map(receiver -> receiver.system().value()).collect(Collectors.joining(", "))));
        }
        if (!wrong.isEmpty()) {
            throw new Refused(wrong);
        }
    }

    private static Guarantee.RetryPlan retry(Section delivery) {
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

    private static List<Operation> operations(Section card, ServiceCard.Mode mode) {
        List<Section> written = card.sections("operations", OPERATION);
        if (written.isEmpty()) {
            throw card.missing("operations");
        }
        Set<String> ids = new HashSet<>();
        Map<String, String> labels = new HashMap<>();
        Map<String, String> elements = new HashMap<>();
        boolean[] onQueue = new boolean[1];
        if (mode == ServiceCard.Mode.PASS_THROUGH && written.stream().anyMatch(section -> !section.has("soap"))) {
            written.stream().filter(section -> section.has("soap")).findFirst().ifPresent(section -> {
                throw section.refusal(Rule.OPERATION_SOAP_PASSES, section.line("soap"));
            });
        }
        return Section.each(written, section -> {
            Operation operation = operation(section, mode);
            if (!ids.add(operation.id())) {
                throw section.refusal(Rule.OPERATION_TWICE, section.line("id"), operation.id());
            }
            // Two templates that differ only in the names of their parts match the same paths.
            String shape = operation.label().replaceAll("\\{[^}+]*", "{");
            String other = labels.put(shape, operation.id());
            if (other != null) {
                throw section.refusal(Rule.OPERATION_SAME_PATH, section.line("path"), other, operation.id());
            }
            if (operation.jms().isPresent()) {
                if (onQueue[0]) {
                    throw section.refusal(Rule.OPERATION_JMS_TWICE, section.line("jms"));
                }
                onQueue[0] = true;
                if (TAKEN.contains(card.text("service"))) {
                    throw section.refusal(Rule.OPERATION_JMS_NAME, section.line("jms"), card.text("service"));
                }
                if (card.choice("answer", ServiceCard.AnswerMode.class, ServiceCard.AnswerMode.HELD)
                        == ServiceCard.AnswerMode.STREAMED) {
                    throw card.refusal(Rule.OPERATION_JMS_STREAMED, card.line("answer"));
                }
            }
            operation.soap().ifPresent(call -> {
                String twin = elements.put("{" + call.namespace() + "}" + call.element(), operation.id());
                if (twin != null) {
                    throw section.refusal(Rule.OPERATION_SAME_ELEMENT, section.line("soap"), twin, operation.id());
                }
            });
            return operation;
        });
    }

    /** When the bus starts one of the operations by itself. */
    private static Optional<Schedule> schedule(Section card) {
        if (!card.has("schedule")) {
            return Optional.empty();
        }
        Section written = card.requiredSection(
                "schedule", "once", "cron", "every", "zone", "as", "operation", "catchUp", "synchronise");
        List<String> timings =
                Stream.of("once", "cron", "every").filter(written::has).toList();
        if (timings.size() != 1) {
            throw written.refusal(Rule.CARD_SCHEDULE_ONE_OF, written.line());
        }
        Section.all(
                () -> timing(written),
                () -> written.optional("zone", CardFile::zone),
                () -> written.text("as"),
                () -> scheduled(card, written),
                () -> synchronise(card, written));
        return Optional.of(new Schedule(
                timing(written),
                written.optional("zone", CardFile::zone).orElse(Schedule.DEFAULT_ZONE),
                written.text("as"),
                scheduled(card, written).id(),
                written.flag("catchUp", false),
                synchronise(card, written)));
    }

    /** Where the pages go that the operation reads. */
    private static Optional<Synchronise> synchronise(Section card, Section schedule) {
        return schedule.section("synchronise", "to", "operation", "what", "pages", "tries")
                .map(written -> {
                    if (mode(card) != ServiceCard.Mode.MAPPED
                            || !scheduled(card, schedule).accepts().contains("application/json")) {
                        throw schedule.refusal(Rule.CARD_SYNCHRONISE_OPERATION, schedule.line("synchronise"));
                    }
                    return new Synchronise(
                            written.value("to", ServiceKey::of),
                            written.value("operation", Section::kebab),
                            written.choice("what", Synchronise.What.class, Synchronise.What.PART),
                            written.optionalNumber("pages", 1, Synchronise.MOST_PAGES)
                                    .orElse(Synchronise.DEFAULT_PAGES),
                            written.optionalNumber("tries", 1, Synchronise.MOST_TRIES)
                                    .orElse(Synchronise.DEFAULT_TRIES));
                });
    }

    /** The services that its route may call. */
    private static Optional<Calls> calls(Section card) {
        if (!card.has("calls")) {
            return Optional.empty();
        }
        if (mode(card) != ServiceCard.Mode.MAPPED) {
            throw card.refusal(Rule.CARD_CALLS_MAPPED_ONLY, card.line("calls"));
        }
        Section written = card.requiredSection("calls", "as", "services");
        Section.all(() -> written.text("as"), () -> written.list("services", ServiceKey::of));
        List<ServiceKey> services = written.list("services", ServiceKey::of);
        if (services.isEmpty()) {
            throw written.missing("services");
        }
        return Optional.of(new Calls(written.text("as"), services));
    }

    private static Schedule.Timing timing(Section written) {
        if (written.has("once")) {
            return written.value("once", CardFile::once);
        }
        return written.has("cron")
                ? written.value("cron", CardFile::cron)
                : new Schedule.Every(
                        written.value("every", Quantity.duration(Schedule.LEAST_EVERY, Schedule.LONGEST_EVERY)));
    }

    /** The one operation that the bus can call without knowing anything. */
    private static Operation scheduled(Section card, Section written) {
        List<Operation> operations = operations(card, mode(card));
        Optional<String> named = written.optionalText("operation");
        return operations.stream()
                .filter(one -> named.map(one.id()::equals).orElse(operations.size() == 1))
                .filter(one -> one.isRest() && !one.path().toString().contains("{"))
                .filter(one -> one.accepts().isEmpty() || one.accepts().contains("application/json"))
                .findFirst()
                .orElseThrow(() -> written.refusal(Rule.CARD_SCHEDULE_OPERATION, written.line("operation")));
    }

    private static Schedule.Timing once(String text) {
        try {
            return new Schedule.Once(OffsetDateTime.parse(text).toInstant());
        } catch (DateTimeException noTime) {
            throw new Invalid(Rule.VALUE_INSTANT, Section.brief(text));
        }
    }

    private static Schedule.Timing cron(String text) {
        try {
            return new Schedule.Cron(text);
        } catch (IllegalArgumentException noCron) {
            throw new Invalid(Rule.VALUE_CRON, Section.brief(text));
        }
    }

    private static ZoneId zone(String text) {
        try {
            return ZoneId.of(text);
        } catch (DateTimeException noZone) {
            throw new Invalid(Rule.VALUE_ZONE, Section.brief(text));
        }
    }

    private static Operation operation(Section written, ServiceCard.Mode mode) {
        if (written.has("jms")) {
            return jmsOperation(written);
        }
        if (written.has("soap")) {
            return soapOperation(written, mode);
        }
        if (mode == ServiceCard.Mode.GUARANTEED && written.has("answers")) {
            throw written.refusal(Rule.OPERATION_ANSWERS, written.line("answers"));
        }
        String method = written.value("method", CardFile::method);
        List<String> accepts = written.list("accepts", CardFile::mediaType);
        if (!accepts.isEmpty() && BODILESS.contains(method)) {
            throw written.refusal(Rule.OPERATION_BODY, written.line("accepts"), method);
        }
        PathTemplate path = written.value("path", PathTemplate::new);
        if (path.toString().equals(CONTRACT_PATH)) {
            throw written.refusal(Rule.OPERATION_PATH_TAKEN, written.line("path"), CONTRACT_PATH);
        }
        return new Operation(
                written.value("id", Section::kebab),
                method,
                path,
                Set.copyOf(written.list("query", CardFile::queryName)),
                accepts,
                Set.copyOf(written.list("answers", CardFile::documentedStatus)),
                Optional.empty(),
                Optional.empty(),
                headers(written),
                written.list("produces", CardFile::mediaType),
                schemas(written));
    }

    private static Operation.Schemas schemas(Section written) {
        Optional<Section> schemas = written.section("schemas", "request", "answer");
        return new Operation.Schemas(
                schemas.flatMap(named -> named.optional("request", CardFile::schemaFile)),
                schemas.flatMap(named -> named.optional("answer", CardFile::schemaFile)));
    }

    private static String schemaFile(String text) {
        return require(text, SCHEMA_FILE.matcher(text).matches(), Rule.VALUE_SCHEMA_FILE);
    }

    /** Each becomes a variable, so none may have the name of another parameter. */
    private static List<String> headers(Section written) {
        List<String> headers = written.list("headers", CardFile::headerName);
        Map<String, String> variables = new HashMap<>();
        written.value("path", PathTemplate::new).names().forEach(name -> variables.put(name, name));
        written.list("query", CardFile::queryName).forEach(name -> variables.put(name, name));
        for (String header : headers) {
            String other = variables.put(Operation.variable(header), header);
            if (other != null) {
                throw written.refusal(
                        Rule.OPERATION_VARIABLE_TWICE,
                        written.line("headers"),
                        other,
                        header,
                        Operation.variable(header));
            }
        }
        return headers;
    }

    private static Operation soapOperation(Section written, ServiceCard.Mode mode) {
        for (String field :
                List.of("method", "path", "query", "accepts", "answers", "headers", "produces", "schemas")) {
            if (written.has(field)) {
                throw written.refusal(Rule.OPERATION_REST_FIELD, written.line(field), field);
            }
        }
        Section soap =
                written.requiredSection("soap", "namespace", "element", "action", "oneWay", "headers", "attachments");
        for (String field : List.of("oneWay", "headers", "attachments")) {
            if (mode == ServiceCard.Mode.PASS_THROUGH && soap.has(field)) {
                throw soap.refusal(Rule.OPERATION_SOAP_FIELD_PASSES, soap.line(field), field);
            }
        }
        List<QName> headers = soap.list("headers", CardFile::headerBlock);
        Set<String> variables = new HashSet<>();
        for (QName header : headers) {
            if (!variables.add(header.getLocalPart())) {
                throw soap.refusal(Rule.OPERATION_HEADER_TWICE, soap.line("headers"), header.getLocalPart());
            }
        }
        return new Operation(
                written.value("id", Section::kebab),
                "POST",
                new PathTemplate("/"),
                Set.of(),
                SOAP_TYPES,
                Set.of(),
                Optional.of(new SoapCall(
                        soap.value("namespace", CardFile::namespace),
                        soap.value("element", CardFile::element),
                        soap.optional("action", CardFile::action).orElse(""),
                        soap.flag("oneWay", false),
                        headers,
                        soap.list("attachments", CardFile::element))));
    }

    private static Operation jmsOperation(Section written) {
        for (String field : List.of("method", "path", "query", "answers", "soap", "headers", "produces", "schemas")) {
            if (written.has(field)) {
                throw written.refusal(Rule.OPERATION_JMS_FIELD, written.line(field), field);
            }
        }
        List<String> accepts = written.list("accepts", CardFile::mediaType);
        if (accepts.isEmpty()) {
            throw written.missing("accepts");
        }
        Section jms = written.requiredSection("jms", "properties", "concurrency");
        Map<String, String> properties = new LinkedHashMap<>();
        jms.named("properties").forEach((name, field) -> {
            String header = field.value() instanceof Value.Scalar scalar ? scalar.text() : "";
            if (!PROPERTY.matcher(name).matches()) {
                throw jms.refusal(Rule.VALUE_PROPERTY, field.line(), Section.brief(name));
            }
            if (!HEADER.matcher(header).matches()
                    || HEADER_TAKEN.matcher(header).matches()) {
                throw jms.refusal(Rule.VALUE_PROPERTY_HEADER, field.line(), Section.brief(header));
            }
            if (properties.values().stream().anyMatch(header::equalsIgnoreCase)) {
                throw jms.refusal(Rule.PROPERTY_HEADER_TWICE, field.line(), header);
            }
            properties.put(name, header);
        });
        return new Operation(
                written.value("id", Section::kebab),
                "POST",
                new PathTemplate("/"),
                Set.of(),
                accepts,
                Set.of(),
                Optional.empty(),
                Optional.of(new JmsCall(
                        properties,
                        jms.optionalNumber("concurrency", 1, JmsCall.MOST_CONCURRENCY)
                                .orElse(JmsCall.DEFAULT_CONCURRENCY))));
    }

    private static String namespace(String text) {
        return require(text, NAMESPACE.matcher(text).matches(), Rule.VALUE_NAMESPACE);
    }

    private static String element(String text) {
        return require(text, ELEMENT.matcher(text).matches(), Rule.VALUE_ELEMENT);
    }

    private static QName headerBlock(String text) {
        Matcher name = HEADER_BLOCK.matcher(text);
        require(text, name.matches(), Rule.VALUE_HEADER_BLOCK);
        return new QName(name.group(1), name.group(2));
    }

    private static String action(String text) {
        return require(text, ACTION.matcher(text).matches(), Rule.VALUE_ACTION);
    }

    private static String method(String text) {
        return Section.choice(text, METHODS);
    }

    private static String queryName(String text) {
        return require(text, QUERY.matcher(text).matches(), Rule.VALUE_QUERY_NAME);
    }

    private static String headerName(String text) {
        return require(
                text,
                HEADER.matcher(text).matches()
                        && !text.endsWith("-")
                        && !HEADER_TAKEN.matcher(text).matches()
                        && !HEADER_OF_THE_WAY.matcher(text).matches(),
                Rule.VALUE_HEADER_PARAMETER);
    }

    private static String mediaType(String text) {
        return require(text, MEDIA_TYPE.matcher(text).matches(), Rule.VALUE_MEDIA_TYPE);
    }

    private static Integer documentedStatus(String text) {
        boolean valid = text.matches("4[0-9][0-9]") && !NEVER_PASSED_ON.contains(Integer.parseInt(text));
        return Integer.valueOf(require(text, valid, Rule.VALUE_STATUS));
    }

    private static String require(String text, boolean valid, Rule rule) {
        if (!valid) {
            throw new Invalid(rule, Section.brief(text));
        }
        return text;
    }
}
