package vn.lgsp.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import vn.lgsp.FreePorts;

/** The image without Docker: what the Dockerfile copies, in an empty folder, started and asked as the Dockerfile says. */
@DisabledOnOs(OS.WINDOWS)
class ImageLayoutIT {
    private static final Path ROOT = Path.of("").toAbsolutePath();
    private static final String BUILT = "/build/";

    private final Path temp;
    private final List<String> lines;

    ImageLayoutIT(@TempDir Path temp) throws IOException {
        this.temp = temp;
        lines = Files.readString(ROOT.resolve("docker/Dockerfile"))
                .replaceAll("\\\\\\n\\s*", "")
                .lines()
                .toList();
    }

    @Test
    void the_build_gets_what_it_copies_and_nothing_that_is_secret() throws IOException {
        Set<String> let = Files.readAllLines(ROOT.resolve(".dockerignore")).stream()
                .filter(line -> line.startsWith("!"))
                .map(line -> line.substring(1))
                .collect(Collectors.toSet());
        List<String> wanted = lines.stream()
                .filter(line -> line.startsWith("COPY ") && !line.contains("--from="))
                .flatMap(line -> {
                    List<String> words = words(line);
                    return words.subList(1, words.size() - 1).stream();
                })
                .toList();

        assertThat(Files.readAllLines(ROOT.resolve(".dockerignore"))).contains("*");
        assertThat(let).containsExactlyInAnyOrderElementsOf(wanted);
        assertThat(wanted).allSatisfy(source -> assertThat(ROOT.resolve(source)).exists());
    }

    @Test
    void the_copied_files_are_a_whole_bus_that_is_healthy_and_ends_when_told() throws Exception {
        Path home = Files.createDirectories(temp.resolve("opt"));
        copy(home);
        int dataPort = FreePorts.one();
        int managementPort = FreePorts.one();
        Path settings = Files.writeString(temp.resolve("lgsp.properties"), """
                lgsp.catalogue.registry = file:%s
                lgsp.city.enabled = false
                lgsp.data-port = %d
                lgsp.management-port = %d
                lgsp.broker.port = 0
                """.formatted(
                        ROOT.resolve("docker/registry.example.yaml"), dataPort, managementPort));
        List<String> command = new ArrayList<>(list("ENTRYPOINT "));
        command.set(0, Path.of(System.getProperty("java.home"), "bin", "java").toString());
        if (Runtime.version().feature() < 24) {
            command.removeIf(option -> option.startsWith("--"));
        }
        command.addAll(List.of("run", "--config", settings.toString()));
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(home.toFile())
                .redirectErrorStream(true)
                .redirectOutput(temp.resolve("log").toFile());
        Map<String, Path> volumes = volumes();
        volumes.forEach((name, folder) -> builder.environment().put(name, folder.toString()));

        Process bus = builder.start();
        try {
            await().atMost(Duration.ofSeconds(60)).until(() -> {
                assertThat(bus.isAlive())
                        .as(Files.readString(temp.resolve("log")))
                        .isTrue();
                return health(managementPort) == 0;
            });
            assertThat(health(FreePorts.one())).isNotZero();
            assertThat(status("http://127.0.0.1:" + dataPort + "/api/population-citizen-lookup/v1/citizens/1"))
                    .isEqualTo(401);
            bus.destroy();

            assertThat(bus.waitFor(20, TimeUnit.SECONDS)).isTrue();
            assertThat(names(home)).as("it writes only into its volumes").isEqualTo(copied());
            assertThat(volumes.values()).allSatisfy(folder -> assertThat(folder).isNotEmptyDirectory());
        } finally {
            bus.destroyForcibly();
        }
    }

    /** The variables that name the image's volumes, each with an empty folder in its place, made as the image makes them. */
    private Map<String, Path> volumes() throws IOException {
        Map<String, String> named = lines.stream()
                .filter(line -> line.startsWith("ENV "))
                .map(line -> line.substring("ENV ".length()).split("=", 2))
                .collect(Collectors.toMap(variable -> variable[0], variable -> variable[1]));
        List<String> declared = lines.stream()
                .filter(line -> line.startsWith("VOLUME "))
                .flatMap(line -> words(line).stream().skip(1))
                .toList();
        assertThat(named.values()).containsExactlyInAnyOrderElementsOf(declared);
        String made = lines.stream()
                .filter(line -> line.startsWith("RUN install -d "))
                .findFirst()
                .orElseThrow();
        assertThat(made).contains("-m 0700");
        assertThat(words(made)).containsAll(declared);
        Map<String, Path> volumes = new HashMap<>();
        for (Map.Entry<String, String> variable : named.entrySet()) {
            Path folder = temp.resolve(variable.getKey());
            Files.createDirectory(
                    folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            volumes.put(variable.getKey(), folder);
        }
        return volumes;
    }

    /** The last stage's COPY lines, as Docker would do them. */
    private void copy(Path home) throws IOException {
        for (List<String> words : copies()) {
            Path target = home.resolve(words.get(words.size() - 1)).normalize();
            for (String source : words.subList(0, words.size() - 1)) {
                Path from = source.startsWith(BUILT)
                        ? ROOT.resolve(source.substring(BUILT.length()))
                        : ROOT.resolve(source);
                assertThat(from).exists();
                if (Files.isDirectory(from)) {
                    try (Stream<Path> files = Files.walk(from)) {
                        for (Path file : files.toList()) {
                            Path to = target.resolve(from.relativize(file).toString());
                            Files.createDirectories(Files.isDirectory(file) ? to : to.getParent());
                            if (!Files.isDirectory(file)) {
                                Files.copy(file, to);
                            }
                        }
                    }
                } else {
                    Files.copy(from, target.resolve(from.getFileName().toString()));
                }
            }
        }
    }

    private List<List<String>> copies() {
        int last = lines.lastIndexOf(lines.stream()
                .filter(line -> line.startsWith("FROM "))
                .reduce((first, second) -> second)
                .orElseThrow());
        return lines.subList(last, lines.size()).stream()
                .filter(line -> line.startsWith("COPY "))
                .map(line -> words(line).stream()
                        .skip(1)
                        .filter(word -> !word.startsWith("--from="))
                        .toList())
                .toList();
    }

    private Set<String> copied() {
        return copies().stream()
                .map(words -> Path.of(words.get(0)).getFileName().toString())
                .collect(Collectors.toSet());
    }

    private static Set<String> names(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).collect(Collectors.toSet());
        }
    }

    /** The exit status of the image's own health check. */
    private int health(int port) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(list("HEALTHCHECK "));
        command.replaceAll(word -> word.replace("8081", Integer.toString(port)));
        Process check = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        assertThat(check.waitFor(10, TimeUnit.SECONDS)).isTrue();
        return check.exitValue();
    }

    private List<String> list(String instruction) throws IOException {
        String line = lines.stream()
                .filter(candidate -> candidate.startsWith(instruction))
                .findFirst()
                .orElseThrow();
        return List.of(new ObjectMapper().readValue(line.substring(line.indexOf('[')), String[].class));
    }

    private static int status(String address) throws IOException {
        HttpURLConnection call = (HttpURLConnection) URI.create(address).toURL().openConnection();
        call.setReadTimeout(10_000);
        return call.getResponseCode();
    }

    private static List<String> words(String line) {
        return Arrays.stream(line.split("\\s+", -1)).toList();
    }
}
