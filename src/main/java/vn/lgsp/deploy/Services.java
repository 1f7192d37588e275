package vn.lgsp.deploy;

import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import vn.lgsp.catalogue.Catalogue;
import vn.lgsp.catalogue.Snapshot;
import vn.lgsp.failure.BusException;
import vn.lgsp.message.ServiceKey;
import vn.lgsp.message.UnitKey;
import vn.lgsp.soap.Wsdl;

/**
 * The revisions that are deployed. Which one of a service is in force stands in the catalogue, beside its card: one pointer for
 * both, switched while exchanges run (BUS-14). The others are those that exchanges are still inside, or that deliveries wait for.
 */
public final class Services {
    private final Catalogue catalogue;
    private final Map<UnitKey, Revision> deployed = new ConcurrentHashMap<>();
    private final Map<UnitKey, String> unavailable = new ConcurrentHashMap<>();
    private volatile Function<UnitKey, Optional<Revision>> missing = key -> Optional.empty();

    public Services(Catalogue catalogue) {
        this.catalogue = catalogue;
    }

    /** Who builds a revision again that is not deployed any more; what it gives has been entered. */
    void whenMissing(Function<UnitKey, Optional<Revision>> builder) {
        missing = builder;
    }

    /** How many exchanges and attempts at deliveries are inside each service now, in whatever revision. */
    public Map<ServiceKey, Integer> inside() {
        Map<ServiceKey, Integer> inside = new HashMap<>();
        deployed.values()
                .forEach(revision -> inside.merge(
                        revision.key().service(), revision.occupancy().inside(), Integer::sum));
        return inside;
    }

    /** The contract of the revision that is in force, if it is a SOAP service. */
    public Optional<Wsdl> contract(ServiceKey service) {
        return inForce(service).map(deployed::get).flatMap(Revision::contract);
    }

    /** The revision that the next exchange of this service enters. */
    public Optional<UnitKey> inForce(ServiceKey service) {
        return catalogue.now().offer(service).flatMap(Snapshot.Offer::unit).map(unit -> new UnitKey(service, unit));
    }

    /**
     * This revision, in force or not, with one more exchange inside: it stays until that one leaves. One that is not deployed any more
     * is built again from the copy of its files; that may block.
     *
     * @throws BusException {@code revision-unavailable}, with the reason
     */
    Revision enter(UnitKey key) {
        Revision found = deployed.get(key);
        if (found != null && found.occupancy().enter()) {
            return found;
        }
        String reason = unavailable.get(key);
        return (reason == null ? missing.apply(key) : Optional.<Revision>empty())
                .orElseThrow(() -> Revision.unavailable(
                        key, unavailable.getOrDefault(key, "it could not be built again in time: try again")));
    }

    /** All that are deployed, in force or not. */
    Set<UnitKey> deployed() {
        return Set.copyOf(deployed.keySet());
    }

    /** How many revisions are deployed: those in force, and those that somebody still needs. */
    public int count() {
        return deployed.size();
    }

    Collection<Revision> revisions() {
        return List.copyOf(deployed.values());
    }

    Optional<Revision> find(UnitKey key) {
        return Optional.ofNullable(deployed.get(key));
    }

    void put(Revision revision) {
        unavailable.remove(revision.key());
        deployed.put(revision.key(), revision);
    }

    void remove(Revision revision) {
        deployed.remove(revision.key(), revision);
    }

    void unavailable(UnitKey key, String reason) {
        unavailable.put(key, reason);
    }

    /** What could not be built may be built now: the registry or the files have changed. */
    void tryAgain() {
        unavailable.clear();
    }
}
