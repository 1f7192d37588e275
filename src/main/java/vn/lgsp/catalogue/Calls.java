package vn.lgsp.catalogue;

import java.util.List;
import vn.lgsp.message.ServiceKey;

/**
 * The services of the bus that a service's route may call, and in whose name (BUS-10).
 *
 * @param account a registered one, whose system needs the grants
 * @param services at least one
 */
public record Calls(String account, List<ServiceKey> services) {
    public Calls {
        services = List.copyOf(services);
    }
}
