package vn.lgsp.guarantee;

import static vn.lgsp.guarantee.Session.utc;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import vn.lgsp.failure.ErrorCode;
import vn.lgsp.guarantee.DeliveryStore.Claim;
import vn.lgsp.guarantee.DeliveryStore.Due;
import vn.lgsp.guarantee.DeliveryStore.Insertion;
import vn.lgsp.guarantee.DeliveryStore.NewDelivery;
import vn.lgsp.guarantee.DeliveryStore.NewExchange;
import vn.lgsp.guarantee.DeliveryStore.Retried;
import vn.lgsp.message.AgencyCode;
import vn.lgsp.message.Caller;
import vn.lgsp.message.DeliveryId;
import vn.lgsp.message.Door;
import vn.lgsp.message.ExchangeId;
import vn.lgsp.message.Measured;
import vn.lgsp.message.ServiceId;
import vn.lgsp.message.ServiceKey;
import vn.lgsp.message.SystemId;
import vn.lgsp.seal.Sealed;

/**
 * The statements behind the states, the same on H2 and PostgreSQL. Each changes a row only from the state that it names, so that several
 * nodes may work on one database and exactly one of them wins.
 *
 * <p>Whoever ends deliveries of an exchange locks its content first, and then sees how the others ended. Whoever withdraws an exchange while
 * another node begins to deliver it waits for that one, which waits for this one: PostgreSQL ends one of the two after a second, and the
 * committer carries it out again.
 */
final class DeliveryRows {
    /** A reference that is out is posted again after this time, in case the broker lost it. */
    static final Duration INSURANCE = Duration.ofMinutes(15);

    private static final int MOST_EXPIRED = 1_000;
    private static final int INSERT_TRIES = 3;

    /** When a delivery is due that waits for an earlier one: never by itself, so that no look for due ones has to pass it. */
    private static final String AWAITING = "timestamp with time zone '9998-01-01 00:00:00+00'";

    /** After this time the sweeper posts the reference of a step whose turn has come, should nobody live to do it at once. */
    static final Duration NEXT_STEP = Duration.ofSeconds(5);

    /** How a delivery stands, one that waits for an earlier one told apart. */
    static final String STATE =
            "case when d.state = 'accepted' and d.due_at = " + AWAITING + " then 'waiting' else d.state end as state";
    /** Which deliveries of {@code d} are accepted, and wait for an earlier one. */
    static final String WAITS = "d.state = 'accepted' and d.due_at = " + AWAITING;
    /** Which deliveries of {@code d} wait for nobody. */
    static final String NOT_AWAITING = "d.due_at <> " + AWAITING;

    // insert ... select, because the count of each row is needed (see Database)
    private static final String INSERT_EXCHANGE = """
            insert into guaranteed_exchange (exchange_id, state, service, service_version, unit_digest, agency, system_id, \
            account, message_id, correlation_id, content_type, door, received_at, kept_at, salt, request_bytes, request_digest, \
            in_steps, meaning_digest) select cast(? as uuid), 'accepting', cast(? as varchar), cast(? as integer), \
            cast(? as varchar), \
            cast(? as varchar), cast(? as varchar), cast(? as varchar), cast(? as varchar), cast(? as varchar), \
            cast(? as varchar), cast(? as varchar), cast(? as timestamp(6) with time zone), \
            cast(? as timestamp(6) with time zone), \
            cast(? as bytea), cast(? as bigint), cast(? as bytea), cast(? as boolean), cast(? as bytea) \
            on conflict do nothing""";

    private static final String INSERT_CONTENT =
            "insert into sealed_content (exchange_id, expires_at, format, epoch, wrapped_key, content) values (?, ?, ?, ?, ?, ?)";
    private static final String INSERT_DELIVERY =
            "insert into delivery (delivery_id, exchange_id, destination, state, attempts, earlier, due_at, keeps_result)"
                    + " values (?, ?, ?, 'accepted', 0, 0, ?, ?)";
    private static final String INSERT_STEP =
            "insert into delivery (delivery_id, exchange_id, destination, state, attempts, earlier, due_at, keeps_result)"
                    + " values (?, ?, ?, 'accepted', 0, 0, " + AWAITING + ", ?)";
    private static final String INSERT_ORDER = "insert into delivery_order (delivery_id, earlier_id) values (?, ?)";
    private static final String KNOWN = """
            select e.exchange_id, e.state, e.salt, e.request_bytes, e.request_digest, e.meaning_digest, d.destination \
            from guaranteed_exchange e join delivery d on d.exchange_id = e.exchange_id \
            where (e.exchange_id = ? or (e.system_id = ? and e.service = ? and e.service_version = ? and e.message_id = ?)) \
            and\s""" + NOT_AWAITING + " order by d.destination";

    private static final String PROMOTE =
            "update guaranteed_exchange set state = 'accepted', accepted_at = ? where exchange_id = ? and state = 'accepting'";
    private static final String WITHDRAW =
            "delete from guaranteed_exchange where exchange_id = ? and state = 'accepting'";
    private static final String ARE_THERE = "select exchange_id from guaranteed_exchange where exchange_id = any(?)";
    private static final String WITHDRAW_STALE =
            "delete from guaranteed_exchange where state = 'accepting' and kept_at < ?";

    private static final String STANDING = """
            select d.delivery_id, d.not_before, d.lease_until, """ + STATE + " from delivery d where d.delivery_id = any(?)";
    private static final String SERVICES = """
            select d.delivery_id, e.service, e.service_version \
            from delivery d join guaranteed_exchange e on e.exchange_id = d.exchange_id where d.delivery_id = any(?)""";
    private static final String BEGIN =
            """
            update delivery set state = 'delivering', attempts = attempts + 1, last_attempt_at = ?, lease_until = ?, due_at = ?, \
            not_before = null, node = ?, run = ? where delivery_id = ? \
            and (state = 'accepted' and (not_before is null or not_before <= ?) and due_at <>\s""" + AWAITING + " or state = 'delivering' and (lease_until <= ? or node = ? and run = ?))";
    private static final String BEGUN = """
            select d.delivery_id, d.destination, d.attempts, d.earlier, d.keeps_result, e.in_steps, e.exchange_id, e.state as exchange_state, e.service, e.service_version, \
            e.unit_digest, e.agency, e.system_id, e.account, e.message_id, e.correlation_id, e.content_type, e.door, e.received_at, \
            e.salt, e.request_bytes, e.request_digest, s.expires_at, s.format, s.epoch, s.wrapped_key, s.content \
            from delivery d join guaranteed_exchange e on e.exchange_id = d.exchange_id \
            join sealed_content s on s.exchange_id = d.exchange_id where d.delivery_id = any(?)""";

    private static final String RESULTS = """
            select o.delivery_id, d.delivery_id as earlier_id, d.destination, r.format, r.epoch, r.wrapped_key, r.content \
            from delivery_order o join delivery d on d.delivery_id = o.earlier_id \
            join sealed_result r on r.delivery_id = o.earlier_id where o.delivery_id = any(?)""";

    private static final String LOCK_CONTENTS_OF = """
            select exchange_id from sealed_content where exchange_id in \
            (select exchange_id from delivery where delivery_id = any(?)) order by exchange_id for update""";
    private static final String DELIVERED = """
            update delivery set state = 'delivered', ended_at = ?, sent_bytes = ?, sent_digest = ?, reason = null, \
            partner_code = null, lease_until = null, node = null, run = null \
            where delivery_id = ? and state = 'delivering' and attempts = ?""";
    private static final String INSERT_RESULT = """
            insert into sealed_result (delivery_id, exchange_id, format, epoch, wrapped_key, content) \
            select d.delivery_id, d.exchange_id, cast(? as integer), cast(? as bigint), cast(? as bytea), ? \
            from delivery d where d.delivery_id = ?""";
    private static final String NEXT = """
            select o.earlier_id, d.delivery_id, d.destination from delivery_order o join delivery d on d.delivery_id = o.delivery_id \
            where o.earlier_id = any(?) and\s""" + WAITS
            + " and not exists (select 1 from delivery_order b join delivery e on e.delivery_id = b.earlier_id where b.delivery_id = d.delivery_id and e.state <> 'delivered')";
    private static final String MAKE_DUE =
            "update delivery set due_at = ? where delivery_id = any(?) and state = 'accepted' and due_at = " + AWAITING;
    private static final String FORGET = """
            delete from sealed_content where exchange_id = any(?) and not exists (select 1 from delivery d \
            where d.exchange_id = sealed_content.exchange_id and d.state in ('accepted', 'delivering', 'parked'))""";
    private static final String FAILED = """
            update delivery set state = ?, due_at = ?, not_before = ?, ended_at = ?, reason = ?, partner_code = ?, \
            lease_until = null, node = null, run = null where delivery_id = ? and state = 'delivering' and attempts = ?""";
    private static final String RETRY = """
            update delivery set state = 'accepted', due_at = ?, not_before = null, ended_at = null, earlier = attempts \
            where delivery_id = ? and state = 'parked'""";
    private static final String STATES =
            "select d.delivery_id, " + STATE + " from delivery d where d.delivery_id = any(?)";

    private static final String DUE = """
            select d.delivery_id, d.exchange_id, d.destination, d.attempts, d.state \
            from delivery d join guaranteed_exchange e on e.exchange_id = d.exchange_id \
            where d.state = ? and d.due_at <= ? and e.state = 'accepted' and not (d.destination = any(?)) \
            order by d.due_at limit ?""";
    private static final String POSTED = """
            update delivery set due_at = ?, not_before = null where delivery_id = ? and due_at <= ? \
            and (state = 'accepted' and (not_before is null or not_before <= ?) or state = 'delivering' and lease_until <= ?)""";
    private static final String HAND_BACK = """
            update delivery set due_at = ? where delivery_id = ? and due_at <>\s""" + AWAITING
            + " and (state = 'accepted' and (not_before is null or not_before <= ?) or state = 'delivering' and lease_until <= ?)";
    private static final String ON_HOLD = """
            select d.delivery_id from delivery d join guaranteed_exchange e on e.exchange_id = d.exchange_id \
            where d.state in ('accepted', 'delivering') and d.due_at = ? \
            and not (e.service || '/v' || e.service_version = any(?)) limit ?""";
    private static final String RESUME = "update delivery set due_at = ? where delivery_id = any(?) and due_at = ?";
    private static final String OVER = """
            select c.exchange_id from sealed_content c where c.exchange_id in \
            (select s.exchange_id from sealed_content s join guaranteed_exchange e on e.exchange_id = s.exchange_id \
            where s.expires_at <= ? and e.state = 'accepted' and exists (select 1 from delivery d \
            where d.exchange_id = s.exchange_id and d.state in ('accepted', 'parked')) order by s.expires_at limit ?) \
            order by c.exchange_id for update""";
    private static final String EXPIRE = """
            update delivery set state = 'expired', ended_at = ?, not_before = null, reason = ? \
            where exchange_id = any(?) and state in ('accepted', 'parked')""";
    private static final String RELEASE = """
            update delivery set state = 'accepted', due_at = ?, not_before = null, lease_until = null, node = null, run = null \
            where state = 'delivering' and node = ? and run <> ?""";

    /** When a delivery of a held service is due: never by itself, so that no look for due ones has to pass it. */
    static final Instant HELD = Instant.parse("9999-01-01T00:00:00Z");

    private final String node;
    private final UUID run = UUID.randomUUID();

    /** @param node is in the leases, with a run of its own for every instance */
    DeliveryRows(String node) {
        this.node = node;
    }

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
            insert.addBatch();
        }
        return insert.executeBatch();
    }

    private static void insertContents(Session session, List<NewExchange> fresh) throws SQLException {
        PreparedStatement insert = session.statement(INSERT_CONTENT);
        for (NewExchange exchange : fresh) {
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
                    insert.setObject(4, utc(session.now().plus(INSURANCE)));
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
            ExchangeId first = exchange(row);
            boolean accepted = "accepted".equals(row.getString("state"));
            byte[] salt = row.getBytes("salt");
            Measured request = request(row);
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

    private static int[] promoteNow(Session session, List<ExchangeId> exchanges) throws SQLException {
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
        return unchanged.isEmpty() ? Set.of() : exchangesIn(session, session.statement(ARE_THERE), unchanged);
    }

    private static Set<UUID> exchangesIn(Session session, PreparedStatement select, List<UUID> ids)
            throws SQLException {
        select.setArray(1, session.ids(ids));
        return exchanges(select);
    }

    private static Set<UUID> exchanges(PreparedStatement select) throws SQLException {
        Set<UUID> found = new LinkedHashSet<>();
        try (ResultSet row = select.executeQuery()) {
            while (row.next()) {
                found.add(row.getObject("exchange_id", UUID.class));
            }
        }
        return found;
    }

    private static List<Boolean> answers(
            List<ExchangeId> exchanges, int[] counts, java.util.function.Predicate<ExchangeId> unchanged) {
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

    record Begin(DeliveryId delivery, Duration lease, Set<ServiceKey> held) {}

    private record Standing(DeliveryState state, Optional<Instant> notBefore, Optional<Instant> leaseUntil) {
        Claim refused(Instant now) {
            return switch (state) {
                case ACCEPTED -> new Claim.NotDue(notBefore.orElse(now));
                case WAITING -> new Claim.Waiting();
                case DELIVERING -> new Claim.Leased(leaseUntil.orElse(now));
                case DELIVERED, PARKED, EXPIRED -> new Claim.Settled(state);
            };
        }

        Claim held(Instant now, ServiceKey service) {
            Claim refused = refused(now);
            return refused instanceof Claim.Settled || refused instanceof Claim.Waiting
                    ? refused
                    : new Claim.Held(service);
        }
    }

    List<Claim> begin(Session session, List<Begin> asked) throws SQLException {
        Instant now = session.now();
        Map<UUID, Claim> claims = held(session, asked, now);
        List<Begin> begins = asked.stream()
                .filter(begin -> !claims.containsKey(begin.delivery().value()))
                .toList();
        PreparedStatement update = session.statement(BEGIN);
        for (Begin begin : begins) {
            OffsetDateTime until = utc(now.plus(begin.lease()));
            update.setObject(1, utc(now));
            update.setObject(2, until);
            update.setObject(3, until);
            update.setString(4, node);
            update.setObject(5, run);
            update.setObject(6, begin.delivery().value());
            update.setObject(7, utc(now));
            update.setObject(8, utc(now));
            update.setString(9, node);
            update.setObject(10, run);
            update.addBatch();
        }
        int[] counts = update.executeBatch();
        List<UUID> begun = new ArrayList<>();
        List<UUID> refused = new ArrayList<>();
        for (int i = 0; i < counts.length; i++) {
            (counts[i] == 1 ? begun : refused).add(begins.get(i).delivery().value());
        }
        if (!begun.isEmpty()) {
            claims.putAll(begun(session, begun));
        }
        if (!refused.isEmpty()) {
            standing(session, refused).forEach((id, found) -> claims.put(id, found.refused(now)));
        }
        return asked.stream()
                .map(begin -> claims.getOrDefault(begin.delivery().value(), new Claim.Gone()))
                .toList();
    }

    /** Those whose service is held now. Seldom any is, and only then somebody looks for their services. */
    private static Map<UUID, Claim> held(Session session, List<Begin> asked, Instant now) throws SQLException {
        Map<UUID, Claim> found = new HashMap<>();
        Map<UUID, Set<ServiceKey>> held = new HashMap<>();
        asked.stream()
                .filter(begin -> !begin.held().isEmpty())
                .forEach(begin -> held.put(begin.delivery().value(), begin.held()));
        if (held.isEmpty()) {
            return found;
        }
        Map<UUID, ServiceKey> waiting = new HashMap<>();
        PreparedStatement select = session.statement(SERVICES);
        select.setArray(1, session.ids(held.keySet()));
        try (ResultSet row = select.executeQuery()) {
            while (row.next()) {
                UUID delivery = row.getObject("delivery_id", UUID.class);
                ServiceKey service = service(row);
                if (held.getOrDefault(delivery, Set.of()).contains(service)) {
                    waiting.put(delivery, service);
                }
            }
        }
        if (!waiting.isEmpty()) {
            Map<UUID, Standing> standing = standing(session, List.copyOf(waiting.keySet()));
            waiting.forEach((id, service) -> Optional.ofNullable(standing.get(id))
                    .ifPresent(stands -> found.put(id, stands.held(now, service))));
        }
        return found;
    }

    private static Map<UUID, Standing> standing(Session session, List<UUID> deliveries) throws SQLException {
        PreparedStatement select = session.statement(STANDING);
        select.setArray(1, session.ids(deliveries));
        Map<UUID, Standing> found = new HashMap<>();
        try (ResultSet row = select.executeQuery()) {
            while (row.next()) {
                found.put(
                        row.getObject("delivery_id", UUID.class),
                        new Standing(state(row), instant(row, "not_before"), instant(row, "lease_until")));
            }
        }
        return found;
    }

    private static Map<UUID, Claim> begun(Session session, List<UUID> deliveries) throws SQLException {
        PreparedStatement select = session.statement(BEGUN);
        select.setArray(1, session.ids(deliveries));
        Map<UUID, Claim> found = new HashMap<>();
        Set<ExchangeId> accepting = new LinkedHashSet<>();
        Map<UUID, List<Claim.Result>> results = new HashMap<>();
        try (ResultSet row = select.executeQuery()) {
            while (row.next()) {
                UUID delivery = row.getObject("delivery_id", UUID.class);
                if (row.getBoolean("in_steps")) {
                    results.put(delivery, new ArrayList<>());
                }
                if (!"accepted".equals(row.getString("exchange_state"))) {
                    accepting.add(exchange(row));
                }
                Attempt attempt = new Attempt(
                        new DeliveryId(delivery),
                        exchange(row),
                        row.getInt("attempts"),
                        service(row),
                        row.getString("unit_digest"),
                        new SystemId(row.getString("destination")),
                        new Caller(
                                row.getString("account"),
                                new SystemId(row.getString("system_id")),
                                new AgencyCode(row.getString("agency"))),
                        instant(row, "received_at").orElseThrow());
                found.put(
                        delivery,
                        new Claim.Begun(
                                attempt,
                                new Sealed(
                                        row.getInt("format"),
                                        row.getLong("epoch"),
                                        row.getBytes("wrapped_key"),
                                        row.getBytes("content")),
                                row.getString("content_type"),
                                Door.valueOf(row.getString("door")),
                                Optional.ofNullable(row.getString("message_id")),
                                row.getString("correlation_id"),
                                row.getBytes("salt"),
                                request(row),
                                instant(row, "expires_at").orElseThrow(),
                                row.getInt("attempts") - row.getInt("earlier"),
                                row.getBoolean("in_steps"),
                                row.getBoolean("keeps_result"),
                                results.getOrDefault(delivery, List.of())));
            }
        }
        if (found.size() < deliveries.size()) {
            throw new SQLException("a delivery that waits has no content any more");
        }
        if (!accepting.isEmpty()) {
            promoteNow(session, List.copyOf(accepting));
        }
        if (!results.isEmpty()) {
            fill(session, results);
        }
        return found;
    }

    /** Gives each delivery what those that it comes right after have left for it. */
    private static void fill(Session session, Map<UUID, List<Claim.Result>> results) throws SQLException {
        PreparedStatement select = session.statement(RESULTS);
        select.setArray(1, session.ids(results.keySet()));
        try (ResultSet row = select.executeQuery()) {
            while (row.next()) {
                results.getOrDefault(row.getObject("delivery_id", UUID.class), new ArrayList<>())
                        .add(new Claim.Result(
                                new DeliveryId(row.getObject("earlier_id", UUID.class)),
                                new SystemId(row.getString("destination")),
                                new Sealed(
                                        row.getInt("format"),
                                        row.getLong("epoch"),
                                        row.getBytes("wrapped_key"),
                                        row.getBytes("content"))));
            }
        }
    }

    /**
     * An attempt that its destination took.
     *
     * @param inSteps whether others may wait for it
     * @param result what is kept for those
     */
    record Delivered(
            DeliveryId delivery, int attempt, Optional<Measured> sent, boolean inSteps, Optional<Sealed> result) {}

    /**
     * What became of it.
     *
     * @param mine whether the attempt was the one under way
     * @param next the deliveries that it made due
     */
    record Ended(boolean mine, List<Reference> next) {}

    List<Ended> delivered(Session session, List<Delivered> ends) throws SQLException {
        // Two nodes that end the last two deliveries of an exchange would each see the other one's still under way. It
        // is the
        // content that is locked, because it mostly goes right away: a lock is a write, and this one is made anyhow.
        Set<UUID> exchanges = exchangesIn(
                session,
                session.statement(LOCK_CONTENTS_OF),
                ends.stream().map(end -> end.delivery().value()).toList());
        PreparedStatement update = session.statement(DELIVERED);
        for (Delivered end : ends) {
            update.setObject(1, utc(session.now()));
            update.setObject(2, end.sent().map(Measured::bytes).orElse(null), Types.BIGINT);
            update.setBytes(3, end.sent().map(Measured::digest).orElse(null));
            update.setObject(4, end.delivery().value());
            update.setInt(5, end.attempt());
            update.addBatch();
        }
        int[] counts = update.executeBatch();
        List<Delivered> steps = new ArrayList<>();
        for (int i = 0; i < counts.length; i++) {
            if (counts[i] == 1 && ends.get(i).inSteps()) {
                steps.add(ends.get(i));
            }
        }
        Map<UUID, List<Reference>> next = steps.isEmpty() ? Map.of() : nextSteps(session, steps);
        forget(session, exchanges);
        List<Ended> answers = new ArrayList<>();
        for (int i = 0; i < counts.length; i++) {
            answers.add(new Ended(
                    counts[i] == 1, next.getOrDefault(ends.get(i).delivery().value(), List.of())));
        }
        return answers;
    }

    /**
     * Keeps what these steps leave for those after them, and makes due whose turn has come. Their content is locked, so of two nodes that
     * end the last two steps before a third at once, the second one finds both ended.
     */
    private static Map<UUID, List<Reference>> nextSteps(Session session, List<Delivered> steps) throws SQLException {
        List<Delivered> leaving =
                steps.stream().filter(step -> step.result().isPresent()).toList();
        PreparedStatement insert = session.statement(INSERT_RESULT);
        for (Delivered step : leaving) {
            Sealed result = step.result().orElseThrow();
            insert.setInt(1, result.format());
            insert.setLong(2, result.epoch());
            insert.setBytes(3, result.wrappedKey());
            insert.setBytes(4, result.content());
            insert.setObject(5, step.delivery().value());
            insert.addBatch();
        }
        if (!leaving.isEmpty()) {
            insert.executeBatch();
        }
        PreparedStatement select = session.statement(NEXT);
        select.setArray(
                1,
                session.ids(steps.stream().map(step -> step.delivery().value()).toList()));
        Map<UUID, List<Reference>> next = new HashMap<>();
        Set<UUID> due = new LinkedHashSet<>();
        try (ResultSet row = select.executeQuery()) {
            while (row.next()) {
                UUID delivery = row.getObject("delivery_id", UUID.class);
                due.add(delivery);
                next.computeIfAbsent(row.getObject("earlier_id", UUID.class), earlier -> new ArrayList<>())
                        .add(Reference.first(new DeliveryId(delivery), new SystemId(row.getString("destination"))));
            }
        }
        if (!due.isEmpty()) {
            PreparedStatement update = session.statement(MAKE_DUE);
            update.setObject(1, utc(session.now().plus(NEXT_STEP)));
            update.setArray(2, session.ids(due));
            update.executeUpdate();
        }
        return next;
    }

    /** Deletes the content of those that nobody needs it for any more. */
    private static void forget(Session session, Set<UUID> exchanges) throws SQLException {
        PreparedStatement delete = session.statement(FORGET);
        delete.setArray(1, session.ids(exchanges));
        delete.executeUpdate();
    }

    private static List<Boolean> changed(int[] counts) {
        return java.util.Arrays.stream(counts).mapToObj(count -> count == 1).toList();
    }

    record Failed(
            DeliveryId delivery,
            int attempt,
            ErrorCode reason,
            Optional<String> partnerCode,
            Optional<Instant> again) {}

    List<Boolean> failed(Session session, List<Failed> ends) throws SQLException {
        PreparedStatement update = session.statement(FAILED);
        for (Failed end : ends) {
            boolean parked = end.again().isEmpty();
            OffsetDateTime now = utc(session.now());
            OffsetDateTime again = end.again().map(Session::utc).orElse(null);
            update.setString(1, (parked ? DeliveryState.PARKED : DeliveryState.ACCEPTED).label());
            update.setObject(2, parked ? now : again);
            update.setObject(3, again, Types.TIMESTAMP_WITH_TIMEZONE);
            update.setObject(4, parked ? now : null, Types.TIMESTAMP_WITH_TIMEZONE);
            update.setString(5, end.reason().code());
            update.setString(6, end.partnerCode().orElse(null));
            update.setObject(7, end.delivery().value());
            update.setInt(8, end.attempt());
            update.addBatch();
        }
        return changed(update.executeBatch());
    }

    List<Retried> retry(Session session, List<DeliveryId> deliveries) throws SQLException {
        PreparedStatement update = session.statement(RETRY);
        for (DeliveryId delivery : deliveries) {
            update.setObject(1, utc(session.now()));
            update.setObject(2, delivery.value());
            update.addBatch();
        }
        int[] counts = update.executeBatch();
        PreparedStatement select = session.statement(STATES);
        select.setArray(
                1, session.ids(deliveries.stream().map(DeliveryId::value).toList()));
        Map<UUID, DeliveryState> states = new HashMap<>();
        try (ResultSet row = select.executeQuery()) {
            while (row.next()) {
                states.put(row.getObject("delivery_id", UUID.class), state(row));
            }
        }
        List<Retried> answers = new ArrayList<>();
        for (int i = 0; i < counts.length; i++) {
            Optional<DeliveryState> state =
                    Optional.ofNullable(states.get(deliveries.get(i).value()));
            answers.add(
                    counts[i] == 1
                            ? new Retried.Queued()
                            : state.<Retried>map(Retried.NotParked::new).orElse(new Retried.Unknown()));
        }
        return answers;
    }

    record Look(Instant now, int limit, Set<SystemId> notThese) {}

    List<List<Due>> due(Session session, List<Look> looks) throws SQLException {
        List<List<Due>> answers = new ArrayList<>();
        for (Look look : looks) {
            List<Due> found = new ArrayList<>();
            for (DeliveryState state : List.of(DeliveryState.ACCEPTED, DeliveryState.DELIVERING)) {
                PreparedStatement select = session.statement(DUE);
                select.setString(1, state.label());
                select.setObject(2, utc(look.now()));
                select.setArray(
                        3,
                        session.texts(
                                look.notThese().stream().map(SystemId::value).toList()));
                select.setInt(4, look.limit() - found.size());
                try (ResultSet row = select.executeQuery()) {
                    while (row.next()) {
                        found.add(new Due(
                                new DeliveryId(row.getObject("delivery_id", UUID.class)),
                                exchange(row),
                                new SystemId(row.getString("destination")),
                                row.getInt("attempts"),
                                state));
                    }
                }
            }
            answers.add(found);
        }
        return answers;
    }

    record Posted(List<DeliveryId> deliveries, Instant insurance, Instant seen) {}

    List<Boolean> posted(Session session, List<Posted> posts) throws SQLException {
        PreparedStatement update = session.statement(POSTED);
        for (Posted post : posts) {
            for (DeliveryId delivery : post.deliveries()) {
                update.setObject(1, utc(post.insurance()));
                update.setObject(2, delivery.value());
                update.setObject(3, utc(post.seen()));
                update.setObject(4, utc(post.seen()));
                update.setObject(5, utc(post.seen()));
                update.addBatch();
            }
        }
        update.executeBatch();
        return posts.stream().map(post -> true).toList();
    }

    record HandBack(DeliveryId delivery, Instant soon) {}

    List<Boolean> handBack(Session session, List<HandBack> backs) throws SQLException {
        PreparedStatement update = session.statement(HAND_BACK);
        for (HandBack back : backs) {
            update.setObject(1, utc(back.soon()));
            update.setObject(2, back.delivery().value());
            update.setObject(3, utc(session.now()));
            update.setObject(4, utc(session.now()));
            update.addBatch();
        }
        return changed(update.executeBatch());
    }

    record Resume(Instant now, Set<ServiceKey> held, int limit) {}

    List<Integer> resume(Session session, List<Resume> resumes) throws SQLException {
        List<Integer> resumed = new ArrayList<>();
        for (Resume resume : resumes) {
            PreparedStatement select = session.statement(ON_HOLD);
            select.setObject(1, utc(HELD));
            select.setArray(
                    2,
                    session.texts(
                            resume.held().stream().map(ServiceKey::toString).toList()));
            select.setInt(3, resume.limit());
            List<UUID> found = new ArrayList<>();
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    found.add(row.getObject("delivery_id", UUID.class));
                }
            }
            PreparedStatement update = session.statement(RESUME);
            update.setObject(1, utc(resume.now()));
            update.setArray(2, session.ids(found));
            update.setObject(3, utc(HELD));
            resumed.add(found.isEmpty() ? 0 : update.executeUpdate());
        }
        return resumed;
    }

    List<Integer> expire(Session session, List<Instant> nows) throws SQLException {
        List<Integer> expired = new ArrayList<>();
        for (Instant now : nows) {
            PreparedStatement select = session.statement(OVER);
            select.setObject(1, utc(now));
            select.setInt(2, MOST_EXPIRED);
            Set<UUID> over = exchanges(select);
            if (over.isEmpty()) {
                expired.add(0);
                continue;
            }
            PreparedStatement update = session.statement(EXPIRE);
            update.setObject(1, utc(now));
            update.setString(2, ErrorCode.DELIVERY_EXPIRED.code());
            update.setArray(3, session.ids(over));
            expired.add(update.executeUpdate());
            forget(session, over);
        }
        return expired;
    }

    List<Integer> release(Session session, List<Instant> nows) throws SQLException {
        List<Integer> released = new ArrayList<>();
        for (Instant now : nows) {
            PreparedStatement update = session.statement(RELEASE);
            update.setObject(1, utc(now));
            update.setString(2, node);
            update.setObject(3, run);
            released.add(update.executeUpdate());
        }
        return released;
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

    private static Measured request(ResultSet row) throws SQLException {
        return new Measured(row.getLong("request_bytes"), row.getBytes("request_digest"));
    }

    private static byte[] meaning(ResultSet row) throws SQLException {
        byte[] digest = row.getBytes("meaning_digest");
        return digest == null ? new byte[0] : digest;
    }
}
