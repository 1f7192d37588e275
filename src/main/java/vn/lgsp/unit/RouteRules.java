package vn.lgsp.unit;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import vn.lgsp.catalogue.CardFile;
import vn.lgsp.catalogue.InformationSystem;
import vn.lgsp.catalogue.Schedule;
import vn.lgsp.catalogue.ServiceCard;
import vn.lgsp.failure.Finding;
import vn.lgsp.failure.Refused;
import vn.lgsp.failure.Rule;
import vn.lgsp.message.ServiceKey;
import vn.lgsp.message.SystemId;
import vn.lgsp.source.Nearest;
import vn.lgsp.source.Place;
import vn.lgsp.source.Section;
import vn.lgsp.source.SourceFile;
import vn.lgsp.source.Value;

/**
 * What an integrator's files may hold. A file that tries to leave the way is refused before it is built; the runtime's own layers
 * stop it all the same if it gets past. A finding in a connector names the connector's file and line.
 *
 * @see "BUS-12, BUS-16"
 */
public final class RouteRules {
    /** What Camel lets a route and its entry say, and a service's may not. */
    private static final Set<String> OF_CAMEL = Set.of(
            "autoStartup",
            "errorHandler",
            "errorHandlerRef",
            "group",
            "inputType",
            "logMask",
            "messageHistory",
            "nodePrefixId",
            "outputType",
            "parameters",
            "precondition",
            "routeConfigurationId",
            "routePolicy",
            "shutdownRoute",
            "shutdownRunningTask",
            "startupOrder",
            "streamCache",
            "trace",
            "variableReceive");

    private final Function<SystemId, Optional<InformationSystem>> systems;
    private final Supplier<List<InformationSystem>> all;

    /** @param all the registered systems, asked again at each check */
    public RouteRules(Supplier<List<InformationSystem>> all) {
        this(id -> all.get().stream().filter(system -> system.id().equals(id)).findFirst(), all);
    }

    /**
     * @param systems the registered system of this id
     * @param all the registered systems, for the right name of a misspelt one
     */
    public RouteRules(Function<SystemId, Optional<InformationSystem>> systems, Supplier<List<InformationSystem>> all) {
        this.systems = systems;
        this.all = all;
    }

    /** What is wrong with a service's files, in the order of files and lines; empty when it may be deployed. */
    public List<Finding> check(Unit unit) {
        Findings found = new Findings();
        files(unit, found);
        providers(unit, found);
        calls(unit, found);
        synchronises(unit, found);
        connectors(unit, found);
        route(unit, Optional.empty(), found);
        for (SystemId destination : unit.destinations()) {
            if (unit.files().containsValue(unit.routeFile(destination))) {
                route(unit, Optional.of(destination), found);
            }
        }
        if (unit.isSoap() && unit.files().containsValue(unit.contractFile())) {
            found.addAll(Contracts.check(unit));
        }
        if (found.isEmpty()) {
            found.addAll(RouteContent.check(unit));
        }
        return found.sorted();
    }

    /** The systems of a unit's card that are not registered, or cannot take what is delivered to them. */
    public List<Finding> checkSystems(Unit unit) {
        Findings found = new Findings();
        providers(unit, found);
        return found.sorted();
    }

    /** What is wrong with the route of a guaranteed service to one of its destinations. */
    public List<Finding> checkDelivery(Unit unit, SystemId destination) {
        Findings found = new Findings();
        route(unit, Optional.of(destination), found);
        return found.sorted();
    }

    /** What only all units as one set show; each finding stands in a file of the unit that comes later. */
    public static List<Finding> checkSet(List<Unit> units) {
        Findings found = new Findings();
        Map<ServiceKey, String> services = new HashMap<>();
        Map<String, String> names = new HashMap<>();
        for (Unit unit : units) {
            String card = cardName(unit);
            String service = services.putIfAbsent(unit.card().key(), card);
            String other = names.putIfAbsent(unit.base(), card);
            Place place = place(unit, "service");
            if (service != null) {
                found.add(Rule.SERVICE_TWICE, place, unit.card().key().toString(), service);
            } else if (other != null) {
                found.add(Rule.ROUTE_ID_TWICE, place, unit.base(), other);
            }
        }
        return found.sorted();
    }

    /** Route files of which no card says what they offer: they look deployed, and are not. */
    public static List<Finding> checkStrays(Path home) {
        Findings found = new Findings();
        try (Stream<Path> files = Files.walk(home.resolve("routes"), 2)) {
            for (Path file : files.sorted().toList()) {
                String name = file.getFileName().toString();
                String folder = file.resolveSibling("").getFileName().toString();
                boolean route = name.endsWith(Unit.ROUTE_SUFFIX) || name.endsWith(Unit.XML_SUFFIX);
                String card = name.replaceFirst("(" + Unit.TO + ".*|\\.camel\\.(yaml|xml))$", "") + CardFile.SUFFIX;
                if (route && !folder.startsWith("_") && !Files.exists(file.resolveSibling(card))) {
                    String shown = home.relativize(file).toString().replace('\\', '/');
                    found.add(Rule.ROUTE_WITHOUT_CARD, new Place(shown, 0), card);
                }
            }
        } catch (IOException none) {
            return List.of();
        }
        return found.sorted();
    }

    /** Whether every function of the simple language in this text sees the message only. */
    public static boolean seesTheMessageOnly(String text) {
        return TextRules.seesTheMessageOnly(text);
    }

    /** Every parameter of a connector is described and used: who calls it reads there what it takes. */
    private static void connectors(Unit unit, Findings found) {
        for (String file : unit.files().keySet()) {
            if (file.startsWith(Expansion.CONNECTORS)) {
                String text = unit.text(file).orElse("");
                found.of(() -> SourceFile.value(file, text)
                        .at("spec")
                        .flatMap(spec -> spec.at("definition"))
                        .flatMap(definition -> definition.at("properties"))
                        .ifPresent(properties -> properties.fields().forEach((name, parameter) -> {
                            if (parameter.value().textAt("description").isBlank()) {
                                found.add(Rule.CONNECTOR_PARAMETER_UNDESCRIBED, parameter.place(), name);
                            }
                            if (!Pattern.compile("\\{\\{\\??" + Pattern.quote(name) + "(:|}})")
                                    .matcher(text)
                                    .find()) {
                                found.add(Rule.CONNECTOR_PARAMETER_UNUSED, parameter.place(), name);
                            }
                        })));
            }
        }
    }

    /** Whether something stands in a connector, which is of no unit. */
    static boolean isConnector(Place place) {
        return place.file().startsWith(Expansion.CONNECTORS);
    }

    private static String cardName(Unit unit) {
        return unit.name(unit.routeFile().resolveSibling(unit.base() + CardFile.SUFFIX));
    }

    /** Where a field of the card stands; it was read before, so it can be read again. */
    private static Place place(Unit unit, String field) {
        String name = cardName(unit);
        Value card = SourceFile.value(name, unit.text(name).orElse(""));
        Value.Field found = card.fields().get(field);
        return found == null ? card.place() : found.place();
    }

    /** The files that the card asks for and are not there, and those that it does not name. */
    private static void files(Unit unit, Findings found) {
        Set<String> expected = new TreeSet<>();
        for (SystemId destination : unit.destinations()) {
            Path route = unit.routeFile(destination);
            expected.add(unit.name(route));
            if (!unit.files().containsValue(route)) {
                found.add(Rule.DELIVERY_ROUTE_MISSING, new Place(unit.name(route), 0), destination.value());
            }
        }
        for (String file : unit.files().keySet()) {
            if (file.contains("/" + unit.base() + Unit.TO) && !expected.contains(file)) {
                found.add(Rule.DELIVERY_ROUTE_SURPLUS, new Place(file, 0));
            }
        }
        Place contract = new Place(unit.name(unit.contractFile()), 0);
        boolean written = unit.files().containsValue(unit.contractFile());
        if (unit.isSoap() && !written) {
            found.add(Rule.CONTRACT_MISSING, contract);
        } else if (written && !unit.isSoap()) {
            found.add(Rule.CONTRACT_SURPLUS, contract);
        }
    }

    /** Every system that the card names is registered, and what is accepted can arrive. */
    private void providers(Unit unit, Findings found) {
        boolean guaranteed = unit.card().guarantee().isPresent();
        for (SystemId provider : unit.card().providers()) {
            Optional<InformationSystem> system = systems.apply(provider);
            Place place = place(unit, guaranteed ? "deliveries" : "providers");
            if (system.isEmpty()) {
                List<String> known = all.get().stream()
                        .map(registered -> registered.id().value())
                        .toList();
                found.add(Rule.CARD_SYSTEM_UNKNOWN, place, Nearest.of(provider.value(), known), provider.value());
            } else if (guaranteed
                    && system.get().connection().isEmpty()
                    && system.get().queue().isEmpty()) {
                found.add(Rule.CARD_SYSTEM_UNREACHABLE, place, provider.value());
            }
        }
    }

    /** Every service that the card names can be there, and none leads back. */
    private static void calls(Unit unit, Findings found) {
        unit.card().calls().ifPresent(calls -> {
            Place place = place(unit, "calls");
            for (ServiceKey service : calls.services()) {
                if (!service.equals(unit.card().key())
                        && CalledServices.find(unit, service).isEmpty()) {
                    found.add(Rule.CALL_SERVICE_UNKNOWN, place, service.toString());
                }
            }
            List<ServiceKey> cycle = CalledServices.cycle(unit);
            if (!cycle.isEmpty()) {
                found.add(
                        Rule.CALL_CYCLE,
                        place,
                        cycle.stream().map(ServiceKey::toString).collect(Collectors.joining(" > ")));
            }
        });
    }

    /** The service that is handed the pages of a dataset can be there, and can take them. */
    private static void synchronises(Unit unit, Findings found) {
        unit.card().schedule().flatMap(Schedule::synchronise).ifPresent(how -> {
            Place place = place(unit, "schedule");
            CalledServices.find(unit, how.to())
                    .ifPresentOrElse(
                            // one that cannot be read is told where it stands
                            target -> target.read()
                                    .filter(card -> !takesPages(card, how.operation()))
                                    .ifPresent(card -> found.add(
                                            Rule.CARD_SYNCHRONISE_TARGET,
                                            place,
                                            how.to().toString(),
                                            how.operation())),
                            () -> found.add(
                                    Rule.CARD_SYNCHRONISE_SERVICE,
                                    place,
                                    how.to().toString()));
        });
    }

    private static boolean takesPages(ServiceCard card, String id) {
        return card.operations().stream()
                .filter(operation -> operation.id().equals(id) && operation.isRest())
                .anyMatch(operation -> operation.path().names().isEmpty()
                        && operation.accepts().contains("application/json"));
    }

    /** The route as it runs, with the steps of its connectors; what stands in no route is still read as far as it goes. */
    private void route(Unit unit, Optional<SystemId> destination, Findings found) {
        String file = unit.name(destination.map(unit::routeFile).orElse(unit.routeFile()));
        Findings own = new Findings();
        own.of(() -> {
            Value document;
            try {
                document = Expansion.of(unit, file).root();
            } catch (Refused refused) {
                refused.findings().forEach(finding -> own.addAll(List.of(nearest(unit, finding))));
                document = RouteTree.read(file, unit.text(file).orElse("")).root();
                if (isTemplated(document)) {
                    return;
                }
            }
            new Check(unit, destination, own).of(document);
        });
        found.addAll(own.sorted());
    }

    private static boolean isTemplated(Value document) {
        return document.items().size() == 1
                && document.items().get(0).fields().keySet().stream()
                        .map(RouteWords::camelCase)
                        .anyMatch("templatedRoute"::equals);
    }

    /** The same, with the connector, template or parameter that was probably meant. */
    private static Finding nearest(Unit unit, Finding finding) {
        String name = finding.arguments().isEmpty() ? "" : finding.arguments().get(0);
        return switch (finding.rule()) {
            case CONNECTOR_MISSING ->
                finding.near(Nearest.of(name, names(unit, Expansion.CONNECTORS, Expansion.CONNECTOR_SUFFIX)));
            case TEMPLATE_MISSING ->
                finding.near(Nearest.of(name, names(unit, Expansion.TEMPLATES, Unit.ROUTE_SUFFIX)));
            case PARAMETER_UNKNOWN ->
                finding.near(Nearest.of(name, List.of(finding.arguments().get(2).split(", "))));
            default -> finding;
        };
    }

    /** The families of replies that the home has, by the names of their files. */
    static List<String> replies(Unit unit) {
        return names(unit, "transforms/_replies/", "").stream()
                .map(name -> "transforms/_replies/" + name)
                .toList();
    }

    /** What lies in a folder of the unit's home, without the ending. */
    private static List<String> names(Unit unit, String folder, String ending) {
        Path home = unit.routeFile().resolve("../../..").normalize();
        try (Stream<Path> files = Files.list(home.resolve(folder))) {
            return files.map(file -> file.getFileName().toString())
                    .filter(file -> file.endsWith(ending))
                    .map(file -> file.substring(0, file.length() - ending.length()))
                    .sorted()
                    .toList();
        } catch (IOException none) {
            return List.of();
        }
    }

    /** The check of one route. */
    private final class Check {
        private final Unit unit;
        private final Optional<SystemId> destination;
        private final Findings found;
        private final EndpointRules endpoints;
        private final StepRules steps;

        Check(Unit unit, Optional<SystemId> destination, Findings found) {
            this.unit = unit;
            this.destination = destination;
            this.found = found;
            TextRules texts = new TextRules(found);
            endpoints = new EndpointRules(unit, destination, systems, found, texts);
            steps = new StepRules(found, texts, endpoints, new PartsRules(unit, destination, found));
        }

        void of(Value document) {
            Optional<Value> written = document.items().size() == 1
                    ? document.items()
                            .get(0)
                            .at("route")
                            .filter(route -> document.items().get(0).fields().size() == 1)
                    : Optional.empty();
            if (written.isEmpty()) {
                found.add(
                        Rule.ROUTE_FORM,
                        document.items().size() > 1 ? document.items().get(1).place() : document.place());
                return;
            }
            Value route = written.get();
            String name = destination.map(unit::routeName).orElse(unit.base());
            Value from = route.at("from").orElse(new Value.Nothing(route.place()));
            if (!name.equals(route.textAt("id"))) {
                found.add(
                        Rule.ROUTE_ID,
                        route.at("id").orElse(route).place(),
                        name,
                        Finding.word(destination.isPresent() ? "its-file" : "the-service"));
            }
            if (!("direct:" + name).equals(from.textAt("uri"))
                    || from.at("parameters").isPresent()) {
                found.add(Rule.ROUTE_FROM, from.at("uri").orElse(from).place(), name);
            }
            only(route, List.of("id", "description", "from"), "route");
            only(from, List.of("uri", "steps", "description", "parameters"), "from");
            Value body = from.at("steps").orElse(new Value.Nothing(from.place()));
            steps.check(body);
            if (unit.card().mode() == ServiceCard.Mode.PASS_THROUGH && !passes(body)) {
                found.add(
                        Rule.PASS_THROUGH_FORM,
                        body.place(),
                        unit.card().providers().get(0).value());
            }
            if (destination.isPresent() && !endpoints.calls() && found.isEmpty()) {
                found.add(
                        Rule.DELIVERY_CALLS_NOBODY,
                        body.place(),
                        destination.get().value());
            }
        }

        private void only(Value node, List<String> known, String what) {
            node.fields().forEach((name, field) -> {
                if (!known.contains(name)) {
                    found.add(
                            Rule.ROUTE_FIELD,
                            field.place(),
                            OF_CAMEL.contains(RouteWords.camelCase(name)) ? Optional.empty() : Nearest.of(name, known),
                            Finding.word(what),
                            Section.brief(name));
                }
            });
        }

        /** Whether the one step is the call that touches nothing. */
        private static boolean passes(Value steps) {
            if (steps.items().size() != 1) {
                return false;
            }
            Value to = steps.items().get(0).at("to").orElse(steps);
            return (to.text() + to.textAt("uri")).contains("passThrough")
                    || to.at("parameters")
                            .flatMap(parameters -> parameters.at("passThrough"))
                            .isPresent();
        }
    }
}
