package vn.lgsp;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * How tests start a further process of the Java that they run on, with their own class path. Where the jar is built it goes with the
 * start cache that {@code ./lgsp build} makes: a bus starts in two thirds of the time.
 */
public final class ChildJava {
    private static final Path JAR = Path.of("target/lgsp.jar").toAbsolutePath();

    private ChildJava() {}

    /** The command line up to the main class, which is its last word; its arguments go behind. */
    public static List<String> line(Class<?> main, String... options) {
        return line(main, List.of(options));
    }

    /** As {@link #line(Class, String...)}. */
    public static List<String> line(Class<?> main, List<String> options) {
        List<String> line = new ArrayList<>();
        line.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        line.addAll(List.of("-Dfile.encoding=UTF-8", "-Dstdout.encoding=UTF-8", "-XX:TieredStopAtLevel=1"));
        String classPath = System.getProperty("java.class.path");
        List<String> entries = Arrays.asList(classPath.split(File.pathSeparator, -1));
        if (entries.contains(JAR.toString())
                && System.getProperty("java.version").startsWith("17.")) {
            Optional<Path> cache = cache();
            if (cache.isPresent()) {
                line.addAll(List.of("-XX:SharedArchiveFile=" + cache.get(), "-Xlog:cds*=off", "-Xlog:class+path=off"));
                // The cache is of the jar and what its manifest names; the rest comes behind.
                List<String> behind = new ArrayList<>(List.of(JAR.toString()));
                entries.stream().filter(entry -> !entry.equals(JAR.toString())).forEach(behind::add);
                classPath = String.join(File.pathSeparator, behind);
            }
        }
        line.addAll(options);
        line.addAll(List.of("-cp", classPath, main.getName()));
        return line;
    }

    /** The cache; whoever asks first makes it, and others go without it meanwhile. */
    private static Optional<Path> cache() {
        try (FileChannel file = FileChannel.open(
                        Path.of("target/start-cache.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                FileLock lock = file.tryLock()) {
            if (lock == null) {
                return Optional.empty();
            }
            Optional<Path> made = made();
            if (made.isEmpty()) {
                ProcessBuilder build = new ProcessBuilder("./lgsp", "build")
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD);
                build.environment().put("LGSP_JAVA_HOME", System.getProperty("java.home"));
                build.start().waitFor(3, TimeUnit.MINUTES);
                made = made();
            }
            return made;
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }

    private static Optional<Path> made() throws IOException {
        try (DirectoryStream<Path> caches = Files.newDirectoryStream(Path.of("target"), "lgsp-*.cache")) {
            for (Path cache : caches) {
                return Optional.of(cache.toAbsolutePath());
            }
            return Optional.empty();
        }
    }
}
