package vn.lgsp.guarantee;

import static vn.lgsp.guarantee.Session.utc;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import vn.lgsp.failure.ErrorCode;
import vn.lgsp.guarantee.DeliveryStore.Due;
import vn.lgsp.guarantee.DeliveryStore.Retried;
import vn.lgsp.message.DeliveryId;
import vn.lgsp.message.ServiceKey;
import vn.lgsp.message.SystemId;

/**
 * Deliveries between attempts: which are due; when those are due again that were posted, handed back, held, or sent again by an operator;
 * and which expire, with the content that is kept no longer.
 */
final class DueRows {
    private static final int MOST_EXPIRED = 1_000;

    private static final String RETRY = """
            update delivery set state = 'accepted', due_at = ?, not_before = null, ended_at = null, earlier = attempts \
            where delivery_id = ? and state = 'parked'""";
    private static final String STATES =
            "select d.delivery_id, " + DeliveryRows.STATE + " from delivery d where d.delivery_id = any(?)";

    private static final String DUE = """
            select d.delivery_id, d.exchange_id, d.destination, d.attempts, d.state \
            from delivery d join guaranteed_exchange e on e.exchange_id = d.exchange_id \
            where d.state = ? and d.due_at <= ? and e.state = 'accepted' and not (d.destination = any(?)) \
            order by d.due_at limit ?""";
    private static final String POSTED = """
            update delivery set due_at = ?, not_before = null where delivery_id = ? and due_at <= ? \
            and (state = 'accepted' and (not_before is null or not_before <= ?) or state = 'delivering' and lease_until <= ?)""";
    private static final String HAND_BACK = """
            update delivery set due_at = ? where delivery_id = ? and due_at <>\s""" + DeliveryRows.AWAITING
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
                                DeliveryRows.exchange(row),
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
        return DeliveryRows.changed(update.executeBatch());
    }

    record Resume(Instant now, Set<ServiceKey> held, int limit) {}

    List<Integer> resume(Session session, List<Resume> resumes) throws SQLException {
        List<Integer> resumed = new ArrayList<>();
        for (Resume resume : resumes) {
            PreparedStatement select = session.statement(ON_HOLD);
            select.setObject(1, utc(DeliveryRows.HELD));
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
            update.setObject(3, utc(DeliveryRows.HELD));
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
            Set<UUID> over = DeliveryRows.exchanges(select);
            if (over.isEmpty()) {
                expired.add(0);
                continue;
            }
            PreparedStatement update = session.statement(EXPIRE);
            update.setObject(1, utc(now));
            update.setString(2, ErrorCode.DELIVERY_EXPIRED.code());
            update.setArray(3, session.ids(over));
            expired.add(update.executeUpdate());
            DeliveryRows.forget(session, over);
        }
        return expired;
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
                states.put(row.getObject("delivery_id", UUID.class), DeliveryRows.state(row));
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
}
