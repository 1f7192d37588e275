package vn.lgsp.mailbox;

import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

final class MailboxRowsH2Test extends MailboxRowsSpecification {
    private final Path folder;

    MailboxRowsH2Test(@TempDir Path folder) {
        this.folder = folder;
    }

    @Override
    protected String address(String name) {
        return "jdbc:h2:file:" + folder.resolve(name);
    }
}
