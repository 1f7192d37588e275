package vn.lgsp.record;

import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

/** The store's specification on the embedded database. */
class RecordH2Test extends RecordStoreSpecification {
    private final Path folder;

    RecordH2Test(@TempDir Path folder) {
        this.folder = folder;
    }

    @Override
    String address(String name) {
        return "jdbc:h2:file:" + folder.resolve(name).toAbsolutePath();
    }
}
