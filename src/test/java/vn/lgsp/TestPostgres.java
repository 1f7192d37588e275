package vn.lgsp;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.SQLException;

/**
 * A real PostgreSQL for all tests of this process that do it no harm: it starts when the first asks for it, and ends with the process.
 * Each test has databases of its own in it.
 */
public final class TestPostgres {
    private static final class Running {
        private static final EmbeddedPostgres ONE = start();

        private static EmbeddedPostgres start() {
            try {
                return EmbeddedPostgres.start();
            } catch (IOException failed) {
                throw new UncheckedIOException(failed);
            }
        }
    }

    private TestPostgres() {}

    /** Makes a database of this name; gives back its JDBC address. */
    public static String database(String name) {
        run("create database \"" + name + "\"");
        return Running.ONE.getJdbcUrl("postgres", name);
    }

    /** Runs a statement as the administrator. */
    public static void run(String statement) {
        try (var connection = Running.ONE.getPostgresDatabase().getConnection();
                var run = connection.createStatement()) {
            run.execute(statement);
        } catch (SQLException failed) {
            throw new IllegalStateException(failed);
        }
    }

    public static int port() {
        return Running.ONE.getPort();
    }
}
