package vn.lgsp.receive;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import vn.lgsp.catalogue.Schedule;
import vn.lgsp.database.Database;
import vn.lgsp.failure.ErrorCode;
import vn.lgsp.message.ExchangeId;
import vn.lgsp.message.ServiceKey;

/**
 * The rows of schedules, the same on H2 and PostgreSQL. Whoever begins a run holds the service's lease, and each instant is a row that is
 * inserted once: so no two nodes run a service at the same time, and none an instant twice (DLV-08).
 */
final class ScheduleRows {
    /** An instant is missed when nobody could begin it for so long. */
    static final Duration GRACE = Duration.ofSeconds(60);

    static final Duration LEASE = Duration.ofSeconds(60);

    private final Database database;
    private final String node;
    private final UUID run = UUID.randomUUID();

    /** @param node is in the leases, with a run of its own for every instance */
    ScheduleRows(Database database, String node) {
        this.database = database;
        this.node = node;
    }

    /**
     * The instant of which this node begins a run now: it is kept, and the lease is this run's. What nobody makes up for is passed over. A
     * synchronisation that was cut off is begun again under its old instant, and so goes on.
     */
    Optional<Instant> claim(ServiceKey service, Schedule schedule, Instant now) throws SQLException {
        try (Connection connection = database.connection()) {
            connection.setAutoCommit(false);
            Optional<Instant> claimed;
            try {
                claimed = claim(connection, service, schedule, now);
                connection.commit();
            } catch (SQLException failed) {
                connection.rollback();
                throw failed;
            } finally {
                connection.setAutoCommit(true);
            }
            if (claimed.isPresent()) {
                database.makeDurable(connection);
            }
            return claimed;
        }
    }

    private Optional<Instant> claim(Connection connection, ServiceKey service, Schedule schedule, Instant now)
            throws SQLException {
        Optional<State> known = state(connection, service);
        if (known.isEmpty()) {
            begin(connection, service, now);
            return Optional.empty();
        }
        State state = known.get();
        Optional<Instant> open =
                state.open().filter(at -> schedule.synchronise().isPresent());
        Optional<Instant> latest = open.isPresent() || state.wishedBy().isPresent()
                ? Optional.empty()
                : schedule.latest(state.considered(), now);
        if (open.isEmpty() && state.wishedBy().isEmpty() && latest.isEmpty()
                || !lease(connection, service, state.considered(), now)) {
            return Optional.empty();
        }
        if (open.isPresent()) {
            update(
                    connection,
                    "update schedule_run set resumed = resumed + 1, node = ?"
                            + " where service = ? and service_version = ? and due_at = ?",
                    node,
                    service.id().value(),
                    service.version(),
                    open.get());
            return open;
        }
        update(
                connection,
                "update schedule_run set ended_at = ?, result = 'interrupted'"
                        + " where service = ? and service_version = ? and ended_at is null",
                now,
                service.id().value(),
                service.version());
        Instant due = latest.orElseGet(() -> now.truncatedTo(ChronoUnit.MICROS));
        boolean missed = latest.isPresent() && latest.get().plus(GRACE).isBefore(now) && !schedule.catchUp();
        int begun = missed
                ? 0
                : update(
                        connection,
                        "insert into schedule_run (service, service_version, due_at, node, begun_at, begun_by)"
                                + " select cast(? as varchar), cast(? as integer), cast(? as timestamp(6) with time zone),"
                                + " cast(? as varchar), cast(? as timestamp(6) with time zone), cast(? as varchar)"
                                + " on conflict do nothing",
                        service.id().value(),
                        service.version(),
                        due,
                        node,
                        now,
                        state.wishedBy().map(who -> "operator:" + who).orElse("schedule"));
        update(
                connection,
                // only the wish that was seen: another one may have come since
                "update schedule_state set considered_at = ?, lease_until = ?, open_due = ?,"
                        + " wished_by = nullif(wished_by, cast(? as varchar))"
                        + " where service = ? and service_version = ?",
                latest.orElse(state.considered()),
                begun == 1 ? now.plus(LEASE) : null,
                begun == 1 ? due : null,
                state.wishedBy().orElse(null),
                service.id().value(),
                service.version());
        return Optional.of(due).filter(at -> begun == 1);
    }

    /**
     * @param considered up to when the schedule was looked at
     * @param open the instant of the run under way
     */
    private record State(Instant considered, Optional<Instant> open, Optional<String> wishedBy) {}

    private static Optional<State> state(Connection connection, ServiceKey service) throws SQLException {
        try (PreparedStatement select =
                connection.prepareStatement("select considered_at, open_due, wished_by from schedule_state"
                        + " where service = ? and service_version = ?")) {
            select.setString(1, service.id().value());
            select.setInt(2, service.version());
            try (ResultSet row = select.executeQuery()) {
                return row.next()
                        ? Optional.of(new State(
                                instant(row, "considered_at").orElseThrow(),
                                instant(row, "open_due"),
                                Optional.ofNullable(row.getString("wished_by"))))
                        : Optional.empty();
            }
        }
    }

    /**
     * A run is to begin as soon as none is under way.
     *
     * @param whole whether a synchronisation begins from nothing
     */
    void wish(ServiceKey service, String operator, boolean whole, Instant now) throws SQLException {
        try (Connection connection = database.connection()) {
            begin(connection, service, now);
            update(
                    connection,
                    "update schedule_state set wished_by = ?, wished_whole = wished_whole or ?"
                            + " where service = ? and service_version = ?",
                    operator,
                    whole,
                    service.id().value(),
                    service.version());
            database.makeDurable(connection);
        }
    }

    /** The schedule counts from now on, unless it has been seen before. */
    private static void begin(Connection connection, ServiceKey service, Instant now) throws SQLException {
        update(
                connection,
                "insert into schedule_state (service, service_version, considered_at)"
                        + " select cast(? as varchar), cast(? as integer), cast(? as timestamp(6) with time zone)"
                        + " on conflict do nothing",
                service.id().value(),
                service.version(),
                now);
    }

    /** Which run of this node's process holds leases. */
    UUID run() {
        return run;
    }

    /** A lease that is over, or of an earlier run of this node, is nobody's. */
    private boolean lease(Connection connection, ServiceKey service, Instant considered, Instant now)
            throws SQLException {
        return update(
                        connection,
                        "update schedule_state set lease_until = ?, node = ?, run = ? where service = ? and service_version = ?"
                                + " and considered_at = ?"
                                + " and (lease_until is null or lease_until <= ? or node = ? and run <> ?)",
                        now.plus(LEASE),
                        node,
                        run,
                        service.id().value(),
                        service.version(),
                        considered,
                        now,
                        node,
                        run)
                == 1;
    }

    /** The run goes on: nobody else begins one. */
    void renew(ServiceKey service, Instant now) throws SQLException {
        try (Connection connection = database.connection()) {
            update(
                    connection,
                    "update schedule_state set lease_until = ? where service = ? and service_version = ? and run = ?",
                    now.plus(LEASE),
                    service.id().value(),
                    service.version(),
                    run);
        }
    }

    /** The run has ended, and another one may begin; nothing is noted of one that another node goes on with meanwhile. */
    void end(
            ServiceKey service,
            Instant due,
            Optional<ExchangeId> exchange,
            String result,
            Optional<ErrorCode> error,
            Instant now)
            throws SQLException {
        try (Connection connection = database.connection()) {
            update(
                    connection,
                    "update schedule_run set ended_at = ?, exchange_id = ?, result = ?, error_code = ?"
                            + " where service = ? and service_version = ? and due_at = ? and node = ?",
                    now,
                    exchange.map(ExchangeId::value).orElse(null),
                    result,
                    error.map(ErrorCode::code).orElse(null),
                    service.id().value(),
                    service.version(),
                    due,
                    node);
            update(
                    connection,
                    "update schedule_state set lease_until = null, open_due = null"
                            + " where service = ? and service_version = ? and run = ?",
                    service.id().value(),
                    service.version(),
                    run);
        }
    }

    /**
     * Forgets the runs that ended before this, but for the newest of each service. That an instant is begun once does not hang on them: what
     * has been looked at is not looked at again.
     */
    int prune(Instant before) throws SQLException {
        try (Connection connection = database.connection()) {
            return update(
                    connection,
                    "delete from schedule_run where ended_at < ? and exists (select 1 from schedule_run newer"
                            + " where newer.service = schedule_run.service"
                            + " and newer.service_version = schedule_run.service_version"
                            + " and newer.due_at > schedule_run.due_at)",
                    before);
        }
    }

    /** The newest runs. */
    List<ScheduleReceiver.Run> runs(ServiceKey service, int limit) throws SQLException {
        try (Connection connection = database.connection();
                PreparedStatement select = connection.prepareStatement(
                        "select due_at, begun_at, begun_by, ended_at, exchange_id, result, error_code, what, round, resumed,"
                                + " pages, items, watermark, source_total from schedule_run"
                                + " where service = ? and service_version = ? order by due_at desc limit ?")) {
            select.setString(1, service.id().value());
            select.setInt(2, service.version());
            select.setInt(3, limit);
            List<ScheduleReceiver.Run> runs = new ArrayList<>();
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    runs.add(new ScheduleReceiver.Run(
                            instant(row, "due_at").orElseThrow(),
                            instant(row, "begun_at").orElseThrow(),
                            instant(row, "ended_at"),
                            Optional.ofNullable(row.getObject("exchange_id", UUID.class))
                                    .map(ExchangeId::new),
                            Optional.ofNullable(row.getString("result")),
                            Optional.ofNullable(row.getString("error_code")),
                            row.getString("begun_by"),
                            reading(row)));
                }
            }
            return runs;
        }
    }

    private static Optional<ScheduleReceiver.Reading> reading(ResultSet row) throws SQLException {
        UUID round = row.getObject("round", UUID.class);
        if (round == null) {
            return Optional.empty();
        }
        long told = row.getLong("source_total");
        OptionalLong total = row.wasNull() ? OptionalLong.empty() : OptionalLong.of(told);
        return Optional.of(new ScheduleReceiver.Reading(
                round.toString(),
                row.getString("what").equals("whole"),
                row.getInt("resumed"),
                row.getLong("pages"),
                row.getLong("items"),
                Optional.ofNullable(row.getString("watermark")),
                total));
    }

    static int update(Connection connection, String sql, @Nullable Object... values) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < values.length; i++) {
                statement.setObject(i + 1, values[i] instanceof Instant at ? at.atOffset(ZoneOffset.UTC) : values[i]);
            }
            return statement.executeUpdate();
        }
    }

    private static Optional<Instant> instant(ResultSet row, String column) throws SQLException {
        return Optional.ofNullable(row.getObject(column, OffsetDateTime.class)).map(OffsetDateTime::toInstant);
    }
}
