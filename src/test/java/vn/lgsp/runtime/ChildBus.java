package vn.lgsp.runtime;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import vn.lgsp.ChildJava;
import vn.lgsp.command.Lgsp;

/** The bus as its user starts it: the real command line in a process of its own, that can be killed. */
final class ChildBus implements AutoCloseable {
    private static final Pattern PORT = Pattern.compile("(data|management) port +http://localhost:([0-9]+)");

    private final Process process;
    private final Path out;
    private final Path err;
    private int dataPort;
    private int managementPort;

    private ChildBus(Process process, Path out, Path err) {
        this.process = process;
        this.out = out;
        this.err = err;
    }

    /** Starts {@code lgsp run} with these settings, and does not wait for anything. */
    static ChildBus run(Path folder, Map<String, String> settings, String... jvm) {
        try {
            Files.createDirectories(folder);
            Path file = Files.createTempFile(folder, "bus", ".properties");
            Properties properties = new Properties();
            properties.putAll(settings);
            try (Writer writer = Files.newBufferedWriter(file, StandardCharsets.UTF_8)) {
                properties.store(writer, null);
            }
            return command(folder, List.of(jvm), "run", "--config", file.toString());
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /** Starts the command line with these arguments. */
    static ChildBus command(Path folder, List<String> jvm, String... arguments) {
        return of(Lgsp.class, folder, jvm, List.of(arguments));
    }

    /** Starts the main method of a class. */
    static ChildBus of(Class<?> main, Path folder, List<String> jvm, List<String> arguments) {
        try {
            List<String> line = ChildJava.line(main, jvm);
            line.addAll(arguments);
            Path out = Files.createTempFile(folder, "bus", ".out");
            Path err = Files.createTempFile(folder, "bus", ".err");
            Process process = new ProcessBuilder(line)
                    .directory(new File("").getAbsoluteFile())
                    .redirectOutput(out.toFile())
                    .redirectError(err.toFile())
                    .start();
            return new ChildBus(process, out, err);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /** Waits until it says that it runs, or has ended already. */
    ChildBus readyOrOver() {
        Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .pollInterval(Duration.ofMillis(50))
                .until(() -> out().contains("Ctrl-C stops the bus.") || !process.isAlive());
        return this;
    }

    /** Waits until it says that it runs. */
    ChildBus ready() {
        Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .pollInterval(Duration.ofMillis(50))
                .until(() -> out().contains("Ctrl-C stops the bus.") || !process.isAlive());
        if (!process.isAlive()) {
            throw new AssertionError("the bus did not start: " + err());
        }
        Matcher port = PORT.matcher(out());
        while (port.find()) {
            int number = Integer.parseInt(port.group(2));
            if (port.group(1).equals("data")) {
                dataPort = number;
            } else {
                managementPort = number;
            }
        }
        return this;
    }

    int dataPort() {
        return dataPort;
    }

    int managementPort() {
        return managementPort;
    }

    URI uri(String path) {
        return URI.create("http://127.0.0.1:" + dataPort + path);
    }

    Process process() {
        return process;
    }

    String out() {
        return read(out);
    }

    String err() {
        return read(err);
    }

    /** SIGKILL. */
    void kill() {
        process.destroyForcibly();
        exit(Duration.ofSeconds(30));
    }

    /** SIGTERM, as Ctrl-C or a service manager does it; gives back the exit status. */
    int stop() {
        process.destroy();
        return exit(Duration.ofSeconds(60));
    }

    /** Waits for its end, and gives back the exit status. */
    int exit(Duration longest) {
        try {
            if (!process.waitFor(longest.toMillis(), TimeUnit.MILLISECONDS)) {
                process.destroyForcibly();
                throw new AssertionError("still running after " + longest + ": " + out() + err());
            }
            return process.exitValue();
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(stopped);
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    @Override
    public void close() {
        if (process.isAlive()) {
            kill();
        }
    }
}
