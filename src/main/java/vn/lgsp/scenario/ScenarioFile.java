package vn.lgsp.scenario;

import java.net.URI;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import vn.lgsp.catalogue.Quantity;
import vn.lgsp.failure.ErrorCode;
import vn.lgsp.failure.Finding;
import vn.lgsp.failure.Invalid;
import vn.lgsp.failure.Refused;
import vn.lgsp.failure.Rule;
import vn.lgsp.message.SystemId;
import vn.lgsp.source.Nearest;
import vn.lgsp.source.Section;
import vn.lgsp.source.SourceFile;
import vn.lgsp.source.Value;
import vn.lgsp.unit.CalledServices;
import vn.lgsp.unit.Unit;

/**
 * Reads the scenarios of a service, {@code transforms/<domain>/<base>/scenarios/<name>.scenario.yaml}. What is misspelt or missing is
 * refused, with file, line and remedy.
 */
public final class ScenarioFile {
    static final String SUFFIX = ".scenario.yaml";
    static final List<String> DOCUMENT = List.of("scenario", "retry", "given", "when", "then");
    static final List<String> RETRY = List.of("first", "longest", "attempts");
    static final List<String> METHODS = List.of("get", "post", "put", "patch", "delete");
    static final List<String> CONTENT = List.of("json", "xml", "text", "file");
    static final List<String> GIVEN = with(CONTENT, "status", "headers", "soap", "fault", "charset", "delay", "fails");
    static final List<String> FAULT = List.of("code", "text");
    static final List<String> WHEN = with(
            Stream.concat(METHODS.stream(), CONTENT.stream()).toList(),
            "soap",
            "jms",
            "as",
            "headers",
            "messageId",
            "times");
    static final List<String> THEN = List.of("answer", "record", "deliveries", "within", "peers");
    static final List<String> ANSWER = with(CONTENT, "status", "code", "headers", "at");
    static final List<String> DELIVERY = List.of("state", "attempts", "reason");
    static final List<String> SEEN = with(CONTENT, "request", "headers", "at", "times");
    static final List<String> SOAP = List.of("1.1", "1.2");
    static final List<String> JMS = List.of("text", "bytes");
    static final List<String> FAILURES = List.of("down", "hang", "cut", "roll-back");
    static final List<String> STATES = List.of("accepted", "waiting", "delivering", "delivered", "parked", "expired");
    static final List<String> CALLERS = List.of("nobody", "stranger");

    /** What a record tells that is the same whenever a scenario runs. */
    static final List<String> RECORD = List.of(
            "form",
            "agency",
            "system",
            "account",
            "service",
            "operation",
            "grant",
            "provider",
            "providerAgency",
            "status",
            "result",
            "outcome",
            "error",
            "partnerCode",
            "failedAt",
            "requestBytes",
            "answerBytes");

    private static final Duration WITHIN = Duration.ofSeconds(30);
    private static final Pattern NUMBER = Pattern.compile("-?(0|[1-9][0-9]*)(\\.[0-9]+)?([eE][+-]?[0-9]+)?");
    private static final Pattern REQUEST = Pattern.compile("(GET|POST|PUT|PATCH|DELETE) /.*");
    private static final Pattern HEADER = Pattern.compile("[A-Za-z0-9!#$%&'*+.^_`|~-]+");

    private final Unit unit;
    private final String file;
    private final String folder;

    private ScenarioFile(Unit unit, String file) {
        this.unit = unit;
        this.file = file;
        this.folder = file.substring(0, file.indexOf("scenarios/"));
    }

    /**
     * What was found beside the mappings of a service.
     *
     * @param scenarios those that can be run, in the order of their files
     * @param findings what is wrong with the others
     */
    public record Found(List<Scenario> scenarios, List<Finding> findings) {}

    /** All scenarios of this service. */
    public static Found all(Unit unit) {
        List<Scenario> scenarios = new ArrayList<>();
        List<Finding> findings = new ArrayList<>();
        Pattern place = Pattern.compile("transforms/[^/]+/[^/]+/scenarios/([^/]+)");
        unit.files().keySet().stream()
                .filter(name -> place.matcher(name).matches())
                .sorted()
                .forEach(name -> {
                    try {
                        if (name.endsWith(SUFFIX)) {
                            scenarios.add(new ScenarioFile(unit, name).read());
                        } else if (name.endsWith(".yaml") || name.endsWith(".yml")) {
                            findings.add(Finding.of(Rule.SCENARIO_NAME, name, 0));
                        }
                    } catch (Refused refused) {
                        findings.addAll(refused.findings());
                    }
                });
        return new Found(List.copyOf(scenarios), List.copyOf(findings));
    }

    private Scenario read() {
        Section document = SourceFile.read(file, text(file), DOCUMENT);
        List<Finding> wrong = new ArrayList<>();
        Optional<String> title = tried(wrong, () -> document.text("scenario"));
        Optional<Scenario.Plan> retry = tried(wrong, () -> document.section("retry", array(RETRY))
                .map(ScenarioFile::plan)
                .orElse(Scenario.Plan.NONE));
        Optional<Map<SystemId, List<PeerAnswer>>> given = tried(wrong, () -> given(document));
        Optional<Scenario.Call> when = tried(wrong, () -> call(document.requiredSection("when", array(WHEN))));
        Optional<Scenario.Expected> then = tried(wrong, () -> expected(document.requiredSection("then", array(THEN))));
        if (!wrong.isEmpty()) {
            throw new Refused(wrong);
        }
        String name = file.substring(file.lastIndexOf('/') + 1);
        return new Scenario(
                unit,
                file,
                name.substring(0, name.length() - SUFFIX.length()),
                title.orElseThrow(),
                retry.orElseThrow(),
                given.orElseThrow(),
                when.orElseThrow(),
                then.orElseThrow());
    }

    /** Goes on after a refusal, so that all of them are told at once. */
    private static <T> Optional<T> tried(List<Finding> wrong, java.util.function.Supplier<T> reading) {
        try {
            return Optional.of(reading.get());
        } catch (Refused refused) {
            wrong.addAll(refused.findings());
            return Optional.empty();
        }
    }

    private static Scenario.Plan plan(Section written) {
        return new Scenario.Plan(
                duration(written, "first", Duration.ofMillis(10), Duration.ofHours(1)),
                duration(written, "longest", Duration.ofMillis(10), Duration.ofHours(24)),
                written.optionalNumber("attempts", 1, 1_000));
    }

    private Map<SystemId, List<PeerAnswer>> given(Section document) {
        Map<SystemId, List<PeerAnswer>> given = new LinkedHashMap<>();
        document.named("given").forEach((name, field) -> {
            SystemId system = peer(name, field.line());
            List<PeerAnswer> answers = new ArrayList<>();
            for (Value each : field.value() instanceof Value.Items list ? list.values() : List.of(field.value())) {
                answers.add(answer(name, each));
            }
            if (answers.isEmpty()) {
                throw refusal(Rule.SCENARIO_ANSWERS_NONE, field.line(), name);
            }
            given.put(system, List.copyOf(answers));
        });
        return given;
    }

    private PeerAnswer answer(String system, Value value) {
        if (!(value instanceof Value.Fields fields)) {
            throw refusal(
                    Rule.FIELD_NOT_FIELDS, value.line(), system, Finding.word(value.what()), String.join(", ", GIVEN));
        }
        Section written = Section.of("'" + system + "'", fields, array(GIVEN));
        Map<String, String> headers = new LinkedHashMap<>();
        headers(written).forEach((name, line) -> headers.put(name, line.text()));
        Optional<String> soap = soap(written);
        Optional<Body> body = body(written);
        Optional<String> content = body.map(Body::text);
        int status = written.optionalNumber("status", 200, 599).orElse(200);
        Optional<Section> fault = written.section("fault", array(FAULT));
        if (fault.isPresent()) {
            String version = soap.orElseThrow(
                    () -> written.refusal(Rule.SCENARIO_NEEDS, written.line("fault"), "fault", "soap"));
            one(written, "fault", CONTENT);
            status = written.optionalNumber("status", 200, 599).orElse(500);
            content = Optional.of(Envelope.fault(
                    version, fault.get().optionalText("code"), fault.get().text("text")));
        } else if (soap.isPresent()) {
            Body payload = body.orElseThrow(() -> written.refusal(
                    Rule.SCENARIO_NEEDS, written.line("soap"), "soap", String.join(", ", CONTENT) + ", fault"));
            content = Optional.of(Envelope.of(soap.get(), "", payload.payload()));
        }
        type(soap, body).ifPresent(type -> absent(headers, "Content-Type", type));
        return new PeerAnswer(
                status,
                headers,
                content,
                written.optional("charset", ScenarioFile::charset).orElse(StandardCharsets.UTF_8),
                duration(written, "delay", Duration.ZERO, Duration.ofMinutes(1)).orElse(Duration.ZERO),
                written.optional("fails", text -> Section.choice(text, FAILURES))
                        .map(ScenarioFile::failure));
    }

    private static PeerAnswer.Failure failure(String text) {
        return PeerAnswer.Failure.values()[FAILURES.indexOf(text)];
    }

    private Scenario.Call call(Section written) {
        List<String> ways =
                with(METHODS, "soap", "jms").stream().filter(written::has).toList();
        if (ways.size() != 1) {
            throw written.refusal(
                    Rule.SCENARIO_ONE_OF, written.line(), "when", String.join(", ", with(METHODS, "soap", "jms")));
        }
        Map<String, String> headers = new LinkedHashMap<>();
        headers(written).forEach((name, line) -> headers.put(name, line.text()));
        Optional<String> soap = soap(written);
        Optional<String> jms = written.optional("jms", text -> Section.choice(text, JMS));
        Optional<Body> body = body(written);
        Optional<String> content = body.map(Body::text);
        Optional<String> messageId = written.optionalText("messageId");
        type(soap, body).ifPresent(type -> absent(headers, jms.isPresent() ? "content_type" : "Content-Type", type));
        if (soap.isPresent()) {
            Body payload = body.orElseThrow(() ->
                    written.refusal(Rule.SCENARIO_NEEDS, written.line("soap"), "soap", String.join(", ", CONTENT)));
            content = Optional.of(
                    Envelope.of(soap.get(), messageId.map(Envelope::messageId).orElse(""), payload.payload()));
        } else {
            messageId.ifPresent(id -> absent(headers, jms.isPresent() ? "lgsp_message_id" : "Idempotency-Key", id));
        }
        String way = ways.get(0);
        return new Scenario.Call(
                written.line(),
                written.optional("as", this::caller).orElse(new Scenario.Granted()),
                soap.isPresent() ? "POST" : way.toUpperCase(java.util.Locale.ROOT),
                soap.isPresent() || jms.isPresent() ? "" : written.value(way, ScenarioFile::path),
                soap,
                jms,
                headers,
                content,
                written.optionalNumber("times", 1, 100).orElse(1));
    }

    private Scenario.Caller caller(String text) {
        if (text.equals("nobody")) {
            return new Scenario.Nobody();
        }
        return text.equals("stranger") ? new Scenario.Stranger() : new Scenario.Registered(new SystemId(text));
    }

    private Scenario.Expected expected(Section written) {
        Map<SystemId, Scenario.Calls> peers = new LinkedHashMap<>();
        written.named("peers").forEach((name, field) -> {
            if (!(field.value() instanceof Value.Items calls)) {
                throw refusal(
                        Rule.FIELD_NOT_LIST,
                        field.value().line(),
                        name,
                        Finding.word(field.value().what()));
            }
            peers.put(
                    peer(name, field.line()),
                    new Scenario.Calls(
                            field.line(),
                            calls.values().stream()
                                    .map(call -> seen(name, call))
                                    .toList()));
        });
        Map<SystemId, Scenario.Delivery> deliveries = new LinkedHashMap<>();
        written.named("deliveries")
                .forEach((name, field) -> deliveries.put(peer(name, field.line()), delivery(name, field.value())));
        Map<String, Scenario.Line> record = new LinkedHashMap<>();
        written.named("record").forEach((name, field) -> {
            if (!RECORD.contains(name)) {
                throw new Refused(Finding.of(
                                Rule.FIELD_UNKNOWN,
                                file,
                                field.line(),
                                Section.brief(name),
                                "'record'",
                                String.join(", ", RECORD))
                        .near(Nearest.of(name, RECORD)));
            }
            record.put(name, single(name, field));
        });
        return new Scenario.Expected(
                written.section("answer", array(ANSWER)).map(this::answer),
                record,
                peers,
                deliveries,
                duration(written, "within", Duration.ofMillis(100), Duration.ofMinutes(5))
                        .orElse(WITHIN));
    }

    private Scenario.Answer answer(Section written) {
        return new Scenario.Answer(
                written.optionalNumber("status", 200, 599)
                        .map(status -> new Scenario.Line(written.line("status"), String.valueOf(status))),
                written.optional("code", ScenarioFile::code).map(code -> new Scenario.Line(written.line("code"), code)),
                headers(written),
                body(written),
                parts(written));
    }

    private Scenario.Seen seen(String system, Value value) {
        if (value instanceof Value.Scalar scalar) {
            return new Scenario.Seen(
                    value.line(),
                    Optional.of(new Scenario.Line(value.line(), request(system, scalar))),
                    Map.of(),
                    Optional.empty(),
                    List.of(),
                    1);
        }
        if (!(value instanceof Value.Fields fields)) {
            throw refusal(
                    Rule.ENTRY_NOT_FIELDS, value.line(), system, Finding.word(value.what()), String.join(", ", SEEN));
        }
        Section written = Section.of("'" + system + "'", fields, array(SEEN));
        return new Scenario.Seen(
                value.line(),
                written.optional("request", ScenarioFile::request)
                        .map(text -> new Scenario.Line(written.line("request"), text)),
                headers(written),
                body(written),
                parts(written),
                written.optionalNumber("times", 1, 1_000).orElse(1));
    }

    private String request(String system, Value.Scalar written) {
        try {
            return request(written.text());
        } catch (Invalid wrong) {
            throw new Refused(wrong.at(file, written.line(), Finding.word("field", system)));
        }
    }

    private Scenario.Delivery delivery(String system, Value value) {
        if (value instanceof Value.Scalar scalar) {
            try {
                return new Scenario.Delivery(
                        new Scenario.Line(value.line(), Section.choice(scalar.text(), STATES)),
                        Optional.empty(),
                        Optional.empty());
            } catch (Invalid wrong) {
                throw new Refused(wrong.at(file, value.line(), Finding.word("field", system)));
            }
        }
        if (!(value instanceof Value.Fields fields)) {
            throw refusal(
                    Rule.FIELD_NOT_FIELDS,
                    value.line(),
                    system,
                    Finding.word(value.what()),
                    String.join(", ", DELIVERY));
        }
        Section written = Section.of("'" + system + "'", fields, array(DELIVERY));
        return new Scenario.Delivery(
                new Scenario.Line(written.line("state"), written.value("state", text -> Section.choice(text, STATES))),
                written.optionalNumber("attempts", 0, 1_000)
                        .map(attempts -> new Scenario.Line(written.line("attempts"), String.valueOf(attempts))),
                written.optional("reason", ScenarioFile::code)
                        .map(reason -> new Scenario.Line(written.line("reason"), reason)));
    }

    private List<Scenario.Part> parts(Section written) {
        List<Scenario.Part> parts = new ArrayList<>();
        written.named("at").forEach((path, field) -> {
            if (!path.startsWith("/")) {
                throw refusal(Rule.SCENARIO_PATH, field.line(), Section.brief(path));
            }
            parts.add(new Scenario.Part(field.line(), path, node(field.value())));
        });
        return parts;
    }

    private Map<String, Scenario.Line> headers(Section written) {
        Map<String, Scenario.Line> headers = new LinkedHashMap<>();
        written.named("headers").forEach((name, field) -> {
            if (!HEADER.matcher(name).matches()) {
                throw refusal(Rule.SCENARIO_HEADER, field.line(), Section.brief(name));
            }
            headers.put(name, single(name, field));
        });
        return headers;
    }

    private Scenario.Line single(String name, Value.Field field) {
        if (field.value() instanceof Value.Scalar scalar) {
            return new Scenario.Line(field.line(), scalar.text());
        }
        throw refusal(
                Rule.FIELD_NOT_VALUE,
                field.line(),
                name,
                Finding.word(field.value().what()));
    }

    /** The content that is written there in one of four ways. */
    private Optional<Body> body(Section written) {
        List<String> found = CONTENT.stream().filter(written::has).toList();
        if (found.size() > 1) {
            one(written, found.get(0), found.subList(1, found.size()));
        }
        if (found.isEmpty()) {
            return Optional.empty();
        }
        String kind = found.get(0);
        Value value = written.written(kind).orElseThrow();
        if (kind.equals("json")) {
            JsonText.Node node = node(value);
            return Optional.of(new Body(Body.Kind.JSON, file, 0, node.text(), Optional.of(node), Optional.empty()));
        }
        if (!(value instanceof Value.Scalar scalar)) {
            throw refusal(Rule.FIELD_NOT_VALUE, value.line(), kind, Finding.word(value.what()));
        }
        if (kind.equals("file")) {
            return Optional.of(fromFile(scalar));
        }
        // a block begins on the line behind its name
        int before = scalar.text().contains("\n") ? scalar.line() : scalar.line() - 1;
        return Optional.of(
                kind.equals("xml")
                        ? parsed(Body.Kind.XML, file, before, scalar.text())
                        : new Body(Body.Kind.TEXT, file, before, scalar.text(), Optional.empty(), Optional.empty()));
    }

    private Body fromFile(Value.Scalar written) {
        String name = folder + written.text();
        if (!unit.files().containsKey(name)) {
            List<String> known = unit.files().keySet().stream()
                    .filter(other -> other.startsWith(folder))
                    .map(other -> other.substring(folder.length()))
                    .toList();
            throw new Refused(
                    Finding.of(Rule.SCENARIO_FILE, file, written.line(), Section.brief(written.text()), folder)
                            .near(Nearest.of(written.text(), known)));
        }
        Body.Kind kind =
                name.endsWith(".json") ? Body.Kind.JSON : name.endsWith(".xml") ? Body.Kind.XML : Body.Kind.TEXT;
        return parsed(kind, name, 0, text(name));
    }

    private static Body parsed(Body.Kind kind, String file, int before, String text) {
        try {
            return new Body(
                    kind,
                    file,
                    before,
                    text,
                    kind == Body.Kind.JSON ? Optional.of(JsonText.read(text)) : Optional.empty(),
                    kind == Body.Kind.XML
                            ? Optional.of(XmlText.read(text.getBytes(StandardCharsets.UTF_8)))
                            : Optional.empty());
        } catch (Broken broken) {
            throw new Refused(Finding.of(
                    Rule.SCENARIO_CONTENT,
                    file,
                    before + broken.line(),
                    kind.name(),
                    String.valueOf(broken.getMessage())));
        }
    }

    /** YAML as the JSON that it looks like. */
    private JsonText.Node node(Value value) {
        if (value instanceof Value.Fields fields) {
            Map<String, JsonText.Node> members = new LinkedHashMap<>();
            fields.byName().forEach((name, field) -> members.put(name, node(field.value())));
            return new JsonText.Members(value.line(), members);
        }
        if (value instanceof Value.Items items) {
            return new JsonText.Elements(
                    value.line(), items.values().stream().map(this::node).toList());
        }
        if (value instanceof Value.Scalar scalar) {
            if (scalar.what().equals("text")) {
                return new JsonText.Single(value.line(), JsonText.quoted(scalar.text()));
            }
            if (!scalar.what().equals("number") || NUMBER.matcher(scalar.text()).matches()) {
                return new JsonText.Single(value.line(), scalar.text());
            }
            throw refusal(Rule.SCENARIO_NUMBER, value.line(), Section.brief(scalar.text()));
        }
        return new JsonText.Single(value.line(), "null");
    }

    private static Optional<String> soap(Section written) {
        // with quotes or without
        return written.has("soap")
                ? Optional.of(written.quantity("soap", text -> Section.choice(text, SOAP), ""))
                : Optional.empty();
    }

    private static Optional<String> type(Optional<String> soap, Optional<Body> body) {
        return soap.map(Envelope::type)
                .or(() -> body.map(content -> content.kind().type()));
    }

    /** Sets a header that is not there, however its name is written. */
    private static void absent(Map<String, String> headers, String name, String value) {
        if (headers.keySet().stream().noneMatch(name::equalsIgnoreCase)) {
            headers.put(name, value);
        }
    }

    private static void one(Section written, String field, List<String> others) {
        others.stream().filter(written::has).findFirst().ifPresent(other -> {
            throw written.refusal(Rule.SCENARIO_NOT_BOTH, written.line(other), field, other);
        });
    }

    /** A system that the service may call, or one that it calls; any where the card of such a one cannot be read. */
    private SystemId peer(String name, int line) {
        List<String> known = Stream.concat(Stream.of(unit.card()), CalledServices.of(unit).stream())
                .flatMap(card -> card.providers().stream())
                .map(SystemId::value)
                .distinct()
                .toList();
        if (!known.contains(name) && CalledServices.areAllKnown(unit)) {
            throw new Refused(Finding.of(Rule.SCENARIO_PEER, file, line, Section.brief(name), String.join(", ", known))
                    .near(Nearest.of(name, known)));
        }
        return new SystemId(name);
    }

    private Refused refusal(Rule rule, int line, String... arguments) {
        return new Refused(Finding.of(rule, file, line, arguments));
    }

    private static Optional<Duration> duration(Section written, String name, Duration least, Duration most) {
        return written.has(name)
                ? Optional.of(written.quantity(name, Quantity.duration(least, most), least))
                : Optional.empty();
    }

    private static String code(String text) {
        return Section.choice(
                text, Arrays.stream(ErrorCode.values()).map(ErrorCode::code).toList());
    }

    private static String path(String text) {
        try {
            if (text.startsWith("/")) {
                return URI.create(text).toASCIIString();
            }
        } catch (IllegalArgumentException noPath) {
            throw new Invalid(Rule.SCENARIO_CALL_PATH, Section.brief(text));
        }
        throw new Invalid(Rule.SCENARIO_CALL_PATH, Section.brief(text));
    }

    private static String request(String text) {
        if (!REQUEST.matcher(text).matches()) {
            throw new Invalid(Rule.SCENARIO_REQUEST, Section.brief(text));
        }
        return text;
    }

    private static Charset charset(String text) {
        try {
            return Charset.forName(text);
        } catch (IllegalArgumentException unknown) {
            throw new Invalid(Rule.SCENARIO_CHARSET, Section.brief(text));
        }
    }

    private String text(String name) {
        Path path = Optional.ofNullable(unit.files().get(name))
                .orElseThrow(() -> new IllegalStateException(name + " is no file of the service"));
        return SourceFile.text(name, path);
    }

    private static List<String> with(List<String> names, String... more) {
        return Stream.concat(names.stream(), Arrays.stream(more)).toList();
    }

    private static String[] array(List<String> names) {
        return names.toArray(String[]::new);
    }
}
