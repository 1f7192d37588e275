package vn.lgsp.runtime;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.camel.AsyncProcessor;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.main.Main;
import org.apache.camel.main.SimpleMainShutdownStrategy;
import org.apache.camel.model.ModelCamelContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import vn.lgsp.authorise.AuthoriseOperationStep;
import vn.lgsp.authorise.AuthoriseStep;
import vn.lgsp.authorise.TellMethodsStep;
import vn.lgsp.broker.Broker;
import vn.lgsp.broker.BrokerLink;
import vn.lgsp.catalogue.Catalogue;
import vn.lgsp.catalogue.Registry;
import vn.lgsp.catalogue.RegistryFile;
import vn.lgsp.catalogue.ServiceCard;
import vn.lgsp.catalogue.Snapshot;
import vn.lgsp.city.SampleCity;
import vn.lgsp.database.Database;
import vn.lgsp.deliver.AxisComponent;
import vn.lgsp.deliver.HttpComponent;
import vn.lgsp.deliver.JmsComponent;
import vn.lgsp.deliver.OutboundClient;
import vn.lgsp.deliver.SoapComponent;
import vn.lgsp.deliver.SoapSecurity;
import vn.lgsp.deploy.CallDestinationStep;
import vn.lgsp.deploy.CallServiceStep;
import vn.lgsp.deploy.CheckSwitchStep;
import vn.lgsp.deploy.Deployer;
import vn.lgsp.deploy.Deployments;
import vn.lgsp.deploy.EnterServiceStep;
import vn.lgsp.deploy.Guard;
import vn.lgsp.deploy.Revisions;
import vn.lgsp.deploy.Services;
import vn.lgsp.deploy.Switches;
import vn.lgsp.deploy.UnitCheck;
import vn.lgsp.deploy.Vocabulary;
import vn.lgsp.deploy.Workers;
import vn.lgsp.edoc.EdxmlReader;
import vn.lgsp.edoc.PartnerCodes;
import vn.lgsp.failure.ErrorCode;
import vn.lgsp.failure.Finding;
import vn.lgsp.guarantee.ProtocolStep;
import vn.lgsp.guarantee.TellStateStep;
import vn.lgsp.hold.SealedParts;
import vn.lgsp.identify.IdentifyMessageStep;
import vn.lgsp.identify.IdentifyStep;
import vn.lgsp.identify.LogInStep;
import vn.lgsp.mailbox.Agencies;
import vn.lgsp.mailbox.MailboxComponent;
import vn.lgsp.mailbox.Mailboxes;
import vn.lgsp.message.Caller;
import vn.lgsp.message.ExchangeId;
import vn.lgsp.message.Passage;
import vn.lgsp.message.ServiceKey;
import vn.lgsp.message.Stage;
import vn.lgsp.message.SystemId;
import vn.lgsp.message.UnitKey;
import vn.lgsp.operate.HealthProbe;
import vn.lgsp.operate.ManagementServer;
import vn.lgsp.receive.AdmitStep;
import vn.lgsp.receive.AnswerFailureStep;
import vn.lgsp.receive.CallComponent;
import vn.lgsp.receive.ContractStep;
import vn.lgsp.receive.HandOnComponent;
import vn.lgsp.receive.HoldAnswerStep;
import vn.lgsp.receive.HttpReceiver;
import vn.lgsp.receive.JmsReceiver;
import vn.lgsp.receive.ScheduleReceiver;
import vn.lgsp.receive.SecureAnswerStep;
import vn.lgsp.receive.TakeLoginStep;
import vn.lgsp.receive.UnwrapStep;
import vn.lgsp.record.CloseRecordStep;
import vn.lgsp.record.DataFolderLock;
import vn.lgsp.record.OpenRecordStep;
import vn.lgsp.record.RecordMetrics;
import vn.lgsp.record.RecordQuery;
import vn.lgsp.record.Recorder;
import vn.lgsp.scenario.SampleCheck;
import vn.lgsp.transform.CsvComponent;
import vn.lgsp.transform.JsonPathLanguage;
import vn.lgsp.transform.MaskComponent;
import vn.lgsp.transform.ReplyComponent;
import vn.lgsp.transform.SchemaComponent;
import vn.lgsp.transform.StylesheetComponent;
import vn.lgsp.transform.ValidateComponent;
import vn.lgsp.transform.ValuesComponent;
import vn.lgsp.unit.RouteRules;
import vn.lgsp.unit.Unit;
import vn.lgsp.unit.UnitArchive;
import vn.lgsp.wssecurity.MessageSecurity;

/**
 * The whole bus in one process: made of its stages, started in order, stopped in the opposite one.
 *
 * <p>A start that fails leaves nothing running and says in one line what is wrong.
 */
public final class Bus implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Bus.class);

    private final BusSettings settings;

    private final Clock clock;
    private final Relaxed relaxed;
    private final Deque<AutoCloseable> running = new ArrayDeque<>();
    private final Catalogue catalogue;
    private final Services services;
    private final SampleCheck samples = new SampleCheck();
    private final PrometheusMeterRegistry meters = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final RegistryFile registry;
    private final Set<UnitKey> waiting;
    private final Consumer<ProtocolStep> observer;
    private Optional<CamelContext> context = Optional.empty();
    private Map<String, AsyncProcessor> entrances = Map.of();
    private Optional<RecordQuery> records = Optional.empty();
    private Optional<Guard> guard = Optional.empty();
    private volatile Optional<JmsComponent> jms = Optional.empty();
    private Optional<JmsReceiver> door = Optional.empty();
    private boolean doorOpen;
    private Optional<Deployer> deployer = Optional.empty();
    private Optional<Deployments> deployments = Optional.empty();
    private volatile Optional<BrokerAtNeed> broker = Optional.empty();
    private volatile Runnable mailboxKeys = () -> {};
    private volatile Snapshot prepared;
    private final Set<SystemId> gauged = new HashSet<>();
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
        this.registry = new RegistryFile(configuration::text, name -> Optional.ofNullable(System.getenv(name)));
        this.catalogue = new Catalogue(new Snapshot(readRegistry(), List.of()));
        this.prepared = catalogue.now();
        this.services = new Services(catalogue);
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

    private Registry readRegistry() {
        return RegistryDocument.read(settings, registry);
    }

    private void guardDoors(Snapshot known) {
        if (!settings.isLoopback()) {
            if (known.isSample()) {
                throw new IllegalArgumentException(
                        "lgsp.host is not loopback, and everybody knows the keys of the sample city:"
                                + " use a registry of your own (lgsp.catalogue.registry)");
            }
            if (!settings.receive().isTls()) {
                throw new IllegalArgumentException("lgsp.host is not loopback, so the data port needs TLS: write"
                        + " lgsp.receive.certificate and lgsp.receive.key");
            }
        }
    }

    private void open() throws Exception {
        guardDoors(catalogue.now());
        running.push(DataFolderLock.take(settings.data()));
        CompletableFuture<Optional<SampleCity>> city =
                CompletableFuture.supplyAsync(() -> settings.city().enabled()
                        ? Optional.of(SampleCity.start(
                                settings.city(), settings.home().resolve("connectors"), clock, this::brokerPort))
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
        Deployments ledger = Deployments.open(settings.data().resolve("deployments.jsonl"));
        deployments = Optional.of(ledger);
        running.push(ledger);
        DoorSeal seal = new DoorSeal(
                settings.guarantee().keyRing(),
                settings.data(),
                settings.guarantee().epoch(),
                clock);
        running.push(seal);
        BrokerAtNeed queues = new BrokerAtNeed(
                settings.broker(),
                catalogue,
                clock,
                new Broker.Doors(seal, (account, service) -> recordRefusedSend(recorder, account, service)));
        broker = Optional.of(queues);
        running.push(queues);
        Workers workers = new Workers(settings.workers(), settings.workersRoom());
        running.push(workers);
        // The database may hang: those who ask it must not take the threads of mappings.
        Workers readers = new Workers(2, 1_000);
        running.push(readers);
        Switches switches = new Switches(ledger, this::registered, clock);
        Guaranteed guaranteed = new Guaranteed(settings, catalogue, database, switches::held, clock, observer);
        // Twice, for it stops before the routes do, and also when the start fails before it delivers.
        running.push(guaranteed);
        switches.onTurn(guaranteed::lookAgain);
        Guard doors = new Guard((exchange, routeId) -> recordEscape(recorder, exchange));
        guard = Optional.of(doors);

        HandOnComponent handOn = HandOnComponent.in(catalogue, clock);
        PartnerCodes codes = PartnerTables.codes(settings.edoc().notations(), settings.home(), clock);
        Agencies agencies = new Agencies(database, catalogue, codes, clock);
        Main main = camel(
                database,
                handOn,
                codes,
                agencies,
                recorder,
                client,
                workers,
                readers,
                switches,
                guaranteed,
                doors,
                archive,
                vertx);
        ModelCamelContext camel = (ModelCamelContext) main.getCamelContext();
        context = Optional.of(camel);
        ExchangeMeters timed = new ExchangeMeters(meters);
        SystemsShown systems = new SystemsShown(catalogue, client, () -> jms, guaranteed.shown(), clock);
        CamelWay way = new CamelWay(camel, recorder, passage -> {
            timed.ended(passage);
            systems.ended(passage);
        });
        camel.addComponent("lgsp-call", new CallComponent(way, catalogue, settings.receive(), clock));
        Revisions revisions = new Revisions(camel, doors, services, archive, ledger);
        entrances = revisions.loadWay(settings.home().resolve("routes/_way"));
        way.open(entrances);
        handOn.open(way);
        Timer swaps = Timer.builder("lgsp.deploy.swaps")
                .description("from the beginning of loading a revision until it is in force")
                .publishPercentiles(0.5, 0.99)
                .register(meters);
        Ready ready = (known, keys) -> prepare(known, keys, queues, guaranteed, client, camel, vertx, way, switches);
        // what lies in a mailbox is sealed as what waits for a delivery is
        mailboxKeys = () -> {
            if (!guaranteed.isMade()) {
                ready.of(prepared, true);
            }
        };
        Deployer made = new Deployer(
                settings.home(),
                catalogue,
                services,
                revisions,
                archive,
                ledger,
                settings.deploy(),
                new Deployer.Surroundings(
                        this::check,
                        known -> ready.of(known, ledger.everGuaranteed()),
                        this::readRegistry,
                        settings.registryFile(),
                        guaranteed::unitsWaiting,
                        swaps::record),
                clock);
        deployer = Optional.of(made);
        running.push(made);
        made.start(waiting);

        ScheduleReceiver schedules = new ScheduleReceiver(
                database,
                catalogue,
                service -> switches.state(service) == Switches.State.STARTED,
                vertx,
                way,
                clock,
                settings.receive().runsKept(),
                settings.node());
        ManagementServer management = new ManagementServer(
                vertx,
                settings.operate(),
                catalogue,
                meters,
                new RecordsShown(recorder.query()),
                guaranteed.shown(),
                new ServicesShown(switches, services, catalogue, ledger, schedules, clock),
                new RunsShown(schedules),
                new DeploymentsShown(made, ledger, services),
                systems,
                new AgenciesShown(agencies),
                probes(recorder.metrics(), guaranteed.probe(queues::isUp), made, queues, seal, client),
                clock);
        HttpReceiver receiver = new HttpReceiver(vertx, settings.receive(), way, clock);
        gauges(receiver, recorder.metrics(), workers, doors);
        gauge("lgsp.deploy.revisions", services, Services::count);
        gauge("lgsp.deploy.refused", made, deployments -> deployments.refused().size());
        for (Switches.State state : Switches.State.values()) {
            Gauge.builder("lgsp.services", switches, s -> s.counts().getOrDefault(state, 0L))
                    .tag("state", state.label())
                    .strongReference(true)
                    .register(meters);
        }
        try {
            city.join();
        } catch (CompletionException failed) {
            throw failed.getCause() instanceof RuntimeException known ? known : failed;
        }
        guaranteed.start(
                vertx, camel, entrance("way-deliver"), settings.receive().eventLoops(), systems::ended);
        running.push(guaranteed);
        managementPort =
                await(management.start(), "management-port", settings.operate().port());
        running.push(() -> await(management.close(), "", 0));
        dataPort = await(receiver.start(), "data-port", settings.receive().port());
        running.push(() -> stop(receiver));
        openDoor(Optional.empty(), true);
        schedules.start();
        running.push(schedules);
    }

    private Set<ServiceKey> registered() {
        return catalogue.now().services().stream().map(ServiceCard::key).collect(Collectors.toUnmodifiableSet());
    }

    /** What is wrong with each of these units. */
    private Map<Unit, List<Finding>> check(List<Unit> units) {
        if (relaxed == Relaxed.ROUTE_RULES) {
            return Map.of();
        }
        RouteRules rules = new RouteRules(
                id -> catalogue.now().system(id), () -> catalogue.now().systems());
        return new UnitCheck(settings.home(), rules::check, samples::check).check(units);
    }

    private interface Ready {
        void of(Snapshot known, boolean keys);
    }

    /**
     * Makes ready what these parties and services need, before the first exchange can reach them. The deployer's thread does it.
     *
     * @param keys whether something is sealed, or was, whatever the services are
     */
    private void prepare(
            Snapshot known,
            boolean keys,
            BrokerAtNeed queues,
            Guaranteed guaranteed,
            OutboundClient client,
            CamelContext camel,
            Vertx vertx,
            CamelWay way,
            Switches switches) {
        guardDoors(known);
        prepared = known;
        boolean guarantees =
                keys || guaranteed.isMade() || !known.destinations().isEmpty();
        if (guarantees || Broker.isNeeded(known)) {
            boolean news = queues.link().isEmpty();
            BrokerLink link = queues.open(known);
            if (news) {
                JmsComponent component = new JmsComponent(link, vertx, catalogue, clock);
                camel.getRegistry().bind("lgsp-jms", component);
                gauge("lgsp.broker.up", link, opened -> opened.isUp() ? 1 : 0);
                gauge("lgsp.broker.refusals", queues, BrokerAtNeed::refusals);
                gauge("lgsp.broker.confirmations.late", component, JmsComponent::lateConfirmations);
                gauge("lgsp.broker.replies.dropped", component, JmsComponent::droppedReplies);
                jms = Optional.of(component);
                JmsReceiver made = new JmsReceiver(
                        link,
                        vertx,
                        catalogue,
                        switches::held,
                        queues.seal(),
                        way,
                        settings.receive().eventLoops(),
                        clock);
                gauge("lgsp.jms.inflight", made, JmsReceiver::inFlight);
                gauge("lgsp.jms.replies.lost", made, JmsReceiver::repliesLost);
                openDoor(Optional.of(made), false);
            }
            if (guarantees) {
                guaranteed.make(link, known, meters);
            }
        }
        known.systems().stream()
                .filter(system ->
                        system.connection().isPresent() || system.queue().isPresent())
                .filter(system -> gauged.add(system.id()))
                .forEach(system -> {
                    Gauge.builder(
                                    "lgsp.provider.waiting",
                                    system.id(),
                                    id -> client.waiting(id)
                                            + jms.map(queue -> queue.waiting(id))
                                                    .orElse(0))
                            .tag("system", system.id().value())
                            .strongReference(true)
                            .register(meters);
                    Gauge.builder(
                                    "lgsp.provider.suspended",
                                    system.id(),
                                    id -> client.isSuspended(id)
                                                    || jms.filter(queue -> queue.isSuspended(id))
                                                            .isPresent()
                                            ? 1
                                            : 0)
                            .tag("system", system.id().value())
                            .strongReference(true)
                            .register(meters);
                });
    }

    /** The systems that failed too often, however they are reached. */
    private List<String> suspended(OutboundClient client) {
        return Stream.concat(client.suspended().stream(), jms.map(JmsComponent::suspended).orElse(List.of()).stream())
                .distinct()
                .sorted()
                .toList();
    }

    /** Messages are taken from queues once both are there: the broker, and all that the way needs. */
    private synchronized void openDoor(Optional<JmsReceiver> made, boolean open) {
        made.ifPresent(receiver -> door = made);
        doorOpen |= open;
        if (doorOpen && (open || made.isPresent())) {
            door.ifPresent(JmsReceiver::start);
        }
    }

    private synchronized Optional<JmsReceiver> door() {
        return door;
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
            Database database,
            HandOnComponent handOn,
            PartnerCodes codes,
            Agencies agencies,
            Recorder recorder,
            OutboundClient client,
            Workers workers,
            Workers readers,
            Switches switches,
            Guaranteed guaranteed,
            Guard guard,
            UnitArchive archive,
            Vertx vertx) {
        Main main = new Main();
        // The bus ends by its own order. Camel's hook would stop the context beside it, and hold a bus that has been
        // closed for good.
        main.setShutdownStrategy(new SimpleMainShutdownStrategy());
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
        // An address that nobody serves fails at once instead of holding its caller.
        main.addProperty("camel.component.direct.block", "false");
        main.bind("guard", guard);
        main.bind("identify", new IdentifyStep(catalogue, clock));
        MessageSecurity security = new MessageSecurity(settings.wsSecurity(), clock);
        main.bind(
                "identify-message",
                new Caught(new IdentifyMessageStep(catalogue, clock, security, workers::executeInside)));
        main.bind("take-login", new Caught(new TakeLoginStep()));
        main.bind("log-in", new LogInStep(catalogue, clock));
        main.bind("authorise", new AuthoriseStep(catalogue, clock));
        main.bind("tell-methods", new TellMethodsStep(catalogue, clock));
        main.bind("check-switch", new CheckSwitchStep(switches));
        main.bind("enter-service", new EnterServiceStep(services));
        main.bind("admit", new Caught(new AdmitStep(vertx, settings.receive(), workers)));
        AsyncProcessor unwrap =
                new Caught(new UnwrapStep(workers, settings.receive().memoryLimit()));
        main.bind("unwrap", unwrap);
        main.bind("authorise-operation", new AuthoriseOperationStep(catalogue, clock));
        main.bind(
                "tell-contract",
                new Caught(new ContractStep(
                        services::contract,
                        new RestContracts(services, archive)::of,
                        workers::executeInside,
                        settings.receive())));
        boolean recording = relaxed != Relaxed.RECORDS;
        main.bind("open-record", recording ? new Caught(new OpenRecordStep(recorder)) : (Processor) exchange -> {});
        AsyncProcessor callService = new Caught(new CallServiceStep(workers));
        main.bind("call-service", callService);
        guaranteed.bind(main, unwrap, callService, workers);
        main.bind("call-destination", new Caught(new CallDestinationStep(services, workers)));
        main.bind("secure-answer", new Caught(new SecureAnswerStep(security, workers)));
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
        main.bind("simple", Vocabulary.simple());
        main.bind("jsonpath", new JsonPathLanguage());
        main.bind("lgsp-http", new HttpComponent(client));
        main.bind("lgsp-axis", new AxisComponent(client, codes));
        main.bind("lgsp-hand-on", handOn);
        main.bind(
                "lgsp-mailbox",
                new MailboxComponent(
                        new Mailboxes(
                                database,
                                guaranteed::sealer,
                                catalogue,
                                new EdxmlReader(settings.edoc()),
                                codes,
                                guaranteed::handed,
                                settings.mailboxLife(),
                                agencies,
                                new SealedParts(database, clock),
                                settings.receive().holding(),
                                clock),
                        () -> mailboxKeys.run()));
        main.bind("lgsp-soap", new SoapComponent(client, new SoapSecurity(catalogue, security)));
        main.bind("lgsp-validate", new ValidateComponent(settings.transform()));
        main.bind("lgsp-values", new ValuesComponent(settings.transform()));
        main.bind("lgsp-reply", new ReplyComponent(settings.transform()));
        main.bind("lgsp-json", SchemaComponent.json(settings.transform()));
        main.bind("lgsp-xml", SchemaComponent.xml(settings.transform()));
        main.bind("lgsp-csv", new CsvComponent());
        main.bind("lgsp-mask", new MaskComponent());
        main.bind("xslt", new StylesheetComponent(settings.transform()));
        main.addMainListener(new LeanMBeans.Installed());
        main.start();
        running.push(main::stop);
        Vocabulary.limit(main.getCamelContext(), settings.transform().folder());
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

    /** The broker let this account in and did not let it send: refused like any call without a grant (BUS-04, BUS-20). */
    private void recordRefusedSend(Recorder recorder, String account, ServiceKey service) {
        ExchangeId id = ExchangeId.at(clock.millis());
        Passage passage = new Passage(id, clock.instant(), System.nanoTime(), "JMS", id.toString(), Runnable::run);
        Snapshot known = catalogue.now();
        known.account(account, clock.instant())
                .flatMap(found -> known.system(found.system()))
                .ifPresent(system -> passage.identified(new Caller(account, system.id(), system.agency())));
        passage.enter(Stage.AUTHORISE);
        ErrorCode code = known.service(service).flatMap(ServiceCard::onQueue).isPresent()
                ? ErrorCode.GRANT_MISSING
                : ErrorCode.SERVICE_UNKNOWN;
        if (code == ErrorCode.GRANT_MISSING) {
            passage.asksFor(service);
        }
        passage.failed(code, null);
        passage.answersWith(code.status());
        recorder.close(passage, unrecorded -> {});
    }

    private List<HealthProbe> probes(
            RecordMetrics record,
            HealthProbe guarantee,
            Deployer deployer,
            BrokerAtNeed broker,
            DoorSeal seal,
            OutboundClient client) {
        return List.of(
                new HealthProbe("journal", HealthProbe.Kind.LIVENESS, record::brokenBecause),
                new HealthProbe(
                        "journal-room",
                        HealthProbe.Kind.READINESS,
                        () -> record.isFull() ? Optional.of("full until the database catches up") : Optional.empty()),
                new HealthProbe(
                        "services",
                        HealthProbe.Kind.NOTICE,
                        () -> deployer.refused().isEmpty()
                                ? Optional.empty()
                                : Optional.of("refused: "
                                        + new TreeSet<>(deployer.refused().keySet()))),
                new HealthProbe(
                        "registry",
                        HealthProbe.Kind.NOTICE,
                        () -> deployer.registryRefused().isEmpty()
                                ? Optional.empty()
                                : Optional.of("the file is refused, what was read before is in force")),
                new HealthProbe("providers", HealthProbe.Kind.NOTICE, () -> Optional.of(suspended(client))
                        .filter(suspended -> !suspended.isEmpty())
                        .map(suspended -> "suspended: " + suspended)),
                new HealthProbe("broker", HealthProbe.Kind.READINESS, broker::problem),
                new HealthProbe("door-keys", HealthProbe.Kind.NOTICE, seal::problem),
                guarantee);
    }

    private void gauges(HttpReceiver receiver, RecordMetrics record, Workers workers, Guard guard) {
        gauge("lgsp.exchanges.inflight", receiver, HttpReceiver::inFlight);
        gauge("lgsp.workers.inside", workers, Workers::inside);
        gauge("lgsp.routes.refused", guard, Guard::refusals);
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
        door().ifPresent(JmsReceiver::stopAdmitting);
        long deadline = System.nanoTime() + settings.stopTimeout().toNanos();
        while (receiver.inFlight() + door().map(JmsReceiver::inFlight).orElse(0) > 0
                && System.nanoTime() - deadline < 0) {
            LockSupport.parkNanos(Duration.ofMillis(10).toNanos());
        }
        door().ifPresent(JmsReceiver::close);
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
        return broker.map(BrokerAtNeed::port).orElse(0);
    }

    /** The port of console, health, metrics and records. */
    public int managementPort() {
        return managementPort;
    }

    /** The services that are refused now, each with its reasons in English; a card that tells no service by its file. */
    public Map<String, List<String>> refusedServices() {
        Map<String, List<String>> texts = new TreeMap<>();
        deployer.orElseThrow()
                .refused()
                .forEach((name, refusal) -> texts.put(
                        name, refusal.findings().stream().map(Finding::toString).toList()));
        return texts;
    }

    /** What is refused now, each with its reasons: services, cards that tell no service by their files, and the registry. */
    public Map<String, List<Finding>> refused() {
        Map<String, List<Finding>> refused = new TreeMap<>();
        Deployer known = deployer.orElseThrow();
        known.refused().forEach((name, refusal) -> refused.put(name, refusal.findings()));
        if (!known.registryRefused().isEmpty()) {
            refused.put("registry", known.registryRefused());
        }
        return refused;
    }

    /** Tells every act that changes what is in force from now on; {@code listener} must be quick. */
    public void tellDeployments(Consumer<Deployments.Entry> listener) {
        deployments.orElseThrow().tell(listener);
    }

    /** What is deployed. */
    Services services() {
        return services;
    }

    /** Brings files into force. */
    Deployer deployer() {
        return deployer.orElseThrow();
    }

    /** Whether this is the sample city. */
    public boolean isSample() {
        return catalogue.now().isSample();
    }

    /** Finds the records of exchanges. */
    RecordQuery records() {
        return records.orElseThrow();
    }

    /** The record of this exchange under the names of {@code docs/reference/record-fields.md}; reads the disk. */
    public Optional<Map<String, Object>> record(ExchangeId exchange) {
        return new RecordsShown(records()).find(exchange);
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
