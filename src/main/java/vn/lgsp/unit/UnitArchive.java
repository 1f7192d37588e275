package vn.lgsp.unit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import vn.lgsp.message.ServiceKey;
import vn.lgsp.message.UnitKey;

/**
 * Copies of the files of every revision, {@code <service>-v<n>~<digest>/routes/…}, {@code …/transforms/…} and {@code
 * …/connectors/…}. A revision is built
 * from its copy and from nothing else: so an edit changes no revision that is in force, and one that deliveries still wait for can
 * be built again after any edit (BUS-09).
 *
 * <p>A copy is used only when its digest is right. That of a guaranteed service is durable before it is used; another one that a
 * power failure damaged is made again from the service's own files, so that its start does not wait for the disk.
 */
public final class UnitArchive {
    /** What the name of a folder begins with that is not whole: those of services begin with a letter. */
    private static final String UNFINISHED = ".unfinished-";

    /** Its name below the data folder, and in the addresses of mappings. */
    public static final String FOLDER = "units";

    private final Path folder;

    /** @param folder the one that mappings are read from, named {@value #FOLDER} */
    public UnitArchive(Path folder) throws IOException {
        this.folder = folder;
        Files.createDirectories(folder);
        try (Stream<Path> copies = Files.list(folder)) {
            for (Path copy : copies.filter(path -> path.getFileName().toString().startsWith(UNFINISHED))
                    .toList()) {
                delete(copy);
            }
        }
    }

    /**
     * Keeps a copy, if there is none yet. Copies of several units may be made at a time.
     *
     * @return the copy
     * @throws IllegalArgumentException when a file changed while it was copied
     */
    public Unit keep(Unit unit) throws IOException {
        Path home = home(unit.key());
        if (Files.isDirectory(home)) {
            try {
                return read(unit.key());
            } catch (IllegalArgumentException altered) {
                delete(home);
            }
        }
        Path unfinished = folder.resolve(UNFINISHED + unit.key().folder());
        delete(unfinished);
        for (Map.Entry<String, Path> file : unit.files().entrySet()) {
            Path copy = unfinished.resolve(file.getKey());
            Files.createDirectories(copy.resolveSibling(""));
            Files.write(copy, Files.readAllBytes(file.getValue()));
        }
        boolean durable = !unit.destinations().isEmpty();
        if (durable) {
            syncAll(unfinished);
        }
        if (whole(unfinished).filter(copy -> copy.key().equals(unit.key())).isEmpty()) {
            delete(unfinished);
            throw new IllegalArgumentException("a file of the service changed while it was read: start again");
        }
        Files.move(unfinished, home, StandardCopyOption.ATOMIC_MOVE);
        if (durable) {
            sync(folder);
        }
        return read(unit.key());
    }

    /**
     * The copy of this revision.
     *
     * @throws IllegalArgumentException saying why it cannot be used
     */
    public Unit read(UnitKey key) {
        Path home = home(key);
        if (!Files.isDirectory(home)) {
            throw new IllegalArgumentException("no copy of its files is kept");
        }
        return whole(home)
                .filter(copy -> copy.key().equals(key))
                .orElseThrow(() -> new IllegalArgumentException("the copy of its files was altered"));
    }

    /** All revisions of which a copy is kept. */
    public Set<UnitKey> all() throws IOException {
        try (Stream<Path> copies = Files.list(folder)) {
            return copies.flatMap(copy -> whole(copy).stream()).map(Unit::key).collect(Collectors.toUnmodifiableSet());
        }
    }

    /** The revisions of this service of which a copy is kept, the newest copy first. */
    public List<UnitKey> of(ServiceKey service) throws IOException {
        String name = service.id() + "-v" + service.version() + "~";
        try (Stream<Path> copies = Files.list(folder)) {
            Map<UnitKey, FileTime> made = new HashMap<>();
            for (Path copy : copies.filter(path -> path.getFileName().toString().startsWith(name))
                    .toList()) {
                Optional<Unit> whole = whole(copy);
                if (whole.isPresent()) {
                    made.put(whole.get().key(), Files.getLastModifiedTime(copy));
                }
            }
            return made.entrySet().stream()
                    .sorted(Map.Entry.<UnitKey, FileTime>comparingByValue()
                            .reversed()
                            .thenComparing(copy -> copy.getKey().digest()))
                    .map(Map.Entry::getKey)
                    .toList();
        }
    }

    /**
     * Whether there is a copy of a guaranteed service: it is kept as long as a delivery may wait for it, also when no card of the house
     * is guaranteed any more.
     */
    public boolean holdsGuaranteed() throws IOException {
        try (Stream<Path> copies = Files.list(folder)) {
            return copies.flatMap(copy -> whole(copy).stream())
                    .anyMatch(copy -> !copy.destinations().isEmpty());
        }
    }

    /** Deletes the copies that nobody needs. */
    public void deleteAllBut(Set<UnitKey> needed) throws IOException {
        Set<String> names = needed.stream().map(UnitKey::folder).collect(Collectors.toSet());
        try (Stream<Path> copies = Files.list(folder)) {
            for (Path copy : copies.filter(
                            path -> !names.contains(path.getFileName().toString()))
                    .toList()) {
                // first out of the way: half a copy must not look like one
                Path unfinished = folder.resolve(UNFINISHED + copy.getFileName());
                Files.move(copy, unfinished, StandardCopyOption.ATOMIC_MOVE);
                delete(unfinished);
            }
        }
    }

    /** The one service in a copy; empty when it is none. */
    private static Optional<Unit> whole(Path copy) {
        try {
            List<Unit> found = Unit.all(copy);
            return found.size() == 1 ? Optional.of(found.get(0)) : Optional.empty();
        } catch (IllegalArgumentException | UncheckedIOException broken) {
            return Optional.empty();
        }
    }

    /** Where the copy of this revision lies. */
    private Path home(UnitKey key) {
        return folder.resolve(key.folder());
    }

    private static void sync(Path path) throws IOException {
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    private static void syncAll(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.toList()) {
                sync(file);
            }
        }
    }

    private static void delete(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return;
        }
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
