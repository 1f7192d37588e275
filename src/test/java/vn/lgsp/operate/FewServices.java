package vn.lgsp.operate;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import vn.lgsp.failure.BusException;
import vn.lgsp.failure.ErrorCode;
import vn.lgsp.message.ServiceId;
import vn.lgsp.message.ServiceKey;

/** Services with switches, in memory: version 1 of one service, and two versions of another. */
final class FewServices implements ServicesView {
    static final ServiceKey LAND = new ServiceKey(new ServiceId("land-parcel-lookup"), 1);
    static final ServiceKey CITIZEN = new ServiceKey(new ServiceId("population-citizen-lookup"), 1);
    static final ServiceKey CITIZEN_2 = new ServiceKey(new ServiceId("population-citizen-lookup"), 2);
    private static final Instant NOON = Instant.parse("2026-03-01T05:00:00Z");

    private final Map<ServiceKey, Service> all = new LinkedHashMap<>();
    final List<String> turns = new ArrayList<>();
    volatile boolean diskFull;

    FewServices() {
        forget();
    }

    synchronized void forget() {
        turns.clear();
        diskFull = false;
        for (ServiceKey key : List.of(LAND, CITIZEN, CITIZEN_2)) {
            all.put(
                    key,
                    new Service(
                            key,
                            Optional.of("Tra cứu"),
                            Optional.of("4f9a01c2d3e4"),
                            false,
                            3,
                            State.STARTED,
                            Optional.empty()));
        }
    }

    State state(ServiceKey key) {
        return find(key).orElseThrow().state();
    }

    @Override
    public synchronized List<Service> list() {
        return List.copyOf(all.values());
    }

    @Override
    public synchronized Optional<Service> find(ServiceKey service) {
        return Optional.ofNullable(all.get(service));
    }

    @Override
    public synchronized Turned turn(ServiceKey service, State state, String operator, String reason) {
        Service before = find(service)
                .orElseThrow(() -> new BusException(ErrorCode.SERVICE_UNKNOWN, "no service " + service + " is known"));
        if (reason.isBlank() && state != State.STARTED) {
            throw new IllegalArgumentException("say why");
        }
        if (diskFull) {
            throw new UncheckedIOException(new IOException("no space left on device"));
        }
        if (before.state() == state) {
            return new Turned(false, before);
        }
        turns.add(operator + " " + state.label() + " " + service + ": " + reason);
        Service after = new Service(
                service,
                before.name(),
                before.unit(),
                before.heldBack(),
                before.inside(),
                state,
                Optional.of(new Turn(NOON, operator, reason)));
        all.put(service, after);
        return new Turned(true, after);
    }
}
