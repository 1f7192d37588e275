package vn.lgsp.unit;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import vn.lgsp.catalogue.CallParameter;
import vn.lgsp.catalogue.Calls;
import vn.lgsp.catalogue.InformationSystem;
import vn.lgsp.catalogue.Operation;
import vn.lgsp.catalogue.ServiceCard;
import vn.lgsp.failure.Invalid;
import vn.lgsp.failure.Rule;
import vn.lgsp.message.ServiceKey;
import vn.lgsp.message.SystemId;
import vn.lgsp.soap.XRoad;
import vn.lgsp.source.Nearest;
import vn.lgsp.source.Section;
import vn.lgsp.source.Value;

/** Whom a route may call: the systems of its card, in the way that the registry names, and its own mappings. */
final class EndpointRules {
    private static final Pattern STATUSES = Pattern.compile("\\s*[2-5][0-9]{2}\\s*(,\\s*[2-5][0-9]{2}\\s*)*");
    private static final String RESOURCE = "resource:";
    private static final String RESOURCE_FILE = RESOURCE + "file:transforms/";
    private static final Pattern ELEMENT = Pattern.compile("[\\p{L}_][\\p{L}\\p{N}_.-]*");
    private static final Pattern PROPERTIES =
            Pattern.compile("(?!JMS|_AMQ|lgsp_)[A-Za-z_][A-Za-z0-9_]{0,63}(:[A-Za-z][A-Za-z0-9-]{0,63})?"
                    + "(,(?!JMS|_AMQ|lgsp_)[A-Za-z_][A-Za-z0-9_]{0,63}(:[A-Za-z][A-Za-z0-9-]{0,63})?){0,31}");
    /** Service with version, and the id of an operation. */
    private static final Pattern OPERATION = Pattern.compile("([^/]+/[^/]+)/([^/{}?]{1,128})");

    private static final List<String> METHODS = List.of("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE");

    /** What the value of an option has to be, where Camel itself would find out too late; by the option's name. */
    private static final Map<String, Form> FORMS = Map.of(
            "passThrough",
                    new Form("true, false", text -> List.of("true", "false").contains(text)),
            "text", new Form("true, false", text -> List.of("true", "false").contains(text)),
            "reply", new Form("true, false", text -> List.of("true", "false").contains(text)),
            "properties",
                    new Form(
                            "loai_ho_so,so:X-So",
                            text -> text.isEmpty() || PROPERTIES.matcher(text).matches()),
            "failOnNullBody",
                    new Form("true, false", text -> List.of("true", "false").contains(text)),
            "method", new Form(String.join(", ", METHODS), METHODS::contains),
            "answers", new Form("404,409", text -> STATUSES.matcher(text).matches()),
            "expectsName", new Form("CongDan", text -> ELEMENT.matcher(text).matches()),
            "element", new Form("CongDan", text -> ELEMENT.matcher(text).matches()));

    /** Those of organisations at the document axis. */
    private static final Pattern COLUMNS = Pattern.compile("[^,\\s\"][^,\"\\v]{0,127}(,[^,\"\\v]{1,128}){0,999}");

    /** From the outside in, by local names; an attribute at the end. */
    private static final String PLACE_NAME = "(?:\\*|[\\p{L}_][\\p{L}\\p{N}_.-]{0,127})";

    private static final String PLACE = "(?://?" + PLACE_NAME + ")*(?://?@?" + PLACE_NAME + ")";
    private static final Pattern PLACES = Pattern.compile("|" + PLACE + "(," + PLACE + "){0,99}");

    private static final String PLACES_EXAMPLE = "/hoSo/dienThoai,/hoSo/nguoi/@so";

    /** Those of HTTP calls, of tables and of masks. */
    private static final Map<String, Form> MORE_FORMS = Map.of(
            "separator",
                    new Form("comma, semicolon, tab, pipe", text -> List.of("comma", "semicolon", "tab", "pipe")
                            .contains(text)),
            "columns", new Form("so,ten", text -> COLUMNS.matcher(text).matches()),
            "operation", new Form("timThua", text -> text.matches("[A-Za-z0-9._~-]{1,128}")),
            "gzip", new Form("true, false", text -> List.of("true", "false").contains(text)),
            "headers", new Form("X-Ho-So,If-Match:dieuKien", CallParameter::areHeaders),
            "query", new Form("trang,page:trang", CallParameter::areQuery),
            "multipart", new Form("so,tep,ghi-chu:ghiChu", text -> !text.isEmpty() && CallParameter.areParts(text)),
            "form",
                    new Form(
                            "so,ghi-chu:ghiChu or *",
                            text -> text.equals("*") || (!text.isEmpty() && CallParameter.areParts(text))),
            "remove", new Form(PLACES_EXAMPLE, text -> PLACES.matcher(text).matches()),
            "mask", new Form(PLACES_EXAMPLE, text -> PLACES.matcher(text).matches()));

    private static final List<String> AXIS_TASKS = List.of(
            "send",
            "list",
            "fetch",
            "update-status",
            "sent-list",
            "count",
            "agencies",
            "register-agency",
            "delete-agency",
            "synchronise-units");

    private static final List<String> MAILBOX_TASKS = List.of(
            "put",
            "take",
            "list",
            "count",
            "fetch",
            "download",
            "update-status",
            "sent-list",
            "handed-on",
            "agencies",
            "check",
            "register-agency",
            "delete-agency",
            "synchronise-units");

    private static final Pattern HAND_ON = Pattern.compile("[a-z][a-z0-9]*(-[a-z0-9]+)*/v[1-9][0-9]{0,2}");
    private static final Pattern AXIS_VALUE = Pattern.compile("\\{[A-Za-z][A-Za-z0-9]*}|[A-Za-z0-9._,-]{1,500}");

    /** Those of the document axis, and of handing on. */
    private static final Map<String, Form> AXIS_FORMS = Map.of(
            "messageType",
                    new Form(
                            "edoc, status, {messageType}",
                            text -> text.matches("edoc|status|\\{[A-Za-z][A-Za-z0-9]*}")),
            "hashFile",
                    new Form("unpadded, padded", text -> List.of("unpadded", "padded")
                            .contains(text)),
            "limit", new Form("100", text -> text.matches("[1-9][0-9]{0,2}|1000")),
            "days", new Form("7", text -> text.matches("[0-9]|[1-9][0-9]|[12][0-9]{2}|3[0-5][0-9]|36[0-5]")),
            "state", new Form("done, {state}", text -> AXIS_VALUE.matcher(text).matches()),
            "docId", new Form("{docId}", text -> AXIS_VALUE.matcher(text).matches()),
            "from",
                    new Form(
                            "000.00.00.H99, {from}",
                            text -> AXIS_VALUE.matcher(text).matches()),
            "to",
                    new Form(
                            "000.00.01.H99, {to}",
                            text -> AXIS_VALUE.matcher(text).matches()),
            "refusals", new Form("fail, go-on", text -> List.of("fail", "go-on").contains(text)),
            "carries", new Form("from,to", text -> text.matches("[A-Za-z][A-Za-z0-9]*(,[A-Za-z][A-Za-z0-9]*){0,31}")));

    /** Those of the document axis alone. */
    private static final Map<String, Form> AXIS_ALONE = Map.of(
            "finalCodes", new Form("10,18", text -> text.matches("[A-Za-z0-9._-]{1,16}(,[A-Za-z0-9._-]{1,16}){0,99}")),
            "level", new Form("1, all, {level}", text -> text.matches("[1-9]|all|\\{[A-Za-z][A-Za-z0-9]*}")),
            "agencyCode",
                    new Form(
                            "H99.01.05, {agencyCode}",
                            text -> text.matches("\\{[A-Za-z][A-Za-z0-9]*}|[A-Za-z0-9._-]{1,35}")));

    private static final Map<String, Form> MAILBOX_FORMS = Map.of(
            "refusals", new Form("fail, go-on", text -> List.of("fail", "go-on").contains(text)),
            "outside",
                    new Form("each, together", text -> List.of("each", "together")
                            .contains(text)),
            "inside",
                    new Form("at-once, after-hand-on", text -> List.of("at-once", "after-hand-on")
                            .contains(text)),
            "answer",
                    new Form("plain, sdk, rest", text -> List.of("plain", "sdk", "rest")
                            .contains(text)));

    /** Those of X-Road, of either protocol. */
    private static final Map<String, Form> X_ROAD_FORMS = Map.of(
            "xRoad", new Form("VN/GOV/000.00.00.G22/registry/findPerson", XRoad::isService),
            "xRoadVersion", new Form("v1", XRoad::isPart),
            "xRoadParty", new Form("GOV", XRoad::isPart));

    /** Those of lgsp-soap. */
    private static final Map<String, Form> SOAP_FORMS = Map.of(
            "version", new Form("1.1, 1.2", text -> List.of("1.1", "1.2").contains(text)),
            "oneWay", new Form("true, false", text -> List.of("true", "false").contains(text)),
            "headers", new Form("true, false", text -> List.of("true", "false").contains(text)),
            "mediaType",
                    new Form("text/xml, application/xml", text -> List.of("text/xml", "application/xml")
                            .contains(text)),
            "empty",
                    new Form("answer, record-not-found", text -> List.of("answer", "record-not-found")
                            .contains(text)),
            "emptyBody",
                    new Form("request, answer, both", text -> List.of("request", "answer", "both")
                            .contains(text)),
            "attachments", new Form("NoiDung,Anh", text -> text.matches(ELEMENT + "(," + ELEMENT + "){0,31}")),
            "attachmentsAs",
                    new Form("mtom, swaRef, mime", text -> List.of("mtom", "swaRef", "mime")
                            .contains(text)));

    private record Form(String example, java.util.function.Predicate<String> fits) {}

    private final Unit unit;
    private final Optional<SystemId> destination;
    private final Function<SystemId, Optional<InformationSystem>> systems;
    private final Findings found;
    private final TextRules texts;
    private boolean calls;

    /** @param destination of a delivery route; empty for a service's own route */
    EndpointRules(
            Unit unit,
            Optional<SystemId> destination,
            Function<SystemId, Optional<InformationSystem>> systems,
            Findings found,
            TextRules texts) {
        this.unit = unit;
        this.destination = destination;
        this.systems = systems;
        this.found = found;
        this.texts = texts;
    }

    /** Whether the destination of a delivery route is called. */
    boolean calls() {
        return calls;
    }

    /** @param to what stands behind {@code to:}, an address or fields */
    void check(Value to) {
        Value uri = to.fields().isEmpty() ? to : to.at("uri").orElse(to);
        texts.check(uri, "to");
        String text = uri.text();
        String[] parts = text.split("\\?", 2);
        int colon = parts[0].indexOf(':');
        String scheme = colon < 0 ? parts[0] : parts[0].substring(0, colon);
        String rest = colon < 0 ? "" : parts[0].substring(colon + 1);
        String name = rest.replaceFirst("/.*", "");
        if (text.isBlank()) {
            found.add(Rule.FIELD_MISSING, to.place(), "uri", "'to'");
            return;
        }
        if (!RouteWords.endpoints().contains(scheme)) {
            refuse(uri, scheme);
            return;
        }
        Map<String, Value> options = options(uri, parts.length == 2 ? parts[1] : "", to);
        if (!scheme.equals("kamelet")) {
            checkOptions(scheme, options);
        }
        checkForm(scheme, options, uri);
        switch (scheme) {
            case "xslt" -> mapping(uri, "xslt:file:transforms/");
            case "lgsp-validate" -> {
                mapping(uri, "lgsp-validate:");
                if (!options.containsKey("operation")
                        && rest.matches(".*\\.ya?ml")
                        && unit.files().containsKey("transforms/" + rest)) {
                    found.add(Rule.FIELD_MISSING, uri.place(), "operation", "'" + scheme + "'");
                }
            }
            case "lgsp-values" -> mapping(uri, "lgsp-values:");
            case "lgsp-reply" -> {
                String family = "transforms/_replies/" + rest + ".reply.yaml";
                if (!unit.files().containsKey(family)) {
                    found.add(Rule.MAPPING_MISSING, uri.place(), Nearest.of(family, RouteRules.replies(unit)), family);
                }
            }
            case "lgsp-json", "lgsp-xml" -> {
                mapping(uri, scheme + ":");
                if (!options.containsKey("element")) {
                    found.add(Rule.FIELD_MISSING, uri.place(), "element", "'" + scheme + "'");
                }
            }
            case "lgsp-call" -> service(uri, rest);
            case "lgsp-axis" -> {
                system(uri, name, InformationSystem::connection, Rule.SYSTEM_WITHOUT_CONNECTION);
                String task = rest.contains("/") ? rest.substring(rest.indexOf('/') + 1) : "";
                if (!AXIS_TASKS.contains(task)) {
                    found.add(
                            Rule.AXIS_OPERATION,
                            uri.place(),
                            Nearest.of(task, AXIS_TASKS),
                            Section.brief(task),
                            String.join(", ", AXIS_TASKS));
                }
            }
            case "lgsp-hand-on" -> handOn(uri, rest);
            case "lgsp-mailbox" -> mailbox(uri, rest);
            case "lgsp-jms" -> system(uri, name, InformationSystem::queue, Rule.SYSTEM_WITHOUT_QUEUE);
            case "lgsp-http", "lgsp-soap" -> {
                system(uri, name, InformationSystem::connection, Rule.SYSTEM_WITHOUT_CONNECTION);
                if (destination.isPresent()
                        && scheme.equals("lgsp-soap")
                        && options.containsKey("headers")
                        && options.getOrDefault("headers", uri).text().equals("true")) {
                    found.add(
                            Rule.DELIVERY_HEADERS,
                            options.getOrDefault("headers", uri).place());
                }
                if (unit.card().mode() != ServiceCard.Mode.PASS_THROUGH && options.containsKey("passThrough")) {
                    found.add(
                            Rule.PASS_THROUGH_ELSEWHERE,
                            options.getOrDefault("passThrough", uri).place());
                }
                if (unit.card().mode() == ServiceCard.Mode.PASS_THROUGH
                        && options.containsKey("passThrough")
                        && unit.isSoap() != scheme.equals("lgsp-soap")) {
                    found.add(Rule.PASS_THROUGH_PROTOCOL, uri.place(), unit.isSoap() ? "lgsp-soap" : "lgsp-http", name);
                }
            }
            default -> {}
        }
    }

    /** Only a service that maps may give something to another one, so that no chain of them closes to a ring. */
    private void handOn(Value uri, String target) {
        if (!HAND_ON.matcher(target).matches()) {
            found.add(Rule.HAND_ON_TARGET, uri.place(), Section.brief(target));
        } else if (unit.card().mode() != ServiceCard.Mode.MAPPED) {
            found.add(Rule.HAND_ON_ELSEWHERE, uri.place(), unit.card().key().toString());
        }
    }

    private void mailbox(Value uri, String task) {
        if (!MAILBOX_TASKS.contains(task)) {
            found.add(
                    Rule.MAILBOX_OPERATION,
                    uri.place(),
                    Nearest.of(task, MAILBOX_TASKS),
                    Section.brief(task),
                    String.join(", ", MAILBOX_TASKS));
        } else if (unit.card().mode() != ServiceCard.Mode.MAPPED && !acknowledges(task)) {
            found.add(Rule.MAILBOX_ELSEWHERE, uri.place(), unit.card().key().toString());
        }
    }

    /** A look that keeps nothing may stand where a service decides what it accepts for delivery. */
    private boolean acknowledges(String task) {
        return task.equals("check") && unit.card().mode() == ServiceCard.Mode.GUARANTEED && destination.isEmpty();
    }

    private void refuse(Value uri, String scheme) {
        if (scheme.equals("direct")) {
            found.add(Rule.ENDPOINT_OTHER_SERVICE, uri.place());
        } else if (RouteWords.isHost(scheme)) {
            found.add(Rule.ENDPOINT_HOST, uri.place(), scheme);
        } else {
            found.add(
                    Rule.ENDPOINT_FORBIDDEN,
                    uri.place(),
                    Nearest.of(scheme, RouteWords.endpoints()),
                    Section.brief(scheme),
                    String.join(", ", RouteWords.endpoints()));
        }
    }

    /** Those behind the question mark, and those below {@code parameters}, each where it is written. */
    static Map<String, Value> options(Value uri, String query, Value to) {
        Map<String, Value> options = new LinkedHashMap<>();
        for (String option : query.isEmpty() ? new String[0] : query.split("&")) {
            String[] pair = option.split("=", 2);
            options.put(decoded(pair[0]), Value.Scalar.text(uri.place(), pair.length == 2 ? decoded(pair[1]) : ""));
        }
        to.at("parameters")
                .ifPresent(
                        parameters -> parameters.fields().forEach((name, field) -> options.put(name, field.value())));
        return options;
    }

    private static String decoded(String text) {
        try {
            return URLDecoder.decode(text, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException notEncoded) {
            return text;
        }
    }

    private void checkOptions(String scheme, Map<String, Value> options) {
        List<String> known = RouteWords.endpointOptions(scheme);
        options.forEach((name, value) -> {
            Map<String, Form> own =
                    switch (scheme) {
                        case "lgsp-soap" -> SOAP_FORMS;
                        case "lgsp-axis", "lgsp-hand-on" -> AXIS_FORMS;
                        case "lgsp-mailbox" -> MAILBOX_FORMS;
                        default -> MORE_FORMS;
                    };
            Form form = X_ROAD_FORMS.getOrDefault(
                    name, FORMS.getOrDefault(name, AXIS_ALONE.getOrDefault(name, own.get(name))));
            texts.check(value, name);
            if (!known.contains(name)) {
                found.add(
                        Rule.ENDPOINT_OPTION,
                        value.place(),
                        Nearest.of(name, known),
                        Section.brief(name),
                        scheme,
                        known.isEmpty() ? "-" : String.join(", ", known));
            } else if (form != null && !form.fits.test(value.text())) {
                found.add(
                        Rule.ENDPOINT_OPTION_VALUE,
                        value.place(),
                        name,
                        scheme,
                        Section.brief(value.text()),
                        form.example);
            }
        });
    }

    /** A form is a body, and these methods send none; and it is of one kind. */
    private void checkForm(String scheme, Map<String, Value> options, Value uri) {
        if (!scheme.equals("lgsp-http")) {
            return;
        }
        Value method = options.getOrDefault("method", uri);
        Value form = options.getOrDefault("form", uri);
        boolean multipart = options.containsKey("multipart");
        if ((multipart || options.containsKey("form"))
                && List.of("GET", "HEAD", "DELETE").contains(method.text())) {
            found.add(Rule.ENDPOINT_OPTION_VALUE, method.place(), "method", scheme, method.text(), "POST, PUT, PATCH");
        }
        if (multipart && options.containsKey("form")) {
            found.add(
                    Rule.ENDPOINT_OPTION_VALUE,
                    form.place(),
                    "form",
                    scheme,
                    Section.brief(form.text()),
                    "form, or multipart, and not both");
        }
    }

    /** Any text that names a file. */
    void checkResource(Value written) {
        // Camel takes blanks away before it looks
        if (written.text().strip().startsWith(RESOURCE)) {
            mapping(written, RESOURCE_FILE);
        }
    }

    /** A file that is read as an expression may say no more than the route itself. */
    void checkFunctions(Value written) {
        if (written.text().startsWith(RESOURCE_FILE)) {
            String file = written.text().substring(RESOURCE.length() + "file:".length());
            unit.text(file).ifPresent(text -> texts.checkFile(file, text));
        }
    }

    /**
     * A mapping belongs to the unit of the service, so that the revision's digest covers it; a connector is of no unit.
     *
     * @param form how a mapping is written before its domain
     */
    private void mapping(Value written, String form) {
        String text = written.text();
        String own = form + unit.card().domain() + "/" + unit.base() + "/";
        if (RouteRules.isConnector(written.place())) {
            found.add(Rule.MAPPING_IN_CONNECTOR, written.place(), Section.brief(text));
        } else if (!text.startsWith(own) || text.contains("..")) {
            found.add(Rule.MAPPING_ELSEWHERE, written.place(), Section.brief(text), own);
        } else {
            String file = "transforms/" + text.substring(form.length()).replaceFirst("\\?.*", "");
            Set<String> files = unit.files().keySet();
            if (!files.contains(file)) {
                found.add(Rule.MAPPING_MISSING, written.place(), Nearest.of(file, files), file);
            }
        }
    }

    /** @param address of an operation, as service, version and id */
    private void service(Value uri, String address) {
        Matcher form = OPERATION.matcher(address);
        ServiceKey service;
        try {
            service = ServiceKey.of(form.matches() ? form.group(1) : "");
        } catch (Invalid noAddress) {
            found.add(Rule.CALL_ADDRESS, uri.place(), Section.brief(address));
            return;
        }
        List<ServiceKey> named = unit.card().calls().map(Calls::services).orElse(List.of());
        if (!named.contains(service)) {
            found.add(
                    Rule.CALL_NOT_ON_CARD,
                    uri.place(),
                    Nearest.of(
                            service.toString(),
                            named.stream().map(ServiceKey::toString).toList()),
                    service.toString(),
                    unit.card().key().toString());
            return;
        }
        // one that is not there, or that cannot be read, is told where it is named, or stands
        CalledServices.find(unit, service).flatMap(CalledServices.Found::read).ifPresent(card -> {
            List<String> offered = card.mode() == ServiceCard.Mode.GUARANTEED
                    ? List.of()
                    : card.operations().stream()
                            .filter(Operation::isRest)
                            .map(Operation::id)
                            .toList();
            if (!offered.contains(form.group(2))) {
                found.add(
                        Rule.CALL_OPERATION,
                        uri.place(),
                        Nearest.of(form.group(2), offered),
                        form.group(2),
                        service.toString());
            }
        });
    }

    /** @param way how the bus reaches a system for this endpoint */
    private void system(Value uri, String name, Function<InformationSystem, Optional<?>> way, Rule without) {
        SystemId system;
        try {
            system = new SystemId(name);
        } catch (Invalid notAName) {
            found.add(Rule.SYSTEM_NAME, uri.place(), name.contains("@") ? "…@" : Section.brief(name));
            return;
        }
        List<SystemId> providers = unit.card().providers();
        boolean own = destination.filter(system::equals).isPresent();
        calls |= own;
        if (destination.isPresent() && !own) {
            found.add(
                    Rule.DELIVERY_CALLS_ANOTHER, uri.place(), destination.get().value(), system.value());
        } else if (destination.isEmpty() && unit.card().guarantee().isPresent()) {
            found.add(Rule.GUARANTEED_CALLS, uri.place(), system.value());
        } else if (!providers.contains(system)) {
            found.add(
                    Rule.SYSTEM_NOT_ON_CARD,
                    uri.place(),
                    Nearest.of(name, providers.stream().map(SystemId::value).toList()),
                    name,
                    unit.card().key().toString());
        } else if (systems.apply(system).flatMap(way).isEmpty()) {
            found.add(without, uri.place(), name);
        }
    }
}
