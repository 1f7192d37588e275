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
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import vn.lgsp.failure.ErrorCode;
import vn.lgsp.guarantee.DeliveryStore.Claim;
import vn.lgsp.message.AgencyCode;
import vn.lgsp.message.Caller;
import vn.lgsp.message.DeliveryId;
import vn.lgsp.message.Door;
import vn.lgsp.message.ExchangeId;
import vn.lgsp.message.Measured;
import vn.lgsp.message.PartyCode;
import vn.lgsp.message.ServiceKey;
import vn.lgsp.message.SystemId;
import vn.lgsp.seal.Sealed;
import vn.lgsp.seal.Sealer;

/**
 * Attempts to deliver: each begins with a lease that only one node can have, and ends once; an end of an attempt that is not under way
 * any more changes nothing. With the end of a step begins the turn of those that come after it.
 */
final class AttemptRows {
    /** So many bytes a second go out at least, or what is large may be sent by another node as well. */
    private static final long SLOWEST = 64 << 10;

    private static final String STANDING = """
            select d.delivery_id, d.not_before, d.lease_until, """ + DeliveryRows.STATE + " from delivery d where d.delivery_id = any(?)";
    private static final String SERVICES = """
            select d.delivery_id, e.service, e.service_version \
            from delivery d join guaranteed_exchange e on e.exchange_id = d.exchange_id where d.delivery_id = any(?)""";
    private static final String BEGIN =
            """
            update delivery set state = 'delivering', attempts = attempts + 1, last_attempt_at = ?, lease_until = ?, due_at = ?, \
            not_before = null, node = ?, run = ? where delivery_id = ? \
            and (state = 'accepted' and (not_before is null or not_before <= ?) and due_at <>\s""" + DeliveryRows.AWAITING + " or state = 'delivering' and (lease_until <= ? or node = ? and run = ?))";
    private static final String LENGTHEN = "update delivery set lease_until = ?, due_at = ? where delivery_id = ?";
    private static final String BEGUN = """
            select d.delivery_id, d.destination, d.attempts, d.earlier, d.keeps_result, e.in_steps, e.exchange_id, e.state as exchange_state, e.service, e.service_version, \
            e.unit_digest, e.agency, e.system_id, e.account, e.message_id, e.correlation_id, e.content_type, e.door, e.received_at, \
            e.salt, e.request_bytes, e.request_digest, e.on_behalf_of, s.expires_at, s.format, s.epoch, s.wrapped_key, s.content \
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
            where o.earlier_id = any(?) and\s""" + DeliveryRows.WAITS
            + " and not exists (select 1 from delivery_order b join delivery e on e.delivery_id = b.earlier_id where b.delivery_id = d.delivery_id and e.state <> 'delivered')";
    private static final String MAKE_DUE =
            "update delivery set due_at = ? where delivery_id = any(?) and state = 'accepted' and due_at = "
                    + DeliveryRows.AWAITING;
    private static final String FAILED = """
            update delivery set state = ?, due_at = ?, not_before = ?, ended_at = ?, reason = ?, partner_code = ?, \
            lease_until = null, node = null, run = null where delivery_id = ? and state = 'delivering' and attempts = ?""";
    private static final String RELEASE = """
            update delivery set state = 'accepted', due_at = ?, not_before = null, lease_until = null, node = null, run = null \
            where state = 'delivering' and node = ? and run <> ?""";

    private final String node;
    private final UUID run = UUID.randomUUID();

    /** @param node is in the leases, with a run of its own for every instance */
    AttemptRows(String node) {
        this.node = node;
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
            lengthen(session, begins, claims, now);
        }
        if (!refused.isEmpty()) {
            standing(session, refused).forEach((id, found) -> claims.put(id, found.refused(now)));
        }
        return asked.stream()
                .map(begin -> claims.getOrDefault(begin.delivery().value(), new Claim.Gone()))
                .toList();
    }

    /** What is sealed in parts takes its time to be sent: no other node may begin meanwhile. */
    private static void lengthen(Session session, List<Begin> begins, Map<UUID, Claim> claims, Instant now)
            throws SQLException {
        PreparedStatement update = session.statement(LENGTHEN);
        boolean any = false;
        for (Begin begin : begins) {
            if (claims.get(begin.delivery().value()) instanceof Claim.Begun begun
                    && begun.content().format() == Sealer.IN_PARTS) {
                OffsetDateTime until =
                        utc(now.plus(begin.lease()).plusSeconds(begun.request().bytes() / SLOWEST));
                update.setObject(1, until);
                update.setObject(2, until);
                update.setObject(3, begin.delivery().value());
                update.addBatch();
                any = true;
            }
        }
        if (any) {
            update.executeBatch();
        }
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
                ServiceKey service = DeliveryRows.service(row);
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
                        new Standing(
                                DeliveryRows.state(row),
                                DeliveryRows.instant(row, "not_before"),
                                DeliveryRows.instant(row, "lease_until")));
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
                    accepting.add(DeliveryRows.exchange(row));
                }
                Attempt attempt = new Attempt(
                        new DeliveryId(delivery),
                        DeliveryRows.exchange(row),
                        row.getInt("attempts"),
                        DeliveryRows.service(row),
                        row.getString("unit_digest"),
                        new SystemId(row.getString("destination")),
                        new Caller(
                                row.getString("account"),
                                new SystemId(row.getString("system_id")),
                                new AgencyCode(row.getString("agency")),
                                Optional.ofNullable(row.getString("on_behalf_of"))
                                        .map(PartyCode::new)),
                        DeliveryRows.instant(row, "received_at").orElseThrow());
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
                                DeliveryRows.request(row),
                                DeliveryRows.instant(row, "expires_at").orElseThrow(),
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
            ExchangeRows.promoteNow(session, List.copyOf(accepting));
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
        Set<UUID> exchanges = DeliveryRows.exchangesIn(
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
        DeliveryRows.forget(session, exchanges);
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
            update.setObject(1, utc(session.now().plus(DeliveryRows.NEXT_STEP)));
            update.setArray(2, session.ids(due));
            update.executeUpdate();
        }
        return next;
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
        return DeliveryRows.changed(update.executeBatch());
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
}
