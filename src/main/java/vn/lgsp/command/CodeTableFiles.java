package vn.lgsp.command;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import vn.lgsp.catalogue.CodeTable;
import vn.lgsp.source.Nearest;
import vn.lgsp.source.SourceFile;
import vn.lgsp.unit.Unit;

/** The tables of codes in a home. */
final class CodeTableFiles {
    private static final String FOLDER = "transforms/_codes/";
    private static final String SUFFIX = ".codes.yaml";
    private static final List<String> PARTS = List.of("routes", "transforms", "connectors");

    private final Path home;

    CodeTableFiles(Path home) {
        this.home = home;
    }

    /**
     * One table.
     *
     * @param told its name below the home
     * @param text as it was read
     */
    record Known(String told, Path path, String text, CodeTable table) {
        /** The services that use it. */
        List<Unit> users(Path home) {
            return Unit.find(home).units().stream()
                    .filter(unit -> unit.files().containsKey(told))
                    .toList();
        }
    }

    /** All, by name. */
    List<Known> all() throws IOException {
        Path folder = home.resolve(FOLDER);
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> String.valueOf(file.getFileName()))
                    .filter(name -> name.endsWith(SUFFIX))
                    .map(name -> name.substring(0, name.length() - SUFFIX.length()))
                    .sorted()
                    .map(this::read)
                    .toList();
        }
    }

    /** @throws IllegalArgumentException when there is none of this name */
    Known one(String name) throws IOException {
        List<String> names = all().stream().map(known -> known.table().name()).toList();
        if (!names.contains(name)) {
            throw new IllegalArgumentException("there is no table " + FOLDER + name + SUFFIX + " below "
                    + home.toAbsolutePath().normalize()
                    + Nearest.of(name, names)
                            .map(near -> "; did you mean " + near + "?")
                            .orElse(""));
        }
        return read(name);
    }

    private Known read(String name) {
        String told = FOLDER + name + SUFFIX;
        Path path = home.resolve(told);
        String text = SourceFile.text(told, path);
        return new Known(told, path, text, CodeTable.read(told, name, text));
    }

    /** Replaces a file at once: nobody reads half of it. */
    static void write(Path path, String text) throws IOException {
        Path beside = Files.createTempFile(path.resolveSibling(""), "." + path.getFileName(), ".new");
        try {
            Files.writeString(beside, text);
            keepAccess(path, beside);
            Files.move(beside, path, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(beside);
        }
    }

    private static void keepAccess(Path from, Path to) throws IOException {
        try {
            Files.setPosixFilePermissions(to, Files.getPosixFilePermissions(from));
        } catch (UnsupportedOperationException elsewhere) {
            // this file system has no such permissions
        }
    }

    /**
     * Tries a changed file in a copy of the home.
     *
     * @param trial is told the copy, which is gone afterwards
     */
    <T> T inCopy(Known known, String text, Trial<T> trial) throws IOException {
        Path copy = Files.createTempDirectory("lgsp-catalogue");
        try {
            for (String part : PARTS) {
                if (Files.isDirectory(home.resolve(part))) {
                    copy(home.resolve(part), copy.resolve(part));
                }
            }
            Files.writeString(copy.resolve(known.told()), text);
            return trial.in(copy);
        } finally {
            try (Stream<Path> files = Files.walk(copy)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        }
    }

    /** What is done with a copy. */
    interface Trial<T> {
        T in(Path copy) throws IOException;
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.toList()) {
                Path target = to.resolve(from.relativize(file).toString());
                if (Files.isDirectory(file)) {
                    Files.createDirectories(target);
                } else {
                    Files.copy(file, target);
                }
            }
        }
    }
}
