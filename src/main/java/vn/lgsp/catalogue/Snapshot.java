package vn.lgsp.catalogue;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import vn.lgsp.message.AgencyCode;
import vn.lgsp.message.ServiceKey;
import vn.lgsp.message.SystemId;

/**
 * All that the bus has been told, at one moment: unchanging, indexed for the questions that each exchange asks.
 *
 * <p>Checked as a whole when made: every name that is used is also registered (BUS-16, ORG-01).
 */
public final class Snapshot {
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
        registry.systems().forEach(system -> known("agency", system.agency(), agencies, "system " + system.id()));
        registry.accounts().forEach(account -> known("system", account.system(), systems, "account " + account.id()));
        cards.forEach(card ->
                card.providers().forEach(provider -> known("system", provider, systems, "the card of " + card.key())));
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
