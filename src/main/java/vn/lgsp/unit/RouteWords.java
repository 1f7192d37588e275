package vn.lgsp.unit;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import vn.lgsp.failure.Rule;

/** The words of Camel that a service's route may hold, and why the others may not. Tests hold them against Camel's own. */
final class RouteWords {
    /** Stands in {@link #STEPS} for the languages: the option is an expression. */
    private static final String EXPRESSION = "expression";

    /** What any step may say about itself. */
    private static final List<String> OF_ANY = List.of("id", "description", "note", "disabled");

    /** Steps that leave failures, the record and the exchange in the way's hands, with their options; there are no others. */
    private static final Map<String, List<String>> STEPS = Map.ofEntries(
            Map.entry("choice", List.of("when", "otherwise", "precondition")),
            Map.entry("convertBodyTo", List.of("type", "mandatory", "charset")),
            Map.entry("filter", List.of(EXPRESSION, "steps")),
            Map.entry(
                    "multicast",
                    List.of(
                            "steps",
                            "aggregationStrategy",
                            "parallelProcessing",
                            "stopOnException",
                            "streaming",
                            "timeout",
                            "synchronous",
                            "shareUnitOfWork")),
            // also what the steps of one connector become inside of a multicast
            Map.entry("pipeline", List.of("steps")),
            Map.entry("removeHeader", List.of("name")),
            Map.entry("removeHeaders", List.of("pattern", "excludePattern")),
            Map.entry("removeVariable", List.of("name")),
            Map.entry("setBody", List.of(EXPRESSION)),
            Map.entry("setHeader", List.of("name", EXPRESSION)),
            Map.entry("setHeaders", List.of("headers")),
            Map.entry("setVariable", List.of("name", EXPRESSION)),
            Map.entry("setVariables", List.of("variables")),
            Map.entry(
                    "split",
                    List.of(
                            EXPRESSION,
                            "steps",
                            "aggregationStrategy",
                            "parallelProcessing",
                            "stopOnException",
                            "delimiter",
                            "streaming",
                            "timeout",
                            "synchronous",
                            "shareUnitOfWork")),
            Map.entry("stop", List.of()),
            Map.entry("to", List.of("uri", "parameters", "pattern", "variableSend", "variableReceive")),
            Map.entry("transform", List.of(EXPRESSION)),
            Map.entry("validate", List.of(EXPRESSION)));

    /** Parts of steps that have options of their own. */
    private static final Map<String, List<String>> PARTS = Map.of(
            "when", List.of(EXPRESSION, "steps"),
            "otherwise", List.of("steps"),
            "headers", List.of("name", EXPRESSION),
            "variables", List.of("name", EXPRESSION));

    /** Languages that see the message only, with their options. */
    private static final Map<String, List<String>> LANGUAGES = Map.of(
            "constant", List.of("resultType", "trim"),
            "header", List.of("trim"),
            "jq", List.of("resultType", "source", "trim"),
            "jsonpath",
                    List.of(
                            "allowEasyPredicate",
                            "allowSimple",
                            "option",
                            "resultType",
                            "source",
                            "suppressExceptions",
                            "trim",
                            "unpackArray",
                            "writeAsString"),
            "simple", List.of("nested", "pretty", "resultType", "trim", "trimResult"),
            "tokenize",
                    List.of(
                            "endToken",
                            "group",
                            "groupDelimiter",
                            "includeTokens",
                            "inheritNamespaceTagName",
                            "regex",
                            "resultType",
                            "skipFirst",
                            "source",
                            "token",
                            "trim",
                            "xml"),
            "variable", List.of("trim"));

    /** Languages that could run code or reach beyond the message. */
    private static final Set<String> FORBIDDEN_LANGUAGES = Set.of(
            "csimple",
            "datasonnet",
            "exchangeProperty",
            "groovy",
            "hl7terser",
            "java",
            "joor",
            "js",
            "language",
            "method",
            "mvel",
            "ognl",
            "python",
            "ref",
            "spel",
            "wasm",
            "xpath",
            "xquery",
            "xtokenize");

    /** Options that name classes, beans, threads or exchange properties. */
    private static final Set<String> FORBIDDEN_OPTIONS = Set.of(
            "aggregationStrategyMethodAllowNull",
            "aggregationStrategyMethodName",
            "executorService",
            "onPrepare",
            "parallelAggregate",
            "predicateExceptionFactory",
            "statusPropertyName");

    /** Why a step of Camel may not stand in a service's route; those that are not here have the general reason. */
    private static final Map<String, Rule> REFUSED_STEPS = refusedSteps();

    /** The other steps of Camel. */
    private static final Set<String> OTHER_STEPS = Set.of(
            "claimCheck",
            "convertHeaderTo",
            "convertVariableTo",
            "kamelet",
            "marshal",
            "pausable",
            "policy",
            "resequence",
            "resumable",
            "setExchangePattern",
            "sort",
            "step",
            "tokenizer",
            "transacted",
            "transformDataType",
            "unmarshal");

    /** Endpoints that a service's route may call, each with its options. */
    private static final Map<String, List<String>> ENDPOINTS = Map.ofEntries(
            Map.entry("kamelet", List.of()),
            Map.entry(
                    "lgsp-axis",
                    List.of(
                            "messageType",
                            "from",
                            "to",
                            "docId",
                            "state",
                            "hashFile",
                            "limit",
                            "days",
                            "finalCodes",
                            "level",
                            "agencyCode")),
            Map.entry("lgsp-call", List.of("answers")),
            Map.entry("lgsp-csv", List.of("separator", "columns")),
            Map.entry("lgsp-hand-on", List.of("messageId", "carries", "contentType", "refusals")),
            Map.entry(
                    "lgsp-http",
                    List.of(
                            "method",
                            "passThrough",
                            "answers",
                            "headers",
                            "query",
                            "gzip",
                            "multipart",
                            "form",
                            "xRoad",
                            "xRoadParty")),
            Map.entry("lgsp-jms", List.of("text", "reply", "properties")),
            Map.entry("lgsp-json", List.of("element")),
            Map.entry("lgsp-mailbox", List.of("refusals", "outside", "inside", "answer")),
            Map.entry("lgsp-mask", List.of("remove", "mask", "sign")),
            Map.entry("lgsp-reply", List.of("success")),
            Map.entry(
                    "lgsp-soap",
                    List.of(
                            "action",
                            "expectsNamespace",
                            "expectsName",
                            "version",
                            "oneWay",
                            "headers",
                            "attachments",
                            "passThrough",
                            "attachmentsAs",
                            "mediaType",
                            "empty",
                            "emptyBody",
                            "xRoad",
                            "xRoadVersion",
                            "xRoadParty")),
            Map.entry("lgsp-validate", List.of("operation")),
            Map.entry("lgsp-values", List.of()),
            Map.entry("lgsp-xml", List.of("element")),
            Map.entry("xslt", List.of("source", "failOnNullBody")));

    /** Components that would be given a host. */
    private static final Set<String> HOSTS = Set.of(
            "activemq",
            "amqp",
            "cxf",
            "cxfrs",
            "ftp",
            "ftps",
            "http",
            "https",
            "imap",
            "imaps",
            "jdbc",
            "jms",
            "kafka",
            "ldap",
            "mail",
            "mina",
            "mongodb",
            "netty",
            "netty-http",
            "rest",
            "sftp",
            "sjms",
            "smtp",
            "smtps",
            "sql",
            "undertow",
            "vertx-http",
            "vertx-websocket");

    /** What content may be turned into: a file's name or an address would be opened. */
    private static final Set<String> TYPES = Set.of(
            "byte[]",
            "java.lang.Boolean",
            "java.lang.Integer",
            "java.lang.Long",
            "java.lang.String",
            "boolean",
            "int",
            "long",
            "String");

    private static final Pattern KEBAB = Pattern.compile("-([a-z])");

    private RouteWords() {}

    private static Map<String, Rule> refusedSteps() {
        Map<String, Rule> found = new TreeMap<>();
        because(
                Rule.STEP_CHOOSES_TARGET,
                found,
                "toD",
                "recipientList",
                "routingSlip",
                "dynamicRouter",
                "enrich",
                "pollEnrich",
                "poll",
                "serviceCall");
        because(Rule.STEP_RUNS_CODE, found, "bean", "process", "script");
        because(
                Rule.STEP_HIDES_FAILURE,
                found,
                "doTry",
                "doCatch",
                "doFinally",
                "onException",
                "onCompletion",
                "onFallback",
                "circuitBreaker",
                "throwException",
                "rollback",
                "loadBalance",
                "errorHandler",
                "interceptSendToEndpoint",
                "intercept",
                "interceptFrom");
        because(Rule.STEP_OWN_EXCHANGE, found, "wireTap", "aggregate", "saga", "idempotentConsumer");
        because(Rule.STEP_HOLDS, found, "delay", "threads", "throttle", "loop", "sample");
        because(Rule.STEP_WRITES_CONTENT, found, "log");
        because(Rule.STEP_PROPERTIES, found, "setProperty", "setProperties", "removeProperty", "removeProperties");
        return Map.copyOf(found);
    }

    private static void because(Rule rule, Map<String, Rule> found, String... steps) {
        for (String step : steps) {
            found.put(step, rule);
        }
    }

    static Set<String> steps() {
        return sorted(STEPS.keySet());
    }

    static Set<String> languages() {
        return sorted(LANGUAGES.keySet());
    }

    static Set<String> forbiddenLanguages() {
        return FORBIDDEN_LANGUAGES;
    }

    static Set<String> forbiddenOptions() {
        return FORBIDDEN_OPTIONS;
    }

    static Set<String> endpoints() {
        return sorted(ENDPOINTS.keySet());
    }

    static Set<String> types() {
        return sorted(TYPES);
    }

    static boolean isHost(String scheme) {
        return HOSTS.contains(scheme);
    }

    /** Why this step of Camel may not stand in a service's route; empty when Camel has no such step. */
    static Optional<Rule> refusal(String step) {
        return OTHER_STEPS.contains(step)
                ? Optional.of(Rule.STEP_FORBIDDEN)
                : Optional.ofNullable(REFUSED_STEPS.get(step));
    }

    /** Every step of Camel that is refused. */
    static Set<String> refusedSteps(Rule rule) {
        return REFUSED_STEPS.entrySet().stream()
                .filter(step -> step.getValue() == rule)
                .map(Map.Entry::getKey)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** Whether this step, or part of a step, takes an expression. */
    static boolean takesExpression(String node) {
        return written(node).contains(EXPRESSION);
    }

    /** The options of a step, a part of one or a language; languages of an expression among them. */
    static Set<String> options(String node) {
        Set<String> found = new TreeSet<>();
        if (LANGUAGES.containsKey(node)) {
            found.addAll(List.of("id", EXPRESSION));
            found.addAll(LANGUAGES.getOrDefault(node, List.of()));
            return found;
        }
        if (node.equals(EXPRESSION)) {
            return languages();
        }
        found.addAll(OF_ANY);
        found.addAll(written(node));
        if (takesExpression(node)) {
            found.addAll(LANGUAGES.keySet());
        }
        return found;
    }

    private static List<String> written(String node) {
        return STEPS.getOrDefault(node, PARTS.getOrDefault(node, List.of()));
    }

    /** Whether this names something with options of its own. */
    static boolean isPart(String name) {
        return PARTS.containsKey(name) || LANGUAGES.containsKey(name) || name.equals(EXPRESSION);
    }

    static List<String> endpointOptions(String scheme) {
        return ENDPOINTS.getOrDefault(scheme, List.of());
    }

    static String listed(Stream<String> words) {
        return words.sorted().collect(Collectors.joining(", "));
    }

    private static Set<String> sorted(Set<String> words) {
        return new TreeSet<>(words);
    }

    /** Camel reads {@code set-body} as {@code setBody}. */
    static String camelCase(String name) {
        return KEBAB.matcher(name).replaceAll(letter -> letter.group(1).toUpperCase(Locale.ROOT));
    }
}
