package vn.lgsp.mailbox;

import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

final class MailboxRowsH2Test extends MailboxRowsSpecification {
    @TempDir
    private Path folder;

    @Override
    String address(String name) {
        return "jdbc:h2:file:" + folder.resolve(name);
    }
}
