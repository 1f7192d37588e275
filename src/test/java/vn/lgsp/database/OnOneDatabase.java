package vn.lgsp.database;

import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.TestInstance;

/** The cases of a store that share one database, because its tables take longer to make than a case; each finds its own ones empty. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
public abstract class OnOneDatabase {
    private final List<String> tables;
    private Optional<Database> made = Optional.empty();

    /** @param tables those that the cases write to; what refers to their rows goes with them */
    protected OnOneDatabase(String... tables) {
        this.tables = List.of(tables);
    }

    /** The address of a new, empty database. */
    protected abstract String address(String name) throws IOException;

    @BeforeAll
    final void make() throws IOException {
        made = Optional.of(new Database(new DatabaseSettings(address("lgsp-" + UUID.randomUUID()), "postgres", "")));
    }

    @BeforeEach
    final void empty() throws SQLException {
        try (Connection connection = database().connection();
                Statement statement = connection.createStatement()) {
            for (String table : tables) {
                statement.execute("delete from " + table);
            }
        }
    }

    @AfterAll
    final void end() {
        made.ifPresent(Database::close);
    }

    protected final Database database() {
        return made.orElseThrow();
    }
}
