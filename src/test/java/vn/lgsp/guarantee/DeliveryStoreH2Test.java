package vn.lgsp.guarantee;

import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

/** The store's specification on the embedded database. */
class DeliveryStoreH2Test extends DeliveryStoreSpecification {
    private final Path folder;

    DeliveryStoreH2Test(@TempDir Path folder) {
        this.folder = folder;
    }

    @Override
    protected String address(String name) {
        return "jdbc:h2:file:" + folder.resolve(name).toAbsolutePath();
    }
}
