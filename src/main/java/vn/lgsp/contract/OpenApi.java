package vn.lgsp.contract;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import vn.lgsp.catalogue.Operation;
import vn.lgsp.catalogue.ServiceCard;
import vn.lgsp.failure.ErrorCode;
import vn.lgsp.failure.Refused;
import vn.lgsp.message.Stage;
import vn.lgsp.scenario.Scenario;
import vn.lgsp.scenario.ScenarioFile;
import vn.lgsp.transform.SchemaStep;
import vn.lgsp.unit.RouteContent;
import vn.lgsp.unit.Unit;

/**
 * The contract of a service's REST operations, OpenAPI 3.1. Everything in it is taken from what the service runs by: the card, the
 * schemas that its route validates by, its scenarios and samples, and the bus's own error codes. So document and service cannot
 * differ.
 *
 * @see "API-01, API-05, API-11, BUS-24"
 */
public final class OpenApi {
    private static final String VERSION = "3.1.0";
    /** Stands where the address of the bus comes in. */
    private static final String HERE = "urn:lgsp:the-address-of-the-bus";

    private static final String PROBLEM = "application/problem+json";
    private static final String ANY = "*/*";
    private static final Pattern PART = Pattern.compile("\\{([a-zA-Z0-9]+)(\\+?)}");
    private static final Pattern JSON = Pattern.compile("(application/json|.*\\+json)(;.*)?");
    private static final Pattern XML = Pattern.compile("(application/xml|text/xml|.*\\+xml)(;.*)?");
    private static final Pattern PART_OF_SCHEMA = Pattern.compile("schemaLocation\\s*=\\s*[\"']([^\"']+)[\"']");
    private static final List<String> REQUEST = List.of("request.schema.json", "request.json", "request.xsd");
    private static final List<String> ANSWER = List.of("response.schema.json", "response.json", "response.xsd");

    /** Nobody gets these as the answer to a request that the document describes. */
    private static final Set<ErrorCode> ELSEWHERE = EnumSet.of(
            ErrorCode.CALLER_GONE,
            ErrorCode.EXCHANGE_UNKNOWN,
            ErrorCode.METHOD_NOT_ALLOWED,
            ErrorCode.REVISION_UNAVAILABLE,
            ErrorCode.DELIVERY_EXPIRED,
            ErrorCode.INTEGRITY_BROKEN,
            ErrorCode.ROUTE_REFUSED);

    private static final Set<ErrorCode> OF_A_GUARANTEE =
            EnumSet.of(ErrorCode.MESSAGE_CONFLICT, ErrorCode.GUARANTEE_UNAVAILABLE, ErrorCode.ACCEPTANCE_UNKNOWN);
    private static final Set<ErrorCode> OF_A_BODY =
            EnumSet.of(ErrorCode.MEDIA_TYPE_UNSUPPORTED, ErrorCode.MESSAGE_TOO_LARGE, ErrorCode.REQUEST_TIMEOUT);

    private final Unit unit;
    private final ServiceCard card;
    private final RouteContent route;
    private final List<Scenario> scenarios;
    private final ObjectNode schemas = Documents.object();
    private final Components components;
    /** The XML Schemas that an operation is told with, and those that they are made of. */
    private final Set<String> xmlSchemas = new TreeSet<>();

    private final Set<String> told = new TreeSet<>();
    private final Map<Integer, List<ErrorCode>> failures = new TreeMap<>();

    private OpenApi(Unit unit) {
        this.unit = unit;
        card = unit.card();
        route = RouteContent.of(unit);
        scenarios = ScenarioFile.all(unit).scenarios();
        components = new Components(unit, schemas);
        boolean guaranteed = card.mode() == ServiceCard.Mode.GUARANTEED;
        for (ErrorCode code : ErrorCode.values()) {
            boolean possible = !ELSEWHERE.contains(code)
                    && (guaranteed || !OF_A_GUARANTEE.contains(code))
                    && !(guaranteed && code.party() == ErrorCode.Party.PROVIDER)
                    && (code != ErrorCode.RECORD_NOT_FOUND || card.mode() == ServiceCard.Mode.MAPPED);
            if (possible) {
                failures.computeIfAbsent(code.status(), first -> new ArrayList<>())
                        .add(code);
            }
        }
    }

    /**
     * The contract of this unit, once for all callers; empty when it has no REST operation.
     *
     * @return with a place for the address of the bus: see {@link #at}
     * @throws Refused when a file of the unit is not what it was when it was deployed
     */
    public static Optional<String> of(Unit unit) {
        return unit.card().operations().stream().anyMatch(Operation::isRest)
                ? Optional.of(Documents.text(new OpenApi(unit).document()))
                : Optional.empty();
    }

    /** The contract in UTF-8, for a caller who reaches the bus at this address. */
    public static byte[] at(URI address, String contract) {
        return contract.replace(HERE, address.toASCIIString()).getBytes(StandardCharsets.UTF_8);
    }

    private ObjectNode document() {
        ObjectNode document = Documents.object();
        document.put("openapi", VERSION);
        ObjectNode info = document.putObject("info");
        info.put("title", card.name());
        info.put("summary", card.entry().englishName());
        info.put("description", description());
        info.putObject("contact").put("name", card.entry().contact());
        info.put("version", Integer.toString(card.key().version()));
        document.putArray("servers")
                .addObject()
                .put("url", HERE + "/api/" + card.key())
                .put("description", "The bus; the one address of this service");
        ObjectNode paths = document.putObject("paths");
        Map<String, String> templates = new LinkedHashMap<>();
        for (Operation operation : card.operations()) {
            if (operation.isRest()) {
                String written = operation.path().toString();
                String path =
                        templates.computeIfAbsent(PART.matcher(written).replaceAll("{}"), first -> PART.matcher(written)
                                .replaceAll("{$1}"));
                ObjectNode item = paths.get(path) instanceof ObjectNode there ? there : paths.putObject(path);
                item.set(operation.method().toLowerCase(java.util.Locale.ROOT), operation(operation, path));
            }
        }
        ObjectNode parts = document.putObject("components");
        schemas.set("problem", problem());
        parts.set("schemas", schemas);
        ObjectNode answers = parts.putObject("responses");
        failures.forEach((status, codes) -> answers.set("problem-" + status, failure(codes)));
        parts.set("headers", headers());
        parts.putObject("securitySchemes")
                .putObject("key")
                .put("type", "apiKey")
                .put("in", "header")
                .put("name", "X-Api-Key")
                .put("description", "The key of the calling system's account, which needs a grant for the operation");
        document.putArray("security").addObject().putArray("key");
        document.putArray("tags").addObject().put("name", card.domain());
        document.set("x-lgsp", about());
        return document;
    }

    private String description() {
        StringBuilder text = new StringBuilder(card.entry().content().strip());
        text.append("\n\n");
        switch (card.mode()) {
            case GUARANTEED ->
                text.append("What is accepted is delivered whatever dies: a good answer is the acknowledgement, and ")
                        .append("GET ")
                        .append(HERE)
                        .append("/exchanges/{id} tells how the deliveries stand, by the id in X-LGSP-Exchange. ")
                        .append("Send a message again under the same Idempotency-Key when no acknowledgement came.");
            case MAPPED -> text.append("Content is checked and mapped by the bus.");
            case PASS_THROUGH -> text.append("Content passes byte for byte; the bus reads none of it.");
        }
        text.append(card.personalData() ? " It holds personal data." : "");
        card.entry().deprecation().ifPresent(ending -> {
            text.append("\n\nDeprecated since ").append(ending.since());
            ending.sunset().ifPresent(last -> text.append("; it answers until ").append(last));
            ending.successor()
                    .ifPresent(
                            version -> text.append("; version ").append(version).append(" takes its place"));
            text.append('.');
        });
        return text.toString();
    }

    private ObjectNode about() {
        ObjectNode about = Documents.object();
        about.put("service", card.key().id().value());
        about.put("version", card.key().version());
        about.put("domain", card.domain());
        about.putObject("name").put("vi", card.name()).put("en", card.entry().englishName());
        about.put("mode", word(card.mode()));
        about.put("criterion", word(card.entry().criterion()));
        about.put("personalData", card.personalData());
        about.putObject("limits")
                .put("requestBytes", card.requestLimit())
                .put("answerBytes", card.answerLimit())
                .put("bodyTimeout", card.bodyTimeout().toString());
        about.put("revision", unit.digest());
        card.entry().deprecation().ifPresent(ending -> {
            ObjectNode told =
                    about.putObject("deprecated").put("since", ending.since().toString());
            ending.sunset().ifPresent(last -> told.put("sunset", last.toString()));
            ending.successor().ifPresent(version -> told.put("successor", version));
        });
        ObjectNode xsd = Documents.object();
        // of what it tells, and nothing of what the service and its providers have between them
        xmlSchemas.forEach(this::withParts);
        told.forEach(file ->
                xsd.put(file.substring("transforms/".length()), unit.text(file).orElse("")));
        if (!xsd.isEmpty()) {
            about.set("xmlSchemas", xsd);
        }
        return about;
    }

    /** A schema with those that it includes and imports. */
    private void withParts(String file) {
        if (told.add(file)) {
            Matcher part = PART_OF_SCHEMA.matcher(unit.text(file).orElse(""));
            while (part.find()) {
                String other = Path.of(file)
                        .resolveSibling(part.group(1))
                        .normalize()
                        .toString()
                        .replace('\\', '/');
                if (unit.files().containsKey(other)) {
                    withParts(other);
                }
            }
        }
    }

    private static String word(Enum<?> value) {
        return value.name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');
    }

    /** A call that a scenario makes of an operation. */
    private record Example(
            String name, String title, Map<String, String> values, Map<String, String> query, Scenario scenario) {
        Optional<String> asked() {
            return scenario.request().flatMap(Scenario.Request::content);
        }

        Optional<String> header(String name) {
            return scenario.request().flatMap(request -> request.headers().entrySet().stream()
                    .filter(header -> header.getKey().equalsIgnoreCase(name))
                    .map(Map.Entry::getValue)
                    .findFirst());
        }

        String type() {
            return scenario.request()
                    .map(Scenario.Request::headers)
                    .map(headers -> headers.getOrDefault("Content-Type", ""))
                    .orElse("");
        }
    }

    private List<Example> examples(Operation operation) {
        List<Example> found = new ArrayList<>();
        String address = "/api/" + card.key();
        for (Scenario scenario : scenarios) {
            Scenario.Request request = scenario.request().orElse(null);
            if (request == null
                    || !request.method().equals(operation.method())
                    || !request.path().startsWith(address)) {
                continue;
            }
            String[] parts = request.path().substring(address.length()).split("\\?", 2);
            operation
                    .path()
                    .match(parts[0])
                    .ifPresent(values -> found.add(new Example(
                            scenario.name(),
                            scenario.title(),
                            values,
                            parts.length == 2 ? query(parts[1]) : Map.of(),
                            scenario)));
        }
        return found;
    }

    private static Map<String, String> query(String text) {
        Map<String, String> values = new LinkedHashMap<>();
        for (String pair : text.split("&", -1)) {
            String[] parts = pair.split("=", 2);
            values.put(decoded(parts[0]), parts.length == 2 ? decoded(parts[1]) : "");
        }
        return values;
    }

    private static String decoded(String text) {
        return URLDecoder.decode(text, StandardCharsets.UTF_8);
    }

    /** @param path as the document has it: operations of one address name its parts alike */
    private ObjectNode operation(Operation operation, String path) {
        List<Example> examples = examples(operation);
        ObjectNode written = Documents.object();
        written.putArray("tags").add(card.domain());
        written.put("operationId", operation.id());
        if (card.entry().deprecation().isPresent()) {
            written.put("deprecated", true);
        }
        if (!examples.isEmpty()) {
            StringBuilder uses = new StringBuilder("Shown by scenarios that are run before each deployment:\n");
            examples.forEach(example -> uses.append("\n* ").append(example.title()));
            written.put("description", uses.toString());
        }
        ArrayNode parameters = parameters(operation, path, examples);
        if (!parameters.isEmpty()) {
            written.set("parameters", parameters);
        }
        Optional<String> asked = route.schema(unit, operation.schemas().request(), REQUEST);
        if (!operation.accepts().isEmpty()) {
            ObjectNode body = written.putObject("requestBody");
            body.put("required", card.mode() != ServiceCard.Mode.PASS_THROUGH);
            ObjectNode content = body.putObject("content");
            for (String type : operation.accepts()) {
                ObjectNode media = content.putObject(type);
                schema(type, asked).ifPresent(schema -> media.set("schema", schema));
                ObjectNode shown = Documents.object();
                examples.stream()
                        .filter(example -> mediaType(example.type()).equals(type))
                        .forEach(example -> example.asked()
                                .ifPresent(text -> show(shown, example.name(), example.title(), type, text)));
                samples(shown, type, asked);
                if (!shown.isEmpty()) {
                    media.set("examples", shown);
                }
            }
        }
        written.set("responses", responses(operation, examples));
        return written;
    }

    private ArrayNode parameters(Operation operation, String path, List<Example> examples) {
        ArrayNode parameters = Documents.list();
        List<String> names = parts(path);
        List<String> own = parts(operation.path().toString());
        boolean rest = operation.path().toString().endsWith("+}");
        for (int i = 0; i < names.size(); i++) {
            String part = own.get(i);
            ObjectNode parameter = parameter(
                    names.get(i),
                    "path",
                    true,
                    examples,
                    example -> Optional.ofNullable(example.values().get(part)));
            if (rest && i == names.size() - 1) {
                parameter.put("description", "All that follows, one segment or several: its slashes stay slashes");
                parameter.put("x-lgsp-rest", true);
            }
            parameters.add(parameter);
        }
        for (String name : new TreeSet<>(operation.query())) {
            parameters.add(parameter(
                    name,
                    "query",
                    false,
                    examples,
                    example -> Optional.ofNullable(example.query().get(name))));
        }
        for (String name : operation.headers()) {
            parameters.add(parameter(name, "header", false, examples, example -> example.header(name)));
        }
        if (card.mode() == ServiceCard.Mode.GUARANTEED) {
            ObjectNode key = header("Idempotency-Key", "[!-~]{1,200}");
            key.put("description", "Your own id of the message: the same with the same content is accepted once");
            parameters.add(key);
        }
        ObjectNode correlation = header("X-Request-Id", "[A-Za-z0-9._:-]{1,128}");
        correlation.put("description", "Your own correlation id: handed on, recorded and sent back");
        return parameters.add(correlation);
    }

    private static List<String> parts(String path) {
        List<String> names = new ArrayList<>();
        Matcher part = PART.matcher(path);
        while (part.find()) {
            names.add(part.group(1));
        }
        return names;
    }

    private static ObjectNode header(String name, String pattern) {
        ObjectNode header = Documents.object().put("name", name).put("in", "header");
        header.putObject("schema").put("type", "string").put("pattern", "^" + pattern + "$");
        return header;
    }

    private static ObjectNode parameter(
            String name,
            String in,
            boolean required,
            List<Example> examples,
            java.util.function.Function<Example, Optional<String>> value) {
        ObjectNode parameter =
                Documents.object().put("name", name).put("in", in).put("required", required);
        parameter.putObject("schema").put("type", "string");
        ObjectNode shown = Documents.object();
        examples.forEach(example -> value.apply(example).ifPresent(text -> shown.putObject(example.name())
                .put("summary", example.title())
                .put("value", text)));
        if (!shown.isEmpty()) {
            parameter.set("examples", shown);
        }
        return parameter;
    }

    private ObjectNode responses(Operation operation, List<Example> examples) {
        ObjectNode responses = Documents.object();
        Optional<String> told = route.schema(unit, operation.schemas().answer(), ANSWER);
        List<String> types = types(operation);
        ObjectNode good = answer(
                switch (card.mode()) {
                    case GUARANTEED -> "Accepted: the bus answers for the message from now on";
                    case MAPPED -> "The answer, in the structure of this contract";
                    case PASS_THROUGH -> "The provider's own answer";
                });
        ObjectNode content = good.putObject("content");
        for (String type : types) {
            ObjectNode media = content.putObject(type);
            Optional<ObjectNode> schema = schema(type, told);
            if (schema.isEmpty() && (JSON.matcher(type).matches() || isForm(type))) {
                schema = derived();
            }
            schema.ifPresent(known -> media.set("schema", known));
            ObjectNode shown = Documents.object();
            examples.forEach(example -> example.scenario()
                    .answer()
                    .ifPresent(text -> show(shown, example.name(), example.title(), type, text)));
            samples(shown, type, told);
            if (!shown.isEmpty()) {
                media.set("examples", shown);
            }
        }
        boolean passes = card.mode() == ServiceCard.Mode.PASS_THROUGH;
        responses.set(
                passes || route.anySuccess() ? "2XX" : card.mode() == ServiceCard.Mode.GUARANTEED ? "202" : "200",
                good);
        if (passes) {
            responses.set("304", answer("Not changed, where the request asked with a condition"));
        }
        Set<Integer> documented = new TreeSet<>(passes ? operation.answers() : route.statuses());
        failures.forEach((status, codes) -> {
            boolean possible = !operation.accepts().isEmpty() || !OF_A_BODY.containsAll(codes);
            if (possible && !documented.contains(status)) {
                responses.putObject(status.toString()).put("$ref", "#/components/responses/problem-" + status);
            }
        });
        for (int status : documented) {
            ObjectNode own =
                    answer("Documented by the provider, whose answer it is; or, as " + PROBLEM + ", the bus's own");
            ObjectNode kinds = own.putObject("content");
            types.forEach(kinds::putObject);
            if (failures.containsKey(status)) {
                problem(kinds);
            }
            responses.set(Integer.toString(status), own);
        }
        return responses;
    }

    private List<String> types(Operation operation) {
        if (!operation.produces().isEmpty()) {
            return operation.produces();
        }
        Set<String> types = new TreeSet<>(route.types());
        if (types.isEmpty() || route.computed()) {
            types.add(ANY);
        }
        return List.copyOf(types);
    }

    /** What the route makes of an XML Schema as its last step has no other structure than that. */
    private Optional<ObjectNode> derived() {
        return route.form().map(form -> {
            if (schemas.has("answer")) {
                return Documents.object().put("$ref", "#/components/schemas/answer");
            }
            return components.reference(
                    "answer",
                    SchemaStep.of(
                                    unit.routeFile()
                                            .resolve("../../../transforms")
                                            .normalize(),
                                    form.file(),
                                    form.element())
                            .jsonSchema(card.name()));
        });
    }

    private Optional<ObjectNode> schema(String type, Optional<String> file) {
        if (file.isEmpty()) {
            return Optional.empty();
        }
        // the parts of a form are the members of the JSON that the bus makes of it, or it of that
        if (JSON.matcher(type).matches() || isForm(type)) {
            return components.reference(file.get());
        }
        if (XML.matcher(type).matches() && file.get().endsWith(".xsd")) {
            xmlSchemas.add(file.get());
            return Optional.of(Documents.object()
                    .put("type", "string")
                    .put("contentMediaType", type)
                    .put(
                            "description",
                            "An XML document by the XML Schema " + file.get().substring("transforms/".length())
                                    + ", whose text is in x-lgsp.xmlSchemas"));
        }
        return Optional.empty();
    }

    private static boolean isForm(String type) {
        return type.equals("multipart/form-data") || type.equals("application/x-www-form-urlencoded");
    }

    private static String mediaType(String contentType) {
        return contentType.replaceFirst(";.*", "").strip().toLowerCase(java.util.Locale.ROOT);
    }

    private static void show(ObjectNode shown, String name, String title, String type, String text) {
        value(type, text).ifPresent(value -> {
            ObjectNode example = shown.putObject(name);
            example.put("summary", title);
            example.set("value", value);
        });
    }

    /** Content as an example has it: JSON as it is, anything else as text. */
    private static Optional<JsonNode> value(String type, String text) {
        if (!JSON.matcher(type).matches()) {
            return Optional.of(Documents.object().textNode(text));
        }
        try {
            return Optional.of(Documents.read(text));
        } catch (IllegalArgumentException noJson) {
            return Optional.empty();
        }
    }

    /** What lies beside the schema as content that it lets through, where no scenario shows any. */
    private void samples(ObjectNode shown, String type, Optional<String> schema) {
        if (!shown.isEmpty() || schema.isEmpty()) {
            return;
        }
        String folder = RouteContent.folder(unit);
        String beside = schema.get().startsWith(folder)
                ? folder + "samples/" + schema.get().substring(folder.length()) + "/"
                : folder + "samples/ /";
        boolean json = JSON.matcher(type).matches();
        Stream<String> files = unit.files().keySet().stream()
                .filter(file -> file.startsWith(beside) && file.endsWith(json ? ".in.json" : ".in.xml"));
        files.forEach(file -> {
            String name = file.substring(beside.length()).replaceFirst("\\.in\\.[a-z]+$", "");
            show(shown, name, "The sample " + name, type, unit.text(file).orElse(""));
        });
    }

    private static ObjectNode answer(String description) {
        ObjectNode answer = Documents.object().put("description", description);
        ObjectNode headers = answer.putObject("headers");
        for (String name : List.of("X-LGSP-Exchange", "X-LGSP-Result", "X-Request-Id")) {
            headers.putObject(name).put("$ref", "#/components/headers/" + name);
        }
        return answer;
    }

    private static ObjectNode headers() {
        ObjectNode headers = Documents.object();
        header(headers, "X-LGSP-Exchange", "The exchange id: it finds the record of the exchange")
                .put("format", "uuid");
        header(headers, "X-LGSP-Result", "00: done. 01: not; it goes with every status from 400 on")
                .putArray("enum")
                .add("00")
                .add("01");
        header(headers, "X-Request-Id", "The correlation id");
        header(headers, "Retry-After", "Seconds to wait before the request is sent again");
        return headers;
    }

    private static ObjectNode header(ObjectNode headers, String name, String description) {
        ObjectNode header = headers.putObject(name).put("description", description);
        return header.putObject("schema").put("type", "string");
    }

    /** What the bus answers by itself with one status. */
    private static ObjectNode failure(List<ErrorCode> codes) {
        StringBuilder text = new StringBuilder();
        for (ErrorCode code : codes) {
            text.append(text.isEmpty() ? "" : "\n")
                    .append("* `")
                    .append(code.code())
                    .append("`: ")
                    .append(code.meaning())
                    .append(code.retry() ? " (may be sent again)" : "");
        }
        ObjectNode failure = answer(text.toString());
        if (codes.get(0).status() == 503) {
            ((ObjectNode) failure.path("headers"))
                    .putObject("Retry-After")
                    .put("$ref", "#/components/headers/Retry-After");
        }
        problem(failure.putObject("content"));
        return failure;
    }

    private static void problem(ObjectNode content) {
        content.putObject(PROBLEM).putObject("schema").put("$ref", "#/components/schemas/problem");
    }

    /** RFC 9457, with what the bus adds. */
    private ObjectNode problem() {
        ObjectNode schema = Documents.object();
        schema.put("type", "object");
        schema.put("description", "Why an exchange did not take place (RFC 9457)");
        ArrayNode required = schema.putArray("required");
        Stream.of("type", "title", "status", "detail", "instance", "result", "code", "stage", "retry")
                .forEach(required::add);
        ObjectNode fields = schema.putObject("properties");
        field(fields, "type", "string", "urn:lgsp:error: and the code");
        field(fields, "title", "string", "What the code means");
        field(fields, "status", "integer", "As the status line");
        field(fields, "detail", "string", "What is wrong with this exchange, and what to do");
        field(fields, "instance", "string", "urn:uuid: and the exchange id");
        field(fields, "result", "string", "As X-LGSP-Result").put("const", "01");
        ArrayNode codes = field(fields, "code", "string", "Why, for programs").putArray("enum");
        failures.values().forEach(some -> some.forEach(code -> codes.add(code.code())));
        ArrayNode stages = field(fields, "stage", "string", "The link of the chain at which it failed")
                .putArray("enum");
        for (Stage stage : Stage.values()) {
            stages.add(stage.label());
        }
        field(fields, "retry", "boolean", "Whether the same exchange may be sent again");
        field(fields, "partnerCode", "string", "The provider's own code, if it gave one");
        return schema;
    }

    private static ObjectNode field(ObjectNode fields, String name, String type, String description) {
        return fields.putObject(name).put("type", type).put("description", description);
    }
}
