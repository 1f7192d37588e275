package vn.lgsp.deploy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import vn.lgsp.catalogue.CardFile;
import vn.lgsp.catalogue.Catalogue;
import vn.lgsp.catalogue.Registry;
import vn.lgsp.catalogue.ServiceCard;
import vn.lgsp.catalogue.Snapshot;
import vn.lgsp.deploy.Deployments.Action;
import vn.lgsp.deploy.Deployments.Entry;
import vn.lgsp.failure.Finding;
import vn.lgsp.failure.Refused;
import vn.lgsp.failure.Rule;
import vn.lgsp.message.ServiceKey;
import vn.lgsp.message.Sha256;
import vn.lgsp.message.UnitKey;
import vn.lgsp.source.SourceFile;
import vn.lgsp.unit.RouteRules;
import vn.lgsp.unit.Unit;
import vn.lgsp.unit.UnitArchive;

/**
 * Brings the files of a home into force while exchanges run: what has changed is checked, copied, built beside what is in force, and
 * then one pointer is switched. Files that are wrong are refused with their findings, and what is in force stays (BUS-12, BUS-14).
 *
 * <p>Everything is done on one thread, in the order in which it was asked for. What an exchange has entered stays until it leaves, and
 * what deliveries wait for stays until they have gone out.
 *
 * @see "BUS-02, BUS-05, BUS-09, BUS-12, BUS-14"
 */
public final class Deployer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Deployer.class);
    private static final Duration LONGEST_WAIT = Duration.ofMinutes(5);
    /** A start with thousands of new services on a slow machine is slow, not stuck. */
    private static final Duration LONGEST_START = Duration.ofHours(1);

    /** What may pass though the files stay as they are: other files, the disk or the machine are to blame. */
    private static final Set<Rule> NOT_ITS_OWN =
            Set.of(Rule.SERVICE_TWICE, Rule.ROUTE_ID_TWICE, Rule.SAMPLE_NOT_RUN, Rule.DEPLOY_FAILED);

    /** So many services may lose their files at one look, however many that leaves. */
    private static final int FEW = 3;

    private static final String ROUTES = "routes";

    /** In place of a digest: the files as they lie in the home. */
    public static final String HOME = "home";

    /**
     * What the deployer asks of the rest of the bus.
     *
     * @param check what is wrong with each of these units; one without findings may be deployed
     * @param prepare makes ready what services of a snapshot need before the first exchange can reach them, such as queues; fails with
     *     {@link IllegalArgumentException} saying why they cannot be had
     * @param registry reads the registry anew; fails with {@link IllegalArgumentException}
     * @param registryFile where it is, if it is a file
     * @param waiting the revisions that deliveries wait for; empty while nobody can tell; may block
     * @param switched hears how long loading and switching took
     */
    public record Surroundings(
            Function<List<Unit>, Map<Unit, List<Finding>>> check,
            Consumer<Snapshot> prepare,
            Supplier<Registry> registry,
            Optional<Path> registryFile,
            Supplier<Optional<Set<UnitKey>>> waiting,
            Consumer<Duration> switched) {}

    /**
     * Files that are not in force because of what is wrong with them.
     *
     * @param service empty when the card cannot be read
     * @param card below the home
     * @param unit digest of the files; empty when they make no unit
     */
    public record Refusal(Optional<ServiceKey> service, String card, Optional<String> unit, List<Finding> findings) {

        /** The service, or the card where that tells no service. */
        public String name() {
            return service.map(ServiceKey::toString).orElse(card);
        }
    }

    /**
     * What came of an order.
     *
     * @param done the lines that were written about it
     * @param refused all files that are not in force because of what is wrong with them, by name
     */
    public record Outcome(List<Entry> done, Map<String, Refusal> refused) {}

    /** Who wants something, and why; the files themselves when nobody is named. */
    private record Asked(String who, Optional<String> reason) {
        boolean isFiles() {
            return who.isEmpty();
        }
    }

    private record InForce(UnitKey unit, String card) {}

    private final Path home;
    private final Catalogue catalogue;
    private final Services services;
    private final Revisions revisions;
    private final UnitArchive archive;
    private final Deployments ledger;
    private final DeploySettings settings;
    private final Surroundings around;
    private final Clock clock;
    private final ScheduledThreadPoolExecutor thread;
    private final HomeFiles files;
    private final Map<ServiceKey, InForce> inForce = new HashMap<>();
    private final Map<ServiceKey, Snapshot.Offer> offers = new HashMap<>();
    private final Map<ServiceKey, String> lying = new HashMap<>();
    private final Set<Path> unread = new HashSet<>();
    /** While it starts: copies that were made, or read, for many units at a time. */
    private final Map<UnitKey, Unit> ahead = new ConcurrentHashMap<>();

    private Unit.Found found = new Unit.Found(List.of(), Map.of());
    /** By the cards; {@link #refused} has them by name. */
    private Map<String, Refusal> refusals = Map.of();

    private volatile Map<String, Refusal> refused = Map.of();
    private volatile List<Finding> registryRefused = List.of();
    private String registryText;
    /** What stands there counts as not read yet, though the text is the same. */
    private boolean registryUnread;

    /**
     * @param home the folder that holds {@code routes}, {@code transforms} and {@code connectors}
     * @param revisions builds them, and takes them away
     */
    public Deployer(
            Path home,
            Catalogue catalogue,
            Services services,
            Revisions revisions,
            UnitArchive archive,
            Deployments ledger,
            DeploySettings settings,
            Surroundings around,
            Clock clock) {
        this.home = home;
        this.catalogue = catalogue;
        this.services = services;
        this.revisions = revisions;
        this.archive = archive;
        this.ledger = ledger;
        this.settings = settings;
        this.around = around;
        this.clock = clock;
        this.files = new HomeFiles(home, around.registryFile());
        this.registryText =
                around.registryFile().map(Deployer::textOf).map(Sha256::hex).orElse("");
        this.thread = new ScheduledThreadPoolExecutor(1, work -> {
            Thread made = new Thread(work, "lgsp-deployer");
            made.setDaemon(true);
            return made;
        });
        thread.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
        services.whenMissing(key -> {
            try {
                return inTurn(() -> revisions.enterAgain(key, catalogue.now()));
            } catch (RejectedExecutionException | IOException stopping) {
                return Optional.empty();
            }
        });
    }

    // ------------------------------------------------------------------ what others ask

    /**
     * Brings into force what was in force when the bus stopped, then what has changed since; afterwards the folders are watched. Whatever
     * is wrong is told by {@link #refused}, and keeps nothing else from serving.
     *
     * @param alsoWaiting revisions that are brought back beside those that deliveries wait for
     */
    public void start(Set<UnitKey> alsoWaiting) throws IOException {
        inTurn(LONGEST_START, () -> {
            begin(alsoWaiting);
            return Optional.empty();
        });
        long millis = settings.interval().toMillis();
        thread.scheduleWithFixedDelay(this::tick, millis, millis, TimeUnit.MILLISECONDS);
    }

    /** Looks at all files now, changed or not, and at the registry. */
    public Outcome apply(String operator, Optional<String> reason) throws IOException {
        return inTurn(() -> {
            Asked asked = new Asked(Deployments.OPERATOR + operator, reason);
            files.changed();
            files.all();
            List<Entry> done = new ArrayList<>(readRegistry(asked));
            unread.clear();
            done.addAll(scan(asked));
            done.addAll(readRegistryInUse(asked));
            return new Outcome(List.copyOf(done), refused);
        });
    }

    /**
     * Brings an earlier revision of a service into force again, as it was then. It stays so until the files of the service change.
     *
     * @param to the beginning of its digest; empty for the one before the one that is in force
     * @throws IllegalArgumentException when there is no such revision, or it cannot be used any more; the text says why
     */
    public Outcome rollback(ServiceKey service, Optional<String> to, String operator, Optional<String> reason)
            throws IOException {
        return inTurn(() -> new Outcome(
                List.of(rollBack(service, to, new Asked(Deployments.OPERATOR + operator, reason))), refused));
    }

    /**
     * What differs between two revisions of a service.
     *
     * @param from the beginning of a digest; empty for the one before the one in force
     * @param to the same, or {@link #HOME} for the files as they lie there; empty for the one in force
     * @throws IllegalArgumentException when there is no such revision
     */
    public List<Difference> diff(ServiceKey service, Optional<String> from, Optional<String> to) throws IOException {
        return inTurn(() -> {
            Optional<String> current = Optional.ofNullable(inForce.get(service))
                    .map(one -> one.unit().digest());
            Unit later = to.isPresent() && to.get().equals(HOME)
                    ? lying(service)
                    : archive.read(
                            to.isPresent() || current.isEmpty()
                                    ? named(service, to, current)
                                    : new UnitKey(service, current.get()));
            boolean toHome = to.equals(Optional.of(HOME));
            UnitKey earlier = from.isEmpty() && toHome && current.isPresent()
                    ? new UnitKey(service, current.get())
                    : named(service, from, Optional.of(later.digest()));
            return Difference.between(archive.read(earlier).files(), later.files());
        });
    }

    private Unit lying(ServiceKey service) {
        return Unit.find(home).units().stream()
                .filter(unit -> unit.card().key().equals(service))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(
                        "no files of " + service + " lie in the home, or their card cannot be read"));
    }

    /** The files that are not in force because of what is wrong with them, by name. */
    public Map<String, Refusal> refused() {
        return refused;
    }

    /** What is wrong with the registry as it lies there; what was read before is in force. */
    public List<Finding> registryRefused() {
        return registryRefused;
    }

    private <T> T inTurn(Callable<T> work) throws IOException {
        return inTurn(LONGEST_WAIT, work);
    }

    private <T> T inTurn(Duration longest, Callable<T> work) throws IOException {
        Future<T> done = thread.submit(work);
        try {
            return done.get(longest.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException failed) {
            Throwable cause = failed.getCause();
            if (cause instanceof IOException unreadable) {
                throw unreadable;
            }
            if (cause instanceof RuntimeException known) {
                throw known;
            }
            throw new IllegalStateException(cause);
        } catch (TimeoutException late) {
            done.cancel(false);
            throw new IllegalStateException("the deployer is busy: look again later", late);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("stopped while waiting for the deployer", stopped);
        }
    }

    /** Stops; nothing is deployed or taken away any more. Safe to call twice. */
    @Override
    public void close() {
        thread.shutdown();
        try {
            if (!thread.awaitTermination(30, TimeUnit.SECONDS)) {
                LOG.atWarn().addKeyValue("event", "deployer.stuck").log("a deployment did not end in 30 s");
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    // ------------------------------------------------------------------ on the deployer's thread

    /** From time to time. What it throws would end it, so nothing gets out. */
    private void tick() {
        try {
            if (settings.watch() && files.isDue()) {
                unread.addAll(files.changed());
                Asked asked = new Asked("", Optional.empty());
                // What was refused because of the registry may be good now.
                boolean registry = unread.removeIf(files::isRegistry) || registryUnread;
                if (registry && !readRegistry(asked).isEmpty()) {
                    scan(asked);
                    unread.clear();
                } else if (!unread.isEmpty()) {
                    scan(asked, unread);
                    unread.clear();
                    readRegistryInUse(asked);
                }
            }
            revisions.takeAway(around.waiting());
        } catch (RuntimeException | Error | IOException broken) {
            LOG.atError()
                    .addKeyValue("event", "deployer.broke")
                    .setCause(broken)
                    .log("what is in force stays; the next look tries again");
        }
    }

    private void begin(Set<UnitKey> alsoWaiting) throws IOException {
        Unit.Found found = Unit.find(home);
        Snapshot known = catalogue.now();
        Map<ServiceKey, Unit> lie = single(found);
        makeReady(known, found);
        Map<String, Refusal> unusable = new TreeMap<>();
        Map<UnitKey, Optional<Unit>> last = new HashMap<>();
        ledger.pointers().forEach((service, pointer) -> pointer.inForce()
                .map(unit -> new UnitKey(service, unit))
                .ifPresent(key ->
                        last.put(key, Optional.ofNullable(lie.get(service)).filter(unit -> unit.key()
                                .equals(key)))));
        goAhead(last);
        ledger.pointers().forEach((service, pointer) -> pointer.inForce()
                .map(unit -> new UnitKey(service, unit))
                .ifPresent(
                        unit -> restore(unit, pointer.card().orElse(""), Optional.ofNullable(lie.get(service)), known)
                                .ifPresent(refusal -> unusable.put(refusal.name(), refusal))));
        refused = unusable;
        decide(found, new Asked("", Optional.empty()), Mode.START);
        ahead.clear();
        revisions.bringBack(around.waiting().get(), alsoWaiting, known);
    }

    /**
     * Copies, or reads the copies, and compiles the mappings, of many units by all processors. What fails is left to be done again in its
     * turn, and to be told there.
     *
     * @param wanted what lies in the home of each, where that is what shall come into force
     */
    private void goAhead(Map<UnitKey, Optional<Unit>> wanted) {
        wanted.entrySet().parallelStream().forEach(one -> {
            try {
                Unit copy =
                        one.getValue().isPresent() ? archive.keep(one.getValue().get()) : archive.read(one.getKey());
                revisions.prepare(copy);
                ahead.put(one.getKey(), copy);
            } catch (IOException | RuntimeException inItsTurn) {
                LOG.atDebug()
                        .addKeyValue("event", "service.unprepared")
                        .addKeyValue("service", one.getKey().service())
                        .log();
            }
        });
    }

    /** @param lying what lies in its home, where that is what is asked for */
    private Unit kept(UnitKey key, Optional<Unit> lying) throws IOException {
        Unit done = ahead.remove(key);
        if (done != null) {
            return done;
        }
        return lying.isPresent() ? archive.keep(lying.get()) : archive.read(key);
    }

    /** Once for all of them: each for itself would have made ready the same things again. */
    private void makeReady(Snapshot known, Unit.Found found) {
        Map<ServiceKey, Snapshot.Offer> all = new HashMap<>();
        for (Unit unit : found.units()) {
            if (unregistered(unit, known).isEmpty()) {
                all.put(unit.card().key(), new Snapshot.Offer(unit.card(), Optional.empty()));
            }
        }
        around.prepare().accept(known.offering(all));
    }

    /** Brings into force again what was in force; it was checked then. */
    private Optional<Refusal> restore(UnitKey key, String card, Optional<Unit> lying, Snapshot known) {
        List<Finding> wrong;
        try {
            Unit copy = kept(key, lying.filter(unit -> unit.key().equals(key)));
            wrong = unregistered(copy, known);
            if (wrong.isEmpty()) {
                if (lying.isEmpty()) {
                    around.prepare()
                            .accept(known.offering(
                                    Map.of(key.service(), new Snapshot.Offer(copy.card(), Optional.empty()))));
                }
                services.put(revisions.build(copy));
                offers.put(key.service(), new Snapshot.Offer(copy.card(), Optional.of(key.digest())));
                inForce.put(key.service(), new InForce(key, card));
                return Optional.empty();
            }
        } catch (Refused refusal) {
            wrong = refusal.findings();
        } catch (IOException | RuntimeException unusable) {
            wrong = List.of(Finding.of(Rule.REVISION_LOST, card, 0, key.brief(), RouteLoader.reason(unusable)));
        }
        tell(key.service().toString(), wrong);
        return Optional.of(new Refusal(Optional.of(key.service()), card, Optional.of(key.digest()), wrong));
    }

    /** Reads everything, and checks what was refused though it has not changed. */
    private List<Entry> scan(Asked asked) throws IOException {
        return decide(Unit.find(home), asked, Mode.AGAIN);
    }

    /** Reads only what these files may have changed: a house of thousands of units takes seconds to read. */
    private List<Entry> scan(Asked asked, Set<Path> changed) throws IOException {
        Set<String> doubtful = refused.values().stream().map(Refusal::card).collect(Collectors.toSet());
        return decide(Unit.find(home, found, changed, doubtful), asked, Mode.LIVE);
    }

    private enum Mode {
        /** Nobody can call them yet: all are switched at once, and told of at once. */
        START,
        /** Only what has changed is looked at. */
        LIVE,
        /** What was refused is looked at again. */
        AGAIN
    }

    /** Compares what lies in the home with what is in force, and acts on every difference. */
    private List<Entry> decide(Unit.Found lies, Asked asked, Mode mode) throws IOException {
        found = lies;
        Round round = new Round(asked, mode);
        Map<ServiceKey, List<Unit>> claims = new LinkedHashMap<>();
        found.units().forEach(unit -> claims.computeIfAbsent(unit.card().key(), key -> new ArrayList<>())
                .add(unit));
        found.refused()
                .forEach((card, findings) ->
                        round.refuse(new Refusal(serviceOf(card), card, Optional.empty(), findings)));
        lying.clear();
        List<Unit> changed = new ArrayList<>();
        claims.forEach((service, units) -> {
            if (units.size() > 1) {
                round.refuseAll(service, units);
            } else {
                lying.put(service, units.get(0).digest());
                if (round.differs(units.get(0))) {
                    changed.add(units.get(0));
                }
            }
        });
        Map<Unit, List<Finding>> findings = checked(changed);
        if (mode == Mode.START) {
            goAhead(changed.stream()
                    .filter(unit -> findings.getOrDefault(unit, List.of()).isEmpty())
                    .collect(Collectors.toMap(Unit::key, Optional::of)));
        }
        changed.forEach(unit -> round.deploy(unit, findings.getOrDefault(unit, List.of())));
        Map<ServiceKey, InForce> gone = new HashMap<>(inForce);
        gone.entrySet()
                .removeIf(one -> claims.containsKey(one.getKey())
                        || round.wrong.containsKey(one.getValue().card()));
        if (asked.isFiles() && gone.size() > FEW && gone.size() > inForce.size() / 2) {
            round.keepAll(gone.size());
        } else {
            gone.forEach(round::retire);
        }
        Set<ServiceKey> seen = new HashSet<>(claims.keySet());
        offers.keySet().removeIf(service -> !inForce.containsKey(service) && !seen.contains(service));
        round.end();
        return round.done;
    }

    /** What is wrong with each of these, by itself and beside all that lies there, changed or not. */
    private Map<Unit, List<Finding>> checked(List<Unit> changed) {
        if (changed.isEmpty()) {
            return Map.of();
        }
        Map<Unit, List<Finding>> wrong = new HashMap<>(around.check().apply(changed));
        Map<String, List<Unit>> byName = found.units().stream().collect(Collectors.groupingBy(Unit::base));
        for (Unit unit : changed) {
            for (Unit other : byName.getOrDefault(unit.base(), List.of())) {
                if (!changed.contains(other)) {
                    List<Finding> all = new ArrayList<>(wrong.getOrDefault(unit, List.of()));
                    all.addAll(RouteRules.checkSet(List.of(other, unit)));
                    wrong.put(unit, all);
                }
            }
        }
        return wrong;
    }

    /** The service whose card this was when it was still good. */
    private Optional<ServiceKey> serviceOf(String card) {
        return inForce.entrySet().stream()
                .filter(one -> one.getValue().card().equals(card))
                .map(Map.Entry::getKey)
                .findFirst();
    }

    private static Map<ServiceKey, Unit> single(Unit.Found found) {
        Map<ServiceKey, List<Unit>> claims = found.units().stream()
                .collect(Collectors.groupingBy(unit -> unit.card().key()));
        Map<ServiceKey, Unit> single = new HashMap<>();
        claims.forEach((service, units) -> {
            if (units.size() == 1) {
                single.put(service, units.get(0));
            }
        });
        return single;
    }

    /** One look at everything that lies in the home. */
    private final class Round {
        private final Asked asked;
        private final Mode mode;
        private final boolean start;
        private final Map<String, Refusal> wrong = new TreeMap<>();
        private final List<Entry> done = new ArrayList<>();
        private final List<Entry> unwritten = new ArrayList<>();
        private final Map<String, Refusal> before;

        Round(Asked asked, Mode mode) {
            this.asked = asked;
            this.mode = mode;
            this.start = mode == Mode.START;
            this.before = refusals;
        }

        /** Whether these files are neither in force, nor known to be wrong, nor kept out of force. */
        boolean differs(Unit unit) {
            ServiceKey service = unit.card().key();
            String card = cardName(unit);
            Optional<InForce> current = Optional.ofNullable(inForce.get(service));
            Optional<String> held = ledger.pointer(service).flatMap(Deployments.Pointer::held);
            if (current.isPresent() && current.get().unit().digest().equals(unit.digest())) {
                if (held.isPresent() || !current.get().card().equals(card)) {
                    // The files were changed back: from now on they count again.
                    write(entry(Action.DEPLOYED, unit, List.of(), List.of()));
                    inForce.put(service, new InForce(unit.key(), card));
                }
                return false;
            }
            if (current.isPresent() && held.equals(Optional.of(unit.digest()))) {
                return false;
            }
            Optional<Refusal> known = Optional.ofNullable(before.get(card))
                    .filter(refusal -> refusal.unit().equals(Optional.of(unit.digest())))
                    .filter(refusal ->
                            refusal.findings().stream().noneMatch(finding -> NOT_ITS_OWN.contains(finding.rule())));
            if (known.isPresent() && mode == Mode.LIVE) {
                wrong.put(card, known.get());
                return false;
            }
            return true;
        }

        void deploy(Unit unit, List<Finding> checked) {
            ServiceKey service = unit.card().key();
            String card = cardName(unit);
            Snapshot now = catalogue.now();
            boolean registered = now.missing(unit.card(), card).isEmpty();
            List<Finding> findings = new ArrayList<>(checked);
            if (findings.isEmpty()) {
                findings.addAll(unregistered(unit, now));
            }
            if (findings.isEmpty()) {
                try {
                    Map<ServiceKey, Snapshot.Offer> next = new HashMap<>(offers);
                    next.put(service, new Snapshot.Offer(unit.card(), Optional.empty()));
                    if (!start) {
                        around.prepare().accept(now.offering(next));
                    }
                    Unit copy = kept(unit.key(), Optional.of(unit));
                    List<String> changed = changed(unit);
                    long begun = System.nanoTime();
                    Revision revision = revisions.build(copy);
                    try {
                        write(entry(Action.DEPLOYED, unit, changed, List.of("card", "rules", "build", "samples")));
                    } catch (UncheckedIOException unwritable) {
                        revisions.forget(revision);
                        throw unwritable;
                    }
                    bringIntoForce(revision, copy.card(), card);
                    if (!start) {
                        around.switched().accept(Duration.ofNanos(System.nanoTime() - begun));
                    }
                    LOG.atInfo()
                            .addKeyValue("event", "service.deployed")
                            .addKeyValue("service", service)
                            .addKeyValue("unit", unit.key().brief())
                            .log();
                    return;
                } catch (Refused refusal) {
                    findings.addAll(refusal.findings());
                } catch (IOException | RuntimeException failed) {
                    findings.add(Finding.of(Rule.DEPLOY_FAILED, card, 0, RouteLoader.reason(failed)));
                }
            }
            refuse(new Refusal(Optional.of(service), card, Optional.of(unit.digest()), findings));
            if (registered && !inForce.containsKey(service)) {
                // Its callers are told that it is being mended, not that nobody knows it.
                offers.put(service, new Snapshot.Offer(unit.card(), Optional.empty()));
            }
        }

        private void bringIntoForce(Revision revision, ServiceCard card, String file) {
            ServiceKey service = revision.key().service();
            services.put(revision);
            inForce.put(service, new InForce(revision.key(), file));
            offers.put(
                    service, new Snapshot.Offer(card, Optional.of(revision.key().digest())));
            if (!start) {
                show();
            }
        }

        void retire(ServiceKey service, InForce gone) {
            boolean held =
                    ledger.pointer(service).flatMap(Deployments.Pointer::held).equals(Optional.of(Deployments.GONE));
            if (held) {
                return;
            }
            write(new Entry(
                    clock.instant(),
                    asked.isFiles() ? "files:" + owner(home.resolve(gone.card()).resolveSibling("")) : asked.who(),
                    Action.RETIRED,
                    Optional.of(service),
                    Optional.of(gone.card()),
                    Optional.of(gone.unit().digest()),
                    Optional.empty(),
                    Optional.empty(),
                    false,
                    List.of(gone.card()),
                    List.of(),
                    asked.reason()));
            inForce.remove(service);
            offers.remove(service);
            if (!start) {
                show();
            }
            LOG.atInfo()
                    .addKeyValue("event", "service.retired")
                    .addKeyValue("service", service)
                    .log("its card is gone");
        }

        /** So many do not end at once unless somebody says so: it is more likely that a disk is not there. */
        void keepAll(int gone) {
            refuse(new Refusal(
                    Optional.empty(),
                    ROUTES,
                    Optional.empty(),
                    List.of(Finding.of(
                            Rule.SERVICE_FILES_GONE,
                            ROUTES,
                            0,
                            Integer.toString(gone),
                            Integer.toString(inForce.size())))));
        }

        void refuseAll(ServiceKey service, List<Unit> units) {
            for (Unit unit : units) {
                String others = units.stream()
                        .filter(other -> other != unit)
                        .map(Deployer.this::cardName)
                        .collect(Collectors.joining(", "));
                String card = cardName(unit);
                refuse(new Refusal(
                        Optional.of(service),
                        card,
                        Optional.of(unit.digest()),
                        List.of(Finding.of(Rule.SERVICE_TWICE, card, 0, service.toString(), others))));
            }
        }

        void refuse(Refusal refusal) {
            wrong.put(refusal.card(), refusal);
            List<String> texts =
                    refusal.findings().stream().map(Finding::toString).toList();
            if (refusal.equals(before.get(refusal.card()))) {
                return;
            }
            tell(refusal.name(), refusal.findings());
            if (!ledger.isRefused(refusal.card(), refusal.unit(), texts)) {
                write(new Entry(
                        clock.instant(),
                        who(home.resolve(refusal.card())),
                        Action.REFUSED,
                        refusal.service(),
                        Optional.of(refusal.card()),
                        refusal.service().map(inForce::get).map(one -> one.unit()
                                .digest()),
                        refusal.unit(),
                        Optional.empty(),
                        false,
                        List.of(),
                        texts,
                        asked.reason()));
            }
        }

        private Entry entry(Action action, Unit unit, List<String> changed, List<String> checks) {
            ServiceKey service = unit.card().key();
            return new Entry(
                    clock.instant(),
                    who(newest(unit, changed)),
                    action,
                    Optional.of(service),
                    Optional.of(cardName(unit)),
                    Optional.ofNullable(inForce.get(service))
                            .map(one -> one.unit().digest()),
                    Optional.of(unit.digest()),
                    Optional.empty(),
                    unit.card().guarantee().isPresent(),
                    changed,
                    checks,
                    asked.reason());
        }

        private String who(Path file) {
            return asked.isFiles() ? "files:" + owner(file) : asked.who();
        }

        /** It is on the disk before what it tells happens; at the start all of them before the first exchange. */
        private void write(Entry entry) {
            done.add(entry);
            if (start) {
                unwritten.add(entry);
            } else {
                ledger.append(entry);
            }
        }

        void end() {
            ledger.append(unwritten);
            show();
            Map<String, Refusal> shown = new TreeMap<>();
            // What was in force and cannot be used any more stays told until other files are.
            refused.values().stream()
                    .filter(refusal -> start)
                    .filter(refusal -> refusal.service()
                            .filter(service -> !inForce.containsKey(service))
                            .isPresent())
                    .forEach(refusal -> shown.put(refusal.name(), refusal));
            wrong.values().forEach(refusal -> shown.merge(refusal.name(), refusal, Deployer::joined));
            refusals = wrong;
            refused = Map.copyOf(shown);
        }

        private void show() {
            catalogue.replace(catalogue.now().offering(offers));
        }
    }

    private static Refusal joined(Refusal one, Refusal other) {
        List<Finding> both = new ArrayList<>(one.findings());
        both.addAll(other.findings());
        return new Refusal(one.service(), one.card(), one.unit(), List.copyOf(both));
    }

    private Entry rollBack(ServiceKey service, Optional<String> to, Asked asked) throws IOException {
        Optional<InForce> current = Optional.ofNullable(inForce.get(service));
        UnitKey target = earlier(service, to, current.map(one -> one.unit().digest()));
        Unit copy = archive.read(target);
        Snapshot now = catalogue.now();
        List<Finding> wrong = unregistered(copy, now);
        if (!wrong.isEmpty()) {
            throw new Refused(wrong);
        }
        Map<ServiceKey, Snapshot.Offer> next = new HashMap<>(offers);
        next.put(service, new Snapshot.Offer(copy.card(), Optional.of(target.digest())));
        around.prepare().accept(now.offering(next));
        List<String> changed = changed(copy);
        long begun = System.nanoTime();
        Revision revision = revisions.build(copy);
        String card = cardName(copy);
        Optional<String> held = Optional.of(
                        Optional.ofNullable(lying.get(service)).orElse(Deployments.GONE))
                .filter(lies -> !lies.equals(target.digest()));
        Entry entry = new Entry(
                clock.instant(),
                asked.who(),
                Action.ROLLED_BACK,
                Optional.of(service),
                Optional.of(card),
                current.map(one -> one.unit().digest()),
                Optional.of(target.digest()),
                held,
                copy.card().guarantee().isPresent(),
                changed,
                List.of("copy", "registry", "build"),
                asked.reason());
        try {
            ledger.append(entry);
        } catch (UncheckedIOException unwritable) {
            revisions.forget(revision);
            throw unwritable;
        }
        services.put(revision);
        inForce.put(service, new InForce(target, card));
        offers.putAll(next);
        catalogue.replace(catalogue.now().offering(offers));
        around.switched().accept(Duration.ofNanos(System.nanoTime() - begun));
        LOG.atInfo()
                .addKeyValue("event", "service.rolled-back")
                .addKeyValue("service", service)
                .addKeyValue("unit", target.brief())
                .log();
        return entry;
    }

    private UnitKey earlier(ServiceKey service, Optional<String> to, Optional<String> current) {
        UnitKey found = named(service, to, current);
        if (current.equals(Optional.of(found.digest()))) {
            throw new IllegalArgumentException("this revision of " + service + " is in force already");
        }
        return found;
    }

    /** @param to the beginning of its digest; empty for the newest that is not {@code current} */
    private UnitKey named(ServiceKey service, Optional<String> to, Optional<String> current) {
        List<String> known = ledger.revisions(service);
        List<String> fitting = known.stream()
                .filter(unit -> to.isEmpty() ? !current.equals(Optional.of(unit)) : unit.startsWith(to.get()))
                .toList();
        if (fitting.isEmpty()) {
            throw new IllegalArgumentException(
                    known.isEmpty()
                            ? "no service " + service + " was ever deployed: look at the list of services"
                            : "no such earlier revision of " + service + " is kept; there are "
                                    + known.stream()
                                            .map(unit -> new UnitKey(service, unit).brief())
                                            .collect(Collectors.joining(", ")));
        }
        if (to.isPresent() && fitting.size() > 1) {
            throw new IllegalArgumentException(
                    "several revisions of " + service + " begin with " + to.get() + ": write more of the digest");
        }
        return new UnitKey(service, fitting.get(0));
    }

    // ------------------------------------------------------------------ the registry

    /** A registry that was refused because of services: these may be others now. */
    private List<Entry> readRegistryInUse(Asked asked) {
        if (registryRefused.stream().noneMatch(finding -> finding.rule() == Rule.REGISTRY_SYSTEM_IN_USE)) {
            return List.of();
        }
        registryUnread = true;
        return readRegistry(asked);
    }

    private List<Entry> readRegistry(Asked asked) {
        if (around.registryFile().isEmpty()) {
            return List.of();
        }
        Path file = around.registryFile().get();
        String name = file.toString();
        List<Finding> wrong = new ArrayList<>();
        try {
            String before = registryText;
            registryText = "";
            String text = Sha256.hex(textOf(file));
            registryText = text;
            if (text.equals(before) && !registryUnread) {
                return List.of();
            }
            // until what comes of it is written down
            registryUnread = true;
            Snapshot next = new Snapshot(around.registry().get(), List.of());
            for (Snapshot.Offer offer : offers.values()) {
                for (Finding missing : next.missing(offer.card(), name)) {
                    wrong.add(Finding.of(
                            Rule.REGISTRY_SYSTEM_IN_USE,
                            name,
                            0,
                            offer.card().key().toString(),
                            missing.arguments().get(0)));
                }
            }
            if (wrong.isEmpty()) {
                Snapshot whole = next.offering(offers);
                around.prepare().accept(whole);
                List<Entry> done = List.of(registryEntry(asked, Action.REGISTRY_CHANGED, name, List.of()));
                ledger.append(done);
                catalogue.replace(whole);
                registryUnread = false;
                registryRefused = List.of();
                services.tryAgain();
                LOG.atInfo().addKeyValue("event", "registry.changed").log("it holds from the next exchange on");
                return done;
            }
        } catch (Refused refusal) {
            wrong.addAll(refusal.findings());
        } catch (IllegalArgumentException | IllegalStateException unusable) {
            wrong.add(Finding.of(Rule.REGISTRY_UNUSABLE, name, 0, RouteLoader.reason(unusable)));
        }
        if (wrong.equals(registryRefused)) {
            registryUnread = false;
            return List.of();
        }
        registryRefused = List.copyOf(wrong);
        LOG.atError()
                .addKeyValue("event", "registry.refused")
                .addKeyValue("reasons", wrong.stream().map(Finding::toString).toList())
                .log("what was known before stays in force");
        List<Entry> done = List.of(registryEntry(
                asked,
                Action.REGISTRY_REFUSED,
                name,
                wrong.stream().map(Finding::toString).toList()));
        ledger.append(done);
        registryUnread = false;
        return done;
    }

    private static String textOf(Path registry) {
        return SourceFile.text(registry.toString(), registry);
    }

    private Entry registryEntry(Asked asked, Action action, String file, List<String> findings) {
        return new Entry(
                clock.instant(),
                asked.isFiles() ? "files:" + owner(Path.of(file)) : asked.who(),
                action,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                false,
                List.of(),
                findings,
                asked.reason());
    }

    // ------------------------------------------------------------------ files

    private static List<Finding> unregistered(Unit unit, Snapshot known) {
        return new RouteRules(known::system, known::systems).checkSystems(unit);
    }

    private String cardName(Unit unit) {
        return unit.files().keySet().stream()
                .filter(name -> name.endsWith(CardFile.SUFFIX))
                .findFirst()
                .orElseThrow();
    }

    /** The files of the unit that differ from those of the revision in force, and those that are gone. */
    private List<String> changed(Unit unit) {
        Map<String, Path> before = Optional.ofNullable(inForce.get(unit.card().key()))
                .flatMap(one -> copy(one.unit()))
                .map(Unit::files)
                .orElse(Map.of());
        List<String> differing = new ArrayList<>();
        unit.files().forEach((name, file) -> {
            Path old = before.get(name);
            if (old == null || !same(old, file)) {
                differing.add(name);
            }
        });
        before.keySet().stream().filter(name -> !unit.files().containsKey(name)).forEach(differing::add);
        return differing;
    }

    private Optional<Unit> copy(UnitKey key) {
        try {
            return Optional.of(archive.read(key));
        } catch (IllegalArgumentException altered) {
            return Optional.empty();
        }
    }

    private static boolean same(Path one, Path other) {
        try {
            return Files.mismatch(one, other) < 0;
        } catch (IOException unreadable) {
            return false;
        }
    }

    private Path newest(Unit unit, List<String> changed) {
        return changed.stream()
                .map(name -> unit.files().get(name))
                .filter(java.util.Objects::nonNull)
                .max(Comparator.comparing(Deployer::modified))
                .orElse(unit.routeFile());
    }

    private static Instant modified(Path file) {
        try {
            return Files.getLastModifiedTime(file).toInstant();
        } catch (IOException gone) {
            return Instant.EPOCH;
        }
    }

    private static String owner(Path file) {
        try {
            return Files.getOwner(file).getName();
        } catch (IOException | UnsupportedOperationException unknown) {
            return "unknown";
        }
    }

    private static void tell(String service, List<Finding> findings) {
        LOG.atError()
                .addKeyValue("event", "service.refused")
                .addKeyValue("service", service)
                .addKeyValue("reasons", findings.stream().map(Finding::toString).toList())
                .log("a service is not deployed; what was in force stays");
    }
}
