package vn.lgsp.receive;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
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

    /** The instant of which this node begins a run now: it is kept, and the lease is this run's. What nobody makes up for is passed over. */
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
        Optional<Instant> considered = considered(connection, service);
        if (considered.isEmpty()) {
            update(
                    connection,
                    "insert into schedule_state (service, service_version, considered_at)"
                            + " select cast(? as varchar), cast(? as integer), cast(? as timestamp(6) with time zone)"
                            + " on conflict do nothing",
                    service.id().value(),
                    service.version(),
                    now);
            return Optional.empty();
        }
        Optional<Instant> latest = schedule.latest(considered.get(), now);
        if (latest.isEmpty() || !lease(connection, service, considered.get(), now)) {
            return Optional.empty();
        }
        update(
                connection,
                "update schedule_run set ended_at = ?, result = 'interrupted'"
                        + " where service = ? and service_version = ? and ended_at is null",
                now,
                service.id().value(),
                service.version());
        boolean missed = latest.get().plus(GRACE).isBefore(now) && !schedule.catchUp();
        int begun = missed
                ? 0
                : update(
                        connection,
                        "insert into schedule_run (service, service_version, due_at, node, begun_at)"
                                + " select cast(? as varchar), cast(? as integer), cast(? as timestamp(6) with time zone),"
                                + " cast(? as varchar), cast(? as timestamp(6) with time zone) on conflict do nothing",
                        service.id().value(),
                        service.version(),
                        latest.get(),
                        node,
                        now);
        update(
                connection,
                "update schedule_state set considered_at = ?, lease_until = ? where service = ? and service_version = ?",
                latest.get(),
                begun == 1 ? now.plus(LEASE) : null,
                service.id().value(),
                service.version());
        return latest.filter(at -> begun == 1);
    }

    private static Optional<Instant> considered(Connection connection, ServiceKey service) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(
                "select considered_at from schedule_state where service = ? and service_version = ?")) {
            select.setString(1, service.id().value());
            select.setInt(2, service.version());
            try (ResultSet row = select.executeQuery()) {
                return row.next() ? instant(row, "considered_at") : Optional.empty();
            }
        }
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

    /** The run has ended, and another one may begin. */
    void end(
            ServiceKey service, Instant due, ExchangeId exchange, String result, Optional<ErrorCode> error, Instant now)
            throws SQLException {
        try (Connection connection = database.connection()) {
            update(
                    connection,
                    "update schedule_run set ended_at = ?, exchange_id = ?, result = ?, error_code = ?"
                            + " where service = ? and service_version = ? and due_at = ?",
                    now,
                    exchange.value(),
                    result,
                    error.map(ErrorCode::code).orElse(null),
                    service.id().value(),
                    service.version(),
                    due);
            update(
                    connection,
                    "update schedule_state set lease_until = null where service = ? and service_version = ? and run = ?",
                    service.id().value(),
                    service.version(),
                    run);
        }
    }

    /** The newest runs. */
    List<ScheduleReceiver.Run> runs(ServiceKey service, int limit) throws SQLException {
        try (Connection connection = database.connection();
                PreparedStatement select = connection.prepareStatement(
                        "select due_at, begun_at, ended_at, exchange_id, result, error_code from schedule_run"
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
                            Optional.ofNullable(row.getString("error_code"))));
                }
            }
            return runs;
        }
    }

    private static int update(Connection connection, String sql, @Nullable Object... values) throws SQLException {
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
