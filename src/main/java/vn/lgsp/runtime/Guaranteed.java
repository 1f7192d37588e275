package vn.lgsp.runtime;

import io.vertx.core.Vertx;
import java.sql.SQLException;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.apache.camel.AsyncProcessor;
import org.apache.camel.CamelContext;
import org.apache.camel.Processor;
import org.apache.camel.main.Main;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import vn.lgsp.broker.BrokerLink;
import vn.lgsp.catalogue.Catalogue;
import vn.lgsp.catalogue.ServiceCard;
import vn.lgsp.catalogue.Snapshot;
import vn.lgsp.database.Database;
import vn.lgsp.failure.BusException;
import vn.lgsp.failure.ErrorCode;
import vn.lgsp.guarantee.AcceptStep;
import vn.lgsp.guarantee.Deliveries;
import vn.lgsp.guarantee.ExchangeStatus;
import vn.lgsp.guarantee.GuaranteeSettings;
import vn.lgsp.guarantee.JudgeFailureStep;
import vn.lgsp.guarantee.OpenOriginalStep;
import vn.lgsp.guarantee.ProtocolStep;
import vn.lgsp.guarantee.SettleAttemptStep;
import vn.lgsp.message.ExchangeId;
import vn.lgsp.message.SystemId;
import vn.lgsp.message.UnitKey;
import vn.lgsp.operate.DeliveriesView;
import vn.lgsp.operate.HealthProbe;
import vn.lgsp.seal.KeyRing;

/** Guaranteed delivery in this process: made where a card asks for it, and otherwise not there. */
final class Guaranteed implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Guaranteed.class);

    private final Optional<Deliveries> deliveries;
    private final AtomicBoolean closed = new AtomicBoolean();

    private Guaranteed(Optional<Deliveries> deliveries) {
        this.deliveries = deliveries;
    }

    /** Where no service is guaranteed. */
    static Guaranteed none() {
        return new Guaranteed(Optional.empty());
    }

    /** Whether a card asks for guaranteed delivery. */
    static boolean isNeeded(Snapshot known) {
        return known.services().stream().anyMatch(card -> card.guarantee().isPresent());
    }

    /**
     * @throws IllegalStateException when the key ring has lost a key that content still waits for, saying which
     */
    static Guaranteed make(
            BusSettings bus,
            Catalogue catalogue,
            Database database,
            BrokerLink link,
            Clock clock,
            Consumer<ProtocolStep> observer) {
        GuaranteeSettings settings = bus.guarantee();
        KeyRing keys = KeyRing.open(settings.keyRing(), bus.data(), settings.epoch(), clock);
        Deliveries deliveries = new Deliveries(settings, catalogue, database, link, keys, clock, bus.node(), observer);
        try {
            database.open();
            SortedSet<Long> lost = keys.missing(deliveries.query().epochsInUse());
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
            deliveries.close();
            throw lost;
        }
        return new Guaranteed(Optional.of(deliveries));
    }

    /** Gives the routes of the way their steps. */
    void bind(Main main, AsyncProcessor unwrap, AsyncProcessor callService, Workers workers) {
        if (deliveries.isEmpty()) {
            Processor absent = exchange -> {
                throw new BusException(ErrorCode.BUS_FAILED, "no service of this bus is guaranteed");
            };
            main.bind("accept", (Processor) exchange -> {});
            List.of("open-original", "judge-failure", "settle-attempt").forEach(step -> main.bind(step, absent));
            return;
        }
        Deliveries engine = deliveries.get();
        main.bind("accept", new Caught(new AcceptStep(engine, Chain.of(unwrap, callService), workers)));
        main.bind("open-original", new OpenOriginalStep(engine));
        main.bind("judge-failure", new JudgeFailureStep(engine));
        main.bind("settle-attempt", new Caught(new SettleAttemptStep(engine)));
    }

    /** Begins to deliver. */
    void start(Vertx vertx, CamelContext camel, AsyncProcessor entrance, Workers workers, int eventLoops, Clock clock)
            throws Exception {
        if (deliveries.isPresent()) {
            CamelDeliveryWay way = new CamelDeliveryWay(camel, entrance, workers, clock);
            way.start(vertx, eventLoops)
                    .toCompletionStage()
                    .toCompletableFuture()
                    .get(30, TimeUnit.SECONDS);
            deliveries.get().start(way);
        }
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

    /** The accepted exchange with this id; may block. */
    Optional<ExchangeStatus> find(ExchangeId id) {
        return deliveries.flatMap(engine -> engine.query().find(id));
    }

    /** For the operators' page. */
    DeliveriesView shown() {
        return deliveries
                .map(engine -> new DeliveriesShown(
                        engine.query()::find,
                        engine.query()::findDelivery,
                        engine.query()::list,
                        engine.query()::counts,
                        id -> engine.retry(id).thenApply(done -> DeliveriesView.Retried.valueOf(done.name()))))
                .orElseGet(DeliveriesShown::none);
    }

    /** Shows figures, and gives the probe that says whether messages can be accepted. */
    Optional<HealthProbe> watch(
            io.micrometer.core.instrument.MeterRegistry meters, Snapshot known, BrokerLink link, Clock clock) {
        return deliveries.map(engine -> {
            Set<SystemId> destinations = known.services().stream()
                    .map(ServiceCard::guarantee)
                    .flatMap(Optional::stream)
                    .flatMap(guarantee -> guarantee.receivers().stream())
                    .map(receiver -> receiver.system())
                    .collect(Collectors.toSet());
            GuaranteeWatch watch =
                    new GuaranteeWatch(meters, engine.query()::counts, engine.query()::oldestWaiting, clock);
            watch.gauges(destinations);
            watch.counters(destinations, engine::accepted, engine::retried, engine::delivered);
            return GuaranteeWatch.probe(engine::isDatabaseReachable, link::isUp);
        });
    }

    /** Safe to call twice. */
    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            deliveries.ifPresent(Deliveries::close);
        }
    }
}
