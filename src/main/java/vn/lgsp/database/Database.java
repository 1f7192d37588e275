package vn.lgsp.database;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.io.IOException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLNonTransientConnectionException;
import java.sql.SQLTransientConnectionException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.MigrationInfo;
import org.flywaydb.core.api.MigrationState;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one database of the bus, and its one pool of connections.
 *
 * <p>It need not be there when the bus starts: whoever asks first for a connection opens it and brings its tables up to date, and
 * so on with every asker until it has answered once. All methods may be called by any thread, except an event loop.
 *
 * <p>H2 by default loses what it has committed when the process is killed, so it writes without delay here, and its file is mended
 * before it is opened again ({@link KilledFile}); it never syncs by itself, so {@link #makeDurable} does. PostgreSQL is told to sync each
 * commit.
 *
 * <p>On PostgreSQL a batch of {@code insert ... values} is sent as one statement, and then nobody is told which of its rows went in. Who
 * needs the counts writes {@code insert ... select}, which is sent row by row.
 */
public final class Database implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Database.class);

    /** How long a caller waits for a connection, in milliseconds. */
    public static final long PATIENCE_MILLIS = 5_000;

    /** Why a database that was not made here is not touched. */
    static final String NOT_OURS =
            "it holds rows, and its history of migrations does not say that this bus made its tables:"
                    + " put the database back as it was, or name another one in lgsp.database.url";

    private static final int CONNECTIONS = 8;

    /** Up to so many bytes H2 keeps a content in its row; a larger one goes to three further trees, which a commit has to write. */
    private static final int CONTENT_IN_ROW = 64 << 10;

    private final DatabaseSettings settings;
    private final boolean embedded;
    private final ReentrantLock opening = new ReentrantLock();
    private volatile @Nullable HikariDataSource pool;

    /** Of H2, after it has given its file up; it has to be closed whole before the file is opened again. */
    private volatile @Nullable HikariDataSource lost;

    private volatile long failures;
    private volatile boolean closed;

    /** Connects to nothing yet. */
    public Database(DatabaseSettings settings) {
        this.settings = settings;
        this.embedded = settings.url().startsWith("jdbc:h2:");
    }

    /** Whether it is H2, which this process alone uses. */
    public boolean isEmbedded() {
        return embedded;
    }

    /** Whether it has answered once since the start, with its tables as this bus needs them. */
    public boolean isOpen() {
        return pool != null;
    }

    /**
     * Opens it, unless it is open.
     *
     * @throws SQLException when it does not answer within {@link #PATIENCE_MILLIS}, or its tables cannot be brought up to date
     */
    public void open() throws SQLException {
        opened();
    }

    /**
     * A connection of its own for the caller, who gives it back by closing it.
     *
     * @throws SQLException when there is none within {@link #PATIENCE_MILLIS}
     */
    public Connection connection() throws SQLException {
        return opened().getConnection();
    }

    /** What is done in one transaction. */
    @FunctionalInterface
    public interface Work<T, E extends Exception> {
        T in(Connection connection) throws SQLException, E;
    }

    /** Does it in one transaction, or nothing of it; what it has changed survives a power cut when this returns. */
    public <T, E extends Exception> T durably(Work<T, E> work) throws SQLException, E {
        try (Connection connection = connection()) {
            connection.setAutoCommit(false);
            T done;
            try {
                done = work.in(connection);
                connection.commit();
            } catch (Exception failed) {
                connection.rollback();
                throw failed;
            } finally {
                connection.setAutoCommit(true);
            }
            makeDurable(connection);
            return done;
        }
    }

    /** After it returns, everything committed so far on any connection survives a power cut. */
    public void makeDurable(Connection connection) throws SQLException {
        if (embedded) {
            try (Statement statement = connection.createStatement()) {
                statement.execute("checkpoint sync");
            }
        }
    }

    private HikariDataSource opened() throws SQLException {
        HikariDataSource ready = pool;
        return ready == null ? openedByOne() : ready;
    }

    /** Who waited while somebody else tried in vain does not try once more, so that nobody waits for longer than one attempt. */
    private HikariDataSource openedByOne() throws SQLException {
        long before = failures;
        try {
            if (!opening.tryLock(PATIENCE_MILLIS, TimeUnit.MILLISECONDS)) {
                throw new SQLTransientConnectionException("the database is still being opened");
            }
        } catch (InterruptedException hurry) {
            Thread.currentThread().interrupt();
            throw new SQLTransientConnectionException("interrupted before the database was open", hurry);
        }
        try {
            HikariDataSource ready = pool;
            if (ready != null) {
                return ready;
            }
            if (closed || failures != before) {
                throw new SQLNonTransientConnectionException("the database is not open");
            }
            HikariDataSource given = lost;
            if (given != null) {
                // one connection of it that is asked later would tear the new database away from its file
                given.close();
                lost = null;
            }
            HikariDataSource opened = connect();
            pool = opened;
            return opened;
        } finally {
            opening.unlock();
        }
    }

    private HikariDataSource connect() throws SQLException {
        HikariConfig config = new HikariConfig();
        config.setPoolName("lgsp-database");
        config.setMaximumPoolSize(CONNECTIONS);
        config.setMinimumIdle(1);
        config.setConnectionTimeout(PATIENCE_MILLIS);
        config.setUsername(settings.user());
        config.setPassword(settings.password());
        Optional<FileConnections> ofFile = Optional.empty();
        if (embedded) {
            // without a trace file: it would grow by every failure on a disk that is full
            FileConnections file = new FileConnections(
                    settings.url()
                            + ";MODE=PostgreSQL;DATABASE_TO_LOWER=TRUE;DEFAULT_NULL_ORDERING=HIGH;TRACE_LEVEL_FILE=0"
                            + ";WRITE_DELAY=0;DB_CLOSE_ON_EXIT=FALSE;MAX_LENGTH_INPLACE_LOB=" + CONTENT_IN_ROW,
                    this::givenUp);
            config.setDataSource(file);
            config.setExceptionOverride(file.watch());
            ofFile = Optional.of(file);
        } else {
            config.setJdbcUrl(settings.url());
            config.setConnectionInitSql("set synchronous_commit = on");
            config.addDataSourceProperty("reWriteBatchedInserts", "true");
            config.addDataSourceProperty("connectTimeout", "5");
            config.addDataSourceProperty("loginTimeout", "5");
            config.addDataSourceProperty("socketTimeout", "30");
            config.addDataSourceProperty("tcpKeepAlive", "true");
        }
        HikariDataSource made = null;
        try {
            if (embedded) {
                KilledFile.mend(settings.url());
            }
            made = new HikariDataSource(config);
            Flyway tables = Flyway.configure()
                    .dataSource(made)
                    // H2 keeps at most 1 MiB in a bytea, PostgreSQL knows no blob
                    .placeholders(Map.of("content", embedded ? "binary large object" : "bytea"))
                    .load();
            if (embedded) {
                forgetHalfDone(made, tables);
            }
            tables.migrate();
            if (ofFile.filter(FileConnections::isOver).isPresent()) {
                throw new SQLNonTransientConnectionException("the database has given its file up at once");
            }
            return made;
        } catch (RuntimeException | IOException | SQLException failed) {
            failures++;
            if (made != null) {
                made.close();
            }
            throw new SQLNonTransientConnectionException("the database cannot be opened", failed);
        }
    }

    /** Whoever asks next opens the file anew, mended. */
    private void givenUp() {
        lost = pool;
        pool = null;
        LOG.atError()
                .addKeyValue("event", "database.given-up")
                .log("H2 has given its file up, as on a full disk: it is opened again as soon as that can be done");
    }

    /**
     * H2 commits after each table that it makes, so a kill in the middle of that leaves some of them behind. The later migrations make what
     * is not there yet, and only need a second chance. Where the first one was never finished everything is made anew, and only
     * where no table holds a row: whatever became of the history, nothing that was accepted or recorded is thrown away for it.
     */
    private static void forgetHalfDone(DataSource database, Flyway tables) throws SQLException {
        MigrationInfo[] applied = tables.info().applied();
        boolean anyDone = Arrays.stream(applied)
                .anyMatch(
                        migration -> migration.getVersion() != null && migration.getState() == MigrationState.SUCCESS);
        if (!anyDone) {
            try (Connection connection = database.getConnection();
                    Statement statement = connection.createStatement()) {
                if (holdsRows(statement)) {
                    throw new SQLNonTransientConnectionException(NOT_OURS);
                }
                statement.execute("drop all objects");
            }
        } else if (Arrays.stream(applied)
                .anyMatch(migration -> migration.getState().isFailed())) {
            tables.repair();
        }
    }

    /** Whether any table but the history of migrations holds a row. */
    private static boolean holdsRows(Statement statement) throws SQLException {
        List<String> names = new ArrayList<>();
        try (ResultSet tables = statement.executeQuery("select table_schema, table_name from information_schema.tables"
                + " where table_type = 'BASE TABLE' and lower(table_schema) not in ('information_schema', 'pg_catalog')"
                + " and lower(table_name) <> 'flyway_schema_history'")) {
            while (tables.next()) {
                names.add(statement.enquoteIdentifier(tables.getString(1), true) + "."
                        + statement.enquoteIdentifier(tables.getString(2), true));
            }
        }
        for (String name : names) {
            try (ResultSet row = statement.executeQuery("select 1 from " + name + " limit 1")) {
                if (row.next()) {
                    return true;
                }
            }
        }
        return false;
    }

    /** Gives every connection up; who has one gets failures from it. */
    @Override
    public void close() {
        opening.lock();
        try {
            closed = true;
            for (HikariDataSource open : new HikariDataSource[] {pool, lost}) {
                if (open != null) {
                    open.close();
                }
            }
        } finally {
            opening.unlock();
        }
    }
}
