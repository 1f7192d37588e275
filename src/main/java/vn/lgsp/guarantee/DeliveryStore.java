package vn.lgsp.guarantee;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import vn.lgsp.database.Database;
import vn.lgsp.failure.BusException;
import vn.lgsp.failure.ErrorCode;
import vn.lgsp.message.Caller;
import vn.lgsp.message.DeliveryId;
import vn.lgsp.message.Door;
import vn.lgsp.message.ExchangeId;
import vn.lgsp.message.Measured;
import vn.lgsp.message.ServiceKey;
import vn.lgsp.message.SystemId;
import vn.lgsp.message.UnitKey;
import vn.lgsp.seal.Sealed;

/**
 * The rows of guaranteed delivery: the truth of what was accepted, and of each delivery's state and schedule (DLV-03, DLV-06).
 *
 * <p>Calls that return a future are committed together, and complete on the committer's thread, which must not be blocked. They fail with
 * {@code guarantee-unavailable} when surely nothing was committed, and with {@code acceptance-unknown} when the database did not
 * say. The others read on the caller's thread, and throw {@code guarantee-unavailable} when the database does not answer.
 *
 * <p>Several nodes may share a PostgreSQL: every change names the state that it starts from, and of two that compete one wins. The table
 * of states and events is in {@code docs/explanation/guaranteed-delivery.md}; a test holds both equal.
 */
final class DeliveryStore implements AutoCloseable {
    private static final int QUERY_SECONDS = 10;

    /**
     * A message to keep, sealed.
     *
     * @param door by which it came, and so how its payload is taken out
     * @param meaning digest of what a request that says the same has in common with it, 32 bytes; none where only its bytes do
     */
    @SuppressWarnings("ArrayRecordComponent") // nobody compares it
    record NewExchange(
            ExchangeId id,
            ServiceKey service,
            String unit,
            Caller source,
            Optional<String> messageId,
            String correlation,
            String contentType,
            Door door,
            Instant receivedAt,
            Instant expiresAt,
            byte[] salt,
            Measured request,
            byte[] meaning,
            Sealed content,
            List<NewDelivery> deliveries) {
        /** Whether one of its deliveries comes after others. */
        boolean inSteps() {
            return deliveries.stream().anyMatch(delivery -> !delivery.after().isEmpty());
        }

        /** The destinations whose deliveries wait for nobody. */
        List<SystemId> first() {
            return deliveries.stream()
                    .filter(delivery -> delivery.after().isEmpty())
                    .map(NewDelivery::to)
                    .toList();
        }
    }

    /**
     * One of its deliveries.
     *
     * @param after the destinations that must have it first
     * @param keepsResult whether what the attempt ends with is kept for those that come right after
     */
    record NewDelivery(SystemId to, List<SystemId> after, boolean keepsResult) {}

    /** What became of a message that was to be kept. */
    sealed interface Insertion {
        /** It is kept, and its exchange is {@code accepting}. */
        record Inserted() implements Insertion {}

        /**
         * This source sent a message with the same id to this service before.
         *
         * @param meaning as of {@link NewExchange}
         * @param destinations those whose deliveries wait for nobody
         */
        @SuppressWarnings("ArrayRecordComponent") // nobody compares it
        record Known(
                ExchangeId first,
                boolean accepted,
                byte[] salt,
                Measured request,
                byte[] meaning,
                List<SystemId> destinations)
                implements Insertion {}
    }

    /** Whether a delivery may be attempted now. */
    sealed interface Claim {
        /**
         * The attempt is counted, and this run of this node makes it.
         *
         * @param ofPlan which attempt of the retry plan it is, 1 for the first; an operator's retry begins a new plan
         * @param inSteps whether deliveries of its exchange wait for each other
         * @param keepsResult whether what it ends with is kept for those that come right after it
         * @param results what those have left that it comes right after
         */
        @SuppressWarnings("ArrayRecordComponent") // nobody compares it
        record Begun(
                Attempt attempt,
                Sealed content,
                String contentType,
                Door door,
                Optional<String> messageId,
                String correlation,
                byte[] salt,
                Measured request,
                Instant expiresAt,
                int ofPlan,
                boolean inSteps,
                boolean keepsResult,
                List<Result> results)
                implements Claim {}

        /** What a delivery has left for those that come right after it. */
        record Result(DeliveryId delivery, SystemId destination, Sealed sealed) {}

        /** It comes after one that is not delivered yet. */
        record Waiting() implements Claim {}

        /** There is nothing to do: it is delivered, parked or expired. */
        record Settled(DeliveryState state) implements Claim {}

        /** Its next attempt is planned for later; the sweeper sees to it. */
        record NotDue(Instant due) implements Claim {}

        /** Another run makes it now. */
        record Leased(Instant until) implements Claim {}

        /** Its service is held: nothing was counted, and it waits as before; the reference has to be given back with {@link #hold}. */
        record Held(ServiceKey service) implements Claim {}

        /** Its exchange was withdrawn, or never was. */
        record Gone() implements Claim {}
    }

    /** What became of an operator's wish to send a delivery again. */
    sealed interface Retried {
        /** It is due now, with a new retry plan. */
        record Queued() implements Retried {}

        /** Only a parked delivery is sent again. */
        record NotParked(DeliveryState state) implements Retried {}

        /** There is no such delivery. */
        record Unknown() implements Retried {}
    }

    /** A delivery that needs a reference. */
    record Due(DeliveryId delivery, ExchangeId exchange, SystemId destination, int attempts, DeliveryState state) {}

    private final Database database;
    private final Committer committer;
    private final Committer.Kind<NewExchange, Insertion> insert;
    private final Committer.Kind<ExchangeId, Boolean> promote;
    private final Committer.Kind<AttemptRows.Begin, Claim> begin;
    private final Committer.Kind<AttemptRows.Delivered, AttemptRows.Ended> delivered;
    private final Committer.Kind<AttemptRows.Failed, Boolean> failed;
    private final Committer.Kind<DeliveryId, Retried> retry;
    private final Committer.Kind<DueRows.Posted, Boolean> posted;
    private final Committer.Kind<ExchangeId, Boolean> withdraw;
    private final Committer.Kind<Instant, Integer> withdrawStale;
    private final Committer.Kind<Instant, Integer> expire;
    private final Committer.Kind<Instant, Integer> release;
    private final Committer.Kind<DueRows.Look, List<Due>> due;
    private final Committer.Kind<DueRows.HandBack, Boolean> handBack;
    private final Committer.Kind<DueRows.Resume, Integer> resume;
    private final Clock clock;

    /** When {@link #due} was asked last: a retry that was planned for later than this is no answer to it. */
    private volatile Instant lookedAt = Instant.EPOCH;

    /** @param node the name of this node, the same after a restart; each store is a run of its own */
    DeliveryStore(Database database, Clock clock, String node) {
        this.database = database;
        this.clock = clock;
        ExchangeRows exchanges = new ExchangeRows();
        AttemptRows attempts = new AttemptRows(node);
        DueRows waiting = new DueRows();
        insert = new Committer.Kind<>(1, Committer.Effect.CHANGES, exchanges::insert);
        promote = new Committer.Kind<>(2, Committer.Effect.PROMISES, exchanges::promote);
        begin = new Committer.Kind<>(3, Committer.Effect.CHANGES, true, attempts::begin);
        delivered = new Committer.Kind<>(4, Committer.Effect.CHANGES, true, attempts::delivered);
        failed = new Committer.Kind<>(5, Committer.Effect.CHANGES, true, attempts::failed);
        retry = new Committer.Kind<>(6, Committer.Effect.PROMISES, waiting::retry);
        posted = new Committer.Kind<>(7, Committer.Effect.CHANGES, true, waiting::posted);
        withdraw = new Committer.Kind<>(8, Committer.Effect.PROMISES, exchanges::withdraw);
        withdrawStale = new Committer.Kind<>(9, Committer.Effect.CHANGES, exchanges::withdrawStale);
        expire = new Committer.Kind<>(10, Committer.Effect.CHANGES, waiting::expire);
        release = new Committer.Kind<>(11, Committer.Effect.CHANGES, attempts::release);
        due = new Committer.Kind<>(12, Committer.Effect.READS, waiting::due);
        handBack = new Committer.Kind<>(13, Committer.Effect.CHANGES, true, waiting::handBack);
        resume = new Committer.Kind<>(14, Committer.Effect.CHANGES, true, waiting::resume);
        committer = new Committer(database, clock);
    }

    /** Keeps a message as {@code accepting}, with all that its deliveries need, unless its id is known. */
    CompletableFuture<Insertion> insert(NewExchange exchange) {
        return committer.call(insert, exchange.id(), exchange.content().content().length, exchange);
    }

    /** Takes the message over. True: it is accepted, now or before; false: it was withdrawn, and nothing is kept. */
    CompletableFuture<Boolean> promote(ExchangeId exchange) {
        return committer.call(promote, exchange, 0, exchange);
    }

    /** Forgets a message that was not taken over. True: nothing is kept; false: it is accepted. */
    CompletableFuture<Boolean> withdraw(ExchangeId exchange) {
        return committer.call(withdraw, exchange, 0, exchange);
    }

    /**
     * Begins an attempt: a reference to the delivery has arrived. An exchange that is still {@code accepting} is accepted with it.
     *
     * @param lease how long the attempt may take; then another run may make the next one. This run may at any time, so it has to
     *     know itself what it has under way
     * @param held services of which no attempt is begun
     */
    CompletableFuture<Claim> begin(DeliveryId delivery, Duration lease, Set<ServiceKey> held) {
        return committer.call(begin, delivery, 0, new AttemptRows.Begin(delivery, lease, held));
    }

    /**
     * The destination has it. With the last delivery that needs it the content is deleted; a parked one still needs it.
     *
     * @return whether this attempt was the one under way
     */
    CompletableFuture<Boolean> delivered(DeliveryId delivery, int attempt, Optional<Measured> sent) {
        return committer
                .call(
                        delivered,
                        delivery,
                        0,
                        new AttemptRows.Delivered(delivery, attempt, sent, false, Optional.empty()))
                .thenApply(AttemptRows.Ended::mine);
    }

    /**
     * The same of a delivery that others may wait for. With the last one that they wait for they are due.
     *
     * @param result what is kept for those that come right after it
     * @return references to the deliveries whose turn has come; they are posted by the sweeper after 5 s if nobody did
     */
    CompletableFuture<List<Reference>> stepDelivered(DeliveryId delivery, int attempt, Optional<Sealed> result) {
        return committer
                .call(
                        delivered,
                        delivery,
                        result.map(kept -> kept.content().length).orElse(0),
                        new AttemptRows.Delivered(delivery, attempt, Optional.empty(), true, result))
                .thenApply(AttemptRows.Ended::next);
    }

    /**
     * The attempt failed.
     *
     * @param again when the next one is due; empty parks the delivery
     * @return whether this attempt was the one under way
     */
    CompletableFuture<Boolean> failed(
            DeliveryId delivery, int attempt, ErrorCode reason, Optional<String> partnerCode, Optional<Instant> again) {
        return committer.call(
                failed, delivery, 0, new AttemptRows.Failed(delivery, attempt, reason, partnerCode, again));
    }

    /** An operator sends a parked delivery again: it is due now, and its retry plan begins anew. */
    CompletableFuture<Retried> retry(DeliveryId delivery) {
        return committer.call(retry, delivery, 0, delivery);
    }

    /**
     * Deliveries of accepted exchanges that need a reference: a retry is due, the lease of an attempt is over, or a reference may have been
     * lost. The earliest come first.
     */
    CompletableFuture<List<Due>> due(Instant now, int limit, Set<SystemId> notThese) {
        lookedAt = now;
        return committer.call(due, now, 0, new DueRows.Look(now, limit, notThese));
    }

    /**
     * References to these are out, so that whoever gets one may begin. Should it be lost, the delivery is due again at {@code
     * insurance}; {@link #insert} provides for that in the same way. What became due again, or was planned, since {@link #due} was
     * asked stays as it is.
     */
    CompletableFuture<Void> posted(List<DeliveryId> deliveries, Instant insurance) {
        return committer
                .call(posted, new Object(), 0, new DueRows.Posted(deliveries, insurance, lookedAt))
                .thenAccept(done -> {});
    }

    /** A reference to it came, and its service is held: it needs another one at {@code soon}, unless it is settled or planned. */
    CompletableFuture<Void> handBack(DeliveryId delivery, Instant soon) {
        return committer
                .call(handBack, delivery, 0, new DueRows.HandBack(delivery, soon))
                .thenAccept(done -> {});
    }

    /** A reference to it came while its service is held: it needs none until {@link #resume} finds it. */
    CompletableFuture<Void> hold(DeliveryId delivery) {
        return handBack(delivery, DeliveryRows.HELD);
    }

    /**
     * Makes due what {@link #hold} put off, of all services but those that are held.
     *
     * @return how many; as many as {@code limit} when there may be more
     */
    CompletableFuture<Integer> resume(Set<ServiceKey> held, int limit) {
        Instant now = clock.instant();
        return committer.call(resume, now, 0, new DueRows.Resume(now, held, limit));
    }

    /** Withdraws exchanges that have been {@code accepting} since before this time: nobody was told that they are accepted. */
    CompletableFuture<Integer> withdrawStale(Instant before) {
        return committer.call(withdrawStale, before, 0, before);
    }

    /** Ends deliveries, waiting or parked, whose life is over, of at most 1,000 exchanges at a time. */
    CompletableFuture<Integer> expire(Instant now) {
        return committer.call(expire, now, 0, now);
    }

    /** At start: what an earlier run of this node had under way is due now. Nobody knows how those attempts ended. */
    CompletableFuture<Integer> releaseOwn() {
        Instant now = clock.instant();
        return committer.call(release, now, 0, now);
    }

    /** The exchange, once it is accepted. */
    Optional<ExchangeStatus> find(ExchangeId exchange) {
        return statuses("e.exchange_id = ?", statement -> statement.setObject(1, exchange.value())).stream()
                .findFirst();
    }

    /** The exchange that this delivery is of, once it is accepted. */
    Optional<ExchangeStatus> findDelivery(DeliveryId delivery) {
        return statuses(
                        "e.exchange_id = (select exchange_id from delivery where delivery_id = ?)",
                        statement -> statement.setObject(1, delivery.value()))
                .stream()
                .findFirst();
    }

    /** Accepted exchanges with a delivery in this state, newest first. */
    List<ExchangeStatus> list(DeliveryState state, int limit) {
        String stands =
                switch (state) {
                    case WAITING -> DeliveryRows.WAITS;
                    case ACCEPTED -> "d.state = 'accepted' and " + DeliveryRows.NOT_AWAITING;
                    default -> "d.state = '" + state.label() + "'";
                };
        return statuses(
                "e.exchange_id in (select distinct d.exchange_id from delivery d where " + stands
                        + " order by d.exchange_id desc limit ?)",
                statement -> statement.setInt(1, limit));
    }

    private interface Values {
        void in(PreparedStatement statement) throws SQLException;
    }

    private List<ExchangeStatus> statuses(String condition, Values values) {
        String sql = """
                select e.exchange_id, e.service, e.service_version, e.unit_digest, e.system_id, e.message_id, e.accepted_at, \
                d.delivery_id, d.destination, d.attempts, d.last_attempt_at, d.not_before, d.ended_at, d.reason, \
                d.partner_code, """ + DeliveryRows.STATE + """
                , case when e.in_steps then \
                (select string_agg(b.destination, ',' order by b.destination) from delivery_order o \
                join delivery b on b.delivery_id = o.earlier_id where o.delivery_id = d.delivery_id) end as comes_after from guaranteed_exchange e join delivery d on d.exchange_id = e.exchange_id \
                where e.state = 'accepted' and\s""" + condition + " order by e.exchange_id desc, d.destination";
        return read(sql, values, row -> {
            Map<ExchangeId, ExchangeStatus> found = new LinkedHashMap<>();
            while (row.next()) {
                ExchangeId id = DeliveryRows.exchange(row);
                ExchangeStatus known = found.get(id);
                List<DeliveryStatus> deliveries = new ArrayList<>(known == null ? List.of() : known.deliveries());
                deliveries.add(delivery(row));
                found.put(
                        id,
                        new ExchangeStatus(
                                id,
                                DeliveryRows.service(row),
                                row.getString("unit_digest"),
                                new SystemId(row.getString("system_id")),
                                Optional.ofNullable(row.getString("message_id")),
                                DeliveryRows.instant(row, "accepted_at").orElseThrow(),
                                List.copyOf(deliveries)));
            }
            return List.copyOf(found.values());
        });
    }

    private static DeliveryStatus delivery(ResultSet row) throws SQLException {
        DeliveryState state = DeliveryRows.state(row);
        return new DeliveryStatus(
                new DeliveryId(row.getObject("delivery_id", UUID.class)),
                new SystemId(row.getString("destination")),
                Optional.ofNullable(row.getString("comes_after")).stream()
                        .flatMap(after -> Stream.of(after.split(",")))
                        .map(SystemId::new)
                        .toList(),
                state,
                row.getInt("attempts"),
                DeliveryRows.instant(row, "last_attempt_at"),
                DeliveryRows.instant(row, "not_before"),
                DeliveryRows.instant(row, "ended_at"),
                Optional.ofNullable(row.getString("reason")).flatMap(ErrorCode::of),
                Optional.ofNullable(row.getString("partner_code")));
    }

    /** How many deliveries of each destination wait, are under way and are parked. What has ended is not counted: it only grows. */
    Map<SystemId, Map<DeliveryState, Long>> counts() {
        String sql =
                "select destination, state, count(*) as deliveries from (select d.destination, " + DeliveryRows.STATE
                        + " from delivery d where d.state in ('accepted', 'delivering', 'parked')) standing"
                        + " group by destination, state";
        return read(sql, statement -> {}, row -> {
            Map<SystemId, Map<DeliveryState, Long>> counts =
                    new TreeMap<>(java.util.Comparator.comparing(SystemId::value));
            while (row.next()) {
                counts.computeIfAbsent(
                                new SystemId(row.getString("destination")), of -> new EnumMap<>(DeliveryState.class))
                        .put(DeliveryRows.state(row), row.getLong("deliveries"));
            }
            return counts;
        });
    }

    private static final String EPOCHS_IN_USE = "select epoch from sealed_content union select epoch from sealed_result"
            + " union select epoch from mailbox_content";

    /** The epochs whose keys are still needed by content that is committed. */
    Set<Long> epochsInUse() {
        return read(EPOCHS_IN_USE, statement -> {}, row -> {
            Set<Long> epochs = new LinkedHashSet<>();
            while (row.next()) {
                epochs.add(row.getLong("epoch"));
            }
            return epochs;
        });
    }

    /** The revisions that deliveries still wait for, parked ones too. */
    Set<UnitKey> unitsWaiting() {
        String sql = "select distinct e.service, e.service_version, e.unit_digest from guaranteed_exchange e"
                + " join delivery d on d.exchange_id = e.exchange_id where d.state in ('accepted', 'delivering', 'parked')";
        return read(sql, statement -> {}, row -> {
            Set<UnitKey> units = new LinkedHashSet<>();
            while (row.next()) {
                units.add(new UnitKey(DeliveryRows.service(row), row.getString("unit_digest")));
            }
            return units;
        });
    }

    /** When the exchange was accepted that waits longest for a delivery that is neither ended nor parked, nor waits for one that is. */
    Optional<Instant> oldestWaiting() {
        String sql = "select min(e.accepted_at) as accepted_at from guaranteed_exchange e"
                + " join delivery d on d.exchange_id = e.exchange_id where d.state in ('accepted', 'delivering')"
                + " and " + DeliveryRows.NOT_AWAITING;
        return read(
                sql, statement -> {}, row -> row.next() ? DeliveryRows.instant(row, "accepted_at") : Optional.empty());
    }

    private interface Reading<T> {
        T of(ResultSet rows) throws SQLException;
    }

    private <T> T read(String sql, Values values, Reading<T> reading) {
        try (Connection connection = database.connection();
                PreparedStatement select = connection.prepareStatement(sql)) {
            select.setQueryTimeout(QUERY_SECONDS);
            values.in(select);
            try (ResultSet rows = select.executeQuery()) {
                return reading.of(rows);
            }
        } catch (SQLException away) {
            throw new BusException(
                    ErrorCode.GUARANTEE_UNAVAILABLE, "the database of deliveries does not answer: try again", away);
        }
    }

    /** Transactions with something to write, since the start. */
    long commits() {
        return committer.commits();
    }

    /** Calls carried out since the start; with {@link #commits} it tells how well group commit works. */
    long operations() {
        return committer.calls();
    }

    /** How many calls the last transaction carried. */
    int lastBatch() {
        return committer.lastBatch();
    }

    /** Calls that wait for a transaction, about. */
    int waiting() {
        return committer.waiting();
    }

    /** Whether the database answered when it was last asked. */
    boolean isDatabaseReachable() {
        return committer.isDatabaseReachable();
    }

    /** Carries out what waits; later calls fail. The database is closed by whoever made it. */
    @Override
    public void close() {
        committer.close();
    }
}
