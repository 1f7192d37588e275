package vn.lgsp.deploy;

import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import vn.lgsp.catalogue.Catalogue;
import vn.lgsp.catalogue.Snapshot;
import vn.lgsp.deploy.Deployer.Refusal;
import vn.lgsp.failure.Finding;
import vn.lgsp.failure.Refused;
import vn.lgsp.failure.Rule;
import vn.lgsp.message.ServiceKey;
import vn.lgsp.message.UnitKey;
import vn.lgsp.unit.Unit;

/** Brings into force what was in force when the bus stopped, from its copies and unchecked; what cannot be used any more is told. */
final class Restart {
    private final Catalogue catalogue;
    private final Revisions revisions;
    private final Deployments ledger;
    private final Deployer.Surroundings around;
    private final Standing standing;
    private final Copies copies;

    Restart(House house, Standing standing, Copies copies) {
        this.catalogue = house.catalogue();
        this.revisions = house.revisions();
        this.ledger = house.ledger();
        this.around = house.around();
        this.standing = standing;
        this.copies = copies;
    }

    /**
     * Nobody can call them yet, so the catalogue is not told.
     *
     * @param found what lies in the home; what it needs is made ready too
     */
    void restore(Unit.Found found) {
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
        copies.goAhead(last);
        ledger.pointers().forEach((service, pointer) -> pointer.inForce()
                .map(unit -> new UnitKey(service, unit))
                .ifPresent(
                        unit -> restore(unit, pointer.card().orElse(""), Optional.ofNullable(lie.get(service)), known)
                                .ifPresent(refusal -> unusable.put(refusal.name(), refusal))));
        standing.lost(unusable);
    }

    /** Once for all of them: each for itself would have made ready the same things again. */
    private void makeReady(Snapshot known, Unit.Found found) {
        Map<ServiceKey, Snapshot.Offer> all = new HashMap<>();
        for (Unit unit : found.units()) {
            if (Standing.unregistered(unit, known).isEmpty()) {
                all.put(unit.card().key(), new Snapshot.Offer(unit.card(), Optional.empty()));
            }
        }
        around.prepare().accept(known.offering(all));
    }

    /** Brings into force again what was in force; it was checked then. */
    private Optional<Refusal> restore(UnitKey key, String card, Optional<Unit> lying, Snapshot known) {
        List<Finding> wrong;
        try {
            Unit copy = copies.kept(key, lying.filter(unit -> unit.key().equals(key)));
            wrong = Standing.unregistered(copy, known);
            if (wrong.isEmpty()) {
                if (lying.isEmpty()) {
                    around.prepare()
                            .accept(known.offering(
                                    Map.of(key.service(), new Snapshot.Offer(copy.card(), Optional.empty()))));
                }
                standing.bring(revisions.build(copy), copy.card(), card);
                return Optional.empty();
            }
        } catch (Refused refusal) {
            wrong = refusal.findings();
        } catch (IOException | RuntimeException unusable) {
            wrong = List.of(Finding.of(Rule.REVISION_LOST, card, 0, key.brief(), RouteLoader.reason(unusable)));
        }
        Refusal refusal = new Refusal(Optional.of(key.service()), card, Optional.of(key.digest()), wrong);
        refusal.log();
        return Optional.of(refusal);
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
}
