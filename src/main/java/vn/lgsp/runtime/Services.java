package vn.lgsp.runtime;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import vn.lgsp.message.ServiceKey;

/** Which revision of each service is in force: one pointer a service, switched while exchanges run (BUS-14). */
final class Services {
    private final Map<ServiceKey, Revision> inForce = new ConcurrentHashMap<>();

    /** The revision that the next exchange enters. An exchange keeps the one it entered to its end. */
    Optional<Revision> current(ServiceKey service) {
        return Optional.ofNullable(inForce.get(service));
    }

    void put(ServiceKey service, Revision next) {
        inForce.put(service, next);
    }
}
