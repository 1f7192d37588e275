package vn.lgsp.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import vn.lgsp.message.Sha256;

/**
 * The home of a bus with many services: the sample city's services again and again, each under a name of its own and with
 * mappings of its own, so that nothing is shared that a real city would not share.
 *
 * <p>Of twenty services eight pass documents through, five look parcels up (jq, JSON Schema, two connectors), five look citizens
 * up (jq, JSON Schema, XSLT, SOAP, a connector), and two are guaranteed (XML Schema, XSLT, two destinations). Every hundred share
 * a domain, with systems and connectors of their own.
 */
public final class ServicesHome {
    private static final String REGISTRY = "registry.yaml";
    private static final Path WAY = Path.of("routes", "_way");
    private static final Path CODES = Path.of("transforms", "_codes");
    private static final int IN_A_DOMAIN = 100;
    /** What a source and its grants are called in the registry. */
    private static final String SOURCE = "bench-source";

    private static final int OTHER_SOURCES = 20;

    /** What a service is copied from: a domain of the sample city, the service in it, and how often it comes among twenty. */
    private enum Shape {
        RELAY("archive", "archive-document-relay", 8),
        PARCELS("land", "land-parcel-lookup", 5),
        CITIZENS("population", "population-citizen-lookup", 5),
        BIRTHS("civil", "civil-birth-notify", 2);

        private final String domain;
        private final String service;
        private final int often;

        Shape(String domain, String service, int often) {
            this.domain = domain;
            this.service = service;
            this.often = often;
        }

        static Shape of(int number) {
            int left = number * 7 % 20; // so that neighbours differ
            for (Shape shape : values()) {
                if (left < shape.often) {
                    return shape;
                }
                left -= shape.often;
            }
            throw new IllegalStateException("the shapes are not twenty");
        }
    }

    private final Path city;
    private final Path home;
    private final int services;

    private ServicesHome(Path city, Path home, int services) {
        this.city = city;
        this.home = home;
        this.services = services;
    }

    /**
     * Makes the home in a new folder.
     *
     * @param city the home of the sample city, whose services are copied
     * @param services how many
     * @param key of an account that may use all of them
     * @param port of all their providers on this machine
     */
    public static ServicesHome make(Path city, Path home, int services, String key, int port) {
        ServicesHome made = new ServicesHome(city, home, services);
        try {
            Files.createDirectories(home.resolve("connectors"));
            for (Path shared : List.of(WAY, CODES)) {
                Files.createDirectories(home.resolve(shared));
                try (Stream<Path> files = Files.list(city.resolve(shared))) {
                    for (Path file : files.toList()) {
                        Files.copy(file, home.resolve(shared).resolve(file.getFileName()));
                    }
                }
            }
            for (int domain = 0; domain * IN_A_DOMAIN < services; domain++) {
                made.connectors(domain);
            }
            for (int number = 0; number < services; number++) {
                made.service(number);
            }
            made.registry(key, port);
            return made;
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    Path folder() {
        return home;
    }

    int services() {
        return services;
    }

    public Path registry() {
        return home.resolve(REGISTRY);
    }

    /** The route file of a service. */
    public Path routeFile(int number) {
        return home.resolve("routes").resolve(domain(number / IN_A_DOMAIN)).resolve(name(number) + ".camel.yaml");
    }

    /** The mappings of a service, without its schemas. */
    public List<Path> mappings(int number) {
        Path folder =
                home.resolve("transforms").resolve(domain(number / IN_A_DOMAIN)).resolve(name(number));
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file ->
                            file.toString().endsWith(".jq") || file.toString().endsWith(".xsl"))
                    .sorted()
                    .toList();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /** The name of a service, such as {@code citizens-00017}. */
    public static String name(int number) {
        return String.format(Locale.ROOT, "%s-%05d", Shape.of(number).name().toLowerCase(Locale.ROOT), number);
    }

    /**
     * Addresses that answer a GET, one for each of {@code count} services spread over all of them.
     *
     * @param count at most a twentieth of the services
     */
    List<String> spread(int count) {
        return IntStream.range(0, count)
                .map(i -> (int) ((long) i * services / count) / 2 * 2 + i % 2)
                .map(from -> IntStream.range(from, services)
                        .filter(number -> Shape.of(number) == (from % 2 == 0 ? Shape.RELAY : Shape.CITIZENS))
                        .findFirst()
                        .orElseThrow())
                .mapToObj(ServicesHome::path)
                .toList();
    }

    private static String path(int number) {
        String service = "/api/" + name(number) + "/v1";
        return switch (Shape.of(number)) {
            case RELAY -> service + BackEnd.DOCUMENT;
            case CITIZENS -> service + "/citizens/" + BackEnd.CITIZEN;
            case PARCELS, BIRTHS -> "";
        };
    }

    private static String domain(int number) {
        return String.format(Locale.ROOT, "domain-%02d", number);
    }

    private static String system(String name, int domain) {
        return String.format(Locale.ROOT, "%s-%02d", name, domain);
    }

    /** The systems of the sample city, and those that stand for them in this domain. */
    private static Map<String, String> systems(int domain) {
        Map<String, String> found = new TreeMap<>();
        for (String name : List.of(
                "population",
                "land-registry-east",
                "land-registry-west",
                "city-archive",
                "civil-archive",
                "social-insurance")) {
            found.put(name, system(name, domain));
        }
        return found;
    }

    private static String renamed(String text, Map<String, String> systems) {
        String result = text;
        for (Map.Entry<String, String> system : systems.entrySet()) {
            for (String before :
                    List.of("kamelet:", "lgsp-http:", "lgsp-soap:", "lgsp-jms:", "[", ", ", "to: ", "-to-", "name: ")) {
                result = result.replace(before + system.getKey(), before + system.getValue());
            }
        }
        return result;
    }

    private void connectors(int domain) throws IOException {
        Map<String, String> systems = systems(domain);
        try (Stream<Path> files = Files.list(city.resolve("connectors"))) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                String name = file.getFileName().toString();
                for (Map.Entry<String, String> system : systems.entrySet()) {
                    if (name.startsWith(system.getKey())) {
                        Files.writeString(
                                home.resolve("connectors").resolve(name.replace(system.getKey(), system.getValue())),
                                renamed(Files.readString(file), systems));
                    }
                }
            }
        }
    }

    private void service(int number) throws IOException {
        Shape shape = Shape.of(number);
        String domain = domain(number / IN_A_DOMAIN);
        Map<String, String> systems = systems(number / IN_A_DOMAIN);
        Path routes = city.resolve("routes").resolve(shape.domain);
        List<Path> files = new ArrayList<>();
        try (Stream<Path> beside = Files.list(routes)) {
            beside.filter(file -> file.getFileName().toString().startsWith(shape.service))
                    .forEach(files::add);
        }
        Path mappings = city.resolve("transforms").resolve(shape.domain).resolve(shape.service);
        if (Files.isDirectory(mappings)) {
            try (Stream<Path> all = Files.walk(mappings)) {
                all.filter(Files::isRegularFile).forEach(files::add);
            }
        }
        for (Path file : files) {
            String target = city.relativize(file)
                    .toString()
                    .replace('\\', '/')
                    .replace("/" + shape.domain + "/", "/" + domain + "/")
                    .replace(shape.service, name(number));
            for (Map.Entry<String, String> system : systems.entrySet()) {
                target = target.replace("--to-" + system.getKey() + ".", "--to-" + system.getValue() + ".");
            }
            Path copy = home.resolve(target);
            Files.createDirectories(copy.resolveSibling(""));
            Files.writeString(copy, own(Files.readString(file), number, shape, domain, systems, target));
        }
    }

    private static String own(
            String text, int number, Shape shape, String domain, Map<String, String> systems, String target) {
        String own = text.replace("transforms/" + shape.domain + "/", "transforms/" + domain + "/")
                .replace("lgsp-validate:" + shape.domain + "/", "lgsp-validate:" + domain + "/")
                .replace("lgsp-values:" + shape.domain + "/", "lgsp-values:" + domain + "/")
                .replace(shape.service, name(number));
        if (target.startsWith("routes/")) {
            return renamed(own, systems);
        }
        if (target.endsWith(".jq")) {
            return "# " + name(number) + "\n" + own;
        }
        return own.replace("title\": \"", "title\": \"" + name(number) + " ")
                .replaceFirst("<!--", "<!-- " + name(number));
    }

    private void registry(String key, int port) throws IOException {
        StringBuilder text = new StringBuilder("""
                # What the bus with many services knows: made by ./lgsp bench
                agencies:
                  - code: H99.01
                    name: Đơn vị của phép đo

                systems:
                  - id: %s
                    agency: H99.01
                    name: Nguồn của phép đo
                """.formatted(SOURCE));
        StringBuilder accounts = new StringBuilder("\naccounts:\n");
        accounts.append(account(SOURCE, Sha256.hex(key)));
        for (int source = 0; source < OTHER_SOURCES; source++) {
            text.append("  - id: %1$s\n    agency: H99.01\n    name: %1$s\n".formatted(system(SOURCE, source)));
            accounts.append(account(system(SOURCE, source), Sha256.hex(system(SOURCE, source))));
        }
        for (int domain = 0; domain * IN_A_DOMAIN < services; domain++) {
            for (String system : systems(domain).values()) {
                text.append(system.startsWith("civil-archive") ? """
                          - id: %1$s
                            agency: H99.01
                            name: %1$s
                            queue:
                              name: lgsp.%1$s.in
                        """.formatted(system) : """
                          - id: %1$s
                            agency: H99.01
                            name: %1$s
                            connection:
                              address: http://127.0.0.1:%2$d
                              answerTimeout: 10s
                        """.formatted(system, port));
            }
        }
        text.append(accounts).append("\ngrants:\n");
        for (int number = 0; number < services; number++) {
            text.append(grant(SOURCE, number));
            text.append(grant(system(SOURCE, number % OTHER_SOURCES), number));
        }
        Files.writeString(registry(), text);
    }

    private static String account(String system, String hash) {
        return "  - id: %1$s-key\n    system: %1$s\n    keyHash: sha256:%2$s\n".formatted(system, hash);
    }

    private static String grant(String source, int number) {
        return "  - id: %1$s-%2$s\n    consumer: %1$s\n    service: %2$s/v1\n    purpose: Đo hiệu năng\n"
                .formatted(source, name(number));
    }
}
