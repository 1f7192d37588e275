package vn.lgsp.catalogue;

import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import vn.lgsp.message.AgencyCode;
import vn.lgsp.message.DeliveryId;
import vn.lgsp.message.Passage;
import vn.lgsp.message.ServiceKey;
import vn.lgsp.message.Sha256;
import vn.lgsp.message.SystemId;

/**
 * All that the bus has been told, at one moment: unchanging, indexed for the questions that each exchange asks.
 *
 * <p>Checked as a whole when made: every name that is used is also registered (BUS-16, ORG-01).
 */
public final class Snapshot {
    private static final ZoneId CITY = ZoneId.of("Asia/Ho_Chi_Minh");

    private final boolean sample;
    private final Map<AgencyCode, Agency> agencies;
    private final Map<SystemId, InformationSystem> systems;
    private final Map<String, Account> accountsByKeyHash;
    private final Map<ServiceKey, ServiceCard> services;
    private final Map<SystemId, Map<ServiceKey, List<Grant>>> grants = new HashMap<>();
    private final Map<String, Operator> operators;

    /** @throws IllegalArgumentException naming the first entry that contradicts the others, and the remedy */
    public Snapshot(Registry registry, List<ServiceCard> cards) {
        sample = registry.sample();
        agencies = index("agency", registry.agencies(), Agency::code);
        systems = index("system", registry.systems(), InformationSystem::id);
        index("account", registry.accounts(), Account::id);
        accountsByKeyHash = index("key of account", registry.accounts(), Account::keyHash);
        operators = index("operator", registry.operators(), Operator::user);
        services = index("service", cards, ServiceCard::key);
        index("grant", registry.grants(), Grant::id);
        index(
                "queue",
                registry.systems().stream()
                        .flatMap(system -> system.queue().stream())
                        .toList(),
                Queue::name);
        registry.systems().forEach(system -> known("agency", system.agency(), agencies, "system " + system.id()));
        registry.accounts().forEach(account -> known("system", account.system(), systems, "account " + account.id()));
        cards.forEach(card ->
                card.providers().forEach(provider -> known("system", provider, systems, "the card of " + card.key())));
        cards.forEach(card -> card.guarantee().ifPresent(guarantee -> guarantee
                .receivers()
                .forEach(receiver -> reachable(receiver.system(), "the card of " + card.key()))));
        for (Grant grant : registry.grants()) {
            known("system", grant.consumer(), systems, "grant " + grant.id());
            grants.computeIfAbsent(grant.consumer(), consumer -> new HashMap<>())
                    .computeIfAbsent(grant.service(), service -> new ArrayList<>())
                    .add(grant);
        }
    }

    private static <K, V> Map<K, V> index(String what, List<V> values, Function<V, K> key) {
        Map<K, V> found = new HashMap<>();
        for (V value : values) {
            if (found.put(key.apply(value), value) != null) {
                throw new IllegalArgumentException(
                        what + " " + key.apply(value) + " is written twice: keep one of them");
            }
        }
        return Map.copyOf(found);
    }

    private static <K> void known(String what, K key, Map<K, ?> registered, String user) {
        if (!registered.containsKey(key)) {
            throw new IllegalArgumentException(user + " names the " + what + " " + key
                    + ", which is not registered: register it, or mend the name");
        }
    }

    private void reachable(SystemId destination, String user) {
        if (!isReachable(destination)) {
            throw new IllegalArgumentException(user + " delivers to the system " + destination
                    + ", which has neither a connection nor a queue: register one, or mend the name");
        }
    }

    /** Whether this system is registered, with a connection or a queue. */
    public boolean isReachable(SystemId id) {
        return system(id)
                .filter(system ->
                        system.connection().isPresent() || system.queue().isPresent())
                .isPresent();
    }

    /**
     * Whether the routes of this exchange's service may call this system: a delivery its own destination only, whatever its card
     * says by now; an exchange that waits for its answer the providers of its card; one that is only accepted nobody.
     */
    public boolean mayCall(Passage passage, SystemId system) {
        Optional<DeliveryId> delivery = passage.delivery();
        if (delivery.isPresent()) {
            return delivery.get().equals(DeliveryId.of(passage.id(), system));
        }
        return passage.service()
                .flatMap(this::service)
                .filter(card -> card.guarantee().isEmpty())
                .filter(card -> card.providers().contains(system))
                .isPresent();
    }

    /** Whether this is the sample city; its accounts are known to everybody, so such a bus stays on loopback. */
    public boolean isSample() {
        return sample;
    }

    public Optional<Agency> agency(AgencyCode code) {
        return Optional.ofNullable(agencies.get(code));
    }

    public Optional<InformationSystem> system(SystemId id) {
        return Optional.ofNullable(systems.get(id));
    }

    public List<InformationSystem> systems() {
        return List.copyOf(systems.values());
    }

    /** @param keyHash lower-case hex SHA-256 of the key that was shown */
    public Optional<Account> accountWithKey(String keyHash) {
        return Optional.ofNullable(accountsByKeyHash.get(keyHash));
    }

    /** The account that this key belongs to, unless it has expired. The registry never holds the key, only its SHA-256. */
    public Optional<Account> accountShowing(String key, Instant now) {
        return accountWithKey(Sha256.hex(key))
                .filter(found -> found.expires().map(now::isBefore).orElse(true));
    }

    /** Whether the code of the agency that owns this system is in force: the accounts of a closed code are unknown. */
    public boolean isOpen(InformationSystem system, Instant now) {
        return agency(system.agency())
                .map(agency -> agency.isOpenOn(LocalDate.ofInstant(now, CITY)))
                .orElse(false);
    }

    public Optional<ServiceCard> service(ServiceKey key) {
        return Optional.ofNullable(services.get(key));
    }

    /** All services, by name and version. */
    public List<ServiceCard> services() {
        Map<String, ServiceCard> sorted = new TreeMap<>();
        services.values().forEach(card -> sorted.put(card.key().toString(), card));
        return List.copyOf(sorted.values());
    }

    /** The grants of this consumer for this service, in force or not. */
    public List<Grant> grants(SystemId consumer, ServiceKey service) {
        return grants.getOrDefault(consumer, Map.of()).getOrDefault(service, List.of());
    }

    public Optional<Operator> operator(String user) {
        return Optional.ofNullable(operators.get(user));
    }
}
