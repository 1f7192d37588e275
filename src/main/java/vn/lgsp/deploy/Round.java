package vn.lgsp.deploy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import vn.lgsp.catalogue.Catalogue;
import vn.lgsp.catalogue.Snapshot;
import vn.lgsp.deploy.Deployer.Refusal;
import vn.lgsp.deploy.Deployments.Action;
import vn.lgsp.deploy.Deployments.Entry;
import vn.lgsp.failure.Finding;
import vn.lgsp.failure.Refused;
import vn.lgsp.failure.Rule;
import vn.lgsp.message.ServiceKey;
import vn.lgsp.unit.RouteRules;
import vn.lgsp.unit.Unit;

/**
 * One look at everything that lies in the home, and what comes of it: what differs from what is in force is checked, built and brought
 * into force, or refused; what is gone is retired. Each act is in the ledger before it happens. It is used once.
 */
final class Round {
    private static final Logger LOG = LoggerFactory.getLogger(Deployer.class);

    /** What may pass though the files stay as they are: other files, the disk or the machine are to blame. */
    private static final Set<Rule> NOT_ITS_OWN = Set.of(
            Rule.SERVICE_TWICE,
            Rule.ROUTE_ID_TWICE,
            Rule.SAMPLE_NOT_RUN,
            Rule.DEPLOY_FAILED,
            Rule.CALL_SERVICE_UNKNOWN,
            Rule.CALL_OPERATION,
            Rule.CALL_CYCLE,
            Rule.CARD_SYNCHRONISE_SERVICE,
            Rule.CARD_SYNCHRONISE_TARGET);

    /** So many services may lose their files at one look, however many that leaves. */
    private static final int FEW = 3;

    private static final String ROUTES = "routes";

    /** What the look is for. */
    enum Mode {
        /** Nobody can call them yet: all are switched at once, and told of at once. */
        START,
        /** Only what has changed is looked at. */
        LIVE,
        /** What was refused is looked at again. */
        AGAIN
    }

    private final Path home;
    private final Catalogue catalogue;
    private final Revisions revisions;
    private final Deployments ledger;
    private final Deployer.Surroundings around;
    private final Clock clock;
    private final Standing standing;
    private final Copies copies;
    private final Traces traces;
    private final Asked asked;
    private final Mode mode;
    private final boolean start;
    private final Map<String, Refusal> wrong = new TreeMap<>();
    private final List<Entry> done = new ArrayList<>();
    private final List<Entry> unwritten = new ArrayList<>();
    private final Map<String, Refusal> before;

    Round(House house, Standing standing, Copies copies, Asked asked, Mode mode) {
        this.home = house.home();
        this.catalogue = house.catalogue();
        this.revisions = house.revisions();
        this.ledger = house.ledger();
        this.around = house.around();
        this.clock = house.clock();
        this.standing = standing;
        this.copies = copies;
        this.traces = new Traces(standing, copies);
        this.asked = asked;
        this.mode = mode;
        this.start = mode == Mode.START;
        this.before = standing.refusals();
    }

    /** Compares what lies in the home with what is in force, and acts on every difference. */
    List<Entry> decide(Unit.Found found) {
        standing.found(found);
        Map<ServiceKey, List<Unit>> claims = new LinkedHashMap<>();
        found.units().forEach(unit -> claims.computeIfAbsent(unit.card().key(), key -> new ArrayList<>())
                .add(unit));
        found.refused()
                .forEach((card, findings) ->
                        refuse(new Refusal(standing.serviceOf(card), card, Optional.empty(), findings)));
        standing.nothingLies();
        List<Unit> changed = new ArrayList<>();
        claims.forEach((service, units) -> {
            if (units.size() > 1) {
                refuseAll(service, units);
            } else {
                standing.lies(units.get(0));
                if (differs(units.get(0))) {
                    changed.add(units.get(0));
                }
            }
        });
        Map<Unit, List<Finding>> findings = checked(found, changed);
        if (start) {
            copies.goAhead(changed.stream()
                    .filter(unit -> findings.getOrDefault(unit, List.of()).isEmpty())
                    .collect(Collectors.toMap(Unit::key, Optional::of)));
        }
        changed.forEach(unit -> deploy(unit, findings.getOrDefault(unit, List.of())));
        Map<ServiceKey, Standing.InForce> gone = standing.allInForce();
        int all = gone.size();
        gone.entrySet()
                .removeIf(one -> claims.containsKey(one.getKey())
                        || wrong.containsKey(one.getValue().card()));
        if (asked.isFiles() && gone.size() > FEW && gone.size() > all / 2) {
            keepAll(gone.size(), all);
        } else {
            gone.forEach(this::retire);
        }
        standing.forgetOffers(claims::containsKey);
        end();
        return done;
    }

    /** What is wrong with each of these, by itself and beside all that lies there, changed or not. */
    private Map<Unit, List<Finding>> checked(Unit.Found found, List<Unit> changed) {
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

    /** Whether these files are neither in force, nor known to be wrong, nor kept out of force. */
    private boolean differs(Unit unit) {
        ServiceKey service = unit.card().key();
        String card = Traces.cardName(unit);
        Optional<Standing.InForce> current = standing.inForce(service);
        Optional<String> held = ledger.pointer(service).flatMap(Deployments.Pointer::held);
        if (current.isPresent() && current.get().unit().digest().equals(unit.digest())) {
            if (held.isPresent() || !current.get().card().equals(card)) {
                // The files were changed back: from now on they count again.
                write(entry(Action.DEPLOYED, unit, List.of(), List.of()));
                standing.moved(unit.key(), card);
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

    private void deploy(Unit unit, List<Finding> checked) {
        ServiceKey service = unit.card().key();
        String card = Traces.cardName(unit);
        Snapshot now = catalogue.now();
        boolean registered = now.missing(unit.card(), card).isEmpty();
        List<Finding> findings = new ArrayList<>(checked);
        if (findings.isEmpty()) {
            findings.addAll(Standing.unregistered(unit, now));
        }
        if (findings.isEmpty()) {
            try {
                Snapshot.Offer offer = new Snapshot.Offer(unit.card(), Optional.empty());
                if (!start) {
                    around.prepare().accept(standing.offering(now, service, offer));
                }
                Unit copy = copies.kept(unit.key(), Optional.of(unit));
                List<String> changed = traces.changed(unit);
                long begun = System.nanoTime();
                Revision revision = revisions.build(copy);
                try {
                    write(entry(Action.DEPLOYED, unit, changed, List.of("card", "rules", "build", "samples")));
                } catch (UncheckedIOException unwritable) {
                    revisions.forget(revision);
                    throw unwritable;
                }
                standing.bring(revision, copy.card(), card);
                show();
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
        if (registered && !standing.serves(service)) {
            standing.offerUnmended(unit.card());
        }
    }

    private void retire(ServiceKey service, Standing.InForce gone) {
        boolean held =
                ledger.pointer(service).flatMap(Deployments.Pointer::held).equals(Optional.of(Deployments.GONE));
        if (held) {
            return;
        }
        write(new Entry(
                clock.instant(),
                Traces.who(asked, home.resolve(gone.card()).resolveSibling("")),
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
        standing.end(service);
        show();
        LOG.atInfo()
                .addKeyValue("event", "service.retired")
                .addKeyValue("service", service)
                .log("its card is gone");
    }

    /** So many do not end at once unless somebody says so: it is more likely that a disk is not there. */
    private void keepAll(int gone, int all) {
        refuse(new Refusal(
                Optional.empty(),
                ROUTES,
                Optional.empty(),
                List.of(Finding.of(
                        Rule.SERVICE_FILES_GONE, ROUTES, 0, Integer.toString(gone), Integer.toString(all)))));
    }

    private void refuseAll(ServiceKey service, List<Unit> units) {
        for (Unit unit : units) {
            String others = units.stream()
                    .filter(other -> other != unit)
                    .map(Traces::cardName)
                    .collect(Collectors.joining(", "));
            String card = Traces.cardName(unit);
            refuse(new Refusal(
                    Optional.of(service),
                    card,
                    Optional.of(unit.digest()),
                    List.of(Finding.of(Rule.SERVICE_TWICE, card, 0, service.toString(), others))));
        }
    }

    private void refuse(Refusal refusal) {
        wrong.put(refusal.card(), refusal);
        List<String> texts = refusal.findings().stream().map(Finding::toString).toList();
        if (refusal.equals(before.get(refusal.card()))) {
            return;
        }
        refusal.log();
        if (!ledger.isRefused(refusal.card(), refusal.unit(), texts)) {
            write(new Entry(
                    clock.instant(),
                    Traces.who(asked, home.resolve(refusal.card())),
                    Action.REFUSED,
                    refusal.service(),
                    Optional.of(refusal.card()),
                    refusal.service().flatMap(standing::digest),
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
                Traces.who(asked, Traces.newest(unit, changed)),
                action,
                Optional.of(service),
                Optional.of(Traces.cardName(unit)),
                standing.digest(service),
                Optional.of(unit.digest()),
                Optional.empty(),
                unit.card().guarantee().isPresent(),
                changed,
                checks,
                asked.reason());
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

    private void end() {
        ledger.append(unwritten);
        standing.show();
        standing.refuse(wrong, start);
    }

    /** At the start once, at its end. */
    private void show() {
        if (!start) {
            standing.show();
        }
    }
}
