package vn.lgsp.receive;

import io.vertx.core.Context;
import io.vertx.core.Vertx;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import vn.lgsp.catalogue.Catalogue;
import vn.lgsp.catalogue.Operation;
import vn.lgsp.catalogue.Schedule;
import vn.lgsp.catalogue.ServiceCard;
import vn.lgsp.database.Database;
import vn.lgsp.failure.BusException;
import vn.lgsp.failure.ErrorCode;
import vn.lgsp.failure.Thrown;
import vn.lgsp.message.ExchangeId;
import vn.lgsp.message.Passage;
import vn.lgsp.message.ServiceKey;

/**
 * Starts the operations of services whose cards have a schedule: an exchange like any other, in the name of the account on the card, which
 * walks the same way. At most one run of a service is under way over all nodes, and an instant is begun once at most (DLV-08).
 *
 * <p>While the database is away nothing is started.
 */
public final class ScheduleReceiver implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ScheduleReceiver.class);
    private static final long LOOK_EVERY_MILLIS = 500;
    private static final Duration PRUNE_EVERY = Duration.ofHours(1);
    private static final long LONGEST_STOP_SECONDS = 10;

    /**
     * One run.
     *
     * @param due the instant that it was planned for
     * @param exchange under which it is recorded; of a synchronisation the last one
     * @param result {@code 00} or {@code 01} as in the record, {@code interrupted} when its node died; empty while it is under way
     * @param by {@code schedule}, or {@code operator:} with his name
     * @param reading what a synchronisation did
     */
    public record Run(
            Instant due,
            Instant begun,
            Optional<Instant> ended,
            Optional<ExchangeId> exchange,
            Optional<String> result,
            Optional<String> error,
            String by,
            Optional<Reading> reading) {}

    /**
     * How far a run of a synchronisation came (SHR-02).
     *
     * @param round correlates the exchanges of one reading of the dataset, which may take several runs
     * @param whole whether the round began from nothing
     * @param resumed how often it was gone on with after its node had died or stopped
     * @param pages accepted in this run
     * @param items of those pages
     * @param watermark after the last of them, or from which it began
     * @param total how many items the source says that the round has
     */
    public record Reading(
            String round,
            boolean whole,
            int resumed,
            long pages,
            long items,
            Optional<String> watermark,
            OptionalLong total) {}

    private final ScheduleRows rows;
    private final Synchroniser synchroniser;
    private final Catalogue catalogue;
    private final Predicate<ServiceKey> started;
    private final Vertx vertx;
    private final Way way;
    private final Clock clock;
    private final Duration runsKept;
    private final Set<ServiceKey> underWay = ConcurrentHashMap.newKeySet();
    private final ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(1, work -> {
        Thread thread = new Thread(work, "lgsp-schedules");
        thread.setDaemon(true);
        return thread;
    });
    private boolean away;
    private volatile boolean closing;
    /** Used by the timer only. */
    private Instant pruneAt = Instant.MIN;

    /**
     * @param started whether a service takes exchanges: nothing is begun of one that does not
     * @param runsKept how long a run is kept after its end
     * @param node the name of this node, the same after a restart
     */
    public ScheduleReceiver(
            Database database,
            Catalogue catalogue,
            Predicate<ServiceKey> started,
            Vertx vertx,
            Way way,
            Clock clock,
            Duration runsKept,
            String node) {
        this.rows = new ScheduleRows(database, node);
        this.catalogue = catalogue;
        this.started = started;
        this.vertx = vertx;
        this.way = way;
        this.clock = clock;
        this.runsKept = runsKept;
        timer.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
        this.synchroniser = new Synchroniser(
                new SynchroniseRows(database, rows.run()), catalogue, vertx, way, clock, timer, () -> closing);
    }

    /** Begins to look for what is due. */
    public void start() {
        timer.scheduleWithFixedDelay(this::look, 0, LOOK_EVERY_MILLIS, TimeUnit.MILLISECONDS);
    }

    private void look() {
        try {
            for (ServiceCard card : catalogue.now().services()) {
                if (card.schedule().isPresent()) {
                    lookAlone(card, card.schedule().get());
                }
            }
            prune();
            away = false;
        } catch (SQLException gone) {
            if (!away) {
                away = true;
                LOG.atWarn()
                        .addKeyValue("event", "schedule.database-away")
                        .log("nothing is started by schedule until the database is back");
            }
        } catch (RuntimeException | Error broken) {
            broke(broken);
        }
    }

    private void prune() throws SQLException {
        Instant now = clock.instant();
        if (!now.isBefore(pruneAt)) {
            rows.prune(now.minus(runsKept));
            pruneAt = now.plus(PRUNE_EVERY);
        }
    }

    /** What breaks with one service hinders none behind it. */
    private void lookAlone(ServiceCard card, Schedule schedule) throws SQLException {
        try {
            look(card, schedule);
        } catch (RuntimeException broken) {
            broke(broken);
        }
    }

    /** Not thrown on: a timer makes no further call after one that throws. */
    private static void broke(Throwable broken) {
        LOG.atError()
                .addKeyValue("event", "schedule.broke")
                .addKeyValue("kind", broken.getClass().getName())
                .log("a failure without a name: give it one");
    }

    private void look(ServiceCard card, Schedule schedule) throws SQLException {
        if (underWay.contains(card.key())) {
            rows.renew(card.key(), clock.instant());
        } else if (!closing && started.test(card.key())) {
            Optional<Instant> due = rows.claim(card.key(), schedule, clock.instant());
            if (due.isPresent()) {
                begin(card, schedule, due.get());
            }
        }
    }

    private void begin(ServiceCard card, Schedule schedule, Instant due) {
        underWay.add(card.key());
        if (schedule.synchronise().isPresent()) {
            synchroniser.run(card, schedule, schedule.synchronise().get(), due, end -> {
                if (end.isPresent()) {
                    over(card.key(), due, end.get());
                } else {
                    underWay.remove(card.key());
                }
            });
            return;
        }
        Operation operation = Synchroniser.operation(card, schedule.operation()).orElseThrow();
        Context loop = vertx.getOrCreateContext();
        ExchangeId id = ExchangeId.at(clock.millis());
        Passage passage = new Passage(
                id,
                clock.instant(),
                System.nanoTime(),
                "SCHEDULE",
                id.toString(),
                work -> loop.runOnContext(now -> work.run()));
        String content = operation.accepts().isEmpty() ? "" : "{\"scheduledAt\":\"" + due + "\"}";
        Arrival arrival = Synchroniser.arrival(
                passage,
                schedule,
                card.key(),
                operation,
                content.getBytes(StandardCharsets.UTF_8),
                Optional.of("schedule:" + due).filter(key -> card.mode() == ServiceCard.Mode.GUARANTEED));
        loop.runOnContext(now -> way.walk(arrival, (reply, ended) -> {
            Thrown.by(() -> {
                        reply.discard();
                        ended.with(true);
                    })
                    .ifPresent(ScheduleReceiver::broke);
            over(card.key(), due, new Synchroniser.End(Optional.of(id), passage.result(), passage.error()));
        }));
    }

    /** How it ended is noted, however long the database is away. */
    private void over(ServiceKey service, Instant due, Synchroniser.End end) {
        try {
            timer.execute(() -> note(service, due, end));
        } catch (RejectedExecutionException stopping) {
            underWay.remove(service);
        }
    }

    private void note(ServiceKey service, Instant due, Synchroniser.End end) {
        try {
            rows.end(service, due, end.exchange(), end.result(), end.error(), clock.instant());
            underWay.remove(service);
            LOG.atInfo()
                    .addKeyValue("event", "schedule.ran")
                    .addKeyValue("service", service)
                    .addKeyValue(
                            "exchange", end.exchange().map(ExchangeId::toString).orElse(""))
                    .addKeyValue("result", end.result())
                    .addKeyValue("error", end.error().map(ErrorCode::code).orElse(""))
                    .log("");
        } catch (SQLException gone) {
            try {
                timer.schedule(() -> note(service, due, end), LOOK_EVERY_MILLIS, TimeUnit.MILLISECONDS);
            } catch (RejectedExecutionException stopping) {
                underWay.remove(service);
            }
        }
    }

    /**
     * Begins a run as soon as none is under way, if the service has a schedule; may block.
     *
     * @param whole whether a dataset is read from its beginning
     * @return whether it has one
     * @throws BusException {@code record-unavailable} while the database does not answer
     */
    public boolean wish(ServiceKey service, String operator, boolean whole) {
        if (catalogue.now().service(service).flatMap(ServiceCard::schedule).isEmpty()) {
            return false;
        }
        try {
            rows.wish(service, operator, whole, clock.instant());
            timer.execute(this::look);
            return true;
        } catch (RejectedExecutionException stopping) {
            return true; // it begins after the next start
        } catch (SQLException gone) {
            throw away(gone);
        }
    }

    /**
     * The newest runs of a service; may block.
     *
     * @throws BusException {@code record-unavailable} while the database does not answer
     */
    public List<Run> runs(ServiceKey service, int limit) {
        try {
            return rows.runs(service, limit);
        } catch (SQLException gone) {
            throw away(gone);
        }
    }

    private static BusException away(SQLException gone) {
        return new BusException(ErrorCode.RECORD_UNAVAILABLE, "the database does not answer: ask again", gone);
    }

    /** Starts nothing any more; runs under way are waited for, ten seconds at most. */
    @Override
    public void close() {
        closing = true;
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(LONGEST_STOP_SECONDS);
        while (!underWay.isEmpty() && System.nanoTime() - deadline < 0) {
            java.util.concurrent.locks.LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10));
        }
        timer.shutdown(); // not before: how a run ended is noted there
    }
}
