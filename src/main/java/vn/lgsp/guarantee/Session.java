package vn.lgsp.guarantee;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import vn.lgsp.database.Database;

/** The committer's own connection, with the statements that it has prepared so far. */
final class Session implements AutoCloseable {
    /** Less than a source waits; a database that is silent for longer counts as away. */
    private static final int LONGEST_SILENCE_MILLIS = 4_000;

    private final Connection connection;
    private final Clock clock;
    private final Map<String, PreparedStatement> prepared = new HashMap<>();

    private Session(Connection connection, Clock clock) {
        this.connection = connection;
        this.clock = clock;
    }

    /** @throws SQLException when the database does not answer */
    static Session on(Database database, Clock clock) throws SQLException {
        Connection connection = database.connection();
        try {
            connection.setAutoCommit(false);
            if (!database.isEmbedded()) {
                connection.setNetworkTimeout(Runnable::run, LONGEST_SILENCE_MILLIS);
                try (Statement guard = connection.createStatement()) {
                    // Neither a row that another node holds, nor this node when it is stopped in the middle, stops
                    // everybody.
                    guard.execute("set lock_timeout = 2000");
                    guard.execute("set idle_in_transaction_session_timeout = 10000");
                }
                connection.commit();
            }
            return new Session(connection, clock);
        } catch (SQLException failed) {
            connection.close();
            throw failed;
        }
    }

    PreparedStatement statement(String sql) throws SQLException {
        PreparedStatement known = prepared.get(sql);
        if (known == null) {
            known = connection.prepareStatement(sql);
            prepared.put(sql, known);
        }
        known.clearParameters();
        return known;
    }

    /** For {@code = any(?)}. */
    java.sql.Array ids(Collection<UUID> ids) throws SQLException {
        return connection.createArrayOf("uuid", ids.toArray());
    }

    /** For {@code = any(?)}. */
    java.sql.Array texts(Collection<String> texts) throws SQLException {
        return connection.createArrayOf("varchar", texts.toArray());
    }

    Instant now() {
        return clock.instant();
    }

    static OffsetDateTime utc(Instant time) {
        return time.atOffset(ZoneOffset.UTC);
    }

    Connection connection() {
        return connection;
    }

    /** Ends whatever was begun without a trace; false when the connection is of no use any more. */
    boolean rollBack() {
        try {
            for (PreparedStatement statement : prepared.values()) {
                statement.clearBatch();
            }
            connection.rollback();
            return !connection.isClosed();
        } catch (SQLException lost) {
            return false;
        }
    }

    @Override
    public void close() {
        try (Connection giveBack = connection) {
            for (PreparedStatement statement : prepared.values()) {
                statement.close();
            }
        } catch (SQLException lost) {
            prepared.clear(); // the server forgets them with the connection
        }
    }
}
