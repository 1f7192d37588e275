package vn.lgsp.operate;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import vn.lgsp.failure.BusException;
import vn.lgsp.failure.ErrorCode;
import vn.lgsp.message.DeliveryId;
import vn.lgsp.message.ExchangeId;
import vn.lgsp.message.ServiceId;
import vn.lgsp.message.ServiceKey;
import vn.lgsp.message.SystemId;

/** Deliveries that a test makes, none at first. */
final class ManyDeliveries implements DeliveriesView {
    private static final Instant NOON = Instant.parse("2026-03-01T05:00:00Z");

    final Map<DeliveryId, Delivery> all = new HashMap<>();
    final List<Filter> asked = new ArrayList<>();
    volatile boolean away;

    Delivery add(int number, String destination, State state) {
        ExchangeId exchange = ExchangeId.of("01890000-0000-7000-8000-%012d".formatted(number));
        boolean failed = state == State.PARKED || state == State.EXPIRED;
        boolean ended = failed || state == State.DELIVERED;
        Instant accepted = NOON.plus(Duration.ofMinutes(number));
        Delivery delivery = new Delivery(
                DeliveryId.of(exchange, new SystemId(destination)),
                exchange,
                new ServiceKey(new ServiceId("civil-birth-notify"), 1),
                "4f9a01c2d3e4",
                new SystemId("civil-registry"),
                new SystemId(destination),
                state == State.WAITING ? List.of(new SystemId("social-insurance")) : List.of(),
                state,
                failed ? 20 : 1,
                accepted,
                Optional.of(accepted.plusSeconds(3)),
                state == State.ACCEPTED ? Optional.of(accepted.plusSeconds(60)) : Optional.empty(),
                ended ? Optional.of(accepted.plusSeconds(4)) : Optional.empty(),
                failed ? Optional.of(ErrorCode.PROVIDER_FAILED) : Optional.empty(),
                failed ? Optional.of("<b>E\"17</b>") : Optional.empty());
        all.put(delivery.id(), delivery);
        return delivery;
    }

    private void reach() {
        if (away) {
            throw new BusException(ErrorCode.RECORD_UNAVAILABLE, "the database does not answer: try again");
        }
    }

    @Override
    public Optional<Delivery> find(DeliveryId id) {
        reach();
        return Optional.ofNullable(all.get(id));
    }

    @Override
    public List<Delivery> list(Filter filter) {
        reach();
        asked.add(filter);
        return all.values().stream()
                .filter(delivery -> filter.state().map(delivery.state()::equals).orElse(true))
                .filter(delivery ->
                        filter.destination().map(delivery.destination()::equals).orElse(true))
                .filter(delivery ->
                        filter.exchange().map(delivery.exchange()::equals).orElse(true))
                .sorted(java.util.Comparator.comparing(Delivery::acceptedAt).reversed())
                .limit(filter.limit())
                .toList();
    }

    @Override
    public Map<SystemId, Map<State, Long>> counts() {
        reach();
        Map<SystemId, Map<State, Long>> counts = new HashMap<>();
        all.values().forEach(delivery -> counts.computeIfAbsent(
                        delivery.destination(), system -> new EnumMap<>(State.class))
                .merge(delivery.state(), 1L, Long::sum));
        return counts;
    }

    @Override
    public CompletableFuture<Retried> retry(DeliveryId id) {
        if (away) {
            return CompletableFuture.failedFuture(
                    new BusException(ErrorCode.GUARANTEE_UNAVAILABLE, "the database does not answer: try again"));
        }
        Delivery found = all.get(id);
        if (found == null) {
            return CompletableFuture.completedFuture(Retried.UNKNOWN);
        }
        if (found.state() != State.PARKED) {
            return CompletableFuture.completedFuture(Retried.NOT_PARKED);
        }
        all.put(
                id,
                new Delivery(
                        id,
                        found.exchange(),
                        found.service(),
                        found.unit(),
                        found.source(),
                        found.destination(),
                        found.after(),
                        State.ACCEPTED,
                        found.attempts(),
                        found.acceptedAt(),
                        found.lastAttemptAt(),
                        Optional.of(found.acceptedAt().plusSeconds(600)),
                        Optional.empty(),
                        found.reason(),
                        found.partnerCode()));
        return CompletableFuture.completedFuture(Retried.QUEUED);
    }
}
