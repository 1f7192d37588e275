package vn.lgsp.runtime;

import java.io.IOException;
import java.io.Reader;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The settings as they were given: a properties file, over it the environment ({@code LGSP_DATA_PORT}), over it system
 * properties ({@code -Dlgsp.data-port}). A wrong value stops the start, naming the property; so does a name that nothing reads.
 */
public final class Configuration {
    private static final String PREFIX = "lgsp.";
    private static final String FILE = "file:";
    private static final Pattern DURATION = Pattern.compile("([0-9]{1,9})(ms|s|m|h)");
    private static final Pattern SIZE = Pattern.compile("([0-9]{1,9})(B|KB|MB|GB)");

    private final Properties given = new Properties();
    private final Map<String, String> chosen;
    private final boolean ofProcess;
    private final TreeSet<String> asked = new TreeSet<>();

    private Configuration(boolean ofProcess, Map<String, String> chosen) {
        this.chosen = Map.copyOf(chosen);
        this.ofProcess = ofProcess;
    }

    /** The settings of this process: {@code file} if there is one, then the environment, then system properties. */
    public static Configuration ofProcess(Optional<Path> file) {
        return ofProcess(file, Map.of());
    }

    /**
     * The same, under what the command line says.
     *
     * @param chosen settings by name, over all others
     */
    public static Configuration ofProcess(Optional<Path> file, Map<String, String> chosen) {
        Configuration configuration = new Configuration(true, chosen);
        file.ifPresent(configuration::load);
        return configuration;
    }

    /** These settings and no others, for tests and tools. */
    public static Configuration of(Map<String, String> settings) {
        Configuration configuration = new Configuration(false, Map.of());
        configuration.given.putAll(settings);
        return configuration;
    }

    private void load(Path file) {
        try (Reader reader = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
            given.load(reader);
        } catch (IOException unreadable) {
            throw new IllegalArgumentException("the settings file " + file + " cannot be read", unreadable);
        }
    }

    Optional<String> text(String name) {
        asked.add(name);
        Optional<String> written = Optional.ofNullable(given.getProperty(name));
        if (!ofProcess) {
            return written;
        }
        // Asked by name: LGSP_DATA_PORT alone does not tell which of its lines was a dot.
        String variable = name.replace('.', '_').replace('-', '_').toUpperCase(Locale.ROOT);
        return Optional.ofNullable(chosen.get(name))
                .or(() -> Optional.ofNullable(System.getProperty(name)))
                .or(() -> Optional.ofNullable(System.getenv(variable)))
                .or(() -> written);
    }

    String text(String name, String otherwise) {
        return text(name).orElse(otherwise);
    }

    /** A secret: written as {@code file:path} it is what stands in that file; that keeps it out of properties and environment. */
    String secret(String name, String otherwise) {
        String written = text(name, otherwise);
        if (!written.startsWith(FILE)) {
            return written;
        }
        try {
            return Files.readString(Path.of(written.substring(FILE.length()))).strip();
        } catch (IOException unreadable) {
            throw new IllegalArgumentException(
                    name + " names a file that cannot be read: mend the path, or the rights of the file", unreadable);
        }
    }

    Path path(String name, Path otherwise) {
        return text(name).map(Path::of).orElse(otherwise);
    }

    Optional<URI> address(String name) {
        return read(
                name,
                "an address such as https://lgsp.example.vn",
                Optional.empty(),
                text -> Optional.of(URI.create(text)));
    }

    boolean flag(String name, boolean otherwise) {
        return read(name, "true or false", otherwise, text -> switch (text) {
            case "true" -> true;
            case "false" -> false;
            default -> throw new IllegalArgumentException(text);
        });
    }

    public int number(String name, int otherwise) {
        return read(name, "a whole number", otherwise, Integer::valueOf);
    }

    Duration duration(String name, Duration otherwise) {
        return read(name, "a number and ms, s, m or h, such as 30s", otherwise, text -> {
            Matcher matcher = DURATION.matcher(text);
            if (!matcher.matches()) {
                throw new IllegalArgumentException(text);
            }
            long count = Long.parseLong(matcher.group(1));
            return switch (matcher.group(2)) {
                case "ms" -> Duration.ofMillis(count);
                case "s" -> Duration.ofSeconds(count);
                case "m" -> Duration.ofMinutes(count);
                default -> Duration.ofHours(count);
            };
        });
    }

    /** In bytes; 1 KB is 1,024 of them. */
    long size(String name, long otherwise) {
        return read(name, "a number and B, KB, MB or GB, such as 50MB", otherwise, text -> {
            Matcher matcher = SIZE.matcher(text);
            if (!matcher.matches()) {
                throw new IllegalArgumentException(text);
            }
            int power =
                    switch (matcher.group(2)) {
                        case "B" -> 0;
                        case "KB" -> 10;
                        case "MB" -> 20;
                        default -> 30;
                    };
            return Long.parseLong(matcher.group(1)) << power;
        });
    }

    private <T> T read(String name, String remedy, T otherwise, Function<String, T> reader) {
        Optional<String> written = text(name);
        if (written.isEmpty()) {
            return otherwise;
        }
        try {
            return reader.apply(written.get().strip());
        } catch (IllegalArgumentException wrong) {
            throw new IllegalArgumentException(name + " is '" + written.get() + "': write " + remedy, wrong);
        }
    }

    /**
     * Call it when everything has been asked for.
     *
     * @throws IllegalArgumentException when a setting was given that nothing asked for: a slip of the pen, say
     */
    void refuseUnknown() {
        TreeSet<String> names = new TreeSet<>(given.stringPropertyNames());
        if (ofProcess) {
            names.addAll(System.getProperties().stringPropertyNames());
        }
        for (String name : names) {
            if (name.startsWith(PREFIX) && !asked.contains(name)) {
                String nearest = asked.stream()
                        .min(Comparator.comparingInt(known -> distance(known, name)))
                        .orElse("");
                throw new IllegalArgumentException("there is no setting " + name + ": did you mean " + nearest
                        + "? docs/reference/configuration.md lists them all");
            }
        }
    }

    /** Names of all settings that were asked for; a test holds them against the documented ones. */
    java.util.Set<String> asked() {
        return java.util.Set.copyOf(asked);
    }

    private static int distance(String left, String right) {
        int[] row = new int[right.length() + 1];
        for (int j = 0; j <= right.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= left.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= right.length(); j++) {
                int above = row[j];
                int change = left.charAt(i - 1) == right.charAt(j - 1) ? 0 : 1;
                row[j] = Math.min(Math.min(row[j] + 1, row[j - 1] + 1), diagonal + change);
                diagonal = above;
            }
        }
        return row[right.length()];
    }
}
