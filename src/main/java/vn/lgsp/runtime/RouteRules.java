package vn.lgsp.runtime;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import com.jayway.jsonpath.InvalidPathException;
import com.jayway.jsonpath.JsonPath;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import vn.lgsp.catalogue.InformationSystem;
import vn.lgsp.catalogue.ServiceCard;
import vn.lgsp.message.SystemId;

/**
 * What an integrator's route file may hold, and a connector that it calls. A file that tries to leave the way is refused before
 * it is built; the runtime's own layers stop it all the same if it gets past.
 *
 * @see "BUS-12, BUS-16"
 */
final class RouteRules {
    /** Endpoints that a service's route may call. */
    private static final Set<String> SCHEMES =
            Set.of("kamelet", "lgsp-http", "lgsp-jms", "lgsp-soap", "lgsp-validate", "xslt");
    /** Steps that leave failures, the record and the exchange in the way's hands; there are no others. */
    private static final Set<String> STEPS = Set.of(
            "choice",
            "convertBodyTo",
            "filter",
            "multicast",
            "removeHeader",
            "removeHeaders",
            "removeVariable",
            "setBody",
            "setHeader",
            "setHeaders",
            "setVariable",
            "setVariables",
            "split",
            "stop",
            "to",
            "transform",
            "validate");
    /** Languages that could run code or reach beyond the message, and options that name classes, beans or threads. */
    private static final Set<String> FORBIDDEN_OPTIONS = Set.of(
            "aggregationStrategy",
            "csimple",
            "datasonnet",
            "exchangeProperty",
            "executorService",
            "groovy",
            "hl7terser",
            "java",
            "joor",
            "js",
            "language",
            "method",
            "mvel",
            "ognl",
            "onPrepare",
            "parallelAggregate",
            "parallelProcessing",
            "python",
            "ref",
            "spel",
            "wasm",
            "xpath",
            "xquery");
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

    private static final Pattern SIMPLE_START = Pattern.compile("\\$(simple)?\\{");
    /** The functions of the simple language that see the message only; none may have another inside it. */
    private static final Pattern SIMPLE = Pattern.compile(
            "\\$(simple)?\\{\\s*(body|null|uuid|exchangeId|((header|headers|variable|variables)[.:][A-Za-z0-9_-]+)|date:[^${}]*)\\s*}");

    private static final Pattern KEBAB = Pattern.compile("-([a-z])");
    private static final YAMLMapper YAML = YAMLMapper.builder(YAMLFactory.builder()
                    .configure(StreamReadFeature.STRICT_DUPLICATE_DETECTION, true)
                    .build())
            .build();

    private final Path connectors;
    private final Function<SystemId, Optional<InformationSystem>> systems;

    /**
     * @param connectors the folder of the Kamelets
     * @param systems the registered systems
     */
    RouteRules(Path connectors, Function<SystemId, Optional<InformationSystem>> systems) {
        this.connectors = connectors;
        this.systems = systems;
    }

    /** What is wrong with a service's files; empty when it may be deployed. Each text names the thing and the remedy. */
    List<String> check(Unit unit) {
        List<String> wrong = new ArrayList<>(unit.incomplete());
        wrong.addAll(checkMain(unit));
        for (SystemId destination : unit.destinations()) {
            if (unit.files().containsValue(unit.routeFile(destination))) {
                wrong.addAll(checkDelivery(unit, destination));
            }
        }
        if (unit.isSoap() && unit.files().containsValue(unit.contractFile())) {
            wrong.addAll(Contracts.check(unit.contractFile(), unit.card()));
        }
        return wrong;
    }

    /** What is wrong with a service's own route. */
    List<String> checkMain(Unit unit) {
        return check(unit.routeFile(), unit.card());
    }

    /** What is wrong with a service's own route. */
    List<String> check(Path file, ServiceCard card) {
        return new Check(file, card, Optional.empty()).of(card.key().id().value());
    }

    /** What is wrong with the route of a guaranteed service to one of its destinations. */
    List<String> checkDelivery(Unit unit, SystemId destination) {
        return new Check(unit.routeFile(destination), unit.card(), Optional.of(destination))
                .of(unit.routeName(destination));
    }

    /** The check of one route. */
    private final class Check {
        private final Path file;
        private final ServiceCard card;
        private final Optional<SystemId> destination;
        private final Set<String> connectorsSeen = new TreeSet<>();
        private final List<String> wrong = new ArrayList<>();
        private String written = "";
        private boolean inConnector;
        private boolean calls;

        /** @param destination of a delivery route; empty for a service's own route */
        Check(Path file, ServiceCard card, Optional<SystemId> destination) {
            this.file = file;
            this.card = card;
            this.destination = destination;
        }

        List<String> of(String name) {
            JsonNode document;
            try {
                written = Files.readString(file);
                document = read(written);
            } catch (IOException unreadable) {
                return List.of(file + ": this is not YAML: " + reason(unreadable));
            } catch (IllegalArgumentException refused) {
                return List.of(file + ": " + refused.getMessage());
            }
            if (!document.isArray()
                    || document.size() != 1
                    || !document.get(0).has("route")
                    || document.get(0).size() != 1) {
                return List.of(file + ": the file must hold one list entry, a route");
            }
            JsonNode route = document.get(0).get("route");
            if (!name.equals(route.path("id").asText())) {
                wrong.add("the route's id must be " + name + ", the name of "
                        + (destination.isPresent() ? "its file" : "the service"));
            }
            JsonNode from = route.path("from");
            if (!("direct:" + name).equals(from.path("uri").asText()) || from.has("parameters")) {
                wrong.add("the route must begin with from: direct:" + name + "; the way has the only entry of the bus");
            }
            only(route, Set.of("id", "description", "from"), "a service's route");
            only(from, Set.of("uri", "steps", "description"), "from");
            steps(from.path("steps"));
            if (passes()
                    && (from.path("steps").size() != 1
                            || !saysPassThrough(from.path("steps").path(0).path("to")))) {
                wrong.add("a service of mode pass-through has one step, such as '- to: lgsp-http:"
                        + card.providers().get(0) + "?passThrough=true': mend the route, or the mode on the card");
            }
            destination
                    .filter(system -> !calls && wrong.isEmpty())
                    .ifPresent(system -> wrong.add("the route to " + system
                            + " does not call it: write a step such as '- to: lgsp-http:" + system + "/…'"));
            return wrong.stream().map(text -> file + ": " + text).distinct().toList();
        }

        private void only(JsonNode node, Set<String> fields, String what) {
            node.fieldNames().forEachRemaining(field -> {
                if (!fields.contains(field)) {
                    wrong.add(what + " may not set '" + field + "': take it out");
                }
            });
        }

        private void steps(JsonNode steps) {
            if (!steps.isArray()) {
                wrong.add("steps must be a list: begin each step with '- '");
            }
            steps.forEach(step -> {
                if (!step.isObject() || step.size() != 1) {
                    wrong.add("each entry of steps must be one step, such as '- to: kamelet:...'");
                }
                step.properties().forEach(field -> {
                    String name = camelCase(field.getKey());
                    if (!STEPS.contains(name)) {
                        wrong.add(
                                "'" + field.getKey() + "' may not stand in a service's route: take it out; it may hold "
                                        + String.join(", ", new TreeSet<>(STEPS)));
                    } else if (name.equals("to")) {
                        endpoint(field.getValue());
                    } else if (name.equals("convertBodyTo") && field.getValue().isTextual()) {
                        type(field.getValue());
                    } else {
                        if ((name.equals("multicast") || name.equals("split"))
                                && !field.getValue().path("stopOnException").asBoolean()) {
                            wrong.add(
                                    "'" + name + "' must set stopOnException: true, or a failure in one part is lost");
                        }
                        options(field.getValue());
                    }
                });
            });
        }

        private void options(JsonNode node) {
            if (node.isTextual()) {
                text(node.asText());
            }
            if (node.isArray()) {
                node.forEach(this::options);
            }
            node.properties().forEach(field -> {
                String name = camelCase(field.getKey());
                if (FORBIDDEN_OPTIONS.contains(name)) {
                    wrong.add("'" + field.getKey() + "' may not stand in a service's route: take it out");
                } else if (name.equals("steps")) {
                    steps(field.getValue());
                } else if (name.equals("resultType") || name.equals("type")) {
                    type(field.getValue());
                } else {
                    if (name.equals("jsonpath")) {
                        jsonPath(field.getValue());
                    }
                    options(field.getValue());
                }
            });
        }

        /** Camel would find out at the first call. */
        private void jsonPath(JsonNode expression) {
            String text = (expression.isTextual() ? expression : expression.path("expression")).asText();
            try {
                JsonPath.compile(text);
            } catch (InvalidPathException broken) {
                wrong.add("'" + text + "' is not a JSONPath: " + broken.getMessage());
            }
        }

        private void type(JsonNode type) {
            if (!TYPES.contains(type.asText())) {
                wrong.add("'" + type.asText() + "' is not a type for content: write one of "
                        + String.join(", ", new TreeSet<>(TYPES)));
            }
        }

        /** Any text of a step: an expression, a name, a value. */
        private void text(String text) {
            Matcher start = SIMPLE_START.matcher(text);
            Matcher function = SIMPLE.matcher(text);
            boolean reaches = text.contains("{{");
            while (start.find()) {
                reaches |= !function.find(start.start()) || function.start() != start.start();
            }
            if (reaches) {
                wrong.add("an expression reaches beyond the message (beans, the context, the environment, the way's own"
                        + " properties): use ${body}, ${header.name} and ${variable.name} only");
            }
            if (text.startsWith("resource:")) {
                mapping("resource:file:transforms/", text);
            }
            if (text.startsWith("global:") || text.startsWith("route:")) {
                wrong.add("'" + text + "' would outlive the exchange: name a variable without a colon");
            }
            if (text.startsWith("#")) {
                wrong.add("'" + text + "' names a bean or a class: take it out");
            }
        }

        /**
         * A mapping belongs to the unit of the service, so that the revision's digest covers it; a connector is of no unit.
         *
         * @param form how a mapping is written before its domain
         */
        private void mapping(String form, String text) {
            String own = form + card.domain() + "/" + card.key().id() + "/";
            if (inConnector) {
                wrong.add("'" + text + "' is a mapping, which belongs to a service: move the step to its route");
            } else if (!text.startsWith(own) || text.contains("..") || !written.contains(own)) {
                wrong.add("'" + text + "' is not in the folder of the mappings of the service: write " + own + "...");
            }
        }

        private void endpoint(JsonNode to) {
            String text = (to.isTextual() ? to : to.path("uri")).asText();
            text(text);
            to.path("parameters").forEach(value -> text(value.asText()));
            int colon = text.indexOf(':');
            String scheme = colon < 0 ? text : text.substring(0, colon);
            String rest = colon < 0 ? "" : text.substring(colon + 1);
            String name = rest.replaceFirst("[/?].*", "");
            if (!SCHEMES.contains(scheme)) {
                wrong.add("a service's route may not call '" + scheme + ":': it may call "
                        + String.join(", ", new TreeSet<>(SCHEMES)));
            } else if (scheme.equals("kamelet")) {
                if (text.contains("location=") || to.path("parameters").has("location")) {
                    wrong.add("connector '" + name + "' comes from " + connectors.getFileName()
                            + ": take 'location' out");
                }
                connector(name);
            } else if (scheme.equals("xslt")) {
                mapping("xslt:file:transforms/", text);
            } else if (scheme.equals("lgsp-validate")) {
                mapping("lgsp-validate:", text);
            } else if (scheme.equals("lgsp-jms")) {
                system(name, InformationSystem::queue, "queue");
            } else if (scheme.equals("lgsp-http") || scheme.equals("lgsp-soap")) {
                system(name, InformationSystem::connection, "connection");
                if (!passes() && saysPassThrough(to)) {
                    wrong.add("'passThrough' belongs to a service of mode pass-through: take it out, or mend the mode"
                            + " on the card");
                }
            }
        }

        private boolean passes() {
            return card.mode() == ServiceCard.Mode.PASS_THROUGH;
        }

        private static boolean saysPassThrough(JsonNode to) {
            return (to.asText() + to.path("uri").asText()).contains("passThrough")
                    || to.path("parameters").has("passThrough");
        }

        /** A connector is held to the rules of the service that calls it. */
        private void connector(String name) {
            Path kamelet = connectors.resolve(name + ".kamelet.yaml");
            if (!name.matches("[a-z0-9-]+") || !Files.isRegularFile(kamelet)) {
                wrong.add("connector '" + name + "' does not exist: write " + name + ".kamelet.yaml in "
                        + connectors.getFileName());
            } else if (connectorsSeen.add(name)) {
                int before = wrong.size();
                boolean outer = inConnector;
                try {
                    inConnector = true;
                    JsonNode template =
                            read(Files.readString(kamelet)).path("spec").path("template");
                    only(template, Set.of("from"), "a connector's template");
                    only(template.path("from"), Set.of("uri", "steps", "description"), "from");
                    if (!"kamelet:source"
                            .equals(template.path("from").path("uri").asText())) {
                        wrong.add("a connector must begin with from: kamelet:source");
                    }
                    steps(template.path("from").path("steps"));
                } catch (IOException unreadable) {
                    wrong.add("this is not YAML: " + reason(unreadable));
                } catch (IllegalArgumentException refused) {
                    wrong.add(String.valueOf(refused.getMessage()));
                } finally {
                    inConnector = outer;
                }
                wrong.subList(before, wrong.size())
                        .replaceAll(
                                text -> text.startsWith("connector '") ? text : "connector '" + name + "': " + text);
            }
        }

        /** @param way how the bus reaches a system for this endpoint, under the name that it has in the registry */
        private void system(String name, Function<InformationSystem, Optional<?>> way, String nameOfWay) {
            try {
                SystemId system = new SystemId(name);
                boolean own = destination.filter(system::equals).isPresent();
                calls |= own;
                if (destination.isPresent() && !own) {
                    wrong.add("the route to " + destination.get() + " may not call system '" + system
                            + "': take it out; each destination has a route of its own");
                } else if (destination.isEmpty() && card.guarantee().isPresent()) {
                    wrong.add("the own route of a guaranteed service calls no system, and this one calls '" + system
                            + "': it checks and acknowledges; move the call to the route of the destination");
                } else if (!card.providers().contains(system)) {
                    wrong.add("system '" + name + "' is not among the providers on the service's card: register it"
                            + " and name it there, or mend the name");
                } else if (systems.apply(system).flatMap(way).isEmpty()) {
                    wrong.add("system '" + name + "' has no '" + nameOfWay + "' in the registry: write one there, or"
                            + " call it in another way");
                }
            } catch (IllegalArgumentException notAName) {
                wrong.add("'" + name + "' is not the name of a registered system: a route names systems, never hosts");
            }
        }
    }

    /** Reads a file as Camel will, or refuses what the two could understand differently. */
    private static JsonNode read(String text) throws IOException {
        int documents = 0;
        try (YAMLParser parser = (YAMLParser) YAML.createParser(text)) {
            int depth = 0;
            for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
                if (parser.isCurrentAlias()) {
                    throw new IllegalArgumentException("an alias (*) is not read: write the value out");
                }
                documents += depth == 0 ? 1 : 0;
                depth += token.isStructStart() ? 1 : token.isStructEnd() ? -1 : 0;
            }
        }
        if (documents > 1) {
            throw new IllegalArgumentException("the file must hold one document: take '---' and what follows out");
        }
        return YAML.readTree(text);
    }

    /** Camel reads {@code set-body} as {@code setBody}. */
    private static String camelCase(String name) {
        return KEBAB.matcher(name).replaceAll(letter -> letter.group(1).toUpperCase(java.util.Locale.ROOT));
    }

    private static String reason(IOException problem) {
        if (problem.getCause() instanceof MarkedYAMLException marked && marked.getProblemMark() != null) {
            return "line " + (marked.getProblemMark().getLine() + 1) + ": " + marked.getProblem();
        }
        String text = String.valueOf(problem.getMessage()).lines().findFirst().orElse("");
        return problem instanceof JsonProcessingException broken && broken.getLocation() != null
                ? "line " + broken.getLocation().getLineNr() + ": " + text
                : text;
    }
}
