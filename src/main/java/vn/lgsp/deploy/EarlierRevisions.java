package vn.lgsp.deploy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import vn.lgsp.catalogue.Catalogue;
import vn.lgsp.catalogue.Snapshot;
import vn.lgsp.deploy.Deployments.Action;
import vn.lgsp.deploy.Deployments.Entry;
import vn.lgsp.failure.Finding;
import vn.lgsp.failure.Refused;
import vn.lgsp.message.ServiceKey;
import vn.lgsp.message.UnitKey;
import vn.lgsp.unit.Unit;
import vn.lgsp.unit.UnitArchive;

/** The revisions of a service that the archive keeps: found by the beginning of their digest, compared, and brought into force again. */
final class EarlierRevisions {
    private static final Logger LOG = LoggerFactory.getLogger(Deployer.class);

    private final Path home;
    private final Catalogue catalogue;
    private final Revisions revisions;
    private final UnitArchive archive;
    private final Deployments ledger;
    private final Deployer.Surroundings around;
    private final Clock clock;
    private final Standing standing;
    private final Traces traces;

    EarlierRevisions(House house, Standing standing, Copies copies) {
        this.home = house.home();
        this.catalogue = house.catalogue();
        this.revisions = house.revisions();
        this.archive = house.archive();
        this.ledger = house.ledger();
        this.around = house.around();
        this.clock = house.clock();
        this.standing = standing;
        this.traces = new Traces(standing, copies);
    }

    /**
     * What differs between two revisions of a service.
     *
     * @param from the beginning of a digest; empty for the one before the one in force
     * @param to the same, or {@link Deployer#HOME} for the files as they lie there; empty for the one in force
     * @throws IllegalArgumentException when there is no such revision
     */
    List<Difference> diff(ServiceKey service, Optional<String> from, Optional<String> to) throws IOException {
        Optional<String> current = standing.digest(service);
        Unit later = to.isPresent() && to.get().equals(Deployer.HOME)
                ? lying(service)
                : archive.read(
                        to.isPresent() || current.isEmpty()
                                ? named(service, to, current)
                                : new UnitKey(service, current.get()));
        boolean toHome = to.equals(Optional.of(Deployer.HOME));
        UnitKey earlier = from.isEmpty() && toHome && current.isPresent()
                ? new UnitKey(service, current.get())
                : named(service, from, Optional.of(later.digest()));
        return Difference.between(archive.read(earlier).files(), later.files());
    }

    private Unit lying(ServiceKey service) {
        return Unit.find(home).units().stream()
                .filter(unit -> unit.card().key().equals(service))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(
                        "no files of " + service + " lie in the home, or their card cannot be read"));
    }

    /**
     * Brings an earlier revision into force again, as it was then.
     *
     * @param to the beginning of its digest; empty for the one before the one that is in force
     * @throws IllegalArgumentException when there is no such revision, or it cannot be used any more; the text says why
     */
    Entry rollBack(ServiceKey service, Optional<String> to, Asked asked) throws IOException {
        Optional<String> current = standing.digest(service);
        UnitKey target = earlier(service, to, current);
        Unit copy = archive.read(target);
        Snapshot now = catalogue.now();
        List<Finding> wrong = Standing.unregistered(copy, now);
        if (!wrong.isEmpty()) {
            throw new Refused(wrong);
        }
        Snapshot.Offer offer = new Snapshot.Offer(copy.card(), Optional.of(target.digest()));
        around.prepare().accept(standing.offering(now, service, offer));
        List<String> changed = traces.changed(copy);
        long begun = System.nanoTime();
        Revision revision = revisions.build(copy);
        String card = Traces.cardName(copy);
        Optional<String> held = Optional.of(standing.lying(service).orElse(Deployments.GONE))
                .filter(lies -> !lies.equals(target.digest()));
        Entry entry = new Entry(
                clock.instant(),
                asked.who(),
                Action.ROLLED_BACK,
                Optional.of(service),
                Optional.of(card),
                current,
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
        standing.bring(revision, copy.card(), card);
        standing.show();
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
}
