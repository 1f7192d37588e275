package vn.lgsp.deploy;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Predicate;
import vn.lgsp.catalogue.Catalogue;
import vn.lgsp.catalogue.ServiceCard;
import vn.lgsp.catalogue.Snapshot;
import vn.lgsp.deploy.Deployer.Refusal;
import vn.lgsp.failure.Finding;
import vn.lgsp.message.ServiceKey;
import vn.lgsp.message.UnitKey;
import vn.lgsp.unit.RouteRules;
import vn.lgsp.unit.Unit;

/**
 * How the services stand: the revision of each that is in force, what callers are told of it, which files lie in the home, and which of
 * them are refused. Only the deployer's thread changes it, and only it may ask; {@link #refused} is for everybody.
 */
final class Standing {
    /** @param card its file below the home */
    record InForce(UnitKey unit, String card) {}

    private final Catalogue catalogue;
    private final Services services;
    private final Map<ServiceKey, InForce> inForce = new HashMap<>();
    private final Map<ServiceKey, Snapshot.Offer> offers = new HashMap<>();
    private final Map<ServiceKey, String> lying = new HashMap<>();

    private Unit.Found found = new Unit.Found(List.of(), Map.of());
    /** By the cards; {@link #refused} has them by name. */
    private Map<String, Refusal> refusals = Map.of();

    private volatile Map<String, Refusal> refused = Map.of();

    Standing(Catalogue catalogue, Services services) {
        this.catalogue = catalogue;
        this.services = services;
    }

    // ------------------------------------------------------------------ in force

    Optional<InForce> inForce(ServiceKey service) {
        return Optional.ofNullable(inForce.get(service));
    }

    /** All that is in force now; the map is the caller's own. */
    Map<ServiceKey, InForce> allInForce() {
        return new HashMap<>(inForce);
    }

    boolean serves(ServiceKey service) {
        return inForce.containsKey(service);
    }

    /** The digest of the revision that is in force. */
    Optional<String> digest(ServiceKey service) {
        return inForce(service).map(one -> one.unit().digest());
    }

    /** The service whose card this was when it was still good. */
    Optional<ServiceKey> serviceOf(String card) {
        return inForce.entrySet().stream()
                .filter(one -> one.getValue().card().equals(card))
                .map(Map.Entry::getKey)
                .findFirst();
    }

    /**
     * From now on exchanges enter this revision; {@link #show} tells the catalogue.
     *
     * @param file of the card below the home
     */
    void bring(Revision revision, ServiceCard card, String file) {
        ServiceKey service = revision.key().service();
        services.put(revision);
        inForce.put(service, new InForce(revision.key(), file));
        offers.put(service, new Snapshot.Offer(card, Optional.of(revision.key().digest())));
    }

    /** What is in force stays, though its card has another name now. */
    void moved(UnitKey unit, String card) {
        inForce.put(unit.service(), new InForce(unit, card));
    }

    /** The service is no more. */
    void end(ServiceKey service) {
        inForce.remove(service);
        offers.remove(service);
    }

    // ------------------------------------------------------------------ what callers are told

    List<Snapshot.Offer> offers() {
        return List.copyOf(offers.values());
    }

    /** What a registry and all services make together. */
    Snapshot offering(Snapshot registry) {
        return registry.offering(offers);
    }

    /** The same, as if this service were offered so. */
    Snapshot offering(Snapshot registry, ServiceKey service, Snapshot.Offer offer) {
        Map<ServiceKey, Snapshot.Offer> next = new HashMap<>(offers);
        next.put(service, offer);
        return registry.offering(next);
    }

    /** Callers of a service that is not in force are told that it is being mended, not that nobody knows it. */
    void offerUnmended(ServiceCard card) {
        offers.put(card.key(), new Snapshot.Offer(card, Optional.empty()));
    }

    /** Callers of services that are not in force are told of these alone. */
    void forgetOffers(Predicate<ServiceKey> unless) {
        offers.keySet().removeIf(service -> !inForce.containsKey(service) && !unless.test(service));
    }

    /** Tells the catalogue how all services stand. */
    void show() {
        catalogue.replace(offering(catalogue.now()));
    }

    /** What the registry does not know of the systems that a unit names. */
    static List<Finding> unregistered(Unit unit, Snapshot known) {
        return new RouteRules(known::system, known::systems).checkSystems(unit);
    }

    // ------------------------------------------------------------------ what lies in the home

    /** What the last look found. */
    Unit.Found found() {
        return found;
    }

    void found(Unit.Found found) {
        this.found = found;
    }

    /** Until it is told of each service by {@link #lies}. */
    void nothingLies() {
        lying.clear();
    }

    void lies(Unit unit) {
        lying.put(unit.card().key(), unit.digest());
    }

    /** The digest of the files that lie there for a service. */
    Optional<String> lying(ServiceKey service) {
        return Optional.ofNullable(lying.get(service));
    }

    // ------------------------------------------------------------------ what is refused

    /** The files that are not in force because of what is wrong with them, by name. */
    Map<String, Refusal> refused() {
        return refused;
    }

    /** The same as of the last look, by their cards. */
    Map<String, Refusal> refusals() {
        return refusals;
    }

    /** Revisions that were in force and cannot be used any more, by name. */
    void lost(Map<String, Refusal> unusable) {
        refused = unusable;
    }

    /**
     * Takes the place of what was refused before.
     *
     * @param wrong by their cards
     * @param start what was in force and cannot be used any more stays told until other files are
     */
    void refuse(Map<String, Refusal> wrong, boolean start) {
        Map<String, Refusal> shown = new TreeMap<>();
        refused.values().stream()
                .filter(refusal -> start)
                .filter(refusal -> refusal.service()
                        .filter(service -> !inForce.containsKey(service))
                        .isPresent())
                .forEach(refusal -> shown.put(refusal.name(), refusal));
        wrong.values().forEach(refusal -> shown.merge(refusal.name(), refusal, Standing::joined));
        refusals = wrong;
        refused = Map.copyOf(shown);
    }

    private static Refusal joined(Refusal one, Refusal other) {
        List<Finding> both = new ArrayList<>(one.findings());
        both.addAll(other.findings());
        return new Refusal(one.service(), one.card(), one.unit(), List.copyOf(both));
    }
}
