package vn.lgsp.runtime;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.apache.camel.AsyncProcessor;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.main.Main;
import org.apache.camel.model.ModelCamelContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import vn.lgsp.authorise.AuthoriseOperationStep;
import vn.lgsp.authorise.AuthoriseStep;
import vn.lgsp.broker.Broker;
import vn.lgsp.broker.BrokerLink;
import vn.lgsp.catalogue.Catalogue;
import vn.lgsp.catalogue.Registry;
import vn.lgsp.catalogue.RegistryFile;
import vn.lgsp.catalogue.Snapshot;
import vn.lgsp.city.SampleCity;
import vn.lgsp.database.Database;
import vn.lgsp.deliver.HttpComponent;
import vn.lgsp.deliver.JmsComponent;
import vn.lgsp.deliver.OutboundClient;
import vn.lgsp.deliver.SoapComponent;
import vn.lgsp.failure.ErrorCode;
import vn.lgsp.guarantee.ProtocolStep;
import vn.lgsp.guarantee.TellStateStep;
import vn.lgsp.identify.IdentifyStep;
import vn.lgsp.message.ExchangeId;
import vn.lgsp.message.Passage;
import vn.lgsp.message.Stage;
import vn.lgsp.message.UnitKey;
import vn.lgsp.operate.HealthProbe;
import vn.lgsp.operate.ManagementServer;
import vn.lgsp.receive.AdmitStep;
import vn.lgsp.receive.AnswerFailureStep;
import vn.lgsp.receive.ContractStep;
import vn.lgsp.receive.HoldAnswerStep;
import vn.lgsp.receive.HttpReceiver;
import vn.lgsp.receive.UnwrapStep;
import vn.lgsp.record.CloseRecordStep;
import vn.lgsp.record.DataFolderLock;
import vn.lgsp.record.OpenRecordStep;
import vn.lgsp.record.RecordMetrics;
import vn.lgsp.record.RecordQuery;
import vn.lgsp.record.Recorder;
import vn.lgsp.transform.StylesheetComponent;
import vn.lgsp.transform.ValidateComponent;

/**
 * The whole bus in one process: made of its stages, started in order, stopped in the opposite one.
 *
 * <p>A start that fails leaves nothing running and says in one line what is wrong.
 */
public final class Bus implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Bus.class);
    /** Where the city's civil archive finds the broker. */
    private final BusSettings settings;

    private final Clock clock;
    private final Relaxed relaxed;
    private final Deque<AutoCloseable> running = new ArrayDeque<>();
    private final Catalogue catalogue;
    private final PrometheusMeterRegistry meters = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final List<Unit> units;
    private final Set<UnitKey> waiting;
    private final Consumer<ProtocolStep> observer;
    private Optional<CamelContext> context = Optional.empty();
    private Map<String, AsyncProcessor> entrances = Map.of();
    private Map<String, List<String>> refused = Map.of();
    private Optional<RecordQuery> records = Optional.empty();
    private Optional<Guard> guard = Optional.empty();
    private Supplier<Optional<String>> brokerProblem = Optional::empty;
    private volatile int brokerPort;
    private int dataPort;
    private int managementPort;

    private Bus(
            BusSettings settings,
            Configuration configuration,
            Clock clock,
            Relaxed relaxed,
            Set<UnitKey> waiting,
            Consumer<ProtocolStep> observer) {
        this.settings = settings;
        this.clock = clock;
        this.relaxed = relaxed;
        this.waiting = waiting;
        this.observer = observer;
        this.units = Unit.all(settings.home());
        Registry registry = registry(configuration);
        this.catalogue = new Catalogue(
                new Snapshot(registry, units.stream().map(Unit::card).toList()));
    }

    /**
     * Starts the bus.
     *
     * @throws IllegalArgumentException when a setting, the registry or a card is wrong
     * @throws IllegalStateException when a port is taken or the data folder is in use
     */
    public static Bus start(BusSettings settings, Configuration configuration, Clock clock) {
        return start(settings, configuration, clock, Relaxed.NOTHING);
    }

    /** What a test or a measurement may leave out; no setting reaches it. */
    enum Relaxed {
        NOTHING,
        /** Route files are loaded whatever they hold, to show that the runtime's own layers stop them. */
        ROUTE_RULES,
        /** Nothing is recorded, to measure what recording costs. */
        RECORDS
    }

    static Bus start(BusSettings settings, Configuration configuration, Clock clock, Relaxed relaxed) {
        return start(settings, configuration, clock, relaxed, Set.of(), step -> {});
    }

    /**
     * @param waiting earlier revisions that are brought back beside those that deliveries wait for
     * @param observer hears of every step of guaranteed delivery as it is done
     */
    static Bus start(
            BusSettings settings,
            Configuration configuration,
            Clock clock,
            Relaxed relaxed,
            Set<UnitKey> waiting,
            Consumer<ProtocolStep> observer) {
        Bus bus = new Bus(settings, configuration, clock, relaxed, waiting, observer);
        configuration.refuseUnknown();
        try {
            bus.open();
            return bus;
        } catch (Exception failed) {
            bus.close();
            if (failed instanceof RuntimeException known) {
                throw known;
            }
            throw new IllegalStateException(failed.getMessage(), failed);
        }
    }

    private Registry registry(Configuration configuration) {
        RegistryFile file = new RegistryFile(configuration::text, name -> Optional.ofNullable(System.getenv(name)));
        Optional<String> resource = settings.registryResource();
        if (resource.isEmpty()) {
            String path = settings.registry();
            return file.read(Path.of(path.startsWith("file:") ? path.substring("file:".length()) : path));
        }
        try (InputStream in = Bus.class.getClassLoader().getResourceAsStream(resource.get())) {
            if (in == null) {
                throw new IllegalArgumentException(
                        "lgsp.catalogue.registry is " + settings.registry() + ", which is not there");
            }
            return file.read(settings.registry(), new String(in.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException unreadable) {
            throw new IllegalArgumentException("lgsp.catalogue.registry cannot be read", unreadable);
        }
    }

    private void open() throws Exception {
        if (!settings.isLoopback()) {
            if (catalogue.now().isSample()) {
                throw new IllegalArgumentException(
                        "lgsp.host is not loopback, and everybody knows the keys of the sample city:"
                                + " use a registry of your own (lgsp.catalogue.registry)");
            }
            if (!settings.receive().isTls()) {
                throw new IllegalArgumentException("lgsp.host is not loopback, so the data port needs TLS: write"
                        + " lgsp.receive.certificate and lgsp.receive.key");
            }
        }
        running.push(DataFolderLock.take(settings.data()));
        CompletableFuture<Optional<SampleCity>> city =
                CompletableFuture.supplyAsync(() -> settings.city().enabled()
                        ? Optional.of(SampleCity.start(
                                settings.city(), settings.home().resolve("connectors"), clock, () -> brokerPort))
                        : Optional.empty());
        running.push(() -> city.exceptionally(failed -> Optional.empty()).join().ifPresent(SampleCity::close));
        Spooled.forget(settings.receive().spoolFolder());
        Vertx vertx = vertx();
        Database database = new Database(settings.database());
        running.push(database);
        Recorder recorder = new Recorder(settings.record(), database, catalogue, clock);
        running.push(recorder);
        records = Optional.of(recorder.query());
        OutboundClient client = new OutboundClient(vertx, catalogue, settings.deliver(), clock);
        UnitArchive archive = new UnitArchive(settings.transform().folder());
        // What a service accepted is delivered although its card is gone.
        boolean guarantees = Guaranteed.isNeeded(catalogue.now()) || archive.holdsGuaranteed();
        Optional<BrokerLink> broker = broker(guarantees);
        Workers workers = new Workers(settings.workers(), settings.workersRoom());
        running.push(workers);
        // The database may hang: those who ask it must not take the threads of mappings.
        Workers readers = new Workers(2, 1_000);
        running.push(readers);
        Guaranteed guaranteed = guarantees
                ? Guaranteed.make(settings, catalogue, database, broker.orElseThrow(), clock, observer)
                : Guaranteed.none();
        // Twice, for it stops before the routes do, and also when the start fails before it delivers.
        running.push(guaranteed);
        Services services = new Services();
        Contracts contracts = new Contracts();
        Guard doors = new Guard((exchange, routeId) -> recordEscape(recorder, exchange));
        guard = Optional.of(doors);

        Main main = camel(vertx, recorder, client, broker, workers, readers, services, contracts, guaranteed, doors);
        ModelCamelContext camel = (ModelCamelContext) main.getCamelContext();
        context = Optional.of(camel);
        CamelWay way = new CamelWay(camel, recorder, new ExchangeMeters(meters));
        RouteRules rules = new RouteRules(settings.home().resolve("connectors"), catalogue.now()::system);
        Deployer deployer = new Deployer(camel, doors, services, archive, rules);
        entrances = deployer.deployWay(settings.home().resolve("routes/_way"));
        way.open(entrances);
        for (Unit unit : units) {
            contracts.load(unit);
            deployer.deploy(unit, relaxed == Relaxed.ROUTE_RULES ? List.of() : rules.check(unit));
        }
        deployer.bringBack(
                guaranteed.unitsWaiting().map(units -> {
                    Set<UnitKey> all = new HashSet<>(units);
                    all.addAll(waiting);
                    return all;
                }),
                catalogue.now());
        refused = deployer.refused();

        ManagementServer management = new ManagementServer(
                vertx,
                settings.operate(),
                catalogue,
                meters,
                new RecordsShown(recorder.query()),
                guaranteed.shown(),
                probes(
                        recorder.metrics(),
                        broker.flatMap(link -> guaranteed.watch(meters, catalogue.now(), link, clock))),
                clock);
        HttpReceiver receiver = new HttpReceiver(vertx, settings.receive(), way, clock);
        gauges(receiver, recorder.metrics(), workers, doors, client);
        try {
            city.join();
        } catch (CompletionException failed) {
            throw failed.getCause() instanceof RuntimeException known ? known : failed;
        }
        guaranteed.start(
                vertx,
                camel,
                entrance("way-deliver"),
                workers,
                settings.receive().eventLoops(),
                clock);
        running.push(guaranteed);
        managementPort =
                await(management.start(), "management-port", settings.operate().port());
        running.push(() -> await(management.close(), "", 0));
        dataPort = await(receiver.start(), "data-port", settings.receive().port());
        running.push(() -> stop(receiver));
    }

    /** The broker, where anything needs one: embedded, or the one that the settings name. */
    private Optional<BrokerLink> broker(boolean guarantees) {
        if (!guarantees && !Broker.isNeeded(catalogue.now())) {
            return Optional.empty();
        }
        final BrokerLink link;
        if (settings.broker().isEmbedded()) {
            Broker broker = Broker.start(settings.broker(), catalogue, clock);
            running.push(broker);
            brokerPort = broker.port();
            brokerProblem = broker::problem;
            gauge("lgsp.broker.refusals", broker, Broker::refusals);
            link = broker.link();
        } else {
            link = BrokerLink.outside(settings.broker());
            brokerProblem = () -> link.isUp() ? Optional.empty() : Optional.of("the broker at lgsp.broker.url is away");
        }
        running.push(link);
        gauge("lgsp.broker.up", link, known -> known.isUp() ? 1 : 0);
        return Optional.of(link);
    }

    private JmsComponent queues(BrokerLink link, Vertx vertx) {
        JmsComponent queues = new JmsComponent(link, vertx, catalogue, clock);
        catalogue.now().systems().stream()
                .filter(system ->
                        system.queue().isPresent() && system.connection().isEmpty())
                .forEach(system -> Gauge.builder("lgsp.provider.waiting", queues, c -> c.waiting(system.id()))
                        .tag("system", system.id().value())
                        .register(meters));
        gauge("lgsp.broker.confirmations.late", queues, JmsComponent::lateConfirmations);
        return queues;
    }

    private Vertx vertx() {
        Vertx vertx = Vertx.vertx(new VertxOptions()
                .setPreferNativeTransport(true)
                .setEventLoopPoolSize(settings.receive().eventLoops())
                .setMaxEventLoopExecuteTime(TimeUnit.MILLISECONDS.toNanos(500)));
        running.push(() -> await(vertx.close(), "", 0));
        return vertx;
    }

    private Main camel(
            Vertx vertx,
            Recorder recorder,
            OutboundClient client,
            Optional<BrokerLink> broker,
            Workers workers,
            Workers readers,
            Services services,
            Contracts contracts,
            Guaranteed guaranteed,
            Guard guard) {
        Main main = new Main();
        main.setDefaultPropertyPlaceholderLocation("false");
        main.configure()
                .withName("lgsp")
                .withStreamCachingEnabled(false)
                .withMessageHistory(false)
                .withLoadTypeConverters(true)
                .withShutdownTimeout(10)
                .withJmxManagementMBeansLevel(org.apache.camel.ManagementMBeansLevel.RoutesOnly)
                .withAutoConfigurationLogSummary(false)
                .withRoutesBuilders(List.of());
        main.configure().setRoutesIncludePattern("false");
        main.addProperty(
                "camel.component.kamelet.location",
                "file:" + settings.home().resolve("connectors").toAbsolutePath());
        // An address that nobody serves fails at once instead of holding its caller.
        main.addProperty("camel.component.direct.block", "false");
        main.bind("guard", guard);
        main.bind("identify", new IdentifyStep(catalogue, clock));
        main.bind("authorise", new AuthoriseStep(catalogue, clock));
        main.bind("admit", new Caught(new AdmitStep(settings.receive())));
        AsyncProcessor unwrap = new Caught(new UnwrapStep(workers));
        main.bind("unwrap", unwrap);
        main.bind("authorise-operation", new AuthoriseOperationStep(catalogue, clock));
        main.bind("tell-contract", new ContractStep(contracts::of, settings.receive()));
        boolean recording = relaxed != Relaxed.RECORDS;
        main.bind("open-record", recording ? new Caught(new OpenRecordStep(recorder)) : (Processor) exchange -> {});
        AsyncProcessor callService = new Caught(new CallService(services, workers));
        main.bind("call-service", callService);
        guaranteed.bind(main, unwrap, callService, workers);
        main.bind("call-destination", new Caught(new CallDestination(services, workers)));
        main.bind("hold-answer", new Caught(new HoldAnswerStep(vertx, settings.receive())));
        main.bind("answer-failure", new AnswerFailureStep());
        main.bind("tell-state", new Caught(new TellStateStep(guaranteed::find, readers::executeInside)));
        main.bind(
                "close-record",
                recording
                        ? new Caught(new CloseRecordStep(recorder))
                        : (Processor) exchange -> exchange.getProperty(Passage.PROPERTY, Passage.class)
                                .closed());
        main.bind("transform-settings", settings.transform());
        main.bind("lgsp-http", new HttpComponent(client));
        main.bind("lgsp-soap", new SoapComponent(client));
        broker.ifPresent(link -> main.bind("lgsp-jms", queues(link, vertx)));
        main.bind("lgsp-validate", new ValidateComponent(settings.transform()));
        main.bind("xslt", new StylesheetComponent(settings.transform()));
        main.start();
        running.push(main::stop);
        Vocabulary.limit(
                main.getCamelContext(),
                settings.home().resolve("connectors"),
                settings.transform().folder());
        return main;
    }

    private void recordEscape(Recorder recorder, Exchange exchange) {
        if (exchange.getProperty(Passage.PROPERTY) instanceof Passage) {
            return; // it is on the way, and the way records it
        }
        Passage passage = new Passage(
                ExchangeId.at(clock.millis()),
                clock.instant(),
                System.nanoTime(),
                "ROUTE",
                exchange.getExchangeId(),
                Runnable::run);
        passage.enter(Stage.AUTHORISE);
        passage.failed(ErrorCode.ROUTE_REFUSED, null);
        passage.answersWith(ErrorCode.ROUTE_REFUSED.status());
        recorder.close(passage, unrecorded -> {});
    }

    private List<HealthProbe> probes(RecordMetrics record, Optional<HealthProbe> guarantee) {
        List<HealthProbe> probes = new ArrayList<>(List.of(
                new HealthProbe("journal", HealthProbe.Kind.LIVENESS, record::brokenBecause),
                new HealthProbe(
                        "journal-room",
                        HealthProbe.Kind.READINESS,
                        () -> record.isFull() ? Optional.of("full until the database catches up") : Optional.empty()),
                new HealthProbe(
                        "services",
                        HealthProbe.Kind.READINESS,
                        () -> refused.isEmpty() ? Optional.empty() : Optional.of("refused: " + refused.keySet())),
                new HealthProbe("broker", HealthProbe.Kind.READINESS, () -> brokerProblem.get())));
        guarantee.ifPresent(probes::add);
        return probes;
    }

    private void gauges(
            HttpReceiver receiver, RecordMetrics record, Workers workers, Guard guard, OutboundClient client) {
        gauge("lgsp.exchanges.inflight", receiver, HttpReceiver::inFlight);
        gauge("lgsp.workers.inside", workers, Workers::inside);
        gauge("lgsp.routes.refused", guard, Guard::refusals);
        catalogue.now().systems().stream()
                .filter(system -> system.connection().isPresent())
                .forEach(system -> Gauge.builder("lgsp.provider.waiting", client, c -> c.waiting(system.id()))
                        .tag("system", system.id().value())
                        .register(meters));
        gauge("lgsp.record.waiting", record, RecordMetrics::waiting);
        gauge("lgsp.record.entries", record, RecordMetrics::entries);
        gauge("lgsp.record.syncs", record, RecordMetrics::syncs);
        gauge("lgsp.record.rows", record, RecordMetrics::rows);
        gauge("lgsp.record.lag.entries", record, RecordMetrics::lagEntries);
        gauge("lgsp.record.lag.seconds", record, metrics -> metrics.lag().toMillis() / 1_000.0);
        gauge("lgsp.record.journal.bytes", record, RecordMetrics::journalBytes);
        gauge("lgsp.record.refusals.counted", record, RecordMetrics::countedRefusals);
        gauge("lgsp.record.database.reachable", record, metrics -> metrics.isDatabaseReachable() ? 1 : 0);
    }

    private <T> void gauge(String name, T of, java.util.function.ToDoubleFunction<T> value) {
        MeterRegistry registry = meters;
        Gauge.builder(name, of, value).strongReference(true).register(registry);
    }

    private void stop(HttpReceiver receiver) throws Exception {
        receiver.stopAdmitting();
        long deadline = System.nanoTime() + settings.stopTimeout().toNanos();
        while (receiver.inFlight() > 0 && System.nanoTime() - deadline < 0) {
            LockSupport.parkNanos(Duration.ofMillis(10).toNanos());
        }
        await(receiver.close(), "", 0);
    }

    private static <T> T await(Future<T> future, String port, int number) throws Exception {
        try {
            return future.toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
        } catch (ExecutionException failed) {
            if (!port.isEmpty()) {
                throw new IllegalStateException(
                        "port " + number + " is taken by another program: stop it, or set lgsp." + port
                                + " to another one",
                        failed.getCause());
            }
            throw failed;
        } catch (TimeoutException late) {
            throw new IllegalStateException("the bus did not start or stop in 30 s", late);
        }
    }

    /** The port that serves exchanges. */
    public int dataPort() {
        return dataPort;
    }

    /** The port of the embedded broker; 0 where there is none. */
    public int brokerPort() {
        return brokerPort;
    }

    /** The port of console, health, metrics and records. */
    public int managementPort() {
        return managementPort;
    }

    /** The services that were refused at the start, each with its reasons. */
    public Map<String, List<String>> refusedServices() {
        return refused;
    }

    /** Whether this is the sample city. */
    public boolean isSample() {
        return catalogue.now().isSample();
    }

    /** Finds the records of exchanges. */
    RecordQuery records() {
        return records.orElseThrow();
    }

    /** The context that the routes run in. */
    CamelContext camel() {
        return context.orElseThrow();
    }

    /** The entrance of this route of the way. */
    AsyncProcessor entrance(String route) {
        return Optional.ofNullable(entrances.get(route))
                .orElseThrow(() -> new IllegalStateException("routes/_way has no route " + route));
    }

    /** Exchanges that were refused at the door of a route. */
    long refusedAtRoutes() {
        return guard.map(Guard::refusals).orElse(0L);
    }

    /** Stops in order: no new exchange, those under way to their end, then everything else. Safe to call twice. */
    @Override
    public void close() {
        while (!running.isEmpty()) {
            AutoCloseable next = running.pop();
            try {
                next.close();
            } catch (Exception stuck) {
                LOG.atWarn()
                        .addKeyValue("event", "stop.stuck")
                        .setCause(stuck)
                        .log("a part of the bus did not stop cleanly");
            }
        }
    }
}
