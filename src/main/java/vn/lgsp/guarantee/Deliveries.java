package vn.lgsp.guarantee;

import java.io.UncheckedIOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.apache.activemq.artemis.api.core.ActiveMQException;
import org.apache.activemq.artemis.api.core.client.ClientConsumer;
import org.apache.activemq.artemis.api.core.client.ClientMessage;
import org.apache.activemq.artemis.api.core.client.ClientSession;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import vn.lgsp.broker.BrokerLink;
import vn.lgsp.catalogue.Catalogue;
import vn.lgsp.catalogue.Connection;
import vn.lgsp.catalogue.Guarantee;
import vn.lgsp.catalogue.InformationSystem;
import vn.lgsp.catalogue.Queue;
import vn.lgsp.catalogue.ServiceCard;
import vn.lgsp.database.Database;
import vn.lgsp.failure.BusException;
import vn.lgsp.failure.ErrorCode;
import vn.lgsp.hold.SealedParts;
import vn.lgsp.message.Content;
import vn.lgsp.message.DeliveryId;
import vn.lgsp.message.ExchangeId;
import vn.lgsp.message.ServiceKey;
import vn.lgsp.message.SystemId;
import vn.lgsp.seal.KeyRing;
import vn.lgsp.seal.Sealed;
import vn.lgsp.seal.Sealer;

/**
 * Guaranteed delivery: takes messages over, delivers each to all its destinations whatever dies, tries again by plan, parks what
 * needs a person.
 *
 * <p>The row in the database is the truth of every delivery. The broker carries references, so that work is shared and starts at
 * once; a reference that is lost, late or there twice changes nothing, and the sweeper posts one for whatever is due. See {@link
 * ProtocolStep} for the order of commits.
 *
 * @see "DLV-03, DLV-04, DLV-05, MSG-06"
 */
public final class Deliveries implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Deliveries.class);

    /** What an attempt may take beside the answer of its destination. */
    private static final Duration LEASE_MARGIN = Duration.ofSeconds(60);

    private static final Duration AGAIN = Duration.ofMillis(500);
    /** How much of a queue of references the broker hands over ahead, in bytes: a few hundred of them. */
    private static final int AHEAD = 64 << 10;

    private static final int MOST_DUE = 500;

    /** Parts that no row needs are swept at so many times the age at which a message is withdrawn: it may still be written. */
    private static final int PARTS_AGE = 10;

    private final GuaranteeSettings settings;
    private final Catalogue catalogue;
    private final Supplier<Set<ServiceKey>> held;
    private final Clock clock;
    private final Consumer<ProtocolStep> observer;
    private final DeliveryStore store;
    private final KeyRing keys;
    private final Sealer sealer;
    private final SealedParts parts;
    private final BrokerLink link;
    private final Poster poster;
    private final ScheduledThreadPoolExecutor timer;
    private final ExecutorService acknowledger;
    private final Map<SystemId, Lane> lanes = new ConcurrentHashMap<>();
    private final Map<DeliveryId, UnderWay> underWay = new ConcurrentHashMap<>();
    private final Set<DeliveryId> entered = ConcurrentHashMap.newKeySet();
    private final Map<SystemId, ClientSession> sessions = new HashMap<>();
    private final Set<SystemId> closedOut = new HashSet<>();
    private final AtomicBoolean sweeping = new AtomicBoolean();
    /** Whether deliveries may wait for a service that is not held; after a start nobody knows. */
    private final AtomicBoolean resuming = new AtomicBoolean(true);

    private final LongAdder accepted = new LongAdder();
    private final Map<SystemId, LongAdder> delivered = new ConcurrentHashMap<>();
    private final LongAdder retried = new LongAdder();
    private volatile Optional<DeliveryWay> way = Optional.empty();
    private volatile boolean recovered;
    private final Lane.Work laneWork = new Lane.Work() {
        @Override
        public void attempt(Lane lane, Lane.Held held) {
            Deliveries.this.attempt(lane, held);
        }

        @Override
        public void flow(Lane lane) {
            inOrder(() -> Deliveries.this.flow(lane));
        }
    };
    private volatile boolean closing;
    private long sweeps;

    /**
     * @param link to the broker
     * @param keys the key ring; closed with this
     * @param held the services whose deliveries wait now: what is under way goes on, no attempt is begun, and their life still counts
     * @param node the name of this node, the same after a restart
     * @param observer hears of every protocol step as it is done; a test kills the process there
     */
    public Deliveries(
            GuaranteeSettings settings,
            Catalogue catalogue,
            Database database,
            BrokerLink link,
            KeyRing keys,
            Supplier<Set<ServiceKey>> held,
            Clock clock,
            String node,
            Consumer<ProtocolStep> observer) {
        this.settings = settings;
        this.catalogue = catalogue;
        this.held = held;
        this.clock = clock;
        this.observer = observer;
        this.store = new DeliveryStore(database, clock, node);
        this.keys = keys;
        this.sealer = new Sealer(keys);
        this.parts = new SealedParts(database, clock);
        this.link = link;
        this.poster = new Poster(link);
        this.timer = new ScheduledThreadPoolExecutor(1, work -> daemon(work, "lgsp-sweeper"));
        timer.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
        this.acknowledger = Executors.newSingleThreadExecutor(work -> daemon(work, "lgsp-acknowledger"));
    }

    private static Thread daemon(Runnable work, String name) {
        Thread thread = new Thread(work, name);
        thread.setDaemon(true);
        return thread;
    }

    /** Begins to deliver, as soon as database and broker answer. */
    public void start(DeliveryWay deliveryWay) {
        way = Optional.of(deliveryWay);
        poster.start();
        link.addListener(new BrokerLink.Listener() {
            @Override
            public void up() {
                openLanes();
            }

            @Override
            public void down() {
                dropLanes();
            }
        });
        if (link.isUp()) {
            openLanes();
        }
        timer.scheduleWithFixedDelay(this::sweep, 0, settings.sweep().toMillis(), TimeUnit.MILLISECONDS);
    }

    // ------------------------------------------------------------------ what the steps use

    DeliveryStore store() {
        return store;
    }

    public Sealer sealer() {
        return sealer;
    }

    SealedParts parts() {
        return parts;
    }

    /** The content of an exchange as it is kept: in one piece, or in parts where it is held; blocks. */
    Sealed sealed(ExchangeId exchange, Content content) {
        return content.isInMemory() ? sealer.seal(exchange, content.bytes()) : parts.keep(sealer, exchange, content);
    }

    /** The content of an exchange; one in parts is opened while it is read. */
    Content opened(ExchangeId exchange, Sealed sealed) {
        return sealed.format() == Sealer.IN_PARTS
                ? parts.open(sealer, exchange, sealed)
                : Content.of(sealer.open(exchange, sealed));
    }

    Poster poster() {
        return poster;
    }

    Clock clock() {
        return clock;
    }

    void reached(ProtocolStep step) {
        observer.accept(step);
    }

    void countAccepted() {
        accepted.increment();
    }

    /** The attempt at this delivery that is under way here. */
    UnderWay underWay(DeliveryId delivery) {
        return Optional.ofNullable(underWay.get(delivery))
                .orElseThrow(() -> new BusException(
                        ErrorCode.BUS_FAILED, "delivery " + delivery + " is not under way on this node"));
    }

    Guarantee.RetryPlan plan(Attempt attempt) {
        return catalogue
                .now()
                .service(attempt.service())
                .flatMap(ServiceCard::guarantee)
                .flatMap(guarantee -> guarantee.receiver(attempt.destination()))
                .map(Guarantee.Receiver::retry)
                .orElse(Guarantee.RetryPlan.DEFAULT);
    }

    /** Commits how an attempt ended; tries as long as this process lives, for the destination must not be called again for it. */
    CompletableFuture<Void> settle(Attempt attempt, UnderWay underWay) {
        CompletableFuture<Void> settled = new CompletableFuture<>();
        settle(attempt, underWay, settled);
        return settled;
    }

    private void settle(Attempt attempt, UnderWay underWay, CompletableFuture<Void> settled) {
        Verdict verdict = underWay.verdict().orElseThrow();
        commit(attempt, underWay, verdict).whenComplete((next, failed) -> {
            if (failed == null) {
                reached(ProtocolStep.OUTCOME_COMMITTED);
                tell(attempt, verdict);
                postNext(next);
                if (verdict.isDelivered() && underWay.claim().content().format() == Sealer.IN_PARTS) {
                    soon(() -> parts.forget(attempt.exchange()));
                }
                settled.complete(null);
            } else if (closing || !later(() -> settle(attempt, underWay, settled))) {
                settled.completeExceptionally(failed);
            }
        });
    }

    /** References to the deliveries that are due by it. */
    private CompletableFuture<List<Reference>> commit(Attempt attempt, UnderWay underWay, Verdict verdict) {
        if (verdict.isDelivered() && underWay.claim().inSteps()) {
            return store.stepDelivered(attempt.delivery(), attempt.number(), underWay.result());
        }
        CompletableFuture<Boolean> mine = verdict.isDelivered()
                ? store.delivered(attempt.delivery(), attempt.number(), Optional.empty())
                : store.failed(
                        attempt.delivery(),
                        attempt.number(),
                        verdict.failure().orElseThrow(),
                        verdict.partnerCode(),
                        verdict.again());
        return mine.thenApply(committed -> List.of());
    }

    /** The steps after it begin at once; should this fail, the sweeper finds them due. */
    private void postNext(List<Reference> next) {
        if (!next.isEmpty()) {
            next.forEach(reference -> lane(reference.destination()));
            poster.post(next).whenComplete((posted, failed) -> {
                if (failed == null) {
                    reached(ProtocolStep.NEXT_POSTED);
                }
            });
        }
    }

    private void tell(Attempt attempt, Verdict verdict) {
        if (verdict.isDelivered()) {
            delivered
                    .computeIfAbsent(attempt.destination(), to -> new LongAdder())
                    .increment();
        } else if (verdict.again().isPresent()) {
            retried.increment();
        } else {
            LOG.atError()
                    .addKeyValue("event", "delivery.parked")
                    .addKeyValue("exchange", attempt.exchange())
                    .addKeyValue("delivery", attempt.delivery())
                    .addKeyValue("destination", attempt.destination())
                    .addKeyValue("attempts", attempt.number())
                    .addKeyValue("reason", verdict.failure().orElseThrow())
                    .log("a delivery is parked: mend the reason, then send it again");
        }
    }

    // ------------------------------------------------------------------ lanes

    private Lane lane(SystemId destination) {
        return lanes.computeIfAbsent(
                destination,
                to -> new Lane(
                        to,
                        settings.credits(),
                        laneWork,
                        timer,
                        () -> catalogue
                                .now()
                                .system(to)
                                .flatMap(InformationSystem::connection)
                                .flatMap(Connection::deliveryRate),
                        System::nanoTime));
    }

    /** The destinations of all guaranteed services, and those of deliveries that still wait for one that is none any more. */
    private Set<SystemId> destinations() {
        Set<SystemId> found = new HashSet<>(lanes.keySet());
        found.addAll(catalogue.now().destinations());
        return found;
    }

    private synchronized void openLanes() {
        dropLanes();
        openMissing();
    }

    /** Each destination for itself: what keeps one of them closed keeps no other, and is tried again with the next sweep. */
    private synchronized void openMissing() {
        for (SystemId destination : destinations()) {
            ClientSession known = sessions.get(destination);
            if (closing || !link.isUp() || known != null && !known.isClosed()) {
                continue;
            }
            try {
                open(destination);
                closedOut.remove(destination);
            } catch (ActiveMQException | BusException failed) {
                Optional.ofNullable(sessions.remove(destination)).ifPresent(Deliveries::close);
                if (closedOut.add(destination)) {
                    LOG.atWarn()
                            .addKeyValue("event", "lane.closed")
                            .addKeyValue("destination", destination)
                            .addKeyValue("reason", failed.getMessage())
                            .log("references to deliveries cannot be read; it is tried again");
                }
            }
        }
    }

    private void open(SystemId destination) throws ActiveMQException {
        Lane lane = lane(destination);
        ClientSession session = link.session();
        sessions.put(destination, session);
        ClientConsumer consumer = session.createConsumer(Reference.queue(destination), null, AHEAD, -1, false);
        consumer.setMessageHandler(message -> take(lane, message));
        session.start();
    }

    private synchronized void dropLanes() {
        lanes.values().forEach(Lane::forgetWaiting);
        sessions.values().forEach(Deliveries::close);
        sessions.clear();
    }

    private static void close(ClientSession session) {
        try {
            session.close();
        } catch (ActiveMQException gone) {
            // the connection was lost, and the session with it
        }
    }

    private void take(Lane lane, ClientMessage message) {
        DeliveryId delivery;
        try {
            delivery = DeliveryId.of(message.getStringProperty(Reference.DELIVERY));
        } catch (IllegalArgumentException | NullPointerException foreign) {
            acknowledge(message); // nobody but the bus may write to this queue, so it is damaged
            return;
        }
        lane.take(new Lane.Held(delivery, () -> acknowledge(message)));
    }

    /** Gives a reference back to the database until the service is started; until that is committed, the broker keeps it. */
    private void hold(DeliveryId delivery, ServiceKey service, Runnable acknowledge) {
        store.hold(delivery).whenComplete((done, away) -> {
            if (away == null) {
                acknowledge.run();
                if (!held.get().contains(service)) {
                    lookAgain(); // it was started meanwhile, and whoever looked then did not find this one
                }
            } else {
                later(() -> hold(delivery, service, acknowledge));
            }
        });
    }

    /** Has the broker keep what there is no room for, or hand it over again. */
    private void flow(Lane lane) {
        Optional<ClientSession> session;
        synchronized (this) {
            session = Optional.ofNullable(sessions.get(lane.destination()));
        }
        try {
            if (session.isPresent() && lane.hasEnough()) {
                session.get().stop();
            } else if (session.isPresent()) {
                session.get().start();
            }
        } catch (ActiveMQException gone) {
            // the next session hands everything over anew
        }
    }

    /** Does this after a moment; false when nothing is done any more. */
    private boolean later(Runnable work) {
        try {
            timer.schedule(work, AGAIN.toMillis(), TimeUnit.MILLISECONDS);
            return true;
        } catch (RejectedExecutionException stopping) {
            return false;
        }
    }

    private void acknowledge(ClientMessage message) {
        inOrder(() -> {
            try {
                message.individualAcknowledge();
                reached(ProtocolStep.REFERENCE_ACKNOWLEDGED);
            } catch (ActiveMQException gone) {
                // the broker hands it over again, and the row says that it is done
            }
        });
    }

    /** The sessions that references come by are used by one thread only. */
    private void inOrder(Runnable work) {
        try {
            acknowledger.execute(work);
        } catch (RejectedExecutionException stopping) {
            // the next run gets it again
        }
    }

    private void attempt(Lane lane, Lane.Held reference) {
        DeliveryId delivery = reference.delivery();
        if (closing) {
            lane.ended(Optional.empty()); // not acknowledged: the next run gets it again
            return;
        }
        if (!entered.add(delivery)) {
            reference.acknowledge().run(); // it is under way here already, and that attempt settles it
            lane.ended(Optional.empty());
            return;
        }
        store.begin(delivery, lease(lane.destination()), held.get()).whenComplete((claim, away) -> {
            if (away != null) {
                entered.remove(delivery);
                lane.putBack(reference);
            } else if (claim instanceof DeliveryStore.Claim.Begun begun) {
                begin(lane, reference, begun);
            } else if (claim instanceof DeliveryStore.Claim.Held stopped) {
                entered.remove(delivery);
                hold(delivery, stopped.service(), reference.acknowledge());
                lane.ended(Optional.empty());
            } else {
                // It is settled or not due, or another node makes it; the sweeper sees to what is left of it.
                entered.remove(delivery);
                reference.acknowledge().run();
                lane.ended(Optional.empty());
            }
        });
    }

    private void begin(Lane lane, Lane.Held reference, DeliveryStore.Claim.Begun begun) {
        reached(ProtocolStep.ATTEMPT_COMMITTED);
        UnderWay now = new UnderWay(begun);
        DeliveryId delivery = reference.delivery();
        underWay.put(delivery, now);
        way.orElseThrow().walk(begun.attempt(), begun.salt(), begun.correlation(), () -> {
            underWay.remove(delivery);
            entered.remove(delivery);
            if (now.isSettled()) {
                reference.acknowledge().run();
            }
            lane.ended(now.verdict().flatMap(Verdict::destinationAway));
        });
    }

    private Duration lease(SystemId destination) {
        Optional<InformationSystem> system = catalogue.now().system(destination);
        Duration answer = system.flatMap(InformationSystem::connection)
                .map(Connection::answerTimeout)
                .orElse(Duration.ZERO);
        Duration queue = system.flatMap(InformationSystem::queue)
                .map(Queue::answerTimeout)
                .orElse(Duration.ZERO);
        return (answer.compareTo(queue) > 0 ? answer : queue).plus(LEASE_MARGIN);
    }

    // ------------------------------------------------------------------ the sweeper

    /** Settles what was left, posts what is due, ends what is over: the one place that looks at rows without being asked. */
    private void sweep() {
        if (closing || !sweeping.compareAndSet(false, true)) {
            return;
        }
        try {
            Instant now = clock.instant();
            if (!recovered) {
                recover();
            }
            if (sweeps++ % 10 == 0) {
                store.withdrawStale(now.minus(settings.acceptTimeout()));
                store.expire(now).thenAccept(Deliveries::tellExpired);
                parts.sweep(now.minus(settings.acceptTimeout().multipliedBy(PARTS_AGE)));
            }
            if (sweeps % 60 == 1) {
                destroyKeys();
            }
            if (!link.isUp()) {
                sweeping.set(false);
                return;
            }
            openMissing();
            Set<SystemId> full = new HashSet<>();
            lanes.values().stream().filter(Lane::isFull).forEach(lane -> full.add(lane.destination()));
            resume().thenCompose(resumed -> store.due(clock.instant(), MOST_DUE, full))
                    .whenComplete((due, away) -> {
                        if (away != null || due.isEmpty()) {
                            swept(away == null && resuming.get());
                        } else {
                            postDue(due);
                        }
                    });
        } catch (BusException away) {
            sweeping.set(false);
            LOG.atDebug().addKeyValue("event", "sweep.skipped").log("the database does not answer");
        } catch (RuntimeException | Error broken) {
            // Not thrown on: a timer makes no further call after one that throws, and then nothing would be tried
            // again.
            sweeping.set(false);
            LOG.atError()
                    .addKeyValue("event", "sweep.broke")
                    .addKeyValue("kind", broken.getClass().getName())
                    .addKeyValue("at", broken.getStackTrace().length == 0 ? "" : broken.getStackTrace()[0])
                    .log("a failure without a name: give it one");
        }
    }

    /** A disk that does not let a key be deleted keeps nothing from being delivered. */
    private void destroyKeys() {
        try {
            keys.destroyUnused(store.epochsInUse());
        } catch (UncheckedIOException disk) {
            LOG.atError()
                    .addKeyValue("event", "keys.kept")
                    .setCause(disk)
                    .log("keys that nobody needs are still there");
        }
    }

    /** What the bus answered for was not delivered: nobody may have to find that out by asking. */
    private static void tellExpired(int deliveries) {
        if (deliveries > 0) {
            LOG.atError()
                    .addKeyValue("event", "delivery.expired")
                    .addKeyValue("deliveries", deliveries)
                    .log("the life of these ended before they were delivered, and their content is erased");
        }
    }

    /** What an earlier run of this node had under way is due again: nobody knows how those attempts ended. */
    private void recover() {
        store.counts().keySet().forEach(this::lane);
        store.releaseOwn().thenAccept(released -> {
            recovered = true;
            if (released > 0) {
                LOG.atInfo()
                        .addKeyValue("event", "guarantee.recovered")
                        .addKeyValue("deliveries", released)
                        .log("attempts of an earlier run are made again");
            }
        });
    }

    private void postDue(List<DeliveryStore.Due> due) {
        Map<SystemId, List<DeliveryStore.Due>> byDestination =
                due.stream().collect(Collectors.groupingBy(DeliveryStore.Due::destination));
        CompletableFuture<?>[] posts = byDestination.entrySet().stream()
                .map(one -> postDue(one.getKey(), one.getValue()))
                .toArray(CompletableFuture[]::new);
        CompletableFuture.allOf(posts).whenComplete((done, failed) -> {
            swept(failed == null && (due.size() == MOST_DUE || resuming.get()));
        });
    }

    private void swept(boolean thereMayBeMore) {
        sweeping.set(false);
        if (thereMayBeMore) {
            sweepSoon();
        }
    }

    /** Makes due what waited for its service to be started. */
    private CompletableFuture<Integer> resume() {
        if (!resuming.compareAndSet(true, false)) {
            return CompletableFuture.completedFuture(0);
        }
        return store.resume(held.get(), MOST_DUE).whenComplete((resumed, away) -> {
            if (away != null || resumed == MOST_DUE) {
                resuming.set(true);
            }
        });
    }

    private CompletableFuture<Void> postDue(SystemId destination, List<DeliveryStore.Due> due) {
        lane(destination); // the next sweep opens it, should no card name it any more
        long now = clock.millis();
        List<DeliveryId> ids = due.stream().map(DeliveryStore.Due::delivery).toList();
        List<Reference> references = due.stream()
                .filter(one -> !entered.contains(one.delivery()))
                .map(one -> Reference.again(one.delivery(), destination, now))
                .toList();
        return poster.post(references)
                .thenCompose(posted -> store.posted(ids, clock.instant().plus(DeliveryRows.INSURANCE)));
    }

    private void sweepSoon() {
        soon(this::sweep);
    }

    private void soon(Runnable work) {
        try {
            timer.execute(work);
        } catch (RejectedExecutionException stopping) {
            // nothing is swept any more
        }
    }

    // ------------------------------------------------------------------ what operators and sources ask

    /** Which services are held may have changed: what waited for that is looked for now, not with the next sweep. */
    public void lookAgain() {
        resuming.set(true);
        sweepSoon();
    }

    /**
     * Sends a parked delivery again, with a fresh retry plan (DLV-04).
     *
     * @return what became of it; fails with {@code guarantee-unavailable} when the database does not answer
     */
    public CompletableFuture<Retried> retry(DeliveryId delivery) {
        return store.retry(delivery)
                .thenApply(done -> {
                    if (done instanceof DeliveryStore.Retried.Queued) {
                        return Retried.QUEUED;
                    }
                    return done instanceof DeliveryStore.Retried.NotParked ? Retried.NOT_PARKED : Retried.UNKNOWN;
                })
                .whenComplete((done, failed) -> sweepSoon());
    }

    /** What became of the wish to send a delivery again. */
    public enum Retried {
        /** It is due now, with a fresh retry plan. */
        QUEUED,
        /** It is not parked, so there is nothing to send again. */
        NOT_PARKED,
        /** There is no such delivery. */
        UNKNOWN
    }

    /** Where the state of deliveries is read. */
    public GuaranteeQuery query() {
        return new GuaranteeQuery(store);
    }

    /** Whether the database answered when it was last asked. */
    public boolean isDatabaseReachable() {
        return store.isDatabaseReachable();
    }

    /** Messages taken over since the start. */
    public long accepted() {
        return accepted.sum();
    }

    /** Deliveries that reached this destination since the start. */
    public long delivered(SystemId destination) {
        LongAdder count = delivered.get(destination);
        return count == null ? 0 : count.sum();
    }

    /** Failed attempts that are made again, since the start. */
    public long retried() {
        return retried.sum();
    }

    /** Stops delivering: attempts under way are settled, everything else waits in the database. */
    @Override
    public void close() {
        closing = true;
        dropLanes();
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        while (!underWay.isEmpty() && System.nanoTime() - deadline < 0) {
            java.util.concurrent.locks.LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10));
        }
        timer.shutdown();
        poster.close();
        acknowledger.shutdown();
        store.close();
        keys.close();
    }
}
