package vn.lgsp.database;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.h2.mvstore.MVStore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The file of H2 that a killed process left behind.
 *
 * <p>H2 2.5.252 (and 2.3.232) writes where its newest chunk lies before it has noted which one that is. Where the chunk lies neither
 * behind the one before it nor at the end of the file, as it does once space is used again, the head of the file therefore names the one
 * before, and the next start does not find the newest: up to some 20 commits are lost, though every byte of them is in the file. In
 * recovery mode H2 looks for it in the whole file. That reads the head of every block, so it is done only when the file was not closed.
 */
final class KilledFile {
    private static final Logger LOG = LoggerFactory.getLogger(KilledFile.class);

    private static final String URL = "jdbc:h2:file:";
    private static final int HEAD = 4096;
    /** What mending, and the first writes after it, take. */
    private static final long ROOM = 16L << 20;
    /** What H2 writes into the head of a file when it closes it. */
    private static final String CLOSED = ",clean:1,";

    private KilledFile() {}

    /** Has the head of the file name its newest chunk, if there is such a file and it was not closed. */
    static void mend(String url) throws IOException {
        if (!url.startsWith(URL)) {
            return;
        }
        Path file = Path.of(url.substring(URL.length()).replaceAll(";.*", "") + ".mv.db");
        if (!Files.exists(file) || isClosed(file)) {
            return;
        }
        if (Files.getFileStore(file).getUsableSpace() < ROOM) {
            // H2 would fail while it writes, and keep the file locked for the life of this process
            throw new IOException("the disk of the database is full: it is opened when there is room again");
        }
        long begun = System.nanoTime();
        MVStore store = new MVStore.Builder()
                .fileName(file.toString())
                .recoveryMode()
                .autoCommitDisabled()
                .open();
        try {
            store.close(0); // without compaction, which would need to know what the maps hold
        } catch (RuntimeException failed) {
            store.closeImmediately();
            throw failed;
        }
        LOG.atInfo()
                .addKeyValue("event", "database.mended")
                .addKeyValue("duration-ms", (System.nanoTime() - begun) / 1_000_000)
                .log("the database was not closed; its newest commit was looked for");
    }

    private static boolean isClosed(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            return new String(in.readNBytes(HEAD), StandardCharsets.ISO_8859_1).contains(CLOSED);
        }
    }
}
