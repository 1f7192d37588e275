package vn.lgsp.mailbox;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import vn.lgsp.database.Database;
import vn.lgsp.mailbox.Agencies.Given;
import vn.lgsp.mailbox.Agencies.Registered;
import vn.lgsp.mailbox.Agencies.State;

/**
 * The rows of registered organisations, the same on H2 and PostgreSQL. Each method is one transaction, and what it has changed is durable when
 * it returns. Of a code one row at most is asked for, and one at most in force; the others are its history, and only operators make it longer.
 */
final class AgencyRows {
    /** What a system may ask for before an operator has looked. */
    static final int MOST_ASKED = 500;

    private static final String ROW =
            "select agency_id, system_id, version, state, given_id, parent, code, name, mail, mobile,"
                    + " fax, asked_at, in_force_at, ended_at, decided_by, reason from registered_agency ";

    /** The code is another system's, or one asks for too much. */
    static final class Taken extends Exception {
        private static final long serialVersionUID = 1L;
    }

    private final Database database;

    AgencyRows(Database database) {
        this.database = database;
    }

    /**
     * Notes that a system asks for an organisation; what it has asked for before, and is not decided, is replaced.
     *
     * @return whether it is in force, as it is given here, already
     */
    State ask(String system, Given given, Instant now) throws SQLException, Taken {
        try {
            return database.durably(connection -> ask(connection, system, given, now));
        } catch (SQLException raced) {
            if (!"23505".equals(raced.getSQLState())) {
                throw raced;
            }
            // somebody else has just asked for the same
            return database.durably(connection -> ask(connection, system, given, now));
        }
    }

    private static State ask(Connection connection, String system, Given given, Instant now)
            throws SQLException, Taken {
        String key = key(given.code());
        List<Registered> open = open(connection, key);
        if (open.stream().anyMatch(row -> !row.system().equals(system))) {
            throw new Taken();
        }
        Optional<Registered> asked = in(open, State.ASKED);
        boolean inForce = in(open, State.IN_FORCE)
                .filter(row -> row.given().equals(given))
                .isPresent();
        if (inForce) {
            // it takes back what it has asked for since
            if (asked.isPresent()) {
                forget(connection, asked.get());
            }
            return State.IN_FORCE;
        }
        if (asked.filter(row -> row.given().equals(given)).isPresent()) {
            return State.ASKED;
        }
        if (asked.isPresent()) {
            // another id: an operator agrees to what he has read, or to nothing
            forget(connection, asked.get());
        } else if (count(connection, system) >= MOST_ASKED) {
            throw new Taken();
        }
        update(
                connection,
                "insert into registered_agency (agency_id, system_id, code_key, version, state, given_id, parent, code, name,"
                        + " mail, mobile, fax, asked_at, lock_key) values (?, ?, ?, ?, 'asked', ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                UUID.randomUUID(),
                system,
                key,
                version(connection, key) + 1,
                given.id(),
                given.parent(),
                given.code(),
                given.name(),
                given.mail(),
                given.mobile(),
                given.fax(),
                now,
                "asked " + key);
        return State.ASKED;
    }

    /**
     * An operator has decided on what was asked for; what was in force under the code until now ends.
     *
     * @return as it is afterwards; empty when nothing with this id is asked for any more
     */
    Optional<Registered> decide(UUID id, boolean agreed, String operator, String reason, Instant now)
            throws SQLException, Taken {
        return database.durably(connection -> {
            Optional<String> code = some(connection, ROW + "where agency_id = ?", id).stream()
                    .map(row -> key(row.given().code()))
                    .findFirst();
            if (code.isEmpty()) {
                return Optional.empty();
            }
            String key = code.get();
            List<Registered> open = open(connection, key);
            if (in(open, State.ASKED).filter(row -> row.id().equals(id)).isEmpty()) {
                return Optional.empty();
            }
            if (agreed) {
                Optional<Registered> before = in(open, State.IN_FORCE);
                if (before.isPresent()) {
                    end(connection, before.get(), now);
                }
            }
            update(
                    connection,
                    "update registered_agency set state = ?, in_force_at = ?, ended_at = ?, decided_by = ?, reason = ?,"
                            + " lock_key = ? where agency_id = ?",
                    (agreed ? State.IN_FORCE : State.REFUSED).word(),
                    agreed ? now : null,
                    agreed ? null : now,
                    operator,
                    reason,
                    agreed ? "in-force " + key : null,
                    id);
            return some(connection, ROW + "where agency_id = ?", id).stream().findFirst();
        });
    }

    /**
     * What a system has registered under this code, or asked for, ends now.
     *
     * @return false when it has never had it
     */
    boolean end(String system, String code, Instant now) throws SQLException, Taken {
        return database.durably(connection -> {
            boolean had = false;
            for (Registered row : some(connection, ROW + "where code_key = ? order by version for update", key(code))) {
                if (row.system().equals(system)) {
                    had |= row.state() != State.REFUSED;
                    if (row.state() == State.ASKED) {
                        forget(connection, row);
                    } else if (row.state() == State.IN_FORCE) {
                        end(connection, row, now);
                    }
                }
            }
            return had;
        });
    }

    private static void end(Connection connection, Registered row, Instant now) throws SQLException {
        update(
                connection,
                "update registered_agency set state = 'ended', ended_at = ?, lock_key = null where agency_id = ?",
                now,
                row.id());
    }

    /** Nobody has decided on it: it is no history, and a system could make any number of them. */
    private static void forget(Connection connection, Registered row) throws SQLException {
        update(connection, "delete from registered_agency where agency_id = ?", row.id());
    }

    /** Which system has a code, in capitals, in force. */
    Map<String, String> inForce() throws SQLException {
        Map<String, String> found = new HashMap<>();
        try (Connection connection = database.connection();
                PreparedStatement select = connection.prepareStatement(
                        "select code_key, system_id from registered_agency where state = 'in-force'");
                ResultSet row = select.executeQuery()) {
            while (row.next()) {
                found.put(row.getString("code_key"), row.getString("system_id"));
            }
        }
        return found;
    }

    /** The codes, in capitals, whose mailboxes a system reads: those that it has, or was the last to have. */
    Set<String> had(String system) throws SQLException {
        Set<String> found = new HashSet<>();
        try (Connection connection = database.connection();
                PreparedStatement select = connection.prepareStatement(
                        "select r.code_key from registered_agency r where r.system_id = ? and r.in_force_at is not null and not"
                                + " exists (select 1 from registered_agency o where o.code_key = r.code_key and o.system_id <>"
                                + " r.system_id and o.in_force_at is not null and o.version > r.version)")) {
            select.setString(1, system);
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    found.add(row.getString("code_key"));
                }
            }
        }
        return found;
    }

    /** Of each code that was ever in force what is, or was, the last. */
    List<Registered> last() throws SQLException {
        return read(ROW
                + "r where in_force_at is not null and version = (select max(o.version) from registered_agency o where"
                + " o.code_key = r.code_key and o.in_force_at is not null) order by code_key");
    }

    /** The newest of a state, or of any. */
    List<Registered> newest(Optional<State> state, int limit) throws SQLException {
        return state.isPresent()
                ? read(
                        ROW + "where state = ? order by asked_at desc, agency_id limit ?",
                        state.get().word(),
                        limit)
                : read(ROW + "order by asked_at desc, agency_id limit ?", limit);
    }

    private List<Registered> read(String sql, @Nullable Object... values) throws SQLException {
        try (Connection connection = database.connection()) {
            return some(connection, sql, values);
        }
    }

    /** Locked from the oldest on by all who change one, so that nobody waits for who waits for him. */
    private static List<Registered> open(Connection connection, String key) throws SQLException {
        return some(connection, ROW + "where code_key = ? and lock_key is not null order by version for update", key);
    }

    private static Optional<Registered> in(List<Registered> rows, State state) {
        return rows.stream().filter(row -> row.state() == state).findFirst();
    }

    private static int version(Connection connection, String key) throws SQLException {
        return some(connection, ROW + "where code_key = ? order by version desc limit 1", key).stream()
                .mapToInt(Registered::version)
                .sum();
    }

    private static int count(Connection connection, String system) throws SQLException {
        return some(connection, ROW + "where system_id = ? and state = 'asked' limit ?", system, MOST_ASKED)
                .size();
    }

    static String key(String code) {
        return code.toUpperCase(Locale.ROOT);
    }

    private static List<Registered> some(Connection connection, String sql, @Nullable Object... values)
            throws SQLException {
        List<Registered> found = new ArrayList<>();
        try (PreparedStatement select = connection.prepareStatement(sql)) {
            bind(select, values);
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    found.add(new Registered(
                            row.getObject("agency_id", UUID.class),
                            row.getString("system_id"),
                            row.getInt("version"),
                            State.of(row.getString("state")).orElseThrow(),
                            new Given(
                                    row.getString("given_id"),
                                    row.getString("parent"),
                                    row.getString("code"),
                                    row.getString("name"),
                                    row.getString("mail"),
                                    row.getString("mobile"),
                                    row.getString("fax")),
                            row.getObject("asked_at", OffsetDateTime.class).toInstant(),
                            instant(row, "in_force_at"),
                            instant(row, "ended_at"),
                            Optional.ofNullable(row.getString("decided_by")),
                            Optional.ofNullable(row.getString("reason"))));
                }
            }
        }
        return found;
    }

    private static Optional<Instant> instant(ResultSet row, String column) throws SQLException {
        return Optional.ofNullable(row.getObject(column, OffsetDateTime.class)).map(OffsetDateTime::toInstant);
    }

    private static int update(Connection connection, String sql, @Nullable Object... values) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            bind(statement, values);
            return statement.executeUpdate();
        }
    }

    private static void bind(PreparedStatement statement, @Nullable Object... values) throws SQLException {
        for (int i = 0; i < values.length; i++) {
            statement.setObject(i + 1, values[i] instanceof Instant at ? at.atOffset(ZoneOffset.UTC) : values[i]);
        }
    }
}
