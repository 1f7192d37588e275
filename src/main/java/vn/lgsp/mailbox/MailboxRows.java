package vn.lgsp.mailbox;

import java.io.ByteArrayInputStream;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import vn.lgsp.database.Database;
import vn.lgsp.edoc.TransportState;
import vn.lgsp.hold.SealedParts;
import vn.lgsp.seal.Sealed;
import vn.lgsp.seal.Sealer;

/** The rows of mailboxes, the same on H2 and PostgreSQL. Each method is one transaction, and what it has changed is durable when it returns. */
final class MailboxRows {
    /**
     * A packet that comes in.
     *
     * @param digest of its bytes, in hex
     * @param entries one for each receiver, no two of one key
     * @param sealed its bytes; empty where no receiver is ours
     * @param held whether nobody sees it before {@link #handedOn all that goes on outside} is accepted
     * @param reported key of an entry outside that this packet, a report of its receiver, shows to have arrived
     */
    record Arriving(
            UUID packet,
            String system,
            String type,
            String from,
            long bytes,
            String digest,
            List<Slip> entries,
            Optional<Sealed> sealed,
            boolean held,
            Optional<String> reported) {}

    /**
     * One receiver.
     *
     * @param key by which the same packet for the same receiver is known
     * @param handedKey under which it is handed on; empty for a receiver that is ours
     */
    record Slip(UUID entry, String receiver, String key, Optional<String> handedKey) {
        boolean outside() {
            return handedKey.isPresent();
        }
    }

    /**
     * What waits for a receiver, or waited.
     *
     * @param handed the exchange that took it for a receiver outside
     * @param business the last business code that its receiver told, empty when none
     */
    record Entry(
            UUID entry,
            UUID packet,
            String type,
            String from,
            String receiver,
            TransportState state,
            Instant created,
            Instant updated,
            boolean outside,
            Optional<UUID> handed,
            String business) {}

    /** Another packet was taken under the key of this one. */
    static final class Conflict extends Exception {
        private static final long serialVersionUID = 1L;

        private final List<String> receivers;

        Conflict(List<String> receivers) {
            this.receivers = List.copyOf(receivers);
        }

        /** Those that have the other packet. */
        List<String> receivers() {
            return receivers;
        }
    }

    /** @param handed whether it has been handed on to a receiver outside */
    private record Known(UUID packet, String key, String digest, boolean held, String receiver, boolean handed) {}

    private final Database database;

    MailboxRows(Database database) {
        this.database = database;
    }

    /**
     * Keeps a packet for its receivers; what a receiver has of it already is not kept twice.
     *
     * @return the id under which it is known to its sender: that of the first time
     */
    UUID put(Arriving arriving, Instant now) throws SQLException, Conflict {
        try {
            return database.durably(connection -> put(connection, arriving, now));
        } catch (SQLException raced) {
            if (!"23505".equals(raced.getSQLState())) {
                throw raced;
            }
            // somebody else has just put the same
            return database.durably(connection -> put(connection, arriving, now));
        }
    }

    private static UUID put(Connection connection, Arriving arriving, Instant now) throws SQLException, Conflict {
        if (arriving.reported().isPresent()) {
            update(
                    connection,
                    "update mailbox_entry set state = 'done', updated_at = ? where entry_key = ? and outside and state ="
                            + " 'processing'",
                    now,
                    arriving.reported().get());
        }
        List<Known> known = new ArrayList<>();
        Set<String> there = new HashSet<>();
        List<Known> found = known(connection, arriving.entries());
        if (found.stream().anyMatch(Known::held)) {
            // what is handed on meanwhile is its receivers', and no longer held
            for (UUID packet :
                    found.stream().map(Known::packet).distinct().sorted().toList()) {
                lock(connection, packet);
            }
            found = known(connection, arriving.entries());
        }
        Set<UUID> givenUp = new HashSet<>();
        List<String> others = new ArrayList<>();
        for (Known one : found) {
            boolean ended = one.held() && isGivenUp(connection, one, found, arriving);
            if (ended) {
                givenUp.add(one.packet());
            }
            if (one.digest().equals(arriving.digest()) && (!ended || one.handed())) {
                known.add(one);
                there.add(one.key());
            } else if (!ended || one.handed()) {
                others.add(one.receiver());
            }
        }
        if (!others.isEmpty()) {
            throw new Conflict(others);
        }
        for (UUID packet : givenUp) {
            giveUp(connection, packet);
        }
        List<Slip> missing = arriving.entries().stream()
                .filter(slip -> !there.contains(slip.key()))
                .toList();
        for (Slip slip : arriving.entries()) {
            if (slip.outside() && there.contains(slip.key())) {
                // the first time it may have been handed on under another key: each alone, or all together
                update(
                        connection,
                        "update mailbox_entry set handed_key = ? where entry_key = ?",
                        slip.handedKey().orElse(null),
                        slip.key());
            }
        }
        if (missing.isEmpty()) {
            return known.isEmpty() ? arriving.packet() : known.get(0).packet();
        }
        update(
                connection,
                "insert into mailbox_packet (packet_id, system_id, message_type, from_code, bytes, digest, created_at)"
                        + " values (?, ?, ?, ?, ?, ?, ?)",
                arriving.packet(),
                arriving.system(),
                arriving.type(),
                arriving.from(),
                arriving.bytes(),
                arriving.digest(),
                now);
        if (arriving.sealed().isPresent() && missing.stream().anyMatch(slip -> !slip.outside())) {
            keep(connection, arriving.packet(), arriving.sealed().get(), now);
        }
        boolean held = arriving.held() && missing.stream().anyMatch(Slip::outside);
        for (Slip slip : missing) {
            update(
                    connection,
                    "insert into mailbox_entry (entry_id, packet_id, receiver, message_type, entry_key, outside, state,"
                            + " created_at, updated_at, held, handed_key) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                    slip.entry(),
                    arriving.packet(),
                    slip.receiver(),
                    arriving.type(),
                    slip.key(),
                    slip.outside(),
                    (slip.outside() ? TransportState.PROCESSING : TransportState.INITIAL).word(),
                    now,
                    now,
                    held,
                    slip.handedKey().orElse(null));
        }
        return known.isEmpty() ? arriving.packet() : known.get(0).packet();
    }

    /**
     * Whether a packet that is held is not sent once more with all of its receivers: nobody would hand on what is left of it, and those in
     * the city would wait for ever.
     */
    private static boolean isGivenUp(Connection connection, Known held, List<Known> found, Arriving arriving)
            throws SQLException {
        if (!held.digest().equals(arriving.digest())
                || found.size() < arriving.entries().size()) {
            return true;
        }
        Set<String> coming = arriving.entries().stream().map(Slip::key).collect(Collectors.toSet());
        try (PreparedStatement select =
                connection.prepareStatement("select entry_key from mailbox_entry where packet_id = ?")) {
            select.setObject(1, held.packet());
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    if (!coming.contains(row.getString("entry_key"))) {
                        return true;
                    }
                }
            }
        }
        return false;
    }

    /**
     * Its sender never heard that it was taken, so it stands in nobody's way; only what has gone out already stays, and is known by its bytes.
     */
    private static void giveUp(Connection connection, UUID packet) throws SQLException {
        update(connection, "delete from mailbox_entry where packet_id = ? and handed_exchange is null", packet);
        update(connection, "update mailbox_entry set held = false where packet_id = ?", packet);
        update(connection, "delete from mailbox_content where packet_id = ?", packet);
        update(
                connection,
                "delete from mailbox_packet where packet_id = ? and not exists (select 1 from mailbox_entry e where"
                        + " e.packet_id = ?)",
                packet,
                packet);
    }

    /**
     * Notes which exchange has taken on what goes to receivers outside; a packet of which nothing is left to be handed on is its receivers'
     * from now.
     *
     * @throws Conflict when no such packet is kept, or not any more
     */
    void handedOn(String key, UUID exchange, Instant now) throws SQLException, Conflict {
        database.durably(connection -> {
            try (PreparedStatement select = connection.prepareStatement(
                    "select packet_id from mailbox_packet where packet_id in (select"
                            + " e.packet_id from mailbox_entry e where e.handed_key = ?) order by packet_id for update")) {
                select.setString(1, key);
                select.executeQuery().close();
            }
            int noted = update(
                    connection,
                    "update mailbox_entry set handed_exchange = coalesce(handed_exchange, ?), updated_at = ? where"
                            + " handed_key = ?",
                    exchange,
                    now,
                    key);
            if (noted == 0) {
                throw new Conflict(List.of());
            }
            return update(
                    connection,
                    "update mailbox_entry set held = false where held and packet_id in (select h.packet_id from"
                            + " mailbox_entry h where h.handed_key = ?) and packet_id not in (select o.packet_id from"
                            + " mailbox_entry o where o.outside and o.handed_exchange is null and o.packet_id in (select"
                            + " s.packet_id from mailbox_entry s where s.handed_key = ?))",
                    key,
                    key);
        });
    }

    /** Notes the business code that a receiver has told. */
    void told(UUID entry, String business, Instant now) throws SQLException, Conflict {
        database.durably(connection -> update(
                connection,
                "update mailbox_entry set business = ?, updated_at = ? where entry_id = ?",
                business,
                now,
                entry));
    }

    private static void keep(Connection connection, UUID packet, Sealed sealed, Instant now) throws SQLException {
        if (sealed.format() == Sealer.IN_PARTS) {
            SealedParts.lock(connection, packet);
        }
        try (PreparedStatement insert =
                connection.prepareStatement("insert into mailbox_content (packet_id, created_at, format, epoch,"
                        + " wrapped_key, content) values (?, ?, ?, ?, ?, ?)")) {
            insert.setObject(1, packet);
            insert.setObject(2, now.atOffset(ZoneOffset.UTC));
            insert.setInt(3, sealed.format());
            insert.setLong(4, sealed.epoch());
            insert.setBytes(5, sealed.wrappedKey());
            insert.setBinaryStream(6, new ByteArrayInputStream(sealed.content()), sealed.content().length);
            insert.executeUpdate();
        }
    }

    private static List<Known> known(Connection connection, List<Slip> slips) throws SQLException {
        List<Known> found = new ArrayList<>();
        try (PreparedStatement select =
                connection.prepareStatement("select e.packet_id, e.entry_key, e.held, e.receiver, e.handed_exchange,"
                        + " p.digest from mailbox_entry e"
                        + " join mailbox_packet p on p.packet_id = e.packet_id where e.entry_key = ?")) {
            for (Slip slip : slips) {
                select.setString(1, slip.key());
                try (ResultSet row = select.executeQuery()) {
                    if (row.next()) {
                        found.add(new Known(
                                row.getObject("packet_id", UUID.class),
                                row.getString("entry_key"),
                                row.getString("digest"),
                                row.getBoolean("held"),
                                row.getString("receiver"),
                                row.getObject("handed_exchange") != null));
                    }
                }
            }
        }
        return found;
    }

    /** What waits for these receivers and came in these days, the oldest first. */
    List<Entry> waiting(Collection<String> receivers, String type, Days days, int limit) throws SQLException {
        if (receivers.isEmpty()) {
            return List.of();
        }
        try (Connection connection = database.connection();
                PreparedStatement select = connection.prepareStatement(ENTRY
                        + " where not e.outside and not e.held and e.state in ('initial', 'processing') and e.message_type = ?"
                        + " and e.created_at >= ? and e.created_at < ?"
                        + " and e.receiver in (" + marks(receivers) + ") order by e.created_at, e.entry_id limit ?")) {
            select.setString(1, type);
            select.setObject(2, days.begin().atOffset(ZoneOffset.UTC));
            select.setObject(3, days.end().atOffset(ZoneOffset.UTC));
            int next = 4;
            for (String receiver : receivers) {
                select.setString(next++, receiver);
            }
            select.setInt(next, limit);
            return entries(select);
        }
    }

    /** How many wait for these receivers. */
    long count(Collection<String> receivers, String type) throws SQLException {
        if (receivers.isEmpty()) {
            return 0;
        }
        try (Connection connection = database.connection();
                PreparedStatement select = connection.prepareStatement(
                        "select count(*) from mailbox_entry where not outside and not held and state in ('initial', 'processing')"
                                + " and message_type = ? and receiver in (" + marks(receivers) + ")")) {
            select.setString(1, type);
            int next = 2;
            for (String receiver : receivers) {
                select.setString(next++, receiver);
            }
            try (ResultSet row = select.executeQuery()) {
                row.next();
                return row.getLong(1);
            }
        }
    }

    /** The entry with this id, if it is one of these receivers'. */
    Optional<Entry> find(UUID entry, Collection<String> receivers) throws SQLException {
        try (Connection connection = database.connection()) {
            return find(connection, entry, receivers);
        }
    }

    private static Optional<Entry> find(Connection connection, UUID entry, Collection<String> receivers)
            throws SQLException {
        try (PreparedStatement select =
                connection.prepareStatement(ENTRY + " where not e.outside and not e.held and e.entry_id = ?")) {
            select.setObject(1, entry);
            return entries(select).stream()
                    .filter(found -> receivers.contains(found.receiver()))
                    .findFirst();
        }
    }

    /** What became of a packet that this system has sent, one for each receiver; also for those it was sent to later. */
    List<Entry> sent(UUID packet, String system) throws SQLException {
        try (Connection connection = database.connection();
                PreparedStatement select = connection.prepareStatement(ENTRY + " where p.system_id = ? and p.digest ="
                        + " (select d.digest from mailbox_packet d where d.packet_id = ? and d.system_id = ?)"
                        + " order by e.receiver")) {
            select.setString(1, system);
            select.setObject(2, packet);
            select.setString(3, system);
            return entries(select);
        }
    }

    Optional<Sealed> content(UUID packet) throws SQLException {
        try (Connection connection = database.connection();
                PreparedStatement select = connection.prepareStatement(
                        "select format, epoch, wrapped_key, content from mailbox_content where packet_id = ?")) {
            select.setObject(1, packet);
            try (ResultSet row = select.executeQuery()) {
                return row.next()
                        ? Optional.of(new Sealed(
                                row.getInt("format"),
                                row.getLong("epoch"),
                                row.getBytes("wrapped_key"),
                                row.getBytes("content")))
                        : Optional.empty();
            }
        }
    }

    /**
     * Notes what a receiver tells of an entry of its; once no receiver needs the content any more it is gone, in the same transaction.
     *
     * @return the state afterwards; empty when the receivers have no such entry
     * @throws vn.lgsp.failure.Invalid when the state may not follow
     */
    Optional<TransportState> update(UUID entry, Collection<String> receivers, TransportState told, Instant now)
            throws SQLException, Conflict {
        return database.durably(connection -> {
            Optional<Entry> found = find(connection, entry, receivers);
            if (found.isEmpty()) {
                return Optional.empty();
            }
            // two receivers that confirm at once would each see the other's entry open, and nobody would destroy the
            // content
            lock(connection, found.get().packet());
            TransportState next =
                    find(connection, entry, receivers).orElseThrow().state().to(told);
            update(
                    connection,
                    "update mailbox_entry set state = ?, updated_at = ? where entry_id = ?",
                    next.word(),
                    now,
                    entry);
            update(
                    connection,
                    "delete from mailbox_content where packet_id = ? and not exists (select 1 from mailbox_entry e"
                            + " where e.packet_id = ? and not e.outside and e.state <> 'done')",
                    found.get().packet(),
                    found.get().packet());
            return Optional.of(next);
        });
    }

    private static void lock(Connection connection, UUID packet) throws SQLException {
        try (PreparedStatement select =
                connection.prepareStatement("select packet_id from mailbox_packet where packet_id = ? for update")) {
            select.setObject(1, packet);
            select.executeQuery().close();
        }
    }

    /** What nobody has fetched until now is gone: its content is destroyed, and its entries have failed. */
    int expire(Instant before, Instant now) throws SQLException, Conflict {
        return database.durably(connection -> {
            update(
                    connection,
                    "update mailbox_entry set state = 'fail', updated_at = ? where not outside and state in ('initial',"
                            + " 'processing') and created_at < ?",
                    now,
                    before);
            return update(connection, "delete from mailbox_content where created_at < ?", before);
        });
    }

    private static final String ENTRY =
            "select e.entry_id, e.packet_id, e.message_type, p.from_code, e.receiver, e.state,"
                    + " e.created_at, e.updated_at, e.outside, e.handed_exchange, e.business from mailbox_entry e"
                    + " join mailbox_packet p on p.packet_id = e.packet_id";

    private static List<Entry> entries(PreparedStatement select) throws SQLException {
        List<Entry> found = new ArrayList<>();
        try (ResultSet row = select.executeQuery()) {
            while (row.next()) {
                found.add(new Entry(
                        row.getObject("entry_id", UUID.class),
                        row.getObject("packet_id", UUID.class),
                        row.getString("message_type"),
                        row.getString("from_code"),
                        row.getString("receiver"),
                        TransportState.of(row.getString("state")).orElseThrow(),
                        row.getObject("created_at", OffsetDateTime.class).toInstant(),
                        row.getObject("updated_at", OffsetDateTime.class).toInstant(),
                        row.getBoolean("outside"),
                        Optional.ofNullable(row.getObject("handed_exchange", UUID.class)),
                        Optional.ofNullable(row.getString("business")).orElse("")));
            }
        }
        return found;
    }

    private static String marks(Collection<String> values) {
        return String.join(", ", Collections.nCopies(values.size(), "?"));
    }

    private static int update(Connection connection, String sql, @Nullable Object... values) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < values.length; i++) {
                statement.setObject(i + 1, values[i] instanceof Instant at ? at.atOffset(ZoneOffset.UTC) : values[i]);
            }
            return statement.executeUpdate();
        }
    }
}
