package vn.lgsp.record;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** The store's specification on a real PostgreSQL. */
class RecordPostgresIT extends RecordStoreSpecification {
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
                var statement = connection.createStatement()) {
            statement.execute("create database \"" + name + "\"");
        } catch (java.sql.SQLException failed) {
            throw new IOException(failed);
        }
        return postgres.orElseThrow().getJdbcUrl("postgres", name);
    }
}
