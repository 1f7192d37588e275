package vn.lgsp.mailbox;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.sql.SQLException;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

final class MailboxRowsPostgresIT extends MailboxRowsSpecification {
    private static Optional<EmbeddedPostgres> postgres = Optional.empty();

    @BeforeAll
    static void start() throws IOException {
        postgres = Optional.of(EmbeddedPostgres.start());
    }

    @AfterAll
    static void stop() throws IOException {
        postgres.orElseThrow().close();
    }

    @Override
    String address(String name) throws IOException {
        try (var connection = postgres.orElseThrow().getPostgresDatabase().getConnection();
                var run = connection.createStatement()) {
            run.execute("create database \"" + name + "\"");
        } catch (SQLException failed) {
            throw new IOException(failed);
        }
        return postgres.orElseThrow().getJdbcUrl("postgres", name);
    }
}
