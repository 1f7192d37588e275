package vn.lgsp.seal;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import vn.lgsp.failure.BusException;
import vn.lgsp.failure.ErrorCode;
import vn.lgsp.message.Range;

/**
 * The keys that open sealed content: one for every epoch, each in a file of its own, in a folder that no backup of the data
 * takes along. Whoever has all data but not the ring can read nothing (MSG-06).
 *
 * <p>An epoch ends after a set time of the monotonic clock, or with the process. Its number is that of the millisecond in which
 * it began, or the number after the highest one of the ring, whichever is more: so numbers only grow, whatever the clock of the
 * day does, and those of a ring that was lost are not given again. A key is on disk, with its folder, before it seals anything.
 *
 * <p>The folder has mode 0700, its files 0600, and one process at a time may use it.
 */
public final class KeyRing implements AutoCloseable {
    private static final Duration SHORTEST = Duration.ofMinutes(1);
    private static final Duration LONGEST = Duration.ofMinutes(15);

    private final Path folder;
    private final Duration length;
    private final Clock clock;
    private final LongSupplier nanos;
    private final FileChannel lock;
    private final SecureRandom random = new SecureRandom();
    private final ConcurrentSkipListMap<Long, AesKey> keys = new ConcurrentSkipListMap<>();

    private volatile @Nullable Current current;
    private boolean closed;

    private record Current(Epoch epoch, long endsNanos) {}

    private KeyRing(Path folder, Duration length, Clock clock, LongSupplier nanos, FileChannel lock) {
        this.folder = folder;
        this.length = length;
        this.clock = clock;
        this.nanos = nanos;
        this.lock = lock;
    }

    /**
     * Opens the ring in {@code folder}, which is made where it is missing, and reads every key in it.
     *
     * @param data the folder with everything else that the bus writes; the ring must not lie in it
     * @param length of an epoch, {@code lgsp.guarantee.epoch}; 1 to 15 minutes
     * @throws IllegalArgumentException naming the property, when the length is out of range or the folder is inside {@code data}
     * @throws IllegalStateException in one line for people, when another process holds the ring, others than its owner have
     *     rights at it, or a key file is not as it was written
     * @throws UncheckedIOException when the disk does not let the ring be read or written
     */
    public static KeyRing open(Path folder, Path data, Duration length, Clock clock) {
        return open(folder, data, length, clock, System::nanoTime);
    }

    static KeyRing open(Path folder, Path data, Duration length, Clock clock, LongSupplier nanos) {
        Range.within("lgsp.guarantee.epoch", length, SHORTEST, LONGEST);
        try {
            if (real(folder).startsWith(real(data))) {
                throw new IllegalArgumentException("lgsp.guarantee.key-ring is " + folder + ", inside the data folder "
                        + data + ": name a folder outside it, so that no backup of the data takes the keys along");
            }
            make(folder);
            KeyRing ring = new KeyRing(folder, length, clock, nanos, lock(folder));
            try {
                ring.read();
            } catch (IOException | RuntimeException broken) {
                ring.close();
                throw broken;
            }
            return ring;
        } catch (IOException failed) {
            throw new UncheckedIOException(
                    "the key ring " + folder + " cannot be used: " + failed.getMessage(), failed);
        }
    }

    /** The number of the epoch in which content is sealed now. */
    public long current() {
        return now().number();
    }

    /** Whether the ring holds the key of this epoch. */
    public boolean has(long epoch) {
        return keys.containsKey(epoch);
    }

    /** Those of the epochs in use whose key is not here: what was sealed in them can never be opened without the lost files. */
    public SortedSet<Long> missing(Set<Long> inUse) {
        SortedSet<Long> missing = new TreeSet<>(inUse);
        missing.removeIf(this::has);
        return missing;
    }

    /**
     * Deletes the keys that open nothing any more. The current epoch and the one before it stay: what was sealed in them may still
     * be on its way into the database, for as long as an epoch lasts at least.
     *
     * <p>Deleting a file does not yet erase it from the disk under it; that the keys of delivered messages cannot be recovered is
     * not promised here.
     *
     * @param inUse every epoch that a message not yet closed is sealed in
     * @return the epochs whose keys are gone
     * @throws UncheckedIOException when the disk refuses; what was not deleted can be deleted at the next call
     */
    public synchronized SortedSet<Long> destroyUnused(Set<Long> inUse) {
        SortedSet<Long> unused = new TreeSet<>(keys.keySet());
        unused.removeAll(inUse);
        unused.removeAll(keys.descendingKeySet().stream().limit(2).toList());
        try {
            for (long epoch : unused) {
                Files.deleteIfExists(KeyFile.in(folder, epoch));
                Optional.ofNullable(keys.remove(epoch)).ifPresent(AesKey::destroy);
            }
            if (!unused.isEmpty()) {
                KeyFile.sync(folder);
            }
        } catch (IOException failed) {
            throw new UncheckedIOException("a key in " + folder + " cannot be deleted: " + failed.getMessage(), failed);
        }
        return unused;
    }

    /** Forgets the keys in memory and lets another process have the ring. */
    @Override
    public synchronized void close() {
        closed = true;
        current = null;
        keys.values().forEach(AesKey::destroy);
        keys.clear();
        try {
            lock.close();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /** @throws BusException {@code guarantee-unavailable}, when a new epoch is due and its key cannot be written */
    Epoch now() {
        Current known = current;
        return known != null && nanos.getAsLong() - known.endsNanos() < 0 ? known.epoch() : begun();
    }

    Optional<AesKey> key(long epoch) {
        return Optional.ofNullable(keys.get(epoch));
    }

    private synchronized Epoch begun() {
        Current known = current;
        long now = nanos.getAsLong();
        if (known != null && now - known.endsNanos() < 0) {
            return known.epoch(); // another thread was faster
        }
        if (closed) {
            throw new BusException(
                    ErrorCode.GUARANTEE_UNAVAILABLE, "the bus is stopping: send the message again later");
        }
        long highest = keys.isEmpty() ? 0 : keys.lastKey();
        Epoch epoch = new Epoch(Math.max(highest + 1, clock.millis()), AesKey.random(random));
        try {
            new KeyFile(epoch.number(), clock.instant(), epoch.key()).write(folder);
        } catch (IOException failed) {
            epoch.key().destroy();
            throw new BusException(
                    ErrorCode.GUARANTEE_UNAVAILABLE,
                    "no key can be stored to seal the message with: send it again later",
                    failed);
        }
        keys.put(epoch.number(), epoch.key());
        current = new Current(epoch, now + length.toNanos());
        return epoch;
    }

    private void read() throws IOException {
        List<Path> files;
        try (Stream<Path> found = Files.list(folder)) {
            files = found.toList();
        }
        for (Path file : files) {
            if (KeyFile.isUnfinished(file)) {
                Files.delete(file);
            } else if (KeyFile.epochOf(file).isPresent()) {
                KeyFile known = KeyFile.read(file);
                keys.put(known.epoch(), known.key());
            }
        }
    }

    private static void make(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            Path parent = folder.toAbsolutePath().getParent();
            if (parent != null) {
                Files.createDirectories(parent);
            }
            Files.createDirectory(
                    folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        }
        KeyFile.refuseOpenToOthers(folder, "700");
    }

    private static FileChannel lock(Path folder) throws IOException {
        FileChannel channel = FileChannel.open(
                folder.resolve("lock"),
                Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        if (tryLock(channel) == null) {
            channel.close();
            throw new IllegalStateException("the key ring " + folder
                    + " is in use by another instance: stop that one, or give this one a ring of its own");
        }
        return channel;
    }

    private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException heldByThisProcess) {
            return null;
        }
    }

    /** The path without links and dots, as far as it exists already. */
    private static Path real(Path path) throws IOException {
        Path whole = path.toAbsolutePath().normalize();
        for (Path there = whole; there != null; there = there.getParent()) {
            if (Files.exists(there)) {
                return there.toRealPath().resolve(there.relativize(whole));
            }
        }
        return whole;
    }
}
