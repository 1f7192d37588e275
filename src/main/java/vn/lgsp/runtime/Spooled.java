package vn.lgsp.runtime;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** What a killed process left in the spool: noise, for its keys were in memory only. */
final class Spooled {
    private Spooled() {}

    /** Deletes it; call it while the data folder is locked and before anything is spooled. */
    static void forget(Path folder) {
        if (!Files.isDirectory(folder)) {
            return;
        }
        try (Stream<Path> files = Files.list(folder)) {
            List<Path> left = files.filter(Files::isRegularFile).toList();
            for (Path file : left) {
                Files.delete(file);
            }
        } catch (IOException stuck) {
            throw new UncheckedIOException("the spool " + folder + " cannot be emptied", stuck);
        }
    }
}
