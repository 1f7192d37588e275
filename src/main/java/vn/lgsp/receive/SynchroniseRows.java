package vn.lgsp.receive;

import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import vn.lgsp.catalogue.Synchronise;
import vn.lgsp.database.Database;
import vn.lgsp.message.ServiceKey;
import vn.lgsp.message.Sha256;

/**
 * How far each dataset has been read, the same on H2 and PostgreSQL (SHR-02). A page counts from the commit that keeps its watermark on, and
 * only the node that holds the lease of the service commits one.
 */
final class SynchroniseRows {
    private final Database database;
    private final UUID run;

    /** @param run the process that holds the leases */
    SynchroniseRows(Database database, UUID run) {
        this.database = database;
        this.run = run;
    }

    /**
     * One reading of the dataset, at some page.
     *
     * @param pages accepted so far
     * @param items of those pages
     * @param watermark after the last of them, or from which the round began; empty for the beginning of the dataset
     * @param total how many items the source says that there are, where it has said so
     * @param complete whether the last page has been accepted
     */
    record Round(
            UUID id,
            boolean whole,
            long pages,
            long items,
            Optional<String> watermark,
            OptionalLong total,
            boolean complete) {
        static Round from(Optional<String> watermark) {
            return new Round(UUID.randomUUID(), watermark.isEmpty(), 0, 0, watermark, OptionalLong.empty(), false);
        }

        Round after(SourcePage page) {
            return new Round(
                    id,
                    whole,
                    pages + 1,
                    items + page.count(),
                    page.watermark().or(this::watermark),
                    page.total().isPresent() ? page.total() : total,
                    !page.more());
        }

        /** What names these bytes within the round, and tells nothing of them to who does not know the round. */
        byte[] digest(char kind, byte[] bytes) {
            byte[] named = Arrays.copyOf((id + ":" + kind).getBytes(StandardCharsets.UTF_8), 38 + bytes.length);
            System.arraycopy(bytes, 0, named, 38, bytes.length);
            return Arrays.copyOf(Sha256.of(named), 16);
        }

        byte[] digest(String mark) {
            return digest('w', mark.getBytes(StandardCharsets.UTF_8));
        }
    }

    /**
     * The round that this run goes on with; a new one when the last is complete, when an operator asked for the whole dataset, or when
     * there was none.
     */
    Round open(ServiceKey service, Instant due, Synchronise.What what) throws SQLException {
        return database.durably(connection -> open(connection, service, due, what));
    }

    private Round open(Connection connection, ServiceKey service, Instant due, Synchronise.What what)
            throws SQLException {
        boolean fromNothing = ScheduleRows.update(
                        connection,
                        "update schedule_state set wished_whole = false"
                                + " where service = ? and service_version = ? and wished_whole and exists"
                                + " (select 1 from schedule_run r where r.service = ? and r.service_version = ?"
                                // one that was cut off goes on, and leaves the wish to the run after it
                                + " and r.due_at = ? and r.begun_by <> 'schedule' and r.round is null)",
                        service.id().value(),
                        service.version(),
                        service.id().value(),
                        service.version(),
                        due)
                == 1;
        Optional<Round> last = last(connection, service);
        Optional<Round> goesOn = last.filter(round -> !fromNothing && !round.complete());
        if (goesOn.isEmpty() && !fromNothing && isOf(connection, service, due, last)) {
            return last.orElseThrow(); // it was cut off after its last page
        }
        Round begun = goesOn.orElseGet(() -> Round.from(
                fromNothing || what == Synchronise.What.WHOLE ? Optional.empty() : last.flatMap(Round::watermark)));
        boolean known = last.isPresent();
        String written = begun.whole() ? "whole" : "part";
        if (begun.pages() == 0) {
            ScheduleRows.update(
                    connection,
                    "delete from synchronisation_seen where round in"
                            + " (select round from synchronisation where service = ? and service_version = ?)",
                    service.id().value(),
                    service.version());
            ScheduleRows.update(
                    connection,
                    known
                            ? "update synchronisation set round = ?, what = ?, complete = false, pages = 0, items = 0,"
                                    + " source_total = null, watermark = ? where service = ? and service_version = ?"
                            : "insert into synchronisation (round, what, complete, pages, items, watermark, service,"
                                    + " service_version) select cast(? as uuid), cast(? as varchar), false, 0, 0,"
                                    + " cast(? as varchar), cast(? as varchar), cast(? as integer)",
                    begun.id(),
                    written,
                    begun.watermark().orElse(null),
                    service.id().value(),
                    service.version());
            if (begun.watermark().isPresent()) {
                see(connection, begun, begun.digest(begun.watermark().get()));
            }
        }
        ScheduleRows.update(
                connection,
                "update schedule_run set round = ?, what = ?, watermark = ?"
                        + " where service = ? and service_version = ? and due_at = ?",
                begun.id(),
                written,
                begun.watermark().orElse(null),
                service.id().value(),
                service.version(),
                due);
        return begun;
    }

    private static Optional<Round> last(Connection connection, ServiceKey service) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(
                "select round, what, complete, pages, items, watermark, source_total from synchronisation"
                        + " where service = ? and service_version = ?")) {
            select.setString(1, service.id().value());
            select.setInt(2, service.version());
            try (ResultSet row = select.executeQuery()) {
                if (!row.next()) {
                    return Optional.empty();
                }
                long told = row.getLong("source_total");
                OptionalLong total = row.wasNull() ? OptionalLong.empty() : OptionalLong.of(told);
                return Optional.of(new Round(
                        row.getObject("round", UUID.class),
                        row.getString("what").equals("whole"),
                        row.getLong("pages"),
                        row.getLong("items"),
                        Optional.ofNullable(row.getString("watermark")),
                        total,
                        row.getBoolean("complete")));
            }
        }
    }

    /** Whether this run has read in this round. */
    private static boolean isOf(Connection connection, ServiceKey service, Instant due, Optional<Round> round)
            throws SQLException {
        try (PreparedStatement select = connection.prepareStatement("select 1 from schedule_run"
                + " where service = ? and service_version = ? and due_at = ? and round = ?")) {
            select.setString(1, service.id().value());
            select.setInt(2, service.version());
            select.setObject(3, due.atOffset(ZoneOffset.UTC));
            select.setObject(4, round.map(Round::id).orElse(null));
            try (ResultSet row = select.executeQuery()) {
                return row.next();
            }
        }
    }

    /** Whether the round has had this page, or the place of the one after it. */
    boolean isRepeated(Round round, SourcePage page) throws SQLException {
        try (Connection connection = database.connection()) {
            return page.count() > 0 && isSeen(connection, round, round.digest('p', page.items()))
                    || page.more()
                            && isSeen(
                                    connection,
                                    round,
                                    round.digest(page.watermark().orElseThrow()));
        }
    }

    private static boolean isSeen(Connection connection, Round round, byte[] digest) throws SQLException {
        try (PreparedStatement select =
                connection.prepareStatement("select 1 from synchronisation_seen where round = ? and digest = ?")) {
            select.setObject(1, round.id());
            select.setBytes(2, digest);
            try (ResultSet row = select.executeQuery()) {
                return row.next();
            }
        }
    }

    /**
     * The page has been accepted: one commit, on the disk when this returns.
     *
     * @return the round after it; empty when another node goes on with it meanwhile
     */
    Optional<Round> accepted(ServiceKey service, Instant due, Round round, SourcePage page) throws SQLException {
        Round after = round.after(page);
        try (Connection connection = database.connection()) {
            connection.setAutoCommit(false);
            boolean mine;
            try {
                mine = ScheduleRows.update(
                                connection,
                                "update synchronisation set pages = ?, items = ?, watermark = ?, complete = ?,"
                                        + " source_total = cast(? as bigint) where service = ? and service_version = ? and round = ? and pages = ?"
                                        + " and exists (select 1 from schedule_state s where s.service = ?"
                                        + " and s.service_version = ? and s.run = ?)",
                                after.pages(),
                                after.items(),
                                after.watermark().orElse(null),
                                after.complete(),
                                after.total().isPresent() ? after.total().getAsLong() : null,
                                service.id().value(),
                                service.version(),
                                round.id(),
                                round.pages(),
                                service.id().value(),
                                service.version(),
                                run)
                        == 1;
                if (mine) {
                    keep(connection, service, due, round, page, after);
                } else {
                    // a commit that did not answer may have been made all the same
                    mine = last(connection, service).filter(after::equals).isPresent()
                            && holdsLease(connection, service);
                }
                connection.commit();
            } catch (SQLException failed) {
                connection.rollback();
                throw failed;
            } finally {
                connection.setAutoCommit(true);
            }
            database.makeDurable(connection);
            return mine ? Optional.of(after) : Optional.empty();
        }
    }

    private boolean holdsLease(Connection connection, ServiceKey service) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(
                "select 1 from schedule_state where service = ? and service_version = ? and run = ?")) {
            select.setString(1, service.id().value());
            select.setInt(2, service.version());
            select.setObject(3, run);
            try (ResultSet row = select.executeQuery()) {
                return row.next();
            }
        }
    }

    private static void keep(
            Connection connection, ServiceKey service, Instant due, Round round, SourcePage page, Round after)
            throws SQLException {
        OptionalLong total = page.total();
        ScheduleRows.update(
                connection,
                "update schedule_run set pages = pages + 1, items = items + ?, watermark = ?,"
                        + " source_total = coalesce(cast(? as bigint), source_total)"
                        + " where service = ? and service_version = ? and due_at = ?",
                page.count(),
                after.watermark().orElse(null),
                total.isPresent() ? total.getAsLong() : null,
                service.id().value(),
                service.version(),
                due);
        if (!page.more()) {
            ScheduleRows.update(connection, "delete from synchronisation_seen where round = ?", round.id());
            return;
        }
        if (page.count() > 0) {
            see(connection, round, round.digest('p', page.items()));
        }
        see(connection, round, round.digest(page.watermark().orElseThrow()));
    }

    private static void see(Connection connection, Round round, byte[] digest) throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement(
                "insert into synchronisation_seen (round, digest) values (?, ?) on conflict do nothing")) {
            insert.setObject(1, round.id());
            insert.setBytes(2, digest);
            insert.executeUpdate();
        }
    }
}
