package vn.lgsp.record;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import vn.lgsp.database.Database;
import vn.lgsp.message.AgencyCode;
import vn.lgsp.message.ExchangeId;
import vn.lgsp.message.Measured;
import vn.lgsp.message.Outcome;
import vn.lgsp.message.PartyCode;
import vn.lgsp.message.ServiceId;
import vn.lgsp.message.ServiceKey;
import vn.lgsp.message.SystemId;

/** The rows behind the journal, with the same statements on H2 and PostgreSQL. */
final class RecordDatabase {
    private static final String COLUMNS = """
            exchange_id, correlation_id, received_at, closed_at, duration_micros, form, agency, system_id, account, service, \
            service_version, operation, grant_id, unit_digest, provider, provider_agency, status, result, outcome, \
            error_code, partner_code, failed_at, request_bytes, request_digest, answer_bytes, answer_digest, salt, refusals, \
            on_behalf_of""";

    private static final String INSERT =
            "insert into exchange_record (" + COLUMNS + ") values (?" + ", ?".repeat(28) + ") on conflict do nothing";
    private static final String AMEND =
            "update exchange_record set outcome = ?, error_code = ?, failed_at = ?, closed_at = ?, status = ?, result = ?"
                    + " where exchange_id = ?";
    private static final int QUERY_SECONDS = 10;

    private final Database database;

    RecordDatabase(Database database) {
        this.database = database;
    }

    /** Opens the database, unless it is open. */
    void open() throws SQLException {
        database.open();
    }

    /** Whether the database has answered once since the start. */
    boolean isOpen() {
        return database.isOpen();
    }

    /** Ends of exchanges become rows, amendments change them, all or none; what is there already stays. */
    void write(List<Entry> entries) throws SQLException {
        try (Connection connection = database.connection()) {
            connection.setAutoCommit(false);
            try {
                try (PreparedStatement insert = connection.prepareStatement(INSERT)) {
                    for (Entry entry : entries) {
                        if (entry.kind() != Entry.Kind.AMENDED) {
                            bind(insert, entry.exchange());
                            insert.addBatch();
                        }
                    }
                    insert.executeBatch();
                }
                try (PreparedStatement amend = connection.prepareStatement(AMEND)) {
                    for (Entry entry : entries) {
                        if (entry.kind() == Entry.Kind.AMENDED) {
                            ExchangeRecord exchange = entry.exchange();
                            amend.setString(1, exchange.outcome().orElseThrow().label());
                            text(amend, 2, exchange.error());
                            text(amend, 3, exchange.failedAt());
                            amend.setObject(
                                    4,
                                    exchange.closedAt().map(RecordDatabase::utc).orElse(null));
                            amend.setInt(5, exchange.status());
                            text(amend, 6, exchange.result());
                            amend.setObject(7, exchange.id().value());
                            amend.addBatch();
                        }
                    }
                    amend.executeBatch();
                }
                connection.commit();
            } catch (SQLException failed) {
                connection.rollback();
                throw failed;
            }
        }
    }

    /** After it returns, every row written so far survives a power cut. */
    void makeDurable() throws SQLException {
        try (Connection connection = database.connection()) {
            database.makeDurable(connection);
        }
    }

    /** The rows that fit, newest first. */
    List<ExchangeRecord> list(RecordQuery.Filter filter) throws SQLException {
        StringBuilder sql = new StringBuilder("select " + COLUMNS + " from exchange_record where 1 = 1");
        List<Object> values = new ArrayList<>();
        filter.id().ifPresent(id -> and(sql, "exchange_id = ?", values, id.value()));
        filter.correlation().ifPresent(id -> and(sql, "correlation_id = ?", values, id));
        filter.service().ifPresent(id -> and(sql, "service = ?", values, id.value()));
        filter.system().ifPresent(id -> and(sql, "system_id = ?", values, id.value()));
        filter.onBehalfOf().ifPresent(party -> and(sql, "on_behalf_of = ?", values, party.value()));
        filter.outcome().ifPresent(end -> and(sql, "outcome = ?", values, end.label()));
        filter.from().ifPresent(time -> and(sql, "received_at >= ?", values, utc(time)));
        filter.to().ifPresent(time -> and(sql, "received_at < ?", values, utc(time)));
        sql.append(" order by received_at desc, exchange_id desc limit ?");
        values.add(filter.limit());
        try (Connection connection = database.connection();
                PreparedStatement select = connection.prepareStatement(sql.toString())) {
            select.setQueryTimeout(QUERY_SECONDS);
            for (int i = 0; i < values.size(); i++) {
                select.setObject(i + 1, values.get(i));
            }
            List<ExchangeRecord> found = new ArrayList<>();
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    found.add(read(row));
                }
            }
            return found;
        }
    }

    private static void and(StringBuilder sql, String condition, List<Object> values, Object value) {
        sql.append(" and ").append(condition);
        values.add(value);
    }

    private static void bind(PreparedStatement insert, ExchangeRecord exchange) throws SQLException {
        insert.setObject(1, exchange.id().value());
        insert.setString(2, exchange.correlation());
        insert.setObject(3, utc(exchange.receivedAt()));
        insert.setObject(4, exchange.closedAt().map(RecordDatabase::utc).orElse(null), Types.TIMESTAMP_WITH_TIMEZONE);
        number(insert, 5, exchange.duration().map(duration -> duration.toNanos() / 1_000));
        insert.setString(6, exchange.form());
        text(insert, 7, exchange.agency().map(AgencyCode::value));
        text(insert, 8, exchange.system().map(SystemId::value));
        text(insert, 9, exchange.account());
        text(insert, 10, exchange.service().map(service -> service.id().value()));
        insert.setObject(11, exchange.service().map(ServiceKey::version).orElse(null), Types.INTEGER);
        text(insert, 12, exchange.operation());
        text(insert, 13, exchange.grant());
        text(insert, 14, exchange.unit());
        text(insert, 15, exchange.provider().map(SystemId::value));
        text(insert, 16, exchange.providerAgency().map(AgencyCode::value));
        insert.setInt(17, exchange.status());
        text(insert, 18, exchange.result());
        insert.setString(19, exchange.outcome().orElse(Outcome.UNKNOWN).label());
        text(insert, 20, exchange.error());
        text(insert, 21, exchange.partnerCode());
        text(insert, 22, exchange.failedAt());
        number(insert, 23, exchange.request().map(Measured::bytes));
        insert.setBytes(24, exchange.request().map(Measured::digest).orElse(null));
        number(insert, 25, exchange.answer().map(Measured::bytes));
        insert.setBytes(26, exchange.answer().map(Measured::digest).orElse(null));
        insert.setBytes(27, exchange.salt());
        insert.setInt(28, exchange.count());
        text(insert, 29, exchange.onBehalfOf().map(PartyCode::value));
    }

    private static void text(PreparedStatement statement, int index, Optional<String> text) throws SQLException {
        statement.setString(index, text.orElse(null));
    }

    private static void number(PreparedStatement statement, int index, Optional<Long> number) throws SQLException {
        statement.setObject(index, number.orElse(null), Types.BIGINT);
    }

    private static OffsetDateTime utc(Instant time) {
        return time.atOffset(ZoneOffset.UTC);
    }

    private static ExchangeRecord read(ResultSet row) throws SQLException {
        Optional<String> service = text(row, "service");
        int version = row.getInt("service_version");
        return new ExchangeRecord(
                new ExchangeId(row.getObject("exchange_id", UUID.class)),
                row.getString("correlation_id"),
                row.getObject("received_at", OffsetDateTime.class).toInstant(),
                Optional.ofNullable(row.getObject("closed_at", OffsetDateTime.class))
                        .map(OffsetDateTime::toInstant),
                number(row, "duration_micros").map(micros -> Duration.ofNanos(micros * 1_000)),
                row.getString("form"),
                text(row, "agency").map(AgencyCode::new),
                text(row, "system_id").map(SystemId::new),
                text(row, "account"),
                service.map(name -> new ServiceKey(new ServiceId(name), version)),
                text(row, "operation"),
                text(row, "grant_id"),
                text(row, "unit_digest"),
                text(row, "provider").map(SystemId::new),
                text(row, "provider_agency").map(AgencyCode::new),
                row.getInt("status"),
                text(row, "result"),
                text(row, "outcome").map(EntryCodec::outcome),
                text(row, "error_code"),
                text(row, "partner_code"),
                text(row, "failed_at"),
                measured(number(row, "request_bytes"), row.getBytes("request_digest")),
                measured(number(row, "answer_bytes"), row.getBytes("answer_digest")),
                row.getBytes("salt"),
                row.getInt("refusals"),
                text(row, "on_behalf_of").map(PartyCode::new));
    }

    private static Optional<String> text(ResultSet row, String column) throws SQLException {
        return Optional.ofNullable(row.getString(column));
    }

    private static Optional<Long> number(ResultSet row, String column) throws SQLException {
        long number = row.getLong(column);
        return row.wasNull() ? Optional.empty() : Optional.of(number);
    }

    private static Optional<Measured> measured(Optional<Long> bytes, byte @Nullable [] digest) {
        return digest == null ? Optional.empty() : bytes.map(size -> new Measured(size, digest));
    }
}
