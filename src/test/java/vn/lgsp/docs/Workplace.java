package vn.lgsp.docs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.awaitility.core.ConditionTimeoutException;
import vn.lgsp.ChildJava;
import vn.lgsp.FreePorts;
import vn.lgsp.command.Lgsp;

/** A copy of the repository with a command {@code ./lgsp}, in which a reader types what a page tells him; on free ports. */
final class Workplace implements AutoCloseable {
    private static final String READY = "Ctrl-C stops the bus.";
    private static final Map<String, String> SETTINGS = Map.of(
            "lgsp.data-port", "8080",
            "lgsp.management-port", "8081",
            "lgsp.city.population-port", "18091",
            "lgsp.city.land-east-port", "18092",
            "lgsp.city.land-west-port", "18093",
            "lgsp.city.archive-port", "18094",
            "lgsp.city.social-insurance-port", "18095",
            "lgsp.city.civil-archive-port", "18096",
            "lgsp.city.hub-port", "18097",
            "lgsp.broker.port", "61616");

    private static final List<String> PARTS =
            List.of("routes", "transforms", "connectors", "docs/reference/edxml", "src/main/resources/vn/lgsp/city");

    private final Path folder;
    private final Map<String, String> ports = new LinkedHashMap<>();
    private final Map<String, String> others = new LinkedHashMap<>();
    private final Process commands;
    private final int resident;
    private Optional<Process> bus = Optional.empty();
    private String started = "";
    private String printed = "";
    private int heard;

    /** @param folder is this place's alone */
    Workplace(Path folder) throws IOException {
        this.folder = folder;
        for (String port : SETTINGS.values()) {
            ports.put(port, Integer.toString(FreePorts.one()));
        }
        commands = new ProcessBuilder(ChildJava.line(ResidentCommands.class, settings()))
                .directory(folder.toFile())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        resident = Integer.parseInt(commands.inputReader().readLine());
    }

    /**
     * Everything is as a reader finds it who begins.
     *
     * @param others ports that pages name beside those of the bus, with what they are here
     */
    void begin(Map<String, Integer> others) throws IOException {
        stop();
        started = "";
        this.others.clear();
        others.forEach((written, here) -> this.others.put(written, here.toString()));
        try (Stream<Path> left = Files.walk(folder)) {
            for (Path file : left.sorted(Comparator.reverseOrder())
                    .filter(file -> !file.equals(folder))
                    .toList()) {
                Files.delete(file);
            }
        }
        for (Path file : shipped()) {
            Files.createDirectories(folder.resolve(file).getParent());
            Files.copy(file, folder.resolve(file));
        }
        Path command = Files.writeString(folder.resolve("lgsp"), command());
        assertThat(command.toFile().setExecutable(true)).isTrue();
    }

    /** Whether a bus runs here that this starts, on the files as they are shipped: who only asks it things may share it. */
    boolean isAsStarted(String text) throws IOException {
        if (bus.isEmpty() || !bus.get().isAlive() || !started.equals(text)) {
            return false;
        }
        for (Path file : shipped()) {
            Path here = folder.resolve(file);
            if (!Files.exists(here) || Files.mismatch(file, here) >= 0) {
                return false;
            }
        }
        return true;
    }

    private static List<Path> shipped() {
        return PARTS.stream().flatMap(part -> Page.files(Path.of(part))).toList();
    }

    /** What the bus that runs here printed when it started. */
    String printed() {
        return printed;
    }

    /** What a page says, with the ports of this place. */
    String here(String text) {
        String changed = text;
        Map<String, String> all = new LinkedHashMap<>(ports);
        all.putAll(others);
        for (Map.Entry<String, String> port : all.entrySet()) {
            changed = changed.replaceAll(":" + port.getKey() + "\\b", ":" + port.getValue());
        }
        return changed;
    }

    /** Starts the bus, instead of the one that runs, and gives back what it prints. */
    String start(String text) throws IOException {
        stop();
        Path out = folder.resolve("bus.out");
        Process begun = bash(List.of(), text, out);
        bus = Optional.of(begun);
        await().atMost(Duration.ofMinutes(3))
                .until(() -> !begun.isAlive() || Files.readString(out).contains(READY));
        String said = Files.readString(out);
        assertThat(said).as(errors()).contains(READY);
        started = text;
        printed = said;
        heard = said.length();
        return said;
    }

    /** Waits until the bus has said this since it was listened to last. */
    void hear(Predicate<String> expected, String shown) {
        Path out = folder.resolve("bus.out");
        try {
            await().atMost(Duration.ofSeconds(30))
                    .until(() -> expected.test(Files.readString(out).substring(heard)));
            heard = Files.readString(out).length();
        } catch (ConditionTimeoutException never) {
            throw new AssertionError("the bus never said\n" + shown + "\nbut\n" + said(out), never);
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    private String said(Path out) {
        try {
            return Files.readString(out).substring(heard);
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    /** Runs commands to their good end, and gives back what they print. */
    String run(List<String> environment, String text) throws IOException {
        return run(environment, text, 0);
    }

    /** Runs commands that end with this status, and gives back what they print. */
    String fail(int status, String text) throws IOException {
        return run(List.of(), text, status);
    }

    private String run(List<String> environment, String text, int status) throws IOException {
        Path out = folder.resolve("command.out");
        Process command = bash(environment, text, out);
        if (!ends(command)) {
            command.descendants().forEach(ProcessHandle::destroyForcibly);
            command.destroyForcibly();
            throw new AssertionError("this did not end in two minutes:\n" + text);
        }
        assertThat(command.exitValue()).as(text + errors()).isEqualTo(status);
        return Files.readString(out);
    }

    private Process bash(List<String> environment, String text, Path out) throws IOException {
        ProcessBuilder bash = new ProcessBuilder("bash", "-e", "-c", text)
                .directory(folder.toFile())
                .redirectOutput(out.toFile())
                .redirectError(folder.resolve("errors").toFile());
        bash.environment().merge("PATH", java("bin"), (path, jdk) -> jdk + ":" + path);
        for (String variable : environment) {
            bash.environment().put(variable.replaceFirst("=.*", ""), variable.replaceFirst(".*?=", ""));
        }
        return bash.start();
    }

    private String errors() throws IOException {
        return Files.readString(folder.resolve("errors"));
    }

    /** What stays, is told something by its environment or reads its input is a process of its own; the rest goes to the one that stays. */
    private String command() throws IOException {
        return """
                #!/usr/bin/env bash
                city=()
                [ "$1" != try ] || city=(--data-port %s --management-port %s --social-insurance-port %s --civil-archive-port %s)
                case $1 in
                    deploy | edoc | explain | list | new | service | test | try | validate)
                        if [ "${LANG:-}" = '%s' ] && ! env | grep -q '^LGSP_'; then
                            place=$(mktemp -d)
                            printf '%%s\\0' "$@" "${city[@]}" > "$place/arguments"
                            exec {resident}<> /dev/tcp/127.0.0.1/%d
                            echo "$place" >&$resident
                            read -r status <&$resident
                            cat "$place/out"
                            cat "$place/errors" >&2
                            rm -r "$place"
                            exit "$status"
                        fi ;;
                esac
                exec %s "$@" "${city[@]}"
                """.formatted(
                        ports.get("8080"),
                        ports.get("8081"),
                        ports.get("18095"),
                        ports.get("18096"),
                        System.getenv().getOrDefault("LANG", ""),
                        resident,
                        ChildJava.line(Lgsp.class, settings()).stream()
                                .map(word -> "'" + word + "'")
                                .collect(Collectors.joining(" ")));
    }

    private List<String> settings() {
        return SETTINGS.entrySet().stream()
                .map(setting -> "-D" + setting.getKey() + "=" + ports.get(setting.getValue()))
                .toList();
    }

    private static String java(String below) {
        return Path.of(System.getProperty("java.home"), below).toString();
    }

    private static boolean ends(Process process) {
        try {
            return process.waitFor(2, TimeUnit.MINUTES);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** Stops the bus, if one runs. */
    void stop() {
        bus.ifPresent(running -> {
            running.descendants().forEach(ProcessHandle::destroy);
            running.destroy();
            assertThat(ends(running)).as("the bus stops when it is told to").isTrue();
        });
        bus = Optional.empty();
    }

    @Override
    public void close() {
        commands.destroyForcibly();
        stop();
    }
}
