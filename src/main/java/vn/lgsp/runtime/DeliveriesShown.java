package vn.lgsp.runtime;

import java.util.Arrays;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import vn.lgsp.guarantee.DeliveryState;
import vn.lgsp.guarantee.DeliveryStatus;
import vn.lgsp.guarantee.ExchangeStatus;
import vn.lgsp.message.DeliveryId;
import vn.lgsp.message.ExchangeId;
import vn.lgsp.message.SystemId;
import vn.lgsp.operate.DeliveriesView;

/** Shows the deliveries of the stage that guarantees them to the operators. */
final class DeliveriesShown implements DeliveriesView {
    private static final int OF_ONE_STATE = 1_000;

    private final Function<ExchangeId, Optional<ExchangeStatus>> exchanges;
    private final Function<DeliveryId, Optional<ExchangeStatus>> deliveries;
    private final BiFunction<DeliveryState, Integer, List<ExchangeStatus>> list;
    private final Supplier<Map<SystemId, Map<DeliveryState, Long>>> counts;
    private final Function<DeliveryId, CompletableFuture<Retried>> retry;

    /**
     * @param exchanges finds an exchange by its id
     * @param deliveries finds the exchange that has this delivery
     * @param list at most so many exchanges with a delivery in this state, the newest
     */
    DeliveriesShown(
            Function<ExchangeId, Optional<ExchangeStatus>> exchanges,
            Function<DeliveryId, Optional<ExchangeStatus>> deliveries,
            BiFunction<DeliveryState, Integer, List<ExchangeStatus>> list,
            Supplier<Map<SystemId, Map<DeliveryState, Long>>> counts,
            Function<DeliveryId, CompletableFuture<Retried>> retry) {
        this.exchanges = exchanges;
        this.deliveries = deliveries;
        this.list = list;
        this.counts = counts;
        this.retry = retry;
    }

    /** Of a bus that guarantees nothing. */
    static DeliveriesShown none() {
        return new DeliveriesShown(
                exchange -> Optional.empty(),
                delivery -> Optional.empty(),
                (state, limit) -> List.of(),
                Map::of,
                delivery -> CompletableFuture.completedFuture(Retried.UNKNOWN));
    }

    @Override
    public Optional<Delivery> find(DeliveryId id) {
        return deliveries.apply(id).stream()
                .flatMap(DeliveriesShown::shown)
                .filter(delivery -> delivery.id().equals(id))
                .findFirst();
    }

    @Override
    public List<Delivery> list(Filter filter) {
        return candidates(filter)
                .flatMap(DeliveriesShown::shown)
                .filter(delivery -> filter.state().map(delivery.state()::equals).orElse(true))
                .filter(delivery ->
                        filter.destination().map(delivery.destination()::equals).orElse(true))
                .distinct()
                .sorted(Comparator.comparing(Delivery::acceptedAt)
                        .reversed()
                        .thenComparing(delivery -> delivery.destination().value()))
                .limit(filter.limit())
                .toList();
    }

    private Stream<ExchangeStatus> candidates(Filter filter) {
        if (filter.exchange().isPresent()) {
            return exchanges.apply(filter.exchange().get()).stream();
        }
        int most = filter.destination().isPresent() ? OF_ONE_STATE : filter.limit();
        return filter.state()
                .map(state -> Stream.of(DeliveryState.valueOf(state.name())))
                .orElseGet(() -> Arrays.stream(DeliveryState.values()))
                .flatMap(state -> list.apply(state, most).stream());
    }

    @Override
    public Map<SystemId, Map<State, Long>> counts() {
        Map<SystemId, Map<State, Long>> shown = new HashMap<>();
        counts.get().forEach((destination, states) -> {
            Map<State, Long> named = new EnumMap<>(State.class);
            states.forEach((state, count) -> named.put(State.valueOf(state.name()), count));
            shown.put(destination, named);
        });
        return shown;
    }

    @Override
    public CompletableFuture<Retried> retry(DeliveryId id) {
        return retry.apply(id);
    }

    private static Stream<Delivery> shown(ExchangeStatus exchange) {
        return exchange.deliveries().stream().map(delivery -> shown(exchange, delivery));
    }

    private static Delivery shown(ExchangeStatus exchange, DeliveryStatus delivery) {
        return new Delivery(
                delivery.id(),
                exchange.id(),
                exchange.service(),
                exchange.unit(),
                exchange.source(),
                delivery.destination(),
                delivery.after(),
                State.valueOf(delivery.state().name()),
                delivery.attempts(),
                exchange.acceptedAt(),
                delivery.lastAttemptAt(),
                delivery.dueAt(),
                delivery.endedAt(),
                delivery.reason(),
                delivery.partnerCode());
    }
}
