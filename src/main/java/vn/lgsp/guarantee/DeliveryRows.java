package vn.lgsp.guarantee;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import vn.lgsp.message.ExchangeId;
import vn.lgsp.message.Measured;
import vn.lgsp.message.ServiceId;
import vn.lgsp.message.ServiceKey;

/**
 * What the statements behind the states have in common, those of {@link ExchangeRows}, {@link AttemptRows} and {@link DueRows}. They are
 * the same on H2 and PostgreSQL. Each changes a row only from the state that it names, so that several nodes may work on one database
 * and exactly one of them wins.
 *
 * <p>Whoever ends deliveries of an exchange locks its content first, and then sees how the others ended. Whoever withdraws an exchange while
 * another node begins to deliver it waits for that one, which waits for this one: PostgreSQL ends one of the two after a second, and the
 * committer carries it out again.
 */
final class DeliveryRows {
    /** A reference that is out is posted again after this time, in case the broker lost it. */
    static final Duration INSURANCE = Duration.ofMinutes(15);

    /** When a delivery is due that waits for an earlier one: never by itself, so that no look for due ones has to pass it. */
    static final String AWAITING = "timestamp with time zone '9998-01-01 00:00:00+00'";

    /** After this time the sweeper posts the reference of a step whose turn has come, should nobody live to do it at once. */
    static final Duration NEXT_STEP = Duration.ofSeconds(5);

    /** How a delivery stands, one that waits for an earlier one told apart. */
    static final String STATE =
            "case when d.state = 'accepted' and d.due_at = " + AWAITING + " then 'waiting' else d.state end as state";
    /** Which deliveries of {@code d} are accepted, and wait for an earlier one. */
    static final String WAITS = "d.state = 'accepted' and d.due_at = " + AWAITING;
    /** Which deliveries of {@code d} wait for nobody. */
    static final String NOT_AWAITING = "d.due_at <> " + AWAITING;

    /** When a delivery of a held service is due: never by itself, so that no look for due ones has to pass it. */
    static final Instant HELD = Instant.parse("9999-01-01T00:00:00Z");

    private static final String FORGET = """
            delete from sealed_content where exchange_id = any(?) and not exists (select 1 from delivery d \
            where d.exchange_id = sealed_content.exchange_id and d.state in ('accepted', 'delivering', 'parked'))""";

    private DeliveryRows() {}

    /** What a statement with these ids in its one place selects. */
    static Set<UUID> exchangesIn(Session session, PreparedStatement select, List<UUID> ids) throws SQLException {
        select.setArray(1, session.ids(ids));
        return exchanges(select);
    }

    static Set<UUID> exchanges(PreparedStatement select) throws SQLException {
        Set<UUID> found = new LinkedHashSet<>();
        try (ResultSet row = select.executeQuery()) {
            while (row.next()) {
                found.add(row.getObject("exchange_id", UUID.class));
            }
        }
        return found;
    }

    /** Deletes the content of those that nobody needs it for any more. */
    static void forget(Session session, Set<UUID> exchanges) throws SQLException {
        PreparedStatement delete = session.statement(FORGET);
        delete.setArray(1, session.ids(exchanges));
        delete.executeUpdate();
    }

    /** Of each statement of a batch, whether it changed its row. */
    static List<Boolean> changed(int[] counts) {
        return Arrays.stream(counts).mapToObj(count -> count == 1).toList();
    }

    // ------------------------------------------------------------------ columns

    static ExchangeId exchange(ResultSet row) throws SQLException {
        return new ExchangeId(row.getObject("exchange_id", UUID.class));
    }

    static ServiceKey service(ResultSet row) throws SQLException {
        return new ServiceKey(new ServiceId(row.getString("service")), row.getInt("service_version"));
    }

    static DeliveryState state(ResultSet row) throws SQLException {
        return DeliveryState.valueOf(row.getString("state").toUpperCase(Locale.ROOT));
    }

    static Optional<Instant> instant(ResultSet row, String column) throws SQLException {
        return Optional.ofNullable(row.getObject(column, OffsetDateTime.class)).map(OffsetDateTime::toInstant);
    }

    static Measured request(ResultSet row) throws SQLException {
        return new Measured(row.getLong("request_bytes"), row.getBytes("request_digest"));
    }
}
