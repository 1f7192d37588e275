package vn.lgsp.runtime;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Duration;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import vn.lgsp.guarantee.ProtocolStep;
import vn.lgsp.message.ExchangeId;
import vn.lgsp.message.UnitKey;
import vn.lgsp.record.ExchangeRecord;
import vn.lgsp.record.RecordQuery;
import vn.lgsp.unit.Unit;

/**
 * The bus in this process, with its real route files in a folder of its own, a registry that the test writes, and free ports.
 *
 * <p>The test registry has one agency {@code T01} with the consumer {@code asker} (key {@code key-asker}), who holds whatever
 * grants the test gives, and one agency {@code T02} with the systems that the test names.
 */
final class TestBus implements AutoCloseable {
    static final String KEY = "key-asker";

    private static final ObjectMapper JSON = new ObjectMapper();

    private final Bus bus;
    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(5))
            .build();

    private TestBus(Bus bus) {
        this.bus = bus;
    }

    static Builder in(Path folder) {
        return new Builder(folder);
    }

    /** What the bus is made of in one test. */
    static final class Builder {
        private final Path home;
        private final Map<String, String> settings = new LinkedHashMap<>();
        private final StringBuilder systems = new StringBuilder();
        private final StringBuilder accounts = new StringBuilder();
        private final StringBuilder grants = new StringBuilder();
        private Clock clock = Clock.systemUTC();
        private Bus.Relaxed relaxed = Bus.Relaxed.NOTHING;
        private final Set<UnitKey> waiting = new HashSet<>();
        private Consumer<ProtocolStep> observer = step -> {};
        private UnaryOperator<String> registryChange = UnaryOperator.identity();

        private Builder(Path folder) {
            home = folder.resolve("home");
            copy(Path.of("routes/_way"), home.resolve("routes/_way"));
            try {
                Files.createDirectories(home.resolve("transforms"));
                Files.createDirectories(home.resolve("connectors"));
            } catch (IOException failed) {
                throw new UncheckedIOException(failed);
            }
            settings.put("lgsp.home", home.toString());
            settings.put("lgsp.data-folder", folder.resolve("data").toString());
            settings.put("lgsp.data-port", "0");
            settings.put("lgsp.management-port", "0");
            settings.put("lgsp.city.enabled", "false");
            settings.put("lgsp.broker.port", "0");
            account("asker-key", "asker", KEY, "");
        }

        /** One of the product's own services: its card, routes, contract and mappings. */
        Builder service(String domain, String service) {
            try (Stream<Path> files = Files.list(Path.of("routes").resolve(domain))) {
                files.filter(file -> file.getFileName().toString().startsWith(service + ".")
                                || file.getFileName().toString().startsWith(service + "--to-"))
                        .forEach(file -> copy(
                                file, folder(domain).resolve(file.getFileName().toString())));
            } catch (IOException failed) {
                throw new UncheckedIOException(failed);
            }
            Path mappings = Path.of("transforms").resolve(domain).resolve(service);
            if (Files.isDirectory(mappings)) {
                copy(mappings, home.resolve("transforms").resolve(domain).resolve(service));
            }
            copy(Path.of("connectors"), home.resolve("connectors"));
            copy(Path.of("transforms/_codes"), home.resolve("transforms/_codes"));
            return this;
        }

        /** A service of the test's own, in the domain {@code test}; the texts are those of the files. */
        Builder service(String service, String card, String route) {
            write("routes/test/" + service + ".card.yaml", card);
            write("routes/test/" + service + ".camel.yaml", route);
            return this;
        }

        /** A service that passes content through to {@code system}, any method of GET and POST, any path. */
        Builder passThrough(String service, String system) {
            return passThrough(service, system, "answer: held");
        }

        /** @param more further lines of the card, at its top level */
        Builder passThrough(String service, String system, String more) {
            return service(
                    service,
                    """
                    service: %s
                    version: 1
                    name: { vi: Chuyển thẳng, en: Pass-through }
                    description: Passes content through.
                    contact: the test
                    providers: [%s]
                    mode: pass-through
                    criterion: real-time
                    personalData: false
                    %s
                    operations:
                      - { id: read, method: GET, path: "/{rest+}", answers: [404, 409] }
                      - { id: write, method: POST, path: "/{rest+}", accepts: [application/json, application/xml, application/octet-stream, text/plain], answers: [404, 409] }
                    """.formatted(service, system, more),
                    route(service, "- to: lgsp-http:" + system + "?passThrough=true"));
        }

        /**
         * The text of a card of a service that maps.
         *
         * @param more further lines, at its top level
         * @param operation as it stands in a list
         */
        static String card(String service, String provider, String more, String operation) {
            return """
                    service: %s
                    version: 1
                    name: { vi: Giấy tờ, en: Papers }
                    description: A service of a test.
                    contact: the test
                    providers: [%s]
                    mode: mapped
                    criterion: real-time
                    personalData: false
                    %s
                    operations:
                      - %s
                    """.formatted(service, provider, more, operation);
        }

        /** The text of a service's route file, with these steps; each line of them as it stands in a list. */
        static String route(String service, String steps) {
            return """
                    # A route of a test.
                    - route:
                        id: %1$s
                        description: A route of a test.
                        from:
                          uri: direct:%1$s
                          steps:
                    %2$s
                    """.formatted(service, steps.indent(8).stripTrailing());
        }

        /** A file below the home folder. */
        Builder write(String file, String text) {
            try {
                Path path = home.resolve(file);
                Files.createDirectories(path.getParent());
                Files.writeString(path, text);
            } catch (IOException failed) {
                throw new UncheckedIOException(failed);
            }
            return this;
        }

        /** A provider at this port of loopback; {@code more} are further lines of its connection, such as {@code answerTimeout: 500ms}. */
        Builder system(String id, int port, String... more) {
            return systemAt(id, "http://127.0.0.1:" + port, more);
        }

        Builder systemAt(String id, String address, String... more) {
            systems.append("  - id: %s%n    agency: T02%n    name: %s%n    connection:%n      address: %s%n"
                    .formatted(id, id, address));
            for (String line : more) {
                systems.append("      ").append(line).append(System.lineSeparator());
            }
            return this;
        }

        /** Lets {@code asker} use version 1 of this service. */
        Builder grant(String service) {
            return grant("asker", service, "");
        }

        /** @param more further lines, such as {@code expires: 2026-03-01T00:00:00Z} */
        Builder grant(String consumer, String service, String more) {
            grants.append("  - id: %s-%s%n    consumer: %s%n    service: %s/v1%n    purpose: a test%n"
                    .formatted(consumer, service, consumer, service));
            if (!more.isEmpty()) {
                grants.append("    ").append(more).append(System.lineSeparator());
            }
            return this;
        }

        /** An account with this key; its system is made with it. */
        Builder account(String id, String system, String key, String more) {
            systems.append("  - id: %s%n    agency: T01%n    name: %s%n".formatted(system, system));
            accounts.append("  - id: %s%n    system: %s%n    keyHash: sha256:%s%n".formatted(id, system, sha256(key)));
            if (!more.isEmpty()) {
                accounts.append("    ").append(more).append(System.lineSeparator());
            }
            return this;
        }

        /**
         * A system that takes messages from a queue {@code lgsp.<id>.in}, where {@code account} signs in with this key.
         *
         * @param answerTimeout as the registry has it, such as {@code 5s}
         */
        Builder queue(String id, String account, String key, String answerTimeout) {
            systems.append(
                    "  - id: %s%n    agency: T02%n    name: %s%n    queue: { name: lgsp.%s.in, answerTimeout: %s }%n"
                            .formatted(id, id, id, answerTimeout));
            accounts.append("  - id: %s%n    system: %s%n    keyHash: sha256:%s%n".formatted(account, id, sha256(key)));
            return this;
        }

        /** Leaves a file of the home folder out. */
        Builder without(String file) {
            try {
                Files.delete(home.resolve(file));
                return this;
            } catch (IOException failed) {
                throw new UncheckedIOException(failed);
            }
        }

        /** A changed copy of a file below the home folder. */
        Builder copyOf(String file, String copy, UnaryOperator<String> change) {
            try {
                return write(copy, change.apply(Files.readString(home.resolve(file))));
            } catch (IOException failed) {
                throw new UncheckedIOException(failed);
            }
        }

        /** Replaces text of a file below the home folder, which must have it. */
        Builder edit(String file, String text, String instead) {
            try {
                String before = Files.readString(home.resolve(file));
                if (!before.contains(text)) {
                    throw new IllegalArgumentException(file + " has no " + text);
                }
                return write(file, before.replace(text, instead));
            } catch (IOException failed) {
                throw new UncheckedIOException(failed);
            }
        }

        Builder setting(String name, String value) {
            settings.put(name, value);
            return this;
        }

        Builder clock(Clock other) {
            clock = other;
            return this;
        }

        /** Loads route files whatever they hold, to meet the runtime's own layers. */
        Builder withoutRouteRules() {
            relaxed = Bus.Relaxed.ROUTE_RULES;
            return this;
        }

        /** Deliveries still wait for this earlier revision. */
        Builder waiting(UnitKey revision) {
            waiting.add(revision);
            return this;
        }

        /** The revision that this service's files are now. */
        UnitKey revision(String service) {
            return Unit.all(home).stream()
                    .map(Unit::key)
                    .filter(key -> key.service().id().value().equals(service))
                    .findFirst()
                    .orElseThrow();
        }

        /** Hears of every step of guaranteed delivery. */
        Builder observer(Consumer<ProtocolStep> other) {
            observer = other;
            return this;
        }

        /** Changes the text of the registry before it is written, for what this builder has no word for. */
        Builder registry(UnaryOperator<String> change) {
            registryChange = change;
            return this;
        }

        /** Writes the registry, and gives back the settings: for a bus in a process of its own. */
        Map<String, String> prepare() {
            write("registry.yaml", registryChange.apply("""
                    sample: false
                    agencies:
                      - { code: T01, name: Cơ quan hỏi }
                      - { code: T02, name: Cơ quan cung cấp }
                    systems:
                    %saccounts:
                    %s%soperators: []
                    """.formatted(
                            systems, accounts, grants.isEmpty() ? "grants: []\n" : "grants:\n" + grants)));
            settings.put("lgsp.catalogue.registry", "file:" + home.resolve("registry.yaml"));
            return settings;
        }

        TestBus start() {
            Configuration configuration = Configuration.of(prepare());
            return new TestBus(
                    Bus.start(BusSettings.from(configuration), configuration, clock, relaxed, waiting, observer));
        }

        private Path folder(String domain) {
            return home.resolve("routes").resolve(domain);
        }
    }

    static String sha256(String text) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException missing) {
            throw new IllegalStateException(missing);
        }
    }

    private static void copy(Path from, Path to) {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Path target = from.equals(file)
                        ? to
                        : to.resolve(from.relativize(file).toString());
                Files.createDirectories(target.getParent());
                Files.write(target, Files.readAllBytes(file));
            }
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    Bus bus() {
        return bus;
    }

    int port() {
        return bus.dataPort();
    }

    URI uri(String path) {
        return URI.create("http://127.0.0.1:" + port() + path);
    }

    /** A request of the consumer that may ask. */
    HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(uri(path)).timeout(Duration.ofSeconds(30)).header("X-Api-Key", KEY);
    }

    HttpResponse<String> get(String path) {
        return send(request(path).GET().build());
    }

    HttpResponse<String> post(String path, String type, String body) {
        return send(request(path)
                .header("Content-Type", type)
                .POST(BodyPublishers.ofString(body))
                .build());
    }

    HttpResponse<String> send(HttpRequest request) {
        try {
            return http.send(request, BodyHandlers.ofString());
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(stopped);
        }
    }

    HttpClient http() {
        return http;
    }

    static JsonNode json(HttpResponse<String> answer) {
        try {
            return JSON.readTree(answer.body());
        } catch (IOException notJson) {
            throw new UncheckedIOException(notJson);
        }
    }

    /** The error code of a problem answer. */
    static String code(HttpResponse<String> answer) {
        return json(answer).path("code").asText();
    }

    /** The record of the exchange that this answer belongs to. */
    ExchangeRecord recordOf(HttpResponse<?> answer) {
        String id = answer.headers().firstValue("X-LGSP-Exchange").orElseThrow();
        Optional<ExchangeRecord> found = bus.records().find(ExchangeId.of(id));
        return found.orElseThrow(() -> new AssertionError("exchange " + id + " has no record"));
    }

    /** The metrics as a scraper sees them. */
    String metrics() {
        return send(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + bus.managementPort() + "/observe/metrics"))
                        .build())
                .body();
    }

    /** How many calls wait for this system, by the metric. */
    int waiting(String system) {
        String line = "lgsp_provider_waiting{system=\"" + system + "\"} ";
        return metrics()
                .lines()
                .filter(text -> text.startsWith(line))
                .mapToInt(text -> (int) Double.parseDouble(text.substring(line.length())))
                .findFirst()
                .orElseThrow();
    }

    /** All records, newest first. */
    List<ExchangeRecord> records() {
        return bus.records().list(RecordQuery.Filter.newest(1_000));
    }

    @Override
    public void close() {
        bus.close();
    }
}
