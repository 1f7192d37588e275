package vn.lgsp.hub;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What the axis has taken and was told, one JSON object a line, so that a hub that is killed goes on where it was. A line is with the system
 * when {@link #write} returns: it outlives the process, not the machine. What a kill cut off is dropped. At the start it becomes as short as what
 * it says: the shorter one is written aside and is on the disk before it takes the name of the other, so a kill leaves one of them whole.
 */
final class AxisJournal implements AutoCloseable {
    /** The name of its file. */
    static final String FILE = "axis.jsonl";

    private static final String ASIDE = FILE + ".new";
    private static final String LOCK = "hub.lock";

    private final Path folder;
    private final FileChannel lock;
    private FileChannel file;
    private final List<ObjectNode> before = new ArrayList<>();

    private AxisJournal(Path folder, FileChannel file, FileChannel lock) {
        this.folder = folder;
        this.file = file;
        this.lock = lock;
    }

    /** @throws IllegalStateException when the folder cannot be written, holds something else, or is another hub's */
    static AxisJournal open(Path folder) {
        try {
            Files.createDirectories(folder);
            FileChannel lock = locked(folder);
            Path path = folder.resolve(FILE);
            FileChannel file = FileChannel.open(
                    path, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
            AxisJournal journal = new AxisJournal(folder, file, lock);
            file.truncate(journal.read(Files.readAllBytes(path)));
            file.position(file.size());
            return journal;
        } catch (IOException failed) {
            throw new IllegalStateException("the hub cannot keep its documents below " + folder, failed);
        }
    }

    /** Two hubs that write one file would each lose what the other wrote; a kill frees the lock. */
    private static FileChannel locked(Path folder) throws IOException {
        FileChannel lock = FileChannel.open(folder.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        try {
            if (lock.tryLock() != null) {
                return lock;
            }
        } catch (OverlappingFileLockException ours) {
            // the same, of this process
        }
        lock.close();
        throw new IllegalStateException("another hub keeps its documents below " + folder);
    }

    /** @return where the last whole line ends */
    private long read(byte[] all) {
        int begin = 0;
        for (int i = 0; i < all.length; i++) {
            if (all[i] == '\n') {
                byte[] line = java.util.Arrays.copyOfRange(all, begin, i);
                Optional<ObjectNode> event = Json.object(line);
                before.add(event.orElseThrow(
                        () -> new IllegalStateException("the hub cannot read what it has kept in " + FILE)));
                begin = i + 1;
            }
        }
        return begin;
    }

    /** What earlier lives wrote, in order; once. */
    List<ObjectNode> takeBefore() {
        List<ObjectNode> all = List.copyOf(before);
        before.clear();
        return all;
    }

    void write(ObjectNode event) {
        try {
            write(file, event);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private static void write(FileChannel to, ObjectNode event) throws IOException {
        byte[] text = Json.bytes(event);
        ByteBuffer line =
                ByteBuffer.allocate(text.length + 1).put(text).put((byte) '\n').flip();
        while (line.hasRemaining()) {
            to.write(line);
        }
    }

    /** Says only this from now on. */
    void compact(List<ObjectNode> events) {
        Path aside = folder.resolve(ASIDE);
        try {
            FileChannel shorter = FileChannel.open(
                    aside,
                    StandardOpenOption.CREATE,
                    StandardOpenOption.TRUNCATE_EXISTING,
                    StandardOpenOption.READ,
                    StandardOpenOption.WRITE);
            for (ObjectNode event : events) {
                write(shorter, event);
            }
            shorter.force(true);
            Files.move(
                    aside, folder.resolve(FILE), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            file.close();
            file = shorter;
        } catch (IOException failed) {
            throw new IllegalStateException("the hub cannot keep its documents below " + folder, failed);
        }
    }

    /** Forgets all of it. */
    void clear() {
        try {
            file.truncate(0);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    @Override
    public void close() {
        try {
            file.close();
            lock.close();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }
}
