package vn.lgsp.bench;

import static vn.lgsp.bench.Figures.NO_ANSWER;
import static vn.lgsp.bench.Figures.count;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import vn.lgsp.bench.BenchSettings.Contestant;
import vn.lgsp.bench.BenchSettings.Scenario;

/** What came out, section by section. */
final class Report {
    private static final String GUARANTEED_METHOD = """
            Closed loops: each client sends when its last message is acknowledged. Delivered/s is over the whole time, from the first \
            message sent to the last one delivered; a lost message, or one under two delivery ids, ends the bench. p50 and p99 are of \
            the acknowledgement. Artemis' own `perf` is in no public library, so it is rebuilt: `perf client --persistent` with one \
            producer a client, its default of one pending message each, a confirmation window and one consumer, over TCP to a broker \
            alone that has the bus's journal settings; it has no HTTP and no destination behind its consumer, and its CPU is the \
            broker's. Flushes are those of the whole disk for each message, disk syncs/s what it could do just before, one by one.

            """;

    private static final String SERVICES_METHOD = """
            Of twenty services eight pass documents through, five look parcels up (jq, JSON Schema), five look citizens up (jq, JSON \
            Schema, XSLT, SOAP), and two are guaranteed to two destinations each; every one has mappings and samples of its own, every \
            hundred have systems of their own. The first start finds files that are new to it: it checks them, builds each apart, runs \
            its samples and copies it. A start lasts until the data port answers, on all CPUs; memory is that of the process after all \
            calls. The calls pass through, and look up, at four services in turn; "of few" compares with the bus in the first row.

            """;

    private static final String XSLT_METHOD = """
            Posted over %d connections, turned by one stylesheet (XSLT 3.0, Saxon-HE), sent to a provider that answers with what it got, \
            and turned by another stylesheet; every element gets another name. The whole way with records, a heap of 2 GB; the bus, the \
            generator and the provider share all CPUs. CPU is the bus's own.

            """;

    private final String method;
    private final StringBuilder sections = new StringBuilder();

    Report(BenchSettings settings, String generator, boolean pinned, long syncs) {
        method = """
                %s. %s. Generator: %s; %d connections, %d rounds of %d s after at least %d s of warm-up (nginx 2 s), interleaved; \
                medians, with the lowest and highest round. The disk syncs %s entries of 300 bytes a second, one by one.

                """.formatted(
                        Machine.description(),
                        pinned
                                ? "What is measured runs on CPU 0, generator and providers on CPU 1"
                                : "Nothing is pinned to a CPU: read the ratios, not the rates",
                        generator,
                        BenchSettings.CONNECTIONS,
                        settings.rounds(),
                        settings.run().toSeconds(),
                        settings.warmUp().toSeconds(),
                        count(syncs));
    }

    String method() {
        return method;
    }

    String rates(Scenario scenario, Map<Subject, Figures> all) {
        Table table = new Table("", "answers/s", "range", "of nginx-acl", "p50 ms", "p99 ms", "CPU µs", "errors");
        Optional<Figures> yardstick = of(Contestant.NGINX_ACL, all);
        all.forEach((subject, figures) -> table.row(
                subject.contestant().label(),
                count(figures.median(Sample::rate)),
                figures.range(Sample::rate),
                yardstick
                        .flatMap(base -> figures.ratioTo(base, Sample::rate))
                        .map(Figures::millis)
                        .orElse("-"),
                figures.latency(Sample::p50),
                figures.latency(Sample::p99),
                figures.cpu(),
                count(figures.errors())));
        return section(
                scenario == Scenario.PASS_THROUGH
                        ? "1 KiB of JSON, passed through"
                        : "REST lookup, answered from a SOAP service (nginx-acl only hands the SOAP answer on)",
                table);
    }

    String slow(Map<Subject, Slow> all) {
        Table table = new Table(
                "",
                "slow answers/s",
                "slow p99 ms",
                "probe p50 alone",
                "beside",
                "probe p99 alone",
                "beside",
                "ratio",
                "errors");
        all.forEach((subject, slow) -> table.row(
                subject.contestant().label(),
                count(slow.waiting.median(Sample::rate)),
                slow.waiting.latency(Sample::p99),
                slow.alone.latency(Sample::p50),
                slow.beside.latency(Sample::p50),
                slow.alone.latency(Sample::p99),
                slow.beside.latency(Sample::p99),
                slow.beside.median(Sample::rate) == 0
                        ? NO_ANSWER
                        : slow.beside
                                .ratioTo(slow.alone, Sample::p99)
                                .map(Figures::millis)
                                .orElse("-"),
                count(slow.waiting.errors() + slow.beside.errors() + slow.alone.errors())));
        return section(
                "%d connections to a provider that takes a second, and a probe of %d connections on the lookup"
                        .formatted(BenchSettings.SLOW_CONNECTIONS, BenchSettings.PROBE_CONNECTIONS),
                table);
    }

    String guaranteed(Map<Integer, Map<Subject, Durable>> all) {
        Table table = new Table(
                "clients, contestant",
                "accepted/s",
                "delivered/s",
                "range",
                "of perf",
                "p50 ms",
                "p99 ms",
                "CPU µs",
                "repeats",
                "errors",
                "flushes",
                "disk syncs/s");
        all.forEach((clients, measured) -> {
            Optional<Durable> yardstick = of(Contestant.ARTEMIS_PERF, measured);
            measured.forEach((subject, durable) -> table.row(
                    clients + " " + subject.contestant().label(),
                    count(durable.accepted.median(Sample::rate)),
                    count(durable.delivered.median(Sample::rate)),
                    durable.delivered.range(Sample::rate),
                    yardstick
                            .flatMap(base -> durable.delivered.ratioTo(base.delivered, Sample::rate))
                            .map(Figures::millis)
                            .orElse("-"),
                    durable.accepted.latency(Sample::p50),
                    durable.accepted.latency(Sample::p99),
                    durable.accepted.cpu(),
                    count(durable.repeats),
                    count(durable.accepted.errors()),
                    durable.flushesTold ? Figures.millis(durable.flushes.median(Sample::rate)) : "-",
                    count(durable.disk.median(Sample::rate))));
        });
        return section("1 KiB of SOAP, accepted durably and delivered over HTTP", GUARANTEED_METHOD, table);
    }

    String services(List<Many> all) {
        Table table = new Table(
                "services", "first start s", "start s", "memory", "answers/s", "of few", "p50 ms", "p99 ms", "errors");
        Many few = all.get(0);
        for (Many many : all) {
            table.row(
                    count(many.services),
                    seconds(many.first),
                    seconds(many.again),
                    many.memory,
                    count(many.calls.median(Sample::rate)),
                    many.calls
                            .ratioTo(few.calls, Sample::rate)
                            .map(Figures::millis)
                            .orElse("-"),
                    many.calls.latency(Sample::p50),
                    many.calls.latency(Sample::p99),
                    count(many.calls.errors()));
        }
        return section("Many services in one bus", SERVICES_METHOD, table);
    }

    String xslt(Map<Integer, Figures> all, int connections) {
        Table table = new Table("bytes", "answers/s", "range", "p50 ms", "p99 ms", "CPU µs", "errors");
        all.forEach((size, figures) -> table.row(
                count(size),
                count(figures.median(Sample::rate)),
                figures.range(Sample::rate),
                figures.latency(Sample::p50),
                figures.latency(Sample::p99),
                figures.cpu(),
                count(figures.errors())));
        return section("XML turned by a stylesheet each way", XSLT_METHOD.formatted(connections), table);
    }

    private static String seconds(Duration time) {
        return String.format(Locale.ROOT, "%.1f", time.toMillis() / 1e3);
    }

    private String section(String title, Table table) {
        return section(title, "", table);
    }

    private String section(String title, String words, Table table) {
        String section = "### " + title + "\n\n" + words + table + "\n";
        sections.append(section);
        return section;
    }

    private static <T> Optional<T> of(Contestant contestant, Map<Subject, T> all) {
        return all.entrySet().stream()
                .filter(entry -> entry.getKey().contestant() == contestant)
                .map(Map.Entry::getValue)
                .findFirst();
    }

    @Override
    public String toString() {
        return method + sections;
    }

    /** One bus with so many services. */
    static final class Many {
        private final int services;
        private final Duration first;
        private final Duration again;
        private final Figures calls = new Figures();
        private String memory = "-";

        Many(int services, Duration first, Duration again) {
            this.services = services;
            this.first = first;
            this.again = again;
        }

        void add(Sample sample) {
            calls.add(sample, 0);
        }

        void holds(String measured) {
            memory = measured;
        }
    }

    /** The slow provider, and the probe without and with it. */
    static final class Slow {
        private final Figures alone = new Figures();
        private final Figures waiting = new Figures();
        private final Figures beside = new Figures();

        void add(Sample probeAlone, Sample slow, Sample probeBeside) {
            alone.add(probeAlone, 0);
            waiting.add(slow, 0);
            beside.add(probeBeside, 0);
        }
    }

    /** Guaranteed delivery of one subject by so many clients. */
    static final class Durable {
        private final Figures accepted = new Figures();
        private final Figures delivered = new Figures();
        private final Figures disk = new Figures();
        private final Figures flushes = new Figures();
        private boolean flushesTold = true;
        private long repeats;

        void add(Drained drained, double cpuMicrosPerMessage, long diskSyncs, OptionalDouble flushesPerMessage) {
            accepted.add(drained.acknowledged(), cpuMicrosPerMessage);
            delivered.add(rate(drained.delivered()), 0);
            disk.add(rate(diskSyncs), 0);
            flushes.add(rate(flushesPerMessage.orElse(0)), 0);
            flushesTold &= flushesPerMessage.isPresent();
            repeats += drained.repeats();
        }

        private static Sample rate(double rate) {
            return new Sample(rate, 0, 0, 0);
        }
    }
}
