package vn.lgsp.deploy;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
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
import vn.lgsp.catalogue.Catalogue;
import vn.lgsp.catalogue.Registry;
import vn.lgsp.catalogue.Snapshot;
import vn.lgsp.deploy.Deployments.Entry;
import vn.lgsp.failure.Finding;
import vn.lgsp.message.ServiceKey;
import vn.lgsp.message.UnitKey;
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

        /** Tells whoever reads the log. */
        void log() {
            LOG.atError()
                    .addKeyValue("event", "service.refused")
                    .addKeyValue("service", name())
                    .addKeyValue(
                            "reasons", findings.stream().map(Finding::toString).toList())
                    .log("a service is not deployed; what was in force stays");
        }
    }

    /**
     * What came of an order.
     *
     * @param done the lines that were written about it
     * @param refused all files that are not in force because of what is wrong with them, by name
     */
    public record Outcome(List<Entry> done, Map<String, Refusal> refused) {}

    private final House house;
    private final DeploySettings settings;
    private final ScheduledThreadPoolExecutor thread;
    private final HomeFiles files;
    private final Standing standing;
    private final Copies copies;
    private final RegistryInForce registry;
    private final EarlierRevisions earlier;
    private final Set<Path> unread = new HashSet<>();

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
        this.house = new House(home, catalogue, services, revisions, archive, ledger, around, clock);
        this.settings = settings;
        this.files = new HomeFiles(home, around.registryFile());
        this.standing = new Standing(catalogue, services);
        this.copies = new Copies(archive, revisions);
        this.registry = new RegistryInForce(house, standing);
        this.earlier = new EarlierRevisions(house, standing, copies);
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
            Asked asked = Asked.by(operator, reason);
            files.changed();
            files.all();
            List<Entry> done = new ArrayList<>(registry.read(asked));
            unread.clear();
            done.addAll(scan(asked));
            done.addAll(registry.readInUse(asked));
            return new Outcome(List.copyOf(done), refused());
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
        return inTurn(() -> new Outcome(List.of(earlier.rollBack(service, to, Asked.by(operator, reason))), refused()));
    }

    /**
     * What differs between two revisions of a service.
     *
     * @param from the beginning of a digest; empty for the one before the one in force
     * @param to the same, or {@link #HOME} for the files as they lie there; empty for the one in force
     * @throws IllegalArgumentException when there is no such revision
     */
    public List<Difference> diff(ServiceKey service, Optional<String> from, Optional<String> to) throws IOException {
        return inTurn(() -> earlier.diff(service, from, to));
    }

    /** The files that are not in force because of what is wrong with them, by name. */
    public Map<String, Refusal> refused() {
        return standing.refused();
    }

    /** What is wrong with the registry as it lies there; what was read before is in force. */
    public List<Finding> registryRefused() {
        return registry.refused();
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
                Asked asked = Asked.byFiles();
                // What was refused because of the registry may be good now.
                boolean another = unread.removeIf(files::isRegistry) || registry.isUnread();
                if (another && !registry.read(asked).isEmpty()) {
                    scan(asked);
                    unread.clear();
                } else if (!unread.isEmpty()) {
                    scan(asked, unread);
                    unread.clear();
                    registry.readInUse(asked);
                }
            }
            house.revisions().takeAway(house.around().waiting());
        } catch (RuntimeException | Error | IOException broken) {
            LOG.atError()
                    .addKeyValue("event", "deployer.broke")
                    .setCause(broken)
                    .log("what is in force stays; the next look tries again");
        }
    }

    /** What was in force first, unchecked; then the files, as at every look; then what only deliveries wait for. */
    private void begin(Set<UnitKey> alsoWaiting) throws IOException {
        Unit.Found found = Unit.find(house.home());
        Snapshot known = house.catalogue().now();
        new Restart(house, standing, copies).restore(found);
        round(Asked.byFiles(), Round.Mode.START).decide(found);
        copies.started();
        house.revisions().bringBack(house.around().waiting().get(), alsoWaiting, known);
    }

    /** Reads everything, and checks what was refused though it has not changed. */
    private List<Entry> scan(Asked asked) throws IOException {
        return round(asked, Round.Mode.AGAIN).decide(Unit.find(house.home()));
    }

    /** Reads only what these files may have changed: a house of thousands of units takes seconds to read. */
    private List<Entry> scan(Asked asked, Set<Path> changed) throws IOException {
        Set<String> doubtful = refused().values().stream().map(Refusal::card).collect(Collectors.toSet());
        return round(asked, Round.Mode.LIVE).decide(Unit.find(house.home(), standing.found(), changed, doubtful));
    }

    private Round round(Asked asked, Round.Mode mode) {
        return new Round(house, standing, copies, asked, mode);
    }
}
