package vn.lgsp.command;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** A copy of the sample city's files, in which a test may do what it likes. */
record Home(Path folder) {

    static Home in(Path folder) throws IOException {
        for (String part : List.of("routes", "transforms", "connectors")) {
            try (Stream<Path> files = Files.walk(Path.of(part))) {
                for (Path file : files.filter(Files::isRegularFile).toList()) {
                    Path copy = folder.resolve(file);
                    Files.createDirectories(copy.resolveSibling(""));
                    Files.copy(file, copy);
                }
            }
        }
        return new Home(folder);
    }

    /** Runs a command on this home. */
    Called lgsp(String... arguments) {
        List<String> all = new ArrayList<>(List.of(arguments));
        all.add("--home=" + folder);
        return Called.lgsp(all.toArray(String[]::new));
    }

    String read(String file) {
        try {
            return Files.readString(folder.resolve(file));
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    void write(String file, String text) {
        try {
            Files.createDirectories(folder.resolve(file).resolveSibling(""));
            Files.writeString(folder.resolve(file), text);
        } catch (IOException unwritable) {
            throw new UncheckedIOException(unwritable);
        }
    }

    void edit(String file, String from, String to) {
        String text = read(file);
        if (!text.contains(from)) {
            throw new IllegalArgumentException(file + " does not hold " + from);
        }
        write(file, text.replace(from, to));
    }
}
