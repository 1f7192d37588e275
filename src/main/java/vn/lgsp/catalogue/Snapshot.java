package vn.lgsp.catalogue;

import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import vn.lgsp.failure.Finding;
import vn.lgsp.failure.Refused;
import vn.lgsp.failure.Rule;
import vn.lgsp.message.AgencyCode;
import vn.lgsp.message.ServiceKey;
import vn.lgsp.message.Sha256;
import vn.lgsp.message.SystemId;

/**
 * All that the bus has been told, at one moment: unchanging, indexed for the questions that each exchange asks.
 *
 * <p>Checked as a whole when made: every name that is used is also registered (BUS-16, ORG-01).
 */
public final class Snapshot {
    private static final String TOKEN = "token:";
    private static final String CERTIFICATE = "certificate:";
    static final String AXIS = "axis:";
    private static final String AXIS_LOGIN = "axis-login:";
    private static final ZoneId CITY = ZoneId.of("Asia/Ho_Chi_Minh");

    private final boolean sample;
    private final Map<AgencyCode, Agency> agencies;
    private final Map<String, SystemId> organs;
    private final Map<SystemId, InformationSystem> systems;
    private final Map<String, Account> accountsById;
    private final Map<String, Account> accountsByCredential;
    private final List<Account> signing;
    private final Map<ServiceKey, Offer> offers;
    private final Set<SystemId> destinations;
    private final Map<SystemId, Map<ServiceKey, List<Grant>>> grants;
    private final Map<String, Operator> operators;

    /**
     * A service as it is offered now: its card and its revision come from one place, so that no exchange sees the card of one
     * revision and the routes of another.
     *
     * @param unit digest of the revision in force; empty while no good one is deployed
     */
    public record Offer(ServiceCard card, Optional<String> unit) {}

    /** @throws Refused naming the first entry that contradicts the others, and the remedy */
    public Snapshot(Registry registry, List<ServiceCard> cards) {
        sample = registry.sample();
        agencies = index("agency", registry.agencies(), Agency::code);
        systems = index("system", registry.systems(), InformationSystem::id);
        organs = organs(registry.systems());
        accountsById = index("account", registry.accounts(), Account::id);
        accountsByCredential = credentials(registry.accounts());
        signing = registry.accounts().stream()
                .filter(account -> account.security().isPresent())
                .toList();
        operators = index("operator", registry.operators(), Operator::user);
        offers = index(
                "service",
                cards.stream().map(card -> new Offer(card, Optional.empty())).toList(),
                offer -> offer.card().key());
        destinations = destinations(offers);
        index("grant", registry.grants(), Grant::id);
        index(
                "queue",
                registry.systems().stream()
                        .flatMap(system -> system.queue().stream())
                        .toList(),
                Queue::name);
        registry.systems().forEach(system -> {
            if (!agencies.containsKey(system.agency())) {
                throw refusal(
                        Rule.REGISTRY_AGENCY_UNKNOWN,
                        system.id().value(),
                        system.agency().value());
            }
        });
        registry.accounts().forEach(account -> known("account", account.id(), account.system()));
        cards.forEach(card -> {
            List<Finding> missing = missing(card, card.key().toString());
            if (!missing.isEmpty()) {
                throw new Refused(missing);
            }
        });
        Map<SystemId, Map<ServiceKey, List<Grant>>> held = new HashMap<>();
        for (Grant grant : registry.grants()) {
            known("grant", grant.id(), grant.consumer());
            held.computeIfAbsent(grant.consumer(), consumer -> new HashMap<>())
                    .computeIfAbsent(grant.service(), service -> new ArrayList<>())
                    .add(grant);
        }
        grants = held;
    }

    /** The same parties, and other services. */
    private Snapshot(Snapshot parties, Map<ServiceKey, Offer> offers) {
        this.sample = parties.sample;
        this.agencies = parties.agencies;
        this.systems = parties.systems;
        this.organs = parties.organs;
        this.accountsById = parties.accountsById;
        this.accountsByCredential = parties.accountsByCredential;
        this.signing = parties.signing;
        this.grants = parties.grants;
        this.operators = parties.operators;
        this.offers = offers;
        this.destinations = destinations(offers);
    }

    /**
     * The same parties with these services. It costs a copy of one map: it is made for every switch, of thousands of services.
     *
     * @param next each was checked, {@link #missing}
     */
    public Snapshot offering(Map<ServiceKey, Offer> next) {
        return new Snapshot(this, new HashMap<>(next));
    }

    /**
     * The systems of a card that are not registered, or cannot take what is delivered to them.
     *
     * @param file in which this is found
     */
    public List<Finding> missing(ServiceCard card, String file) {
        List<Finding> found = new ArrayList<>();
        for (SystemId provider : card.providers()) {
            if (!systems.containsKey(provider)) {
                found.add(Finding.of(Rule.CARD_SYSTEM_UNKNOWN, file, 0, provider.value()));
            } else if (card.guarantee().isPresent() && !isReachable(provider)) {
                found.add(Finding.of(Rule.CARD_SYSTEM_UNREACHABLE, file, 0, provider.value()));
            }
        }
        return found;
    }

    private static Set<SystemId> destinations(Map<ServiceKey, Offer> offers) {
        Set<SystemId> found = new HashSet<>();
        for (Offer offer : offers.values()) {
            offer.card()
                    .guarantee()
                    .ifPresent(guarantee -> guarantee.receivers().forEach(receiver -> found.add(receiver.system())));
        }
        return Set.copyOf(found);
    }

    private static <K, V> Map<K, V> index(String what, List<V> values, Function<V, K> key) {
        Map<K, V> found = new HashMap<>();
        for (V value : values) {
            if (found.put(key.apply(value), value) != null) {
                throw refusal(Rule.REGISTRY_TWICE, what, key.apply(value).toString());
            }
        }
        return Map.copyOf(found);
    }

    private void known(String kind, String id, SystemId system) {
        if (!systems.containsKey(system)) {
            throw refusal(Rule.REGISTRY_SYSTEM_UNKNOWN, Finding.word(kind), id, system.value());
        }
    }

    /** Of a registry that was not read from a file, which would have told the line. */
    private static Refused refusal(Rule rule, String... arguments) {
        return new Refused(Finding.of(rule, "registry", 0, arguments));
    }

    /** Whether this system is registered, with a connection or a queue. */
    public boolean isReachable(SystemId id) {
        return system(id)
                .filter(system ->
                        system.connection().isPresent() || system.queue().isPresent())
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
        return Optional.ofNullable(accountsByCredential.get(keyHash));
    }

    /** The account whose messages show this user in their UsernameToken, unless it has expired. */
    public Optional<Account> accountShowingToken(String user, Instant now) {
        return Optional.ofNullable(accountsByCredential.get(TOKEN + user)).filter(found -> found.isInForce(now));
    }

    /**
     * The account whose messages are signed with the key of this certificate, unless it has expired.
     *
     * @param fingerprint lower-case hex SHA-256 of the certificate
     */
    public Optional<Account> accountSigningWith(String fingerprint, Instant now) {
        return Optional.ofNullable(accountsByCredential.get(CERTIFICATE + fingerprint))
                .filter(found -> found.isInForce(now));
    }

    /** The account that calls as this system of the document axis, unless it has expired. */
    public Optional<Account> accountOfAxis(String systemId, Instant now) {
        return Optional.ofNullable(accountsByCredential.get(AXIS + systemId)).filter(found -> found.isInForce(now));
    }

    /** The account that logs in under this name as a caller of the document axis, unless it has expired. */
    public Optional<Account> accountLoggingIn(String user, Instant now) {
        return Optional.ofNullable(accountsByCredential.get(AXIS_LOGIN + user)).filter(found -> found.isInForce(now));
    }

    /**
     * The system that sends and receives the documents of this organisation, if it is one of ours.
     *
     * @param code in any case
     */
    public Optional<SystemId> systemOfOrgan(String code) {
        return Optional.ofNullable(organs.get(code.toUpperCase(Locale.ROOT)));
    }

    /** The accounts that sign their messages, expired or not. */
    public List<Account> signing() {
        return signing;
    }

    /** Whether some account in force that signs its messages holds a grant in force for an operation of this service. */
    public boolean isGrantedToSigning(ServiceCard card, Instant now) {
        return signing.stream()
                .filter(account -> account.isInForce(now))
                .flatMap(account -> grants(account.system(), card.key()).stream())
                .anyMatch(grant -> card.operations().stream().anyMatch(operation -> grant.covers(operation.id(), now)));
    }

    /** What an account is known by, each of which no other account may have: hash of its key, user, certificates. */
    static List<String> credentials(Account account) {
        List<String> found = new ArrayList<>(account.keyHash().stream().toList());
        account.security().map(WsSecurity::demanded).ifPresent(demanded -> {
            demanded.token().ifPresent(token -> found.add(TOKEN + token.user()));
            demanded.certificates().forEach(one -> found.add(CERTIFICATE + one.fingerprint()));
        });
        account.axis().ifPresent(axis -> found.add(AXIS + axis.systemId()));
        account.axis().flatMap(AxisAccess::login).ifPresent(login -> found.add(AXIS_LOGIN + login.user()));
        return found;
    }

    private static Map<String, SystemId> organs(List<InformationSystem> systems) {
        Map<String, SystemId> found = new HashMap<>();
        for (InformationSystem system : systems) {
            for (String organ : system.organs()) {
                if (found.put(organ, system.id()) != null) {
                    throw refusal(Rule.REGISTRY_TWICE, "organ", organ);
                }
            }
        }
        return Map.copyOf(found);
    }

    private static Map<String, Account> credentials(List<Account> accounts) {
        Map<String, Account> found = new HashMap<>();
        for (Account account : accounts) {
            for (String credential : credentials(account)) {
                Account other = found.put(credential, account);
                if (other != null) {
                    throw refusal(Rule.REGISTRY_KEY_TWICE, other.id(), account.id());
                }
            }
        }
        return Map.copyOf(found);
    }

    /** The account that this key belongs to, unless it has expired. The registry never holds the key, only its SHA-256. */
    public Optional<Account> accountShowing(String key, Instant now) {
        return accountWithKey(Sha256.hex(key)).filter(found -> found.isInForce(now));
    }

    /** The account with this id, unless it has expired. */
    public Optional<Account> account(String id, Instant now) {
        return Optional.ofNullable(accountsById.get(id)).filter(found -> found.isInForce(now));
    }

    /** The accounts of this system, expired ones too. */
    public List<Account> accountsOf(SystemId system) {
        return accountsById.values().stream()
                .filter(account -> account.system().equals(system))
                .toList();
    }

    /** The systems that may send to the queue of a service: those with a grant for its JMS operation, in force or not. */
    public Set<SystemId> senders() {
        Set<SystemId> found = new HashSet<>();
        grants.forEach((consumer, held) -> {
            if (held.keySet().stream()
                    .anyMatch(service ->
                            service(service).flatMap(ServiceCard::onQueue).isPresent())) {
                found.add(consumer);
            }
        });
        return found;
    }

    /** The services that are offered on a queue. */
    public List<ServiceCard> onQueues() {
        return offers.values().stream()
                .map(Offer::card)
                .filter(card -> card.onQueue().isPresent())
                .toList();
    }

    /** Whether the code of the agency that owns this system is in force: the accounts of a closed code are unknown. */
    public boolean isOpen(InformationSystem system, Instant now) {
        return agency(system.agency())
                .map(agency -> agency.isOpenOn(LocalDate.ofInstant(now, CITY)))
                .orElse(false);
    }

    public Optional<ServiceCard> service(ServiceKey key) {
        return offer(key).map(Offer::card);
    }

    public Optional<Offer> offer(ServiceKey key) {
        return Optional.ofNullable(offers.get(key));
    }

    /** The systems that guaranteed services deliver to. */
    public Set<SystemId> destinations() {
        return destinations;
    }

    /** All services, by name and version. */
    public List<ServiceCard> services() {
        Map<String, ServiceCard> sorted = new TreeMap<>();
        offers.values().forEach(offer -> sorted.put(offer.card().key().toString(), offer.card()));
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
