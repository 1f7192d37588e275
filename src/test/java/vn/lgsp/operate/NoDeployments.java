package vn.lgsp.operate;

import java.util.List;
import java.util.Optional;
import vn.lgsp.message.ServiceKey;

/** A bus on which nothing was ever deployed. */
public final class NoDeployments implements DeploymentsView {
    @Override
    public List<Act> history(Optional<ServiceKey> service, int limit) {
        return List.of();
    }

    @Override
    public List<Refused> refused() {
        return List.of();
    }

    @Override
    public List<Change> diff(ServiceKey service, Optional<String> from, Optional<String> to) {
        throw new IllegalArgumentException("no service " + service + " was ever deployed");
    }

    @Override
    public Outcome apply(String operator, Optional<String> reason) {
        return new Outcome(List.of(), List.of());
    }

    @Override
    public Outcome rollback(ServiceKey service, Optional<String> to, String operator, Optional<String> reason) {
        throw new IllegalArgumentException("no service " + service + " was ever deployed");
    }
}
