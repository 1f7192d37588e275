package vn.lgsp.runtime;

import java.util.List;
import java.util.Optional;
import vn.lgsp.failure.BusException;
import vn.lgsp.failure.ErrorCode;
import vn.lgsp.message.ServiceKey;
import vn.lgsp.operate.ServicesView;

/** A bus without any service. */
final class NoServices implements ServicesView {
    @Override
    public List<Service> list() {
        return List.of();
    }

    @Override
    public Optional<Service> find(ServiceKey service) {
        return Optional.empty();
    }

    @Override
    public Turned turn(ServiceKey service, State state, String operator, String reason) {
        throw new BusException(ErrorCode.SERVICE_UNKNOWN, "no service " + service + " is known");
    }
}
