package vn.lgsp.guarantee;

import static vn.lgsp.guarantee.Session.utc;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Predicate;
import vn.lgsp.guarantee.DeliveryStore.Insertion;
import vn.lgsp.guarantee.DeliveryStore.NewDelivery;
import vn.lgsp.guarantee.DeliveryStore.NewExchange;
import vn.lgsp.hold.SealedParts;
import vn.lgsp.message.DeliveryId;
import vn.lgsp.message.ExchangeId;
import vn.lgsp.message.Measured;
import vn.lgsp.message.PartyCode;
import vn.lgsp.message.SystemId;
import vn.lgsp.seal.Sealer;

/**
 * Guaranteed exchanges from the moment that they are kept until they are accepted or withdrawn. One that is known already is told, and
 * kept once.
 */
final class ExchangeRows {
    private static final int INSERT_TRIES = 3;

    // insert ... select, because the count of each row is needed (see Database)
    private static final String INSERT_EXCHANGE = """
            insert into guaranteed_exchange (exchange_id, state, service, service_version, unit_digest, agency, system_id, \
            account, message_id, correlation_id, content_type, door, received_at, kept_at, salt, request_bytes, request_digest, \
            in_steps, meaning_digest, on_behalf_of) select cast(? as uuid), 'accepting', cast(? as varchar), cast(? as integer), \
            cast(? as varchar), \
            cast(? as varchar), cast(? as varchar), cast(? as varchar), cast(? as varchar), cast(? as varchar), \
            cast(? as varchar), cast(? as varchar), cast(? as timestamp(6) with time zone), \
            cast(? as timestamp(6) with time zone), \
            cast(? as bytea), cast(? as bigint), cast(? as bytea), cast(? as boolean), cast(? as bytea), cast(? as varchar) \
            on conflict do nothing""";

    private static final String INSERT_CONTENT =
            "insert into sealed_content (exchange_id, expires_at, format, epoch, wrapped_key, content) values (?, ?, ?, ?, ?, ?)";
    private static final String INSERT_DELIVERY =
            "insert into delivery (delivery_id, exchange_id, destination, state, attempts, earlier, due_at, keeps_result)"
                    + " values (?, ?, ?, 'accepted', 0, 0, ?, ?)";
    private static final String INSERT_STEP =
            "insert into delivery (delivery_id, exchange_id, destination, state, attempts, earlier, due_at, keeps_result)"
                    + " values (?, ?, ?, 'accepted', 0, 0, " + DeliveryRows.AWAITING + ", ?)";
    private static final String INSERT_ORDER = "insert into delivery_order (delivery_id, earlier_id) values (?, ?)";
    private static final String KNOWN = """
            select e.exchange_id, e.state, e.salt, e.request_bytes, e.request_digest, e.meaning_digest, d.destination \
            from guaranteed_exchange e join delivery d on d.exchange_id = e.exchange_id \
            where (e.exchange_id = ? or (e.system_id = ? and e.service = ? and e.service_version = ? and e.message_id = ?)) \
            and\s""" + DeliveryRows.NOT_AWAITING + " order by d.destination";

    private static final String PROMOTE =
            "update guaranteed_exchange set state = 'accepted', accepted_at = ? where exchange_id = ? and state = 'accepting'";
    private static final String WITHDRAW =
            "delete from guaranteed_exchange where exchange_id = ? and state = 'accepting'";
    private static final String ARE_THERE = "select exchange_id from guaranteed_exchange where exchange_id = any(?)";
    private static final String WITHDRAW_STALE =
            "delete from guaranteed_exchange where state = 'accepting' and kept_at < ?";

    List<Insertion> insert(Session session, List<NewExchange> exchanges) throws SQLException {
        List<Optional<Insertion>> answers = new ArrayList<>();
        List<NewExchange> fresh = new ArrayList<>();
        int[] counts = insertExchanges(session, exchanges);
        for (int i = 0; i < counts.length; i++) {
            NewExchange exchange = exchanges.get(i);
            Optional<Insertion> known = Optional.empty();
            boolean inserted = counts[i] == 1;
            // Between the conflict and the look at it the other one may be withdrawn.
            for (int tries = 0; !inserted && known.isEmpty(); tries++) {
                if (tries == INSERT_TRIES) {
                    throw new SQLException("exchange " + exchange.id() + " conflicts with one that is not there");
                }
                known = known(session, exchange);
                inserted = known.isEmpty() && insertExchanges(session, List.of(exchange))[0] == 1;
            }
            if (inserted) {
                fresh.add(exchange);
            }
            answers.add(known);
        }
        insertContents(session, fresh);
        insertDeliveries(session, fresh);
        return answers.stream()
                .map(known -> known.orElse(new Insertion.Inserted()))
                .toList();
    }

    private static int[] insertExchanges(Session session, List<NewExchange> exchanges) throws SQLException {
        PreparedStatement insert = session.statement(INSERT_EXCHANGE);
        for (NewExchange exchange : exchanges) {
            insert.setObject(1, exchange.id().value());
            insert.setString(2, exchange.service().id().value());
            insert.setInt(3, exchange.service().version());
            insert.setString(4, exchange.unit());
            insert.setString(5, exchange.source().agency().value());
            insert.setString(6, exchange.source().system().value());
            insert.setString(7, exchange.source().account());
            insert.setString(8, exchange.messageId().orElse(null));
            insert.setString(9, exchange.correlation());
            insert.setString(10, exchange.contentType());
            insert.setString(11, exchange.door().name());
            insert.setObject(12, utc(exchange.receivedAt()));
            insert.setObject(13, utc(session.now()));
            insert.setBytes(14, exchange.salt());
            insert.setLong(15, exchange.request().bytes());
            insert.setBytes(16, exchange.request().digest());
            insert.setBoolean(17, exchange.inSteps());
            insert.setBytes(18, exchange.meaning().length == 0 ? null : exchange.meaning());
            insert.setString(
                    19, exchange.source().onBehalfOf().map(PartyCode::value).orElse(null));
            insert.addBatch();
        }
        return insert.executeBatch();
    }

    private static void insertContents(Session session, List<NewExchange> fresh) throws SQLException {
        PreparedStatement insert = session.statement(INSERT_CONTENT);
        for (NewExchange exchange : fresh) {
            if (exchange.content().format() == Sealer.IN_PARTS) {
                SealedParts.lock(session.connection(), exchange.id().value());
            }
            insert.setObject(1, exchange.id().value());
            insert.setObject(2, utc(exchange.expiresAt()));
            insert.setInt(3, exchange.content().format());
            insert.setLong(4, exchange.content().epoch());
            insert.setBytes(5, exchange.content().wrappedKey());
            insert.setBytes(6, exchange.content().content());
            insert.addBatch();
        }
        insert.executeBatch();
    }

    private static void insertDeliveries(Session session, List<NewExchange> fresh) throws SQLException {
        PreparedStatement insert = session.statement(INSERT_DELIVERY);
        for (NewExchange exchange : fresh) {
            for (NewDelivery delivery : exchange.deliveries()) {
                if (delivery.after().isEmpty()) {
                    insert.setObject(
                            1, DeliveryId.of(exchange.id(), delivery.to()).value());
                    insert.setObject(2, exchange.id().value());
                    insert.setString(3, delivery.to().value());
                    insert.setObject(4, utc(session.now().plus(DeliveryRows.INSURANCE)));
                    insert.setBoolean(5, delivery.keepsResult());
                    insert.addBatch();
                }
            }
        }
        insert.executeBatch();
        List<NewExchange> inSteps = fresh.stream().filter(NewExchange::inSteps).toList();
        if (!inSteps.isEmpty()) {
            insertSteps(session, inSteps);
        }
    }

    private static void insertSteps(Session session, List<NewExchange> fresh) throws SQLException {
        PreparedStatement insert = session.statement(INSERT_STEP);
        PreparedStatement order = session.statement(INSERT_ORDER);
        for (NewExchange exchange : fresh) {
            for (NewDelivery delivery : exchange.deliveries()) {
                if (!delivery.after().isEmpty()) {
                    UUID id = DeliveryId.of(exchange.id(), delivery.to()).value();
                    insert.setObject(1, id);
                    insert.setObject(2, exchange.id().value());
                    insert.setString(3, delivery.to().value());
                    insert.setBoolean(4, delivery.keepsResult());
                    insert.addBatch();
                    for (SystemId earlier : delivery.after()) {
                        order.setObject(1, id);
                        order.setObject(2, DeliveryId.of(exchange.id(), earlier).value());
                        order.addBatch();
                    }
                }
            }
        }
        insert.executeBatch();
        order.executeBatch();
    }

    private static Optional<Insertion> known(Session session, NewExchange exchange) throws SQLException {
        PreparedStatement select = session.statement(KNOWN);
        select.setObject(1, exchange.id().value());
        select.setString(2, exchange.source().system().value());
        select.setString(3, exchange.service().id().value());
        select.setInt(4, exchange.service().version());
        select.setString(5, exchange.messageId().orElse(null));
        try (ResultSet row = select.executeQuery()) {
            if (!row.next()) {
                return Optional.empty();
            }
            ExchangeId first = DeliveryRows.exchange(row);
            boolean accepted = "accepted".equals(row.getString("state"));
            byte[] salt = row.getBytes("salt");
            Measured request = DeliveryRows.request(row);
            byte[] meaning = meaning(row);
            List<SystemId> destinations = new ArrayList<>();
            do {
                destinations.add(new SystemId(row.getString("destination")));
            } while (row.next());
            return Optional.of(new Insertion.Known(first, accepted, salt, request, meaning, destinations));
        }
    }

    List<Boolean> promote(Session session, List<ExchangeId> exchanges) throws SQLException {
        int[] counts = promoteNow(session, exchanges);
        Set<UUID> there = thereAmong(session, exchanges, counts);
        return answers(exchanges, counts, id -> there.contains(id.value()));
    }

    static int[] promoteNow(Session session, List<ExchangeId> exchanges) throws SQLException {
        PreparedStatement update = session.statement(PROMOTE);
        for (ExchangeId exchange : exchanges) {
            update.setObject(1, utc(session.now()));
            update.setObject(2, exchange.value());
            update.addBatch();
        }
        return update.executeBatch();
    }

    List<Boolean> withdraw(Session session, List<ExchangeId> exchanges) throws SQLException {
        PreparedStatement delete = session.statement(WITHDRAW);
        for (ExchangeId exchange : exchanges) {
            delete.setObject(1, exchange.value());
            delete.addBatch();
        }
        int[] counts = delete.executeBatch();
        Set<UUID> there = thereAmong(session, exchanges, counts);
        return answers(exchanges, counts, id -> !there.contains(id.value()));
    }

    /** Of those whose state did not change: which exist. They are accepted, for only an accepting one changes or goes. */
    private static Set<UUID> thereAmong(Session session, List<ExchangeId> exchanges, int[] counts) throws SQLException {
        List<UUID> unchanged = new ArrayList<>();
        for (int i = 0; i < counts.length; i++) {
            if (counts[i] == 0) {
                unchanged.add(exchanges.get(i).value());
            }
        }
        return unchanged.isEmpty()
                ? Set.of()
                : DeliveryRows.exchangesIn(session, session.statement(ARE_THERE), unchanged);
    }

    private static List<Boolean> answers(List<ExchangeId> exchanges, int[] counts, Predicate<ExchangeId> unchanged) {
        List<Boolean> answers = new ArrayList<>();
        for (int i = 0; i < counts.length; i++) {
            answers.add(counts[i] == 1 || unchanged.test(exchanges.get(i)));
        }
        return answers;
    }

    List<Integer> withdrawStale(Session session, List<Instant> befores) throws SQLException {
        List<Integer> withdrawn = new ArrayList<>();
        for (Instant before : befores) {
            PreparedStatement delete = session.statement(WITHDRAW_STALE);
            delete.setObject(1, utc(before));
            withdrawn.add(delete.executeUpdate());
        }
        return withdrawn;
    }

    private static byte[] meaning(ResultSet row) throws SQLException {
        byte[] digest = row.getBytes("meaning_digest");
        return digest == null ? new byte[0] : digest;
    }
}
