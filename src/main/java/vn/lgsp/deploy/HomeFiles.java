package vn.lgsp.deploy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The files of a home, looked at from time to time: what has changed since the last look by size, time or identity. It asks no
 * operating system to tell, so that edits over a network and from outside a container are seen as well. In a house of 100,000 files a
 * look takes a while, and so there are fewer.
 */
final class HomeFiles {
    private static final List<String> FOLDERS = List.of("routes", "transforms", "connectors");
    private static final Path WAY = Path.of("routes", "_way");

    private record Stamp(long size, long modified, @Nullable Object identity) {}

    /** Looking takes at most this part of the time while nothing changes. */
    private static final int MOST = 10;

    private final Path home;
    private final Optional<Path> registry;
    private Map<Path, Stamp> seen = Map.of();
    private long due = System.nanoTime();
    private final Set<Path> unread = new HashSet<>();

    /** @param registry the file of the registry, if it is one */
    HomeFiles(Path home, Optional<Path> registry) {
        this.home = home;
        this.registry = registry;
        this.seen = look();
    }

    /** Whether it is time for another look. What has changed is looked at again at once, so that it is not kept waiting. */
    boolean isDue() {
        return !unread.isEmpty() || System.nanoTime() - due >= 0;
    }

    /**
     * Looks once.
     *
     * @return what has changed since it was last given back, if nothing changed since the last look any more: a file that is still being
     *     written is not read
     */
    Set<Path> changed() {
        Map<Path, Stamp> now = look();
        Set<Path> differing = new HashSet<>();
        now.forEach((file, stamp) -> {
            if (!stamp.equals(seen.get(file))) {
                differing.add(file);
            }
        });
        seen.keySet().stream().filter(file -> !now.containsKey(file)).forEach(differing::add);
        seen = now;
        unread.addAll(differing);
        if (!differing.isEmpty() || unread.isEmpty()) {
            return Set.of();
        }
        return all();
    }

    /** What has changed since it was last given back, whether it is still being written or not. */
    Set<Path> all() {
        Set<Path> changed = Set.copyOf(unread);
        unread.clear();
        return changed;
    }

    private Map<Path, Stamp> look() {
        long begun = System.nanoTime();
        Map<Path, Stamp> found = new HashMap<>(Math.max(16, seen.size() * 2));
        FOLDERS.forEach(folder -> walk(home.resolve(folder), found));
        registry.ifPresent(file -> walk(file, found));
        long ended = System.nanoTime();
        due = ended + (ended - begun) * (MOST - 1);
        return found;
    }

    private void walk(Path folder, Map<Path, Stamp> found) {
        if (!Files.exists(folder)) {
            return;
        }
        try {
            Files.walkFileTree(folder, EnumSet.of(FileVisitOption.FOLLOW_LINKS), 32, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult preVisitDirectory(Path path, BasicFileAttributes attributes) {
                    return path.equals(home.resolve(WAY)) ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult visitFile(Path path, BasicFileAttributes attributes) {
                    found.put(
                            path,
                            new Stamp(
                                    attributes.size(),
                                    attributes.lastModifiedTime().to(java.util.concurrent.TimeUnit.NANOSECONDS),
                                    attributes.fileKey()));
                    return FileVisitResult.CONTINUE;
                }

                /** It went away meanwhile, or a link leads in a circle: it is not there. */
                @Override
                public FileVisitResult visitFileFailed(Path path, IOException gone) {
                    return FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult postVisitDirectory(Path path, @Nullable IOException gone) {
                    return FileVisitResult.CONTINUE;
                }
            });
        } catch (IOException unreadable) {
            throw new UncheckedIOException("the folder " + folder + " cannot be read", unreadable);
        }
    }

    boolean isRegistry(Path file) {
        return Objects.equals(registry.orElse(null), file);
    }
}
