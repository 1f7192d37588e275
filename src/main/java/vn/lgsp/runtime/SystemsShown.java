package vn.lgsp.runtime;

import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import vn.lgsp.catalogue.Account;
import vn.lgsp.catalogue.Catalogue;
import vn.lgsp.catalogue.Connection;
import vn.lgsp.catalogue.InformationSystem;
import vn.lgsp.catalogue.OutboundCredential;
import vn.lgsp.catalogue.OutboundHeader;
import vn.lgsp.catalogue.Queue;
import vn.lgsp.catalogue.ServiceCard;
import vn.lgsp.catalogue.Snapshot;
import vn.lgsp.deliver.ContactsQuery;
import vn.lgsp.deliver.JmsComponent;
import vn.lgsp.deliver.OutboundClient;
import vn.lgsp.failure.BusException;
import vn.lgsp.failure.ErrorCode;
import vn.lgsp.message.Passage;
import vn.lgsp.message.ServiceKey;
import vn.lgsp.message.SystemId;
import vn.lgsp.operate.DeliveriesView;
import vn.lgsp.operate.SystemsView;

/** Shows the registered systems to the operators: by the registry, by what the client hears of them, and by how exchanges end. */
final class SystemsShown implements SystemsView {
    private final Catalogue catalogue;
    private final OutboundClient client;
    private final Supplier<Optional<JmsComponent>> queues;
    private final DeliveriesView deliveries;
    private final Clock clock;
    private final Map<SystemId, Request> requests = new ConcurrentHashMap<>();
    private final Map<SystemId, Failure> failures = new ConcurrentHashMap<>();

    SystemsShown(
            Catalogue catalogue,
            OutboundClient client,
            Supplier<Optional<JmsComponent>> queues,
            DeliveriesView deliveries,
            Clock clock) {
        this.catalogue = catalogue;
        this.client = client;
        this.queues = queues;
        this.deliveries = deliveries;
        this.clock = clock;
    }

    /** An exchange has ended, or an attempt at a delivery. */
    void ended(Passage passage) {
        Instant now = clock.instant();
        if (passage.delivery().isEmpty()) {
            passage.caller().ifPresent(caller -> requests.put(caller.system(), new Request(now, passage.outcome())));
        }
        Optional<SystemId> called = passage.provider();
        Optional<ErrorCode> error = passage.error().filter(SystemsShown::isTheirs);
        if (called.isPresent() && error.isPresent()) {
            failures.put(called.get(), new Failure(now, error.get(), passage.partnerCode()));
        }
    }

    /** Whether the system itself failed; one that was not called did not. */
    private static boolean isTheirs(ErrorCode code) {
        return code.party() == ErrorCode.Party.PROVIDER
                && code != ErrorCode.PROVIDER_SUSPENDED
                && code != ErrorCode.PROVIDER_BUSY;
    }

    @Override
    public List<Member> list() {
        Snapshot known = catalogue.now();
        Optional<Map<SystemId, Map<DeliveriesView.State, Long>>> counts = counts();
        return known.systems().stream()
                .sorted(Comparator.comparing(system -> system.id().value()))
                .map(system -> shown(system, known, counts))
                .toList();
    }

    @Override
    public Optional<Member> find(SystemId id) {
        Snapshot known = catalogue.now();
        return known.system(id).map(system -> shown(system, known, counts()));
    }

    private Optional<Map<SystemId, Map<DeliveriesView.State, Long>>> counts() {
        try {
            return Optional.of(deliveries.counts());
        } catch (BusException away) {
            return Optional.empty();
        }
    }

    private Member shown(
            InformationSystem system, Snapshot known, Optional<Map<SystemId, Map<DeliveriesView.State, Long>>> counts) {
        SystemId id = system.id();
        Optional<Deliveries> standing = counts.map(all -> standing(all.getOrDefault(id, Map.of())));
        Optional<Route> route = system.connection()
                .map(connection -> route(id, connection, standing))
                .or(() -> system.queue().map(queue -> route(id, queue, standing)));
        List<ServiceCard> services = known.services();
        return new Member(
                id,
                system.name(),
                system.agency(),
                route.map(reached -> link(id, reached)).orElse(Link.NONE),
                route,
                known.accountsOf(id).stream().map(Account::id).sorted().toList(),
                keys(services.stream()
                        .filter(card -> !known.grants(id, card.key()).isEmpty())
                        .toList()),
                keys(services.stream()
                        .filter(card -> card.providers().contains(id))
                        .toList()),
                Optional.ofNullable(requests.get(id)));
    }

    private static List<ServiceKey> keys(List<ServiceCard> services) {
        return services.stream().map(ServiceCard::key).toList();
    }

    private static Deliveries standing(Map<DeliveriesView.State, Long> states) {
        return new Deliveries(
                states.getOrDefault(DeliveriesView.State.ACCEPTED, 0L),
                states.getOrDefault(DeliveriesView.State.WAITING, 0L),
                states.getOrDefault(DeliveriesView.State.DELIVERING, 0L),
                states.getOrDefault(DeliveriesView.State.PARKED, 0L));
    }

    private Route route(SystemId id, Connection connection, Optional<Deliveries> standing) {
        return new Route(
                connection.address().getScheme(),
                connection.address().toString(),
                credentials(connection),
                breaker(connection.breaker(), client.breaker(id)),
                client.waiting(id),
                connection.deliveryRate(),
                standing,
                answer(client.contacts(), id),
                failure(client.contacts(), id));
    }

    private Route route(SystemId id, Queue queue, Optional<Deliveries> standing) {
        Optional<JmsComponent> open = queues.get();
        return new Route(
                "jms",
                queue.name(),
                List.of(),
                breaker(
                        queue.breaker(),
                        open.map(component -> component.breaker(id)).orElse(OutboundClient.Suspension.CLOSED)),
                open.map(component -> component.waiting(id)).orElse(0),
                Optional.empty(),
                standing,
                open.flatMap(component -> answer(component.contacts(), id)),
                open.flatMap(component -> failure(component.contacts(), id)));
    }

    /** As the registry has it now: the one that is made may be of a while ago. */
    private static Breaker breaker(Connection.Breaker settings, OutboundClient.Suspension state) {
        return settings.of() == 0 ? Breaker.OFF : Breaker.valueOf(state.name());
    }

    /** Kinds only. */
    private static List<String> credentials(Connection connection) {
        List<String> kinds = new ArrayList<>();
        connection.credential().map(OutboundCredential::scheme).ifPresent(scheme -> kinds.add(word(scheme)));
        connection.lgspAccess().ifPresent(access -> kinds.add("lgspaccesstoken"));
        if (connection.headers().stream().anyMatch(OutboundHeader::secret)) {
            kinds.add("secret-headers");
        }
        connection.security().ifPresent(written -> kinds.add("ws-security"));
        return kinds;
    }

    private static String word(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private static Optional<Answer> answer(ContactsQuery contacts, SystemId id) {
        return contacts.lastAnswer(id).map(heard -> new Answer(heard.at(), heard.status()));
    }

    /** The exchange knows more than the client, but not of every call that it made. */
    private Optional<Failure> failure(ContactsQuery contacts, SystemId id) {
        Optional<Failure> silence =
                contacts.lastSilence(id).map(unheard -> new Failure(unheard.at(), unheard.code(), Optional.empty()));
        Optional<Failure> ended = Optional.ofNullable(failures.get(id));
        return ended.filter(known ->
                        silence.isEmpty() || !known.at().isBefore(silence.get().at()))
                .or(() -> silence);
    }

    private Link link(SystemId id, Route route) {
        ContactsQuery contacts = route.protocol().equals("jms")
                ? queues.get().map(JmsComponent::contacts).orElse(client.contacts())
                : client.contacts();
        Optional<Instant> heard = contacts.lastAnswer(id).map(ContactsQuery.Answer::at);
        Optional<Instant> unheard = contacts.lastSilence(id).map(ContactsQuery.Silence::at);
        if (route.breaker() == Breaker.OPEN || route.breaker() == Breaker.TRIALS) {
            return Link.DOWN;
        }
        if (heard.isEmpty() && unheard.isEmpty()) {
            return Link.UNUSED;
        }
        return heard.isPresent() && unheard.map(heard.get()::isAfter).orElse(true) ? Link.UP : Link.DOWN;
    }
}
