package vn.lgsp.record;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/**
 * Keeps two instances from sharing one data folder: whoever holds the lock owns journal, database and spool in it.
 *
 * <p>The operating system gives the lock back when the process ends, however it ends.
 */
public final class DataFolderLock implements AutoCloseable {
    private final FileChannel channel;

    private DataFolderLock(FileChannel channel) {
        this.channel = channel;
    }

    /**
     * Takes the lock {@code lock} in {@code folder}, and makes the folder where it is missing.
     *
     * @throws IllegalStateException in one line for people, when another instance holds it
     */
    public static DataFolderLock take(Path folder) {
        try {
            Files.createDirectories(folder);
            FileChannel channel =
                    FileChannel.open(folder.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            if (tryLock(channel) == null) {
                channel.close();
                throw new IllegalStateException("the data folder " + folder
                        + " is in use by another instance: stop that one, or give this one a folder of its own");
            }
            return new DataFolderLock(channel);
        } catch (IOException failed) {
            throw new UncheckedIOException(
                    "the data folder " + folder + " cannot be used: " + failed.getMessage(), failed);
        }
    }

    private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException heldByThisProcess) {
            return null;
        }
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }
}
