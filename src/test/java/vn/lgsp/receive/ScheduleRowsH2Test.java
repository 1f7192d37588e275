package vn.lgsp.receive;

import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

final class ScheduleRowsH2Test extends ScheduleRowsSpecification {
    private final Path folder;

    ScheduleRowsH2Test(@TempDir Path folder) {
        this.folder = folder;
    }

    @Override
    protected String address(String name) {
        return "jdbc:h2:file:" + folder.resolve(name);
    }
}
