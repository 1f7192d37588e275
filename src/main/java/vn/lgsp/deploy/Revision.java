package vn.lgsp.deploy;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.camel.AsyncProcessor;
import vn.lgsp.failure.BusException;
import vn.lgsp.failure.ErrorCode;
import vn.lgsp.message.SystemId;
import vn.lgsp.message.UnitKey;
import vn.lgsp.soap.Wsdl;

/**
 * One deployed revision of a service: its routes, its contract, and the count of exchanges inside.
 *
 * @param main its own route; empty for one that is here only because deliveries wait for it
 * @param destinations of a guaranteed service: its route to each
 * @param lost destinations whose route cannot be built any more, each with the reason
 * @param contract of a SOAP service
 */
record Revision(
        UnitKey key,
        Optional<Entrance> main,
        Map<SystemId, Entrance> destinations,
        Map<SystemId, String> lost,
        Optional<Wsdl> contract,
        Occupancy occupancy) {

    /**
     * The beginning of one route.
     *
     * @param routeId with the revision's digest; the guard lets in only an exchange that was sent to it
     */
    record Entrance(String routeId, AsyncProcessor processor) {}

    /** The ids of its routes. */
    List<String> routes() {
        List<String> ids = new ArrayList<>();
        main.ifPresent(entrance -> ids.add(entrance.routeId()));
        destinations.values().forEach(entrance -> ids.add(entrance.routeId()));
        return ids;
    }

    /** @throws BusException {@code revision-unavailable}, with the reason */
    Entrance destination(SystemId system) {
        Entrance found = destinations.get(system);
        if (found == null) {
            throw unavailable(key, lost.getOrDefault(system, "it has no route to " + system));
        }
        return found;
    }

    static BusException unavailable(UnitKey key, String reason) {
        return new BusException(
                ErrorCode.REVISION_UNAVAILABLE,
                "the revision " + key.brief() + " of " + key.service() + " cannot be used: " + reason);
    }
}
