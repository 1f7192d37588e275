package vn.lgsp.command;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import vn.lgsp.catalogue.Account;
import vn.lgsp.catalogue.CardFile;
import vn.lgsp.catalogue.Connection;
import vn.lgsp.catalogue.Grant;
import vn.lgsp.catalogue.Guarantee;
import vn.lgsp.catalogue.InformationSystem;
import vn.lgsp.catalogue.JmsCall;
import vn.lgsp.catalogue.Operation;
import vn.lgsp.catalogue.Registry;
import vn.lgsp.catalogue.Schedule;
import vn.lgsp.catalogue.ServiceCard;
import vn.lgsp.message.ServiceKey;
import vn.lgsp.message.SystemId;
import vn.lgsp.source.SourceFile;
import vn.lgsp.source.Value;
import vn.lgsp.unit.CalledServices;
import vn.lgsp.unit.Expansion;
import vn.lgsp.unit.RouteTree;
import vn.lgsp.unit.Unit;

/**
 * The way of a message through one service, as its files and the registry say it. Systems are told by name and by the kind of
 * network that they are in; no address, account or secret is.
 *
 * @param unit the digest of its files (BUS-09)
 * @param contracts the paths at which the bus tells what the service offers
 * @param deprecated that this version is going to end, if it is
 * @param way the steps that every exchange walks; {@code call-service} among them runs {@code route}
 * @param route the service's own steps, its connectors opened
 * @param deliveries of a guaranteed service, one for each destination
 * @param calls of services of the bus that the route makes, in its order
 * @param handsOn services of the bus that take over what the route, or a round of synchronising, gives them
 * @param schedule when the bus starts it by itself, if it does
 */
record Explanation(
        String service,
        String name,
        String englishName,
        String domain,
        String mode,
        String answer,
        String criterion,
        boolean personalData,
        Limits limits,
        String unit,
        List<Offered> operations,
        List<String> contracts,
        Optional<Ending> deprecated,
        List<Allowed> grants,
        List<Station> way,
        List<Step> route,
        List<Delivery> deliveries,
        List<Party> systems,
        List<Inner> calls,
        List<Taker> handsOn,
        Optional<Started> schedule,
        List<String> files) {

    private static final Pattern STATION = Pattern.compile("#   ([a-z-]+) {2,}(.+?)(?: {2,}([a-z][a-z…, -]+))?");
    private static final Pattern CALLED = Pattern.compile("lgsp-(?:http|soap|jms|axis):([a-z0-9-]+).*");
    private static final Pattern HAND_ON = Pattern.compile("lgsp-hand-on:([^/]+/v[0-9]+).*");
    private static final Pattern INNER_CALL = Pattern.compile("lgsp-call:([^/]+/v[0-9]+)/([^/? ]+).*");
    /** What stands inside a step as steps of its own, and is told below it. */
    private static final Set<String> INNER = Set.of("steps", "when", "otherwise");

    private static final Pattern NOISE = Pattern.compile("^(resource:)?file:");

    /** Sizes in bytes. */
    record Limits(long request, long answer, String bodyTimeout) {}

    /** That this version is going to end: days as text. */
    record Ending(String since, Optional<String> sunset, Optional<Integer> successor) {}

    record Offered(
            String id,
            String method,
            String address,
            List<String> accepts,
            List<Integer> answers,
            Optional<String> element) {}

    record Allowed(String grant, String consumer, List<String> operations, Optional<Instant> until, String purpose) {}

    /** A step of the way, and the codes with which it refuses. */
    record Station(String step, String does, String refuses) {}

    /**
     * A step of a route.
     *
     * @param what its target, expression or name
     * @param file and line that it is written on
     * @param steps inside it
     */
    record Step(String step, String what, String file, int line, String system, List<Step> steps) {}

    record Delivery(
            String to, String first, String longest, int attempts, String life, List<Station> way, List<Step> route) {}

    /**
     * A system that is called.
     *
     * @param reached {@code http}, {@code https} or {@code queue}
     * @param network {@code loopback}, {@code private} or {@code public}; {@code broker} for a queue
     */
    record Party(
            String system,
            String name,
            String agency,
            String reached,
            String network,
            Optional<String> signed,
            Optional<String> connectTimeout,
            Optional<String> answerTimeout,
            Optional<String> idleTimeout,
            Optional<Integer> waitingCalls) {}

    /**
     * A call of a service of the bus.
     *
     * @param name of the service; empty when its card is not in the home
     * @param as the system in whose name it is made; empty when the account is not registered
     * @param grant of that system that allows it; empty when none is in force
     * @param systems that the called service names on its card
     */
    record Inner(
            String service,
            String operation,
            Optional<String> name,
            Optional<String> as,
            Optional<String> grant,
            List<String> systems) {}

    /**
     * A service of the bus that takes over what this one gives it.
     *
     * @param name of the service; empty when its card is not in the home
     * @param by {@code hand-on} or {@code synchronise}
     */
    record Taker(String service, Optional<String> name, String by) {}

    /**
     * @param as the system in whose name it is started; empty when the account is not registered
     */
    record Started(String timing, String operation, Optional<String> as) {}

    /**
     * @param home of the unit
     * @param now grants that are not in force at this instant are not told
     */
    static Explanation of(Unit unit, Path home, Registry registry, Instant now) {
        ServiceCard card = unit.card();
        boolean soap = unit.isSoap();
        Set<String> skipped = new TreeSet<>();
        if (!soap) {
            skipped.addAll(List.of("identify-message", "unwrap", "authorise-operation", "secure-answer"));
        }
        if (card.guarantee().isEmpty()) {
            skipped.add("accept");
        }
        List<Step> route = route(unit, unit.routeFile());
        List<Delivery> deliveries = card.guarantee().stream()
                .flatMap(guarantee -> guarantee.receivers().stream().map(receiver -> {
                    Guarantee.RetryPlan plan = receiver.retry();
                    return new Delivery(
                            receiver.system().value(),
                            shown(plan.first()),
                            shown(plan.longest()),
                            plan.attempts(),
                            shown(guarantee.life()),
                            way(home, "way-deliver", soap ? Set.of() : Set.of("unwrap")),
                            route(unit, unit.routeFile(receiver.system())));
                }))
                .toList();
        List<SystemId> called = Stream.concat(
                        route.stream(), deliveries.stream().flatMap(delivery -> delivery.route().stream()))
                .flatMap(Explanation::called)
                .distinct()
                .map(SystemId::new)
                .toList();
        return new Explanation(
                card.key().toString(),
                card.name(),
                card.entry().englishName(),
                card.domain(),
                written(card.mode()),
                written(card.answer()),
                written(card.entry().criterion()),
                card.personalData(),
                new Limits(card.requestLimit(), card.answerLimit(), shown(card.bodyTimeout())),
                unit.digest(),
                card.operations().stream()
                        .map(operation -> offered(card, operation))
                        .toList(),
                contracts(card),
                card.entry()
                        .deprecation()
                        .map(ending -> new Ending(
                                ending.since().toString(),
                                ending.sunset().map(LocalDate::toString),
                                ending.successor())),
                registry.grants().stream()
                        .filter(grant -> grant.service().equals(card.key()) && isInForce(grant, now))
                        .map(grant -> new Allowed(
                                grant.id(),
                                grant.consumer().value(),
                                grant.operations().stream().sorted().toList(),
                                grant.expires(),
                                grant.purpose()))
                        .toList(),
                way(home, "way-sync", skipped),
                route,
                deliveries,
                called.stream()
                        .flatMap(id -> registry.systems().stream()
                                .filter(system -> system.id().equals(id)))
                        .map(Explanation::party)
                        .toList(),
                calls(unit, route, registry, now),
                handsOn(unit, route),
                card.schedule()
                        .map(schedule -> new Started(
                                schedule.timing().toString(),
                                schedule.operation(),
                                system(registry, schedule.account()).map(SystemId::value))),
                List.copyOf(unit.files().keySet()));
    }

    /** The paths at which the bus tells what the service offers. */
    static List<String> contracts(ServiceCard card) {
        List<String> found = new ArrayList<>();
        if (card.operations().stream().anyMatch(Operation::isRest)) {
            found.add("/api/" + card.key() + CardFile.CONTRACT_PATH);
        }
        if (card.operations().stream().anyMatch(operation -> operation.soap().isPresent())) {
            found.add("/soap/" + card.key() + "?wsdl");
        }
        return found;
    }

    private static boolean isInForce(Grant grant, Instant now) {
        return grant.validFrom().map(first -> !now.isBefore(first)).orElse(true)
                && grant.expires().map(now::isBefore).orElse(true);
    }

    private static Offered offered(ServiceCard card, Operation operation) {
        boolean soap = operation.soap().isPresent();
        return new Offered(
                operation.id(),
                operation.jms().isPresent() ? "JMS" : operation.method(),
                operation.jms().isPresent()
                        ? JmsCall.queue(card.key())
                        : (soap ? "/soap/" + card.key() : "/api/" + card.key() + operation.path()),
                operation.accepts(),
                operation.answers().stream().sorted().toList(),
                operation.soap().map(call -> "{" + call.namespace() + "}" + call.element()));
    }

    /** The steps of the way in their order, with what its file says of each. */
    private static List<Station> way(Path home, String way, Set<String> skipped) {
        String file = "routes/_way/" + way + Unit.ROUTE_SUFFIX;
        String text = SourceFile.text(file, home.resolve(file));
        Map<String, Station> told = text.lines()
                .map(STATION::matcher)
                .filter(Matcher::matches)
                .map(line ->
                        new Station(line.group(1), line.group(2).strip(), line.group(3) == null ? "" : line.group(3)))
                .collect(Collectors.toMap(Station::step, station -> station, (one, other) -> one));
        List<Station> stations = new ArrayList<>();
        for (String ref : refs(SourceFile.value(file, text))) {
            if (!skipped.contains(ref)) {
                stations.add(told.getOrDefault(ref, new Station(ref, "", "")));
            }
        }
        return stations;
    }

    private static List<String> refs(Value value) {
        List<String> found = new ArrayList<>();
        if (value instanceof Value.Items items) {
            items.values().forEach(item -> found.addAll(refs(item)));
        } else if (value instanceof Value.Fields fields) {
            fields.byName().forEach((name, field) -> {
                if (name.equals("ref") && field.value() instanceof Value.Scalar ref) {
                    found.add(ref.text());
                }
                found.addAll(refs(field.value()));
            });
        }
        return found;
    }

    private static List<Step> route(Unit unit, Path file) {
        RouteTree tree = Expansion.of(unit, unit.name(file));
        List<Step> steps = new ArrayList<>();
        collectSteps(tree.root(), steps);
        return steps;
    }

    /** The steps of the one route that a file holds. */
    private static void collectSteps(Value value, List<Step> steps) {
        if (value instanceof Value.Items items) {
            items.values().forEach(item -> collectSteps(item, steps));
        } else if (value instanceof Value.Fields fields) {
            fields.byName().forEach((name, field) -> {
                if (name.equals("steps") && field.value() instanceof Value.Items own) {
                    own.values().forEach(step -> steps.addAll(step(step)));
                } else if (Set.of("route", "from").contains(name)) {
                    collectSteps(field.value(), steps);
                }
            });
        }
    }

    private static List<Step> step(Value value) {
        if (!(value instanceof Value.Fields fields)) {
            return List.of();
        }
        return fields.byName().entrySet().stream()
                .map(entry -> step(entry.getKey(), entry.getValue().value()))
                .toList();
    }

    private static Step step(String kind, Value value) {
        String what = what(value).strip();
        Matcher called = CALLED.matcher(what);
        return new Step(
                kind,
                what,
                value.place().file(),
                value.line(),
                kind.equals("to") && called.matches() ? called.group(1) : "",
                inner(value));
    }

    private static List<Step> inner(Value value) {
        List<Step> steps = new ArrayList<>();
        if (value instanceof Value.Fields fields) {
            fields.byName().forEach((name, field) -> {
                if (name.equals("steps") && field.value() instanceof Value.Items own) {
                    own.values().forEach(step -> steps.addAll(step(step)));
                } else if (name.equals("when") && field.value() instanceof Value.Items choices) {
                    choices.values().forEach(choice -> steps.add(step("when", choice)));
                } else if (INNER.contains(name)) {
                    steps.add(step(name, field.value()));
                }
            });
        }
        return steps;
    }

    /** Target, name, expression and options of a step, on one line. */
    private static String what(Value value) {
        if (value instanceof Value.Scalar scalar) {
            return NOISE.matcher(scalar.text().strip().replaceAll("\\s+", " ")).replaceFirst("");
        }
        if (value instanceof Value.Items items) {
            return items.values().stream().map(Explanation::what).collect(Collectors.joining(", "));
        }
        if (!(value instanceof Value.Fields fields)) {
            return "";
        }
        StringBuilder text = new StringBuilder();
        text(fields, "name").ifPresent(name -> text.append(name).append(" ="));
        text(fields, "uri").ifPresent(text::append);
        fields.byName().forEach((name, field) -> {
            switch (name) {
                case "name", "uri", "resultType", "steps", "when", "otherwise" -> {}
                case "expression", "parameters" -> text.append(' ').append(what(field.value()));
                default -> text.append(' ').append(name).append(' ').append(what(field.value()));
            }
        });
        return text.toString().strip();
    }

    private static Optional<String> text(Value.Fields fields, String name) {
        Value.@Nullable Field field = fields.byName().get(name);
        return field != null && field.value() instanceof Value.Scalar scalar
                ? Optional.of(scalar.text())
                : Optional.empty();
    }

    private static Stream<String> called(Step step) {
        return Stream.concat(
                Stream.of(step.system()).filter(system -> !system.isEmpty()),
                step.steps().stream().flatMap(Explanation::called));
    }

    private static List<Inner> calls(Unit unit, List<Step> route, Registry registry, Instant now) {
        List<ServiceCard> known = CalledServices.of(unit);
        Optional<SystemId> caller = unit.card().calls().flatMap(calls -> system(registry, calls.account()));
        return every(route)
                .map(step -> INNER_CALL.matcher(step.what()))
                .filter(Matcher::matches)
                .map(call -> {
                    String service = call.group(1);
                    String operation = call.group(2);
                    Optional<ServiceCard> card = known.stream()
                            .filter(one -> one.key().toString().equals(service))
                            .findFirst();
                    return new Inner(
                            service,
                            operation,
                            card.map(ServiceCard::name),
                            caller.map(SystemId::value),
                            registry.grants().stream()
                                    .filter(grant -> caller.equals(Optional.of(grant.consumer()))
                                            && grant.service().toString().equals(service)
                                            && (grant.operations().isEmpty()
                                                    || grant.operations().contains(operation))
                                            && isInForce(grant, now))
                                    .map(Grant::id)
                                    .findFirst(),
                            card.stream()
                                    .flatMap(one -> one.providers().stream())
                                    .map(SystemId::value)
                                    .toList());
                })
                .distinct()
                .toList();
    }

    private static Optional<SystemId> system(Registry registry, String account) {
        return registry.accounts().stream()
                .filter(one -> one.id().equals(account))
                .map(Account::system)
                .findFirst();
    }

    private static List<Taker> handsOn(Unit unit, List<Step> route) {
        Stream<Taker> byRoute = every(route)
                .map(step -> HAND_ON.matcher(step.what()))
                .filter(Matcher::matches)
                .map(handed -> taker(unit, ServiceKey.of(handed.group(1)), "hand-on"));
        Stream<Taker> byRound = unit.card().schedule().flatMap(Schedule::synchronise).stream()
                .map(how -> taker(unit, how.to(), "synchronise"));
        return Stream.concat(byRoute, byRound).distinct().toList();
    }

    private static Taker taker(Unit unit, ServiceKey key, String by) {
        return new Taker(key.toString(), CalledServices.card(unit, key).map(ServiceCard::name), by);
    }

    private static Stream<Step> every(List<Step> steps) {
        return steps.stream().flatMap(step -> Stream.concat(Stream.of(step), every(step.steps())));
    }

    private static Party party(InformationSystem system) {
        Optional<Connection> connection = system.connection();
        return new Party(
                system.id().value(),
                system.name(),
                system.agency().toString(),
                connection
                        .map(known -> String.valueOf(known.address().getScheme()))
                        .orElse("queue"),
                connection.map(known -> network(known.addresses())).orElse("broker"),
                connection.flatMap(Connection::credential).map(known -> written(known.scheme())),
                connection.map(known -> shown(known.connectTimeout())),
                connection.map(known -> shown(known.answerTimeout())).or(() -> system.queue()
                        .map(queue -> shown(queue.answerTimeout()))),
                connection.map(known -> shown(known.idleTimeout())),
                connection.map(Connection::waitingCalls));
    }

    /** The farthest kind of network that an address, or block of addresses, may be in. */
    private static String network(List<String> addresses) {
        Set<String> kinds = addresses.stream().map(Explanation::kind).collect(Collectors.toSet());
        return Stream.of("public", "private", "loopback")
                .filter(kinds::contains)
                .findFirst()
                .orElse("public");
    }

    private static String kind(String address) {
        try {
            // only literal addresses stand in a registry, so no name server is asked
            InetAddress literal = InetAddress.getByName(address.replaceFirst("/.*", ""));
            boolean unique = (literal.getAddress()[0] & 0xfe) == 0xfc && literal.getAddress().length == 16;
            return literal.isLoopbackAddress()
                    ? "loopback"
                    : literal.isSiteLocalAddress() || literal.isLinkLocalAddress() || unique ? "private" : "public";
        } catch (UnknownHostException impossible) {
            return "public";
        }
    }

    private static String written(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    static String shown(Duration time) {
        long millis = time.toMillis();
        return millis % 3_600_000 == 0
                ? millis / 3_600_000 + "h"
                : millis % 60_000 == 0
                        ? millis / 60_000 + "m"
                        : millis % 1_000 == 0 ? millis / 1_000 + "s" : millis + "ms";
    }
}
