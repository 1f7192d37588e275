package vn.lgsp.bench;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import vn.lgsp.message.Sha256;

/**
 * The home of the bus in the guaranteed scenario: one guaranteed SOAP service with one destination, checked and acknowledged as the
 * sample city's, and the product's own way.
 */
final class BenchHome {
    static final String PATH = "/soap/bench-notify/v1";

    private static final String REGISTRY = "registry.yaml";
    private static final Path WAY = Path.of("routes", "_way");
    private static final List<String> FILES = List.of(
            REGISTRY,
            "routes/bench/bench-notify.card.yaml",
            "routes/bench/bench-notify.camel.yaml",
            "routes/bench/bench-notify--to-bench-office.camel.yaml",
            "routes/bench/bench-notify.wsdl",
            "transforms/bench/bench-notify/notice.xsd",
            "transforms/bench/bench-notify/acknowledgement.xsl");

    private BenchHome() {}

    /**
     * Makes the home in a new folder.
     *
     * @param key of the source's account
     * @param port of the destination
     */
    static Path make(Path home, String key, int port) {
        try {
            for (String name : FILES) {
                Path file = home.resolve(name);
                Files.createDirectories(file.resolveSibling(""));
                Files.writeString(
                        file,
                        text(name).replace("@keyHash@", Sha256.hex(key)).replace("@port@", Integer.toString(port)));
            }
            Files.createDirectories(home.resolve("connectors"));
            Files.createDirectories(home.resolve(WAY));
            try (Stream<Path> files = Files.list(WAY)) {
                for (Path file : files.toList()) {
                    Files.copy(file, home.resolve(WAY).resolve(file.getFileName()));
                }
            }
            return home;
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    static Path registry(Path home) {
        return home.resolve(REGISTRY);
    }

    private static String text(String name) throws IOException {
        try (InputStream file = BenchHome.class.getResourceAsStream("home/" + name)) {
            if (file == null) {
                throw new IllegalStateException("home/" + name + " is not on the class path");
            }
            return new String(file.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
