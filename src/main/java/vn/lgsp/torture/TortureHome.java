package vn.lgsp.torture;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import vn.lgsp.message.Sha256;

/**
 * The files of one run's bus: the shipped service {@code civil-birth-notify} with a quicker plan of retries, a registry of its own, and data
 * and keys below.
 *
 * @param folder that holds them all
 * @param dataPort of the bus, the same through all its starts; so are the others
 */
record TortureHome(Path folder, int dataPort, int managementPort, int brokerPort, int insurancePort) {
    static final String SOURCE_KEY = "torture-key-source";
    static final String ARCHIVE_KEY = "torture-key-archive";
    static final String ARCHIVE_USER = "civil-archive-broker";
    static final String QUEUE = "lgsp.civil-archive.in";
    static final String ADDRESS = "/soap/civil-birth-notify/v1";

    /** The shipped plan waits for minutes; a torture would only last longer. */
    private static final String QUICK = """
            deliveries:
              - to: social-insurance
                retry: { first: 100ms, longest: 1s, attempts: 1000 }
              - to: civil-archive
                retry: { first: 100ms, longest: 1s, attempts: 1000 }
            """;

    /** Copies what the run needs from the shipped files, and writes its registry. */
    static TortureHome make(Path folder, Path shipped, int insurancePort) {
        TortureHome home = new TortureHome(folder, Ports.free(), Ports.free(), Ports.free(), insurancePort);
        try {
            Path card = Path.of("routes/civil/civil-birth-notify.card.yaml");
            copy(shipped, folder, Path.of("routes/_way"));
            copy(shipped, folder, Path.of("routes/civil"));
            copy(shipped, folder, Path.of("transforms/civil"));
            copy(shipped, folder, Path.of("connectors"));
            String written = Files.readString(folder.resolve(card));
            String quick = written.replaceFirst("(?m)^deliveries:\\n(?: .*\\n)+", QUICK);
            if (quick.equals(written)) {
                throw new IllegalStateException(card + " has no deliveries: the torture needs the shipped service");
            }
            Files.writeString(folder.resolve(card), quick);
            Files.writeString(folder.resolve("registry.yaml"), home.registry());
            return home;
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /** The settings of the bus, by name. */
    Map<String, String> settings() {
        Map<String, String> settings = new TreeMap<>();
        settings.put("lgsp.home", folder.toString());
        settings.put("lgsp.data-folder", folder.resolve("data").toString());
        settings.put("lgsp.guarantee.key-ring", folder.resolve("keyring").toString());
        settings.put("lgsp.catalogue.registry", "file:" + folder.resolve("registry.yaml"));
        settings.put("lgsp.city.enabled", "false");
        settings.put("lgsp.data-port", Integer.toString(dataPort));
        settings.put("lgsp.management-port", Integer.toString(managementPort));
        settings.put("lgsp.broker.port", Integer.toString(brokerPort));
        return settings;
    }

    private String registry() {
        return """
                sample: false
                agencies:
                  - { code: T01, name: Cơ quan gửi }
                  - { code: T02, name: Cơ quan nhận }
                systems:
                  - { id: civil-registry, agency: T01, name: Nguồn }
                  - id: social-insurance
                    agency: T02
                    name: Nơi nhận qua HTTP
                    connection: { address: "http://127.0.0.1:%d", answerTimeout: 1s }
                  - id: civil-archive
                    agency: T02
                    name: Nơi nhận qua hàng đợi
                    queue: { name: %s, answerTimeout: 2s }
                accounts:
                  - { id: civil-registry-key, system: civil-registry, keyHash: "sha256:%s" }
                  - { id: %s, system: civil-archive, keyHash: "sha256:%s" }
                grants:
                  - { id: birth, consumer: civil-registry, service: civil-birth-notify/v1, purpose: torture }
                operators: []
                """.formatted(insurancePort, QUEUE, Sha256.hex(SOURCE_KEY), ARCHIVE_USER, Sha256.hex(ARCHIVE_KEY));
    }

    /** Deletes it all. */
    void delete() {
        try (Stream<Path> files = Files.walk(folder)) {
            List<Path> deepestFirst = files.sorted(Comparator.reverseOrder()).toList();
            for (Path file : deepestFirst) {
                Files.delete(file);
            }
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private static void copy(Path from, Path to, Path below) throws IOException {
        try (Stream<Path> files = Files.walk(from.resolve(below))) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Path target = to.resolve(from.relativize(file).toString());
                Files.createDirectories(target.getParent());
                Files.write(target, Files.readAllBytes(file));
            }
        }
    }
}
