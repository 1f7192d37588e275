package vn.lgsp.runtime;

import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import vn.lgsp.failure.BusException;
import vn.lgsp.message.ServiceKey;
import vn.lgsp.message.UnitKey;

/**
 * Which revision of each service is in force: one pointer a service, switched while exchanges run (BUS-14). Beside it, the
 * earlier revisions that deliveries still wait for.
 */
final class Services {
    private final Map<ServiceKey, Revision> inForce = new ConcurrentHashMap<>();
    private final Map<UnitKey, Revision> deployed = new ConcurrentHashMap<>();
    private final Map<UnitKey, String> unavailable = new ConcurrentHashMap<>();

    /** The revision that the next exchange enters. An exchange keeps the one it entered to its end. */
    Optional<Revision> current(ServiceKey service) {
        return Optional.ofNullable(inForce.get(service));
    }

    /** The contract of the revision that is in force, if it is a SOAP service. */
    Optional<String> contract(ServiceKey service) {
        return current(service).flatMap(Revision::contract);
    }

    /**
     * The revision that accepted an exchange, in force or not.
     *
     * @throws BusException {@code revision-unavailable}, with the reason
     */
    Revision revision(UnitKey key) {
        Revision found = deployed.get(key);
        if (found == null) {
            throw Revision.unavailable(key, unavailable.getOrDefault(key, "no copy of its files is kept"));
        }
        return found;
    }

    /** All that are deployed, in force or not. */
    Set<UnitKey> deployed() {
        return Set.copyOf(deployed.keySet());
    }

    boolean isDeployed(UnitKey key) {
        return deployed.containsKey(key);
    }

    void put(Revision next) {
        keep(next);
        inForce.put(next.key().service(), next);
    }

    /** Is deployed, and not in force. */
    void keep(Revision earlier) {
        deployed.put(earlier.key(), earlier);
    }

    void unavailable(UnitKey key, String reason) {
        unavailable.put(key, reason);
    }
}
