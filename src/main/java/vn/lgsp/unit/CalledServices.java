package vn.lgsp.unit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import vn.lgsp.catalogue.Calls;
import vn.lgsp.catalogue.CardFile;
import vn.lgsp.catalogue.Schedule;
import vn.lgsp.catalogue.ServiceCard;
import vn.lgsp.failure.Refused;
import vn.lgsp.message.ServiceKey;

/** The services that a service calls, or hands the pages of a dataset to, by the cards that lie in its home. */
public final class CalledServices {

    /**
     * A card of a service that is called.
     *
     * @param read empty when the card is there and cannot be read, which is told where it stands
     */
    record Found(Optional<ServiceCard> read) {}

    private CalledServices() {}

    /** Those that it names, those that they name, and so on; without the unit's own service, and without what has no good card. */
    public static List<ServiceCard> of(Unit unit) {
        Map<ServiceKey, ServiceCard> found = new LinkedHashMap<>();
        Deque<ServiceKey> next = new ArrayDeque<>(named(unit.card()));
        while (!next.isEmpty()) {
            ServiceKey key = next.remove();
            if (!key.equals(unit.card().key()) && !found.containsKey(key)) {
                find(unit, key).flatMap(Found::read).ifPresent(card -> {
                    found.put(key, card);
                    next.addAll(named(card));
                });
            }
        }
        return List.copyOf(found.values());
    }

    /** Whether each of those has a good card; what is wrong with one that has not is told where it stands. */
    public static boolean areAllKnown(Unit unit) {
        List<ServiceCard> known = of(unit);
        Set<ServiceKey> keys = known.stream().map(ServiceCard::key).collect(Collectors.toCollection(HashSet::new));
        keys.add(unit.card().key());
        return Stream.concat(Stream.of(unit.card()), known.stream())
                .flatMap(card -> named(card).stream())
                .allMatch(keys::contains);
    }

    /** The way on which the calls of this service come back to it, from itself to itself; empty when they do not. */
    static List<ServiceKey> cycle(Unit unit) {
        ServiceKey self = unit.card().key();
        Map<ServiceKey, ServiceKey> from = new LinkedHashMap<>();
        Deque<ServiceKey> next = new ArrayDeque<>();
        next.add(self);
        while (!next.isEmpty()) {
            ServiceKey caller = next.remove();
            List<ServiceKey> called = caller.equals(self)
                    ? called(unit.card())
                    : find(unit, caller)
                            .flatMap(Found::read)
                            .map(CalledServices::called)
                            .orElse(List.of());
            for (ServiceKey key : called) {
                if (key.equals(self)) {
                    return way(self, caller, from);
                }
                if (from.putIfAbsent(key, caller) == null) {
                    next.add(key);
                }
            }
        }
        return List.of();
    }

    private static List<ServiceKey> way(ServiceKey self, ServiceKey last, Map<ServiceKey, ServiceKey> from) {
        List<ServiceKey> way = new ArrayList<>(List.of(self));
        for (ServiceKey at = last; !at.equals(self); at = from.getOrDefault(at, self)) {
            way.add(0, at);
        }
        way.add(0, self);
        return way;
    }

    private static List<ServiceKey> named(ServiceCard card) {
        List<ServiceKey> named = new ArrayList<>(called(card));
        card.schedule().flatMap(Schedule::synchronise).ifPresent(how -> named.add(how.to()));
        return named;
    }

    private static List<ServiceKey> called(ServiceCard card) {
        return card.calls().map(Calls::services).orElse(List.of());
    }

    /** The card of this service in the home of the unit; empty when it is not there, or not good. */
    public static Optional<ServiceCard> card(Unit unit, ServiceKey key) {
        return find(unit, key).flatMap(Found::read);
    }

    /** The card of this service, wherever it lies in the home of the unit. */
    static Optional<Found> find(Unit unit, ServiceKey key) {
        Path home = unit.routeFile().resolve("../../..").normalize();
        boolean broken = false;
        try (Stream<Path> domains = Files.list(home.resolve("routes"))) {
            for (Path domain : domains.sorted().toList()) {
                for (String name : List.of(key.id().value(), key.id() + "-v" + key.version())) {
                    Path file = domain.resolve(name + CardFile.SUFFIX);
                    if (Files.isRegularFile(file)) {
                        try {
                            ServiceCard card = CardFile.read(file);
                            if (card.key().equals(key)) {
                                return Optional.of(new Found(Optional.of(card)));
                            }
                        } catch (Refused refused) {
                            broken = true;
                        }
                    }
                }
            }
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
        return broken ? Optional.of(new Found(Optional.empty())) : Optional.empty();
    }
}
