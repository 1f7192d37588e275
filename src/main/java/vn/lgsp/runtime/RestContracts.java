package vn.lgsp.runtime;

import java.net.URI;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import vn.lgsp.contract.OpenApi;
import vn.lgsp.deploy.Services;
import vn.lgsp.message.ServiceKey;
import vn.lgsp.message.UnitKey;
import vn.lgsp.unit.UnitArchive;

/**
 * The contracts of the REST services that are in force, each made of the archived copy of its revision when it is first asked for, and
 * kept while it is among the last that were.
 */
final class RestContracts {
    private static final int MOST_KEPT = 200;

    private final Services services;
    private final UnitArchive archive;
    private final Map<UnitKey, Optional<String>> made = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<UnitKey, Optional<String>> eldest) {
            return size() > MOST_KEPT;
        }
    };

    RestContracts(Services services, UnitArchive archive) {
        this.services = services;
        this.archive = archive;
    }

    /** The contract for a caller who reaches the bus at an address; empty where there is no such REST service. */
    Optional<Function<URI, byte[]>> of(ServiceKey service) {
        return services.inForce(service).flatMap(this::contract).map(text -> address -> OpenApi.at(address, text));
    }

    private Optional<String> contract(UnitKey revision) {
        synchronized (made) {
            Optional<String> known = made.get(revision);
            if (known != null) {
                return known;
            }
        }
        Optional<String> contract = OpenApi.of(archive.read(revision));
        synchronized (made) {
            made.put(revision, contract);
        }
        return contract;
    }
}
