package vn.lgsp.command;

import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import vn.lgsp.message.ExchangeId;
import vn.lgsp.runtime.Bus;
import vn.lgsp.runtime.BusSettings;
import vn.lgsp.runtime.Configuration;
import vn.lgsp.scenario.BusUnderTest;

/** The bus of the product, lent to scenarios. */
public final class TrialBus implements BusUnderTest {
    private final Bus bus;

    private TrialBus(Bus bus) {
        this.bus = bus;
    }

    /** Starts one with these settings and no others. */
    public static TrialBus start(Map<String, String> settings) {
        Configuration configuration = Configuration.of(settings);
        return new TrialBus(Bus.start(BusSettings.from(configuration), configuration, Clock.systemUTC()));
    }

    @Override
    public int dataPort() {
        return bus.dataPort();
    }

    @Override
    public int brokerPort() {
        return bus.brokerPort();
    }

    @Override
    public Map<String, List<String>> refusedServices() {
        return bus.refusedServices();
    }

    @Override
    public Optional<Map<String, Object>> record(ExchangeId exchange) {
        return bus.record(exchange);
    }

    @Override
    public void close() {
        bus.close();
    }
}
