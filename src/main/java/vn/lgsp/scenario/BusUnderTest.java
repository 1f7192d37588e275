package vn.lgsp.scenario;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import vn.lgsp.message.ExchangeId;

/** The real bus, as scenarios see it. */
public interface BusUnderTest extends AutoCloseable {
    int dataPort();

    /** The port of the broker on loopback; 0 where there is none. */
    int brokerPort();

    /** The services that were not deployed, each with the reasons. */
    Map<String, List<String>> refusedServices();

    /** The record of this exchange under the names of the reference page, once there is one. */
    Optional<Map<String, Object>> record(ExchangeId exchange);

    @Override
    void close();

    /** Starts a bus with these settings and no others. */
    interface Maker {
        BusUnderTest start(Map<String, String> settings);
    }
}
