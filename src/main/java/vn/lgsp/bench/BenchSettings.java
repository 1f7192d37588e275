package vn.lgsp.bench;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import vn.lgsp.message.Range;

/**
 * What is measured, and how long.
 *
 * @param run length of one measurement; 1 s to 60 s, default 6 s
 * @param rounds in each of which every subject is measured once; 1 to 20, default 3
 * @param warmUp load on each subject before the first round, repeated up to four times while it still gets faster; 0 s to
 *     2 min, default 15 s
 * @param scenarios at least one
 * @param contestants at least one; one whose tool is not installed is left out
 * @param services of the bus with many; 100 to 20,000, default 5,000
 * @param databaseUrl for the bus in the guaranteed scenario, {@code jdbc:postgresql:...}; without one, its own H2
 */
public record BenchSettings(
        Duration run,
        int rounds,
        Duration warmUp,
        Set<Scenario> scenarios,
        Set<Contestant> contestants,
        int services,
        Optional<String> databaseUrl) {

    /** Connections of a measurement that is not about many of them. */
    static final int CONNECTIONS = 32;

    /** Connections that wait for the slow provider. */
    static final int SLOW_CONNECTIONS = 500;

    /** Connections of the probe beside them. */
    static final int PROBE_CONNECTIONS = 2;

    /** Clients of guaranteed delivery, one measurement each. */
    static final List<Integer> CLIENTS = List.of(1, 16, 64);

    /** What is asked of every subject. */
    public enum Scenario {
        /** 1 KiB of JSON, untouched. */
        PASS_THROUGH,
        /** A REST lookup answered from a SOAP service. */
        LOOKUP,
        /** A provider that takes a second, and what another service feels of it. */
        SLOW,
        /** 1 KiB of SOAP accepted durably, delivered over HTTP, and drained; by 1, 16 and 64 clients. */
        GUARANTEED,
        /** XML turned by a stylesheet on its way to the provider, and by another one back; 1, 10 and 100 KiB. */
        XSLT,
        /** Thousands of services in one bus: its start, its memory, and calls beside those of a bus with few. */
        SERVICES
    }

    /** Who is asked. */
    public enum Contestant {
        /** nginx with an allow list, an API key and a JSON audit line: the yardstick. */
        NGINX_ACL("nginx-acl"),
        /** The same services as plain Camel routes, without any policy. */
        BARE_CAMEL("bare Camel"),
        /** What {@code artemis perf} does, to a plain broker with the bus's journal: the yardstick of guaranteed delivery. */
        ARTEMIS_PERF("artemis perf, rebuilt"),
        /** Guaranteed delivery as plain camel-jms routes. */
        BARE_CAMEL_JMS("bare camel-jms"),
        /** The bus with its whole way, but nothing recorded; no setting reaches this. */
        BUS_WITHOUT_RECORD("bus, records off"),
        /** The bus as it is. */
        BUS("bus");

        private final String label;

        Contestant(String label) {
            this.label = label;
        }

        String label() {
            return label;
        }

        /** Whether it is measured there; in the others it has nothing to answer. */
        boolean isIn(Scenario scenario) {
            return switch (this) {
                case BUS -> true;
                case ARTEMIS_PERF, BARE_CAMEL_JMS -> scenario == Scenario.GUARANTEED;
                case NGINX_ACL, BARE_CAMEL, BUS_WITHOUT_RECORD ->
                    !Set.of(Scenario.GUARANTEED, Scenario.SERVICES, Scenario.XSLT)
                            .contains(scenario);
            };
        }
    }

    public BenchSettings {
        Range.within("--seconds", run.toSeconds(), 1, 60);
        Range.within("--rounds", rounds, 1, 20);
        Range.within("--services", services, 100, 20_000);
        Range.within("--warm-up", warmUp.toSeconds(), 0, 120);
        if (scenarios.isEmpty()) {
            throw new IllegalArgumentException("no scenario is chosen: name at least one");
        }
        if (contestants.isEmpty()) {
            throw new IllegalArgumentException("no contestant is chosen: name at least one");
        }
        scenarios = Set.copyOf(scenarios);
        contestants = Set.copyOf(contestants);
    }
}
