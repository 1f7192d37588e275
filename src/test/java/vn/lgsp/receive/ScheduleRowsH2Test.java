package vn.lgsp.receive;

import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

final class ScheduleRowsH2Test extends ScheduleRowsSpecification {
    @TempDir
    private Path folder;

    @Override
    String address(String name) {
        return "jdbc:h2:file:" + folder.resolve(name);
    }
}
