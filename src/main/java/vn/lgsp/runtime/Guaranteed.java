package vn.lgsp.runtime;

import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Vertx;
import java.sql.SQLException;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.apache.camel.AsyncCallback;
import org.apache.camel.AsyncProcessor;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.main.Main;
import org.apache.camel.support.AsyncProcessorConverterHelper;
import org.apache.camel.support.AsyncProcessorSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import vn.lgsp.broker.BrokerLink;
import vn.lgsp.catalogue.Catalogue;
import vn.lgsp.catalogue.Snapshot;
import vn.lgsp.database.Database;
import vn.lgsp.deploy.Workers;
import vn.lgsp.edoc.TransportState;
import vn.lgsp.failure.BusException;
import vn.lgsp.failure.ErrorCode;
import vn.lgsp.guarantee.AcceptStep;
import vn.lgsp.guarantee.Deliveries;
import vn.lgsp.guarantee.DeliveryState;
import vn.lgsp.guarantee.DeliveryStatus;
import vn.lgsp.guarantee.ExchangeStatus;
import vn.lgsp.guarantee.GuaranteeQuery;
import vn.lgsp.guarantee.GuaranteeSettings;
import vn.lgsp.guarantee.JudgeFailureStep;
import vn.lgsp.guarantee.KeepResultStep;
import vn.lgsp.guarantee.OpenOriginalStep;
import vn.lgsp.guarantee.ProtocolStep;
import vn.lgsp.guarantee.SettleAttemptStep;
import vn.lgsp.message.ExchangeId;
import vn.lgsp.message.Passage;
import vn.lgsp.message.ServiceKey;
import vn.lgsp.message.UnitKey;
import vn.lgsp.operate.DeliveriesView;
import vn.lgsp.operate.HealthProbe;
import vn.lgsp.seal.KeyRing;
import vn.lgsp.seal.Sealer;

/**
 * Guaranteed delivery in this process, from the moment that a card asks for it. The steps of the way are there before: they refuse
 * what nobody offers.
 */
final class Guaranteed implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Guaranteed.class);

    private final BusSettings bus;
    private final Catalogue catalogue;
    private final Database database;
    private final Supplier<Set<ServiceKey>> held;
    private final Clock clock;
    private final Consumer<ProtocolStep> observer;
    private final AtomicBoolean closed = new AtomicBoolean();
    private volatile Optional<Deliveries> deliveries = Optional.empty();
    private volatile Optional<GuaranteeWatch> watch = Optional.empty();
    private volatile Map<String, AsyncProcessor> steps = Map.of();
    private Optional<CamelDeliveryWay> started = Optional.empty();
    private Optional<AsyncProcessor> unwrap = Optional.empty();
    private Optional<AsyncProcessor> callService = Optional.empty();
    private Optional<Workers> workers = Optional.empty();

    /** @param held the services whose deliveries wait now */
    Guaranteed(
            BusSettings bus,
            Catalogue catalogue,
            Database database,
            Supplier<Set<ServiceKey>> held,
            Clock clock,
            Consumer<ProtocolStep> observer) {
        this.bus = bus;
        this.catalogue = catalogue;
        this.database = database;
        this.held = held;
        this.clock = clock;
        this.observer = observer;
    }

    /** Gives the routes of the way their steps. */
    void bind(Main main, AsyncProcessor unwrapStep, AsyncProcessor callServiceStep, Workers pool) {
        unwrap = Optional.of(unwrapStep);
        callService = Optional.of(callServiceStep);
        workers = Optional.of(pool);
        AsyncProcessor passBy = AsyncProcessorConverterHelper.convert(exchange -> {});
        AsyncProcessor absent = AsyncProcessorConverterHelper.convert(exchange -> {
            throw new BusException(ErrorCode.BUS_FAILED, "no service of this bus is guaranteed");
        });
        List.of("accept", "open-original", "keep-result", "judge-failure", "settle-attempt")
                .forEach(step -> main.bind(
                        step,
                        new Caught(
                                new Current(() -> steps.getOrDefault(step, step.equals("accept") ? passBy : absent)))));
    }

    /** A step that is looked up for each exchange. */
    private static final class Current extends AsyncProcessorSupport {
        private final Supplier<AsyncProcessor> step;

        Current(Supplier<AsyncProcessor> step) {
            this.step = step;
        }

        @Override
        public boolean process(Exchange exchange, AsyncCallback callback) {
            return step.get().process(exchange, callback);
        }
    }

    boolean isMade() {
        return deliveries.isPresent();
    }

    /**
     * Makes it, if it is not there yet, and shows figures of the destinations that are new.
     *
     * @throws IllegalStateException when the key ring has lost a key that content still waits for, saying which
     */
    synchronized void make(BrokerLink link, Snapshot known, MeterRegistry meters) {
        if (deliveries.isEmpty()) {
            Deliveries engine = engine(link);
            steps = Map.of(
                    "accept",
                    new AcceptStep(
                            engine, Chain.of(unwrap.orElseThrow(), callService.orElseThrow()), workers.orElseThrow()),
                    "open-original",
                    AsyncProcessorConverterHelper.convert(new OpenOriginalStep(engine)),
                    "keep-result",
                    new KeepResultStep(engine, workers.orElseThrow()),
                    "judge-failure",
                    AsyncProcessorConverterHelper.convert(new JudgeFailureStep(engine)),
                    "settle-attempt",
                    new SettleAttemptStep(engine));
            watch = Optional.of(
                    new GuaranteeWatch(meters, engine.query()::counts, engine.query()::oldestWaiting, clock));
            deliveries = Optional.of(engine);
            started.ifPresent(engine::start);
        }
        Deliveries engine = deliveries.get();
        watch.get().gauges(known.destinations());
        watch.get().counters(known.destinations(), engine::accepted, engine::retried, engine::delivered);
    }

    private Deliveries engine(BrokerLink link) {
        GuaranteeSettings settings = bus.guarantee();
        KeyRing keys = KeyRing.open(settings.keyRing(), bus.data(), settings.epoch(), clock);
        Deliveries made = new Deliveries(settings, catalogue, database, link, keys, held, clock, bus.node(), observer);
        try {
            database.open();
            SortedSet<Long> lost = keys.missing(made.query().epochsInUse());
            if (!lost.isEmpty()) {
                throw new IllegalStateException("the key ring " + settings.keyRing() + " has lost the keys of epochs "
                        + lost + ", and messages that wait for delivery were sealed with them: put the key ring back;"
                        + " without it those messages cannot be delivered by anybody");
            }
        } catch (SQLException | BusException away) {
            LOG.atWarn()
                    .addKeyValue("event", "guarantee.waits")
                    .log("the database does not answer yet; deliveries begin when it does");
        } catch (RuntimeException lost) {
            made.close();
            throw lost;
        }
        return made;
    }

    /** Which services' deliveries wait may have changed. */
    void lookAgain() {
        deliveries.ifPresent(Deliveries::lookAgain);
    }

    /** Begins to deliver; what is made later begins at once. */
    synchronized void start(
            Vertx vertx, CamelContext camel, AsyncProcessor entrance, int eventLoops, Consumer<Passage> ended)
            throws InterruptedException, ExecutionException, TimeoutException {
        CamelDeliveryWay way = new CamelDeliveryWay(camel, entrance, workers.orElseThrow(), clock, ended);
        way.start(vertx, eventLoops).toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
        started = Optional.of(way);
        deliveries.ifPresent(engine -> engine.start(way));
    }

    /** The revisions that deliveries wait for; empty while nobody can tell. */
    Optional<Set<UnitKey>> unitsWaiting() {
        if (deliveries.isEmpty()) {
            return Optional.of(Set.of());
        }
        try {
            return Optional.of(deliveries.get().query().unitsWaiting());
        } catch (BusException away) {
            return Optional.empty();
        }
    }

    /** What seals content for the disk; empty while no service is guaranteed. */
    Optional<Sealer> sealer() {
        return deliveries.map(Deliveries::sealer);
    }

    /** The accepted exchange with this id; may block. */
    Optional<ExchangeStatus> find(ExchangeId id) {
        return deliveries.flatMap(engine -> engine.query().find(id));
    }

    /** How far the deliveries of an accepted exchange came; may block. */
    Optional<TransportState> handed(ExchangeId id) {
        return find(id).map(exchange -> {
            Set<DeliveryState> states =
                    exchange.deliveries().stream().map(DeliveryStatus::state).collect(Collectors.toSet());
            if (states.contains(DeliveryState.PARKED) || states.contains(DeliveryState.EXPIRED)) {
                return TransportState.FAIL;
            }
            return states.equals(Set.of(DeliveryState.DELIVERED)) ? TransportState.DONE : TransportState.PROCESSING;
        });
    }

    /** For the operators' page. */
    DeliveriesView shown() {
        return new DeliveriesShown(
                id -> query().flatMap(query -> query.find(id)),
                id -> query().flatMap(query -> query.findDelivery(id)),
                (state, limit) -> query().map(query -> query.list(state, limit)).orElse(List.of()),
                () -> query().map(GuaranteeQuery::counts).orElse(Map.of()),
                id -> deliveries
                        .map(engine -> engine.retry(id).thenApply(done -> DeliveriesView.Retried.valueOf(done.name())))
                        .orElseGet(() -> CompletableFuture.completedFuture(DeliveriesView.Retried.UNKNOWN)));
    }

    private Optional<GuaranteeQuery> query() {
        return deliveries.map(Deliveries::query);
    }

    /** Says whether messages can be accepted, where any service asks for that. */
    HealthProbe probe(BooleanSupplier brokerAnswers) {
        return GuaranteeWatch.probe(
                () -> deliveries.map(Deliveries::isDatabaseReachable).orElse(true),
                () -> deliveries.isEmpty() || brokerAnswers.getAsBoolean());
    }

    /** Safe to call twice. */
    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            deliveries.ifPresent(Deliveries::close);
        }
    }
}
