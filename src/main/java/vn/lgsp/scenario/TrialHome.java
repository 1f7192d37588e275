package vn.lgsp.scenario;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import vn.lgsp.catalogue.Connection;
import vn.lgsp.catalogue.Grant;
import vn.lgsp.catalogue.InformationSystem;
import vn.lgsp.catalogue.OutboundCredential;
import vn.lgsp.catalogue.Registry;
import vn.lgsp.catalogue.ServiceCard;
import vn.lgsp.message.SystemId;
import vn.lgsp.parse.JsonParsers;
import vn.lgsp.source.SourceFile;
import vn.lgsp.source.Value;
import vn.lgsp.unit.Unit;

/**
 * The home of a bus that runs scenarios, in a temporary folder: the files of the services as they are, but for shorter retry plans; and
 * a registry with the same systems and grants, in which each peer is a stub, each account has a key that is made for the run, and
 * nothing leads out of this machine.
 */
final class TrialHome implements AutoCloseable {
    private static final ObjectMapper JSON = JsonParsers.own();

    /** Long enough for a stub on a busy machine, and what a peer that hangs costs. */
    private static final Duration LONGEST_ANSWER = Duration.ofSeconds(2);

    private static final Duration FIRST = Duration.ofMillis(20);
    private static final Duration LONGEST = Duration.ofMillis(100);
    private static final int MOST_ATTEMPTS = 5;
    private static final String AGENCY = "LGSP.SCENARIO";
    private static final String GRANTED = "lgsp-scenario-";
    private static final String STRANGER = "lgsp-scenario-stranger";

    /** Peers fail here because a scenario says so: none of that is the business of the next one. */
    private static final Map<String, Object> NO_BREAKER = Map.of("of", 0);

    private final Path folder;
    private final Map<SystemId, String> users = new HashMap<>();
    /** Whether a service under test keeps packets: then systems stand for organisations, and the bus has keys. */
    private boolean mailboxes;

    private TrialHome(Path folder) {
        this.folder = folder;
    }

    /** @param home whose {@code routes/_way} the bus has */
    static TrialHome make(Path home, List<Unit> units, Map<Unit, Scenario.Plan> plans) {
        try {
            TrialHome trial = new TrialHome(Files.createTempDirectory("lgsp-scenarios-"));
            try {
                trial.copy(home.resolve("routes/_way"), "routes/_way");
                for (String folder : List.of("transforms", "connectors")) {
                    Files.createDirectories(trial.folder.resolve(folder));
                }
                for (Unit unit : units) {
                    trial.add(unit, plans.getOrDefault(unit, Scenario.Plan.NONE));
                }
                return trial;
            } catch (IOException | RuntimeException failed) {
                trial.close();
                throw failed;
            }
        } catch (IOException failed) {
            throw new UncheckedIOException("the temporary folder of the scenarios cannot be written", failed);
        }
    }

    private void copy(Path from, String to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                write(to + "/" + from.relativize(file), Files.readAllBytes(file));
            }
        }
    }

    private void add(Unit unit, Scenario.Plan plan) throws IOException {
        for (Map.Entry<String, Path> file : unit.files().entrySet()) {
            String name = file.getKey();
            if (name.contains("/samples/") || name.contains("/scenarios/")) {
                continue;
            }
            boolean card =
                    name.endsWith(".card.yaml") && unit.card().guarantee().isPresent();
            byte[] content = Files.readAllBytes(file.getValue());
            mailboxes |=
                    name.startsWith("routes/") && new String(content, StandardCharsets.UTF_8).contains("lgsp-mailbox:");
            write(
                    name,
                    card
                            ? json(impatient(
                                    SourceFile.value(name, new String(content, StandardCharsets.UTF_8)),
                                    unit.card(),
                                    plan))
                            : content);
        }
    }

    /** The card with a plan that does not keep anybody waiting. JSON is YAML too. */
    private static Object impatient(Value card, ServiceCard read, Scenario.Plan plan) {
        Map<String, Object> fields = new LinkedHashMap<>();
        card.fields().forEach((name, field) -> fields.put(name, plain(field.value())));
        fields.put(
                "deliveries",
                read.guarantee().orElseThrow().receivers().stream()
                        .map(receiver -> {
                            Duration first = plan.first().orElse(FIRST);
                            Duration longest = plan.longest().orElse(LONGEST);
                            return Map.of(
                                    "to",
                                    receiver.system().value(),
                                    "after",
                                    receiver.after().stream()
                                            .map(SystemId::value)
                                            .toList(),
                                    "keepResult",
                                    receiver.keepsResult(),
                                    "retry",
                                    Map.of(
                                            "first",
                                            first.toMillis() + "ms",
                                            "longest",
                                            (longest.compareTo(first) < 0 ? first : longest).toMillis() + "ms",
                                            "attempts",
                                            plan.attempts()
                                                    .orElse(Math.min(
                                                            MOST_ATTEMPTS,
                                                            receiver.retry().attempts()))));
                        })
                        .toList());
        return fields;
    }

    private static Object plain(Value value) {
        if (value instanceof Value.Fields fields) {
            Map<String, Object> members = new LinkedHashMap<>();
            fields.byName().forEach((name, field) -> members.put(name, plain(field.value())));
            return members;
        }
        if (value instanceof Value.Items items) {
            return items.values().stream().map(TrialHome::plain).toList();
        }
        if (value instanceof Value.Scalar scalar) {
            return switch (scalar.what()) {
                case "number" -> new java.math.BigDecimal(scalar.text());
                case "flag" -> Boolean.valueOf(scalar.text());
                default -> scalar.text();
            };
        }
        return Map.of();
    }

    /**
     * Writes the registry.
     *
     * @param consumers how many systems that may use every service it has, for {@link #granted}
     * @param addresses of the stubs; a system without one cannot be reached
     */
    void registry(Registry real, List<Unit> units, int consumers, Function<SystemId, Optional<String>> addresses) {
        List<Map<String, Object>> agencies = new ArrayList<>();
        real.agencies().forEach(agency -> {
            Map<String, Object> entry = new LinkedHashMap<>();
            entry.put("code", agency.code().value());
            entry.put("name", agency.name());
            agency.validFrom().ifPresent(day -> entry.put("validFrom", day.toString()));
            agency.validTo().ifPresent(day -> entry.put("validTo", day.toString()));
            agencies.add(entry);
        });
        agencies.add(Map.of("code", AGENCY, "name", "Kịch bản thử"));
        List<Map<String, Object>> systems = new ArrayList<>();
        List<Map<String, Object>> accounts = new ArrayList<>();
        for (InformationSystem system : real.systems()) {
            Map<String, Object> entry = system(system, addresses.apply(system.id()));
            if (mailboxes && !system.organs().isEmpty()) {
                entry.put("organs", system.organs());
            }
            systems.add(entry);
            String user = "lgsp-scenario-account-" + users.size();
            users.put(system.id(), user);
            accounts.add(account(user, system.id().value()));
        }
        // a service that calls another does so in the name of an account of the real registry
        real.accounts().stream()
                .filter(account -> units.stream()
                        .flatMap(unit -> unit.card().calls().stream())
                        .anyMatch(calls -> calls.account().equals(account.id())))
                .forEach(account -> accounts.add(Map.of(
                        "id",
                        account.id(),
                        "system",
                        account.system().value(),
                        "keyHash",
                        "sha256:" + sha256("lgsp-scenario-key-of-the-calls-of-" + account.id()))));
        List<Map<String, Object>> grants = new ArrayList<>();
        for (Grant grant : real.grants()) {
            if (units.stream().anyMatch(unit -> unit.card().key().equals(grant.service()))) {
                grants.add(grant(grant));
            }
        }
        systems.add(Map.of("id", STRANGER, "agency", AGENCY, "name", STRANGER));
        accounts.add(account(STRANGER + "-account", STRANGER));
        for (int i = 0; i < consumers; i++) {
            String consumer = GRANTED + i;
            systems.add(Map.of("id", consumer, "agency", AGENCY, "name", consumer));
            accounts.add(account(consumer + "-account", consumer));
            for (int u = 0; u < units.size(); u++) {
                grants.add(Map.of(
                        "id",
                        consumer + "-" + u,
                        "consumer",
                        consumer,
                        "service",
                        units.get(u).card().key().toString(),
                        "purpose",
                        "scenario"));
            }
        }
        Map<String, Object> registry = new LinkedHashMap<>();
        // so that nothing in it can lead out of this machine
        registry.put("sample", true);
        registry.put("agencies", agencies);
        registry.put("systems", systems);
        registry.put("accounts", accounts);
        registry.put("grants", grants);
        registry.put("operators", List.of());
        try {
            write("registry.yaml", json(registry));
        } catch (IOException failed) {
            throw new UncheckedIOException("the temporary folder of the scenarios cannot be written", failed);
        }
    }

    private static Map<String, Object> system(InformationSystem system, Optional<String> address) {
        Map<String, Object> entry = new LinkedHashMap<>();
        entry.put("id", system.id().value());
        entry.put("agency", system.agency().value());
        entry.put("name", system.name());
        system.connection().ifPresent(connection -> entry.put("connection", connection(connection, address)));
        system.queue()
                .ifPresent(queue -> entry.put(
                        "queue",
                        Map.of(
                                "name",
                                queue.name(),
                                "answerTimeout",
                                shorter(queue.answerTimeout()).toMillis() + "ms",
                                "topic",
                                queue.topic(),
                                "breaker",
                                NO_BREAKER,
                                "retry",
                                retry(queue.retry()))));
        return entry;
    }

    private static Map<String, Object> retry(Connection.Retry plan) {
        return Map.of(
                "attempts",
                plan.attempts(),
                "wait",
                plan.pause().toMillis() + "ms",
                "honoursIdempotencyKey",
                plan.honoursKeys());
    }

    private static Map<String, Object> connection(Connection connection, Optional<String> address) {
        Map<String, Object> entry = new LinkedHashMap<>();
        // a port that nobody has: what no scenario plays cannot be reached
        entry.put("address", address.orElse("http://127.0.0.1:9"));
        entry.put("answerTimeout", shorter(connection.answerTimeout()).toMillis() + "ms");
        entry.put(
                "idleTimeout", Math.max(1_000, shorter(connection.idleTimeout()).toMillis()) + "ms");
        entry.put("waitingCalls", connection.waitingCalls());
        entry.put("breaker", NO_BREAKER);
        entry.put("retry", retry(connection.retry()));
        entry.put("gzip", connection.gzip());
        // the peers of a scenario give no tokens, and ask for none
        connection
                .credential()
                .filter(credential -> credential.scheme() != OutboundCredential.Scheme.OAUTH2
                        && credential.scheme() != OutboundCredential.Scheme.SESSION)
                .ifPresent(credential -> entry.put("credential", credential(credential)));
        entry.put(
                "headers",
                connection.headers().stream()
                        .filter(header -> !header.secret())
                        .map(header -> Map.of("name", header.name(), "value", header.value()))
                        .toList());
        return entry;
    }

    private static Map<String, String> credential(OutboundCredential credential) {
        Map<String, String> entry = new LinkedHashMap<>();
        entry.put("scheme", written(credential.scheme()));
        entry.put("user", credential.user());
        entry.put("secret", "sample:scenario");
        if (credential instanceof OutboundCredential.HashedBasic signed) {
            entry.put("timestamp", written(signed.timestamp()));
        }
        return entry;
    }

    /** As the registry writes a word. */
    private static String written(Enum<?> word) {
        return word.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private static Duration shorter(Duration given) {
        return given.compareTo(LONGEST_ANSWER) < 0 ? given : LONGEST_ANSWER;
    }

    private static Map<String, Object> account(String id, String system) {
        return Map.of("id", id, "system", system, "keyHash", "sha256:" + sha256(key(system)));
    }

    private static Map<String, Object> grant(Grant grant) {
        Map<String, Object> entry = new LinkedHashMap<>();
        entry.put("id", grant.id());
        entry.put("consumer", grant.consumer().value());
        entry.put("service", grant.service().toString());
        entry.put("operations", grant.operations().stream().sorted().toList());
        grant.validFrom().ifPresent(first -> entry.put("validFrom", first.toString()));
        grant.expires().ifPresent(end -> entry.put("expires", end.toString()));
        entry.put("purpose", grant.purpose());
        return entry;
    }

    /** The key of a system; made up, as everything here. */
    private static String key(String system) {
        return "lgsp-scenario-key-of-" + system;
    }

    /** The key that this caller shows; empty for one that shows none. */
    static Optional<String> key(Scenario.Caller caller, int number) {
        if (caller instanceof Scenario.Registered registered) {
            return Optional.of(key(registered.system().value()));
        }
        if (caller instanceof Scenario.Stranger) {
            return Optional.of(key(STRANGER));
        }
        return caller instanceof Scenario.Granted ? Optional.of(key(GRANTED + number)) : Optional.empty();
    }

    /**
     * The user that this caller signs in to the broker with.
     *
     * @param users of the systems of the registry
     */
    static String account(Scenario.Caller caller, int number, Function<SystemId, String> users) {
        if (caller instanceof Scenario.Registered registered) {
            return users.apply(registered.system());
        }
        return (caller instanceof Scenario.Stranger ? STRANGER : GRANTED + number) + "-account";
    }

    /** The user that a system signs in to the broker with. */
    String user(SystemId system) {
        return users.getOrDefault(system, "");
    }

    String key(SystemId system) {
        return key(system.value());
    }

    /** The settings of the bus. */
    Map<String, String> settings() {
        Map<String, String> settings = new HashMap<>();
        settings.put("lgsp.home", folder.toString());
        settings.put("lgsp.data-folder", folder.resolve("data").toString());
        settings.put("lgsp.catalogue.registry", "file:" + folder.resolve("registry.yaml"));
        settings.put("lgsp.city.enabled", "false");
        settings.put("lgsp.data-port", "0");
        settings.put("lgsp.management-port", "0");
        settings.put("lgsp.broker.port", "0");
        settings.put("lgsp.guarantee.sweep", "50ms");
        settings.put("lgsp.receive.busy-delay", "0ms");
        settings.put("lgsp.stop-timeout", "0s");
        return settings;
    }

    private void write(String name, byte[] content) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(file.resolveSibling(""));
        Files.write(file, content);
    }

    private static byte[] json(Object document) {
        try {
            return JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(document);
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException("a plain document cannot be written", impossible);
        }
    }

    private static String sha256(String text) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException missing) {
            throw new IllegalStateException("this JDK has no SHA-256", missing);
        }
    }

    @Override
    public void close() {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException left) {
            throw new UncheckedIOException("the temporary folder " + folder + " cannot be deleted", left);
        }
    }
}
